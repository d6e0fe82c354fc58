"""`facesign voice`: the voice credit fingerprint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from facesign.ui.cli_voice_trials import calibrate, score
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
HomeOption: TypeAlias = Annotated[
    Path | None, typer.Option("--home", help="Folder of facesign's state.")
]
GalleryOption: TypeAlias = Annotated[
    str | None, typer.Option("--gallery", help="Database of voiceprints, instead of the home's.")
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.")]
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


@voice_app.command("enroll")
def enroll(
    customer: CustomerArgument,
    audio: AudiosArgument,
    identity_proof: ProofOption = None,
    record: RecordOption = None,
    channel: ChannelOption = None,
    purpose: PurposeOption = None,
    retain_days: RetainOption = None,
    add: Annotated[bool, typer.Option("--add", help="Add to the voiceprint there is.")] = False,
    gallery: GalleryOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a customer's voiceprint; it is provisional until confirmed."""
    with _opened(gallery, home) as prints:
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
    _show(made.to_dict(), enrollment_lines(made), as_json=as_json)


@voice_app.command("confirm")
def confirm(
    customer: CustomerArgument,
    by: Annotated[str, typer.Option("--by", help="Who confirms it.")],
    identity_proof: ProofOption = None,
    record: RecordOption = None,
    gallery: GalleryOption = None,
    home: HomeOption = None,
) -> None:
    """Confirm that a provisional voiceprint is the customer's."""
    with _opened(gallery, home) as prints:
        n = prints.confirm(customer, by=by, identity_proof=identity_proof, record=record)
    typer.echo(f"confirmed: {n}")


@voice_app.command("verify")
def verify(
    customer: CustomerArgument,
    audio: AudioArgument,
    point: PointOption = None,
    record: RecordOption = None,
    gallery: GalleryOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare a recording with a customer's voiceprint."""
    with _opened(gallery, home) as prints:
        result = prints.verify(customer, audio, point=point, record=record)
    _show(result.to_dict(), verification_lines(result), as_json=as_json)


@voice_app.command("identify")
def identify(
    audio: AudioArgument,
    top: Annotated[int, typer.Option("--top", min=1, max=100, help="How many at most.")] = 5,
    purpose: Annotated[
        Literal["duplicate_search", "watch_list"],
        typer.Option("--purpose", help="Which voiceprints are searched."),
    ] = "duplicate_search",
    point: PointOption = None,
    gallery: GalleryOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find who in the gallery sounds most like a recording."""
    with _opened(gallery, home) as prints:
        result = prints.search(audio, top=top, purpose=purpose, point=point)
    _show(result.to_dict(), search_lines(result), as_json=as_json)


@voice_app.command("history")
def history(
    customer: CustomerArgument,
    gallery: GalleryOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List a customer's enrollments, verifications, drift and revocations."""
    with _opened(gallery, home) as prints:
        result = prints.history(customer)
    _show(result.to_dict(), history_lines(result), as_json=as_json)


@voice_app.command("revoke")
def revoke(
    customer: CustomerArgument,
    because: Annotated[
        str, typer.Option("--because", help="Why, kept with the date.")
    ] = "consent withdrawn",
    gallery: GalleryOption = None,
    home: HomeOption = None,
) -> None:
    """Delete a customer's voiceprint, its key and its verifications for good."""
    with _opened(gallery, home) as prints:
        gone = prints.revoke(customer, because=because)
    typer.echo(f"revoked: {gone.n_templates} templates, {gone.n_verifications} verifications")


@voice_app.command("re-enroll")
def re_enroll(
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
    gallery: GalleryOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replace a customer's voiceprint, or list the customers who are due."""
    with _opened(gallery, home) as prints:
        if customer is None or not audio:
            listed = [one for one in prints.due() if customer in (None, one.customer)]
            _show([one.to_dict() for one in listed], due_lines(listed), as_json=as_json)
            return
        made = prints.re_enroll(
            customer,
            audio,
            identity_proof=identity_proof,
            record=record,
            channel=channel,
            purposes=purpose or ("verify", "duplicate_search"),
            retain_days=retain_days,
        )
    _show(made.to_dict(), enrollment_lines(made), as_json=as_json)


@voice_app.command("renew")
def renew(gallery: GalleryOption = None, home: HomeOption = None) -> None:
    """Put all search vectors under a new rotation, which makes older copies worthless."""
    with _opened(gallery, home) as prints:
        typer.echo(f"search vectors under a new rotation: {prints.renew()}")


@watch_app.command("add")
def add_watched(
    reference: ReferenceArgument,
    audio: AudiosArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    evidence: Annotated[str, typer.Option("--evidence", help="Evidence record it rests on.")],
    approver: Annotated[list[str], typer.Option("--approver", help="Who approves; given twice.")],
    days: Annotated[
        int, typer.Option("--days", min=1, max=365, help="Days until it is deleted.")
    ] = 365,
    gallery: GalleryOption = None,
    home: HomeOption = None,
) -> None:
    """Put a voice on the watch list, with a reason, evidence, two approvers and an end."""
    from facesign.biometrics.gallery.watch_list import WatchReason

    why = WatchReason(reason, evidence, approver)
    with _opened(gallery, home) as prints:
        entry = prints.watch_list.add(reference, audio, why, days=days)
    typer.echo(f"on the watch list until {entry.expires_at:%Y-%m-%d}")


@watch_app.command("list")
def list_watched(
    gallery: GalleryOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """List the watch list."""
    with _opened(gallery, home) as prints:
        entries = prints.watch_list.entries()
    _show([one.to_dict() for one in entries], watch_lines(entries), as_json=as_json)


@watch_app.command("clear")
def clear_watched(
    reference: ReferenceArgument,
    by: Annotated[str, typer.Option("--by", help="Who clears it.")],
    gallery: GalleryOption = None,
    home: HomeOption = None,
) -> None:
    """Mark an entry `cleared: related person`: it stays listed and is searched no more."""
    with _opened(gallery, home) as prints:
        prints.watch_list.clear(reference, by=by)
    typer.echo("cleared: related person")


@watch_app.command("remove")
def remove_watched(
    reference: ReferenceArgument,
    because: Annotated[str, typer.Option("--because", help="Why, kept with the date.")],
    gallery: GalleryOption = None,
    home: HomeOption = None,
) -> None:
    """Delete an entry with its voiceprint."""
    with _opened(gallery, home) as prints:
        prints.watch_list.remove(reference, because=because)
    typer.echo("removed")


def _opened(gallery: str | None, home: Path | None) -> Fingerprints:
    from facesign import Fingerprints

    return Fingerprints.open(
        gallery, home=home, announce=lambda notice: typer.echo(notice.message, err=True)
    )


def _show(values: Any, lines: list[str], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(values, ensure_ascii=False))
        return
    for line in lines:
        typer.echo(line)
