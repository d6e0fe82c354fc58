"""A live session once more from its record: same stream, skips, commands, and so same report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from facesign.biometrics.observation import Observation
from facesign.biometrics.stream import Frame, Sound
from facesign.errors import RecordError
from facesign.interview.home import Home, Settings
from facesign.interview.live.conduct import Conduct, Gap, track_of
from facesign.interview.live.decoding import SegmentDecoder, Shot
from facesign.interview.live.plan import SessionPlan
from facesign.interview.live.segments import offset_of
from facesign.interview.record.reader import Record
from facesign.interview.report import Report
from facesign.interview.script import Question, Script, Words

__all__ = ["opening", "replay_live", "replay_record"]


def opening(
    plan: SessionPlan, settings: Settings, officer: str, past: Sequence[Observation]
) -> dict[str, Any]:
    """Return the entry that a live session's record starts with: all that a replay needs."""
    return {
        **plan.to_dict(),
        "officer": officer,
        "participants": list(plan.participants),
        "script": asdict(plan.script),
        "past": [observation.to_dict() for observation in past],
        "settings": {
            "profile": settings.profile,
            "required_checks": list(settings.required_checks),
            "provider": settings.provider,
        },
    }


def replay_live(home: Home, record: str | Path) -> Report:
    """Analyze the record of a live session once more.

    The voiceprint is the one that the gallery holds now; all else comes from the record.

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
    about = next(held.entries("live"), None)
    if about is None:
        raise RecordError(held.folder, "is not the record of a live session")
    conduct = Conduct(
        session_id=held.session_id,
        created_at=held.created_at,
        plan=_plan(about.data),
        home=home,
        settings=_settings(about.data["settings"]),
        past=[Observation(**row) for row in about.data["past"]],
    )
    script = _Script.read(held)
    if not script.segments:
        raise RecordError(held.folder, "nothing was captured: there is nothing to replay")
    for command in script.before:
        _apply(conduct, command)
    conduct.open()
    waiting = list(script.commands)
    for item in _items(held, script, conduct):
        while waiting and waiting[0]["after"] <= conduct.n_items:
            _apply(conduct, waiting.pop(0))
        if script.end_after is not None and conduct.n_items >= script.end_after:
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


_NOT_AGAIN = ("pause", "resume", "abandon", "reschedule", "note", "mark")
"""What changes nothing of the analysis."""


@dataclass(frozen=True, slots=True)
class _Script:
    """What happened, as the record tells it."""

    segments: Sequence[str]
    before: Sequence[Mapping[str, Any]]
    """Commands before anything was captured."""
    commands: Sequence[Mapping[str, Any]]
    skipped: Mapping[str, set[int]]
    gaps: Mapping[float, Gap]
    """By the time at which the clock goes on."""
    end_after: int | None
    """Items that were analyzed; None where the record was not written to its end."""

    @classmethod
    def read(cls, held: Record) -> _Script:
        segments: list[str] = []
        before: list[Mapping[str, Any]] = []
        commands: list[Mapping[str, Any]] = []
        skipped: dict[str, set[int]] = {}
        gaps: dict[float, Gap] = {}
        end_after = None
        for entry in held.entries("segment", "command", "skipped", "gap", "outcome"):
            data = entry.data
            if entry.kind == "segment":
                segments.append(data["stream"])
            elif entry.kind == "command":
                (commands if segments else before).append(data)
            elif entry.kind == "skipped":
                skipped.setdefault(data["stream"], set()).update(data["index"])
            elif entry.kind == "gap":
                gap = Gap(data["from_s"], data["to_s"], data["lost_s"], data["reason"])
                gaps[gap.to_s] = gap
            else:
                end_after = data["after"]
        return cls(segments, before, commands, skipped, gaps, end_after)


def _items(held: Record, script: _Script, conduct: Conduct) -> Iterator[Frame | Sound]:
    end_s, nothing = 0.0, set[int]()
    for index, stream in enumerate(script.segments):
        if stream not in held.streams:
            continue
        offset_s = offset_of(end_s, first=index == 0)
        with held.media(stream) as media:
            decoder = SegmentDecoder(media, track=track_of(conduct.plan), offset_s=offset_s)
            for number, item in enumerate(decoder):
                if not number and offset_s in script.gaps:
                    conduct.gap(script.gaps[offset_s])
                if isinstance(item, Sound):
                    yield item
                elif item.index not in script.skipped.get(stream, nothing):
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
    script = about["script"]
    return SessionPlan(
        customer=about["customer"],
        external_ref=about["external_ref"],
        lang=about["lang"],
        participants=tuple(about["participants"]),
        applicant_here=about["applicant_here"],
        script=Script(
            script_id=script["script_id"],
            version=script["version"],
            title=Words(**script["title"]),
            questions=tuple(
                Question(
                    question_id=question["question_id"],
                    kind=question["kind"],
                    text=Words(**question["text"]),
                    follow_ups=tuple(Words(**words) for words in question["follow_ups"]),
                    usual_latency_s=question["usual_latency_s"],
                )
                for question in script["questions"]
            ),
        ),
    )


def _settings(values: Mapping[str, Any]) -> Settings:
    return Settings(
        profile=values["profile"],
        required_checks=tuple(values["required_checks"]),
        provider=values["provider"],
    )
