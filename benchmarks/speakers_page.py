"""Write the tables of docs/speakers.md from the results of speakers.py and speakers_lips.py.

python benchmarks/speakers_page.py
"""

from __future__ import annotations

import json
import math
from typing import Any

from provenance import RESULTS, ROOT
from voiceprint_page import END, START, table

PAGE = ROOT / "docs" / "speakers.md"
CONDITIONS = {
    "two_voices": "two voices, one track",
    "office_room": "in an office room",
    "babble_15_db": "babble 15 dB below",
    "babble_10_db": "babble 10 dB below",
    "babble_5_db": "babble 5 dB below",
    "third_adult": "and a third adult",
    "third_child": "and a child",
    "tracks_no_echo": "separate tracks",
    "tracks_echo_minus_12_db": "tracks, echo 12 dB below",
    "tracks_echo_minus_3_db": "tracks, echo 3 dB below",
    "tracks_echo_third_adult": "tracks, echo and a third adult",
}
ANCHORS = {
    "sample_and_questions": "sample, questions",
    "sample_alone": "sample",
    "questions_alone": "questions",
    "questions_without_voices": "questions, no voices",
    "own_tracks": "tracks, sample, questions",
}


def shown(found: dict[str, Any], name: str) -> str:
    """Return a percentage with its interval; nothing where there was nothing to count."""
    it = found.get(name)
    if it is None:
        return "-"
    ends = it["interval_95"]
    between = (
        ""
        if ends is None or math.isnan(ends[0])
        else f" ({100 * ends[0]:.1f} to {100 * ends[1]:.1f})"
    )
    return f"{100 * it['value']:.1f}{between}"


def confusion(r: dict[str, Any]) -> str:
    """Write how much speech went to a wrong person, by condition and anchor."""
    columns = {
        "confusion": "wrong person %",
        "left_open": "left open %",
        "not_heard": "not heard %",
        "offered_that_is_the_applicants": "compared speech that is the applicant's %",
        "flagged_another_voice": "conversations flagged `another_voice` %",
    }
    rows = [
        [CONDITIONS[name], ANCHORS[anchor], it["n_conversations"], *(shown(it, c) for c in columns)]
        for name, by_anchor in r["conversations"].items()
        for anchor, it in by_anchor.items()
    ]
    return table(["conversation", "known by", "n", *columns.values()], rows)


def roles(r: dict[str, Any]) -> str:
    """Write who was taken for whom with all anchors."""
    columns = {
        "applicant_as_applicant": "applicant as applicant %",
        "applicant_as_officer": "as officer %",
        "applicant_as_other": "as another %",
        "officer_as_applicant": "officer as applicant %",
        "other_as_applicant": "another as applicant %",
        "other_as_other": "another as another %",
    }
    rows = []
    for name, by_anchor in r["conversations"].items():
        it = next(iter(by_anchor.values()))
        rows.append([CONDITIONS[name], *(shown(it, column) for column in columns)])
    return table(["conversation", *columns.values()], rows)


def lips(r: dict[str, Any]) -> str:
    """Write in how many windows of real clips the mouth moved."""
    rows = [
        [
            label,
            f"{it['n_clips']}",
            f"{it['n_moving']} of {it['n_windows']}",
            f"{it['n_clips_lips_follow']} of {it['n_clips_long_enough']}",
            f"{it['n_clips_lips_rest']} of {it['n_clips_long_enough']}",
        ]
        for label, it in (("people who talk", r["talking"]), ("who do not", r["not_talking"]))
    ]
    head = ["clips", "n", "windows that move", "clips whose lips follow", "whose lips rest"]
    return table(head, rows)


def page() -> str:
    """Return the page with the tables that the result files give."""
    found = json.loads((RESULTS / "speakers.json").read_text("utf-8"))
    seen = json.loads((RESULTS / "speakers_lips.json").read_text("utf-8"))
    limits = ", ".join(f"`{name}` {value}" for name, value in found["limits"].items())
    written = (
        f"Encoder {found['encoder']}; limits: {limits}.\n\n### Who is taken for whom\n\n"
        f"{confusion(found)}\n\nBy role, with all that is known:\n\n{roles(found)}\n\n"
        f"### Lips\n\n{lips(seen)}"
    )
    before, rest = PAGE.read_text("utf-8").split(START)
    return f"{before}{START}\n{written}\n{END}{rest.split(END)[1]}"


def main() -> None:
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
