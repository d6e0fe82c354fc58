from __future__ import annotations

import numpy as np
from synthetic_face import NEUTRAL, blocks_of, channels_over, even_times, face_at, pictured

from facesign.biometrics.face.attention import gaze_of
from facesign.biometrics.face.baseline import BaselineCollector
from facesign.biometrics.face.block import read_block
from facesign.biometrics.face.geometry import align
from facesign.biometrics.face.meter import SignalMeter

FACES = [face_at(1.5 + n / 30, pictured(NEUTRAL)) for n in range(4)]
BLOCK = read_block(FACES, np.zeros(4, dtype=np.bool_))


def test_a_face_shows_its_place_and_never_its_landmarks() -> None:
    assert repr(FACES[0]).startswith("Face(time_s=1.5, box=FaceBox(")
    assert "array" not in repr(FACES[0])


def test_what_is_read_off_a_face_shows_how_many_frames() -> None:
    signals = next(SignalMeter("calm_start").push(BLOCK))
    assert repr(BLOCK) == "FaceBlock(n_frames=4)"
    assert repr(signals) == "Signals(n_frames=4)"
    assert repr(gaze_of(BLOCK)) == "Gaze(n_frames=4)"
    assert repr(align(pictured(NEUTRAL)[None])) == "AlignedFace(n_frames=1)"


def test_a_baseline_shows_its_source_and_length_and_no_arrays() -> None:
    collector, time_s = BaselineCollector("whole"), even_times(2)
    for block in blocks_of(time_s, channels_over(time_s)):
        collector.push(block, None, closed=True)
    shown = repr(collector.finish())
    assert shown.startswith("Baseline(source='whole', start_s=0.0, ")
    assert "array" not in shown
