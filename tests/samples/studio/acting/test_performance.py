from __future__ import annotations

import numpy as np
import pytest

from facesign.samples.studio.acting.families import MOTION_FAMILIES, MotionFamily
from facesign.samples.studio.acting.performance import SHAPES, Act
from facesign.samples.studio.acting.rehearsal import perform, rehearse
from facesign.samples.studio.acting.settings import (
    ActingSettings,
    HabitSettings,
    ListedMovement,
    MotionSettings,
    MovementSettings,
)
from facesign.samples.studio.sound.dialogue import Said
from facesign.samples.studio.sound.voices import RATE_HZ, Phone, Speech

NO_HABITS = HabitSettings(**dict.fromkeys(HabitSettings.model_fields, 0.0))
NOTHING = MovementSettings(brief_per_minute=(0, 0), slow_per_minute=(0, 0), habits=NO_HABITS)


def line(speaker: str, start_s: float, length_s: float, question_id: str = "q") -> Said:
    """Return somebody saying "mama" over and over."""
    n = int(length_s / 0.2)
    phones = tuple(
        Phone("m" if i % 2 == 0 else "ɑː", i * 0.2, (i + 1) * 0.2 + 0.02 * (i % 4))
        for i in range(n)
    )
    samples = np.zeros(round(length_s * RATE_HZ), dtype=np.float32)
    said: str = speaker
    return Said(said, question_id, "mama", start_s, Speech(samples, phones))  # type: ignore[arg-type]


SAID = [
    line("officer", 1.0, 2.0, "first"),
    line("applicant", 3.5, 4.0, "first"),
    line("officer", 10.0, 2.0, "second"),
    line("applicant", 15.0, 3.0, "second"),
]


def act(seed: int = 0, duration_s: float = 20.0, said: list[Said] = SAID, **tables: object) -> Act:
    settings = ActingSettings.model_validate(tables)
    return rehearse(said, duration_s, settings, np.random.default_rng(seed))


def column(name: str) -> int:
    return SHAPES.index(name)


