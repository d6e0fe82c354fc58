"""What `facesign voice` prints for people to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from facesign.biometrics.gallery.entries import Due
    from facesign.biometrics.gallery.matching import Point
    from facesign.biometrics.gallery.watch_list import WatchEntry
    from facesign.interview.voice_results import (
        Candidate,
        Enrollment,
        History,
        SearchResult,
        Verification,
    )

__all__ = [
    "due_lines",
    "enrollment_lines",
    "history_lines",
    "search_lines",
    "verification_lines",
    "watch_lines",
]

_ABOVE = {True: "at or above it", False: "below it: not ruled out", None: "not assessed"}


def enrollment_lines(made: Enrollment) -> list[str]:
    """Say what was enrolled, and what is missing until it counts."""
    enrolled, lines = made.enrolled, []
    lines.append(
        f"enrolled {made.customer}: {enrolled.n_templates} templates, {made.net_speech_s:.1f} s "
        f"of speech, {', '.join(made.channels)}, {made.model}"
    )
    lines.append(
        f"purposes: {', '.join(made.purposes)}; deleted on {enrolled.retain_until:%Y-%m-%d}"
    )
    if made.previous_llr is not None:
        lines.append(f"likeness to the voiceprint before: llr {made.previous_llr:.2f}")
    lines += [_beginning_line(name) for name in made.only_the_beginning_used]
    if enrolled.status == "provisional":
        lines.append(
            f"provisional: it never gives a match until facesign voice confirm {made.customer}"
        )
    return lines


def verification_lines(result: Verification, default: str | None) -> list[str]:
    """Say the decision, the numbers behind it, and where the threshold comes from.

    Args:
        result: What was compared.
        default: Name of the operating point that is taken where none is named.
    """
    lines: list[str] = [result.decision]
    if result.score is not None:
        llr = "not calibrated" if result.llr is None else f"{result.llr:.2f}"
        lines.append(f"score {result.score:.3f}, llr {llr}, {result.n_references} references")
    lines += _point_lines(result.point, default)
    lines.append(f"{result.net_speech_s:.1f} s of speech, {result.channel}{_over_noise(result)}")
    if result.reasons:
        lines.append(f"because: {', '.join(_reason(one, result.point) for one in result.reasons)}")
    return lines


def search_lines(result: SearchResult) -> list[str]:
    """Say who was found, and how many false candidates to expect."""
    lines = [
        f"{result.status.replace('_', ' ')}: {result.n_people} people compared for {result.purpose}"
    ]
    if result.reason:
        lines[0] += f" ({result.reason})"
    if result.expected_false is not None:
        lines.append(f"false candidates to be expected: {result.expected_false:.2g}")
    lines += _point_lines(result.point)
    if result.point is not None and result.candidates:
        lines += _how_to_read(result.point, result)
    if result.only_the_beginning_used:
        lines.append(_beginning_line("the recording"))
    return lines + [_candidate_line(i, one) for i, one in enumerate(result.candidates, start=1)]


def history_lines(found: History) -> list[str]:
    """Say what happened to a customer's voiceprint, in order."""
    lines = [
        f"{one.created_at:%Y-%m-%d %H:%M} enrolled, {one.status}, {one.n_templates} templates, "
        f"until {one.retain_until:%Y-%m-%d}"
        for one in found.enrollments
    ]
    for event in found.events:
        llr = event.fields["llr"]
        lines.append(
            f"{event.at:%Y-%m-%d %H:%M} verified: {event.fields['decision']}, "
            f"llr {'-' if llr is None else f'{llr:.2f}'}, {event.fields['channel']}"
        )
    lines += [f"{at:%Y-%m-%d %H:%M} revoked: {why}" for at, why in found.revocations]
    for one in found.drift:
        slope = "" if one.per_year is None else f", {one.per_year:+.3f} a year"
        without = f", {one.n_no_match} no_match left out" if one.n_no_match else ""
        lines.append(
            f"drift, {one.channel}: score {one.first_half:.3f} then {one.second_half:.3f} "
            f"over {one.n} verifications{without}{slope}"
        )
    return lines


def due_lines(listed: Sequence[Due]) -> list[str]:
    """Say who should be enrolled again and why."""
    why = {"other_model": "template of another model", "retention_ends": "deleted soon"}
    return [
        f"{one.customer}  {why[one.reason]}: {one.model}, until {one.retain_until:%Y-%m-%d}"
        for one in listed
    ] or ["nobody is due"]


def watch_lines(entries: Sequence[WatchEntry]) -> list[str]:
    """Say who is on the watch list, why, and until when."""
    return [_watch_line(entry) for entry in entries] or ["the watch list is empty"]


def _over_noise(result: Verification) -> str:
    from facesign.biometrics.voice.quality import snr_bound

    if result.snr_db is None:
        return ""
    return f", {snr_bound(result.snr_db)}{result.snr_db:.0f} dB over the noise"


def _reason(reason: str, point: Point | None) -> str:
    if reason != "between_thresholds" or point is None:
        return reason
    least = abs(point.threshold)
    return f"{reason} (llr from {-least:.2f} to {point.threshold:.2f}: neither match nor no_match)"


def _point_lines(point: Point | None, default: str | None = None) -> list[str]:
    if point is None:
        return ["no operating point: facesign voice calibrate makes them"]
    name = f"{point.name} (default)" if point.name == default else point.name
    return [
        f"operating point {name}: llr {point.threshold:.2f}, FMR {point.fmr:.2g}, "
        f"FNMR {point.fnmr:.2g}, measured on {point.measured_on}",
        f"validation: {point.validated_for}",
    ]


def _how_to_read(point: Point, result: SearchResult) -> list[str]:
    lines = ["candidates are ranked, the most alike first; a rank says nothing of who it is"]
    if result.status == "assessed":
        lines.append(
            f"threshold: llr {point.threshold:.2f} (point {point.name}), which {point.fnmr:.0%} of "
            "comparisons of a voice with its own voiceprint do not reach"
        )
    if result.purpose == "duplicate_search":
        lines.append(
            "before anything rests on it, compare 1:1: facesign voice verify CUSTOMER AUDIO"
        )
    return lines


def _beginning_line(name: str) -> str:
    from facesign.biometrics.gallery.hearing import MOST_SOUND_S, MOST_SPEECH_S

    return (
        f"{name}: only the beginning was used, "
        f"{MOST_SPEECH_S:g} s of speech or {MOST_SOUND_S / 60:g} minutes of sound at most"
    )


def _candidate_line(rank: int, one: Candidate) -> str:
    llr = "-" if one.llr is None else f"{one.llr:.2f}"
    line = (
        f"{rank}. {one.customer}  score {one.score:.3f}  llr {llr}  {_ABOVE[one.above_threshold]}"
    )
    if one.status == "provisional":
        line += "  provisional"
    return line if one.watch is None else f"{line}  {_watch_line(one.watch)}"


def _watch_line(entry: WatchEntry) -> str:
    return (
        f"{entry.reference}  {entry.status}: {entry.why.reason} "
        f"(evidence {entry.why.evidence_record}, approved by {' and '.join(entry.why.approvers)}, "
        f"until {entry.expires_at:%Y-%m-%d})"
    )
