"""Fit the read-out of the channels' quick part on rendered takes; write channel-readout.onnx.

    python benchmarks/pulse_films.py PULSES --seeds 6000-6005
    python models/training/channels/fit.py TAKES --pulses PULSES --out FILE.onnx [--check]

TAKES is a folder of films from models/training/movements/takes.toml; people talk in them and
some shapes never move. PULSES has people who do one thing at a time. `--check` fits on two
thirds of the people and prints, for the others, how far 0.3 of a channel's full range stands
above its noise in silence, for the formula alone and for the read-out.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from scipy.ndimage import uniform_filter1d

from facesign.biometrics.face.flow import POINTS
from facesign.biometrics.face.geometry import align
from facesign.biometrics.face.mirror import MIRROR, MIRROR_SIGN, mirrored_features
from facesign.biometrics.face.sharpen import N_FEATURES, Quick, features_of
from facesign.biometrics.face.signals import CHANNELS, channel_values
from facesign.samples.frame_truth import FrameTruth
from facesign.samples.studio.acting.facs import SHAPES_OF
from facesign.samples.takes import kept_take

Doubles = npt.NDArray[np.float64]

RIDGE = 0.03
"""Of the number of frames, on features of unit spread."""
SPEECH_WEIGHT = 0.1
"""Frames of speech count less: mouths move in many shapes at once."""
PULSES_WEIGHT = 2.0
"""Frames of single movements count for more: twice leaves what is told apart in talk as it is."""
LEAST_GAIN = 0.02
"""Inter-ocular distances at full range for a channel whose formula hardly answers."""
LEAST_SHARE = 0.1
"""A channel is not blown up more than tenfold."""
OPSET, IR = 17, 9
NAMES = [channel.name for channel in CHANNELS]
SEEN_WELL = ("au25", "au45.left", "au45.right")
"""Landmarks alone follow these: open lips better, and the lids of real people, in whom the
read-out saw half of a blink."""
FITTED = [name for name in NAMES if name in SHAPES_OF and name not in SEEN_WELL]


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """One take: features and formulas beside the weights that drove the rig."""

    features: Doubles
    """Shape (n_frames, N_FEATURES)."""
    formulas: Doubles
    """Quick part of the channels as the formulas give them, shape (n_frames, 44)."""
    weights: Doubles
    """Quick part of the weights, shape (n_frames, n_shapes)."""
    shapes: tuple[str, ...]
    weight: Doubles
    """How much each frame counts, shape (n_frames,)."""
    eyes_px: float


def person_of(folder: Path, *, weight: float = 1.0) -> Person:
    """Read one rendered take; frames in silence count `weight`."""
    take, truth = kept_take(folder), FrameTruth.read(folder / "truth.npz")
    aligned = align(take.landmarks)
    fresh = np.isnan(take.flow[:, 0, 0])
    at = np.minimum(np.searchsorted(truth.time_s, take.time_s - 1e-3), len(truth.time_s) - 1)
    points = aligned.points[:, POINTS].reshape(len(take.time_s), -1)
    quick = [
        Quick().push(take.time_s, values, fresh)
        for values in (points, channel_values(aligned.points), truth.weights[at])
    ]
    seen = ~fresh & np.isfinite(quick[0]).all(axis=1)
    return Person(
        features=features_of(quick[0], take.flow, quick[1])[seen].astype(np.float64),
        formulas=quick[1][seen],
        weights=quick[2][seen],
        shapes=truth.shapes,
        weight=weight * np.where(take.speaking, SPEECH_WEIGHT, 1.0)[seen],
        eyes_px=float(np.nanmedian(aligned.inter_ocular_px)),
    )


def alike(people: Sequence[Person]) -> list[Person]:
    """Return the people with one list of shapes; what a film lacks was never driven in it."""
    shapes = tuple(sorted({shape for person in people for shape in person.shapes}))
    out = []
    for person in people:
        weights = np.zeros((len(person.weights), len(shapes)))
        weights[:, [shapes.index(shape) for shape in person.shapes]] = person.weights
        out.append(replace(person, weights=weights, shapes=shapes))
    return out


def driven(person: Person, name: str) -> Doubles:
    """Return how far a channel is driven, shape (n_frames,)."""
    columns = [person.shapes.index(shape) for shape in SHAPES_OF[name]]
    return person.weights[:, columns].mean(axis=1)


def gains_of(people: Sequence[Person]) -> dict[str, float]:
    """Return what full range adds to each channel's formula, both sides alike."""
    weights = np.concatenate([p.weights * p.weight[:, None] for p in people])
    formulas = np.concatenate([p.formulas * p.weight[:, None] for p in people])
    shapes = people[0].shapes
    slopes = np.linalg.solve(weights.T @ weights + 3 * np.eye(len(shapes)), weights.T @ formulas)
    own = {
        name: float(slopes[[shapes.index(s) for s in SHAPES_OF[name]], NAMES.index(name)].sum())
        for name in FITTED
    }
    both = {name: 0.5 * (own[name] + own[NAMES[MIRROR[NAMES.index(name)]]]) for name in FITTED}
    return {name: max(gain, LEAST_GAIN) for name, gain in both.items()}


