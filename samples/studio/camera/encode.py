"""Write pictures and sound into files that say they are synthetic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal, Protocol

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import Colorspace
from pydantic import Field

from facesign.biometrics.stream import FloatArray
from facesign.errors import OutputError
from facesign.samples.studio.camera.picture import Image, Timed
from facesign.samples.studio.settings import Section
from facesign.samples.studio.sound.voices import RATE_HZ

__all__ = ["SYNTHETIC", "EncodeSettings", "SoundSource", "write_sound", "write_video"]

SYNTHETIC = "Synthetic: rendered by the facesign studio. Nobody in it exists."
_TICKS_HZ = 90_000
_BT709 = 1
_LIMITED = 1
_PIECE = RATE_HZ // 10
"""Samples that are written at once where no picture sets the pace."""


class EncodeSettings(Section):
    """How the finished interview is compressed."""

    crf: Annotated[int, Field(ge=0, le=51)] = 21
    """x264's constant rate factor: 18 is hardly to be told from the original, 30 is coarse."""
    preset: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"] = (
        "medium"
    )
    """x264's preset: slower is smaller."""
    sound_kbps: Annotated[int, Field(ge=24, le=320)] = 64
    """Bit rate of the AAC track."""
    sound_offset_s: Annotated[float, Field(ge=-5.0, le=5.0)] = 0.0
    """How much later the sound comes than it belongs; negative is earlier."""


class SoundSource(Protocol):
    """Sound that is read piece by piece."""

    def __len__(self) -> int:
        """Return the number of samples."""

    def block(self, start: int, stop: int) -> FloatArray:
        """Return samples start to stop, mono 48 kHz in [-1, 1], shape (stop - start,)."""


def write_video(
    path: Path,
    pictures: Iterable[Timed],
    sound: FloatArray | SoundSource,
    *,
    settings: EncodeSettings | None = None,
    title: str = "",
) -> None:
    """Encode H.264 and AAC while the pictures are being drawn.

    The pictures keep their times (to 1/90000 s), however irregular. Memory does not grow
    with the length. Until everything is written the file has another name, and it is
    removed if anything goes wrong.

    Args:
        path: The MP4 to write.
        pictures: Increasing times and sRGB pictures of one even size.
        sound: Mono 48 kHz, shape (n_samples,), or something that is read in blocks.
        settings: Quality, and the sound's offset.
        title: Title in the metadata.

    Raises:
        OutputError: The file cannot be written, such as on a full disk.
    """
    settings = settings or EncodeSettings()
    source = _Shifted(sound, round(settings.sound_offset_s * RATE_HZ))
    with _written_beside(path) as part:
        writer = _VideoWriter(part, path, settings, title)
        try:
            for time_s, image in pictures:
                writer.picture(time_s, image)
                writer.sound_until(source, round(time_s * RATE_HZ))
            writer.sound_until(source, len(source))
            writer.finish()
        except BaseException:
            writer.abandon()
            raise


def write_sound(path: Path, sound: FloatArray | SoundSource, *, title: str = "") -> None:
    """Write one track as 16-bit FLAC at 48 kHz.

    Args:
        path: The FLAC file to write.
        sound: Mono 48 kHz, shape (n_samples,), or something that is read in blocks.
        title: Title in the metadata.

    Raises:
        OutputError: The file cannot be written.
    """
    source = _Shifted(sound, 0)
    with (
        _written_beside(path) as part,
        _reporting(path),
        av.open(str(part), "w", format="flac") as container,
    ):
        container.metadata.update({"title": title, "comment": SYNTHETIC, "synthetic": "true"})
        track = container.add_stream("flac", rate=RATE_HZ, layout="mono")
        track.codec_context.format = "s16"
        for start in range(0, len(source), _PIECE):
            piece = source.block(start, min(start + _PIECE, len(source)))
            whole = np.clip(np.rint(piece * 32768), -32768, 32767).astype(np.int16)
            container.mux(track.encode(_sound_frame(whole, "s16", start)))
        container.mux(track.encode(None))


