from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_face import NEUTRAL, face_at, pictured

from facesign.biometrics.face.attention import AttentionWatcher, gaze_of
from facesign.biometrics.face.blinks import BlinkSpotter
from facesign.biometrics.face.block import FaceBlock, read_block
from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.sharpen import MODEL as READOUT
from facesign.biometrics.face.sharpen import Sharpener
from facesign.biometrics.face.spotter import MODEL, ClassifierSpotter
from facesign.biometrics.face.track import Face
from facesign.biometrics.stream import BlockGrid, BoolArray, TimeArray
from facesign.models.runtime import open_model

UPPER_LIDS = [385, 386, 387, 158, 159, 160]
LEFT_BROW = [336, 285, 296, 295, 334, 282, 300, 293, 276, 283]


class FacePath:
    """The analysers of the face in their order; what they found, in the order it came."""

    def __init__(self) -> None:
        self._grid: BlockGrid[Face] = BlockGrid(lambda face: face.time_s)
        self._meter, self._blinks = SignalMeter("calm_start"), BlinkSpotter()
        self._attention = AttentionWatcher()
        self._sharpener = Sharpener(open_model(READOUT, provider="cpu"))
        self._spotter = ClassifierSpotter(open_model(MODEL, provider="cpu"))
        self.signals: list[bytes] = []
        self.events: list[Any] = []

    def push(self, faces: Iterable[Face]) -> None:
        """Take faces as one delivery of a source: first all into blocks, then the blocks."""
        self._read([block for face in faces for block in self._grid.push(face)])

    def finish(self) -> None:
        self._read(list(self._grid.finish()))
        self.events += [*self._blinks.finish(), *self._attention.finish()]
        self.events += self._spotter.finish()

    def _read(self, blocks: list[list[Face]]) -> None:
        for faces in blocks:
            times: TimeArray = np.array([face.time_s for face in faces])
            speaking: BoolArray = np.floor(times / 2) % 2 == 1
            self._follow(read_block(faces, speaking))

    def _follow(self, block: FaceBlock) -> None:
        blinks = list(self._blinks.push(block))
        for signals in self._meter.push(self._sharpener.push(block)):
            self.signals.append(signals.time_s.tobytes() + signals.values.tobytes())
            baseline = self._meter.baseline if signals.valid.any() else None
            self.events += blinks
            self.events += self._attention.push(block, gaze_of(block), baseline)
            self.events += self._spotter.push(block, signals, baseline)


@cache
def recording() -> tuple[Face, ...]:
    """16 s at an uneven rate: noise, blinks, a brow pulse, a turned head, a lost face."""
    rng = np.random.default_rng(0)
    times = np.cumsum(rng.uniform(0.028, 0.052, 400))
    return tuple(_moments(times, rng))


def _moments(times: TimeArray, rng: np.random.Generator) -> Iterator[Face]:
    for time_s in times.tolist():
        points = NEUTRAL + rng.normal(0, 0.002, (478, 3)).astype(np.float32)
        closed = np.interp(time_s % 3.1, [1.0, 1.1, 1.3], [0, 1, 0])
        points[UPPER_LIDS, 1] -= 0.165 * closed
        points[LEFT_BROW, 1] += 0.08 * np.interp(time_s, [11.2, 11.35, 11.5], [0, 1, 0])
        yaw_deg = 30.0 * np.interp(time_s, [12.5, 13.0, 14.0, 14.4], [0, 1, 1, 0])
        seen = pictured(points.astype(np.float32), pose_deg=(yaw_deg, 2.0, 1.0))
        yield face_at(time_s, None if 15.0 < time_s < 15.2 else seen)


@cache
def in_one_delivery() -> FacePath:
    whole = FacePath()
    whole.push(recording())
    whole.finish()
    return whole


def test_the_recording_holds_something_of_every_kind() -> None:
    kinds = {type(event).__name__ for event in in_one_delivery().events}
    assert kinds == {"Blink", "Movement", "Observation", "Unassessed"}


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=40))
def test_a_stream_equals_a_file_to_the_bit_whatever_sizes_it_comes_in(sizes: list[int]) -> None:
    faces, live = list(recording()), FacePath()
    for size in sizes:
        live.push(faces[:size])
        faces = faces[size:]
    live.push(faces)
    live.finish()
    assert live.signals == in_one_delivery().signals
    assert live.events == in_one_delivery().events


def test_a_stream_frame_by_frame_equals_a_file_to_the_bit() -> None:
    live = FacePath()
    for face in recording():
        live.push([face])
    live.finish()
    assert live.signals == in_one_delivery().signals
    assert live.events == in_one_delivery().events


def test_a_block_is_read_frame_by_frame_as_alone() -> None:
    faces = recording()[:8]
    together = read_block(faces, np.zeros(8, dtype=np.bool_))
    alone = [read_block([face], np.zeros(1, dtype=np.bool_)) for face in faces]
    np.testing.assert_array_equal(together.channels, np.concatenate([b.channels for b in alone]))
    np.testing.assert_array_equal(together.yaw_deg, np.concatenate([b.yaw_deg for b in alone]))
    assert np.isnan(together.brightness)
