from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import megc_folders
import numpy as np
import pytest
from megc_layouts import LAYOUTS, LayoutError, read_clips
from megc_reading import frames_of
from megc_sheets import plain


def test_casme2_gives_subject_times_and_class(tmp_path: Path) -> None:
    first, second = read_clips("casme2", megc_folders.casme2(tmp_path))
    assert (first.subject, first.rate_hz, len(first.frames)) == ("sub01", 200.0, 41)
    assert first.labels[0].megc_class == "positive"
    # Frame 46 is the clip's first; 86 is the last within, so 41 frames of 5 ms.
    assert first.spans("micro") == [(0.0, pytest.approx(0.205))]
    assert second.subject == "sub17"
    assert second.labels[0].megc_class is None


def test_an_apex_that_nobody_could_see_is_put_in_the_middle(tmp_path: Path) -> None:
    _, second = read_clips("casme2", megc_folders.casme2(tmp_path))
    assert second.labels[0].apex == 20


def test_casme2_is_found_below_one_more_folder(tmp_path: Path) -> None:
    megc_folders.casme2(tmp_path)
    (tmp_path / "RAW").mkdir()
    (tmp_path / "Cropped").rename(tmp_path / "RAW" / "Cropped")
    assert len(read_clips("casme2", tmp_path)) == 2


def test_frames_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    megc_folders.casme2(tmp_path)
    for number in (9, 100):
        megc_folders.frames(tmp_path / f"x{number}", "reg_img{}.jpg", [number])
        picture = tmp_path / f"x{number}" / f"reg_img{number}.jpg"
        picture.rename(tmp_path / "Cropped" / "sub01" / "EP02_01f" / picture.name)
    first, _ = read_clips("casme2", tmp_path)
    assert [number for number, _ in first.frames] == [9, *range(46, 87), 100]
    assert [path.stem for _, path in first.frames][-1] == "reg_img100"


def test_two_hundred_frames_a_second_are_thinned_to_a_hundred(tmp_path: Path) -> None:
    first, _ = read_clips("casme2", megc_folders.casme2(tmp_path))
    times = [frame.time_s for frame in frames_of(first)]
    np.testing.assert_allclose(np.diff(times), 0.01)


def test_a_missing_picture_does_not_move_those_after_it(tmp_path: Path) -> None:
    megc_folders.casme2(tmp_path)
    (tmp_path / "Cropped" / "sub01" / "EP02_01f" / "reg_img48.jpg").unlink()
    first, _ = read_clips("casme2", tmp_path)
    times = [frame.time_s for frame in frames_of(first)]
    # Pictures 46 and 50: 48 is gone and odd ones are thinned out.
    np.testing.assert_allclose(times[:2], [0.0, 0.02])


def test_samm_is_read_below_its_preamble(tmp_path: Path) -> None:
    first, _ = read_clips("samm", megc_folders.samm(tmp_path))
    assert (first.subject, first.labels[0].megc_class) == ("011", "surprise")
    assert first.seconds(5010) == pytest.approx(0.05)


def test_a_label_that_ends_before_it_starts_is_counted_as_unusable(tmp_path: Path) -> None:
    first, second = read_clips("samm", megc_folders.samm(tmp_path))
    assert (len(first.labels), first.n_unusable) == (1, 0)
    assert (len(second.labels), second.n_unusable) == (0, 1)


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_samm_long_videos_put_all_labels_of_a_video_together(tmp_path: Path, ending: str) -> None:
    first, second = read_clips("samm-long", megc_folders.samm_long(tmp_path, ending))
    assert (first.subject, first.name) == ("006", "SAMM_longvideos/006_1")
    assert first.spans("micro") == [(pytest.approx(0.5), pytest.approx(0.8))]
    # The label goes on to frame 2000, the video ends with its 800th.
    assert first.spans("macro") == [(pytest.approx(2.0), pytest.approx(4.0))]
    assert (second.subject, second.labels) == ("007", ())


