"""One segment of what a browser recorded: from the growing container to items with times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import av
from av.container import InputContainer

from facesign.biometrics.stream import Frame, Sound, Track
from facesign.interview.media.clock import FrameClock
from facesign.interview.media.container import seconds
from facesign.interview.media.mixdown import MixDown
from facesign.interview.media.picture import PictureMaker
from facesign.interview.media.sound_clock import Piece, SoundClock

__all__ = ["Decoded", "Readable", "SegmentDecoder", "Shot"]

FORMATS = "matroska,webm,mov,mp4"
"""What a browser's MediaRecorder writes; nothing that names other files."""
AT_ONCE = {"fpsprobesize": "0"}
"""The rate is read off the pictures' times. Guessing it beforehand holds the first 1.2 s back,
whose pictures then come faster than they are looked at; what is decoded is the same."""
MAX_SIDE_PX = 1280
MAX_FAILED_READS = 50


class Readable(Protocol):
    """What a demuxer reads from."""

    def read(self, n: int, /) -> bytes:
        """Return at most n bytes, none at the end."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A decoded picture that was not made into pixels yet: one that is skipped costs less."""

    index: int
    """Count of the pictures before it in its segment."""
    time_s: float
    _picture: av.VideoFrame = field(repr=False)
    _maker: PictureMaker = field(repr=False)

    def frame(self) -> Frame | None:
        """Make the pixels; None where the picture turns out to be damaged."""
        try:
            return Frame(self.time_s, self._maker.rgb(self._picture))
        except av.FFmpegError:
            return None


Decoded: TypeAlias = Shot | Sound


class SegmentDecoder:
    """Decode picture and sound of one container in the order in which they lie in it.

    What it yields depends on the bytes alone, not on the sizes in which they arrive, so the
    record of a session gives the same items as the session did.

    Args:
        source: The container, from its first byte.
        track: Whose microphone is heard.
        offset_s: Session time of the container's zero.
    """

    def __init__(self, source: Readable, *, track: Track, offset_s: float) -> None:
        self._source = source
        self._track: Track = track
        self._offset_s = offset_s
        self._pictures: FrameClock[av.VideoFrame] = FrameClock()
        self._sounds = SoundClock()
        self._mix = MixDown()
        self._maker: PictureMaker | None = None
        self._n_shots = 0
        self.end_s = offset_s
        """Session time up to which there was picture or sound."""
        self.damaged = 0
        """Packets and pictures that could not be decoded, or only in part."""

    def __iter__(self) -> Iterator[Decoded]:
        """Decode to the end of the container; what is no container gives nothing."""
        options = {"format_whitelist": FORMATS, "protocol_whitelist": "file", **AT_ONCE}
        try:
            container = av.open(self._source, mode="r", options=options, buffer_size=16_384)
        except (av.FFmpegError, OSError, ValueError):
            self.damaged += 1
            return
        with container:
            for pictures in container.streams.video[:1]:
                pictures.codec_context.thread_count = 1
                self._maker = PictureMaker(
                    max_side_px=MAX_SIDE_PX, pixel_aspect=pictures.sample_aspect_ratio
                )
            for packet in self._packets(container):
                yield from self._decode(packet)
            for stream in self._chosen(container):
                yield from self._rest(stream)
        yield from self._shots(self._pictures.finish())
        yield from self._heard(self._sounds.finish())

    @staticmethod
    def _chosen(container: InputContainer) -> list[av.VideoStream | av.AudioStream]:
        return [*container.streams.video[:1], *container.streams.audio[:1]]

    def _packets(self, container: InputContainer) -> Iterator[av.Packet[Any]]:
        chosen = self._chosen(container)
        if not chosen:
            self.damaged += 1
            return
        failed = 0
        while failed < MAX_FAILED_READS:
            try:
                for packet in container.demux(chosen):
                    failed = 0
                    # The packet without data asks the decoder for its rest, see `_rest`.
                    if packet.size:
                        yield packet
            except av.FFmpegError:
                failed += 1
                self.damaged += 1
            else:
                return

    def _decode(self, packet: av.Packet[Any]) -> Iterator[Decoded]:
        try:
            decoded = packet.decode()
        except av.FFmpegError:
            self.damaged += 1
            return
        yield from self._items(decoded)

    def _rest(self, stream: av.VideoStream | av.AudioStream) -> Iterator[Decoded]:
        try:
            decoded = stream.decode(None)
        except (av.FFmpegError, EOFError):
            return
        yield from self._items(decoded)

    def _items(self, decoded: object) -> Iterator[Decoded]:
        for frame in decoded if isinstance(decoded, list) else ():
            if frame.is_corrupt:
                self.damaged += 1
            elif isinstance(frame, av.VideoFrame):
                pts_s = seconds(frame.pts, frame.time_base)
                dts_s = seconds(frame.dts, frame.time_base)
                yield from self._shots(self._pictures.push(frame, pts_s, dts_s))
            elif isinstance(frame, av.AudioFrame) and frame.samples:
                pts_s = seconds(frame.pts, frame.time_base)
                yield from self._heard(
                    self._sounds.push(self._mix.push(frame), frame.sample_rate, pts_s)
                )

    def _shots(self, pictures: Iterator[tuple[float, av.VideoFrame]]) -> Iterator[Shot]:
        for at_s, picture in pictures:
            if self._maker is None or at_s < 0:
                continue
            time_s = self._offset_s + at_s
            self.end_s = max(self.end_s, time_s)
            yield Shot(self._n_shots, time_s, picture, self._maker)
            self._n_shots += 1

    def _heard(self, pieces: Iterator[Piece]) -> Iterator[Sound]:
        for at_s, samples in pieces:
            # Opus has its first samples before zero; they only start the decoder up.
            if at_s >= 0:
                sound = Sound(self._offset_s + at_s, samples, self._track)
                self.end_s = max(self.end_s, sound.end_s)
                yield sound
