"""docs/cli.md and README against the commands there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from facesign.ui.cli import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHIPPED = ("biometrics", "interview", "models", "ui")


def walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield every command that does something, with its full name."""
    below = getattr(command, "commands", {})
    if not below or name == "facesign":
        yield name, command
    for word, one in below.items():
        yield from walk(one, f"{name} {word}")


COMMANDS = dict(walk(get_command(app), "facesign"))


def sections(page: str) -> dict[str, str]:
    """Split the page at its headings, by command without its arguments."""
    parts = re.split(r"^## (facesign.*)$", page, flags=re.MULTILINE)[1:]
    heads = [re.sub(r"( \[?[A-Z]+\]?)+$", "", head) for head in parts[::2]]
    return dict(zip(heads, parts[1::2], strict=True))


def test_the_page_has_every_command_and_no_other() -> None:
    assert sorted(sections(PAGE)) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_has_every_option_and_no_other(name: str) -> None:
    rows = [line for line in sections(PAGE)[name].splitlines() if line.startswith("| `-")]
    listed = [word for row in rows for word in re.findall(r"`(-[\w-]+)`", row.split(" | ")[0])]
    there_are = [
        word
        for parameter in COMMANDS[name].params
        for word in (*parameter.opts, *parameter.secondary_opts)
        if word.startswith("-")
    ]
    assert sorted(listed) == sorted(there_are)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_heading_has_the_arguments(name: str) -> None:
    given = [p.name.upper() for p in COMMANDS[name].params if not p.opts[0].startswith("-")]
    (heading,) = re.findall(rf"^## {name}((?: \[?[A-Z]+\]?)*)$", PAGE, flags=re.MULTILINE)
    assert re.findall(r"[A-Z]+", heading) == given


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_says_what_it_is_for(name: str) -> None:
    assert COMMANDS[name].help
    for parameter in COMMANDS[name].params:
        assert parameter.help, parameter.name


def test_readme_names_only_commands_there_are() -> None:
    lines = [
        line
        for block in re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
        for line in block.splitlines()
        if line.startswith("facesign ")
    ]
    assert lines
    for line in lines:
        words = line.split("#")[0].split()
        name = next(n for n in (" ".join(words[:3]), " ".join(words[:2])) if n in COMMANDS)
        options = {o for p in COMMANDS[name].params for o in (*p.opts, *p.secondary_opts)}
        assert {word for word in words if re.match(r"--?[a-z]", word)} <= options, line


def test_the_page_has_every_environment_variable_and_no_other() -> None:
    read = {
        name
        for folder in SHIPPED
        for file in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"\"(FACESIGN_[A-Z_]+)\"", file.read_text(encoding="utf-8"))
    }
    listed = set(re.findall(r"^\| `(FACESIGN_[A-Z_]+)` \|", PAGE, flags=re.MULTILINE))
    assert listed == read
