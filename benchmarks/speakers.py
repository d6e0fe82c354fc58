"""Measure who is taken for whom: role confusion in conversations of known speakers.

Conversations are put together from recordings of speech/dev while the script runs; none is
kept. The limits that voices are told apart by come from training speakers alone
(models/training/voiceprint/separation.py). The third voice of `third_child` is a child of 9 to
12 years who reads English; no recording of a younger child was at hand.

    python benchmarks/speakers.py --data FACESIGN_DATA
    python benchmarks/speakers_page.py
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from provenance import add_data_argument, write_result
from scipy.stats import bootstrap
from speakers_mixtures import CONDITIONS, Condition, conversations, people_of
from speakers_scoring import FOUND, SPOKEN, Runs, confusion, find_turns, purity, runs_of
from voiceprint_encoder import open_encoder

from facesign.biometrics.speakers.pieces import VoiceEncoder
from facesign.biometrics.speakers.separation import (
    Separation,
    separation_from_dict,
    shipped_separation,
)
from facesign.biometrics.stream import FloatArray
from facesign.interview.heard import voices_heard
from facesign.interview.risk.monitors import monitor

CARRIED_BY = {"voice.other": "voice.another", "voice.changed": "voice.changed"}
N_CONVERSATIONS = 12
"""Of each condition, each with another applicant."""
ANCHORS = {
    "sample_and_questions": {"with_sample": True, "with_questions": True},
    "sample_alone": {"with_sample": True, "with_questions": False},
    "questions_alone": {"with_sample": False, "with_questions": True},
}
Statistic = Callable[[Any], float]


class Remembering:
    """Embed each window once, however often a conversation is analysed."""

    def __init__(self, encoder: VoiceEncoder) -> None:
        self._encoder = encoder
        self._known: dict[bytes, FloatArray] = {}

    def embed(self, samples: FloatArray) -> FloatArray:
        """Return the embedding, unit length."""
        key = samples.tobytes()
        if key not in self._known:
            self._known[key] = self._encoder.embed(samples)
        return self._known[key]


def measure(
    runs: Sequence[Runs], encoder: VoiceEncoder, separation: Separation | None, **anchors: bool
) -> dict[str, Any]:
    """Sum up the conversations of one condition."""
    tables, offered, flagged, n_flags = [], [], [], 0
    for one in runs:
        found = find_turns(one, encoder, separation, **anchors)
        tables.append(confusion(one, found))
        offered.append(purity(one, found))
        flags = [
            span
            for span in voices_heard([spoken.turn for spoken in found])
            if (span.value or 0.0) >= monitor(CARRIED_BY[span.name]).limit
        ]
        flagged.append(float(bool(flags)))
        n_flags += len(flags)
    counts, pure = np.array(tables), np.array(offered)
    total = counts.sum(axis=0)
    rows: dict[str, Any] = {
        "n_conversations": len(runs),
        "n_applicants": len({one.conversation.people["applicant"] for one in runs}),
        "seconds": {
            spoken: dict(zip(FOUND, np.round(total[row], 1).tolist(), strict=True))
            for row, spoken in enumerate(SPOKEN)
            if total[row].sum()
        },
        "flagged_another_voice": _estimate(len(runs), lambda i: np.mean(np.array(flagged)[i])),
        "flags_per_conversation": round(n_flags / len(runs), 2),
        "offered_that_is_the_applicants": _estimate(
            len(runs), lambda i: _ratio(pure[i, 0].sum(), pure[i, 1].sum())
        ),
    }
    for name, counted in OVERALL.items():
        rows[name] = _estimate(
            len(runs), lambda i, c=counted: _ratio((counts[i] * c).sum(), counts[i].sum())
        )
    for name, row, columns in SHARES:
        if total[row].sum():
            rows[name] = _estimate(len(runs), lambda i, r=row, c=columns: _share(counts[i], r, c))
    return rows


_ONE = np.eye(len(SPOKEN), len(FOUND))
_TOLD = np.array([name not in ("session", "nobody") for name in FOUND])
OVERALL = {
    "confusion": _TOLD * (1.0 - _ONE),
    "left_open": np.ones((len(SPOKEN), 1)) * np.eye(len(FOUND))[FOUND.index("session")],
    "not_heard": np.ones((len(SPOKEN), 1)) * np.eye(len(FOUND))[FOUND.index("nobody")],
}
"""Cells of the table that count: given to a wrong person, to nobody for sure, not heard."""
SHARES: tuple[tuple[str, int, tuple[int, ...]], ...] = (
    ("applicant_as_applicant", 0, (0,)),
    ("applicant_as_officer", 0, (1,)),
    ("applicant_as_other", 0, (2,)),
    ("officer_as_applicant", 1, (0,)),
    ("other_as_applicant", 2, (0,)),
    ("other_as_other", 2, (2,)),
)


def _share(counts: Any, row: int, columns: Sequence[int]) -> float:
    """Return a share of the speech that was told to be somebody's or nobody's in particular."""
    total = counts[:, row].sum(axis=0)
    return _ratio(total[list(columns)].sum(), total[: FOUND.index("nobody")].sum())


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def _estimate(n: int, statistic: Statistic) -> dict[str, Any] | None:
    value = statistic(np.arange(n))
    if not np.isfinite(value):
        return None
    if n < 2:
        return {"value": round(value, 4), "interval_95": None}
    found = bootstrap(
        (np.arange(n),),
        statistic,
        vectorized=False,
        n_resamples=500,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return {"value": round(value, 4), "interval_95": [round(float(v), 4) for v in found]}


def measured(
    data: Path,
    encoder: VoiceEncoder,
    limits: Separation | None,
    conditions: Sequence[Condition],
    n: int,
) -> dict[str, Any]:
    """Measure every condition, on one track with each kind of anchor."""
    people = people_of(data / "speech" / "dev")
    results: dict[str, Any] = {}
    for condition in conditions:
        runs = [runs_of(one) for one in conversations(people, condition, n)]
        memory = Remembering(encoder)
        chosen = ANCHORS if condition.echo_db is None else {"own_tracks": {}}
        found = {name: measure(runs, memory, limits, **it) for name, it in chosen.items()}
        if condition.echo_db is None:
            found["questions_without_voices"] = measure(
                runs, memory, None, **ANCHORS["questions_alone"]
            )
        results[condition.name] = found
        print(condition.name, {k: v["confusion"]["value"] for k, v in found.items()}, flush=True)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_argument(parser)
    parser.add_argument("--model", type=Path, help="an ONNX file instead of ecapa-embedded")
    parser.add_argument("--limits", type=Path, help="what separation.py printed for it")
    parser.add_argument("--only", nargs="*", help="conditions to measure; all by default")
    parser.add_argument("-n", type=int, default=N_CONVERSATIONS, help="conversations of each")
    parser.add_argument("--name", default="speakers", help="name of the result file")
    args = parser.parse_args()
    encoder = open_encoder(args.model)
    limits = shipped_separation(encoder.label)
    if args.limits:
        limits = separation_from_dict(json.loads(args.limits.read_text("utf-8")))
    if limits is None:
        parser.error(f"{encoder.label} has no limits: run models/training/voiceprint/separation.py")
    chosen = [one for one in CONDITIONS if not args.only or one.name in args.only]
    values: dict[str, Any] = {
        "question": "who is taken for whom?",
        "encoder": encoder.label,
        "limits": limits.to_dict(),
        "conditions": [asdict(one) for one in chosen],
        "conversations": measured(args.data, encoder, limits, chosen, args.n),
    }
    inputs = [args.data / "speech" / "dev" / "MANIFEST.csv", *([args.model] if args.model else [])]
    print(write_result(args.name, values, inputs))


if __name__ == "__main__":
    main()
