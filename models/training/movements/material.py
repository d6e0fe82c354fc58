"""Sequences to learn from: rendered takes, thinned, mirrored, with more movements put in.

A movement is put into the channels, before any baseline: each shape's response in the 44
channels is fitted on films, so that what is put in looks as the mesh would have seen it.
Background, noise, speech and blinks are those of the take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from filmed import Filmed, quick_part
from labels import Labels, labels_of
from responses import Responses

from facesign.biometrics.face.baseline import NOISE
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.evengrid import EvenGrid, GridRows
from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.mirror import MIRROR, MIRROR_SIGN
from facesign.biometrics.face.sharpen import Quick
from facesign.biometrics.face.signals import CHANNELS, Signals
from facesign.biometrics.stream import BoolArray, TimeArray
from facesign.samples.studio.acting.expressions import CLASSES, MovementClass, draw_channels
from facesign.samples.studio.acting.pulses import PROFILES, Profile, Pulse
from facesign.samples.takes import sharp_blocks_of
from facesign.samples.truth import Movement

Doubles = npt.NDArray[np.float64]


APART_S = 0.25
PER_MINUTE = 14.0
SLOW_PER_MINUTE = 5.0
NOISY_SHARE = 0.5
MOST_NOISE = 4.0
"""Of the channels' own camera noise."""
_GAIN = 0.25
"""Spread of the logarithm of a channel's own gain: faces differ."""
TALK_SHARE = 0.5
TALK_GAIN = 0.4
"""Spread of the logarithm of how much further than the rig's a mouth goes in speech."""
_TALKS = np.array([channel.region in ("nose", "mouth", "jaw") for channel in CHANNELS])


@dataclass(frozen=True, slots=True, eq=False)
class Sequence_:
    """Rows of signals with their targets."""

    rows: GridRows
    labels: Labels


def variants(
    film: Filmed, responses: Responses, rng: np.random.Generator, count: int
) -> Iterator[Sequence_]:
    """Yield sequences of one take, the first of them as it was filmed."""
    yield _measured(film.blocks, film.moves)
    for _ in range(count - 1):
        yield _varied(film, responses, rng)


def _varied(film: Filmed, responses: Responses, rng: np.random.Generator) -> Sequence_:
    take, blocks = film.take, film.blocks
    kept = _thinned(take.time_s, rng)
    if kept is not None:
        blocks = tuple(sharp_blocks_of(take.frames(kept)))
    moves = list(film.moves)
    added, extra = _put_in(film, responses, rng)
    shake = _Shake(rng)
    fades = Quick()
    gain = _talk_gain(rng)
    blocks = tuple(_moved(_spoken(block, gain), added, shake, fades) for block in blocks)
    moves += extra
    if rng.random() < 0.5:
        blocks = tuple(_mirrored(block) for block in blocks)
        moves = [_mirror_move(move) for move in moves]
    return _measured(blocks, moves)


def _thinned(time_s: TimeArray, rng: np.random.Generator) -> BoolArray | None:
    """Draw a lower rate or lost frames; None for the take as it is."""
    kind = rng.random()
    if kind < 0.5:
        return None
    kept = np.ones(len(time_s), np.bool_)
    if kind < 0.7:
        kept = np.arange(len(time_s)) % 2 == int(rng.integers(2))
    elif kind < 0.85:
        kept = rng.random(len(time_s)) > rng.uniform(0.02, 0.2)
    else:
        rate = rng.uniform(15, 28)
        slot = np.floor((time_s + rng.uniform(0, 1)) * rate)
        kept = np.concatenate([[True], np.diff(slot) > 0])
    return kept


@dataclass(frozen=True, slots=True, eq=False)
class _Added:
    pulse: Pulse
    response: Doubles


def _put_in(
    film: Filmed, responses: Responses, rng: np.random.Generator
) -> tuple[list[_Added], list[Movement]]:
    """Draw brief movements where the truth has none, and slow ones that must not be found."""
    end_s = float(film.take.time_s[-1])
    taken = [(m.onset_s - APART_S, m.offset_s + APART_S) for m in film.truth.movements]
    taken += [(b.onset_s - 0.1, b.offset_s + 0.1) for b in film.truth.blinks]
    added: list[_Added] = []
    moves: list[Movement] = []
    for per_minute, brief in ((PER_MINUTE, True), (SLOW_PER_MINUTE, False)):
        for _ in range(rng.poisson(per_minute * end_s / 60)):
            length_s = rng.uniform(0.06, 0.5) if brief else rng.uniform(0.8, 3.0)
            onset_s = rng.uniform(0.5, end_s - length_s - 0.5)
            if any(onset_s < e and onset_s + length_s > s for s, e in taken):
                continue
            taken.append((onset_s - APART_S, onset_s + length_s + APART_S))
            one, move = _drawn(rng, onset_s, length_s, responses, film.hidden_profile)
            added.append(one)
            if brief:
                moves.append(move)
    return added, moves


