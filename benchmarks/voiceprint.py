"""Measure how well voices are told apart: overall, by group, by condition, and calibrated.

    python benchmarks/voiceprint.py --data FACESIGN_DATA [--model FILE --scoring FOLDER]
    python benchmarks/voiceprint.py ... --ship      also writes the operating points that ship

Trials are those of speech/dev; nothing was fitted on them. Every trial is scored: what
makes no voiceprint by the rules of the toolkit is counted as a failure to acquire, and
compared nevertheless.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from provenance import ROOT, add_data_argument, write_result
from voiceprint_conditions import DURATIONS_S, Listener, cut_to, degradations
from voiceprint_encoder import open_encoder
from voiceprint_figures import figures, of_each
from voiceprint_lists import DevList, groups_of, read_list, sessions_of
from voiceprint_scoring import cohorts, open_matcher, several_references

from facesign.biometrics.gallery.matching import model_of
from facesign.biometrics.voiceprint.matcher import CalibratedMatcher
from facesign.biometrics.voiceprint.operating import measured_points
from facesign.biometrics.voiceprint.scoring_file import matcher_to_dict
from facesign.biometrics.voiceprint.voiceprint import Voiceprint

N_CONDITION_TRIALS = 400
"""The first so many of the list, whose order is random, are tried under each condition."""
THRESHOLDS = {"cautious": math.log(19.0), "strict": math.log(99.0), "even": 0.0}
"""Log-likelihood ratios that make a match 19, 99 or 1 times as likely as an impostor at even
odds; the default first."""
MEASURED_ON = "speech/dev: 71 speakers, acted, read and broadcast speech in English and Urdu"

Values = npt.NDArray[np.float64]
Prints = dict[str, Voiceprint]


def resemblyzer(listed: DevList, path: Path) -> Values:
    """Read what Resemblyzer scores on the same trials."""
    with path.open(encoding="utf-8") as file:
        rows = {(row["path_a"], row["path_b"]): float(row["score"]) for row in csv.DictReader(file)}
    return np.array([rows[trial.path_a, trial.path_b] for trial in listed.trials])


def llrs_of(
    listed: DevList,
    matcher: CalibratedMatcher,
    reference: Callable[[str], Voiceprint],
    probe: Callable[[str, str], Voiceprint | None],
    n_trials: int | None = None,
) -> Values:
    """Return one log-likelihood ratio a trial, NaN where there is no probe."""
    found = np.full(len(listed.trials), np.nan)
    for i, trial in enumerate(listed.trials[:n_trials]):
        held = probe(trial.path_b, trial.path_a)
        if held is not None:
            found[i] = matcher.compare([reference(trial.path_a)], held).llr
    return found


def measure_conditions(
    listed: DevList,
    prints: Prints,
    listener: Listener,
    matcher: CalibratedMatcher,
    args: argparse.Namespace,
) -> dict[str, Any]:
    """Measure each condition of the probe; references stay as recorded."""
    found = {}
    as_recorded = llrs_of(
        listed, matcher, prints.__getitem__, lambda b, _: prints[b], args.condition_trials
    )
    found["as recorded"] = figures(listed.scores(as_recorded))
    for name, change in degradations(args.data / "speech").items():
        made: Prints = {}

        def probe(path: str, _: str, made: Prints = made, name: str = name) -> Voiceprint:
            if path not in made:
                made[path] = listener.voiceprint(path, name, change)  # noqa: B023
            return made[path]

        values = llrs_of(listed, matcher, prints.__getitem__, probe, args.condition_trials)
        found[name] = figures(listed.scores(values))
        found[name]["failures_to_acquire"] = len(listener.failed.get(name, ()))
        found[name]["n_recordings"] = len(made)
        print(name, found[name]["eer"], flush=True)
    return found


def measure_durations(
    listed: DevList,
    prints: Prints,
    listener: Listener,
    matcher: CalibratedMatcher,
    args: argparse.Namespace,
) -> dict[str, Any]:
    """Measure probes of so many seconds, on the trials whose speaker has the longest."""
    longest = max(DURATIONS_S)
    found: dict[str, Any] = {}
    for seconds in DURATIONS_S:
        name = f"{seconds:g}_s"

        def probe(path: str, other: str, seconds: float = seconds, name: str = name) -> Any:
            if cut_to(longest, path, listed, listener, apart_from=other) is None:
                return None
            sound = cut_to(seconds, path, listed, listener, apart_from=other)
            return listener.voiceprint(path, name, lambda _, __: sound)

        values = llrs_of(listed, matcher, prints.__getitem__, probe, args.condition_trials)
        found[name] = figures(listed.scores(values))
        found[name]["failures_to_acquire"] = len(listener.failed.get(name, ()))
        print(name, found[name]["eer"], flush=True)
    return found


def measure(args: argparse.Namespace) -> dict[str, Any]:
    folder = args.data / "speech" / "dev"
    listed, encoder = read_list(folder), open_encoder(args.model)
    matcher, cohort = open_matcher(encoder, args.scoring)
    listener = Listener(folder, encoder)
    used = sorted({path for trial in listed.trials for path in (trial.path_a, trial.path_b)})
    prints = {path: listener.voiceprint(path, "as recorded") for path in used}
    llrs = llrs_of(listed, matcher, prints.__getitem__, lambda b, _: prints[b])
    other = resemblyzer(listed, args.data / "speech" / "resemblyzer_dev_scores.csv")
    both = {"facesign": llrs, "resemblyzer": other}
    points = measured_points(THRESHOLDS, listed.scores(llrs), measured_on=MEASURED_ON)
    found: dict[str, Any] = {
        "model": model_of(encoder),
        "n_recordings": len(used),
        "failures_to_acquire": len(listener.failed.get("as recorded", ())),
        "overall": {
            "facesign": figures(listed.scores(llrs), calibrated=True),
            "resemblyzer": figures(listed.scores(other)),
        },
        "groups": {
            kind: {name: of_each(listed, both, which) for name, which in parts.items()}
            for kind, parts in groups_of(listed).items()
        },
        "sessions": {
            name: of_each(listed, both, which | ~listed.is_genuine)
            for name, which in sessions_of(listed).items()
        },
        "points": [point.to_dict() for point in points.values()],
        "cohorts": cohorts(listed, prints, cohort, encoder, args.scoring),
        "several_references": several_references(listed, prints, matcher, cohort),
    }
    if not args.quick:
        found["conditions"] = measure_conditions(listed, prints, listener, matcher, args)
        found["durations"] = measure_durations(listed, prints, listener, matcher, args)
    if args.ship:
        ship(CalibratedMatcher(matcher.calibration, points, cohort), encoder.name)
    return found


def ship(matcher: CalibratedMatcher, name: str) -> None:
    """Write calibration and measured points where the package reads them."""
    path = ROOT / "biometrics" / "voiceprint" / f"{name}.json"
    text = json.dumps(matcher_to_dict(matcher), indent=1, ensure_ascii=False)
    path.write_text(text + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_argument(parser)
    parser.add_argument("--model", type=Path, help="encoder file instead of the shipped one")
    parser.add_argument("--scoring", type=Path, help="folder that training/.../scoring.py wrote")
    parser.add_argument("--quick", action="store_true", help="leave conditions and lengths out")
    parser.add_argument("--condition-trials", type=int, default=N_CONDITION_TRIALS)
    parser.add_argument("--ship", action="store_true", help="write the points that ship")
    parser.add_argument("--out", default="voiceprint", help="name of the result")
    args = parser.parse_args()
    data = [args.data / "speech" / name for name in ("dev/trials.csv", "dev/MANIFEST.csv")]
    print(write_result(args.out, measure(args), data))


if __name__ == "__main__":
    main()
