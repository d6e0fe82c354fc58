"""What each microphone records: voices in their rooms, noise, echo, attacks and links.

Nothing longer than a line or a piece of ten seconds is held in memory: lines and finished
tracks lie in temporary files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray
from facesign.errors import SettingsError
from facesign.samples.studio.settings import draw
from facesign.samples.studio.sound.dialogue import Dialogue, Said, Speaker
from facesign.samples.studio.sound.layers import Layer, added, leveled_layers
from facesign.samples.studio.sound.link import Link
from facesign.samples.studio.sound.loudspeaker import Loudspeaker
from facesign.samples.studio.sound.noise import Babble, Noise, NoiseSettings
from facesign.samples.studio.sound.room import Room, RoomSettings, draw_room
from facesign.samples.studio.sound.soundscape import (
    EchoSettings,
    SoundSettings,
    VoiceAttackSettings,
)
from facesign.samples.studio.sound.spool import Spool
from facesign.samples.studio.sound.vocoder import resynthesized
from facesign.samples.studio.sound.voices import RATE_HZ, Language

__all__ = ["SoundAttack", "Track", "Tracks", "render_tracks"]

_PIECE = 10 * RATE_HZ
_BESIDE: tuple[Speaker, ...] = ("other", "interpreter", "child")
_DESK_M = 1.2
"""From the officer's mouth to the applicant's microphone at one desk."""


class Track:
    """One track at 48 kHz, mono float32 in [-1, 1], read in blocks."""

    def __init__(self, *spools: Spool) -> None:
        self._spools = spools

    def __len__(self) -> int:
        return len(self._spools[0])

    def block(self, start: int, stop: int) -> FloatArray:
        """Return samples, shape (stop - start,); silence outside of the track."""
        total = np.zeros(max(stop - start, 0), dtype=np.float32)
        for spool in self._spools:
            total += spool.read(start, stop)
        return np.clip(total, -1, 1)

    def samples(self) -> FloatArray:
        """Return the whole track, shape (n_samples,): 11 MB a minute."""
        return self.block(0, len(self))

    def __array__(self, dtype: npt.DTypeLike = None) -> npt.NDArray[Any]:
        return self.samples().astype(dtype or np.float32, copy=False)


@dataclass(frozen=True, slots=True)
class SoundAttack:
    """An attack with sound, as the truth says it."""

    kind: str
    """`replayed_voice` or `synthetic_voice`."""
    start_s: float
    end_s: float
    parameters: Mapping[str, float | str]


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """An interview's sound."""

    applicant: Track
    """The applicant's microphone, with everything else that it picks up."""
    officer: Track
    """The officer's microphone."""
    mixed: Track
    """Both, as the record's one track."""
    attacks: tuple[SoundAttack, ...]
    drawn: Mapping[str, float | str]
    """Families and drawn values, with units in their names, for the truth."""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.applicant) / RATE_HZ

    def block(self, start_s: float, end_s: float) -> dict[str, FloatArray]:
        """Return a stretch of each track by its name, shape (n_samples,) each."""
        start, stop = round(start_s * RATE_HZ), round(end_s * RATE_HZ)
        tracks = {"applicant": self.applicant, "officer": self.officer, "mixed": self.mixed}
        return {name: track.block(start, stop) for name, track in tracks.items()}


def render_tracks(dialogue: Dialogue, settings: SoundSettings, rng: np.random.Generator) -> Tracks:
    """Let an interview be heard.

    Args:
        dialogue: What is said.
        settings: Rooms, noise, links, echo and attack.
        rng: Draws them; each has its own share, so that adding one leaves the others.

    Raises:
        MissingLibraryError: There is babble to make, and espeak-ng is not installed.
        SettingsError: The attack starts at a question that is not asked.
    """
    shares = [np.random.default_rng(seed) for seed in rng.integers(2**63, size=8)]
    room, officer_room = (
        draw_room(settings.room, shares[0]),
        draw_room(settings.officer_room, shares[1]),
    )
    attack = _Attack(settings.attack, dialogue, shares[2]) if settings.attack else None
    echo = _Echo(settings.echo, shares[3]) if settings.echo else None
    cross_talk_db = draw(shares[4], settings.cross_talk_db) if settings.cross_talk_db else None

    def voices_near(line: Said, dry: FloatArray) -> FloatArray:
        return room.reverberated(attack.made(line, dry) if attack else dry, room.distance_m)

    def voices_beside(_: Said, dry: FloatArray) -> FloatArray:
        return room.reverberated(dry, room.others_m)

    said, level_db = dialogue.said, settings.applicant_db
    layers = leveled_layers(said, "applicant", voices_near, level_db=level_db)
    for speaker in _BESIDE:
        layers += leveled_layers(said, speaker, voices_beside, level_db=level_db)
    if echo:
        layers += echo.layers(said, room, level_db)
    applicant = _Microphone(layers, settings.noise, level_db, dialogue.language, room, shares[5])

    def officer_near(_: Said, dry: FloatArray) -> FloatArray:
        return officer_room.reverberated(dry, officer_room.distance_m)

    layers = leveled_layers(said, "officer", officer_near, level_db=settings.officer_db)
    if cross_talk_db is not None:
        leaked_db = settings.officer_db + cross_talk_db
        layers += leveled_layers(said, "applicant", officer_near, level_db=leaked_db)
    officer = _Microphone(
        layers,
        settings.officer_noise,
        settings.officer_db,
        dialogue.language,
        officer_room,
        shares[6],
    )
    links = Link(settings.link, shares[7]), Link(settings.officer_link, shares[7])
    n_samples = round(dialogue.duration_s * RATE_HZ)
    recorded = applicant.recorded(n_samples, links[0]), officer.recorded(n_samples, links[1])
    drawn = {
        "room": room.family,
        "rt60_s": round(room.rt60_s, 3),
        "distance_m": round(room.distance_m, 3),
        "officer_room": officer_room.family,
        "officer_rt60_s": round(officer_room.rt60_s, 3),
        **applicant.drawn,
        "link": settings.link.kind,
        "officer_link": settings.officer_link.kind,
        "gain_db": round(links[0].gain_db, 2),
        **(echo.drawn if echo else {}),
    }
    if settings.link.kind == "opus":
        drawn["opus_kbps"] = settings.link.opus_kbps
    if cross_talk_db is not None:
        drawn["cross_talk_db"] = round(cross_talk_db, 2)
    return Tracks(
        Track(recorded[0]),
        Track(recorded[1]),
        Track(*recorded),
        (attack.truth(dialogue),) if attack else (),
        drawn,
    )


