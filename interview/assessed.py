"""From when to when the signals could not be assessed, and why."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from facesign.biometrics.face.baseline import Baseline
from facesign.biometrics.face.quality import MIN_INTER_OCULAR_PX, MIN_RATE_HZ, RATE_TOLERANCE_HZ
from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.observation import Observation
from facesign.interview.facts import SessionFacts

__all__ = ["signals_from_s", "unassessed_signals"]


def unassessed_signals(facts: SessionFacts) -> Iterator[Observation]:
    """Yield the stretches without signals, and the channels that were left out.

    Args:
        facts: A closed session in which behaviour was assessed.
    """
    found = facts.findings
    if found.first_found_s is None:
        return
    start_s, why = found.first_found_s, "baseline_short"
    renewals = iter(facts.rebased)
    for baseline in facts.baselines:
        if baseline.source != "whole":
            yield _gap("signals", start_s, baseline.end_s, why)
        renewed = next(renewals, None)
        end_s = found.end_s if renewed is None else renewed.time_s
        reason = _unusable(baseline)
        if reason is not None:
            yield _gap("signals", signals_from_s(baseline), end_s, reason)
        for stem in _limited(baseline):
            yield _gap(f"signals.{stem}", signals_from_s(baseline), end_s, "limited_movement")
        if renewed is None:
            return
        start_s, why = renewed.time_s, renewed.reason
    yield _gap("signals", start_s, found.end_s, why)


def signals_from_s(baseline: Baseline) -> float:
    """Return from when signals are read against a baseline."""
    return baseline.start_s if baseline.source == "whole" else baseline.end_s


def _unusable(baseline: Baseline) -> str | None:
    if baseline.rate_hz < MIN_RATE_HZ - RATE_TOLERANCE_HZ:
        return "frame_rate"
    return "inter_eye_distance" if baseline.inter_ocular_px < MIN_INTER_OCULAR_PX else None


def _limited(baseline: Baseline) -> list[str]:
    names = [CHANNELS[index].name for index in np.flatnonzero(baseline.limited)]
    return sorted({name.rpartition(".")[0] for name in names})


def _gap(name: str, start_s: float, end_s: float, reason: str) -> Observation:
    return Observation(
        name=name,
        start_s=start_s,
        end_s=max(start_s, end_s),
        value=None,
        unit="1",
        status="not_assessed",
        reason=reason,
        analyser="face.meter",
    )
