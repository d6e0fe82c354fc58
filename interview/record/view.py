"""A film of what was pushed that a browser can play: for people, never analyzed."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, Frame, Sound
from facesign.interview.record.writer import RecordWriter

__all__ = ["VIEW", "ViewWriter"]

VIEW = "view"
"""Name of the stream."""
MOST_SIDE_PX = 960
LATE_S = 1.0
"""Sound waits this long for another track of its time, to be heard with it."""
_TIME_BASE = Fraction(1, 90_000)
_SOUND_BASE = Fraction(1, SAMPLE_RATE_HZ)
_CHUNK = 1024
_LONGEST_GAP_S = 60
"""Longer silence is not filled."""
# Fragments can be appended, and what there is of them plays after a crash.
_MP4 = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
_H264 = {"preset": "ultrafast", "crf": "25", "tune": "zerolatency"}


class ViewWriter:
    """Encode pushed frames and sound as MP4, in fragments of a second, into a record.

    Args:
        writer: The record.
        with_sound: Whether there will be sound; all tracks are mixed.
    """

    def __init__(self, writer: RecordWriter, *, with_sound: bool) -> None:
        self._writer = writer
        self._sink = _Sink()
        self._film: OutputContainer | None = None
        self._pictures: VideoStream | None = None
        self._sound: AudioStream | None = None
        self._with_sound = with_sound
        self._mixer = Mixer()
        self._last = -1

    def push(self, item: Frame | Sound) -> None:
        """Take one item.

        Raises:
            OutputError: the record cannot be written.
        """
        if isinstance(item, Sound):
            self._mixer.add(item)
            if self._film is not None:
                self._put_sound(self._mixer.ready())
        else:
            if self._film is None:
                self._start(*item.image.shape[:2])
            self._put_picture(item)
        self._drain()

    def finish(self) -> None:
        """Write what is still held."""
        if self._film is None:
            return
        self._put_sound(self._mixer.rest())
        for stream in (self._pictures, self._sound):
            if stream is not None:
                self._mux(self._film, stream.encode(None))
        self._film.close()
        self._drain()

    def _start(self, height: int, width: int) -> None:
        """Sound alone makes no film: it starts with the first picture."""
        scale = min(1.0, MOST_SIDE_PX / max(height, width))
        film = av.open(self._sink, "w", format="mp4", options=_MP4)
        pictures = film.add_stream("libx264", options=_H264)
        pictures.width, pictures.height = _even(width * scale), _even(height * scale)
        pictures.pix_fmt = "yuv420p"
        pictures.codec_context.time_base = pictures.time_base = _TIME_BASE
        pictures.codec_context.gop_size = 30
        pictures.codec_context.thread_count = 1
        if self._with_sound:
            self._sound = film.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="mono")
        self._film, self._pictures = film, pictures

    def _put_picture(self, frame: Frame) -> None:
        pts = round(frame.time_s / _TIME_BASE)
        if pts <= self._last or self._film is None or self._pictures is None:
            return
        self._last = pts
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame.image), format="rgb24")
        picture = picture.reformat(self._pictures.width, self._pictures.height, "yuv420p")
        picture.pts, picture.time_base = pts, _TIME_BASE
        self._mux(self._film, self._pictures.encode(picture))

    def _put_sound(self, heard: tuple[int, FloatArray]) -> None:
        start, samples = heard
        if self._film is None or self._sound is None:
            return
        for first in range(0, len(samples), _CHUNK):
            part = np.ascontiguousarray(samples[np.newaxis, first : first + _CHUNK])
            run = av.AudioFrame.from_ndarray(part, format="fltp", layout="mono")
            run.sample_rate, run.pts, run.time_base = SAMPLE_RATE_HZ, start + first, _SOUND_BASE
            self._mux(self._film, self._sound.encode(run))

    def _mux(self, film: OutputContainer, packets: list[av.Packet[Any]]) -> None:
        # AAC starts with a packet before zero, for which the muxer would put off all times.
        film.mux([packet for packet in packets if packet.pts is not None and packet.pts >= 0])

    def _drain(self) -> None:
        if data := self._sink.taken():
            self._writer.piece(VIEW, data)


class Mixer:
    """Add up the sound of all tracks on one clock; where nothing is heard it is silent."""

    def __init__(self) -> None:
        self._start = 0
        self._sum = np.zeros(0, dtype=np.float32)

    def add(self, sound: Sound) -> None:
        """Take a run of sound; what lies before what was given out is dropped."""
        first = round(sound.time_s * SAMPLE_RATE_HZ) - self._start
        samples = sound.samples[max(0, -first) :]
        first = max(0, first)
        if first - len(self._sum) > _LONGEST_GAP_S * SAMPLE_RATE_HZ:
            self._start, self._sum, first = self._start + first, self._sum[:0], 0
        grown = max(len(self._sum), first + len(samples))
        self._sum = np.pad(self._sum, (0, grown - len(self._sum)))
        self._sum[first : first + len(samples)] += samples

    def ready(self) -> tuple[int, FloatArray]:
        """Give out what no late track can change any more: first sample, samples."""
        return self._give(len(self._sum) - round(LATE_S * SAMPLE_RATE_HZ))

    def rest(self) -> tuple[int, FloatArray]:
        """Give out all that is left."""
        return self._give(len(self._sum))

    def _give(self, count: int) -> tuple[int, FloatArray]:
        count = max(0, count // _CHUNK * _CHUNK if count < len(self._sum) else count)
        start, samples = self._start, np.clip(self._sum[:count], -1.0, 1.0)
        self._start, self._sum = self._start + count, self._sum[count:]
        return start, samples


class _Sink(io.RawIOBase):
    """A file that only grows, emptied by whoever takes from it."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        data = bytes(self._held)
        self._held.clear()
        return data


def _even(side_px: float) -> int:
    return max(16, round(side_px / 2) * 2)
