"""How times, amounts and a person's usual range are written: the one place for both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facesign.biometrics.voice.quality import snr_bound
from facesign.interview.page.texts import Texts

__all__ = [
    "Range",
    "amount",
    "channels",
    "clock",
    "clock_span",
    "now",
    "scale_end",
    "usual",
    "usual_range",
]

MISSING = "–"
MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"
_DECIMALS = {
    "s": 1,
    "deg": 1,
    "dB": 1,
    "Hz": 1,
    "kHz": 1,
    "px": 0,
    "percent": 0,
    "count": 0,
    "1/min": 1,
    "st": 1,
}
_FINER_BELOW_1 = ("s", "percent")
_AS_PERCENT = ("share", "clipping")
MAD_TO_SIGMA = 1.4826
"""Median absolute deviation times this estimates a normal standard deviation."""
USUAL_SIGMAS = 2.0
"""Half width of the range drawn as usual: 95 % of a normal baseline."""


def clock(seconds: float | None, digits: int = 1) -> str:
    """Write a time as minutes and seconds, m:ss.s, or with more digits after the point."""
    if seconds is None:
        return MISSING
    scale = 10**digits
    whole, fraction = divmod(round(abs(seconds) * scale), scale)
    sign = MINUS if seconds < 0 and (whole or fraction) else ""
    return f"{sign}{whole // 60}:{whole % 60:02d}.{fraction:0{digits}d}"


def clock_span(start_s: float, end_s: float) -> str:
    """Write an interval; one time only where it has no length that can be written."""
    start, end = clock(start_s), clock(end_s)
    return start if start == end else f"{start}–{end}"


def amount(
    texts: Texts, value: float | None, unit: str, name: str = "", *, decimals: int | None = None
) -> str:
    """Write a value with its unit; shares of the whole become per cent."""
    if value is None:
        return MISSING
    (value,), unit = _shown_as([value], unit, name)
    if decimals is None:
        decimals = _decimals([value], unit)
    return _bound(name, value) + _number(value, decimals) + _unit(texts, unit, name)


def scale_end(texts: Texts, value: float, unit: str) -> str:
    """Write the end of a scale: round already, so without needless digits."""
    return f"{value:g}".replace("-", MINUS) + _unit(texts, unit, "")


def now(texts: Texts, observation: Mapping[str, Any]) -> str:
    """Write an observation's value, as finely as its baseline."""
    return _beside_baseline(texts, observation)[0]


def usual(texts: Texts, observation: Mapping[str, Any]) -> str:
    """Write an observation's baseline as median ± deviation, as finely as its value."""
    return _beside_baseline(texts, observation)[1]


@dataclass(frozen=True, slots=True)
class Range:
    """Where the present value and the usual range lie on a small scale, in per cent."""

    usual_left: float
    usual_width: float
    now: float


def usual_range(observation: Mapping[str, Any]) -> Range | None:
    """Place an observation's value beside the person's own usual range.

    Returns:
        Positions in per cent of a scale that holds both; None without value or baseline.
    """
    value, median = observation["value"], observation["baseline_median"]
    mad = observation["baseline_mad"]
    if value is None or median is None or mad is None:
        return None
    half = USUAL_SIGMAS * MAD_TO_SIGMA * mad
    low, high = min(value, median - half), max(value, median + half)
    if low == high:
        return None
    margin = 0.08 * (high - low)
    low, width = low - margin, high - low + 2 * margin
    left = 100 * (median - half - low) / width
    return Range(
        round(left, 2), round(200 * half / width, 2), round(100 * (value - low) / width, 2)
    )


def channels(texts: Texts, names: list[str]) -> str:
    """Write facial channels in plain words; left and right of one part become both sides."""
    sides: dict[str, list[str]] = {}
    for name in names:
        parts = name.split(".")
        part = ".".join(word for word in parts if word not in ("left", "right"))
        side = next((word for word in parts if word in ("left", "right")), "")
        sides.setdefault(part, []).append(side)
    return texts.join(_sided(texts, part, found) for part, found in sides.items())


def _sided(texts: Texts, part: str, sides: list[str]) -> str:
    word = texts("channel", part)
    if {"left", "right"} <= set(sides):
        return texts("page", "both_sides", part=word)
    return texts("page", f"{sides[0]}_side", part=word) if sides[0] else word


def _beside_baseline(texts: Texts, observation: Mapping[str, Any]) -> tuple[str, str]:
    keys = ("value", "baseline_median", "baseline_mad")
    given = [observation[key] for key in keys]
    name = observation["name"]
    known, unit = _shown_as([one for one in given if one is not None], observation["unit"], name)
    decimals = _decimals(known, unit)
    left = iter(known)
    value, median, mad = (None if one is None else _number(next(left), decimals) for one in given)
    ending = _unit(texts, unit, name)
    written = MISSING if value is None else _bound(name, given[0]) + value + ending
    if median is None:
        return written, MISSING
    return written, (
        f"{median}{NO_BREAK}±{NO_BREAK}{mad}" if observation["baseline_mad"] else median
    ) + ending


def _shown_as(values: list[float], unit: str, name: str) -> tuple[list[float], str]:
    """Change values to the unit in which a person reads them."""
    if unit == "1" and name.endswith(_AS_PERCENT):
        return [100 * value for value in values], "percent"
    if unit == "Hz" and max(map(abs, values), default=0) >= 1000:
        return [value / 1000 for value in values], "kHz"
    return values, unit


def _decimals(values: list[float], unit: str) -> int:
    """Choose the digits after the point: one more where a value would look like 0 or all."""
    smallest = min((abs(value) for value in values if value), default=1.0)
    nearly_all = unit == "percent" and any(99 < value < 100 for value in values)
    halves = unit == "count" and any(value % 1 for value in values)
    small = unit in _FINER_BELOW_1 and smallest < 1
    return _DECIMALS.get(unit, 2) + (nearly_all or halves or small)


def _bound(name: str, value: float) -> str:
    """Return the sign before a value that is only a bound."""
    sign = snr_bound(value) if name == "voice.snr" else ""
    return sign and sign + NO_BREAK


def _number(value: float, decimals: int) -> str:
    written = f"{value:.{decimals}f}"
    return written.lstrip("-") if float(written) == 0 else written.replace("-", MINUS)


def _unit(texts: Texts, unit: str, name: str) -> str:
    section, code = ("unit_of", name) if texts.has("unit_of", name) else ("unit", unit)
    ending = texts(section, code) if texts.has(section, code) else f" {unit}"
    return ending.replace(" ", NO_BREAK)
