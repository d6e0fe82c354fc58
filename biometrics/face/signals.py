"""The table of 132 signals: 44 channels after FACS, three readings each."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np

from facesign.biometrics.face import brows, eyes, jaw, mouth, nose
from facesign.biometrics.face.sides import Side, place_centres
from facesign.biometrics.stream import BoolArray, FloatArray, TimeArray

__all__ = [
    "CHANNELS",
    "READINGS",
    "SIGNALS",
    "ChannelSpec",
    "Grade",
    "SignalSpec",
    "Signals",
    "channel_values",
]

Region: TypeAlias = Literal["brows", "eyes", "gaze", "nose", "mouth", "jaw"]
Length: TypeAlias = Literal["inter-ocular distance", "eye width"]
Reading: TypeAlias = Literal["level", "speed", "burst"]
READINGS: tuple[Reading, ...] = ("level", "speed", "burst")

Grade: TypeAlias = Literal["good", "fair", "weak", "unvalidated"]

_UNIT_OF: dict[Reading, str] = {"level": "1", "speed": "1/s", "burst": "1"}


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """One facial channel: a number per frame, read from the centres of places."""

    name: str
    """Such as `au12.left`; left and right are the subject's own."""
    title: str
    region: Region
    source: str
    """Key in docs/references.bib, or `own`."""
    noise: float
    """Standard deviation that camera and landmarks alone give it, in `unit`."""
    grade: Grade
    """How far 0.3 of full range stands above its noise on rendered faces: d' of 3 or more is
    `good`, of 1.5 or more `fair`."""
    extract: Callable[[FloatArray], FloatArray]

    @property
    def unit(self) -> Length:
        """What the channel is measured in."""
        in_eyes = self.region == "gaze" or self.name.startswith("au45")
        return "eye width" if in_eyes else "inter-ocular distance"

    @property
    def side(self) -> Side | None:
        """The subject's side, None on the midline."""
        tail = self.name.split(".")[1:]
        return "left" if "left" in tail else "right" if "right" in tail else None


@dataclass(frozen=True, slots=True)
class SignalSpec:
    """One of the 132: a channel and how it is read against the person's own baseline."""

    channel: ChannelSpec
    reading: Reading

    @property
    def name(self) -> str:
        """Such as `au12.left.burst`."""
        return f"{self.channel.name}.{self.reading}"

    @property
    def unit(self) -> str:
        """`1` (in baseline deviations) or `1/s`."""
        return _UNIT_OF[self.reading]


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """The 132 readings over one block of frames."""

    time_s: TimeArray
    """Shape (n_frames,)."""
    values: FloatArray
    """Shape (n_frames, 132), columns in the order of SIGNALS; NaN where not valid."""
    valid: BoolArray
    """Shape (n_frames, 132)."""
    speaking: BoolArray
    """Whether the applicant was speaking, shape (n_frames,)."""

    def reading(self, kind: Reading) -> FloatArray:
        """Return one reading of all channels, shape (n_frames, 44)."""
        return self.values[:, READINGS.index(kind) :: len(READINGS)]

    def __repr__(self) -> str:
        """Show the number of frames, never the readings."""
        return f"Signals(n_frames={len(self.time_s)})"


class _SideFormula(Protocol):
    def __call__(self, centres: FloatArray, side: Side) -> FloatArray: ...


_MidFormula: TypeAlias = Callable[[FloatArray], FloatArray]


