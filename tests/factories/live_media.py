"""What a browser would send: containers cut into pieces, without a browser."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
import numpy.typing as npt

from facesign import samples

RATE_HZ = 48_000
Samples: TypeAlias = npt.NDArray[np.float32]
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
        heard = np.zeros(round(length_s * RATE_HZ), dtype=np.float32)
        for at in at_s:
            first = round(at * RATE_HZ)
            heard[first : first + 960] = 0.8 * np.sin(np.arange(960) * 0.3)
        for part in _parts(heard):
            sink.mux(opus.encode(part))
        sink.mux(pictures.encode(None))
        sink.mux(opus.encode(None))
    return buffer.getvalue()


def voice(heard: Samples) -> bytes:
    """WebM of Opus alone, from sound at 48 kHz: what a browser sends of a microphone."""
    buffer = io.BytesIO()
    options = {"live": "1", "cluster_time_limit": "100"}
    with av.open(buffer, "w", "webm", options=options) as sink:
        opus = sink.add_stream("libopus", rate=RATE_HZ)
        opus.layout = "mono"
        for part in _parts(heard):
            sink.mux(opus.encode(part))
        sink.mux(opus.encode(None))
    return buffer.getvalue()


def sound_of(path: Path) -> Samples:
    """The sound of a file at 48 kHz, shape (n_samples,)."""
    plain = av.AudioResampler("flt", "mono", RATE_HZ)
    with av.open(path) as source:
        frames = [part for frame in source.decode(audio=0) for part in plain.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


def with_sound(path: Path, heard: Samples, *, until_s: float) -> bytes:
    """The pictures of a file as they are and other sound, in a container that is streamed."""
    buffer = io.BytesIO()
    options = {"cluster_time_limit": "200", "live": "1"}
    with av.open(path) as source, av.open(buffer, "w", "matroska", options=options) as sink:
        out = sink.add_stream_from_template(source.streams.video[0])
        opus = sink.add_stream("libopus", rate=RATE_HZ)
        opus.layout = "mono"
        parts = _parts(heard[: round(until_s * RATE_HZ)])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is None or packet.dts * packet.time_base > until_s:
                continue
            while (part := next(parts, None)) is not None:
                sink.mux(opus.encode(part))
                if part.pts / RATE_HZ > packet.dts * packet.time_base:
                    break
            packet.stream = out
            sink.mux(packet)
        for part in parts:
            sink.mux(opus.encode(part))
        sink.mux(opus.encode(None))
    return buffer.getvalue()


def apart(name: str, until_s: float, *, echo_s: float = 0.18) -> tuple[Samples, Samples]:
    """What each microphone hears of a rendered interview whose two sit in two places.

    The officer's voice comes back on the applicant's, later and not as loud.

    Returns:
        The applicant's sound and the officer's, both at 48 kHz on the interview's clock.
    """
    sample = samples.load(name)
    both = sound_of(sample.media)[: round(until_s * RATE_HZ)]
    asked = np.zeros(len(both), dtype=np.bool_)
    for said in sample.truth.speech:
        if said.speaker == "officer":
            asked[round((said.start_s - 0.05) * RATE_HZ) : round((said.end_s + 0.05) * RATE_HZ)] = 1
    officer = np.where(asked, both, 0).astype(np.float32)
    echo = np.pad(0.4 * officer, (round(echo_s * RATE_HZ), 0))[: len(both)]
    return (np.where(asked, 0, both) + echo).astype(np.float32), officer


def _parts(heard: Samples) -> Iterator[av.AudioFrame]:
    """Sound at 48 kHz in frames of 20 ms."""
    for first in range(0, len(heard) - 959, 960):
        part = np.ascontiguousarray(heard[None, first : first + 960], dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(part, "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, first, Fraction(1, RATE_HZ)
        yield frame


def paced(data: bytes, *, piece_s: float = 0.15) -> list[tuple[float, bytes]]:
    """Cut a container into pieces by its own time: when each is due, and its bytes."""
    cuts, due_s = [(0.0, 0)], piece_s
    with av.open(io.BytesIO(data)) as source:
        for packet in source.demux(source.streams[0]):
            if packet.pts is None or packet.pos is None or packet.time_base is None:
                continue
            if float(packet.pts * packet.time_base) >= due_s:
                cuts.append((due_s, packet.pos))
                due_s += piece_s
    ends = [*cuts[1:], (due_s, len(data))]
    return [(due_s, data[first:end]) for (_, first), (due_s, end) in pairwise([*cuts, ends[-1]])]


def pieces(data: bytes, n: int) -> Iterator[bytes]:
    """Cut a container into n pieces."""
    borders = [round(len(data) * index / n) for index in range(n + 1)]
    for first, last in pairwise(borders):
        yield data[first:last]


def interview(until_s: float = INTERVIEW_S) -> bytes:
    """The beginning of a bundled interview."""
    return remuxed(samples.load("hesitant").media, until_s=until_s)
