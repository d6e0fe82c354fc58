from __future__ import annotations

import cv2
import numpy as np
import pytest

from facesign.biometrics.stream import Frame
from facesign.interview.pictures import MOST, WIDTH_PX, PictureKeeper


def kept_after(duration_s: float, rate_hz: float = 2.0) -> list[float]:
    keeper = PictureKeeper()
    image = np.zeros((36, 64, 3), dtype=np.uint8)
    for n in range(round(duration_s * rate_hz)):
        keeper.push(Frame(n / rate_hz, image))
    return [picture.time_s for picture in keeper.images]


def test_a_short_session_keeps_one_picture_a_second() -> None:
    assert kept_after(5.0) == [0.0, 1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize("duration_s", [13.0, 60.0, 600.0, 3600.0])
def test_a_session_of_any_length_keeps_a_few_evenly_spread(duration_s: float) -> None:
    times = kept_after(duration_s)
    steps = np.diff(times)
    assert MOST / 2 <= len(times) <= MOST
    assert times[0] == 0.0
    assert steps.min() == steps.max()
    assert times[-1] + 2 * steps[0] > duration_s


def test_a_picture_is_a_small_jpeg_of_the_same_shape_and_colour() -> None:
    keeper = PictureKeeper()
    image = np.zeros((720, 1280, 3), dtype=np.uint8)
    image[..., 0] = 200
    keeper.push(Frame(0.0, image))
    (picture,) = keeper.images
    decoded = cv2.imdecode(np.frombuffer(picture.jpeg, dtype=np.uint8), cv2.IMREAD_COLOR)
    assert decoded.shape == (180, WIDTH_PX, 3)
    np.testing.assert_allclose(decoded.mean(axis=(0, 1)), [0, 0, 200], atol=3)
