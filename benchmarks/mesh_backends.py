"""Compare the two face meshes on movements of 0.1 to 0.3 s.

Two kinds of movement: brow pulses of a rendered face, whose course is known, and real blinks,
where one mesh is compared with the other. A pulse's gain is the slope of AU1 over the driven
weight; divided by the gain at a pulse of one second it says how much of a brief movement is
kept. Lag is where the cross-correlation with the driven weight peaks, in frames.

    python benchmarks/mesh_backends.py [--data FOLDER] [--rig FILE]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from provenance import add_data_argument, write_result

from facesign.biometrics.face.blinks import Blink, BlinkSpotter
from facesign.biometrics.face.block import FaceBlock, read_block
from facesign.biometrics.face.faces import box_of
from facesign.biometrics.face.mesh import BundledMesh, FaceMesh, TaskMesh
from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.face.track import LOST, Face
from facesign.biometrics.stream import BlockGrid, FloatArray, Frame, TimeArray
from facesign.interview.media.recording import open_media
from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.acting.steps import sway
from facesign.samples.studio.people.person import person
from facesign.samples.studio.rig import Rig, find_rig
from facesign.samples.studio.stage.placed import Placed
from facesign.samples.studio.stage.renderer import Renderer
from facesign.samples.studio.stage.view import View

RATE_HZ = 30.0
PICTURE_PX = (960, 540)
LENGTHS_S = (0.1, 0.2, 0.3, 1.0)
LONG_S = 1.0
PULSES = 4
REST_S = 0.45
WEIGHT = 0.7
SHAPES = ("browInnerUp_L", "browInnerUp_R")
SEED = 3
CLIPS = ("clm_franck.mp4", "hdtf_aoc.mp4", "hdtf_katiehill.mp4", "hdtf_WDA_BobMenendez_000.mp4")
CLIP_S = 60.0
SAME_BLINK_S = 0.15
LAGS = np.arange(-4, 5)

COLUMN = {channel.name: index for index, channel in enumerate(CHANNELS)}
BROWS = [COLUMN["au1.left"], COLUMN["au1.right"]]
LIDS = [COLUMN["au45.left"], COLUMN["au45.right"]]
NOISE_OF = ("au1.left", "au12.left", "au45.left")


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one mesh made of a run of frames."""

    time_s: TimeArray
    channels: FloatArray
    blinks: list[Blink]
    wall_s: float
    cpu_s: float

    def speed(self) -> dict[str, Any]:
        """Frames, and what one cost."""
        n_frames = len(self.time_s)
        return {
            "n_frames": n_frames,
            "n_with_face": int(np.isfinite(self.channels[:, 0]).sum()),
            "frames_per_s_wall": round(n_frames / self.wall_s, 1),
            "cpu_ms_per_frame": round(1000 * self.cpu_s / n_frames, 2),
        }

    def noise(self) -> dict[str, float]:
        """Robust spread of the second difference over sqrt(6), as in channel_noise.py."""
        columns = [COLUMN[name] for name in NOISE_OF]
        bend = np.diff(self.channels[:, columns], n=2, axis=0)
        bend = bend[np.isfinite(bend).all(axis=1)]
        spread = 1.4826 * np.median(np.abs(bend), axis=0) / np.sqrt(6)
        return {name: round(float(s), 5) for name, s in zip(NOISE_OF, spread, strict=True)}


class Run:
    """Pass frames through one mesh and read the channels; only the mesh is timed."""

    def __init__(self, mesh: FaceMesh) -> None:
        self._mesh = mesh
        self._grid = BlockGrid[Face](lambda face: face.time_s)
        self._spotter = BlinkSpotter()
        self._blocks: list[FaceBlock] = []
        self._blinks: list[Blink] = []
        self._wall_s = self._cpu_s = 0.0

    def push(self, frame: Frame) -> None:
        """Take one frame."""
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        found = self._mesh.find(frame)
        self._wall_s += time.perf_counter() - wall_s
        self._cpu_s += time.process_time() - cpu_s
        face = Face(
            time_s=frame.time_s,
            landmarks=LOST if found is None else found,
            box=None if found is None else box_of(found),
            jumped=False,
            others=None,
            picture=None,
        )
        self._read(self._grid.push(face))

    def finish(self) -> Seen:
        """Free the mesh and return what it saw."""
        self._read(self._grid.finish())
        self._blinks += self._spotter.finish()
        self._mesh.close()
        return Seen(
            np.concatenate([block.time_s for block in self._blocks]),
            np.concatenate([block.channels for block in self._blocks]),
            self._blinks,
            self._wall_s,
            self._cpu_s,
        )

    def _read(self, blocks: Iterable[list[Face]]) -> None:
        for faces in blocks:
            block = read_block(faces, np.zeros(len(faces), dtype=np.bool_))
            self._blocks.append(block)
            self._blinks += self._spotter.push(block)


