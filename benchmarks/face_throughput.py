"""Measure how much of the bare mesh's speed the whole analysis keeps.

One clip with one face is looped to two minutes or more. Three things are timed in turn,
several times over: decoding alone; the bare MediaPipe mesh over frames that are decoded
already; and everything `analyze` does between its start and its report (decoding, mesh,
detector, signals, sound). Medians over the repeats count.

    python benchmarks/face_throughput.py [--data FOLDER] [--clip NAME] [--seconds 120]
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from looped import looped
from provenance import add_data_argument, write_result

from facesign.biometrics.face.mesh import quiet_native
from facesign.biometrics.stream import Frame
from facesign.interview.facts import RecordingFacts
from facesign.interview.home import Settings
from facesign.interview.media.recording import open_media
from facesign.interview.session import Session

REPEATS = 3
FIRST_FRAMES = 10
GOAL = 0.80


@dataclass(frozen=True, slots=True)
class Span:
    """One measured stretch."""

    n_frames: int
    wall_s: float
    cpu_s: float
    load_average: float
    """Of the last minute, when it began: other work on the machine shows here."""


class Stopwatch:
    """Wall and CPU time, of all threads and of the tracker's process, since it was made."""

    def __init__(self) -> None:
        self._load = os.getloadavg()[0]
        self._wall_s, self._cpu_s = time.perf_counter(), _cpu_s()

    def read(self, n_frames: int) -> Span:
        """Return what passed, in which so many frames were worked on."""
        wall_s, cpu_s = time.perf_counter() - self._wall_s, _cpu_s() - self._cpu_s
        return Span(n_frames, wall_s, cpu_s, round(self._load, 2))


def decode(path: Path) -> Span:
    with open_media(path) as recording:
        watch = Stopwatch()
        return watch.read(sum(isinstance(item, Frame) for item in recording))


def bare_mesh(frames: list[Frame], n_frames: int) -> Span:
    with quiet_native():
        from mediapipe.python.solutions.face_mesh import FaceMesh

        mesh = FaceMesh(max_num_faces=1, refine_landmarks=True)
        mesh.process(frames[0].image)
    watch = Stopwatch()
    for frame in itertools.islice(itertools.cycle(frames), n_frames):
        found = mesh.process(frame.image).multi_face_landmarks
    span = watch.read(n_frames)
    if not found:
        raise SystemExit("the clip's last frame has no face: take another clip")
    mesh.close()
    return span


def pipeline(path: Path) -> tuple[Span, dict[str, float]]:
    """Analyze a recording; return the span of the analysis, and what lies around it."""
    start = Stopwatch()
    with open_media(path) as recording:
        audio = recording.info.audio
        session = Session(tracks=audio.tracks if audio else (), settings=Settings(), recorded=True)
        items = iter(recording)
        n_frames = 0
        for item in items:
            session.push(item)
            n_frames += isinstance(item, Frame)
            # The first answers wait for the tracker's process to start.
            if n_frames == FIRST_FRAMES:
                break
        start_up = start.read(n_frames)
        watch = Stopwatch()
        n_frames = 0
        for item in items:
            session.push(item)
            n_frames += isinstance(item, Frame)
        analysis = watch.read(n_frames)
        close = Stopwatch()
        report = session.close(RecordingFacts(recording.info, recording.problems))
    closing = close.read(0)
    save = Stopwatch()
    with tempfile.TemporaryDirectory(prefix="facesign-bench-") as folder:
        report.save(folder)
    return analysis, {
        "start_up_s": start_up.wall_s,
        "write_up_s": closing.wall_s,
        "save_s": save.read(0).wall_s,
    }


def measure(clip: Path, seconds: float) -> dict[str, Any]:
    with open_media(clip) as recording:
        frames = [item for item in recording if isinstance(item, Frame)]
    spans: dict[str, list[Span]] = {"decoding": [], "mesh": [], "pipeline": []}
    around: list[dict[str, float]] = []
    with looped(clip, seconds) as path:
        n_frames = decode(path).n_frames
        for repeat in range(REPEATS):
            for kind in _rotated(list(spans), repeat):
                if kind == "decoding":
                    spans[kind].append(decode(path))
                elif kind == "mesh":
                    spans[kind].append(bare_mesh(frames, n_frames))
                else:
                    analysis, rest = pipeline(path)
                    spans[kind].append(analysis)
                    around.append(rest)
    height, width = frames[0].image.shape[:2]
    return {
        "question": "how much of the bare mesh's speed does the whole analysis keep?",
        "clip": clip.name,
        "picture_px": [width, height],
        "n_frames": n_frames,
        "repeats": REPEATS,
        **_summary(spans),
        "around_pipeline": {key: _median([one[key] for one in around]) for key in around[0]},
        "goal": GOAL,
        "spans": {kind: [asdict(span) for span in done] for kind, done in spans.items()},
    }


def _summary(spans: dict[str, list[Span]]) -> dict[str, Any]:
    wall = {kind: _rate(done, lambda span: span.wall_s) for kind, done in spans.items()}
    cpu = {kind: _rate(done, lambda span: span.cpu_s) for kind, done in spans.items()}
    return {
        "pipeline_over_mesh_ratio": round(wall["pipeline"] / wall["mesh"], 3),
        "pipeline_over_mesh_cpu_ratio": round(cpu["pipeline"] / cpu["mesh"], 3),
        "decoding_over_mesh_ratio": round(wall["decoding"] / wall["mesh"], 3),
        "frames_per_s_wall": wall,
        "frames_per_cpu_s": cpu,
    }


def _rate(spans: list[Span], seconds_of: Callable[[Span], float]) -> float:
    return _median([span.n_frames / seconds_of(span) for span in spans])


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 3)


def _rotated(kinds: list[str], by: int) -> list[str]:
    by %= len(kinds)
    return kinds[by:] + kinds[:by]


def _cpu_s() -> float:
    """Of this process and of the face tracker's."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    ticks = 0
    for process in ("self", *children):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_argument(parser)
    parser.add_argument("--clip", default="hdtf_aoc.mp4", help="name in face/video")
    parser.add_argument("--seconds", type=float, default=120.0)
    args = parser.parse_args()
    clip = args.data / "face" / "video" / args.clip
    result = measure(clip, args.seconds)
    print(write_result("face_throughput", result, [clip]))
    print({key: value for key, value in result.items() if key != "spans"})


if __name__ == "__main__":
    main()
