"""From a clip of a dataset to signals, features and movements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from megc_layouts import Clip, LayoutError
from megc_scores import THRESHOLDS, Sample

from facesign.biometrics.face.baseline import Baseline, BaselineSource
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.evengrid import EvenGrid, GridRows
from facesign.biometrics.face.meter import WHOLE_MOST_S, SignalMeter
from facesign.biometrics.face.movements import Movement
from facesign.biometrics.face.signals import Signals
from facesign.biometrics.face.spotter import ClassifierSpotter
from facesign.biometrics.stream import Frame
from facesign.models.runtime import Model
from facesign.samples.takes import Take, sharp_blocks_of, watch, watched

__all__ = ["Reading", "frames_of", "read", "sample_of", "spot"]

FASTEST_HZ = 120.0
_LITTLE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A clip with what was read from its frames, block by block."""

    clip: Clip
    steps: tuple[tuple[FaceBlock, Signals, Baseline | None], ...]

    def rows(self) -> GridRows:
        """Return the signals on the even grid that the network takes."""
        grid = EvenGrid()
        parts = [grid.push(s.time_s, s.values, s.valid) for _, s, _ in self.steps]
        parts.append(grid.finish())
        return GridRows(
            np.concatenate([part.time_s for part in parts]),
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.valid for part in parts]),
        )


def frames_of(clip: Clip) -> Iterator[Frame]:
    """Yield a clip's pictures at no more than 120 a second, each at its number's time."""
    stride = int(np.ceil(clip.rate_hz / FASTEST_HZ))
    for number, path in clip.frames:
        if (number - clip.first) % stride:
            continue
        image = cv2.imread(str(path))
        if image is None:
            raise LayoutError(f"{clip.dataset}: {path} is no picture")
        rgb = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)
        yield Frame(clip.seconds(number), rgb)


def read(clip: Clip) -> Reading:
    """Track the face through a clip and read its signals against the whole of it.

    A clip that is too long for that is read against its calm start, as a live session is.
    """
    take: Take | None = watch(clip.video) if clip.video else watched(frames_of(clip))
    if take is None:
        return Reading(clip, ())
    is_short = take.time_s[-1] - take.time_s[0] < WHOLE_MOST_S
    baseline: BaselineSource = "whole" if is_short else "calm_start"
    meter, waiting = SignalMeter(baseline), list(sharp_blocks_of(take))
    signals = [s for block in waiting for s in _with_baseline(meter, meter.push(block))]
    signals += _with_baseline(meter, meter.finish())
    steps = ((block, *both) for block, both in zip(waiting, signals, strict=True))
    return Reading(clip, tuple(steps))


def _with_baseline(
    meter: SignalMeter, signals: Iterator[Signals]
) -> list[tuple[Signals, Baseline | None]]:
    return [(s, meter.baseline if s.valid.any() else None) for s in signals]


def spot(reading: Reading, model: Model) -> tuple[Movement, ...]:
    """Return the movements of a clip down to the least probability that may be asked for."""
    spotter = ClassifierSpotter(model, least_probability=min(THRESHOLDS))
    items = [item for step in reading.steps for item in spotter.push(*step)]
    items += spotter.finish()
    return tuple(item for item in items if isinstance(item, Movement))


def sample_of(reading: Reading, model: Model) -> Sample | None:
    """Return the expression of a short clip, between its onset and its offset.

    Features are the network's classes and channels, weighted by how much of a movement it
    sees, and the levels where the face is farthest from its baseline.

    Returns:
        None without a class after the MEGC.
    """
    clip = reading.clip
    if not clip.labels or clip.labels[0].megc_class is None:
        return None
    true = clip.labels[0].megc_class
    rows = reading.rows() if reading.steps else None
    if rows is None or not rows.valid.any():
        return Sample(clip.dataset, clip.subject, true, None, None)
    valid = rows.valid.astype(np.float32)
    out = model.run(signals=rows.values[None], valid=valid[None])
    start_s, end_s = clip.span(clip.labels[0])
    inside = (rows.time_s >= start_s) & (rows.time_s <= end_s) & rows.valid.any(axis=1)
    if not inside.any():
        return Sample(clip.dataset, clip.subject, true, None, None)
    weight = out["movement"][0, inside].astype(np.float64) + _LITTLE
    weight /= weight.sum()
    kinds = weight @ out["kinds"][0, inside]
    level = rows.values[inside, ::3]
    farthest = level[np.argmax(np.abs(level).sum(axis=1))]
    channels = weight @ out["channels"][0, inside]
    features = np.concatenate([kinds, channels, np.arcsinh(farthest)])
    return Sample(clip.dataset, clip.subject, true, features, kinds)
