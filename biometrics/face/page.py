"""The page of signals in docs/, written from the table and from what the rig showed."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from facesign.biometrics.face.quality import MIN_INTER_OCULAR_PX, MIN_RATE_HZ
from facesign.biometrics.face.readings import BURST_HIGH_HZ, BURST_LATE_S, BURST_LOW_HZ, SLOPE_S
from facesign.biometrics.face.signals import CHANNELS, READINGS, ChannelSpec

__all__ = ["Validation", "main", "read_validation", "signals_page"]

Validation: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Channel to its row of benchmarks/results/signals_vs_rig.json; empty without that file."""

_HEAD = f"""\
# The 132 signals

Each of {len(CHANNELS)} channels of the face is one number per frame: a distance in the landmarks
of MediaPipe's face mesh, after head pose is removed and size divided out. Channels follow the
action units of FACS [facs2002]; left and right are the subject's own. A channel is read in
{len(READINGS)} ways against the person's own baseline, and a signal is one channel in one
reading, such as `au12.left.burst`. What a channel does within 0.65 s is read out of landmarks and
the skin's optical flow together (`channel-readout` in [models.md](models.md)); what lasts longer
is the distance itself. `speed` and `burst` are read from the quick part alone, in which the noise
of the landmarks is not.

| reading | unit | what it is |
| --- | --- | --- |
| `level` | 1 | distance from the baseline's median, in deviations: 1.4826 MAD plus the \
channel's camera noise; speaking compared with speaking, listening with listening |
| `speed` | 1/s | least-squares slope of the channel over {1000 * SLOPE_S:.0f} ms, in deviations |
| `burst` | 1 | RMS from {BURST_LOW_HZ:g} Hz to {BURST_HIGH_HZ:g} Hz (or 0.4 of the frame rate), \
in deviations; peaks at most {BURST_LATE_S:g} s after the movement |

All are NaN where the face is lost, before the baseline is full, below {MIN_RATE_HZ:g} frames/s and
below {MIN_INTER_OCULAR_PX:g} px between the eyes, and on both sides of a channel whose sides move
very differently in the baseline. A signal says that something moved, how far and when; it does
not say why.

*Noise* is what camera and landmarks alone give a channel (`benchmarks/channel_noise.py`).
*Source* is a key in [references.bib](references.bib); `own` formulas are this project's.
*Grade* is how far 0.3 of full range stands above the channel's noise on rendered faces: d' of 3 or
more is good, of 1.5 or more fair (`benchmarks/signal_quality.py`, figures in
[benchmarks.md](benchmarks.md)); channels that hardly moved there have the grade that
`benchmarks/signal_pulses.py` gives, one lower, since nothing else moves in its films. A movement of
weak channels alone has its reliability lowered.
*Validated* is the correlation of `level` with the weight of the face rig's shape of that name, over
rendered video (`benchmarks/signals_vs_rig.py`); `unvalidated` channels have not been compared
with anything: read them as an unproved measurement.

This page is written by `python -m facesign.biometrics.face.page docs/signals.md`, from the
source tree's root.
"""
_COLUMNS = (
    "| channel | measures | unit | noise | grade | source | validated |\n" + "| --- " * 7 + "|\n"
)
RESULTS = Path("benchmarks", "results", "signals_vs_rig.json")


def signals_page(validation: Validation) -> str:
    """Write the page of signals in Markdown, one section a region of the face."""
    return "\n".join([_HEAD, *_sections(validation), _all_names()])


def read_validation(path: Path) -> Validation:
    """Read what the rig showed, by channel; empty where it was not measured."""
    if not path.is_file():
        return {}
    return {row["channel"]: row for row in json.loads(path.read_text("utf-8"))["channels"]}


def main(target: Path) -> None:
    """Write the page of the installed table to a file."""
    target.write_text(signals_page(read_validation(RESULTS)), "utf-8")


def _sections(validation: Validation) -> Iterator[str]:
    for region in dict.fromkeys(channel.region for channel in CHANNELS):
        rows = [_row(c, validation.get(c.name)) for c in CHANNELS if c.region == region]
        yield f"## {region.capitalize()}\n\n{_COLUMNS}{''.join(rows)}"


def _row(channel: ChannelSpec, result: Mapping[str, Any] | None) -> str:
    cells = (
        f"`{channel.name}` {channel.title}",
        _meaning(channel),
        channel.unit,
        f"{channel.noise:.4f}",
        channel.grade,
        channel.source,
        _validated(result),
    )
    return f"| {' | '.join(cells)} |\n"


def _meaning(channel: ChannelSpec) -> str:
    """Return the first line of the formula's description, without its imperative."""
    extract = channel.extract
    described = inspect.getdoc(extract.func if isinstance(extract, partial) else extract) or ""
    line = described.partition("\n")[0].removeprefix("Measure ").rstrip(".")
    return line


def _validated(result: Mapping[str, Any] | None) -> str:
    if result is None or result["status"] != "measured":
        return "unvalidated"
    return f"r = {result['correlation']:.2f}"


def _all_names() -> str:
    rows = (", ".join(f"`{c.name}.{reading}`" for reading in READINGS) for c in CHANNELS)
    return "## All names\n\n" + "".join(f"- {row}\n" for row in rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
