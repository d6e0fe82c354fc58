"""Reading a recorded interview: pictures and sound on one clock."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from facesign.biometrics.stream import Frame, Sound, Track
from facesign.errors import MediaError
from facesign.interview.media.container import MediaPath, open_pictures, open_sound, shown
from facesign.interview.media.info import (
    AudioInfo,
    MediaInfo,
    MediaProblem,
    ProblemCode,
    VideoInfo,
    audio_info,
    find_problems,
    video_info,
)
from facesign.interview.media.prefetch import Prefetch
from facesign.interview.media.tracks import PictureTrack, SoundTrack

__all__ = [
    "AudioInfo",
    "MediaInfo",
    "MediaProblem",
    "ProblemCode",
    "Recording",
    "VideoInfo",
    "open_media",
]

MAX_SIDE_PX = 1920
PRIMING_S = 0.05
"""A separate sound file that starts this little after its own zero has encoder priming there
(MP3: 25 ms), so that its first sample is its zero; a later start is meant."""


class Recording:
    """An opened recording, to be read once from its start to its end.

    Iterating yields Frame and Sound items strictly in order of their `time_s`, whatever
    the interleaving of the file; a Sound piece starts at its time and reaches up to 0.1 s
    beyond it. Time zero is the earliest presentation time of the picture or the sound of
    the media file. Decoding runs ahead in a background thread, by at most 32 items and
    about 24 MiB, so memory does not grow with the length.
    """

    def __init__(
        self,
        info: MediaInfo,
        pictures: PictureTrack | None,
        sounds: Sequence[SoundTrack],
        resources: ExitStack,
    ) -> None:
        self.info = info
        self._pictures = pictures
        self._sounds = sounds
        self._resources = resources
        self._is_read = False

    @property
    def problems(self) -> tuple[MediaProblem, ...]:
        """What limits the reading; complete once everything was read."""
        return tuple(find_problems(self._pictures, self._sounds))

    def __iter__(self) -> Iterator[Frame | Sound]:
        """Start decoding.

        Raises:
            MediaError: The recording was read, or closed, before.
        """
        if self._is_read:
            raise MediaError(self.info.name, "was read already; open it again to read it twice")
        self._is_read = True
        tracks: list[PictureTrack | SoundTrack] = [
            *([self._pictures] if self._pictures else []),
            *self._sounds,
        ]
        merged = heapq.merge(*tracks, key=lambda item: item.time_s)
        ahead = Prefetch(merged, _size_of)
        self._resources.callback(ahead.close)
        return ahead

    def close(self) -> None:
        """Stop decoding and close the files."""
        self._is_read = True
        self._resources.close()

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_media(
    path: MediaPath,
    *,
    applicant_audio: MediaPath | None = None,
    officer_audio: MediaPath | None = None,
    max_side_px: int = MAX_SIDE_PX,
    decoder_threads: int | None = None,
) -> Recording:
    """Open a recording for reading.

    Args:
        path: A media file with picture, sound or both.
        applicant_audio: The applicant's own microphone, on the same clock as the media.
            With it or officer_audio the media's own, mixed sound is not read.
        officer_audio: The officer's own microphone, likewise.
        max_side_px: Pictures with a longer side are scaled down to it.
        decoder_threads: Threads that decode pictures; by default one up to 1280x720
            pixels and two above.

    Raises:
        MediaError: A file cannot be opened or holds nothing that can be decoded.
    """
    with ExitStack() as opened:
        pictures, mixed = _own_tracks(path, opened, max_side_px, decoder_threads)
        separate = _separate_tracks(applicant_audio, officer_audio, opened)
        sounds = separate or ([mixed] if mixed else [])
        info = MediaInfo(
            name=Path(shown(path)).name,
            duration_s=(pictures or sounds[0]).reader.duration_s,
            is_synthetic=(pictures or sounds[0]).reader.is_synthetic,
            video=video_info(pictures) if pictures else None,
            audio=audio_info(sounds) if sounds else None,
        )
        return Recording(info, pictures, sounds, opened.pop_all())


def _own_tracks(
    path: MediaPath, opened: ExitStack, max_side_px: int, decoder_threads: int | None
) -> tuple[PictureTrack | None, SoundTrack | None]:
    """Start the tracks of the media file, each with a demuxer of its own.

    One demuxer for both would deliver them in the order of the file, where picture and
    sound may lie any distance apart; two are merged by time and hold nothing back.
    """
    pictures, sound = None, None
    if picture_reader := open_pictures(path):
        opened.callback(picture_reader.close)
        pictures = PictureTrack(
            picture_reader, max_side_px=max_side_px, decoder_threads=decoder_threads
        )
    if sound_reader := open_sound(path):
        opened.callback(sound_reader.close)
        sound = SoundTrack(sound_reader, "mixed")
    started = [track for track in (pictures, sound) if track and track.start()]
    if not started:
        raise MediaError(shown(path), "holds neither picture nor sound that can be decoded")
    zero_s = min(track.start_s for track in started if track.start_s is not None)
    for track in started:
        track.zero_s = zero_s
    return pictures if pictures in started else None, sound if sound in started else None


def _separate_tracks(
    applicant_audio: MediaPath | None, officer_audio: MediaPath | None, opened: ExitStack
) -> list[SoundTrack]:
    tracks: list[SoundTrack] = []
    names: tuple[tuple[Track, MediaPath | None], ...] = (
        ("applicant", applicant_audio),
        ("officer", officer_audio),
    )
    for name, path in names:
        if path is None:
            continue
        reader = open_sound(path)
        if reader is None:
            raise MediaError(shown(path), f"holds no sound; expected the {name}'s microphone")
        opened.callback(reader.close)
        track = SoundTrack(reader, name)
        if not track.start():
            raise MediaError(
                shown(path), f"no sound can be decoded; expected the {name}'s microphone"
            )
        if track.start_s is not None and track.start_s < PRIMING_S:
            track.zero_s = track.start_s
        tracks.append(track)
    return tracks


def _size_of(item: Frame | Sound) -> int:
    return item.image.nbytes if isinstance(item, Frame) else item.samples.nbytes
