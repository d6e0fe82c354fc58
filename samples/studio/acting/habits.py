"""Movements that look like brief expressions and are none, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, get_args

import numpy as np

from facesign.samples.studio.acting.facs import Side, shapes_of
from facesign.samples.studio.acting.moves import Move, Stroke
from facesign.samples.studio.acting.pulses import Pulse

__all__ = ["HABITS", "Habit", "habit"]

Habit = Literal[
    "blink_with_brow",
    "swallow",
    "laugh",
    "speech_burst",
    "head_jerk",
    "lip_press",
    "lip_lick",
    "sniff",
]
HABITS: tuple[Habit, ...] = get_args(Habit)


def habit(rng: np.random.Generator, name: Habit, onset_s: float, size: float = 1.0) -> Move:
    """Draw one such movement.

    Args:
        rng: Source of its size, length and side.
        name: Which.
        onset_s: Where it passes 10 % of its peak.
        size: Factor of its amplitudes.

    Returns:
        The movement; a `blink_with_brow` holds the brows only, its blink belongs at the apex.
    """
    return _MAKERS[name](rng, onset_s, size)


def _move(
    name: Habit,
    pulse: Pulse,
    channels: Mapping[str, float],
    *,
    strokes: tuple[Stroke, ...] = (),
    shapes: Mapping[str, float] | None = None,
    head_deg: tuple[float, float, float] = (0.0, 0.0, 0.0),
    side: Side = "both",
) -> Move:
    main = Stroke(pulse, shapes_of(channels) | dict(shapes or {}), head_deg)
    return Move("hard_negative", name, side, pulse, channels, (main, *strokes))


def _both(unit: str, amplitude: float) -> dict[str, float]:
    return {f"{unit}.left": amplitude, f"{unit}.right": amplitude}


def _blink_with_brow(rng: np.random.Generator, onset_s: float, size: float) -> Move:
    """Brows that go along with a firm blink: pressed down, or raised as it opens."""
    pulse = Pulse.drawn(rng, onset_s, rng.uniform(0.2, 0.38), "sine")
    amount = size * rng.uniform(0.12, 0.3)
    if rng.random() < 0.65:
        channels = _both("au4", amount) | _both("au7", 0.6 * amount) | _both("au6", 0.3 * amount)
    else:
        channels = _both("au1", amount) | _both("au2", 0.8 * amount)
    return _move("blink_with_brow", pulse, channels)


def _swallow(rng: np.random.Generator, onset_s: float, size: float) -> Move:
    """The larynx rises for 0.6-1 s; lips close and the chin tightens with it."""
    pulse = Pulse.drawn(rng, onset_s, rng.uniform(0.6, 1.0), "asymmetric")
    channels = {"au24": size * rng.uniform(0.1, 0.3), "au17": size * rng.uniform(0.1, 0.3)}
    nod = (0.0, -rng.uniform(0.2, 1.0), 0.0)
    throat = {"throatSwallow": float(rng.uniform(0.7, 1.0))}
    return _move("swallow", pulse, channels, shapes=throat, head_deg=nod)


def _laugh(rng: np.random.Generator, onset_s: float, size: float) -> Move:
    """A smile with the jaw and head shaking four to five times a second."""
    length_s = rng.uniform(0.8, 1.8)
    pulse = Pulse.drawn(rng, onset_s, length_s, "plateau")
    amount = size * rng.uniform(0.4, 0.7)
    channels = (
        _both("au12", amount)
        | _both("au6", 0.7 * amount)
        | _both("au7", 0.3 * amount)
        | {"au25": 0.35 * amount, "au26": 0.25 * amount}
    )
    beat_s = 1 / rng.uniform(4.0, 5.2)
    beats = np.arange(onset_s + 0.15 * length_s, onset_s + 0.75 * length_s, beat_s)
    shakes = tuple(
        Stroke(Pulse.drawn(rng, at, 0.8 * beat_s, "sine"), {"jawOpen": 0.1 * size}, (0, 0.7, 0))
        for at in map(float, beats)
    )
    return _move("laugh", pulse, channels, strokes=shakes, head_deg=(0.0, rng.uniform(0, 3), 0.0))


def _speech_burst(rng: np.random.Generator, onset_s: float, size: float) -> Move:
    """A word begun and not said: the mouth opens and shapes for 0.15-0.4 s."""
    pulse = Pulse.drawn(rng, onset_s, rng.uniform(0.15, 0.4), "asymmetric")
    rounding = str(rng.choice(["au18", "au22", "au20"]))
    shaped = size * rng.uniform(0.1, 0.3)
    rest = _both("au20", shaped) if rounding == "au20" else {rounding: shaped}
    opened = size * rng.uniform(0.1, 0.3)
    return _move("speech_burst", pulse, {"au26": opened, "au25": 0.6 * opened} | rest)


def _head_jerk(rng: np.random.Generator, onset_s: float, size: float) -> Move:
    """The head moves three to nine degrees and back within 0.2-0.5 s."""
    profile: Literal["sine", "asymmetric"] = "sine" if rng.random() < 0.5 else "asymmetric"
    pulse = Pulse.drawn(rng, onset_s, rng.uniform(0.2, 0.5), profile)
    yaw, pitch, roll = _direction(rng)
    angle = size * rng.uniform(3, 9)
    return _move("head_jerk", pulse, {}, head_deg=(angle * yaw, angle * pitch, angle * roll))


def _direction(rng: np.random.Generator) -> tuple[float, float, float]:
    yaw, pitch, roll = rng.standard_normal(3) * (1.0, 0.7, 0.4)
    length = float(np.linalg.norm((yaw, pitch, roll)))
    return float(yaw) / length, float(pitch) / length, float(roll) / length


def _lip_press(rng: np.random.Generator, onset_s: float, size: float) -> Move:
    pulse = Pulse.drawn(rng, onset_s, rng.uniform(0.35, 1.0), "plateau")
    amount = size * rng.uniform(0.4, 0.8)
    channels = {"au24": amount, "au28": 0.6 * amount, "au17": 0.4 * amount}
    return _move("lip_press", pulse, channels | _both("au14", 0.3 * amount))


def _lip_lick(rng: np.random.Generator, onset_s: float, size: float) -> Move:
    """The jaw drops a little, the lower lip is drawn in, then the upper one."""
    pulse = Pulse.drawn(rng, onset_s, rng.uniform(0.4, 0.8), "sine")
    amount = size * rng.uniform(0.3, 0.55)
    third_s = (pulse.offset_s - pulse.onset_s) / 3
    lower = Pulse.drawn(rng, onset_s, 2 * third_s, "sine")
    upper = Pulse.drawn(rng, onset_s + third_s, 2 * third_s, "sine")
    strokes = (
        Stroke(lower, {"mouthRollLower": amount}),
        Stroke(upper, {"mouthRollUpper": 0.7 * amount}),
    )
    jaw = Stroke(pulse, {"jawOpen": 0.12 * size})
    channels = {"au28": amount, "au26": 0.12 * size}
    return Move("hard_negative", "lip_lick", "both", pulse, channels, (jaw, *strokes))


def _sniff(rng: np.random.Generator, onset_s: float, size: float) -> Move:
    """One or two sniffs: nostrils wide, upper lip and head up a little."""
    profile: Literal["double", "sine"] = "double" if rng.random() < 0.5 else "sine"
    pulse = Pulse.drawn(rng, onset_s, rng.uniform(0.3, 0.6), profile)
    amount = size * rng.uniform(0.4, 0.8)
    channels = _both("au38", amount) | _both("au9", 0.3 * amount) | _both("au10", 0.2 * amount)
    return _move("sniff", pulse, channels, head_deg=(0.0, rng.uniform(0.3, 1.5), 0.0))


_MAKERS: Mapping[Habit, Callable[[np.random.Generator, float, float], Move]] = {
    "blink_with_brow": _blink_with_brow,
    "swallow": _swallow,
    "laugh": _laugh,
    "speech_burst": _speech_burst,
    "head_jerk": _head_jerk,
    "lip_press": _lip_press,
    "lip_lick": _lip_lick,
    "sniff": _sniff,
}
