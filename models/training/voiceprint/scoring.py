"""Make what scores are read with: a cohort and a calibration, from the training speakers.

    python models/training/voiceprint/scoring.py SPEECH_TRAIN --out FOLDER [--model FILE] [--ship]

Writes `scoring.npz` (voiceprints, so that a second run need not listen again; never
shipped), the cohort and the calibration that ship, and `scoring.json` with what the choices
rest on. Cohorts are made from one half of the speakers and tried on the other.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from cohort import KINDS, Remembering, packed, speaker_means
from renderings import Prints, render

from facesign.biometrics.error_rates import cllr, eer, min_cllr
from facesign.biometrics.gallery.matching import VoiceEncoder, model_of
from facesign.biometrics.resampling import TrialScores
from facesign.biometrics.voiceprint.calibration import Terms, fit_calibration, terms_of
from facesign.biometrics.voiceprint.cohort import Cohort
from facesign.biometrics.voiceprint.comparison import as_norm, compare, pooled
from facesign.biometrics.voiceprint.fitting import held_out_llrs

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "benchmarks"))

SEED = 20261125
N_TRIALS = 4000
"""Of each kind."""
N_REFERENCES = 4
SHIPPED = "mixture"

Pairs = npt.NDArray[np.intp]


def fit(encoder: VoiceEncoder, speech: Path, out: Path) -> dict[str, Any]:
    """Make cohort and calibration of an encoder, and say what they rest on."""
    out.mkdir(parents=True, exist_ok=True)
    model = model_of(encoder)
    kept = out / f"{model}.npz"
    if not kept.is_file():
        render(speech, encoder).save(kept)
    prints = Prints.load(kept)
    pairs, is_genuine = draw_trials(prints)
    shipped = _cohort(prints, SHIPPED, np.unique(prints.speaker), model)
    content = packed(shipped.embeddings.astype(np.float64), model)
    (out / f"{encoder.name}-cohort.npz").write_bytes(content)
    terms = terms_with(prints, pairs, shipped)
    calibration = fit_calibration(
        terms,
        is_genuine,
        model=model,
        fitted_on=f"{len(np.unique(prints.speaker))} speakers of the training corpora",
        cohort_sha256=hashlib.sha256(content).hexdigest(),
    )
    values = {"calibration": calibration.to_dict(), "points": []}
    (out / f"{encoder.name}.json").write_text(json.dumps(values, indent=1) + "\n", "utf-8")
    trials = _scores(prints, pairs, is_genuine, terms[:, 0])
    chosen = {
        "model": model,
        "n_prints": len(prints.speaker),
        "n_speakers": len(np.unique(prints.speaker)),
        "n_genuine": int(is_genuine.sum()),
        "n_impostor": int((~is_genuine).sum()),
        "cohorts_on_the_other_half_of_the_speakers": cohorts_compared(prints, model),
        "terms_held_out": terms_compared(terms, trials),
        "several_references": references_compared(prints, shipped, model),
        "calibration": calibration.to_dict(),
    }
    (out / "scoring.json").write_text(json.dumps(chosen, indent=1) + "\n", "utf-8")
    return chosen


def ship(name: str, out: Path) -> None:
    """Copy cohort and calibration into the package, and say what the registry must say."""
    cohort = (out / f"{name}-cohort.npz").read_bytes()
    (ROOT / "models" / "weights" / f"{name}-cohort.npz").write_bytes(cohort)
    calibration = (out / f"{name}.json").read_text("utf-8")
    (ROOT / "biometrics" / "voiceprint" / f"{name}.json").write_text(calibration, "utf-8")
    print(f"registry.toml, {name}-cohort: sha256 = {hashlib.sha256(cohort).hexdigest()}")


def draw_trials(
    prints: Prints, among: npt.NDArray[np.intp] | None = None
) -> tuple[Pairs, npt.NDArray[np.bool_]]:
    """Draw pairs of prints that share no sound; impostors share corpus and height of voice."""
    rng = np.random.default_rng(SEED)
    allowed = np.arange(len(prints.speaker))
    if among is not None:
        allowed = allowed[np.isin(prints.speaker, among)]
    first = rng.choice(allowed, 40 * N_TRIALS)
    second = rng.choice(allowed, 40 * N_TRIALS)
    same_group = prints.group[first] == prints.group[second]
    impostor = same_group & (prints.speaker[first] != prints.speaker[second])
    rows = [(i, j) for one in np.unique(prints.speaker[allowed]) for i, j in _own(prints, one)]
    genuine = rng.permutation(np.array(rows, dtype=np.intp))[:N_TRIALS]
    others = np.stack([first, second], axis=1)[impostor][:N_TRIALS]
    return np.concatenate([genuine, others]), np.arange(len(genuine) + len(others)) < len(genuine)


def terms_with(prints: Prints, pairs: Pairs, cohort: Cohort | None) -> Terms:
    """Return the terms of each pair's comparison."""
    rows = []
    for i, j in pairs.tolist():
        a, b = (prints.voiceprint(k, cohort.model if cohort else "") for k in (i, j))
        rows.append(terms_of(compare(a, b) if cohort is None else as_norm(a, b, cohort), a, b))
    return np.stack(rows)


