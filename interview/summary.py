"""Behaviour over the whole session, beside the same quantity in the person's own baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from facesign.biometrics.face.baseline import Baseline
from facesign.biometrics.observation import Observation
from facesign.biometrics.voice.utterances import Utterance
from facesign.interview.answers import Answer
from facesign.interview.findings import Findings

__all__ = ["face_summary", "voice_summary"]

LEAST_S = 5.0


def face_summary(findings: Findings, baseline: Baseline) -> Iterator[Observation]:
    """Yield rates and shares of the face over the session and over its baseline.

    Args:
        findings: What the analysers found.
        baseline: The first baseline of the session.
    """
    whole = (findings.first_found_s or 0.0, findings.end_s)
    own = (baseline.start_s, baseline.end_s)
    rows: tuple[tuple[str, str, Callable[[float, float], float]], ...] = (
        ("blink.rate", "1/min", lambda a, b: _rate([x.apex_s for x in findings.blinks], a, b)),
        ("gaze.away_share", "1", lambda a, b: _share(findings.named("gaze.away"), a, b)),
        ("head.turned_share", "1", lambda a, b: _share(findings.named("head.turned"), a, b)),
    )
    for name, unit, measure in rows:
        if whole[1] - whole[0] < LEAST_S:
            continue
        yield Observation(
            name=name,
            start_s=whole[0],
            end_s=whole[1],
            value=measure(*whole),
            unit=unit,
            baseline_median=measure(*own) if own[1] - own[0] >= LEAST_S else None,
            analyser="interview.summary",
        )


def voice_summary(answers: Sequence[Answer]) -> Iterator[Observation]:
    """Yield the applicant's voice over all answers and over the baseline answers."""
    usual = [u for a in answers if a.question.kind == "baseline" for u in a.speech]
    speech = [u for a in answers for u in a.speech]
    rows: tuple[tuple[str, str, Callable[[Utterance], float | None]], ...] = (
        ("voice.pitch", "Hz", lambda u: u.pitch_hz),
        ("voice.loudness", "dB", lambda u: u.loudness_db),
        ("voice.syllable_rate", "Hz", lambda u: u.syllable_rate_hz),
    )
    for name, unit, read in rows:
        values = [v for u in speech if (v := read(u)) is not None]
        own = [v for u in usual if (v := read(u)) is not None]
        if not values:
            continue
        median = float(np.median(own)) if own else None
        spread = float(np.median(np.abs(np.array(own) - median))) if own else None
        yield Observation(
            name=name,
            start_s=speech[0].start_s,
            end_s=speech[-1].end_s,
            value=float(np.median(values)),
            unit=unit,
            baseline_median=median,
            baseline_mad=spread,
            analyser="interview.summary",
        )


def _rate(times_s: Sequence[float], start_s: float, end_s: float) -> float:
    count = sum(start_s <= t <= end_s for t in times_s)
    return 60.0 * count / max(end_s - start_s, 1e-9)


def _share(parts: Sequence[Observation], start_s: float, end_s: float) -> float:
    covered = sum(max(0.0, min(p.end_s, end_s) - max(p.start_s, start_s)) for p in parts)
    return min(1.0, covered / max(end_s - start_s, 1e-9))
