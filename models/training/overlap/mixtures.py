"""Speech of one person, and of two at once, whose truth is known; both in rooms and noise."""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr
from scipy.signal import butter, oaconvolve, sosfilt

sys.path.insert(0, str(Path(__file__).parents[1] / "voiceprint"))
from degraded import babble, pink, read, with_noise

from facesign.biometrics.speakers.spectra import SPECTRUM_HOP
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.biometrics.voice.levels import levels_db
from facesign.samples.studio.sound.room import RoomSettings, draw_room

__all__ = ["CONDITIONS", "USABLE_SNR_DB", "Example", "Person", "Studio", "halves", "people_in"]

CONDITIONS = ("clean", "babble", "noise", "room")
SNR_DB = (5.0, 20.0)
USABLE_SNR_DB = (10.0, 20.0)
"""Under 10 dB a recording is refused as noisy, whoever speaks."""
APART_DB = 6.0
"""One of two is louder than the other by so much at most."""
PHONE_SHARE = 0.2
ROOM_FAMILIES = ("booth", "car", "office", "living_room")
ROOM_M = (0.4, 1.5)
N_ROOMS = 48
N_HELD_OUT = 75
"""Training speakers that limits are chosen on."""
MOST_S = 30.0
"""Of one speaker."""
SPEAKS_ABOVE_DB = -30.0
"""Under the loud parts of an utterance: weaker sound is silence."""
_HANGS_ON = 3
_PHONE = butter(4, (300.0, 3400.0), "bandpass", fs=SAMPLE_RATE_HZ, output="sos")

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One speaker's utterances, pauses cut off at both ends, each as loud as the others."""

    speaker: str
    corpus: str
    gender: str
    utterances: tuple[FloatArray, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """Sound whose speakers are known."""

    samples: FloatArray
    both: BoolArray
    """Whether two people speak, every 16 ms, shape (n_samples // 256,)."""
    condition: str
    is_mixed: bool


def people_in(speech: Path, only: set[str] | None = None) -> list[Person]:
    """Read the speakers of a folder with a MANIFEST.csv, or some of them."""
    people = []
    for (speaker, corpus, gender), paths in sorted(_paths(speech).items()):
        held: list[FloatArray] = []
        for path in paths if only is None or speaker in only else ():
            one = _trimmed(read(speech / path))
            if len(one) >= SAMPLE_RATE_HZ:
                held.append(one)
            if sum(map(len, held)) >= MOST_S * SAMPLE_RATE_HZ:
                break
        if held:
            people.append(Person(speaker, corpus, gender, tuple(held)))
    return people


def halves(speech: Path) -> tuple[set[str], set[str]]:
    """Return whom the network learns from, and whom its limits are chosen on."""
    names = sorted({speaker for speaker, _, _ in _paths(speech)})
    order = np.random.default_rng(7).permutation(len(names)).tolist()
    return {names[i] for i in order[N_HELD_OUT:]}, {names[i] for i in order[:N_HELD_OUT]}


class Studio:
    """Draw examples of some people, in noise that lies so far under them."""

    def __init__(
        self, people: Sequence[Person], seed: int, snr_db: tuple[float, float] = SNR_DB
    ) -> None:
        self._people = people
        self._snr_db = snr_db
        self._rng = np.random.default_rng(seed)
        self._rooms = [_room(self._rng) for _ in range(N_ROOMS)]
        self._voices = [person.utterances[0] for person in people]

    def window(self, seconds: float, *, mixed: bool, condition: str) -> Example:
        """Draw some seconds of one or two people."""
        n = round(seconds * SAMPLE_RATE_HZ)
        first, second = self._rng.choice(len(self._people), 2, replace=False)
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

    def windows(self, n: int, seconds: float) -> Iterator[Example]:
        """Draw so many, half of them mixed, evenly over the conditions."""
        for i in range(n):
            yield self.window(
                seconds, mixed=bool(i % 2), condition=CONDITIONS[i // 2 % len(CONDITIONS)]
            )

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
        return cut, _speaking(cut)

    def _heard(self, samples: FloatArray, room: int | None) -> FloatArray:
        if room is None:
            return samples
        near, far = self._rooms[room]
        response = near if self._rng.random() < 0.5 else far
        return np.asarray(oaconvolve(samples, response)[: len(samples)], np.float32)

    def _through(self, samples: FloatArray, condition: str) -> FloatArray:
        rng = self._rng
        if condition == "babble":
            samples = with_noise(
                samples, babble(self._voices, len(samples), rng), rng.uniform(*self._snr_db)
            )
        elif condition == "noise":
            samples = with_noise(samples, pink(len(samples), rng), rng.uniform(*self._snr_db))
        if rng.random() < PHONE_SHARE:
            samples = sosfilt(_PHONE, samples)
        return np.clip(samples * rng.uniform(0.3, 2.0), -1.0, 1.0)


def _paths(speech: Path) -> dict[tuple[str, str, str], list[str]]:
    """Return the recordings of each speaker, with corpus and sex."""
    rows: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    with (speech / "MANIFEST.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows[row["speaker"], row["corpus"], row["gender"]].append(row["path"])
    return rows


def _trimmed(samples: FloatArray) -> FloatArray:
    """Cut silence off both ends, and bring the loud parts to RMS 1."""
    speaking = np.flatnonzero(_speaking(samples))
    if len(speaking) < 8:
        return samples[:0]
    cut = samples[speaking[0] * SPECTRUM_HOP : (speaking[-1] + 1) * SPECTRUM_HOP]
    return np.asarray(cut / max(float(np.sqrt(np.mean(cut**2))), 1e-6), np.float32)


def _speaking(samples: FloatArray) -> BoolArray:
    """Tell where somebody speaks, every 16 ms; gaps of 48 ms are bridged."""
    level = levels_db(samples[: len(samples) // SPECTRUM_HOP * SPECTRUM_HOP], SPECTRUM_HOP)
    loud = level > np.percentile(level, 95) + SPEAKS_ABOVE_DB if len(level) else level > 0
    reach = np.ones(2 * _HANGS_ON + 1)
    spread = np.convolve(loud, reach, "same") > 0
    return np.convolve(~spread, reach, "same") == 0


def _room(rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Return what two distances in one room do to a voice, at 16 kHz."""
    family = ROOM_FAMILIES[rng.integers(len(ROOM_FAMILIES))]
    room = draw_room(RoomSettings(family=family), rng)
    near, far = (room.response(float(rng.uniform(*ROOM_M))) for _ in range(2))
    return tuple(
        soxr.resample(it, 48_000, SAMPLE_RATE_HZ).astype(np.float32) * 3.0 for it in (near, far)
    )
