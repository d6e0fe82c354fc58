"""The lids' shapes: shut by blinks, else following the gaze."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import TimeArray

__all__ = ["LIDS_MEET", "lid_weights"]

_SHUT = 1.1
"""Weight at which the lids of every identity meet; at 1 some leave a slit."""
LIDS_MEET = 1 / _SHUT
"""Closure from which on the lids of most identities touch."""
_UP_DEG, _SIDE_DEG = 25.0, 30.0
"""Gaze angles at which the rig's eyeLook shapes are full."""


def lid_weights(
    closed: TimeArray, yaw_deg: TimeArray, pitch_deg: TimeArray
) -> dict[str, TimeArray]:
    """Return the lids' shapes: shut by blinks, else following the gaze.

    Args:
        closed: 0 open to 1 shut, shape (n,).
        yaw_deg: Gaze to the subject's left relative to the head, shape (n,).
        pitch_deg: Gaze raised relative to the head, shape (n,).

    Returns:
        Expression name to weights, each shape (n,).
    """
    open_share = 1 - closed
    up, down = np.maximum(pitch_deg, 0) / _UP_DEG, np.maximum(-pitch_deg, 0) / _UP_DEG
    left, right = np.maximum(yaw_deg, 0) / _SIDE_DEG, np.maximum(-yaw_deg, 0) / _SIDE_DEG
    shapes = {
        "eyeLookOut_L": left,
        "eyeLookIn_R": left,
        "eyeLookIn_L": right,
        "eyeLookOut_R": right,
    }
    for side in "LR":
        shapes[f"eyeLookUp_{side}"] = up
        shapes[f"eyeLookDown_{side}"] = down
    lids = {name: weight * open_share for name, weight in shapes.items()}
    for side in "LR":
        lids[f"eyeBlink_{side}"] = _SHUT * closed
        lids[f"cheekSquint_{side}"] = 0.08 * closed
    return lids
