from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow.parquet as pq
import pytest
from session_factory import (
    ScriptedPipeline,
    baseline,
    blink,
    calm_face,
    face,
    movement,
    reading,
    scripted_session,
    seen,
    speech,
)
from tone_voices import LOW_HZ, TONES, ToneEncoder, tone
from voice_factory import ToneVerifier, compared_at, turn

from facesign.errors import OutputError
from facesign.interview import report as report_module
from facesign.interview.facts import RecordingFacts
from facesign.interview.flags import Flag
from facesign.interview.home import Settings
from facesign.interview.marks import Mark
from facesign.interview.media.info import AudioInfo, MediaInfo, MediaProblem, VideoInfo
from facesign.interview.page import rendering
from facesign.interview.report import Report, report_schema
from facesign.interview.session import Session
from facesign.interview.voices import Voices

MARKS = (Mark("name", 0.0, 1.0, 8.0), Mark("income", 10.0, 11.0, 25.0))
FILES = ["observations.parquet", "report.html", "report.json", "signals.parquet"]
NEVER_SAID = ("deception", "lying", " lie ", "liar", "emotion", "stress")
NEVER_SAID_ZH = ("说谎", "测谎", "情绪", "黑名单", "风险提示", "预警")


def recording(**problems: str) -> RecordingFacts:
    return RecordingFacts(
        MediaInfo(
            name="interview.mp4",
            duration_s=30.0,
            is_synthetic=False,
            video=VideoInfo("h264", 640, 480, 30.0, 90),
            audio=AudioInfo("aac", 48_000, 2, 0.02, ("mixed",)),
        ),
        tuple(MediaProblem(code, detail) for code, detail in problems.items()),  # type: ignore[arg-type]
    )


def full(facts: RecordingFacts | None = None, **options: Any) -> Report:
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
    session = scripted_session(pipeline, marks=MARKS, **options)
    session.add_evidence(source="national-id", kind="identity", result="match", time_s=1.0)
    return session.close(facts)


def voices(**options: Any) -> Report:
    """A session whose voices were told apart and compared with the customer's voiceprint."""
    events = [
        *calm_face(30.0),
        speech(1.5, 4.0),
        speech(16.0, 20.0),
        speech(22.0, 27.0),
        turn(1.5, 4.0, "officer"),
        turn(16.0, 20.0),
        turn(22.0, 27.0, "other"),
        compared_at(16.0, "no_match", -2.5),
        compared_at(16.0, "no_match", -2.5, is_whole=True, reasons=("noisy",)),
    ]
    pipeline = ScriptedPipeline(events, baselines=[baseline(0.0, 8.0)])
    verifying = Voices(ToneEncoder(), ToneVerifier(tone(LOW_HZ, 4.0)), separation=TONES)
    return scripted_session(pipeline, marks=MARKS, voices=verifying, **options).close()


REPORTS = {
    "voices": voices,
    "voices refused": lambda: voices(agreed=("recording", "face"), refused=("voice",)),
    "full": lambda: full(recording(truncated="read to 3 s of 4 s")),
    "live": full,
    "behaviour off": lambda: full(behaviour=False),
    "empty": lambda: Session(settings=Settings()).close(),
    "no face": lambda: scripted_session(
        ScriptedPipeline([face(n / 30, found=False) for n in range(90)], voice=None)
    ).close(recording()),
    "refused": lambda: full(agreed=("recording",), refused=("face", "voice", "behaviour")),
}


@pytest.fixture(params=REPORTS)
def any_report(request: pytest.FixtureRequest) -> Report:
    return REPORTS[request.param]()


def test_every_report_is_valid_against_the_schema(any_report: Report) -> None:
    values = json.loads(json.dumps(any_report.to_dict(), allow_nan=False))
    jsonschema.Draft202012Validator(report_schema()).validate(values)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_report_calls_anyone_a_liar(any_report: Report, lang: Any) -> None:
    page = any_report.to_html(lang=lang)
    for text in (page, json.dumps(any_report.to_dict(), ensure_ascii=False)):
        low = text.lower()
        assert not [word for word in NEVER_SAID if word in low]
        assert not [word for word in NEVER_SAID_ZH if word in text]


