"""Kill a recording process at random moments; see what its record still holds.

python benchmarks/record_kills.py [--kills 50]

Half of the processes send pieces every 100 ms, as a browser does; half as fast as they can, so that
many are hit in the middle of a write. A piece counts as told once `piece` has returned and its
number went down a pipe. A kill is no power cut: what the kernel has taken survives it.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from argparse import ArgumentParser
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from provenance import write_result

from facesign.interview.home import Home
from facesign.interview.keyfiles import init_master_key
from facesign.interview.record.reader import Record
from facesign.interview.record.recovery import recover
from facesign.interview.record.verification import verify
from facesign.interview.record.writer import RecordWriter

PIECE_EVERY_S = 0.1
LONGEST_S = 2.0
SEED = 0


@dataclass(frozen=True)
class Killed:
    """One process that was killed, and what its record held."""

    paced: bool
    n_told: int
    n_held: int
    cut_bytes: int
    missing_after_s: float
    """From the last entry that holds to the kill."""
    verifies: bool
    unchanged: bool
    status: str


def piece_of(number: int) -> bytes:
    """Return the bytes of a piece, 2 to 60 kB, the same every time."""
    rng = random.Random(number)
    return number.to_bytes(4, "big") + rng.randbytes(rng.randrange(2_000, 60_000))


def kill_one(home: Home, run: int, rng: random.Random) -> Killed:
    """Let a process record, kill it, recover its record and look."""
    session_id, paced = f"killed-{run:03d}", run % 2 == 0
    told_by, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told_by)
        _record(home, session_id, tell, paced=paced)
    os.close(tell)
    first = os.read(told_by, 4)
    time.sleep(rng.uniform(0.0, LONGEST_S if paced else LONGEST_S / 4))
    os.kill(child, signal.SIGKILL)
    killed_at = datetime.now(UTC)
    os.waitpid(child, 0)
    n_told = len(first + _rest(told_by)) // 4
    found = recover(home, session_id)
    with Record.open(home, session_id) as record:
        held = list(record.pieces("media"))
        status = record.status
    return Killed(
        paced=paced,
        n_told=n_told,
        n_held=len(held),
        cut_bytes=found.cut_bytes,
        missing_after_s=(killed_at - found.last_at).total_seconds(),
        verifies=verify(home, session_id).ok,
        unchanged=held == [piece_of(number) for number in range(len(held))],
        status=status,
    )


def _record(home: Home, session_id: str, tell: int, *, paced: bool) -> None:
    writer = RecordWriter.create(home, session_id=session_id, created_at=datetime.now(UTC))
    for number in count():
        writer.piece("media", piece_of(number))
        os.write(tell, number.to_bytes(4, "big"))
        if paced:
            time.sleep(PIECE_EVERY_S)


def _rest(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb") as pipe:
        return pipe.read()


def measure(kills: int, folder: Path) -> dict[str, Any]:
    home = Home(folder / "home")
    init_master_key(home, env={})
    rng = random.Random(SEED)
    runs = [kill_one(home, run, rng) for run in range(kills)]
    paced = [run.missing_after_s for run in runs if run.paced]
    return {
        "question": "what does a record hold after its process was killed with SIGKILL?",
        "n_kills": kills,
        "n_recovered_and_verified": sum(r.verifies and r.status == "interrupted" for r in runs),
        "n_with_pieces_unchanged": sum(r.unchanged for r in runs),
        "n_cut_within_an_entry": sum(r.cut_bytes > 0 for r in runs),
        "n_pieces_told": sum(r.n_told for r in runs),
        "n_told_pieces_lost": sum(max(0, r.n_told - r.n_held) for r in runs),
        "n_pieces_held": sum(r.n_held for r in runs),
        "piece_every_s": PIECE_EVERY_S,
        "longest_missing_after_s_when_paced": round(max(paced), 3),
        "seed": SEED,
    }


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(write_result("record_kills", measure(asked.kills, Path(folder)), []))
