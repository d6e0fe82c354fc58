"""Speech of the claimed customer from another day, to enroll a voice from."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.errors import SettingsError
from facesign.samples.studio.sound.cast import Part
from facesign.samples.studio.sound.layers import level_of
from facesign.samples.studio.sound.noise import Noise
from facesign.samples.studio.sound.recording import phrases_of
from facesign.samples.studio.sound.room import RoomSettings, draw_room
from facesign.samples.studio.sound.voices import RATE_HZ, Speech, say
from facesign.samples.studio.sound.wording import phrases

__all__ = ["enrollment"]

_LEVEL_DB = -24.0
_NOISE_DB = -66.0
_GAP_S = (0.3, 0.6)


def enrollment(
    part: Part, rng: np.random.Generator, *, least_s: float = 10.0, most_s: float = 15.0
) -> FloatArray:
    """Return calm speech of one speaker in a quiet booth at 48 kHz, shape (n_samples,).

    Another `rng` gives another recording of the same person.

    Args:
        part: The customer, as in `Cast.applicant`; a given recording is used where there is one.
        rng: Draws sentences, pauses and the booth.
        least_s: Shortest length.
        most_s: Longest length, at least 5 s more than the shortest.

    Raises:
        MissingLibraryError: espeak-ng is not installed.
        MediaError: The speaker's recording cannot be read.
        SettingsError: The two lengths are closer than one sentence is long.
    """
    if most_s < least_s + 5:
        raise SettingsError(f"expected 5 s between {least_s} s and {most_s} s of enrollment")
    if part.recording:
        spoken = [speech for _, speech in phrases_of(part.recording)]
    else:
        texts = phrases("enrollment", part.voice.language)
        spoken = say([(texts[number], part.voice) for number in rng.permutation(len(texts))])
    room = draw_room(RoomSettings(family="booth"), rng)
    sound = _laid(spoken, round(least_s * RATE_HZ), rng)
    heard = room.reverberated(sound, room.distance_m)[: round(most_s * RATE_HZ)]
    heard = heard * np.float32(10 ** (_LEVEL_DB / 20) / max(level_of([heard]), 1e-9))
    hush = np.float32(10 ** (_NOISE_DB / 20)) * Noise("hush", rng).take(len(heard))
    return np.asarray(np.clip(heard + hush, -1, 1), dtype=np.float32)


def _laid(spoken: list[Speech], least: int, rng: np.random.Generator) -> FloatArray:
    """Lay sentences one after another, over again if they are too few."""
    pieces: list[FloatArray] = []
    number = 0
    while sum(map(len, pieces)) < least:
        gap = np.zeros(round(rng.uniform(*_GAP_S) * RATE_HZ), dtype=np.float32)
        pieces += [gap, spoken[number % len(spoken)].samples]
        number += 1
    return np.concatenate(pieces)
