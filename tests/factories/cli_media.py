"""Small recordings that a user might have: cut, without a face, over the phone."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from facesign import samples

INTERVIEW = samples.load("genuine").media


def grey_clip(path: Path, seconds: float, *, rate_hz: int = 25, sound: bool = True) -> Path:
    """Write grey pictures with a quiet hum."""
    with av.open(str(path), "w") as output:
        picture = output.add_stream("libx264", rate=rate_hz)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        image = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 128, np.uint8), format="rgb24")
        hum = output.add_stream("aac", rate=16_000, layout="mono") if sound else None
        for n in range(round(seconds * rate_hz)):
            image.pts, image.time_base = n, Fraction(1, rate_hz)
            output.mux(picture.encode(image))
        output.mux(picture.encode(None))
        if hum is not None:
            _encode_sound(output, hum, _hum(seconds), 16_000)
    return path


def sound_alone(path: Path, seconds: float = 2.0) -> Path:
    """Write sound without a picture."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream("aac", rate=16_000, layout="mono")
        _encode_sound(output, stream, _hum(seconds), 16_000)
    return path


def first_seconds(path: Path, seconds: float, *, phone: bool = False, sound: bool = True) -> Path:
    """Write the start of the bundled interview in 640x360, over the phone in 8 kHz mono."""
    rate_hz, codec = (8_000, "pcm_mulaw") if phone else (16_000, "aac")
    with av.open(str(INTERVIEW)) as source, av.open(str(path), "w") as output:
        picture = output.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        picture.width, picture.height, picture.pix_fmt = 640, 360, "yuv420p"
        voice = output.add_stream(codec, rate=rate_hz, layout="mono") if sound else None
        for n, frame in enumerate(source.decode(video=0)):
            if frame.time is None or frame.time >= seconds - 1e-6:
                break
            small = frame.reformat(640, 360, "yuv420p")
            small.pts, small.time_base = n, Fraction(1, 30)
            output.mux(picture.encode(small))
        output.mux(picture.encode(None))
        if voice is not None:
            _encode_sound(output, voice, _interview_sound(seconds, rate_hz), rate_hz)
    return path


def copied(path: Path, *, index_in_front: bool) -> Path:
    """Copy the bundled interview with its index before or behind the media."""
    options = {"movflags": "faststart"} if index_in_front else {}
    with av.open(str(INTERVIEW)) as source, av.open(str(path), "w", options=options) as output:
        streams = {s.index: output.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                output.mux(packet)
    return path


def cut(path: Path, share: float) -> Path:
    """Cut a file down to a share of its bytes."""
    data = path.read_bytes()
    path.write_bytes(data[: round(share * len(data))])
    return path


def _hum(seconds: float) -> np.ndarray:
    time_s = np.arange(round(seconds * 16_000)) / 16_000
    return (1000 * np.sin(2 * np.pi * 100 * time_s)).astype(np.int16)


def _interview_sound(seconds: float, rate_hz: int) -> np.ndarray:
    resampler = av.AudioResampler("s16", "mono", rate_hz)
    with av.open(str(INTERVIEW)) as source:
        parts = [
            part.to_ndarray()[0]
            for frame in source.decode(audio=0)
            for part in resampler.resample(frame)
        ]
    return np.concatenate(parts)[: round(seconds * rate_hz)]


def _encode_sound(output: object, stream: object, samples_of: np.ndarray, rate_hz: int) -> None:
    frame = av.AudioFrame.from_ndarray(samples_of[np.newaxis], format="s16", layout="mono")
    frame.sample_rate, frame.time_base, frame.pts = rate_hz, Fraction(1, rate_hz), 0
    for item in (frame, None):
        output.mux(stream.encode(item))  # type: ignore[attr-defined]
