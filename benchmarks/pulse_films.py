"""Films of one face that does one thing at a time: a brief pulse of every channel, with truth.

Nine calm seconds, then 300 ms half sines of 0.3 of full range, one channel after another in
random order, 450 ms of rest after each; a little head sway throughout, no blinks, no glasses.
H.264 at 640x480, 30 frames/s, 120 px between the eyes. A folder a person: `interview.mp4`,
`truth.npz`, `pulses.json`, and `take.npz` once it was tracked.

    python benchmarks/pulse_films.py FOLDER --seeds 6000-6005 [--rig FILE]

Seeds from 6000 on teach (models/training/channels/fit.py), those below test
(signal_pulses.py).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import numpy as np
from signals_vs_rig import FULL_GAZE_DEG, swaying, write_film

from facesign.biometrics.stream import TimeArray
from facesign.samples.frame_truth import FrameTruth
from facesign.samples.studio.acting.eyes import lid_weights
from facesign.samples.studio.acting.facs import SHAPES_OF
from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.people.casting import PersonSettings, draw_person
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.rig import Rig, find_rig
from facesign.samples.studio.settings import rng_for
from facesign.samples.studio.stage.placed import Placed
from facesign.samples.studio.stage.renderer import Renderer
from facesign.samples.studio.stage.view import View
from facesign.samples.takes import Take, watch

__all__ = ["AMPLITUDE", "CALM_S", "PULSE_S", "Film", "Pulse", "shot"]

RATE_HZ = 30
CALM_S, PULSE_S, REST_S = 9.0, 0.3, 0.45
AMPLITUDE = 0.3
REPEATS = 3
CRF = 24
TONES = (2, 5, 8, 10, 1, 3, 4, 6, 7, 9)
VIEW = View(640, 480, eyes_px=120.0, field_deg=53.0, height_deg=-3.0, aside_deg=0.0)


@dataclass(frozen=True, slots=True)
class Pulse:
    """One brief movement of one channel, or of both eyes' gaze."""

    channels: tuple[str, ...]
    start_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """One person's pulses as the tracker saw them."""

    take: Take
    truth: FrameTruth
    pulses: tuple[Pulse, ...]
    person: dict[str, Any]


def movements() -> list[tuple[str, ...]]:
    """Return what is driven together: a channel, or both eyes in one direction."""
    found: list[tuple[str, ...]] = []
    for channel in SHAPES_OF:
        if not channel.startswith("gaze"):
            found.append((channel,))
        elif channel.endswith(".left"):
            found.append((channel, channel.removesuffix(".left") + ".right"))
    return found


def shot(folder: Path, rig: Rig, seed: int) -> Film:
    """Render a person's pulses, unless the folder has them; track them once."""
    folder.mkdir(parents=True, exist_ok=True)
    film, script = folder / "interview.mp4", folder / "pulses.json"
    if not script.is_file():
        who, pulses = _person(seed), tuple(_in_random_order(seed))
        states = _states(pulses, np.random.default_rng(seed))
        _truth(states).write(folder / "truth.npz")
        _write(film, rig, who, states)
        rows = [[list(pulse.channels), pulse.start_s] for pulse in pulses]
        script.write_text(json.dumps({"person": who.to_dict(), "pulses": rows}), "utf-8")
    if not (folder / "take.npz").is_file():
        watch(film).write(folder / "take.npz")
    told = json.loads(script.read_text("utf-8"))
    return Film(
        Take.read(folder / "take.npz"),
        FrameTruth.read(folder / "truth.npz"),
        tuple(Pulse(tuple(names), start_s) for names, start_s in told["pulses"]),
        told["person"],
    )


def _person(seed: int) -> Person:
    settings = {
        "tone": TONES[seed % len(TONES)],
        "glasses": "none",
        "headscarf": False,
        "hair": "cropped",
    }
    return draw_person(PersonSettings.model_validate(settings), rng_for(seed, "pulses"))


def _in_random_order(seed: int) -> Iterator[Pulse]:
    order = np.random.default_rng((seed, 1)).permutation(len(movements()) * REPEATS)
    for number, which in enumerate(order):
        channels = movements()[int(which) % len(movements())]
        yield Pulse(channels, CALM_S + (PULSE_S + REST_S) * number)


def _states(pulses: Sequence[Pulse], rng: np.random.Generator) -> list[FaceState]:
    n_frames = round((pulses[-1].start_s + PULSE_S + REST_S) * RATE_HZ)
    time_s = np.arange(n_frames) / RATE_HZ
    shapes = {name: np.zeros(n_frames) for names in SHAPES_OF.values() for name in names}
    shapes["mouthClose"] = np.full(n_frames, 0.03)
    gaze = {"horizontal": np.zeros(n_frames), "vertical": np.zeros(n_frames)}
    for pulse in pulses:
        weight = _half_sine(time_s - pulse.start_s)
        if pulse.channels[0].startswith("gaze"):
            gaze[pulse.channels[0].split(".")[1]] += FULL_GAZE_DEG * weight
        else:
            for shape in SHAPES_OF[pulse.channels[0]]:
                shapes[shape] += weight
    looking = lid_weights(np.zeros(n_frames), gaze["horizontal"], gaze["vertical"])
    for name, weight in looking.items():
        shapes[name] = shapes.get(name, 0.0) + weight
    return [
        replace(
            state,
            weights={name: float(weight[i]) for name, weight in shapes.items()},
            gaze_yaw_deg=float(gaze["horizontal"][i]),
            gaze_pitch_deg=float(gaze["vertical"][i]),
        )
        for i, state in enumerate(swaying(n_frames, rng))
    ]


def _half_sine(since_s: TimeArray) -> TimeArray:
    inside = (since_s > 0) & (since_s < PULSE_S)
    return np.where(inside, AMPLITUDE * np.sin(np.pi * since_s / PULSE_S), 0.0)


def _truth(states: Sequence[FaceState]) -> FrameTruth:
    shapes = tuple(sorted(states[0].weights))
    n = len(states)
    return FrameTruth(
        time_s=np.arange(n) / RATE_HZ,
        shapes=shapes,
        weights=np.array([[s.weights[name] for name in shapes] for s in states], np.float32),
        head_deg=np.array([[s.yaw_deg, s.pitch_deg, s.roll_deg] for s in states], np.float32),
        head_cm=np.array([s.shift_cm for s in states], np.float32),
        gaze_deg=np.array([[s.gaze_yaw_deg, s.gaze_pitch_deg] for s in states], np.float32),
        eyes_px=np.full((n, 2, 2), np.nan, np.float32),
    )


def _write(path: Path, rig: Rig, who: Person, states: Sequence[FaceState]) -> None:
    renderer = Renderer(rig, [Placed(who)], view=VIEW)
    with av.open(str(path), "w") as container:
        write_film(container, renderer, states, VIEW, crf=CRF)
    renderer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", required=True, help="first-last")
    parser.add_argument("--rig", type=Path, help="the face rig; else the one under FACESIGN_DATA")
    args = parser.parse_args()
    rig = Rig.load(find_rig(args.rig))
    first, last = (int(seed) for seed in args.seeds.split("-"))
    for seed in range(first, last + 1):
        shot(args.folder / f"pulses-{seed}", rig, seed)


if __name__ == "__main__":
    main()