_PAIRED: tuple[tuple[str, str, Region, str, _SideFormula], ...] = (
    ("au1", "AU1 inner brow raiser", "brows", "own", brows.inner_brow_raiser),
    ("au2", "AU2 outer brow raiser", "brows", "own", brows.outer_brow_raiser),
    ("au4", "AU4 brow lowerer", "brows", "own", brows.brow_lowerer),
    ("au5", "AU5 upper lid raiser", "eyes", "own", eyes.upper_lid_raiser),
    ("au6", "AU6 cheek raiser", "eyes", "own", eyes.cheek_raiser),
    ("au7", "AU7 lid tightener", "eyes", "own", eyes.lid_tightener),
    ("au9", "AU9 nose wrinkler", "nose", "own", nose.nose_wrinkler),
    ("au10", "AU10 upper lip raiser", "mouth", "own", mouth.upper_lip_raiser),
    ("au12", "AU12 lip corner puller", "mouth", "own", mouth.lip_corner_puller),
    ("au14", "AU14 dimpler", "mouth", "own", mouth.dimpler),
    ("au15", "AU15 lip corner depressor", "mouth", "own", mouth.lip_corner_depressor),
    ("au16", "AU16 lower lip depressor", "mouth", "own", mouth.lower_lip_depressor),
    ("au20", "AU20 lip stretcher", "mouth", "own", mouth.lip_stretcher),
    ("au38", "AU38 nostril dilator", "nose", "own", nose.nostril_dilator),
    ("au45", "AU45 blink", "eyes", "soukupova2016", eyes.blink),
    ("gaze.horizontal", "gaze, horizontal", "gaze", "own", eyes.gaze_horizontal),
    ("gaze.vertical", "gaze, vertical", "gaze", "own", eyes.gaze_vertical),
)
_MIDLINE: tuple[tuple[str, str, Region, str, _MidFormula], ...] = (
    ("au17", "AU17 chin raiser", "jaw", "own", jaw.chin_raiser),
    ("au18", "AU18 lip pucker", "mouth", "own", mouth.lip_pucker),
    ("au22", "AU22 lip funneler", "mouth", "own", mouth.lip_funneler),
    ("au23", "AU23 lip tightener", "mouth", "own", mouth.lip_tightener),
    ("au24", "AU24 lip presser", "mouth", "own", mouth.lip_presser),
    ("au25", "AU25 lips part", "mouth", "own", mouth.lips_part),
    ("au26", "AU26 jaw drop", "jaw", "own", jaw.jaw_drop),
    ("au28", "AU28 lip suck", "mouth", "own", mouth.lip_suck),
    ("jaw.sideways", "AD30 jaw sideways", "jaw", "own", jaw.jaw_sideways),
    ("jaw.thrust", "AD29 jaw thrust", "jaw", "own", jaw.jaw_thrust),
)


def _channels() -> Iterator[ChannelSpec]:
    noise, grades = _table("noise.toml"), _table("grades.toml")
    sides: tuple[Side, ...] = ("left", "right")
    for stem, title, region, source, formula in _PAIRED:
        for side in sides:
            name, extract = f"{stem}.{side}", partial(formula, side=side)
            of = (noise[name], grades[name], extract)
            yield ChannelSpec(name, f"{title}, {side}", region, source, *of)
    for name, title, region, source, middle in _MIDLINE:
        yield ChannelSpec(name, title, region, source, noise[name], grades[name], middle)


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("facesign.biometrics.face").joinpath(name).read_text("utf-8"))


CHANNELS: tuple[ChannelSpec, ...] = tuple(_channels())
"""The 44 channels, in the order of the columns."""
SIGNALS: tuple[SignalSpec, ...] = tuple(
    SignalSpec(channel, reading) for channel in CHANNELS for reading in READINGS
)
"""The 132 signals, in the order of the columns of `Signals.values`."""


def channel_values(points: FloatArray) -> FloatArray:
    """Read all channels from aligned landmarks.

    Args:
        points: Canonical frame, shape (n_frames, 478, 3), unit inter-ocular distance.

    Returns:
        Shape (n_frames, 44), columns in the order of CHANNELS; NaN where the face was lost.

    Raises:
        ShapeError: points is not (n_frames, 478, 3).
    """
    centres = place_centres(points)
    return np.stack([channel.extract(centres) for channel in CHANNELS], axis=1).astype(np.float32)
