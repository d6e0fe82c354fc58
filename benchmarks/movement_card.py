"""Write the card of the movement classifier, models/cards/movements-132.md, from its results.

python benchmarks/movement_card.py
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from provenance import RESULTS, ROOT

CARD = ROOT / "models" / "cards" / "movements-132.md"
GOALS = (
    ("F1 at amplitude 0.35 or more", "spotting_f1_amplitude_0.35", ">= 0.80"),
    ("F1 from amplitude 0.15 on", "spotting_f1", ">= 0.60"),
    ("UF1 of movements that were found", "class_uf1", ">= 0.75"),
    ("UAR of movements that were found", "class_uar", ""),
    ("calibration error of what is told", "calibration_error", "<= 0.05"),
    ("calibration error of any probability", "calibration_error_of_any_probability", ""),
    ("false a minute", "false_per_minute", ""),
    ("assessed share of the time", "coverage", ""),
)
TITLES = {
    "amplitude": "Amplitude (1 is a shape's full range)",
    "duration_ms": "Duration, ms",
    "profile": "Course over time",
    "class": "Class",
    "pose_deg": "Head turned from the camera, degrees",
    "tone": "Skin tone (Monk)",
    "eyelid": "Form of the upper lid",
    "glasses": "Glasses",
    "age": "Age, years",
    "sex": "Apparent sex",
    "texture": "Skin texture",
    "light": "Light",
    "motion": "Way of holding oneself",
    "camera": "Camera",
    "part": "Rate, face size, and people who move otherwise",
}
HEAD = """# movements-132

Written by `benchmarks/movement_card.py` from `benchmarks/results/movements.json`.

A temporal convolutional network over the 132 signals on a grid of 30 rows a second. For each row
it says whether it lies within a brief movement (40 to 500 ms), how far onset and offset are,
which of the 44 channels move, and, for research, which of four classes after the MEGC. It sees
0.4 s ahead. Licence: Apache-2.0.

**What it learned from.** Rendered people alone: `models/training/movements/takes.toml`, seeds
1001 to 1047 and 1049, filmed through H.264 and tracked by the face mesh; further movements were
put into the channels, as they answer in those people and in six who do one thing at a time. The
heads are ICT-FaceKit-light (MIT, (c) 2020 USC Institute for Creative Technologies).
No recording of a person taught it anything.

**What it does not show.** It has never been measured on spontaneous micro-expressions of real
people, which nobody here holds; published spotters reach F1 0.03 to 0.04 on those (MEGC 2025),
and there is no reason to expect far more of this one. A brief movement is a movement: it is no
sign of deception, emotion or stress, and only ever leads to a question. Classes are research
output.

