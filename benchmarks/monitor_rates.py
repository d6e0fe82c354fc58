"""How often each monitoring point fires on genuine interviews, and how many prompts and flags.

Reads takes that `benchmarks/risk_takes.py --held-out` made; the others in the folder are left out,
because limits may have been chosen while looking at them. A point counts where its observations
came; a rate is per interview, with its 95 % interval (Clopper and Pearson). Points that ask whether
a question of the script was left out count only in interviews of the whole script.

    python benchmarks/monitor_rates.py FOLDER_OF_TAKES
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from provenance import write_result
from risk_takes import Take, is_held_out, read_takes
from scipy.stats import beta, chi2

from facesign.interview.report import Report
from facesign.interview.risk.monitors import Monitor, monitors
from facesign.interview.risk.watch import RiskState, watched
from facesign.interview.writeup import observed, write_up

GENUINE = (
    "genuine-calm",
    "genuine-calm-zh",
    "genuine-nervous",
    "differ-stutter",
    "differ-tremor",
    "differ-paralysis",
    "differ-ptosis",
    "declared-interpreter",
)
"""Honest borrowers in good conditions; `genuine` and `hesitant` have a scripted hesitation."""
WANTED = 0.05


def share(k: int, n: int) -> list[float]:
    """Return the 95 % interval of a proportion."""
    low = float(beta.ppf(0.025, k, n - k + 1)) if k else 0.0
    high = float(beta.ppf(0.975, k + 1, n - k)) if k < n else 1.0
    return [round(low, 4), round(high, 4)]


def per(count: int, amount: float) -> dict[str, Any]:
    """Return a rate of events with its 95 % interval, as a Poisson count has it."""
    low = float(chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    high = float(chi2.ppf(0.975, 2 * count + 2)) / 2
    rate, interval = count / amount, [round(low / amount, 2), round(high / amount, 2)]
    return {"count": count, "rate": round(rate, 2), "interval_95": interval}


def watched_take(take: Take) -> RiskState:
    """Evaluate the monitoring points anew."""
    facts = take.facts
    return watched(
        observed(facts), others_declared=facts.others_declared, end_s=facts.findings.end_s
    )


def counts(point: Monitor, take: Take, state: RiskState) -> bool:
    """Tell whether silence of a point means something in this interview."""
    if point.unless_declared and take.facts.others_declared:
        return False
    if point.monitor_id.startswith("protocol.skipped") and take.asked != "all":
        return False
    pattern = point.pattern
    if pattern is not None and any(one.status == "not_assessed" for one in pattern.of):
        return True
    needed = [name for name in point.reads if name in SEEN_BY]
    return all(SEEN_BY[name](take) for name in needed) and not _needs_what_is_off(point, take)


def _needs_what_is_off(point: Monitor, take: Take) -> bool:
    pictured = ("face.", "quality.", "light.", "picture.", "gaze.", "head.", "blink", "baseline.")
    heard_other = ("voice.other", "voice.changed", "answer.other", "answer.by_other")
    reads = point.reads
    if take.sound_only and any(name.startswith(pictured) for name in reads):
        return True
    if take.sound_only and "speech.unseen" in reads:
        return True
    if not take.facts.voices_known and any(name.startswith(heard_other) for name in reads):
        return True
    if any(name.startswith("history.") for name in reads) and not take.facts.past:
        return True
    evidence = any(name.startswith("evidence.") for name in reads)
    return (evidence and not take.facts.evidence) or "media." in " ".join(reads)


def _asked(kind: str) -> Any:
    def asks(take: Take) -> bool:
        return any(take.facts.question_of(m.question_id).kind == kind for m in take.facts.marks)

    return asks


SEEN_BY = {
    f"question.{kind}": _asked(kind)
    for kind in ("sensitive", "protection", "disclosure", "confirmation", "signature")
}


def rates(takes: Sequence[Take], states: Sequence[RiskState]) -> list[dict[str, Any]]:
    """Return the firing rate of every point that is alive."""
    rows = []
    for point in monitors():
        if not point.is_alive:
            continue
        known = [s for t, s in zip(takes, states, strict=True) if counts(point, t, s)]
        fired = sum(
            any(one.monitor.monitor_id == point.monitor_id for one in s.fired) for s in known
        )
        n = len(known)
        rows.append(
            {
                "id": point.monitor_id,
                "n": n,
                "fired": fired,
                "rate": round(fired / n, 4) if n else None,
                "interval_95": share(fired, n) if n else None,
            }
        )
    return rows


def summary(takes: Sequence[Take], reports: Sequence[Report]) -> dict[str, Any]:
    """Return prompts per 15 minutes and flags per 100 interviews."""
    minutes = sum(take.minutes for take in takes)
    flags = Counter(flag.code for report in reports for flag in report.flags)
    told = list(zip(takes, reports, strict=True))
    flagged = Counter(take.scenario for take, report in told if report.flags)
    prompted = Counter(take.scenario for take, report in told if report.prompts)
    return {
        "n_interviews": len(takes),
        "n_filmed": sum(not take.sound_only for take in takes),
        "minutes": round(minutes, 1),
        "prompts_per_15_minutes": per(sum(len(r.prompts) for r in reports), minutes / 15),
        "flags_per_100": per(sum(flags.values()), len(takes) / 100),
        "flags": dict(flags),
        "flagged": dict(sorted(flagged.items())),
        "prompted": dict(sorted(prompted.items())),
        "protect_per_100": per(
            sum(any(m.monitor.role == "protect" for m in r.monitors) for r in reports),
            len(takes) / 100,
        ),
    }


def main() -> None:
    """Evaluate every take and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("takes", type=Path)
    args = parser.parse_args()
    takes = [one for one in read_takes(args.takes) if one.scenario in GENUINE and is_held_out(one)]
    states = [watched_take(take) for take in takes]
    rows = rates(takes, states)
    result = {
        "question": "how often does each monitoring point fire on genuine interviews?",
        "wanted_at_most": WANTED,
        "scenarios": dict(sorted(Counter(take.scenario for take in takes).items())),
        **summary(takes, [write_up(take.facts) for take in takes]),
        "above": [row["id"] for row in rows if row["rate"] is not None and row["rate"] > WANTED],
        "points": rows,
    }
    print({key: value for key, value in result.items() if key != "points"})
    for row in rows:
        if row["fired"]:
            print(row)
    write_result("monitor_rates", result, [])


if __name__ == "__main__":
    main()
