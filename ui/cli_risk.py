"""`facesign risk`: what monitoring points and their ranks are worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["risk_app"]

risk_app = typer.Typer(help="Monitoring points and the rank of flags.", no_args_is_help=True)


@risk_app.callback()
def _risk() -> None:
    """Monitoring points and the rank of flags."""


@risk_app.command("calibrate")
def calibrate(
    labels: Annotated[
        Path, typer.Argument(help="CSV with report,label: report.json; genuine or fraud.")
    ],
    home: Annotated[Path | None, typer.Option("--home", help="Folder of facesign's state.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure on labelled sessions of the bank what the points of families are worth."""
    from facesign.interview.risk.calibration import calibrate_sessions

    done = calibrate_sessions(labels, home=home)
    if as_json:
        typer.echo(json.dumps(done.to_dict()))
        return
    typer.echo(f"{done.n_genuine} genuine and {done.n_fraud} fraud sessions")
    typer.echo(f"EER {done.eer:.3f}, Cllr {done.cllr:.3f}, each session by a fit on others")
    for family, weight in done.calibration.weights.items():
        typer.echo(f"{family}: {weight:.2f} a point")
    typer.echo(str(done.file))
