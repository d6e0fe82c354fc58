"""What a browser would send: containers cut into pieces, without a browser."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from facesign import samples

RATE_HZ = 48_000
INTERVIEW_S = 6.0
"""As much of an interview as most tests of live sessions send."""


def remuxed(path: Path, *, until_s: float = 1e9) -> bytes:
    """The pictures of a file as they are, its sound as Opus, in a container that is streamed."""
    buffer = io.BytesIO()
    options = {"cluster_time_limit": "200", "live": "1"}
    with av.open(path) as source, av.open(buffer, "w", "matroska", options=options) as sink:
        pictures, sound = source.streams.video[0], source.streams.audio[0]
        out = sink.add_stream_from_template(pictures)
        opus = sink.add_stream("libopus", rate=RATE_HZ)
        opus.layout = "mono"
        resampler = av.AudioResampler("s16", "mono", RATE_HZ, 960)
        for packet in source.demux(pictures, sound):
            if packet.dts is None or packet.dts * packet.time_base > until_s:
                continue
            if packet.stream is pictures:
                packet.stream = out
                sink.mux(packet)
                continue
            for frame in packet.decode():
                for part in resampler.resample(frame):
                    sink.mux(opus.encode(part))
        sink.mux(opus.encode(None))
    return buffer.getvalue()


def clap(*, at_s: Sequence[float] = (0.5, 1.5), length_s: float = 2.0) -> bytes:
    """WebM of VP8 and Opus: black and silent but for a flash with a click, now and then."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", "webm", options={"live": "1"}) as sink:
        pictures = sink.add_stream("libvpx", rate=30)
        pictures.width, pictures.height, pictures.pix_fmt = 160, 120, "yuv420p"
        pictures.options = {"deadline": "realtime", "cpu-used": "8"}
        opus = sink.add_stream("libopus", rate=RATE_HZ)
        opus.layout = "mono"
        for index in range(round(length_s * 30)):
            lit = any(0 <= index / 30 - at < 0.1 for at in at_s)
            image = np.full((120, 160, 3), 255 if lit else 0, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(image, "rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 30)
            sink.mux(pictures.encode(frame.reformat(format="yuv420p")))
        samples = np.zeros(round(length_s * RATE_HZ), dtype=np.float32)
        for at in at_s:
            first = round(at * RATE_HZ)
            samples[first : first + 960] = 0.8 * np.sin(np.arange(960) * 0.3)
        for first in range(0, len(samples) - 959, 960):
            sounds = av.AudioFrame.from_ndarray(samples[None, first : first + 960], "fltp", "mono")
            sounds.sample_rate, sounds.pts = RATE_HZ, first
            sounds.time_base = Fraction(1, RATE_HZ)
            sink.mux(opus.encode(sounds))
        sink.mux(pictures.encode(None))
        sink.mux(opus.encode(None))
    return buffer.getvalue()


def voice(samples: npt.NDArray[np.float32]) -> bytes:
    """WebM of Opus alone, from sound at 48 kHz: what a browser sends of a microphone."""
    buffer = io.BytesIO()
    options = {"live": "1", "cluster_time_limit": "100"}
    with av.open(buffer, "w", "webm", options=options) as sink:
        opus = sink.add_stream("libopus", rate=RATE_HZ)
        opus.layout = "mono"
        for first in range(0, len(samples) - 959, 960):
            sounds = av.AudioFrame.from_ndarray(samples[None, first : first + 960], "fltp", "mono")
            sounds.sample_rate, sounds.pts = RATE_HZ, first
            sounds.time_base = Fraction(1, RATE_HZ)
            sink.mux(opus.encode(sounds))
        sink.mux(opus.encode(None))
    return buffer.getvalue()


def pieces(data: bytes, n: int) -> Iterator[bytes]:
    """Cut a container into n pieces."""
    borders = [round(len(data) * index / n) for index in range(n + 1)]
    for first, last in pairwise(borders):
        yield data[first:last]


def interview(until_s: float = INTERVIEW_S) -> bytes:
    """The beginning of a bundled interview."""
    return remuxed(samples.load("hesitant").media, until_s=until_s)
