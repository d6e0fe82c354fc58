from __future__ import annotations

import gc
from fractions import Fraction

import av
import numpy as np
import pytest

from facesign.interview.media.picture import PictureMaker, display_size


@pytest.mark.parametrize(
    ("stored", "pixel_aspect", "shown"),
    [
        ((640, 480), None, (640, 480)),
        ((720, 576), Fraction(64, 45), (1024, 576)),
        ((1440, 1080), Fraction(3, 4), (1440, 1440)),
        ((640, 480), Fraction(0), (640, 480)),
        ((640, 480), Fraction(100), (640, 480)),
        ((3840, 2160), None, (1920, 1080)),
        ((2160, 3840), Fraction(1), (1080, 1920)),
        ((10_000, 1), None, (1920, 1)),
    ],
)
def test_pictures_are_shown_with_square_pixels_within_the_longest_side(
    stored: tuple[int, int], pixel_aspect: Fraction | None, shown: tuple[int, int]
) -> None:
    assert display_size(*stored, pixel_aspect, 1920) == shown


@pytest.mark.parametrize("width", [64, 50, 33])
def test_every_width_gives_contiguous_pixels_in_place(width: int) -> None:
    columns = np.tile(np.arange(width, dtype=np.uint8) * 3, (10, 1))
    stored = np.repeat(columns[..., np.newaxis], 3, axis=2)
    frame = av.VideoFrame.from_ndarray(stored, format="bgr24")

    image = PictureMaker(max_side_px=1920, pixel_aspect=None).rgb(frame)

    assert image.flags.c_contiguous
    np.testing.assert_array_equal(image, stored)


def test_a_change_of_size_in_the_middle_is_followed() -> None:
    maker = PictureMaker(max_side_px=1920, pixel_aspect=None)

    shapes = [maker.rgb(av.VideoFrame(w, h, "yuv420p")).shape for w, h in ((64, 48), (96, 64))]

    assert shapes == [(48, 64, 3), (64, 96, 3)]


def test_a_converted_frame_is_freed_without_the_garbage_collector() -> None:
    maker = PictureMaker(max_side_px=1920, pixel_aspect=None)
    maker.rgb(av.VideoFrame(64, 48, "yuv420p"))
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            maker.rgb(av.VideoFrame(64, 48, "yuv420p"))
        alive = [item for item in gc.get_objects() if isinstance(item, av.VideoFrame)]
    finally:
        gc.enable()
    assert alive == []
