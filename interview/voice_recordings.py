"""Recordings of one voice: files, arrays, or runs of sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from facesign.biometrics.gallery.hearing import Heard, hear, pieces_of
from facesign.biometrics.stream import FloatArray, Sound
from facesign.biometrics.voice.quality import with_clipping
from facesign.errors import ItemError, MediaError
from facesign.interview.media.container import open_sound
from facesign.interview.media.tracks import SoundTrack

__all__ = ["Listened", "Recorded", "listen"]

HOLE_S = 0.05
"""Sound that is missing for longer was lost."""

Recorded: TypeAlias = Path | str | FloatArray | Sequence[Sound]
"""A media file with sound; mono samples at 16 kHz, float32, shape (n_samples,); or Sounds."""


@dataclass(frozen=True, slots=True, eq=False)
class Listened:
    """One recording after listening to it."""

    name: str
    """What to call it in a message: its file's name, or its place."""
    heard: Heard
    n_damaged: int = 0
    """Packets that could not be decoded, or are missing."""


def listen(recording: Recorded, name: str = "recording") -> Listened:
    """Listen to a recording.

    Args:
        recording: A file, an array, or Sounds in order.
        name: What to call it in a message; a file is called by its own name.

    Raises:
        MediaError: the file cannot be opened, or holds no sound or what is no number.
        ShapeError: the array is not of shape (n_samples,).
        ItemError: the array is not float32, or holds what is no number.
    """
    if isinstance(recording, str | Path):
        return _listen_to_file(Path(recording))
    if isinstance(recording, np.ndarray):
        return Listened(name, hear(pieces_of(recording)))
    if all(isinstance(sound, Sound) for sound in recording):
        return Listened(name, hear(sound.samples for sound in recording))
    raise ItemError(name, "a file, an array or Sounds", type(recording).__name__)


def _listen_to_file(path: Path) -> Listened:
    reader = open_sound(path)
    if reader is None:
        raise MediaError(path, "holds no sound")
    try:
        track = SoundTrack(reader, "mixed")
        if not track.start():
            raise MediaError(path, "no sound can be decoded; record or copy it again")
        holes: list[float] = []
        heard = hear(_samples(track, holes))
        if n := track.mix.n_not_finite:
            raise MediaError(path, f"{n} samples are not finite numbers; record or export it again")
        if track.mix.is_cancelled:
            raise MediaError(
                path, "its channels have opposite signs and cancel out; export one of them"
            )
        heard = _with_clipping(heard, track.mix.clipped_s)
        # A reader of FLAC leaves out what fails its check without a word; others have pauses.
        n_holes = len(holes) if reader.stream.codec_context.name == "flac" else 0
        return Listened(path.name, heard, reader.damaged + n_holes)
    finally:
        reader.close()


def _with_clipping(heard: Heard, clipped_s: float) -> Heard:
    """Take what was at full scale in a channel before the mix for speech."""
    share = min(clipped_s / max(heard.net_speech_s, 1.0), 1.0)
    return replace(heard, quality=with_clipping(heard.quality, share))


def _samples(track: SoundTrack, holes: list[float]) -> Iterator[FloatArray]:
    """Yield the sound, and note where it lacks some."""
    end_s: float | None = None
    for item in track:
        if isinstance(item, Sound):
            if end_s is not None and item.time_s - end_s > HOLE_S:
                holes.append(end_s)
            end_s = item.end_s
            yield item.samples
