"""Choose from which estimated share on two people are taken to speak at once.

python models/training/overlap/limits.py SPEECH_TRAIN [--ship]

On training speakers and synthetic voices that the network has not heard, for pieces of 1.5 s and
for recordings of 3, 6 and 15 s: a limit is the lowest that refuses at most 2 % of single people
under all conditions together, 5 % under any one, and 5 % of single synthetic voices. With
`--ship` the limits go where the package has them, marked with the file they belong to.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from mixtures import CONDITIONS, USABLE_SNR_DB, Example, Studio
from people import N_HELD_OUT, halves, people_in
from synthetic import HELD_OUT, synthetic_people

from facesign.biometrics.speakers.overlap import MODEL, SCHEMA, OverlapDetector, OverlapLimits
from facesign.biometrics.speakers.pieces import WINDOW_S
from facesign.biometrics.stream import FloatArray
from facesign.models.registry import card

ROOT = Path(__file__).parents[3]
WRONG, WRONG_IN_ONE, WRONG_SYNTHETIC = 0.02, 0.05, 0.05
N_PIECES, N_RECORDINGS = (2000, 1000), (640, 320)
"""Of people and of synthetic voices, of each length."""
LENGTHS_S = (3.0, 6.0, 15.0)
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


def joined(found: Shares, *, mixed: bool) -> npt.NDArray[np.float64]:
    """Return the shares under all conditions together."""
    return np.concatenate([found[mixed, condition] for condition in CONDITIONS])


def limit(people: Shares, synthetic: Shares) -> float:
    """Return the lowest limit that refuses few enough single voices."""
    return max(
        float(np.quantile(joined(people, mixed=False), 1 - WRONG)),
        float(np.quantile(joined(synthetic, mixed=False), 1 - WRONG_SYNTHETIC)),
        *(float(np.quantile(people[False, one], 1 - WRONG_IN_ONE)) for one in CONDITIONS),
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
    detector = OverlapDetector(limits=OverlapLimits(1.0, 1.0))
    held_out = people_in(speech, halves(speech)[1])
    voices = synthetic_people(HELD_OUT, N_SYNTHETIC, seed=32)
    studios = {
        "people": Studio(held_out, 11, USABLE_SNR_DB),
        "synthetic": Studio([*held_out, *voices], 12, USABLE_SNR_DB, synthetic_share=1.0),
    }
    found: dict[float, dict[str, Shares]] = {WINDOW_S: {}} | {s: {} for s in LENGTHS_S}
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
    lowest = {s: limit(**kinds) for s, kinds in found.items()}
    piece, recording = lowest[WINDOW_S], max(lowest[s] for s in LENGTHS_S)
    above = {s: _up(piece if s == WINDOW_S else recording) for s in found}
    values = {
        "schema": SCHEMA,
        "model": f"{MODEL}@{card(MODEL).sha256[:12]}",
        "measured_on": f"{N_HELD_OUT} training speakers and {N_SYNTHETIC} voices of espeak-ng that "
        "the network has not heard, as recorded, through babble and noise at 10 to 20 dB and in "
        "rooms",
        "limits": {"piece_above": _up(piece), "recording_above": _up(recording)},
        "rests_on": {
            f"{s:g} s": {
                "lowest": _up(lowest[s]),
                **{kind: counted(one, above[s]) for kind, one in kinds.items()},
            }
            for s, kinds in found.items()
        },
    }
    text = json.dumps(values, indent=1) + "\n"
    print(text)
    if args.ship:
        (ROOT / "biometrics" / "speakers" / f"{MODEL}.json").write_text(text, "utf-8")


def _up(share: float) -> float:
    return math.ceil(share * 1000) / 1000


def _counts(example: Example, seconds: float) -> bool:
    """Tell whether an example is clearly of one kind: a mixed piece is at least half mixed."""
    is_piece = seconds == WINDOW_S
    return not (is_piece and example.is_mixed) or float(example.both.mean()) > MIXED_FROM


if __name__ == "__main__":
    main()
