from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from session_factory import seen
from voice_factory import compared_at, turn

from facesign.biometrics.observation import Observation
from facesign.biometrics.speakers.turns import Turn
from facesign.interview.flags import ExternalEvidence, Flag, flags_from
from facesign.interview.risk.monitors import monitor, monitors
from facesign.interview.voices import VoiceResult


def evidence(kind: str = "identity", result: str = "no_match") -> ExternalEvidence:
    return ExternalEvidence("national-id", kind, result, "R-7", 12.0)  # type: ignore[arg-type]


def flags(
    *observations: Observation,
    evidence: tuple[ExternalEvidence, ...] = (),
    first_found_s: float | None = 0.0,
    others_declared: bool = False,
    turns: Sequence[Turn] = (),
    comparisons: Sequence[VoiceResult] = (),
) -> tuple[Flag, ...]:
    return flags_from(
        observations,
        evidence,
        first_found_s=first_found_s,
        others_declared=others_declared,
        reliability="high",
        turns=turns,
        comparisons=comparisons,
    )


def test_nothing_seen_raises_nothing() -> None:
    assert flags() == ()


def test_another_face_for_a_second_is_an_undeclared_person() -> None:
    other = seen("face.other", 4.0, 5.0, 0.8)
    (flag,) = flags(other)
    assert (flag.code, flag.family, flag.flag_id) == ("undeclared_person", "identity", "f1")
    assert (flag.start_s, flag.end_s, flag.value, flag.unit) == (4.0, 5.0, 1.0, "s")
    assert (flag.threshold, flag.observations) == (1.0, (other,))


def test_another_face_for_less_than_a_second_raises_nothing() -> None:
    assert flags(seen("face.other", 4.0, 4.99)) == ()


def test_a_declared_companion_may_be_seen() -> None:
    assert flags(seen("face.other", 0.0, 30.0), others_declared=True) == ()


def test_a_face_away_for_two_seconds_after_it_was_there_is_absent() -> None:
    (flag,) = flags(seen("face.absent", 5.0, 7.0))
    assert (flag.code, flag.family, flag.value) == ("face_absent", "protocol", 2.0)


@pytest.mark.parametrize(
    ("start_s", "end_s", "first_found_s"),
    [(5.0, 6.99, 0.0), (0.0, 10.0, 10.0), (0.0, 30.0, None)],
    ids=["short", "before the first sight", "never seen"],
)
def test_nobody_is_absent_briefly_or_before_they_came(
    start_s: float, end_s: float, first_found_s: float | None
) -> None:
    assert flags(seen("face.absent", start_s, end_s), first_found_s=first_found_s) == ()


def test_a_face_that_jumps_or_changes_its_size_is_flagged() -> None:
    found = flags(seen("face.place_jump", 3.0, 3.0, 1.4), seen("face.size_jump", 6.0, 6.0, 2.5))
    assert [(f.code, f.value, f.family) for f in found] == [
        ("face_elsewhere", 1.4, "identity"),
        ("face_size_changed", 2.5, "identity"),
    ]


