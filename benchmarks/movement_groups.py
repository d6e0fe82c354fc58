"""The tables of the movements benchmark: by what moved, who moved, and how it was filmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from movement_scores import Judged, interval, scores

from facesign.biometrics.spotting import Spotting
from facesign.samples.truth import Movement

__all__ = ["left_out_of", "tables"]

AMPLITUDES = ((0.15, 0.2), (0.2, 0.35), (0.35, 0.5), (0.5, 0.71))
DURATIONS_MS = ((40, 100), (100, 200), (200, 350), (350, 501))
Trait = Callable[[Judged], str]


def tables(
    near: Sequence[Judged], parts: Mapping[str, Sequence[Judged]]
) -> dict[str, dict[str, Any]]:
    """Return every table; each names its worst group."""
    by_move: dict[str, list[tuple[str, Callable[[Movement], bool]]]] = {
        "amplitude": [
            (f"{a:g}-{min(b, 0.7):g}", lambda m, a=a, b=b: a <= m.amplitude < b)
            for a, b in AMPLITUDES
        ],
        "duration_ms": [
            (f"{a}-{min(b, 500)}", lambda m, a=a, b=b: a <= 1000 * (m.offset_s - m.onset_s) < b)
            for a, b in DURATIONS_MS
        ],
        "profile": [
            (name, lambda m, name=name: m.profile == name)
            for name in ("sine", "asymmetric", "double", "plateau", "lingering")
        ],
        "class": [
            (name, lambda m, name=name: m.name == name)
            for name in ("positive", "negative", "surprise", "other")
        ],
    }
    out = {name: _of_moves(near, groups) for name, groups in by_move.items()}
    out["pose_deg"] = _of_poses(near)
    for name, trait in TRAITS.items():
        out[name] = _of_takes(near, trait)
    out["part"] = _worst_named({part: scores(judged) for part, judged in parts.items()})
    mean = scores(near)["f1"]
    return {name: _below(table, mean) for name, table in out.items()}


def _below(table: Mapping[str, Any], mean: float | None) -> dict[str, Any]:
    """Say how far the worst group is below everybody together."""
    worst = table["groups"][table["worst"]]["f1"] if table["worst"] is not None else None
    below = None if worst is None or mean is None else round(mean - worst, 3)
    return {**table, "worst_below_all": below}


def _person(judged: Judged, key: str) -> Any:
    return judged.filmed.truth.people[0][key]


def _tone(judged: Judged) -> str:
    tone = int(_person(judged, "tone"))
    return "1-3" if tone <= 3 else "4-6" if tone <= 6 else "7-10"


def _age(judged: Judged) -> str:
    age = float(_person(judged, "age_years"))
    return "20-39" if age < 40 else "40-59" if age < 60 else "60-75"


TRAITS: Mapping[str, Trait] = {
    "tone": _tone,
    "eyelid": lambda j: str(_person(j, "eyelid")),
    "glasses": lambda j: str(_person(j, "glasses")),
    "age": _age,
    "sex": lambda j: str(_person(j, "sex")),
    "texture": lambda j: j.filmed.truth.families["texture"][0],
    "light": lambda j: j.filmed.truth.families["light"][0],
    "motion": lambda j: j.filmed.truth.families["motion"][0],
    "camera": lambda j: str(j.filmed.truth.conditions["camera"]["family"]),
}


def _of_takes(judged: Sequence[Judged], trait: Trait) -> dict[str, Any]:
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(trait(one), []).append(one)
    return _worst_named({name: scores(group) for name, group in sorted(groups.items())})


def _of_moves(
    judged: Sequence[Judged], groups: Sequence[tuple[str, Callable[[Movement], bool]]]
) -> dict[str, Any]:
    """Score groups of movements; false ones are shared out by the groups' sizes."""

    def f1(some: Sequence[Judged], wanted: Callable[[Movement], bool]) -> float:
        total = sum((j.counts(wanted, with_false=False) for j in some), Spotting(0, 0, 0))
        whole = sum((j.counts() for j in some), Spotting(0, 0, 0))
        share = (whole.n_found - whole.n_hit) * total.n_true / max(whole.n_true, 1)
        return 2 * total.n_hit / max(total.n_true + total.n_hit + share, 1e-9)

    out = {}
    for name, wanted in groups:
        total = sum((j.counts(wanted, with_false=False) for j in judged), Spotting(0, 0, 0))
        if total.n_true:
            out[name] = {
                "n_true": total.n_true,
                "n_hit": total.n_hit,
                "recall": round(total.recall, 3),
                "f1": round(f1(judged, wanted), 3),
                "f1_interval": interval(judged, lambda some, w=wanted: f1(some, w)),
            }
    return _worst_named(out)


def _of_poses(judged: Sequence[Judged]) -> dict[str, Any]:
    """Group movements by how far the head is turned from the camera at the apex."""
    turned: dict[int, float] = {}
    for one in judged:
        poses = one.filmed.truth.poses
        view = one.filmed.truth.conditions["view"]
        for move in one.filmed.truth.brief_movements:
            held = [p for p in poses if p.start_s <= move.apex_s and p.kind == "pose"]
            yaw = (held[-1].yaw_deg if held else 0.0) - float(view["aside_deg"])
            pitch = (held[-1].pitch_deg if held else 0.0) - float(view["height_deg"])
            turned[id(move)] = float(np.hypot(yaw, pitch))

    def within(low: float, high: float) -> Callable[[Movement], bool]:
        return lambda m: low <= turned[id(m)] < high

    return _of_moves(
        judged, [("0-8", within(0, 8)), ("8-15", within(8, 15)), ("15-", within(15, 99))]
    )


def _worst_named(groups: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    known = {name: row["f1"] for name, row in groups.items() if row["f1"] is not None}
    worst = min(known, key=lambda name: known[name]) if known else None
    return {"groups": dict(groups), "worst": worst}


def left_out_of(
    near: Sequence[Judged], others: Sequence[Mapping[str, Judged]], left_out: str
) -> dict[str, Any]:
    """Score a network on the family that it was not taught, beside the full network."""
    kind, _, name = left_out.partition("=")
    other = [judged["classifier"] for judged in others]
    if kind == "pulse":
        groups = [(name, lambda m: m.profile == name)]
        full, without = _of_moves(near, groups), _of_moves(other, groups)
        return {
            "left_out": left_out,
            "full": full["groups"].get(name),
            "without": without["groups"].get(name),
        }
    chosen = [i for i, judged in enumerate(near) if TRAITS[kind](judged) == name]
    return {
        "left_out": left_out,
        "full": scores([near[i] for i in chosen]),
        "without": scores([other[i] for i in chosen]),
    }
