"""How often bundled synthetic voices, one or two of them, are taken for two people at once."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from provenance import ROOT

sys.path.append(str(ROOT / "models" / "training" / "voiceprint"))
from degraded import read

from facesign.biometrics.gallery.hearing import hear, pieces_of
from facesign.biometrics.speakers.overlap import OverlapDetector
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.samples import load, names

__all__ = ["bundled"]

MOST_PAIRS = 150


def bundled(detector: OverlapDetector, lengths_s: Sequence[float]) -> dict[str, Any]:
    """Count recordings above the limit: of one bundled voice, and of two over each other.

    Recordings are cut one after the other from each voice's speech without pauses, as an
    enrollment hears it; two are of one length and one loudness.
    """
    voices, found = list(_voices()), dict[str, Any]()
    for seconds in lengths_s:
        n = round(seconds * SAMPLE_RATE_HZ)
        cut = [
            (voice, speech[first : first + n])
            for voice, speech in voices
            for first in range(0, len(speech) - n + 1, n)
        ]
        pairs = [
            _together(one, other)
            for (voice, one), (another, other) in itertools.combinations(cut, 2)
            if voice != another
        ]
        chosen = np.random.default_rng(0).permutation(len(pairs))[:MOST_PAIRS]
        single = [detector.in_recording(one) for _, one in cut]
        two = [detector.in_recording(pairs[i]) for i in chosen]
        found[f"{seconds:g} s"] = {
            "n_single": len(single),
            "n_single_above": sum(single),
            "n_two": len(two),
            "n_two_above": sum(two),
        }
    return found


def _voices() -> Iterator[tuple[str, FloatArray]]:
    """Yield the speech of everybody in the bundled interviews.

    The voice of `enrollment.flac` is left out: it is of a variant that training had.
    """
    for name in names():
        sample = load(name)
        sound = read(sample.media)
        for speaker in sorted({turn.speaker for turn in sample.truth.speech}):
            said = [
                sound[int(t.start_s * SAMPLE_RATE_HZ) : int(t.end_s * SAMPLE_RATE_HZ)]
                for t in sample.truth.speech
                if t.speaker == speaker
            ]
            pause = np.zeros(SAMPLE_RATE_HZ // 2, np.float32)
            joined = np.concatenate([part for one in said for part in (one, pause)])
            yield f"{name} {speaker}", hear(pieces_of(joined)).speech


def _together(one: FloatArray, other: FloatArray) -> FloatArray:
    both = one / max(float(one.std()), 1e-6) + other / max(float(other.std()), 1e-6)
    return np.asarray(0.05 * both, np.float32)