class _Shifted:
    """Sound moved on the clock, silent where there is none; as long as before."""

    def __init__(self, sound: FloatArray | SoundSource, late: int) -> None:
        self._sound, self._late = sound, late

    def __len__(self) -> int:
        return len(self._sound)

    def block(self, start: int, stop: int) -> FloatArray:
        """Return samples start to stop, shape (stop - start,)."""
        first, last = (min(max(at - self._late, 0), len(self)) for at in (start, stop))
        read = (
            self._sound[first:last]
            if isinstance(self._sound, np.ndarray)
            else self._sound.block(first, last)
        )
        piece = np.zeros(stop - start, dtype=np.float32)
        if first < last:
            at = first + self._late - start
            piece[at : at + last - first] = read
        return piece


class _VideoWriter:
    """An open MP4 with one picture track and one sound track."""

    def __init__(self, part: Path, path: Path, settings: EncodeSettings, title: str) -> None:
        self._path = path
        self._sounded = 0
        with _reporting(path):
            self._container = av.open(
                str(part),
                "w",
                format="mp4",
                options={
                    "movflags": "faststart+use_metadata_tags",
                    # Else the start is rounded to a millisecond, and every time with it.
                    "movie_timescale": str(_TICKS_HZ),
                },
            )
        self._container.metadata.update({"title": title, "comment": SYNTHETIC, "synthetic": "true"})
        self._video = self._container.add_stream("libx264")
        self._video.pix_fmt = "yuv420p"
        # One thread: x264's decisions, and so the bytes, depend on the number of threads. Its
        # macroblock tree reads memory that nobody wrote, and encodes the same pictures otherwise.
        self._video.options = {
            "crf": str(settings.crf),
            "preset": settings.preset,
            "tune": "film",
            "threads": "1",
            "x264-params": "mbtree=0",
        }
        context = self._video.codec_context
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        context.color_range = _LIMITED
        context.time_base = Fraction(1, _TICKS_HZ)
        self._audio = self._container.add_stream("aac", rate=RATE_HZ, layout="mono")
        self._audio.bit_rate = settings.sound_kbps * 1000
        self._sized = False

    def picture(self, time_s: float, image: Image) -> None:
        """Encode one picture."""
        if not self._sized:
            self._video.height, self._video.width = image.shape[:2]
            self._sized = True
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
        frame = frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
        frame.pts = round(time_s * _TICKS_HZ)
        frame.time_base = Fraction(1, _TICKS_HZ)
        with _reporting(self._path):
            self._container.mux(self._video.encode(frame))

    def sound_until(self, source: _Shifted, stop: int) -> None:
        """Encode the sound up to a sample."""
        for start in range(self._sounded, min(stop, len(source)), _PIECE):
            piece = source.block(start, min(start + _PIECE, stop, len(source)))
            with _reporting(self._path):
                self._container.mux(self._audio.encode(_sound_frame(piece, "flt", start)))
            self._sounded = start + len(piece)

    def finish(self) -> None:
        """Write what the encoders still hold and the index."""
        with _reporting(self._path):
            if self._sized:
                self._container.mux(self._video.encode(None))
            self._container.mux(self._audio.encode(None))
            self._container.close()

    def abandon(self) -> None:
        """Close what will be removed; what went wrong is already known."""
        with suppress(OSError):
            self._container.close()


def _sound_frame(
    piece: npt.NDArray[np.float32] | npt.NDArray[np.int16], form: str, start: int
) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(piece[None, :], format=form, layout="mono")
    frame.sample_rate = RATE_HZ
    frame.pts = start
    frame.time_base = Fraction(1, RATE_HZ)
    return frame


@contextmanager
def _written_beside(path: Path) -> Iterator[Path]:
    """Give a name to write to; it becomes the real one only when all went well."""
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        with _reporting(path):
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _reporting(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, av.FFmpegError) as error:
        raise OutputError(path, error.strerror or str(error)) from error
