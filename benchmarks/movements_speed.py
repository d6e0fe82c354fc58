"""What signals and classifier cost beside the bare face mesh, and how late a live push is.

One recording, one core. The mesh alone is timed on its frames; then, on the landmarks that it
found, blocks, signals and classifier (without the skin's flow and the read-out, and with
them); last the time of each single push of a frame's face through all of it. CUDA and CPU are
compared where a CUDA provider starts.

    python benchmarks/movements_speed.py MEDIA [--runs 5]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from provenance import write_result

from facesign.biometrics.face.block import read_block
from facesign.biometrics.face.flow import SkinFlow
from facesign.biometrics.face.mesh import BundledMesh
from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.sharpen import MODEL as READOUT
from facesign.biometrics.face.sharpen import Sharpener
from facesign.biometrics.face.spotter import MODEL, N_AHEAD, N_BACK, N_NEW, ClassifierSpotter
from facesign.biometrics.face.track import Face, FaceTracker
from facesign.biometrics.stream import BlockGrid, Frame
from facesign.errors import ProviderError
from facesign.interview.media.recording import open_media
from facesign.models.runtime import open_model, require_provider

N_FRAMES = 600


class _NoOthers:
    """In the place of the search for further faces, which is not measured here."""

    def find(self, frame: Frame) -> list[Any]:
        """Find nobody."""
        return []

    def close(self) -> None:
        """Free nothing."""


class Live:
    """Blocks, signals and classifier as the pipeline runs them.

    Args:
        sharp: Whether the read-out is used.
    """

    def __init__(self, *, sharp: bool) -> None:
        self._grid: BlockGrid[Face] = BlockGrid(lambda face: face.time_s)
        self._sharpener = Sharpener(open_model(READOUT, provider="cpu")) if sharp else None
        self._meter = SignalMeter("calm_start")
        self._spotter = ClassifierSpotter(open_model(MODEL, provider="cpu"))

    def push(self, face: Face) -> Iterator[Any]:
        """Take one face; yield what became known."""
        for faces in self._grid.push(face):
            block = read_block(faces, np.zeros(len(faces), np.bool_))
            if self._sharpener is not None:
                block = self._sharpener.push(block)
            for signals in self._meter.push(block):
                yield from self._spotter.push(block, signals, self._meter.baseline)


def cpu_ms(work: Callable[[], object], n_frames: int) -> float:
    began_s = time.process_time()
    work()
    return 1000 * (time.process_time() - began_s) / n_frames


def measure(media: Path, runs: int) -> dict[str, Any]:
    cv2.setNumThreads(1)
    with open_media(media) as recording:
        frames = [item for item in recording if isinstance(item, Frame)][:N_FRAMES]
    rows: dict[str, list[float]] = {"mesh": [], "signals": [], "flow": [], "sharp_signals": []}
    pushes_ms: list[float] = []
    for _ in range(runs):
        mesh = BundledMesh()
        rows["mesh"].append(cpu_ms(lambda m=mesh: [m.find(f) for f in frames], len(frames)))
        mesh.close()
        tracker = FaceTracker(BundledMesh(), _NoOthers())  # type: ignore[arg-type]
        faces = [face for frame in frames for face in tracker.push(frame)]
        list(tracker.finish())
        flow, flowing = SkinFlow(), list(zip(faces, frames, strict=True))
        followed: list[Face] = []
        rows["flow"].append(
            cpu_ms(
                lambda w=flow, o=followed, f=flowing: o.extend(w.measured(*p) for p in f),
                len(frames),
            )
        )
        plain, sharp = Live(sharp=False), Live(sharp=True)
        rows["signals"].append(
            cpu_ms(lambda p=plain, o=faces: [list(p.push(f)) for f in o], len(faces))
        )
        rows["sharp_signals"].append(
            cpu_ms(lambda p=sharp, o=followed: [list(p.push(f)) for f in o], len(faces))
        )
        live = Live(sharp=True)
        for face in followed:
            began_s = time.perf_counter()
            list(live.push(face))
            pushes_ms.append(1000 * (time.perf_counter() - began_s))
    middle = {name: statistics.median(values) for name, values in rows.items()}
    with_flow = middle["flow"] + middle["sharp_signals"]
    return {
        "question": "what do signals and classifier cost on top of the bare mesh?",
        "n_frames": len(frames),
        "runs": runs,
        "cpu_ms_a_frame": {name: round(value, 3) for name, value in middle.items()},
        "share_without_flow": round(middle["signals"] / middle["mesh"], 3),
        "share_with_flow": round(with_flow / middle["mesh"], 3),
        "goals": {"share_without_flow": 0.2, "share_with_flow": 0.6, "push_p95_ms": 10.0},
        "push_ms": {
            "median": round(float(np.median(pushes_ms)), 3),
            "p95": round(float(np.percentile(pushes_ms, 95)), 3),
            "most": round(max(pushes_ms), 3),
            "n": len(pushes_ms),
        },
        "cuda": cuda(),
    }


def cuda() -> dict[str, Any]:
    """Return the largest difference between CPU and CUDA; say so where there is no CUDA."""
    try:
        require_provider("cuda")
    except ProviderError:
        return {"status": "not_assessed", "reason": "no CUDA provider on this machine"}
    rng = np.random.default_rng(0)
    shape = (1, N_BACK + N_NEW + N_AHEAD, 132)
    inputs = {
        "signals": rng.normal(0, 3, shape).astype(np.float32),
        "valid": (rng.random(shape) > 0.1).astype(np.float32),
    }
    both = [open_model(MODEL, provider=where).run(**inputs) for where in ("cpu", "cuda")]
    away = max(float(np.abs(both[0][name] - both[1][name]).max()) for name in both[0])
    return {"status": "assessed", "largest_difference": away, "goal": 1e-3}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("media", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    write_result("movements_speed", measure(args.media, args.runs), [args.media])


if __name__ == "__main__":
    main()
