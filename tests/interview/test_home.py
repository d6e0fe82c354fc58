from __future__ import annotations

import dataclasses
import stat
from pathlib import Path

import platformdirs
import pytest

from facesign.errors import OutputError, SettingsError
from facesign.interview.home import CHECKS, ENCODERS, LANGUAGES, PROFILES, Home, Settings
from facesign.interview.ice import ICE_SCHEMES
from facesign.models.registry import PROVIDERS


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_argument_goes_before_the_environment(tmp_path: Path) -> None:
    env = {"FACESIGN_HOME": str(tmp_path / "env")}
    assert Home.resolve(tmp_path / "given", env=env).root == tmp_path / "given"


def test_the_environment_goes_before_the_users_data_folder(tmp_path: Path) -> None:
    assert Home.resolve(env={"FACESIGN_HOME": str(tmp_path)}).root == tmp_path


@pytest.mark.parametrize("env", [{}, {"FACESIGN_HOME": ""}])
def test_without_a_name_the_home_is_the_users_data_folder(env: dict[str, str]) -> None:
    assert Home.resolve(env=env).root == platformdirs.user_data_path("facesign")


def test_the_home_is_absolute_and_knows_the_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Home.resolve(Path("here")).root == tmp_path / "here"
    assert Home.resolve(Path("~/there")).root == tmp_path / "there"


def test_the_home_holds_what_the_design_names(tmp_path: Path) -> None:
    home = Home(tmp_path)
    paths = [home.config, home.gallery, home.archive, home.records, home.models, home.keys]
    assert [path.name for path in paths] == [
        "config.toml",
        "gallery.db",
        "archive.db",
        "records",
        "models",
        "keys",
    ]
    assert {path.parent for path in paths} == {tmp_path}


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    home = Home.resolve(tmp_path / "home")
    home.settings()
    assert not home.root.exists()


def test_folders_are_for_the_owner_only(tmp_path: Path) -> None:
    home = Home(tmp_path / "a" / "home")
    made = home.make(home.records / "session")
    assert made == tmp_path / "a" / "home" / "records" / "session"
    assert [mode(path) for path in (home.root, home.records, made)] == [0o700] * 3


def test_making_a_folder_twice_keeps_what_is_in_it(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    (home.make(home.models) / "own.onnx").write_bytes(b"1")
    assert (home.make(home.models) / "own.onnx").read_bytes() == b"1"


def test_a_file_in_the_place_of_the_home_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    home = Home(tmp_path / "home")
    with pytest.raises(OutputError, match=r"cannot write .*home: a file has that name"):
        home.make(home.keys)


def test_a_home_below_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    home = Home(tmp_path / "file" / "home")
    with pytest.raises(OutputError, match="Not a directory"):
        home.make(home.keys)


def test_a_folder_outside_the_home_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="outside the home folder"):
        Home(tmp_path / "home").make(tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


def test_every_setting_has_a_default(tmp_path: Path) -> None:
    assert Home(tmp_path).settings() == Settings(
        profile="default",
        lang="en",
        required_checks=("consent", "quality", "identity", "genuineness"),
        provider="auto",
    )


def test_settings_are_read_from_config_toml(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        'profile = "eu"\nlang = "zh"\nrequired_checks = ["consent", "identity"]\nprovider = "cpu"\n'
    )
    assert Home(tmp_path).settings() == Settings(
        profile="eu", lang="zh", required_checks=("consent", "identity"), provider="cpu"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('colour = "red"', "no setting is named colour; there are profile, lang, required_checks"),
        ('lang = "fr"', "lang must be one of zh, en, got 'fr'"),
        ("profile = 3", "profile must be one of default, eu, got 3"),
        ('provider = ["cpu"]', "provider must be one of auto, cpu, cuda"),
        ("required_checks = []", r"required_checks must be a list from consent.*got \(\)"),
        ('required_checks = ["luck"]', "must be a list from consent"),
        ('required_checks = "identity"', "must be a list from consent"),
        ("required_checks = [[1]]", "must be a list from consent"),
        ("lang = ", "not TOML"),
    ],
)
def test_a_setting_that_is_not_allowed_is_one_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(SettingsError, match=words) as caught:
        Home(tmp_path).settings()
    assert str(caught.value).startswith(str(tmp_path / "config.toml"))
    assert "\n" not in str(caught.value)


def test_a_config_that_is_not_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not TOML"):
        Home(tmp_path).settings()


def test_a_config_that_is_a_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(SettingsError, match="Is a directory"):
        Home(tmp_path).settings()


def test_the_docs_name_every_setting_and_its_values() -> None:
    page = (Path(__file__).parents[2] / "docs" / "state.md").read_text("utf-8")
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    values = {
        "profile": PROFILES,
        "lang": LANGUAGES,
        "required_checks": CHECKS,
        "provider": PROVIDERS,
        "encoder": ENCODERS,
        "behaviour_days": ("0", "36500", "90"),
        "gallery": ("gallery.db",),
        "ice_servers": ICE_SCHEMES,
    }
    assert set(values) == {field.name for field in dataclasses.fields(Settings)}
    for name, allowed in values.items():
        assert all(f"`{value}`" in rows[name] for value in allowed)


def test_ice_servers_are_read_from_the_config(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        'ice_servers = [{ urls = "turn:turn.bank.example:3478", username = "u", credential = "c" }]'
    )
    settings = Home(tmp_path).settings()
    assert settings.ice_servers == (
        {"urls": "turn:turn.bank.example:3478", "username": "u", "credential": "c"},
    )
    assert "turn.bank" not in repr(settings)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ('"stun:x"', "must be a list"),
        ('[{ urls = "https://x" }]', "must start with stun:"),
        ('[{ urls = "stun:x", port = "1" }]', "got 'port'"),
        ("[{ username = 'u' }]", "must start with stun:"),
        ("['stun:x']", "each of ice_servers has urls"),
    ],
)
def test_wrong_ice_servers_are_one_line(tmp_path: Path, value: str, message: str) -> None:
    (tmp_path / "config.toml").write_text(f"ice_servers = {value}")
    with pytest.raises(SettingsError, match=message):
        Home(tmp_path).settings()
