"""From a conversation to who was taken for whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from speakers_mixtures import CODES, TICK_S, Conversation

from facesign.biometrics.speakers.pieces import VoiceEncoder
from facesign.biometrics.speakers.separation import Separation
from facesign.biometrics.speakers.turns import Spoken
from facesign.biometrics.speakers.who import WhoSpeaks
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, Sound, Track
from facesign.biometrics.voice.utterances import Utterances

__all__ = ["FOUND", "SPOKEN", "Runs", "confusion", "find_turns", "runs_of"]

SPOKEN = ("applicant", "officer", "other")
FOUND = ("applicant", "officer", "other", "session", "nobody")
PIECE_S = 0.5
Confusion: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The sound of a conversation in the order of a stream, and the speech found in it."""

    conversation: Conversation
    items: tuple[Sound | tuple[float, FloatArray, Track], ...]


def runs_of(conversation: Conversation) -> Runs:
    """Find speech on all tracks, half a second at a time."""
    items: list[Sound | tuple[float, FloatArray, Track]] = []
    analysers = {}
    for name in conversation.tracks:
        track: Track = name  # type: ignore[assignment]
        analysers[name] = Utterances(
            track,
            with_prosody=False,
            listener=lambda start_s, samples, track=track: items.append((start_s, samples, track)),
        )
    step = round(PIECE_S * SAMPLE_RATE_HZ)
    length = len(next(iter(conversation.tracks.values())))
    for first in range(0, length, step):
        for name, samples in conversation.tracks.items():
            sound = Sound(first / SAMPLE_RATE_HZ, samples[first : first + step], name)  # type: ignore[arg-type]
            items.append(sound)
            list(analysers[name].push(sound))
    for analyser in analysers.values():
        list(analyser.finish())
    return Runs(conversation, tuple(items))


def find_turns(
    runs: Runs,
    encoder: VoiceEncoder,
    separation: Separation | None,
    *,
    with_sample: bool = True,
    with_questions: bool = True,
) -> list[Spoken]:
    """Run the analyser over a conversation."""
    who = WhoSpeaks(
        encoder,
        separation,
        officer=runs.conversation.officer_sample if with_sample else None,
        turn_at=runs.conversation.turn_at if with_questions else None,
    )
    found: list[Spoken] = []
    for item in runs.items:
        found += who.hear(item) if isinstance(item, Sound) else who.speech(*item)
    return [*found, *who.finish()]


def confusion(runs: Runs, found: Iterable[Spoken]) -> Confusion:
    """Count seconds of each speaker by who they were taken for.

    Moments in which two people speak, or nobody, are left out. With separate tracks what was
    found on the applicant's counts: the officer is heard there only as an echo.

    Returns:
        Seconds, shape (3, 5): rows `SPOKEN`, columns `FOUND`.
    """
    truth = runs.conversation.truth
    taken = np.full(len(truth), FOUND.index("nobody"))
    for spoken in found:
        turn = spoken.turn
        if turn.track != "officer":
            ticks = slice(round(turn.start_s / TICK_S), round(turn.end_s / TICK_S))
            taken[ticks] = FOUND.index(turn.subject)
    counts = np.zeros((len(SPOKEN), len(FOUND)))
    alone = truth[:, 1:].sum(axis=1) == 1
    for row, name in enumerate(SPOKEN):
        mine = alone & truth[:, CODES[name]]  # type: ignore[index]
        counts[row] = np.bincount(taken[mine], minlength=len(FOUND)) * TICK_S
    return counts


def purity(runs: Runs, found: Sequence[Spoken]) -> tuple[float, float]:
    """Return seconds offered for verification that are the applicant's, and all of them."""
    truth = runs.conversation.truth
    mine = total = 0.0
    for spoken in found:
        turn = spoken.turn
        if turn.subject != "applicant" or not len(spoken.samples) or turn.track == "officer":
            continue
        ticks = truth[round(turn.start_s / TICK_S) : round(turn.end_s / TICK_S)]
        speaking = ticks[:, 1:].any(axis=1)
        kept = len(spoken.samples) / SAMPLE_RATE_HZ / max(turn.duration_s, 1e-9)
        mine += kept * ticks[speaking, 1].sum() * TICK_S
        total += kept * speaking.sum() * TICK_S
    return float(mine), float(total)
