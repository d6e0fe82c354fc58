"""Counting what was found: one take at a time, then over people, in groups, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from movement_reading import length_s, meets
from movement_takes import Filmed

from facesign.biometrics.face.movements import Movement, Unassessed
from facesign.biometrics.spotting import Spotting, calibration_error, match, uf1_uar
from facesign.samples.truth import Movement as Moved

__all__ = [
    "CLASSES",
    "Judged",
    "Scored",
    "by_reliability",
    "calibration",
    "classes",
    "interval",
    "judge",
    "scores",
    "timing",
]

LEAST_IOU = 0.5
LEAST_AMPLITUDE = 0.15
CLASSES = ("positive", "negative", "surprise", "other")
N_RESAMPLES = 2000
SEED = 0


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """One movement that was found, and the true one that it is, if it is one."""

    found: Movement
    true: Moved | None


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What one spotter made of one take."""

    filmed: Filmed
    true: tuple[Moved, ...]
    """The movements that count: strong enough, and in assessed time."""
    scored: tuple[Scored, ...]
    """What was found, without what matches a movement that does not count."""
    assessed_s: float
    offered_s: float
    unassessed: tuple[Unassessed, ...]

    def counts(
        self, wanted: Callable[[Moved], bool] = lambda _: True, *, with_false: bool = True
    ) -> Spotting:
        """Count movements; false ones belong to no group of true ones and may be left out."""
        hits = sum(s.true is not None and wanted(s.true) for s in self.scored)
        false = sum(s.true is None for s in self.scored) if with_false else 0
        return Spotting(sum(map(wanted, self.true)), hits + false, hits)


def judge(
    filmed: Filmed, items: Sequence[Movement | Unassessed], gaps: Sequence[Unassessed]
) -> Judged:
    """Hold what a spotter found against the truth.

    Args:
        filmed: The take.
        items: What the spotter yielded.
        gaps: Where movements are not assessed, the same for every spotter.
    """
    found = [item for item in items if isinstance(item, Movement)]
    brief = filmed.truth.brief_movements
    counts = [
        move.amplitude >= LEAST_AMPLITUDE and not meets(move.onset_s, move.offset_s, gaps)
        for move in brief
    ]
    pairs = dict(
        match(
            [(m.onset_s, m.offset_s) for m in found],
            [(m.onset_s, m.offset_s) for m in brief],
            least_iou=LEAST_IOU,
        )
    )
    scored = [
        Scored(move, brief[pairs[i]] if i in pairs else None)
        for i, move in enumerate(found)
        if i not in pairs or counts[pairs[i]]
    ]
    offered_s = float(filmed.take.time_s[-1] - filmed.take.time_s[0])
    return Judged(
        filmed,
        tuple(move for move, counted in zip(brief, counts, strict=True) if counted),
        tuple(scored),
        max(offered_s - length_s(gaps), 0.0),
        offered_s,
        tuple(gaps),
    )


def scores(judged: Sequence[Judged]) -> dict[str, Any]:
    """Return the scores of some takes together."""
    total = sum((one.counts() for one in judged), Spotting(0, 0, 0))
    assessed_s, offered_s = sum(j.assessed_s for j in judged), sum(j.offered_s for j in judged)
    false = total.n_found - total.n_hit
    return {
        "n_people": len({one.filmed.person for one in judged}),
        "n_true": total.n_true,
        "n_found": total.n_found,
        "n_hit": total.n_hit,
        "precision": _rounded(total.precision),
        "recall": _rounded(total.recall),
        "f1": _rounded(total.f1),
        "f1_interval": interval(judged, lambda js: _f1([j.counts() for j in js])),
        "n_false": false,
        "false_per_minute": _rounded(60 * false / assessed_s if assessed_s else float("nan")),
        "assessed_s": round(assessed_s, 1),
        "offered_s": round(offered_s, 1),
        "coverage": _rounded(assessed_s / offered_s if offered_s else float("nan")),
        "unassessed_s": _by_reason([gap for one in judged for gap in one.unassessed]),
    }


