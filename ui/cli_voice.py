"""`facesign voice`: the voice credit fingerprint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from facesign.ui.cli_voice_trials import calibrate, score
from facesign.ui.voice_commands import Told, gallery_command
from facesign.ui.voice_lines import (
    due_lines,
    enrollment_lines,
    history_lines,
    search_lines,
    verification_lines,
    watch_lines,
)

if TYPE_CHECKING:
    from facesign.interview.fingerprints import Fingerprints

__all__ = ["voice_app"]

voice_app = typer.Typer(
    help="The voice credit fingerprint: who speaks, never whether they repay.",
    no_args_is_help=True,
)
watch_app = typer.Typer(help="Voices that a search may name.", no_args_is_help=True)
voice_app.add_typer(watch_app, name="watch-list")
voice_app.command("score")(score)
voice_app.command("calibrate")(calibrate)

CustomerArgument: TypeAlias = Annotated[str, typer.Argument(help="Customer number.")]
ReferenceArgument: TypeAlias = Annotated[str, typer.Argument(help="Case or customer number.")]
AudioArgument: TypeAlias = Annotated[Path, typer.Argument(help="Recording of one voice.")]
AudiosArgument: TypeAlias = Annotated[
    list[Path], typer.Argument(help="Recordings of this voice alone.")
]
ProofOption: TypeAlias = Annotated[
    str | None, typer.Option("--identity-proof", help="How it is known whose voice it is.")
]
RecordOption: TypeAlias = Annotated[
    str | None, typer.Option("--record", help="Evidence record of the session.")
]
ChannelOption: TypeAlias = Annotated[
    str | None, typer.Option("--channel", help="What the recordings came through.")
]
PurposeOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--purpose", help="verify or duplicate_search; may be repeated, both by default."),
]
RetainOption: TypeAlias = Annotated[
    int | None, typer.Option("--retain-days", help="Days until it is deleted, 1095 by default.")
]
PointOption: TypeAlias = Annotated[
    str | None, typer.Option("--point", help="Name of the operating point.")
]


@gallery_command(voice_app, "enroll")
def enroll(
    prints: Fingerprints,
    customer: CustomerArgument,
    audio: AudiosArgument,
    identity_proof: ProofOption = None,
    record: RecordOption = None,
    channel: ChannelOption = None,
    purpose: PurposeOption = None,
    retain_days: RetainOption = None,
    add: Annotated[bool, typer.Option("--add", help="Add to the voiceprint there is.")] = False,
) -> Told:
    """Make a customer's voiceprint; it is provisional until confirmed."""
    made = prints.enroll(
        customer,
        audio,
        identity_proof=identity_proof,
        record=record,
        channel=channel,
        purposes=purpose or ("verify", "duplicate_search"),
        retain_days=retain_days,
        add=add,
    )
    return Told(made.to_dict(), enrollment_lines(made))


@gallery_command(voice_app, "confirm")
def confirm(
    prints: Fingerprints,
    customer: CustomerArgument,
    by: Annotated[str, typer.Option("--by", help="Who confirms it.")],
    identity_proof: ProofOption = None,
    record: RecordOption = None,
) -> str:
    """Confirm that a provisional voiceprint is the customer's."""
    n = prints.confirm(customer, by=by, identity_proof=identity_proof, record=record)
    return f"confirmed: {n}" if n else "nothing was waiting to be confirmed"


@gallery_command(voice_app, "verify")
def verify(
    prints: Fingerprints,
    customer: CustomerArgument,
    audio: AudioArgument,
    point: PointOption = None,
    record: RecordOption = None,
) -> Told:
    """Compare a recording with a customer's voiceprint."""
    result = prints.verify(customer, audio, point=point, record=record)
    default = next(iter(prints.points), None)
    return Told(result.to_dict(), verification_lines(result, default))


