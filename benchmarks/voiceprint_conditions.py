"""Voiceprints of recordings as they are, cut to a length, in noise, or through a codec."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from provenance import ROOT
from voiceprint_lists import DevList

from facesign.biometrics.gallery.gates import print_of
from facesign.biometrics.gallery.hearing import Heard, hear, pieces_of
from facesign.biometrics.gallery.matching import VoiceEncoder
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.biometrics.voiceprint.operating import LEAST_SPEECH_S
from facesign.biometrics.voiceprint.voiceprint import Voiceprint
from facesign.interview.media.recording import MediaPath

sys.path.insert(0, str(ROOT / "models" / "training" / "voiceprint"))
from degraded import CODECS, babble, pink, read, through_codec, with_noise

__all__ = ["CODECS", "DURATIONS_S", "SNRS_DB", "Listener", "cut_to", "degradations"]

DURATIONS_S = (1.5, 3.0, 5.0, 10.0)
SNRS_DB = (20, 10, 5)
N_NOISE_VOICES = 40

Change = Callable[[str, FloatArray], FloatArray]
"""From path and samples of a recording to its samples as they would come."""


class Listener:
    """Reads recordings once and makes voiceprints of them, whatever was done to them.

    A recording with under a second of speech is a failure to acquire; it is scored
    nevertheless, on all of its sound, so that rates of error leave no trial out.
    """

    def __init__(self, folder: Path, encoder: VoiceEncoder) -> None:
        self._folder = folder
        self._encoder = encoder
        self._samples: dict[str, FloatArray] = {}
        self.failed: dict[str, set[str]] = {}
        """Failures to acquire by condition."""

    def samples(self, path: str) -> FloatArray:
        """Return a recording, shape (n_samples,)."""
        if path not in self._samples:
            self._samples[path] = read(self._folder / path)
        return self._samples[path]

    def voiceprint(self, path: str, condition: str, change: Change | None = None) -> Voiceprint:
        """Return the voiceprint of a recording under a condition."""
        samples = self.samples(path)
        heard = hear(pieces_of(samples if change is None else change(path, samples)))
        if heard.net_speech_s < LEAST_SPEECH_S:
            self.failed.setdefault(condition, set()).add(path)
            whole = samples if change is None else change(path, samples)
            heard = Heard(whole, heard.quality, heard.sound_s, heard.is_cut)
        return print_of(heard, self._encoder)


def degradations(folder: Path) -> Mapping[str, Change]:
    """Return what is done to a probe, by name; the same noise for the same recording."""
    voices = _noise_voices(folder)

    def noisy(kind: str, snr_db: int) -> Change:
        def change(path: str, samples: FloatArray) -> FloatArray:
            rng = np.random.default_rng(list(f"{kind}{path}".encode()))
            drawn = pink(len(samples), rng) if kind == "pink" else babble(voices, len(samples), rng)
            return with_noise(samples, drawn, snr_db)

        return change

    found = {f"{kind}_{snr}_db": noisy(kind, snr) for kind in ("pink", "babble") for snr in SNRS_DB}
    return found | {name: lambda _, it, name=name: through_codec(it, name) for name in CODECS}


def cut_to(
    seconds: float, path: str, listed: DevList, listener: Listener, *, apart_from: str
) -> FloatArray | None:
    """Return so much speech of the speaker of a recording, beginning with that recording.

    Args:
        seconds: Length.
        path: The recording; others of its speaker follow where it is shorter.
        listed: Who speaks in which.
        listener: Reads them.
        apart_from: A recording that must not be among them.

    Returns:
        Shape (n_samples,); None where the speaker has not so much.
    """
    speaker, n_wanted = listed.recordings[path].speaker, round(seconds * SAMPLE_RATE_HZ)
    others = [
        one.path
        for one in listed.recordings.values()
        if one.speaker == speaker and one.path not in (path, apart_from)
    ]
    parts: list[FloatArray] = []
    n_held = 0
    for one in [path, *sorted(others)]:
        if n_held >= n_wanted:
            break
        parts.append(listener.samples(one))
        n_held += len(parts[-1])
    return np.concatenate(parts)[:n_wanted] if n_held >= n_wanted else None


def _noise_voices(folder: Path) -> Sequence[FloatArray]:
    """Read voices of the training folder for babble: none of them is in a trial."""
    paths: list[MediaPath] = sorted((folder / "train" / "librispeech").rglob("*.opus"))
    return [read(path) for path in paths[:N_NOISE_VOICES]]
