"""From a comparison to what may be said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from facesign.biometrics.gallery.entries import Reference
from facesign.biometrics.gallery.gates import print_of
from facesign.biometrics.gallery.matching import Decision, Matcher, Point, VoiceEncoder, model_of
from facesign.biometrics.gallery.search import Found
from facesign.biometrics.gallery.watch_list import WatchEntry
from facesign.biometrics.speakers.overlap import OverlapDetector
from facesign.biometrics.stream import FloatArray
from facesign.biometrics.voiceprint.voiceprint import Voiceprint
from facesign.errors import TemplateMismatchError
from facesign.interview.voice_recordings import Listened, listen
from facesign.interview.voice_results import Candidate, Verification

__all__ = [
    "LEAST_SPEECH_S",
    "CustomerVerifier",
    "candidates",
    "comparable",
    "expected_false",
    "verification",
    "why_not_assessed",
]

LEAST_SPEECH_S = 1.0
"""Net speech below which no voice is measured."""
_UNUSABLE = frozenset({"silent_track", "clipped", "low_snr", "two_at_once"})


def comparable(references: Sequence[Reference], model: str) -> list[Reference]:
    """Return the references to compare with: of the model, and confirmed where any are.

    Raises:
        TemplateMismatchError: all are of other models.
    """
    ours = [one for one in references if one.voiceprint.model == model]
    if not ours:
        raise TemplateMismatchError(references[0].voiceprint.model, model)
    return [one for one in ours if one.status == "confirmed"] or ours


def verification(
    customer: str,
    references: Sequence[Reference],
    listened: Listened,
    *,
    encoder: VoiceEncoder,
    matcher: Matcher,
    overlap: OverlapDetector,
    point: Point | None,
    at: datetime,
    record: str | None,
) -> Verification:
    """Compare what was heard with a customer's references, all of one status."""
    heard, quality = listened.heard, listened.heard.quality
    reasons: list[str] = [one for one in quality.reasons if one != "short_speech"]
    if listened.n_damaged:
        reasons.append("media_damaged")
    if heard.is_cut:
        reasons.append("only_the_beginning_used")
    if overlap.in_recording(heard.speech):
        reasons.append("two_at_once")
    score = llr = None
    decision: Decision = "inconclusive"
    if heard.net_speech_s < LEAST_SPEECH_S:
        reasons.append("short_speech")
    else:
        probe = print_of(heard, encoder)
        found = matcher.compare([one.voiceprint for one in references], probe)
        score, llr = found.score, found.llr
        if llr is None or point is None:
            reasons.append("uncalibrated")
        elif not _UNUSABLE & set(reasons):
            decision = matcher.decide(llr, point, probe)
            if decision == "inconclusive":
                reasons.insert(0, "between_thresholds")
    status = references[0].status
    if status == "provisional":
        reasons.append("provisional")
        decision = "inconclusive" if decision == "match" else decision
    return Verification(
        customer=customer,
        decision=decision,
        score=score,
        llr=llr,
        point=point,
        reasons=tuple(reasons),
        status=status,
        n_references=len(references),
        model=model_of(encoder),
        channel=heard.channel,
        net_speech_s=heard.net_speech_s,
        snr_db=quality.snr_db,
        at=at,
        record=record,
    )


@dataclass(frozen=True, slots=True, eq=False)
class CustomerVerifier:
    """Compares speech with one customer's voiceprint as it was when this was made."""

    customer: str = field(repr=False)
    references: Sequence[Reference] = field(repr=False)
    """All of one status and one model."""
    encoder: VoiceEncoder
    matcher: Matcher
    overlap: OverlapDetector
    point: Point | None
    now: Callable[[], datetime] = field(repr=False)
    record: str | None = None

    def verify(self, samples: FloatArray) -> Verification:
        """Compare speech of one person; nothing is kept of it.

        Args:
            samples: Mono, 16 kHz, float32 in [-1, 1], shape (n_samples,).

        Raises:
            ShapeError: samples is not (n_samples,).
            ItemError: samples is not float32, or holds what is no number.
        """
        return self.compared(listen(samples))

    def compared(self, listened: Listened) -> Verification:
        """Compare what was heard in a recording."""
        return verification(
            self.customer,
            self.references,
            listened,
            encoder=self.encoder,
            matcher=self.matcher,
            overlap=self.overlap,
            point=self.point,
            at=self.now(),
            record=self.record,
        )


def expected_false(n_people: int, point: Point | None) -> float | None:
    """Return how many of so many people a voice that is not among them matches on average."""
    return None if point is None else n_people * point.fmr


def why_not_assessed(
    listened: Listened, expected: float | None, overlap: OverlapDetector
) -> str | None:
    """Tell why candidates of a search mean nothing; None where they may."""
    reasons: set[str] = set(listened.heard.quality.reasons)
    if listened.heard.net_speech_s < LEAST_SPEECH_S:
        return "short_speech"
    if unusable := sorted(_UNUSABLE & reasons):
        return unusable[0]
    if overlap.in_recording(listened.heard.speech):
        return "two_at_once"
    if expected is None:
        return "uncalibrated"
    return "too_many_false_candidates" if expected > 1.0 else None


def candidates(
    found: Sequence[Found],
    probe: Voiceprint,
    *,
    matcher: Matcher,
    point: Point | None,
    watched: Mapping[str, WatchEntry],
) -> tuple[Candidate, ...]:
    """Compare a probe with the templates that a search found, best first.

    Of somebody with confirmed templates those alone are compared, whichever was nearest;
    somebody without any is never above the threshold.

    Args:
        found: People whose search vectors are near.
        probe: Whom to look for.
        matcher: Compares with the decrypted templates.
        point: Operating point; None where nothing may be said of a threshold.
        watched: Entries of the watch list by reference.
    """
    listed = []
    for one in found:
        references = comparable(one.references, probe.model)
        comparison = matcher.compare([it.voiceprint for it in references], probe)
        status, above = references[0].status, None
        if point is not None and comparison.llr is not None:
            above = comparison.llr >= point.threshold
        if status == "provisional":
            above = None if above else above
        listed.append(
            Candidate(
                customer=one.owner.customer,
                score=comparison.score,
                llr=comparison.llr,
                above_threshold=above,
                status=status,
                watch=watched.get(one.owner.customer),
            )
        )
    return tuple(sorted(listed, key=lambda one: -one.score))
