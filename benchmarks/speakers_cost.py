"""Measure what telling voices apart and comparing them costs in `analyze`.

python benchmarks/speakers_cost.py [--seconds 180] [--repeats 5]

A bundled interview is looped to some minutes and analyzed in turn with voices and without, several
times over; so the machine's load meets both alike. With voices means: pieces are embedded, looked
through for two people at once and told apart, and the applicant's speech is compared with a
voiceprint. Medians over the repeats count.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from typing import Any

from face_throughput import Span, Stopwatch
from looped import looped
from provenance import write_result

from facesign.biometrics.stream import Frame
from facesign.interview.facts import RecordingFacts
from facesign.interview.home import Home, Settings
from facesign.interview.marks import read_marks
from facesign.interview.media.recording import open_media
from facesign.interview.session import Session
from facesign.interview.voice_session import open_voices
from facesign.samples import load
from facesign.samples.enrolled import CUSTOMER, enrolled

SAMPLE = "impostor-voice"


def analyzed(path: Path, home: Home | None) -> tuple[Span, int]:
    """Analyze a recording with the voices of a home, or without; how often it compared."""
    voices = None if home is None else open_voices(customer=CUSTOMER, home=home)
    with open_media(path) as recording:
        audio = recording.info.audio
        tracks = audio.tracks if audio else ()
        # The questions tell who is the applicant; those of the first round do.
        sample = load(SAMPLE)
        session = Session(
            script=sample.script,
            marks=read_marks(sample.marks),
            tracks=tracks,
            settings=Settings(),
            recorded=True,
            voices=voices,
        )
        watch, n_frames = Stopwatch(), 0
        for item in recording:
            session.push(item)
            n_frames += isinstance(item, Frame)
        report = session.close(RecordingFacts(recording.info, recording.problems))
        span = watch.read(n_frames)
    compared = [it for it in report.observations if it.name == "voice.comparison"]
    return span, len(compared)


def measure(seconds: float, repeats: int) -> dict[str, Any]:
    spans: dict[str, list[Span]] = {"without": [], "with": []}
    n_compared: set[int] = set()
    with enrolled(load(SAMPLE)) as home, looped(load(SAMPLE).media, seconds) as path:
        for repeat in range(repeats):
            for kind in ("without", "with") if repeat % 2 else ("with", "without"):
                span, n = analyzed(path, home if kind == "with" else None)
                spans[kind].append(span)
                n_compared |= {n} if kind == "with" else set()
                print(kind, span, flush=True)
    pairs = list(zip(spans["without"], spans["with"], strict=True))
    return {
        "question": "what does it cost to tell voices apart and compare them in analyze?",
        "sample": SAMPLE,
        "seconds": seconds,
        "n_frames": spans["with"][0].n_frames,
        "repeats": repeats,
        "n_comparisons": sorted(n_compared),
        "cpu_ratio": round(statistics.median(b.cpu_s / a.cpu_s for a, b in pairs), 3),
        "wall_ratio": round(statistics.median(b.wall_s / a.wall_s for a, b in pairs), 3),
        "cpu_s_a_minute": {
            kind: round(60.0 / seconds * statistics.median(it.cpu_s for it in found), 2)
            for kind, found in spans.items()
        },
        "load_average": [it.load_average for it in (*spans["without"], *spans["with"])],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    film = load(SAMPLE).media
    print(write_result("speakers_cost", measure(args.seconds, args.repeats), [film]))


if __name__ == "__main__":
    main()
