"""Replaying a record: the same analysis over what was received and said, once more."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias

from facesign.biometrics.observation import Observation
from facesign.biometrics.stream import Frame, Sound
from facesign.errors import RecordError
from facesign.interview.consent import Consent
from facesign.interview.facts import RecordingFacts
from facesign.interview.home import Home
from facesign.interview.media.recording import open_media
from facesign.interview.record.contents import (
    SEARCHED,
    marks_from,
    plan_of,
    script_from,
    settings_from,
)
from facesign.interview.record.filing import filed_sources
from facesign.interview.record.pushed import PUSHED, pushed_items
from facesign.interview.record.reader import Entry, Record
from facesign.interview.report import Report
from facesign.interview.risk.history import VoiceElsewhere
from facesign.interview.session import Session
from facesign.interview.voice_search import Searches
from facesign.interview.voice_session import open_voices
from facesign.interview.voices import Voices

__all__ = ["replay"]

_Opening: TypeAlias = Voices | Callable[[], Voices] | None
_TOLD = ("consent", "identity_only", "question", "evidence", "observed")


def replay(
    record: Record | str | Path,
    *,
    home: Home | Path | None = None,
    voices: Voices | None = None,
    task_file: Path | None = None,
) -> Report:
    """Analyze once more what a record holds, in the order in which it came.

    With the same version, models and voiceprint, observations, prompts and flags are the same to
    the bit. The report has the session's id and moment; nothing is written.

    Args:
        record: A record of a recording that was analyzed, of a session that was pushed, or of a
            live session; or the id of a session, or the path of a record's folder.
        home: Home folder, with the master key and the gallery of voiceprints.
        voices: What voices are told apart and compared with; by default opened as at first,
            without a sample of the officer, which no record holds.
        task_file: The Face Landmarker `.task` file, if one was used.

    Raises:
        RecordError: the record holds nothing that can be analyzed, or its key was erased.
        RecordDamagedError: something in it was changed.
    """
    home = home if isinstance(home, Home) else Home.resolve(home)
    if not isinstance(record, Record):
        with Record.open(home, record) as opened:
            return replay(opened, home=home, voices=voices, task_file=task_file)
    if record.last("live") is not None:
        # Only a live session's replay needs what a live session is made of.
        from facesign.interview.live.replay import replay_record

        return replay_record(record, home)
    plan = plan_of(record)
    settings = settings_from(plan["settings"])
    if voices is None and plan["voices"]:
        opening: _Opening = partial(
            open_voices, customer=plan["customer"], home=home, encoder=settings.encoder
        )
    else:
        opening = voices
    session = Session(
        script=script_from(plan["script"]),
        customer=plan["customer"],
        external_ref=plan["external_ref"],
        marks=marks_from(plan["marks"]),
        tracks=plan["tracks"],
        participants=plan["participants"],
        behaviour=plan["behaviour"],
        baseline=plan["baseline"],
        settings=settings,
        task_file=task_file,
        recorded=plan["recorded"],
        voices=opening,
        past=tuple(Observation(**row) for row in plan["past"]),
        searches=Searches(_searched(record), again=False),
    )
    session.session_id, session.created_at = record.session_id, record.created_at
    told = deque(record.entries(*_TOLD))
    with ExitStack() as opened:
        items, facts = _items(record, opened)
        for number, item in enumerate(items):
            _tell(session, told, number)
            session.push(item)
        _tell(session, told, None)
        return session.close(facts())


def _searched(record: Record) -> Iterator[VoiceElsewhere]:
    """Yield what searches of the gallery found."""
    for entry in record.entries(SEARCHED):
        yield VoiceElsewhere(**{k: v for k, v in entry.data.items() if k != "n_pushed"})


def _items(
    record: Record, opened: ExitStack
) -> tuple[Iterable[Frame | Sound], Callable[[], RecordingFacts | None]]:
    """Return what was pushed, and what then says how the recording was."""
    sources = filed_sources(record)
    if "media" in sources:
        recording = opened.enter_context(
            open_media(
                sources["media"],
                applicant_audio=sources.get("applicant_audio"),
                officer_audio=sources.get("officer_audio"),
            )
        )
        return recording, lambda: RecordingFacts(recording.info, recording.problems)
    if PUSHED in record.streams:
        return pushed_items(record), lambda: None
    raise RecordError(record.folder, "holds nothing that can be analyzed")


def _tell(session: Session, told: deque[Entry], number: int | None) -> None:
    """Tell the session what it was told before the item of this number; None tells the rest."""
    while told and (number is None or told[0].data["n_pushed"] <= number):
        _repeat(session, told.popleft())


def _repeat(session: Session, entry: Entry) -> None:
    data = {name: value for name, value in entry.data.items() if name != "n_pushed"}
    if entry.kind == "consent":
        consent = Consent(**{**data, "at": datetime.fromisoformat(data["at"])})
        session.take_consents((consent,))
    elif entry.kind == "identity_only":
        session.identity_only()
    elif entry.kind == "observed":
        session.observe(Observation(**data))
    elif entry.kind == "evidence":
        session.add_evidence(**data)
    elif data["step"] == "ask":
        session.ask(data["question_id"], time_s=data["time_s"])
    else:
        session.asked(time_s=data["time_s"])
