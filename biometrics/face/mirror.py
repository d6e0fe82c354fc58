"""The same face seen in a mirror: which channel and which point becomes which."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from facesign.biometrics.face.flow import MIRROR_POINTS
from facesign.biometrics.face.signals import CHANNELS

__all__ = ["MIRROR", "MIRROR_SIGN", "mirrored_features"]


def _other_side(name: str) -> str:
    swapped = name.replace("left", "*").replace("right", "left")
    return swapped.replace("*", "right")


_NAMES = [channel.name for channel in CHANNELS]
MIRROR = np.array([_NAMES.index(_other_side(name)) for name in _NAMES])
"""Column of the channel that each channel becomes, shape (44,)."""
MIRROR_SIGN = np.array(
    [-1.0 if name.startswith(("gaze.horizontal", "jaw.sideways")) else 1.0 for name in _NAMES]
)
"""-1 for a channel that points to a side, shape (44,)."""


def mirrored_features(features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the read-out's features of the face in a mirror.

    Args:
        features: See `sharpen.features_of`, shape (n_frames, n_features).

    Returns:
        The same shape: points have changed sides, and x its sign.
    """
    n = len(MIRROR_POINTS)
    points = features[:, : 3 * n].reshape(-1, n, 3)[:, MIRROR_POINTS] * (-1.0, 1.0, 1.0)
    formulas = features[:, 5 * n :][:, MIRROR] * MIRROR_SIGN
    flow = features[:, 3 * n : 5 * n].reshape(-1, n, 2)[:, MIRROR_POINTS] * (-1.0, 1.0)
    return np.hstack([points.reshape(-1, 3 * n), flow.reshape(-1, 2 * n), formulas])
