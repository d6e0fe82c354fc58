"""How far each channel stands above its noise when one brief movement is driven at a time.

People of `pulse_films` do one thing at a time, 300 ms at 0.3 of full range, 120 px between the
eyes. The read-out of a pulse is the mean of the three frames nearest its apex minus the mean
of the 0.2 s before its onset. `d_prime` is its mean over the pulses, divided by the standard
deviation of the same read-out over every frame of the calm start: median, least and most of
the people. `among_others` divides by its standard deviation over all other movements instead.
`confused_with` is the other movement that the channel answers to most and how much of its own
answer that is. `speed` and `burst` are correlated with the driven weight put
through the same formulas, over the whole film.

Ways, all on the same tracks: `formula`; `calm_pose`, the formulas on landmarks aligned with the
pose averaged over five frames; `sum`, the formula's lasting part and the quick part that is
read out, which `level` is read from; `quick`, that part alone, which `speed` and `burst` are read
from; and three read-outs fitted on the pulses of the other people only: `points`, `flow`, `both`.

    python benchmarks/signal_pulses.py FOLDER [--people 4] [--first-seed 5000] [--rig FILE]

FOLDER keeps films and tracks. Seeds from 6000 on taught the read-out that ships. Writes
results/signal_pulses.json.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from provenance import ROOT, write_result
from pulse_films import AMPLITUDE, CALM_S, PULSE_S, Film, shot
from scipy.ndimage import uniform_filter1d
from signal_quality import quick_of

from facesign.biometrics.face.flow import POINTS
from facesign.biometrics.face.geometry import align
from facesign.biometrics.face.readings import BandEnergy, Slope
from facesign.biometrics.face.signals import CHANNELS, channel_values
from facesign.samples.studio.acting.facs import SHAPES_OF
from facesign.samples.studio.rig import Rig, find_rig
from facesign.samples.takes import blocks_of, sharp_blocks_of

sys.path.insert(0, str(ROOT / "models" / "training" / "channels"))
import fit

Doubles = npt.NDArray[np.float64]

NAMES = [channel.name for channel in CHANNELS]
GOAL = 3.0
BEFORE_S, SETTLED_S = 0.2, 1.5
POSE_FRAMES = 5
READ = ("formula", "calm_pose", "sum", "quick", "points", "flow", "both")


def apex_reads(time_s: Doubles, values: Doubles, starts_s: Sequence[float]) -> Doubles:
    """Return what each channel does at each start, shape (n_starts, 44)."""
    out = []
    for start_s in starts_s:
        apex = int(np.argmin(np.abs(time_s - start_s - PULSE_S / 2)))
        before = (time_s >= start_s - BEFORE_S - 1e-6) & (time_s < start_s - 1e-6)
        out.append(values[apex - 1 : apex + 2].mean(axis=0) - values[before].mean(axis=0))
    return np.array(out)


def calm_starts(time_s: Doubles) -> list[float]:
    return time_s[(time_s > SETTLED_S) & (time_s < CALM_S - PULSE_S - 0.1)].tolist()


def calm_pose(film: Film) -> Doubles:
    """Read the formulas from landmarks aligned with the pose averaged over a few frames."""
    landmarks = film.take.landmarks.astype(np.float64)
    aligned = align(film.take.landmarks).points.astype(np.float64)
    full = np.concatenate([landmarks, np.ones((*landmarks.shape[:2], 1))], axis=2)
    maps = np.stack(
        [
            np.linalg.lstsq(a[::16], b[::16], rcond=None)[0]
            for a, b in zip(full, aligned, strict=True)
        ]
    )
    calm = np.einsum("fpi,fij->fpj", full, uniform_filter1d(maps, POSE_FRAMES, axis=0))
    return channel_values(calm.astype(np.float32)).astype(np.float64)


def read_otherwise(films: Sequence[Film], folders: Sequence[Path]) -> list[dict[str, Doubles]]:
    """Return each film's channels in every way, shape (n_frames, 44) each."""
    people = [fit.person_of(folder) for folder in folders]
    n_points = len(POINTS)
    columns = {
        "points": np.r_[: 3 * n_points, 5 * n_points : 5 * n_points + len(NAMES)],
        "flow": np.r_[3 * n_points : 5 * n_points],
        "both": np.arange(5 * n_points + len(NAMES)),
    }
    out = []
    for number, film in enumerate(films):
        plain = np.concatenate([b.channels for b in blocks_of(film.take)]).astype(np.float64)
        sharp = np.concatenate([b.channels for b in sharp_blocks_of(film.take)])
        ways = {
            "formula": plain,
            "calm_pose": calm_pose(film),
            "sum": sharp.astype(np.float64),
            "quick": quick_of(film.take).astype(np.float64),
        }
        others = [person for i, person in enumerate(people) if i != number]
        gains = fit.gains_of(others)
        for name, used in columns.items():
            matrix = fitted_on(others, gains, used)
            quick = np.full_like(plain, np.nan)
            quick[-len(people[number].features) :] = people[number].features @ matrix
            ways[name] = quick
        out.append(ways)
    return out


