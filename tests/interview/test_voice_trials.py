from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from trial_folder import listed, pairs, write_people
from voices import FixedMatcher, SpectrumEncoder

from facesign.biometrics.gallery.matching import model_of
from facesign.biometrics.resampling import UNKNOWN_SPEAKER
from facesign.errors import CalibrationError, TrialsError
from facesign.interview.home import Home
from facesign.interview.voice_calibration import calibrate_trials
from facesign.interview.voice_defaults import default_matcher
from facesign.interview.voice_trials import (
    Trial,
    read_trials,
    score_trials,
    speakers_in,
    trial_scores,
)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_people(tmp_path_factory.mktemp("people"))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    path = listed(tmp_path / "t.csv", "b.wav,x,1,a.wav", head="path_b,note,label,path_a")
    assert read_trials(path) == [Trial(True, "a.wav", "b.wav")]


@pytest.mark.parametrize(
    ("head", "line", "message"),
    [
        ("label,path_a,path_b", "2,a,b", "line 2: expected 0 or 1 and two paths, got 2,a,b"),
        ("label,path_a,path_b", "1,a", "line 2: expected 0 or 1"),
        ("label,a,b", "1,a,b", "column path_a is missing"),
    ],
)
def test_a_line_that_is_no_trial_is_named(
    tmp_path: Path, head: str, line: str, message: str
) -> None:
    with pytest.raises(TrialsError, match=message):
        read_trials(listed(tmp_path / "t.csv", line, head=head))


def test_a_list_without_trials_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrialsError, match="holds no trial"):
        read_trials(listed(tmp_path / "t.csv"))
    with pytest.raises(TrialsError, match="cannot be read"):
        read_trials(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TrialsError, match="cannot be read"):
        read_trials(tmp_path / "bytes.csv")


def test_genuine_trials_tell_who_speaks() -> None:
    """a, b and c are one person through b; d and e are another."""
    trials = [Trial(True, "a", "b"), Trial(True, "b", "c"), Trial(False, "c", "d")]
    trials.append(Trial(True, "d", "e"))
    assert speakers_in(trials) == [(0, 0), (0, 0), (0, 1), (1, 1)]


def test_a_recording_that_nothing_joins_may_be_anybodys() -> None:
    """b, c and d may be three recordings of one person, and e one of a."""
    others = [Trial(False, "a", path) for path in "bcd"]
    trials = [Trial(True, "a", "a2"), *others, Trial(False, "b", "e"), Trial(True, "e", "e")]
    unknown = UNKNOWN_SPEAKER
    assert speakers_in(trials) == [
        (0, 0),
        *[(0, unknown)] * 3,
        (unknown, unknown),
        (unknown, unknown),
    ]
    counted = trial_scores(trials, np.zeros(len(trials)))
    assert (counted.n_speakers, counted.n_impostor_pairs) == (1, 0)


def test_names_make_pairs_of_people_who_are_in_no_genuine_trial() -> None:
    trials = [
        Trial(False, "a", path, "ann", name)
        for path, name in (("b", "bo"), ("c", "cy"), ("d", "cy"))
    ]
    assert trial_scores(trials, np.zeros(3)).n_impostor_pairs == 2


def test_named_speakers_join_recordings_that_no_trial_joins() -> None:
    trials = [Trial(False, "a", "b", "ann", "bo"), Trial(False, "c", "b", "ann", "bo")]
    assert speakers_in(trials) == [(0, 1), (0, 1)]


def test_scores_come_out_beside_their_trials(people: Path, tmp_path: Path) -> None:
    path = listed(tmp_path / "t.csv", "1,p0/0.wav,p0/0.wav", "0,p0/0.wav,p11/0.wav")
    done = score_trials(
        path,
        people,
        tmp_path / "out.csv",
        home=tmp_path,
        encoder=SpectrumEncoder(),
        matcher=FixedMatcher(),
    )
    same, other = rows_of(tmp_path / "out.csv")
    assert (same["label"], same["path_a"], same["path_b"]) == ("1", "p0/0.wav", "p0/0.wav")
    assert float(same["score"]) == pytest.approx(1.0, abs=1e-5)
    assert float(same["llr"]) == pytest.approx(5.0, abs=1e-3)
    assert float(other["score"]) < float(same["score"])
    assert (done.n_trials, done.n_scored, done.n_recordings) == (2, 2, 2)


