"""Render interviews: films with sound and truth, or signals and truth alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeAlias

from facesign.errors import OutputError
from facesign.samples.studio.camera.encode import write_sound, write_video
from facesign.samples.studio.camera.picture import Timed
from facesign.samples.studio.production import Production
from facesign.samples.studio.rig import Rig
from facesign.samples.studio.scenario import Scenario
from facesign.samples.studio.signals import measure
from facesign.samples.studio.truth import truth_of, write_marks
from facesign.samples.truth import write_truth

__all__ = ["Job", "render", "render_all"]

Progress: TypeAlias = Callable[[float, float | None], None]

_THREADS = ("LP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""Environment variables that say how many threads a process starts."""


@dataclass(frozen=True, slots=True)
class Job:
    """One interview to render."""

    scenario: Scenario
    seed: int
    out: Path
    """The folder to write."""
    for_training: bool = False
    """Leave the corner mark out; metadata and truth say all the same that it is synthetic."""
    signals_only: bool = False
    """Write the 132 signals and the truth, and no film."""


def render(job: Job, rig: Rig, *, progress: Progress | None = None) -> Path:
    """Render one interview into its folder.

    Writes `interview.mp4`, `applicant.flac`, `officer.flac`, `enrollment.flac` (the claimed
    customer's voice from another day), `marks.csv`, `truth.json` and `truth.npz`; with
    `signals_only` `signals.parquet` in the place of film and sound.

    Args:
        job: What to render.
        rig: The face rig.
        progress: Called with the seconds that are done and those of the whole.

    Returns:
        The folder.

    Raises:
        OutputError: The folder cannot be written.
        MissingLibraryError: There is no EGL driver, or no espeak-ng.
        ScenarioError, SettingsError, MediaError: The scenario asks for the impossible.
    """
    try:
        job.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(job.out, error.strerror or str(error)) from error
    with closing(Production(job.scenario, job.seed, rig)) as production:
        pictures = _watched(production, job, progress)
        if job.signals_only:
            measure(production, pictures, job.out / "signals.parquet")
        else:
            _write_film(production, pictures, job.out)
        truth = truth_of(production)
        write_marks(job.out / "marks.csv", truth.questions)
        production.frame_truth().write(job.out / "truth.npz")
        write_truth(job.out / "truth.json", truth)
    return job.out


def render_all(
    jobs: Sequence[Job], rig_file: Path, *, workers: int, progress: Progress | None = None
) -> Iterator[Path]:
    """Render many interviews, each in a process of its own where there are several workers.

    Args:
        jobs: What to render.
        rig_file: The face rig's file.
        workers: Processes at once.
        progress: Called with the interviews that are done and their number; with one
            interview, with its seconds.

    Yields:
        Each folder as it is done.
    """
    if workers == 1 or len(jobs) == 1:
        rig = Rig.load(rig_file)
        alone = progress if len(jobs) == 1 else None
        for done, job in enumerate(jobs):
            yield render(job, rig, progress=alone)
            if progress is not None and alone is None:
                progress(done + 1, len(jobs))
        return
    context = get_context("spawn")
    with _one_thread_each(), ProcessPoolExecutor(workers, mp_context=context) as pool:
        waiting = [pool.submit(_render_in_worker, job, rig_file) for job in jobs]
        for done, future in enumerate(as_completed(waiting)):
            yield future.result()
            if progress is not None:
                progress(done + 1, len(jobs))


def _render_in_worker(job: Job, rig_file: Path) -> Path:
    return render(job, Rig.load(rig_file))


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let each worker's rasterizer and algebra use one core: the workers share the machine.

    The algebra's threads wait by spinning, which costs as much again as the work.
    """
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _watched(production: Production, job: Job, progress: Progress | None) -> Iterator[Timed]:
    for time_s, image in production.pictures(mark=not job.for_training):
        yield time_s, image
        if progress is not None:
            progress(time_s, production.duration_s)


def _write_film(production: Production, pictures: Iterator[Timed], out: Path) -> None:
    tracks, title = production.tracks, f"facesign studio: {production.scenario.name}"
    write_video(
        out / "interview.mp4",
        pictures,
        tracks.mixed,
        settings=production.scenario.encode,
        title=title,
    )
    write_sound(out / "applicant.flac", tracks.applicant, title=title)
    write_sound(out / "officer.flac", tracks.officer, title=title)
    write_sound(out / "enrollment.flac", production.enrollment(), title=title)
