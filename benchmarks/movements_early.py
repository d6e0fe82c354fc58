"""How early is a movement seen before it is settled, and how often is it taken back?

    python benchmarks/movements_early.py --work FOLDER --data FACESIGN_DATA

FOLDER holds rendered takes that taught nothing, as benchmarks/movements.py renders them. The
live view shows a movement as soon as the classifier tells it from a future that is only partly
known; how many rows of it are waited for is what is compared. Lateness is from the offset of
the settled movement to the end of the block with which it was first told, in time of the
recording. On real talk, where nobody knows the truth, only what was taken back is counted.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from movement_reading import Read, read
from provenance import RESULTS, write_result
from real_talk import LONG_S, TALK
from trained import open_trained

from facesign.biometrics.face import spotter as spotting
from facesign.biometrics.face.evengrid import GRID_HZ
from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.movements import Movement, Unassessed
from facesign.biometrics.face.spotter import N_AHEAD, N_AHEAD_LEAST, ClassifierSpotter
from facesign.models.runtime import Model
from facesign.samples.takes import Take, kept_take, sharp_blocks_of, watch

WAITED_FOR = (N_AHEAD, 8, 4, N_AHEAD_LEAST, 0)


@dataclass
class Told:
    """One movement as it was told first, and as it was told last."""

    first: Movement
    first_s: float
    settled: Movement | None = None

    @property
    def late_s(self) -> float:
        """Seconds from the offset, which is known later, until it was told first."""
        return self.first_s - (self.settled or self.first).offset_s


def told_of(signals: Sequence[Read], model: Model, n_rows: int) -> list[Told]:
    """Follow one take as the live view does, once a block.

    Args:
        signals: What was read of it.
        model: The classifier.
        n_rows: How many rows of the future are waited for.
    """
    spotting.N_AHEAD_LEAST = n_rows
    spotter, told = ClassifierSpotter(model), []

    def settle(items: Iterator[Movement | Unassessed], now_s: float) -> None:
        for item in items:
            if isinstance(item, Movement):
                one = _same(told, item) or _add(told, item, now_s)
                one.settled = item

    for block, values, baseline in signals:
        now_s = float(block.time_s[-1])
        settle(spotter.push(block, values, baseline), now_s)
        for seen in spotter.under_way:
            if _same(told, seen) is None:
                _add(told, seen, now_s)
    settle(spotter.finish(), now_s)
    return told


def _same(told: list[Told], movement: Movement) -> Told | None:
    def meets(one: Movement) -> bool:
        return one.onset_s < movement.offset_s and movement.onset_s < one.offset_s

    return next((one for one in told if meets(one.settled or one.first)), None)


def _add(told: list[Told], movement: Movement, now_s: float) -> Told:
    told.append(Told(movement, now_s))
    return told[-1]


def counts(told: Sequence[Told]) -> dict[str, Any]:
    """Return how many were settled and taken back, and how late they were told."""
    settled = [one for one in told if one.settled is not None]
    late = np.percentile([one.late_s for one in settled], [50, 95]) if settled else (np.nan,) * 2
    other = [
        one
        for one in settled
        if one.settled is not None and set(one.first.channels) != set(one.settled.channels)
    ]
    return {
        "n_settled": len(settled),
        "n_taken_back": len(told) - len(settled),
        "n_channels_changed": len(other),
        "late_s_p50": round(float(late[0]), 3),
        "late_s_p95": round(float(late[1]), 3),
    }


def _signals(take: Take) -> list[Read]:
    long = take.time_s[-1] - take.time_s[0] >= LONG_S
    return list(read(sharp_blocks_of(take), SignalMeter("calm_start" if long else "whole")))


def _of(sources: Sequence[list[Read]], model: Model) -> dict[str, Any]:
    minutes = sum(float(one[-1][0].time_s[-1]) for one in sources) / 60
    rows = [
        {
            "waited_for_s": round(n_rows / GRID_HZ, 3),
            **counts([told for one in sources for told in told_of(one, model, n_rows)]),
        }
        for n_rows in WAITED_FOR
    ]
    return {"n_takes": len(sources), "minutes": round(minutes, 1), "rows": rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--work", type=Path, required=True, help="folder of takes")
    parser.add_argument("--data", type=Path, required=True, help="recordings of real people")
    args = parser.parse_args()
    model = open_trained(None)
    folders = sorted(path.parent for path in args.work.glob("near-*/truth.json"))
    clips = (args.data / "face" / "video" / name for name in TALK)
    result = {
        "question": "how early is a movement seen before it is settled, and is it taken back?",
        "ships_s": round(N_AHEAD_LEAST / GRID_HZ, 3),
        "rendered": {
            "takes": [folder.name for folder in folders],
            **_of([_signals(kept_take(folder)) for folder in folders], model),
        },
        "real_talk": _of([_signals(watch(clip)) for clip in clips], model),
    }
    write_result("movements_early", result, [])
    print(RESULTS / "movements_early.json")


if __name__ == "__main__":
    main()
