"""Whether blinks of real people survive the read-out that was taught on rendered ones.

Each clip is tracked once; blinks are spotted in the lids' channels as the formulas give them,
which is what is told, and as the read-out leaves them, which is what the 132 signals come from.
`quick_slope`: what the quick part of each channel keeps of the formula's, by least squares,
median of the clips; 1 where the formula is kept, near 0 where the formula is mostly noise or
the read-out does not see on real faces what it sees on rendered ones.

    python benchmarks/real_blinks.py --data FACESIGN_DATA

Writes results/real_blinks.json.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
from provenance import add_data_argument, clips_in, write_result
from signal_quality import quick_of

from facesign.biometrics.face.blinks import BlinkSpotter
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.sharpen import Quick
from facesign.biometrics.face.signals import CHANNELS
from facesign.samples.takes import Take, blocks_of, sharp_blocks_of, watch

LEAST_FRAMES = 60
LEAST_FOUND = 0.5


def n_blinks(blocks: Sequence[FaceBlock]) -> int:
    spotter = BlinkSpotter()
    return sum(1 for block in blocks for _ in spotter.push(block)) + len(list(spotter.finish()))


def slopes(take: Take, blocks: Sequence[FaceBlock]) -> list[float]:
    """Return the quick part over that of the formula, by least squares, for each channel."""
    fresh = np.isnan(take.flow[:, 0, 0])
    channels = np.concatenate([block.channels for block in blocks])
    formula, read = Quick().push(take.time_s, channels, fresh), quick_of(take)
    known = ~fresh & np.isfinite(formula).all(axis=1) & np.isfinite(read).all(axis=1)
    power = np.maximum(np.square(formula[known]).sum(axis=0), 1e-12)
    return ((formula[known] * read[known]).sum(axis=0) / power).tolist()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_argument(parser)
    args = parser.parse_args()
    clips = clips_in(args.data)
    rows: list[dict[str, Any]] = []
    kept: list[list[float]] = []
    for clip in clips:
        take = watch(clip)
        found = np.isfinite(take.landmarks).all(axis=(1, 2))
        if len(found) < LEAST_FRAMES or found.mean() < LEAST_FOUND:
            continue
        blocks = list(blocks_of(take))
        kept.append(slopes(take, blocks))
        rows.append(
            {
                "clip": clip.name,
                "seconds": round(float(take.time_s[-1] - take.time_s[0]), 1),
                "blinks_formula": n_blinks(blocks),
                "blinks_read_out": n_blinks(list(sharp_blocks_of(take))),
            }
        )
    result = {
        "question": "do blinks of real people survive the read-out?",
        "n_clips": len(rows),
        "blinks_formula": sum(row["blinks_formula"] for row in rows),
        "blinks_read_out": sum(row["blinks_read_out"] for row in rows),
        "quick_slope": {
            channel.name: round(float(value), 2)
            for channel, value in zip(CHANNELS, np.median(kept, axis=0), strict=True)
        },
        "clips": rows,
    }
    write_result("real_blinks", result, clips)


if __name__ == "__main__":
    main()
