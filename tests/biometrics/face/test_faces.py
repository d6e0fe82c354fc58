from __future__ import annotations

import pytest

from facesign.biometrics.face.faces import FaceBox


@pytest.mark.parametrize(
    ("before_px", "after_px", "ratio"),
    [(100.0, 250.0, 2.5), (250.0, 100.0, 2.5), (80.0, 80.0, 1.0), (0.0, 3.0, 3.0)],
)
def test_sizes_are_compared_larger_over_smaller(
    before_px: float, after_px: float, ratio: float
) -> None:
    before, after = FaceBox(0.0, 0.0, before_px), FaceBox(0.0, 0.0, after_px)
    assert after.size_ratio_to(before) == pytest.approx(ratio)


@pytest.mark.parametrize(
    ("size_px", "resized"), [(51.0, False), (199.0, False), (50.0, True), (200.0, True)]
)
def test_a_face_half_as_large_or_twice_is_resized(size_px: float, resized: bool) -> None:
    assert FaceBox(0.0, 0.0, size_px).resized_from(FaceBox(9.0, 9.0, 100.0)) is resized
