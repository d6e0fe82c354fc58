"""What a closed session hands over to be written up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, pairwise

from facesign.biometrics.face.baseline import Baseline
from facesign.biometrics.face.meter import Rebased
from facesign.biometrics.observation import Observation, Subject
from facesign.biometrics.speakers.turns import Turn
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
from facesign.interview.risk.history import NOT_SEARCHED, VoiceElsewhere
from facesign.interview.script import Question, Script

__all__ = ["RecordingFacts", "SessionFacts", "speaker_heard", "speaker_of", "turns_in", "who_spoke"]

LEAST_TURN_S = 0.3
"""Shorter pieces of speech at the border of two turns are how the voice detector rounds."""


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
    unverified: str | None
    """Reason code where the applicant's voice was not compared with a voiceprint."""
    voices_known: bool | None
    """Whether voices were told apart by what they sound like; False where the encoder has no
    limits to do so, None where nobody tried."""
    recording: RecordingFacts | None
    past: tuple[Observation, ...] = ()
    """What earlier sessions and the gallery know of the customer."""
    elsewhere: VoiceElsewhere = NOT_SEARCHED
    """What the session's own search of the gallery came to."""


def turns_in(
    utterance: Utterance, marks: tuple[Mark, ...]
) -> Iterator[tuple[float, float, Subject]]:
    """Yield who spoke from when to when: one track of two voices is cut where a turn ends.

    This goes by the questions' times; `who_spoke` goes by the voices where they are known.
    """
    borders_s = {utterance.start_s, utterance.end_s}
    if utterance.track == "mixed":
        turns_s = (t for m in marks for t in (m.asked_start_s, m.asked_end_s, m.answer_end_s))
        borders_s |= {t for t in turns_s if utterance.start_s < t < utterance.end_s}
    pieces = [
        (start_s, end_s, speaker_of(replace(utterance, start_s=start_s, end_s=end_s), marks))
        for start_s, end_s in pairwise(sorted(borders_s))
    ]
    # The room answers a little longer than the turn: a short rest belongs to who spoke.
    whole = [piece for piece in pieces if piece[1] - piece[0] >= LEAST_TURN_S] or [
        (utterance.start_s, utterance.end_s, speaker_of(utterance, marks))
    ]
    for subject, same in groupby(whole, key=lambda piece: piece[2]):
        run = list(same)
        yield run[0][0], run[-1][1], subject


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


def who_spoke(facts: SessionFacts) -> Iterator[tuple[float, float, Subject]]:
    """Yield who spoke from when to when, by the voices; by the questions where none is known."""
    turns = [turn for turn in facts.findings.turns if turn.basis != "echo"]
    for turn in turns:
        yield turn.start_s, turn.end_s, turn.subject
    for utterance in facts.findings.utterances:
        if not any(_overlap_s(turn, utterance) > 0 for turn in turns):
            yield from turns_in(utterance, facts.marks)


def speaker_heard(facts: SessionFacts, utterance: Utterance) -> Subject:
    """Tell who spoke an utterance: the voice that fills most of it, else by the questions."""
    shares: dict[Subject, float] = {}
    for turn in facts.findings.turns:
        if turn.track == utterance.track:
            shares[turn.subject] = shares.get(turn.subject, 0.0) + _overlap_s(turn, utterance)
    if not any(shares.values()):
        return speaker_of(utterance, facts.marks)
    return max(shares, key=lambda subject: shares[subject])


def _overlap_s(turn: Turn, utterance: Utterance) -> float:
    if turn.track != utterance.track:
        return 0.0
    return max(0.0, min(turn.end_s, utterance.end_s) - max(turn.start_s, utterance.start_s))
