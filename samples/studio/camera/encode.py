"""Write pictures and sound into an MP4 that says it is synthetic."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Colorspace

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.sound.voices import RATE_HZ

__all__ = ["write_video"]

_BT709 = 1
_LIMITED = 1
SYNTHETIC = "Synthetic: rendered by the facesign studio. Nobody in it exists."


def write_video(
    path: Path,
    images: Iterable[npt.NDArray[np.uint8]],
    sound: FloatArray,
    *,
    rate_hz: int = 30,
    crf: int = 21,
    title: str = "",
) -> None:
    """Encode H.264 and AAC while the pictures are being drawn.

    Args:
        path: The file to write.
        images: sRGB pictures of one size, shape (height, width, 3) each.
        sound: Mono 48 kHz, shape (n_samples,).
        rate_hz: Pictures per second.
        crf: x264's constant rate factor.
        title: Title in the metadata.
    """
    with av.open(str(path), "w", options={"movflags": "faststart+use_metadata_tags"}) as container:
        container.metadata.update({"title": title, "comment": SYNTHETIC, "synthetic": "true"})
        video = container.add_stream("libx264", rate=rate_hz)
        video.pix_fmt = "yuv420p"
        video.options = {"crf": str(crf), "preset": "slow", "tune": "film"}
        video.codec_context.color_primaries = _BT709
        video.codec_context.color_trc = _BT709
        video.codec_context.colorspace = _BT709
        video.codec_context.color_range = _LIMITED
        video.codec_context.time_base = Fraction(1, rate_hz)
        audio = container.add_stream("aac", rate=RATE_HZ, layout="mono")
        audio.bit_rate = 64_000
        for number, image in enumerate(images):
            if number == 0:
                video.height, video.width = image.shape[:2]
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
            frame.pts = number
            frame.time_base = Fraction(1, rate_hz)
            container.mux(video.encode(frame))
            container.mux(
                _audio_packets(
                    audio, sound, number * RATE_HZ // rate_hz, (number + 1) * RATE_HZ // rate_hz
                )
            )
        container.mux(video.encode(None))
        container.mux(audio.encode(None))


def _audio_packets(
    audio: av.AudioStream, sound: FloatArray, start: int, end: int
) -> list[av.Packet[av.AudioStream]]:
    """Encode the sound that belongs to one picture."""
    piece = np.ascontiguousarray(sound[start:end], dtype=np.float32)[None, :]
    if piece.size == 0:
        return []
    frame = av.AudioFrame.from_ndarray(piece, format="flt", layout="mono")
    frame.sample_rate = RATE_HZ
    frame.pts = start
    frame.time_base = Fraction(1, RATE_HZ)
    return list(audio.encode(frame))
