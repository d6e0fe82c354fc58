from __future__ import annotations

import numpy as np
import pytest
from risk_factory import found, observed, point, watch

from facesign.biometrics.observation import Observation
from facesign.interview.risk.conditions import Condition
from facesign.interview.risk.patterns import MOST_KEPT
from facesign.interview.risk.watch import MOST_FIRED, RiskWatch

A, B, C = Condition("a"), Condition("b"), Condition("c")


def fires(lines: list[str], *of: Condition, kind: str, **options: object) -> bool:
    points = [point(kind, *of, **options)]  # type: ignore[arg-type]
    return bool(found(watch(lines, points=points), "identity.test"))


@pytest.mark.parametrize(
    ("departs", "value", "expected"),
    [
        ("up", 3.0, True),
        ("up", 2.9, False),
        ("up", -9.0, False),
        ("down", -1.0, True),
        ("down", 3.0, False),
        ("both", 3.0, True),
        ("both", -1.0, True),
        ("both", 1.0, False),
    ],
)
def test_a_departure_is_counted_from_the_own_usual(
    departs: str, value: float, expected: bool
) -> None:
    condition = Condition("a", departs=departs, by=2.0, spreads=3.0)  # type: ignore[arg-type]
    assert condition.holds(observed(f"a 0 1 {value} usual=1 mad=0.1")) is expected


def test_an_unsteady_usual_asks_for_more() -> None:
    condition = Condition("a", departs="up", by=2.0, spreads=3.0)
    limit = 1 + 3 * 1.4826 * 1.0
    assert condition.holds(observed(f"a 0 1 {limit + 0.01} usual=1 mad=1"))
    assert not condition.holds(observed(f"a 0 1 {limit - 0.01} usual=1 mad=1"))
    assert condition.reading(observed("a 0 1 9 usual=1 mad=1")) == (9.0, pytest.approx(limit), "1")


def test_without_a_usual_nothing_departs() -> None:
    assert not Condition("a", departs="both").holds(observed("a 0 1 99"))


def test_a_count_needs_all_within_one_window() -> None:
    apart = ["a 0 1 1", "a 6 7 1", "a 12 13 1", "a 17 18 1"]
    assert not fires(apart[:3], A, kind="count", least=3, window_s=10)
    assert not fires(["a 0 1 1", "a 5 6 1"], A, kind="count", least=3, window_s=10)
    assert fires([*apart, "a 11 12 1"], A, kind="count", least=3, window_s=10)


def test_one_observation_is_not_counted_twice() -> None:
    assert not fires(["a 0 1 1", "a 0 1 1"], A, kind="count", least=2, window_s=10)


def test_a_sequence_goes_one_way() -> None:
    options = {"kind": "sequence", "window_s": 2.0}
    assert fires(["a 0 5 1", "b 6 7 1"], A, B, **options)  # type: ignore[arg-type]
    assert fires(["a 0 5 1", "b 3 4 1"], A, B, **options)  # type: ignore[arg-type]
    assert not fires(["b 0 1 1", "a 1 2 1"], A, B, **options)  # type: ignore[arg-type]
    assert not fires(["a 0 5 1", "b 7.1 8 1"], A, B, **options)  # type: ignore[arg-type]


def test_a_sequence_of_three_needs_the_one_in_the_middle() -> None:
    lines = ["a 0 1 1", "b 2 3 1", "c 4 5 1"]
    assert fires(lines, A, B, C, kind="sequence", window_s=2)
    assert not fires([lines[0], lines[2]], A, B, C, kind="sequence", window_s=2)
    assert fires([lines[2], lines[0], lines[1]], A, B, C, kind="sequence", window_s=2)


def test_a_combination_may_come_in_any_order_and_lie_as_far_apart_as_the_window() -> None:
    assert fires(["b 9 10 1", "a 0 5 1"], A, B, kind="combination", window_s=4)
    assert not fires(["b 9.1 10 1", "a 0 5 1"], A, B, kind="combination", window_s=4)


def test_a_combination_inside_an_interval_forgets_what_lies_outside() -> None:
    inside = ["question.sensitive 10 20 10", "a 11 12 1", "b 18 19 1"]
    outside = ["question.sensitive 10 20 10", "a 11 12 1", "b 21 22 1"]
    assert fires(inside, A, B, kind="combination", within="question.sensitive")
    assert not fires(outside, A, B, kind="combination", within="question.sensitive")


def test_an_absence_fires_only_once_the_wait_is_over() -> None:
    watching = RiskWatch(points=[point("absence", A, B, window_s=10)])
    watching.push(observed("a 0 1 1"))
    assert watching.push(observed("x 0 11 1")) == []
    (fired,) = watching.push(observed("x 0 11.1 2"))
    assert (fired.start_s, fired.evidence) == (0.0, (observed("a 0 1 1"),))


def test_what_came_in_time_or_a_session_that_ended_before_is_no_absence() -> None:
    assert not fires(["a 0 1 1", "b 10 11 1", "x 0 99 1"], A, B, kind="absence", window_s=10)
    assert fires(["a 0 1 1", "b 10 11.1 1", "x 0 99 1"], A, B, kind="absence", window_s=10)
    assert not fires(["a 0 1 1", "x 0 9 1"], A, B, kind="absence", window_s=10)


def test_findings_that_share_evidence_are_one_that_grows() -> None:
    lines = [f"a {t} {t + 1} 1" for t in range(0, 30, 2)]
    (fired,) = watch(lines, points=[point("count", A, least=3, window_s=10)]).fired
    assert (fired.start_s, fired.end_s, fired.value, fired.threshold) == (0.0, 29.0, 15.0, 3.0)


def test_memory_stays_bounded_however_long_a_session_is() -> None:
    points = [
        point("count", A, least=3, window_s=10),
        point("sequence", A, B, window_s=5),
        point("absence", A, B, window_s=5),
    ]
    watching = RiskWatch(points=points[:1])
    for n in range(3 * MOST_KEPT):
        watching.push(observed(f"a {20 * n} {20 * n + 1} 1"))
        for extra in (1, 2):
            watching.push(observed(f"a {20 * n + extra} {20 * n + 1 + extra} 1"))
    assert len(watching.state().fired) == MOST_FIRED
    assert all(len(one.evidence) <= MOST_KEPT for one in watching.state().fired)


def test_a_stream_and_all_at_once_agree_whatever_the_order() -> None:
    rng = np.random.default_rng(0)
    names = ["face.left", "face.other", "voice.other", "head.turned", "voice.changed", "speech"]
    stream = [
        Observation(str(rng.choice(names)), float(t), float(t) + 1.5, 4.0, "s", analyser="test")
        for t in np.sort(rng.uniform(0, 300, 120))
    ]

    def ids(order: list[Observation]) -> set[str]:
        watching = RiskWatch()
        for one in order:
            watching.push(one)
        watching.finish(400.0)
        return {one.monitor.monitor_id for one in watching.state().fired}

    shuffled = [stream[n] for n in rng.permutation(len(stream))]
    assert ids(stream) == ids(shuffled)
    assert "voice.changed" in ids(stream)
