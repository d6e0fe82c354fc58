"""Write docs/live.md from benchmarks/results/live.json.

python benchmarks/live_page.py
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from provenance import RESULTS, ROOT
from voiceprint_page import table

PAGE = ROOT / "docs" / "live.md"
RESULT = RESULTS / "live.json"
HEAD = """# Live interviews on one machine

Written by `python benchmarks/live_page.py` from `benchmarks/results/live.json`, which
`benchmarks/live.py` writes part by part. Light clients send one rendered interview, 640x480 at 30
frames/s in VP8 and Opus at 1 Mbit/s, in pieces of 150 ms; what they cost is counted apart.
Server, workers and face trackers are counted together. A frame that there was no time for is
skipped and listed in the record. Movement to card: from the end of a movement in front of the
camera until the officer's page is told of it, the 150 ms of a piece included; the goal is 1 s for
95 of 100. A movement may be told while it is not settled; of those in the table that were,
{withdrawn} went again. Piece to record: from the last picture of a piece until the page is told
that it is written.
"""
NOT_YET = "Not measured yet.\n"
COLUMNS: Mapping[str, str] = {
    "frames analyzed/s": "frames_analyzed_per_s",
    "skipped": "skipped_share",
    "cores a session": "cores_per_session",
    "cores of clients": "client_cores",
    "memory MB": "memory_mb",
    "movement to card s, p50 / p95": "movement_to_card_s",
    "piece to record s, p50 / p95": "piece_to_record_s",
    "lag s, p50 / p95": "lag_s",
    "load at end": "load_average",
}


def cell(run: Mapping[str, Any], name: str) -> str:
    """Write one value of a run."""
    value = run.get(name)
    if isinstance(value, dict):
        if not value["n"]:
            return "-"
        return f"{value['p50']:.2f} / {value['p95']:.2f} (n {value['n']})"
    if value is None:
        return "-"
    return f"{100 * value:.1f} %" if name == "skipped_share" else str(value)


def runs_in(found: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every run with its name."""
    for count, run in sorted(found.get("sessions", {}).items(), key=lambda one: int(one[0])):
        yield f"{count} session{'' if count == '1' else 's'}", run
    for part, name in (("chromium", "1 session in Chromium"), ("bad_line", "1 session, bad line")):
        if part in found:
            yield name, found[part]
    if found.get("hour", {}).get("is_whole"):
        yield "1 session, the long one", found["hour"]


def _head(found: Mapping[str, Any]) -> str:
    withdrawn = sum(run.get("movements_withdrawn") or 0 for _, run in runs_in(found))
    return HEAD.format(withdrawn=withdrawn or "none")


def _carried(found: Mapping[str, Any]) -> str:
    """Say how many sessions the machine carries, and where it bends."""
    runs = {int(count): run for count, run in found["sessions"].items()}
    most = found["goals"]["skipped_share"]
    carried = [n for n, run in runs.items() if run["skipped_share"] <= most]
    beyond = sorted(set(runs) - set(carried))
    said = f"At most {100 * most:.0f} % skipped: up to {max(carried, default=0)} sessions"
    if beyond:
        share = cell(runs[beyond[0]], "skipped_share")
        said += f"; with {beyond[0]} the machine has no more to give, and {share} are skipped"
    return f"\n{said}. The goal was {found['goals']['sessions']} sessions."


def page() -> str:
    """Return the page as the result file has it."""
    if not RESULT.is_file():
        return f"{HEAD.format(withdrawn='none')}\n{NOT_YET}"
    found = json.loads(RESULT.read_text("utf-8"))
    head = ["run", "seconds", *COLUMNS]
    rows = [
        [name, run["ran_s"], *(cell(run, key) for key in COLUMNS.values())]
        for name, run in runs_in(found)
    ]
    parts = [_head(found), table(head, rows), _carried(found), _machine(found)]
    if "hour" in found:
        parts.append(_memory(found["hour"]))
    if "bad_line" in found:
        parts.append(_line(found["bad_line"]))
    return "\n".join(parts)


def _machine(found: Mapping[str, Any]) -> str:
    machine = found["provenance"]["machine"]
    return (
        f"\nMachine: {machine['cpu']}, {machine['cores']} cores. Each part has the commit it was "
        "measured at in the file.\n"
    )


def _memory(hour: Mapping[str, Any]) -> str:
    times, memory = hour["time_s"], hour["memory_over_time_mb"]
    every = max(1, len(times) // 12)
    rows = [[round(at_s / 60, 1), mb] for at_s, mb in zip(times, memory, strict=True)][::every]
    growth = hour["growth_mb_an_hour"]
    told = "-" if growth is None else f"{growth:+.0f} MB an hour"
    broken = "" if hour["is_whole"] else " The run was broken off."
    return (
        f"## Memory of one session\n\nSlope over the last two thirds: {told}.{broken}\n\n"
        f"{table(['minute', 'MB'], rows)}\n"
    )


def _line(run: Mapping[str, Any]) -> str:
    line = run["line"]
    return (
        f"## The bad line\n\n{line['bits_per_s'] / 1e6:g} Mbit/s, "
        f"{1000 * line['round_trip_s']:.0f} ms there and back, "
        f"{100 * line['lost_share']:.0f} % of packets sent a second time; all "
        "behind a lost one wait for it, as TCP delivers in order. How TCP slows down after a loss "
        "is not modelled.\n"
    )


def main() -> None:
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
