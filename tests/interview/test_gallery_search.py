"""A session's search of the gallery: whom it finds, when it is not assessed, and its replay."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from customer_prints import thirds
from live_interview import SESSION, LiveInterview
from voices import FixedMatcher, FixedPoint, SpectrumEncoder, claire, said

import facesign
from facesign.biometrics.gallery.watch_list import WatchReason
from facesign.biometrics.observation import Observation
from facesign.biometrics.stream import FloatArray, Sound
from facesign.interview import voice_defaults
from facesign.interview.fingerprints import Fingerprints
from facesign.interview.home import Home, Settings
from facesign.interview.live.replay import replay_live
from facesign.interview.record.reader import Record
from facesign.interview.report import Report
from facesign.interview.risk.history import VoiceElsewhere
from facesign.interview.session import Session
from facesign.interview.voice_recordings import listen
from facesign.interview.voice_session import open_voices

WHY = WatchReason("signed as two people", "record-9", ("Li", "Wang"))
ALL = ("recording", "face", "voice", "behaviour", "search")
ELSEWHERE, LISTED = "history.voice_elsewhere", "history.watch_list"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    # A report names models of the registry alone.
    encoder = SpectrumEncoder("ecapa-embedded")
    monkeypatch.setattr(voice_defaults, "default_encoder", lambda home: encoder)
    monkeypatch.setattr(voice_defaults, "default_matcher", lambda encoder, home: FixedMatcher())
    return Home(tmp_path / "home")


def enroll(home: Home, *customers: str, samples: FloatArray | None = None, **options: Any) -> None:
    with Fingerprints.open(home=home) as prints:
        for customer in customers:
            parts = thirds(claire() if samples is None else samples)[:2]
            prints.enroll(customer, parts, identity_proof="check", record="record", **options)
            prints.confirm(customer, by="anna")


def watch(home: Home) -> None:
    with Fingerprints.open(home=home) as prints:
        prints.watch_list.add("CASE-7", thirds(claire())[:2], WHY, days=30)


def searched(home: Home, customer: str | None = "C-1") -> VoiceElsewhere:
    searcher = open_voices(customer=customer, home=home).searcher
    assert searcher is not None
    return searcher.search(thirds(claire())[2], 4.0, 60.0)


def test_other_customers_with_this_voice_are_counted_and_nobody_else(home: Home) -> None:
    enroll(home, "C-1", "C-2", "C-3")
    enroll(home, "C-4", samples=said("screen-replay", "applicant"))
    watch(home)
    assert searched(home) == VoiceElsewhere(2, 1, start_s=4.0, end_s=60.0)


def test_the_customers_own_voiceprint_is_left_out(home: Home) -> None:
    enroll(home, "C-1")
    found = searched(home)
    assert (found.n_other_customers, found.reason) == (None, "nothing_to_search")
    enroll(home, "C-4", samples=said("screen-replay", "applicant"))
    assert searched(home).n_other_customers == 0


def test_a_voiceprint_that_may_only_be_verified_is_not_read(home: Home) -> None:
    enroll(home, "C-2", purposes=["verify"])
    assert searched(home) == VoiceElsewhere(
        None, None, "nothing_to_search", "nothing_to_search", 4.0, 60.0
    )


def test_without_a_customer_number_only_the_watch_list_is_searched(home: Home) -> None:
    enroll(home, "C-2")
    watch(home)
    found = searched(home, None)
    assert (found.n_other_customers, found.reason, found.n_watch_list) == (None, "no_customer", 1)


def test_where_chance_would_name_somebody_the_search_is_not_assessed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    loose = FixedMatcher(FixedPoint("strict", 2.0, 0.6))
    monkeypatch.setattr(voice_defaults, "default_matcher", lambda encoder, home: loose)
    enroll(home, "C-2", "C-3")
    watch(home)
    found = searched(home)
    assert (found.n_other_customers, found.reason) == (None, "too_many_false_candidates")
    # One entry alone is expected to be named wrongly 0.6 times.
    assert (found.n_watch_list, found.watch_list_reason) == (1, None)


def test_a_gallery_that_is_not_there_is_not_made_by_a_search(home: Home) -> None:
    assert searched(home) == VoiceElsewhere.unknown("nothing_to_search")
    assert not home.root.exists()


def test_a_gallery_that_cannot_be_read_is_not_a_voice_that_was_not_found(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    enroll(home, "C-2")
    searcher = open_voices(home=home).searcher
    assert searcher is not None
    home.gallery.write_bytes(b"something else " * 100)
    with caplog.at_level(logging.WARNING):
        found = searcher.search(thirds(claire())[2], 0.0, 9.0)
    assert found == VoiceElsewhere.unknown("search_failed")
    assert "C-2" not in caplog.text


@cache
def spoken() -> FloatArray:
    """All that claire says, without pauses."""
    return listen(claire()).heard.speech


class Interview:
    """An interview in which claire speaks on the applicant's track, in a record of its own."""

    def __init__(self, home: Home, *, refused: Sequence[str] = ()) -> None:
        self.session = Session(
            customer="C-1",
            tracks=("applicant",),
            settings=Settings(),
            voices=partial(open_voices, customer="C-1", home=home),
            record=home,
        )
        for purpose in ALL:
            self.decide(purpose, granted=purpose not in refused)
        self._at_s = 0.0

    def decide(self, purpose: str, *, granted: bool) -> None:
        self.session.consent(purpose=purpose, text="en-1", given_by="C-1", granted=granted)

    def speak(self, times: int = 1) -> None:
        """Speak for 10 s, or several times so long."""
        heard = spoken()
        for _ in range(times):
            for first in range(0, len(heard), 16_000):
                part = heard[first : first + 16_000]
                self.session.push(Sound(self._at_s, part, "applicant"))
                self._at_s += len(part) / 16_000

    def close(self) -> Report:
        return self.session.close()


