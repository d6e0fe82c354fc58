from __future__ import annotations

import numpy as np
import pytest

from facesign.samples.studio.camera.mark import stamp


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_the_mark_can_be_seen_on_any_shade(shade: int) -> None:
    image = np.full((480, 640, 3), shade, dtype=np.uint8)
    corner = stamp(image)[-30:, -90:].astype(int)
    assert np.ptp(corner) > 80


def test_the_mark_leaves_the_rest_and_the_callers_picture_alone() -> None:
    image = np.full((480, 640, 3), 90, dtype=np.uint8)
    stamped = stamp(image)
    assert np.all(image == 90)
    assert np.all(stamped[:440] == 90)
    assert np.all(stamped[:, :520] == 90)
