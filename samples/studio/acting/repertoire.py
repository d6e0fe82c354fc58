"""Which movements a face makes during an interview, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from facesign.samples.studio.acting.expressions import (
    MovementClass,
    channels_of,
    class_of,
    draw_channels,
)
from facesign.samples.studio.acting.facs import Side
from facesign.samples.studio.acting.families import MotionPrior
from facesign.samples.studio.acting.habits import HABITS, habit
from facesign.samples.studio.acting.moves import Move, expression
from facesign.samples.studio.acting.pulses import Profile, Pulse
from facesign.samples.studio.acting.settings import ListedMovement, MovementSettings
from facesign.samples.studio.acting.talk import Interval, Talk, gaps
from facesign.samples.studio.settings import draw

__all__ = ["plan_moves"]

_SLOW_CLASSES: tuple[tuple[MovementClass, float], ...] = (
    ("positive", 0.5),
    ("negative", 0.25),
    ("surprise", 0.1),
    ("other", 0.15),
)
_SLOW_PROFILES: tuple[Profile, ...] = ("plateau", "asymmetric", "sine", "lingering")
_START_S = 0.3
"""Nothing moves before: the first frames show a face at rest."""
_USUAL_AMPLITUDE = 0.5
_LONGEST_BRIEF_S = 0.5


def plan_moves(
    rng: np.random.Generator,
    until_s: float,
    talk: Talk,
    prior: MotionPrior,
    settings: MovementSettings,
    *,
    expressiveness: float,
    questions: Sequence[Interval] = (),
) -> tuple[Move, ...]:
    """Draw every movement of a face, in time.

    Args:
        rng: Source of all that is drawn.
        until_s: All movements end before.
        talk: When the person talks and listens.
        prior: Way of holding oneself.
        settings: What the face shows.
        expressiveness: Factor of conversational movements.
        questions: Spans that brief movements fall into; anywhere if empty.
    """
    planner = _Planner(rng, until_s, talk, settings.apart_s)
    for listed in settings.listed:
        planner.keep(_listed(rng, listed))
    outside = gaps(questions, (0.0, until_s)) if questions else []
    for _ in range(_count(rng, draw(rng, settings.brief_per_minute), until_s)):
        quiet = rng.random() >= settings.during_speech
        planner.place(_brief(rng, settings), quiet=quiet, avoid=outside)
    for _ in range(_count(rng, draw(rng, settings.slow_per_minute), until_s)):
        planner.place(_slow(rng, settings))
    for name in HABITS:
        for _ in range(_count(rng, getattr(settings.habits, name), until_s)):
            size = float(rng.uniform(0.7, 1.2))
            planner.place(habit(rng, name, 0.0, size), quiet=name != "head_jerk")
    for at in talk.accents_s:
        if rng.random() < expressiveness * prior.brow_raises:
            planner.keep_if_free(_brow_raise(rng, at))
    for _ in range(_count(rng, expressiveness * prior.smiles_per_minute, until_s)):
        planner.place(_smile(rng))
    return tuple(sorted(planner.moves, key=lambda move: move.pulse.onset_s))


class _Planner:
    """Finds places for movements, so that no two overlap."""

    def __init__(
        self, rng: np.random.Generator, until_s: float, talk: Talk, apart_s: float
    ) -> None:
        self._rng = rng
        self._span = (_START_S, until_s)
        self._own = talk.own
        self._apart_s = apart_s
        self._taken: list[Interval] = []
        self.moves: list[Move] = []

    def keep(self, move: Move) -> None:
        """Take a movement as it is."""
        start, end = move.span
        self._taken.append((start - self._apart_s, end + self._apart_s))
        self.moves.append(move)

    def keep_if_free(self, move: Move) -> None:
        """Take a movement unless it meets another."""
        start, end = move.span
        inside = self._span[0] <= start and end <= self._span[1]
        if inside and not any(end > s and start < e for s, e in self._taken):
            self.keep(move)

    def place(self, move: Move, *, quiet: bool = False, avoid: Sequence[Interval] = ()) -> None:
        """Put a movement at random where there is room for it; without room, leave it out.

        Args:
            move: As if its onset were at 0.
            quiet: It stays out of the own speech.
            avoid: Spans that it stays out of.
        """
        lead_s, length_s = -move.span[0], move.span[1] - move.span[0]
        busy = [*self._taken, *avoid, *(self._own if quiet else ())]
        free = [(s, e - length_s) for s, e in gaps(busy, self._span) if e - s > length_s]
        at = self._rng.random()
        if not free:
            return
        room = np.cumsum([e - s for s, e in free])
        where = int(np.searchsorted(room, at * room[-1]))
        start = free[where][1] - (room[where] - at * room[-1])
        self.keep(_moved(move, float(start) + lead_s))


def _moved(move: Move, by_s: float) -> Move:
    def later(pulse: Pulse) -> Pulse:
        return Pulse(
            pulse.onset_s + by_s, pulse.apex_s + by_s, pulse.offset_s + by_s, pulse.profile
        )

    strokes = tuple(replace(s, pulse=later(s.pulse)) for s in move.strokes)
    return replace(move, pulse=later(move.pulse), strokes=strokes)


def _count(rng: np.random.Generator, per_minute: float, until_s: float) -> int:
    """Return how many fall into the time; the remainder is left to chance."""
    return int(per_minute * until_s / 60 + rng.random())


def _brief(rng: np.random.Generator, settings: MovementSettings) -> Move:
    kind = settings.classes[int(rng.integers(len(settings.classes)))]
    profile = settings.profiles[int(rng.integers(len(settings.profiles)))]
    duration_s, amplitude = draw(rng, settings.duration_s), draw(rng, settings.amplitude)
    channels, side = draw_channels(
        rng, kind, amplitude=amplitude, one_sided_share=settings.one_sided
    )
    return expression("brief", kind, Pulse.drawn(rng, 0.0, duration_s, profile), channels, side)


def _slow(rng: np.random.Generator, settings: MovementSettings) -> Move:
    names, shares = zip(*_SLOW_CLASSES, strict=True)
    kind = names[int(rng.choice(len(names), p=shares))]
    profile = _SLOW_PROFILES[int(rng.integers(len(_SLOW_PROFILES)))]
    duration_s = draw(rng, settings.slow_duration_s)
    amplitude = draw(rng, settings.slow_amplitude)
    channels, side = draw_channels(rng, kind, amplitude=amplitude, one_sided_share=0.1)
    return expression("slow", kind, Pulse.drawn(rng, 0.0, duration_s, profile), channels, side)


def _listed(rng: np.random.Generator, wish: ListedMovement) -> Move:
    if wish.habit is not None:
        return habit(rng, wish.habit, wish.at_s, wish.amplitude / _USUAL_AMPLITUDE)
    pulse = Pulse.drawn(rng, wish.at_s, wish.duration_s, wish.profile)
    kind: Literal["brief", "slow"] = "brief" if wish.duration_s <= _LONGEST_BRIEF_S else "slow"
    if wish.class_ is not None:
        channels, side = draw_channels(
            rng, wish.class_, amplitude=wish.amplitude, one_sided_share=0.0, side=wish.side
        )
        return expression(kind, wish.class_, pulse, channels, side)
    channels = dict.fromkeys(wish.channels, wish.amplitude)
    return expression(kind, class_of(channels), pulse, channels, _side_of(wish.channels))


def _side_of(channels: Sequence[str]) -> Side:
    sides = {name.rpartition(".")[2] for name in channels}
    if sides == {"left"}:
        return "left"
    return "right" if sides == {"right"} else "both"


def _brow_raise(rng: np.random.Generator, accent_s: float) -> Move:
    pulse = Pulse.drawn(rng, accent_s - 0.12, rng.uniform(0.35, 0.8), "sine")
    amount = float(rng.uniform(0.08, 0.3))
    channels = channels_of(rng, {"au1": 0.9, "au2": 1.0}, "both", amount)
    return expression("habit", "brow_raise", pulse, channels, "both")


def _smile(rng: np.random.Generator) -> Move:
    pulse = Pulse.drawn(rng, 0.0, rng.uniform(1.0, 2.8), "plateau")
    amount = float(rng.uniform(0.1, 0.35))
    channels = channels_of(rng, {"au12": 1.0, "au6": 0.35}, "both", amount)
    return expression("habit", "smile", pulse, channels, "both")
