from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from media_factory import Clicks, Clip, steady, write_media

from facesign.errors import MarksError, MediaError, OutputError, ScriptError, SettingsError
from facesign.interview.analysis import analyze
from facesign.interview.home import Settings
from facesign.interview.marks import Mark

QUICK = Settings()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("media") / "sound.wav"
    return write_media(path, None, Clicks([0.5], 1.0, 16_000, codec="pcm_s16le"))


def test_out_is_checked_before_the_recording_is_opened(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        analyze(tmp_path / "none.mp4", settings=QUICK, out=tmp_path / "file")


@pytest.mark.parametrize("customer", ["", "   ", "C-1\n", "x" * 129])
def test_a_customer_number_that_is_none_is_refused(tmp_path: Path, customer: str) -> None:
    with pytest.raises(SettingsError, match="1 to 128 printable characters"):
        analyze(tmp_path / "none.mp4", settings=QUICK, customer=customer)


def test_the_script_is_read_before_the_recording_is_opened(tmp_path: Path) -> None:
    with pytest.raises(ScriptError):
        analyze(tmp_path / "none.mp4", settings=QUICK, script="nobody")
    with pytest.raises(MediaError):
        analyze(tmp_path / "none.mp4", settings=QUICK, script="car-loan-en")


def test_marks_come_from_a_file_or_as_they_are(sound: Path, tmp_path: Path) -> None:
    table = tmp_path / "marks.csv"
    table.write_text("question_id,asked_start_s,asked_end_s,answer_end_s\njourney,0,0.2,0.9\n")
    options: dict[str, Any] = {"settings": QUICK, "script": "car-loan-en"}
    by_file = analyze(sound, marks=table, **options).to_dict()["script"]
    assert (
        by_file
        == analyze(sound, marks=[Mark("journey", 0, 0.2, 0.9)], **options).to_dict()["script"]
    )
    assert [q["id"] for q in by_file["questions"]] == ["journey"]
    with pytest.raises(MarksError):
        analyze(sound, marks=tmp_path / "none.csv", **options)
    with pytest.raises(SettingsError, match="give the script as well"):
        analyze(sound, marks=table, settings=QUICK)


def test_marks_of_another_recording_are_said_to_be(sound: Path) -> None:
    options: dict[str, Any] = {"settings": QUICK, "script": "car-loan-en"}
    for start_s, limited in ((0.5, False), (60.0, True)):
        marks = [Mark("journey", start_s, start_s + 1.0, start_s + 9.0)]
        limits = analyze(sound, marks=marks, **options).to_dict()["limits"]
        assert ("marks_after_end" in limits) is limited


def test_progress_is_told_up_to_the_end(sound: Path) -> None:
    told: list[tuple[float, float | None]] = []
    analyze(sound, settings=QUICK, progress=lambda done_s, all_s: told.append((done_s, all_s)))
    assert told[0][1] == pytest.approx(1.0, abs=0.05)
    assert len({all_s for _, all_s in told}) == 1
    done = [done_s for done_s, _ in told]
    assert done == sorted(done)
    assert done[-1] == pytest.approx(0.95, abs=0.1)


def test_nothing_is_written_without_out(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    report = analyze(sound, settings=QUICK)
    assert list(tmp_path.iterdir()) == []
    report.save("out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_separate_microphones_are_heard_in_place_of_the_mixed_sound(
    sound: Path, tmp_path: Path
) -> None:
    media = write_media(tmp_path / "a.mp4", Clip(steady(0.2)), Clicks([0.1], 0.2), options={})
    report = analyze(media, applicant_audio=sound, officer_audio=sound, settings=QUICK)
    values = report.to_dict()
    assert (values["media"]["audio"]["codec"], values["media"]["audio"]["rate_hz"]) == (
        "pcm_s16le",
        16_000,
    )
    assert "one_mixed_track" not in values["limits"]
