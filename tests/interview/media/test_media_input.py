"""Files that are damaged, cut off or not recordings at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from media_factory import Clicks, Clip, steady, write_media
from media_reading import click_times_s, read

from facesign.errors import MediaError
from facesign.interview.media.recording import open_media

FAST_START = {"movflags": "faststart"}
NOBODY = 65_534


@contextmanager
def as_nobody() -> Iterator[None]:
    """Give up root's right to read everything, where the tests run as root."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if user == 0:
            os.seteuid(user)


def refusal(path: Path | str) -> str:
    with pytest.raises(MediaError, match=re.escape(str(path))) as caught:
        open_media(path)
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "missing.mp4")


def test_a_path_that_cannot_exist_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / ("a" * 300))


def test_a_directory_is_refused(tmp_path: Path) -> None:
    assert "is a directory" in refusal(tmp_path)


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")

    assert "not a plain file" in refusal(tmp_path / "pipe.mp4")


def test_a_file_without_rights_is_refused(tmp_path: Path) -> None:
    path = write_media(tmp_path / "a.mp4", Clip([0.0]))
    path.chmod(0)

    with as_nobody():
        line = refusal(path)

    assert "no permission" in line


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()

    assert "is empty" in refusal(tmp_path / "empty.mp4")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("这不是录像。\n".encode() * 60, "plain text"),
        (b"#EXTM3U\n#EXTINF:1,\nother.mp4\n", "plain text"),
        (b"1\n00:00:00,000 --> 00:00:01,000\nhello\n", "plain text"),
        (b"PK\x03\x04" + bytes(1000), "something else"),
    ],
    ids=["text", "playlist", "subtitles", "zip"],
)
def test_other_content_is_named_for_what_it_is(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "interview.mp4"
    path.write_bytes(content)

    line = refusal(path)

    assert f"got {kind}" in line
    assert "expected mp4" in line


def test_a_still_picture_is_refused(tmp_path: Path) -> None:
    path = write_media(tmp_path / "a.jpg", Clip([0.0], codec="mjpeg", pixel_format="yuvj420p"))

    assert "is not a recording" in refusal(path)


def test_an_mp4_cut_off_before_its_index_says_so(tmp_path: Path) -> None:
    path = write_media(tmp_path / "a.mp4", Clip(steady(4), noisy=True))
    path.write_bytes(path.read_bytes()[:-5000])

    assert "without a complete index" in refusal(path)


def test_a_container_with_neither_picture_nor_sound_is_refused(tmp_path: Path) -> None:
    path = write_media(tmp_path / "a.mkv", Clip([0.0]))
    path.write_bytes(path.read_bytes().replace(b"V_MPEG4/ISO/AVC", b"V_UNKNOWN/CODEC"))

    assert "neither picture nor sound" in refusal(path)


def test_a_separate_microphone_without_sound_is_refused(tmp_path: Path) -> None:
    media = write_media(tmp_path / "a.mp4", Clip([0.0]))
    silent = write_media(tmp_path / "b.mp4", Clip([0.0]))

    with pytest.raises(MediaError, match=r"b\.mp4: holds no sound"):
        open_media(media, applicant_audio=silent)


@pytest.mark.parametrize(
    ("name", "options"), [("a.mp4", FAST_START), ("a.mkv", {})], ids=["mp4", "mkv"]
)
def test_a_cut_off_file_is_read_to_where_it_ends(
    tmp_path: Path, name: str, options: dict[str, str]
) -> None:
    clip, sound = Clip(steady(4), noisy=True), Clicks([0.5, 1.25], 4.0)
    path = write_media(tmp_path / name, clip, sound, options=options)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])

    frames, sounds, problems = read(path)

    assert 1.8 < frames[-1].time_s < 2.8
    assert 1.8 < sounds[-1].end_s < 2.8
    np.testing.assert_allclose(click_times_s(sounds, 2), [0.5, 1.25], atol=0.001)
    missing_s = problems["truncated"].value
    assert missing_s is not None
    assert missing_s == pytest.approx(4.0 - frames[-1].time_s - 0.04, abs=0.1)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_damage_in_the_middle_is_skipped_and_counted(
    tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_media(tmp_path / name, Clip(steady(4), noisy=True), Clicks([0.5, 3.5], 4.0))
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 20_000] = np.random.default_rng(0).bytes(20_000)
    path.write_bytes(content)

    frames, sounds, problems = read(path)

    assert 80 < len(frames) < 100
    assert frames[-1].time_s == pytest.approx(3.96)
    np.testing.assert_allclose(click_times_s(sounds, 2), [0.5, 3.5], atol=0.001)
    assert ("damaged_packets" if name == "a.mp4" else "picture_gaps") in problems
    assert not {"truncated", "timestamps_repaired"} & set(problems)
    assert np.all(np.diff([frame.time_s for frame in frames]) > 0.03)
    assert capfd.readouterr() == ("", "")


def test_joined_recordings_of_two_sizes_are_read_through(tmp_path: Path) -> None:
    small = write_media(tmp_path / "a.ts", Clip(steady(2)), Clicks([1.0], 2.0))
    large = write_media(tmp_path / "b.ts", Clip(steady(2), size=(96, 64)), Clicks([1.0], 2.0))
    joined = tmp_path / "joined.ts"
    joined.write_bytes(small.read_bytes() + large.read_bytes())

    frames, sounds, problems = read(joined)

    assert {frame.image.shape for frame in frames} == {(48, 64, 3), (64, 96, 3)}
    assert np.all(np.diff([frame.time_s for frame in frames]) > 0)
    assert frames[-1].time_s == pytest.approx(3.96, abs=0.1)
    np.testing.assert_allclose(np.diff(click_times_s(sounds, 2)), [2.0], atol=0.1)
    assert "timestamps_repaired" in problems
