"""A list of trials: pairs of recordings of which it is known whether one person speaks in both."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from facesign.biometrics.gallery.gates import print_of
from facesign.biometrics.gallery.matching import Comparison, Matcher, VoiceEncoder
from facesign.biometrics.resampling import UNKNOWN_SPEAKER, TrialScores
from facesign.biometrics.stream import TimeArray
from facesign.biometrics.voiceprint.operating import LEAST_SPEECH_S
from facesign.biometrics.voiceprint.voiceprint import Voiceprint
from facesign.errors import MediaError, TrialsError
from facesign.interview.home import Home
from facesign.interview.voice_defaults import default_encoder, default_matcher
from facesign.interview.voice_recordings import listen
from facesign.models.atomic import replace_file

__all__ = [
    "Scored",
    "Trial",
    "compared",
    "prints_of",
    "read_trials",
    "score_trials",
    "speakers_in",
    "trial_scores",
]

Prints = Mapping[str, Voiceprint | None]
"""By path as listed; None where the recording has too little speech or cannot be read."""
_COLUMNS = ("label", "path_a", "path_b")


@dataclass(frozen=True, slots=True)
class Trial:
    """Two recordings to compare."""

    is_genuine: bool
    path_a: str
    """Reference, relative to the folder of the list."""
    path_b: str
    """Probe."""
    speaker_a: str | None = None
    speaker_b: str | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """What `score_trials` did."""

    n_trials: int
    n_scored: int
    n_recordings: int
    failed: tuple[str, ...]
    """Recordings that make no voiceprint: their trials have no score."""
    out: Path

    def to_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return {
            "n_trials": self.n_trials,
            "n_scored": self.n_scored,
            "n_recordings": self.n_recordings,
            "failed": list(self.failed),
            "out": str(self.out),
        }


def read_trials(path: Path) -> list[Trial]:
    """Read `label,path_a,path_b`; label 1 is one person, 0 two.

    Further columns `speaker_a` and `speaker_b` say who speaks; others are left alone.

    Raises:
        TrialsError: the file cannot be read, or a line is not a trial.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrialsError(path, f"cannot be read: {error}") from error
    if not rows:
        raise TrialsError(path, "holds no trial; expected label,path_a,path_b and a line each")
    if missing := [name for name in _COLUMNS if name not in rows[0]]:
        raise TrialsError(path, f"column {missing[0]} is missing; expected {','.join(_COLUMNS)}")
    return [_trial(path, number, row) for number, row in enumerate(rows, start=2)]


def speakers_in(trials: Sequence[Trial]) -> list[tuple[int, int]]:
    """Number the speakers of each trial.

    Who is not named is told by the genuine trials: recordings that they join, directly or
    through others, are of one person. Of a recording that is neither named nor joined to
    another, nobody knows whether its speaker is in the list under another number as well: it
    gets UNKNOWN_SPEAKER, and its trials add no pair of people.
    """
    joined: dict[str, str] = {}
    known: set[str] = set()

    def first(name: str) -> str:
        while joined.setdefault(name, name) != name:
            joined[name] = joined[joined[name]]
            name = joined[name]
        return name

    for trial in trials:
        for path, speaker in ((trial.path_a, trial.speaker_a), (trial.path_b, trial.speaker_b)):
            if speaker is not None:
                joined[first(f"file {path}")] = first(f"person {speaker}")
                known.add(path)
        if trial.is_genuine and trial.path_a != trial.path_b:
            joined[first(f"file {trial.path_a}")] = first(f"file {trial.path_b}")
            known |= {trial.path_a, trial.path_b}
    numbers: dict[str, int] = {}

    def number(path: str) -> int:
        if path not in known:
            return UNKNOWN_SPEAKER
        return numbers.setdefault(first(f"file {path}"), len(numbers))

    return [(number(trial.path_a), number(trial.path_b)) for trial in trials]


