"""`facesign` on the command line: parse, call the SDK, print."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.main import get_command

from facesign import __version__
from facesign.errors import FacesignError
from facesign.ui.cli_analyze import analyze_media, demo
from facesign.ui.cli_console import console
from facesign.ui.cli_evidence import evidence_app
from facesign.ui.cli_face import face_app
from facesign.ui.cli_keys import keys_app
from facesign.ui.cli_models import models_app
from facesign.ui.cli_risk import risk_app
from facesign.ui.cli_studio import studio_app
from facesign.ui.cli_users import users_app
from facesign.ui.cli_voice import voice_app

__all__ = ["app", "main"]

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells use it."""

app = typer.Typer(
    help="facesign (面签): face-to-face KYC for loan signing, explained.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # importing rich takes as long as all the rest of --help
    add_completion=False,
)
app.command("demo")(demo)
app.command("analyze")(analyze_media)
app.command("console")(console)
app.add_typer(face_app, name="face")
app.add_typer(voice_app, name="voice")
app.add_typer(risk_app, name="risk")
app.add_typer(evidence_app, name="evidence")
app.add_typer(models_app, name="models")
app.add_typer(users_app, name="users")
app.add_typer(keys_app, name="keys")
app.add_typer(studio_app, name="studio")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    """facesign (面签): face-to-face KYC for loan signing, explained."""


def main() -> None:
    """Run one command; exit 0 done, 1 facesign's own error, 2 usage, 130 after Ctrl-C."""
    with _native_output_hidden():
        status = _run()
    sys.exit(status)


def _run() -> int:
    try:
        command: Any = get_command(app)
        status = int(command.main(prog_name="facesign", standalone_mode=False) or 0)
        # typer turns Ctrl-C into this status.
        return _interrupted() if status == INTERRUPTED else status
    except FacesignError as error:
        return _say(str(error))
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _say(f"{where}{error.strerror or error}")
    except Exception as error:
        if hasattr(error, "show"):  # a usage error of the argument parser
            error.show()
            return int(getattr(error, "exit_code", 2))
        if os.environ.get("FACESIGN_DEBUG"):
            traceback.print_exc()
        return _say(
            f"unexpected {type(error).__name__}: {error}; "
            "FACESIGN_DEBUG=1 shows where, please report it"
        )


def _interrupted() -> int:
    _say("interrupted")
    return INTERRUPTED


def _say(line: str) -> int:
    sys.stderr.write(f"facesign: {' '.join(line.split())}\n")
    return 1


@contextmanager
def _native_output_hidden() -> Iterator[None]:
    """Move our own messages to a copy of stderr and close the original to native libraries."""
    if os.environ.get("FACESIGN_DEBUG"):
        yield
        return
    sys.stderr.flush()
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    ours, sys.stderr = sys.stderr, os.fdopen(kept, "w", buffering=1, encoding="utf-8")
    os.dup2(null, 2)
    os.close(null)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        sys.stderr.close()
        sys.stderr = ours
