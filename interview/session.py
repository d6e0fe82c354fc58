"""One interview: consent, what is pushed, what is asked, and the report at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import uuid6

from facesign.biometrics.face.baseline import BaselineSource
from facesign.biometrics.face.tracker_process import TrackerProcess
from facesign.biometrics.observation import Observation
from facesign.biometrics.speakers.turns import Turn
from facesign.biometrics.stream import Frame, Sound, Track
from facesign.errors import SessionStateError, SettingsError, TrackError
from facesign.interview.analysers import Analysers
from facesign.interview.consent import Consent, ConsentBook
from facesign.interview.facts import RecordingFacts, SessionFacts
from facesign.interview.findings import Findings
from facesign.interview.flags import ExternalEvidence
from facesign.interview.home import Home, Settings, require_one_of
from facesign.interview.marks import Mark, in_order
from facesign.interview.permissions import Permissions
from facesign.interview.pictures import PictureKeeper
from facesign.interview.pipeline import Event, Pipeline
from facesign.interview.questions import QuestionLog
from facesign.interview.record.contents import SEARCHED, settings_to_dict
from facesign.interview.record.keeper import SessionKeeper
from facesign.interview.record.writer import RecordWriter
from facesign.interview.report import Report
from facesign.interview.risk.steadiness import SoundGaps
from facesign.interview.script import Script, load_script
from facesign.interview.voice_search import Searches
from facesign.interview.voices import Voices
from facesign.interview.writeup import write_up

__all__ = ["BaselineMode", "Participant", "Session"]

BaselineMode: TypeAlias = Literal["auto", "whole"]
Participant: TypeAlias = Literal["applicant", "co_applicant", "interpreter", "companion"]


class Session:
    """Push frames and sound of one applicant after consent; close it to get the report.

    A session is used by one thread. Time is the items' own; nothing is read from a clock
    but the moments of creation and consent.

    Args:
        script: Id of a script that ships, a YAML file, or a loaded Script.
        customer: Customer number, shown in the report.
        external_ref: The bank's own number for the case.
        marks: Questions whose times are known beforehand; needs a script.
        tracks: The sound that will be pushed: `("mixed",)`, or `("applicant", "officer")`.
        participants: Who was declared to be in the picture besides the applicant.
        behaviour: Whether behaviour is assessed; the profile `eu` switches it off too.
        baseline: `auto`, or `whole` to use a short recording as its own baseline.
        settings: Settings in force; by default those of the home folder.
        task_file: A Face Landmarker `.task` file to use instead of the bundled mesh.
        recorded: Frames and sound come from a recording made elsewhere, so consent that
            is not shown is reported instead of refused.
        voices: What voices are told apart and compared with, see `open_voices`, or a function
            that opens it once sound may be analyzed; None where they are not.
        tracker: A face tracker that was started beforehand, so that the first frame need not
            wait for it; the session ends it.
        watch: Called with everything that the analysers find, as it becomes known.
        record: True to keep an evidence record in the home folder, or the home folder to keep
            it in: it begins with consent to recording and stores what is pushed without loss. Or
            a record begun elsewhere by who stores what was received; the session has its id.
        past: What earlier sessions and the gallery know, see `past_observations`.
        searches: What a search of the gallery found before, for who analyzes it again.

    Raises:
        SettingsError: an option has a value that is not allowed.
        ScriptError: there is no such script, or it lacks a marked question.
        ProviderError: the settings ask for CUDA, and it cannot start.
    """

    def __init__(
        self,
        *,
        script: str | Path | Script | None = None,
        customer: str | None = None,
        external_ref: str | None = None,
        marks: Sequence[Mark] = (),
        tracks: Sequence[Track] = ("mixed",),
        participants: Sequence[Participant] = (),
        behaviour: bool = True,
        baseline: BaselineMode = "auto",
        settings: Settings | None = None,
        task_file: Path | None = None,
        recorded: bool = False,
        voices: Voices | Callable[[], Voices] | None = None,
        tracker: TrackerProcess | None = None,
        watch: Callable[[Event], None] | None = None,
        record: bool | Home | RecordWriter = False,
        past: Sequence[Observation] = (),
        searches: Searches | None = None,
    ) -> None:
        if marks and script is None:
            raise SettingsError("marks name questions of a script: give the script as well")
        require_one_of("baseline", baseline, get_args(BaselineMode))
        for participant in participants:
            require_one_of("participant", participant, get_args(Participant))
        for track in tracks:
            require_one_of("track", track, get_args(Track))
        self.session_id = str(uuid6.uuid7())
        self.created_at = datetime.now(UTC)
        self._script = load_script(script) if isinstance(script, str | Path) else script
        self._customer = customer
        self._external_ref = external_ref
        self._settings = settings if settings is not None else Home.resolve().settings()
        self._baseline = baseline
        self._recorded = recorded
        self._participants = tuple(participants)
        self._others_declared = bool(set(participants) - {"applicant"})
        self._tracks = tuple(tracks)
        searches = searches or Searches(keep=lambda one: self._keep(SEARCHED, **one.to_dict()))
        self._analysers = Analysers(self._settings.provider, task_file, tracker, voices, searches)
        self._watch = watch
        self._past = tuple(past)
        self._marked = bool(marks)
        self._questions = QuestionLog(self._script, in_order(marks))
        for mark in marks:
            self._questions.question(mark.question_id)
        self._consent = ConsentBook()
        self._permissions = Permissions(
            self._consent,
            recorded,
            "behaviour_off" if not behaviour or self._settings.profile == "eu" else None,
        )
        self._evidence: list[ExternalEvidence] = []
        self.facts: SessionFacts | None = None
        """What the report was written from, once it was."""
        self._findings = Findings()
        self._sound_gaps = SoundGaps(tracks)
        self._pictures = PictureKeeper()
        self._pipeline: Pipeline | None = None
        self._end_s = 0.0
        self._has_video = self._has_audio = False
        self._closed = False
        self._keeper = SessionKeeper.of(
            record, session_id=self.session_id, created_at=self.created_at
        )
        if self._keeper is not None:
            self.session_id = self._keeper.session_id
            self.created_at = self._keeper.created_at
            self._keeper.plan(self._plan(behaviour=behaviour))

    def __repr__(self) -> str:
        """Show the id, never a person's data."""
        return f"Session({self.session_id})"

    def consent(self, *, purpose: str, text: str, given_by: str, granted: bool = True) -> Consent:
        """Record a decision of the applicant on one purpose.

        Args:
            purpose: `recording`, `face`, `voice`, `behaviour` or `search`.
            text: Version of the words that were shown.
            given_by: Customer number of who decided.
            granted: False where it was refused.

        Raises:
            ConsentError: the purpose is unknown or something is missing.
        """
        self._require_open()
        consent = self._consent.add(purpose, text=text, given_by=given_by, granted=granted)
        self._decided(consent)
        return consent

    def identity_only(self) -> None:
        """Measure no behaviour from here on, and show none; asks for no reason."""
        self._require_open()
        self._keep("identity_only")
        self._permissions.behaviour_off = self._permissions.behaviour_off or "behaviour_off"
        if self._pipeline is not None:
            self._pipeline.stop("behaviour")

    def take_consents(self, consents: Sequence[Consent]) -> None:
        """Record decisions that were made before the session, see `read_consent`."""
        self._require_open()
        self._consent.extend(tuple(consents))
        for consent in consents:
            self._decided(consent)

    def push(self, item: Frame | Sound) -> None:
        """Analyze one frame or one run of sound.

        Raises:
            ConsentError: its purpose was not consented to.
            SessionStateError: the session is closed.
        """
        self._require_open()
        self._permissions.may_use("recording")
        if isinstance(item, Sound):
            if item.track not in self._tracks:
                raise TrackError(" or ".join(self._tracks) or "no", item.track)
            self._has_audio = True
            self._end_s = max(self._end_s, item.end_s)
            self._findings.observations.extend(self._sound_gaps.push(item))
            allowed = self._permissions.may_use("voice")
        else:
            self._has_video = True
            self._end_s = max(self._end_s, item.time_s)
            allowed = self._permissions.may_use("face")
            if allowed:
                self._pictures.push(item)
        if self._keeper is not None:
            self._keeper.pushed(item)
        if not allowed:
            return
        if self._pipeline is None:
            self._pipeline = self._open_pipeline()
        for event in self._pipeline.push(item):
            self._findings.add(event)
            if self._watch is not None:
                self._watch(event)

    def ask(self, question_id: str, *, time_s: float | None = None) -> None:
        """Mark that a question starts to be asked, now or at a time of the session."""
        self._require_open()
        at_s = self._end_s if time_s is None else time_s
        self._questions.ask(question_id, at_s)
        self._keep("question", step="ask", question_id=question_id, time_s=at_s)

    def asked(self, *, time_s: float | None = None) -> None:
        """Mark that the question is asked and the answer may start."""
        self._require_open()
        at_s = self._end_s if time_s is None else time_s
        self._questions.asked(at_s)
        self._keep("question", step="asked", time_s=at_s)

    def add_evidence(
        self,
        *,
        source: str,
        kind: Literal["identity", "genuineness"],
        result: Literal["match", "no_match", "inconclusive"],
        reference: str | None = None,
        time_s: float | None = None,
    ) -> None:
        """Add what another system of the bank found.

        Raises:
            SettingsError: the source has no name, or a value is not one of those above.
        """
        self._require_open()
        at_s = self._end_s if time_s is None else time_s
        evidence = ExternalEvidence(source, kind, result, reference, at_s)
        self._evidence.append(evidence)
        self._keep("evidence", **evidence.to_dict())

    @property
    def pipeline(self) -> Pipeline | None:
        """The analysers, to look at while the session runs; None before the first item."""
        return self._pipeline

    @property
    def voices(self) -> Voices | None:
        """What voices are told apart with, once sound may be analyzed."""
        return self._analysers.voices

    @property
    def time_s(self) -> float:
        """Time up to which frames or sound were pushed."""
        return self._end_s

    @property
    def turns(self) -> Sequence[Turn]:
        """Who spoke when, as far as it is known, the last minute of it only as it is likely."""
        early = self._findings.unsettled
        return [*self._findings.turns, *(early.turns if early else ())]

    def so_far(self) -> SessionFacts:
        """Return what is known now; an answer that is still being given ends now."""
        self._require_open()
        return self._facts(None, self._questions.marks_until(self._end_s))

    def observe(self, observation: Observation) -> None:
        """Add what was observed outside the analysers, such as a gap in the capture."""
        self._require_open()
        self._findings.add(observation)
        self._keep("observed", **observation.to_dict())

    def close(self, recording: RecordingFacts | None = None) -> Report:
        """End the session and write its report.

        Args:
            recording: What is known about the file it came from, if it came from one.

        Raises:
            SessionStateError: the session is closed already.
        """
        self._require_open()
        if self._pipeline is not None:
            for event in self._pipeline.finish():
                self._findings.add(event)
        self._questions.end(self._end_s)
        self._closed = True
        self.facts = self._facts(recording, self._questions.marks)
        report = write_up(self.facts)
        if self._keeper is not None:
            self._keeper.closed(report)
        return report

    def _decided(self, consent: Consent) -> None:
        """Enter a decision and let it take effect."""
        if self._keeper is not None:
            self._keeper.consent(consent)
        self._permissions.decided(self._end_s)
        if self._permissions.why_no_search() is not None:
            self._findings.forget_search()
        if not consent.granted and self._pipeline is not None:
            self._pipeline.stop(consent.purpose)

    def _keep(self, entry: str, **data: Any) -> None:
        """Enter what the session was told into its record, if it has one."""
        if self._keeper is not None:
            self._keeper.add(entry, data)

    def _plan(self, *, behaviour: bool) -> dict[str, Any]:
        """Return what the session was created with, as its record keeps it."""
        return {
            "customer": self._customer,
            "external_ref": self._external_ref,
            "script": None if self._script is None else asdict(self._script),
            "marks": [asdict(mark) for mark in self._questions.marks],
            "tracks": list(self._tracks),
            "participants": list(self._participants),
            "behaviour": behaviour,
            "baseline": self._baseline,
            "recorded": self._recorded,
            "voices": self._analysers.given_voices is not None,
            "past": [observation.to_dict() for observation in self._past],
            "settings": settings_to_dict(self._settings),
        }

    def _open_pipeline(self) -> Pipeline:
        return Pipeline(
            open_tracker=self._analysers.open_tracker,
            open_behaviour=self._analysers.open_behaviour
            if self._permissions.why_no_behaviour() is None
            else None,
            tracks=() if self._consent.decision("voice") is False else self._tracks,
            questions=self._questions,
            baseline=self._baseline_source(),
            open_voices=self._analysers.open_voices,
            others_declared=self._others_declared,
            early=self._watch is not None,
            search_from_s=self._permissions.search_from_s,
        )

    def _baseline_source(self) -> BaselineSource:
        if self._baseline == "whole":
            return "whole"
        asks = self._marked or (self._script is not None and not self._recorded)
        return "marked_questions" if asks else "calm_start"

    def _require_open(self) -> None:
        if self._closed:
            raise SessionStateError("this session is closed")

    def _facts(self, recording: RecordingFacts | None, marks: tuple[Mark, ...]) -> SessionFacts:
        self._findings.end_s = max(self._findings.end_s, self._end_s)
        meter = self._pipeline.meter if self._pipeline else None
        behaviour_off = self._permissions.why_no_behaviour()
        self._findings.forget_refused(self._consent, behaviour=behaviour_off is not None)
        voice = self._pipeline.voice_quality if self._pipeline else None
        return SessionFacts(
            session_id=self.session_id,
            created_at=self.created_at,
            script=self._script,
            marks=marks,
            question_of=self._questions.question,
            customer=self._customer,
            external_ref=self._external_ref,
            consent=self._consent,
            evidence=tuple(self._evidence),
            findings=self._findings,
            baselines=tuple(meter.baselines) if meter else (),
            rebased=tuple(meter.rebased) if meter else (),
            voice=voice,
            tracks=self._tracks,
            has_video=self._has_video,
            has_audio=self._has_audio,
            behaviour_off=behaviour_off,
            baseline_mode=self._baseline,
            others_declared=self._others_declared,
            settings=self._settings,
            models=self._analysers.models(heard=voice is not None),
            images=() if self._consent.decision("face") is False else self._pictures.images,
            recording=recording,
            unverified=self._analysers.unverified,
            voices_known=None if self.voices is None else self.voices.separation is not None,
            past=self._past,
            elsewhere=self._findings.elsewhere or self._permissions.unsearched(self._has_audio),
        )