def through_both(frames: Iterable[Frame], open_meshes: dict[str, Callable[[], FaceMesh]]) -> Any:
    """Show every frame to both meshes in turn, so that both meet the same machine load."""
    runs = {name: Run(open_mesh()) for name, open_mesh in open_meshes.items()}
    for frame in frames:
        for run in runs.values():
            run.push(frame)
    return {name: run.finish() for name, run in runs.items()}


def pulse_plan() -> list[tuple[float, float]]:
    """Onset and length of every pulse; onsets fall at four places between two frames."""
    plan, now_s = [], 1.0
    for length_s in LENGTHS_S:
        for number in range(PULSES):
            onset_s = np.ceil(now_s * RATE_HZ) / RATE_HZ + number / PULSES / RATE_HZ
            plan.append((float(onset_s), length_s))
            now_s = onset_s + length_s + REST_S
    return plan


def driven(time_s: TimeArray, plan: list[tuple[float, float]]) -> TimeArray:
    phases = [np.clip((time_s - onset_s) / length_s, 0, 1) for onset_s, length_s in plan]
    return WEIGHT * np.sum([0.5 - 0.5 * np.cos(2 * np.pi * phase) for phase in phases], axis=0)


def rendered(rig: Rig, plan: list[tuple[float, float]]) -> Iterator[Frame]:
    """Render the plan on a head that sways a little."""
    time_s = np.arange(round((plan[-1][0] + plan[-1][1] + 1.0) * RATE_HZ)) / RATE_HZ
    rng = np.random.default_rng(SEED)
    yaw, pitch = sway(rng, time_s, period_s=1.9), sway(rng, time_s, period_s=2.1)
    width, height = PICTURE_PX
    view = View(
        width, height, eyes_px=126 * height / 720, field_deg=53.0, height_deg=-3.0, aside_deg=0.0
    )
    renderer = Renderer(rig, [Placed(person("daniel"))], view=view)
    for row, weight in enumerate(driven(time_s, plan).tolist()):
        state = FaceState(
            dict.fromkeys(SHAPES, weight), yaw_deg=float(yaw[row]), pitch_deg=float(pitch[row])
        )
        yield Frame(float(time_s[row]), renderer.draw([state]))
    renderer.close()


def pulse_response(seen: Seen, plan: list[tuple[float, float]], length_s: float) -> dict[str, Any]:
    """Return gain and lag over all pulses of one length, each pulse an item."""
    weight = driven(seen.time_s, plan)
    brow = seen.channels[:, BROWS].mean(axis=1).astype(np.float64)
    gains, lags = [], []
    for onset_s, one_s in plan:
        if one_s != length_s:
            continue
        near = (seen.time_s >= onset_s - 0.2) & (seen.time_s <= onset_s + one_s + 0.2)
        rows = np.flatnonzero(near)
        centred = brow[rows] - brow[rows].mean()
        match = [float(centred @ _centred(weight[rows - lag])) for lag in LAGS]
        lags.append(_peak(match))
        drive = _centred(weight[rows])
        gains.append(float(centred @ drive / (drive @ drive)))
    return {"gain": gains, "lag_frames": lags}


def pulses(seen: Seen, plan: list[tuple[float, float]]) -> dict[str, Any]:
    responses = {length_s: pulse_response(seen, plan, length_s) for length_s in LENGTHS_S}
    full = float(np.mean(responses[LONG_S]["gain"]))
    return {
        f"{length_s:g} s": {
            "n": len(response["gain"]),
            "amplitude_kept": _mean_and_spread(np.array(response["gain"]) / full),
            "lag_frames": _mean_and_spread(np.array(response["lag_frames"])),
        }
        for length_s, response in responses.items()
    }


