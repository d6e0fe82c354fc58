from __future__ import annotations

import threading
import typing
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from media_factory import GREY, RED, Clicks, Clip, steady, write_media
from media_reading import click_times_s, read

from facesign.biometrics.stream import Frame, Sound
from facesign.errors import MediaError
from facesign.interview.media.recording import ProblemCode, open_media

DOCS = Path(__file__).parents[3] / "docs"
UNEVEN_S = [0.0, 0.04, 0.1, 0.11, 0.3, 0.31, 0.5]


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "libx264"), ("a.mkv", "mpeg4"), ("a.webm", "libvpx")]
)
def test_frames_keep_the_times_of_the_container(tmp_path: Path, name: str, codec: str) -> None:
    path = write_media(tmp_path / name, Clip(UNEVEN_S, codec=codec))

    frames, _, problems = read(path)

    np.testing.assert_allclose([frame.time_s for frame in frames], UNEVEN_S, atol=1e-4)
    assert set(problems) == {"no_sound", "variable_rate"}


@pytest.mark.parametrize(
    ("name", "picture", "sound", "rate_hz"),
    [
        ("a.mp4", "libx264", "aac", 44_100),
        ("a.mov", "libx264", "aac", 48_000),
        ("a.mkv", "libx264", "aac", 48_000),
        ("a.webm", "libvpx", "libopus", 48_000),
        ("a.ts", "libx264", "aac", 44_100),
        ("a.mpg", "mpeg1video", "mp2", 44_100),
        ("a.flv", "libx264", "aac", 44_100),
    ],
)
@pytest.mark.parametrize("start_s", [0.0, 1.5])
def test_a_click_lies_within_a_millisecond_of_its_time_after_the_first_frame(
    tmp_path: Path, name: str, picture: str, sound: str, rate_hz: int, start_s: float
) -> None:
    clicks = Clicks([0.5, 1.25], 2.0, rate_hz=rate_hz, codec=sound, start_s=start_s)
    path = write_media(tmp_path / name, Clip(steady(2), codec=picture), clicks)

    frames, sounds, problems = read(path)

    after_first_s = np.array(click_times_s(sounds, 2)) - frames[0].time_s
    np.testing.assert_allclose(after_first_s, [start_s + 0.5, start_s + 1.25], atol=0.00101)
    assert min(frames[0].time_s, sounds[0].time_s) == 0.0
    assert ("sound_starts_late" in problems) is (start_s > 0)


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz"),
    [
        ("a.wav", "pcm_s16le", 8_000),
        ("a.wav", "pcm_u8", 8_000),
        ("a.wav", "pcm_mulaw", 8_000),
        ("a.wav", "pcm_f32le", 11_025),
        ("a.flac", "flac", 44_100),
        ("a.m4a", "aac", 44_100),
        ("a.mp3", "libmp3lame", 44_100),
        ("a.ogg", "libopus", 48_000),
    ],
)
@pytest.mark.parametrize("layout", ["mono", "stereo"])
def test_sound_alone_is_read_from_its_first_sample(
    tmp_path: Path, name: str, codec: str, rate_hz: int, layout: str
) -> None:
    clicks = Clicks([0.5, 1.25], 2.0, rate_hz=rate_hz, codec=codec, layout=layout)
    path = write_media(tmp_path / name, sound=clicks)

    frames, sounds, problems = read(path)

    assert frames == []
    np.testing.assert_allclose(click_times_s(sounds, 2), [0.5, 1.25], atol=0.001)
    assert set(problems) == {"no_video"}


def test_samples_that_are_no_numbers_become_silence(tmp_path: Path) -> None:
    path = write_media(tmp_path / "a.wav", sound=Clicks([0.5], 1.0, 16_000, codec="pcm_f32le"))
    content = bytearray(path.read_bytes())
    content[-16_000:-15_996] = np.float32(np.nan).tobytes()
    path.write_bytes(content)

    _, sounds, _ = read(path)

    assert all(np.isfinite(piece.samples).all() for piece in sounds)
    np.testing.assert_allclose(click_times_s(sounds, 1), [0.5], atol=0.001)


def test_info_is_known_before_reading(tmp_path: Path) -> None:
    path = write_media(tmp_path / "interview.mp4", Clip(steady(2)), Clicks([], 2.0))

    with open_media(path) as recording:
        info = recording.info

    assert (info.name, info.duration_s) == ("interview.mp4", pytest.approx(2.0))
    assert info.video is not None
    assert (info.video.codec, info.video.width, info.video.height) == ("h264", 64, 48)
    assert info.video.rate_hz == pytest.approx(25)
    assert info.audio is not None
    assert (info.audio.codec, info.audio.rate_hz, info.audio.channels) == ("aac", 44_100, 1)
    assert (info.audio.start_s, info.audio.tracks) == (0.0, ("mixed",))


def test_items_come_in_order_of_time_however_the_file_is_interleaved(tmp_path: Path) -> None:
    path = write_media(
        tmp_path / "a.mkv", Clip(steady(4)), Clicks([], 4.0), sound_after_pictures=True
    )

    with open_media(path) as recording:
        items = list(recording)

    times_s = [item.time_s for item in items]
    assert times_s == sorted(times_s)
    assert {type(item) for item in items[:4]} == {Frame, Sound}


