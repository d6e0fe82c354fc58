"""`facesign users`: who may sign in to the console."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from facesign.interview.home import Home

if TYPE_CHECKING:
    from facesign.interview.archive.users import Users

__all__ = ["users_app"]

users_app = typer.Typer(help="Who may sign in to the console.", no_args_is_help=True)

NameArgument: TypeAlias = Annotated[str, typer.Argument(help="The user's name.")]
RoleOption: TypeAlias = Annotated[
    Literal["officer", "analyst", "admin"], typer.Option("--role", help="What they may do.")
]
HomeOption: TypeAlias = Annotated[
    Path | None, typer.Option("--home", help="Folder of facesign's state.")
]


@users_app.command("add")
def add_user(name: NameArgument, role: RoleOption, home: HomeOption = None) -> None:
    """Make a user; the password is asked for, or read from stdin where that is no terminal."""
    with _users(home) as users:
        users.add(name, role=role, password=_password())
    typer.echo(f"{role} added")


@users_app.command("list")
def list_users(home: HomeOption = None) -> None:
    """List the users with their roles."""
    with _users(home) as users:
        for user in users.all():
            typer.echo(f"{user.name}\t{user.role}\t{'disabled' if user.disabled else 'active'}")


@users_app.command("role")
def set_role(name: NameArgument, role: RoleOption, home: HomeOption = None) -> None:
    """Change what a user may do; they sign in anew."""
    with _users(home) as users:
        users.set_role(name, role)
    typer.echo(f"now {role}")


@users_app.command("password")
def set_password(name: NameArgument, home: HomeOption = None) -> None:
    """Give a user another password; every sign-in of theirs ends."""
    with _users(home) as users:
        users.set_password(name, _password())
    typer.echo("password changed")


@users_app.command("disable")
def disable_user(
    name: NameArgument,
    home: HomeOption = None,
    again: Annotated[bool, typer.Option("--enable", help="Let them sign in again.")] = False,
) -> None:
    """Keep a user from signing in; what they did stays named."""
    with _users(home) as users:
        users.disable(name, disabled=not again)
    typer.echo("active" if again else "disabled")


@contextmanager
def _users(home: Path | None) -> Iterator[Users]:
    from facesign.interview.archive.store import Archive
    from facesign.interview.archive.users import Users

    archive = Archive.open(Home.resolve(home))
    try:
        yield Users(archive.database)
    finally:
        archive.close()


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
