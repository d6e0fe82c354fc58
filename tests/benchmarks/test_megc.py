"""On folders that mimic the datasets' layouts; no frame of the data is here."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from megc import Sample, Spotted, counted, frames_of, logistic, main, others, recognized, spotting
from megc_layouts import LayoutError, read_clips

from facesign.biometrics.face.movements import Movement


def sheet(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        return
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)


def frames(folder: Path, pattern: str, numbers: Sequence[int]) -> None:
    folder.mkdir(parents=True)
    for number in numbers:
        cv2.imwrite(
            str(folder / pattern.format(number)), np.full((8, 8, 3), number % 255, np.uint8)
        )


@pytest.fixture
def casme2(tmp_path: Path) -> Path:
    head = [
        "Subject",
        "Filename",
        "",
        "OnsetFrame",
        "ApexFrame",
        "OffsetFrame",
        "Action Units",
        "Estimated Emotion",
    ]
    sheet(
        tmp_path / "CASME2-coding-20140508.xlsx",
        [
            head,
            [1, "EP02_01f", "", 46, 59, 86, "12", "happiness"],
            [17, "EP05_09", "", 10, "/", 30, "4", "others"],
        ],
    )
    frames(tmp_path / "Cropped" / "sub01" / "EP02_01f", "reg_img{}.jpg", range(46, 87))
    frames(tmp_path / "Cropped" / "sub17" / "EP05_09", "reg_img{}.jpg", range(10, 31))
    return tmp_path


@pytest.fixture
def samm_long(tmp_path: Path) -> Path:
    head = [
        "Subject",
        "Filename",
        "Inducement Code",
        "Onset Frame",
        "Apex Frame",
        "Offset Frame",
        "Duration",
        "Type",
        "Action Units",
    ]
    sheet(
        tmp_path / "SAMM_LongVideos_V2_Release.csv",
        [
            ["SAMM long videos"],
            [],
            head,
            ["006", "006_1_2", 1, 101, 121, 161, 60, "Micro - 1/2", "4"],
            ["006", "006_1_3", 1, 401, 461, 601, 200, "Macro", "12"],
        ],
    )
    frames(tmp_path / "006_1", "006_1_{:05}.jpg", range(1, 802))
    return tmp_path


def test_casme2_gives_subject_times_and_class(casme2: Path) -> None:
    first, second = read_clips("casme2", casme2)
    assert (first.subject, first.rate_hz, len(first.frames)) == ("sub01", 200.0, 41)
    assert first.labels[0].megc_class == "positive"
    # Frame 46 is the clip's first; 86 is 40 frames on.
    assert first.spans("micro") == [(0.0, pytest.approx(0.2))]
    assert second.subject == "sub17"
    assert second.labels[0].megc_class is None
    assert second.labels[0].apex == 0


def test_frames_are_in_the_order_of_their_numbers(casme2: Path) -> None:
    first, _ = read_clips("casme2", casme2)
    assert [int(path.stem[7:]) for path in first.frames] == list(range(46, 87))


def test_two_hundred_frames_a_second_are_thinned_to_a_hundred(casme2: Path) -> None:
    first, _ = read_clips("casme2", casme2)
    times = [frame.time_s for frame in frames_of(first)]
    np.testing.assert_allclose(np.diff(times), 0.01)


def test_samm_is_read_below_its_preamble(tmp_path: Path) -> None:
    head = [
        "Subject",
        "Filename",
        "Inducement Code",
        "Onset Frame",
        "Apex Frame",
        "Offset Frame",
        "Duration",
        "Micro",
        "Action Units",
        "Estimated Emotion",
    ]
    sheet(
        tmp_path / "SAMM_Micro_FACS_Codes_v2.xlsx",
        [
            ["preamble"],
            [],
            head,
            ["011", "011_1_1", 1, 5000, 5010, 5040, 41, "Micro", "1+2", "Surprise"],
        ],
    )
    frames(tmp_path / "011" / "011_1_1", "011_{:05}.jpg", range(5000, 5041))
    (clip,) = read_clips("samm", tmp_path)
    assert (clip.subject, clip.labels[0].megc_class) == ("011", "surprise")
    assert clip.seconds(5010) == pytest.approx(0.05)


def test_samm_long_videos_put_all_labels_of_a_video_together(samm_long: Path) -> None:
    (clip,) = read_clips("samm-long", samm_long)
    assert clip.name == "006_1"
    assert clip.spans("micro") == [(pytest.approx(0.5), pytest.approx(0.8))]
    assert clip.spans("macro") == [(pytest.approx(2.0), pytest.approx(3.0))]


def test_cas_me_2_has_no_header(tmp_path: Path) -> None:
    row = [15, "disgust1_1", 10, 14, 20, "4", "negative", "micro-expression", "disgust"]
    sheet(tmp_path / "CAS(ME)^2code_final.xlsx", [row])
    frames(tmp_path / "rawpic" / "s15" / "15_0101disgust1", "img{}.jpg", range(1, 61))
    (clip,) = read_clips("cas-me-2", tmp_path)
    assert (clip.subject, clip.rate_hz, clip.labels[0].kind) == ("s15", 30.0, "micro")
    assert clip.spans("micro") == [(pytest.approx(9 / 30), pytest.approx(19 / 30))]


def test_cas_me_3_keeps_colour_frames_in_a_folder_of_their_own(tmp_path: Path) -> None:
    head = ["Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion"]
    sheet(
        tmp_path / "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx",
        [head, ["spNO.1", "a", 30, 33, 39, "4", "I", "disgust"]],
    )
    frames(tmp_path / "spNO.1" / "a" / "color", "{}.jpg", range(90))
    (clip,) = read_clips("cas-me-3", tmp_path)
    assert clip.labels[0].megc_class == "negative"
    assert clip.spans("micro") == [(pytest.approx(1.0), pytest.approx(1.3))]


def test_a_missing_sheet_or_folder_is_one_clear_line(casme2: Path, tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="no SAMM_Micro_FACS_Codes_v2"):
        read_clips("samm", tmp_path)
    for path in (casme2 / "Cropped" / "sub17" / "EP05_09").iterdir():
        path.unlink()
    with pytest.raises(LayoutError, match="EP05_09 holds no numbered"):
        read_clips("casme2", casme2)


def test_the_command_ends_with_one_line_and_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["spot", "--samm-long", str(tmp_path)], lambda: None) == 1  # type: ignore[arg-type,return-value]
    assert main(["recognize"], lambda: None) == 1  # type: ignore[arg-type,return-value]
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "no SAMM_LongVideos" in lines[0]


def test_a_subject_never_teaches_itself() -> None:
    subjects = ["a", "b", "a", "c"]
    for left_out in set(subjects):
        taught = others(subjects, left_out)
        assert left_out not in {s for s, t in zip(subjects, taught, strict=True) if t}
        assert taught.sum() == len(subjects) - subjects.count(left_out)


def test_a_head_learns_what_the_features_say() -> None:
    rng = np.random.default_rng(0)
    index = rng.integers(3, size=90)
    features = np.eye(3)[index] * 2 + rng.normal(0, 0.3, (90, 3))
    weights = logistic(features, index)
    given = np.argmax(np.hstack([features, np.ones((90, 1))]) @ weights, axis=1)
    assert (given == index).mean() > 0.95


def test_left_out_subjects_are_recognized_from_the_others() -> None:
    rng = np.random.default_rng(1)
    names = ("positive", "negative", "surprise")
    samples = [
        Sample(
            f"s{i % 6}",
            names[i % 3],
            np.eye(3)[i % 3] + rng.normal(0, 0.1, 3),
            np.array([1.0, 0, 0, 0]),
        )
        for i in range(36)
    ]
    assert recognized(samples, train=True) == [s.true for s in samples]
    assert recognized(samples, train=False) == ["positive"] * 36


def test_spotting_counts_micro_and_macro_apart(samm_long: Path) -> None:
    (clip,) = read_clips("samm-long", samm_long)

    def found(onset_s: float, offset_s: float, sure: float) -> Movement:
        return Movement(onset_s, onset_s, offset_s, ("au4.left",), 5.0, "high", sure, "negative")

    one = Spotted(clip, (found(0.52, 0.8, 0.9), found(2.1, 3.0, 0.9), found(3.5, 3.7, 0.45)))
    counts = counted(one, 0.5)
    assert (counts["micro"].n_true, counts["micro"].n_found, counts["micro"].n_hit) == (1, 1, 1)
    assert (counts["macro"].n_true, counts["macro"].n_found, counts["macro"].n_hit) == (1, 1, 1)
    result = spotting([one], train=False)
    # With everything from 0.4 on: 2 hits of 2 true and 3 found.
    assert result["f1"]["all"] == pytest.approx(0.8)
    assert result["strs"] == 0.0
