"""Head pose and the canonical frame: pose removed, inter-ocular distance divided out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray
from facesign.errors import ShapeError

__all__ = ["N_LANDMARKS", "AlignedFace", "align", "frontal_fit", "inter_ocular_px"]

N_LANDMARKS = 478

# Points that expressions hardly move: eye corners, nose bridge, temples, hairline. Position in
# centimetres (x to the subject's left, y up, z to the viewer) and weight in the fit.
# Positions: canonical face model of MediaPipe (Apache-2.0), geometry metadata of Face Landmarker.
_STABLE: dict[int, tuple[float, float, float, float]] = {
    33: (-4.446, 2.664, 3.173, 1.0),
    263: (4.446, 2.664, 3.173, 1.0),
    133: (-1.856, 2.585, 3.758, 1.0),
    362: (1.856, 2.585, 3.758, 1.0),
    168: (0.0, 3.271, 5.236, 1.0),
    6: (0.0, 2.473, 5.789, 1.0),
    197: (0.0, 1.729, 6.317, 1.0),
    122: (-0.563, 2.308, 5.567, 0.5),
    351: (0.563, 2.308, 5.567, 0.5),
    143: (-6.408, 2.236, 1.561, 0.5),
    372: (6.408, 2.236, 1.561, 0.5),
    127: (-7.743, 2.365, -2.005, 0.25),
    356: (7.743, 2.365, -2.005, 0.25),
    54: (-6.279, 6.615, 1.426, 0.25),
    284: (6.279, 6.615, 1.426, 0.25),
    10: (0.0, 8.262, 4.482, 0.25),
}
_EYE_CORNERS_RIGHT = (33, 133)
_EYE_CORNERS_LEFT = (263, 362)

_IDS = np.array(list(_STABLE))
_WEIGHTS = np.array([w for *_, w in _STABLE.values()], dtype=np.float64)
_WEIGHTS /= _WEIGHTS.sum()
# The model's eye centres lie 6.302 cm apart; in the canonical frame they lie 1 apart.
_UNIT_CM = 6.302
_TEMPLATE = np.array([xyz for *xyz, _ in _STABLE.values()], dtype=np.float64) / _UNIT_CM
_ORIGIN = _WEIGHTS @ _TEMPLATE
_EYE_LINE = float(_TEMPLATE[:4, 1].mean())
"""Height of the eyes: the first four points are their corners."""
_CENTRED = _TEMPLATE - _ORIGIN
_SPREAD = float(_WEIGHTS @ np.square(_CENTRED).sum(axis=1))
_TO_VIEW = np.array([1.0, -1.0, -1.0])


@dataclass(frozen=True, slots=True, eq=False)
class AlignedFace:
    """Landmarks of a block of frames with head pose and size taken out."""

    points: FloatArray
    """Canonical frame, unit inter-ocular distance, shape (n_frames, 478, 3): x to the
    subject's left, y up, z to the viewer. A frame without a face is NaN."""
    yaw_deg: FloatArray
    """Shape (n_frames,), positive where the subject turns to their own left."""
    pitch_deg: FloatArray
    """Shape (n_frames,), positive where the subject looks up."""
    roll_deg: FloatArray
    """Shape (n_frames,), positive where the head tilts to the subject's own right."""
    inter_ocular_px: FloatArray
    """Distance between the eye centres as if seen frontally, shape (n_frames,)."""

    def __repr__(self) -> str:
        """Show the number of frames, never the face."""
        return f"AlignedFace(n_frames={len(self.points)})"