def fitted(people: Sequence[Person], gains: dict[str, float]) -> Doubles:
    """Fit the read-out on people and their mirror images.

    Returns:
        Shape (N_FEATURES, 44); columns of channels that no shape drives keep the formula's
        answer to the same features.
    """
    gram, cross = np.zeros((N_FEATURES, N_FEATURES)), np.zeros((N_FEATURES, len(NAMES)))
    n = 0.0
    scale = np.sqrt(np.mean([np.mean(p.features**2, axis=0) for p in people], axis=0)) + 1e-7
    scale = np.sqrt(0.5 * (scale**2 + np.abs(mirrored_features(scale[None])[0]) ** 2))
    for person in people:
        targets = person.formulas.copy()
        for name in FITTED:
            targets[:, NAMES.index(name)] = gains[name] * driven(person, name)
        sides = (
            (person.features, targets),
            (mirrored_features(person.features), targets[:, MIRROR] * MIRROR_SIGN),
        )
        for features, wanted in sides:
            weighted = (features / scale) * person.weight[:, None]
            gram += weighted.T @ (features / scale)
            cross += weighted.T @ wanted
            n += person.weight.sum()
    matrix = np.linalg.solve(gram + RIDGE * n * np.eye(N_FEATURES), cross) / scale[:, None]
    return matrix / shrunk(people, matrix, gains)


def shrunk(people: Sequence[Person], matrix: Doubles, gains: dict[str, float]) -> Doubles:
    """Return by how much a fit to noisy features falls short of what was driven, shape (44,).

    Left as it is, the quick part of a weak channel would drown in the drift of its formula.
    """
    answer, power = np.zeros(len(NAMES)), np.zeros(len(NAMES))
    for person in people:
        read = person.features @ matrix
        for name in FITTED:
            column = NAMES.index(name)
            wanted = gains[name] * driven(person, name) * person.weight
            answer[column] += wanted @ read[:, column]
            power[column] += wanted @ (gains[name] * driven(person, name))
    share = (answer + answer[MIRROR]) / np.maximum(power + power[MIRROR], 1e-12)
    fitted_ones = np.isin(NAMES, FITTED)
    return np.where(fitted_ones, np.clip(share, LEAST_SHARE, 1.0), 1.0)


def export(matrix: Doubles, path: Path) -> None:
    """Write the read-out: one product."""
    held = numpy_helper.from_array(matrix.astype(np.float32), "matrix")
    node = helper.make_node("MatMul", ["features", "matrix"], ["quick"])
    graph = helper.make_graph(
        [node],
        "channel-readout",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", N_FEATURES])],
        [helper.make_tensor_value_info("quick", TensorProto.FLOAT, ["n", len(NAMES)])],
        [held],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))


def check(people: Sequence[Person], pulsed: Sequence[Person]) -> None:
    """Print how both ways stand on people that the read-out has not seen."""
    rows: dict[str, list[tuple[float, float]]] = {}
    for fold in range(3):
        taught = [p for i, p in enumerate(people) if i % 3 != fold] + list(pulsed)
        gains = gains_of(taught)
        matrix = fitted(taught, gains)
        for person in people[fold::3]:
            read = person.features @ matrix
            for name in FITTED:
                if np.abs(driven(person, name)).max() > 0.12 and person.eyes_px > 85:
                    column = NAMES.index(name)
                    pair = (
                        _above_noise(person, name, v[:, column]) for v in (person.formulas, read)
                    )
                    rows.setdefault(name, []).append(tuple(pair))
    for name, pairs in rows.items():
        formula, read = np.median(np.array(pairs), axis=0)
        ratio = f"formula {formula:6.2f} read-out {read:6.2f}"
        print(f"{name:22} n={len(pairs):2} {ratio} gain {gains[name]:.3f}")


def _above_noise(person: Person, name: str, values: Doubles) -> float:
    quiet = person.weight == 1.0
    smooth = uniform_filter1d(values, 3)[quiet]
    weights = person.weights[quiet]
    n_shapes = weights.shape[1]
    slopes = np.linalg.solve(weights.T @ weights + 0.25 * np.eye(n_shapes), weights.T @ smooth)
    rest = smooth - weights @ slopes
    columns = [person.shapes.index(shape) for shape in SHAPES_OF[name]]
    return float(0.3 * slopes[columns].sum() / (1.4826 * np.median(np.abs(rest))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("takes", type=Path)
    parser.add_argument("--pulses", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    folders = sorted(f for f in args.takes.iterdir() if (f / "truth.json").is_file())
    # Every eighth take is kept out here as well as in the classifier's training.
    people = [person_of(f) for number, f in enumerate(folders, start=1) if number % 8]
    pulsed = [person_of(f, weight=PULSES_WEIGHT) for f in sorted(args.pulses.iterdir())]
    everybody = alike(people + pulsed)
    if args.check:
        check(everybody[: len(people)], everybody[len(people) :])
    if args.out:
        export(fitted(everybody, gains_of(everybody)), args.out)


if __name__ == "__main__":
    main()
