"""Choose from which estimated share on two people are taken to speak at once.

python models/training/overlap/limits.py SPEECH_TRAIN [--ship]

On training speakers and synthetic voices that the network has not heard, for pieces of 1.5 s, for
recordings of 3 and 6 s together, and for recordings of 15 s: a limit is the lowest that refuses at
most 2 % of single people under all conditions together, 5 % under any one, and 5 % of single
synthetic voices. With `--ship` the limits go where the package has them, marked with the file they
belong to.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from mixtures import CONDITIONS, USABLE_SNR_DB, Example, Studio
from people import N_HELD_OUT, halves, people_in
from synthetic import HELD_OUT, synthetic_people

from facesign.biometrics.speakers.overlap import (
    LONG_S,
    MODEL,
    SCHEMA,
    SHORT_S,
    OverlapDetector,
    OverlapLimits,
)
from facesign.biometrics.speakers.pieces import WINDOW_S
from facesign.biometrics.stream import FloatArray
from facesign.models.registry import card

ROOT = Path(__file__).parents[3]
WRONG, WRONG_IN_ONE, WRONG_SYNTHETIC = 0.02, 0.05, 0.05
N_PIECES, N_RECORDINGS = (2000, 1000), (640, 320)
"""Of people and of synthetic voices, of each length."""
LENGTHS_S = {
    "piece_above": (WINDOW_S,),
    "recording_above": (3.0, SHORT_S),
    "long_recording_above": (LONG_S,),
}
"""What each limit is chosen on."""
N_SYNTHETIC = 36
MIXED_FROM = 0.5

Shares = dict[tuple[bool, str], npt.NDArray[np.float64]]
"""By whether they are mixed, and by condition."""


def shares(tell: Callable[[FloatArray], float | None], studio: Studio, n: int, s: float) -> Shares:
    """Return estimated shares of so many examples, half of them mixed."""
    found: dict[tuple[bool, str], list[float]] = defaultdict(list)
    for one in studio.windows(n, s):
        share = tell(one.samples)
        if share is not None and _counts(one, s):
            found[one.is_mixed, one.condition].append(share)
    return {key: np.array(values) for key, values in found.items()}


def together(parts: Sequence[Shares]) -> Shares:
    """Join the shares of several lengths."""
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def joined(found: Shares, *, mixed: bool) -> npt.NDArray[np.float64]:
    """Return the shares under all conditions together."""
    return np.concatenate([found[mixed, condition] for condition in CONDITIONS])


def limit(people: Shares, synthetic: Shares) -> float:
    """Return the lowest limit that refuses few enough single voices."""
    return max(
        _at_most(joined(people, mixed=False), WRONG),
        _at_most(joined(synthetic, mixed=False), WRONG_SYNTHETIC),
        *(_at_most(people[False, one], WRONG_IN_ONE) for one in CONDITIONS),
    )


def counted(found: Shares, above: float) -> dict[str, Any]:
    """Say how many are above a limit."""
    single, two = joined(found, mixed=False), joined(found, mixed=True)
    return {
        "n_single": len(single),
        "single_refused": round(float(np.mean(single > above)), 4),
        "n_two": len(two),
        "two_noticed": round(float(np.mean(two > above)), 4),
    }


def measured(speech: Path) -> dict[float, dict[str, Shares]]:
    """Return the shares of single and mixed people and synthetic voices, by length."""
    detector = OverlapDetector(limits=OverlapLimits(1.0, 1.0, 1.0))
    held_out = people_in(speech, halves(speech)[1])
    voices = synthetic_people(HELD_OUT, N_SYNTHETIC, seed=32)
    studios = {
        "people": Studio(held_out, 11, USABLE_SNR_DB),
        "synthetic": Studio([*held_out, *voices], 12, USABLE_SNR_DB, synthetic_share=1.0),
    }
    found: dict[float, dict[str, Shares]] = {s: {} for part in LENGTHS_S.values() for s in part}
    for s, kinds in found.items():
        tell = detector.share if s == WINDOW_S else detector.recording_share
        for kind, n in zip(studios, N_PIECES if s == WINDOW_S else N_RECORDINGS, strict=True):
            kinds[kind] = shares(tell, studios[kind], n, s)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("speech", type=Path)
    parser.add_argument("--ship", action="store_true", help="put it where the package has it")
    args = parser.parse_args()
    found = measured(args.speech)
    limits: dict[str, float] = {}
    for name, lengths in LENGTHS_S.items():
        kinds = {kind: together([found[s][kind] for s in lengths]) for kind in found[lengths[0]]}
        limits[name] = math.ceil(1000 * limit(**kinds)) / 1000
    values = {
        "schema": SCHEMA,
        "model": f"{MODEL}@{card(MODEL).sha256[:12]}",
        "measured_on": f"{N_HELD_OUT} training speakers and {N_SYNTHETIC} voices of espeak-ng that "
        "the network has not heard, as recorded, through babble and noise at 10 to 20 dB and in "
        "rooms",
        "limits": limits,
        "rests_on": {
            f"{s:g} s": {kind: counted(one, limits[name]) for kind, one in found[s].items()}
            for name, lengths in LENGTHS_S.items()
            for s in lengths
        },
    }
    text = json.dumps(values, indent=1) + "\n"
    print(text)
    if args.ship:
        (ROOT / "biometrics" / "speakers" / f"{MODEL}.json").write_text(text, "utf-8")


def _at_most(single: npt.NDArray[np.float64], wrong: float) -> float:
    """Return the lowest share that at most so many are above."""
    return float(np.quantile(single, 1 - wrong, method="higher"))


def _counts(example: Example, seconds: float) -> bool:
    """Tell whether an example is clearly of one kind: a mixed piece is at least half mixed."""
    is_piece = seconds == WINDOW_S
    return not (is_piece and example.is_mixed) or float(example.both.mean()) > MIXED_FROM


if __name__ == "__main__":
    main()
