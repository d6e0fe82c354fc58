"""Measure how many frames a second one core renders and encodes, and where the time goes.

The process is bound to one core and the rasterizer to its own thread. A talking, blinking,
swaying face is drawn at several sizes and goes through x264 as an interview does. Writes
benchmarks/results/studio_speed.json.

    python benchmarks/studio_speed.py [--rig FILE] [--frames N]
"""

from __future__ import annotations

import os

# Mesa reads this when the first context is made: no thread beside the one that is measured.
os.environ["LP_NUM_THREADS"] = "0"
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import io
import statistics
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import av
import cv2
import moderngl
import numpy as np
from provenance import write_result

from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.acting.steps import sway
from facesign.samples.studio.normals import Normals
from facesign.samples.studio.people.casting import PersonSettings, draw_person
from facesign.samples.studio.people.figure import figure_of
from facesign.samples.studio.people.parts import Image
from facesign.samples.studio.people.person import Person, person
from facesign.samples.studio.rig import Rig, find_rig
from facesign.samples.studio.settings import rng_for
from facesign.samples.studio.stage.placed import Placed
from facesign.samples.studio.stage.renderer import Renderer
from facesign.samples.studio.stage.view import View

SIZES_PX = ((640, 480), (1280, 720), (1920, 1080))
RATE_HZ = 30
REPEATS = 3
GOAL_FPS = 12.0
SEED = 5
PRESET, CRF = "medium", 21
TALKING = {"jawOpen": 0.25, "mouthFunnel": 0.2, "mouthLowerDown_L": 0.2, "mouthLowerDown_R": 0.2}
RESTING = {
    **dict.fromkeys(("mouthSmile_L", "mouthSmile_R", "mouthPress_L", "mouthPress_R"), 0.04),
    **dict.fromkeys(("browInnerUp_L", "browInnerUp_R", "cheekSquint_L", "cheekSquint_R"), 0.06),
    **dict.fromkeys(("eyeLookDown_L", "eyeLookDown_R", "eyeLookIn_L", "eyeLookOut_R"), 0.05),
    "mouthClose": 0.03,
}


def talking(n_frames: int) -> list[FaceState]:
    """Return a face that talks, blinks and sways; 18 shapes are active in each frame."""
    time_s = np.arange(n_frames) / RATE_HZ
    rng = np.random.default_rng(SEED)
    yaw, pitch, roll = (sway(rng, time_s, period_s=period) for period in (1.9, 2.1, 2.6))
    mouth = np.abs(np.sin(2 * np.pi * 2.2 * time_s))
    shut = np.exp(-(((time_s % 2.0 - 1.0) / 0.08) ** 2))
    return [
        FaceState(
            {
                **RESTING,
                **{name: weight * float(mouth[i]) for name, weight in TALKING.items()},
                **dict.fromkeys(("eyeBlink_L", "eyeBlink_R"), 1.1 * float(shut[i])),
            },
            yaw_deg=1.5 * float(yaw[i]),
            pitch_deg=float(pitch[i]),
            roll_deg=0.8 * float(roll[i]),
        )
        for i in range(n_frames)
    ]


def people() -> dict[str, Person]:
    """Return somebody plain, and somebody with all that costs time."""
    adorned = PersonSettings(hair="long", glasses="thick", beard="none", headscarf=False)
    return {
        "short hair": person("daniel"),
        "long hair and glasses": draw_person(adorned, rng_for(SEED, "person")),
    }


def run(
    rig: Rig, who: Person, size_px: tuple[int, int], states: Sequence[FaceState]
) -> dict[str, Any]:
    """Render and encode once; seconds of wall and CPU time a frame, by stage."""
    width, height = size_px
    view = View(width, height, 0.175 * height, field_deg=53.0, height_deg=-3.0, aside_deg=0.0)
    renderer = Renderer(rig, [Placed(who)], view=view)
    renderer.draw(states[:1])
    encoder = _Encoder(size_px)
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    draw_s = 0.0
    for state in states:
        before_s = time.perf_counter()
        image = renderer.draw([state])
        draw_s += time.perf_counter() - before_s
        encoder.add(image)
    encoder.finish()
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    renderer.close()
    posing_s = _posing_s(rig, who, states)
    return {
        "fps": len(states) / wall_s,
        "fps_of_cpu_time": len(states) / cpu_s,
        "posing": posing_s / wall_s,
        "drawing": (draw_s - posing_s) / wall_s,
        "encoding": (wall_s - draw_s) / wall_s,
    }


def measure(rig: Rig, n_frames: int) -> dict[str, Any]:
    cv2.setNumThreads(1)
    states = talking(n_frames)
    cases = [("short hair", size) for size in SIZES_PX] + [("long hair and glasses", SIZES_PX[0])]
    cast = people()
    rows = []
    for name, size_px in cases:
        runs = [run(rig, cast[name], size_px, states) for _ in range(REPEATS)]
        median = {key: statistics.median(one[key] for one in runs) for key in runs[0]}
        rows.append(
            {
                "person": name,
                "size_px": list(size_px),
                "fps": round(median["fps"], 1),
                "fps_runs": [round(one["fps"], 1) for one in runs],
                "fps_of_cpu_time": round(median["fps_of_cpu_time"], 1),
                "share_of_time": {
                    stage: round(median[stage], 2) for stage in ("posing", "drawing", "encoding")
                },
            }
        )
        print(rows[-1])
    return {
        "question": "how many frames a second does one core render and encode?",
        "frames": n_frames,
        "repeats": REPEATS,
        "codec": f"H.264 {PRESET} crf {CRF}, one thread",
        "goal_fps_640x480": GOAL_FPS,
        "moderngl": version("moderngl"),
        "rasterizer": _rasterizer(),
        "rows": rows,
    }


class _Encoder:
    """x264 on one thread, into memory."""

    def __init__(self, size_px: tuple[int, int]) -> None:
        self._container = av.open(io.BytesIO(), "w", format="matroska")
        self._stream = self._container.add_stream("libx264", rate=RATE_HZ)
        self._stream.width, self._stream.height = size_px
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {"crf": str(CRF), "preset": PRESET, "threads": "1"}

    def add(self, image: Image) -> None:
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        self._container.mux(self._stream.encode(frame))

    def finish(self) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()


def _posing_s(rig: Rig, who: Person, states: Sequence[FaceState]) -> float:
    """Time what moves the vertices and their normals, apart from all drawing."""
    figure = figure_of(rig, who)
    normals = Normals(figure.head, rig.parts["M_Face"], rig.parts["M_BackHead"])
    start_s = time.perf_counter()
    for state in states:
        normals.of(rig.pose(figure.head, figure.eyes, state.weights))
    return time.perf_counter() - start_s


def _rasterizer() -> str:
    create: Any = moderngl.create_context
    context = create(standalone=True, backend="egl")
    name = f"{context.info['GL_RENDERER']}, {context.info['GL_VERSION']}"
    context.release()
    return name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rig", type=Path, help="the face rig; else the one under FACESIGN_DATA")
    parser.add_argument("--frames", type=int, default=60)
    args = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rig_file = find_rig(args.rig)
    print(write_result("studio_speed", measure(Rig.load(rig_file), args.frames), [rig_file]))


if __name__ == "__main__":
    main()
