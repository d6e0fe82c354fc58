from __future__ import annotations

import numpy as np

from facesign.biometrics.speakers.memory import KEEP_S, TrackMemory
from facesign.biometrics.stream import Sound

ONE_S = 16_000


def ramp(first: int, n_samples: int) -> np.ndarray:
    return (np.arange(first, first + n_samples) / 1e6).astype(np.float32)


def test_what_was_heard_reads_back_by_time() -> None:
    memory = TrackMemory()
    memory.push(Sound(2.0, ramp(0, ONE_S)))
    memory.push(Sound(3.0, ramp(ONE_S, ONE_S)))
    np.testing.assert_array_equal(memory.read(2.5, ONE_S), ramp(8000, ONE_S))
    assert memory.until_s == 4.0


def test_before_after_and_in_a_hole_it_is_silent() -> None:
    memory = TrackMemory()
    memory.push(Sound(1.0, np.ones(ONE_S, np.float32)))
    memory.push(Sound(3.0, np.ones(ONE_S, np.float32)))
    heard = memory.read(0.0, 6 * ONE_S).reshape(6, ONE_S).mean(axis=1)
    np.testing.assert_allclose(heard, [0, 1, 0, 1, 0, 0])


def test_memory_is_bounded_even_after_a_long_hole() -> None:
    memory = TrackMemory()
    for second in range(60):
        memory.push(Sound(float(second), np.full(ONE_S, 0.5, np.float32)))
    assert memory.read(60.0 - KEEP_S - 1.0, ONE_S).max() == 0.0
    assert memory.read(60.0 - KEEP_S, ONE_S).min() == 0.5
    memory.push(Sound(7200.0, np.ones(ONE_S, np.float32)))
    assert memory.until_s == 7201.0
    assert memory.read(59.0, ONE_S).max() == 0.0
    assert memory.read(7200.0, ONE_S).min() == 1.0
