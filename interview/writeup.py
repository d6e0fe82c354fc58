"""From everything a session knows to its report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from facesign.biometrics.face.quality import Reliability, reliability_of
from facesign.biometrics.observation import Observation
from facesign.biometrics.voice.utterances import Utterance
from facesign.interview.answers import Answer, FaceShown, answers_from, measure_answers
from facesign.interview.assessed import signals_from_s, unassessed_signals
from facesign.interview.capture import capture_quality, face_grade, frame_rate_hz, inter_ocular_px
from facesign.interview.checks import Conditions, run_checks, voice_observations
from facesign.interview.details import report_details
from facesign.interview.facts import SessionFacts, speaker_heard
from facesign.interview.findings import Findings
from facesign.interview.flags import Flag, flags_from
from facesign.interview.heard import compared, told_apart, voices_heard
from facesign.interview.outcome import Check, Reason, decide_outcome
from facesign.interview.prompts import Prompt, prompts_from
from facesign.interview.report import Report
from facesign.interview.risk.answers import answer_behaviour, answer_facts
from facesign.interview.risk.history import searched
from facesign.interview.risk.session_facts import session_facts
from facesign.interview.risk.watch import GrowingWatch, RiskState
from facesign.interview.summary import face_summary, voice_summary

__all__ = ["SoFar", "observed", "so_far", "write_up"]


@dataclass(frozen=True, slots=True)
class SoFar:
    """What a session shows, at its end or while it still runs."""

    answers: tuple[Answer, ...]
    prompts: tuple[Prompt, ...]
    flags: tuple[Flag, ...]
    quality: tuple[Observation, ...]
    checks: tuple[Check, ...]
    observations: tuple[Observation, ...]
    """All but the summaries of the whole."""
    state: RiskState
    """What the monitoring points found."""


def so_far(facts: SessionFacts, watch: GrowingWatch | None = None) -> SoFar:
    """Say what a session shows; a live one shows its officer the same as the report will.

    Args:
        facts: What is known.
        watch: The watch of a session that runs, which goes on from what it was asked last.
    """
    answers = _answers(facts)
    quality = _quality(facts)
    observations = _all_observations(facts, answers, quality)
    watch = watch or GrowingWatch(others_declared=facts.others_declared)
    state = watch.state(observations, end_s=facts.findings.end_s)
    flags = flags_from(
        facts.findings.observations,
        facts.evidence,
        first_found_s=facts.findings.first_found_s,
        others_declared=facts.others_declared,
        reliability=_reliability(facts),
        turns=facts.findings.turns,
        comparisons=facts.findings.compared,
        state=state,
    )
    checks = run_checks(
        facts.findings,
        quality,
        flags,
        facts.evidence,
        facts.consent,
        _conditions(facts),
        facts.settings.required_checks,
    )
    prompts = _prompts(facts, answers)
    return SoFar(answers, prompts, flags, quality, checks, observations, state)


def write_up(facts: SessionFacts) -> Report:
    """Write the report of a closed session."""
    findings = facts.findings
    found = so_far(facts)
    answers, prompts, flags = found.answers, found.prompts, found.flags
    quality, checks = found.quality, found.checks
    observations, state = found.observations, found.state
    summary = _summary(facts, answers)
    outcome, reasons = decide_outcome(checks, flags, _capture_reasons(facts))
    return Report(
        session_id=facts.session_id,
        created_at=facts.created_at,
        outcome=outcome,
        reasons=reasons,
        checks=checks,
        prompts=prompts,
        flags=flags,
        identity={
            "status": "assessed"
            if any(item.kind == "identity" for item in facts.evidence)
            else "not_assessed",
            "evidence": [item.to_dict() for item in facts.evidence],
            "voice": next((one.to_dict() for one in findings.compared if one.is_whole), None),
        },
        quality=quality,
        monitors=state.fired,
        observations=_in_time_order([*observations, *summary]),
        movements=tuple(findings.movements),
        unassessed=tuple(findings.unassessed),
        details=report_details(facts, answers, checks, prompts, flags, summary),
        signals=findings.signals,
        images=facts.images,
    )


def observed(facts: SessionFacts) -> tuple[Observation, ...]:
    """Return everything observed so far, in time order: what the monitoring points read.

    Summaries of the whole are left out: they have the names of what each answer measures.

    A session that still runs may be asked again and again; `RiskWatch` ignores what it had.
    """
    answers = _answers(facts)
    return _all_observations(facts, answers, _quality(facts))


def _quality(facts: SessionFacts) -> tuple[Observation, ...]:
    face_refused = facts.consent.decision("face") is False
    voice_refused = facts.consent.decision("voice") is False
    seen = facts.findings
    if face_refused:
        # Part of a session would be told as if it were the whole of it.
        seen = Findings()
        seen.end_s = facts.findings.end_s
    return (
        *capture_quality(
            seen,
            unseen="consent_refused" if facts.has_video and face_refused else "no_video",
        ),
        *voice_observations(
            facts.voice,
            facts.findings.end_s,
            unheard="consent_refused" if facts.has_audio and voice_refused else "no_sound",
        ),
    )


def _answers(facts: SessionFacts) -> tuple[Answer, ...]:
    found = facts.findings
    face = None
    if facts.baselines and facts.behaviour_off is None and _reliability(facts) != "none":
        face = FaceShown(
            movements=found.movements,
            blinks=found.blinks,
            away=found.named("gaze.away"),
            signals_from_s=signals_from_s(facts.baselines[0]),
            quality=face_grade(found),
        )
    return answers_from(
        facts.marks,
        facts.question_of,
        found.utterances,
        present=found.named("face.present"),
        face=face,
    )


def _prompts(facts: SessionFacts, answers: tuple[Answer, ...]) -> tuple[Prompt, ...]:
    if facts.behaviour_off is not None:
        return ()
    return tuple(prompts_from(answers, _reliability(facts)))


def _reliability(facts: SessionFacts) -> Reliability:
    """Grade what face measurements of the whole capture are worth."""
    rate_hz, size_px = frame_rate_hz(facts.findings), inter_ocular_px(facts.findings)
    return reliability_of(rate_hz or 0.0, size_px or 0.0)


def _conditions(facts: SessionFacts) -> Conditions:
    return Conditions(
        has_video=facts.has_video,
        has_audio=facts.has_audio,
        behaviour_off=facts.behaviour_off,
        face_refused=facts.consent.decision("face") is False,
        voice_refused=facts.consent.decision("voice") is False,
        has_baseline=bool(facts.baselines),
        speakers_known=any(m.end_known for m in facts.marks) or "applicant" in facts.tracks,
        voice=facts.voice,
        unverified=facts.unverified,
        others_declared=facts.others_declared,
        searched=searched(facts.past, facts.elsewhere)[1],
    )


def _capture_reasons(facts: SessionFacts) -> Iterator[Reason]:
    if not facts.has_video:
        yield Reason("no_video")
    elif facts.findings.n_found == 0 and facts.consent.decision("face") is not False:
        yield Reason("no_face")
    if not facts.has_audio:
        yield Reason("no_sound")
    problems = facts.recording.problems if facts.recording else ()
    if any(p.code in ("truncated", "damaged_packets") for p in problems):
        yield Reason("media_damaged")


def _summary(facts: SessionFacts, answers: tuple[Answer, ...]) -> tuple[Observation, ...]:
    if facts.behaviour_off is not None:
        return ()
    readable = facts.baselines and _reliability(facts) != "none"
    face = face_summary(facts.findings, facts.baselines[0]) if readable else ()
    return (*face, *voice_summary(answers))


def _all_observations(
    facts: SessionFacts,
    answers: tuple[Answer, ...],
    quality: tuple[Observation, ...],
) -> tuple[Observation, ...]:
    found = facts.findings
    rows = [*found.observations, *quality]
    rows += [_of_utterance(facts, u) for u in found.utterances]
    rows += [*voices_heard(found.turns), *compared(found.compared)]
    if facts.voices_known is not None and found.utterances:
        rows.append(told_apart(found.turns, found.end_s, by_voice=facts.voices_known))
    rows += [*session_facts(facts), *answer_facts(answers, found.turns)]
    for known in searched(facts.past, facts.elsewhere):
        rows += known
    if facts.behaviour_off is None:
        rows += answer_behaviour(answers, found.named("head.turned"), found.turns)
        rows += unassessed_signals(facts)
        for _, measured in measure_answers(answers):
            rows += measured
        rows += [_event("blink", b.onset_s, b.offset_s, b.closure) for b in found.blinks]
        rows += [
            _event("face.movement", m.onset_s, m.offset_s, m.strength) for m in found.movements
        ]
    return _in_time_order(rows)


def _in_time_order(rows: Iterable[Observation]) -> tuple[Observation, ...]:
    return tuple(sorted(rows, key=lambda o: (o.start_s, o.end_s, o.name)))


def _event(name: str, start_s: float, end_s: float, value: float) -> Observation:
    return Observation(
        name, start_s, end_s, value, "1", analyser="face." + name.rsplit(".")[-1] + "s"
    )


def _of_utterance(facts: SessionFacts, utterance: Utterance) -> Observation:
    return Observation(
        name="speech",
        start_s=utterance.start_s,
        end_s=utterance.end_s,
        value=utterance.duration_s,
        unit="s",
        subject=speaker_heard(facts, utterance),
        analyser="voice.utterances",
    )
