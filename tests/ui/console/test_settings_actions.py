"""What the settings page shows, and what it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from console_home import Console, opened

from facesign.errors import ScriptError
from facesign.interview.own_scripts import OwnScripts
from facesign.models.registry import cards
from facesign.ui.console import settings_actions as actions
from facesign.ui.console.texts import texts

SCRIPT = files("facesign.interview").joinpath("scripts/car-loan-en.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with opened(tmp_path_factory.mktemp("settings") / "home") as made:
        yield made


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_registered_model_stands_there_with_its_hash(console: Console, lang: str) -> None:
    rows = actions.model_rows(console.desk, texts(lang))
    hashes = {card.name: card.sha256 for card in cards()}
    assert {row[0] for row in rows} == set(hashes)
    for name, use, licence, start, status in rows:
        assert hashes[name].startswith(start)
        assert all((use, licence, status))


def test_the_providers_that_are_there_are_named(console: Console) -> None:
    assert "CPU" in actions.provider_line(console.desk, texts("en"))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_operating_points_say_where_they_were_measured_and_for_whom(
    console: Console, lang: str
) -> None:
    t = texts(lang)
    rows = actions.point_rows(console.desk, t)
    assert rows
    for row in rows:
        assert "%" in row[2]
        assert "%" in row[3]
        assert row[5]
        assert row[6] == t("settings.not_validated")


def test_a_script_is_checked_without_being_kept_and_kept_on_demand(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as console:
        own, t = OwnScripts(console.home), texts("en")
        mine = SCRIPT.replace("id: car-loan-en", "id: my-loan", 1)
        assert "my-loan" in actions.script_summary(t, own, mine, save=False)
        assert "my-loan" not in set(own.ids())
        actions.script_summary(t, own, mine, save=True)
        assert "my-loan" in set(own.ids())
        assert own.load("my-loan").script_id == "my-loan"


def test_a_script_that_is_none_is_refused_in_one_line(console: Console) -> None:
    with pytest.raises(ScriptError) as caught:
        actions.script_summary(texts("en"), OwnScripts(console.home), "questions: 3", save=True)
    assert "\n" not in str(caught.value)


def test_users_stand_there_with_role_and_state(console: Console) -> None:
    rows = {row[0]: row[1:3] for row in actions.user_rows(console.desk.users, texts("en"))}
    assert rows["anna"] == ["loan officer", "active"]
    assert rows["ben"][0] == "fraud analyst"
