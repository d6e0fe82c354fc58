"""Measure resident memory over an hour of interview: one clip, looped.

python benchmarks/memory.py [--data FOLDER] [--clip NAME] [--minutes 60]
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from looped import looped
from provenance import add_data_argument, write_result

import facesign
from facesign.interview.home import Settings

MB = 2**20
SETTLED_S = 300.0
SAMPLE_EVERY_S = 10.0
PEAK_BUDGET_MB = 1024
GROWTH_BUDGET_MB = 50


class Sampler:
    """Note resident memory every ten seconds of media time."""

    def __init__(self) -> None:
        self.samples: list[tuple[float, float]] = []
        self._next_s = 0.0

    def __call__(self, done_s: float, total_s: float | None) -> None:
        """Take the progress of an analysis."""
        if done_s >= self._next_s:
            self.samples.append((round(done_s, 1), resident_mb()))
            self._next_s = done_s + SAMPLE_EVERY_S


def resident_mb() -> float:
    """Of this process and of the face tracker's."""
    own = Path("/proc/self")
    children = (own / "task" / str(os.getpid()) / "children").read_text().split()
    folders = [own, *(Path("/proc") / child for child in children)]
    pages = sum(int((folder / "statm").read_text().split()[1]) for folder in folders)
    return round(pages * os.sysconf("SC_PAGE_SIZE") / MB, 1)


def peak_mb() -> float:
    """Of this process and of the largest that ended, as if they had come together."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return round(sum(resource.getrusage(each).ru_maxrss for each in who) / 1024, 1)


def measure(clip: Path, minutes: float) -> dict[str, Any]:
    sampler, start_s = Sampler(), time.perf_counter()
    with looped(clip, minutes * 60) as path, tempfile.TemporaryDirectory() as out:
        report = facesign.analyze(path, settings=Settings(), progress=sampler)
        read_mb, analyzed_s = resident_mb(), time.perf_counter() - start_s
        report.save(out)
    settled = [mb for done_s, mb in sampler.samples if done_s >= SETTLED_S]
    return {
        "question": "does memory stay bounded over a long recording?",
        "clip": clip.name,
        "minutes": minutes,
        "n_frames": report.signals.n_frames,
        "n_observations": len(report.observations),
        "n_flags": len(report.flags),
        "wall_s": round(analyzed_s, 1),
        "peak_mb": peak_mb(),
        "growth_after_minute_5_mb": round(max(settled) - settled[0], 1) if settled else None,
        "after_analysis_mb": read_mb,
        "after_saving_mb": resident_mb(),
        "budget": {"peak_mb": PEAK_BUDGET_MB, "growth_after_minute_5_mb": GROWTH_BUDGET_MB},
        "resident_mb": [{"media_s": at_s, "mb": mb} for at_s, mb in sampler.samples],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_argument(parser)
    parser.add_argument("--clip", default="lp_d6.mp4", help="name in face/video")
    parser.add_argument("--minutes", type=float, default=60.0)
    args = parser.parse_args()
    clip = args.data / "face" / "video" / args.clip
    result = measure(clip, args.minutes)
    print(write_result("memory", result, [clip]))
    print({key: value for key, value in result.items() if key != "resident_mb"})


if __name__ == "__main__":
    main()
