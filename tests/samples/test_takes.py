from pathlib import Path

import numpy as np
import pytest

from facesign.biometrics.face.block import read_block
from facesign.biometrics.face.flow import POINTS
from facesign.biometrics.face.geometry import N_LANDMARKS
from facesign.biometrics.face.quality import PictureQuality
from facesign.biometrics.face.track import Face
from facesign.biometrics.stream import BlockGrid
from facesign.errors import MediaError, ShapeError
from facesign.samples.takes import Take, blocks_of


@pytest.fixture
def take() -> Take:
    rng = np.random.default_rng(0)
    landmarks = rng.uniform(100, 300, (20, N_LANDMARKS, 3)).astype(np.float32)
    landmarks[7] = np.nan
    brightness = np.full(20, np.nan, np.float32)
    brightness[[0, 8, 16]] = (100, 110, 120)
    flow = rng.normal(0, 0.01, (20, len(POINTS), 2)).astype(np.float32)
    flow[[0, 7]] = np.nan
    return Take(np.arange(20) / 30, landmarks, np.arange(20) > 9, brightness, flow)


def test_a_take_that_was_written_is_read_back_unchanged(take: Take, tmp_path: Path) -> None:
    take.write(tmp_path / "take.npz")
    again = Take.read(tmp_path / "take.npz")
    for name in ("time_s", "landmarks", "speaking", "brightness", "flow"):
        np.testing.assert_array_equal(getattr(again, name), getattr(take, name))


def test_blocks_of_a_take_are_the_blocks_of_its_faces(take: Take) -> None:
    grid: BlockGrid[Face] = BlockGrid(lambda face: face.time_s)
    faces = [
        Face(t, xyz, None, False, None, PictureQuality(0, 0, float(luma), 0, 0, 0), flow)
        for t, xyz, luma, flow in zip(
            take.time_s.tolist(), take.landmarks, take.brightness, take.flow, strict=True
        )
    ]
    closed = [part for face in faces for part in grid.push(face)] + list(grid.finish())
    blocks = list(blocks_of(take))
    assert [len(block.time_s) for block in blocks] == [len(part) for part in closed]
    for block, part in zip(blocks, closed, strict=True):
        first = round(part[0].time_s * 30)
        wanted = read_block(part, take.speaking[first : first + len(part)])
        np.testing.assert_array_equal(block.channels, wanted.channels)
        np.testing.assert_array_equal(block.speaking, wanted.speaking)
        np.testing.assert_array_equal(block.flow, wanted.flow)
    assert [block.brightness for block in blocks] == [100.0, 110.0, 120.0]


def test_a_thinned_take_holds_the_frames_that_were_kept(take: Take) -> None:
    half = take.frames(np.arange(20) % 2 == 0)
    np.testing.assert_array_equal(half.time_s, take.time_s[::2])
    np.testing.assert_array_equal(half.landmarks, take.landmarks[::2])


def test_a_file_that_is_no_take_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "take.npz").write_bytes(b"nothing")
    with pytest.raises(MediaError, match="not a take"):
        Take.read(tmp_path / "take.npz")


def test_arrays_of_different_lengths_are_refused(take: Take) -> None:
    with pytest.raises(ShapeError, match="speaking"):
        Take(take.time_s, take.landmarks, take.speaking[:5], take.brightness, take.flow)
