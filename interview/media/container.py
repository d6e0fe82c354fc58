"""Opening a media file, and decoding one of its streams with the damage counted."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Generic, Protocol, TypeAlias, TypeVar

import av
from av.container import InputContainer
from av.stream import Discard, Disposition, Stream

from facesign.errors import MediaError

__all__ = [
    "MediaPath",
    "MediaSource",
    "StreamReader",
    "open_pictures",
    "open_sound",
    "seconds",
    "shown",
]


class MediaSource(Protocol):
    """A recording that lies in something else than a plain file."""

    @property
    def name(self) -> str:
        """File name without a folder, as it was received."""

    def open(self) -> BinaryIO:
        """Open it from its start, seekable; each track reads a file of its own."""


MediaPath: TypeAlias = Path | str | MediaSource

MediaStream = TypeVar("MediaStream", av.VideoStream, av.AudioStream)

# Without these two lists a file that names other files or addresses (a playlist) would make
# FFmpeg open them.
FORMATS = (
    "mov,mp4,m4a,3gp,matroska,webm,mpeg,mpegts,avi,flv,asf,ogg,wav,w64,mp3,aac,flac,amr,"
    "aiff,caf,au,mxf,ivf"
)
PROTOCOLS = "file"
KNOWN = "mp4, mov, webm, mkv, mpg, ts, avi, wav, mp3, m4a, ogg or flac"
MAX_FAILED_READS = 50
"""After so many failed reads in a row the rest of a file is given up."""
STATING_LENGTH = frozenset({"mov", "matroska", "avi", "flv", "asf"})
"""Containers that state their length; for the others FFmpeg guesses it from the bit rate."""
NOT_RECORDED = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
"""Pictures that belong to a file without having been recorded in time: covers, previews."""


def open_pictures(path: MediaPath) -> StreamReader[av.VideoStream] | None:
    """Open the first stream of pictures that can be decoded, None where there is none."""
    container, file = _open_container(path)
    for stream in container.streams.video:
        if _has_decoder(stream) and not stream.disposition & NOT_RECORDED:
            return StreamReader(path, container, stream, file)
    _close(container, file)
    return None


def open_sound(path: MediaPath) -> StreamReader[av.AudioStream] | None:
    """Open the first stream of sound that can be decoded, None where there is none."""
    container, file = _open_container(path)
    for stream in container.streams.audio:
        if _has_decoder(stream):
            return StreamReader(path, container, stream, file)
    _close(container, file)
    return None


def seconds(ticks: int | None, time_base: Fraction | None) -> float | None:
    """Return a container's count of ticks in seconds, None where either is unknown."""
    return None if ticks is None or time_base is None else float(ticks * time_base)


class StreamReader(Generic[MediaStream]):
    """Decode one stream of an open container, skipping and counting what is damaged."""

    def __init__(
        self,
        path: MediaPath,
        container: InputContainer,
        stream: MediaStream,
        file: BinaryIO | None = None,
    ) -> None:
        self.path = path
        self.stream: MediaStream = stream
        self.damaged = 0
        """Packets and frames that could not be decoded, or only in part."""
        self.is_synthetic = container.metadata.get("synthetic") == "true"
        """Whether the file says of itself that it was rendered."""
        self.duration_s = _duration_s(container)
        """The container's claim about its length."""
        states_length = container.format.name.split(",")[0] in STATING_LENGTH
        self.container_end_s = _container_end_s(container) if states_length else None
        """Where the container says that its longest stream ends; None if it only guesses."""
        self.stream_end_s = _stream_end_s(stream, self.container_end_s)
        """Where the container says that this stream ends; None where it does not say."""
        self._container = container
        self._file = file
        for other in container.streams:
            if other.index != stream.index:
                other.discard = Discard.all

    def frames(self) -> Iterator[av.VideoFrame | av.AudioFrame]:
        """Yield the decoded frames in presentation order."""
        for packet in self._packets():
            yield from self._decode(packet)

    def close(self) -> None:
        """Close the container; no frame may be asked for afterwards."""
        _close(self._container, self._file)

    def _decode(
        self, packet: av.Packet[MediaStream] | None
    ) -> Iterator[av.VideoFrame | av.AudioFrame]:
        """Yield the whole frames of a packet; None asks for those the decoder still holds."""
        try:
            frames = self.stream.decode(packet)
        except av.FFmpegError:
            self.damaged += 1
            return
        for frame in frames:
            if frame.is_corrupt:
                self.damaged += 1
            else:
                yield frame

    def _packets(self) -> Iterator[av.Packet[MediaStream] | None]:
        """Yield all packets, and what makes the decoder give out the rest at the end."""
        failed = 0
        while failed < MAX_FAILED_READS:
            try:
                for packet in self._container.demux(self.stream):
                    failed = 0
                    yield packet
            except av.FFmpegError:
                failed += 1
                self.damaged += 1
            else:
                return
        yield None


