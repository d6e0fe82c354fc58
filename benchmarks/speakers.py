"""Measure who is taken for whom: role confusion in conversations of known speakers.

Conversations are put together from recordings of speech/dev while the script runs; none is
kept. Thresholds were chosen on one half of its speakers (`--split tuning`), what is reported
comes from the other half. The third voice of `third_child` is a child of 9 to 12 years who
reads English; no recording of a younger child was at hand.

    python benchmarks/speakers.py --data FACESIGN_DATA
    python benchmarks/speakers.py --model FILE.onnx --only two_voices --no-lips
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from provenance import add_data_argument, write_result
from scipy.stats import bootstrap
from speakers_lips import lips
from speakers_mixtures import CONDITIONS, Condition, conversations, people_of
from speakers_scoring import FOUND, SPOKEN, Runs, confusion, find_turns, purity, runs_of

from facesign.biometrics.speakers.pieces import VoiceEncoder
from facesign.biometrics.speakers.separation import Separation
from facesign.biometrics.stream import FloatArray
from facesign.biometrics.voiceprint.encoder import Encoder
from facesign.biometrics.voiceprint.frontend import fbank
from facesign.interview.flags import OTHER_VOICE_S
from facesign.interview.heard import voices_heard
from facesign.models.runtime import open_model

ANCHORS = {
    "sample_and_questions": {"with_sample": True, "with_questions": True},
    "sample_alone": {"with_sample": True, "with_questions": False},
    "questions_alone": {"with_sample": False, "with_questions": True},
}
Statistic = Callable[[Any], float]


class FileEncoder:
    """An encoder that is not registered, such as a checkpoint of a training that still runs."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options)
        self._input = self._session.get_inputs()[0].name

    def embed(self, samples: FloatArray) -> FloatArray:
        """Return the embedding, unit length."""
        (raw,) = self._session.run(None, {self._input: fbank(samples)[None]})
        return np.asarray(raw[0] / np.linalg.norm(raw[0]), np.float32)


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
    runs: Sequence[Runs], encoder: VoiceEncoder, separation: Separation, **anchors: bool
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
            if (span.value or 0.0) >= OTHER_VOICE_S
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
    for name, row, columns in SHARES:
        if total[row].sum():
            rows[name] = _estimate(len(runs), lambda i, r=row, c=columns: _share(counts[i], r, c))
    return rows


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
    data: Path, encoder: VoiceEncoder, split: Any, conditions: Sequence[Condition], every: int
) -> dict[str, Any]:
    """Measure every condition with all anchors, and the plain one with fewer."""
    people = people_of(data / "speech" / "dev", split)
    separation = Separation()
    results: dict[str, Any] = {}
    for condition in conditions:
        made = conversations(people, condition)
        runs = [runs_of(one) for index, one in enumerate(made) if index % every == 0]
        memory = Remembering(encoder)
        chosen = ANCHORS if condition.echo_db is None else {"own_tracks": {}}
        results[condition.name] = {
            name: measure(runs, memory, separation, **anchors) for name, anchors in chosen.items()
        }
        print(condition.name, len(runs), flush=True)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_data_argument(parser)
    parser.add_argument("--model", type=Path, help="an ONNX file instead of ecapa-embedded")
    parser.add_argument("--split", choices=("reported", "tuning"), default="reported")
    parser.add_argument("--only", nargs="*", help="conditions to measure; all by default")
    parser.add_argument("--every", type=int, default=1, help="every so many conversations")
    parser.add_argument("--no-lips", action="store_true")
    parser.add_argument("--name", default="speakers", help="name of the result file")
    args = parser.parse_args()
    encoder: VoiceEncoder
    encoder = FileEncoder(args.model) if args.model else Encoder(open_model("ecapa-embedded"))
    chosen = [one for one in CONDITIONS if not args.only or one.name in args.only]
    values: dict[str, Any] = {
        "split": args.split,
        "every": args.every,
        "separation": asdict(Separation()),
        "conditions": [asdict(one) for one in chosen],
        "conversations": measured(args.data, encoder, args.split, chosen, args.every),
    }
    if not args.no_lips:
        values["lips"] = lips(args.data)
    inputs = [args.data / "speech" / "dev" / "MANIFEST.csv", *([args.model] if args.model else [])]
    print(write_result(args.name, values, inputs))


if __name__ == "__main__":
    main()
