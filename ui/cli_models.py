"""`facesign models`: the registered weights files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from facesign.interview.home import Home
from facesign.models.registry import cards, verify
from facesign.ui.progress import progress_bar

__all__ = ["models_app"]

models_app = typer.Typer(help="The weights files that facesign runs.", no_args_is_help=True)

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of facesign's state.")]
NameArgument = Annotated[str, typer.Argument(help="Name in the registry.")]
TrustOption = Annotated[
    bool, typer.Option("--trust", help="Take a checkpoint that is not the registered one.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@models_app.command("list")
def list_models(as_json: JsonOption = False) -> None:
    """List the registered files: name, kind, licence, what each is for."""
    entries = cards()
    if as_json:
        typer.echo(json.dumps([asdict(entry) for entry in entries], indent=2))
        return
    for entry in entries:
        typer.echo(f"{entry.name:<34}{entry.kind:<8}{entry.licence:<12}{entry.used_for}")


@models_app.command("verify")
def verify_models(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check each file's hash; exit 1 if one is missing or changed."""
    results = verify(home=Home.resolve(home).root)
    if as_json:
        typer.echo(json.dumps([result.to_dict() for result in results], indent=2))
    else:
        for result in results:
            typer.echo(f"{result.status:<8}{result.card.name:<34}{result.problem or result.path}")
    if any(result.status == "failed" for result in results):
        raise typer.Exit(1)


@models_app.command("import")
def import_file(
    name: NameArgument,
    file: Annotated[Path, typer.Argument(help="The file or folder that you have.")],
    home: HomeOption = None,
    trust: TrustOption = False,
) -> None:
    """Check a file or folder that you have and take it into the home folder."""
    from facesign.models.install import import_model

    typer.echo(import_model(name, file, home=Home.resolve(home).root, trust=trust))


@models_app.command("pull")
def pull_files(
    name: NameArgument,
    home: HomeOption = None,
    mirror: Annotated[
        str | None, typer.Option("--from", help="Address of a mirror of the source.")
    ] = None,
    trust: TrustOption = False,
) -> None:
    """Fetch a file that does not ship from its source into the home folder."""
    from facesign.models.install import pull_model

    with progress_bar(f"pulling {name}") as progress:
        path = pull_model(
            name,
            home=Home.resolve(home).root,
            base_url=mirror,
            trust=trust,
            progress=progress,
        )
    typer.echo(path)
