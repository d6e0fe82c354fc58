"""Who may sign in to the console: names, roles and passwords."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal, TypeAlias, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, RowMapping, func, insert, select, update

from facesign.errors import UserError
from facesign.interview.archive.database import ArchiveDatabase
from facesign.interview.archive.tables import UserRow

__all__ = ["LEAST_PASSWORD", "ROLES", "Role", "User", "Users"]

Role: TypeAlias = Literal["officer", "analyst", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
LEAST_PASSWORD = 12
"""Characters of a password."""
MOST_PASSWORD = 256


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in."""

    name: str = field(repr=False)
    role: Role
    created_at: datetime
    disabled: bool
    session_version: int
    """Counted up when a password or role changes, which ends every sign-in before."""


class Users:
    """The users of one archive.

    Args:
        database: The archive's database.
        hasher: Hashes passwords; argon2id with its library's settings by default.
    """

    def __init__(self, database: ArchiveDatabase, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self._hasher = hasher or PasswordHasher()
        # Every hash takes 64 MiB: guessing in parallel must not take the machine.
        self._hashing = threading.Semaphore(2)

    def has_admin(self) -> bool:
        """Tell whether there is an admin who may sign in."""
        with self._database.reading() as connection:
            return _has_admin(connection)

    def all(self) -> list[User]:
        """List the users by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(UserRow.__table__).order_by(UserRow.name)).mappings()
            return [_user(row) for row in rows]

    def find(self, name: str) -> User | None:
        """Return a user by name, None where there is none."""
        row = self._row(name)
        return None if row is None else _user(row)

    def add(self, name: str, *, role: str, password: str) -> User:
        """Make a user.

        Raises:
            UserError: the name is taken or no name, the role is unknown, or the password
                is too short.
        """
        _require_name(name)
        hashed = self._hash(_checked(password, name))
        values: dict[str, Any] = {
            "name": name,
            "role": _role(role),
            "password_hash": hashed,
            "created_at": datetime.now(UTC),
            "disabled": False,
            "session_version": 1,
        }
        with self._database.writing() as connection:
            taken = select(UserRow.name).where(func.lower(UserRow.name) == name.lower())
            if connection.execute(taken).first() is not None:
                raise UserError(f"there is a user {name!r} already")
            connection.execute(insert(UserRow).values(**values))
        return User(name, _role(role), values["created_at"], False, 1)

    def set_role(self, name: str, role: str) -> None:
        """Change a role; raises as `add`, and where it would leave no admin."""
        self._change(name, role=_role(role))

    def set_password(self, name: str, password: str) -> None:
        """Change a password; raises as `add`."""
        self._change(name, password_hash=self._hash(_checked(password, name)))

    def disable(self, name: str, *, disabled: bool = True) -> None:
        """Keep a user from signing in, or let them again; raises where no admin would be left."""
        self._change(name, disabled=disabled)

    def check(self, name: str, password: str) -> User | None:
        """Return the user whose name and password these are, None where they are not.

        Takes as long for a name that there is not.
        """
        row = self._row(name)
        right = self._verify(self._nobody if row is None else row["password_hash"], password)
        if row is None or row["disabled"] or not right:
            return None
        return _user(row)

    @cached_property
    def _nobody(self) -> str:
        return self._hash("nobody has this password")

    def _hash(self, password: str) -> str:
        with self._hashing:
            return self._hasher.hash(password)

    def _verify(self, hashed: str, password: str) -> bool:
        with self._hashing:
            try:
                return self._hasher.verify(hashed, password[:MOST_PASSWORD])
            except (VerifyMismatchError, InvalidHashError):
                return False

    def _row(self, name: str) -> RowMapping | None:
        query = select(UserRow.__table__).where(UserRow.name == name)
        with self._database.reading() as connection:
            return connection.execute(query).mappings().first()

    def _change(self, name: str, **values: Any) -> None:
        with self._database.writing() as connection:
            had_admin = _has_admin(connection)
            changed = connection.execute(
                update(UserRow)
                .where(UserRow.name == name)
                .values(session_version=UserRow.session_version + 1, **values)
            )
            if changed.rowcount == 0:
                raise UserError(f"there is no user {name!r}")
            if had_admin and not _has_admin(connection):
                raise UserError(f"{name!r} is the last admin: make another one first")


def _has_admin(connection: Connection) -> bool:
    admins = select(func.count()).where(UserRow.role == "admin", UserRow.disabled.is_(False))
    return bool(connection.execute(admins).scalar())


def _user(row: RowMapping) -> User:
    return User(
        row["name"], _role(row["role"]), row["created_at"], row["disabled"], row["session_version"]
    )


def _role(role: str) -> Role:
    for known in ROLES:
        if role == known:
            return known
    raise UserError(f"role must be one of {', '.join(ROLES)}, got {role!r}")


def _require_name(name: str) -> None:
    if not (1 <= len(name) <= 64 and name == name.strip() and name.isprintable()):
        raise UserError(
            f"a user's name has 1 to 64 printable characters, no space around; got {name!r}"
        )


def _checked(password: str, name: str) -> str:
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise UserError(
            f"a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters, got {len(password)}"
        )
    if password.lower() == name.lower():
        raise UserError("the password is the name; choose another")
    return password
