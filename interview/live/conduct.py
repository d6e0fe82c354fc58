"""One interview as it is conducted: what people do, applied to the session in order."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, TypeAlias

from facesign.biometrics.face.tracker_process import TrackerProcess
from facesign.biometrics.observation import Observation
from facesign.biometrics.stream import Frame, Sound, Track
from facesign.errors import ConsentError, FacesignError, SessionStateError, SettingsError
from facesign.interview.consent import PURPOSES, Consent
from facesign.interview.flags import ExternalEvidence
from facesign.interview.home import Home, Settings, require_one_of
from facesign.interview.live.plan import SessionPlan, require_day
from facesign.interview.live.stages import Pauser, Stages
from facesign.interview.live.written import Asked, Written
from facesign.interview.pipeline import Event
from facesign.interview.report import Report
from facesign.interview.script import Question
from facesign.interview.session import Session
from facesign.interview.voice_search import Searches
from facesign.interview.voice_session import keep_comparison, open_voices
from facesign.interview.writeup import write_up

__all__ = ["Conduct", "Gap", "QuestionState", "track_of", "tracks_of"]

_log = logging.getLogger(__name__)

QuestionState: TypeAlias = Literal["open", "current", "done", "skipped"]
MOST_TEXT = 2000
"""Characters of a note."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Where nothing was captured."""

    from_s: float
    to_s: float
    lost_s: float
    """How long nothing came, by the clock on the wall."""
    reason: str
    """`paused`, `connection` or `worker`."""


def track_of(plan: SessionPlan) -> Track:
    """Return whose microphone the applicant's page is."""
    return "mixed" if plan.applicant_here else "applicant"


def tracks_of(plan: SessionPlan) -> tuple[Track, ...]:
    """Return all microphones that may be heard: the officer's own one need not be."""
    return ("mixed",) if plan.applicant_here else ("applicant", "officer")


