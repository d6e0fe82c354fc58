"""Choose from which estimated share on two people are taken to speak at once.

python models/training/overlap/limits.py SPEECH_TRAIN [--ship]

On training speakers that the network has not heard: at most 2 % of single people are above a
limit, in pieces of 1.5 s and in recordings of 3 to 15 s, under all conditions together. With
`--ship` the limits go where the package has them, marked with the file they belong to.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from mixtures import CONDITIONS, USABLE_SNR_DB, Studio, halves, people_in

from facesign.biometrics.speakers.overlap import MODEL, SCHEMA, OverlapDetector, OverlapLimits
from facesign.biometrics.speakers.pieces import WINDOW_S
from facesign.models.registry import card

ROOT = Path(__file__).parents[3]
WRONG = 0.02
N_PIECES, N_RECORDINGS = 2000, 600
RECORDING_S = (3.0, 15.0)


def piece_shares(detector: OverlapDetector, studio: Studio, n: int) -> dict[bool, np.ndarray]:
    """Return the shares of single pieces and of those in which two speak half of the time."""
    found: dict[bool, list[float]] = {False: [], True: []}
    for one in studio.windows(n, WINDOW_S):
        if not one.is_mixed or one.both.mean() > 0.5:
            found[one.is_mixed].append(detector.share(one.samples))
    return {mixed: np.array(values) for mixed, values in found.items()}


def recording_shares(detector: OverlapDetector, studio: Studio, n: int) -> dict[bool, np.ndarray]:
    """Return the shares of recordings, single and mixed."""
    rng, found = np.random.default_rng(4), {False: [], True: []}
    for i in range(n):
        mixed, condition = bool(i % 2), CONDITIONS[i // 2 % len(CONDITIONS)]
        one = studio.window(float(rng.uniform(*RECORDING_S)), mixed=mixed, condition=condition)
        share = detector.recording_share(one.samples)
        if share is not None:
            found[mixed].append(share)
    return {mixed: np.array(values) for mixed, values in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("speech", type=Path)
    parser.add_argument("--ship", action="store_true", help="put it where the package has it")
    args = parser.parse_args()
    detector = OverlapDetector(limits=OverlapLimits(1.0, 1.0))
    studio = Studio(people_in(args.speech, halves(args.speech)[1]), 11, USABLE_SNR_DB)
    pieces = piece_shares(detector, studio, N_PIECES)
    recordings = recording_shares(detector, studio, N_RECORDINGS)
    limits = {
        "piece_above": round(float(np.quantile(pieces[False], 1 - WRONG)), 3),
        "recording_above": round(float(np.quantile(recordings[False], 1 - WRONG)), 3),
    }
    values = {
        "schema": SCHEMA,
        "model": f"{MODEL}@{card(MODEL).sha256[:12]}",
        "measured_on": "75 training speakers that the network has not heard, as recorded, "
        "through babble and noise at 10 to 20 dB and in rooms",
        "limits": limits,
        "rests_on": {
            "n_single_pieces": len(pieces[False]),
            "n_mixed_pieces": len(pieces[True]),
            "mixed_pieces_noticed": _share(pieces[True] > limits["piece_above"]),
            "n_single_recordings": len(recordings[False]),
            "n_mixed_recordings": len(recordings[True]),
            "mixed_recordings_noticed": _share(recordings[True] > limits["recording_above"]),
        },
    }
    text = json.dumps(values, indent=1) + "\n"
    print(text)
    if args.ship:
        (ROOT / "biometrics" / "speakers" / f"{MODEL}.json").write_text(text, "utf-8")


def _share(which: np.ndarray) -> float:
    return round(float(which.mean()), 4)


if __name__ == "__main__":
    main()