def blinks(bundled: Seen, task: Seen) -> dict[str, Any]:
    """Compare the lid closure of the same blinks in both meshes."""
    pairs = [
        (one, other)
        for one in bundled.blinks
        for other in task.blinks
        if abs(one.apex_s - other.apex_s) <= SAME_BLINK_S
    ]
    step_s = float(np.median(np.diff(bundled.time_s)))
    depth = [_depth(task, one) / _depth(bundled, one) for one, _ in pairs]
    lag = [_lag(bundled, task, one) for one, _ in pairs]
    return {
        "n_bundled": len(bundled.blinks),
        "n_task": len(task.blinks),
        "n_both": len(pairs),
        "mean_length_s": _mean_and_spread(np.array([b.offset_s - b.onset_s for b, _ in pairs])),
        "frame_s": round(step_s, 4),
        "closure_task_over_bundled": _mean_and_spread(np.array(depth)),
        "lag_of_task_frames": _mean_and_spread(np.array(lag)),
    }


def _lid(seen: Seen, blink: Blink) -> TimeArray:
    near = (seen.time_s >= blink.onset_s - 0.2) & (seen.time_s <= blink.offset_s + 0.2)
    return seen.channels[near][:, LIDS].mean(axis=1).astype(np.float64)


def _depth(seen: Seen, blink: Blink) -> float:
    lid = _lid(seen, blink)
    return float(lid.max() - np.median(lid))


def _lag(bundled: Seen, task: Seen, blink: Blink) -> float:
    one, other = _centred(_lid(bundled, blink)), _centred(_lid(task, blink))
    return _peak([float(np.roll(one, lag) @ other) for lag in LAGS])


def _centred(values: TimeArray) -> TimeArray:
    return values - values.mean()


def _peak(match: list[float]) -> float:
    """Return the lag of the best match, between frames by a parabola."""
    best = int(np.clip(np.argmax(match), 1, len(match) - 2))
    before, at, after = match[best - 1 : best + 2]
    bend = before - 2 * at + after
    return float(LAGS[best] + (0.5 * (before - after) / bend if bend else 0.0))


def _mean_and_spread(values: TimeArray) -> dict[str, float | None]:
    return {
        "mean": round(float(values.mean()), 3) if len(values) else None,
        "sd": round(float(values.std(ddof=1)), 3) if len(values) > 1 else None,
    }


def on_renders(rig: Rig, open_meshes: dict[str, Callable[[], FaceMesh]]) -> dict[str, Any]:
    plan = pulse_plan()
    seen = through_both(rendered(rig, plan), open_meshes)
    return {
        "picture_px": list(PICTURE_PX),
        "rate_hz": RATE_HZ,
        "driven": f"{' and '.join(SHAPES)} to {WEIGHT}, measured by au1 of both sides",
        "meshes": {
            name: {"pulses": pulses(one, plan), "noise": one.noise(), **one.speed()}
            for name, one in seen.items()
        },
    }


def on_clip(path: Path, open_meshes: dict[str, Callable[[], FaceMesh]]) -> dict[str, Any]:
    with open_media(path) as recording:
        frames = (item for item in recording if isinstance(item, Frame))
        rate_hz = recording.info.video.rate_hz if recording.info.video else None
        most = round(CLIP_S * (rate_hz or RATE_HZ))
        seen = through_both(islice(frames, most), open_meshes)
    return {
        "blinks": blinks(seen["bundled"], seen["task"]),
        "meshes": {name: {"noise": one.noise(), **one.speed()} for name, one in seen.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_argument(parser)
    parser.add_argument("--rig", type=Path, help="the face rig; else the one under FACESIGN_DATA")
    args = parser.parse_args()
    task_file = args.data / "models" / "face_landmarker.task"
    open_meshes: dict[str, Callable[[], FaceMesh]] = {
        "bundled": BundledMesh,
        "task": lambda: TaskMesh(task_file),
    }
    rig_file = find_rig(args.rig)
    clips = [args.data / "face" / "video" / name for name in CLIPS]
    result = {
        "question": "do the two face meshes keep movements of 0.1 to 0.3 s, and when?",
        "rendered_brow_pulses": on_renders(Rig.load(rig_file), open_meshes),
        "real_blinks": {clip.name: on_clip(clip, open_meshes) for clip in clips},
    }
    write_result("mesh_backends", result, [*clips, rig_file, task_file])


if __name__ == "__main__":
    main()