def _open_container(path: MediaPath) -> tuple[InputContainer, BinaryIO | None]:
    """Open a media file for reading, and the file under it where it is no plain one.

    Raises:
        MediaError: The file is missing, not a plain file, not readable, empty, of an
            unknown kind, or cut off before its index.
    """
    options = {"format_whitelist": FORMATS, "protocol_whitelist": PROTOCOLS}
    file: BinaryIO | None = None
    if isinstance(path, Path | str):
        head = _first_bytes(path)
        what: str | BinaryIO = os.path.abspath(path)
    else:
        what = file = path.open()
        head = file.read(512)
        file.seek(0)
    try:
        return av.open(what, "r", options=options), file
    except (av.FFmpegError, OSError) as error:
        if file is not None:
            file.close()
        raise MediaError(shown(path), _why_not_media(head)) from error


def _close(container: InputContainer, file: BinaryIO | None) -> None:
    container.close()
    if file is not None:
        file.close()


def shown(path: MediaPath) -> Path | str:
    """Return what an error calls a recording."""
    return path if isinstance(path, Path | str) else path.name


def _duration_s(container: InputContainer) -> float | None:
    return None if container.duration is None else container.duration / av.time_base


def _container_end_s(container: InputContainer) -> float | None:
    duration_s = _duration_s(container)
    return None if duration_s is None else (container.start_time or 0) / av.time_base + duration_s


def _stream_end_s(stream: Stream, container_end_s: float | None) -> float | None:
    duration_s = seconds(stream.duration, stream.time_base)
    if duration_s is None or container_end_s is None:
        return None
    start_s = seconds(stream.start_time, stream.time_base) or 0.0
    # A stream may be longer than what is shown of it (a trimmed phone video).
    return min(start_s + duration_s, container_end_s)


def _has_decoder(stream: Stream) -> bool:
    # PyAV's stubs do not say that a stream of an unknown codec has no context.
    context: object = stream.codec_context
    return context is not None


def _first_bytes(path: Path | str) -> bytes:
    """Return the head of a file, or say why it cannot be read."""
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise MediaError(path, "is a directory; name one recording in it")
        if not stat.S_ISREG(mode):
            raise MediaError(path, "is not a plain file; save the recording to a file first")
        with open(path, "rb") as file:
            head = file.read(512)
    except FileNotFoundError as error:
        raise MediaError(path, "no such file; check the path") from error
    except PermissionError as error:
        raise MediaError(path, "no permission to read it; ask its owner for access") from error
    except MediaError:
        raise
    except (OSError, ValueError) as error:
        raise MediaError(path, f"cannot be read ({error}); check the path and the disk") from error
    if not head:
        raise MediaError(path, "is empty (0 bytes); copy or record it again")
    return head


def _why_not_media(head: bytes) -> str:
    if head[4:8] in (b"ftyp", b"mdat", b"moov", b"wide"):
        return (
            "is an MP4 or MOV without a complete index (moov box): the copy or the recording "
            "was cut off; copy it again, or have the recorder repair it"
        )
    kind = "plain text" if _is_text(head) else "something else"
    return f"is not a recording: expected {KNOWN}, got {kind}; check that this is the right file"


def _is_text(head: bytes) -> bool:
    # A multi-byte character may be cut at the end of the head.
    text = head.decode("utf-8", errors="ignore")
    return len(text.encode()) >= len(head) - 3 and "\0" not in text
