from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest
from forbidden_words import FORBIDDEN

from facesign.errors import MonitorError
from facesign.interview.flags import FlagCode
from facesign.interview.risk.monitors import Monitor, monitor, monitors, read_monitors

ROOT = Path(__file__).parents[3]
GOOD = """
[[monitor]]
id = "voice.loud"
family = "voice"
role = "add"
pattern = "count"
of = [{ name = "speech", at_least = 2.0 }]
least = 2
window_s = 30
weight = 1
basis = "own"
explain = { zh = "说话", en = "Speech" }
ask = { zh = "请问？", en = "Well?" }
"""


def test_there_are_128_and_at_least_60_of_them_alive() -> None:
    assert len(monitors()) == 128
    assert sum(one.is_alive for one in monitors()) >= 60


def test_every_family_has_some_alive() -> None:
    alive = Counter(one.family for one in monitors() if one.is_alive)
    assert set(alive) == {
        "identity",
        "voice",
        "genuineness",
        "protocol",
        "history",
        "protection",
        "behaviour",
        "environment",
        "quality",
    }


def test_no_two_read_the_same_with_only_another_number() -> None:
    shapes = Counter(one.pattern.shape() for one in monitors() if one.pattern is not None)
    assert [shape for shape, n in shapes.items() if n > 1] == []


def test_all_five_kinds_of_pattern_are_used() -> None:
    kinds = {one.pattern.kind for one in monitors() if one.pattern is not None}
    assert kinds == {"threshold", "count", "sequence", "absence", "combination"}


def test_behaviour_prompts_and_protection_protects_and_neither_carries_a_flag() -> None:
    for one in monitors():
        if one.family in ("behaviour", "protection", "environment", "quality"):
            assert one.flag is None, one.monitor_id
        if one.role == "protect":
            assert one.weight == 0, one.monitor_id


def test_every_flag_is_carried_by_a_point_that_is_alive() -> None:
    carried = {one.flag for one in monitors() if one.flag is not None and one.is_alive}
    assert carried == set(get_args(FlagCode))
    assert {one.flag for one in monitors() if one.flag} <= set(get_args(FlagCode))


@pytest.mark.parametrize(
    ("of", "limit"),
    [
        ('{ name = "a", at_least = 2.0 }', 2.0),
        ('{ name = "a", at_most = -1.5 }', -1.5),
        ('{ name = "a", lasts_s = 4.0 }', 4.0),
    ],
)
def test_the_limit_of_a_point_is_the_bound_of_its_condition(of: str, limit: float) -> None:
    (point,) = read_monitors(GOOD.replace('{ name = "speech", at_least = 2.0 }', of))
    assert point.limit == limit


def test_a_point_without_a_bound_has_no_limit() -> None:
    (point,) = read_monitors(GOOD.replace(", at_least = 2.0", ""))
    with pytest.raises(MonitorError, match=r"voice\.loud has no limit"):
        _ = point.limit


def test_every_observation_that_is_read_is_on_the_page_of_observations() -> None:
    page = (ROOT / "docs" / "observations.md").read_text("utf-8")
    names = re.findall(r"^\| `([^`]+)`", page, re.MULTILINE)
    patterns = [re.sub("[A-Z]+_?[A-Z]*", "[a-z_]+", one.replace(".", r"\.")) for one in names]
    for one in monitors():
        for name in one.reads:
            assert any(re.fullmatch(each, name) for each in patterns), (one.monitor_id, name)


def test_what_is_planned_says_what_it_waits_for() -> None:
    for one in monitors():
        assert one.is_alive == (one.waits_for is None), one.monitor_id
        assert one.is_alive != one.basis.startswith("waits"), one.monitor_id


def test_there_is_no_point_of_an_unknown_name() -> None:
    with pytest.raises(MonitorError, match=r"no monitoring point 'voice\.nice'"):
        monitor("voice.nice")


def test_a_point_is_read_as_it_is_written() -> None:
    (one,) = read_monitors(GOOD)
    assert (one.monitor_id, one.family, one.role, one.weight) == ("voice.loud", "voice", "add", 1.0)
    assert one.pattern is not None
    assert (one.pattern.least, one.pattern.window_s) == (2, 30.0)
    assert one.reads == ("speech",)


@pytest.mark.parametrize(
    ("was", "now", "problem"),
    [
        ('family = "voice"', 'family = "mood"', "family 'mood' is none of"),
        ('id = "voice.loud"', 'id = "loud"', "must start with voice."),
        ('role = "add"', 'role = "prompt"', "voice may only add or carry, not 'prompt'"),
        ('role = "add"', 'role = "carry"', "a flag goes with `carry`"),
        ('pattern = "count"', 'pattern = "trend"', "pattern 'trend' is none of"),
        ('pattern = "count"', 'pattern = "sequence"', "`of` of a sequence has 2 conditions"),
        ("\nleast = 2", "\nleast = 1", "`least` above 1 goes with a count"),
        ("\nleast = 2", "\nleast = true", "not a whole number"),
        ("weight = 1", "weight = -1", "only a limit weighs below 0"),
        ("at_least = 2.0", "above = 2.0", "a condition has no key above"),
        ('zh = "说话"', 'zh = ""', "`explain` needs a text in zh and in en"),
        ('basis = "own"', 'source = "own"', "unknown key source"),
        ('basis = "own"\n', "", "lacks basis"),
        ("[[monitor]]", "[[monitor", "not TOML"),
    ],
)
def test_a_malformed_point_says_what_is_wrong(was: str, now: str, problem: str) -> None:
    assert was in GOOD
    with pytest.raises(MonitorError, match=re.escape(problem)):
        read_monitors(GOOD.replace(was, now))


def test_behaviour_may_not_be_made_to_carry_a_flag() -> None:
    text = GOOD.replace("voice", "behaviour").replace('role = "add"', 'role = "carry"')
    with pytest.raises(MonitorError, match="behaviour may only prompt, not 'carry'"):
        read_monitors(text + 'flag = "voice_changed"\n')


def test_two_points_of_one_id_are_refused() -> None:
    with pytest.raises(MonitorError, match=r"voice\.loud occurs twice"):
        read_monitors(GOOD + GOOD)


@pytest.mark.parametrize("one", monitors(), ids=lambda one: one.monitor_id)
def test_no_text_uses_a_word_that_may_not_be_said(one: Monitor) -> None:
    for words in (one.explain, one.ask):
        assert not FORBIDDEN["zh"].search(words.zh)
        assert not FORBIDDEN["en"].search(words.en)
