from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from facesign.samples.studio.acting.habits import HABITS
from facesign.samples.studio.acting.settings import (
    ActingSettings,
    HabitSettings,
    ListedMovement,
    MovementSettings,
)


def test_a_scenario_table_is_read_with_its_own_words() -> None:
    settings = ActingSettings.model_validate(
        {
            "motion": {"family": "nervous", "blinks_per_minute": [18, 20]},
            "movements": {
                "listed": [{"at_s": 3.0, "class": "surprise", "side": "both"}],
                "habits": {"swallow": 2},
            },
            "differ": {"paralysis": "left"},
        }
    )
    (listed,) = settings.movements.listed
    assert (listed.class_, listed.side, listed.duration_s) == ("surprise", "both", 0.3)
    assert settings.motion.blinks_per_minute == (18, 20)
    assert settings.differ.paralysis_degree == 1.0


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"motion": {"familiy": "calm"}}, "Extra inputs"),
        ({"motion": {"family": "angry"}}, "'calm'"),
        ({"movements": {"duration_s": [0.01, 0.3]}}, "duration_s must lie within 0.04 to 0.5"),
        ({"movements": {"duration_s": [0.3, 0.1]}}, "must not be above"),
        ({"movements": {"amplitude": [0.1, 1.5]}}, "amplitude must lie within"),
        ({"movements": {"one_sided": 1.2}}, "less than or equal to 1"),
        ({"movements": {"classes": []}}, "at least 1"),
        ({"movements": {"habits": {"sneeze": 1}}}, "Extra inputs"),
        ({"differ": {"paralysis": "both"}}, "'left' or 'right'"),
    ],
)
def test_what_is_unknown_or_impossible_is_refused(table: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        ActingSettings.model_validate(table)


@pytest.mark.parametrize(
    "wish",
    [{}, {"class_": "other", "habit": "laugh"}, {"habit": "laugh", "channels": ["au1.left"]}],
)
def test_a_listed_movement_is_one_of_class_channels_and_habit(wish: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="one of class, channels and habit"):
        ListedMovement.model_validate({"at_s": 1.0} | wish)


def test_a_listed_movement_names_channels_that_exist() -> None:
    with pytest.raises(ValidationError, match=r"no facial channel named au99\.left"):
        ListedMovement(at_s=1.0, channels=("au99.left",))


def test_every_habit_has_its_rate() -> None:
    assert tuple(HabitSettings.model_fields) == HABITS


def test_every_field_has_a_default_and_the_defaults_are_allowed() -> None:
    assert MovementSettings() == MovementSettings.model_validate({})
