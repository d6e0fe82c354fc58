"""The trials of speech/dev: who speaks in them, and the groups that they fall into."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from facesign.biometrics.resampling import TrialScores
from facesign.interview.voice_trials import Trial, read_trials

__all__ = ["DevList", "Recording", "groups_of", "read_list", "sessions_of", "voice_age"]

NO_DATA = "no data"
CALM = ("neutral", "calm")
ONE_SESSION = frozenset({"librispeech_test_other"})
"""Corpora whose genuine trials lie within one chapter; the others do not say."""
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Recording:
    """One line of the manifest."""

    path: str
    corpus: str
    speaker: str
    gender: str
    age: str
    language: str
    style: str


@dataclass(frozen=True, slots=True, eq=False)
class DevList:
    """Trials with the speakers of both sides."""

    trials: Sequence[Trial]
    recordings: Mapping[str, Recording]
    speakers: npt.NDArray[np.intp]
    """Numbers, shape (n_trials, 2)."""

    @property
    def is_genuine(self) -> Mask:
        """Shape (n_trials,)."""
        return np.array([trial.is_genuine for trial in self.trials])

    def scores(self, values: npt.NDArray[np.float64], which: Mask | None = None) -> TrialScores:
        """Put scores together with the speakers; NaN leaves a trial out."""
        kept = ~np.isnan(values) if which is None else which & ~np.isnan(values)
        every = TrialScores(values, self.is_genuine, self.speakers[:, 0], self.speakers[:, 1])
        return every.only(kept)


def read_list(folder: Path) -> DevList:
    """Read trials and manifest of speech/dev."""
    with (folder / "MANIFEST.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = Recording.__slots__
    recordings = {row["path"]: Recording(*(row[name] for name in names)) for row in rows}
    number = {
        name: i for i, name in enumerate(sorted({one.speaker for one in recordings.values()}))
    }
    trials = read_trials(folder / "trials.csv")
    speakers = [
        [number[recordings[path].speaker] for path in (trial.path_a, trial.path_b)]
        for trial in trials
    ]
    return DevList(trials, recordings, np.array(speakers, dtype=np.intp))


def groups_of(listed: DevList) -> dict[str, dict[str, Mask]]:
    """Return the trials of each group by kind of group; both sides belong to it."""
    kinds = {
        "corpus": lambda one: one.corpus,
        "sex": lambda one: {"f": "women and girls", "m": "men and boys"}.get(one.gender, NO_DATA),
        "age": voice_age,
        "first_language": _first_language,
    }
    found: dict[str, dict[str, Mask]] = {}
    for kind, of in kinds.items():
        sides = [
            [of(listed.recordings[path]) for path in (trial.path_a, trial.path_b)]
            for trial in listed.trials
        ]
        a, b = np.array(sides).T
        found[kind] = {str(name): (a == name) & (b == name) for name in np.unique(a)}
    return found | {"feeling": _by_feeling(listed)}


def sessions_of(listed: DevList) -> dict[str, Mask]:
    """Return the genuine trials by whether both sides are known to be of one session."""
    corpus = [listed.recordings[trial.path_a].corpus for trial in listed.trials]
    same = np.array([name in ONE_SESSION for name in corpus])
    return {
        "same session": listed.is_genuine & same,
        "not said": listed.is_genuine & ~same,
        "cross session": np.zeros(len(same), dtype=bool),
    }


def voice_age(one: Recording) -> str:
    """Return the age group of a speaker."""
    if not one.age:
        return NO_DATA
    years = int(one.age)
    for low, high in ((0, 17), (18, 29), (30, 44), (45, 60)):
        if low <= years <= high:
            return f"{low}-{high}" if low else f"under {high + 1}"
    return "over 60"


def _by_feeling(listed: DevList) -> dict[str, Mask]:
    """Return acted trials by how many sides are neither neutral nor calm."""
    names = ("neutral or calm", "one side acts a feeling", "both sides act feelings")
    acted = [
        sum(not listed.recordings[path].style.startswith(CALM) for path in (it.path_a, it.path_b))
        for it in listed.trials
    ]
    ours = np.array([listed.recordings[it.path_a].corpus == "ravdess" for it in listed.trials])
    return {name: ours & (np.array(acted) == n) for n, name in enumerate(names)}


def _first_language(one: Recording) -> str:
    # Where a corpus names no first language, that of the recording says nothing of it.
    named = {"en (L1 Mandarin)": "Mandarin (speaking English)"}
    return named.get(one.language, NO_DATA)
