"""How many live interviews does one machine carry, and how late are their cards?

python benchmarks/live.py [--sessions 1,2,4,8] [--seconds 120] [--out NAME]

Light clients in a process of their own send one interview of 640x480 at 30 frames/s, encoded
beforehand as a browser does (VP8, Opus, pieces of 150 ms), over real sockets to a real server.
What the clients cost is counted apart.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from fastapi import FastAPI
from fastapi.requests import HTTPConnection
from live_clients import SIZE, container, lead
from provenance import write_result

from facesign import samples
from facesign.interview.home import Home
from facesign.interview.live.sessions import LiveSessions, SessionPlan
from facesign.interview.script import load_script
from facesign.ui.console.capture import capture_router

SAMPLE = Path(samples.__file__).parent / "interviews" / "hesitant"
PURPOSES = ("recording", "face", "voice", "behaviour", "search")
WARM_S = 20.0
TICK_S = os.sysconf("SC_CLK_TCK")
MB = 2**20


class Officer:
    """Whoever asks."""

    name = "benchmark"


async def anybody(connection: HTTPConnection) -> Officer:
    return Officer()


@contextmanager
def serving(home: Home, most: int) -> Iterator[tuple[LiveSessions, int]]:
    sessions = LiveSessions(home, most=most)
    app = FastAPI()
    app.include_router(capture_router(sessions, anybody))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.05)
        yield sessions, server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        sessions.close()


def tree(pid: int) -> Iterator[int]:
    """Yield a process and all below it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from tree(int(child))


def cpu_s(pids: list[int]) -> float:
    total = 0.0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / TICK_S
    return total


def resident_mb(pids: list[int]) -> float:
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return round(pages * os.sysconf("SC_PAGE_SIZE") / MB, 1)


def measure(n_sessions: int, seconds: float, media: Path) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Home(Path(folder)), n_sessions) as (
            live,
            port,
        ),
    ):
        plan = SessionPlan(
            customer="C-1", script=load_script("car-loan-en"), lang="en", applicant_here=True
        )
        led = [live.create(plan, officer=Officer.name) for _ in range(n_sessions)]
        for session in led:
            for purpose in PURPOSES:
                session.consent(purpose, granted=True, text="en-2026-11", lang="en")
        # Workers started together get warm together, which is not what is measured.
        time.sleep(WARM_S)
        ids = [session.session_id for session in led]
        clients = subprocess.Popen(
            [sys.executable, __file__, "--client", str(port), str(media), str(seconds), *ids],
            stdout=subprocess.PIPE,
            text=True,
        )
        marking = threading.Thread(target=lead, args=(led, SAMPLE / "marks.csv", seconds))
        marking.start()
        ours = [pid for pid in tree(os.getpid()) if pid not in set(tree(clients.pid))]
        before_s, started_s = cpu_s(ours), time.monotonic()
        told = json.loads(clients.communicate()[0])
        wall_s = time.monotonic() - started_s
        marking.join()
        used_s = cpu_s(ours) - before_s
        states = [session.state() for session in led]
        memory_mb = resident_mb(ours)
        for session in led:
            session.abandon()
    return summary(n_sessions, wall_s, used_s, memory_mb, states, told)


def summary(
    n_sessions: int,
    wall_s: float,
    used_s: float,
    memory_mb: float,
    states: list[dict[str, Any]],
    told: dict[str, Any],
) -> dict[str, Any]:
    sent = sum(state["skipped"]["of"] for state in states)
    skipped = sum(state["skipped"]["n"] for state in states)
    late_s = told["movement_to_card_s"]
    return {
        "n_sessions": n_sessions,
        "wall_s": round(wall_s, 1),
        "frames_received": sent,
        "frames_analyzed_per_s": round((sent - skipped) / told["ran_s"], 1),
        "skipped_share": round(skipped / max(1, sent), 4),
        "cores_per_session": round(used_s / wall_s / n_sessions, 3),
        "client_cores": round(told["cpu_s"] / wall_s, 3),
        "memory_mb": memory_mb,
        "lag_at_end_s": [state["lag_s"] for state in states],
        "movement_to_card_s": {
            "n": len(late_s),
            "p50": round(float(np.percentile(late_s, 50)), 3) if late_s else None,
            "p95": round(float(np.percentile(late_s, 95)), 3) if late_s else None,
        },
        "problems": [state["problem"] for state in states if state["problem"]],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", default="1,2,4,8")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--out", default="live")
    options = parser.parse_args()
    interview = SAMPLE / "interview.mp4"
    with tempfile.TemporaryDirectory() as folder:
        media = Path(folder) / "interview.webm"
        media.write_bytes(container(interview, options.seconds))
        runs = []
        for count in options.sessions.split(","):
            runs.append(measure(int(count), options.seconds, media))
            print(json.dumps(runs[-1]))
    values = {
        "question": "how many live interviews does one machine carry, and how late are cards?",
        "media": {"codec": "vp8, opus", "size_px": list(SIZE), "rate_hz": 30, "piece_ms": 150},
        "seconds": options.seconds,
        "goals": {"sessions": 4, "skipped_share": 0.01, "movement_to_card_p95_s": 1.0},
        "runs": runs,
    }
    print(write_result(options.out, values, [interview]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--client"]:
        from live_clients import send_all

        send_all(int(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]), sys.argv[5:])
    else:
        main()
