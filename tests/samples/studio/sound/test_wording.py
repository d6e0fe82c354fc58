from __future__ import annotations

import re

import numpy as np
import pytest

from facesign.errors import SettingsError
from facesign.interview.script import load_script
from facesign.samples.studio.sound.voices import Language
from facesign.samples.studio.sound.wording import (
    bank_answer,
    day_and_name,
    personas,
    phrases,
    restarted,
    sentences,
    split_at_breaks,
)


@pytest.mark.parametrize("script", ["car-loan-en", "car-loan-zh"])
@pytest.mark.parametrize("persona", personas())
def test_every_persona_answers_every_question_in_both_languages(script: str, persona: str) -> None:
    for question in load_script(script).questions:
        answer = bank_answer(question.question_id, persona, np.random.default_rng(0))
        assert answer is not None
        assert re.search(r"[a-zA-Z]", answer.en)
        assert re.search("[\u4e00-\u9fff]", answer.zh)
        assert len(sentences(answer.en)) >= 1
        assert not re.search("[\u4e00-\u9fff]", answer.en)


def test_an_unknown_persona_is_one_clear_line() -> None:
    with pytest.raises(SettingsError, match="no persona 'pirate'; there are delivery"):
        bank_answer("journey", "pirate", np.random.default_rng(0))


def test_a_question_that_the_bank_does_not_know_has_no_answer() -> None:
    assert bank_answer("shoe_size", "teacher", np.random.default_rng(0)) is None


def test_texts_are_split_after_full_stops_of_both_languages() -> None:
    assert sentences("No, nobody is. These are mine!") == ["No, nobody is.", "These are mine!"]
    assert sentences("我明白，可以录。您继续吧。") == ["我明白，可以录。", "您继续吧。"]


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "It comes from my work at a delivery company."), ("zh", "我在一家快递公司上班。")],
)
def test_breaks_fall_between_words_and_lose_none(language: Language, text: str) -> None:
    for seed in range(20):
        parts = split_at_breaks(text, 2, language, np.random.default_rng(seed))
        assert len(parts) == 3
        assert (" " if language == "en" else "").join(parts) == text


@pytest.mark.parametrize("text", ["我靠退休金。", "他在我们家。", "是。"])
def test_no_part_is_a_full_stop_alone(text: str) -> None:
    for seed in range(10):
        parts = split_at_breaks(text, 2, "zh", np.random.default_rng(seed))
        assert all(re.search("[\u4e00-\u9fff]", part) for part in parts)


def test_a_restart_is_the_beginning_of_the_sentence() -> None:
    for seed in range(10):
        begun = restarted("I have my salary.", "en", np.random.default_rng(seed))
        assert begun in ("I", "I have", "I have my")
        assert "我靠退休金".startswith(restarted("我靠退休金。", "zh", np.random.default_rng(seed)))


def test_names_fit_the_speaker_and_days_are_said_as_words() -> None:
    facts = day_and_name("woman", np.random.default_rng(1))
    assert facts["name"].en.split()[0] in ("Anna", "Claire", "Emma", "Laura", "Nina", "Sarah")
    assert re.fullmatch(r"\w+day, the \w+", facts["day"].en)
    assert re.fullmatch(
        "[一二三四五六七八九十]+月[一二三四五六七八九十]+号星期[一二三四五六天]", facts["day"].zh
    )


@pytest.mark.parametrize("topic", ["child", "babble", "enrollment"])
def test_each_topic_has_phrases_in_both_languages(topic: str) -> None:
    assert len(phrases(topic, "en")) == len(phrases(topic, "zh")) >= 5