def test_separate_microphones_replace_the_mixed_sound(tmp_path: Path) -> None:
    media = write_media(tmp_path / "a.mp4", Clip(steady(2)), Clicks([0.2], 2.0))
    applicant = write_media(
        tmp_path / "applicant.mp3", sound=Clicks([0.5], 2.0, codec="libmp3lame")
    )
    officer = write_media(tmp_path / "officer.mka", sound=Clicks([0.5], 1.0, start_s=0.75))

    with open_media(media, applicant_audio=applicant, officer_audio=officer) as recording:
        sounds = [item for item in recording if isinstance(item, Sound)]

    assert {piece.track for piece in sounds} == {"applicant", "officer"}
    np.testing.assert_allclose(click_times_s(sounds, 1, "applicant"), [0.5], atol=0.001)
    np.testing.assert_allclose(click_times_s(sounds, 1, "officer"), [1.25], atol=0.001)
    assert recording.info.audio is not None
    assert recording.info.audio.tracks == ("applicant", "officer")


@pytest.mark.parametrize(
    ("turn_deg", "mirrored", "red_corner", "rotation_deg"),
    [
        (0, False, "top left", 0),
        (90, False, "bottom left", 270),
        (180, False, "bottom right", 180),
        (-90, False, "top right", 90),
        (0, True, "top right", 0),
    ],
)
def test_a_turned_or_mirrored_picture_is_shown_as_players_show_it(
    tmp_path: Path, turn_deg: int, mirrored: bool, red_corner: str, rotation_deg: int
) -> None:
    path = write_media(tmp_path / "a.mp4", Clip([0.0], turn_deg=turn_deg, mirrored=mirrored))

    frames, _, _ = read(path)

    image = frames[0].image.astype(int)
    height, width, _ = image.shape
    assert (width, height) == ((48, 64) if turn_deg in (90, -90) else (64, 48))
    corners = {
        "top left": image[8, 8],
        "top right": image[8, -8],
        "bottom left": image[-8, 8],
        "bottom right": image[-8, -8],
    }
    for corner, colour in corners.items():
        np.testing.assert_allclose(colour, RED if corner == red_corner else GREY, atol=40)
    with open_media(path) as recording:
        assert recording.info.video is not None
        assert recording.info.video.rotation_deg == rotation_deg


def test_pixels_that_are_not_square_are_stretched(tmp_path: Path) -> None:
    path = write_media(tmp_path / "a.mp4", Clip([0.0], pixel_aspect=Fraction(4, 3)))

    frames, _, _ = read(path)

    assert frames[0].image.shape == (48, 85, 3)


def test_large_pictures_are_scaled_down(tmp_path: Path) -> None:
    path = write_media(tmp_path / "a.mp4", Clip([0.0], size=(320, 240)))

    frames, _, _ = read(path, max_side_px=80)

    assert frames[0].image.shape == (60, 80, 3)
    np.testing.assert_allclose(frames[0].image[10, 10].astype(int), RED, atol=40)


def test_the_cover_of_a_sound_file_is_no_video(tmp_path: Path) -> None:
    sound = Clicks([0.5], 1.0, codec="libmp3lame")
    path = write_media(tmp_path / "a.mp3", sound=sound, cover=True)

    frames, sounds, problems = read(path)

    assert frames == []
    assert len(sounds) == 10
    assert set(problems) == {"no_video"}


def test_a_clip_of_three_frames_is_read(tmp_path: Path) -> None:
    frames, _, problems = read(write_media(tmp_path / "a.mp4", Clip([0.0, 0.04, 0.08])))

    assert [round(frame.time_s, 3) for frame in frames] == [0.0, 0.04, 0.08]
    assert set(problems) == {"no_sound"}


def test_a_recording_is_read_once(tmp_path: Path) -> None:
    with open_media(write_media(tmp_path / "a.mp4", Clip([0.0]))) as recording:
        list(recording)
        with pytest.raises(MediaError, match="open it again"):
            iter(recording)


def test_an_error_in_the_consumer_ends_the_decoding(tmp_path: Path) -> None:
    path = write_media(tmp_path / "a.mp4", Clip(steady(20), size=(320, 240)))
    n_before = threading.active_count()

    def interrupted() -> None:
        with open_media(path) as recording:
            for _ in recording:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert threading.active_count() == n_before


def test_nothing_is_missing_after_an_early_end(tmp_path: Path) -> None:
    path = write_media(tmp_path / "a.mp4", Clip(steady(20)), Clicks([], 20.0))

    with open_media(path) as recording:
        next(iter(recording))

    assert recording.problems == ()


def test_every_problem_code_is_documented() -> None:
    table = (DOCS / "media.md").read_text(encoding="utf-8")

    documented = {line.split("`")[1] for line in table.splitlines() if line.startswith("| `")}

    assert documented == set(typing.get_args(ProblemCode))
