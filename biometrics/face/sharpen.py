"""Channels whose quick part is read from landmarks and skin together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.flow import POINTS, RENEW_S
from facesign.biometrics.face.readings import DoubleArray
from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.stream import FloatArray, TimeArray
from facesign.models.runtime import Model

__all__ = ["MODEL", "N_FEATURES", "Quick", "Sharpener"]

MODEL = "channel-readout"
N_FEATURES = len(POINTS) * 5 + len(CHANNELS)
"""Three coordinates and two of flow for each point, and every channel's own formula."""


class Quick:
    """Split values into what lasts and what is quick, as the reference of the flow does.

    What lasts is the mean of the past that forgets with a time constant of 0.65 s, without
    the frame itself; quick is the rest.
    """

    def __init__(self) -> None:
        self._mean: DoubleArray | None = None
        self._last_s = 0.0

    def push(self, time_s: TimeArray, values: FloatArray, fresh: FloatArray) -> DoubleArray:
        """Take frames in time order.

        Args:
            time_s: Shape (n_frames,).
            values: Shape (n_frames, n_columns).
            fresh: Whether a frame begins anew, shape (n_frames,); it has no quick part.

        Returns:
            The quick part, shape (n_frames, n_columns); NaN where values are.
        """
        quick = np.zeros(values.shape)
        for row, now_s in enumerate(time_s.tolist()):
            value = values[row].astype(np.float64)
            if not np.isfinite(value).all():
                self._mean = None
                quick[row] = np.nan
            elif fresh[row] or self._mean is None:
                self._mean = value
            else:
                quick[row] = value - self._mean
                self._mean += quick[row] * (1 - np.exp((self._last_s - now_s) / RENEW_S))
            self._last_s = now_s
        return quick


def features_of(points: DoubleArray, flow: FloatArray, formulas: DoubleArray) -> FloatArray:
    """Return what the read-out takes, side by side.

    Args:
        points: Quick part of the points, shape (n_frames, n_points * 3).
        flow: Shape (n_frames, n_points, 2).
        formulas: Quick part of the channels, shape (n_frames, 44).

    Returns:
        Shape (n_frames, N_FEATURES).
    """
    return np.hstack([points, flow.reshape(len(flow), -1), formulas]).astype(np.float32)


class Sharpener:
    """Replace the quick part of every channel by what the read-out makes of points and flow.

    The lasting part stays that of the formulas. Frames without flow keep their channels. The
    quick part alone goes with the block: the formulas' noise is not in it.

    Args:
        model: The opened read-out.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._points, self._channels = Quick(), Quick()
        self._followed = False

    def push(self, block: FaceBlock) -> FaceBlock:
        """Return a block with sharpened channels and their quick part."""
        if block.points is None or block.flow is None:
            return block
        fresh = np.isnan(block.flow[:, 0, 0])
        flat = block.points.reshape(len(block.points), -1)
        points = self._points.push(block.time_s, flat, fresh)
        channels = self._channels.push(block.time_s, block.channels, fresh)
        if fresh.all():
            return replace(block, quick=channels.astype(np.float32)) if self._followed else block
        self._followed = True
        features = features_of(points, block.flow, channels)
        features[fresh] = 0.0
        read = self._model.run(features=features)["quick"]
        sharp = (block.channels - channels + read).astype(np.float32)
        quick = np.where(fresh[:, None], channels, read).astype(np.float32)
        return replace(block, channels=np.where(fresh[:, None], block.channels, sharp), quick=quick)
