"""A live session once more from its record: same stream, skips, commands, and so same report."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from facesign.biometrics.observation import Observation
from facesign.biometrics.stream import Frame, Sound
from facesign.errors import RecordError, SettingsError
from facesign.interview.home import Home, Settings
from facesign.interview.live.conduct import Conduct, track_of
from facesign.interview.live.decoding import SegmentDecoder, Shot
from facesign.interview.live.history import History
from facesign.interview.live.officer_line import placed
from facesign.interview.live.plan import SessionPlan
from facesign.interview.live.segments import offset_of
from facesign.interview.record.contents import script_from
from facesign.interview.record.reader import Record
from facesign.interview.report import Report
from facesign.interview.voice_search import Searches

__all__ = ["conduct_of", "replay_live", "replay_record"]


def replay_live(home: Home, record: str | Path) -> Report:
    """Analyze the record of a live session once more.

    The voiceprint is the one that the gallery holds now; all else comes from the record, also
    what a search of the gallery found.

    Args:
        home: Where the master key and the gallery lie.
        record: Id of the session, or the folder of its record.

    Returns:
        The report, with the observations, prompts and flags of the session itself.

    Raises:
        RecordError: there is no record, it is of no live session, or nothing was captured.
        RecordDamagedError: it was changed.
    """
    with Record.open(home, record) as held:
        return replay_record(held, home)


def replay_record(held: Record, home: Home) -> Report:
    """Analyze an open record of a live session once more; see `replay_live`."""
    history = History.read(held)
    conduct = conduct_of(history, held, home, searches=Searches(history.searched, again=False))
    if not history.segments:
        raise RecordError(held.folder, "nothing was captured: there is nothing to replay")
    for command in history.before:
        _apply(conduct, command)
    conduct.open()
    waiting = history.in_turn
    items = _items(held, history, conduct)
    for item in _in_order(items, _OfficersSound(held, history), conduct):
        while waiting and waiting[0]["after"] <= conduct.n_items:
            _apply(conduct, waiting.pop(0))
        if history.end_after is not None and conduct.n_items >= history.end_after:
            break
        if conduct.stages.has_ended:
            break
        conduct.push(item)
    for command in waiting:
        _apply(conduct, command)
    report = conduct.finish()
    if report is None:
        raise RecordError(held.folder, "nothing was captured: there is nothing to replay")
    return report


def conduct_of(history: History, held: Record, home: Home, **options: Any) -> Conduct:
    """Return the conduct of a session as it was created; options as of `Conduct`."""
    about = history.about
    return Conduct(
        session_id=held.session_id,
        created_at=held.created_at,
        plan=_plan(about),
        home=home,
        settings=_settings(about["settings"]),
        past=[Observation(**row) for row in about["past"]],
        **options,
    )


_NOT_AGAIN = ("pause", "resume", "abandon", "reschedule", "note", "mark")
"""What changes nothing of the analysis."""


class _OfficersSound:
    """The officer's own microphone, run by run where it was analyzed."""

    def __init__(self, held: Record, history: History) -> None:
        self._held = held
        self._offsets = history.offsets
        self._places = deque(sorted(history.heard, key=lambda place: place.after))
        self._streams: dict[str, Iterator[tuple[int, Sound]]] = {}

    def due(self, n_items: int) -> Sound | None:
        """Return what was analyzed after so many frames and runs of sound; None where nothing."""
        if not self._places or self._places[0].after != n_items:
            return None
        place = self._places.popleft()
        if place.stream not in self._streams:
            self._streams[place.stream] = self._runs(place.stream)
        runs = self._streams[place.stream]
        sound = next(sound for number, sound in runs if number == place.number)
        return placed(sound, self._offsets[place.stream])

    def _runs(self, stream: str) -> Iterator[tuple[int, Sound]]:
        with self._held.media(stream) as media:
            decoder = SegmentDecoder(media, track="officer", offset_s=0.0)
            yield from enumerate(item for item in decoder if isinstance(item, Sound))


def _in_order(
    applicant: Iterator[Frame | Sound], officer: _OfficersSound, conduct: Conduct
) -> Iterator[Frame | Sound]:
    """Yield what was analyzed; each is to be pushed before the next is asked for."""
    while True:
        while (sound := officer.due(conduct.n_items)) is not None:
            yield sound
        item = next(applicant, None)
        if item is None:
            return
        yield item


def _items(held: Record, history: History, conduct: Conduct) -> Iterator[Frame | Sound]:
    end_s, nothing = 0.0, set[int]()
    for index, segment in enumerate(history.segments):
        stream, offset_s = segment.stream, offset_of(end_s, first=index == 0)
        end_s = offset_s
        if stream not in held.streams:
            continue
        with held.media(stream) as media:
            decoder = SegmentDecoder(media, track=track_of(conduct.plan), offset_s=offset_s)
            for number, item in enumerate(decoder):
                if not number and offset_s in history.gaps:
                    conduct.gap(history.gaps[offset_s])
                if isinstance(item, Sound):
                    yield item
                elif item.index not in history.skipped.get(stream, nothing):
                    yield from _seen(item)
            end_s = decoder.end_s


def _seen(shot: Shot) -> Iterator[Frame]:
    frame = shot.frame()
    if frame is not None:
        yield frame


def _apply(conduct: Conduct, command: Mapping[str, Any]) -> None:
    if command["name"] not in _NOT_AGAIN:
        conduct.apply(command["name"], command["values"], time_s=command["time_s"])


def _plan(about: Mapping[str, Any]) -> SessionPlan:
    script = script_from(about["script"])
    if script is None:
        raise SettingsError("a live session has a script")
    return SessionPlan(
        customer=about["customer"],
        external_ref=about["external_ref"],
        lang=about["lang"],
        participants=tuple(about["participants"]),
        applicant_here=about["applicant_here"],
        script=script,
    )


def _settings(values: Mapping[str, Any]) -> Settings:
    return Settings(
        profile=values["profile"],
        required_checks=tuple(values["required_checks"]),
        provider=values["provider"],
        encoder=values.get("encoder", Settings().encoder),
    )
