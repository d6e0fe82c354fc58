"""A server with live sessions, and what its processes cost: for benchmarks/live.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import uvicorn
from fastapi import FastAPI
from fastapi.requests import HTTPConnection
from fastapi.staticfiles import StaticFiles
from live_clients import lead

from facesign.errors import WorkerError
from facesign.interview.home import Home
from facesign.interview.live.session import LiveSession
from facesign.interview.live.sessions import LiveSessions, SessionPlan
from facesign.interview.script import load_script
from facesign.ui.console.capture import capture_router

__all__ = ["Samples", "Told", "measure", "spread"]

PURPOSES = ("recording", "face", "voice", "behaviour", "search")
WARM_S = 15.0
SAMPLE_S = 1.0
TICK_S = os.sysconf("SC_CLK_TCK")
MB = 2**20
Told: TypeAlias = Callable[["Samples"], None]


class Officer:
    """Whoever asks."""

    name = "benchmark"


async def anybody(connection: HTTPConnection) -> Officer:
    return Officer()


class Samples:
    """Lag and memory, once a second."""

    def __init__(self, led: Sequence[LiveSession], pids: Sequence[int]) -> None:
        self._led, self._pids = led, pids
        self._began_s = time.monotonic()
        self.time_s: list[float] = []
        self.memory_mb: list[float] = []
        self.lag_s: list[float] = []

    def take(self) -> None:
        """Take one of each."""
        self.time_s.append(time.monotonic() - self._began_s)
        self.memory_mb.append(resident_mb(self._pids))
        self.lag_s += [session.state()["lag_s"] for session in self._led]

    def growth_mb_an_hour(self) -> float | None:
        """Slope of memory over the last two thirds, when everything has been loaded."""
        first = len(self.time_s) // 3
        if len(self.time_s) - first < 3:
            return None
        slope = np.polyfit(self.time_s[first:], self.memory_mb[first:], 1)[0]
        return round(3600 * float(slope), 1)


def measure(
    n_sessions: int,
    seconds: float,
    client: dict[str, Any],
    *,
    marks: Path,
    here: bool = True,
    told: Told = lambda _: None,
) -> tuple[dict[str, Any], Samples]:
    """Lead sessions whose pages another process plays; return what that cost, and the samples.

    Args:
        n_sessions: How many at the same time.
        seconds: For how long.
        client: What the other process is told, beside the sessions.
        marks: When the questions are asked.
        here: The sessions' applicants sit at the officer's computer; else each has a link.
        told: Called about once a minute with what was sampled so far.
    """
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), n_sessions) as served:
        live, port = served
        led = [live.create(_plan(here), officer=Officer.name) for _ in range(n_sessions)]
        tokens = [] if here else [session.invite() for session in led]
        if here:
            agree(led)
        # Workers started together get warm together, which is not what is measured.
        time.sleep(WARM_S)
        spec = {"port": port, "seconds": seconds, "tokens": tokens, **client}
        spec["ids"] = [session.session_id for session in led]
        script = Path(__file__).parent / "live.py"
        pages = subprocess.Popen(
            [sys.executable, str(script), "--client", json.dumps(spec)],
            stdout=subprocess.PIPE,
            text=True,
        )
        asking = threading.Thread(target=lead, args=(led, marks, seconds), daemon=True)
        asking.start()
        theirs = set(tree(pages.pid))
        ours = [pid for pid in tree(os.getpid()) if pid not in theirs]
        samples = Samples(led, ours)
        before_s, began_s = cpu_s(ours), time.monotonic()
        sampler = threading.Thread(target=_sample, args=(samples, pages, told))
        sampler.start()
        said = json.loads(pages.communicate()[0])
        wall_s = time.monotonic() - began_s
        used_s = cpu_s(ours) - before_s
        sampler.join()
        states = [session.state() for session in led]
        for session in led:
            if not session.has_ended:
                session.abandon()
    return _summary(n_sessions, wall_s, used_s, states, samples, said), samples


def agree(led: Sequence[LiveSession]) -> None:
    """Consent to everything, as soon as each worker answers."""
    for session in led:
        for purpose in PURPOSES:
            while True:
                try:
                    session.consent(purpose, granted=True, text="en-2026-11", lang="en")
                    break
                except WorkerError:
                    continue


@contextmanager
def serving(home: Path, most: int) -> Iterator[tuple[LiveSessions, int]]:
    sessions = LiveSessions(Home(home), most=most)
    app = FastAPI()
    app.include_router(capture_router(sessions, anybody))
    app.mount("/static", StaticFiles(packages=[("facesign.ui", "static")]))
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical")
    server = uvicorn.Server(config)
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


def cpu_s(pids: Sequence[int]) -> float:
    """Return the CPU that processes used; those that ended count no more."""
    total = 0.0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) / TICK_S
    return total


def resident_mb(pids: Sequence[int]) -> float:
    """Return the memory that processes hold."""
    pages = 0
    for pid in pids:
        try:
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except OSError:
            continue
    return round(pages * os.sysconf("SC_PAGE_SIZE") / MB, 1)


def spread(values: Sequence[float]) -> dict[str, Any]:
    """Return how many there are, their median and 95th percentile."""
    if not values:
        return {"n": 0, "p50": None, "p95": None}
    p50, p95 = np.percentile(values, [50, 95])
    return {"n": len(values), "p50": round(float(p50), 3), "p95": round(float(p95), 3)}


def _plan(here: bool) -> SessionPlan:
    script = load_script("car-loan-en")
    return SessionPlan(customer="C-1", script=script, lang="en", applicant_here=here)


def _sample(samples: Samples, pages: subprocess.Popen[str], told: Told) -> None:
    told_at_s = time.monotonic()
    while pages.poll() is None:
        samples.take()
        if time.monotonic() - told_at_s > 60.0:
            told_at_s = time.monotonic()
            told(samples)
        time.sleep(SAMPLE_S)


def _summary(
    n_sessions: int,
    wall_s: float,
    used_s: float,
    states: list[dict[str, Any]],
    samples: Samples,
    said: dict[str, Any],
) -> dict[str, Any]:
    sent = sum(state["skipped"]["of"] for state in states)
    skipped = sum(state["skipped"]["n"] for state in states)
    return {
        "n_sessions": n_sessions,
        "ran_s": round(said["ran_s"], 1),
        "frames_received": sent,
        "frames_analyzed_per_s": round((sent - skipped) / said["ran_s"], 1),
        "skipped_share": round(skipped / max(1, sent), 4),
        "cores_per_session": round(used_s / wall_s / n_sessions, 3),
        # A browser's processes are not counted.
        "client_cores": round(said["cpu_s"] / wall_s, 3) if "cpu_s" in said else None,
        "memory_mb": max(samples.memory_mb, default=None),
        "lag_s": spread(samples.lag_s),
        "movement_to_card_s": spread(said.get("movement_to_card_s", [])),
        "movements_withdrawn": said.get("n_withdrawn"),
        "piece_to_record_s": spread(said.get("piece_to_record_s", [])),
        "n_gaps": sum(len(state["gaps"]) for state in states),
        "problems": [state["problem"] for state in states if state["problem"]],
        "load_average": round(os.getloadavg()[0], 1),
    }