"""


FRESH_FROM = 21
SEEN = (
    "No weight was fitted on these people, but they are not untouched: results of seeds 1 to 20 "
    "were seen while networks and rules were compared. Seeds from 21 on are fresh.\n\n"
)
FRESH = (
    "Nobody had seen a result of these people when weights, rules and the least probability were "
    "settled: the last was taken from takes kept out of training. Of the recordings of real people "
    "below, results of earlier networks had been seen.\n\n"
)


def card(result: Mapping[str, Any]) -> str:
    """Return the text of the card."""
    near = result["spotters"]["classifier"]["near"]
    seen = FRESH if result["seeds"][0] >= FRESH_FROM else SEEN
    parts = [HEAD, "## On rendered people with 120 px or more between the eyes\n\n", seen]
    parts.append(
        f"{near['n_people']} rendered people that taught nothing (seeds {result['seeds'][0]} to "
        f"{result['seeds'][1]}), {near['n_true']} movements in {near['assessed_s'] / 60:.1f} "
        f"assessed of {near['offered_s'] / 60:.1f} offered minutes; a movement is found with "
        "IoU >= 0.5. Intervals are over people drawn anew, 95 %.\n\n"
    )
    parts.append("| on rendered people | | goal |\n| --- | --- | --- |\n")
    parts += [f"| {name} | {result[key]} | {goal} |\n" for name, key, goal in GOALS]
    parts += ["\n", "".join(_spotters(result)), "".join(_details(result))]
    parts += ["".join(_table(name, table)) for name, table in result["tables"].items()]
    parts += ["".join(_unseen(result)), "".join(_real(result))]
    return "".join(parts)


def _spotters(result: Mapping[str, Any]) -> Iterator[str]:
    yield "## Beside simpler spotters, on the same signals of the same rendered people\n\n"
    yield "| spotter | people | precision | recall | F1 | 95 % | false a minute |\n"
    yield "| --- | --- | --- | --- | --- | --- | --- |\n"
    names = {
        "classifier": "this network",
        "rule": "the rule that came before it",
        "burst": f"a threshold of {result['burst_threshold']} on `burst`",
    }
    for key, name in names.items():
        row = result["spotters"][key]["near"]
        yield (
            f"| {name} | {row['n_people']} | {row['precision']} | {row['recall']} | {row['f1']} | "
            f"{_interval(row)} | {row['false_per_minute']} |\n"
        )
    yield "\n"


def _details(result: Mapping[str, Any]) -> Iterator[str]:
    kinds, timing = result["classes"], result["timing"]
    yield (
        "UF1 and UAR are over the classes that occur among movements of rendered people that were "
        "found: " + ", ".join(f"{n} {name}" for name, n in kinds["n_by_class"].items()) + ".\n\n"
        f"Of {kinds['n']} movements of rendered people that were found, the channel named first "
        f"moved in {kinds['first_channel_right']}; of {kinds['n_one_sided']} on one side, the side "
        f"was right in {kinds['side_right']}. Median error of onset, apex and offset: "
        + ", ".join(f"{1000 * timing[n]['median_absolute']:.0f}" for n in _TIMES)
        + " ms.\n\n"
    )
    yield (
        "What is told from a probability of "
        f"{result['least_probability']} on, of all rendered people at every rate and size, by the "
        "reliability told with it:\n\n| reliability | told | true | precision |\n"
        "| --- | --- | --- | --- |\n"
    )
    for label, row in result["reliability"].items():
        yield f"| {label} | {row['n_found']} | {row['n_hit']} | {_cell(row['precision'])} |\n"
    yield "\nProbabilities on rendered people, told or not:\n\n"
    yield "| probability | movements | mean | share true |\n| --- | --- | --- | --- |\n"
    for row in result["calibration"]["bins"]:
        span = f"{row['from']:.1f}-{row['from'] + 0.1:.1f}"
        yield f"| {span} | {row['n']} | {row['mean_probability']} | {row['share_true']} |\n"
    yield "\n"


_TIMES = ("onset_s", "apex_s", "offset_s")


def _table(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {TITLES[name]} (rendered people)\n\n"
    yield "| | people | true | found rightly | F1 | 95 % | false a minute |\n"
    yield "| --- | --- | --- | --- | --- | --- | --- |\n"
    for group, row in table["groups"].items():
        worst = " (worst)" if group == table["worst"] and len(table["groups"]) > 1 else ""
        cells = [
            f"{group}{worst}",
            *(_cell(row.get(key)) for key in ("n_people", "n_true", "n_hit", "f1")),
            _interval(row),
            _cell(row.get("false_per_minute")),
        ]
        yield "| " + " | ".join(cells) + " |\n"
    if table["worst_below_all"] is not None and len(table["groups"]) > 1:
        away = table["worst_below_all"]
        yield f"\nThe worst group of rendered people is {away} F1 below all (goal: at most 0.05).\n"
    yield "\n"


def _unseen(result: Mapping[str, Any]) -> Iterator[str]:
    if not result["unseen_generator"]:
        return
    yield "## A generator that it was not taught (rendered people)\n\n"
    yield (
        "A network trained without one family of the studio, on that family alone, beside the full "
        "network on the same movements.\n\n"
    )
    yield "| left out | true | F1, left out | F1, taught |\n| --- | --- | --- | --- |\n"
    for row in result["unseen_generator"]:
        full, without = row["full"] or {}, row["without"] or {}
        yield (
            f"| {row['left_out']} | {_cell(full.get('n_true'))} | {_cell(without.get('f1'))} | "
            f"{_cell(full.get('f1'))} |\n"
        )
    yield "\n"


def _real(result: Mapping[str, Any]) -> Iterator[str]:
    talk = result.get("real_talk")
    if talk is None:
        return
    yield "## Real people who talk\n\n"
    yield (
        f"{len(talk['clips'])} recordings, {talk['assessed_s']:.0f} s assessed of "
        f"{talk['offered_s']:.0f} s (coverage {talk['coverage']}). All events: "
        f"{talk['events_per_minute']} a minute; {talk['events_per_minute_without_gates']} with the "
        "gates off. Without those where both raters marked a brief movement by eye "
        f"(`docs/marks.md`): {talk['false_per_minute']} a minute (goal: at most 1).\n\n"
    )
    yield "| clip | assessed s | events | not marked | gates off |\n"
    yield "| --- | --- | --- | --- | --- |\n"
    for row in talk["clips"]:
        unmarked = row["n_unmarked"] if row["marked"] else "no marks"
        yield (
            f"| {row['clip']} | {row['assessed_s']} | {row['n_events']} | {unmarked} | "
            f"{row['n_events_without_gates']} |\n"
        )


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _interval(row: Mapping[str, Any]) -> str:
    low, high = row["f1_interval"]
    return "" if low is None else f"{low}-{high}"


def main() -> None:
    result = json.loads((RESULTS / "movements.json").read_text("utf-8"))
    CARD.parent.mkdir(exist_ok=True)
    CARD.write_text(card(result), "utf-8")


if __name__ == "__main__":
    main()
