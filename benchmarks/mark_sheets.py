"""Sheets of frames for marking movements by eye: eyes with brows above, mouth below.

Pictures of real people: they go to a folder of the caller's and never into the repository.

    python benchmarks/mark_sheets.py CLIP ... -o FOLDER [--rate HZ] [--from S --to S]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from facesign.biometrics.face.geometry import frontal_fit
from facesign.biometrics.stream import Frame
from facesign.interview.media.recording import open_media
from facesign.samples.takes import watch

Image = npt.NDArray[np.uint8]

COLUMNS, ROWS = 12, 9
CROP = (122, 122)
"""Width and height of one crop; the eyes lie 54 px apart."""
_EYES_PX = 54.0


def crops(clip: Path, rate_hz: float, start_s: float, end_s: float) -> Iterator[Image]:
    """Yield one labelled crop a step: brows to mouth, upright and at one size."""
    take = watch(clip)
    next_s = start_s
    with open_media(clip) as recording:
        frames = (item for item in recording if isinstance(item, Frame))
        for row, frame in enumerate(frames):
            if not start_s <= frame.time_s <= end_s or frame.time_s < next_s - 1e-3:
                continue
            next_s = max(next_s + 1 / rate_hz, frame.time_s) if rate_hz else frame.time_s
            points = take.landmarks[row, :, :2].astype(np.float64)
            yield _labelled(_upright(frame.image, points), frame.time_s)


def _upright(image: Image, points: npt.NDArray[np.float64]) -> Image:
    if not np.isfinite(points).all():
        return np.full((CROP[1], CROP[0], 3), 128, np.uint8)
    fit = np.diag([_EYES_PX, -_EYES_PX]) @ frontal_fit(points)
    fit[:, 2] += (CROP[0] / 2, 34)
    return np.asarray(cv2.warpAffine(image, fit, CROP, flags=cv2.INTER_AREA), np.uint8)


def _labelled(crop: Image, time_s: float) -> Image:
    strip = np.full((14, CROP[0], 3), 255, np.uint8)
    cv2.putText(
        strip, f"{time_s:.2f}", (2, 11), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (0, 0, 0), 1, cv2.LINE_AA
    )
    return np.vstack([strip, crop])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", type=Path, nargs="+")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=0.0, help="steps a second; every frame if 0")
    parser.add_argument("--from", type=float, default=0.0, dest="start")
    parser.add_argument("--to", type=float, default=float("inf"), dest="end")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for clip in args.clips:
        found = list(crops(clip, args.rate, args.start, args.end))
        for number, begin in enumerate(range(0, len(found), COLUMNS * ROWS)):
            part = found[begin : begin + COLUMNS * ROWS]
            part += [np.full_like(found[0], 255)] * (-len(part) % COLUMNS)
            rows = [np.hstack(part[i : i + COLUMNS]) for i in range(0, len(part), COLUMNS)]
            sheet = cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR)
            cv2.imwrite(str(args.out / f"{clip.stem}_{args.start:g}_{number:03}.png"), sheet)


if __name__ == "__main__":
    main()