@pytest.mark.parametrize(
    ("monitor_id", "limit", "given"),
    [
        ("identity.other_face", "lasts_s", {"of": seen("face.other", 0.0, 8.0, 0.8)}),
        ("protocol.face_absent", "at_least", {"of": seen("face.absent", 2.0, 10.0)}),
        ("identity.face_elsewhere", "at_least", {"of": seen("face.place_jump", 3.0, 3.0, 8.0)}),
        ("identity.face_size_changed", "at_least", {"of": seen("face.size_jump", 3.0, 3.0, 8.0)}),
        ("voice.another", "at_least", {"turns": [turn(0.0, 8.0, "other")]}),
        ("voice.changed", "at_least", {"turns": [turn(0.0, 8.0, same_voice=False)]}),
    ],
)
def test_a_flag_has_the_limit_of_the_monitoring_point_that_carries_it(
    monitor_id: str, limit: str, given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    point = monitor(monitor_id)
    assert point.pattern is not None

    def flagged(at: float) -> list[float | None]:
        (condition,) = point.pattern.of  # type: ignore[union-attr]
        moved = replace(point.pattern, of=(replace(condition, **{limit: at}),))  # type: ignore[type-var]
        points = {**known, monitor_id: replace(point, pattern=moved)}
        monkeypatch.setattr("facesign.interview.flags.monitor", points.__getitem__)
        found = flags(*([given["of"]] if "of" in given else ()), turns=given.get("turns", ()))
        return [one.threshold for one in found if one.code == point.flag]

    known = {one.monitor_id: one for one in monitors()}
    assert flagged(8.0) == [8.0]
    assert flagged(8.5) == []


def test_identity_evidence_to_the_contrary_is_flagged_when_it_came() -> None:
    (flag,) = flags(evidence=(evidence(),))
    assert (flag.code, flag.family) == ("identity_mismatch", "identity")
    assert (flag.start_s, flag.end_s, flag.value, flag.observations) == (12.0, 12.0, None, ())


@pytest.mark.parametrize(
    ("kind", "result"),
    [("identity", "match"), ("identity", "inconclusive"), ("genuineness", "inconclusive")],
)
def test_evidence_that_is_not_to_the_contrary_raises_nothing(kind: str, result: str) -> None:
    assert flags(evidence=(evidence(kind, result),)) == ()


def test_genuineness_doubted_elsewhere_is_flagged() -> None:
    (flag,) = flags(evidence=(evidence("genuineness", "no_match"),))
    assert (flag.code, flag.family) == ("genuineness_doubted", "genuineness")


def test_behaviour_raises_no_flag() -> None:
    names = ("gaze.away", "head.turned", "blink", "face.movement", "speech", "pause")
    assert flags(*(seen(name, 0.0, 30.0, 99.0) for name in names)) == ()


def test_flags_are_numbered_in_time_order() -> None:
    found = flags(
        seen("face.other", 20.0, 25.0), seen("face.absent", 3.0, 9.0), evidence=(evidence(),)
    )
    assert [(f.flag_id, f.code) for f in found] == [
        ("f1", "face_absent"),
        ("f2", "identity_mismatch"),
        ("f3", "undeclared_person"),
    ]


def test_another_voice_for_three_seconds_is_flagged_unless_others_were_declared() -> None:
    turns = [turn(0.0, 5.0), turn(20.0, 22.0, "other"), turn(24.0, 25.0, "other")]
    (flag,) = flags(turns=turns)
    assert (flag.code, flag.family, flag.reliability) == ("another_voice", "identity", None)
    assert (flag.start_s, flag.end_s, flag.value, flag.threshold) == (20.0, 25.0, 3.0, 3.0)
    assert flags(turns=turns, others_declared=True) == ()
    assert flags(turns=[turn(20.0, 22.9, "other")]) == ()


def test_lips_that_move_with_another_voice_than_before_are_flagged_whoever_was_declared() -> None:
    turns = [turn(0.0, 5.0), turn(6.0, 10.0, same_voice=False)]
    (flag,) = flags(turns=turns, others_declared=True)
    assert (flag.code, flag.start_s, flag.end_s, flag.value) == ("voice_changed", 6.0, 10.0, 4.0)


def test_a_voice_unlike_the_voiceprint_is_flagged_with_its_worst_comparison() -> None:
    parts = [compared_at(0.0, "no_match", -1.5), compared_at(12.0, "no_match", -4.0)]
    (flag,) = flags(comparisons=parts)
    assert (flag.code, flag.family) == ("voice_does_not_match", "identity")
    assert (flag.start_s, flag.end_s, flag.value, flag.threshold) == (0.0, 24.0, -4.0, 0.0)
    assert [o.name for o in flag.observations] == ["voice.comparison", "voice.comparison"]


def test_a_voice_like_the_voiceprint_raises_nothing() -> None:
    assert flags(comparisons=[compared_at(0.0), compared_at(0.0, is_whole=True)]) == ()
