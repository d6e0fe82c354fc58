"""Measure what a record costs: a piece, a verification, a player's jump, a pushed frame.

python benchmarks/record_cost.py
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provenance import ROOT, write_result

from facesign.biometrics.stream import Frame
from facesign.interview.home import Home
from facesign.interview.keyfiles import init_master_key
from facesign.interview.media.recording import open_media
from facesign.interview.record.pushed import PushedWriter, pushed_items
from facesign.interview.record.reader import Record
from facesign.interview.record.verification import verify
from facesign.interview.record.writer import RecordWriter

PIECE_BYTES = 20_000
"""100 ms of 1.6 Mbit/s."""
N_PIECES = 36_000
"""One hour of them."""
N_JUMPS = 200
N_FRAMES = 120
FILM = ROOT / "samples" / "interviews" / "genuine" / "interview.mp4"


def cpu_s(do: Callable[[], Any]) -> float:
    start_s = time.process_time()
    do()
    return time.process_time() - start_s


def begin(home: Home, name: str) -> RecordWriter:
    return RecordWriter.create(home, session_id=name, created_at=datetime.now(UTC))


def an_hour(home: Home) -> dict[str, float]:
    writer, data = begin(home, "hour"), os.urandom(PIECE_BYTES)

    def write() -> None:
        for _ in range(N_PIECES):
            writer.piece("media", data)
        writer.close()

    write_s = cpu_s(write)
    verify_s = cpu_s(lambda: verify(home, "hour").require())
    chain_s = cpu_s(lambda: verify(home, "hour", use_keys=False).require())
    opened: list[Record] = []
    open_s = cpu_s(lambda: opened.append(Record.open(home, "hour")))
    with opened[0] as record:
        media, rng, jumps = record.media("media"), random.Random(0), []
        for _ in range(N_JUMPS):
            start_s = time.perf_counter()
            media.seek(rng.randrange(media.size - 65_536))
            left = 65_536
            while left:
                left -= len(media.read(left) or b"")
            jumps.append(time.perf_counter() - start_s)
    megabytes = N_PIECES * PIECE_BYTES / 1e6
    return {
        "piece_cpu_ms": write_s / N_PIECES * 1e3,
        "verify_cpu_s": verify_s,
        "verify_mb_per_cpu_s": megabytes / verify_s,
        "verify_without_key_cpu_s": chain_s,
        "open_cpu_s": open_s,
        "jump_64_kib_ms_median": statistics.median(jumps) * 1e3,
        "jump_64_kib_ms_max": max(jumps) * 1e3,
        "overhead_share": (writer.folder / "record.log").stat().st_size / (megabytes * 1e6) - 1,
    }


def pushed(home: Home) -> dict[str, Any]:
    frames = []
    with open_media(FILM) as recording:
        for item in recording:
            if isinstance(item, Frame):
                frames.append(item)
            if len(frames) == N_FRAMES:
                break
    writer = begin(home, "pushed")
    stored = PushedWriter(writer)
    write_s = cpu_s(lambda: [stored.push(frame) for frame in frames])
    writer.close()
    with Record.open(home, "pushed") as record:
        size = record.media("pushed").size
        read_s = cpu_s(lambda: list(pushed_items(record)))
    height, width = frames[0].image.shape[:2]
    return {
        "size_px": [width, height],
        "n_frames": len(frames),
        "store_cpu_ms_a_frame": write_s / len(frames) * 1e3,
        "read_cpu_ms_a_frame": read_s / len(frames) * 1e3,
        "kb_a_frame": size / len(frames) / 1e3,
        "share_of_raw": size / sum(frame.image.nbytes for frame in frames),
    }


def measure(folder: Path) -> dict[str, Any]:
    home = Home(folder / "home")
    init_master_key(home, env={})
    return {
        "question": "what do a piece, a verification, a jump and a pushed frame cost?",
        "n_pieces": N_PIECES,
        "piece_bytes": PIECE_BYTES,
        "n_jumps": N_JUMPS,
        "hour": {name: round(value, 4) for name, value in an_hour(home).items()},
        "pushed": {
            name: round(value, 3) if isinstance(value, float) else value
            for name, value in pushed(home).items()
        },
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        print(write_result("record_cost", measure(Path(folder)), [FILM]))
