from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from facesign.biometrics.face.faces import FaceBox
from facesign.biometrics.face.presence import PresenceWatcher
from facesign.biometrics.face.quality import PictureQuality
from facesign.biometrics.face.track import LOST, Face
from facesign.biometrics.observation import Observation

HERE = FaceBox(320.0, 240.0, 200.0)


def face(
    time_s: float,
    box: FaceBox | None = HERE,
    *,
    others: tuple[FaceBox, ...] | None = None,
    jumped: bool = False,
) -> Face:
    return Face(time_s, LOST, box, jumped, others, None)


def watch(faces: list[Face]) -> list[Observation]:
    watcher = PresenceWatcher()
    found = [observation for one in faces for observation in watcher.push(one)]
    return [*found, *watcher.finish()]


def spans(observations: list[Observation], name: str) -> list[tuple[float, float]]:
    return [(round(o.start_s, 3), round(o.end_s, 3)) for o in observations if o.name == name]


def test_a_face_that_stays_is_present_from_first_to_last_frame() -> None:
    seen = watch([face(number / 10) for number in range(51)])
    assert [(o.name, o.value, o.unit, o.subject) for o in seen] == [
        ("face.present", 5.0, "s", "applicant")
    ]


def test_an_absence_is_told_with_its_length() -> None:
    seen = watch([face(n / 10, None if 20 <= n <= 30 else HERE) for n in range(51)])
    assert spans(seen, "face.absent") == [(2.0, 3.0)]
    assert spans(seen, "face.present") == [(0.0, 1.9), (3.1, 5.0)]


def test_a_hand_before_the_face_for_a_moment_is_no_absence() -> None:
    seen = watch([face(n / 10, None if 20 <= n <= 23 else HERE) for n in range(51)])
    assert spans(seen, "face.absent") == []


def test_an_absence_lasts_to_the_end_of_the_recording() -> None:
    seen = watch([face(n / 10, None if n >= 20 else HERE) for n in range(51)])
    assert spans(seen, "face.absent") == [(2.0, 5.0)]


def test_another_face_is_told_with_its_size() -> None:
    other = FaceBox(560.0, 240.0, 150.0)
    faces = [face(n / 2, others=(other,) if 4 <= n <= 8 else ()) for n in range(21)]
    seen = [o for o in watch(faces) if o.name == "face.other"]
    assert spans(seen, "face.other") == [(2.0, 4.0)]
    assert (seen[0].value, seen[0].unit, seen[0].subject) == (0.75, "1", "other")


def test_one_sighting_alone_is_not_another_person() -> None:
    other = FaceBox(560.0, 240.0, 150.0)
    seen = watch([face(n / 2, others=(other,) if n == 4 else ()) for n in range(21)])
    assert spans(seen, "face.other") == []


def test_a_missed_sighting_does_not_split_another_persons_stay() -> None:
    other = FaceBox(560.0, 240.0, 150.0)
    seen = watch([face(n / 2, others=(other,) if n in (4, 5, 7, 8) else ()) for n in range(21)])
    assert spans(seen, "face.other") == [(2.0, 4.0)]


def test_a_picture_on_the_wall_is_not_another_person() -> None:
    small = FaceBox(560.0, 100.0, 49.0)
    assert spans(watch([face(n / 2, others=(small,)) for n in range(21)]), "face.other") == []


def test_frames_that_were_not_searched_say_nothing_about_others() -> None:
    other = FaceBox(560.0, 240.0, 150.0)
    faces = [face(n / 10, others=(other,) if n % 5 == 0 else None) for n in range(21)]
    assert spans(watch(faces), "face.other") == [(0.0, 2.0)]


@pytest.mark.parametrize(
    ("box", "name", "value"),
    [
        (FaceBox(620.0, 240.0, 200.0), "face.place_jump", 1.5),
        (FaceBox(320.0, 240.0, 500.0), "face.size_jump", 2.5),
        (FaceBox(320.0, 240.0, 80.0), "face.size_jump", 2.5),
    ],
)
def test_a_jump_says_how_far_or_how_much(box: FaceBox, name: str, value: float) -> None:
    seen = watch([face(0.0), face(0.1), face(0.2, box, jumped=True), face(0.3, box)])
    jumps = [o for o in seen if o.name.endswith("jump")]
    assert [(o.name, o.start_s, o.end_s) for o in jumps] == [(name, 0.2, 0.2)]
    assert jumps[0].value == pytest.approx(value)


def test_without_any_face_all_is_absence() -> None:
    seen = watch([face(number / 10, None) for number in range(31)])
    assert [(o.name, o.start_s, o.end_s) for o in seen] == [("face.absent", 0.0, 3.0)]
    assert np.isclose(seen[0].value or 0, 3.0)


def test_nobody_is_present_while_no_frame_came() -> None:
    seen = watch([face(n / 10) for n in [*range(100, 106), *range(400, 403)]])
    assert spans(seen, "face.present") == [(10.0, 10.5), (40.0, 40.2)]


def test_another_face_does_not_stay_while_no_frame_came() -> None:
    other = FaceBox(560.0, 240.0, 150.0)
    faces = [face(n / 2, others=(other,)) for n in [*range(4), *range(60, 64)]]
    assert spans(watch(faces), "face.other") == [(0.0, 1.5), (30.0, 31.5)]


def measured(time_s: float, inter_ocular_px: float, sharpness: float = 0.3) -> Face:
    picture = PictureQuality(inter_ocular_px, sharpness, 140.0, 0.0, 0.9, 160.0)
    return replace(face(time_s), picture=picture)


def test_presence_carries_the_quality_of_the_picture_over_its_time() -> None:
    # 100 px between the eyes is three quarters of the way from 40 to 120 px, 80 px half of it.
    faces = [face(0.0), measured(0.1, 100.0), face(0.2), measured(0.3, 80.0), face(0.4)]
    assert [o.quality for o in watch(faces)] == [pytest.approx((0.75 + 0.5) / 2)]


def test_the_worse_of_size_and_sharpness_is_the_quality_of_the_picture() -> None:
    assert [o.quality for o in watch([measured(0.0, 130.0, 0.11)])] == [0.0]


def test_quality_is_not_carried_over_an_absence_or_a_hole() -> None:
    seen = watch([measured(0.0, 80.0), face(0.5, None), face(1.0), measured(4.0, 100.0)])
    present = [o for o in seen if o.name == "face.present"]
    assert [(o.start_s, o.quality) for o in present] == [(0.0, 0.5), (1.0, None), (4.0, 0.75)]


def test_a_picture_that_was_not_measured_has_no_quality() -> None:
    seen = watch([face(0.0), face(0.1, None), face(1.0, None)])
    assert [(o.name, o.quality) for o in seen] == [("face.present", None), ("face.absent", None)]
