"""What is found is shown as cards, live, at the review and in the replay: all in the same words."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any, get_args

import pytest

from facesign.interview.flags import Flag, FlagCode
from facesign.interview.home import Language
from facesign.interview.page.texts import load_texts
from facesign.interview.risk.monitors import monitor
from facesign.ui.console.cards import card_of, cards_of, further_of

REPORT = json.loads(
    (Path(__file__).parents[2] / "interview" / "page" / "report_example.json").read_text("utf-8")
)
QUESTIONS = {one["id"]: one for one in REPORT["script"]["questions"]}
EN = load_texts("en")


def found(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(REPORT), **changes}


def fired(monitor_id: str, start_s: float, end_s: float) -> dict[str, Any]:
    point = monitor(monitor_id)
    seen = {"name": point.reads[0], "start_s": start_s, "end_s": end_s}
    return {
        "id": monitor_id,
        "family": point.family,
        "role": point.role,
        "start_s": start_s,
        "end_s": end_s,
        "explain": {"zh": point.explain.zh, "en": point.explain.en},
        "ask": {"zh": point.ask.zh, "en": point.ask.en},
        "observations": [seen],
    }


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def flag(code: FlagCode, *, measured: bool) -> Flag:
    return Flag(
        flag_id="flag-1",
        code=code,
        family="identity",
        start_s=3.0,
        end_s=13.0,
        value=-6.6 if measured else None,
        unit="1",
        threshold=-2.0 if measured else None,
        quality=None,
        reliability="medium" if measured else None,
        observations=(),
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("code", get_args(FlagCode))
@pytest.mark.parametrize("measured", [True, False])
def test_every_flag_becomes_a_card(code: FlagCode, lang: Language, measured: bool) -> None:
    t = load_texts(lang)
    card = card_of("flag", flag(code, measured=measured).to_dict(), t, {})
    assert (card["start_s"], card["end_s"]) == (3.0, 13.0)
    assert card["title"] == t("flag", code)
    assert card["reliability"] == (t("reliability", "medium") if measured else None)
    assert (card["value"] is not None) == measured


def test_protection_comes_first_then_flags_then_prompts() -> None:
    kinds = [card["kind"] for card in cards_of(found(), EN, QUESTIONS)]
    assert kinds == ["protect", "flag", "prompt"]


def test_all_signs_of_protection_are_one_card_that_says_when_and_what_to_ask() -> None:
    signs = [
        fired("protection.prompted", 14.0, 15.2),
        fired("protection.answered_by_other", 30.0, 34.0),
        fired("protection.prompted", 40.0, 41.0),
    ]
    card, *_ = cards_of(found(monitors=signs), EN, QUESTIONS)
    assert (card["kind"], card["title"]) == ("protect", "Ask alone")
    assert (card["start_s"], card["end_s"]) == (14.0, 41.0)
    assert "never count against the applicant" in card["meaning"]
    assert [(one["what"], plain(one["when"])) for one in card["seen"]] == [
        (monitor("protection.prompted").explain.en, "2 within 0:14.0–0:41.0"),
        (monitor("protection.answered_by_other").explain.en, "0:30.0–0:34.0"),
    ]
    assert card["ask"] == [
        monitor("protection.prompted").ask.en,
        monitor("protection.answered_by_other").ask.en,
    ]
    assert not {"value", "threshold", "ranked", "total"} & card.keys()


def test_without_a_sign_there_is_no_card_of_protection() -> None:
    kinds = [card["kind"] for card in cards_of(found(monitors=[]), EN, QUESTIONS)]
    assert kinds == ["flag", "prompt"]


def test_a_flag_lists_its_evidence_and_a_total_that_adds_up() -> None:
    card = next(one for one in cards_of(found(), EN, QUESTIONS) if one["kind"] == "flag")
    first, light, *_ = card["ranked"]
    assert first["text"] == monitor("identity.other_face").explain.en
    assert [plain(one) for one in first["told"]] == [
        "the flag rests on it",
        "Identity",
        "0:22.0–0:25.5",
        "4 × 1 = 4 points",
    ]
    assert "−1 × 1 = −1 points" in plain(light["told"][-1])
    assert plain(card["total"]["points"]) == "3.675 points"
    families = plain(card["total"]["families"])
    assert families == "Identity 4.375 points, Behaviour 0.3 points, Surroundings −1 points"
    assert "Who speaks" in card["total"]["missing"]


def test_a_contribution_whose_point_is_not_at_hand_keeps_its_place_in_the_sum() -> None:
    card = next(one for one in cards_of(found(monitors=[]), EN, QUESTIONS))
    assert [one["text"] for one in card["ranked"]] == [
        *("Identity", "Surroundings", "Identity", "Behaviour"),
    ]


def test_a_prompt_says_what_is_usual_for_the_question_and_which_parts_moved() -> None:
    (prompt,) = found()["prompts"]
    moved = {**prompt["observations"][0], "name": "face.brief_movements", "unit": "count"}
    moved |= {"value": 2.0, "baseline_median": None, "baseline_mad": None}
    prompt["observations"].append(moved)
    prompt |= {"question_usual_s": 1.2, "channels": ["au4.left", "au4.right", "au12.left"]}
    card = card_of("prompt", prompt, EN, QUESTIONS)
    late, *_, movements = card["seen"]
    assert plain(late["question_usual"]) == "1.2 s"
    assert late["parts"] is None
    assert movements["parts"] == "brow down (both sides), lip corner pulled (left)"
    assert (movements["now"], movements["question_usual"]) == ("2", None)


def test_a_prompt_of_an_older_record_says_nothing_of_it() -> None:
    card = card_of("prompt", found()["prompts"][0], EN, QUESTIONS)
    assert {one["question_usual"] for one in card["seen"]} == {None}
    assert {one["parts"] for one in card["seen"]} == {None}


def test_what_fired_and_stands_on_no_card_is_a_row_with_its_question() -> None:
    rest = [
        fired("behaviour.late_again", 50.0, 60.0),
        fired("environment.dark", 0.0, 60.0),
        fired("behaviour.late_again", 70.0, 80.0),
    ]
    rows = further_of(found(monitors=[*REPORT["monitors"], *rest]), EN)
    late = monitor("behaviour.late_again")
    assert [one["id"] for one in rows] == [
        *("identity.other_face", "behaviour.late_again", "environment.dark"),
    ]
    assert rows[1] == {
        "id": late.monitor_id,
        "family": "Behaviour",
        "text": late.explain.en,
        "when": "2 within 0:50.0–1:20.0",
        "ask": late.ask.en,
    }


def test_a_point_that_a_prompt_tells_already_is_not_told_again() -> None:
    (prompt,) = found()["prompts"]
    late = prompt["observations"][0]
    point = fired("behaviour.late_answer", late["start_s"], late["end_s"])
    within = {"name": "question.sensitive", "start_s": 13.0, "end_s": 21.4}
    point["observations"].append(within)
    assert further_of(found(monitors=[point]), EN) == []
    assert [one["id"] for one in further_of(found(monitors=[point], prompts=[]), EN)] == [
        "behaviour.late_answer"
    ]
