from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from synthetic_face import NEUTRAL, pictured

from facesign.biometrics.face.faces import FaceBox, box_of
from facesign.biometrics.face.track import Face, FaceTracker, PictureGauge
from facesign.biometrics.stream import FloatArray, Frame

WIDTH_PX = box_of(pictured(NEUTRAL)).size_px
"""A face of 100 px between the eyes, from temple to temple."""


def face_px(x_px: float, size_px: float = 100.0) -> FloatArray:
    return pictured(NEUTRAL, inter_ocular_px=size_px, centre_px=(x_px, 240.0))


class FakeMesh:
    """Gives the landmarks that a plan puts at each time, or in each picture."""

    models: tuple[str, ...] = ()

    def __init__(self, plan: Callable[[float, int], FloatArray | None]) -> None:
        self._plan = plan
        self.n_forgotten = 0
        self.closed = False

    def find(self, frame: Frame) -> FloatArray | None:
        return self._plan(frame.time_s, self.n_forgotten)

    def forget(self) -> None:
        self.n_forgotten += 1

    def close(self) -> None:
        self.closed = True


class FakeFinder:
    """Sees the faces that a plan puts at each time, and notes when it was asked."""

    models: tuple[str, ...] = ()

    def __init__(self, plan: Callable[[float], tuple[FaceBox, ...]]) -> None:
        self._plan = plan
        self.asked_s: list[float] = []
        self.closed = False

    def find(self, frame: Frame) -> tuple[FaceBox, ...]:
        self.asked_s.append(frame.time_s)
        return self._plan(frame.time_s)

    def confirm(self, frame: Frame, box: FaceBox) -> bool:
        return box.score >= 0.5

    def close(self) -> None:
        self.closed = True


def follow(mesh: FakeMesh, finder: FakeFinder, seconds: float = 4.0) -> list[Face]:
    tracker, gauge = FaceTracker(mesh, finder), PictureGauge()
    image = np.full((480, 640, 3), 128, dtype=np.uint8)
    frames = [Frame(number / 20, image) for number in range(round(seconds * 20))]
    faces = [gauge.measured(face, frame) for frame in frames for face in tracker.push(frame)]
    assert list(tracker.finish()) == []
    return faces


def only(*places_px: float) -> Callable[[float], tuple[FaceBox, ...]]:
    return lambda time_s: tuple(FaceBox(x, 240.0, WIDTH_PX) for x in places_px)


def test_the_applicants_face_is_found_and_nobody_else() -> None:
    mesh, finder = FakeMesh(lambda time_s, _: face_px(320)), FakeFinder(only(325))
    faces = follow(mesh, finder)
    assert all(face.found and not face.jumped for face in faces)
    assert {face.others for face in faces} == {(), None}
    assert mesh.n_forgotten == 0


def test_other_faces_are_looked_for_twice_a_second() -> None:
    finder = FakeFinder(only(320, 560))
    faces = follow(FakeMesh(lambda time_s, _: face_px(320)), finder, seconds=2.0)
    np.testing.assert_allclose(finder.asked_s, [0.0, 0.5, 1.0, 1.5])
    searched = [face for face in faces if face.others is not None]
    assert [face.time_s for face in searched] == finder.asked_s
    assert [[other.x_px for other in face.others or ()] for face in searched] == [[560]] * 4


def test_a_find_that_a_closer_look_does_not_confirm_is_nobody() -> None:
    shelf = FaceBox(560.0, 240.0, WIDTH_PX, score=0.4)
    finder = FakeFinder(lambda time_s: (FaceBox(320.0, 240.0, WIDTH_PX), shelf))
    faces = follow(FakeMesh(lambda time_s, _: face_px(320)), finder)
    assert {face.others for face in faces} == {(), None}


def test_a_face_that_is_not_seen_has_no_landmarks() -> None:
    mesh = FakeMesh(lambda time_s, _: None if 1 <= time_s < 2 else face_px(320))
    faces = follow(mesh, FakeFinder(lambda time_s: ()))
    gone = [face for face in faces if not face.found]
    assert [face.time_s for face in gone] == [number / 20 for number in range(20, 40)]
    assert all(np.isnan(face.landmarks).all() and face.picture is None for face in gone)


