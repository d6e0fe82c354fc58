"""A session that is recorded: what is kept of it, and when."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pyarrow as pa
import pytest
from record_factory import NINE, SESSION, new_home
from session_factory import (
    SCRIPT,
    ScriptedPipeline,
    baseline,
    blink,
    calm_face,
    frame,
    movement,
    reading,
    scripted_session,
    seen,
    sound,
    speech,
)

from facesign.biometrics.observation import Observation
from facesign.biometrics.stream import Frame, Sound
from facesign.errors import ConsentError, RecordError
from facesign.interview.archive.store import Archive
from facesign.interview.home import Home, Settings
from facesign.interview.marks import Mark
from facesign.interview.record.behaviour import is_behaviour, without_behaviour
from facesign.interview.record.contents import (
    marks_from,
    observations_of,
    plan_of,
    report_of,
    script_from,
    settings_from,
    signals_of,
)
from facesign.interview.record.pushed import PushedWriter, pushed_items
from facesign.interview.record.reader import Record
from facesign.interview.record.recovery import recover
from facesign.interview.record.verification import verify
from facesign.interview.record.writer import RecordWriter
from facesign.interview.report import Report, report_schema
from facesign.interview.session import Session
from facesign.interview.tables import signal_batches

MARKS = (Mark("name", 0.0, 1.0, 8.0), Mark("income", 10.0, 11.0, 25.0))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def session_of(record: Home | RecordWriter, **options: Any) -> Session:
    events = [
        *calm_face(30.0),
        seen("face.present", 0.0, 30.0),
        *(reading([n / 4], signals=True) for n in range(100)),
        speech(1.5, 4.0),
        speech(16.0, 20.0, filled_at_s=[17.0, 18.0]),
        *(movement(t) for t in (12.0, 13.0, 14.0)),
        *(blink(t) for t in (2.0, 12.0, 15.0)),
        seen("gaze.away", 11.0, 20.0),
        seen("face.other", 3.0, 9.0),
    ]
    pipeline = ScriptedPipeline(events, baselines=[baseline(0.0, 8.0)])
    return scripted_session(pipeline, marks=MARKS, record=record, **options)


def recorded(home: Home, **options: Any) -> Report:
    session = session_of(home, customer="C-1042", **options)
    session.add_evidence(source="national-id", kind="identity", result="match", time_s=1.0)
    return session.close()


def test_the_record_holds_what_the_session_was_told_and_what_it_found(home: Home) -> None:
    report = recorded(home)
    assert report.prompts
    assert report.flags
    assert verify(home, report.session_id).status == "closed"
    with Record.open(home, report.session_id) as record:
        kinds = [entry.kind for entry in record.entries()]
        assert kinds[:5] == ["opened", "session", "consent", "consent", "consent"]
        assert report_of(record) == json.loads(json.dumps(report.to_dict()))
        assert observations_of(record) == report.observations
        told = [(e.kind, e.data["n_pushed"]) for e in record.entries("consent", "evidence")]
        assert told == [("consent", 0), ("consent", 0), ("consent", 0), ("evidence", 3)]
        (consent, *_) = record.entries("consent")
        assert (consent.data["purpose"], consent.data["text"]) == ("recording", "en-1")
        kept = json.loads(json.dumps(without_behaviour(report.to_dict())))
        assert [e.data for e in record.entries("flag")] == kept["flags"]
        (outcome,) = record.entries("outcome")
        assert outcome.data["outcome"] == report.outcome


def test_the_signals_come_back_as_a_table(home: Home) -> None:
    report = recorded(home)
    with Record.open(home, report.session_id) as record:
        table = signals_of(record)
    assert table is not None
    written = pa.Table.from_batches(signal_batches(report.signals))
    assert table.column_names == written.column_names
    for name in table.column_names:
        np.testing.assert_array_equal(table[name].to_numpy(), written[name].to_numpy())


def test_the_plan_gives_back_script_marks_and_settings(home: Home) -> None:
    settings = Settings(lang="zh", required_checks=("identity",), gallery="sqlite:///secret")
    report = recorded(home, settings=settings, participants=("interpreter",))
    with Record.open(home, report.session_id) as record:
        plan = plan_of(record)
    assert script_from(plan["script"]) == SCRIPT
    assert marks_from(plan["marks"]) == MARKS
    read = settings_from(plan["settings"])
    assert (read.lang, read.required_checks, read.gallery) == ("zh", ("identity",), None)
    assert "secret" not in json.dumps(plan)
    assert plan["participants"] == ["interpreter"]


def test_the_archive_has_the_session(home: Home) -> None:
    report = recorded(home, external_ref="APP-7")
    with Archive.open(home) as archive:
        (held,) = archive.sessions(customer="C-1042", flag="undeclared_person")
    assert (held.session_id, held.status, held.outcome) == (
        report.session_id,
        "closed",
        report.outcome,
    )
    assert held.external_ref == "APP-7"
    assert held.n_prompts == len(report.prompts)
    assert [f.flag_id for f in held.flags] == [f.flag_id for f in report.flags]
    assert held.duration_s == 30.0
    assert held.ended_at is not None


def test_nothing_is_stored_before_consent_to_recording(home: Home) -> None:
    session = Session(script=SCRIPT, settings=Settings(), record=home)
    session.consent(purpose="face", text="en-1", given_by="C-1")
    session.ask("name")
    with pytest.raises(ConsentError, match="no consent to recording"):
        session.push(frame())
    session.consent(purpose="recording", text="en-1", given_by="C-1", granted=False)
    with pytest.raises(ConsentError, match="recording was refused"):
        session.push(frame())
    session.close()
    assert not home.records.exists()
    assert not home.archive.exists()


def test_consent_to_recording_begins_the_record_with_what_was_said_before(home: Home) -> None:
    session = Session(script=SCRIPT, settings=Settings(), record=home)
    session.consent(purpose="behaviour", text="en-1", given_by="C-1", granted=False)
    session.consent(purpose="recording", text="en-1", given_by="C-1")
    with Record.open(home, session.session_id) as record:
        assert [e.kind for e in record.entries()] == ["opened", "session", "consent", "consent"]
        assert record.status == "recording"
    with Archive.open(home) as archive:
        assert archive.session(session.session_id).status == "questions"
    session.close()
    assert verify(home, session.session_id).ok


def test_what_may_not_be_analyzed_yet_is_not_stored_either(home: Home) -> None:
    session = Session(settings=Settings(), record=home)
    session.consent(purpose="recording", text="en-1", given_by="C-1")
    with pytest.raises(ConsentError, match="no consent to voice"):
        session.push(sound())
    with Record.open(home, session.session_id) as record:
        assert record.streams == ()
    session.close()


def test_a_session_without_record_writes_nothing(home: Home) -> None:
    session_of(False).close()  # type: ignore[arg-type]
    assert not home.records.exists()


def test_a_record_that_was_handed_in_is_left_open_and_gives_its_id(home: Home) -> None:
    writer = RecordWriter.create(home, session_id=SESSION, created_at=NINE)
    report = session_of(writer).close()
    assert (report.session_id, report.created_at) == (SESSION, NINE)
    assert writer.is_open
    writer.add("decision", {"decision": "escalate"})
    writer.close()
    with Record.open(home, SESSION) as record:
        # Whoever began it stores what was received.
        assert record.streams == ("signals",)
        assert report_of(record) == json.loads(json.dumps(report.to_dict()))
    with Archive.open(home) as archive:
        held = archive.session(SESSION)
    assert (held.status, held.outcome) == ("questions", report.outcome)


def test_a_session_that_went_away_is_recovered_with_what_was_pushed(home: Home) -> None:
    session = session_of(home)
    session_id = session.session_id
    assert session._keeper is not None
    assert session._keeper._writer is not None
    session._keeper._writer.drop()
    del session
    recover(home, session_id)
    with Record.open(home, session_id) as record:
        assert record.status == "interrupted"
        assert [item.time_s for item in pushed_items(record)] == [0.0, 0.0, 30.0]
    with Archive.open(home) as archive:
        assert archive.session(session_id).status == "interrupted"


def test_erased_behaviour_leaves_a_valid_report_with_the_same_outcome(home: Home) -> None:
    report = recorded(home)
    before = report.to_dict()
    with Record.open(home, report.session_id) as record:
        record.erase("behaviour", because="retention")
        after = report_of(record)
        assert after is not None
        assert signals_of(record) is None
        left = observations_of(record)
    assert after == json.loads(json.dumps(without_behaviour(before)))
    jsonschema.Draft202012Validator(report_schema()).validate(after)
    for name in ("outcome", "reasons", "identity", "quality", "media"):
        assert after[name] == json.loads(json.dumps(before[name])), name
    assert [f["id"] for f in after["flags"]] == [f.flag_id for f in report.flags]
    assert (after["prompts"], after["movements"], after["summary"]) == ([], [], [])
    assert after["baseline"]["reason"] == "erased"
    text = json.dumps(after)
    for word in ('response_latency"', "blink", "gaze", "filled_pause", "Which employer"):
        assert word not in text, word
    assert left == tuple(o for o in report.observations if not is_behaviour(o))
    assert {o.name for o in left} >= {"speech", "quality.rate"}
    assert not [o.name for o in left if o.name.startswith(("blink", "gaze", "voice.pitch"))]


@pytest.mark.parametrize("size", [(48, 64), (33, 47), (360, 640), (7, 200), (1, 1)])
def test_pushed_frames_come_back_to_the_bit_whatever_their_size(
    home: Home, size: tuple[int, int]
) -> None:
    rng = np.random.default_rng(0)
    n_frames = 3 if size[0] > 100 else 40
    noise = rng.integers(0, 256, (n_frames, *size, 3), dtype=np.uint8)
    items = [Frame(0.1 + n / 30.000001, image) for n, image in enumerate(noise)]
    assert stored_and_read(home, items) == n_frames


def test_frames_and_sound_keep_their_order_times_and_tracks_when_the_size_changes(
    home: Home,
) -> None:
    rng = np.random.default_rng(0)
    items: list[Frame | Sound] = []
    for n in range(30):
        size = (48, 64) if n % 10 < 5 else (64, 48)
        items.append(Frame(n / 30, rng.integers(0, 256, (*size, 3), dtype=np.uint8)))
        items.append(
            Sound(
                n / 30, rng.normal(size=n * 7).astype(np.float32), "officer" if n % 2 else "mixed"
            )
        )
    assert stored_and_read(home, items) == 60


def stored_and_read(home: Home, items: list[Any]) -> int:
    writer = RecordWriter.create(home, session_id=SESSION, created_at=NINE)
    pushed = PushedWriter(writer)
    for item in items:
        pushed.push(item)
    writer.close()
    with Record.open(home, SESSION) as record:
        back = list(pushed_items(record))
    for item, again in zip(items, back, strict=True):
        assert type(again) is type(item)
        assert again.time_s == item.time_s
        if isinstance(item, Frame):
            np.testing.assert_array_equal(again.image, item.image)
        else:
            assert again.track == item.track
            np.testing.assert_array_equal(again.samples, item.samples)
    return len(back)


def test_without_the_plans_key_nothing_is_read(home: Home) -> None:
    report = recorded(home)
    with Record.open(home, report.session_id) as record:
        record.erase("statutory", because="retention")
        with pytest.raises(RecordError, match="says nothing about its session"):
            plan_of(record)
        assert report_of(record) is None


def test_a_flags_rank_loses_what_behaviour_added_and_still_adds_up(home: Home) -> None:
    report = recorded(home)
    whole = json.loads(json.dumps(report.to_dict()))
    kept = without_behaviour(whole)
    ranked = [(f["rank"], k["rank"]) for f, k in zip(whole["flags"], kept["flags"], strict=True)]
    assert any(c["family"] == "behaviour" for rank, _ in ranked for c in rank["contributions"])
    for before, after in ranked:
        added = {f["family"]: f["points"] or 0.0 for f in before["families"]}
        assert after["points"] == pytest.approx(before["points"] - added.pop("behaviour"))
        assert after["points"] == pytest.approx(sum(added.values()))
        assert {c["family"] for c in after["contributions"]} <= set(added)
    families = {one["family"] for one in kept["monitors"]}
    assert "behaviour" not in families
    assert "behaviour" in {one["family"] for one in whole["monitors"]}


def test_every_observation_that_is_no_behaviour_is_one_of_capture_presence_or_voice() -> None:
    def of(analyser: str) -> bool:
        return is_behaviour(Observation("x", 0.0, 1.0, 1.0, "1", analyser=analyser))

    assert not of("face.presence")
    assert not of("interview.voices")
    for name in ("answer.early", "voice.silence", "head.turned_before_answer", "new"):
        assert is_behaviour(Observation(name, 0.0, 1.0, 1.0, "1", analyser="interview.risk"))
    for name in ("consent.missing", "voice.other_before_answer", "question.pace"):
        assert not is_behaviour(Observation(name, 0.0, 1.0, 1.0, "1", analyser="interview.risk"))
    for analyser in ("face.blinks", "face.movements", "face.attention", "face.meter", "new.one"):
        assert of(analyser)
