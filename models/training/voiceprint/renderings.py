"""Voiceprints of the training speakers, whole and cut, clean and as a bank would get them."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt
from degraded import CODECS, RATE_HZ, Samples, babble, pink, read, through_codec, with_noise

from facesign.biometrics.gallery.gates import print_of
from facesign.biometrics.gallery.hearing import hear, pieces_of
from facesign.biometrics.gallery.matching import VoiceEncoder
from facesign.biometrics.voice.pitch import track_pitch
from facesign.biometrics.voiceprint.voiceprint import Voiceprint

SEED = 20261125
N_UTTERANCES = 7
N_LONG, LONG_OF = 1, 4
CROP_S = (1.5, 4.0)
N_CROPS = 3
CLEAN_SHARE = 0.5
N_NOISE_VOICES = 40
LOW_VOICE_HZ = 165.0
_LEAST_SPEECH_S = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Prints:
    """Voiceprints in arrays of one row each."""

    embedding: npt.NDArray[np.float32]
    net_speech_s: npt.NDArray[np.float64]
    snr_db: npt.NDArray[np.float64]
    """NaN where not known."""
    speaker: npt.NDArray[np.intp]
    group: npt.NDArray[np.intp]
    """Corpus and height of the voice: impostors are drawn from one group."""
    utterance: npt.NDArray[np.intp]
    """Prints that share sound share this number, and are never compared."""
    is_clean: npt.NDArray[np.bool_]
    is_long: npt.NDArray[np.bool_]

    def save(self, path: Path) -> None:
        np.savez(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Prints:
        with np.load(path) as held:
            return cls(**{field.name: held[field.name] for field in fields(cls)})

    def voiceprint(self, i: int, model: str) -> Voiceprint:
        snr = float(self.snr_db[i])
        return Voiceprint(
            self.embedding[i],
            model,
            float(self.net_speech_s[i]),
            None if np.isnan(snr) else snr,
        )


def render(speech: Path, encoder: VoiceEncoder) -> Prints:
    """Make the voiceprints of every training speaker."""
    voices = voices_in(speech)
    noise_voices = [read(speech / paths[0]) for _, paths in list(voices.values())[:N_NOISE_VOICES]]
    rows: list[tuple[object, ...]] = []
    groups: dict[tuple[str, bool], int] = {}
    for number, (name, (corpus, paths)) in enumerate(sorted(voices.items())):
        rng = np.random.default_rng((SEED, number))
        n_before = len(rows)
        is_low = True
        for part, (samples, is_long) in enumerate(_parts(speech, corpus, paths, rng)):
            if part == 0:
                is_low = _is_low(samples)
            group = groups.setdefault((corpus, is_low), len(groups))
            is_clean = part == 0 or bool(rng.random() < CLEAN_SHARE)
            heard = hear(pieces_of(samples if is_clean else _degraded(samples, noise_voices, rng)))
            if heard.net_speech_s >= _LEAST_SPEECH_S:
                made = print_of(heard, encoder)
                snr = np.nan if made.snr_db is None else made.snr_db
                kept = (number, group, number * 100 + part, is_clean, is_long)
                rows.append((made.embedding, made.net_speech_s, snr, *kept))
        if number % 25 == 0:
            print(f"{number} {name}: {len(rows) - n_before} prints", flush=True)
    return Prints(*(np.array(column) for column in zip(*rows, strict=True)))


def voices_in(speech: Path) -> dict[str, tuple[str, list[str]]]:
    """Return corpus and recordings of each training speaker."""
    found: dict[str, tuple[str, list[str]]] = defaultdict(lambda: ("", []))
    with (speech / "MANIFEST.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            held = found[row["speaker"]]
            found[row["speaker"]] = (row["corpus"], [*held[1], row["path"]])
    return dict(found)


def _parts(
    speech: Path, corpus: str, paths: list[str], rng: np.random.Generator
) -> Iterator[tuple[Samples, bool]]:
    """Yield pieces of one speaker that share no sound, and whether each is long."""
    if corpus != "speechocean762":
        whole = read(speech / paths[0])
        first = 0
        for _ in range(N_CROPS):
            length = int(rng.uniform(*CROP_S) * RATE_HZ)
            if first and first + length > len(whole):
                break
            yield whole[first : first + length], False
            first += length
        return
    order = rng.permutation(len(paths)).tolist()
    utterances = [read(speech / paths[i]) for i in order[: N_UTTERANCES + N_LONG * LONG_OF]]
    for samples in utterances[:N_UTTERANCES]:
        yield samples, False
    rest = utterances[N_UTTERANCES:]
    for first in range(0, len(rest) - LONG_OF + 1, LONG_OF):
        yield np.concatenate(rest[first : first + LONG_OF]), True


def _degraded(samples: Samples, voices: list[Samples], rng: np.random.Generator) -> Samples:
    if rng.random() < 0.5:
        noise = pink(len(samples), rng) if rng.random() < 0.5 else babble(voices, len(samples), rng)
        return with_noise(samples, noise, float(rng.uniform(3.0, 22.0)))
    return through_codec(samples, str(rng.choice(list(CODECS))))


def _is_low(samples: Samples) -> bool:
    pitch_hz = track_pitch(samples)
    return bool(np.nanmedian(pitch_hz) < LOW_VOICE_HZ) if np.isfinite(pitch_hz).any() else True
