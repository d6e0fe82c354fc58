"""A file pushed whole and the same media in other pieces give the same results to the bit."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facesign import samples
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, Frame, Sound
from facesign.interview.home import Settings
from facesign.interview.marks import read_marks
from facesign.interview.media.recording import open_media
from facesign.interview.report import Report
from facesign.interview.script import load_script
from facesign.interview.session import Session

pytestmark = pytest.mark.slow

CLIPS = ("grid_bbaf2n.mpg", "mead_W036_level_3_happy_007.mp4")
"""Real people who speak for three seconds, at 25 and 30 frames/s."""
PER_SESSION = ("session_id", "created_at")


def items_of(path: Path) -> Iterator[Frame | Sound]:
    with open_media(path) as recording:
        yield from recording


def rechunked(path: Path, seconds: Sequence[float]) -> Iterator[Frame | Sound]:
    """Cut the sound into pieces of other lengths, each delivered when it would be over.

    A live source delivers a piece of sound when its last sample is in, so that frames of
    the same time come before it.
    """
    sounds = [item for item in items_of(path) if isinstance(item, Sound)]
    pieces = ((sound.end_s, 1, sound) for sound in _pieces(sounds, seconds))
    frames = ((item.time_s, 0, item) for item in items_of(path) if isinstance(item, Frame))
    for _, _, item in heapq.merge(frames, pieces, key=lambda entry: entry[:2]):
        yield item


def _pieces(sounds: list[Sound], seconds: Sequence[float]) -> Iterator[Sound]:
    lengths = cycle(max(1, round(length_s * SAMPLE_RATE_HZ)) for length_s in seconds)
    for start_s, samples_of_run in _runs(sounds):
        at = 0
        while at < len(samples_of_run):
            piece = samples_of_run[at : at + next(lengths)]
            yield Sound(start_s + at / SAMPLE_RATE_HZ, piece, sounds[0].track)
            at += len(piece)


def _runs(sounds: list[Sound]) -> Iterator[tuple[float, FloatArray]]:
    """Join the pieces that follow each other without a hole."""
    run: list[Sound] = []
    for sound in sounds:
        if run and abs(sound.time_s - run[-1].end_s) > 1e-6:
            yield run[0].time_s, np.concatenate([s.samples for s in run])
            run = []
        run.append(sound)
    if run:
        yield run[0].time_s, np.concatenate([s.samples for s in run])


def session_over(items: Iterable[Frame | Sound], **options: Any) -> Report:
    session = Session(settings=Settings(), recorded=True, **options)
    for item in items:
        session.push(item)
    return session.close()


def assert_same(report: Report, other: Report) -> None:
    assert other.observations == report.observations
    assert [f.to_dict() for f in other.flags] == [f.to_dict() for f in report.flags]
    assert [p.to_dict() for p in other.prompts] == [p.to_dict() for p in report.prompts]
    ours, theirs = report.to_dict(), other.to_dict()
    assert {k: v for k, v in theirs.items() if k not in PER_SESSION} == {
        k: v for k, v in ours.items() if k not in PER_SESSION
    }
    for (time_s, values), (other_s, other_values) in zip(
        report.signals.chunks(), other.signals.chunks(), strict=True
    ):
        np.testing.assert_array_equal(time_s, other_s)
        np.testing.assert_array_equal(values, other_values)


@pytest.mark.data
@pytest.mark.parametrize("clip", CLIPS)
def test_a_real_clip_gives_the_same_in_other_pieces(data_dir: Path, clip: str) -> None:
    path = data_dir / "face" / "video" / clip
    whole = session_over(items_of(path), baseline="whole")
    assert whole.signals.n_frames > 0
    assert any(o.name == "speech" for o in whole.observations)
    for seconds in ([0.02], [0.013, 0.4, 0.1], [1.0]):
        assert_same(whole, session_over(rechunked(path, seconds), baseline="whole"))


def test_the_bundled_interview_gives_the_same_in_other_pieces() -> None:
    sample = samples.load("genuine")
    script = load_script(sample.script)
    options: dict[str, Any] = {"script": script, "marks": read_marks(sample.marks, script)}
    whole = session_over(items_of(sample.media), **options)
    assert whole.prompts
    assert whole.to_dict()["movements"]
    assert_same(whole, session_over(rechunked(sample.media, [0.032, 0.2, 0.5]), **options))
