"""What is wrong in a scenario file, in one line."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ValidationError

__all__ = ["first_line"]


def first_line(error: ValidationError, model: type[BaseModel]) -> str:
    """Say what the first error is, where, and what would be right.

    Args:
        error: What pydantic found.
        model: The model that was to be filled.
    """
    first = error.errors(include_url=False)[0]
    *where, last = first["loc"] or ("",)
    if first["type"] == "extra_forbidden":
        table = ".".join(map(str, where)) or "a scenario"
        return f"{table} has no key {last!r}; it has {', '.join(_keys(model, where))}"
    place = ".".join(map(str, first["loc"])) or "the file"
    problem = first["msg"].removeprefix("Value error, ")
    given = first["input"]
    shown = f", got {given!r}" if isinstance(given, str | int | float | bool) else ""
    shown = "" if "got" in problem else shown
    return f"{place}: {problem[:1].lower()}{problem[1:]}{shown}"


def _keys(model: type[BaseModel], where: list[Any]) -> list[str]:
    """Return the keys of the table at a place."""
    for step in where:
        annotation = None
        if isinstance(step, str) and step in model.model_fields:
            annotation = model.model_fields[step].annotation
            found = list(_models(annotation))
            if found:
                model = found[0]
        elif isinstance(step, str):
            # The name of one kind of a union.
            kinds = (kind for kind in _subclasses(BaseModel) if _kind(kind) == step)
            model = next(kinds, model)
    keys = (field.alias or name for name, field in model.model_fields.items() if name != "name")
    return sorted(keys)


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def _subclasses(model: type[BaseModel]) -> list[type[BaseModel]]:
    below = model.__subclasses__()
    return [*below, *(lower for one in below for lower in _subclasses(one))]


def _kind(model: type[BaseModel]) -> Any:
    field = model.model_fields.get("kind")
    return field.default if field is not None else None
