"""The tables of a scenario that say how an interview sounds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from facesign.samples.studio.settings import Section
from facesign.samples.studio.sound.link import LinkSettings
from facesign.samples.studio.sound.loudspeaker import LoudspeakerFamily
from facesign.samples.studio.sound.noise import NoiseSettings
from facesign.samples.studio.sound.ranges import Decibels, Seconds
from facesign.samples.studio.sound.room import RoomSettings
from facesign.samples.studio.sound.vocoder import VocoderFamily

__all__ = ["EchoSettings", "SoundSettings", "VoiceAttackSettings"]


class EchoSettings(Section):
    """The officer's voice in the applicant's microphone."""

    source: Literal["speakerphone", "same_room"] = "speakerphone"
    """A loudspeaker after the call's delay, or the officer at the same desk."""
    delay_s: Seconds = (0.1, 0.25)
    """Delay of the speakerphone; at one desk there is none."""
    level_db: Decibels = (-16, -8)
    """How loud, relative to the applicant."""
    loudspeaker: LoudspeakerFamily = "laptop"
    """What the speakerphone sounds like."""


class VoiceAttackSettings(Section):
    """The applicant's voice does not come from a mouth in front of the microphone."""

    kind: Literal["loudspeaker", "vocoder"] = "loudspeaker"
    """A recording replayed by a loudspeaker, or speech made by a vocoder."""
    loudspeaker: LoudspeakerFamily = "phone"
    """Family of the loudspeaker."""
    vocoder: VocoderFamily = "lpc"
    """Family of the vocoder."""
    flatten: Annotated[float, Field(ge=0, le=1)] = 0.7
    """How much of its melody the `lpc` vocoder takes away."""
    from_question: str = ""
    """Question at which it starts; the first when empty."""


class SoundSettings(Section):
    """How an interview sounds."""

    applicant_db: Annotated[float, Field(ge=-50, le=-10)] = -24.0
    """Level of the applicant's speech, relative to full scale."""
    officer_db: Annotated[float, Field(ge=-50, le=-10)] = -26.0
    """Level of the officer's speech, relative to full scale."""
    room: RoomSettings = RoomSettings()
    """The applicant's room."""
    officer_room: RoomSettings = RoomSettings(distance_m=(0.2, 0.35))
    """The officer's room."""
    noise: NoiseSettings = NoiseSettings()
    """Noise in the applicant's room."""
    officer_noise: NoiseSettings = NoiseSettings(snr_db=(44, 50))
    """Noise in the officer's room."""
    link: LinkSettings = LinkSettings()
    """From the applicant's microphone to the record."""
    officer_link: LinkSettings = LinkSettings()
    """From the officer's microphone to the record."""
    echo: EchoSettings | None = None
    """The officer's voice in the applicant's microphone."""
    cross_talk_db: Decibels | None = None
    """The applicant's voice in the officer's microphone, relative to the officer's."""
    attack: VoiceAttackSettings | None = None
    """An attack with sound."""
