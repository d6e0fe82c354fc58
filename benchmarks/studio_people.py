"""Are the studio's people seen as people, whoever they are?

Draws people over all tones, lids, glasses, ages and sexes, renders each in several poses and
lights, and counts the pictures in which the face mesh puts the eyes where they are. Every
picture is searched afresh. Writes benchmarks/results/studio_people.json and a contact sheet,
docs/images/studio-people.jpg.

    python benchmarks/studio_people.py [--rig FILE] [--people 48] [--sheet-only]
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from provenance import ROOT, write_result

from facesign.biometrics.face.mesh import BundledMesh
from facesign.biometrics.stream import FloatArray, Frame
from facesign.samples.studio.acting.state import FaceState
from facesign.samples.studio.people.casting import PersonSettings, draw_person
from facesign.samples.studio.people.person import Person
from facesign.samples.studio.rig import Rig, find_rig
from facesign.samples.studio.settings import rng_for
from facesign.samples.studio.stage.body import PIVOT_CM
from facesign.samples.studio.stage.light import LIGHTS, Light
from facesign.samples.studio.stage.placed import Placed
from facesign.samples.studio.stage.renderer import Renderer
from facesign.samples.studio.stage.view import Camera, View, rotation

SEED = 3
NEAR = 0.25
"""A hit puts both eyes within this share of the distance between them."""
LEFT_EYE, RIGHT_EYE = (263, 362), (33, 133)
REST = {
    "mouthClose": 0.03,
    "mouthSmile_L": 0.05,
    "mouthSmile_R": 0.05,
    "mouthPress_L": 0.03,
    "mouthPress_R": 0.03,
}
POSES = {
    "frontal": FaceState(weights=REST),
    "left": FaceState(weights=REST, yaw_deg=25.0),
    "right": FaceState(weights=REST, yaw_deg=-25.0),
    "raised": FaceState(weights=REST, pitch_deg=12.0),
    "lowered": FaceState(weights=REST, pitch_deg=-12.0),
    "tilted": FaceState(weights=REST, roll_deg=15.0),
    "speaking": FaceState(weights={"jawOpen": 0.35, "mouthFunnel": 0.2}),
    "shut eyes": FaceState(weights={**REST, "eyeBlink_L": 1.1, "eyeBlink_R": 1.1}),
}
VIEW = View(640, 480, eyes_px=84.0, field_deg=53.0, height_deg=-3.0, aside_deg=0.0)
CELL_PX, COLUMNS = 320, 6
SHEET = ROOT / "docs" / "images" / "studio-people.jpg"
LIDS = ("double", "single", "epicanthic")
GLASSES = ("none", "thin", "thick", "reflecting")
AGES = ((20, 30), (45, 58), (30, 42), (62, 78))


@dataclass(frozen=True)
class Shot:
    """One picture: who, how lit, how posed, and whether the face was found."""

    groups: dict[str, str]
    hit: bool


def cast(number: int) -> Person:
    """Draw one person of the evaluation; tones, lids and glasses take turns."""
    settings = PersonSettings(
        tone=number % 10 + 1,
        eyelid=LIDS[number % 3],
        glasses=GLASSES[(number // 3) % 4],
        age=AGES[(number // 2) % 4],
        sex=("female", "male")[(number + number // 10) % 2],
    )
    return draw_person(settings, rng_for(SEED, f"people/{number}"))


def shots_of(rig: Rig, person: Person, light: Light, mesh: BundledMesh) -> Iterator[Shot]:
    """Render one person in all poses of one light."""
    renderer = Renderer(rig, [Placed(person)], light=light, view=VIEW)
    truth = person.to_dict()
    for pose, state in POSES.items():
        image = renderer.draw([state])
        mesh.forget()
        landmarks = mesh.find(Frame(0.0, image))
        hit = landmarks is not None and _on_the_eyes(
            landmarks, _eyes_px(rig, person, state, renderer.camera)
        )
        groups = {name: str(truth[name]) for name in ("tone", "eyelid", "glasses", "sex")}
        groups["texture"] = person.texture
        groups["hair"] = "headscarf" if person.headscarf else person.hair_style
        groups["beard"] = person.beard
        groups["age"] = f"{int(person.age_years) // 20 * 20}+"
        yield Shot({**groups, "light": light.family, "pose": pose}, hit)
    renderer.close()


def _eyes_px(rig: Rig, person: Person, state: FaceState, camera: Camera) -> FloatArray:
    """Project the eyeballs, left first, shape (2, 2)."""
    turn = rotation(state.yaw_deg, state.pitch_deg, state.roll_deg)
    eyes = (rig.eye_centres(person.identity_weights) - PIVOT_CM) @ turn.T + PIVOT_CM
    clip = np.column_stack([eyes, np.ones(2)]) @ camera.to_clip.T
    place = clip[:, :2] / clip[:, 3:]
    return (place * [0.5, -0.5] + 0.5) * [VIEW.width_px, VIEW.height_px]


def _on_the_eyes(landmarks: FloatArray, eyes_px: FloatArray) -> bool:
    found = np.stack([landmarks[list(eye), :2].mean(axis=0) for eye in (LEFT_EYE, RIGHT_EYE)])
    apart_px = float(np.linalg.norm(eyes_px[0] - eyes_px[1]))
    return bool((np.linalg.norm(found - eyes_px, axis=1) < NEAR * apart_px).all())


def rates(shots: list[Shot]) -> dict[str, Any]:
    """Count hits by every grouping."""
    counted: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for shot in shots:
        for grouping, group in shot.groups.items():
            counted[grouping][group].append(shot.hit)
    return {
        grouping: {
            group: {"hit_rate": round(float(np.mean(hits)), 4), "n": len(hits)}
            for group, hits in sorted(groups.items(), key=lambda item: (len(item[0]), item[0]))
        }
        for grouping, groups in counted.items()
    }


def measure(rig: Rig, n_people: int) -> dict[str, Any]:
    mesh = BundledMesh()
    families = list(LIGHTS)
    shots: list[Shot] = []
    for number in range(n_people):
        person = cast(number)
        other = families[1 + number % (len(families) - 1)]
        for family in ("window", other):
            shots += shots_of(rig, person, LIGHTS[family], mesh)
        print(number + 1, person.to_dict(), f"{np.mean([s.hit for s in shots]):.4f}", flush=True)
    mesh.close()
    found = rates(shots)
    worst = min(
        (group["hit_rate"], f"{grouping} {name}")
        for grouping, groups in found.items()
        for name, group in groups.items()
    )
    return {
        "question": "in how many pictures does the face mesh put the eyes where they are?",
        "n_people": n_people,
        "n_pictures": len(shots),
        "near": NEAR,
        "eyes_px": VIEW.eyes_px,
        "hit_rate": round(float(np.mean([shot.hit for shot in shots])), 4),
        "worst_group": {"group": worst[1], "hit_rate": worst[0]},
        "by": found,
    }


SHEET_CAST: tuple[dict[str, Any], ...] = (
    {"tone": 3, "sex": "female", "age": (24, 28), "hair": "long", "glasses": "none"},
    {"tone": 8, "sex": "male", "age": (30, 36), "hair": "cropped", "beard": "short"},
    {"tone": 4, "sex": "male", "age": (40, 46), "hair": "combed", "eyelid": "epicanthic"},
    {"tone": 9, "sex": "female", "age": (26, 32), "hair": "curly", "glasses": "none"},
    {"tone": 5, "sex": "female", "age": (34, 40), "hair": "bob", "glasses": "thin"},
    {"tone": 2, "sex": "male", "age": (66, 72), "hair": "bald", "beard": "full"},
    {"tone": 6, "sex": "female", "age": (28, 34), "headscarf": True, "glasses": "none"},
    {"tone": 10, "sex": "male", "age": (48, 54), "hair": "cropped", "glasses": "thin"},
    {"tone": 1, "sex": "female", "age": (52, 58), "hair": "bun", "texture": "freckled"},
    {"tone": 4, "sex": "female", "age": (22, 26), "hair": "fringe", "eyelid": "single"},
    {"tone": 7, "sex": "male", "age": (24, 28), "hair": "curly", "beard": "stubble"},
    {"tone": 3, "sex": "male", "age": (33, 38), "hair": "fringe", "glasses": "thick"},
    {"tone": 8, "sex": "female", "age": (44, 50), "hair": "bun", "glasses": "reflecting"},
    {"tone": 5, "sex": "male", "age": (56, 62), "hair": "receding", "moustache": "full"},
    {"tone": 2, "sex": "female", "age": (30, 35), "hair": "bob", "texture": "freckled"},
    {"tone": 6, "sex": "male", "age": (36, 42), "hair": "combed", "beard": "short"},
    {"tone": 10, "sex": "female", "age": (23, 28), "hair": "bun", "glasses": "none"},
    {"tone": 4, "sex": "male", "age": (70, 76), "hair": "receding", "glasses": "thin"},
    {"tone": 7, "sex": "female", "age": (62, 68), "hair": "bob", "glasses": "thick"},
    {"tone": 1, "sex": "male", "age": (27, 32), "hair": "combed", "beard": "stubble"},
    {"tone": 9, "sex": "male", "age": (58, 64), "hair": "bald", "beard": "short"},
    {"tone": 3, "sex": "female", "age": (40, 46), "headscarf": True, "eyelid": "double"},
    {"tone": 5, "sex": "male", "age": (22, 26), "hair": "cropped", "eyelid": "single"},
    {"tone": 6, "sex": "female", "age": (70, 76), "hair": "bun", "glasses": "thin"},
)
"""Who is on the contact sheet; what is not said is drawn."""
SHEET_POSES = (
    FaceState(weights=REST),
    FaceState(weights={**REST, "mouthSmile_L": 0.30, "mouthSmile_R": 0.30}, yaw_deg=-9.0),
    FaceState(weights=REST, yaw_deg=12.0, pitch_deg=-2.0, gaze_yaw_deg=-12.0),
    FaceState(weights={**REST, "mouthSmile_L": 0.22, "mouthSmile_R": 0.22}, roll_deg=4.0),
)


def contact_sheet(rig: Rig, path: Path) -> None:
    """Draw 24 people beside each other."""
    view = View(2 * CELL_PX, 2 * CELL_PX, 112.0, field_deg=38.0, height_deg=-2.0, aside_deg=0.0)
    cells = []
    for number, asked in enumerate(SHEET_CAST):
        settings = PersonSettings(**{"headscarf": False, **asked})
        person = draw_person(settings, rng_for(SEED, f"sheet/{number}"))
        renderer = Renderer(rig, [Placed(person)], view=view)
        image = renderer.draw([SHEET_POSES[number % len(SHEET_POSES)]])
        renderer.close()
        cells.append(cv2.resize(image, (CELL_PX, CELL_PX), interpolation=cv2.INTER_AREA))
    rows = [np.hstack(cells[i : i + COLUMNS]) for i in range(0, len(cells), COLUMNS)]
    sheet = np.vstack(rows)
    place = (sheet.shape[1] - 96, sheet.shape[0] - 10)
    grey = (215, 215, 215)
    cv2.putText(sheet, "SYNTHETIC", place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, grey, 1, cv2.LINE_AA)
    path.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(path), sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 86])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rig", type=Path)
    parser.add_argument("--people", type=int, default=48)
    parser.add_argument("--sheet-only", action="store_true")
    args = parser.parse_args()
    path = find_rig(args.rig)
    rig = Rig.load(path)
    contact_sheet(rig, SHEET)
    print(SHEET)
    if not args.sheet_only:
        result = measure(rig, args.people)
        print(write_result("studio_people", result, [path]))
        print(result["hit_rate"], result["worst_group"])


if __name__ == "__main__":
    main()
