"""Between decoding and analysis: what waits, within bounds, and commands before it."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Any, TypeAlias

from facesign.biometrics.stream import Frame, Sound
from facesign.interview.live.decoding import Shot

__all__ = ["Command", "Intake", "Received", "SegmentStart", "Work"]

MOST_FRAMES = 12
"""Frames that wait at most, 0.4 s of them; further ones are skipped and listed."""
MOST_SOUNDS = 300
"""Half a minute of sound; decoding waits then, and with it what is received."""


@dataclass(frozen=True, slots=True)
class SegmentStart:
    """The first thing of a segment: where it lies on the session's clock."""

    stream: str
    from_s: float
    """End of what came before it."""
    offset_s: float


@dataclass(frozen=True, slots=True)
class Received:
    """A frame or sound of a segment, or a frame that there was no time for."""

    stream: str
    item: Frame | Sound | None
    """None for a frame that is skipped."""
    time_s: float
    index: int | None = None
    """Count of the pictures before it in its segment; None for sound."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something that a person does, or that the session asks for."""

    name: str
    values: dict[str, Any]
    number: int = 0
    """What its answer is told by."""
    time_s: float = 0.0
    """Session time at which it came."""


Work: TypeAlias = Command | SegmentStart | Received


class Intake:
    """Hold what waits for the analysis."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._commands: deque[Command] = deque()
        self._waiting: deque[SegmentStart | Received] = deque()
        self._n_frames = 0
        self._n_sounds = 0
        self._closed = False

    def command(self, command: Command) -> None:
        """Add a command; it goes before everything that was received."""
        with self._changed:
            self._commands.append(command)
            self._changed.notify_all()

    def start(self, start: SegmentStart) -> None:
        """Add the start of a segment."""
        with self._changed:
            self._waiting.append(start)
            self._changed.notify_all()

    def shot(self, stream: str, shot: Shot, *, patient: bool = False) -> None:
        """Add a picture; where too many wait, it is added as skipped, and costs no pixels.

        Args:
            stream: Its segment.
            shot: The picture.
            patient: Wait for room instead of skipping it.
        """
        with self._changed:
            if patient:
                self._changed.wait_for(lambda: self._n_frames < MOST_FRAMES or self._closed)
            room = self._n_frames < MOST_FRAMES
        self._add(stream, shot, shot.frame() if room else None)

    def skip(self, stream: str, shot: Shot) -> None:
        """Add a picture as skipped."""
        self._add(stream, shot, None)

    def _add(self, stream: str, shot: Shot, frame: Frame | None) -> None:
        with self._changed:
            self._waiting.append(Received(stream, frame, shot.time_s, shot.index))
            self._n_frames += frame is not None
            self._changed.notify_all()

    def sound(self, stream: str, sound: Sound) -> None:
        """Add sound, none of which is skipped; waits while very much of it waits."""
        with self._changed:
            self._changed.wait_for(lambda: self._n_sounds < MOST_SOUNDS or self._closed)
            self._waiting.append(Received(stream, sound, sound.time_s))
            self._n_sounds += 1
            self._changed.notify_all()

    def take(self, timeout_s: float) -> Work | None:
        """Return what is next, commands first; None when nothing came in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._commands or self._waiting, timeout_s)
            if self._commands:
                return self._commands.popleft()
            if not self._waiting:
                return None
            work = self._waiting.popleft()
            if isinstance(work, Received):
                self._n_frames -= isinstance(work.item, Frame)
                self._n_sounds -= isinstance(work.item, Sound)
                self._changed.notify_all()
            return work

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
