"""A face of known coordinates, its mirror image, and its picture under a known pose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt

from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.faces import FaceBox
from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.face.track import LOST, Face
from facesign.biometrics.stream import BlockGrid, BoolArray, FloatArray, TimeArray

UNIT_CM = 6.302

# Landmark on the subject's right, its mirror on the left, and the left one's place in cm:
# x to the subject's left, y up, z to the viewer. Lids and lips lie straight above one another.
PAIRED_CM: tuple[tuple[int, int, tuple[float, float, float]], ...] = (
    (33, 263, (4.446, 2.664, 3.173)),
    (133, 362, (1.856, 2.585, 3.758)),
    (122, 351, (0.563, 2.308, 5.567)),
    (143, 372, (6.408, 2.236, 1.561)),
    (127, 356, (7.743, 2.365, -2.005)),
    (54, 284, (6.279, 6.615, 1.426)),
    (107, 336, (1.2, 4.9, 5.1)),
    (55, 285, (1.0, 4.3, 5.2)),
    (66, 296, (1.9, 5.1, 4.9)),
    (65, 295, (1.8, 4.5, 4.9)),
    (105, 334, (3.0, 5.4, 4.5)),
    (52, 282, (2.9, 4.8, 4.5)),
    (70, 300, (4.9, 5.2, 3.4)),
    (63, 293, (4.3, 5.3, 3.9)),
    (46, 276, (5.0, 4.6, 3.3)),
    (53, 283, (4.3, 4.7, 3.9)),
    (158, 385, (2.6, 3.2, 4.0)),
    (159, 386, (3.1, 3.3, 4.0)),
    (160, 387, (3.6, 3.2, 3.9)),
    (153, 380, (2.6, 2.2, 4.0)),
    (145, 374, (3.1, 2.1, 4.0)),
    (144, 373, (3.6, 2.2, 3.9)),
    (468, 473, (3.2, 2.7, 3.9)),
    (50, 280, (4.6, -0.7, 3.9)),
    (101, 330, (3.4, -0.4, 4.3)),
    (118, 347, (3.8, 0.4, 4.2)),
    (117, 346, (4.6, 0.5, 3.7)),
    (129, 358, (1.8, -0.4, 4.9)),
    (102, 331, (1.6, -0.9, 5.0)),
    (49, 279, (1.5, -0.5, 5.2)),
    (48, 278, (1.3, -1.0, 5.3)),
    (64, 294, (1.5, -1.2, 5.1)),
    (98, 327, (1.1, -1.5, 5.2)),
    (61, 291, (2.5, -3.8, 4.3)),
    (78, 308, (2.3, -3.8, 4.3)),
    (37, 267, (0.8, -2.9, 5.7)),
    (39, 269, (1.3, -3.1, 5.4)),
    (181, 405, (1.3, -4.7, 5.2)),
    (84, 314, (0.7, -4.9, 5.5)),
    (148, 377, (0.9, -8.2, 4.4)),
    (176, 400, (1.7, -8.0, 4.1)),
)
MIDLINE_CM: Mapping[int, tuple[float, float, float]] = {
    168: (0.0, 3.271, 5.236),
    6: (0.0, 2.473, 5.789),
    197: (0.0, 1.729, 6.317),
    10: (0.0, 8.262, 4.482),
    1: (0.0, -0.4, 7.5),
    4: (0.0, 0.1, 7.4),
    2: (0.0, -1.6, 6.2),
    94: (0.0, -1.3, 6.6),
    0: (0.0, -3.0, 6.0),
    13: (0.0, -3.6, 6.0),
    14: (0.0, -3.8, 6.0),
    17: (0.0, -4.9, 6.0),
    199: (0.0, -6.9, 5.6),
    200: (0.0, -6.2, 5.5),
    152: (0.0, -8.3, 4.6),
}

_MIRROR_CM = np.array([-1.0, 1.0, 1.0])


def _neutral() -> FloatArray:
    points = np.zeros((478, 3))
    for right, left, place in PAIRED_CM:
        points[left], points[right] = place, place * _MIRROR_CM
    for number, place in MIDLINE_CM.items():
        points[number] = place
    return (points / UNIT_CM).astype(np.float32)


NEUTRAL = _neutral()
"""Canonical frame, unit inter-ocular distance, shape (478, 3), mirror-symmetric."""
EYE_WIDTH = float(np.linalg.norm(NEUTRAL[263] - NEUTRAL[362]))
COLUMN = {channel.name: index for index, channel in enumerate(CHANNELS)}


def mirrored(points: FloatArray) -> FloatArray:
    """Return the face in a mirror: each landmark where its counterpart stood, x negated."""
    order = np.arange(478)
    for right, left, _ in PAIRED_CM:
        order[right], order[left] = left, right
    return (points[..., order, :] * _MIRROR_CM).astype(np.float32)


def turned(yaw_deg: float, pitch_deg: float, roll_deg: float) -> npt.NDArray[np.float64]:
    """Return the rotation of a head that tilts, then looks up, then turns to its left."""
    yaw, pitch, roll = np.radians([yaw_deg, pitch_deg, roll_deg])
    turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    nod = np.array(
        [[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]]
    )
    tilt = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return turn @ nod @ tilt


def pictured(
    points: FloatArray,
    *,
    pose_deg: tuple[float, float, float] = (0.0, 0.0, 0.0),
    inter_ocular_px: float = 100.0,
    centre_px: tuple[float, float] = (320.0, 240.0),
) -> FloatArray:
    """Return a canonical face as pixels: x right, y down, z away from the camera."""
    view = points @ turned(*pose_deg).T * inter_ocular_px * np.array([1.0, -1.0, -1.0])
    return (view + np.array([*centre_px, 0.0])).astype(np.float32)


def face_at(time_s: float, landmarks: FloatArray | None) -> Face:
    """Return a tracked face; None for a frame in which it was not seen."""
    seen = landmarks is not None
    return Face(
        time_s=time_s,
        landmarks=landmarks if landmarks is not None else LOST,
        box=FaceBox(320.0, 240.0, 250.0) if seen else None,
        jumped=False,
        others=None,
        picture=None,
    )


def channels_over(time_s: TimeArray, **series: npt.ArrayLike) -> FloatArray:
    """Return channels of a still face, except those given by name with `_` for `.`.

    Eyes are open to 0.3 of their width; shape (n_frames, 44).
    """
    channels = np.zeros((len(time_s), len(CHANNELS)), dtype=np.float32)
    channels[:, [COLUMN["au45.left"], COLUMN["au45.right"]]] = -0.3
    for name, values in series.items():
        channels[:, COLUMN[name.replace("_", ".")]] = values
    return channels


def blocks_of(
    time_s: TimeArray,
    channels: FloatArray,
    *,
    speaking: BoolArray | None = None,
    yaw_deg: npt.ArrayLike = 0.0,
    inter_ocular_px: npt.ArrayLike = 120.0,
    brightness: float | Sequence[float] = float("nan"),
) -> Iterator[FaceBlock]:
    """Cut a series of channels into blocks; a frame of NaN channels has no face."""
    lost = ~np.isfinite(channels).all(axis=1)
    yaw, size = (
        np.where(lost, np.nan, np.broadcast_to(values, len(time_s))).astype(np.float32)
        for values in (yaw_deg, inter_ocular_px)
    )
    luma = np.broadcast_to(brightness, len(time_s))
    talk = np.zeros(len(time_s), dtype=np.bool_) if speaking is None else speaking
    grid: BlockGrid[int] = BlockGrid(lambda row: float(time_s[row]))
    blocks = (block for row in range(len(time_s)) for block in grid.push(row))
    for rows in chain(blocks, grid.finish()):
        yield FaceBlock(
            time_s=time_s[rows],
            channels=channels[rows],
            yaw_deg=yaw[rows],
            pitch_deg=np.where(lost[rows], np.nan, 0.0).astype(np.float32),
            roll_deg=np.where(lost[rows], np.nan, 0.0).astype(np.float32),
            inter_ocular_px=size[rows],
            speaking=talk[rows],
            brightness=float(luma[rows[0]]),
        )


def even_times(seconds: float, rate_hz: float = 30.0) -> TimeArray:
    """Return presentation times at an even rate, shape (seconds x rate_hz,)."""
    return np.arange(round(seconds * rate_hz)) / rate_hz
