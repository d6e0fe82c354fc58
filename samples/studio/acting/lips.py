"""Mouth shapes that follow what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from facesign.biometrics.stream import TimeArray
from facesign.samples.studio.sound.voices import Phone

__all__ = [
    "LIP_SHAPES",
    "STEP_S",
    "LipTrack",
    "blended",
    "follow_phones",
    "lip_weights",
    "target_of",
]

STEP_S = 0.005
_LEAD_S = 0.03
"""Lips move before they are heard."""
_BLEND_S = 0.038
_CLOSURE_BLEND_S = 0.018
_MARGIN_S = 0.25

_WIDE = ("mouthStretch_L", "mouthStretch_R")
_UPPER = ("mouthUpperUp_L", "mouthUpperUp_R")
_LOWER = ("mouthLowerDown_L", "mouthLowerDown_R")
_PRESS = ("mouthPress_L", "mouthPress_R")
_MOUTHS: Mapping[str, Mapping[str | tuple[str, str], float]] = {
    "open": {"jawOpen": 0.27, _UPPER: 0.10, _LOWER: 0.20},
    "mid": {"jawOpen": 0.17, _WIDE: 0.10, _UPPER: 0.08, _LOWER: 0.16},
    "spread": {"jawOpen": 0.10, _WIDE: 0.24, _UPPER: 0.10, _LOWER: 0.18},
    "round": {"jawOpen": 0.19, "mouthFunnel": 0.34, "mouthPucker": 0.12},
    "tight": {"jawOpen": 0.10, "mouthPucker": 0.42, "mouthFunnel": 0.12},
    "shut": {"jawOpen": 0.06, _PRESS: 0.14},
    "lip_teeth": {"jawOpen": 0.07, "mouthRollLower": 0.34, _UPPER: 0.12},
    "tongue": {"jawOpen": 0.09, _WIDE: 0.08, _LOWER: 0.14},
    "hush": {"jawOpen": 0.08, "mouthFunnel": 0.30, _LOWER: 0.10},
    "apical": {"jawOpen": 0.06, _WIDE: 0.18, _UPPER: 0.08, _LOWER: 0.20},
    "back": {"jawOpen": 0.12, _LOWER: 0.10},
}
"""Weights of each kind of mouth; `apical` is that of si, zhi and ri, teeth almost shut."""

_VOWELS: Mapping[str, str] = {
    "open": "aɑæʌɐ",
    "mid": "ɛeəɜɚɤ",
    "spread": "iɪᵻ",
    "round": "oɔɒø",
    "tight": "uʊyʲɥ",
}
_CONSONANTS: Mapping[str, str] = {
    "shut": "mbp",
    "lip_teeth": "fv",
    "tight": "wɹr",
    "hush": "ʃʒʂʐɻ",
    "spread": "ɕʑj",
    "tongue": "tdnlszθðɾ",
    "back": "kɡghŋxχɣ",
}
_PLACES: Mapping[str, str] = {
    "o-": "mid",
    "ŋ-": "back",
    "i.": "apical",
    "i̪": "apical",
    "s.": "hush",
    "ts.": "hush",
    "ts.h": "hush",
    "tɕ": "spread",
    "tɕh": "spread",
    "tʃ": "hush",
    "dʒ": "hush",
    "ər": "mid",
}
"""Phones of espeak-ng that are not what their letters say one by one."""

LIP_SHAPES: tuple[str, ...] = tuple(
    sorted(
        {
            name
            for mouth in _MOUTHS.values()
            for names in mouth
            for name in ((names,) if isinstance(names, str) else names)
        }
        | {"mouthClose"}
    )
)
"""Every shape that speech moves."""
_COLUMN = {name: i for i, name in enumerate(LIP_SHAPES)}
_JAW, _CLOSE = _COLUMN["jawOpen"], _COLUMN["mouthClose"]


@dataclass(frozen=True, slots=True, eq=False)
class LipTrack:
    """A mouth over one stretch of speech, at rest before and after."""

    start_s: float
    step_s: float
    weights: npt.NDArray[np.float32]
    """Weight of each of `LIP_SHAPES`, shape (n_steps, n_shapes)."""

    @property
    def end_s(self) -> float:
        """Time of the last step."""
        return self.start_s + self.step_s * (len(self.weights) - 1)

    def at(self, time_s: TimeArray) -> npt.NDArray[np.float64]:
        """Return the weights at any times, zero outside, shape (n, n_shapes)."""
        place = (time_s - self.start_s) / self.step_s
        whole = np.clip(np.floor(place).astype(int), 0, len(self.weights) - 2)
        share = np.clip(place - whole, 0, 1)[:, None]
        weights: npt.NDArray[np.float64] = (
            self.weights[whole] * (1 - share) + self.weights[whole + 1] * share
        )
        return weights


def follow_phones(phones: Sequence[Phone]) -> LipTrack:
    """Return the mouth that says phones.

    Args:
        phones: At least one, in time. A phone of several vowels passes through the mouth of
            each of them.
    """
    start_s = phones[0].start_s - _MARGIN_S
    n = int((phones[-1].end_s + _MARGIN_S - start_s) / STEP_S) + 2
    said = [(mouth, at) for phone in phones for mouth, at in _mouths_of(phone)]
    target = np.zeros((n, len(LIP_SHAPES)))
    closure = np.zeros(n)
    for mouth, (begin, end) in said:
        first, last = (round((at - _LEAD_S - start_s) / STEP_S) for at in (begin, end))
        target[first:last] = target_of(mouth)
        closure[first:last] = mouth == "shut"
    return blended(start_s, target, closure)


def blended(
    start_s: float, target: npt.NDArray[np.float64], closure: npt.NDArray[np.float64]
) -> LipTrack:
    """Let mouths run into each other; `mouthClose` undoes the open jaw where lips meet.

    Args:
        start_s: Time of the first step.
        target: Weights of each of `LIP_SHAPES` at each step, shape (n_steps, n_shapes).
        closure: 1 where the lips meet, shape (n_steps,).
    """
    smooth = gaussian_filter1d(target, _BLEND_S / STEP_S, axis=0, mode="constant")
    together = gaussian_filter1d(closure, _CLOSURE_BLEND_S / STEP_S, mode="constant")
    smooth[:, _CLOSE] = together * smooth[:, _JAW]
    for name in (*_UPPER, *_LOWER):
        smooth[:, _COLUMN[name]] *= 1 - together
    smooth[[0, -1]] = 0
    return LipTrack(start_s, STEP_S, smooth.astype(np.float32))


def lip_weights(time_s: TimeArray, phones: Sequence[Phone]) -> dict[str, TimeArray]:
    """Return the weight of each mouth shape while phones are said.

    Args:
        time_s: Seconds, shape (n,).
        phones: What is said, on the same clock, in time.

    Returns:
        Expression name to weights, each shape (n,).
    """
    if not phones:
        return {name: np.zeros_like(time_s) for name in LIP_SHAPES}
    return dict(zip(LIP_SHAPES, follow_phones(phones).at(time_s).T, strict=True))


def _mouths_of(phone: Phone) -> list[tuple[str, tuple[float, float]]]:
    """Return the mouths that a phone passes through, each with its share of the time."""
    mouths = _mouths(phone.symbol)
    edges = np.linspace(phone.start_s, phone.end_s, len(mouths) + 1)
    return [(mouth, (float(edges[i]), float(edges[i + 1]))) for i, mouth in enumerate(mouths)]


def _mouths(symbol: str) -> list[str]:
    if symbol.startswith("("):
        return []
    if symbol in _PLACES:
        return [_PLACES[symbol]]
    vowels = [m for sound in symbol for m, sounds in _VOWELS.items() if sound in sounds]
    if vowels:
        nasal = ["back"] if any(sound in "ŋɡ" for sound in symbol) else []
        return vowels + nasal
    consonants = [m for sound in symbol for m, sounds in _CONSONANTS.items() if sound in sounds]
    return consonants[:1]


def target_of(mouth: str) -> npt.NDArray[np.float64]:
    """Return the weights of a kind of mouth, such as `open`, shape (n_shapes,)."""
    weights = np.zeros(len(LIP_SHAPES))
    for names, weight in _MOUTHS[mouth].items():
        for name in (names,) if isinstance(names, str) else names:
            weights[_COLUMN[name]] = weight
    return weights
