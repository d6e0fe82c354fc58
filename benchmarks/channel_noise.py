"""Measure each channel's camera noise on real clips and write biometrics/face/noise.toml.

The second difference of a white noise has six times its variance and little of a movement,
so its robust spread over sqrt(6) is the noise. Talking inflates it; the lower quartile over
clips is kept.

    python benchmarks/channel_noise.py --data FACESIGN_DATA [--write]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from provenance import clips_in

from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.stream import FloatArray
from facesign.samples.takes import sharp_blocks_of, watch

LEAST_INTER_OCULAR_PX = 80.0
MOST_S = 20.0
TARGET = Path(__file__).parents[1] / "biometrics" / "face" / "noise.toml"


def clip_noise(path: Path) -> FloatArray | None:
    take = watch(path)
    blocks = list(sharp_blocks_of(take.frames(take.time_s <= take.time_s[0] + MOST_S)))
    channels = np.concatenate([block.channels for block in blocks])
    size_px = np.concatenate([block.inter_ocular_px for block in blocks])
    seen = np.isfinite(channels).all(axis=1)
    if seen.sum() < 50 or np.nanmedian(size_px) < LEAST_INTER_OCULAR_PX:
        return None
    bend = np.diff(channels[seen], n=2, axis=0)
    spread: FloatArray = 1.4826 * np.median(np.abs(bend), axis=0) / np.sqrt(6)
    return spread


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="replace noise.toml")
    args = parser.parse_args()
    clips = clips_in(args.data)
    spreads = [spread for clip in clips if (spread := clip_noise(clip)) is not None]
    noise = np.percentile(np.stack(spreads), 25, axis=0)
    lines = [
        f"# Written by benchmarks/channel_noise.py from {len(spreads)} clips with at least "
        f"{LEAST_INTER_OCULAR_PX:.0f} px between the eyes.",
        *(f'"{c.name}" = {value:.5f}' for c, value in zip(CHANNELS, noise, strict=True)),
    ]
    print("\n".join(lines))
    if args.write:
        TARGET.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
