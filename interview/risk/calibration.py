"""What the families' points are worth, measured on sessions whose truth is known."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from facesign.biometrics.error_rates import cllr, eer
from facesign.biometrics.stream import BoolArray, TimeArray
from facesign.errors import CalibrationError, TrialsError
from facesign.interview.home import Home
from facesign.interview.risk.fusion import CORRELATED
from facesign.interview.risk.monitors import Family
from facesign.models.atomic import replace_file

__all__ = [
    "CALIBRATED",
    "Calibrated",
    "Calibration",
    "calibrate_sessions",
    "family_points",
    "fit_calibration",
    "held_out_llrs",
    "own_calibration",
]

LEAST_SESSIONS = 200
LEAST_A_KIND = 20
CALIBRATED: tuple[Family, ...] = ("identity", "voice", "genuineness", "protocol", "history")
"""Families that count. Behaviour has no say in it, whatever it would be worth."""
FOLDS = 5
RIDGE = 0.05
"""Keeps the weight of what is rarely seen near its start; own choice."""
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns the points of families into one log-likelihood ratio."""

    offset: float
    weights: Mapping[Family, float]
    """Natural logarithm per point; never below zero."""

    def llr(self, points: Mapping[Family, float]) -> float:
        """Return how much more often such points come with fraud than without."""
        return self.offset + sum(
            weight * points.get(family, 0.0) for family, weight in self.weights.items()
        )


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What `calibrate_sessions` found and where it is kept."""

    calibration: Calibration
    n_genuine: int
    n_fraud: int
    eer: float
    """Of ratios that were each fitted on other sessions, 0 to 1."""
    cllr: float
    """Their cost in bits: 0 is perfect, 1 as good as none."""
    file: Path

    def times_as_often(self, report: Mapping[str, Any]) -> float:
        """Return how many times as often a report's evidence comes with fraud as without.

        It says no more than the sessions can carry: at most as many times as there are sessions
        of the rarer label, and at least one over that.

        Args:
            report: Plain values of a `report.json`.
        """
        most = float(min(self.n_genuine, self.n_fraud))
        ratio = float(np.exp(self.calibration.llr(family_points(report))))
        return min(max(ratio, 1.0 / most), most)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return {
            "schema": SCHEMA,
            "offset": self.calibration.offset,
            "weights": dict(self.calibration.weights),
            "n_genuine": self.n_genuine,
            "n_fraud": self.n_fraud,
            "eer": self.eer,
            "cllr": self.cllr,
        }


def calibrate_sessions(csv_path: Path, *, home: Home | Path | None = None) -> Calibrated:
    """Measure what points are worth on the bank's own sessions, and keep it in the home.

    Args:
        csv_path: `report,label`: the path of a report.json, beside the table or absolute, and
            `genuine` or `fraud` as it turned out, not as the report says.
        home: Home folder.

    Raises:
        TrialsError: the table or a report in it cannot be read.
        CalibrationError: there are too few labelled sessions, or their points tell nothing.
        OutputError: the home cannot be written.
    """
    rows, is_fraud = _read(csv_path)
    n_fraud = int(is_fraud.sum())
    n_genuine = len(rows) - n_fraud
    if len(rows) < LEAST_SESSIONS or min(n_fraud, n_genuine) < LEAST_A_KIND:
        raise CalibrationError(
            f"expected {LEAST_SESSIONS} labelled sessions, {LEAST_A_KIND} of each label or more; "
            f"{csv_path} has {len(rows)}: {n_genuine} genuine, {n_fraud} fraud"
        )
    llrs = held_out_llrs(rows, is_fraud)
    home = home if isinstance(home, Home) else Home.resolve(home)
    done = Calibrated(
        calibration=fit_calibration(rows, is_fraud),
        n_genuine=n_genuine,
        n_fraud=n_fraud,
        eer=eer(llrs[is_fraud], llrs[~is_fraud]),
        cllr=cllr(llrs[is_fraud], llrs[~is_fraud]),
        file=_file(home),
    )
    home.make(home.calibrations)
    replace_file(done.file, (json.dumps(done.to_dict(), indent=1) + "\n").encode("utf-8"))
    return done


def own_calibration(home: Home) -> Calibrated | None:
    """Return what `calibrate_sessions` kept in a home; None where nothing was.

    Raises:
        CalibrationError: it cannot be read.
    """
    path = _file(home)
    try:
        values = json.loads(path.read_text("utf-8"))
        if values["schema"] != SCHEMA:
            raise ValueError(f"schema {values['schema']}, expected {SCHEMA}")
        weights = {family: float(values["weights"][family]) for family in CALIBRATED}
        return Calibrated(
            calibration=Calibration(float(values["offset"]), weights),
            n_genuine=int(values["n_genuine"]),
            n_fraud=int(values["n_fraud"]),
            eer=float(values["eer"]),
            cllr=float(values["cllr"]),
            file=path,
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CalibrationError(f"{path}: {error}; run facesign risk calibrate") from error


def _file(home: Home) -> Path:
    return home.calibrations / "risk.json"


def family_points(report: Mapping[str, Any]) -> dict[Family, float]:
    """Return what each family counts over a whole session, from a report's plain values.

    The weightiest point that fired counts whole, each further one half of the one before.
    """
    weights: dict[str, dict[str, float]] = {}
    for one in report["monitors"]:
        weights.setdefault(one["family"], {})[one["id"]] = float(one["weight"])
    return {
        family: sum(
            weight * CORRELATED**place
            for place, weight in enumerate(sorted(weights.get(family, {}).values(), reverse=True))
        )
        for family in CALIBRATED
    }


def fit_calibration(rows: Sequence[Mapping[Family, float]], is_fraud: BoolArray) -> Calibration:
    """Fit by logistic regression with weights that never fall below zero.

    Args:
        rows: Points of families, one mapping a session.
        is_fraud: How each turned out, shape (n_sessions,).

    Raises:
        CalibrationError: all sessions turned out the same.
    """
    n_fraud = int(is_fraud.sum())
    if n_fraud in (0, len(rows)):
        raise CalibrationError("all sessions turned out the same")
    points = np.array([[row.get(family, 0.0) for family in CALIBRATED] for row in rows])
    # Each label weighs a half: the ratio must not depend on how many of each were listed.
    share = np.where(is_fraud, 0.5 / n_fraud, 0.5 / (len(rows) - n_fraud))
    sign = np.where(is_fraud, 1.0, -1.0)

    def cost(theta: TimeArray) -> float:
        logits = theta[0] + points @ theta[1:]
        return float(share @ np.logaddexp(0.0, -sign * logits) + RIDGE * theta[1:] @ theta[1:] / 2)

    bounds = [(None, None), *[(0.0, None)] * len(CALIBRATED)]
    found = minimize(cost, np.zeros(1 + len(CALIBRATED)), method="L-BFGS-B", bounds=bounds)
    weights = {family: float(w) for family, w in zip(CALIBRATED, found.x[1:], strict=True)}
    return Calibration(float(found.x[0]), weights)


def held_out_llrs(rows: Sequence[Mapping[Family, float]], is_fraud: BoolArray) -> TimeArray:
    """Return each session's ratio from a fit on other sessions, shape (n_sessions,)."""
    llrs = np.zeros(len(rows))
    # Labels are dealt out in turn, so that every fold has its share of both.
    order = np.lexsort((np.random.default_rng(0).permutation(len(rows)), is_fraud))
    fold = np.empty(len(rows), dtype=np.int64)
    fold[order] = np.arange(len(rows)) % FOLDS
    for number in range(FOLDS):
        fitted = fit_calibration(
            [row for row, of in zip(rows, fold, strict=True) if of != number],
            is_fraud[fold != number],
        )
        for at in np.flatnonzero(fold == number):
            llrs[at] = fitted.llr(rows[at])
    return llrs


def _read(csv_path: Path) -> tuple[list[dict[Family, float]], BoolArray]:
    try:
        with csv_path.open(newline="", encoding="utf-8-sig") as file:
            listed = list(csv.DictReader(file))
    except OSError as error:
        raise TrialsError(csv_path, error.strerror or "cannot be read") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise TrialsError(csv_path, "cannot be read as a CSV table") from error
    if not listed or set(listed[0]) != {"report", "label"}:
        raise TrialsError(csv_path, "the first line must be report,label, and sessions follow")
    for number, row in enumerate(listed, 2):
        if row["label"] not in ("genuine", "fraud"):
            problem = f"line {number}: label {row['label']!r} is neither genuine nor fraud"
            raise TrialsError(csv_path, problem)
    rows = [_points(csv_path, csv_path.parent / row["report"]) for row in listed]
    return rows, np.array([row["label"] == "fraud" for row in listed])


def _points(csv_path: Path, report: Path) -> dict[Family, float]:
    try:
        values = json.loads(report.read_text("utf-8"))
        return family_points(values)
    except OSError as error:
        raise TrialsError(csv_path, f"{report}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise TrialsError(csv_path, f"{report} is no report.json with monitors") from error
