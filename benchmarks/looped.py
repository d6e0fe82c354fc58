"""A long recording made of a short one, without encoding anything again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av

__all__ = ["looped"]


@contextmanager
def looped(clip: Path, least_s: float) -> Iterator[Path]:
    """Repeat a clip's packets until they last so long; the file is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="facesign-bench-") as folder:
        path = Path(folder) / f"looped{clip.suffix}"
        _write(clip, path, least_s)
        yield path


def _write(clip: Path, path: Path, least_s: float) -> None:
    with av.open(str(path), "w") as out, av.open(str(clip)) as first:
        copies = {s.index: out.add_stream_from_template(s) for s in _media(first)}
        length = _length(clip)
        shift = Fraction(0)
        while shift < least_s:
            with av.open(str(clip)) as source:
                for packet in source.demux(*_media(source)):
                    if packet.dts is None or packet.pts is None:
                        continue
                    ticks = round(shift / packet.time_base)
                    packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
                    packet.stream = copies[packet.stream.index]
                    out.mux(packet)
            shift += length


def _media(container: av.container.InputContainer) -> list[av.stream.Stream]:
    return [*container.streams.video[:1], *container.streams.audio[:1]]


def _length(clip: Path) -> Fraction:
    """Return the distance from the first decoding time to the end of the last packet."""
    starts, ends = [], []
    with av.open(str(clip)) as source:
        for packet in source.demux(*_media(source)):
            if packet.dts is not None and packet.pts is not None:
                starts.append(packet.dts * packet.time_base)
                last = max(packet.dts, packet.pts) + (packet.duration or 0)
                ends.append(last * packet.time_base)
    return max(ends) - min(starts)