def test_a_saved_report_is_four_files_for_the_owner_alone(tmp_path: Path) -> None:
    report = full()
    page = report.save(tmp_path / "out")
    assert page == tmp_path / "out" / "report.html"
    assert sorted(os.listdir(tmp_path / "out")) == FILES
    assert {stat.S_IMODE((tmp_path / "out" / f).stat().st_mode) for f in FILES} == {0o600}
    assert json.loads((tmp_path / "out" / "report.json").read_text("utf-8")) == json.loads(
        json.dumps(report.to_dict())
    )
    rows = pq.read_table(tmp_path / "out" / "observations.parquet").to_pylist()
    assert rows == [o.to_dict() for o in report.observations]
    assert pq.read_table(tmp_path / "out" / "signals.parquet").num_rows == 100


def test_observations_come_in_time_order() -> None:
    starts = [o.start_s for o in full().observations]
    assert starts == sorted(starts)


def test_face_pictures_are_shown_only_where_they_are_asked_for(tmp_path: Path) -> None:
    report = full()
    assert report.images
    assert "data:image/jpeg" not in report.save(tmp_path / "without").read_text("utf-8")
    assert "data:image/jpeg" in report.save(tmp_path / "with", images=True).read_text("utf-8")
    for name in ("report.json", "observations.parquet", "signals.parquet"):
        assert b"\xff\xd8\xff" not in (tmp_path / "with" / name).read_bytes()


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_save_leaves_the_older_report_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    full().save(tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in FILES}

    def stop(*_: Any, **__: Any) -> str:
        raise error

    monkeypatch.setattr(report_module, "render_html", stop)
    with pytest.raises(error):
        full().save(tmp_path)
    assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == before


def test_an_interrupted_save_into_a_new_folder_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any, **__: Any) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(report_module, "render_html", stop)
    with pytest.raises(KeyboardInterrupt):
        full().save(tmp_path / "new" / "out")
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"cannot write .*file"):
        full().save(tmp_path / "file" / "out")


def test_a_customer_number_that_is_not_unicode_is_no_reason_to_lose_the_report(
    tmp_path: Path,
) -> None:
    report = full(customer="C-\udcff")
    report.save(tmp_path)
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["customer"] == "C-?"


def test_the_page_comes_in_the_language_of_the_settings_or_the_one_asked_for() -> None:
    report = full(settings=Settings(lang="zh"))
    assert 'lang="zh' in report.to_html()
    assert 'lang="en' in report.to_html(lang="en")
    assert rendering.render_html(report.to_dict(), lang="zh") == report.to_html()


def test_the_summary_names_outcome_reasons_flags_and_prompts() -> None:
    lines = list(full().lines())
    assert lines[0] == "outcome: review"
    assert "reason: flag:undeclared_person" in lines
    assert "not assessed: genuineness (required): no_analyser" in lines
    assert "flag f1: undeclared_person 3.0-9.0 s" in lines
    assert "prompt p1: 11.0-25.0 s, income: Which employer?" in lines


def test_the_summary_asks_in_the_language_of_the_report() -> None:
    lines = list(full(settings=Settings(lang="zh")).lines())
    assert "prompt p1: 11.0-25.0 s, income: Which employer?（中文）" in lines


def test_a_report_shows_ids_and_counts_alone() -> None:
    report = full(customer="C-1042")
    assert repr(report) == (
        f"Report(session_id='{report.session_id}', outcome='review', prompts=1, flags=1)"
    )


def test_what_was_not_checked_is_listed_with_its_reason() -> None:
    assert {check.check: check.reason for check in full().not_checked} == {
        "genuineness": "no_analyser",
        "voice": "no_voiceprint",
        "search": "no_consent_recorded",
    }


def test_voices_are_flagged_checked_and_shown() -> None:
    report = voices()
    assert [flag.code for flag in report.flags] == ["voice_does_not_match", "another_voice"]
    checks = {check.check: check.finding for check in report.checks}
    assert (checks["voice"], checks["face"], report.outcome) == (True, False, "review")
    assert report.identity["voice"]["decision"] == "no_match"
    assert report.identity["voice"]["operating_point"] == "tones"
    (speech_lane,) = (
        lane for lane in report.details["timeline"]["lanes"] if lane["name"] == "speech"
    )
    assert [span["subject"] for span in speech_lane["spans"]] == ["officer", "applicant", "other"]
    spoken = [o.subject for o in report.observations if o.name == "speech"]
    assert spoken == ["officer", "applicant", "other"]
    assert "one_mixed_track" not in report.details["limits"]
    page = report.to_html(lang="zh")
    assert "声纹验证：不一致" in page
    assert "另有他人声音" in page


