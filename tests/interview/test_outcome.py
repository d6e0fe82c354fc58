from __future__ import annotations

import pytest
from session_factory import seen

from facesign.interview.flags import Flag, flags_from
from facesign.interview.outcome import Check, CheckName, Reason, decide_outcome


def check(
    name: CheckName = "genuineness",
    finding: bool | None = False,
    *,
    required: bool = True,
) -> Check:
    return Check(name, finding, None if finding is not None else "no_analyser", required)


def one_flag() -> tuple[Flag, ...]:
    return flags_from(
        [seen("face.other", 1.0, 4.0), seen("face.other", 8.0, 12.0)],
        (),
        first_found_s=0.0,
        others_declared=False,
        reliability="high",
    )


def codes(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.code for reason in reasons]


def test_clear_takes_every_required_check_made_without_finding() -> None:
    assert decide_outcome([check("consent"), check()], ()) == ("clear", ())


def test_a_required_check_that_was_not_made_is_inconclusive() -> None:
    outcome, reasons = decide_outcome([check("identity", None), check()], ())
    assert (outcome, codes(reasons)) == ("inconclusive", ["not_checked:identity"])


@pytest.mark.parametrize("required", [True, False])
def test_genuineness_is_required_whatever_a_bank_requires(required: bool) -> None:
    outcome, reasons = decide_outcome([check("genuineness", None, required=required)], ())
    assert (outcome, codes(reasons)) == ("inconclusive", ["not_checked:genuineness"])


def test_a_check_that_is_not_required_decides_nothing() -> None:
    for finding in (True, False, None):
        checks = [check(), check("behaviour", finding, required=False)]
        assert decide_outcome(checks, ()) == ("clear", ())


def test_a_finding_of_a_required_check_is_to_be_reviewed() -> None:
    outcome, reasons = decide_outcome([check("identity", True), check()], ())
    assert (outcome, codes(reasons)) == ("review", ["finding:identity"])


def test_a_flag_is_to_be_reviewed_and_counts_its_spans() -> None:
    outcome, reasons = decide_outcome([check()], one_flag())
    assert outcome == "review"
    assert reasons == (Reason("flag:undeclared_person", (("n_spans", 2),)),)


def test_what_the_recording_was_short_of_is_inconclusive() -> None:
    assert decide_outcome([check()], (), [Reason("no_face")]) == (
        "inconclusive",
        (Reason("no_face"),),
    )


def test_reasons_come_with_flags_first_and_what_was_not_checked_last() -> None:
    checks = [check("consent", None), check("identity", True), check("genuineness", None)]
    _, reasons = decide_outcome(checks, one_flag(), [Reason("no_sound")])
    assert codes(reasons) == [
        "flag:undeclared_person",
        "no_sound",
        "finding:identity",
        "not_checked:consent",
        "not_checked:genuineness",
    ]


def test_a_check_tells_its_state_to_programs() -> None:
    assert check("identity", None).to_dict() == {
        "check": "identity",
        "required": True,
        "status": "not_assessed",
        "finding": None,
        "reason": "no_analyser",
    }
    assert check().to_dict()["status"] == "assessed"
