"""Measure whether mouths that talk are told from mouths that do not, one 1.5 s window at a time.

python benchmarks/speakers_lips.py --data FACESIGN_DATA
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from provenance import add_data_argument, write_result

from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.speakers.lips import MOVING_IOD, LipTrack, pooled
from facesign.biometrics.speakers.pieces import STEP_S, WINDOW_S
from facesign.samples.takes import blocks_of, watch

__all__ = ["lips"]

TALKING = (
    *("hdtf_aoc.mp4", "hdtf_katiehill.mp4", "hdtf_WDA_BobMenendez_000.mp4", "vr_3.mp4"),
    *("lp_d10.mp4", "lp_d12.mp4", "lp_d20.mp4", "r3dp_May_5s.mp4"),
    *("grid_bbaf2n.mpg", "grid_id2_swwp2s.mpg", "grid_lbax4n.mpg", "grid_lbbc2a.mpg"),
    *("grid_lrwp9a.mpg", "grid_lwbsza.mpg", "mead_M030_level_3_angry_016.mp4"),
    "mead_W036_level_3_happy_007.mp4",
)
"""People who talk throughout, but for a pause in lp_d10."""
NOT_TALKING = ("lp_d14.mp4", "lp_d18.mp4", "lp_d19.mp4", "lp_d3.mp4", "pexels_wolfganglanger.mp4")
"""People who make faces on purpose and do not talk: harder than a face that listens."""
_AU25 = [channel.name for channel in CHANNELS].index("au25")


def lips(data: Path) -> dict[str, Any]:
    """Return, by clip, in how many windows the mouth moved, and what would be made of it."""
    folder = data / "face" / "video"
    results: dict[str, Any] = {"moving_iod": MOVING_IOD, "window_s": WINDOW_S, "step_s": STEP_S}
    for kind, names in (("talking", TALKING), ("not_talking", NOT_TALKING)):
        rows = [_row(folder / name) for name in names]
        results[kind] = {
            "n_clips": len(rows),
            "n_windows": sum(row["n_windows"] for row in rows),
            "n_moving": sum(row["n_moving"] for row in rows),
            "n_clips_long_enough": sum(row["n_windows"] >= 3 for row in rows),
            "n_clips_lips_follow": sum(row["follow"] for row in rows),
            "n_clips_lips_rest": sum(row["rest"] for row in rows),
            "clips": rows,
        }
    return results


def _row(path: Path) -> dict[str, Any]:
    blocks = list(blocks_of(watch(path)))
    times = np.concatenate([block.time_s for block in blocks])
    opening = np.concatenate([block.channels[:, _AU25] for block in blocks])
    mouth = LipTrack()
    mouth.push(times, opening)
    starts = np.arange(times[0] + 0.2, times[-1] - WINDOW_S, STEP_S).tolist()
    found = pooled(mouth.evidence(start, start + WINDOW_S) for start in starts)
    varied = [one for s in starts if (one := mouth.variation_iod(s, s + WINDOW_S)) is not None]
    return {
        "clip": path.name,
        "n_windows": 0 if found is None else found.n_windows,
        "n_moving": 0 if found is None else found.n_moving,
        "follow": found is not None and found.follow,
        "rest": found is not None and found.rest,
        "median_variation_iod": round(float(np.median(varied)), 4) if varied else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_argument(parser)
    data = parser.parse_args().data
    films = [data / "face" / "video" / name for name in (*TALKING, *NOT_TALKING)]
    values = {"question": "are mouths that talk told from others?", **lips(data)}
    print(write_result("speakers_lips", values, films))


if __name__ == "__main__":
    main()
