"""Small media files with known pictures, clicks and times, written with PyAV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.stream import Disposition

RED = (200, 30, 30)
GREY = (128, 128, 128)
MILLISECOND = Fraction(1, 1000)


@dataclass(frozen=True)
class Clip:
    """Pictures with a red top left quarter on grey, or noise."""

    times_s: Sequence[float]
    size: tuple[int, int] = (64, 48)
    codec: str = "libx264"
    noisy: bool = False
    turn_deg: int = 0
    """Counterclockwise."""
    mirrored: bool = False
    pixel_aspect: Fraction | None = None
    pixel_format: str = "yuv420p"


@dataclass(frozen=True)
class Clicks:
    """Silence with one sample at full scale at each of the given times."""

    at_s: Sequence[float]
    duration_s: float
    rate_hz: int = 44_100
    layout: str = "mono"
    codec: str = "aac"
    start_s: float = 0.0
    left_only: bool = False


def steady(duration_s: float, rate_hz: float = 25) -> list[float]:
    return [index / rate_hz for index in range(round(duration_s * rate_hz))]


def write_media(
    path: Path,
    pictures: Clip | None = None,
    sound: Clicks | None = None,
    *,
    options: dict[str, str] | None = None,
    cover: bool = False,
    sound_after_pictures: bool = False,
) -> Path:
    with av.open(str(path), "w", options=options or {}) as output:
        streams = [
            _add_pictures(output, pictures) if pictures else None,
            _add_sound(output, sound) if sound else None,
            _add_cover(output) if cover else None,
        ]
        packets = []
        for stream, frames in filter(None, streams):
            for frame in [*frames, None]:
                packets += stream.encode(frame)
        if not sound_after_pictures:
            packets.sort(key=lambda packet: packet.dts * packet.time_base)
        output.mux(packets)
    return path


def pcm(sound: Clicks) -> npt.NDArray[np.int16]:
    samples = np.zeros(round(sound.duration_s * sound.rate_hz), np.int16)
    for time_s in sound.at_s:
        samples[round(time_s * sound.rate_hz)] = 32_000
    return samples


def _add_pictures(output, clip):
    stream = output.add_stream(clip.codec, rate=25)
    stream.width, stream.height = clip.size
    stream.pix_fmt = clip.pixel_format
    if clip.codec != "mpeg1video":
        stream.codec_context.time_base = MILLISECOND
    stream.codec_context.gop_size = 10
    if clip.pixel_aspect:
        stream.codec_context.sample_aspect_ratio = clip.pixel_aspect
    if clip.turn_deg or clip.mirrored:
        stream.set_display_rotation(clip.turn_deg, hflip=clip.mirrored)
    return stream, list(_pictures(clip))


def _pictures(clip):
    width, height = clip.size
    rng = np.random.default_rng(0)
    for time_s in clip.times_s:
        image = np.full((height, width, 3), 128, np.uint8)
        image[: height // 2, : width // 2] = RED
        if clip.noisy:
            image = rng.integers(0, 256, image.shape, np.uint8)
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts, frame.time_base = round(time_s * 1000), MILLISECOND
        yield frame


def _add_sound(output, sound):
    stream = output.add_stream(sound.codec, rate=sound.rate_hz, layout=sound.layout)
    channels = 2 if sound.layout == "stereo" else 1
    samples = np.repeat(pcm(sound), channels)[np.newaxis]
    if sound.left_only:
        samples[:, 1::2] = 0
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout=sound.layout)
    frame.sample_rate, frame.time_base = sound.rate_hz, Fraction(1, sound.rate_hz)
    frame.pts = round(sound.start_s * sound.rate_hz)
    return stream, [frame]


def _add_cover(output):
    stream = output.add_stream("mjpeg", rate=1)
    stream.width, stream.height, stream.pix_fmt = 32, 32, "yuvj420p"
    stream.disposition = Disposition.attached_pic
    frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), 90, np.uint8), format="rgb24")
    frame.pts, frame.time_base = 0, Fraction(1, 1)
    return stream, [frame.reformat(format="yuvj420p")]
