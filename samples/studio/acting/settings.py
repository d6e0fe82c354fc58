"""What a scenario may say about how somebody moves."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AliasChoices, Field, model_validator

from facesign.samples.studio.acting.expressions import CLASSES, MovementClass
from facesign.samples.studio.acting.facs import SHAPES_OF
from facesign.samples.studio.acting.families import MotionFamily
from facesign.samples.studio.acting.habits import Habit
from facesign.samples.studio.acting.pulses import PROFILES, Profile
from facesign.samples.studio.settings import Section, Span

__all__ = [
    "ActingSettings",
    "DifferSettings",
    "HabitSettings",
    "ListedMovement",
    "MotionSettings",
    "MovementSettings",
]

Factor: TypeAlias = Annotated[float, Field(ge=0, le=4)]
Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
PerMinute: TypeAlias = Annotated[float, Field(ge=0, le=30)]
ExpressionSide: TypeAlias = Literal["left", "right", "both"]
OneSide: TypeAlias = Literal["left", "right"]


def _within(name: str, span: Span, least: float, most: float) -> None:
    if span[0] < least or span[1] > most:
        raise ValueError(f"{name} must lie within {least:g} to {most:g}, got {list(span)}")


class MotionSettings(Section):
    """What the head, the eyes and the lids do all the time."""

    family: MotionFamily | Literal["any"] = "calm"
    """Way of holding oneself: `still`, `calm`, `lively`, `nervous`, `weary`; `any` draws one."""
    blinks_per_minute: Span = (15.0, 25.0)
    """Blinks a minute."""
    incomplete_blinks: Share = 0.25
    """Share of the blinks that do not close the eye."""
    sway: Factor = 1.0
    """Head sway and posture changes, as a factor of the family's."""
    nods: Factor = 1.0
    """Nods of listening and movement with the own speech, as a factor of the family's."""
    glances: Factor = 1.0
    """Rate of saccades, as a factor of the family's."""
    aversion: Factor = 1.0
    """How readily the eyes turn away to think, as a factor of the family's."""
    expressiveness: Factor = 1.0
    """Brow raises on stressed words and polite smiles, as a factor of the family's."""
    breaths_per_minute: Span | None = None
    """Breaths a minute; the family's if absent."""
    rest_yaw_deg: Span = (-3.0, 3.0)
    """Where the head usually points, to the subject's left of the camera."""
    rest_pitch_deg: Span = (-3.0, 2.0)
    """Where the head usually points, above the camera."""
    rest_roll_deg: Span = (-2.0, 2.0)
    """How the head usually tilts, to the subject's left shoulder."""
    look_deg: Span = (-3.0, -0.5)
    """Where the eyes usually look above the camera: below it, at the picture of the officer."""
    page_yaw_deg: Span = (30.0, 38.0)
    """Where a page that is read from lies, to the subject's left of the camera."""
    page_pitch_deg: Span = (-14.0, -6.0)
    """Where such a page lies, above the camera."""


class ListedMovement(Section):
    """One movement at a moment, by class, by channels or by habit."""

    at_s: Annotated[float, Field(ge=0)]
    """Onset: where it passes 10 % of its peak."""
    class_: Annotated[
        MovementClass | None, Field(validation_alias=AliasChoices("class", "class_"))
    ] = None
    """`positive`, `negative`, `surprise` or `other`: a combination of the class is drawn."""
    channels: tuple[str, ...] = ()
    """Such as `au1.left`; all get the amplitude, and their class is looked up."""
    habit: Habit | None = None
    """A movement that looks like a brief expression and is none, such as `swallow`."""
    duration_s: Annotated[float, Field(ge=0.04, le=10)] = 0.3
    """From onset to offset."""
    amplitude: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Of the strongest channel, 1 for a shape's full range."""
    side: ExpressionSide | None = None
    """`left`, `right` or `both`; drawn if absent. Channels name their own side."""
    profile: Profile = "sine"
    """Course over time."""

    @model_validator(mode="after")
    def _one_of_three(self) -> ListedMovement:
        if (self.class_ is not None) + bool(self.channels) + (self.habit is not None) != 1:
            raise ValueError("give one of class, channels and habit")
        unknown = sorted(set(self.channels) - set(SHAPES_OF))
        if unknown:
            raise ValueError(f"no facial channel named {', '.join(unknown)}")
        return self


