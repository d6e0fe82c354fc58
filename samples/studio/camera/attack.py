"""What all attacks on the picture have in common: when they last, and their truth."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

import numpy as np
from pydantic import Field

from facesign.errors import SettingsError
from facesign.samples.studio.camera.picture import Image
from facesign.samples.studio.settings import Section

__all__ = ["Attack", "AttackSettings"]

Settings = TypeVar("Settings", bound="AttackSettings")


class AttackSettings(Section):
    """An attack on the picture between two times."""

    start_s: Annotated[float, Field(ge=0)] = 0.0
    """When it begins."""
    end_s: Annotated[float, Field(gt=0)] | None = None
    """When it ends; without it, it lasts to the end."""


class Attack(Generic[Settings]):
    """An attack that is carried out; pictures must come in order of time.

    Raises:
        SettingsError: It ends before it begins.
    """

    before_sensor = True
    """Whether the camera sees it; else it replaces what the camera delivers."""

    def __init__(self, settings: Settings, rng: np.random.Generator) -> None:
        if settings.end_s is not None and settings.end_s <= settings.start_s:
            raise SettingsError(
                f"an attack must end after its start, got {settings.start_s} to {settings.end_s}"
            )
        self._settings, self._rng = settings, rng
        self._end_s = np.inf if settings.end_s is None else settings.end_s

    def active(self, time_s: float) -> bool:
        """Tell whether the attack goes on at a time."""
        return bool(self._settings.start_s <= time_s < self._end_s)

    def apply(self, image: Image, time_s: float) -> Image:
        """Return the picture with the attack in it, or the picture itself at other times.

        Args:
            image: sRGB, shape (height, width, 3).
            time_s: Its time in seconds, not before that of the last one.
        """
        return self._changed(image, time_s) if self.active(time_s) else image

    def truth(self) -> dict[str, Any]:
        """Return kind, times and what was drawn, ready to be written as JSON."""
        return {**self._settings.model_dump(include={"kind", "start_s", "end_s"}), **self._drawn()}

    def _changed(self, image: Image, time_s: float) -> Image:
        raise NotImplementedError

    def _drawn(self) -> dict[str, Any]:
        return {}
