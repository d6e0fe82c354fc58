from __future__ import annotations

from typing import Any, get_args

import pytest
from session_factory import SCRIPT

from facesign.errors import SettingsError
from facesign.interview.live.blank import blank_state, reference_of
from facesign.interview.live.plan import Role, SessionPlan
from facesign.interview.session import Participant


def test_the_server_knows_the_roles_of_the_session() -> None:
    assert get_args(Role) == get_args(Participant)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"customer": "  "}, "customer number"),
        ({"customer": "x" * 201}, "at most 200"),
        ({"external_ref": "x" * 201}, "at most 200"),
        ({"lang": "fr"}, "lang must be one of"),
        ({"participants": ("lawyer",)}, "participant must be one of"),
    ],
)
def test_a_wrong_plan_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        SessionPlan(**{"customer": "C-1", "script": SCRIPT, **wrong})


def test_a_plan_shows_no_number_of_a_person() -> None:
    assert "C-1042" not in repr(SessionPlan("C-1042", SCRIPT, external_ref="APP-77"))
    assert "APP-77" not in repr(SessionPlan("C-1042", SCRIPT, external_ref="APP-77"))


def test_the_reference_is_short_and_of_the_id() -> None:
    assert reference_of("01a22c12-acbc-73b5-a315-fe17bf3ec691") == "BF3E-C691"


def test_the_state_before_anything_is_known_names_the_questions() -> None:
    state = blank_state("01a22c12-acbc-73b5-a315-fe17bf3ec691", SessionPlan("C-1", SCRIPT))
    assert [question["id"] for question in state["questions"]] == ["name", "income", "coached"]
    assert state["stage"] == "created"
