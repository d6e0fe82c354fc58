"""Fit the calibration of the movement score on takes that taught nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from export import Calibration
from labels import LEAST_AMPLITUDE
from material import Filmed
from scipy.optimize import minimize

from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.movements import Movement
from facesign.biometrics.face.spotter import MODEL, ClassifierSpotter
from facesign.biometrics.spotting import match
from facesign.models.registry import card
from facesign.models.runtime import Model, open_card

LEAST_IOU = 0.5


def calibrated(onnx_file: Path, films: Sequence[Filmed]) -> Calibration:
    """Return slope and offset that make probabilities of movements true on average.

    Args:
        onnx_file: The network, not calibrated.
        films: Takes that were kept out.
    """
    model = open_trained(onnx_file)
    scores, hits = [], []
    for film in films:
        for found, hit in judged(model, film, least_probability=0.0):
            assert found.probability is not None
            scores.append(found.probability)
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


def judged(model: Model, film: Filmed, *, least_probability: float) -> list[tuple[Movement, bool]]:
    """Return the movements that are found in a take, and whether each is true."""
    spotter = ClassifierSpotter(model, least_probability=least_probability)
    meter = SignalMeter("calm_start")
    items = []
    for block in film.blocks:
        for signals in meter.push(block):
            items += list(spotter.push(block, signals, meter.baseline))
    items += list(spotter.finish())
    found = [item for item in items if isinstance(item, Movement)]
    true = [(m.onset_s, m.offset_s) for m in film.truth.brief_movements]
    counted = [m.amplitude >= LEAST_AMPLITUDE for m in film.truth.brief_movements]
    pairs = dict(match([(m.onset_s, m.offset_s) for m in found], true, least_iou=LEAST_IOU))
    # Weaker ones than are counted are neither hit nor false.
    return [
        (move, i in pairs) for i, move in enumerate(found) if i not in pairs or counted[pairs[i]]
    ]
