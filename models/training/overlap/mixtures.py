"""Speech of one person, and of two at once, whose truth is known; both in rooms and noise."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from people import BoolArray, Person, speaking
from scipy.signal import butter, oaconvolve, sosfilt

# After this folder: both have a network.py and a train.py.
sys.path.append(str(Path(__file__).parents[1] / "voiceprint"))
from degraded import CODECS, babble, pink, through_codec, with_noise

from facesign.biometrics.speakers.spectra import SPECTRUM_HOP
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.samples.studio.sound.room import RoomSettings, draw_room

__all__ = ["CONDITIONS", "USABLE_SNR_DB", "Example", "Studio"]

CONDITIONS = ("clean", "babble", "noise", "room")
SNR_DB = (5.0, 20.0)
USABLE_SNR_DB = (10.0, 20.0)
"""Under 10 dB a recording is refused as noisy, whoever speaks."""
APART_DB = 6.0
"""One of two is louder than the other by so much at most."""
N_BABBLE = (6, 12)
PHONE_SHARE, CODEC_SHARE = 0.2, 0.1
ROOM_FAMILIES = ("booth", "car", "office", "living_room")
ROOM_M = (0.4, 1.5)
N_ROOMS = 48
_PHONE = butter(4, (300.0, 3400.0), "bandpass", fs=SAMPLE_RATE_HZ, output="sos")


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """Sound whose speakers are known."""

    samples: FloatArray
    both: BoolArray
    """Whether two people speak, every 16 ms, shape (n_samples // 256,)."""
    condition: str
    is_mixed: bool


class Studio:
    """Draw examples of some people, in noise that lies so far under them.

    Args:
        people: Whom to draw from.
        seed: The same seed gives the same examples.
        snr_db: How far noise and babble lie under the speech.
        synthetic_share: Of speakers drawn, if some of the people are synthetic.
    """

    def __init__(
        self,
        people: Sequence[Person],
        seed: int,
        snr_db: tuple[float, float] = SNR_DB,
        synthetic_share: float = 0.0,
    ) -> None:
        self._people = people
        self._snr_db = snr_db
        self._rng = np.random.default_rng(seed)
        self._rooms = [_room(self._rng) for _ in range(N_ROOMS)]
        self._voices = [person.utterances[0] for person in people]
        synthetic = np.array([person.is_synthetic for person in people])
        chance = np.where(synthetic, synthetic_share, 1.0 - synthetic_share)
        counts = np.where(synthetic, synthetic.sum(), (~synthetic).sum())
        self._chances = chance / counts / np.sum(chance / counts)

    def window(self, seconds: float, *, mixed: bool, condition: str) -> Example:
        """Draw some seconds of one or two people."""
        n = round(seconds * SAMPLE_RATE_HZ)
        first, second = self._rng.choice(len(self._people), 2, replace=False, p=self._chances)
        one, own = self._speech(self._people[first], n)
        both = np.zeros_like(own)
        room = self._rng.integers(N_ROOMS) if condition == "room" else None
        sound = self._heard(one, room)
        if mixed:
            other, others = self._speech(self._people[second], n)
            start = self._rng.integers(n // 2) if self._rng.random() < 0.4 else 0
            other[:start], others[: start // SPECTRUM_HOP] = 0.0, False
            gain = 10.0 ** (self._rng.uniform(-APART_DB, APART_DB) / 20.0)
            sound = sound + gain * self._heard(other, room)
            both = own & others
        sound = self._through(sound * 0.06, condition)
        return Example(sound.astype(np.float32), both, condition, mixed)

    def windows(
        self, n: int, seconds: float, single: Sequence[str] = CONDITIONS
    ) -> Iterator[Example]:
        """Draw so many, every other one mixed.

        Args:
            n: How many.
            seconds: How long.
            single: Conditions of one person in turn; of two they are even.
        """
        for i in range(n):
            turns = CONDITIONS if i % 2 else single
            yield self.window(seconds, mixed=bool(i % 2), condition=turns[i // 2 % len(turns)])

    def _speech(self, person: Person, n: int) -> tuple[FloatArray, BoolArray]:
        """Cut so many samples from a random place of a person's speech."""
        order = self._rng.permutation(len(person.utterances))
        parts: list[FloatArray] = []
        for i in np.resize(order, 64):
            parts.append(person.utterances[i])
            if sum(map(len, parts)) >= n + len(parts[0]) // 2:
                break
        joined = np.concatenate(parts)
        start = self._rng.integers(max(1, min(len(parts[0]) // 2, len(joined) - n)))
        cut = np.resize(joined[start:], n).astype(np.float32)
        return cut, speaking(cut)

    def _heard(self, samples: FloatArray, room: int | None) -> FloatArray:
        if room is None:
            return samples
        near, far = self._rooms[room]
        response = near if self._rng.random() < 0.5 else far
        return np.asarray(oaconvolve(samples, response)[: len(samples)], np.float32)

    def _through(self, samples: FloatArray, condition: str) -> FloatArray:
        rng = self._rng
        if condition == "babble":
            n_voices = int(rng.integers(N_BABBLE[0], N_BABBLE[1] + 1))
            noise = babble(self._voices, len(samples), rng, n_voices)
            samples = with_noise(samples, noise, rng.uniform(*self._snr_db))
        elif condition == "noise":
            samples = with_noise(samples, pink(len(samples), rng), rng.uniform(*self._snr_db))
        line = rng.random()
        if line < PHONE_SHARE:
            samples = sosfilt(_PHONE, samples)
        elif line < PHONE_SHARE + CODEC_SHARE:
            coded = through_codec(samples, str(rng.choice(list(CODECS))))
            samples = np.pad(coded, (0, max(0, len(samples) - len(coded))))[: len(samples)]
        return np.clip(samples * rng.uniform(0.3, 2.0), -1.0, 1.0)


def _room(rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Return what two distances in one room do to a voice, at 16 kHz."""
    family = ROOM_FAMILIES[rng.integers(len(ROOM_FAMILIES))]
    room = draw_room(RoomSettings(family=family), rng)
    near, far = (room.response(float(rng.uniform(*ROOM_M))) for _ in range(2))
    return tuple(
        soxr.resample(it, 48_000, SAMPLE_RATE_HZ).astype(np.float32) * 3.0 for it in (near, far)
    )
