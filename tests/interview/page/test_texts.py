"""Words of the report page: complete in both languages, and none that may not be said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from string import Formatter
from typing import Any

import pytest
from forbidden_words import FORBIDDEN

from facesign.interview.page.texts import Lang, Texts, load_texts

LANGS: tuple[Lang, ...] = ("en", "zh")
SCHEMA: dict[str, Any] = json.loads(
    (files("facesign.interview") / "report.schema.json").read_text(encoding="utf-8")
)
SECTION_OF = {
    "outcome": "outcome",
    "check_name": "check",
    "why_not_assessed": "why",
    "outcome_reason": "reason",
    "question_kind": "question_kind",
    "flag_code": "flag",
    "flag_family": "family",
    "monitor_family": "monitor_family",
    "baseline_source": "baseline_source",
    "lane_name": "lane",
    "series_name": "series",
    "media_problem": "problem",
    "limit": "limit",
    "observation_name": "observation",
    "evidence_result": "evidence_result",
    "reliability": "reliability",
    "subject": "subject",
}


def listed_codes() -> Iterator[tuple[str, str]]:
    for name, section in SECTION_OF.items():
        definition = SCHEMA["$defs"][name]
        listed = definition.get("enum") or definition["anyOf"][0]["enum"]
        yield from ((section, code) for code in listed)


def test_both_languages_have_the_same_keys() -> None:
    assert load_texts("en").keys() == load_texts("zh").keys()


def test_both_languages_fill_in_the_same_values() -> None:
    zh, en = load_texts("zh"), load_texts("en")
    for key in en.keys():
        assert _places(en, *key) == _places(zh, *key), key


@pytest.mark.parametrize("lang", LANGS)
def test_every_code_of_the_schema_has_a_text(lang: Lang) -> None:
    texts = load_texts(lang)
    assert [code for code in listed_codes() if not texts.has(*code)] == []


def test_every_list_of_codes_in_the_schema_is_among_those_looked_up() -> None:
    lists = {
        name
        for name, one in SCHEMA["$defs"].items()
        if "enum" in one or "enum" in one.get("anyOf", [{}])[0]
    }
    assert lists - {"status"} == set(SECTION_OF)


@pytest.mark.parametrize("lang", LANGS)
def test_no_text_uses_a_forbidden_word(lang: Lang) -> None:
    found = [text for text in load_texts(lang).values() if FORBIDDEN[lang].search(text)]
    assert found == []


@pytest.mark.parametrize("text", ["She lied.", "an ALERT", "被测谎", "审核通过"])
def test_forbidden_words_are_found_where_they_stand(text: str) -> None:
    assert any(pattern.search(text) for pattern in FORBIDDEN.values())


@pytest.mark.parametrize(
    ("section", "code", "word"),
    [
        ("outcome", "clear", "未见疑点"),
        ("outcome", "review", "需复核"),
        ("outcome", "inconclusive", "无法判定"),
        ("page", "prompts", "核实提示"),
        ("page", "flags", "疑点"),
        ("page", "not_assessed", "未评估"),
        ("page", "baseline", "个人基线"),
        ("page", "ask", "追问"),
        ("page", "customer", "客户号"),
        ("page", "external_ref", "贷款申请编号"),
        ("page", "latency", "应答时延"),
        ("page", "question_script", "面谈话术"),
        ("check", "consent", "单独同意"),
        ("check", "identity", "身份核验"),
        ("lane", "filled_pause", "填充停顿"),
        ("lane", "pose", "头部姿态"),
        ("lane", "gaze", "视线"),
        ("lane", "blink", "眨眼"),
        ("question_kind", "baseline", "基线问题"),
        ("question_kind", "sensitive", "重点核实问题"),
        ("question_kind", "disclosure", "风险揭示"),
        ("question_kind", "signature", "签字同框"),
        ("subject", "officer", "客户经理"),
        ("subject", "co_applicant", "共同借款人"),
        ("evidence_result", "match", "一致"),
        ("evidence_result", "no_match", "不一致"),
    ],
)
def test_chinese_follows_the_banks_own_words(section: str, code: str, word: str) -> None:
    assert load_texts("zh")(section, code) == word


def test_a_code_without_a_text_is_shown_as_it_is() -> None:
    assert load_texts("en")("why", "solar_eclipse") == "solar_eclipse"


def test_not_assessed_is_written_with_a_space() -> None:
    assert load_texts("en")("why", "not_assessed") == "not assessed"


def test_a_script_text_missing_in_one_language_is_shown_in_the_other() -> None:
    both = {"en": "", "zh": "您好"}
    assert load_texts("en").either(both) == "您好"


def _places(texts: Texts, section: str, code: str) -> set[str]:
    text = texts.raw(section, code)
    return {name for _, name, _, _ in Formatter().parse(text) if name}
