from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from facesign.errors import CalibrationError, TrialsError
from facesign.interview.home import Home
from facesign.interview.risk.calibration import (
    CALIBRATED,
    Calibrated,
    Calibration,
    calibrate_sessions,
    family_points,
    fit_calibration,
    own_calibration,
)
from facesign.interview.risk.monitors import Family
from facesign.ui.cli import app


def fired(monitor_id: str, weight: float) -> dict[str, object]:
    return {"id": monitor_id, "family": monitor_id.partition(".")[0], "weight": weight}


def table(folder: Path, n_genuine: int, n_fraud: int) -> Path:
    """Reports whose fraud sessions mostly have a voice that does not match."""
    rng = np.random.default_rng(0)
    lines = ["report,label"]
    for number in range(n_genuine + n_fraud):
        fraud = number >= n_genuine
        monitors = []
        if rng.random() < (0.8 if fraud else 0.05):
            monitors.append(fired("voice.does_not_match", 6.0))
        if rng.random() < 0.3:
            monitors.append(fired("behaviour.late_answer", 0.3))
        (folder / f"{number}.json").write_text(json.dumps({"monitors": monitors}))
        lines.append(f"{number}.json,{'fraud' if fraud else 'genuine'}")
    path = folder / "labels.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_family_counts_its_weightiest_whole_and_each_further_one_half() -> None:
    monitors = [
        fired("identity.a", 2.0),
        fired("identity.b", 4.0),
        fired("identity.b", 4.0),
        fired("behaviour.c", 9.0),
    ]
    points = family_points({"monitors": monitors})
    assert points == {
        "identity": 5.0,
        "voice": 0.0,
        "genuineness": 0.0,
        "protocol": 0.0,
        "history": 0.0,
    }


def test_behaviour_has_no_say() -> None:
    assert not {"behaviour", "protection", "environment", "quality"} & set(CALIBRATED)


def test_a_family_that_tells_gets_weight_and_one_that_does_not_gets_none() -> None:
    rows = [{"voice": 6.0, "protocol": float(n % 2)} for n in range(20)]
    rows += [{"voice": 0.0, "protocol": float(n % 2)} for n in range(20)]
    fitted = fit_calibration(rows, np.arange(40) < 20)  # type: ignore[arg-type]
    assert fitted.weights["voice"] > 0.3
    assert fitted.weights["protocol"] == pytest.approx(0.0, abs=0.02)
    assert fitted.llr({"voice": 6.0}) > 0 > fitted.llr({})


def test_sessions_that_all_turned_out_the_same_tell_nothing() -> None:
    with pytest.raises(CalibrationError, match="all sessions turned out the same"):
        fit_calibration([{"voice": 1.0}], np.array([True]))


def test_200_labelled_sessions_calibrate_and_are_measured_on_others(tmp_path: Path) -> None:
    done = calibrate_sessions(table(tmp_path, 150, 60), home=tmp_path / "home")
    assert (done.n_genuine, done.n_fraud) == (150, 60)
    assert done.cllr < 0.8
    assert done.eer < 0.25
    kept = json.loads(done.file.read_text())
    assert kept["weights"]["voice"] > 0
    assert set(kept["weights"]) == set(CALIBRATED)


def calibrated(
    tmp_path: Path, *, voice: float, n_genuine: int = 150, n_fraud: int = 60
) -> Calibrated:
    weights: dict[Family, float] = {**dict.fromkeys(CALIBRATED, 0.0), "voice": voice}
    return Calibrated(
        Calibration(-1.0, weights), n_genuine, n_fraud, 0.1, 0.4, tmp_path / "risk.json"
    )


def test_evidence_comes_so_many_times_as_often_with_fraud(tmp_path: Path) -> None:
    report = {"monitors": [fired("voice.a", 4.0), fired("behaviour.b", 9.0)]}
    assert calibrated(tmp_path, voice=0.5).times_as_often(report) == pytest.approx(np.e)
    assert calibrated(tmp_path, voice=0.5).times_as_often({"monitors": []}) == pytest.approx(
        1 / np.e
    )


def test_a_ratio_says_no_more_than_the_sessions_carry(tmp_path: Path) -> None:
    report = {"monitors": [fired("voice.a", 4.0)]}
    assert calibrated(tmp_path, voice=9.0).times_as_often(report) == 60.0
    assert calibrated(tmp_path, voice=9.0, n_genuine=25).times_as_often(report) == 25.0
    assert calibrated(tmp_path, voice=-9.0).times_as_often(report) == pytest.approx(1 / 60)


def test_what_was_calibrated_is_read_back_from_the_home(tmp_path: Path) -> None:
    home = Home.resolve(tmp_path / "home")
    assert own_calibration(home) is None
    done = calibrate_sessions(table(tmp_path, 150, 60), home=home)
    assert own_calibration(home) == done


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 9}', '{"schema": 1, "weights": {}}'])
def test_a_damaged_calibration_says_what_mends_it(tmp_path: Path, text: str) -> None:
    home = Home.resolve(tmp_path / "home")
    home.make(home.calibrations)
    (home.calibrations / "risk.json").write_text(text)
    with pytest.raises(CalibrationError, match=r"risk\.json: .*; run facesign risk calibrate"):
        own_calibration(home)


@pytest.mark.parametrize(("n_genuine", "n_fraud"), [(150, 49), (190, 19)])
def test_too_few_are_refused_in_one_line_and_nothing_is_written(
    tmp_path: Path, n_genuine: int, n_fraud: int
) -> None:
    csv = table(tmp_path, n_genuine, n_fraud)
    with pytest.raises(CalibrationError, match="expected 200 labelled sessions, 20 of each label"):
        calibrate_sessions(csv, home=tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_the_command_prints_what_was_measured(tmp_path: Path) -> None:
    csv = table(tmp_path, 150, 60)
    done = CliRunner().invoke(app, ["risk", "calibrate", str(csv), "--home", str(tmp_path / "h")])
    assert done.exit_code == 0
    assert done.stdout.startswith("150 genuine and 60 fraud sessions\nEER 0.")
    as_json = ["risk", "calibrate", str(csv), "--home", str(tmp_path / "h"), "--json"]
    assert json.loads(CliRunner().invoke(app, as_json).stdout)["n_fraud"] == 60


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "first line must be report,label"),
        ("report,outcome\na,b\n", "first line must be report,label"),
        ("report,label\n0.json,maybe\n", "line 2: label 'maybe' is neither genuine nor fraud"),
        ("report,label\nnone.json,fraud\n", "No such file"),
        ("report,label\nbad.json,fraud\n", r"bad\.json is no report\.json with monitors"),
    ],
)
def test_a_bad_table_says_where(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "bad.json").write_text("{}")
    (tmp_path / "labels.csv").write_text(text)
    with pytest.raises(TrialsError, match=problem):
        calibrate_sessions(tmp_path / "labels.csv", home=tmp_path / "home")


def test_a_table_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(TrialsError, match="No such file"):
        calibrate_sessions(tmp_path / "none.csv")
