"""The numbers of the MEGC protocols: every subject left out once; UF1, UAR, F1, STRS."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from megc_layouts import Clip, Kind, Labelled
from scipy.optimize import minimize

from facesign.biometrics.face.movements import Movement
from facesign.biometrics.face.spotter import LEAST_PROBABILITY
from facesign.biometrics.spotting import Spotting, match, strs, uf1_uar

__all__ = ["CLASSES", "THRESHOLDS", "Sample", "Spotted", "recognition", "spotting"]

Doubles = npt.NDArray[np.float64]

CLASSES = ("positive", "negative", "surprise")
MICRO_S = 0.5
"""Longer expressions are macro-expressions (MEGC 2021)."""
RIDGE = 1.0
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
NOTHING = Spotting(0, 0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One labelled expression, as features and as the network's own answer."""

    dataset: str
    subject: str
    true: str
    features: Doubles | None
    """Shape (n_features,); None where no signal was read, which counts as missed."""
    kinds: Doubles | None
    """The network's probabilities of the classes, other last, shape (4,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Spotted:
    """One long clip with what was found in it and how certain it has to be to count."""

    clip: Clip
    found: tuple[Movement, ...]
    least: float = LEAST_PROBABILITY

    def told(self, kind: Kind) -> list[Movement]:
        """Return the certain ones of a kind, told apart by how long they are."""
        certain = [m for m in self.found if m.probability is None or m.probability >= self.least]
        return [m for m in certain if (m.offset_s - m.onset_s <= MICRO_S) == (kind == "micro")]

    def pairs(self, kind: Kind) -> list[tuple[Movement, Labelled]]:
        """Return what was rightly told, with what it is."""
        told, true = self.told(kind), [one for one in self.clip.labels if one.kind == kind]
        # Both are counted in whole frames, the last one within, as the challenges do.
        frame_s = 1 / self.clip.rate_hz
        spans = [(m.onset_s, m.offset_s + frame_s) for m in told]
        return [(told[i], true[j]) for i, j in match(spans, [self.clip.span(t) for t in true])]

    def counts(self, kind: Kind) -> Spotting:
        """Count true, told and rightly told ones."""
        n_true = len(self.clip.spans(kind))
        return Spotting(n_true, len(self.told(kind)), len(self.pairs(kind)))


def others(subjects: Sequence[str], left_out: str) -> npt.NDArray[np.bool_]:
    """Tell which samples are of other subjects, shape (n,)."""
    return np.array([subject != left_out for subject in subjects])


def recognized(samples: Sequence[Sample], *, train: bool) -> list[str | None]:
    """Return the class that each sample is given; with `train`, taught by other subjects."""
    given: list[str | None] = [None] * len(samples)
    seen = [i for i, sample in enumerate(samples) if sample.features is not None]
    if not train or not seen:
        for i in seen:
            given[i] = CLASSES[int(np.argmax(_array(samples[i].kinds)[: len(CLASSES)]))]
        return given
    subjects = [samples[i].subject for i in seen]
    features = np.stack([_array(samples[i].features) for i in seen])
    index = np.array([CLASSES.index(samples[i].true) for i in seen])
    for subject in sorted(set(subjects)):
        taught = others(subjects, subject)
        if not taught.any():
            continue
        weights = logistic(features[taught], index[taught])
        for row in np.flatnonzero(~taught):
            answer = np.argmax(_with_one(features[row : row + 1]) @ weights)
            given[seen[row]] = CLASSES[int(answer)]
    return given


def recognition(samples: Sequence[Sample], *, train: bool) -> dict[str, Any]:
    """Return UF1 and UAR over all samples together and by dataset.

    Source: See et al. 2019, "MEGC 2019 - The Second Facial Micro-Expressions Grand Challenge".
    """
    given = recognized(samples, train=train)

    def over(wanted: Callable[[Sample], bool]) -> dict[str, Any]:
        rows = [i for i, sample in enumerate(samples) if wanted(sample)]
        true = [samples[i].true for i in rows]
        uf1, uar = uf1_uar(true, [given[i] for i in rows], CLASSES)
        return {
            "n_subjects": len({samples[i].subject for i in rows}),
            "n_samples": len(rows),
            "n_unread": sum(samples[i].features is None for i in rows),
            "n_of_class": {name: true.count(name) for name in CLASSES},
            "uf1": _rounded(uf1),
            "uar": _rounded(uar),
        }

    by_dataset = {
        name: over(lambda sample, name=name: sample.dataset == name)  # type: ignore[misc]
        for name in sorted({sample.dataset for sample in samples})
    }
    return {**over(lambda _: True), "by_dataset": by_dataset}


def spotting(clips: Sequence[Spotted]) -> dict[str, Any]:
    """Return F1 by kind, F1 of the classes of what was rightly spotted, and STRS.

    STRS is that of micro-expressions. It is null where no micro-expression has a class.

    Source: Davison et al. 2023, "MEGC2023: ACM Multimedia 2023 ME Grand Challenge".
    """
    micro, macro = added(clips, "micro"), added(clips, "macro")
    labels = [label for one in clips for label in one.clip.labels if label.kind == "micro"]
    pairs = [pair for one in clips for pair in one.pairs("micro")]
    known = [(move, label.megc_class) for move, label in pairs if label.megc_class is not None]
    uf1, uar = uf1_uar([true for _, true in known], [move.megc_class for move, _ in known], CLASSES)
    # Without a hit that has a class nothing was analysed rightly.
    analysis = 0.0 if np.isnan(uf1) else uf1
    has_classes = any(label.megc_class is not None for label in labels)
    return {
        "n_subjects": len({one.clip.subject for one in clips}),
        "n_clips": len(clips),
        "n_labels_unusable": sum(one.clip.n_unusable for one in clips),
        "micro": _table(micro),
        "macro": _table(macro),
        "all": _table(micro + macro),
        "analysis": {"n": len(known), "uf1": _rounded(uf1), "uar": _rounded(uar)},
        "strs": _rounded(strs(_number(micro.f1), analysis)) if has_classes else None,
    }


def added(clips: Iterable[Spotted], kind: Kind) -> Spotting:
    """Add the counts of clips up."""
    return sum((one.counts(kind) for one in clips), NOTHING)


def best_threshold(clips: Sequence[tuple[Clip, tuple[Movement, ...]]]) -> float:
    """Return the least probability with the best F1 of micro-expressions, the highest of equals."""

    def f1(least: float) -> float:
        return _number(added((Spotted(*clip, least) for clip in clips), "micro").f1)

    return max(reversed(THRESHOLDS), key=f1) if clips else LEAST_PROBABILITY


def logistic(features: Doubles, index: npt.NDArray[np.intp]) -> Doubles:
    """Fit a multinomial logistic regression, classes weighted alike.

    Args:
        features: Shape (n, n_features).
        index: Class of each row, shape (n,).

    Returns:
        Shape (n_features + 1, 3), the last row is the offset.
    """
    x = _with_one(features)
    weight = 1 / np.maximum(np.bincount(index, minlength=len(CLASSES)), 1)[index]

    def surprise(flat: Doubles) -> tuple[float, Doubles]:
        w = flat.reshape(x.shape[1], len(CLASSES))
        logit = x @ w
        logit -= logit.max(axis=1, keepdims=True)
        share = np.exp(logit)
        share /= share.sum(axis=1, keepdims=True)
        loss = -(weight * np.log(share[np.arange(len(x)), index] + 1e-12)).sum()
        wrong = share.copy()
        wrong[np.arange(len(x)), index] -= 1
        slope = x.T @ (weight[:, None] * wrong) + 2 * RIDGE / len(x) * w
        return float(loss + RIDGE / len(x) * (w**2).sum()), slope.ravel()

    start = np.zeros(x.shape[1] * len(CLASSES))
    fitted = minimize(surprise, start, jac=True, method="L-BFGS-B").x
    return np.asarray(fitted.reshape(x.shape[1], len(CLASSES)))


def _with_one(features: Doubles) -> Doubles:
    return np.hstack([features, np.ones((len(features), 1))])


def _array(values: Doubles | None) -> Doubles:
    assert values is not None
    return values


def _number(value: float) -> float:
    return 0.0 if np.isnan(value) else value


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)


def _table(counts: Spotting) -> dict[str, Any]:
    return {
        "n_true": counts.n_true,
        "n_found": counts.n_found,
        "n_hit": counts.n_hit,
        "precision": _rounded(counts.precision),
        "recall": _rounded(counts.recall),
        "f1": _rounded(counts.f1),
    }
