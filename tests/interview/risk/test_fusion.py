from __future__ import annotations

import pytest
from risk_factory import watch

from facesign.interview.risk.fusion import BOUNDS, Fusion, fuse
from facesign.interview.risk.monitors import monitor, monitors

OTHER_FACE = "face.other 20 25 0.9"
LATE = ["question.sensitive 10 40 30", "voice.response_latency 15 35 9 usual=0.6 mad=0.05"]
BEHAVIOUR = [
    *LATE,
    "voice.longest_pause 15 35 9 usual=0.4 mad=0.05",
    "voice.filled_pauses 15 35 9 usual=0 mad=0",
    "voice.syllable_rate 15 35 12 usual=4 mad=0.1",
    "voice.pitch 15 35 400 usual=180 mad=2",
    "face.brief_movements 15 35 9",
    "gaze.away 16 20 30",
    "gaze.away_share 15 35 0.9",
    "blink.rate 15 35 90 usual=18 mad=1",
]


def fused(*lines: str, code: str = "undeclared_person") -> Fusion:
    return fuse(code, 20.0, 25.0, watch(lines))


def points(fusion: Fusion, family: str) -> float | None:
    return {one.family: one.points for one in fusion.families}[family]


def test_a_flag_alone_counts_the_weight_of_what_carries_it() -> None:
    fusion = fused(OTHER_FACE)
    (only,) = fusion.contributions
    assert (only.monitor_id, only.carries, only.factor) == ("identity.other_face", True, 1.0)
    assert fusion.points == monitor("identity.other_face").weight == 4.0


def test_the_second_of_a_family_counts_half_and_the_third_a_quarter() -> None:
    fusion = fused(OTHER_FACE, "face.left 30 32 2", "face.place_jump 33 33 1.5")
    factors = {one.monitor_id: one.factor for one in fusion.contributions}
    assert factors["identity.other_face"] == 1.0
    assert factors["identity.face_elsewhere"] == 0.5
    # Its evidence is behind the jump already, so it is halved once more.
    assert factors["identity.moved_after_absence"] == 0.125
    assert points(fusion, "identity") == pytest.approx(4 + 0.5 * 3 + 0.125 * 2)


def test_every_total_can_be_recomputed_from_what_the_report_lists() -> None:
    fusion = fused(
        OTHER_FACE, *BEHAVIOUR, "voice.other 20 26 6 other", "face.left 28 30.5 2.5",
        "quality.light 0 60 30 session", "light.step 21 22 2 session",
    )  # fmt: skip
    row = fusion.to_dict()
    total = 0.0
    for family in row["families"]:
        listed = [c for c in row["contributions"] if c["family"] == family["family"]]
        assert all(c["points"] == c["weight"] * c["factor"] for c in listed)
        if family["status"] == "not_assessed":
            assert (family["points"], listed) == (None, [])
            continue
        least, most = BOUNDS.get(family["family"], (float("-inf"), float("inf")))
        assert family["points"] == min(max(sum(c["points"] for c in listed), least), most)
        total += family["points"]
    assert row["points"] == pytest.approx(total)
    assert {c["family"] for c in row["contributions"]} >= {"identity", "voice", "behaviour"}


def test_behaviour_never_counts_more_than_its_bound_and_never_carries() -> None:
    fusion = fused(OTHER_FACE, *BEHAVIOUR)
    seen = [one for one in fusion.contributions if one.family == "behaviour"]
    assert len(seen) >= 6
    assert not any(one.carries for one in seen)
    assert points(fusion, "behaviour") == BOUNDS["behaviour"][1] == 0.5
    weakest = min(one.weight for one in monitors() if one.role == "carry")
    assert BOUNDS["behaviour"][1] < weakest


def test_behaviour_adds_and_takes_away_nothing_of_other_families() -> None:
    with_it, without = fused(OTHER_FACE, *BEHAVIOUR), fused(OTHER_FACE)
    assert with_it.points - without.points == pytest.approx(0.5)
    assert points(with_it, "identity") == points(without, "identity")


def test_a_bad_capture_lowers_the_rank_within_its_bound() -> None:
    fusion = fused(
        OTHER_FACE,
        "light.step 21 22 2 session",
        "quality.light 0 60 30 session",
        "quality.light_evenness 0 60 0.1 session",
    )
    assert points(fusion, "environment") == -1.0
    assert fusion.points == 3.0


def test_nothing_found_is_told_apart_from_nothing_looked_at() -> None:
    nothing_looked = fused(OTHER_FACE)
    looked = fused(OTHER_FACE, "history.sessions 0 0 1 session")
    assert points(nothing_looked, "history") is None
    assert points(looked, "history") == 0.0
    (family,) = (one for one in looked.families if one.family == "history")
    assert (family.status, family.n_assessed) == ("assessed", 1)
    assert nothing_looked.points == looked.points


def test_protection_counts_nothing_against_the_applicant() -> None:
    prompted = "voice.other_before_answer 20 22 2 other"
    assert fused(OTHER_FACE, prompted).points == fused(OTHER_FACE).points
    assert "protection" not in {one.family for one in fused(OTHER_FACE, prompted).families}


def test_what_is_far_from_a_flag_does_not_belong_to_it() -> None:
    near, far = "face.left 50 53 3", "face.left 60 63 3"
    assert len(fused(OTHER_FACE, near).contributions) == 2
    assert len(fused(OTHER_FACE, far).contributions) == 1


def test_what_says_something_of_the_whole_session_belongs_to_each_flag() -> None:
    fusion = fused(OTHER_FACE, "history.stopped 0 0 1 session")
    assert [one.monitor_id for one in fusion.contributions] == [
        "identity.other_face",
        "history.stopped_before",
    ]


def test_the_evidence_is_ranked_with_what_carries_the_flag_first() -> None:
    fusion = fused(OTHER_FACE, "evidence.identity_no_match 22 22 1 session")
    assert [one.monitor_id for one in fusion.contributions] == [
        "identity.other_face",
        "identity.evidence_no_match",
    ]
    assert [one.carries for one in fusion.contributions] == [True, False]
