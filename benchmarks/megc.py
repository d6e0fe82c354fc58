"""The MEGC protocols on datasets of real micro-expressions, for those who hold them.

    python benchmarks/megc.py recognize --casme2 FOLDER --samm FOLDER [--train]
    python benchmarks/megc.py spot --samm-long FOLDER [--train]
    python benchmarks/megc.py spot --cas-me-2 FOLDER --cas-me-3 FOLDER [--train]

`recognize`: every subject is left out once; UF1 and UAR over three classes of all subjects
together. `spot`: F1 of micro- and macro-expressions at IoU >= 0.5 and STRS, by subject left
out. Without `--train` the shipped network is asked as it is; with it, the last step is fitted
on the other subjects: the classes by logistic regression on what network and signals say, the
least probability of a spotted movement by F1. Clips of 200 frames/s are thinned to 100.

Writes benchmarks/results/megc.json. See docs/megc.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from megc_layouts import LAYOUTS, Clip, LayoutError, read_clips
from movement_reading import run
from provenance import write_result
from scipy.optimize import minimize
from trained import open_trained

from facesign.biometrics.face.evengrid import EvenGrid
from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.movements import Movement
from facesign.biometrics.face.spotter import ClassifierSpotter
from facesign.biometrics.spotting import Spotting, match, strs, uf1_uar
from facesign.biometrics.stream import Frame
from facesign.models.runtime import Model
from facesign.samples.takes import Take, sharp_blocks_of, watched

Doubles = npt.NDArray[np.float64]

CLASSES = ("positive", "negative", "surprise")
FASTEST_HZ = 120.0
MICRO_S = 0.5
RIDGE = 1.0
THRESHOLDS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
PUBLISHED = {
    "MEGC 2025 long-video spotting F1, SAMM": 0.028,
    "MEGC 2025 long-video spotting F1, CAS(ME)3": 0.039,
}


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One labelled expression, as features and as the network's own answer."""

    subject: str
    true: str
    features: Doubles
    kinds: Doubles


@dataclass(frozen=True, slots=True, eq=False)
class Spotted:
    """One long clip with what was found in it."""

    clip: Clip
    found: tuple[Movement, ...]


def frames_of(clip: Clip) -> Iterator[Frame]:
    """Yield a clip's frames at no more than 120 a second."""
    stride = int(np.ceil(clip.rate_hz / FASTEST_HZ))
    for index in range(0, len(clip.frames), stride):
        image = cv2.imread(str(clip.frames[index]))
        if image is None:
            raise LayoutError(f"{clip.dataset}: {clip.frames[index].name} is no picture")
        rgb = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)
        yield Frame(index / clip.rate_hz, rgb)


def sample_of(clip: Clip, take: Take, model: Model) -> Sample | None:
    """Read the expression of a short clip; None without a class or a face."""
    label = clip.labels[0]
    if label.megc_class is None:
        return None
    meter, grid = SignalMeter("whole"), EvenGrid()
    for block in sharp_blocks_of(take):
        list(meter.push(block))
    parts = [grid.push(s.time_s, s.values, s.valid) for s in meter.finish()]
    parts.append(grid.finish())
    values = np.concatenate([part.values for part in parts])
    valid = np.concatenate([part.valid for part in parts])
    time_s = np.concatenate([part.time_s for part in parts])
    if not valid.any():
        return None
    out = model.run(signals=values[None], valid=valid[None].astype(np.float32))
    onset_s, offset_s = clip.seconds(label.onset), clip.seconds(label.offset)
    inside = (time_s >= onset_s - 0.02) & (time_s <= offset_s + 0.02)
    inside = inside if inside.any() else np.ones_like(inside)
    weight = out["movement"][0, inside] + 1e-3
    kinds = weight @ out["kinds"][0, inside] / weight.sum()
    level = values[inside, ::3]
    strongest = level[np.argmax(np.abs(level).sum(axis=1))]
    features = np.concatenate(
        [kinds, np.arcsinh(strongest), out["channels"][0, inside].max(axis=0)]
    )
    return Sample(clip.subject, label.megc_class, features.astype(np.float64), kinds)


def others(subjects: Sequence[str], left_out: str) -> npt.NDArray[np.bool_]:
    """Tell which samples are of other subjects, shape (n,)."""
    return np.array([subject != left_out for subject in subjects])


def recognized(samples: Sequence[Sample], *, train: bool) -> list[str]:
    """Return the class that each sample is given with its subject left out."""
    if not train:
        return [CLASSES[int(np.argmax(sample.kinds[:3]))] for sample in samples]
    subjects = [sample.subject for sample in samples]
    features = np.stack([sample.features for sample in samples])
    index = np.array([CLASSES.index(sample.true) for sample in samples])
    given = [""] * len(samples)
    for subject in sorted(set(subjects)):
        taught = others(subjects, subject)
        weights = logistic(features[taught], index[taught])
        for i in np.flatnonzero(~taught):
            given[i] = CLASSES[int(np.argmax(_with_one(features[i : i + 1]) @ weights))]
    return given