class _Microphone:
    """Voices and noise on their way into one microphone."""

    def __init__(
        self,
        layers: Sequence[Layer],
        settings: NoiseSettings,
        speech_db: float,
        language: Language,
        room: Room,
        rng: np.random.Generator,
    ) -> None:
        snr_db = draw(rng, settings.snr_db)
        self._layers = layers
        self._sources: list[tuple[float, Noise | Babble]] = []
        self.drawn: dict[str, float | str] = {"noise": settings.family}
        if settings.family != "none":
            self.drawn["snr_db"] = round(snr_db, 2)
            level = 10 ** ((speech_db - snr_db) / 20)
            self._sources.append((level, Noise(settings.family, _share(rng))))
        if settings.babble_db:
            babble_db = draw(rng, settings.babble_db)
            self.drawn |= {"babble_snr_db": round(babble_db, 2), "talkers": settings.talkers}
            level = 10 ** ((speech_db - babble_db) / 20)
            around = Babble(settings.talkers, language, room, _share(rng))
            self._sources.append((level, around))

    def recorded(self, n_samples: int, link: Link) -> Spool:
        """Record the whole interview, piece by piece."""
        spool = Spool()
        for start in range(0, n_samples, _PIECE):
            stop = min(start + _PIECE, n_samples)
            heard = added(self._layers, start, stop)
            for level, source in self._sources:
                heard += np.float32(level) * source.take(stop - start)
            spool.append(link.push(heard))
        spool.append(link.finish())
        return spool


class _Attack:
    """What the applicant's voice is put through before it is heard."""

    def __init__(
        self, settings: VoiceAttackSettings, dialogue: Dialogue, rng: np.random.Generator
    ) -> None:
        self._settings = settings
        self._rng = rng
        ids = [question.question_id for question in dialogue.questions]
        if settings.from_question and settings.from_question not in ids:
            raise SettingsError(
                f"attack from question {settings.from_question!r}, but asked are {', '.join(ids)}"
            )
        number = ids.index(settings.from_question) if settings.from_question else 0
        self._start_s = dialogue.questions[number].asked_start_s
        self._loudspeaker = Loudspeaker(
            settings.loudspeaker, rng, recorded_in=RoomSettings(family="living_room")
        )

    def made(self, line: Said, dry: FloatArray) -> FloatArray:
        """Return what comes in the place of a line, in step with it."""
        if line.start_s < self._start_s:
            return dry
        if self._settings.kind == "loudspeaker":
            return self._loudspeaker.played(dry)
        made = self._settings
        return resynthesized(dry, made.vocoder, flatten=made.flatten, rng=self._rng)

    def truth(self, dialogue: Dialogue) -> SoundAttack:
        """Return what is true of the attack."""
        if self._settings.kind == "loudspeaker":
            parameters: dict[str, float | str] = {"family": self._settings.loudspeaker}
            return SoundAttack("replayed_voice", self._start_s, dialogue.duration_s, parameters)
        parameters = {"family": self._settings.vocoder}
        if self._settings.vocoder == "lpc":
            parameters["flatten"] = self._settings.flatten
        return SoundAttack("synthetic_voice", self._start_s, dialogue.duration_s, parameters)


class _Echo:
    """The officer heard by the applicant's microphone."""

    def __init__(self, settings: EchoSettings, rng: np.random.Generator) -> None:
        self._speakerphone = settings.source == "speakerphone"
        self._delay_s = draw(rng, settings.delay_s) if self._speakerphone else 0.0
        self._level_db = draw(rng, settings.level_db)
        self._loudspeaker = Loudspeaker(settings.loudspeaker, rng)
        self.drawn: dict[str, float | str] = {
            "echo": settings.source,
            "echo_delay_s": round(self._delay_s, 4),
            "echo_level_db": round(self._level_db, 2),
        }

    def layers(self, said: Sequence[Said], room: Room, speech_db: float) -> list[Layer]:
        """Return the officer's lines as the applicant's microphone hears them."""

        def heard(_: Said, dry: FloatArray) -> FloatArray:
            if self._speakerphone:
                return room.reverberated(self._loudspeaker.played(dry), room.distance_m)
            return room.reverberated(dry, _DESK_M)

        level_db = speech_db + self._level_db
        return leveled_layers(said, "officer", heard, level_db=level_db, delay_s=self._delay_s)


def _share(rng: np.random.Generator) -> np.random.Generator:
    return np.random.default_rng(rng.integers(2**63))
