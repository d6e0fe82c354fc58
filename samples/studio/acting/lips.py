"""Mouth shapes that follow what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.ndimage import gaussian_filter1d

from facesign.biometrics.stream import TimeArray
from facesign.samples.studio.sound.voices import Phone

__all__ = ["lip_weights"]

_STEP_S = 0.005
_LEAD_S = 0.03
"""Lips move before they are heard."""
_BLEND_S = 0.038
_CLOSURE_BLEND_S = 0.018

_WIDE = ("mouthStretch_L", "mouthStretch_R")
_UPPER = ("mouthUpperUp_L", "mouthUpperUp_R")
_LOWER = ("mouthLowerDown_L", "mouthLowerDown_R")
_SHAPES: Mapping[str, Mapping[str | tuple[str, str], float]] = {
    "open": {"jawOpen": 0.27, _UPPER: 0.10, _LOWER: 0.20},
    "mid": {"jawOpen": 0.17, _WIDE: 0.10, _UPPER: 0.08, _LOWER: 0.16},
    "spread": {"jawOpen": 0.10, _WIDE: 0.24, _UPPER: 0.10, _LOWER: 0.18},
    "round": {"jawOpen": 0.19, "mouthFunnel": 0.34, "mouthPucker": 0.12},
    "tight": {"jawOpen": 0.10, "mouthPucker": 0.42, "mouthFunnel": 0.12},
    "shut": {"jawOpen": 0.06, "mouthPress_L": 0.14, "mouthPress_R": 0.14},
    "lip_teeth": {"jawOpen": 0.07, "mouthRollLower": 0.34, _UPPER: 0.12},
    "tongue": {"jawOpen": 0.09, _WIDE: 0.08, _LOWER: 0.14},
    "hush": {"jawOpen": 0.08, "mouthFunnel": 0.30, _LOWER: 0.10},
    "back": {"jawOpen": 0.12, _LOWER: 0.10},
}
_MOUTH_OF = {
    "open": "aɑæʌɐ",
    "mid": "ɛeəɜɚ",
    "spread": "iɪ",
    "round": "oɔɒ",
    "tight": "uʊwɹr",
    "shut": "mbp",
    "lip_teeth": "fv",
    "tongue": "tdnlszθðɾ",
    "hush": "ʃʒ",
    "back": "kɡghŋj",
}


def lip_weights(time_s: TimeArray, phones: Sequence[Phone]) -> dict[str, TimeArray]:
    """Return the weight of each mouth shape while the phones are said.

    Args:
        time_s: Seconds, shape (n,), increasing.
        phones: What is said, on the same clock.

    Returns:
        Expression name to weights, each shape (n,); `mouthClose` undoes the open jaw
        where the lips must meet.
    """
    fine_s = np.arange(time_s[0] - 0.5, time_s[-1] + 0.5, _STEP_S)
    targets: dict[str, TimeArray] = {}
    closure = np.zeros_like(fine_s)
    for phone in phones:
        mouth = _mouth(phone.symbol)
        said = (fine_s >= phone.start_s - _LEAD_S) & (fine_s < phone.end_s - _LEAD_S)
        closure[said] = mouth == "shut"
        for names, weight in _SHAPES.get(mouth, {}).items():
            for name in (names,) if isinstance(names, str) else names:
                targets.setdefault(name, np.zeros_like(fine_s))[said] = weight
    smooth = {
        name: gaussian_filter1d(target, _BLEND_S / _STEP_S) for name, target in targets.items()
    }
    together = gaussian_filter1d(closure, _CLOSURE_BLEND_S / _STEP_S)
    smooth["mouthClose"] = together * smooth.get("jawOpen", np.zeros_like(fine_s))
    for name in (*_UPPER, *_LOWER):
        if name in smooth:
            smooth[name] = smooth[name] * (1 - together)
    return {name: np.interp(time_s, fine_s, weights) for name, weights in smooth.items()}


def _mouth(symbol: str) -> str:
    """Return the mouth of a phone: that of its first sound that has one."""
    for sound in symbol:
        for mouth, sounds in _MOUTH_OF.items():
            if sound in sounds:
                return mouth
    return ""