class HabitSettings(Section):
    """Movements that look like brief expressions and are none, a minute."""

    blink_with_brow: PerMinute = 0.8
    """Blinks in which the brows move along."""
    swallow: PerMinute = 0.6
    """Swallowing."""
    laugh: PerMinute = 0.1
    """Short laughs."""
    speech_burst: PerMinute = 0.3
    """Mouth movements of a word begun and not said."""
    head_jerk: PerMinute = 0.3
    """Sudden movements of the head."""
    lip_press: PerMinute = 0.6
    """Lips pressed together."""
    lip_lick: PerMinute = 0.3
    """Lips drawn in and wetted."""
    sniff: PerMinute = 0.2
    """Sniffs: nostrils and upper lip."""


class MovementSettings(Section):
    """What the face shows."""

    brief_per_minute: Span = (1.0, 4.0)
    """Brief movements a minute."""
    duration_s: Span = (0.08, 0.5)
    """Onset to offset of brief movements, within 0.04 to 0.5."""
    amplitude: Span = (0.1, 0.7)
    """Of a brief movement's strongest channel, 1 for a shape's full range."""
    classes: Annotated[tuple[MovementClass, ...], Field(min_length=1)] = CLASSES
    """Classes that brief movements are drawn from."""
    profiles: Annotated[tuple[Profile, ...], Field(min_length=1)] = PROFILES
    """Courses over time: `sine`, `asymmetric`, `double`, `plateau`, `lingering`."""
    one_sided: Share = 0.3
    """Share of brief movements seen on one side only, where the combination allows it."""
    during_speech: Share = 0.4
    """Share of brief movements that may fall into the own speech."""
    on_questions: tuple[str, ...] = ()
    """Questions, by id, within which brief movements fall; anywhere if empty."""
    apart_s: Annotated[float, Field(ge=0, le=2)] = 0.2
    """Time kept free of blinks and other movements before and after a brief one."""
    slow_per_minute: Span = (0.3, 1.0)
    """Lasting expressions a minute."""
    slow_duration_s: Span = (0.6, 4.0)
    """Onset to offset of lasting expressions, within 0.5 to 4."""
    slow_amplitude: Span = (0.2, 0.7)
    """Of a lasting expression's strongest channel."""
    habits: HabitSettings = HabitSettings()
    """Look-alikes a minute."""
    listed: tuple[ListedMovement, ...] = ()
    """Movements at given moments."""

    @model_validator(mode="after")
    def _possible(self) -> MovementSettings:
        _within("duration_s", self.duration_s, 0.04, 0.5)
        _within("amplitude", self.amplitude, 0.02, 1)
        _within("slow_duration_s", self.slow_duration_s, 0.5, 4)
        _within("slow_amplitude", self.slow_amplitude, 0.02, 1)
        _within("brief_per_minute", self.brief_per_minute, 0, 40)
        _within("slow_per_minute", self.slow_per_minute, 0, 12)
        return self


class DifferSettings(Section):
    """People whose face or eyes move otherwise than most."""

    paralysis: OneSide | None = None
    """Side of the face that does not move."""
    paralysis_degree: Share = 1.0
    """1 for no movement at all on that side."""
    ptosis: OneSide | None = None
    """Side of the lid that hangs."""
    ptosis_degree: Share = 0.5
    """Share of the eye's opening that it covers."""
    tremor: Factor = 0.0
    """Tremor of head and jaw; 1 turns the head by about one degree."""
    tremor_hz: Span = (4.0, 6.0)
    """Its frequency."""
    blind_gaze: Literal["none", "wandering", "nystagmus"] = "none"
    """Eyes that hold on to nothing: they drift, or drift and jump back."""


class ActingSettings(Section):
    """How somebody moves."""

    motion: MotionSettings = MotionSettings()
    """Head, eyes and lids."""
    movements: MovementSettings = MovementSettings()
    """What the face shows."""
    differ: DifferSettings = DifferSettings()
    """Face or eyes that move otherwise than most."""
