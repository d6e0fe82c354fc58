"""Small movements of the skin, read from the picture where landmarks are too coarse."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from facesign.biometrics.face.geometry import frontal_fit
from facesign.biometrics.face.readings import GAP_S
from facesign.biometrics.face.track import Face
from facesign.biometrics.stream import FloatArray, Frame

__all__ = ["MIRROR_POINTS", "POINTS", "RENEW_S", "SkinFlow"]

# Brows, lids and what folds around them, cheek, nose wing, lips, and points that hold still.
_RIGHT = (
    *(107, 55, 66, 65, 105, 52, 70, 63, 46, 53),
    *(158, 159, 160, 153, 145, 144, 27, 23, 28, 22, 56, 26, 230, 231),
    *(50, 101, 118, 117, 36, 187, 129, 102, 49, 165, 203),
    *(61, 57, 92, 186, 210, 43, 106, 204, 40, 37, 82, 84, 181, 83),
    *(54, 127, 33, 133),
)
_LEFT = (
    *(336, 285, 296, 295, 334, 282, 300, 293, 276, 283),
    *(385, 386, 387, 380, 374, 373, 257, 253, 258, 252, 286, 256, 450, 451),
    *(280, 330, 347, 346, 266, 411, 358, 331, 279, 391, 423),
    *(291, 287, 322, 410, 430, 273, 335, 424, 270, 267, 312, 314, 405, 313),
    *(284, 356, 263, 362),
)
_MIDDLE = (9, 8, 168, 6, 197, 151, 10, 164, 0, 17, 199, 200, 152)
POINTS: tuple[int, ...] = (*_RIGHT, *_LEFT, *_MIDDLE)
"""Landmarks at which the skin is followed: the subject's right, left, then the midline."""
MIRROR_POINTS: npt.NDArray[np.intp] = np.concatenate(
    [
        np.arange(len(_RIGHT), 2 * len(_RIGHT)),
        np.arange(len(_RIGHT)),
        np.arange(2 * len(_RIGHT), len(POINTS)),
    ]
)
"""Index of the point that each point becomes in a mirror, shape (n_points,)."""

RENEW_S = 0.65
"""The reference picture forgets with this time constant: what lasts longer is no flow."""
SIZE_PX = 256
BETWEEN_EYES_PX = 90.0
"""Of the face as it is compared; on the studio's people 120 px told no more, for more time."""
_WINDOW_PX = 17
_MOST = 0.09
"""Farther in inter-ocular distances is a false match, or a movement that landmarks see well."""
_SMOOTHED = 3
"""Frames that the fit of the face is averaged over: the head moves less than landmarks shake."""
Skin: TypeAlias = npt.NDArray[np.uint8]
_STOP = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 10, 0.03)


class SkinFlow:
    """Follow points of the skin against a reference that is renewed slowly.

    Source: Lucas and Kanade 1981, in a pyramid, as OpenCV has it.
    """

    def __init__(self) -> None:
        self._fits: deque[npt.NDArray[np.float64]] = deque(maxlen=_SMOOTHED)
        self._reference: FloatArray | None = None
        self._places: FloatArray = np.zeros((0, 1, 2), np.float32)
        self._last_s = -np.inf

    def measured(self, face: Face, frame: Frame) -> Face:
        """Return the face with the flow of its skin.

        A face that was lost, jumped or was away for long begins with a new reference; its
        first frame has no flow.
        """
        if not face.found:
            self._reference = None
            return face
        if face.jumped or frame.time_s - self._last_s > GAP_S:
            self._reference = None
        step_s = frame.time_s - self._last_s
        self._last_s = frame.time_s
        points = face.landmarks[:, :2].astype(np.float64)
        if self._reference is None:
            self._fits.clear()
        self._fits.append(frontal_fit(points))
        fit = _to_picture(np.mean(self._fits, axis=0))
        upright = cv2.warpAffine(frame.image, fit, (SIZE_PX, SIZE_PX))
        skin = np.asarray(cv2.cvtColor(upright, cv2.COLOR_RGB2GRAY), np.uint8)
        if self._reference is None:
            self._reference = skin.astype(np.float32)
            places = points[list(POINTS)] @ fit[:, :2].T + fit[:, 2]
            self._places = np.ascontiguousarray(places[:, None], np.float32)
            return face
        flow = self._followed(self._reference, skin)
        cv2.accumulateWeighted(skin, self._reference, 1 - float(np.exp(-step_s / RENEW_S)))
        return replace(face, flow=flow)

    def _followed(self, reference: FloatArray, skin: Skin) -> FloatArray:
        before = cv2.convertScaleAbs(reference)
        size = (_WINDOW_PX, _WINDOW_PX)
        there, known, _ = cv2.calcOpticalFlowPyrLK(
            before,
            skin,
            self._places,
            self._places.copy(),
            winSize=size,
            maxLevel=1,
            criteria=_STOP,
        )
        flow = (there - self._places)[:, 0] / np.float32(BETWEEN_EYES_PX)
        flow[known[:, 0] == 0] = 0
        followed: FloatArray = np.clip(flow, -_MOST, _MOST)
        return followed


def _to_picture(fit: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Turn the fit to inter-ocular distances, y up, into one to the picture that is compared."""
    flip = np.diag([BETWEEN_EYES_PX, -BETWEEN_EYES_PX])
    matrix = flip @ fit
    matrix[:, 2] += (SIZE_PX / 2, 0.38 * SIZE_PX)
    return matrix
