"""What happened in a live session, as its record tells it: for a replay, and to go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facesign.errors import RecordError
from facesign.interview.live.conduct import Gap
from facesign.interview.live.places import HEARD, Place
from facesign.interview.record.reader import Record

__all__ = ["GONE_ON", "HeldSegment", "HeldVoice", "History"]

GONE_ON = "worker_restarted"
"""The entry with which a new worker goes on: what is analyzed begins anew there, with all that
was said before known from the start."""


@dataclass(frozen=True, slots=True)
class HeldSegment:
    """One segment, as it was begun."""

    stream: str
    lost_s: float
    """How long nothing came before it."""
    reason: str
    """Why."""


@dataclass(frozen=True, slots=True)
class HeldVoice:
    """One segment of the officer's own microphone, as it was begun."""

    stream: str
    beside: str
    """The stream of the applicant that it is placed by."""


@dataclass(frozen=True, slots=True)
class History:
    """Segments, commands, gaps and skipped frames, in order."""

    about: Mapping[str, Any]
    """What the session was created with."""
    segments: Sequence[HeldSegment]
    before: Sequence[Mapping[str, Any]]
    """Commands before anything was captured."""
    commands: Sequence[Mapping[str, Any]]
    """Those that came later; `after` tells after how many items."""
    skipped: Mapping[str, set[int]]
    """By stream, the numbers of the frames that were not analyzed."""
    gaps: Mapping[float, Gap]
    """By the time at which the clock goes on."""
    offsets: Mapping[str, float]
    """By stream, where on the session's clock it starts."""
    shown: Sequence[tuple[str, Mapping[str, Any]]]
    """Prompts and flags that the officer has seen, with `first_s`."""
    voices: Sequence[HeldVoice]
    """The officer's own microphone; where each starts is among the offsets."""
    heard: Sequence[Place]
    """In which order it was analyzed, by who analyzed last."""
    is_open: bool
    """Whether the last segment was still being received."""
    why_gap: str
    """Why nothing would come between it and the next one."""
    is_written_up: bool
    """Whether the writing of the report began."""
    end_after: int | None
    """Items that were analyzed; None where the record was not written to its end."""

    @classmethod
    def read(cls, held: Record) -> History:
        """Read the history of a live session.

        Raises:
            RecordError: it is the record of another kind of session.
            RecordDamagedError: it was changed.
        """
        about = next(held.entries("live"), None)
        if about is None:
            raise RecordError(held.folder, "is not the record of a live session")
        told = _Told()
        for entry in held.entries():
            told.take(entry.kind, entry.data)
        return cls(
            about=about.data,
            segments=told.segments,
            before=told.before,
            commands=told.commands,
            skipped=told.skipped,
            gaps=told.gaps,
            offsets=told.offsets,
            shown=told.shown,
            voices=told.voices,
            heard=told.heard,
            is_open=told.is_open,
            why_gap=told.why_gap,
            is_written_up=told.is_written_up,
            end_after=told.end_after,
        )

    @property
    def later(self) -> Iterator[Mapping[str, Any]]:
        """The commands that came while it was captured, as who goes on knows them at once."""
        return _known_at_once(self.commands)


class _Told:
    """What is gathered while a record is read."""

    def __init__(self) -> None:
        self.segments: list[HeldSegment] = []
        self.before: list[Mapping[str, Any]] = []
        self.commands: list[Mapping[str, Any]] = []
        self.skipped: dict[str, set[int]] = {}
        self.gaps: dict[float, Gap] = {}
        self.offsets: dict[str, float] = {}
        self.shown: list[tuple[str, Mapping[str, Any]]] = []
        self.voices: list[HeldVoice] = []
        self.heard: list[Place] = []
        self.is_open = self.is_written_up = False
        self.why_gap = "connection"
        self.end_after: int | None = None

    def take(self, kind: str, data: Mapping[str, Any]) -> None:
        """Take one entry."""
        if kind == "segment":
            self.segments.append(HeldSegment(data["stream"], data["lost_s"] or 0.0, data["reason"]))
            self.is_open, self.why_gap = True, "connection"
        elif kind == "officer_segment":
            self.voices.append(HeldVoice(data["stream"], data["beside"]))
        elif kind == HEARD:
            pairs = zip(data["number"], data["after"], strict=True)
            self.heard += [Place(data["stream"], number, after) for number, after in pairs]
        elif kind in ("segment_starts", "officer_starts"):
            self.offsets[data["stream"]] = data["offset_s"]
        elif kind == "command":
            (self.commands if self.segments else self.before).append(data)
            if data["name"] == "pause":
                self.is_open, self.why_gap = False, "paused"
        elif kind == "skipped":
            self.skipped.setdefault(data["stream"], set()).update(data["index"])
        elif kind == "gap":
            gap = Gap(data["from_s"], data["to_s"], data["lost_s"], data["reason"])
            self.gaps[gap.to_s] = gap
        elif kind == GONE_ON:
            if self.is_open and not data["segment_goes_on"]:
                self.is_open, self.why_gap = False, "worker"
            self.heard.clear()
            self.commands = [{**one, "after": 0} for one in _known_at_once(self.commands)]
        elif kind in ("prompt_shown", "flag_shown"):
            self.shown.append((kind.removesuffix("_shown"), data))
        elif kind in ("observations", "outcome"):
            self.is_written_up = True
            self.end_after = data.get("after", self.end_after)


def _known_at_once(commands: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield commands but for consents that were given again after they had been taken back.

    What was captured before such a consent was taken back is not analyzed under the later one.
    """
    for one in commands:
        if one["name"] != "consent" or not one["values"]["granted"]:
            yield one
