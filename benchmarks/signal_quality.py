"""How well each channel follows the rig, with and without the read-out of skin and points.

On rendered takes of people that taught nothing, 120 px and more between the eyes, through H.264
and the mesh. `d_prime`: how far 0.3 of full range stands above the noise of the channel in
silence, both averaged over three frames and against the mean of the 0.7 s around: the answer to
each shape's weight is fitted by least squares over all shapes at once, the noise is 1.4826 MAD
of what is left. `speed` and `burst` are correlated with the weight put through the same
formulas, over frames in silence. Repeatability: the correlation of `burst` between one take as
filmed and the same take encoded again at a fifth of the bit rate, and at two thirds of the
size.

    python benchmarks/signal_quality.py TAKES [--again 3] [--write]

TAKES is the work folder of benchmarks/movements.py. Writes results/signal_quality.json, and with
`--write` biometrics/face/grades.toml.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from provenance import RESULTS, ROOT, write_result
from scipy.ndimage import uniform_filter1d

from facesign.biometrics.face.readings import BandEnergy, Slope
from facesign.biometrics.face.signals import CHANNELS
from facesign.samples.frame_truth import FrameTruth
from facesign.samples.studio.acting.facs import SHAPES_OF
from facesign.samples.takes import Take, blocks_of, kept_take, sharp_blocks_of, watch

Doubles = npt.NDArray[np.float64]

GRADES = ROOT / "biometrics" / "face" / "grades.toml"
AMPLITUDE = 0.3
SMOOTHED = 3
AROUND_S = 0.7
"""A brief movement stands out from what the channel does around it; slower drift is not its
noise."""
LEAST_DRIVEN = 0.12
LEAST_PEOPLE = 3
"""A channel that moved in fewer takes has no better grade than signal_pulses.py gives."""
GRADES_UP = ("unvalidated", "weak", "fair", "good")
GOAL = 3.0
NAMES = [channel.name for channel in CHANNELS]
ASKED = {
    *(f"au{n}" for n in (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 24, 25, 26, 45)),
    "gaze.horizontal",
    "gaze.vertical",
}
"""What the goal is stated for."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """One take: weights beside both ways to read the channels, all against what is around."""

    time_s: Doubles
    weights: Doubles
    shapes: tuple[str, ...]
    formulas: Doubles
    sharp: Doubles
    quiet: npt.NDArray[np.bool_]
    rate_hz: float


def followed(folder: Path) -> Followed:
    take, truth = kept_take(folder), FrameTruth.read(folder / "truth.npz")
    at = np.minimum(np.searchsorted(truth.time_s, take.time_s - 1e-3), len(truth.time_s) - 1)
    plain = np.concatenate([block.channels for block in blocks_of(take)])
    sharp = quick_of(take)
    fresh = np.isnan(take.flow[:, 0, 0])
    seen = ~fresh & np.isfinite(plain).all(axis=1)
    rate_hz = 1 / float(np.median(np.diff(take.time_s)))
    width = round(AROUND_S * rate_hz) | 1
    parts = [
        _against_around(values[seen].astype(np.float64), width)
        for values in (truth.weights[at], plain, sharp)
    ]
    return Followed(
        take.time_s[seen],
        parts[0],
        truth.shapes,
        parts[1],
        parts[2],
        ~take.speaking[seen],
        rate_hz,
    )


def quick_of(take: Take) -> npt.NDArray[np.float32]:
    """Return what `speed` and `burst` are read from, shape (n_frames, 44)."""
    return np.concatenate(
        [
            np.zeros_like(block.channels) if block.quick is None else block.quick
            for block in sharp_blocks_of(take)
        ]
    )


def _against_around(values: Doubles, width: int) -> Doubles:
    return np.asarray(values - uniform_filter1d(values, width, axis=0, mode="nearest"))


def driven(one: Followed, name: str) -> Doubles:
    columns = [one.shapes.index(shape) for shape in SHAPES_OF[name]]
    return one.weights[:, columns].mean(axis=1)


def d_prime(one: Followed, name: str, channels: Doubles) -> float:
    smooth = uniform_filter1d(channels[:, NAMES.index(name)], SMOOTHED)[one.quiet]
    weights = one.weights[one.quiet]
    gram = weights.T @ weights + 0.25 * np.eye(weights.shape[1])
    slopes = np.linalg.solve(gram, weights.T @ smooth)
    noise = 1.4826 * np.median(np.abs(smooth - weights @ slopes))
    columns = [one.shapes.index(shape) for shape in SHAPES_OF[name]]
    return float(AMPLITUDE * slopes[columns].sum() / noise)


def readings(one: Followed, values: Doubles) -> tuple[Doubles, Doubles]:
    """Put a curve through `speed` and `burst`."""
    column = values[:, None]
    speed = Slope(1).push(one.time_s, column)[:, 0]
    burst = BandEnergy(one.rate_hz, 1).push(one.time_s, column)[:, 0]
    return speed, burst


def correlations(one: Followed, name: str) -> list[float]:
    both = zip(
        readings(one, driven(one, name)),
        readings(one, one.sharp[:, NAMES.index(name)]),
        strict=True,
    )
    out = []
    for wanted, read in both:
        known = one.quiet & np.isfinite(wanted) & np.isfinite(read)
        out.append(float(np.corrcoef(wanted[known], read[known])[0, 1]))
    return out


def grade_of(d: float) -> str:
    return "good" if d >= GOAL else "fair" if d >= GOAL / 2 else "weak"


def grades_alone() -> dict[str, str]:
    """Return what signal_pulses.py gives; one grade lower, for nothing else moved there."""
    file = RESULTS / "signal_pulses.json"
    rows = json.loads(file.read_text("utf-8"))["channels"] if file.is_file() else []
    lower = {"good": "fair", "fair": "weak", "weak": "weak"}
    return {row["channel"]: lower[grade_of(row["quick"]["d_prime"])] for row in rows}


def channel_rows(takes: Sequence[Followed], alone: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for name in NAMES:
        if name not in SHAPES_OF:
            continue
        used = [one for one in takes if np.abs(driven(one, name)).max() > LEAST_DRIVEN]
        if not used:
            yield {"channel": name, "n_people": 0, "grade": alone.get(name, "unvalidated")}
            continue
        formula = float(np.median([d_prime(one, name, one.formulas) for one in used]))
        sharp = float(np.median([d_prime(one, name, one.sharp) for one in used]))
        follows = np.array([correlations(one, name) for one in used])
        grade = grade_of(sharp)
        if len(used) < LEAST_PEOPLE:
            grade = min(grade, alone.get(name, grade), key=GRADES_UP.index)
        stem = name.removesuffix(".left").removesuffix(".right")
        yield {
            "channel": name,
            "n_people": len(used),
            "d_prime_formula": round(formula, 2),
            "d_prime": round(sharp, 2),
            "speed_r": round(float(np.nanmedian(follows[:, 0])), 3),
            "burst_r": round(float(np.nanmedian(follows[:, 1])), 3),
            "grade": grade,
            "goal_missed": bool(stem in ASKED and sharp < GOAL),
        }


def dimensions(takes: Sequence[Followed]) -> dict[str, Any]:
    """Count independent dimensions of the 132: every channel and its two readings."""
    rows = []
    for one in takes:
        speed = Slope(len(NAMES)).push(one.time_s, one.sharp)
        burst = BandEnergy(one.rate_hz, len(NAMES)).push(one.time_s, one.sharp)
        rows.append(np.hstack([one.sharp, speed, burst]))
    values = np.concatenate(rows)
    values = values[np.isfinite(values).all(axis=1)]
    values = (values - values.mean(axis=0)) / values.std(axis=0)
    power = np.linalg.eigvalsh(values.T @ values / len(values))[::-1]
    share = np.cumsum(power) / power.sum()
    return {
        "participation_ratio": round(float(power.sum() ** 2 / (power**2).sum()), 1),
        "components_of_95_percent": int(np.searchsorted(share, 0.95) + 1),
        "n_frames": len(values),
    }


def encoded_again(film: Path, out: Path, scale: float, bit_share: float) -> None:
    """Decode a film and encode it again, smaller or at a lower bit rate."""
    with av.open(str(film)) as source, av.open(str(out), "w") as target:
        picture = source.streams.video[0]
        stream = target.add_stream("libx264", rate=Fraction(picture.average_rate or 30))
        stream.width = round(picture.width * scale / 2) * 2
        stream.height = round(picture.height * scale / 2) * 2
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = int(bit_share * (picture.bit_rate or 1_000_000))
        for frame in source.decode(picture):
            small = frame.reformat(width=stream.width, height=stream.height, format="yuv420p")
            small.pts, small.time_base = frame.pts, frame.time_base
            target.mux(stream.encode(small))
        target.mux(stream.encode())


def repeatability(folders: Sequence[Path]) -> dict[str, Any]:
    """Return the correlation of `burst` between two recordings of one face, by channel."""
    ways = {"a_fifth_of_the_bits": (1.0, 0.2), "two_thirds_of_the_size": (2 / 3, 1.0)}
    found: dict[str, list[Doubles]] = {way: [] for way in ways}
    for folder in folders:
        first = _bursts(kept_take(folder))
        for way, (scale, bits) in ways.items():
            with TemporaryDirectory() as place:
                film = Path(place) / "again.mp4"
                encoded_again(folder / "interview.mp4", film, scale, bits)
                second = _bursts(watch(film))
            n = min(len(first), len(second))
            known = np.isfinite(first[:n]).all(axis=1) & np.isfinite(second[:n]).all(axis=1)
            a, b = first[:n][known], second[:n][known]
            found[way].append(
                np.array([np.corrcoef(a[:, i], b[:, i])[0, 1] for i in range(len(NAMES))])
            )
    return {
        way: dict(zip(NAMES, np.round(np.median(values, axis=0), 3).tolist(), strict=True))
        for way, values in found.items()
    }


def _bursts(take: Take) -> Doubles:
    channels = quick_of(take)
    lost = ~np.isfinite(channels).all(axis=1)
    filled = np.where(lost[:, None], 0.0, channels.astype(np.float64))
    rate_hz = 1 / float(np.median(np.diff(take.time_s)))
    burst = BandEnergy(rate_hz, len(NAMES)).push(take.time_s, filled)
    burst[lost] = np.nan
    return burst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("takes", type=Path)
    parser.add_argument("--again", type=int, default=3, help="takes to record a second time")
    parser.add_argument("--write", action="store_true", help="replace grades.toml")
    args = parser.parse_args()
    folders = sorted(f for f in args.takes.glob("near-*") if (f / "truth.json").is_file())
    takes = [followed(folder) for folder in folders]
    rows = list(channel_rows(takes, grades_alone()))
    result = {
        "question": "how far above its noise does 0.3 of full range stand in each channel?",
        "people": "rendered; none of them taught the read-out",
        "n_people": len(takes),
        "n_takes_recorded_again": min(args.again, len(folders)),
        "channels": rows,
        "goal": GOAL,
        "goal_missed": [row["channel"] for row in rows if row.get("goal_missed")],
        "dimensions": dimensions(takes),
        "repeatability": repeatability(folders[: args.again]),
    }
    write_result("signal_quality", result, [])
    if args.write:
        grades = {row["channel"]: row["grade"] for row in rows}
        head = f"# Written by benchmarks/signal_quality.py from {len(takes)} rendered people.\n"
        lines = (f'"{name}" = "{grades.get(name, "unvalidated")}"\n' for name in NAMES)
        GRADES.write_text(head + "".join(lines), "utf-8")


if __name__ == "__main__":
    main()
