"""`facesign evidence`: records that are verified, exported, recovered and erased."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from facesign.interview.home import Home

__all__ = ["evidence_app"]

evidence_app = typer.Typer(help="Evidence records of sessions.", no_args_is_help=True)

RecordArgument = Annotated[str, typer.Argument(help="Id of a session, or the folder of a record.")]
HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of facesign's state.")]


@evidence_app.command("verify")
def verify_record(
    record: RecordArgument,
    without_key: Annotated[
        bool, typer.Option("--without-key", help="Follow the chain of hashes alone.")
    ] = False,
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check that nothing of a record was changed or is missing; name the first broken place."""
    from facesign.interview.record.verification import verify

    found = verify(Home.resolve(home), _where(record), use_keys=not without_key)
    if as_json:
        typer.echo(json.dumps(found.to_dict(), ensure_ascii=False))
        found.require()
        return
    found.require()
    for line in found.lines():
        typer.echo(line)


@evidence_app.command("export")
def export_record(
    record: RecordArgument,
    out: Annotated[Path, typer.Option("--out", help="New folder to write to, decrypted.")],
    home: HomeOption = None,
) -> None:
    """Write a record's report, entries and received media to a folder."""
    from facesign.interview.record.export import export
    from facesign.interview.record.reader import Record

    with Record.open(Home.resolve(home), _where(record)) as opened:
        for path in export(opened, out):
            typer.echo(path)


@evidence_app.command("recover")
def recover_record(
    record: Annotated[str | None, typer.Argument(help="Id of a session; all by default.")] = None,
    home: HomeOption = None,
) -> None:
    """Close records that a crash left open as interrupted, and say what is missing."""
    from facesign.interview.record.recovery import recover, recover_all

    where = Home.resolve(home)
    done = recover_all(where) if record is None else (recover(where, record),)
    for found in done:
        typer.echo(found.message)
    if not done:
        typer.echo("no record was left open: nothing to recover", err=True)


@evidence_app.command("erase")
def erase_record(
    record: RecordArgument,
    key_class: Annotated[
        Literal["behaviour", "statutory"],
        typer.Option("--class", help="behaviour, or statutory for all the rest, media included."),
    ],
    because: Annotated[str, typer.Option(help="Why; the record says so.")],
    home: HomeOption = None,
) -> None:
    """Destroy a record's key of one class, so that nothing of it can be read again."""
    from facesign.interview.record.retention import erase

    erased = erase(Home.resolve(home), _where(record), key_class, because=because)
    typer.echo(f"{key_class}: {'erased' if erased else 'was erased before'}")


@evidence_app.command("purge")
def purge_records(home: HomeOption = None) -> None:
    """Erase behaviour in all records that are older than the setting behaviour_days."""
    from facesign.interview.record.retention import purge

    done = purge(Home.resolve(home))
    for line in done.failed:
        typer.echo(line, err=True)
    for session_id in done.erased:
        typer.echo(session_id)
    if not done.erased and not done.failed:
        typer.echo("no behaviour is older than the setting behaviour_days", err=True)


def _where(record: str) -> str | Path:
    """Take what is a folder for a folder, and all else for the id of a session."""
    return Path(record) if Path(record).is_dir() or "/" in record else record