def trial_scores(trials: Sequence[Trial], scores: TimeArray) -> TrialScores:
    """Put scores, shape (n_trials,), together with who speaks."""
    speakers = np.array(speakers_in(trials), dtype=np.intp).reshape(-1, 2)
    is_genuine = np.array([trial.is_genuine for trial in trials])
    return TrialScores(scores, is_genuine, speakers[:, 0], speakers[:, 1])


def prints_of(
    trials: Sequence[Trial],
    root: Path,
    encoder: VoiceEncoder,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Voiceprint | None]:
    """Make the voiceprint of each recording once.

    Args:
        trials: The list.
        root: Folder that its paths are relative to.
        encoder: Makes the embeddings.
        progress: Told how many recordings of how many are done.

    Raises:
        TrialsError: a listed file is not there.
    """
    paths = list(dict.fromkeys(path for one in trials for path in (one.path_a, one.path_b)))
    for path in paths:
        if not (root / path).is_file():
            raise TrialsError(root / path, "is listed and not there; --root names the folder")
    prints = {}
    for n_done, path in enumerate(paths, start=1):
        prints[path] = _print_of(root / path, encoder)
        if progress is not None:
            progress(n_done, len(paths))
    return prints


def compared(trials: Iterable[Trial], prints: Prints, matcher: Matcher) -> list[Comparison | None]:
    """Compare the two recordings of each trial; None where one of them has no voiceprint."""
    found = []
    for trial in trials:
        a, b = prints[trial.path_a], prints[trial.path_b]
        found.append(None if a is None or b is None else matcher.compare([a], b))
    return found


def score_trials(
    csv_path: Path,
    root: Path,
    out: Path,
    *,
    home: Home | Path | None = None,
    encoder: VoiceEncoder | None = None,
    matcher: Matcher | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Scored:
    """Score a list of trials: the same columns come out, with `score` and `llr`.

    Args:
        csv_path: `label,path_a,path_b`.
        root: Folder that the paths are relative to.
        out: CSV to write; `score` and `llr` are empty where a recording has no voiceprint.
        home: Home folder, with the bank's own calibration if there is one.
        encoder: Makes the embeddings; the one of the settings by default.
        matcher: Compares them; the encoder's calibration by default.
        progress: Told how many recordings of how many are done.

    Raises:
        TrialsError: the list cannot be read, or a file in it is not there.
        ModelFileError: the model's file is missing or changed.
        OutputError: `out` cannot be written.
    """
    trials = read_trials(csv_path)
    home = home if isinstance(home, Home) else Home.resolve(home)
    encoder = encoder or default_encoder(home)
    matcher = matcher or default_matcher(encoder, home)
    prints = prints_of(trials, root, encoder, progress)
    found = compared(trials, prints, matcher)
    replace_file(out, _table(trials, found))
    failed = tuple(path for path, held in prints.items() if held is None)
    n_scored = sum(one is not None for one in found)
    return Scored(len(trials), n_scored, len(prints), failed, out)


def _trial(path: Path, number: int, row: Mapping[str, str | None]) -> Trial:
    label, a, b = (row.get(name) or "" for name in _COLUMNS)
    if label.strip() not in ("0", "1") or not a or not b:
        raise TrialsError(
            path, f"line {number}: expected 0 or 1 and two paths, got {label},{a},{b}"
        )
    named = (row.get("speaker_a") or None, row.get("speaker_b") or None)
    return Trial(label.strip() == "1", a, b, *named)


def _table(trials: Sequence[Trial], found: Sequence[Comparison | None]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow((*_COLUMNS, "score", "llr"))
    for trial, one in zip(trials, found, strict=True):
        values = ("", "") if one is None else (f"{one.score:.6f}", _llr(one))
        table.writerow((int(trial.is_genuine), trial.path_a, trial.path_b, *values))
    return text.getvalue().encode("utf-8")


def _llr(comparison: Comparison) -> str:
    return "" if comparison.llr is None else f"{comparison.llr:.4f}"


def _print_of(path: Path, encoder: VoiceEncoder) -> Voiceprint | None:
    try:
        heard = listen(path).heard
    except MediaError:
        return None
    return print_of(heard, encoder) if heard.net_speech_s >= LEAST_SPEECH_S else None
