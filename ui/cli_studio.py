"""`facesign studio`: interviews with ground truth, rendered on demand."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from facesign.errors import MissingExtraError
from facesign.interview.home import Home
from facesign.ui.progress import progress_bar

__all__ = ["studio_app"]

studio_app = typer.Typer(
    help="Interviews of people who do not exist, rendered with their truth.", no_args_is_help=True
)


@studio_app.command("scenarios")
def list_scenarios(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the scenarios that ship: name and what happens."""
    _require_studio()
    from facesign.samples.studio.scenario import load_scenario, scenario_names

    found = [load_scenario(name) for name in scenario_names()]
    if as_json:
        rows = [
            {"name": one.name, "title": one.title.model_dump(), "about": one.about.model_dump()}
            for one in found
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for one in found:
        typer.echo(f"{one.name:<26}{one.title.en} ({one.title.zh})")


@studio_app.command("render")
def render_scenario(
    scenario: Annotated[str, typer.Argument(help="A scenario's name or TOML file.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder to write to.")],
    seed: Annotated[int, typer.Option(min=0, help="First seed; the same gives the same.")] = 1,
    count: Annotated[int, typer.Option(min=1, help="How many interviews.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes at once.")] = 1,
    rig: Annotated[Path | None, typer.Option(help="The face rig's file.")] = None,
    signals_only: Annotated[
        bool, typer.Option("--signals-only", help="Write signals and truth, no film.")
    ] = False,
    for_training: Annotated[
        bool, typer.Option("--for-training", help="Leave the corner mark out.")
    ] = False,
    home: Annotated[Path | None, typer.Option("--home", help="Folder of facesign's state.")] = None,
) -> None:
    """Render interviews of a scenario with their truth, and print their folders."""
    _require_studio()
    from facesign.samples.studio.render import Job, render_all
    from facesign.samples.studio.rig import find_rig
    from facesign.samples.studio.scenario import load_scenario

    wanted = load_scenario(scenario)
    rig_file = find_rig(rig, home=Home.resolve(home).root)
    folders = [out if count == 1 else out / f"{wanted.name}-{seed + n}" for n in range(count)]
    jobs = [
        Job(wanted, seed + n, folder, for_training, signals_only)
        for n, folder in enumerate(folders)
    ]
    with progress_bar(f"rendering {wanted.name}", long=2) as progress:
        for folder in render_all(jobs, rig_file, workers=workers, progress=progress):
            typer.echo(os.fspath(folder))


def _require_studio() -> None:
    missing = [name for name in ("moderngl", "pydantic") if find_spec(name) is None]
    if missing:
        raise MissingExtraError("studio", missing)
