"""Fit the calibration of the movement score on takes that taught nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from export import Calibration
from filmed import Filmed
from labels import LEAST_AMPLITUDE
from scipy.optimize import minimize

from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.movements import Movement, Unassessed
from facesign.biometrics.face.spotter import MODEL, ClassifierSpotter
from facesign.biometrics.spotting import match
from facesign.models.registry import card
from facesign.models.runtime import Model, open_card

LEAST_IOU = 0.5
THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9)


def calibrated(onnx_file: Path, films: Sequence[Filmed]) -> Calibration:
    """Return slope and offset that make probabilities of movements true on average.

    Args:
        onnx_file: The network, not calibrated.
        films: Takes that were kept out.
    """
    model = open_trained(onnx_file)
    scores, hits = [], []
    for film in films:
        for found, hit in judged(model, film).moves:
            scores.append(found.probability or 0.0)
            hits.append(hit)
    score, hit = np.array(scores), np.array(hits)
    score = np.clip(score, 1e-6, 1 - 1e-6)
    logit = np.log(score / (1 - score))

    def surprise(at: np.ndarray) -> float:
        slope, offset = at
        z = slope * logit + offset
        # A weak prior keeps the slope near 1 where there are few movements.
        return float(np.logaddexp(0, np.where(hit, -z, z)).sum() + (slope - 1) ** 2)

    slope, offset = minimize(surprise, (1.0, 0.0), method="Nelder-Mead").x
    print(
        f"calibration on {len(films)} takes, {len(hit)} found, {hit.sum()} true: "
        f"slope {slope:.3f} offset {offset:.3f}",
        flush=True,
    )
    return Calibration(float(slope), float(offset))


def open_trained(onnx_file: Path) -> Model:
    """Open a network that has just been trained, whatever the registry says of its hash."""
    import hashlib

    digest = hashlib.sha256(onnx_file.read_bytes()).hexdigest()
    return open_card(replace(card(MODEL), sha256=digest), file=onnx_file, provider="cpu")


def print_operating_points(onnx_file: Path, films: Sequence[Filmed]) -> None:
    """Print what different least probabilities would tell of takes that were kept out.

    The spotter's own is the lowest of them with at most half a false movement a minute.
    """
    model = open_trained(onnx_file)
    all_judged = [judged(model, film) for film in films]
    minutes = sum(one.assessed_s for one in all_judged) / 60
    n_true = sum(one.n_true for one in all_judged)
    for least in THRESHOLDS:
        hits = [hit for one in all_judged for m, hit in one.moves if (m.probability or 0) >= least]
        n_false = len(hits) - sum(hits)
        print(
            f"least probability {least}: {sum(hits)} of {n_true} found, {n_false} false, "
            f"{n_false / minutes:.2f} a minute",
            flush=True,
        )


@dataclass(frozen=True, slots=True, eq=False)
class JudgedTake:
    """What is found in a take that was kept out."""

    moves: tuple[tuple[Movement, bool], ...]
    """Each with whether it is true; what matches a weaker one than counts is left out."""
    n_true: int
    """Brief movements that count, in assessed time."""
    assessed_s: float


def judged(model: Model, film: Filmed) -> JudgedTake:
    """Look for movements of any probability in a take."""
    spotter = ClassifierSpotter(model, least_probability=0.0)
    meter = SignalMeter("calm_start")
    items = []
    for block in film.blocks:
        for signals in meter.push(block):
            items += list(spotter.push(block, signals, meter.baseline))
    items += list(spotter.finish())
    found = [item for item in items if isinstance(item, Movement)]
    lost = [(it.start_s, it.end_s) for it in items if isinstance(it, Unassessed)]
    true = [(m.onset_s, m.offset_s) for m in film.truth.brief_movements]
    counted = [m.amplitude >= LEAST_AMPLITUDE for m in film.truth.brief_movements]
    pairs = dict(match([(m.onset_s, m.offset_s) for m in found], true, least_iou=LEAST_IOU))
    moves = tuple(
        (move, i in pairs) for i, move in enumerate(found) if i not in pairs or counted[pairs[i]]
    )
    n_true = sum(
        counts and not any(onset_s <= end and offset_s >= start for start, end in lost)
        for counts, (onset_s, offset_s) in zip(counted, true, strict=True)
    )
    lost_s = sum(end_s - start_s for start_s, end_s in lost)
    return JudgedTake(moves, n_true, float(film.take.time_s[-1]) - lost_s)
