"""How each shape of the rig shows in the 44 channels, fitted on films."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from filmed import Filmed, quick_of
from scipy.ndimage import uniform_filter1d

from facesign.biometrics.face.mirror import MIRROR, MIRROR_SIGN
from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.stream import FloatArray
from facesign.samples.frame_truth import FrameTruth
from facesign.samples.studio.acting.facs import shapes_of
from facesign.samples.takes import Take, kept_take, sharp_blocks_of

Doubles = npt.NDArray[np.float64]

DETREND_S = 1.0
RIDGE, RIDGE_FRAMES = 3.0, 40_000


class Responses:
    """How each shape of the rig shows in the 44 channels of different people.

    One matrix of all takes together, and one of each person who does one thing at a time: what
    hardly moves in talk, or never alone, answers clearly there.

    Args:
        films: Takes of people who talk.
        pulsed: Folders of benchmarks/pulse_films.py.
    """

    def __init__(self, films: Sequence[Filmed], pulsed: Sequence[Path]) -> None:
        together = [_detrended(film.frames, film.take, film.quick) for film in films]
        self._people = [_answers(together, films[0].frames.shapes)]
        for folder in pulsed:
            frames, take = FrameTruth.read(folder / "truth.npz"), kept_take(folder)
            quick = quick_of(sharp_blocks_of(take))
            self._people.append(_answers([_detrended(frames, take, quick)], frames.shapes))

    def drawn(self, rng: np.random.Generator, channels: dict[str, float]) -> Doubles:
        """Return what a movement adds to the channels of somebody at its apex, shape (44,)."""
        person = self._people[int(rng.integers(len(self._people)))]
        out = np.zeros(len(CHANNELS))
        for shape, amplitude in shapes_of(channels).items():
            out += amplitude * person[shape]
        return out


def _answers(
    parts: Sequence[tuple[Doubles, Doubles]], shapes: tuple[str, ...]
) -> dict[str, Doubles]:
    """Fit what one unit of each shape does to the channels, shape (44,), both sides alike."""
    weights, channels = (np.concatenate(some) for some in zip(*parts, strict=True))
    other_side = [shapes.index(_other_shape(shape, shapes)) for shape in shapes]
    weights = np.concatenate([weights, weights[:, other_side]])
    channels = np.concatenate([channels, channels[:, MIRROR] * MIRROR_SIGN])
    # The ridge is for many takes together; one film has a fortieth of the frames.
    ridge = RIDGE * len(weights) / RIDGE_FRAMES
    gram = weights.T @ weights + ridge * np.eye(weights.shape[1])
    return dict(zip(shapes, np.linalg.solve(gram, weights.T @ channels), strict=True))


def _detrended(frames: FrameTruth, take: Take, quick: FloatArray) -> tuple[Doubles, Doubles]:
    at = np.clip(np.searchsorted(frames.time_s, take.time_s - 1e-3), 0, None)
    at = np.minimum(at, len(frames.time_s) - 1)
    weights, channels = frames.weights[at].astype(np.float64), quick.astype(np.float64)
    seen = np.isfinite(channels).all(axis=1)
    # The mouth of a talker moves in shapes of its own; what brief movements do shows in silence.
    quiet = ~take.speaking[seen]
    weights, channels = weights[seen], channels[seen]
    width = max(3, round(DETREND_S / float(np.median(np.diff(take.time_s)))))

    def flat(values: Doubles) -> Doubles:
        return (values - uniform_filter1d(values, width, axis=0, mode="nearest"))[quiet]

    return flat(weights), flat(channels)


def _other_shape(shape: str, known: Sequence[str]) -> str:
    """Return the shape of the other side; one that has none is its own."""
    for left, right in (("_L", "_R"), ("Left", "Right")):
        for this, other in ((left, right), (right, left)):
            if shape.endswith(this) and shape.removesuffix(this) + other in known:
                return shape.removesuffix(this) + other
    return shape
