from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from pydantic import ValidationError

from facesign.errors import SettingsError
from facesign.samples.studio.people.casting import PersonSettings, draw_person
from facesign.samples.studio.people.person import PEOPLE, Person


def drawn(seed: int, **settings: object) -> Person:
    return draw_person(PersonSettings(**settings), np.random.default_rng(seed))


def test_the_same_seed_gives_the_same_person() -> None:
    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)


def test_what_is_asked_for_is_what_is_drawn() -> None:
    asked = {
        "tone": 9,
        "sex": "male",
        "eyelid": "epicanthic",
        "glasses": "thick",
        "headscarf": False,
        "beard": "full",
        "moustache": "trimmed",
        "texture": "blotchy",
    }
    truth = drawn(1, age=(61, 61), hair="bald", clothes="shirt", **asked).to_dict()
    assert {name: truth[name] for name in asked} == asked
    assert (truth["hair"], truth["clothes"], truth["age_years"]) == ("bald", "shirt", 61.0)


def test_one_wish_leaves_the_rest_of_a_person_alone() -> None:
    free, asked = asdict(drawn(5)), asdict(drawn(5, glasses="thick", eyelid="single"))
    changed = {name for name in free if free[name] != asked[name]}
    assert changed <= {"glasses", "eyelid"}


def test_women_have_no_beard_unless_asked() -> None:
    women = [drawn(seed, sex="female") for seed in range(60)]
    assert {(w.beard, w.moustache, w.stubble) for w in women} == {("none", "none", 0.0)}


def test_sexes_differ_in_the_modes_that_read_so() -> None:
    mean = {
        sex: np.mean([drawn(s, sex=sex).identity_weights for s in range(80)], axis=0)
        for sex in ("female", "male")
    }
    assert mean["female"][0] - mean["male"][0] > 1.0
    assert mean["female"][4] - mean["male"][4] < -1.0
    assert np.abs(mean["female"] - mean["male"])[20:].max() < 0.6


def test_hair_greys_with_age() -> None:
    grey = {age: np.mean([drawn(s, age=(age, age)).grey for s in range(60)]) for age in (25, 75)}
    assert grey[25] < 0.01
    assert grey[75] > 0.8


def test_a_name_gives_that_person() -> None:
    assert drawn(3, name="daniel") is PEOPLE["daniel"]
    with pytest.raises(SettingsError, match="no person named 'nobody'"):
        drawn(3, name="nobody")


@pytest.mark.parametrize(
    "wrong", [{"tone": 11}, {"age": (10, 20)}, {"glasses": "round"}, {"colour": 3}]
)
def test_impossible_wishes_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PersonSettings(**wrong)
