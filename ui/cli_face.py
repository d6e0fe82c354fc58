"""`facesign face`: signals and brief movements of one recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from facesign.errors import MediaError, SettingsError
from facesign.ui.progress import progress_bar
from facesign.ui.system import require_system_libraries

if TYPE_CHECKING:
    from facesign.interview.report import Report

__all__ = ["BaselineOption", "face_app"]

face_app = typer.Typer(help="The face alone: signals and brief movements.", no_args_is_help=True)

MediaArgument = Annotated[Path, typer.Argument(help="Recording with a face.")]
BaselineOption = Annotated[
    Literal["auto", "whole"],
    typer.Option(
        help="auto: marked baseline questions, else the first calm 8 s; whole: the recording "
        "itself, up to 300 s."
    ),
]


@face_app.command("signals")
def signals(
    media: MediaArgument,
    out: Annotated[Path, typer.Option("-o", "--out", help="Parquet file to write.")],
    baseline: BaselineOption = "auto",
) -> None:
    """Write time_s and the 132 signals; NaN where the face is lost or the baseline short."""
    require_system_libraries()
    from facesign import analyze
    from facesign.interview.tables import check_file_writable, write_signals

    check_file_writable(out)
    _require_picture(media)
    with progress_bar(media.name) as progress:
        report = analyze(media, baseline=baseline, progress=progress)
    _require_behaviour(report)
    write_signals(out, report.signals)
    typer.echo(str(out))


@face_app.command("events")
def events(
    media: MediaArgument,
    baseline: BaselineOption = "auto",
    classes: Annotated[
        bool, typer.Option("--classes", help="Add the MEGC class: research output.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List brief movements: onset, apex, offset, probability, reliability, channels."""
    require_system_libraries()
    from facesign import analyze

    _require_picture(media)
    with progress_bar(media.name) as progress:
        report = analyze(media, baseline=baseline, progress=progress)
    _require_behaviour(report)
    found = report.face_events(classes=classes)
    if as_json:
        typer.echo(json.dumps(found))
        return
    for one in found["movements"]:
        times = f"{one['onset_s']:.2f} {one['apex_s']:.2f} {one['offset_s']:.2f}"
        kind = f"{one['megc_class']:<8} " if classes else ""
        line = f"{times}  {one['probability']:.2f}  {one['reliability']:<7} {kind}"
        typer.echo(line + " ".join(one["channels"]))
    for span in found["not_assessed"]:
        times = f"{span['start_s']:.2f} {span['end_s']:.2f}"
        typer.echo(f"{times}  not assessed: {span['reason']}")


def _require_picture(media: Path) -> None:
    from facesign.interview.media.recording import open_media

    with open_media(media) as recording:
        if recording.info.video is None:
            raise MediaError(media, "has no picture; expected a recording with a face")


def _require_behaviour(report: Report) -> None:
    if not report.to_dict()["settings"]["behaviour"]:
        raise SettingsError("behaviour is off in this home's profile: there are no signals")