def test_without_a_mesh_the_face_at_the_last_place_is_the_applicants() -> None:
    mesh = FakeMesh(lambda time_s, _: face_px(320) if time_s < 1 else None)
    faces = follow(mesh, FakeFinder(only(330, 620)))
    seen = [face.others for face in faces if face.time_s >= 1 and face.others is not None]
    assert seen == [(FaceBox(620.0, 240.0, WIDTH_PX),)] * len(seen)
    assert seen


def test_a_jump_elsewhere_is_told_once() -> None:
    mesh = FakeMesh(lambda time_s, _: face_px(120 if time_s < 2 else 520))
    faces = follow(mesh, FakeFinder(lambda time_s: only(120 if time_s < 2 else 520)(time_s)))
    assert [face.time_s for face in faces if face.jumped] == [2.0]
    assert all(face.found for face in faces)


@pytest.mark.parametrize("size_px", [45.0, 220.0])
def test_a_jump_in_size_is_told_once(size_px: float) -> None:
    mesh = FakeMesh(lambda time_s, _: face_px(320, 100 if time_s < 2 else size_px))
    faces = follow(mesh, FakeFinder(lambda time_s: ()))
    assert [face.time_s for face in faces if face.jumped] == [2.0]


def test_walking_across_the_picture_is_not_a_jump() -> None:
    mesh = FakeMesh(lambda time_s, _: face_px(120 + 100 * time_s, 100 + 20 * time_s))
    assert not any(face.jumped for face in follow(mesh, FakeFinder(lambda time_s: ())))


def test_coming_back_elsewhere_after_a_while_is_not_a_jump() -> None:
    def plan(time_s: float, _: int) -> FloatArray | None:
        return face_px(120) if time_s < 1 else None if time_s < 2.5 else face_px(520)

    assert not any(face.jumped for face in follow(FakeMesh(plan), FakeFinder(lambda time_s: ())))


def test_a_mesh_that_goes_over_to_another_person_is_called_back() -> None:
    def plan(time_s: float, n_forgotten: int) -> FloatArray:
        return face_px(520 if time_s >= 2 and n_forgotten == 0 else 120)

    mesh = FakeMesh(plan)
    faces = follow(mesh, FakeFinder(only(120, 520)))
    assert mesh.n_forgotten == 1
    assert not any(face.jumped for face in faces)
    assert all(face.box is None or face.box.x_px < 320 for face in faces)
    astray = faces[40]
    assert astray.time_s == 2.0
    assert astray.others is not None
    assert [round(other.x_px) for other in astray.others] == [520]


def test_the_face_that_drew_the_mesh_away_is_covered_to_call_it_back() -> None:
    class Drawn(FakeMesh):
        def find(self, frame: Frame) -> FloatArray | None:
            other_shows = frame.image[240, 520].any()
            assert frame.image[240, 120].all()
            return face_px(520 if frame.time_s == 2.0 and other_shows else 120)

    faces = follow(Drawn(lambda time_s, _: None), FakeFinder(only(120, 520)))
    assert all(face.found and face.box is not None and face.box.x_px < 320 for face in faces)
    assert faces[40].others is not None


def test_a_mesh_that_stays_with_another_person_never_makes_them_the_applicant() -> None:
    mesh = FakeMesh(lambda time_s, _: face_px(520 if time_s >= 1 else 120))
    faces = follow(mesh, FakeFinder(only(120, 520)))
    assert all(face.box is None or face.box.x_px < 320 for face in faces)


def test_the_picture_is_measured_four_times_a_second() -> None:
    faces = follow(FakeMesh(lambda time_s, _: face_px(320)), FakeFinder(only(320)), seconds=2.0)
    measured = [face.time_s for face in faces if face.picture is not None]
    np.testing.assert_allclose(measured, np.arange(8) / 4)


def test_the_end_frees_the_graphs() -> None:
    mesh, finder = FakeMesh(lambda time_s, _: None), FakeFinder(lambda time_s: ())
    follow(mesh, finder, seconds=0.1)
    assert mesh.closed
    assert finder.closed
