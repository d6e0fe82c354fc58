"""Analyze every clip in face/video: speed, outcome, reasons, counts; into a table.

python benchmarks/clips.py [--data FOLDER]       analyzes, writes clips.json and the table
python benchmarks/clips.py --table               writes docs/clips.md from clips.json alone
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from provenance import RESULTS, ROOT, add_data_argument, clips_in, write_result

import facesign
from facesign.interview.home import Settings
from facesign.interview.report import Report

TABLE = ROOT / "docs" / "clips.md"
HEAD = """# Every clip of the development recordings

Written by `benchmarks/clips.py` from `benchmarks/results/clips.json`; frames/s is the whole of
`facesign.analyze`, start-up and report included, on a machine that was doing other work too.
What each clip should give, set by looking at it, is in `tests/interview/expected_clips.toml`.

Each of them lacks consent, identity evidence and an analyser of genuineness, so
`not_checked:consent`, `not_checked:identity` and `not_checked:genuineness` stand for all and
are left out here.

"""
ALWAYS = {"not_checked:consent", "not_checked:identity", "not_checked:genuineness"}
COLUMNS = (
    "clip",
    "s",
    "frames",
    "frames/s",
    "outcome",
    "further reasons",
    "not assessed",
    "flags (s)",
    "blinks",
    "movements",
    "eyes px",
    "rate Hz",
)


def measure(clip: Path) -> dict[str, Any]:
    start_s = time.perf_counter()
    report = facesign.analyze(clip, settings=Settings())
    return _row(clip.name, report, time.perf_counter() - start_s)


def _row(name: str, report: Report, wall_s: float) -> dict[str, Any]:
    values = report.to_dict()
    quality = {observation.name: observation.value for observation in report.quality}
    n_frames = report.signals.n_frames
    return {
        "clip": name,
        "duration_s": round(values["media"]["duration_s"], 3),
        "n_frames": n_frames,
        "wall_s": round(wall_s, 2),
        "frames_per_s": round(n_frames / wall_s, 1),
        "outcome": report.outcome,
        "reasons": [reason.code for reason in report.reasons],
        "not_assessed": {check.check: check.reason for check in report.not_checked},
        "flags": [
            {"code": flag.code, "start_s": round(flag.start_s, 2), "end_s": round(flag.end_s, 2)}
            for flag in report.flags
        ],
        "n_blinks": len(_lane(values, "blink")),
        "n_movements": len(values["movements"]),
        "inter_ocular_px": _rounded(quality.get("quality.size")),
        "rate_hz": _rounded(quality.get("quality.rate")),
        "quality": {name: _rounded(value, 3) for name, value in quality.items()},
    }


def _lane(values: dict[str, Any], name: str) -> list[Any]:
    lanes = {lane["name"]: lane for lane in values["timeline"]["lanes"]}
    return list(lanes[name]["spans"]) if name in lanes else []


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)


def table(rows: Iterable[dict[str, Any]]) -> str:
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in rows]
    return HEAD + "\n".join(lines) + "\n"


def _cells(row: dict[str, Any]) -> Iterator[str]:
    yield row["clip"]
    yield f"{row['duration_s']:.1f}"
    yield str(row["n_frames"])
    yield f"{row['frames_per_s']:.0f}"
    yield row["outcome"]
    yield ", ".join(code for code in row["reasons"] if code not in ALWAYS)
    own = {k: v for k, v in row["not_assessed"].items() if f"not_checked:{k}" not in ALWAYS}
    yield ", ".join(f"{check}: {reason}" for check, reason in own.items())
    yield ", ".join(f"{f['code']} {f['start_s']:.1f}-{f['end_s']:.1f}" for f in row["flags"])
    yield str(row["n_blinks"])
    yield str(row["n_movements"])
    yield _number(row["inter_ocular_px"])
    yield _number(row["rate_hz"])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_argument(parser)
    parser.add_argument("--table", action="store_true", help="only rewrite the table")
    args = parser.parse_args()
    if not args.table:
        clips = clips_in(args.data)
        rows = []
        for clip in clips:
            rows.append(measure(clip))
            print(" | ".join(_cells(rows[-1])), flush=True)
        write_result("clips", {"clips": rows}, clips)
    rows = json.loads((RESULTS / "clips.json").read_text("utf-8"))["clips"]
    TABLE.write_text(table(rows), "utf-8")


if __name__ == "__main__":
    main()
