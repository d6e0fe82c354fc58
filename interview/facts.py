"""What a closed session hands over to be written up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from facesign.biometrics.face.baseline import Baseline
from facesign.biometrics.face.meter import Rebased
from facesign.biometrics.observation import Subject
from facesign.biometrics.stream import Track
from facesign.biometrics.voice.quality import VoiceQuality
from facesign.biometrics.voice.utterances import Utterance
from facesign.interview.consent import ConsentBook
from facesign.interview.findings import Findings
from facesign.interview.flags import ExternalEvidence
from facesign.interview.home import Settings
from facesign.interview.marks import Mark
from facesign.interview.media.info import MediaInfo, MediaProblem
from facesign.interview.page.rendering import ReportImage
from facesign.interview.script import Question, Script

__all__ = ["RecordingFacts", "SessionFacts", "speaker_of"]


@dataclass(frozen=True, slots=True)
class RecordingFacts:
    """What is known about the file that a session was read from."""

    info: MediaInfo
    problems: tuple[MediaProblem, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SessionFacts:
    """Everything that a closed session hands over."""

    session_id: str
    created_at: datetime
    script: Script | None
    marks: tuple[Mark, ...]
    question_of: Callable[[str], Question]
    customer: str | None
    external_ref: str | None
    consent: ConsentBook
    evidence: tuple[ExternalEvidence, ...]
    findings: Findings
    baselines: tuple[Baseline, ...]
    rebased: tuple[Rebased, ...]
    """When a baseline was given up."""
    voice: VoiceQuality | None
    tracks: tuple[Track, ...]
    has_video: bool
    has_audio: bool
    behaviour_off: str | None
    """Reason code where behaviour was not assessed by choice."""
    baseline_mode: str
    others_declared: bool
    settings: Settings
    models: tuple[str, ...]
    images: tuple[ReportImage, ...]
    recording: RecordingFacts | None


def speaker_of(utterance: Utterance, marks: tuple[Mark, ...]) -> Subject:
    """Tell who spoke: by the track, else by whose turn the marks say it was."""
    if utterance.track != "mixed":
        return "officer" if utterance.track == "officer" else "applicant"
    middle_s = (utterance.start_s + utterance.end_s) / 2
    for mark in marks:
        if mark.asked_start_s <= middle_s < mark.asked_end_s:
            return "officer"
        if mark.asked_end_s <= middle_s <= mark.answer_end_s:
            return "applicant" if mark.end_known else "session"
    return "session"
