"""The shipped films, read back with mesh and voice activity, against their truth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from facesign import samples
from facesign.biometrics.face.block import read_block
from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.face.track import Face
from facesign.biometrics.face.tracker_process import TrackerProcess
from facesign.biometrics.stream import Frame, Sound
from facesign.biometrics.voice.activity import MIN_PAUSE_S, Activity
from facesign.interview.media.recording import open_media
from facesign.samples.truth import Movement

# What is read from a film is kept for the tests that follow.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("test_read_back.py")]

Series = npt.NDArray[np.float64]

BARE = ("genuine", "hesitant")
"""Samples of a live face without glasses: behind the thick frames of `impostor-voice` the mesh
sees lids close up to 0.05 s early and open up to 0.07 s late."""
FRAME_S = 1 / 30
AROUND_S = 0.6
CLEAR = 0.35
"""Movements from this amplitude on stand clear of what landmarks make of noise."""
SHUT = 0.9
"""Landmarks of shut lids tremble: the apex is read where they fall past this, 6 ms before."""
ONSET_S, OFFSET_S = 0.03, 0.08


@dataclass(frozen=True)
class Film:
    """What was read from one film."""

    time_s: Series
    channels: dict[str, Series]
    speech: list[tuple[float, float]]


@cache
def read(name: str) -> Film:
    tracker, activity = TrackerProcess(), Activity()
    faces: list[Face] = []
    speech: list[tuple[float, float]] = []
    with open_media(samples.load(name).media) as recording:
        for item in recording:
            if isinstance(item, Frame):
                faces += tracker.push(item)
            elif isinstance(item, Sound):
                speech += [(run.start_s, run.end_s) for run in activity.push(item)]
    faces += tracker.finish()
    speech += [(run.start_s, run.end_s) for run in activity.finish()]
    block = read_block(faces, np.zeros(len(faces), dtype=np.bool_))
    columns = block.channels.T.astype(np.float64)
    return Film(
        block.time_s,
        {spec.name: column for spec, column in zip(CHANNELS, columns, strict=True)},
        speech,
    )


def crossings(time_s: Series, curve: Series, level: float, apex_s: float) -> tuple[float, float]:
    """Return when a pulse rises through a level before its apex and falls through it after."""
    at = int(np.argmin(np.abs(time_s - apex_s)))
    before = at - int(np.argmax(curve[at::-1] < level))
    after = at + int(np.argmax(curve[at:] < level))

    def between(low: int, high: int) -> float:
        share = (level - curve[low]) / (curve[high] - curve[low])
        return float(time_s[low] + share * (time_s[high] - time_s[low]))

    return between(before, before + 1), between(after, after - 1)


def pulse(film: Film, move: Movement) -> tuple[Series, Series]:
    """Return the moving channels around a movement, each at 0 at rest and 1 at its peak."""
    near = np.abs(film.time_s - move.apex_s) < AROUND_S
    time_s = film.time_s[near]
    inside = (time_s > move.onset_s - FRAME_S) & (time_s < move.offset_s + FRAME_S)
    total = np.zeros(len(time_s))
    for channel, amplitude in move.channels.items():
        curve = film.channels[channel][near]
        # Rest drifts with the pose: a line through both sides of the movement.
        line = np.polyval(np.polyfit(time_s[~inside], curve[~inside], 1), time_s)
        total += amplitude * (curve - line)
    peak = total[inside].max()
    return time_s, total / peak


def clear_movements(name: str) -> list[Movement]:
    """Return the brief movements that are large enough and away from speech and blinks."""
    truth = samples.load(name).truth
    own = [line for line in truth.speech if line.speaker == "applicant"]
    return [
        move
        for move in truth.brief_movements
        if move.amplitude >= CLEAR
        and move.profile in ("sine", "asymmetric")
        and not any(
            line.start_s < move.offset_s + 0.2 and line.end_s > move.onset_s - 0.2 for line in own
        )
    ]


def test_there_are_movements_to_read() -> None:
    assert sum(len(clear_movements(name)) for name in BARE) >= 3


@pytest.mark.parametrize("name", BARE)
def test_blinks_are_read_where_they_were_put(name: str) -> None:
    film, truth = read(name), samples.load(name).truth
    whole = (AROUND_S, truth.duration_s - AROUND_S)
    blinks = [b for b in truth.blinks if b.closure > 0.9 and whole[0] < b.apex_s < whole[1]]
    assert len(blinks) >= 4
    closing = (film.channels["au45.left"] + film.channels["au45.right"]) / 2
    for blink in blinks:
        near = np.abs(film.time_s - blink.apex_s) < AROUND_S
        time_s, curve = film.time_s[near], closing[near]
        usual, shut = np.percentile(curve, 20), curve[np.abs(time_s - blink.apex_s) < 0.1].max()
        closed = (curve - usual) / (shut - usual)
        deepest_s = time_s[np.argmax(np.where(np.abs(time_s - blink.apex_s) < 0.1, closed, 0))]
        apex_s, _ = crossings(time_s, closed, SHUT, deepest_s)
        half_closed_s, half_open_s = crossings(time_s, closed, 0.5, deepest_s)
        assert apex_s == pytest.approx(blink.apex_s, abs=FRAME_S)
        assert half_closed_s == pytest.approx(blink.half_closed_s, abs=FRAME_S)
        assert half_open_s == pytest.approx(blink.half_open_s, abs=FRAME_S)


@pytest.mark.parametrize("name", BARE)
def test_movements_are_read_where_they_were_put(name: str) -> None:
    film = read(name)
    for move in clear_movements(name):
        time_s, curve = pulse(film, move)
        during = (time_s >= move.onset_s) & (time_s <= move.offset_s)
        apex_s = time_s[during][np.argmax(curve[during])]
        onset_s, offset_s = crossings(time_s, curve, 0.1, apex_s)
        assert apex_s == pytest.approx(move.apex_s, abs=FRAME_S + 1e-3), move
        assert onset_s == pytest.approx(move.onset_s, abs=2 * FRAME_S), move
        assert offset_s == pytest.approx(move.offset_s, abs=2 * FRAME_S), move


def test_speech_is_heard_where_it_was_put() -> None:
    film, lines = read("genuine"), samples.load("genuine").truth.speech
    runs = [[lines[0].start_s, lines[0].end_s]]
    for before, line in pairwise(lines):
        # Shorter gaps are not heard as pauses once the room has answered.
        if line.start_s - before.end_s >= MIN_PAUSE_S + OFFSET_S:
            runs.append([line.start_s, line.end_s])
        else:
            runs[-1][1] = line.end_s
    assert len(runs) >= 6
    starts, ends = (np.array(times) for times in zip(*film.speech, strict=True))
    for start_s, end_s in runs:
        assert np.abs(starts - start_s).min() <= ONSET_S, start_s
        assert np.abs(ends - end_s).min() <= OFFSET_S, end_s
