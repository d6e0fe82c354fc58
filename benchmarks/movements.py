"""How often brief movements are found, and how often something else is taken for one.

Rendered people that taught nothing (seeds below 1000) are filmed through the codec, tracked
and read as `facesign face events` reads a file. A movement is found where a span overlaps it
with IoU >= 0.5, one to one. Movements count from an amplitude of 0.15 of full range on and
where they lie in assessed time; what matches a weaker or unassessed one is neither hit nor
false, all else that is found is false: slow expressions, talk, blinks, swallows, nothing at
all. Spans that are not assessed are the same for every spotter. In groups of movements, false
ones, which belong to none, are shared out by the groups' sizes; above an amplitude of 0.35 all
of them count. Class scores are over movements that were found. The same signals go to the
trained classifier, to the rule that came before it, and to a plain threshold on `burst`, whose
height is chosen on the takes that taught the classifier.

    python benchmarks/movements.py --seeds 1-30 --work FOLDER [--workers N] [--onnx FILE]
        [--training TAKES] [--left-out KIND=NAME=FILE ...] [--data FACESIGN_DATA]

Writes benchmarks/results/movements.json and docs/images/movements.svg.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from burst_spotter import BurstSpotter, best_threshold
from movement_groups import left_out_of, tables
from movement_picture import picture
from movement_reading import drive, outside, read
from movement_scores import (
    Judged,
    by_reliability,
    calibration,
    classes,
    judge,
    scores,
    timing,
)
from movement_takes import Filmed, filmed, render_missing
from provenance import RESULTS, ROOT, write_result
from real_talk import real_talk
from rule_spotter import RuleSpotter
from trained import open_trained

from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.movements import MovementSpotter, Unassessed
from facesign.biometrics.face.spotter import LEAST_PROBABILITY, ClassifierSpotter
from facesign.biometrics.spotting import Spotting
from facesign.models.runtime import Model
from facesign.samples.studio.rig import find_rig
from facesign.samples.takes import sharp_blocks_of

PICTURE = ROOT / "docs" / "images" / "movements.svg"
WHAT_COUNTS = (
    "brief movements of amplitude 0.15 or more in assessed time, found with IoU >= 0.5, one to "
    "one; what matches a weaker or unassessed one is neither hit nor false; slow expressions, "
    "habits, look-alikes and blinks are false; class scores are over movements that were found; "
    "intervals draw people anew"
)
THRESHOLDS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
ANYTHING = "classifier, any probability"
Spotters = Mapping[str, Callable[[], MovementSpotter]]


def judged_by(one: Filmed, spotters: Spotters) -> dict[str, Judged]:
    """Run every spotter over one take; the classifier, which comes first, says where."""
    signals = list(read(sharp_blocks_of(one.take), SignalMeter("calm_start")))
    out: dict[str, Judged] = {}
    gaps: list[Unassessed] | None = None
    for name, make in spotters.items():
        items = drive(signals, make())
        if gaps is None:
            gaps = [item for item in items if isinstance(item, Unassessed)]
        out[name] = judge(one, outside(items, gaps), gaps)
    return out


def operating_curve(judged: Sequence[Judged]) -> Iterator[dict[str, Any]]:
    """Yield the scores at several least probabilities."""
    for least in THRESHOLDS:
        less = [
            Judged(
                j.filmed,
                j.true,
                tuple(s for s in j.scored if (s.found.probability or 0) >= least),
                j.assessed_s,
                j.offered_s,
                j.unassessed,
            )
            for j in judged
        ]
        yield {"least_probability": least, **scores(less)}


def main_set(near: Sequence[Judged], anything: Sequence[Judged]) -> dict[str, Any]:
    """Return the scores at the top of the result."""
    total, kinds = scores(near), classes(near)
    strong = sum((j.counts(lambda m: m.amplitude >= 0.35) for j in near), start=Spotting(0, 0, 0))
    return {
        "spotting_f1": total["f1"],
        "spotting_f1_amplitude_0.35": round(strong.f1, 3),
        "class_uf1": kinds["class_uf1"],
        "class_uar": kinds["class_uar"],
        "false_per_minute": total["false_per_minute"],
        "coverage": total["coverage"],
        "calibration_error": calibration(near)["calibration_error"],
        "calibration_error_of_any_probability": calibration(anything)["calibration_error"],
    }


def measure(args: argparse.Namespace) -> dict[str, Any]:
    seeds = range(args.seeds[0], args.seeds[1] + 1)
    if not args.no_render:
        render_missing(seeds, args.work, find_rig(args.rig), args.workers)
    model = open_trained(args.onnx)
    threshold = best_threshold(args.training)
    spotters: dict[str, Callable[[], MovementSpotter]] = {
        "classifier": lambda: ClassifierSpotter(model),
        ANYTHING: lambda: ClassifierSpotter(model, least_probability=0.0),
        "rule": RuleSpotter,
        "burst": lambda: BurstSpotter(threshold),
    }
    takes = list(filmed(seeds, args.work))
    judged = [judged_by(one, spotters) for one in takes]
    parts = sorted({one.part for one in takes})
    own = {part: [j["classifier"] for j in judged if _part(j) == part] for part in parts}
    near = own["near"]
    anything = [j[ANYTHING] for j in judged if _part(j) == "near"]
    result: dict[str, Any] = {
        "question": "how often are brief movements of rendered people found, and found falsely?",
        **main_set(near, anything),
        "seeds": list(args.seeds),
        "people": "rendered; none of them taught the classifier",
        "what_counts": WHAT_COUNTS,
        "spotters": {
            name: {part: scores([j[name] for j in judged if _part(j) == part]) for part in parts}
            for name in spotters
            if name != ANYTHING
        },
        "burst_threshold": round(threshold, 2),
        "classes": classes(near),
        "timing": timing(near),
        "calibration": calibration(anything),
        "least_probability": LEAST_PROBABILITY,
        "operating_curve": list(operating_curve(anything)),
        "reliability": by_reliability([j["classifier"] for j in judged]),
        "tables": tables(near, own),
        "unseen_generator": [
            left_out_of(near, [judged_by(j.filmed, _alone(other)) for j in near], left_out)
            for left_out, other in _others(args.left_out)
        ],
    }
    if args.data is not None:
        result["real_talk"] = real_talk(args.data, model)
    PICTURE.write_text(picture(near), "utf-8")
    return result


def _part(judged: Mapping[str, Judged]) -> str:
    return judged["classifier"].filmed.part


def _alone(model: Model) -> Spotters:
    return {"classifier": lambda: ClassifierSpotter(model)}


def _others(given: Sequence[str]) -> Iterator[tuple[str, Model]]:
    for text in given:
        left_out, _, file = text.rpartition("=")
        yield left_out, open_trained(Path(file))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=_range, required=True, help="such as 1-30")
    parser.add_argument("--work", type=Path, required=True, help="folder of takes, kept")
    parser.add_argument("--training", type=Path, required=True, help="takes that taught it")
    parser.add_argument("--onnx", type=Path, help="another network than the one that ships")
    parser.add_argument("--left-out", nargs="*", default=[], help="camera=phone=FILE.onnx ...")
    parser.add_argument("--data", type=Path, help="recordings of real people")
    parser.add_argument("--rig", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--no-render", action="store_true", help="use what is in the folder")
    args = parser.parse_args()
    write_result("movements", measure(args), [])
    print(RESULTS / "movements.json")


def _range(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return int(first), int(last or first)


if __name__ == "__main__":
    main()
