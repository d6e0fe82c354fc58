"""Files that Chromium takes for a camera and a microphone, cut from recordings."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from facesign import samples
from facesign.samples.truth import Truth

RATE_HZ = 48_000
FRAMES_HZ = 30
WHOLE = ((0.0, 1e9),)

Spans = Sequence[tuple[float, float]]


def spoken_by(truth: Truth, speaker: str) -> list[tuple[float, float]]:
    """Return when somebody in a rendered interview speaks."""
    return [(said.start_s, said.end_s) for said in truth.speech if said.speaker == speaker]


def camera(source: Path, file: Path, *, parts: Spans = WHOLE, height: int = 270) -> Path:
    """Write parts of a film, one after the other, as what Chromium takes for a camera.

    Args:
        source: The film, 16:9 and 30 pictures a second.
        file: Where to, `.mjpeg`.
        parts: From and to, in seconds.
        height: In pixels.
    """
    width, index = height * 16 // 9, 0
    with av.open(source) as film, av.open(file, "w", format="mjpeg") as sink:
        out = sink.add_stream("mjpeg", rate=FRAMES_HZ)
        out.width, out.height, out.pix_fmt = width, height, "yuvj420p"
        out.options = {"qscale": "4"}
        for picture in film.decode(video=0):
            at_s = picture.time or 0.0
            if at_s >= max(end_s for _, end_s in parts):
                break
            if not any(start_s <= at_s < end_s for start_s, end_s in parts):
                continue
            smaller = picture.reformat(width, height, "yuvj420p")
            smaller.pts, smaller.time_base = index, Fraction(1, FRAMES_HZ)
            sink.mux(out.encode(smaller))
            index += 1
        sink.mux(out.encode(None))
    return file


def microphone(source: Path, file: Path, *, parts: Spans = WHOLE, silent: Spans = ()) -> Path:
    """Write parts of a recording, one after the other, as what Chromium takes for a microphone.

    Args:
        source: The recording.
        file: Where to, `.wav`.
        parts: From and to, in seconds.
        silent: What is not heard on this microphone, such as the officer far away.
    """
    samples = _sound(source)
    for start_s, end_s in silent:
        samples[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)] = 0
    with wave.open(str(file), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE_HZ)
        for start_s, end_s in parts:
            part = samples[round(start_s * RATE_HZ) : round(min(end_s, 1e5) * RATE_HZ)]
            written.writeframes(part.tobytes())
    return file


def devices(folder: Path, sample: str) -> tuple[Path, Path]:
    """Write the picture of a sample, and one voice alone that can be enrolled as well."""
    alone = samples.load("impostor-voice").enrollment
    assert alone is not None
    return (
        camera(samples.load(sample).media, folder / "camera.mjpeg", height=360),
        microphone(alone, folder / "microphone.wav"),
    )


def _sound(source: Path) -> npt.NDArray[np.int16]:
    plain, parts = av.AudioResampler("s16", "mono", RATE_HZ), []
    with av.open(source) as recording:
        for heard in recording.decode(audio=0):
            parts += [piece.to_ndarray()[0] for piece in plain.resample(heard)]
        parts += [piece.to_ndarray()[0] for piece in plain.resample(None)]
    return np.concatenate(parts)
