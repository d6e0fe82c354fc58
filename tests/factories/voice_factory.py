"""Turns and comparisons by hand, and a verifier that tells tones apart."""

from __future__ import annotations

from dataclasses import dataclass

from tone_voices import ToneEncoder

from facesign.biometrics.observation import Subject
from facesign.biometrics.speakers.turns import Turn
from facesign.biometrics.stream import FloatArray, Track
from facesign.interview.voices import Decision, VoiceResult

__all__ = ["TonePoint", "ToneVerdict", "ToneVerifier", "compared_at", "turn"]


@dataclass(frozen=True)
class TonePoint:
    name: str = "tones"
    threshold: float = 0.0
    fmr: float = 0.01
    fnmr: float = 0.05
    measured_on: str = "tones, 100 pairs"
    validated_for: str = "tones"


@dataclass(frozen=True)
class ToneVerdict:
    decision: Decision
    llr: float | None
    point: TonePoint | None = TonePoint()
    reasons: tuple[str, ...] = ()


class ToneVerifier:
    """Takes a voice for the customer's when it has the customer's tone."""

    def __init__(self, customer: FloatArray, *, reasons: tuple[str, ...] = ()) -> None:
        self._reasons = reasons
        self._customer = ToneEncoder().embed(customer)
        self.asked_s: list[float] = []

    def verify(self, samples: FloatArray) -> ToneVerdict:
        self.asked_s.append(len(samples) / 16_000)
        cosine = float(ToneEncoder().embed(samples) @ self._customer)
        decision: Decision = "match" if cosine > 0.8 else "no_match"
        return ToneVerdict(decision, 10.0 * (cosine - 0.8), reasons=self._reasons)


def turn(
    start_s: float,
    end_s: float,
    subject: Subject = "applicant",
    *,
    track: Track = "mixed",
    same_voice: bool = True,
) -> Turn:
    return Turn(start_s, end_s, track, subject, "lips", same_voice)


def compared_at(
    start_s: float,
    decision: Decision = "match",
    llr: float | None = 2.0,
    *,
    is_whole: bool = False,
    reasons: tuple[str, ...] = (),
) -> VoiceResult:
    return VoiceResult(
        start_s=start_s,
        end_s=start_s + 12.0,
        net_speech_s=10.0,
        decision=decision,
        llr=llr,
        threshold=0.0,
        point="tones",
        fmr=0.01,
        fnmr=0.05,
        measured_on="tones, 100 pairs",
        validated_for="tones",
        reasons=reasons,
        is_whole=is_whole,
    )
