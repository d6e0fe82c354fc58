"""Calibrate on the bank's own trials: what its likelihood ratios and operating points rest on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from facesign.biometrics.error_rates import cllr, eer, min_cllr
from facesign.biometrics.gallery.matching import VoiceEncoder, model_of
from facesign.biometrics.resampling import TrialScores
from facesign.biometrics.voiceprint.calibration import Terms, fit_calibration, terms_of
from facesign.biometrics.voiceprint.cohort import Cohort
from facesign.biometrics.voiceprint.comparison import as_norm, compare
from facesign.biometrics.voiceprint.fitting import fmr_thresholds, held_out_llrs, require_enough
from facesign.biometrics.voiceprint.matcher import CalibratedMatcher
from facesign.biometrics.voiceprint.operating import OperatingPoint, measured_points
from facesign.biometrics.voiceprint.scoring_file import matcher_to_dict, shipped_cohort
from facesign.interview.home import Home
from facesign.interview.voice_defaults import calibration_file, default_encoder
from facesign.interview.voice_trials import Prints, Trial, prints_of, read_trials, trial_scores
from facesign.models.atomic import replace_file

__all__ = ["Calibrated", "calibrate_trials"]


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What `calibrate_trials` found and where it is kept."""

    model: str
    points: tuple[OperatingPoint, ...]
    """The default first."""
    eer: float
    """Equal error rate of the likelihood ratios, 0 to 1."""
    cllr: float
    """Their cost in bits, each from a fit on other speakers."""
    min_cllr: float
    """What the same trials would cost at best."""
    n_trials: int
    n_without_print: int
    """Trials left out: one of the recordings makes no voiceprint."""
    n_speakers: int
    file: Path

    def to_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return {
            "model": self.model,
            "points": [point.to_dict() for point in self.points],
            "eer": self.eer,
            "cllr": self.cllr,
            "min_cllr": self.min_cllr,
            "n_trials": self.n_trials,
            "n_without_print": self.n_without_print,
            "n_speakers": self.n_speakers,
            "file": str(self.file),
        }


def calibrate_trials(
    csv_path: Path,
    root: Path,
    *,
    home: Home | Path | None = None,
    encoder: VoiceEncoder | None = None,
    validated_for: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Calibrated:
    """Fit likelihood ratios to a bank's own trials and measure operating points on them.

    What is found is kept in the home folder and used from then on. The shipped cohort
    normalises the scores if the encoder has one. Error rates come from fits on other
    speakers; the threshold of a point is the lowest that keeps its rate on these trials.

    Args:
        csv_path: `label,path_a,path_b`, and `speaker_a,speaker_b` where known.
        root: Folder that the paths are relative to.
        home: Home folder.
        encoder: Makes the embeddings; the one of the settings by default.
        validated_for: Groups of people and channels in the trials, in the bank's words.
        progress: Told how many recordings of how many are done.

    Raises:
        TrialsError: the list cannot be read, or a file in it is not there.
        CalibrationError: there are too few speakers or trials, or their scores tell nothing.
        ModelFileError: the model's file is missing or changed.
        OutputError: the home folder cannot be written.
    """
    listed = read_trials(csv_path)
    home = home if isinstance(home, Home) else Home.resolve(home)
    encoder = encoder or default_encoder(home)
    prints = prints_of(listed, root, encoder, progress)
    trials = [one for one in listed if prints[one.path_a] and prints[one.path_b]]
    cohort, cohort_sha256 = shipped_cohort(model_of(encoder)) or (None, None)
    terms = _terms(trials, prints, cohort)
    every = trial_scores(trials, terms[:, 0])
    require_enough(every)
    calibration = fit_calibration(
        terms,
        every.is_genuine,
        model=model_of(encoder),
        fitted_on=csv_path.name,
        cohort_sha256=cohort_sha256,
    )
    measured = _held_out(terms, every)
    points = measured_points(
        fmr_thresholds(measured),
        measured,
        measured_on=f"{csv_path.name}, speakers apart",
        validated_for=validated_for or f"the speakers and channels of {csv_path.name}",
    )
    matcher = CalibratedMatcher(calibration, points, cohort)
    return Calibrated(
        model=calibration.model,
        points=tuple(points.values()),
        eer=eer(measured.genuine, measured.impostor),
        cllr=cllr(measured.genuine, measured.impostor),
        min_cllr=min_cllr(measured.genuine, measured.impostor),
        n_trials=len(listed),
        n_without_print=len(listed) - len(trials),
        n_speakers=every.n_speakers,
        file=_keep(home, matcher),
    )


def _terms(trials: Sequence[Trial], prints: Prints, cohort: Cohort | None) -> Terms:
    rows = []
    for trial in trials:
        a, b = prints[trial.path_a], prints[trial.path_b]
        if a is not None and b is not None:
            score = compare(a, b) if cohort is None else as_norm(a, b, cohort)
            rows.append(terms_of(score, a, b))
    return np.stack(rows) if rows else np.zeros((0, 4))


def _held_out(terms: Terms, trials: TrialScores) -> TrialScores:
    llrs = held_out_llrs(terms, trials)
    known = ~np.isnan(llrs)
    return TrialScores(
        llrs[known], trials.is_genuine[known], trials.speaker_a[known], trials.speaker_b[known]
    )


def _keep(home: Home, matcher: CalibratedMatcher) -> Path:
    path = calibration_file(home, matcher.model)
    home.make(home.calibrations)
    text = json.dumps(matcher_to_dict(matcher), indent=1, ensure_ascii=False)
    replace_file(path, (text + "\n").encode("utf-8"))
    return path
