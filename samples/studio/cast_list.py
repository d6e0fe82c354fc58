"""Who is in front of the camera, and what each of them does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import TimeArray
from facesign.errors import ScenarioError
from facesign.samples.studio.acting.performance import Act
from facesign.samples.studio.acting.rehearsal import rehearse
from facesign.samples.studio.acting.settings import ActingSettings, MovementSettings
from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.people.casting import draw_person
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.scenario import Scenario, SecondPersonSettings
from facesign.samples.studio.settings import rng_for
from facesign.samples.studio.sound.dialogue import Dialogue, Said
from facesign.samples.studio.stage.placed import Placed

__all__ = ["Seat", "seats_of", "speaking_role"]

_BESIDE_CM = (25.0, 1.0, -16.0)
"""Where a second person sits, from the applicant: aside, up, and away from the camera."""
_TURNED_DEG = 12.0
"""How far a second person's body is turned towards the applicant."""


@dataclass(frozen=True, slots=True, eq=False)
class Seat:
    """A person in a place, for a part of the interview."""

    role: str
    """`applicant`, `other`, `interpreter` or `companion`."""
    placed: Placed
    act: Act
    start_s: float
    end_s: float
    declared: bool = True

    @property
    def person(self) -> Person:
        """Who sits there."""
        return self.placed.person

    def there(self, time_s: float) -> bool:
        """Tell whether the person is there at a time."""
        return self.start_s <= time_s < self.end_s

    def states(self, time_s: TimeArray) -> Iterator[FaceState | None]:
        """Yield what the person does at each time, None while not there."""
        for at_s, state in zip(time_s, self.act.at(time_s).states(), strict=True):
            yield state if self.there(float(at_s)) else None


def speaking_role(second: SecondPersonSettings) -> str:
    """Return under which name the dialogue has what a second person says."""
    return "interpreter" if second.role == "interpreter" else "other"


def seats_of(
    scenario: Scenario,
    seed: int,
    dialogue: Dialogue,
    mouthed: tuple[Said, ...] | None,
    camera_cm: tuple[float, float, float],
) -> list[Seat]:
    """Draw everybody in the picture, the applicant first.

    Args:
        scenario: Who is asked for.
        seed: The render's seed.
        dialogue: What is said.
        mouthed: What the applicant's lips say, if it is something else than what is heard.
        camera_cm: Where the camera is from between the applicant's eyes.
    """
    end_s = dialogue.duration_s
    change_s = _change_s(scenario, dialogue)
    applicant = Seat(
        "applicant",
        Placed(draw_person(scenario.person, rng_for(seed, "person"))),
        rehearse(
            dialogue.said,
            end_s,
            scenario.acting,
            rng_for(seed, "acting"),
            mouthed=mouthed,
            camera_cm=camera_cm,
        ),
        0.0,
        end_s if change_s is None else change_s,
    )
    seats = [applicant]
    if scenario.replacement is not None and change_s is not None:
        person = draw_person(scenario.replacement.person, rng_for(seed, "replacement"))
        act = rehearse(
            dialogue.said,
            end_s,
            scenario.acting,
            rng_for(seed, "replacement acting"),
            camera_cm=camera_cm,
        )
        seats.append(Seat("other", Placed(person), act, change_s, end_s, declared=False))
    if scenario.second_person is not None:
        seats.append(_second(scenario.second_person, seed, dialogue))
    return seats


def _change_s(scenario: Scenario, dialogue: Dialogue) -> float | None:
    """Return when another person sits in the applicant's place."""
    if scenario.replacement is None:
        return None
    wanted = scenario.replacement.from_question
    if not wanted:
        starts = [asked.asked_start_s for asked in dialogue.questions]
        half_s = dialogue.duration_s / 2
        return min(starts, key=lambda start_s: abs(start_s - half_s))
    for asked in dialogue.questions:
        if asked.question_id == wanted:
            return asked.asked_start_s
    raise ScenarioError(
        f"scenario {scenario.name}: replacement.from_question: {wanted!r} is not asked; there are "
        f"{', '.join(asked.question_id for asked in dialogue.questions)}"
    )


def _second(second: SecondPersonSettings, seed: int, dialogue: Dialogue) -> Seat:
    side = 1.0 if second.place == "left" else -1.0
    aside, up, near = _BESIDE_CM
    placed = Placed(
        draw_person(second.person, rng_for(seed, "second person")),
        at_cm=(side * aside, up, near),
        facing_deg=-side * _TURNED_DEG,
    )
    end_s = dialogue.duration_s
    quiet = MovementSettings(brief_per_minute=(0, 0), slow_per_minute=(0, 0.5))
    act = rehearse(
        dialogue.said,
        end_s,
        ActingSettings(motion=second.motion, movements=quiet),
        rng_for(seed, "second acting"),
        speaker=speaking_role(second),
    )
    start_s, leave_s = (float(share * end_s) for share in (second.start_share, second.end_share))
    return Seat(second.role, placed, act, start_s, leave_s, second.declared)


def in_picture(seats: list[Seat], time_s: float) -> list[FaceState | None]:
    """Return what each person does at one time."""
    at = np.array([time_s])
    return [next(seat.states(at)) for seat in seats]
