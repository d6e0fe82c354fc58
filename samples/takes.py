"""A recording's faces, tracked once and stored, to be measured many times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from facesign.biometrics.face.block import FaceBlock, read_block
from facesign.biometrics.face.flow import POINTS
from facesign.biometrics.face.geometry import N_LANDMARKS
from facesign.biometrics.face.quality import PictureQuality
from facesign.biometrics.face.sharpen import MODEL, Sharpener
from facesign.biometrics.face.track import Face
from facesign.biometrics.face.tracker_process import TrackerProcess
from facesign.biometrics.stream import (
    BlockGrid,
    BoolArray,
    FloatArray,
    Frame,
    Sound,
    TimeArray,
    Track,
)
from facesign.errors import MediaError, OutputError, ShapeError
from facesign.interview.media.recording import open_media
from facesign.interview.pipeline import FaceReading, Pipeline
from facesign.interview.questions import QuestionLog
from facesign.models.runtime import open_model

__all__ = ["Take", "blocks_of", "kept_take", "sharp_blocks_of", "watch", "watched"]

_ARRAYS = ("time_s", "landmarks", "speaking", "brightness", "flow")
_UNKNOWN = float("nan")
_NO_FLOW = np.full((len(POINTS), 2), np.nan, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """One face through one recording, as the tracker and the speech detector saw it."""

    time_s: TimeArray
    """Presentation time, shape (n_frames,)."""
    landmarks: FloatArray = field(repr=False)
    """Pixels, shape (n_frames, 478, 3); a frame without the face is NaN."""
    speaking: BoolArray = field(repr=False)
    """Whether the applicant was speaking, shape (n_frames,)."""
    brightness: FloatArray = field(repr=False)
    """Median luma of the face, shape (n_frames,); NaN in a frame that was not measured."""
    flow: FloatArray = field(repr=False)
    """Flow of the skin, shape (n_frames, n_points, 2); NaN where there was none."""

    def __post_init__(self) -> None:
        n = len(self.time_s)
        wanted = {
            "landmarks": (n, N_LANDMARKS, 3),
            "speaking": (n,),
            "brightness": (n,),
            "flow": (n, len(POINTS), 2),
        }
        for name, shape in wanted.items():
            if getattr(self, name).shape != shape:
                raise ShapeError(name, str(shape), getattr(self, name).shape)

    def frames(self, kept: BoolArray) -> Take:
        """Return the take with some of its frames only.

        Args:
            kept: Shape (n_frames,).
        """
        return Take(*(getattr(self, name)[kept] for name in _ARRAYS))

    def write(self, path: Path) -> None:
        """Write it; landmarks are somebody's biometrics, so only rendered people's are kept.

        Raises:
            OutputError: The file cannot be written.
        """
        try:
            with path.open("wb") as file:
                np.savez(file, **{name: getattr(self, name) for name in _ARRAYS})
        except OSError as error:
            raise OutputError(path, error.strerror or str(error)) from error

    @classmethod
    def read(cls, path: Path) -> Take:
        """Read it back.

        Raises:
            MediaError: The file cannot be read or lacks an array.
        """
        try:
            with np.load(path) as held:
                return cls(*(held[name] for name in _ARRAYS))
        except (OSError, ValueError, KeyError) as error:
            raise MediaError(path, f"not a take ({error})") from error


def watch(media: Path, *, applicant_audio: Path | None = None) -> Take:
    """Track the face through a recording as `facesign analyze` does.

    Args:
        media: The recording.
        applicant_audio: The applicant's own microphone.

    Raises:
        MediaError: It cannot be read, or shows no frame.
    """
    with open_media(media, applicant_audio=applicant_audio) as recording:
        audio = recording.info.audio
        take = watched(recording, audio.tracks if audio else ())
    if take is None:
        raise MediaError(media, "shows no picture")
    return take


def watched(items: Iterable[Frame | Sound], tracks: Sequence[Track] = ()) -> Take | None:
    """Track the face through frames and sound in time order; None without a frame.

    Args:
        items: Frames, and the sound of the tracks.
        tracks: The sound that comes.
    """
    faces: list[Face] = []
    speaking: list[BoolArray] = []
    pipeline = Pipeline(
        open_tracker=TrackerProcess,
        open_behaviour=None,
        tracks=tracks,
        questions=QuestionLog(None, ()),
        baseline="calm_start",
    )
    for item in items:
        _sort(pipeline.push(item), faces, speaking)
    _sort(pipeline.finish(), faces, speaking)
    if not faces:
        return None
    return Take(
        time_s=np.array([face.time_s for face in faces]),
        landmarks=np.stack([face.landmarks for face in faces]),
        speaking=np.concatenate(speaking),
        brightness=np.array(
            [face.picture.brightness if face.picture else np.nan for face in faces], np.float32
        ),
        flow=np.stack([_NO_FLOW if face.flow is None else face.flow for face in faces]),
    )


def _sort(events: Iterator[object], faces: list[Face], speaking: list[BoolArray]) -> None:
    for event in events:
        if isinstance(event, Face):
            faces.append(event)
        elif isinstance(event, FaceReading):
            speaking.append(event.block.speaking)


def kept_take(folder: Path) -> Take:
    """Return the take of a rendered folder; it is tracked once and kept beside the film."""
    kept = folder / "take.npz"
    if not kept.is_file():
        watch(folder / "interview.mp4", applicant_audio=folder / "applicant.flac").write(kept)
    return Take.read(kept)


def blocks_of(take: Take) -> Iterator[FaceBlock]:
    """Yield the blocks that the analysis would read, one after another."""
    grid: BlockGrid[Face] = BlockGrid(lambda face: face.time_s)
    done = 0
    for closed in _closed(grid, take):
        speaking = take.speaking[done : done + len(closed)]
        done += len(closed)
        yield read_block(closed, speaking)


def sharp_blocks_of(take: Take) -> Iterator[FaceBlock]:
    """Yield the blocks that signals are read from."""
    sharpener = Sharpener(open_model(MODEL, provider="cpu"))
    return (sharpener.push(block) for block in blocks_of(take))


def _closed(grid: BlockGrid[Face], take: Take) -> Iterator[list[Face]]:
    for row, time_s in enumerate(take.time_s.tolist()):
        luma = float(take.brightness[row])
        measured = PictureQuality(_UNKNOWN, _UNKNOWN, luma, _UNKNOWN, _UNKNOWN, _UNKNOWN)
        picture = measured if np.isfinite(luma) else None
        flow = take.flow[row] if np.isfinite(take.flow[row, 0, 0]) else None
        face = Face(time_s, take.landmarks[row], None, False, None, picture, flow)
        yield from grid.push(face)
    yield from grid.finish()
