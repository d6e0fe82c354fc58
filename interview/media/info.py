"""What a recording says about itself, and what turned out to be wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from facesign.biometrics.stream import Track
from facesign.interview.media.tracks import PictureTrack, SoundTrack

__all__ = [
    "AudioInfo",
    "MediaInfo",
    "MediaProblem",
    "ProblemCode",
    "VideoInfo",
    "audio_info",
    "find_problems",
    "video_info",
]

ProblemCode: TypeAlias = Literal[
    "damaged_packets",
    "no_sound",
    "no_video",
    "picture_ends_early",
    "picture_gaps",
    "picture_starts_late",
    "sound_ends_early",
    "sound_gaps",
    "sound_starts_late",
    "timestamps_repaired",
    "truncated",
    "variable_rate",
]

TRUNCATED_S = 0.25
"""Missing time from which a file is called truncated."""
APART_S = 0.1
"""Distance between the starts of picture and sound that is worth a line."""
ENDS_APART_S = 0.5


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """The picture track."""

    codec: str
    width: int
    """Pixels as shown: upright, square, after scaling down; of the first picture."""
    height: int
    rate_hz: float | None
    """Mean rate that the container states; None where it states none."""
    rotation_deg: int
    """Clockwise turn that was applied: 0, 90, 180 or 270."""


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """The sound: the mixed track, or the first of the separate ones."""

    codec: str
    rate_hz: int
    """As recorded; Sound is always 16 kHz."""
    channels: int
    start_s: float
    """First sample, in seconds after time zero."""
    tracks: tuple[Track, ...]
    """The tracks that Sound items come from."""


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What is known about a recording before it is read."""

    name: str
    """File name without its folder."""
    duration_s: float | None
    """As the container claims; None where it does not."""
    is_synthetic: bool
    """Whether the file says of itself that its person was rendered."""
    video: VideoInfo | None
    audio: AudioInfo | None


@dataclass(frozen=True, slots=True)
class MediaProblem:
    """One thing about a recording that limits what can be read from it."""

    code: ProblemCode
    detail: str
    """One English line with the numbers."""
    value: float | None = None
    """The main number: seconds or a count, as docs/media.md says for each code."""


def video_info(track: PictureTrack) -> VideoInfo:
    """Describe a started picture track."""
    width, height = track.size
    codec = track.stream.codec_context.codec.canonical_name
    return VideoInfo(codec, width, height, track.rate_hz, track.rotation_deg)


def audio_info(tracks: Sequence[SoundTrack]) -> AudioInfo:
    """Describe the first of one or more started sound tracks."""
    context = tracks[0].stream.codec_context
    return AudioInfo(
        codec=context.codec.canonical_name,
        rate_hz=context.sample_rate,
        channels=context.layout.nb_channels,
        start_s=(tracks[0].start_s or 0.0) - tracks[0].zero_s,
        tracks=tuple(track.name for track in tracks),
    )


def find_problems(
    pictures: PictureTrack | None, sounds: Sequence[SoundTrack]
) -> Iterator[MediaProblem]:
    """Yield what is wrong with the tracks, as far as they were read."""
    if pictures is None:
        yield MediaProblem("no_video", "there is no picture")
    if not sounds:
        yield MediaProblem("no_sound", "there is no sound")
    tracks: list[PictureTrack | SoundTrack] = [*([pictures] if pictures else []), *sounds]
    for track in tracks:
        yield from _reading_problems(track)
        yield from _missing_end(track, tracks)
    if pictures and pictures.clock.is_variable:
        yield MediaProblem("variable_rate", "the frame rate is not constant")
    if pictures and len(sounds) == 1 and sounds[0].name == "mixed":
        yield from _uneven_edges(pictures, sounds[0])


def _reading_problems(track: PictureTrack | SoundTrack) -> Iterator[MediaProblem]:
    name = _name(track)
    if n_damaged := track.reader.damaged:
        detail = f"{name}: {n_damaged} damaged packets or frames left out"
        yield MediaProblem("damaged_packets", detail, n_damaged)
    if n_repaired := track.repaired:
        detail = f"{name}: {n_repaired} impossible times repaired"
        yield MediaProblem("timestamps_repaired", detail, n_repaired)
    if n_gaps := track.clock.gaps:
        code: ProblemCode = "sound_gaps" if isinstance(track, SoundTrack) else "picture_gaps"
        detail = f"{name}: {n_gaps} gaps, {track.clock.gap_s:.2f} s in all"
        yield MediaProblem(code, detail, track.clock.gap_s)


def _missing_end(
    track: PictureTrack | SoundTrack, tracks: Sequence[PictureTrack | SoundTrack]
) -> Iterator[MediaProblem]:
    """Compare what was read with the length of the stream, else with that of the file."""
    claimed_s, read_s = track.reader.stream_end_s, track.end_s or 0.0
    if claimed_s is None:
        claimed_s = track.reader.container_end_s
        ends_s = [other.end_s or 0.0 for other in tracks if other.reader.path == track.reader.path]
        if read_s < max(ends_s):
            return
    if track.ended and claimed_s is not None and claimed_s - read_s > TRUNCATED_S:
        detail = f"{_name(track)}: read to {read_s:.2f} s of {claimed_s:.2f} s"
        yield MediaProblem("truncated", detail, claimed_s - read_s)


def _uneven_edges(pictures: PictureTrack, sound: SoundTrack) -> Iterator[MediaProblem]:
    late_s = (sound.start_s or 0.0) - (pictures.start_s or 0.0)
    if late_s > APART_S:
        detail = f"sound starts {late_s:.2f} s after the picture"
        yield MediaProblem("sound_starts_late", detail, late_s)
    if -late_s > APART_S:
        detail = f"picture starts {-late_s:.2f} s after the sound"
        yield MediaProblem("picture_starts_late", detail, -late_s)
    if not (pictures.ended and sound.ended):
        return
    early_s = (pictures.end_s or 0.0) - (sound.end_s or 0.0)
    if early_s > ENDS_APART_S:
        detail = f"sound ends {early_s:.2f} s before the picture"
        yield MediaProblem("sound_ends_early", detail, early_s)
    if -early_s > ENDS_APART_S:
        detail = f"picture ends {-early_s:.2f} s before the sound"
        yield MediaProblem("picture_ends_early", detail, -early_s)


def _name(track: PictureTrack | SoundTrack) -> str:
    return "picture" if isinstance(track, PictureTrack) else f"{track.name} sound"
