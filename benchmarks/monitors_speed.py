"""Measure how many observations a second all monitoring points take, on one core.

The stream holds every name that a point reads, in random order of kind, as dense as the count:
values lie on both sides of the thresholds, so that points fire as well.

    python benchmarks/monitors_speed.py
"""

from __future__ import annotations

import argparse
import os
import time
import tracemalloc

import numpy as np
from provenance import write_result

from facesign.biometrics.observation import Observation
from facesign.interview.risk.monitors import monitors
from facesign.interview.risk.watch import RiskWatch

GOAL_PER_S = 10_000
PER_MINUTE = 240
"""Observations a minute of interview: a lively one has about 150."""


def stream(n: int, seed: int) -> list[Observation]:
    """Make observations of every name that is read, and of some that nobody reads."""
    rng = np.random.default_rng(seed)
    names = sorted({name for one in monitors() for name in one.reads})
    names += ["blink", "signals.au12", "face.present", "pause"]
    starts_s = np.sort(rng.uniform(0, 60 * n / PER_MINUTE, n))
    return [
        Observation(
            name=str(rng.choice(names)),
            start_s=float(start_s),
            end_s=float(start_s + rng.exponential(3.0)),
            value=float(rng.normal(1.0, 4.0)),
            unit="1",
            baseline_median=0.5,
            baseline_mad=0.2,
        )
        for start_s in starts_s
    ]


def main() -> None:
    """Time the watch over streams of several lengths."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=50_000)
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    observations = stream(args.n, 0)
    rates, worst_ms = [], []
    for _ in range(args.repeats):
        watching = RiskWatch()
        slowest_s, began = 0.0, time.process_time()
        for one in observations:
            before = time.process_time()
            watching.push(one)
            slowest_s = max(slowest_s, time.process_time() - before)
        watching.finish()
        rates.append(args.n / (time.process_time() - began))
        worst_ms.append(1000 * slowest_s)
    tracemalloc.start()
    watching = RiskWatch()
    for one in observations:
        watching.push(one)
    grown_mb = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    result = {
        "question": "how many observations a second do all monitoring points take on one core?",
        "n_observations": args.n,
        "repeats": args.repeats,
        "goal_per_s": GOAL_PER_S,
        "per_s": {"median": round(float(np.median(rates))), "least": round(min(rates))},
        "slowest_push_ms": round(float(np.median(worst_ms)), 2),
        "memory_mb": round(grown_mb, 1),
        "n_points_alive": sum(one.is_alive for one in monitors()),
        "fired": len(watching.state().fired),
        "threads": os.environ.get("OMP_NUM_THREADS", "default"),
    }
    print(result)
    write_result("monitors_speed", result, [])


if __name__ == "__main__":
    main()
