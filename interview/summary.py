"""Behaviour over the whole session, beside the same quantity in the person's own baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from facesign.biometrics.face.baseline import Baseline
from facesign.biometrics.observation import Observation
from facesign.biometrics.voice.utterances import Utterance
from facesign.interview.answers import Answer
from facesign.interview.assessed import signals_from_s
from facesign.interview.findings import Findings

__all__ = ["face_summary", "voice_summary"]

LEAST_S = 5.0


def face_summary(findings: Findings, baseline: Baseline) -> Iterator[Observation]:
    """Yield rates and shares of the face over the session and over its baseline.

    Args:
        findings: What the analysers found.
        baseline: The first baseline of the session.
    """
    blinks = [blink.apex_s for blink in findings.blinks]
    turned, away = findings.named("head.turned"), findings.named("gaze.away")
    whole = (findings.first_found_s or 0.0, findings.end_s)
    own = (baseline.start_s, baseline.end_s)
    read = (signals_from_s(baseline), findings.end_s)
    yield from _compare("blink.rate", "1/min", partial(_rate, blinks), whole, own)
    yield from _compare("head.turned_share", "1", partial(_share, turned), whole, own)
    # Gaze is told from the baseline itself, so there is none beside it.
    yield from _compare("gaze.away_share", "1", partial(_share, away), read, None)


def _compare(
    name: str,
    unit: str,
    measure: Callable[[float, float], float],
    span: tuple[float, float],
    own: tuple[float, float] | None,
) -> Iterator[Observation]:
    if span[1] - span[0] < LEAST_S:
        return
    known = own is not None and own[1] - own[0] >= LEAST_S
    yield Observation(
        name=name,
        start_s=span[0],
        end_s=span[1],
        value=measure(*span),
        unit=unit,
        baseline_median=measure(*own) if own is not None and known else None,
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