def test_a_recording_without_speech_leaves_its_trials_without_score(
    people: Path, tmp_path: Path
) -> None:
    path = listed(tmp_path / "t.csv", "1,p0/0.wav,silent.wav", "0,broken.wav,p0/0.wav")
    done = score_trials(
        path, people, tmp_path / "out.csv", home=tmp_path, encoder=SpectrumEncoder()
    )
    assert [(row["score"], row["llr"]) for row in rows_of(tmp_path / "out.csv")] == [("", "")] * 2
    assert done.failed == ("silent.wav", "broken.wav")
    assert done.n_scored == 0


def test_without_a_calibration_there_is_a_score_and_no_llr(people: Path, tmp_path: Path) -> None:
    path = listed(tmp_path / "t.csv", "1,p0/0.wav,p0/1.wav")
    score_trials(path, people, tmp_path / "out.csv", home=tmp_path, encoder=SpectrumEncoder())
    (row,) = rows_of(tmp_path / "out.csv")
    assert row["score"]
    assert row["llr"] == ""


def test_a_listed_file_that_is_not_there_stops_before_anything_is_written(
    people: Path, tmp_path: Path
) -> None:
    path = listed(tmp_path / "t.csv", "1,p0/0.wav,gone.wav")
    with pytest.raises(TrialsError, match=r"gone\.wav: is listed and not there; --root"):
        score_trials(path, people, tmp_path / "out.csv", home=tmp_path, encoder=SpectrumEncoder())
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.slow
def test_a_bank_calibrates_and_is_answered_by_its_own_points(people: Path, tmp_path: Path) -> None:
    home, encoder = Home(tmp_path / "home"), SpectrumEncoder()
    found = calibrate_trials(
        listed(tmp_path / "t.csv", *pairs()),
        people,
        home=home,
        encoder=encoder,
        validated_for="one synthesized voice at twelve speeds",
    )
    assert (found.n_trials, found.n_without_print, found.n_speakers) == (144, 0, 12)
    assert 0.0 <= found.eer < 0.5
    assert found.min_cllr <= found.cllr
    (point,) = found.points
    assert point.name == "fmr-0.05"
    assert point.fmr <= 0.05
    assert point.validated_for == "one synthesized voice at twelve speeds"
    assert "not validated" not in json.dumps(found.to_dict())
    matcher = default_matcher(encoder, home)
    assert list(matcher.points) == ["fmr-0.05"]
    assert found.file == home.calibrations / f"{model_of(encoder)}.json"
    score_trials(tmp_path / "t.csv", people, tmp_path / "out.csv", home=home, encoder=encoder)
    assert all(row["llr"] for row in rows_of(tmp_path / "out.csv"))


@pytest.mark.slow
def test_a_calibration_of_another_model_is_not_used(people: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    path = listed(tmp_path / "t.csv", *pairs())
    calibrate_trials(path, people, home=home, encoder=SpectrumEncoder())
    assert not default_matcher(SpectrumEncoder(sha256="6" * 64), home).points


def test_recordings_of_nobody_knows_whom_carry_no_operating_point(
    people: Path, tmp_path: Path
) -> None:
    """Genuine trials that compare a file with itself join nothing: 132 trials are no pair."""
    lines = [f"1,p{i}/0.wav,p{i}/0.wav" for i in range(12)]
    lines += [line for line in pairs() if line.startswith("0")]
    path = listed(tmp_path / "t.csv", *lines)
    with pytest.raises(CalibrationError, match=r"0 pairs of impostors.*speaker_a and speaker_b"):
        calibrate_trials(path, people, home=Home(tmp_path / "home"), encoder=SpectrumEncoder())


def test_too_few_trials_calibrate_nothing(people: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    path = listed(tmp_path / "t.csv", "1,p0/0.wav,p0/1.wav", "0,p0/0.wav,p1/0.wav")
    with pytest.raises(CalibrationError, match="1 speakers, 0 pairs of impostors and 1 genuine"):
        calibrate_trials(path, people, home=home, encoder=SpectrumEncoder())
    assert not home.calibrations.exists()


def test_a_calibration_that_was_cut_short_is_named(tmp_path: Path) -> None:
    home, encoder = Home(tmp_path), SpectrumEncoder()
    home.make(home.calibrations)
    (home.calibrations / f"{model_of(encoder)}.json").write_text('{"calib', "utf-8")
    with pytest.raises(CalibrationError, match="run facesign voice calibrate"):
        default_matcher(encoder, home)
