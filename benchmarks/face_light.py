"""Is the light on a face told apart from the tone of its skin?

Films people of all ten tones by a window (well lit), with a window behind them and in a dark
room, and counts those graded as being in the dark: by the skin alone, and by skin or whites of
the eyes, which is what facesign does. Writes benchmarks/results/face_light.json.

    python benchmarks/face_light.py [--rig FILE] [--people 2]
"""

from __future__ import annotations

import argparse
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from provenance import write_result

from facesign.biometrics.face.mesh import BundledMesh
from facesign.biometrics.face.quality import LIMITS, PictureQuality, measure_picture
from facesign.biometrics.stream import Frame
from facesign.samples.studio.production import Production
from facesign.samples.studio.rig import Rig, find_rig
from facesign.samples.studio.scenario import load_scenario

SCENARIOS = {"well_lit": "genuine-calm", "window_behind": "backlight", "dark_room": "bad-light"}
TONES = {"1-3": (1, 2, 3), "4-6": (4, 5, 6), "7-8": (7, 8), "9-10": (9, 10)}
"""Monk skin tones."""
FIRST_SEED = 501
SETTLED = 10
"""Pictures until the camera's exposure has settled."""


def look(rig: Rig, scenario: str, tone: int, seed: int, mesh: BundledMesh) -> PictureQuality | None:
    """Measure one picture of one person; None where no face was found."""
    told = load_scenario(scenario)
    small = told.view.model_copy(update={"width_px": 640, "height_px": 480})
    person = told.person.model_copy(update={"tone": tone})
    production = Production(told.model_copy(update={"view": small, "person": person}), seed, rig)
    time_s, image = next(islice(production.pictures(), SETTLED, None))
    mesh.forget()
    landmarks = mesh.find(Frame(time_s, image))
    return None if landmarks is None else measure_picture(image, landmarks)


def summary(seen: list[PictureQuality | None]) -> dict[str, Any]:
    found = [one for one in seen if one is not None]
    limit = LIMITS["under_exposure"].good
    return {
        "n": len(seen),
        "n_no_face": len(seen) - len(found),
        "skin_luma": _median([one.brightness for one in found]),
        "light_luma": _median([one.light for one in found]),
        "in_the_dark_by_skin": sum(one.brightness < limit for one in found),
        "in_the_dark": sum(one.light < limit for one in found),
    }


def _median(values: list[float]) -> float | None:
    return round(float(np.median(values)), 1) if values else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rig", type=Path)
    parser.add_argument("--people", type=int, default=2, help="of each tone and light")
    args = parser.parse_args()
    rig_file = find_rig(args.rig)
    rig, mesh = Rig.load(rig_file), BundledMesh()
    seeds = range(FIRST_SEED, FIRST_SEED + args.people)
    found = {
        light: {
            group: summary(
                [look(rig, scenario, tone, seed, mesh) for tone in tones for seed in seeds]
            )
            for group, tones in TONES.items()
        }
        for light, scenario in SCENARIOS.items()
    }
    result = {
        "question": "is the light on a face told apart from the tone of its skin?",
        "limit_luma": LIMITS["under_exposure"].good,
        "people": "rendered",
        "lights": found,
    }
    write_result("face_light", result, [rig_file])


if __name__ == "__main__":
    main()
