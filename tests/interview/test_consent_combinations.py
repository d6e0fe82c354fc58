"""Every combination of the five consents: what is analyzed is what was agreed to, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import av
import numpy as np
import pytest
from voices import claire

from facesign import samples
from facesign.biometrics.face.track import Face
from facesign.biometrics.stream import Frame, Sound
from facesign.biometrics.voice.utterances import Utterance
from facesign.errors import ConsentError
from facesign.interview.consent import PURPOSES, Purpose
from facesign.interview.home import Settings
from facesign.interview.pipeline import Event, FaceReading
from facesign.interview.report import Report
from facesign.interview.session import Session

pytestmark = pytest.mark.slow

ALL = list(product((True, False), repeat=len(PURPOSES)))
N_FRAMES = 12
"""A block is eight; the rest is told at the end."""
SPEECH_S = 4.0


@pytest.fixture(scope="module")
def items() -> list[Frame | Sound]:
    """A face, and the voice of one person on the applicant's track, in order of time."""
    speech = claire()[: round(SPEECH_S * 16_000)]
    heard = np.concatenate([speech, np.zeros(16_000, dtype=np.float32)])
    sounds = [
        Sound(first / 16_000, heard[first : first + 3200], "applicant")
        for first in range(0, len(heard), 3200)
    ]
    with av.open(samples.load("genuine").media) as film:
        pictures = [next(film.decode(video=0)) for _ in range(N_FRAMES)]
    frames = [
        Frame(n / 30, np.asarray(picture.reformat(640, 360, "rgb24").to_ndarray()))
        for n, picture in enumerate(pictures)
    ]
    return sorted([*frames, *sounds], key=lambda item: item.time_s)


def expected(agreed: Mapping[Purpose, bool]) -> set[str]:
    """Return the checks that are not made because consent was refused."""
    lost: dict[Purpose, set[str]] = {
        "face": {"consent", "quality", "face", "behaviour", "movements"},
        "voice": {"consent", "voice", "voice_behaviour", "search"},
        "behaviour": {"behaviour", "voice_behaviour", "movements"},
        "search": {"search"},
    }
    return set().union(*(checks for purpose, checks in lost.items() if not agreed[purpose]))


@dataclass(frozen=True)
class Interviewed:
    report: Report
    found: list[Event]
    """What was told on the way."""
    n_opened: int
    """How often voices were opened."""


class Interviews:
    """Interviews by what was agreed to; each is held once."""

    def __init__(self, items: list[Frame | Sound]) -> None:
        self._items = items
        self._held: dict[tuple[bool, ...], Interviewed] = {}

    def with_consents(self, *decisions: bool) -> Interviewed:
        if decisions not in self._held:
            self._held[decisions] = self._hold(dict(zip(PURPOSES, decisions, strict=True)))
        return self._held[decisions]

    def _hold(self, agreed: dict[Purpose, bool]) -> Interviewed:
        found: list[Event] = []
        opened: list[str] = []
        session = Session(
            script="car-loan-en",
            customer="C-1042",
            tracks=("applicant",),
            settings=Settings(),
            voices=lambda: opened.append("voices"),  # type: ignore[arg-type,return-value]
            watch=found.append,
        )
        for purpose, granted in agreed.items():
            session.consent(purpose=purpose, text="en-2026-11", given_by="C-1042", granted=granted)
        for item in self._items:
            if agreed["recording"]:
                session.push(item)
            else:
                with pytest.raises(ConsentError, match="recording was refused"):
                    session.push(item)
        return Interviewed(session.close(), found, len(opened))


@pytest.fixture(scope="module")
def interviews(items: list[Frame | Sound]) -> Interviews:
    return Interviews(items)


@pytest.mark.parametrize("decisions", ALL, ids=lambda d: "".join("ny"[granted] for granted in d))
def test_what_is_analyzed_is_what_was_agreed_to(
    decisions: tuple[bool, ...], interviews: Interviews
) -> None:
    agreed = dict(zip(PURPOSES, decisions, strict=True))
    held = interviews.with_consents(*decisions)
    report, found = held.report, held.found
    faces = [event for event in found if isinstance(event, Face)]
    spoken = [event for event in found if isinstance(event, Utterance)]
    signals = [event for event in found if isinstance(event, FaceReading) and event.signals]
    if not agreed["recording"]:
        assert (found, held.n_opened) == ([], 0)
        assert report.outcome == "inconclusive"
        assert report.details["timeline"]["duration_s"] == 0
        return
    assert bool(faces) == agreed["face"]
    assert bool(report.images) == agreed["face"]
    assert bool(spoken) == (held.n_opened == 1) == agreed["voice"]
    assert bool(signals) == (agreed["face"] and agreed["behaviour"])
    measured = [one.pitch_hz for one in spoken if one.pitch_hz is not None]
    assert bool(measured) == (agreed["voice"] and agreed["behaviour"])
    refused = {check.check for check in report.checks if check.reason == "consent_refused"}
    assert refused == expected(agreed)


def test_refusing_behaviour_or_the_search_costs_nothing(interviews: Interviews) -> None:
    told = set()
    for behaviour, search in product((True, False), repeat=2):
        report = interviews.with_consents(True, True, True, behaviour, search).report
        flags = tuple(flag.code for flag in report.flags)
        told.add((report.outcome, flags, report.reasons))
    assert len(told) == 1
