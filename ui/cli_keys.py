"""`facesign keys`: the master key of a home folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from facesign.interview.home import Home

__all__ = ["keys_app"]

keys_app = typer.Typer(help="The key that everything at rest hangs on.", no_args_is_help=True)

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of facesign's state.")]


@keys_app.command("init")
def init_key(home: HomeOption = None) -> None:
    """Make the master key and print its id."""
    from facesign.interview.keyfiles import init_master_key

    notice = init_master_key(Home.resolve(home))
    typer.echo(notice.message, err=True)
    typer.echo(notice.key_id)


@keys_app.command("rotate")
def rotate_key(home: HomeOption = None) -> None:
    """Make a new master key, rewrap every wrapped key with it, and print its id."""
    from facesign.interview.keyfiles import rotate

    done = rotate(Home.resolve(home))
    typer.echo(done.notice.message, err=True)
    typer.echo(f"it replaces {done.replaced}; wrapped keys moved: {done.n_rewrapped}", err=True)
    typer.echo(done.notice.key_id)
