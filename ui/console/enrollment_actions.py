"""What the enrollment desk does, as plain functions over the SDK."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from facesign.errors import ItemError
from facesign.interview.voice_results import Enrollment, History, Verification
from facesign.ui.console.desk import Desk
from facesign.ui.console.settings_actions import validated_for
from facesign.ui.console.texts import Texts

__all__ = [
    "confirm",
    "confirmation_line",
    "enroll",
    "enrollment_line",
    "history_rows",
    "revoke",
    "verification_lines",
    "verify",
]


def enroll(
    desk: Desk,
    owner: str,
    customer: str,
    *,
    identity_proof: str,
    record: str,
    purposes: Sequence[str],
    manner: str,
) -> Enrollment:
    """Enroll a customer with the takes on the desk, which are dropped when that is done.

    Args:
        desk: The console's desk.
        owner: Key of the sign-in whose takes they are.
        customer: Customer number.
        identity_proof: How it is known who spoke.
        record: The evidence record it rests on.
        purposes: `verify`, `duplicate_search` or both.
        manner: `new`, `add` to what there is, or `replace` it.

    Raises:
        FacesignError: it cannot be enrolled, with every reason; the takes stay.
    """
    takes = [take.samples for take in desk.takes.of(owner)]
    if not takes:
        raise ItemError("takes", "one recording or more", "none")
    options: dict[str, Any] = {
        "identity_proof": identity_proof.strip() or None,
        "record": record.strip() or None,
        "purposes": tuple(purposes),
    }
    if manner == "replace":
        made = desk.prints.re_enroll(customer.strip(), takes, **options)
    else:
        made = desk.prints.enroll(customer.strip(), takes, add=manner == "add", **options)
    desk.takes.drop(owner)
    return made


def confirm(desk: Desk, customer: str, *, by: str, identity_proof: str, record: str) -> int:
    """Confirm a provisional voiceprint; return how many enrollments were."""
    return desk.prints.confirm(
        customer.strip(),
        by=by,
        identity_proof=identity_proof.strip() or None,
        record=record.strip() or None,
    )


def verify(desk: Desk, owner: str, customer: str) -> Verification:
    """Compare the last take on the desk with a customer's voiceprint, and keep the result."""
    takes = desk.takes.of(owner)
    if not takes:
        raise ItemError("takes", "one recording or more", "none")
    return desk.prints.verify(customer.strip(), takes[-1].samples)


def revoke(desk: Desk, customer: str, because: str) -> int:
    """Delete a customer's voiceprint for good; return how many templates there were."""
    done = desk.prints.revoke(customer.strip(), because=because.strip() or "consent withdrawn")
    return done.n_templates


def enrollment_line(t: Texts, made: Enrollment) -> str:
    """Say what was enrolled."""
    line = t(
        "enroll.done",
        n=made.enrolled.n_templates,
        seconds=f"{made.net_speech_s:.1f}",
        until=f"{made.enrolled.retain_until:%Y-%m-%d}",
    )
    if made.enrolled.status == "provisional":
        line += " " + t("enroll.provisional_note")
    return line


def confirmation_line(t: Texts, n: int) -> str:
    """Say what was confirmed."""
    return t("enroll.confirmed" if n else "enroll.nothing_to_confirm", n=n)


def verification_lines(t: Texts, result: Verification) -> list[str]:
    """Say the decision, the numbers behind it, where the threshold comes from, and why."""
    lines = [t.of("match", result.decision)]
    score = "–" if result.score is None else f"{result.score:.3f}"
    llr = "–" if result.llr is None else f"{result.llr:.2f}"
    lines.append(t("enroll.numbers", score=score, llr=llr, n=result.n_references))
    point = result.point
    if point is None:
        lines.append(t("enroll.no_point"))
    else:
        lines.append(
            t(
                "enroll.point",
                name=t.of("points", point.name),
                threshold=f"{point.threshold:.2f}",
                fmr=f"{point.fmr:.2%}",
                fnmr=f"{point.fnmr:.2%}",
                measured_on=t.of("measured_on", point.measured_on),
            )
        )
        lines.append(t("settings.validated_for", what=validated_for(point, t)))
    lines.append(
        t(
            "enroll.heard",
            seconds=f"{result.net_speech_s:.1f}",
            channel=t.of("channels", result.channel),
        )
    )
    if result.reasons:
        reasons = ", ".join(t.of("hints", reason) for reason in result.reasons)
        lines.append(t("enroll.because", reasons=reasons))
    return lines


def history_rows(t: Texts, found: History) -> list[list[str]]:
    """List what happened to a customer's voiceprint: when, what, details; oldest first."""
    rows: list[tuple[str, str, str]] = []
    for one in found.enrollments:
        details = t(
            "enroll.history_enrolled",
            n=one.n_templates,
            until=f"{one.retain_until:%Y-%m-%d}",
            proof=one.basis.identity_proof or "–",
            by=one.basis.confirmed_by or "–",
        )
        rows.append((_moment(one.created_at), t.of("enroll_status", one.status), details))
    for event in found.events:
        llr = event.fields.get("llr")
        details = t(
            "enroll.history_verified",
            llr="–" if llr is None else f"{llr:.2f}",
            channel=t.of("channels", str(event.fields.get("channel"))),
            seconds=str(event.fields.get("net_speech_s")),
        )
        decision = t.of("match", str(event.fields.get("decision")))
        rows.append((_moment(event.at), t("enroll.verified", decision=decision), details))
    rows += [(_moment(at), t("enroll.revoked_at"), why) for at, why in found.revocations]
    for drift in found.drift:
        details = t(
            "enroll.drift",
            channel=t.of("channels", drift.channel),
            first=f"{drift.first_half:.3f}",
            second=f"{drift.second_half:.3f}",
            n=drift.n,
            left=drift.n_no_match,
        )
        rows.append(("", t("enroll.drift_title"), details))
    return [list(row) for row in rows]


def _moment(at: Any) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
