from __future__ import annotations

from dataclasses import replace

import numpy as np
from tone_voices import TONES

from facesign.biometrics.speakers.lips import LipEvidence
from facesign.biometrics.speakers.roles import Role, Voice, assign_roles
from facesign.biometrics.stream import FloatArray

EAST: FloatArray = np.array([1, 0, 0], np.float32)
NORTH: FloatArray = np.array([0, 1, 0], np.float32)
LIMITS = replace(TONES, same_above=0.8, other_below=0.6)
UP: FloatArray = np.array([0, 0, 1], np.float32)


def voice(mean: FloatArray, **sums: float | LipEvidence) -> Voice:
    empty = Voice(mean, 10, 10.0, 0.0, 0.0, 0.0, 0.0, None)
    return replace(empty, **sums)  # type: ignore[arg-type]


MOVING, RESTING = LipEvidence(20, 19), LipEvidence(20, 1)


def roles(*voices: Voice, officer: FloatArray | None = None) -> list[str]:
    return [role.subject for role in assign_roles(voices, LIMITS, officer=officer)]


def test_officer_is_who_sounds_like_the_sample_and_the_other_voice_alone_is_the_applicant() -> None:
    assert roles(voice(EAST), voice(NORTH), officer=NORTH) == ["applicant", "officer"]


def test_nobody_is_guessed_from_two_voices_without_an_anchor() -> None:
    assert roles(voice(EAST), voice(NORTH)) == ["session", "session"]


def test_one_voice_that_nothing_speaks_for_is_not_guessed_to_be_the_applicants() -> None:
    """It may be two that the encoder takes for one."""
    assert roles(voice(EAST)) == ["session"]
    assert roles(voice(EAST), officer=NORTH) == ["applicant"]


def test_two_voices_beside_the_officer_are_not_guessed_at() -> None:
    found = roles(voice(EAST), voice(NORTH), voice(UP), officer=UP)
    assert found == ["session", "session", "officer"]


def test_the_lips_say_which_of_them_is_the_applicant() -> None:
    seen = replace(voice(NORTH), lips=MOVING)
    unseen = replace(voice(EAST), lips=RESTING)
    assert roles(unseen, seen, voice(UP), officer=UP) == ["other", "applicant", "officer"]


def test_one_voice_in_a_film_is_not_the_applicants_while_the_lips_do_not_follow_it() -> None:
    assert roles(replace(voice(EAST), lips=RESTING)) == ["session"]
    assert roles(replace(voice(EAST), lips=MOVING)) == ["applicant"]


def test_a_second_voice_that_the_lips_follow_is_a_change_of_voice() -> None:
    first = replace(voice(EAST), lips=MOVING)
    second = replace(voice(NORTH), lips=LipEvidence(10, 8))
    found = assign_roles((first, second), LIMITS)
    assert found == (Role("applicant", "lips"), Role("applicant", "lips", same_voice=False))


def test_questions_tell_officer_and_applicant() -> None:
    asking = voice(EAST, asked_s=8.0, answered_s=1.0)
    answering = voice(NORTH, asked_s=1.0, answered_s=20.0)
    third = voice(UP, answered_s=5.0)
    assert roles(asking, answering, third) == ["officer", "applicant", "other"]


def test_own_tracks_tell_officer_and_applicant_and_a_second_voice_is_another() -> None:
    applicant = voice(EAST, own_track_s=30.0)
    officer = voice(NORTH, officer_track_s=20.0, own_track_s=4.0)
    second = voice(UP, own_track_s=5.0)
    assert roles(applicant, officer, second) == ["applicant", "officer", "other"]


def test_sums_of_two_voices_weigh_by_their_pieces() -> None:
    merged = Voice.merged([replace(voice(EAST), n_pieces=3), replace(voice(NORTH), n_pieces=1)])
    np.testing.assert_allclose(merged.mean, [0.75, 0.25, 0.0])
    assert merged.seconds == 20.0
    assert "0.75" not in repr(merged)


def leaning(cosine: float) -> FloatArray:
    """A direction with that cosine to EAST, far from all others."""
    return np.array([cosine, 0, -np.sqrt(1 - cosine**2)], np.float32)


def test_only_a_voice_clearly_unlike_both_is_another() -> None:
    applicant = voice(EAST, own_track_s=30.0)
    officer = voice(NORTH, officer_track_s=20.0)
    found = [
        roles(applicant, officer, voice(leaning(cosine), own_track_s=4.0))[2]
        for cosine in (0.75, 0.6, 0.45)
    ]
    assert found == ["applicant", "session", "other"]


def test_without_a_known_officer_a_second_voice_may_be_theirs() -> None:
    assert roles(replace(voice(EAST), lips=MOVING), replace(voice(NORTH), lips=RESTING)) == [
        "applicant",
        "session",
    ]


def test_a_voice_that_the_lips_rest_through_is_not_the_applicants_even_on_their_track() -> None:
    heard = voice(EAST, own_track_s=30.0, lips=RESTING)
    assert roles(heard, voice(NORTH, officer_track_s=20.0)) == ["session", "officer"]


def test_the_lips_settle_what_the_voice_leaves_open() -> None:
    applicant = replace(voice(EAST), lips=MOVING)
    agitated = replace(voice(leaning(0.7)), lips=LipEvidence(10, 8))
    found = assign_roles((applicant, agitated), LIMITS)
    assert found[1] == Role("applicant", "lips", same_voice=True)