def test_the_same_seed_gives_the_same_arrays() -> None:
    time_s = np.arange(600) / 30
    settings = ActingSettings()
    one, other = (
        perform(SAID, time_s, settings, np.random.default_rng(5), duration_s=20.0) for _ in range(2)
    )
    for name in ("weights", "head_deg", "head_cm", "gaze_deg"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("family", MOTION_FAMILIES)
@pytest.mark.parametrize("rate_hz", [15, 60])
def test_another_frame_rate_shows_the_same_face_at_the_same_second(
    rate_hz: int, family: MotionFamily
) -> None:
    played = act(3, motion={"family": family})
    shared_s = np.arange(0, 20, 1 / 5)
    usual = played.at(np.arange(600) / 30)
    at_rate = act(3, motion={"family": family}).at(np.arange(20 * rate_hz) / rate_hz)
    for name in ("weights", "head_deg", "head_cm", "gaze_deg"):
        np.testing.assert_allclose(
            getattr(usual, name)[::6], getattr(at_rate, name)[:: rate_hz // 5], atol=1e-6
        )
    assert len(shared_s) == len(usual.weights[::6])


def test_moments_within_a_frame_can_be_asked_for_alone() -> None:
    played = act(1)
    whole = played.at(np.arange(0, 20, 0.005))
    alone = played.at(np.array([3.9, 3.905, 3.91]))
    np.testing.assert_allclose(alone.weights, whole.weights[780:783], atol=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_ten_minutes_have_a_natural_number_of_blinks(seed: int) -> None:
    played = act(seed, 600.0, [], motion={"family": "nervous"})
    assert 145 <= len(played.blinks) <= 251
    lids = played.at(np.arange(0, 600, 1 / 60)).weights[:, column("eyeBlink_L")]
    dips = ((lids[1:] >= 0.3) & (lids[:-1] < 0.3)).sum()
    assert dips == pytest.approx(len(played.blinks), abs=1)


def test_a_listed_movement_is_where_the_truth_says() -> None:
    listed = ListedMovement(at_s=5.0, channels=("au12.left",), duration_s=0.3, amplitude=0.5)
    played = act(0, 12.0, [], movements=NOTHING.model_copy(update={"listed": (listed,)}))
    (move,) = played.moves("brief")
    assert (move.onset_s, move.offset_s) == (5.0, pytest.approx(5.3))
    assert (move.side, dict(move.channels)) == ("left", {"au12.left": 0.5})
    time_s = np.arange(4.5, 6, 0.001)
    weights = played.at(time_s).weights
    smile = weights[:, column("mouthSmile_L")] - weights[0, column("mouthSmile_L")]
    assert smile.max() == pytest.approx(0.5, abs=1e-3)
    assert time_s[smile.argmax()] == pytest.approx(move.apex_s, abs=0.002)
    assert time_s[smile >= 0.05][0] == pytest.approx(5.0, abs=0.002)
    assert time_s[smile >= 0.05][-1] == pytest.approx(5.3, abs=0.002)
    other = weights[:, column("mouthSmile_R")]
    assert np.ptp(other) < 1e-6


def test_brief_movements_keep_to_their_settings() -> None:
    movements = NOTHING.model_copy(
        update={
            "brief_per_minute": (10.0, 10.0),
            "duration_s": (0.1, 0.2),
            "amplitude": (0.2, 0.4),
            "classes": ("surprise",),
            "profiles": ("double",),
            "one_sided": 1.0,
        }
    )
    played = act(0, 300.0, [], movements=movements, motion={"expressiveness": 0})
    moves = played.moves("brief")
    assert len(moves) == 50
    assert {m.name for m in moves} == {"surprise"}
    assert {m.profile for m in moves} == {"double"}
    assert {m.side for m in moves} == {"left", "right"}
    assert all(0.1 <= m.offset_s - m.onset_s <= 0.2 + 1e-9 for m in moves)
    assert all(0.2 <= m.amplitude <= 0.4 for m in moves)
    assert played.families == {"motion": ("calm",), "pulse": ("double",)}


def test_brief_movements_touch_no_blink() -> None:
    played = act(2, 300.0, [], movements={"brief_per_minute": (12, 12)})
    for move in played.moves("brief"):
        assert not any(
            b.offset_s > move.onset_s - 0.1 and b.onset_s < move.offset_s + 0.1
            for b in played.blinks
        )


def test_brief_movements_stay_out_of_own_speech_when_asked_to() -> None:
    movements = MovementSettings(brief_per_minute=(30, 30), during_speech=0)
    played = act(0, 20.0, movements=movements)
    own = [(x.start_s, x.end_s) for x in SAID if x.speaker == "applicant"]
    moves = played.moves("brief")
    assert len(moves) >= 3
    assert all(m.offset_s <= start or m.onset_s >= end for m in moves for start, end in own)


def test_brief_movements_fall_on_the_chosen_question() -> None:
    movements = MovementSettings(brief_per_minute=(9, 9), on_questions=("second",))
    moves = act(0, 20.0, movements=movements).moves("brief")
    assert len(moves) == 3
    assert all(10.0 <= m.onset_s < m.offset_s <= 18.0 for m in moves)


def test_a_blink_comes_with_each_brow_blink() -> None:
    listed = ListedMovement(at_s=6.0, habit="blink_with_brow")
    played = act(0, 12.0, [], movements=NOTHING.model_copy(update={"listed": (listed,)}))
    (move,) = played.moves("hard_negative")
    # The lids meet a little before their shape is at its full weight.
    near = [b for b in played.blinks if 0 < move.apex_s - b.apex_s < 0.03]
    assert len(near) == 1


def test_lips_move_in_the_own_speech_only() -> None:
    played = act(0, 20.0, movements=NOTHING, motion={"expressiveness": 0})
    jaw = played.at(np.arange(0, 20, 0.01)).weights[:, column("jawOpen")]
    assert jaw[100:300].max() == 0
    assert jaw[360:740].max() > 0.2


def test_other_words_can_be_mouthed_than_are_heard() -> None:
    mouthed = [line("applicant", 5.5, 1.0)]
    settings = ActingSettings(movements=NOTHING)
    rng = np.random.default_rng(0)
    played = rehearse(SAID, 20.0, settings, rng, mouthed=mouthed)
    jaw = played.at(np.arange(0, 20, 0.01)).weights[:, column("jawOpen")]
    assert jaw[350:500].max() == 0
    assert jaw[570:650].max() > 0.1


def test_any_family_is_drawn_and_told() -> None:
    found = {act(seed, 5.0, [], motion={"family": "any"}).families["motion"] for seed in range(40)}
    assert found == {(name,) for name in MOTION_FAMILIES}


def test_lively_people_move_more_than_still_ones() -> None:
    def spread(family: MotionFamily) -> float:
        played = act(0, 60.0, [], motion=MotionSettings(family=family))
        return float(played.at(np.arange(0, 60, 0.1)).head_deg[:, 0].std())

    assert spread("lively") > 2 * spread("still")


def test_states_leave_out_shapes_at_rest() -> None:
    played = act(0, 20.0).at(np.array([0.5, 4.1]))
    states = list(played.states())
    assert len(states) == 2
    for state, row in zip(states, played.weights, strict=True):
        assert 0 not in state.weights.values()
        assert state.weights["mouthClose"] == pytest.approx(row[column("mouthClose")])
    assert states[1].yaw_deg == pytest.approx(played.head_deg[1, 0])
    assert states[1].gaze_pitch_deg == pytest.approx(played.gaze_deg[1, 1])


def test_frames_have_their_truth() -> None:
    played = act(0, 20.0).at(np.array([0.5, 4.1]))
    eyes_px = np.array([[[300, 200], [200, 201]], [[301, 200], [201, 201]]], dtype=np.float32)
    told = played.truth(eyes_px)
    assert told.shapes == SHAPES
    np.testing.assert_array_equal(told.weights, played.weights)
    np.testing.assert_array_equal(told.eyes_px[1, 0], [301, 200])


@pytest.mark.parametrize("family", MOTION_FAMILIES)
@pytest.mark.parametrize("seed", range(3))
def test_heads_stay_on_their_shoulders_and_turned_to_the_camera(
    family: MotionFamily, seed: int
) -> None:
    played = act(seed, 120.0, [], motion={"family": family}).at(np.arange(0, 120, 0.1))
    assert np.abs(played.head_cm[:, 0]).max() < 3
    assert np.abs(played.head_deg[:, 0]).max() < 25
    assert np.abs(played.gaze_deg).max() < 35