def logistic(features: Doubles, index: npt.NDArray[np.intp]) -> Doubles:
    """Fit a multinomial logistic regression, classes weighted alike.

    Returns:
        Shape (n_features + 1, 3), the last row is the offset.
    """
    x = _with_one(features)
    counts = np.bincount(index, minlength=len(CLASSES))
    weight = 1 / np.maximum(counts, 1)[index]

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


def counted(spotted: Spotted, least: float) -> dict[str, Spotting]:
    """Count a clip's movements by kind, as long as a brief one or longer."""
    clip = spotted.clip
    found = [(m.onset_s, m.offset_s) for m in spotted.found if (m.probability or 0) >= least]
    out = {}
    for kind in ("micro", "macro"):
        own = [span for span in found if (span[1] - span[0] <= MICRO_S) == (kind == "micro")]
        true = clip.spans(kind)  # type: ignore[arg-type]
        out[kind] = Spotting(len(true), len(own), len(match(own, true)))
    out["all"] = out["micro"] + out["macro"]
    return out


def spotting(clips: Sequence[Spotted], *, train: bool) -> dict[str, Any]:
    """Return F1 by kind and STRS over every subject left out."""
    subjects = [one.clip.subject for one in clips]
    total = {kind: Spotting(0, 0, 0) for kind in ("micro", "macro", "all")}
    for subject in sorted(set(subjects)):
        taught = [one for one in clips if one.clip.subject != subject]
        least = _best_threshold(taught) if train and taught else THRESHOLDS[0]
        for one in clips:
            if one.clip.subject == subject:
                for kind, counts in counted(one, least).items():
                    total[kind] += counts
    analysis = _analysis_f1(clips)
    return {
        "n_subjects": len(set(subjects)),
        "n_clips": len(clips),
        "f1": {kind: round(counts.f1, 4) for kind, counts in total.items()},
        "counts": {kind: [c.n_true, c.n_found, c.n_hit] for kind, c in total.items()},
        "analysis_f1": round(analysis, 4),
        "strs": round(strs(total["all"].f1, analysis), 4),
    }


def _best_threshold(clips: Sequence[Spotted]) -> float:
    def f1(least: float) -> float:
        return float(np.nan_to_num(_added(counted(one, least)["all"] for one in clips).f1))

    return max(THRESHOLDS, key=f1)


def _added(counts: Iterator[Spotting]) -> Spotting:
    total = Spotting(0, 0, 0)
    for one in counts:
        total += one
    return total


def _analysis_f1(clips: Sequence[Spotted]) -> float:
    """Return UF1 of the classes of what was rightly spotted."""
    true, given = [], []
    for one in clips:
        micro = [label for label in one.clip.labels if label.kind == "micro"]
        spans = [(one.clip.seconds(m.onset), one.clip.seconds(m.offset)) for m in micro]
        for i, j in match([(m.onset_s, m.offset_s) for m in one.found], spans):
            label = micro[j].megc_class
            if label is not None:
                true.append(label)
                given.append(one.found[i].megc_class)
    return float(np.nan_to_num(uf1_uar(true, given, CLASSES)[0]))


def _spot(clip: Clip, model: Model) -> Spotted:
    take = watched(frames_of(clip))
    assert take is not None
    items = run(sharp_blocks_of(take), ClassifierSpotter(model), SignalMeter("calm_start"))
    return Spotted(clip, tuple(item for item in items if isinstance(item, Movement)))


def measure(args: argparse.Namespace, model: Model) -> dict[str, Any]:
    """Run the protocol that was asked for on the folders that were given."""
    given = {key: getattr(args, key.replace("-", "_")) for key in LAYOUTS}
    chosen = {
        key: folder
        for key, folder in given.items()
        if folder is not None and LAYOUTS[key].is_long == (args.protocol == "spot")
    }
    if not chosen:
        raise LayoutError(f"{args.protocol}: give the folder of a dataset that it is for")
    clips = [clip for key, folder in chosen.items() for clip in read_clips(key, folder)]
    result: dict[str, Any] = {"protocol": args.protocol, "trained": args.train}
    if args.protocol == "spot":
        result |= spotting([_spot(clip, model) for clip in clips], train=args.train)
        return result | {"published": PUBLISHED}
    takes = ((clip, watched(frames_of(clip))) for clip in clips)
    samples = [
        sample
        for clip, take in takes
        if take is not None and (sample := sample_of(clip, take, model)) is not None
    ]
    uf1, uar = uf1_uar(
        [s.true for s in samples], list(recognized(samples, train=args.train)), CLASSES
    )
    subjects = {sample.subject for sample in samples}
    return result | {
        "n_samples": len(samples),
        "n_subjects": len(subjects),
        "uf1": round(uf1, 4),
        "uar": round(uar, 4),
    }


def main(
    arguments: Sequence[str] | None = None,
    open_model: Callable[[], Model] = lambda: open_trained(None),
) -> int:
    """Run from the command line; 1 with one line where a folder is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("protocol", choices=("recognize", "spot"))
    parser.add_argument("--train", action="store_true", help="fit the last step on the others")
    for key in LAYOUTS:
        parser.add_argument(f"--{key}", type=Path, metavar="FOLDER")
    args = parser.parse_args(arguments)
    try:
        write_result("megc", measure(args, open_model()), [])
    except LayoutError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
