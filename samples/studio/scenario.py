"""Scenario files: what an interview shall be like, read from TOML and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, ValidationError, model_validator

from facesign.errors import ScenarioError
from facesign.samples.studio.acting.settings import (
    ActingSettings,
    DifferSettings,
    MotionSettings,
    MovementSettings,
)
from facesign.samples.studio.camera.channel import ChannelSettings
from facesign.samples.studio.camera.encode import EncodeSettings
from facesign.samples.studio.camera.settings import CameraSettings
from facesign.samples.studio.camera.shoot import AnyAttackSettings
from facesign.samples.studio.people.casting import PersonSettings
from facesign.samples.studio.settings import Section
from facesign.samples.studio.sound.cast import CastSettings
from facesign.samples.studio.sound.plan import DialogueSettings
from facesign.samples.studio.sound.soundscape import SoundSettings
from facesign.samples.studio.stage.backdrop import BackdropSettings
from facesign.samples.studio.stage.light import LightSettings
from facesign.samples.studio.stage.view import ViewSettings
from facesign.samples.studio.wrongs import first_line

__all__ = [
    "ReplacementSettings",
    "Scenario",
    "SecondPersonSettings",
    "Words",
    "load_scenario",
    "scenario_names",
]

Table: TypeAlias = dict[str, Any]

_DEEPEST = 8
"""Files that extend each other; more is a circle."""


class Words(Section):
    """Something to be read by people."""

    en: str = ""
    """In English."""
    zh: str = ""
    """In Chinese."""


class SecondPersonSettings(Section):
    """Somebody beside the applicant in the picture."""

    role: Literal["other", "interpreter", "companion"] = "other"
    """What the person is there for."""
    declared: bool = False
    """Whether the bank was told."""
    place: Literal["left", "right"] = "left"
    """On which side of the applicant, the applicant's own left or right."""
    start_share: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """When the person comes in, as a share of the interview."""
    end_share: Annotated[float, Field(gt=0, le=1)] = 1.0
    """When the person leaves."""
    person: PersonSettings = PersonSettings()
    """Who it is."""
    motion: MotionSettings = MotionSettings(family="calm")
    """How the person moves."""

    @model_validator(mode="after")
    def _comes_before_leaving(self) -> SecondPersonSettings:
        if self.start_share >= self.end_share:
            raise ValueError(
                f"end_share must be above start_share, got {self.start_share} to {self.end_share}"
            )
        return self


class ReplacementSettings(Section):
    """Another person who takes the applicant's place."""

    from_question: str = ""
    """Question at which the other person sits there; drawn at half-way if empty."""
    person: PersonSettings = PersonSettings()
    """Who it is."""


class Scenario(Section):
    """What an interview shall be like. Every table may be left out."""

    name: str
    """The file's name."""
    title: Words = Words()
    """What happens, in a few words."""
    about: Words = Words()
    """What it is for and what a program should make of it."""
    person: PersonSettings = PersonSettings()
    """The applicant."""
    second_person: SecondPersonSettings | None = None
    """Somebody else in the picture."""
    replacement: ReplacementSettings | None = None
    """Somebody who takes the applicant's place."""
    motion: MotionSettings = MotionSettings()
    """Head, eyes and lids."""
    movements: MovementSettings = MovementSettings()
    """What the face shows."""
    differ: DifferSettings = DifferSettings()
    """Face or eyes that move otherwise than most."""
    dialogue: DialogueSettings = DialogueSettings()
    """What is asked and answered."""
    cast: CastSettings = CastSettings()
    """The voices."""
    sound: SoundSettings = SoundSettings()
    """Room, noise, line, and attacks on the sound."""
    lips: Literal["own", "other_speech"] = "own"
    """Whether the lips follow what is heard, or speech that nobody hears."""
    view: ViewSettings = ViewSettings()
    """Size of the picture and place of the camera."""
    light: LightSettings = LightSettings()
    """How the room is lit."""
    backdrop: BackdropSettings = BackdropSettings()
    """The room behind."""
    camera: CameraSettings = CameraSettings()
    """The camera."""
    attacks: tuple[AnyAttackSettings, ...] = ()
    """What is held before the camera, or replaces its picture."""
    channel: ChannelSettings = ChannelSettings()
    """The way of the picture to the bank."""
    encode: EncodeSettings = EncodeSettings()
    """The finished file."""

    @property
    def acting(self) -> ActingSettings:
        """How the applicant moves."""
        return ActingSettings(motion=self.motion, movements=self.movements, differ=self.differ)


def scenario_names() -> list[str]:
    """Return the names of the scenarios that ship, sorted."""
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in _shipped().iterdir()
        if entry.name.endswith(".toml")
    )


def load_scenario(scenario: str | Path) -> Scenario:
    """Read a scenario that ships, by name, or a TOML file.

    Raises:
        ScenarioError: There is none of that name, the file cannot be read, or a key or a
            value in it is not allowed.
    """
    name, table = _table(scenario, Path.cwd(), 0)
    try:
        return Scenario.model_validate({**table, "name": name})
    except ValidationError as error:
        raise ScenarioError(f"scenario {name}: {first_line(error, Scenario)}") from error


def _table(scenario: str | Path, near: Path, depth: int) -> tuple[str, Table]:
    """Read a file with everything that it extends; a file's own words go first."""
    if depth > _DEEPEST:
        raise ScenarioError(f"scenario {scenario}: the files extend each other in a circle")
    name, text, folder = _text(scenario, near)
    try:
        own: Table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"scenario {name}: not TOML: {error}") from error
    extended = own.pop("extends", [])
    if not isinstance(extended, list) or not all(isinstance(item, str) for item in extended):
        raise ScenarioError(f"scenario {name}: extends must be a list of scenarios")
    if "name" in own:
        raise ScenarioError(f"scenario {name}: its name is the file's name; take `name` out")
    table: Table = {}
    for base in extended:
        table = _merged(table, _table(base, folder, depth + 1)[1])
    return name, _merged(table, own)


def _text(scenario: str | Path, near: Path) -> tuple[str, str, Path]:
    if isinstance(scenario, str) and scenario in scenario_names():
        return scenario, (_shipped() / f"{scenario}.toml").read_text("utf-8"), near
    path = near / scenario
    if path.suffix != ".toml":
        known = ", ".join(scenario_names())
        raise ScenarioError(f"no scenario named {str(scenario)!r}; there are {known}")
    try:
        return path.stem, path.read_text("utf-8"), path.parent
    except OSError as error:
        raise ScenarioError(f"scenario {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"scenario {path}: not text in UTF-8") from error


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> Table:
    """Lay one table over another: tables are merged, all else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[key] = _merged(below, value)
        else:
            merged[key] = value
    return merged


def _shipped() -> Traversable:
    return files("facesign.samples.studio") / "scenarios"
