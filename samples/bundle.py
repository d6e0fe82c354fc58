"""Find interviews with their truth: those that ship, and those that the studio rendered."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from facesign.errors import MediaError, SampleError
from facesign.samples.frame_truth import FrameTruth
from facesign.samples.truth import Truth, read_truth

__all__ = ["Sample", "load", "names"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One interview in a folder."""

    name: str
    path: Path
    """The folder that holds it."""
    truth: Truth

    @property
    def script(self) -> str:
        """Name of the question script."""
        return self.truth.script

    @property
    def media(self) -> Path:
        """Picture and sound."""
        return self.path / "interview.mp4"

    @property
    def marks(self) -> Path:
        """Question times, as `analyze --marks` reads them."""
        return self.path / "marks.csv"

    @property
    def enrollment(self) -> Path | None:
        """Recording of the customer's voice; None where the folder holds none."""
        path = self.path / "enrollment.flac"
        return path if path.is_file() else None

    def frames(self) -> FrameTruth:
        """Read what is true of each frame.

        Raises:
            MediaError: The folder has no readable `truth.npz`.
        """
        return FrameTruth.read(self.path / "truth.npz")


def names() -> list[str]:
    """Return the names of the bundled interviews, sorted."""
    root = files("facesign.samples") / "interviews"
    return sorted(entry.name for entry in root.iterdir() if (entry / "truth.json").is_file())


def load(name: str | Path) -> Sample:
    """Return an interview with its truth.

    Args:
        name: Of a bundled interview, or a folder that the studio wrote.

    Raises:
        SampleError: No bundled interview has that name and there is no such folder.
        MediaError: The folder lacks a file or its truth is malformed.
    """
    if str(name) in names():
        with as_file(files("facesign.samples") / "interviews" / str(name)) as path:
            return _sample(path)
    if not Path(name).is_dir():
        raise SampleError(str(name), names())
    return _sample(Path(name))


def _sample(path: Path) -> Sample:
    truth = read_truth(path / "truth.json")
    sample = Sample(truth.name, path, truth)
    for file in (sample.media, sample.marks):
        if not file.is_file():
            raise MediaError(file, "no such file; an interview's folder needs it")
    return sample
