"""Measure how well two people speaking at once are noticed, and how often one person is refused.

python benchmarks/overlap.py --data FACESIGN_DATA
python benchmarks/overlap_page.py

Ways are compared on one set of pieces of 1.5 s: cues without a network, weighed by a logistic
regression on training speakers that the network has not heard, and the network that ships. What
is reported is of speakers of speech/dev, whom nothing was fitted to. Limits stand beside the
network; they were chosen on the training speakers (models/training/overlap/limits.py).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from overlap_bundled import bundled
from overlap_cues import CUES, cues_of, logistic
from provenance import RESULTS, ROOT, add_data_argument, write_result
from scipy.stats import binomtest, rankdata

sys.path.insert(0, str(ROOT / "models" / "training" / "overlap"))
from mixtures import CONDITIONS, USABLE_SNR_DB, Example, Studio
from people import Person, halves, people_in

from facesign.biometrics.speakers.overlap import MODEL, OverlapDetector
from facesign.biometrics.speakers.pieces import WINDOW_S
from facesign.models.registry import card

PARTS = ("cues", "network", "recordings", "bundled")
"""Each is written when it is done, beside what the others were."""
N_FITTED, N_PIECES = 800, 1200
N_RECORDINGS = 480
"""Of each length."""
LENGTHS_S = (3.0, 6.0, 15.0)
BUNDLED_S = (3.0, 6.0)
"""Nobody in the bundled interviews says more than 15 s."""
MIXED_FROM = 0.5
"""Share of a piece in which two speak that counts as overlapped; less is left out."""
HELD_OUT_SEED, PIECES_SEED, RECORDINGS_SEED = 21, 22, 23

Floats = npt.NDArray[np.float64]


def counted(example: Example) -> bool:
    return not example.is_mixed or float(example.both.mean()) > MIXED_FROM


def roc(scores: Floats, examples: Sequence[Example]) -> dict[str, Any]:
    """Return the area under the ROC, and what is found where 2 % of single people are refused."""
    mixed = np.array([it.is_mixed for it in examples])
    n_mixed, n_single = np.count_nonzero(mixed), np.count_nonzero(~mixed)
    above = rankdata(scores)[mixed].sum() - n_mixed * (n_mixed + 1) / 2
    limit = np.quantile(scores[~mixed], 0.98)
    return {
        "n_single": int(n_single),
        "n_mixed": int(n_mixed),
        "area": round(float(above / n_mixed / n_single), 3),
        "found_at_2_percent": round(float(np.mean(scores[mixed] > limit)), 3),
    }


def by_condition(scores: Floats, examples: Sequence[Example]) -> dict[str, Any]:
    found = {"all": roc(scores, examples)}
    for name in CONDITIONS:
        chosen = [i for i, it in enumerate(examples) if it.condition == name]
        found[name] = roc(scores[chosen], [examples[i] for i in chosen])
    return found


def cues(fitted: Sequence[Example], dev: Sequence[Example]) -> dict[str, Any]:
    """Weigh the cues on training speakers, and say what they tell on dev."""
    fit_cues, dev_cues = (np.array([cues_of(it.samples) for it in part]) for part in (fitted, dev))
    mean, spread = fit_cues.mean(axis=0), fit_cues.std(axis=0) + 1e-9
    mixed = np.array([it.is_mixed for it in fitted])
    found = {}
    for name, columns in {**CUES, "cues together": slice(0, fit_cues.shape[1])}.items():
        weights = logistic(((fit_cues - mean) / spread)[:, columns], mixed)
        told = ((dev_cues - mean) / spread)[:, columns] @ weights[:-1]
        found[name] = by_condition(told, dev)
    return found


def network(detector: OverlapDetector, dev: Sequence[Example]) -> dict[str, Any]:
    """Say what the network tells on the same pieces, and at its limit."""
    began_s = time.process_time()
    shares = np.array([detector.share(it.samples) for it in dev])
    cpu_ms = 1000.0 * (time.process_time() - began_s) / len(dev)
    return {
        "roc": by_condition(shares, dev),
        "at_limit": at_limit(shares, dev, detector.limits.piece_above),
        "cpu_ms_a_piece": round(cpu_ms, 2),
    }


def at_limit(shares: Floats, examples: Sequence[Example], limit: float) -> dict[str, Any]:
    """Count who is above the limit in force, by condition."""
    kinds: dict[str, Callable[[Example], bool]] = {"all": lambda _: True}
    kinds |= {name: lambda it, name=name: it.condition == name for name in CONDITIONS}
    found: dict[str, Any] = {"limit": limit}
    for name, belongs in kinds.items():
        rows = [
            (it.is_mixed, s > limit) for it, s in zip(examples, shares, strict=True) if belongs(it)
        ]
        found[name] = {
            "single": rate([above for is_mixed, above in rows if not is_mixed]),
            "mixed": rate([above for is_mixed, above in rows if is_mixed]),
        }
    return found


def rate(above: Sequence[bool]) -> dict[str, Any]:
    interval = binomtest(int(sum(above)), len(above)).proportion_ci(method="wilson")
    return {
        "n": len(above),
        "above": round(sum(above) / len(above), 4),
        "interval_95": [round(interval.low, 4), round(interval.high, 4)],
    }


def recordings(detector: OverlapDetector, studio: Studio) -> dict[str, Any]:
    """Count refused recordings by length, single and mixed."""
    found = {}
    for seconds in LENGTHS_S:
        drawn = list(studio.windows(N_RECORDINGS, seconds))
        shares = np.array([detector.recording_share(it.samples) or 0.0 for it in drawn])
        found[f"{seconds:g} s"] = at_limit(shares, drawn, detector.limits.of_recording(seconds))
    return found


def measured(part: str, speech: Path, dev_people: list[Person]) -> dict[str, Any]:
    if part == "bundled":
        return bundled(OverlapDetector(), BUNDLED_S)
    if part == "recordings":
        studio = Studio(dev_people, RECORDINGS_SEED, USABLE_SNR_DB)
        return recordings(OverlapDetector(), studio)
    studio = Studio(dev_people, PIECES_SEED, USABLE_SNR_DB)
    dev = list(filter(counted, studio.windows(N_PIECES, WINDOW_S)))
    if part == "network":
        return network(OverlapDetector(), dev)
    held_out = people_in(speech / "train", halves(speech / "train")[1])
    drawn = Studio(held_out, HELD_OUT_SEED, USABLE_SNR_DB).windows(N_FITTED, WINDOW_S)
    return cues(list(filter(counted, drawn)), dev)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_argument(parser)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    arguments = parser.parse_args()
    speech: Path = arguments.data / "speech"
    dev_people = people_in(speech / "dev")
    for part in arguments.parts:
        found = measured(part, speech, dev_people)
        file = RESULTS / "overlap.json"
        known = json.loads(file.read_text("utf-8")) if file.is_file() else {}
        model = f"{MODEL}@{card(MODEL).sha256[:12]}"
        result = {
            "question": "are two who speak at once noticed, and one person not taken for two?",
            "n_people": len(dev_people),
            **{name: known[name] for name in PARTS if name in known},
            part: {"model": None if part == "cues" else model, **found},
        }
        print(write_result("overlap", result, [speech / "dev" / "MANIFEST.csv"]))


if __name__ == "__main__":
    main()
