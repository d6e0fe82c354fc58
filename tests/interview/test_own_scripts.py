"""The bank's own scripts and settings in the home folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from facesign.errors import ScriptError, SettingsError
from facesign.interview.home import Home
from facesign.interview.own_scripts import OwnScripts
from facesign.interview.script import load_script
from facesign.interview.settings_file import change_settings

SCRIPT = """\
id: {id}
version: 3
title: {{zh: 测试, en: Test}}
questions:
  - id: one
    kind: routine
    text: {{zh: 问题, en: Question}}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_a_saved_script_goes_before_the_one_that_ships(home: Home) -> None:
    scripts = OwnScripts(home)
    assert scripts.ids() == ("car-loan-en", "car-loan-zh")
    saved = scripts.save(SCRIPT.format(id="car-loan-en"))
    assert (saved.version, len(saved.questions)) == (3, 1)
    assert scripts.ids() == ("car-loan-en", "car-loan-zh")
    assert scripts.is_own("car-loan-en")
    assert scripts.load("car-loan-en").version == 3
    assert scripts.text("car-loan-en") == SCRIPT.format(id="car-loan-en")
    assert "id: car-loan-zh" in scripts.text("car-loan-zh")


@pytest.mark.parametrize("name", ["../evil", "a/b", "Ünï", ".hidden", "x" * 65, "A"])
def test_an_id_that_is_no_file_name_is_refused(home: Home, name: str) -> None:
    with pytest.raises(ScriptError, match="lower-case"):
        OwnScripts(home).save(SCRIPT.format(id=f'"{name}"'))
    assert not home.root.exists()


def test_a_malformed_script_changes_nothing(home: Home) -> None:
    scripts = OwnScripts(home)
    scripts.save(SCRIPT.format(id="mine"))
    with pytest.raises(ScriptError, match="kind 'x'"):
        scripts.save(SCRIPT.format(id="mine").replace("routine", "x"))
    assert scripts.load("mine").questions[0].kind == "routine"
    with pytest.raises(ScriptError, match="no script"):
        scripts.text("../../etc/passwd")


def test_a_setting_is_changed_and_the_rest_of_the_file_kept(home: Home) -> None:
    home.make(home.root)
    home.config.write_text('# ours\nprofile = "default"  # until May\nprovider = "cpu"\n', "utf-8")
    after = change_settings(home, profile="eu", lang="zh")
    assert (after.profile, after.lang, after.provider) == ("eu", "zh", "cpu")
    assert home.settings() == after
    text = home.config.read_text("utf-8")
    assert text == '# ours\nprofile = "eu"\nprovider = "cpu"\nlang = "zh"\n'


def test_a_setting_that_is_not_allowed_changes_nothing(home: Home) -> None:
    change_settings(home, lang="zh")
    before = home.config.read_bytes()
    with pytest.raises(SettingsError, match="profile must be one of"):
        change_settings(home, profile="us")
    with pytest.raises(SettingsError, match="required_checks is not changed here"):
        change_settings(home, required_checks="quality")
    assert home.config.read_bytes() == before


def test_a_path_is_no_id_even_where_it_leads_to_a_script(tmp_path: Path) -> None:
    scripts = OwnScripts(Home(tmp_path / "home"))
    outside = tmp_path / "outside.yaml"
    outside.write_text(scripts.text("car-loan-en"), "utf-8")
    assert load_script(outside).script_id == "car-loan-en"
    with pytest.raises(ScriptError, match="no script"):
        scripts.load(str(outside))
