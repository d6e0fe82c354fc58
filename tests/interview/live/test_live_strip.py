"""The strip chart: what is settled, and what is only seen so far."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from session_factory import ScriptedPipeline, baseline, movement, scripted_session

from facesign.biometrics.face.movements import Movement
from facesign.interview.live.strip import LiveSpeech, strip_of


def lanes(*, under_way: Sequence[Movement] = (), **options: Any) -> dict[str, Any]:
    pipeline = ScriptedPipeline([], baselines=[baseline(0.0, 8.0)])
    session = scripted_session(pipeline, end_s=12.0, **options)
    session._findings.add(movement(9.0))
    return strip_of(session.so_far(), LiveSpeech(), 12.0, under_way=under_way)


def test_a_movement_under_way_is_shown_behind_those_that_are_settled() -> None:
    shown = lanes(under_way=[movement(11.0)])["movements"]
    assert [(one["apex_s"], one["settled"]) for one in shown] == [(9.0, True), (11.0, False)]
    assert [one["settled"] for one in lanes()["movements"]] == [True]


def test_no_movement_is_shown_where_behaviour_is_not_assessed() -> None:
    assert lanes(under_way=[movement(11.0)], behaviour=False)["movements"] is None
