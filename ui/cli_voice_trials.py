"""`facesign voice score` and `calibrate`: lists of trials."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from facesign.ui.progress import progress_bar
from facesign.ui.voice_commands import HomeOption, JsonOption

__all__ = ["calibrate", "score"]

TrialsArgument: TypeAlias = Annotated[
    Path, typer.Argument(help="CSV with label,path_a,path_b: 1 for one person, 0 for two.")
]
RootOption: TypeAlias = Annotated[
    Path, typer.Option("--root", help="Folder that the paths are relative to.")
]


def score(
    trials: TrialsArgument,
    root: RootOption,
    out: Annotated[Path, typer.Option("--out", help="CSV to write.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score a list of trials: the same columns come out, with score and llr."""
    from facesign.interview.voice_trials import score_trials

    with progress_bar(trials.name) as progress:
        done = score_trials(trials, root, out, home=home, progress=progress)
    if as_json:
        typer.echo(json.dumps(done.to_dict(), ensure_ascii=False))
        return
    typer.echo(f"{done.n_scored} of {done.n_trials} trials scored: {done.out}")
    for path in done.failed:
        typer.echo(f"no voiceprint: {path}")


def calibrate(
    trials: TrialsArgument,
    root: RootOption,
    validated_for: Annotated[
        str | None, typer.Option("--validated-for", help="People and channels in the trials.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure operating points on the bank's own trials, which count from then on."""
    from facesign.interview.voice_calibration import calibrate_trials

    with progress_bar(trials.name) as progress:
        done = calibrate_trials(
            trials, root, home=home, validated_for=validated_for, progress=progress
        )
    if as_json:
        typer.echo(json.dumps(done.to_dict(), ensure_ascii=False))
        return
    typer.echo(f"EER {done.eer:.3f}, Cllr {done.cllr:.3f} (at best {done.min_cllr:.3f})")
    typer.echo(f"{done.n_speakers} speakers; {done.n_without_print} trials without a voiceprint")
    for point in done.points:
        name = f"{point.name} (default)" if point is done.points[0] else point.name
        typer.echo(f"{name}: llr {point.threshold:.2f}, FMR {point.fmr:.2g}, FNMR {point.fnmr:.2g}")
    typer.echo(str(done.file))
