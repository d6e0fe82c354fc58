from __future__ import annotations

from pathlib import Path

import pytest

from facesign.errors import ScenarioError
from facesign.samples.studio.page import studio_page
from facesign.samples.studio.scenario import load_scenario, scenario_names

ROOT = Path(__file__).parents[3]
ASKED_FOR = {
    "genuine-calm",
    "genuine-nervous",
    "hesitant",
    "impostor-voice",
    "replayed-voice",
    "synthetic-voice",
    "printed-photo",
    "screen-replay",
    "looped-video",
    "frozen-video",
    "lips-offset",
    "lips-other-speech",
    "undeclared-second-person",
    "declared-interpreter",
    "second-voice-prompting",
    "applicant-replaced",
    "camera-covered",
    "bad-light",
    "low-rate",
    "phone-call-audio",
    "speakerphone-echo",
    "branch-babble",
    "child-nearby",
    "differ-paralysis",
    "differ-ptosis",
    "differ-tremor",
    "differ-stutter",
    "differ-blind-gaze",
}


def written(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_situation_that_is_promised_ships() -> None:
    assert set(scenario_names()) >= ASKED_FOR


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_says_in_both_languages_what_happens(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    for words in (scenario.title, scenario.about):
        assert words.en
        assert any("\u4e00" <= letter <= "\u9fff" for letter in words.zh)


def test_a_file_extends_others_and_its_own_words_go_first(tmp_path: Path) -> None:
    written(tmp_path, '[light]\nfamily = "side"\nwarmth = [0.1, 0.2]\n', "base.toml")
    text = 'extends = ["genuine-nervous", "base.toml"]\n[light]\nfamily = "office"\n'
    scenario = load_scenario(written(tmp_path, text))
    assert scenario.name == "mine"
    assert scenario.light.family == "office"
    assert scenario.light.warmth == (0.1, 0.2)
    assert scenario.motion.family == "nervous"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[camera]\nfps = 25\n", "camera has no key 'fps'; it has .*rate_hz"),
        ("colour = 1\n", "a scenario has no key 'colour'; it has .*backdrop"),
        ("[camera]\nrate_hz = 25\n", "camera.rate_hz: input should be 15, 24, 30 or 60, got 25"),
        ("[view]\neyes_px = [10, 60]\n", r"view.eyes_px: must be within 40 and 250, got \[10"),
        ("[view]\neyes_px = [90, 60]\n", r"eyes_px: the first value must not be above the second"),
        ("[light]\nfamily = 'moon'\n", "light.family.*: input should be .*'window'.*got 'moon'"),
        (
            "[[attacks]]\nkind = 'screen_replay'\nsize = 1\n",
            r"attacks.0.screen_replay has no key 'size'; it has .*moire",
        ),
        ("[[movements.listed]]\nat_s = 1\n", "listed.0: give one of class, channels and habit"),
        ("[second_person]\nstart_share = 0.9\nend_share = 0.2\n", "end_share must be above"),
        ("name = 'other'\n", "its name is the file's name"),
        ("extends = 'genuine'\n", "extends must be a list"),
        ("extends = ['mine.toml']\n", "extend each other in a circle"),
        ("extends = ['absent.toml']\n", r"absent\.toml: No such file"),
        ("x = \n", "not TOML: Invalid value"),
    ],
)
def test_what_is_wrong_in_a_file_is_one_clear_line(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(ScenarioError, match=line) as caught:
        load_scenario(written(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(ScenarioError, match=r"no scenario named 'honest'; there are .*genuine"):
        load_scenario("honest")


def test_the_docs_page_is_the_scenarios_and_their_keys() -> None:
    assert (ROOT / "docs" / "studio.md").read_text("utf-8") == studio_page()
