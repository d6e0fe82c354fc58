"""Write the tables of docs/overlap.md from benchmarks/results/overlap.json.

python benchmarks/overlap_page.py
"""

from __future__ import annotations

import json
from typing import Any

from provenance import RESULTS, ROOT
from voiceprint_page import END, START, table

PAGE = ROOT / "docs" / "overlap.md"
LIMITS = ROOT / "biometrics" / "speakers" / "overlapped-speech.json"
CONDITIONS = {
    "all": "all",
    "clean": "as recorded",
    "babble": "babble, 10 to 20 dB",
    "noise": "pink noise, 10 to 20 dB",
    "room": "in a room",
}


def ways(r: dict[str, Any]) -> str:
    found_by_cues = {name: it for name, it in r["cues"].items() if name != "model"}
    rows = [
        [
            name,
            *(f"{found[one]['area']:.3f}" for one in CONDITIONS),
            f"{100 * found['all']['found_at_2_percent']:.0f}",
        ]
        for name, found in {**found_by_cues, "the network": r["network"]["roc"]}.items()
    ]
    head = ["way", *CONDITIONS.values(), "found % where 2 % of single people are refused"]
    return table(head, rows)


def shown(found: dict[str, Any]) -> str:
    low, high = found["interval_95"]
    return f"{100 * found['above']:.1f} ({100 * low:.1f} to {100 * high:.1f})"


def limits(r: dict[str, Any]) -> str:
    measured = {"a piece of 1.5 s": r["network"]["at_limit"]}
    measured |= {
        f"a recording of {name}": it for name, it in r["recordings"].items() if name != "model"
    }
    rows = [
        [
            what,
            CONDITIONS[name],
            f"{found[name]['single']['n']} / {found[name]['mixed']['n']}",
            shown(found[name]["single"]),
            shown(found[name]["mixed"]),
        ]
        for what, found in measured.items()
        for name in CONDITIONS
    ]
    head = ["", "condition", "n single / two", "single people taken for two %", "two noticed %"]
    return table(head, rows)


def bundled(r: dict[str, Any]) -> str:
    rows = [
        [
            name,
            f"{one['n_single_above']} of {one['n_single']}",
            f"{one['n_two_above']} of {one['n_two']}",
        ]
        for name, one in r["bundled"].items()
        if name != "model"
    ]
    return table(["recordings of", "one voice taken for two", "two noticed"], rows)


def synthetic() -> str:
    """Say what the held-out synthetic voices gave when the limits were chosen."""
    rests_on = json.loads(LIMITS.read_text("utf-8"))["rests_on"]
    rows = [
        [
            length,
            kind,
            f"{one[kind]['n_single']} / {one[kind]['n_two']}",
            f"{100 * one[kind]['single_refused']:.1f}",
            f"{100 * one[kind]['two_noticed']:.1f}",
        ]
        for length, one in rests_on.items()
        for kind in ("people", "synthetic")
    ]
    head = ["length", "voices", "n single / two", "single taken for two %", "two noticed %"]
    return table(head, rows)


def page() -> str:
    """Return the page with the tables that the result file gives."""
    r = json.loads((RESULTS / "overlap.json").read_text("utf-8"))
    written = (
        f"{r['network']['model']}, {r['n_people']} people of `speech/dev`; limits: "
        f"{r['network']['at_limit']['limit']} in a piece, "
        f"{r['recordings']['6 s']['limit']} in a recording of up to 6 s, "
        f"{r['recordings']['15 s']['limit']} in one of 15 s; "
        f"{r['network']['cpu_ms_a_piece']:.1f} ms of CPU a piece."
        "\n\n### Ways compared\n\nArea under the ROC on one set of pieces of 1.5 s, "
        f"by condition.\n\n{ways(r)}\n\n### At the limits in force\n\n{limits(r)}"
        f"\n\n### Where the limits were chosen\n\n{synthetic()}"
        f"\n\n### Voices of the bundled interviews\n\n{bundled(r)}"
    )
    before, rest = PAGE.read_text("utf-8").split(START)
    return f"{before}{START}\n{written}\n{END}{rest.split(END)[1]}"


def main() -> None:
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
