"""How many live interviews does one machine carry, and how late are their cards?

    python benchmarks/live.py --sessions 1 2 4 8 --seconds 90
    python benchmarks/live.py --hour
    python benchmarks/live.py --chromium
    python benchmarks/live.py --bad-line

Light clients in a process of their own send one interview of 640x480 at 30 frames/s, encoded
beforehand as a browser does (VP8, Opus, pieces of 150 ms), over real sockets to a real server.
What the clients cost is counted apart. Each part goes into the result file as soon as it is
measured, beside the parts that are there.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import live_line
from live_clients import BITS_PER_S, PIECE_S, SIZE, container, send_all
from live_line import bad_line
from live_measuring import Samples, measure
from provenance import COMMIT, RESULTS, UNCOMMITTED, write_result

from facesign import samples

SAMPLE = Path(samples.__file__).parent / "interviews" / "hesitant"
INTERVIEW, MARKS = SAMPLE / "interview.mp4", SAMPLE / "marks.csv"
HOUR_S = 3600.0
ABOUT = {
    "question": "how many live interviews does one machine carry, and how late are cards?",
    "media": {
        "codec": "vp8, opus",
        "size_px": list(SIZE),
        "rate_hz": 30,
        "bits_per_s": BITS_PER_S,
        "piece_ms": round(1000 * PIECE_S),
    },
    "goals": {"sessions": 4, "skipped_share": 0.01, "movement_to_card_p95_s": 1.0},
}


class Results:
    """The result file, written part by part."""

    def __init__(self, name: str) -> None:
        self._name = name

    def keep(self, part: str, values: dict[str, Any], *, of: str | None = None) -> None:
        """Put a part in, in place of what was there of it.

        Args:
            part: Its name.
            values: What was measured.
            of: The part that it is one run of.
        """
        path = RESULTS / f"{self._name}.json"
        held: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        held.pop("provenance", None)
        measured = {
            **values,
            "commit": COMMIT,
            "uncommitted_changes": UNCOMMITTED,
            "measured_on": time.strftime("%Y-%m-%d"),
        }
        if of is None:
            held[part] = measured
        else:
            held.setdefault(of, {})[part] = measured
        write_result(self._name, {**held, **ABOUT}, [INTERVIEW])
        print(f"{of or ''} {part}: {json.dumps(values)}", file=sys.stderr)


def measure_sessions(results: Results, counts: list[int], seconds: float) -> None:
    for count in counts:
        with encoded(seconds) as client:
            found, _ = measure(count, seconds, client, marks=MARKS)
        results.keep(str(count), found, of="sessions")


def measure_hour(results: Results, seconds: float) -> None:
    """Keep what is known every minute: an hour is long."""

    def told(taken: Samples) -> None:
        results.keep("hour", {**memory_of(taken), "is_whole": False})

    with encoded(seconds) as client:
        found, taken = measure(1, seconds, client, marks=MARKS, told=told)
    results.keep("hour", {**found, **memory_of(taken), "is_whole": True})


def memory_of(taken: Samples) -> dict[str, Any]:
    step = max(1, len(taken.time_s) // 60)
    return {
        "growth_mb_an_hour": taken.growth_mb_an_hour(),
        "time_s": [round(one) for one in taken.time_s[::step]],
        "memory_over_time_mb": taken.memory_mb[::step],
    }


def measure_chromium(results: Results, seconds: float) -> None:
    client = {"kind": "chromium"}
    found, _ = measure(1, seconds, client, marks=MARKS, here=False)
    results.keep("chromium", found)


def measure_bad_line(results: Results, seconds: float) -> None:
    line = {
        "bits_per_s": live_line.BITS_PER_S,
        "round_trip_s": live_line.ROUND_TRIP_S,
        "lost_share": live_line.LOST_SHARE,
    }
    with encoded(seconds) as client:
        found, _ = measure(1, seconds, {**client, "bad_line": True}, marks=MARKS)
    results.keep("bad_line", {**found, "line": line})


@contextmanager
def encoded(seconds: float) -> Iterator[dict[str, Any]]:
    """Encode the interview, over and over up to a length, for the light clients."""
    with tempfile.TemporaryDirectory() as folder:
        media = Path(folder) / "interview.webm"
        media.write_bytes(container(INTERVIEW, seconds))
        yield {"kind": "light", "media": str(media)}


def play_pages(spec: dict[str, Any]) -> None:
    """Play the pages of sessions; runs in a process of its own."""
    if spec["kind"] == "chromium":
        from live_chromium import lead_pages

        lead_pages(spec["port"], spec["tokens"], spec["seconds"], INTERVIEW)
        return
    media = Path(spec["media"])
    with bad_line(spec["port"]) if spec.get("bad_line") else nullcontext(spec["port"]) as line:
        send_all(spec["port"], media, spec["seconds"], spec["ids"], media_port=line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sessions", type=int, nargs="+", default=[], metavar="N")
    parser.add_argument("--seconds", type=float, default=90.0, help="length of all but the hour")
    parser.add_argument("--hour", type=float, nargs="?", const=HOUR_S, metavar="SECONDS")
    parser.add_argument("--chromium", action="store_true")
    parser.add_argument("--bad-line", action="store_true")
    parser.add_argument("--out", default="live")
    options = parser.parse_args()
    results = Results(options.out)
    measure_sessions(results, options.sessions, options.seconds)
    if options.chromium:
        measure_chromium(results, options.seconds)
    if options.bad_line:
        measure_bad_line(results, options.seconds)
    if options.hour is not None:
        measure_hour(results, options.hour)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--client"]:
        play_pages(json.loads(sys.argv[2]))
    else:
        main()
