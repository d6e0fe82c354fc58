"""The page of scenarios and their keys in docs/, written from the code and the files."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from facesign.samples.studio.scenario import Scenario, load_scenario, scenario_names

__all__ = ["main", "studio_page"]

_HEAD = """\
# The studio

`facesign studio render SCENARIO -o DIR` renders an interview of a person who does not exist, with
everything that is true of it. It needs the extra (`pip install 'facesign[studio]'`), the system
libraries `libegl1 libgl1-mesa-dri espeak-ng`, and the face rig
(`facesign models pull ict-facekit-light`).

![Twenty-four people of the studio](images/studio-people.jpg)

| file | what |
| --- | --- |
| `interview.mp4` | H.264 and AAC: picture, and both voices in one track |
| `applicant.flac`, `officer.flac` | each side's own microphone |
| `enrollment.flac` | the claimed customer's voice from another day |
| `marks.csv` | when each question was asked and answered, for `facesign analyze --marks` |
| `truth.json` | people, movements, blinks, gaze, speech, questions, attacks, families |
| `truth.npz` | each frame's shape weights, head pose, gaze and place of the eyes |

`truth.json` keeps to [a schema](../samples/truth.schema.json); `facesign.samples.load("DIR")` reads
a folder back with its typed truth. The same seed gives the same files on the same machine. Parts
of a scenario have random numbers of their own, so that two scenarios with one seed differ only in
what they say. Everything says that it is synthetic: the picture's corner (`--for-training` leaves
that out), the media's metadata, the truth.

`--signals-only` pushes the same pictures and sound through the analysis and writes
`signals.parquet` in the place of films.

Named families (motion, pulse, texture, light, camera, backdrop) stand in the truth, so that an
evaluation can leave one out of training.

This page is written by `python -m facesign.samples.studio.page docs/studio.md`.
"""
_KEYS = """\
## Writing a scenario

A scenario is a TOML file. Every table and key may be left out. `extends = ["genuine-calm"]` starts
from other scenarios, by name or path; tables are merged, the file's own words go first. Two numbers
in brackets are least and most of what is drawn anew for each seed.
"""


def studio_page() -> str:
    """Write the page in Markdown."""
    return "\n".join([_HEAD, *_scenarios(), "", _KEYS, *_tables()]) + "\n"


def _scenarios() -> Iterator[str]:
    yield "## Scenarios\n"
    yield "| name | what happens | |"
    yield "| --- | --- | --- |"
    for name in scenario_names():
        scenario = load_scenario(name)
        yield f"| `{name}` | {scenario.title.en} ({scenario.title.zh}) | {scenario.about.en} |"


def _tables() -> Iterator[str]:
    seen: set[type[BaseModel]] = {Scenario}
    waiting: list[tuple[str, type[BaseModel]]] = [("", Scenario)]
    while waiting:
        place, model = waiting.pop(0)
        if place:
            yield f"### `{place}`\n\n{_sentence(model.__doc__)}\n"
        yield "| key | default | |\n| --- | --- | --- |"
        for name, field in model.model_fields.items():
            if name == "name" and model is Scenario:
                continue
            key = _key(name, field)
            yield f"| `{key}` | {_default(field)} | {_meaning(field)} |"
            for below in _models(field.annotation):
                if below not in seen:
                    seen.add(below)
                    waiting.append((f"{place}.{key}".lstrip("."), below))
        yield ""


def _key(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    choices = getattr(alias, "choices", ())
    return str(choices[0]) if choices else name


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if field.is_required():
        return "required"
    if isinstance(value, BaseModel):
        return "see below"
    if value is None:
        return "none"
    if isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value):
        return f"{len(value)} of them"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    shown = list(value) if isinstance(value, tuple) else value
    return f"`{shown!r}`".replace("'", '"')


def _meaning(field: FieldInfo) -> str:
    words = " ".join((field.description or "").split())
    choices = [f"`{choice}`" for choice in _choices(field.annotation) if f"`{choice}`" not in words]
    limits = [
        f"{sign} {getattr(limit, name):g}"
        for limit in field.metadata
        for name, sign in (("ge", ">="), ("gt", ">"), ("le", "<="), ("lt", "<"))
        if hasattr(limit, name)
    ]
    more = ", ".join(choices if len(choices) > 1 else limits)
    return f"{words} ({more})" if more else words


def _choices(annotation: Any) -> list[Any]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    if get_origin(annotation) in (Union, UnionType, Annotated):
        return [choice for part in get_args(annotation) for choice in _choices(part)]
    return []


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def _sentence(doc: str | None) -> str:
    return " ".join((doc or "").split())


def main(argv: Sequence[str] | None = None) -> int:
    """Write the page to the file that is named."""
    (target,) = sys.argv[1:] if argv is None else argv
    Path(target).write_text(studio_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
