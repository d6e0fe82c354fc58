"""A rendered applicant as what Chromium takes for a camera and a microphone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av

from facesign import samples

__all__ = ["camera_films"]


def camera_films(folder: Path, sample: str = "hesitant") -> tuple[Path, Path]:
    """Write the picture of a sample, and one voice alone that can be enrolled as well."""
    camera, microphone = folder / "camera.mjpeg", folder / "microphone.wav"
    with av.open(samples.load(sample).media) as source:
        with av.open(camera, "w", format="mjpeg") as sink:
            out = sink.add_stream("mjpeg", rate=30)
            out.width, out.height, out.pix_fmt = 640, 360, "yuvj420p"
            out.options = {"qscale": "4"}
            for index, frame in enumerate(source.decode(video=0)):
                smaller = frame.reformat(640, 360, "yuvj420p")
                smaller.pts, smaller.time_base = index, Fraction(1, 30)
                sink.mux(out.encode(smaller))
            sink.mux(out.encode(None))
    alone = samples.load("impostor-voice").path / "enrollment.flac"
    with av.open(alone) as source, av.open(microphone, "w") as sink:
        pcm = sink.add_stream("pcm_s16le", rate=48_000)
        pcm.layout = "mono"
        plain = av.AudioResampler("s16", "mono", 48_000)
        for sound in source.decode(audio=0):
            for piece in plain.resample(sound):
                sink.mux(pcm.encode(piece))
    return camera, microphone