def _drawn(
    rng: np.random.Generator,
    onset_s: float,
    length_s: float,
    responses: Responses,
    hidden: str,
) -> tuple[_Added, Movement]:
    kind: MovementClass = CLASSES[int(rng.integers(len(CLASSES)))]
    amplitude = float(rng.uniform(0.12, 0.75))
    channels, side = draw_channels(rng, kind, amplitude=amplitude, one_sided_share=0.3)
    known = [name for name in PROFILES if name != hidden]
    profile: Profile = known[int(rng.integers(len(known)))]
    pulse = Pulse.drawn(rng, onset_s, length_s, profile)
    gain = np.exp(_GAIN * rng.standard_normal(len(CHANNELS)))
    move = Movement(
        "brief",
        kind,
        pulse.onset_s,
        pulse.apex_s,
        pulse.offset_s,
        amplitude,
        side,
        profile,
        channels,
    )
    return _Added(pulse, responses.drawn(rng, channels) * gain), move


class _Shake:
    """Noise of its own strength and speed in every channel, as another mesh or face may have."""

    def __init__(self, rng: np.random.Generator) -> None:
        strong = rng.uniform(0, MOST_NOISE) if rng.random() < NOISY_SHARE else 0.0
        self._rng = rng
        self._sd = strong * NOISE * np.exp(0.5 * rng.standard_normal(len(NOISE)))
        self._keep = rng.uniform(0.0, 0.8)
        self._last = np.zeros(len(NOISE))

    def rows(self, n: int) -> Doubles:
        """Return the noise of the next frames, shape (n, 44)."""
        out = np.empty((n, len(NOISE)))
        for row in range(n):
            fresh = self._rng.standard_normal(len(NOISE)) * np.sqrt(1 - self._keep**2)
            self._last = self._keep * self._last + fresh
            out[row] = self._last
        return out * self._sd


def _moved(block: FaceBlock, added: Sequence[_Added], shake: _Shake, fades: Quick) -> FaceBlock:
    moved = np.zeros(block.channels.shape)
    for one in added:
        if one.pulse.start_s <= block.time_s[-1] and one.pulse.end_s >= block.time_s[0]:
            moved += one.pulse.at(block.time_s)[:, None] * one.response
    noise = shake.rows(len(block.time_s))
    quick = fades.push(block.time_s, moved.astype(np.float32), np.zeros(len(moved), np.bool_))
    return replace(
        block,
        channels=(block.channels + moved + noise).astype(np.float32),
        quick=(quick_part(block) + quick + noise).astype(np.float32),
    )


def _talk_gain(rng: np.random.Generator) -> Doubles:
    """Draw how far each channel goes in speech, shape (44,): real mouths differ more."""
    spread = TALK_GAIN if rng.random() < TALK_SHARE else 0.0
    return np.where(_TALKS, np.exp(spread * (0.5 + rng.standard_normal(len(CHANNELS)))), 1.0)


def _spoken(block: FaceBlock, gain: Doubles) -> FaceBlock:
    """Return the block with its quick part in speech enlarged."""
    more = quick_part(block) * np.where(block.speaking[:, None], gain - 1, 0.0)
    return replace(
        block,
        channels=(block.channels + more).astype(np.float32),
        quick=(quick_part(block) + more).astype(np.float32),
    )


def _mirrored(block: FaceBlock) -> FaceBlock:
    channels, quick = (
        (values[:, MIRROR] * MIRROR_SIGN).astype(np.float32)
        for values in (block.channels, quick_part(block))
    )
    return replace(
        block,
        channels=channels,
        quick=quick,
        yaw_deg=-block.yaw_deg,
        roll_deg=-block.roll_deg,
    )


def _mirror_move(move: Movement) -> Movement:
    def other(name: str) -> str:
        return CHANNELS[MIRROR[[c.name for c in CHANNELS].index(name)]].name

    return replace(move, channels={other(name): a for name, a in move.channels.items()})


def _measured(blocks: Sequence[FaceBlock], moves: Sequence[Movement]) -> Sequence_:
    rows = rows_of(blocks)
    return Sequence_(rows, labels_of(rows.time_s, moves))


def rows_of(blocks: Sequence[FaceBlock]) -> GridRows:
    """Return the signals of a take on the even grid, from its first baseline on."""
    meter, grid = SignalMeter("calm_start"), EvenGrid()
    parts: list[GridRows] = []

    def take(signals: Signals) -> None:
        parts.append(grid.push(signals.time_s, signals.values, signals.valid))

    for block in blocks:
        for signals in meter.push(block):
            take(signals)
    for signals in meter.finish():
        take(signals)
    parts.append(grid.finish())
    return GridRows(
        np.concatenate([part.time_s for part in parts]),
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.valid for part in parts]),
    )
