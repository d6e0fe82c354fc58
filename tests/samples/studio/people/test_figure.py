from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from facesign.samples.studio.people.beard import beard_parts
from facesign.samples.studio.people.casting import PersonSettings, draw_person
from facesign.samples.studio.people.clothes import clothes
from facesign.samples.studio.people.figure import figure_of
from facesign.samples.studio.people.glasses import glasses
from facesign.samples.studio.people.hairstyles import hair_parts
from facesign.samples.studio.people.head import shape_head
from facesign.samples.studio.people.headscarf import headscarf
from facesign.samples.studio.people.person import PEOPLE, Person
from facesign.samples.studio.people.skull import CENTRE_CM, Skull
from facesign.samples.studio.rig import EYE_RADIUS, Rig

DANIEL = PEOPLE["daniel"]
load = cache(Rig.load)


@pytest.fixture
def rig(data_dir: Path) -> Rig:
    return load(data_dir / "rig" / "ict_facekit_light.npz")


def opening_cm(rig: Rig, vertices: np.ndarray, side: int) -> float:
    """Widest gap between the lids' edges of one eye, on the strip that runs along them."""
    strip = np.unique(rig.parts["M_EyeOcclusion"])
    strip = strip[side * rig.neutral[strip, 0] > 0]
    edges = [strip[rig.uv[strip, 1] > 0.9], strip[rig.uv[strip, 1] < 0.1]]
    places = np.linspace(2.3, 4.0, 20)
    heights = []
    for edge in edges:
        points = vertices[edge]
        points = points[np.argsort(side * points[:, 0])]
        heights.append(np.interp(places, side * points[:, 0], points[:, 1]))
    return float(np.max(heights[0] - heights[1]))


@pytest.mark.data
@pytest.mark.parametrize("lid", ["single", "double", "epicanthic"])
def test_a_blink_shuts_the_lids_of_every_identity(rig: Rig, lid: str) -> None:
    for seed in range(12):
        settings = PersonSettings(eyelid=lid)
        person = draw_person(settings, np.random.default_rng(seed))
        eyes = rig.eye_centres(person.identity_weights)
        head = shape_head(rig, person)
        shut = rig.pose(head, eyes, {"eyeBlink_L": 1.1, "eyeBlink_R": 1.1})
        assert opening_cm(rig, head, 1) > 0.55
        assert max(opening_cm(rig, shut, side) for side in (1, -1)) < 0.2


@pytest.mark.data
def test_a_single_lid_leaves_the_eye_narrower_than_a_double_one(rig: Rig) -> None:
    double, single = (
        opening_cm(rig, shape_head(rig, replace(DANIEL, eyelid=lid)), 1)
        for lid in ("double", "single")
    )
    assert 0.75 * double < single < 0.95 * double


@pytest.mark.data
def test_glasses_rest_before_the_eyes_and_never_in_the_face(rig: Rig) -> None:
    for seed in range(6):
        settings = PersonSettings(glasses=("thin", "thick", "reflecting")[seed % 3])
        person = draw_person(settings, np.random.default_rng(seed))
        head, eyes = shape_head(rig, person), rig.eye_centres(person.identity_weights)
        frame, left, right = glasses(rig, person, head, eyes)
        for pane, eye in ((left, eyes[0]), (right, eyes[1])):
            assert pane.mesh
            middle = pane.mesh.vertices.mean(axis=0)
            assert np.abs(middle[:2] - eye[:2]).max() < 0.7
            assert 0.8 < middle[2] - eye[2] - EYE_RADIUS < 2.6
        assert frame.mesh
        assert frame.mesh.share == 1.0


@pytest.mark.data
def test_nobody_without_glasses_carries_a_frame(rig: Rig) -> None:
    assert glasses(rig, DANIEL, rig.neutral, rig.eye_centres(DANIEL.identity_weights)) == []


@pytest.mark.data
@pytest.mark.parametrize("style", ["bob", "long", "bun", "curly"])
def test_strands_lie_outside_the_head(rig: Rig, style: str) -> None:
    person = drawn(hair=style, headscarf=False, sex="female")
    skull = Skull.of(rig, shape_head(rig, person))
    core = next(part for part in hair_parts(rig, person, skull) if part.name == "locks.core")
    assert core.mesh
    ray = core.mesh.vertices - CENTRE_CM
    reach = np.linalg.norm(ray, axis=1)
    on_head = core.mesh.vertices[:, 1] > 3.0
    beyond = reach - np.linalg.norm(skull.surface(ray / reach[:, None]) - CENTRE_CM, axis=1)
    assert (beyond[on_head] > -0.15).mean() > 0.99


@pytest.mark.data
def test_a_headscarf_hides_the_hair(rig: Rig) -> None:
    person = drawn(headscarf=True, hair="long")
    skull = Skull.of(rig, shape_head(rig, person))
    assert [part.name for part in headscarf(person, skull)] == ["headscarf.head", "headscarf.neck"]
    assert hair_parts(rig, person, skull) == []


@pytest.mark.data
def test_hair_over_the_ears_presses_them_flat(rig: Rig) -> None:
    free, covered = (shape_head(rig, replace(DANIEL, hair_style=s)) for s in ("cropped", "long"))
    ear = (np.abs(rig.neutral[:, 0]) > 8.8) & (rig.neutral[:, 1] > -2)
    assert np.abs(free[ear, 0]).max() > 8.5
    assert np.abs(covered[ear, 0]).max() < 8.0


@pytest.mark.data
def test_a_beard_moves_with_the_face_and_leaves_the_lips_free(rig: Rig) -> None:
    (beard,) = beard_parts(rig, drawn(beard="full", sex="male"))
    assert beard.mesh is None
    height = beard.arrays["comb"][:, 3]
    x, y, z = rig.neutral.T
    assert height[(np.abs(x) < 1.0) & (y < -6) & (y > -7) & (z > 10)].min() > 0.8
    assert height[(np.abs(x) < 1.0) & (np.abs(y + 3.5) < 0.5) & (z > 10)].max() < 0.12
    assert height[y > 4.0].max() < 0.01


@pytest.mark.parametrize(
    ("cut", "n_garments"), [("round", 1), ("v_neck", 2), ("shirt", 2), ("blazer", 5)]
)
def test_clothes_stay_with_the_shoulders(cut: str, n_garments: int) -> None:
    parts = clothes(drawn(clothes=cut))
    assert len(parts) == n_garments
    assert all(part.mesh and part.mesh.share == 0.0 for part in parts)


@pytest.mark.data
def test_a_figure_is_drawn_from_the_inside_outwards(rig: Rig) -> None:
    person = drawn(glasses="thin", hair="long", headscarf=False, beard="short")
    names = [part.name for part in figure_of(rig, person).parts]
    outwards = ["skin", "eye.left", "lid_line", "lashes", "beard", "glasses.frame", "locks.shells"]
    assert [name for name in names if name in outwards] == outwards


def drawn(**settings: object) -> Person:
    return draw_person(PersonSettings(**settings), np.random.default_rng(2))