def test_samm_long_videos_take_emotions_from_the_sheet_of_samm(tmp_path: Path) -> None:
    megc_folders.samm_long(tmp_path)
    first, _ = read_clips("samm-long", tmp_path)
    assert [label.megc_class for label in first.labels] == [None, None]
    rows = [megc_folders.SAMM_HEAD]
    rows.append(["006", "006_1_2", 1, 101, 121, 160, 60, "Micro - 1/2", "4", "Anger"])
    megc_folders.sheet(tmp_path / "SAMM_Micro_FACS_Codes_v2.xlsx", rows)
    first, _ = read_clips("samm-long", tmp_path)
    assert [label.megc_class for label in first.labels] == ["negative", None]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_cas_me_2_finds_subject_and_video_by_its_naming_rules(tmp_path: Path, ending: str) -> None:
    clips = read_clips("cas-me-2", megc_folders.cas_me_2(tmp_path, ending))
    assert [clip.name for clip in clips] == [
        "s15/15_0401girlcrashing",
        "s15/15_0502funnyerrors",
        "s16/16_0401girlcrashing",
    ]
    assert [clip.subject for clip in clips] == ["s15", "s15", "s16"]
    assert [len(clip.labels) for clip in clips] == [2, 1, 0]
    assert clips[1].labels[0].megc_class == "positive"
    assert clips[1].spans("micro") == [(pytest.approx(9 / 30), pytest.approx(18 / 30))]


def test_an_expression_without_offset_ends_at_its_apex(tmp_path: Path) -> None:
    first, *_ = read_clips("cas-me-2", megc_folders.cas_me_2(tmp_path))
    # Frames 301 to 310 at 30 a second.
    assert first.spans("micro") == [(pytest.approx(10.0), pytest.approx(310 / 30))]


def test_cas_me_2_is_read_from_videos_where_there_are_no_pictures(tmp_path: Path) -> None:
    megc_folders.cas_me_2(tmp_path)
    for folder in sorted((tmp_path / "rawpic").glob("s*/*")):
        video = tmp_path / "rawvideo" / folder.parent.name / f"{folder.name}.avi"
        video.parent.mkdir(parents=True, exist_ok=True)
        video.touch()
    (tmp_path / "rawpic").rename(tmp_path / "elsewhere")
    first, *_ = read_clips("cas-me-2", tmp_path)
    assert first.video is not None
    assert first.name == "s15/15_0401girlcrashing.avi"
    assert first.spans("micro") == [(pytest.approx(10.0), pytest.approx(310 / 30))]


def test_cas_me_3_has_two_sheets_and_colour_in_a_folder_of_its_own(tmp_path: Path) -> None:
    (clip,) = read_clips("cas-me-3", megc_folders.cas_me_3(tmp_path))
    assert (clip.subject, clip.rate_hz, len(clip.frames)) == ("spNO.1", 30.0, 90)
    assert [label.megc_class for label in clip.labels] == ["negative", "positive"]
    assert clip.spans("micro") == [(pytest.approx(1.0), pytest.approx(39 / 30))]
    assert clip.spans("macro") == [(pytest.approx(49 / 30), pytest.approx(80 / 30))]


@pytest.mark.parametrize("name", ["Onset Frame", "OnsetFrame", "onset", " Onset"])
def test_a_column_has_one_name_in_all_versions(name: str) -> None:
    assert plain(name) == "onset"


@pytest.mark.parametrize("key", LAYOUTS)
def test_an_empty_folder_names_the_sheet_that_is_missing(key: str, tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"has no .*\.xlsx \(or \.csv\)"):
        read_clips(key, tmp_path)
    with pytest.raises(LayoutError, match="is no folder"):
        read_clips(key, tmp_path / "nowhere")


def test_a_labelled_clip_without_frames_is_named(tmp_path: Path) -> None:
    megc_folders.casme2(tmp_path)
    folder = tmp_path / "Cropped" / "sub17" / "EP05_09"
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(LayoutError, match="EP05_09 holds no frames with a number"):
        read_clips("casme2", tmp_path)
    folder.rmdir()
    with pytest.raises(LayoutError, match="no sub17/EP05_09 under"):
        read_clips("casme2", tmp_path)


def test_labels_that_speak_of_a_video_that_is_not_there_are_named(tmp_path: Path) -> None:
    megc_folders.cas_me_2(tmp_path)
    folder = tmp_path / "rawpic" / "s15" / "15_0502funnyerrors"
    folder.rename(tmp_path / "moved")
    with pytest.raises(LayoutError, match=r"no rawpic/s15/\*_0502\* for happy1_10"):
        read_clips("cas-me-2", tmp_path)


def test_a_sheet_without_the_columns_is_named(tmp_path: Path) -> None:
    megc_folders.sheet(tmp_path / "CASME2-coding-20140508.csv", [["Subject", "Onset"], [1, 2]])
    with pytest.raises(LayoutError, match="no rows below columns named apex, estimatedemotion"):
        read_clips("casme2", tmp_path)


def test_without_openpyxl_the_command_that_installs_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    megc_folders.casme2(tmp_path)
    real = builtins.__import__

    def refuse(name: str, *args: Any, **options: Any) -> Any:
        if name == "openpyxl":
            raise ImportError(name)
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(LayoutError, match="pip install openpyxl"):
        read_clips("casme2", tmp_path)