def cohorts_compared(prints: Prints, model: str) -> dict[str, Any]:
    """Make each kind from half of the speakers and compare speakers of the other half."""
    speakers = np.random.default_rng(SEED).permutation(np.unique(prints.speaker))
    makers, others = np.array_split(speakers, 2)
    pairs, is_genuine = draw_trials(prints, others)
    found = {}
    for kind in (None, *KINDS):
        cohort = None if kind is None else _cohort(prints, kind, makers, model)
        scores = terms_with(prints, pairs, cohort)[:, 0]
        found[kind or "none"] = {
            "n_members": 0 if cohort is None else len(cohort.embeddings),
            "eer": round(eer(scores[is_genuine], scores[~is_genuine]), 4),
            "min_cllr": round(min_cllr(scores[is_genuine], scores[~is_genuine]), 4),
        }
    return found


def terms_compared(terms: Terms, trials: TrialScores) -> dict[str, Any]:
    """Return what likelihood ratios cost with and without the terms of quality."""
    found = {}
    for name, used in (("score", 1), ("score, speech", 3), ("score, speech, noise", 4)):
        part = np.where(np.arange(terms.shape[1]) < used, terms, 0.0)
        llrs = held_out_llrs(part, trials)
        known = ~np.isnan(llrs)
        genuine, impostor = llrs[known & trials.is_genuine], llrs[known & ~trials.is_genuine]
        found[name] = {
            "eer": round(eer(genuine, impostor), 4),
            "cllr": round(cllr(genuine, impostor), 4),
        }
    return found


def references_compared(prints: Prints, cohort: Cohort, model: str) -> dict[str, float]:
    """Return the EER of one probe against four references, by how their scores are pooled."""
    rng = np.random.default_rng(SEED)
    by_policy: dict[str, list[list[float]]] = {}
    owners = []
    held = {}
    for one in np.unique(prints.speaker).tolist():
        rows = np.flatnonzero((prints.speaker == one) & ~prints.is_long)
        if len(rows) > N_REFERENCES:
            held[one] = rng.permutation(rows)
    for one, rows in held.items():
        references = [prints.voiceprint(int(i), model) for i in rows[:N_REFERENCES]]
        mean = np.mean([it.embedding for it in references], axis=0)
        centre = replace(references[0], embedding=(mean / np.linalg.norm(mean)).astype(np.float32))
        for other, probes in held.items():
            if prints.group[probes[0]] != prints.group[rows[0]]:
                continue
            for i in probes[N_REFERENCES : N_REFERENCES + 3].tolist():
                probe = prints.voiceprint(i, model)
                scores = [as_norm(it, probe, cohort) for it in references]
                owners.append(one == other)
                for name, value in (
                    ("first alone", scores[0]),
                    ("best", pooled(scores, n_best=1)),
                    ("mean of the two best", pooled(scores, n_best=2)),
                    ("mean of all", pooled(scores, n_best=len(scores))),
                    ("mean embedding", as_norm(centre, probe, cohort)),
                ):
                    by_policy.setdefault(name, []).append([value])
    own = np.array(owners)
    values = {name: np.array(rows)[:, 0] for name, rows in by_policy.items()}
    return {name: round(eer(it[own], it[~own]), 4) for name, it in values.items()}


def _own(prints: Prints, speaker: int) -> list[tuple[int, int]]:
    rows = np.flatnonzero(prints.speaker == speaker).tolist()
    sounds = prints.utterance
    return [(i, j) for i in rows for j in rows if i < j and sounds[i] != sounds[j]]


def _cohort(prints: Prints, kind: str, speakers: npt.NDArray[np.intp], model: str) -> Cohort:
    clean = prints.is_clean & np.isin(prints.speaker, speakers)
    means = speaker_means(prints.embedding[clean].astype(np.float64), prints.speaker[clean])
    return Remembering(KINDS[kind](means).astype(np.float32), model)


def _scores(
    prints: Prints, pairs: Pairs, is_genuine: npt.NDArray[np.bool_], scores: npt.NDArray[np.float64]
) -> TrialScores:
    return TrialScores(scores, is_genuine, *prints.speaker[pairs].T)


def main() -> None:
    from voiceprint_encoder import open_encoder

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("speech", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--ship", action="store_true", help="put both where the package has them")
    args = parser.parse_args()
    encoder = open_encoder(args.model)
    print(json.dumps(fit(encoder, args.speech, args.out), indent=1))
    if args.ship:
        ship(encoder.name, args.out)


if __name__ == "__main__":
    main()