def align(landmarks: FloatArray) -> AlignedFace:
    """Fit pose and size on points that expressions hardly move, and take them out.

    Args:
        landmarks: Pixels, shape (n_frames, 478, 3): x right, y down, z away from the
            camera on the scale of x. NaN where the face was lost.

    Returns:
        The aligned face; NaN in every field of a frame whose landmarks are NaN.

    Raises:
        ShapeError: landmarks is not (n_frames, 478, 3).

    Source: Umeyama, "Least-squares estimation of transformation parameters between two
        point patterns", IEEE TPAMI 13(4), 1991, with weights.
    """
    if landmarks.ndim != 3 or landmarks.shape[1:] != (N_LANDMARKS, 3):
        raise ShapeError("landmarks", "(n_frames, 478, 3)", landmarks.shape)
    view = landmarks.astype(np.float64) * _TO_VIEW
    lost = ~np.isfinite(view).all(axis=(1, 2))
    view[lost] = 0.0
    stable = view[:, _IDS]
    centre = np.einsum("p,fpc->fc", _WEIGHTS, stable)
    cross = np.einsum("fpc,p,pd->fcd", stable - centre[:, None], _WEIGHTS, _CENTRED)
    left, strength, right = np.linalg.svd(cross)
    sign = np.ones_like(strength)
    sign[:, 2] = np.sign(np.linalg.det(left @ right))
    rotation = (left * sign[:, None]) @ right
    scale = (strength * sign).sum(axis=1) / _SPREAD
    lost |= scale <= 0
    scale[lost] = np.nan
    points = (view - centre[:, None]) @ rotation / scale[:, None, None] + _ORIGIN
    yaw, pitch, roll = (np.where(lost, np.nan, angle) for angle in _angles_deg(rotation))
    return AlignedFace(
        points=points.astype(np.float32),
        yaw_deg=yaw.astype(np.float32),
        pitch_deg=pitch.astype(np.float32),
        roll_deg=roll.astype(np.float32),
        inter_ocular_px=scale.astype(np.float32),
    )


def frontal_fit(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Fit place, size and roll of a face in the picture, as if it were seen from the front.

    Args:
        points: Pixels, x right, y down, shape (478, 2).

    Returns:
        Matrix (2, 3) from pixels to inter-ocular distances, x right, y up, the eyes' middle
        at the origin.

    Source: Umeyama 1991 in the plane, with weights.
    """
    seen = points[_IDS] * (1.0, -1.0)
    aim = _TEMPLATE[:, :2] - (0.0, _EYE_LINE)
    centre, middle = _WEIGHTS @ seen, _WEIGHTS @ aim
    away, wanted = seen - centre, aim - middle
    power = float(_WEIGHTS @ np.square(away).sum(axis=1))
    along = float(_WEIGHTS @ (away * wanted).sum(axis=1)) / power
    across = float(_WEIGHTS @ (away[:, 0] * wanted[:, 1] - away[:, 1] * wanted[:, 0])) / power
    turn = np.array([[along, -across], [across, along]])
    matrix: npt.NDArray[np.float64] = np.empty((2, 3))
    matrix[:, :2] = turn * (1.0, -1.0)
    matrix[:, 2] = middle - turn @ centre
    return matrix


def inter_ocular_px(landmarks: FloatArray) -> float:
    """Measure the distance between the eye centres in one frame.

    Args:
        landmarks: Pixels, shape (478, 3).

    Returns:
        Pixels, NaN where the face was lost. Depth is counted, so a turned head does not
        read as a small one.
    """
    right = landmarks[list(_EYE_CORNERS_RIGHT)].mean(axis=0)
    left = landmarks[list(_EYE_CORNERS_LEFT)].mean(axis=0)
    return float(np.linalg.norm(left - right))


def _angles_deg(
    rotation: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Split rotations (n, 3, 3) into yaw, pitch and roll in degrees."""
    forward = rotation[:, :, 2]
    yaw = np.arctan2(forward[:, 0], forward[:, 2])
    pitch = np.arcsin(np.clip(forward[:, 1], -1.0, 1.0))
    roll = np.arctan2(rotation[:, 1, 0], rotation[:, 1, 1])
    return np.degrees(yaw), np.degrees(pitch), np.degrees(roll)
