"""People whose face or eyes move otherwise than most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import TimeArray
from facesign.samples.studio.acting.facs import Side
from facesign.samples.studio.acting.moves import Move
from facesign.samples.studio.acting.settings import DifferSettings
from facesign.samples.studio.acting.steps import Wander
from facesign.samples.studio.settings import draw

__all__ = ["Differ"]

_LEAST_AMPLITUDE = 0.01
_UNMOVED_BY_THE_FACIAL_NERVE = ("eyeLook", "Pupil")
_MIDLINE_LIPS = (
    "mouthFunnel",
    "mouthPucker",
    "mouthShrug",
    "mouthRoll",
    "mouthClose",
    "lipTighten",
)
_HALF = 0.5
"""A midline shape of the lips loses this much with one of its two halves."""
_DROOP: Mapping[str, float] = {"mouthFrown": 0.14, "browDown": 0.12, "mouthLowerDown": 0.05}
"""How a side without tone hangs at rest."""
_SHUT = 1.1
_TREMOR_DEG = np.array([0.8, 0.5, 0.2])
_TREMOR_JAW = 0.025
_WANDER_DEG = np.array([13.0, 7.0])
_DRIFT_DEG = np.array([4.0, 0.8])


@dataclass(frozen=True, slots=True, eq=False)
class Differ:
    """The settings, with what they draw."""

    settings: DifferSettings
    tremor_hz: float
    tremor_phase: Wander
    eyes: tuple[Wander, Wander]
    beat_hz: float
    """Of a nystagmus."""
    beat_sign: float
    """Which way it drifts."""

    @classmethod
    def drawn(cls, rng: np.random.Generator, until_s: float, settings: DifferSettings) -> Differ:
        """Draw frequencies and drifts."""
        return cls(
            settings,
            tremor_hz=draw(rng, settings.tremor_hz),
            tremor_phase=Wander(rng, until_s, period_s=1.5),
            eyes=(Wander(rng, until_s, period_s=1.7), Wander(rng, until_s, period_s=2.3)),
            beat_hz=float(rng.uniform(2.0, 4.0)),
            beat_sign=float(rng.choice([-1.0, 1.0])),
        )

    @property
    def blind(self) -> bool:
        """Whether the eyes hold on to nothing."""
        return self.settings.blind_gaze != "none"

    def move(self, move: Move) -> Move | None:
        """Return what a movement comes to; `None` when nothing of it is left."""
        side = self.settings.paralysis
        if side is None:
            return move
        left = 1 - self.settings.paralysis_degree
        channels = {
            name: amplitude * (left if name.endswith(f".{side}") else 1.0)
            for name, amplitude in move.channels.items()
        }
        kept = {name: a for name, a in channels.items() if a >= _LEAST_AMPLITUDE}
        if not kept and move.channels:
            return None
        sides = {name.rpartition(".")[2] for name in kept} & {"left", "right"}
        only = len(sides) == 1 and move.side == "both" and self.settings.paralysis_degree == 1
        other: Side = "left" if side == "right" else "right"
        return replace(move, channels=kept, side=other if only else move.side)

    def face(self, weights: npt.NDArray[np.float64], column: Mapping[str, int]) -> None:
        """Still one side and let a lid hang, in place.

        Args:
            weights: Shape (n, n_shapes).
            column: Shape name to its column.
        """
        if self.settings.paralysis is not None:
            self._still(weights, column, self.settings.paralysis)
        if self.settings.ptosis is not None:
            lid = column[f"eyeBlink_{_letter(self.settings.ptosis)}"]
            hangs = self.settings.ptosis_degree
            weights[:, lid] = _SHUT * hangs + (1 - hangs) * weights[:, lid]

    def tremble(
        self,
        time_s: TimeArray,
        head_deg: TimeArray,
        weights: npt.NDArray[np.float64],
        column: Mapping[str, int],
    ) -> None:
        """Add the tremor of head and jaw, in place."""
        if self.settings.tremor == 0:
            return
        phase = 2 * np.pi * self.tremor_hz * time_s + 0.4 * self.tremor_phase.at(time_s)
        wave = self.settings.tremor * np.sin(phase)
        head_deg += wave[:, None] * _TREMOR_DEG
        weights[:, column["jawOpen"]] += _TREMOR_JAW * (self.settings.tremor + wave)

    def gaze(self, time_s: TimeArray) -> TimeArray:
        """Return the eyes' yaw and pitch in the head when they fix nothing, shape (n, 2)."""
        drift = np.stack([eye.at(time_s) for eye in self.eyes], axis=1)
        if self.settings.blind_gaze == "wandering":
            return np.asarray(_WANDER_DEG * np.tanh(drift))
        beat = (self.beat_hz * time_s + 0.2 * drift[:, 0]) % 1.0
        # Slow drift for four fifths of a beat, quick return in the rest.
        saw = np.where(beat < 0.8, beat / 0.8, (1 - beat) / 0.2) - 0.5
        slow = 0.5 * _WANDER_DEG * np.tanh(drift)
        return np.asarray(slow + self.beat_sign * saw[:, None] * _DRIFT_DEG)

    def truth(self) -> dict[str, str | float]:
        """Return what differs, by name; empty for most people."""
        told = self.settings
        found: dict[str, str | float] = {}
        if told.paralysis is not None:
            found |= {"paralysis": told.paralysis, "paralysis_degree": told.paralysis_degree}
        if told.ptosis is not None:
            found |= {"ptosis": told.ptosis, "ptosis_degree": told.ptosis_degree}
        if told.tremor:
            found |= {"tremor": told.tremor, "tremor_hz": self.tremor_hz}
        if self.blind:
            found["blind_gaze"] = told.blind_gaze
        return found

    def _still(
        self, weights: npt.NDArray[np.float64], column: Mapping[str, int], side: str
    ) -> None:
        degree, letter = self.settings.paralysis_degree, _letter(side)
        healthy = "R" if letter == "L" else "L"
        pull = np.zeros(len(weights))
        for name, index in column.items():
            if name.startswith(_UNMOVED_BY_THE_FACIAL_NERVE):
                continue
            if name.endswith(f"_{letter}"):
                weights[:, index] *= 1 - degree
            elif name.startswith(_MIDLINE_LIPS):
                pull += weights[:, index]
                weights[:, index] *= 1 - _HALF * degree
            elif name.startswith("mouth") and name.endswith(f"_{healthy}"):
                pull += weights[:, index]
        for name, hang in _DROOP.items():
            weights[:, column[f"{name}_{letter}"]] += degree * hang
        towards = "mouthRight" if healthy == "R" else "mouthLeft"
        weights[:, column[towards]] += 0.25 * degree * np.minimum(pull, 1.0)


def _letter(side: str) -> str:
    return side[0].upper()