@gallery_command(voice_app, "identify")
def identify(
    prints: Fingerprints,
    audio: AudioArgument,
    top: Annotated[int, typer.Option("--top", min=1, max=100, help="How many at most.")] = 5,
    purpose: Annotated[
        Literal["duplicate_search", "watch_list"],
        typer.Option("--purpose", help="Which voiceprints are searched."),
    ] = "duplicate_search",
    point: PointOption = None,
) -> Told:
    """Find who in the gallery sounds most like a recording."""
    result = prints.search(audio, top=top, purpose=purpose, point=point)
    return Told(result.to_dict(), search_lines(result))


@gallery_command(voice_app, "history")
def history(prints: Fingerprints, customer: CustomerArgument) -> Told:
    """List a customer's enrollments, verifications, drift and revocations."""
    result = prints.history(customer)
    return Told(result.to_dict(), history_lines(result))


@gallery_command(voice_app, "revoke")
def revoke(
    prints: Fingerprints,
    customer: CustomerArgument,
    because: Annotated[
        str, typer.Option("--because", help="Why, kept with the date.")
    ] = "consent withdrawn",
) -> str:
    """Delete a customer's voiceprint, its key and its verifications for good."""
    gone = prints.revoke(customer, because=because)
    return f"revoked: {gone.n_templates} templates, {gone.n_verifications} verifications"


@gallery_command(voice_app, "re-enroll")
def re_enroll(
    prints: Fingerprints,
    customer: Annotated[
        str | None, typer.Argument(help="Customer number; without one, list who is due.")
    ] = None,
    audio: Annotated[
        list[Path] | None, typer.Argument(help="Recordings of this voice alone.")
    ] = None,
    identity_proof: ProofOption = None,
    record: RecordOption = None,
    channel: ChannelOption = None,
    purpose: PurposeOption = None,
    retain_days: RetainOption = None,
) -> Told:
    """Replace a customer's voiceprint, or list the customers who are due."""
    if customer is None or not audio:
        listed = [one for one in prints.due() if customer in (None, one.customer)]
        return Told([one.to_dict() for one in listed], due_lines(listed))
    made = prints.re_enroll(
        customer,
        audio,
        identity_proof=identity_proof,
        record=record,
        channel=channel,
        purposes=purpose or ("verify", "duplicate_search"),
        retain_days=retain_days,
    )
    return Told(made.to_dict(), enrollment_lines(made))


@gallery_command(voice_app, "renew")
def renew(prints: Fingerprints) -> str:
    """Put all search vectors under a new rotation, which makes older copies worthless."""
    return f"search vectors under a new rotation: {prints.renew()}"


@gallery_command(watch_app, "add")
def add_watched(
    prints: Fingerprints,
    reference: ReferenceArgument,
    audio: AudiosArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    evidence: Annotated[str, typer.Option("--evidence", help="Evidence record it rests on.")],
    approver: Annotated[list[str], typer.Option("--approver", help="Who approves; given twice.")],
    days: Annotated[
        int, typer.Option("--days", min=1, max=365, help="Days until it is deleted.")
    ] = 365,
) -> str:
    """Put a voice on the watch list, with a reason, evidence, two approvers and an end."""
    from facesign.biometrics.gallery.watch_list import WatchReason

    why = WatchReason(reason, evidence, approver)
    entry = prints.watch_list.add(reference, audio, why, days=days)
    return f"on the watch list until {entry.expires_at:%Y-%m-%d}"


@gallery_command(watch_app, "list")
def list_watched(prints: Fingerprints) -> Told:
    """List the watch list."""
    entries = prints.watch_list.entries()
    return Told([one.to_dict() for one in entries], watch_lines(entries))


@gallery_command(watch_app, "clear")
def clear_watched(
    prints: Fingerprints,
    reference: ReferenceArgument,
    by: Annotated[str, typer.Option("--by", help="Who clears it.")],
) -> str:
    """Mark an entry `cleared: related person`: it stays listed and is searched no more."""
    prints.watch_list.clear(reference, by=by)
    return "cleared: related person"


@gallery_command(watch_app, "remove")
def remove_watched(
    prints: Fingerprints,
    reference: ReferenceArgument,
    because: Annotated[str, typer.Option("--because", help="Why, kept with the date.")],
) -> str:
    """Delete an entry with its voiceprint."""
    prints.watch_list.remove(reference, because=because)
    return "removed"
