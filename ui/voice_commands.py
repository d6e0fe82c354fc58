"""What the commands of `facesign voice` have in common: a gallery, and two ways to print."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, ParamSpec, TypeAlias, get_type_hints

import typer

if TYPE_CHECKING:
    from facesign.interview.fingerprints import Fingerprints

__all__ = ["HomeOption", "JsonOption", "Told", "gallery_command"]

HomeOption: TypeAlias = Annotated[
    Path | None, typer.Option("--home", help="Folder of facesign's state.")
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.")]
GalleryOption: TypeAlias = Annotated[
    str | None, typer.Option("--gallery", help="Database of voiceprints, instead of the home's.")
]

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Told:
    """What a command found, for machines and for people."""

    values: Any
    lines: Sequence[str]


Command: TypeAlias = Callable[Concatenate["Fingerprints", P], "Told | str"]


def gallery_command(app: typer.Typer, name: str) -> Callable[[Command[P]], Callable[..., None]]:
    """Register a command that works on an open gallery, given as its first argument.

    It gains `--gallery` and `--home`; one that returns `Told` gains `--json`, and one that
    returns a line has that printed.
    """

    def register(command: Command[P]) -> Callable[..., None]:
        known = {"Fingerprints": object}
        hints = get_type_hints(command, localns=known, include_extras=True)
        has_json = hints.pop("return") is Told

        @wraps(command)
        def run(
            *given: Any, gallery: str | None, home: Path | None, as_json: bool = False, **named: Any
        ) -> None:
            with _opened(gallery, home) as prints:
                told = command(prints, *given, **named)
            if isinstance(told, str):
                typer.echo(told)
            elif as_json:
                typer.echo(json.dumps(told.values, ensure_ascii=False))
            else:
                for line in told.lines:
                    typer.echo(line)

        _, *own = inspect.signature(command).parameters.values()
        parameters = [it.replace(annotation=hints[it.name]) for it in own]
        parameters += [_option("gallery", GalleryOption, None), _option("home", HomeOption, None)]
        if has_json:
            parameters.append(_option("as_json", JsonOption, False))
        # typer reads the signature where there is one, and annotations beside it.
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {it.name: it.annotation for it in parameters}
        app.command(name)(run)
        return run

    return register


def _option(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=annotation)


def _opened(gallery: str | None, home: Path | None) -> Fingerprints:
    from facesign import Fingerprints

    return Fingerprints.open(
        gallery, home=home, announce=lambda notice: typer.echo(notice.message, err=True)
    )
