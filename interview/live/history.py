"""What happened in a live session, as its record tells it: for a replay, and to go on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facesign.errors import RecordError
from facesign.interview.live.conduct import Conduct, Gap
from facesign.interview.live.places import HEARD, Place
from facesign.interview.record.contents import SEARCHED
from facesign.interview.record.reader import Record
from facesign.interview.risk.history import VoiceElsewhere

__all__ = ["GONE_ON", "GivenAgain", "HeldSegment", "HeldVoice", "History"]

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
    """Those that came later, as they were entered; `after` tells after how many items."""
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
    searched: Sequence[VoiceElsewhere]
    """What searches of the gallery found, as who analyzed last knew it."""
    n_taken_back: int
    """How many of the first ones were made before consent to it was withdrawn."""
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
            searched=told.searched,
            n_taken_back=told.n_taken_back,
            is_open=told.is_open,
            why_gap=told.why_gap,
            is_written_up=told.is_written_up,
            end_after=told.end_after,
        )

    @property
    def still_searched(self) -> Sequence[VoiceElsewhere]:
        """What was found, as far as who goes on may know it."""
        return self.searched[self.n_taken_back :]

    @property
    def later(self) -> Iterator[Mapping[str, Any]]:
        """The commands that came while it was captured, as who goes on knows them at once."""
        return (one for one in self.commands if not _is_given(one))

    @property
    def given_again(self) -> GivenAgain:
        """Consents that are left out of `later`."""
        return GivenAgain([one for one in _as_gone_on_with(self.commands) if _is_given(one)])

    @property
    def in_turn(self) -> list[Mapping[str, Any]]:
        """The commands that came while it was captured, by when they take effect."""
        return sorted(self.commands, key=lambda one: int(one["after"]))


class GivenAgain:
    """Consents given after they had been refused or taken back, which hold from there on.

    What was captured before, as `after` counts, is not analyzed under them. One that was taken
    back once more is not among them: nothing is analyzed under it any more.
    """

    def __init__(self, commands: Iterable[Mapping[str, Any]]) -> None:
        self._waiting = sorted(commands, key=lambda one: int(one["after"]))

    def hold(self, conduct: Conduct, n_items: float = math.inf) -> None:
        """Apply those that were given after so many items; all that are left by default."""
        while self._waiting and self._waiting[0]["after"] <= n_items:
            given = self._waiting.pop(0)
            conduct.apply(given["name"], given["values"], time_s=given["time_s"])

    def decided_anew(self, name: str, values: Mapping[str, Any]) -> None:
        """Forget what was given before on a purpose that is decided on now."""
        if name in _DECIDES:
            self._waiting = [
                one for one in self._waiting if one["values"]["purpose"] != values["purpose"]
            ]


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
        self.searched: list[VoiceElsewhere] = []
        self.n_taken_back = 0
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
        elif kind == SEARCHED:
            self.searched.append(VoiceElsewhere(**data))
        elif kind == "command":
            if _ends_search(data):
                self.n_taken_back = len(self.searched)
            self._forget_given(data)
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
            del self.searched[: self.n_taken_back]
            self.n_taken_back = 0
            self.commands = _as_gone_on_with(self.commands)
        elif kind in ("prompt_shown", "flag_shown"):
            self.shown.append((kind.removesuffix("_shown"), data))
        elif kind in ("observations", "outcome"):
            self.is_written_up = True
            self.end_after = data.get("after", self.end_after)

    def _forget_given(self, data: Mapping[str, Any]) -> None:
        """Drop a consent that was still to take effect when somebody decided anew."""
        if data["name"] in _DECIDES:
            self.commands = [
                one
                for one in self.commands
                if not (_is_given(one) and _is_newer(data, one) and one["after"] > data["after"])
            ]


_DECIDES = ("consent", "withdraw")


def _is_given(command: Mapping[str, Any]) -> bool:
    return command["name"] == "consent" and command["values"]["granted"] is True


def _ends_search(command: Mapping[str, Any]) -> bool:
    """Tell whether a command withdraws what a search of the gallery needs."""
    decides = command["name"] in _DECIDES and not _is_given(command)
    return decides and command["values"]["purpose"] in ("voice", "search")


def _is_newer(command: Mapping[str, Any], than: Mapping[str, Any]) -> bool:
    """Tell whether a later command decides on the same purpose."""
    return command["name"] in _DECIDES and command["values"]["purpose"] == than["values"]["purpose"]


def _as_gone_on_with(commands: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return commands as a worker takes them that begins anew: known at once, but for consents.

    A consent that was given keeps its place, if it was the last word on its purpose.
    """
    taken: list[Mapping[str, Any]] = []
    for index, one in enumerate(commands):
        if not _is_given(one):
            taken.append({**one, "after": 0})
        elif not any(_is_newer(later, one) for later in commands[index + 1 :]):
            taken.append(one)
    return taken