def fitted_on(
    people: Sequence[fit.Person], gains: dict[str, float], used: npt.NDArray[np.intp]
) -> Doubles:
    """Fit a read-out on some of the features, all others being zero."""
    masked = []
    for person in people:
        features = np.zeros_like(person.features)
        features[:, used] = person.features[:, used]
        masked.append(replace(person, features=features))
    return fit.fitted(masked, gains)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one channel stands on one person."""

    d_prime: float
    among_others: float
    confused_with: str
    share: float


def standings(film: Film, values: Doubles) -> dict[str, Standing]:
    """Return how each driven channel stands above noise, and what else it answers to."""
    time_s = film.take.time_s
    noise = apex_reads(time_s, values, calm_starts(time_s)).std(axis=0)
    reads = apex_reads(time_s, values, [pulse.start_s for pulse in film.pulses])
    moved = np.array(["+".join(pulse.channels) for pulse in film.pulses])
    means = {name: reads[moved == name].mean(axis=0) for name in dict.fromkeys(moved.tolist())}
    out = {}
    for driven_ones, mean in means.items():
        for name in driven_ones.split("+"):
            column = NAMES.index(name)
            others = reads[moved != driven_ones, column]
            rest = {one: abs(m[column]) for one, m in means.items() if one != driven_ones}
            most = max(rest, key=lambda one: rest[one])
            out[name] = Standing(
                float(mean[column] / noise[column]),
                float(mean[column] / others.std()),
                most,
                float(rest[most] / max(abs(mean[column]), 1e-9)),
            )
    return out


def driven(film: Film, name: str) -> Doubles:
    """Return the weight that drove a channel at each frame of the take."""
    at = np.searchsorted(film.truth.time_s, film.take.time_s - 1e-3)
    weight = np.zeros(len(film.truth.time_s))
    for pulse in film.pulses:
        if name in pulse.channels:
            since = film.truth.time_s - pulse.start_s
            inside = (since > 0) & (since < PULSE_S)
            weight += np.where(inside, AMPLITUDE * np.sin(np.pi * since / PULSE_S), 0.0)
    return weight[np.minimum(at, len(weight) - 1)]


def follows(film: Film, name: str, values: Doubles) -> tuple[float, float]:
    """Correlate `speed` and `burst` of the channel with those of the driven weight."""
    time_s = film.take.time_s
    rate_hz = 1 / float(np.median(np.diff(time_s)))
    both = np.stack([driven(film, name), np.nan_to_num(values[:, NAMES.index(name)])], axis=1)
    out = []
    for read in (Slope(2).push(time_s, both), BandEnergy(rate_hz, 2).push(time_s, both)):
        known = np.isfinite(read).all(axis=1) & (time_s > SETTLED_S)
        out.append(float(np.corrcoef(read[known].T)[0, 1]))
    return out[0], out[1]


def row_of(
    name: str,
    films: Sequence[Film],
    ways: Sequence[Mapping[str, Doubles]],
    stood: Mapping[str, Sequence[Mapping[str, Standing]]],
) -> dict[str, Any]:
    row: dict[str, Any] = {"channel": name, "n_people": len(films)}
    row["n_pulses"] = sum(name in pulse.channels for film in films for pulse in film.pulses)
    for way in READ:
        pairs = [(film, one[way]) for film, one in zip(films, ways, strict=True)]
        stands = [one[name] for one in stood[way]]
        values = [one.d_prime for one in stands]
        speed, burst = np.median([follows(film, name, v) for film, v in pairs], axis=0)
        row[way] = {
            "d_prime": round(float(np.median(values)), 2),
            "d_prime_least": round(min(values), 2),
            "d_prime_most": round(max(values), 2),
            "among_others": round(float(np.median([one.among_others for one in stands])), 2),
            "speed_r": round(float(speed), 3),
            "burst_r": round(float(burst), 3),
            "confused_with": max(stands, key=lambda one: one.share).confused_with,
            "share_of_own_answer": round(float(np.median([one.share for one in stands])), 2),
        }
    return row


def cost_ms(film: Film) -> dict[str, float]:
    """Time what formulas, and formulas with the read-out, take a frame; flow not included."""
    out = {}
    for name, make in (("formula", blocks_of), ("read_out", sharp_blocks_of)):
        list(make(film.take.frames(np.arange(len(film.take.time_s)) < 60)))
        began = time.process_time()
        list(make(film.take))
        out[name] = round(1e3 * (time.process_time() - began) / len(film.take.time_s), 3)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--first-seed", type=int, default=5000)
    parser.add_argument("--rig", type=Path, help="the face rig; else the one under FACESIGN_DATA")
    args = parser.parse_args()
    rig_file = find_rig(args.rig)
    rig = Rig.load(rig_file)
    seeds = range(args.first_seed, args.first_seed + args.people)
    folders = [args.folder / f"pulses-{seed}" for seed in seeds]
    films = [shot(folder, rig, seed) for folder, seed in zip(folders, seeds, strict=True)]
    ways = read_otherwise(films, folders)
    stood = {
        way: [standings(film, one[way]) for film, one in zip(films, ways, strict=True)]
        for way in READ
    }
    rows = [row_of(name, films, ways, stood) for name in NAMES if name in SHAPES_OF]
    reached = {way: sum(row[way]["d_prime"] >= GOAL for row in rows) for way in READ}
    result = {
        "question": "how far above its noise does one brief movement at a time stand?",
        "people": [film.person for film in films],
        "seeds": list(seeds),
        "pulse_s": PULSE_S,
        "amplitude": AMPLITUDE,
        "eyes_px": round(float(np.median([p.eyes_px for p in map(fit.person_of, folders)])), 1),
        "n_frames": sum(len(film.take.time_s) for film in films),
        "cpu_ms_a_frame": cost_ms(films[0]),
        "n_channels_at_goal": reached,
        "channels": rows,
    }
    write_result("signal_pulses", result, [rig_file])


if __name__ == "__main__":
    main()
