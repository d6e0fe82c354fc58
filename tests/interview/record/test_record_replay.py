"""A record replayed gives the same observations, prompts and flags, to the bit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from record_factory import new_home

import facesign
from facesign import samples
from facesign.biometrics.stream import Frame, Sound
from facesign.errors import ConsentError, MediaError, RecordError
from facesign.interview.archive.store import Archive
from facesign.interview.home import Home, Settings
from facesign.interview.media.recording import open_media
from facesign.interview.record.reader import Record
from facesign.interview.record.recovery import recover
from facesign.interview.record.replay import replay
from facesign.interview.record.verification import verify
from facesign.interview.record.writer import RecordWriter
from facesign.interview.report import Report
from facesign.interview.session import Session


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def assert_same(first: Report, again: Report) -> None:
    assert again.observations == first.observations
    assert again.prompts == first.prompts
    assert again.flags == first.flags
    assert again.to_dict() == first.to_dict()
    for (time_s, values), (again_s, again_values) in zip(
        first.signals.chunks(), again.signals.chunks(), strict=True
    ):
        np.testing.assert_array_equal(again_s, time_s)
        np.testing.assert_array_equal(again_values, values)


@pytest.mark.slow
def test_a_recorded_interview_replays_to_the_same_report(home: Home) -> None:
    sample = samples.load("hesitant")
    report = facesign.analyze(
        sample.media,
        script=sample.script,
        marks=sample.marks,
        customer="C-1042",
        settings=Settings(),
        home=home,
        record=True,
    )
    assert report.prompts
    checked = verify(home, report.session_id)
    assert (checked.ok, checked.status) == (True, "closed")
    with Record.open(home, report.session_id) as record:
        assert record.media("media").read() == sample.media.read_bytes()
        again = replay(record, home=home)
    assert_same(report, again)
    with Archive.open(home) as archive:
        assert archive.session(report.session_id).status == "closed"
    assert len(list(home.records.iterdir())) == 1


def first_seconds(path: Path, until_s: float) -> Iterator[Frame | Sound]:
    with open_media(path) as recording:
        for item in recording:
            if item.time_s > until_s:
                return
            yield item


@pytest.mark.slow
def test_a_pushed_session_replays_with_all_that_it_was_told_in_its_place(home: Home) -> None:
    sample = samples.load("hesitant")
    session = Session(script=sample.script, customer="C-7", settings=Settings(), record=home)
    for purpose in ("recording", "face", "voice", "behaviour"):
        session.consent(purpose=purpose, text="en-1", given_by="C-7")
    steps = {
        0.2: lambda: session.ask(first),
        1.0: session.asked,
        3.0: lambda: session.add_evidence(source="id", kind="identity", result="no_match"),
        5.0: lambda: session.consent(
            purpose="behaviour", text="en-1", given_by="C-7", granted=False
        ),
    }
    first = facesign.load_script(sample.script).questions[0].question_id
    for item in first_seconds(sample.media, 6.0):
        while steps and min(steps) <= item.time_s:
            steps.pop(min(steps))()
        session.push(item)
    report = session.close()
    assert [flag.code for flag in report.flags] == ["identity_mismatch"]
    assert not report.movements
    assert_same(report, facesign.replay(report.session_id, home=home))


@pytest.mark.slow
def test_what_was_pushed_before_a_crash_replays(home: Home) -> None:
    sample = samples.load("genuine")
    session = Session(settings=Settings(), record=home)
    for purpose in ("recording", "face", "voice"):
        session.consent(purpose=purpose, text="en-1", given_by="C-7")
    for item in first_seconds(sample.media, 1.0):
        session.push(item)
    assert session._keeper is not None
    assert session._keeper._writer is not None
    session._keeper._writer.drop()
    recover(home, session.session_id)
    again = facesign.replay(session.session_id, home=home)
    assert any(o.name == "quality.rate" and o.value for o in again.observations)
    session._keeper = None
    assert again.observations == session.close().observations


def test_a_refused_recording_is_not_kept(home: Home, tmp_path: Path) -> None:
    consent = tmp_path / "consent.json"
    consent.write_text(
        '{"text": "zh-1", "given_by": "C-1", "at": "2026-11-20T09:30:00Z",'
        ' "purposes": {"recording": false}}'
    )
    with pytest.raises(ConsentError, match="recording was refused: nothing may be recorded"):
        facesign.analyze(samples.load("genuine").media, consent=consent, home=home, record=True)
    assert not home.records.exists()


def test_what_is_no_recording_leaves_no_record(home: Home, tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_text("no film")
    with pytest.raises(MediaError, match="is not a recording"):
        facesign.analyze(tmp_path / "notes.mp4", home=home, record=True)
    assert not home.records.exists()


def test_an_analysis_that_is_stopped_leaves_its_record_interrupted(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "push", stop)
    with pytest.raises(KeyboardInterrupt):
        facesign.analyze(samples.load("genuine").media, home=home, record=True)
    (folder,) = home.records.iterdir()
    checked = verify(home, folder.name)
    assert (checked.ok, checked.status) == (True, "interrupted")
    assert checked.streams["media"]["size"] == samples.load("genuine").media.stat().st_size
    with Archive.open(home) as archive:
        assert archive.session(folder.name).status == "interrupted"


def test_a_record_without_media_cannot_be_replayed(home: Home) -> None:
    session = Session(settings=Settings(), record=home)
    session.consent(purpose="recording", text="en-1", given_by="C-1")
    session.close()
    with pytest.raises(RecordError, match="holds nothing that can be analyzed"):
        replay(session.session_id, home=home)


def test_a_record_that_says_nothing_of_its_session_cannot_be_replayed(home: Home) -> None:
    from record_factory import closed_record

    folder = closed_record(home)
    with pytest.raises(RecordError, match="says nothing about its session"):
        replay(folder, home=home)


def test_decoding_from_a_record_is_decoding_from_the_file(home: Home, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from media_factory import Clicks, Clip, steady, write_media

    from facesign.interview.record.filing import filed_sources

    path = write_media(
        tmp_path / "访谈.mp4", Clip(steady(2.0), noisy=True), Clicks((0.5, 1.5), 2.0)
    )
    writer = RecordWriter.create(home, session_id="film", created_at=datetime.now(UTC))
    writer.add("received", {"stream": "media", "name": path.name})
    for first in range(0, path.stat().st_size, 1000):
        writer.piece("media", path.read_bytes()[first : first + 1000])
    writer.close()
    with (
        Record.open(home, "film") as record,
        open_media(path) as plain,
        open_media(filed_sources(record)["media"]) as stored,
    ):
        assert stored.info == plain.info
        for item, again in zip(plain, stored, strict=True):
            assert again.time_s == item.time_s
            ours = item.image if isinstance(item, Frame) else item.samples
            theirs = again.image if isinstance(again, Frame) else again.samples
            np.testing.assert_array_equal(theirs, ours)
        assert stored.problems == plain.problems
    assert json.dumps(plain.info.name, ensure_ascii=False) == '"访谈.mp4"'
