"""Film a scene: what stands before the camera, the camera, what replaces its picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, TypeAlias

import numpy as np
from pydantic import Field

from facesign.errors import SettingsError
from facesign.samples.studio.camera.attack import Attack
from facesign.samples.studio.camera.blur import exposed
from facesign.samples.studio.camera.cover import CameraCovered, CameraCoveredSettings
from facesign.samples.studio.camera.injected import (
    FrozenVideo,
    FrozenVideoSettings,
    InjectedClip,
    InjectedClipSettings,
    LoopedVideo,
    LoopedVideoSettings,
)
from facesign.samples.studio.camera.mask import EyePlaces, PaperMask, PaperMaskSettings
from facesign.samples.studio.camera.paper import PrintedPhoto, PrintedPhotoSettings
from facesign.samples.studio.camera.picture import Footage, Timed
from facesign.samples.studio.camera.screen import ScreenReplay, ScreenReplaySettings
from facesign.samples.studio.camera.sensor import Sensor

__all__ = ["AnyAttackSettings", "prepare_attack", "shoot"]

AnyAttackSettings: TypeAlias = Annotated[
    PrintedPhotoSettings
    | ScreenReplaySettings
    | PaperMaskSettings
    | CameraCoveredSettings
    | LoopedVideoSettings
    | FrozenVideoSettings
    | InjectedClipSettings,
    Field(discriminator="kind"),
]
"""An attack in a scenario file, told apart by its `kind`."""


def prepare_attack(
    settings: AnyAttackSettings,
    size: tuple[int, int],
    rng: np.random.Generator,
    *,
    footage: Footage | None = None,
    photo_eyes: EyePlaces | None = None,
    live_eyes: EyePlaces | None = None,
) -> Attack[Any]:
    """Return the attack that a scenario asks for.

    Args:
        settings: Which one, and when.
        size: Width and height of the pictures in pixels.
        rng: Source of everything that is drawn for it.
        footage: What is printed, replayed or injected.
        photo_eyes: Where the eyes are in the footage, for a mask.
        live_eyes: Where the wearer's eyes are, for a mask.

    Raises:
        SettingsError: The attack needs footage, or eyes, and there are none.
    """
    match settings:
        case CameraCoveredSettings():
            return CameraCovered(settings, rng)
        case LoopedVideoSettings():
            return LoopedVideo(settings, rng)
        case FrozenVideoSettings():
            return FrozenVideo(settings, rng)
    if footage is None:
        raise SettingsError(f"{settings.kind} needs footage to show")
    match settings:
        case PrintedPhotoSettings():
            return PrintedPhoto(settings, size, footage, rng)
        case ScreenReplaySettings():
            return ScreenReplay(settings, size, footage, rng)
        case InjectedClipSettings():
            return InjectedClip(settings, size, footage, rng)
    if photo_eyes is None or live_eyes is None:
        raise SettingsError(f"{settings.kind} needs to know where the eyes are")
    return PaperMask(settings, footage, photo_eyes, live_eyes, rng)


def shoot(
    scene: Footage,
    time_s: Iterable[float],
    sensor: Sensor,
    *,
    attacks: Sequence[Attack[Any]] = (),
    n_parts: int = 1,
) -> Iterator[Timed]:
    """Film a scene, one picture at a time.

    Args:
        scene: Draws what is before the camera at a time in seconds.
        time_s: Increasing times of the pictures.
        sensor: The camera.
        attacks: In order; those before the sensor are seen by it, the others replace its picture.
        n_parts: Pictures averaged over the open shutter; 1 has no motion blur and is fastest.

    Yields:
        Time, and the picture that the camera (or what poses as it) delivers.
    """
    for at in time_s:
        image = exposed(scene, float(at), sensor.shutter_s, n_parts)
        for attack in attacks:
            if attack.before_sensor:
                image = attack.apply(image, float(at))
        image = sensor.expose(image, float(at))
        for attack in attacks:
            if not attack.before_sensor:
                image = attack.apply(image, float(at))
        yield float(at), image