class Conduct:
    """Apply what people do to the session, the same live and from the record.

    Args:
        session_id: Id of the session.
        created_at: When it was created, UTC.
        plan: What is settled.
        home: Gallery and keys.
        settings: Settings in force; by default those of the home folder.
        past: What earlier sessions know of the customer.
        tracker: A face tracker that was started beforehand.
        watch: Called with everything that the analysers find.
        searches: What a search of the gallery found before, and where a new one is entered.
    """

    def __init__(
        self,
        *,
        session_id: str,
        created_at: datetime,
        plan: SessionPlan,
        home: Home,
        settings: Settings | None = None,
        past: Sequence[Observation] = (),
        tracker: TrackerProcess | None = None,
        watch: Callable[[Event], None] | None = None,
        searches: Searches | None = None,
    ) -> None:
        self.session_id = session_id
        self.created_at = created_at
        self.plan = plan
        self.stages = Stages()
        self.session: Session | None = None
        self.report: Report | None = None
        self.n_items = 0
        """Frames and runs of sound that were analyzed: what a command came after."""
        self.decision: dict[str, Any] | None = None
        self.gaps: list[Gap] = []
        self.written = Written()
        self.consents: dict[str, tuple[Consent, str]] = {}
        self.asked_now: Asked | None = None
        self.question_states: dict[str, QuestionState] = {
            question.question_id: "open" for question in plan.script.questions
        }
        self.identity_only = False
        self._home = home
        self._settings = settings
        self._past = past
        self._tracker = tracker
        self._watch = watch
        self._searches = searches
        self._actions: Mapping[str, Callable[..., Any]] = {
            "consent": self._consent,
            "withdraw": self._withdraw,
            "ask": self._ask,
            "asked": self._asked,
            "skip": self._skip,
            "next": self._next,
            "mark": self._mark,
            "note": self._note,
            "identity_only": self._identity_only,
            "pause": self._pause,
            "resume": self._resume,
            "evidence": self._evidence,
            "abandon": self._abandon,
            "reschedule": self._reschedule,
        }

    @property
    def may_keep(self) -> bool:
        """Whether recording is agreed to."""
        held = self.consents.get("recording")
        return held is not None and held[0].granted

    def apply(self, name: str, values: Mapping[str, Any], *, time_s: float) -> Any:
        """Do what a person asked for.

        Raises:
            FacesignError: it cannot be done now, or not with these values.
        """
        action = self._actions.get(name)
        if action is None:
            raise SettingsError(f"no command {name!r}; there are {', '.join(self._actions)}")
        return action(time_s=time_s, **values)

    def open(self) -> None:
        """Start the session: everything that may be captured was agreed to or refused.

        Raises:
            ConsentError: recording was not agreed to, or a purpose was not asked.
            SessionStateError: it has ended.
        """
        if self.session is not None:
            return
        for purpose in PURPOSES:
            if purpose not in self.consents:
                raise ConsentError(f"no consent to {purpose} was asked for yet: ask it first")
        if not self.consents["recording"][0].granted:
            raise ConsentError("consent to recording was refused: nothing may be captured")
        self.stages.move("baseline")
        session = Session(
            script=self.plan.script,
            customer=self.plan.customer,
            external_ref=self.plan.external_ref,
            tracks=tracks_of(self.plan),
            participants=self.plan.participants,
            behaviour=not self.identity_only,
            settings=replace(self._settings or self._home.settings(), lang=self.plan.lang),
            voices=partial(
                open_voices,
                customer=self.plan.customer,
                home=self._home,
                encoder=None if self._settings is None else self._settings.encoder,
            )
            if self.consents["voice"][0].granted
            else None,
            past=self._past,
            tracker=self._tracker,
            watch=self._watch,
            searches=self._searches,
        )
        session.session_id, session.created_at = self.session_id, self.created_at
        session.take_consents([consent for consent, _ in self.consents.values()])
        self.session = session

    def push(self, item: Frame | Sound) -> None:
        """Analyze one frame or run of sound."""
        if self.session is not None:
            self.n_items += 1
            self.session.push(item)

    def gap(self, gap: Gap) -> None:
        """Note where nothing was captured."""
        self.gaps.append(gap)
        if self.session is not None:
            if self.session.pipeline is not None:
                self.session.pipeline.interrupt(gap.to_s)
            self.session.observe(
                Observation(
                    "capture.gap",
                    gap.from_s,
                    gap.to_s,
                    gap.lost_s,
                    "s",
                    subject="session",
                    analyser="interview.live",
                )
            )

    def is_continued(self, gap: Gap) -> bool | None:
        """Tell whether the voice from before went on after a gap; None where that is unknown."""
        pipeline = None if self.session is None else self.session.pipeline
        return None if pipeline is None else pipeline.is_continued(gap.to_s)

    def finish(self) -> Report | None:
        """End the analysis and return the report; None where nothing was captured."""
        if self.session is not None and self.report is None:
            self._close_question()
            self.report = self.session.close()
        return self.report

    def keep_comparison(self) -> None:
        """Enter the comparison of voices in the customer's history; a replay does not.

        Nothing is entered after consent to voice was withdrawn.
        """
        if self.session is None or self.session.voices is None or self.report is None:
            return
        # What was compared while it ran was not settled.
        if not self.consents["voice"][0].granted or self.report.identity["voice"] is None:
            return
        try:
            keep_comparison(self.session.voices, record=self.session.session_id)
        except FacesignError as error:
            what = type(error).__name__
            _log.warning("session %s: not in the history: %s", self.session.session_id, what)

    def summary(self, problem: str | None, duration_s: float) -> dict[str, Any]:
        """Return what the archive keeps of the end.

        Args:
            problem: What went wrong, in one line.
            duration_s: Session time up to which something was received.
        """
        report = self.report
        flags = () if report is None else report.flags
        return {
            "stage": self.stages.stage,
            "problem": problem,
            "outcome": None if report is None else report.outcome,
            "decision": (self.decision or {}).get("decision"),
            "flags": [(flag.flag_id, flag.code, flag.family) for flag in flags],
            "n_prompts": 0 if report is None else len(report.prompts),
            "duration_s": duration_s,
            "because": self.written.because,
            "next_on": self.written.next_on,
        }

    def _consent(
        self,
        *,
        time_s: float,
        purpose: str,
        granted: bool,
        text: str,
        lang: str,
        at: str | None = None,
    ) -> None:
        if self.stages.stage == "created":
            self.stages.move("consent")
        when = datetime.now(UTC) if at is None else datetime.fromisoformat(at)
        require_one_of("purpose", purpose, PURPOSES)
        if not text:
            raise ConsentError("consent needs the version of the words shown")
        consent = Consent(purpose, text, self.plan.customer, granted, when)  # type: ignore[arg-type]
        self.consents[purpose] = (consent, lang)
        if self.session is None:
            return
        self.session.consent(
            purpose=purpose, text=text, given_by=self.plan.customer, granted=granted
        )
        if purpose == "recording" and not granted:
            self.stages.move("abandoned")

    def _withdraw(self, *, time_s: float, purpose: str, at: str | None = None) -> None:
        require_one_of("purpose", purpose, PURPOSES)
        if purpose not in self.consents:
            raise ConsentError(f"no consent to {purpose} was given: there is none to withdraw")
        before, lang = self.consents[purpose]
        self._consent(
            time_s=time_s, purpose=purpose, granted=False, text=before.text, lang=lang, at=at
        )
        if purpose == "recording" and not self.stages.has_ended:
            self.stages.move("abandoned")

    def _ask(self, *, time_s: float, question_id: str) -> None:
        session = self._listening()
        question = self.plan.script.question(question_id)
        session.ask(question_id, time_s=time_s)
        self._close_question()
        self.asked_now = Asked(question, time_s)
        self.question_states[question_id] = "current"
        if question.kind != "baseline":
            self.stages.move("questions")

    def _asked(self, *, time_s: float) -> None:
        session = self._listening()
        if self.asked_now is None:
            raise SessionStateError("no question stands: ask one first")
        session.asked(time_s=time_s)
        self.asked_now.phase = "answering"

    def _skip(self, *, time_s: float) -> None:
        """Leave the question that stands, or the next one, unanswered, and ask the next."""
        self._listening()
        if self.asked_now is not None:
            self.question_states[self.asked_now.question.question_id] = "skipped"
            self.asked_now = None
        else:
            self.question_states[self._upcoming().question_id] = "skipped"
        self._next(time_s=time_s)

    def _next(self, *, time_s: float) -> None:
        self._ask(time_s=time_s, question_id=self._upcoming().question_id)

    def _upcoming(self) -> Question:
        ids = [question.question_id for question in self.plan.script.questions]
        # The next one after the one that stands; before it, those that were passed over.
        first = 0 if self.asked_now is None else ids.index(self.asked_now.question.question_id) + 1
        for question_id in (*ids[first:], *ids[:first]):
            if self.question_states[question_id] == "open":
                return self.plan.script.question(question_id)
        raise SessionStateError("every question of the script was asked or skipped")

    def _mark(self, *, time_s: float, label: str) -> None:
        self.written.marks.append({"at_s": time_s, "label": _short(label)})

    def _note(self, *, time_s: float, text: str, by: str) -> None:
        self.written.notes.append({"at_s": time_s, "by": by, "text": _short(text)})

    def _identity_only(self, *, time_s: float) -> None:
        self.identity_only = True
        if self.session is not None:
            self._captured().identity_only()

    def _pause(self, *, time_s: float, by: Pauser) -> None:
        self.stages.pause(by)

    def _resume(self, *, time_s: float, by: Pauser) -> None:
        self.stages.resume(by)

    def _evidence(self, *, time_s: float, **values: Any) -> None:
        if self.session is None:
            raise SessionStateError(f"nothing is captured in the stage {self.stages.stage}")
        found = ExternalEvidence(**{"reference": None, "time_s": time_s, **values})
        if self.session.facts is None:
            self.session.add_evidence(**found.to_dict())
        self.written.evidence.append(found)
        if self.session.facts is not None:
            # What is known after the end changes what was found, as if it had been known before.
            facts = replace(self.session.facts, evidence=tuple(self.written.evidence))
            self.report = write_up(facts)

    def _abandon(self, *, time_s: float, because: str = "", by: Pauser = "applicant") -> None:
        self.stages.move("abandoned")
        self.written.because = _short(because) if because.strip() else None

    def _reschedule(self, *, time_s: float, on: str | None = None, note: str = "") -> None:
        if on is not None:
            require_day(on)
        self.stages.move("rescheduled")
        self.written.because = _short(note) if note.strip() else None
        self.written.next_on = on

    def _captured(self) -> Session:
        if self.session is None or self.report is not None:
            raise SessionStateError(f"nothing is captured in the stage {self.stages.stage}")
        return self.session

    def _listening(self) -> Session:
        if self.stages.paused_by is not None:
            raise SessionStateError(f"{self.stages}: go on before the next question")
        return self._captured()

    def _close_question(self) -> None:
        if self.asked_now is not None:
            self.question_states[self.asked_now.question.question_id] = "done"
            self.asked_now = None


def _short(text: str) -> str:
    text = text.strip()
    if not text:
        raise SettingsError("the text is empty")
    if len(text) > MOST_TEXT:
        raise SettingsError(f"the text has {len(text)} characters, at most {MOST_TEXT} are kept")
    return text
