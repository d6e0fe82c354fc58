"""Render a sample interview: `python -m facesign.samples.studio.render --out DIR`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from facesign.errors import FacesignError, OutputError
from facesign.samples.studio.acting.performance import perform
from facesign.samples.studio.camera.encode import write_video
from facesign.samples.studio.people.person import Person, person
from facesign.samples.studio.rig import Rig, find_rig
from facesign.samples.studio.sound.dialogue import GENUINE, Interview, mix, recite
from facesign.samples.studio.stage.renderer import Renderer
from facesign.samples.studio.truth import marks_of, truth_of, write_marks, write_truth

__all__ = ["main", "render_interview"]

_FRAME_RATE_HZ = 30


def render_interview(interview: Interview, who: Person, rig: Rig, out: Path, *, seed: int) -> None:
    """Write `interview.mp4`, `marks.csv` and `truth.json` into a folder.

    Args:
        interview: What happens.
        who: The applicant.
        rig: The face rig.
        out: The folder, made if it is not there.
        seed: Seed of blinks, sway and room noise; the same seed gives the same frames.

    Raises:
        OutputError: The folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(out, error.strerror or str(error)) from error
    rng = np.random.default_rng(seed)
    said = recite(interview)
    time_s = np.arange(round(interview.duration_s * _FRAME_RATE_HZ)) / _FRAME_RATE_HZ
    acted = perform(interview, said, time_s, rng)
    sound = mix(said, interview.duration_s, rng)
    renderer = Renderer(rig, who)
    images = (renderer.draw(state) for state in acted.states)
    title = f"facesign sample: {interview.name}"
    write_video(out / "interview.mp4", images, sound, rate_hz=_FRAME_RATE_HZ, title=title)
    renderer.close()
    truth = truth_of(
        interview,
        said,
        acted.blinks,
        person=who,
        seed=seed,
        n_frames=len(time_s),
        rate_hz=_FRAME_RATE_HZ,
    )
    write_marks(out / "marks.csv", marks_of(interview, said))
    write_truth(out / "truth.json", truth)


def main(argv: Sequence[str] | None = None) -> int:
    """Render the sample that ships, from the command line."""
    parser = argparse.ArgumentParser(prog="facesign.samples.studio.render", description=__doc__)
    parser.add_argument("--rig", type=Path, help="the face rig; else the one under FACESIGN_DATA")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(argv)
    try:
        rig = Rig.load(find_rig(args.rig))
        render_interview(GENUINE, person("daniel"), rig, args.out, seed=args.seed)
    except FacesignError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
