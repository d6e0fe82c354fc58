"""What fused evidence is worth on rendered interviews, and that behaviour changes no outcome.

Weights of families are fitted on takes of some scenario files and measured on takes of others;
no scenario is on both sides. Reads takes that `benchmarks/risk_takes.py` made.

    python benchmarks/fusion.py FOLDER_OF_TAKES
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from provenance import write_result
from risk_takes import Take, read_takes

from facesign.biometrics.error_rates import cllr
from facesign.biometrics.stream import TimeArray
from facesign.interview.report import Report
from facesign.interview.risk.calibration import Calibration, family_points, fit_calibration
from facesign.interview.writeup import write_up

FIT = {"genuine-calm": False, "genuine-calm-zh": False, "genuine": False, "impostor-voice": True}
MEASURE = {
    "genuine-nervous": False,
    "differ-stutter": False,
    "differ-tremor": False,
    "differ-paralysis": False,
    "differ-ptosis": False,
    "declared-interpreter": False,
    "hesitant": False,
    "second-voice-prompting": False,
    "applicant-replaced": True,
    "undeclared-second-person": True,
    "screen-replay": True,
}
"""Whether a scenario is fraud; who is prompted by another is to be protected, not suspected."""


def without_behaviour(take: Take) -> Report:
    """Write a take up as if behaviour had been switched off."""
    found = take.facts.findings
    kept = found.observations, found.movements, found.blinks, found.unassessed
    hidden = ("gaze.away", "head.turned")
    found.observations = [one for one in kept[0] if one.name not in hidden]
    found.movements, found.blinks, found.unassessed = [], [], []
    report = write_up(replace(take.facts, behaviour_off="behaviour_off"))
    found.observations, found.movements, found.blinks, found.unassessed = kept
    return report


def same_but_for_behaviour(report: Report, without: Report) -> bool:
    """Tell whether outcome, reasons and flags are the same, and the rank but for behaviour."""
    ranks = [
        [
            [(one.family, one.points) for one in flag.fusion.families if one.family != "behaviour"]
            for flag in each.flags
            if flag.fusion is not None
        ]
        for each in (report, without)
    ]
    flags = [[{**flag.to_dict(), "rank": 0} for flag in each.flags] for each in (report, without)]
    return (
        (report.outcome, report.reasons) == (without.outcome, without.reasons)
        and flags[0] == flags[1]
        and ranks[0] == ranks[1]
        and not without.prompts
    )


def figures(
    calibration: Calibration, rows: Sequence[dict[Any, float]], fraud: Sequence[bool]
) -> dict[str, Any]:
    """Return how well ratios tell fraud from the rest."""
    is_fraud = np.array(fraud)
    llrs = np.array([calibration.llr(row) for row in rows])
    one, other = llrs[is_fraud], llrs[~is_fraud]
    own = np.array([sum(row.values()) for row in rows])
    return {
        "n_genuine": len(other),
        "n_fraud": len(one),
        "cllr": round(cllr(one, other), 3),
        "area_under_roc": round(_area(one, other), 3),
        "area_under_roc_own_weights": round(_area(own[is_fraud], own[~is_fraud]), 3),
        "fraud_above_every_genuine": int((own[is_fraud] > own[~is_fraud].max()).sum()),
    }


def _area(one: TimeArray, other: TimeArray) -> float:
    """Return how often a fraud interview ranks above an honest one; a tie is a half."""
    above = [(a > b) + 0.5 * (a == b) for a in one for b in other]
    return float(np.mean(above))


def told(result: dict[str, Any]) -> Iterator[str]:
    """Say the result in sentences, for docs/monitors.md."""
    fit, measured = result["fitted_on"], result["measured_on"]
    weights = ", ".join(f"{name} {w:.2f}" for name, w in result["weights"].items())
    yield (
        f"Fitted on {fit['n_genuine']} honest and {fit['n_fraud']} fraud interviews of "
        f"{', '.join(f'`{one}`' for one in FIT)}; the weights per point came to {weights}."
    )
    yield ""
    yield (
        f"Measured on other scenario files, {measured['n_genuine']} honest and "
        f"{measured['n_fraud']} fraud interviews: Cllr {measured['cllr']:.2f} bits, area under the "
        f"ROC {measured['area_under_roc']:.2f} with fitted weights and "
        f"{measured['area_under_roc_own_weights']:.2f} with those of the table above; "
        f"{measured['fraud_above_every_genuine']} of {measured['n_fraud']} fraud interviews have "
        f"more points than every honest one. A family that no fitted scenario shows gets no "
        f"weight: with so few scenario files fitting is worth less than the plain sum."
    )
    yield ""
    rows = result["by_scenario"]
    yield "| scenario | interviews | flagged | points of families, mean |"
    yield "| --- | --- | --- | --- |"
    for row in rows:
        points = ", ".join(f"{k} {v:g}" for k, v in row["points"].items() if v) or "none"
        yield f"| `{row['scenario']}` | {row['n']} | {row['flagged']} | {points} |"
    yield ""
    yield (
        f"Switching behaviour off changed outcome, reasons, flags or another family's points in "
        f"{result['changed_by_behaviour']} of {result['n_takes']} interviews. These people are "
        f"rendered and the numbers small: the table shows that the parts work together, not what "
        f"they are worth on real sessions."
    )


def main() -> None:
    """Fit, measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("takes", type=Path)
    args = parser.parse_args()
    takes = [take for take in read_takes(args.takes) if take.scenario in {**FIT, **MEASURE}]
    reports = [write_up(take.facts) for take in takes]
    points = [family_points(report.to_dict()) for report in reports]
    changed = sum(
        not same_but_for_behaviour(report, without_behaviour(take))
        for take, report in zip(takes, reports, strict=True)
    )
    side = {name: [n for n, take in enumerate(takes) if take.scenario in of]
            for name, of in (("fit", FIT), ("measure", MEASURE))}  # fmt: skip
    labels = {**FIT, **MEASURE}
    fraud = [labels[take.scenario] for take in takes]
    fitted = fit_calibration(
        [points[n] for n in side["fit"]], np.array([fraud[n] for n in side["fit"]])
    )
    by_scenario = []
    for name, count in sorted(Counter(take.scenario for take in takes).items()):
        mine = [n for n, take in enumerate(takes) if take.scenario == name]
        mean = {f: round(float(np.mean([points[n][f] for n in mine])), 2) for f in points[0]}
        flagged = sum(bool(reports[n].flags) for n in mine)
        by_scenario.append({"scenario": name, "n": count, "flagged": flagged, "points": mean})
    result: dict[str, Any] = {
        "question": "what is fused evidence worth on scenario files it was not fitted on?",
        "n_takes": len(takes),
        "changed_by_behaviour": changed,
        "offset": round(fitted.offset, 3),
        "weights": {name: round(weight, 3) for name, weight in fitted.weights.items()},
        **{
            key: figures(fitted, [points[n] for n in of], [fraud[n] for n in of])
            for key, of in (("fitted_on", side["fit"]), ("measured_on", side["measure"]))
        },
        "by_scenario": by_scenario,
    }
    result["told"] = list(told(result))
    print("\n".join(result["told"]))
    write_result("fusion", result, [])


if __name__ == "__main__":
    main()
