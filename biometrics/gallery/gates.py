"""Which recordings can make a template, and why others cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.gallery.entries import Sample
from facesign.biometrics.gallery.hearing import Heard
from facesign.biometrics.gallery.matching import Matcher, VoiceEncoder, model_of
from facesign.biometrics.speakers.overlap import OverlapDetector
from facesign.biometrics.speakers.separation import shipped_separation
from facesign.biometrics.stream import FloatArray
from facesign.biometrics.voice.quality import LOW_SNR_DB
from facesign.biometrics.voiceprint.voiceprint import Voiceprint
from facesign.errors import EnrollmentError

__all__ = ["Gates", "admit", "print_of", "split_cosine"]

_WINDOW_S, _STEP_S = 1.5, 0.75
_LEAST_SHARE = 0.15
"""Of the windows: fewer that sound different are a laugh or a cough."""


@dataclass(frozen=True, slots=True)
class Gates:
    """Limits that recordings for an enrollment must keep."""

    least_total_s: float = 3.0
    """Net speech of all recordings together."""
    least_each_s: float = 1.0
    """Net speech of each."""
    least_split_cosine: float | None = None
    """Two halves of a recording that sound most different are more alike than this; by default
    what the encoder's limits say, and nothing where it has none."""
    least_llr: float = -2.0
    """Each recording is this probably of the same voice as the others."""


def admit(
    recordings: Sequence[tuple[str, Heard]],
    encoder: VoiceEncoder,
    matcher: Matcher,
    *,
    overlap: OverlapDetector,
    channel: str | None,
    gates: Gates,
) -> list[Sample]:
    """Make a sample of each recording, if all can make one.

    Args:
        recordings: What to name each in an error, and what was heard in it.
        encoder: Makes the embeddings.
        matcher: Tells recordings of one voice from those of several.
        overlap: Notices two people who speak at once.
        channel: What they came through, where the caller knows.
        gates: The limits.

    Raises:
        EnrollmentError: with every reason why they cannot.
    """
    reasons = [reason for name, heard in recordings for reason in _flaws(name, heard, gates)]
    total_s = sum(heard.net_speech_s for _, heard in recordings)
    if total_s < gates.least_total_s:
        reasons.append(
            f"{total_s:.1f} s of speech in all, expected {gates.least_total_s:.0f} s or more"
        )
    if reasons:
        raise EnrollmentError(reasons)
    samples = [
        Sample(print_of(heard, encoder), channel or heard.channel) for _, heard in recordings
    ]
    reasons = [
        f"{name}: more than one voice"
        for name, heard in recordings
        if _is_split(heard, encoder, gates)
    ]
    reasons += [
        f"{name}: more than one person speaks at once"
        for name, heard in recordings
        if overlap.in_recording(heard.speech)
    ]
    reasons += _disagreements([name for name, _ in recordings], samples, matcher, gates)
    if reasons:
        raise EnrollmentError(reasons)
    return samples


def print_of(heard: Heard, encoder: VoiceEncoder) -> Voiceprint:
    """Return the voiceprint of all speech in a recording."""
    return Voiceprint(
        embedding=encoder.embed(heard.speech),
        model=model_of(encoder),
        net_speech_s=heard.net_speech_s,
        snr_db=heard.quality.snr_db,
        bandwidth_hz=heard.quality.bandwidth_hz,
    )


def split_cosine(windows: FloatArray) -> float | None:
    """Split windows into the two groups that sound most different, and compare those.

    Args:
        windows: Embeddings, unit length, shape (n_windows, 192).

    Returns:
        Cosine of the groups' means; None where one group is less than 15 % of the
        windows, or there are fewer than 6 windows.
    """
    if len(windows) < 6:
        return None
    from scipy.cluster.hierarchy import fcluster, linkage

    second = fcluster(linkage(windows, "ward"), 2, "maxclust") == 2
    share = float(np.mean(second))
    if min(share, 1.0 - share) < _LEAST_SHARE:
        return None
    one, other = windows[second].mean(axis=0), windows[~second].mean(axis=0)
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


def _flaws(name: str, heard: Heard, gates: Gates) -> list[str]:
    quality, found = heard.quality, []
    if heard.net_speech_s < gates.least_each_s:
        return [
            f"{name}: {heard.net_speech_s:.1f} s of speech, expected "
            f"{gates.least_each_s:.0f} s or more in each recording"
        ]
    if "clipped" in quality.reasons:
        found.append(f"{name}: clipped ({quality.clipped_share:.1%} of the speech at full scale)")
    if "low_snr" in quality.reasons and quality.snr_db is not None:
        found.append(
            f"{name}: noisy ({quality.snr_db:.0f} dB over the noise, expected {LOW_SNR_DB:.0f})"
        )
    return found


def _is_split(heard: Heard, encoder: VoiceEncoder, gates: Gates) -> bool:
    least = gates.least_split_cosine
    if least is None:
        limits = shipped_separation(model_of(encoder))
        least = None if limits is None else limits.one_voice_above
    if least is None or heard.net_speech_s < 2 * _WINDOW_S:
        return False
    windows = encoder.embed_windows(heard.speech, window_s=_WINDOW_S, step_s=_STEP_S)
    cosine = split_cosine(windows)
    return cosine is not None and cosine < least


def _disagreements(
    names: Sequence[str], samples: Sequence[Sample], matcher: Matcher, gates: Gates
) -> list[str]:
    """Compare each recording with all others."""
    found = []
    for i, name in enumerate(names):
        others = [one.voiceprint for j, one in enumerate(samples) if j != i]
        if not others:
            continue
        llr = matcher.compare(others, samples[i].voiceprint).llr
        if llr is not None and llr < gates.least_llr:
            found.append(f"{name}: another voice than the other recordings (llr {llr:.1f})")
    return found