def _by_reason(gaps: Sequence[Unassessed]) -> dict[str, float]:
    """Return the seconds of each reason; spans of two reasons may share some."""
    reasons = sorted({gap.reason for gap in gaps})
    return {r: round(sum(g.end_s - g.start_s for g in gaps if g.reason == r), 1) for r in reasons}


def classes(judged: Sequence[Judged]) -> dict[str, Any]:
    """Return how often the class of a movement that was found is right."""
    hits = [s for j in judged for s in j.scored if s.true is not None]
    uf1, uar = uf1_uar(
        [s.true.name for s in hits if s.true], [s.found.megc_class for s in hits], CLASSES
    )
    sides = [s for s in hits if s.true is not None and s.true.side != "both"]
    right_side = [s for s in sides if s.true and _side_of(s.found.channels) == s.true.side]
    named = [s for s in hits if s.true and s.found.channels[0] in s.true.channels]
    return {
        "n": len(hits),
        "n_by_class": {name: sum(s.true.name == name for s in hits if s.true) for name in CLASSES},
        "class_uf1": _rounded(uf1),
        "class_uar": _rounded(uar),
        "n_one_sided": len(sides),
        "side_right": _rounded(len(right_side) / len(sides) if sides else float("nan")),
        "first_channel_right": _rounded(len(named) / len(hits) if hits else float("nan")),
    }


def timing(judged: Sequence[Judged]) -> dict[str, Any]:
    """Return how far onset, apex and offset are off, in seconds."""
    hits = [s for j in judged for s in j.scored if s.true is not None]
    out: dict[str, Any] = {"n": len(hits)}
    for name in ("onset_s", "apex_s", "offset_s"):
        off = np.array([getattr(s.found, name) - getattr(s.true, name) for s in hits])
        if len(off):
            out[name] = {
                "median": _rounded(float(np.median(off))),
                "median_absolute": _rounded(float(np.median(np.abs(off)))),
                "p90_absolute": _rounded(float(np.percentile(np.abs(off), 90))),
            }
    return out


def calibration(judged: Sequence[Judged]) -> dict[str, Any]:
    """Return how well probabilities hold, in bins."""
    told = [s for j in judged for s in j.scored if s.found.probability is not None]
    probability = np.array([s.found.probability for s in told], np.float32)
    hit = np.array([s.true is not None for s in told], np.bool_)
    bins = np.minimum((probability * 10).astype(int), 9)
    return {
        "n": len(told),
        "calibration_error": _rounded(calibration_error(probability, hit)),
        "bins": [
            {
                "from": b / 10,
                "n": int((bins == b).sum()),
                "mean_probability": _rounded(float(probability[bins == b].mean())),
                "share_true": _rounded(float(hit[bins == b].mean())),
            }
            for b in range(10)
            if (bins == b).any()
        ],
    }


def by_reliability(judged: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    """Return how often what is told with each reliability is true, at every rate and size."""
    out = {}
    for label in ("high", "medium", "low"):
        hits = [
            s.true is not None for j in judged for s in j.scored if s.found.reliability == label
        ]
        out[label] = {
            "n_found": len(hits),
            "n_hit": sum(hits),
            "precision": _rounded(sum(hits) / len(hits) if hits else float("nan")),
        }
    return out


def interval(
    judged: Sequence[Judged], value: Callable[[list[Judged]], float]
) -> list[float | None]:
    """Return the 95 % interval of a value over people drawn anew."""
    people: dict[str, list[Judged]] = {}
    for one in judged:
        people.setdefault(one.filmed.person, []).append(one)
    groups = list(people.values())
    if len(groups) < 2:
        return [None, None]
    rng = np.random.default_rng(SEED)
    drawn = [
        value([one for i in rng.integers(len(groups), size=len(groups)) for one in groups[i]])
        for _ in range(N_RESAMPLES)
    ]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return [_rounded(float(low)), _rounded(float(high))]


def _f1(counts: Iterable[Spotting]) -> float:
    return sum(counts, Spotting(0, 0, 0)).f1


def _side_of(channels: Sequence[str]) -> str:
    sides = {name.rpartition(".")[2] for name in channels} & {"left", "right"}
    return sides.pop() if len(sides) == 1 else "both"


def _rounded(value: float) -> float | None:
    return round(value, 3) if np.isfinite(value) else None