def test_a_voice_that_was_refused_leaves_no_trace() -> None:
    report = voices(agreed=("recording", "face"), refused=("voice",))
    assert report.identity["voice"] is None
    assert report.flags == ()
    assert not [o for o in report.observations if o.name in ("voice.other", "voice.comparison")]


def without_rank(report: Report) -> list[dict[str, Any]]:
    return [{**flag.to_dict(), "rank": None} for flag in report.flags]


def counted_without_behaviour(flag: Flag) -> dict[str, float | None]:
    assert flag.fusion is not None
    return {one.family: one.points for one in flag.fusion.families if one.family != "behaviour"}


def test_behaviour_changes_nothing_about_voices() -> None:
    with_it, without = voices(), voices(behaviour=False)
    assert without_rank(with_it) == without_rank(without)
    assert with_it.outcome == without.outcome
    for one, other in zip(with_it.flags, without.flags, strict=True):
        assert counted_without_behaviour(one) == counted_without_behaviour(other)


def test_media_are_described_as_they_were_measured() -> None:
    media = full(recording(sound_gaps="2 gaps")).to_dict()["media"]
    assert media["video"] == {
        "codec": "h264",
        "width": 640,
        "height": 480,
        "rate_hz": pytest.approx(30.0),
        "rotation_deg": 90,
        "n_frames": 900,
    }
    assert media["problems"] == [{"code": "sound_gaps", "detail": "2 gaps"}]


@pytest.mark.parametrize("code", ["truncated", "damaged_packets"])
def test_a_damaged_recording_is_a_reason(code: str) -> None:
    assert "media_damaged" in [r.code for r in full(recording(**{code: "x"})).reasons]


def test_speakers_come_from_the_marks_where_the_track_is_mixed() -> None:
    events = [*calm_face(30.0), speech(0.1, 0.9), speech(1.5, 4.0), speech(8.5, 9.5)]
    session = scripted_session(ScriptedPipeline(events), marks=MARKS)
    report = session.close()
    speakers = [o.subject for o in report.observations if o.name == "speech"]
    assert speakers == ["officer", "applicant", "session"]


def test_a_movement_names_the_question_it_fell_into() -> None:
    movements = full().to_dict()["movements"]
    assert [m["question_id"] for m in movements] == ["income"] * 3


def test_the_summary_sets_the_session_beside_the_own_baseline() -> None:
    rows = {row["name"]: row for row in full().to_dict()["summary"]}
    assert rows["blink.rate"]["value"] == pytest.approx(6.0, rel=0.01)
    assert rows["blink.rate"]["baseline_median"] == pytest.approx(7.5)
    # 9 s away of the 22 s after the baseline was full.
    assert rows["gaze.away_share"]["value"] == pytest.approx(9 / 22, rel=0.01)
    assert rows["gaze.away_share"]["baseline_median"] is None
    assert rows["voice.pitch"]["value"] == rows["voice.pitch"]["baseline_median"] == 120.0


def test_the_models_that_heard_the_voice_are_named_with_their_hash() -> None:
    named = {model["name"]: model for model in full().to_dict()["models"]}
    assert set(named) == {"silero_vad", "silero_vad_graph"}
    assert named["silero_vad"]["sha256"].startswith("2aa269b7")


def test_a_voice_that_was_not_heard_names_no_model() -> None:
    unheard = scripted_session(ScriptedPipeline(calm_face(3.0), voice=None)).close()
    assert unheard.to_dict()["models"] == []


@pytest.mark.parametrize("provider", ["auto", "cpu"])
def test_the_provider_is_the_one_that_models_ran_on(provider: Any) -> None:
    assert full(settings=Settings(provider=provider)).to_dict()["provider"] == "cpu"


def test_the_class_of_a_movement_is_told_only_to_who_asks_for_it() -> None:
    report = full()
    plain, asked = report.face_events(), report.face_events(classes=True)
    assert [m["megc_class"] for m in asked["movements"]] == ["surprise"] * 3
    assert all("megc_class" not in m for m in plain["movements"])
    everything = json.dumps(report.to_dict()) + report.to_html()
    assert "megc" not in everything
    assert "surprise" not in everything


def test_events_carry_their_probability_and_reliability() -> None:
    first = full().face_events()["movements"][0]
    assert (first["probability"], first["reliability"], first["channels"]) == (
        0.8,
        "high",
        ("au1.left",),
    )