def known(report: Report) -> dict[str, Observation]:
    rows = [one for one in report.observations if one.name in (ELSEWHERE, LISTED)]
    assert len(rows) == 2
    return {one.name: one for one in rows}


def check(report: Report) -> tuple[bool | None, str | None]:
    return next((c.finding, c.reason) for c in report.checks if c.check == "search")


def test_a_voice_under_another_customer_raises_its_flag_while_it_is_spoken(home: Home) -> None:
    enroll(home, "C-2")
    interview = Interview(home)
    interview.speak(5)
    assert interview.session.so_far().elsewhere.reason == "not_searched"
    # Who spoke is settled a minute later.
    interview.speak(5)
    assert interview.session.so_far().elsewhere.n_other_customers == 1
    report = interview.close()
    (flag,) = report.flags
    assert (flag.code, flag.family, flag.value) == ("voice_under_other_customer", "identity", 1.0)
    assert 0.0 <= flag.start_s < 5.0
    assert 30.0 < flag.end_s < 60.0
    assert "history.voice_elsewhere" in [one.monitor.monitor_id for one in report.monitors]
    assert (check(report), report.outcome) == ((True, None), "review")
    assert "C-2" not in str(report.to_dict())


def test_a_voice_on_the_watch_list_raises_its_flag(home: Home) -> None:
    watch(home)
    interview = Interview(home)
    interview.speak()
    report = interview.close()
    assert [flag.code for flag in report.flags] == ["watch_list_voice"]
    assert known(report)[ELSEWHERE].reason == "nothing_to_search"
    assert "CASE-7" not in str(report.to_dict())


def test_a_voice_that_is_nowhere_else_is_searched_without_finding(home: Home) -> None:
    enroll(home, "C-4", samples=said("screen-replay", "applicant"))
    interview = Interview(home)
    interview.speak()
    report = interview.close()
    assert (report.flags, check(report)) == ((), (False, None))
    assert known(report)[ELSEWHERE].value == 0.0


@pytest.fixture
def no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    def search(*_: object, **__: object) -> None:
        raise AssertionError("the gallery was searched")

    monkeypatch.setattr(Fingerprints, "search", search)


