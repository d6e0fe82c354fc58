from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from facesign.errors import ScriptError
from facesign.interview.script import MOST_BYTES, bundled_scripts, load_script

NEVER_ASKED = r"\b(lie|liar|lying|decepti\w+|emotions?|stress\w*|truthful\w*|honest\w*)\b"
NEVER_ASKED_ZH = ("说谎", "撒谎", "测谎", "情绪", "黑名单", "风险提示", "预警", "通过")


def one_question(**changes: Any) -> dict[str, Any]:
    row = {
        "id": "income",
        "kind": "sensitive",
        "text": {"zh": "收入？", "en": "Income?"},
        "follow_ups": [{"zh": "哪家？", "en": "Which?"}],
    }
    row.update(changes)
    return {key: value for key, value in row.items() if value is not ...}


def document(**changes: Any) -> dict[str, Any]:
    data = {
        "id": "own",
        "version": 3,
        "title": {"zh": "自定义", "en": "Own"},
        "questions": [one_question()],
    }
    data.update(changes)
    return {key: value for key, value in data.items() if value is not ...}


def save(path: Path, data: Any) -> Path:
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def test_a_file_is_read_into_questions_in_their_order(tmp_path: Path) -> None:
    rows = [
        one_question(usual_latency_s=1),
        one_question(id="name", kind="baseline", follow_ups=...),
    ]
    script = load_script(save(tmp_path / "own.yaml", document(questions=rows)))
    assert (script.script_id, script.version, script.title.zh) == ("own", 3, "自定义")
    income, name = script.questions
    assert (income.question_id, income.kind, income.text.en) == ("income", "sensitive", "Income?")
    assert income.usual_latency_s == 1.0
    assert [words.zh for words in income.follow_ups] == ["哪家？"]
    assert (name.kind, name.follow_ups, name.usual_latency_s) == ("baseline", (), None)


def test_a_question_is_found_by_its_id_and_an_unknown_one_lists_those_there_are() -> None:
    script = load_script("car-loan-en")
    assert script.question("income_source").kind == "sensitive"
    with pytest.raises(ScriptError, match=r"script car-loan-en has no question 'x': name_and_day"):
        script.question("x")


MALFORMED = [
    (["not", "a", "table"], "expected id, version, title and questions"),
    (document(id=...), "`id` is missing"),
    (document(id=7), "`id` is missing"),
    (document(id=""), "`id` is missing"),
    (document(version=...), "`version` is not a whole number"),
    (document(version="1"), "`version` is not a whole number"),
    (document(version=True), "`version` is not a whole number"),
    (document(title=...), "title: needs a text in zh and in en"),
    (document(title={"en": "Own"}), "title: needs a text in zh and in en"),
    (document(questions=...), "`questions` is empty"),
    (document(questions=[]), "`questions` is empty"),
    (document(questions={"a": 1}), "`questions` is empty"),
    (document(questions=["income"]), "question 1: expected id, kind and text"),
    (document(questions=[one_question(), one_question()]), "two questions have the same id"),
    (document(questions=[one_question(colour="red")]), "question 1: unknown key colour"),
    (document(questions=[one_question(id=...)]), "question 1: `id` is missing"),
    (document(questions=[one_question(id="")]), "question 1: `id` is missing"),
    (document(questions=[one_question(kind=...)]), "question 1: kind None is none of baseline"),
    (document(questions=[one_question(kind="trick")]), "question 1: kind 'trick' is none of"),
    (document(questions=[one_question(kind=["a"])]), r"question 1: kind \['a'\] is none of"),
    (document(questions=[one_question(text=...)]), "question 1: text: needs a text in zh and"),
    (document(questions=[one_question(text={"zh": "一", "en": " "})]), "question 1: text: needs"),
    (document(questions=[one_question(follow_ups="Which?")]), "`follow_ups` is not a list"),
    (document(questions=[one_question(follow_ups=["Which?"])]), "question 1: follow-up: needs"),
    (document(questions=[one_question(usual_latency_s="1 s")]), "not a number of seconds"),
    (document(questions=[one_question(usual_latency_s=-1)]), "not a number of seconds"),
    (document(questions=[one_question(usual_latency_s=True)]), "not a number of seconds"),
    (document(questions=[one_question(usual_latency_s=float("inf"))]), "not a number of seconds"),
]


@pytest.mark.parametrize(("data", "message"), MALFORMED, ids=lambda v: str(v)[:40])
def test_each_malformed_form_has_one_line_that_names_the_place(
    tmp_path: Path, data: Any, message: str
) -> None:
    path = save(tmp_path / "own.yaml", data)
    with pytest.raises(ScriptError, match=message) as caught:
        load_script(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id: [unclosed\nversion: 1\n", "not valid YAML at line 2"),
        ("a: b: c\n", "not valid YAML at line 1"),
        ("id: !!python/object:os.system x\n", "not valid YAML at line 1"),
        ("id: 2026-13-45\n", "not valid YAML"),
        ("[" * 400, "not valid YAML"),
        ("\0", "not valid YAML"),
        ("", "expected id, version, title and questions"),
        ("x" * (MOST_BYTES + 1), "not a question script"),
    ],
    ids=["bracket", "colons", "object", "date", "nested", "null", "empty", "huge"],
)
def test_text_that_is_no_script_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScriptError, match=message):
        load_script(path)


def test_other_bytes_than_utf_8_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(b"id: \xff\xfe\n")
    with pytest.raises(ScriptError, match="cannot be read as UTF-8 text"):
        load_script(path)


@pytest.mark.parametrize("name", ["no-such-script", "car-loan", "", "../car-loan-en"])
def test_an_unknown_script_lists_those_that_ship(name: str) -> None:
    with pytest.raises(ScriptError, match="neither a file nor one of car-loan-en, car-loan-zh"):
        load_script(name)


def test_a_directory_is_no_script(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="neither a file nor one of"):
        load_script(tmp_path)


def test_two_scripts_ship_and_carry_their_own_ids() -> None:
    assert bundled_scripts() == ("car-loan-en", "car-loan-zh")
    assert [load_script(name).script_id for name in bundled_scripts()] == list(bundled_scripts())


@pytest.mark.parametrize("name", ["car-loan-en", "car-loan-zh"])
def test_every_sensitive_and_protection_question_has_a_follow_up_in_both_languages(
    name: str,
) -> None:
    asked = [q for q in load_script(name).questions if q.kind in ("sensitive", "protection")]
    assert len(asked) >= 5
    for one in asked:
        assert one.follow_ups, one.question_id
        for words in one.follow_ups:
            assert words.en.isascii()
            assert not words.zh.isascii()


@pytest.mark.parametrize("name", ["car-loan-en", "car-loan-zh"])
def test_a_script_starts_with_two_baseline_questions_and_has_every_subject(name: str) -> None:
    script = load_script(name)
    assert [q.kind for q in script.questions[:2]] == ["baseline", "baseline"]
    ids = {q.question_id for q in script.questions}
    assert ids >= {"income_source", "employer", "loan_purpose", "other_debts", "told_what_to_say"}
    assert script.question("told_what_to_say").kind == "protection"


@pytest.mark.parametrize("name", ["car-loan-en", "car-loan-zh"])
def test_no_question_suspects_anyone(name: str) -> None:
    script = load_script(name)
    texts = [script.title] + [w for q in script.questions for w in (q.text, *q.follow_ups)]
    for text in texts:
        assert not re.search(NEVER_ASKED, text.en.lower())
        assert not [word for word in NEVER_ASKED_ZH if word in text.zh]
