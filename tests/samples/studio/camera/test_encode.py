from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from facesign.errors import OutputError
from facesign.samples.studio.camera.encode import EncodeSettings, write_sound, write_video
from facesign.samples.studio.camera.picture import Timed

RATE_HZ = 48_000
FAST = EncodeSettings(preset="ultrafast")
UNEVEN_S = np.cumsum([0.0, 0.033, 0.041, 0.1, 0.0334, 0.25, 0.0167])


class Tone:
    """One second of a 440 Hz tone, computed when it is read."""

    def __len__(self) -> int:
        return RATE_HZ

    def block(self, start: int, stop: int) -> npt.NDArray[np.float32]:
        return tone(start, stop)


def tone(start: int, stop: int) -> npt.NDArray[np.float32]:
    wave = 0.5 * np.sin(2 * np.pi * 440 * np.arange(start, stop) / RATE_HZ)
    return np.asarray(wave, dtype=np.float32)


def pictures(time_s: npt.NDArray[np.float64]) -> Iterator[Timed]:
    rng = np.random.default_rng(0)
    for at in time_s:
        yield float(at), rng.integers(0, 256, (96, 128, 3), dtype=np.uint8)


def click_at(index: int) -> npt.NDArray[np.float32]:
    sound = np.zeros(RATE_HZ, dtype=np.float32)
    sound[index : index + 480] = 0.5
    return sound


def heard(path: Path) -> npt.NDArray[np.float32]:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def test_uneven_times_are_read_back_within_a_millisecond(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    write_video(path, pictures(UNEVEN_S), Tone(), settings=FAST)
    with av.open(str(path)) as container:
        read_s = [frame.time for frame in container.decode(video=0)]
    np.testing.assert_allclose(read_s, UNEVEN_S, atol=0.001)


def test_the_same_pictures_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first.mp4", tmp_path / "second.mp4"
    write_video(first, pictures(UNEVEN_S), Tone())
    write_video(second, pictures(UNEVEN_S), tone(0, RATE_HZ))
    assert first.read_bytes() == second.read_bytes()


def test_a_file_says_that_it_is_synthetic(tmp_path: Path) -> None:
    write_video(tmp_path / "clip.mp4", pictures(UNEVEN_S), Tone(), settings=FAST, title="calm")
    write_sound(tmp_path / "officer.flac", Tone(), title="calm")
    with av.open(str(tmp_path / "clip.mp4")) as container:
        assert container.metadata["synthetic"] == "true"
        assert container.metadata["title"] == "calm"
        assert container.metadata["comment"].startswith("Synthetic")
    with av.open(str(tmp_path / "officer.flac")) as container:
        tags = {key.lower(): value for key, value in container.metadata.items()}
    assert tags["synthetic"] == "true"


@pytest.mark.parametrize("offset_s", [-0.2, 0.0, 0.3])
def test_sound_comes_as_much_later_as_asked(tmp_path: Path, offset_s: float) -> None:
    path = tmp_path / "clip.mp4"
    settings = EncodeSettings(preset="ultrafast", sound_offset_s=offset_s)
    write_video(path, pictures(UNEVEN_S), click_at(RATE_HZ // 2), settings=settings)
    onset_s = np.flatnonzero(np.abs(heard(path)) > 0.1)[0] / RATE_HZ
    assert onset_s == pytest.approx(0.5 + offset_s, abs=0.005)


def test_a_separate_track_keeps_every_sample_to_16_bits(tmp_path: Path) -> None:
    write_sound(tmp_path / "officer.flac", Tone())
    with av.open(str(tmp_path / "officer.flac")) as container:
        read = np.concatenate([f.to_ndarray().ravel() for f in container.decode(audio=0)])
    np.testing.assert_allclose(read / 32768, tone(0, RATE_HZ), atol=1 / 32768)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_nothing_is_left_when_drawing_fails(tmp_path: Path, error: type[BaseException]) -> None:
    def broken() -> Iterator[Timed]:
        yield from pictures(UNEVEN_S)
        raise error

    with pytest.raises(error):
        write_video(tmp_path / "clip.mp4", broken(), Tone(), settings=FAST)
    assert list(tmp_path.iterdir()) == []


def test_an_older_file_survives_a_failed_one(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"older")

    def broken() -> Iterator[Timed]:
        yield from pictures(UNEVEN_S)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_video(path, broken(), Tone(), settings=FAST)
    assert path.read_bytes() == b"older"


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(OutputError, match=r"^cannot write .*clip\.mp4: File too large$"):
            write_video(tmp_path / "clip.mp4", pictures(UNEVEN_S), Tone(), settings=FAST)
        with pytest.raises(OutputError, match=r"^cannot write .*officer\.flac: File too large$"):
            write_sound(tmp_path / "officer.flac", Tone())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No such file or directory"):
        write_video(tmp_path / "missing" / "clip.mp4", pictures(UNEVEN_S), Tone())
