"""The MEGC protocols on datasets of real micro-expressions, for those who hold them.

    python benchmarks/megc.py recognize --casme2 FOLDER --samm FOLDER [--train]
    python benchmarks/megc.py spot --samm-long FOLDER [--train]
    python benchmarks/megc.py spot --cas-me-2 FOLDER --cas-me-3 FOLDER [--train]

`recognize`: UF1 and UAR over three classes of all subjects together. `spot`: F1 of micro- and
macro-expressions at IoU >= 0.5 and STRS, by dataset. Without `--train` the shipped network is
asked as it is; with it, every subject is left out once and what is fitted has seen the others
only: the classes by a logistic regression, the spotting by teaching the network (with torch)
and by the least probability that counts. Clips of 200 frames/s are thinned to 100.

Adds to benchmarks/results/megc.json. See docs/megc.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from megc_layouts import LAYOUTS, Clip, LayoutError, read_clips
from megc_reading import Reading, read, sample_of, spot
from megc_scores import Spotted, best_threshold, recognition, spotting
from megc_tuning import can_tune, tuned
from provenance import COMMIT, RESULTS, write_result
from trained import open_trained

from facesign.errors import FacesignError
from facesign.models.runtime import Model

KEPT_OUT = 4
"""Of the subjects that may teach, every fourth chooses the least probability instead."""
PUBLISHED = {
    "MEGC 2025 baseline, unseen videos of SAMM": {"spotting_f1": 0.0278, "strs": 0.0062},
    "MEGC 2025 baseline, unseen videos of CAS(ME)3": {"spotting_f1": 0.0387, "strs": 0.0086},
}
"""Fan et al. 2025, arXiv:2506.15298: long videos that are not part of the datasets read here."""


def run_recognition(clips: Sequence[Clip], model: Model, *, train: bool) -> dict[str, Any]:
    """Recognize every labelled expression of short clips."""
    wanted = [clip for clip in clips if clip.labels and clip.labels[0].megc_class is not None]
    samples = [sample_of(_shown(clip), model) for clip in wanted]
    result = recognition([sample for sample in samples if sample is not None], train=train)
    return {**result, "n_labels_unusable": sum(clip.n_unusable for clip in clips)}


def run_spotting(clips: Sequence[Clip], model: Model, *, train: bool) -> dict[str, Any]:
    """Spot in long clips, dataset by dataset."""
    out: dict[str, Any] = {}
    for dataset in sorted({clip.dataset for clip in clips}):
        own = [clip for clip in clips if clip.dataset == dataset]
        readings = [_shown(clip) for clip in own]
        if train:
            out[dataset] = spotting(taught_by_others(readings, model))
        else:
            out[dataset] = spotting([Spotted(r.clip, spot(r, model)) for r in readings])
    return {"by_dataset": out, "network_taught": train and can_tune(), "published": PUBLISHED}


def taught_by_others(readings: Sequence[Reading], model: Model) -> list[Spotted]:
    """Spot in every subject's clips with what the other subjects taught."""
    out: list[Spotted] = []
    for subject in sorted({reading.clip.subject for reading in readings}):
        teach, choose = split(readings, subject)
        with TemporaryDirectory() as folder:
            own_model = tuned(teach, model, Path(folder) / "taught.onnx") if can_tune() else model
            chosen = [(r.clip, spot(r, own_model)) for r in choose]
            least = best_threshold(chosen)
            left_out = [r for r in readings if r.clip.subject == subject]
            out += [Spotted(r.clip, spot(r, own_model), least) for r in left_out]
    return out


def split(readings: Sequence[Reading], left_out: str) -> tuple[list[Reading], list[Reading]]:
    """Share the other subjects out: those that teach the network, those that choose."""
    others = sorted({r.clip.subject for r in readings} - {left_out})
    choosing = set(others[KEPT_OUT - 1 :: KEPT_OUT] or others)
    teaching = set(others) - choosing or choosing
    return (
        [r for r in readings if r.clip.subject in teaching],
        [r for r in readings if r.clip.subject in choosing],
    )


def _shown(clip: Clip) -> Reading:
    """Read a clip and say on stderr how it goes: datasets take hours."""
    print(f"{clip.dataset} {clip.subject} {clip.name}", file=sys.stderr, flush=True)
    return read(clip)


def measure(protocol: str, folders: Mapping[str, Path], model: Model, *, train: bool) -> Any:
    """Run a protocol on the datasets that are given.

    Raises:
        LayoutError: A folder is not as it should be, or is of the other protocol.
    """
    for key in folders:
        if LAYOUTS[key].is_long != (protocol == "spot"):
            other = "spot" if LAYOUTS[key].is_long else "recognize"
            raise LayoutError(f"{protocol}: --{key} is for `{other}`")
    clips = [clip for key, folder in folders.items() for clip in read_clips(key, folder)]
    if train and protocol == "spot" and not can_tune():
        print("torch is not installed: only the least probability is fitted", file=sys.stderr)
    run = run_spotting if protocol == "spot" else run_recognition
    return run(clips, model, train=train)


def main(
    arguments: Sequence[str] | None = None,
    open_model: Callable[[], Model] = lambda: open_trained(None),
) -> int:
    """Run from the command line; 1 with one line where a folder is not as it should be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("protocol", choices=("recognize", "spot"))
    parser.add_argument("--train", action="store_true", help="fit on the other subjects")
    for key in LAYOUTS:
        parser.add_argument(f"--{key}", type=Path, metavar="FOLDER")
    args = parser.parse_args(arguments)
    given = {key: getattr(args, key.replace("-", "_")) for key in LAYOUTS}
    folders = {key: folder for key, folder in given.items() if folder is not None}
    wanted = [
        f"--{key}" for key, one in LAYOUTS.items() if one.is_long == (args.protocol == "spot")
    ]
    if not folders:
        parser.error(f"{args.protocol} needs a folder: {', '.join(wanted)}")
    try:
        result = measure(args.protocol, folders, open_model(), train=args.train)
    except (LayoutError, FacesignError) as error:
        print(error, file=sys.stderr)
        return 1
    name = " ".join([args.protocol, *folders, *(["--train"] if args.train else [])])
    write_result("megc", {"runs": _earlier() | {name: {**result, "commit": COMMIT}}}, [])
    return 0


def _earlier() -> dict[str, Any]:
    path = RESULTS / "megc.json"
    return dict(json.loads(path.read_text("utf-8"))["runs"]) if path.is_file() else {}


if __name__ == "__main__":
    sys.exit(main())
