"""Users of the console: names, roles, passwords."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from console_home import CHEAP

from facesign.errors import UserError
from facesign.interview.archive.store import Archive
from facesign.interview.archive.users import Users
from facesign.interview.home import Home

GOOD = "a-good-password"


@pytest.fixture
def users(tmp_path: Path) -> Iterator[Users]:
    with Archive.open(Home(tmp_path / "home")) as archive:
        yield Users(archive.database, CHEAP)


def test_a_user_is_known_by_name_and_password_alone(users: Users) -> None:
    users.add("anna", role="officer", password=GOOD)
    found = users.check("anna", GOOD)
    assert found is not None
    assert (found.name, found.role, found.disabled) == ("anna", "officer", False)
    assert users.check("anna", GOOD + "x") is None
    assert users.check("Anna", GOOD) is None
    assert users.check("nobody", GOOD) is None


def test_a_password_is_kept_as_an_argon2_hash(users: Users, tmp_path: Path) -> None:
    users.add("anna", role="officer", password=GOOD)
    held = b"".join(path.read_bytes() for path in (tmp_path / "home").glob("archive.db*"))
    assert b"$argon2id$" in held
    assert GOOD.encode() not in held


@pytest.mark.parametrize("name", ["", " anna", "a" * 65, "an\nna", "a\u202eb"])
def test_a_name_that_cannot_be_shown_is_refused(users: Users, name: str) -> None:
    with pytest.raises(UserError, match="1 to 64 printable"):
        users.add(name, role="officer", password=GOOD)


@pytest.mark.parametrize("password", ["", "eleven-char", "x" * 257])
def test_a_password_of_the_wrong_length_is_refused(users: Users, password: str) -> None:
    with pytest.raises(UserError, match="12 to 256"):
        users.add("anna", role="officer", password=password)


def test_the_name_is_no_password(users: Users) -> None:
    with pytest.raises(UserError, match="is the name"):
        users.add("Anna-of-Branch-7", role="officer", password="anna-of-branch-7")


def test_a_taken_name_or_an_unknown_role_is_refused(users: Users) -> None:
    users.add("anna", role="officer", password=GOOD)
    with pytest.raises(UserError, match="already"):
        users.add("ANNA", role="analyst", password=GOOD)
    with pytest.raises(UserError, match="officer, analyst, admin"):
        users.add("ben", role="boss", password=GOOD)


def test_the_last_admin_stays(users: Users) -> None:
    users.add("ruth", role="admin", password=GOOD)
    for change in (lambda: users.disable("ruth"), lambda: users.set_role("ruth", "officer")):
        with pytest.raises(UserError, match="last admin"):
            change()
    users.add("rosa", role="admin", password=GOOD)
    users.disable("ruth")
    assert users.check("ruth", GOOD) is None
    users.disable("ruth", disabled=False)
    assert users.check("ruth", GOOD) is not None


def test_an_officer_is_disabled_where_there_is_no_admin(users: Users) -> None:
    users.add("bo", role="officer", password=GOOD)
    assert not users.has_admin()
    users.disable("bo")
    assert users.check("bo", GOOD) is None
    users.add("ruth", role="admin", password=GOOD)
    assert users.has_admin()


def test_a_change_counts_the_version_up(users: Users) -> None:
    users.add("ruth", role="admin", password=GOOD)
    users.set_password("ruth", GOOD + "-2")
    found = users.check("ruth", GOOD + "-2")
    assert found is not None
    assert found.session_version == 2
    with pytest.raises(UserError, match="no user"):
        users.set_password("nobody", GOOD)
