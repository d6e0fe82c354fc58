"""Do landmarks follow a brow that moves by a third of its range, on every skin?

Renders six people of different tones with brows raised inside (AU1), raised outside (AU2)
and lowered (AU4) at weights 0.3 and 1, adds camera noise, and compares how far the mesh's
brow landmarks move with how far the rig's own vertices do, both in distances between the
eyes. Writes benchmarks/results/studio_brows.json.

    python benchmarks/studio_brows.py [--rig FILE]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from provenance import write_result

from facesign.biometrics.face.mesh import BundledMesh
from facesign.biometrics.stream import FloatArray, Frame
from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.people.casting import PersonSettings, draw_person
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.rig import Rig, find_rig
from facesign.samples.studio.settings import rng_for
from facesign.samples.studio.stage.placed import Placed
from facesign.samples.studio.stage.renderer import Renderer
from facesign.samples.studio.stage.view import View

TONES = (1, 3, 5, 7, 8, 10)
WEIGHTS = (0.3, 1.0)
N_NOISY = 8
NOISE = 3.0
"""Standard deviation of the camera's noise, of 255."""
SEED = 3
VIEW = View(640, 480, eyes_px=91.0, field_deg=53.0, height_deg=-3.0, aside_deg=0.0)
INNER, OUTER = (107, 55, 336, 285), (105, 63, 334, 293, 46, 53, 276, 283)
"""Landmarks of both brows: inner ends, and outer halves."""
CORNERS = (33, 133, 362, 263)
ACTIONS = {"au1": ("browInnerUp", INNER), "au2": ("browOuterUp", OUTER), "au4": ("browDown", INNER)}
REST = {"mouthClose": 0.03, "mouthSmile_L": 0.04, "mouthSmile_R": 0.04}


def measure(rig: Rig) -> dict[str, Any]:
    mesh = BundledMesh()
    people = {}
    for tone in TONES:
        settings = PersonSettings(tone=tone, glasses="none", headscarf=False)
        person = draw_person(settings, rng_for(SEED, f"brows/{tone}"))
        people[str(tone)] = {"person": person.to_dict(), **_shifts(rig, person, mesh)}
        print(tone, {name: people[str(tone)][name] for name in ACTIONS})
    mesh.close()
    return {
        "question": "how far do brow landmarks move, beside the rig's own brow?",
        "unit": "distances between the eyes, up is positive",
        "eyes_px": VIEW.eyes_px,
        "noise_of_255": NOISE,
        "n_noisy": N_NOISY,
        "by_tone": people,
    }


def _shifts(rig: Rig, person: Person, mesh: BundledMesh) -> dict[str, Any]:
    renderer = Renderer(rig, [Placed(person)], view=VIEW)
    rest = _heights(renderer.draw([FaceState(weights=REST)]), mesh)
    found: dict[str, Any] = {}
    for action, (shape, points) in ACTIONS.items():
        found[action] = {}
        columns = list(points)
        for weight in WEIGHTS:
            driven = {f"{shape}_{side}": weight for side in "LR"}
            image = renderer.draw([FaceState(weights={**REST, **driven})])
            moved = _heights(image, mesh)[:, columns].mean(axis=1)
            calm = rest[:, columns].mean(axis=1)
            shift = float(moved.mean() - calm.mean())
            spread = float(np.sqrt((moved.var(ddof=1) + calm.var(ddof=1)) / 2))
            found[action][str(weight)] = {
                "landmarks": round(shift, 4),
                "rig": round(weight * _rig_shift(rig, person, shape, points), 4),
                "d_prime": round(abs(shift) / spread, 1),
            }
    renderer.close()
    return found


def _heights(image: np.ndarray[Any, np.dtype[np.uint8]], mesh: BundledMesh) -> FloatArray:
    """Return landmark heights over the eyes for noisy copies, shape (n_noisy, 478)."""
    rng = np.random.default_rng(1)
    rows = []
    for _ in range(N_NOISY):
        noisy = image + rng.normal(0, NOISE, image.shape)
        mesh.forget()
        landmarks = mesh.find(Frame(0.0, np.clip(noisy, 0, 255).astype(np.uint8)))
        if landmarks is None:
            continue
        eyes = landmarks[list(CORNERS), :2]
        apart = np.linalg.norm(eyes[:2].mean(axis=0) - eyes[2:].mean(axis=0))
        rows.append((eyes[:, 1].mean() - landmarks[:, 1]) / apart)
    return np.array(rows)


def _rig_shift(rig: Rig, person: Person, shape: str, points: tuple[int, ...]) -> float:
    """Return how far a whole shape lifts the brow's skin, in distances between the eyes."""
    x, y, z = rig.neutral.T
    side = np.abs(x)
    reach = (side > 0.8) & (side < 2.2) if points == INNER else (side > 3.0) & (side < 5.4)
    brow = reach & (y > 5.4) & (y < 6.7) & (z > 7)
    lifted = sum(rig.shape(f"{shape}_{name}")[brow, 1] for name in "LR")
    eyes = rig.eye_centres(person.identity_weights)
    return float(np.mean(lifted) / np.linalg.norm(eyes[0] - eyes[1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rig", type=Path)
    path = find_rig(parser.parse_args().rig)
    print(write_result("studio_brows", measure(Rig.load(path)), [path]))


if __name__ == "__main__":
    main()
