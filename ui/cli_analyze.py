"""`facesign analyze` and `facesign demo`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias, cast

import typer

from facesign.interview.home import Home, Language, Settings
from facesign.models.registry import Provider
from facesign.ui.cli_face import BaselineOption
from facesign.ui.progress import progress_bar
from facesign.ui.system import require_system_libraries

if TYPE_CHECKING:
    from facesign.interview.report import Report
    from facesign.interview.session import Participant

__all__ = ["analyze_media", "demo"]

HomeOption: TypeAlias = Annotated[
    Path | None, typer.Option("--home", help="Folder of facesign's state.")
]
LangOption: TypeAlias = Annotated[
    Language | None, typer.Option("--lang", help="Language of the report.")
]


def analyze_media(
    media: Annotated[Path, typer.Argument(help="Recorded interview: picture, sound or both.")],
    script: Annotated[str | None, typer.Option(help="Question script: id or YAML file.")] = None,
    marks: Annotated[Path | None, typer.Option(help="CSV: when each question was asked.")] = None,
    customer: Annotated[str | None, typer.Option(help="Customer number.")] = None,
    external_ref: Annotated[str | None, typer.Option(help="The bank's own case number.")] = None,
    consent: Annotated[Path | None, typer.Option(help="JSON: what was consented to.")] = None,
    applicant_audio: Annotated[Path | None, typer.Option(help="Applicant's own sound.")] = None,
    officer_audio: Annotated[Path | None, typer.Option(help="Officer's own sound.")] = None,
    participant: Annotated[
        list[str] | None,
        typer.Option(help="co_applicant, interpreter or companion, declared; may be repeated."),
    ] = None,
    gallery: Annotated[
        str | None, typer.Option(help="Database of voiceprints, instead of the home's.")
    ] = None,
    officer_sample: Annotated[
        Path | None, typer.Option(help="Speech of the officer alone; held in memory only.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write the report to.")] = None,
    images: Annotated[bool, typer.Option("--images", help="Show pictures of the face.")] = False,
    baseline: BaselineOption = "auto",
    behaviour: Annotated[bool, typer.Option(help="Assess behaviour.")] = True,
    task_file: Annotated[Path | None, typer.Option(help="Face Landmarker .task file.")] = None,
    record: Annotated[
        bool, typer.Option("--record", help="Keep an evidence record in the home folder.")
    ] = False,
    lang: LangOption = None,
    provider: Annotated[
        Provider | None,
        typer.Option(help="Where ONNX models run."),
    ] = None,
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Analyze a recorded interview; without --out print a summary and write nothing."""
    require_system_libraries()
    from facesign import analyze

    with progress_bar(media.name) as progress:
        report = analyze(
            media,
            script=script,
            marks=marks,
            customer=customer,
            external_ref=external_ref,
            consent=consent,
            applicant_audio=applicant_audio,
            officer_audio=officer_audio,
            participants=cast("list[Participant]", participant or []),
            behaviour=behaviour,
            baseline=baseline,
            settings=_settings(home, lang, provider),
            task_file=task_file,
            gallery=gallery,
            officer_sample=officer_sample,
            home=home,
            record=record,
            out=out,
            images=images,
            progress=progress,
        )
    _show(report, out, as_json=as_json)
    if "marks_after_end" in report.to_dict()["limits"]:
        typer.echo(f"{marks}: every mark is later than the end of {media}", err=True)
    if record:
        typer.echo(f"record: {Home.resolve(home).records / report.session_id}", err=True)


def demo(
    name: Annotated[str, typer.Argument(help="Which bundled interview.")] = "genuine",
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("facesign-demo"),
    lang: LangOption = None,
    home: HomeOption = None,
) -> None:
    """Analyze a bundled interview of a rendered person and say where the report is."""
    require_system_libraries()
    from facesign import analyze
    from facesign.samples import load
    from facesign.samples.enrolled import CUSTOMER, enrolled

    sample = load(name)
    with enrolled(sample) as gallery_home, progress_bar(sample.media.name) as progress:
        report = analyze(
            sample.media,
            script=sample.script,
            marks=sample.marks,
            customer=None if gallery_home is None else CUSTOMER,
            settings=_settings(home, lang, None),
            gallery=None if gallery_home is None else f"sqlite:///{gallery_home.gallery}",
            home=gallery_home or home,
            out=out,
            images=True,
            progress=progress,
        )
    _show(report, out, as_json=False)


def _settings(home: Path | None, lang: Language | None, provider: Provider | None) -> Settings:
    settings = Home.resolve(home).settings()
    return replace(settings, lang=lang or settings.lang, provider=provider or settings.provider)


def _show(report: Report, out: Path | None, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.to_dict(), ensure_ascii=False))
        return
    for line in report.lines():
        typer.echo(line)
    if out is not None:
        typer.echo(f"report: {(out / 'report.html').resolve()}")