@pytest.mark.usefixtures("no_search")
@pytest.mark.parametrize("refused", ["search", "voice"])
def test_where_consent_was_refused_nothing_is_searched_and_the_report_says_so(
    home: Home, refused: str
) -> None:
    enroll(home, "C-2")
    interview = Interview(home, refused=[refused])
    interview.speak()
    report = interview.close()
    assert check(report) == (None, "consent_refused")
    assert {one.reason for one in known(report).values()} == {"consent_refused"}
    assert report.flags == ()


@pytest.mark.usefixtures("no_search")
def test_where_nobody_was_asked_nothing_is_searched(home: Home) -> None:
    enroll(home, "C-2")
    voices = open_voices(customer="C-1", home=home)
    session = Session(customer="C-1", settings=Settings(), recorded=True, voices=voices)
    session.push(Sound(0.0, claire()))
    report = session.close()
    assert check(report) == (None, "no_consent_recorded")


@pytest.mark.usefixtures("no_search")
@pytest.mark.parametrize("withdrawn", ["search", "voice"])
def test_withdrawn_before_there_was_enough_speech_nothing_is_searched(
    home: Home, withdrawn: str
) -> None:
    enroll(home, "C-2")
    interview = Interview(home)
    interview.speak()
    interview.decide(withdrawn, granted=False)
    interview.speak()
    report = interview.close()
    assert check(report) == (None, "consent_refused")
    assert report.flags == ()


def without_gallery(home: Home) -> None:
    with Fingerprints.open(home=home) as prints:
        for customer in prints.customers():
            prints.revoke(customer)
    home.gallery.unlink()


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_recorded_session_replays_the_same_with_the_gallery_emptied_meanwhile(
    home: Home, withdrawn: bool
) -> None:
    enroll(home, "C-2")
    watch(home)
    interview = Interview(home)
    interview.speak(10)
    if withdrawn:
        interview.decide("search", granted=False)
    report = interview.close()
    codes = {flag.code for flag in report.flags}
    assert codes == (set() if withdrawn else {"voice_under_other_customer", "watch_list_voice"})
    without_gallery(home)
    assert facesign.replay(report.session_id, home=home).to_dict() == report.to_dict()
    with Record.open(home, report.session_id) as record:
        (entry,) = record.entries("searched")
    assert (entry.data["n_other_customers"], entry.data["n_watch_list"]) == (1, 1)


def test_a_session_without_a_gallery_replays_the_same_when_there_is_one(home: Home) -> None:
    interview = Interview(home)
    interview.speak()
    report = interview.close()
    assert check(report) == (None, "nothing_to_search")
    enroll(home, "C-2")
    assert facesign.replay(report.session_id, home=home).to_dict() == report.to_dict()


def n_entered(home: Home) -> int:
    with Record.open(home, SESSION) as record:
        return len(list(record.entries("searched")))


@pytest.mark.parametrize("refused", [(), ("search",)])
def test_a_live_interview_replays_the_same_with_the_gallery_emptied_meanwhile(
    home: Home, refused: tuple[str, ...]
) -> None:
    enroll(home, "C-2")
    live = LiveInterview(home, refused=refused)
    live.receive(spoken())
    report = live.end()
    codes = [flag.code for flag in report.flags]
    assert codes == ([] if refused else ["voice_under_other_customer"])
    assert check(report) == ((None, "consent_refused") if refused else (True, None))
    without_gallery(home)
    assert replay_live(home, SESSION).to_dict() == report.to_dict()
    assert n_entered(home) == (0 if refused else 1)


@pytest.mark.parametrize("withdrawn", [False, True])
def test_another_worker_knows_what_the_first_one_found_and_does_not_search_again(
    home: Home, withdrawn: bool
) -> None:
    enroll(home, "C-2")
    live = LiveInterview(home)
    live.receive(np.tile(spoken(), 10))
    if withdrawn:
        live.do("withdraw", {"purpose": "search"})
    without_gallery(home)
    live.die()
    report = live.end()
    codes = [flag.code for flag in report.flags]
    assert codes == ([] if withdrawn else ["voice_under_other_customer"])
    assert check(report) == ((None, "consent_refused") if withdrawn else (True, None))
    assert replay_live(home, SESSION).to_dict() == report.to_dict()
    assert n_entered(home) == 1
