"""Sequences to learn from: rendered takes, thinned, mirrored, with more movements put in.

A movement is put into the channels, before any baseline: each shape's response in the 44
channels is fitted on the takes themselves, so that what is put in looks as the mesh would
have seen it. Background, noise, speech and blinks are those of the take.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from labels import Labels, labels_of
from scipy.ndimage import uniform_filter1d

from facesign.biometrics.face.baseline import NOISE
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.evengrid import EvenGrid, GridRows
from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.mirror import MIRROR, MIRROR_SIGN
from facesign.biometrics.face.sharpen import Quick
from facesign.biometrics.face.signals import CHANNELS, Signals
from facesign.biometrics.stream import BoolArray, FloatArray, TimeArray
from facesign.samples.frame_truth import FrameTruth
from facesign.samples.studio.acting.expressions import CLASSES, MovementClass, draw_channels
from facesign.samples.studio.acting.facs import shapes_of
from facesign.samples.studio.acting.pulses import PROFILES, Profile, Pulse
from facesign.samples.takes import Take, kept_take, sharp_blocks_of
from facesign.samples.truth import Movement, Truth, read_truth

Doubles = npt.NDArray[np.float64]

DETREND_S = 1.0
RIDGE = 3.0
APART_S = 0.25
PER_MINUTE = 14.0
SLOW_PER_MINUTE = 5.0
NOISY_SHARE = 0.5
MOST_NOISE = 4.0
"""Of the channels' own camera noise."""
_GAIN = 0.25
"""Spread of the logarithm of a channel's own gain: faces differ."""


@dataclass(frozen=True, slots=True, eq=False)
class Filmed:
    """A rendered take with its truth and its channels."""

    name: str
    truth: Truth
    frames: FrameTruth
    take: Take
    blocks: tuple[FaceBlock, ...]
    hidden_profile: str = ""
    """Movements of this profile teach nothing and are not put in."""

    @property
    def moves(self) -> tuple[Movement, ...]:
        """The brief movements; one of the hidden profile counts as too weak to teach."""
        return tuple(
            replace(move, amplitude=0.0) if move.profile == self.hidden_profile else move
            for move in self.truth.brief_movements
        )

    @property
    def quick(self) -> FloatArray:
        """What is quick in the channels, shape (n_frames, 44); NaN where the face was lost."""
        return np.concatenate([_quick(block) for block in self.blocks])


@dataclass(frozen=True, slots=True, eq=False)
class Sequence_:
    """Rows of signals with their targets."""

    rows: GridRows
    labels: Labels


def load_filmed(folder: Path) -> Filmed:
    """Read a rendered folder; its faces are tracked once and kept beside it."""
    take = kept_take(folder)
    return Filmed(
        folder.name,
        read_truth(folder / "truth.json"),
        FrameTruth.read(folder / "truth.npz"),
        take,
        tuple(sharp_blocks_of(take)),
    )


class Responses:
    """How each shape of the rig shows in the 44 channels, fitted over takes."""

    def __init__(self, films: Sequence[Filmed]) -> None:
        self._shapes = films[0].frames.shapes
        pairs = [_detrended(film) for film in films]
        weights = np.concatenate([w for w, _ in pairs])
        channels = np.concatenate([c for _, c in pairs])
        known = self._shapes
        other_side = [known.index(_other_shape(shape, known)) for shape in known]
        weights = np.concatenate([weights, weights[:, other_side]])
        channels = np.concatenate([channels, channels[:, MIRROR] * MIRROR_SIGN])
        gram = weights.T @ weights + RIDGE * np.eye(weights.shape[1])
        self.matrix: Doubles = np.linalg.solve(gram, weights.T @ channels)
        """Shape (n_shapes, 44)."""

    def of(self, channels: dict[str, float]) -> Doubles:
        """Return what a movement adds to the channels at its apex, shape (44,)."""
        out = np.zeros(len(CHANNELS))
        for shape, amplitude in shapes_of(channels).items():
            out += amplitude * self.matrix[self._shapes.index(shape)]
        return out


def _detrended(film: Filmed) -> tuple[Doubles, Doubles]:
    at = np.clip(np.searchsorted(film.frames.time_s, film.take.time_s - 1e-3), 0, None)
    at = np.minimum(at, len(film.frames.time_s) - 1)
    weights = film.frames.weights[at].astype(np.float64)
    channels = film.quick.astype(np.float64)
    seen = np.isfinite(channels).all(axis=1)
    # The mouth of a talker moves in shapes of its own; what brief movements do shows in silence.
    quiet = ~film.take.speaking[seen]
    weights, channels = weights[seen], channels[seen]
    width = max(3, round(DETREND_S * film.truth.frame_rate_hz))

    def flat(values: Doubles) -> Doubles:
        return (values - uniform_filter1d(values, width, axis=0, mode="nearest"))[quiet]

    return flat(weights), flat(channels)


def _other_shape(shape: str, known: Sequence[str]) -> str:
    """Return the shape of the other side; one that has none is its own."""
    for left, right in (("_L", "_R"), ("Left", "Right")):
        for this, other in ((left, right), (right, left)):
            if shape.endswith(this) and shape.removesuffix(this) + other in known:
                return shape.removesuffix(this) + other
    return shape


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
    blocks = tuple(_moved(block, added, shake, fades) for block in blocks)
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
    return _Added(pulse, responses.of(channels) * gain), move


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


def _quick(block: FaceBlock) -> FloatArray:
    """Return the quick part; a block before the first flow has none."""
    return np.zeros_like(block.channels) if block.quick is None else block.quick


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
        quick=(_quick(block) + quick + noise).astype(np.float32),
    )


def _mirrored(block: FaceBlock) -> FaceBlock:
    channels, quick = (
        (values[:, MIRROR] * MIRROR_SIGN).astype(np.float32)
        for values in (block.channels, _quick(block))
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
