"""The takes that movements are measured on: rendered once, tracked once, kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facesign.samples.studio.render import Job, render_all
from facesign.samples.studio.scenario import load_scenario
from facesign.samples.takes import Take, kept_take
from facesign.samples.truth import Truth, read_truth

__all__ = ["Filmed", "filmed", "render_missing", "thinned"]

SCENARIOS = Path(__file__).parent / "scenarios"
DIFFER = (
    "differ-paralysis",
    "differ-ptosis",
    "differ-tremor",
    "differ-blind-gaze",
    "differ-stutter",
)
EVERY = {"near": 1, "far": 3, "fast": 10}
"""One of how many seeds each part is rendered for."""
DIFFER_EVERY = 15


@dataclass(frozen=True, slots=True, eq=False)
class Filmed:
    """One take with its truth."""

    part: str
    """`near`, `far`, `fast`, `differ`, `15 frames/s` or `24 frames/s`."""
    name: str
    """Of the scenario."""
    seed: int
    truth: Truth
    take: Take

    @property
    def person(self) -> str:
        """Who is seen; parts of one seed show one person each."""
        return f"{self.name}-{self.seed}"


def jobs_of(seeds: Sequence[int], work: Path, scale: int = 1) -> Iterator[tuple[str, Job]]:
    """Yield the part and the job of every take."""
    for part, every in EVERY.items():
        scenario = load_scenario(SCENARIOS / f"{part}.toml")
        for seed in seeds:
            if seed % every == 0:
                yield part, Job(scenario, seed, work / f"{part}-{seed}", for_training=True)
    for name in DIFFER:
        for seed in seeds:
            if seed % DIFFER_EVERY == 0:
                folder = work / f"{name}-{seed}"
                yield "differ", Job(load_scenario(name), seed, folder, for_training=True)


def render_missing(seeds: Sequence[int], work: Path, rig_file: Path, workers: int) -> None:
    """Render what is not there yet; a folder is whole when its truth is there."""
    missing = [job for _, job in jobs_of(seeds, work) if not (job.out / "truth.json").is_file()]
    for folder in render_all(missing, rig_file, workers=workers):
        print("rendered", folder.name, flush=True)


def filmed(seeds: Sequence[int], work: Path) -> Iterator[Filmed]:
    """Yield every take, tracked; those at lower rates are near ones with frames left out."""
    for part, job in jobs_of(seeds, work):
        if not (job.out / "truth.json").is_file():
            continue
        take, truth = kept_take(job.out), read_truth(job.out / "truth.json")
        yield Filmed(part, job.scenario.name, job.seed, truth, take)
        if part == "near" and job.seed % EVERY["far"] == 0:
            for rate_hz in (15, 24):
                less = thinned(take, rate_hz)
                yield Filmed(f"{rate_hz} frames/s", job.scenario.name, job.seed, truth, less)


def thinned(take: Take, rate_hz: float) -> Take:
    """Return the frames that a slower camera would have delivered."""
    slot = np.floor(take.time_s * rate_hz + 1e-6)
    return take.frames(np.concatenate([[True], np.diff(slot) > 0]))
