"""What cohort and references do to the error: variants of one system on the same trials."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from provenance import ROOT
from voiceprint_figures import figures
from voiceprint_lists import DevList

from facesign.biometrics.gallery.matching import VoiceEncoder, model_of
from facesign.biometrics.resampling import TrialScores
from facesign.biometrics.voiceprint.calibration import Calibration
from facesign.biometrics.voiceprint.cohort import Cohort, read_cohort
from facesign.biometrics.voiceprint.comparison import as_norm, compare, pooled
from facesign.biometrics.voiceprint.matcher import CalibratedMatcher
from facesign.biometrics.voiceprint.scoring_file import shipped_cohort, shipped_matcher
from facesign.biometrics.voiceprint.voiceprint import Voiceprint

sys.path.insert(0, str(ROOT / "models" / "training" / "voiceprint"))
from cohort import KINDS, Remembering, speaker_means
from renderings import Prints as TrainingPrints

__all__ = ["cohorts", "open_matcher", "several_references"]

N_REFERENCES, N_PROBES = 4, 4

Prints = dict[str, Voiceprint]


def open_matcher(
    encoder: VoiceEncoder, folder: Path | None
) -> tuple[CalibratedMatcher, Cohort | None]:
    """Open calibration and cohort: those that a folder holds, else those that ship."""
    model = model_of(encoder)
    if folder is None:
        matcher, shipped = shipped_matcher(model), shipped_cohort(model)
        if matcher is None:
            raise SystemExit(f"no calibration ships for {model}; name a folder with --scoring")
        return matcher, shipped and shipped[0]
    values = json.loads((folder / f"{encoder.name}.json").read_text("utf-8"))
    calibration = Calibration.from_dict(values["calibration"])
    content = (folder / f"{encoder.name}-cohort.npz").read_bytes()
    held = read_cohort(content, "cohort")
    cohort = Remembering(held.embeddings, held.model)
    fits = calibration.cohort_sha256 == hashlib.sha256(content).hexdigest()
    if calibration.model != model or cohort.model != model or not fits:
        raise SystemExit(f"{folder} was not made for {model}; run scoring.py again")
    return CalibratedMatcher(calibration, {}, cohort), cohort


def cohorts(
    listed: DevList,
    prints: Prints,
    shipped: Cohort | None,
    encoder: VoiceEncoder,
    folder: Path | None,
) -> dict[str, Any]:
    """Measure the bare cosine, the shipped cohort, and those made of the same speakers.

    The cohort of real speakers needs the training voiceprints that scoring.py left in its
    folder, and is not measured without.
    """
    model = model_of(encoder)
    variants: dict[str, Cohort | None] = {"none": None, "shipped": shipped}
    held = folder and folder / f"{model}.npz"
    if held and held.is_file():
        train = TrainingPrints.load(held)
        clean = train.is_clean
        means = speaker_means(train.embedding[clean].astype(np.float64), train.speaker[clean])
        for kind, make in KINDS.items():
            variants[kind] = Remembering(make(means).astype(np.float32), model)
    found = {}
    for name, cohort in variants.items():
        if name != "none" and cohort is None:
            continue
        values = np.array([_score(prints, t.path_a, t.path_b, cohort) for t in listed.trials])
        found[name] = figures(listed.scores(values))
        found[name]["n_members"] = 0 if cohort is None else len(cohort.embeddings)
    return found


def several_references(
    listed: DevList, prints: Prints, matcher: CalibratedMatcher, cohort: Cohort | None
) -> dict[str, Any]:
    """Measure four references of one person, by how their scores become one."""
    held: dict[str, list[str]] = defaultdict(list)
    for path in prints:
        held[listed.recordings[path].speaker].append(path)
    rng = np.random.default_rng(0)
    people = {
        name: rng.permutation(sorted(paths)).tolist()
        for name, paths in sorted(held.items())
        if len(paths) >= N_REFERENCES + N_PROBES
    }
    number = {name: i for i, name in enumerate(people)}
    rows: list[tuple[int, int]] = []
    scores: dict[str, list[float]] = defaultdict(list)
    for name, paths in people.items():
        references = [prints[path] for path in paths[:N_REFERENCES]]
        for other, others in people.items():
            if not _comparable(listed, paths[0], others[0]):
                continue
            for path in others[N_REFERENCES : N_REFERENCES + N_PROBES]:
                rows.append((number[name], number[other]))
                for policy, value in _pooled(references, prints[path], matcher, cohort).items():
                    scores[policy].append(value)
    a, b = np.array(rows).T
    return {
        name: figures(TrialScores(np.array(values), a == b, a, b), calibrated=name == "llr")
        for name, values in scores.items()
    }


def _pooled(
    references: list[Voiceprint],
    probe: Voiceprint,
    matcher: CalibratedMatcher,
    cohort: Cohort | None,
) -> dict[str, float]:
    mean = np.mean([one.embedding for one in references], axis=0)
    centre = replace(references[0], embedding=(mean / np.linalg.norm(mean)).astype(np.float32))
    scores = [_of(one, probe, cohort) for one in references]
    llr = matcher.compare(references, probe).llr
    assert llr is not None
    return {
        "one reference": scores[0],
        "best of four": pooled(scores, n_best=1),
        "mean of the two best": pooled(scores, n_best=2),
        "mean of four": pooled(scores, n_best=len(scores)),
        "mean embedding": _of(centre, probe, cohort),
        "llr": llr,
    }


def _comparable(listed: DevList, path_a: str, path_b: str) -> bool:
    """Tell whether two people are as near as in the list: same corpus and sex."""
    a, b = listed.recordings[path_a], listed.recordings[path_b]
    return a.corpus == b.corpus and a.gender == b.gender


def _score(prints: Prints, path_a: str, path_b: str, cohort: Cohort | None) -> float:
    return _of(prints[path_a], prints[path_b], cohort)


def _of(a: Voiceprint, b: Voiceprint, cohort: Cohort | None) -> float:
    return compare(a, b) if cohort is None else as_norm(a, b, cohort)
