"""Between decoding and analysis: what waits, within bounds, and commands before it."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Any, TypeAlias

from facesign.biometrics.stream import Frame, Sound
from facesign.interview.live.decoding import Shot

__all__ = ["Command", "Heard", "Intake", "Placed", "Received", "SegmentStart", "Work"]

MOST_FRAMES = 12
"""Frames that wait at most, 0.4 s of them; further ones are skipped and listed."""
MOST_SOUNDS = 300
"""Half a minute of sound; decoding waits then, and with it what is received."""


@dataclass(frozen=True, slots=True)
class SegmentStart:
    """The first thing of a segment: where it lies on the session's clock."""

    stream: str
    number: int
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
class Placed:
    """Where a segment of the officer's microphone lies on the session's clock."""

    stream: str
    offset_s: float
    over_s: float
    """Sound that this was measured over."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A run of sound of the officer's microphone."""

    stream: str
    number: int
    """Count of the runs before it in its segment."""
    beside: int
    """Number of the applicant's segment by whose clock it is placed."""
    sound: Sound


@dataclass(frozen=True, slots=True)
class Command:
    """Something that a person does, or that the session asks for."""

    name: str
    values: dict[str, Any]
    number: int = 0
    """What its answer is told by."""
    time_s: float = 0.0
    """Session time at which it came."""


Work: TypeAlias = Command | SegmentStart | Received | Placed | Heard


class Intake:
    """Hold what waits for the analysis.

    The officer's sound goes in where the applicant's stream comes to its time, or as soon as it
    is there if that is later. In a gap of the applicant's the session's clock stands: what the
    officer says meanwhile has no time in it, and is left out.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._commands: deque[Command] = deque()
        self._waiting: deque[SegmentStart | Received] = deque()
        self._n_frames = 0
        self._n_sounds = 0
        self._officer: deque[Placed | Heard] = deque()
        self._segment = 0
        self._from_s = self._until_s = 0.0
        """Between these the segment was analyzed whose number that is."""
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

    def placed(self, placed: Placed) -> None:
        """Add where a segment of the officer's lies."""
        with self._changed:
            self._officer.append(placed)
            self._changed.notify_all()

    def hear(self, stream: str, number: int, beside: int, sound: Sound | None) -> None:
        """Add sound of the officer's; waits while very much of it waits for its time.

        Args:
            stream: Its segment.
            number: Count of the runs before it in that.
            beside: Number of the applicant's segment by whose clock it is placed.
            sound: The sound; None is left out.
        """
        if sound is None:
            return
        with self._changed:
            self._changed.wait_for(lambda: len(self._officer) < MOST_SOUNDS or self._closed)
            if not self._closed:
                self._officer.append(Heard(stream, number, beside, sound))
                self._changed.notify_all()

    def take(self, timeout_s: float) -> Work | None:
        """Return what is next, commands first; None when nothing came in time."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._commands or self._officers_is_next() or self._waiting, timeout_s
            )
            if self._commands:
                return self._commands.popleft()
            if self._officers_is_next():
                self._changed.notify_all()
                return self._officer.popleft()
            if not self._waiting:
                return None
            work = self._waiting.popleft()
            if isinstance(work, Received):
                self._n_frames -= isinstance(work.item, Frame)
                self._n_sounds -= isinstance(work.item, Sound)
                self._until_s = max(self._until_s, _end_s(work))
                self._changed.notify_all()
            else:
                self._segment, self._from_s = work.number, work.offset_s
                self._until_s = work.offset_s
            return work

    def _officers_is_next(self) -> bool:
        """Tell whether it is the officer's turn; drop what has no time in the session."""
        while self._officer:
            first = self._officer[0]
            if isinstance(first, Placed):
                return True
            if first.beside > self._segment:
                return False
            if first.beside == self._segment and first.sound.time_s >= self._from_s:
                return first.sound.end_s <= self._until_s
            self._officer.popleft()
            self._changed.notify_all()
        return False

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def _end_s(received: Received) -> float:
    item = received.item
    return item.end_s if isinstance(item, Sound) else received.time_s
