from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from facesign.errors import KeyFileError
from facesign.interview.home import Home
from facesign.interview.keyfiles import load_keys
from facesign.ui.cli_keys import keys_app

run = CliRunner().invoke


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FACESIGN_MASTER_KEY", raising=False)
    monkeypatch.delenv("FACESIGN_MASTER_KEY_FILE", raising=False)


def key_id(home: Path) -> str:
    return load_keys(Home(home)).current.key_id


def test_init_prints_the_id_and_warns_on_stderr(tmp_path: Path) -> None:
    result = run(keys_app, ["init", "--home", str(tmp_path)])
    assert result.exit_code == 0
    assert result.stdout == f"{key_id(tmp_path)}\n"
    assert "back it up" in result.stderr
    assert str(tmp_path / "keys" / "master.key") in result.stderr


def test_init_twice_is_an_error_of_facesign(tmp_path: Path) -> None:
    run(keys_app, ["init", "--home", str(tmp_path)])
    result = run(keys_app, ["init", "--home", str(tmp_path)])
    assert isinstance(result.exception, KeyFileError)
    assert result.stdout == ""


def test_rotate_prints_the_new_id_and_names_the_old_one(tmp_path: Path) -> None:
    run(keys_app, ["init", "--home", str(tmp_path)])
    before = key_id(tmp_path)
    result = run(keys_app, ["rotate", "--home", str(tmp_path)])
    assert result.exit_code == 0
    assert result.stdout == f"{key_id(tmp_path)}\n"
    assert f"it replaces {before}; wrapped keys moved: 0" in result.stderr


def test_rotate_without_a_key_is_an_error_of_facesign(tmp_path: Path) -> None:
    result = run(keys_app, ["rotate", "--home", str(tmp_path)])
    assert isinstance(result.exception, KeyFileError)
    assert "run: facesign keys init" in str(result.exception)


def test_the_home_comes_from_the_environment_where_no_option_names_it(tmp_path: Path) -> None:
    run(keys_app, ["init"], env={"FACESIGN_HOME": str(tmp_path)})
    assert (tmp_path / "keys" / "master.key").is_file()
