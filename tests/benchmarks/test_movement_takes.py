from __future__ import annotations

from collections import Counter
from pathlib import Path

import marks
import numpy as np
import pytest
import real_talk
from burst_spotter import BurstSpotter
from judged_takes import take
from movement_takes import DIFFER, jobs_of, thinned
from synthetic_face import blocks_of, channels_over, even_times

from facesign.biometrics.face.movements import Movement
from facesign.biometrics.face.signals import CHANNELS, SIGNALS, Signals

BURST = next(i for i, s in enumerate(SIGNALS) if s.name == "au12.left.burst")
BLINK = next(i for i, s in enumerate(SIGNALS) if s.name == "au45.left.burst")


@pytest.mark.parametrize(("rate_hz", "n_frames"), [(15, 45), (24, 72), (30, 90), (60, 90)])
def test_a_slower_camera_delivers_fewer_of_the_same_frames(rate_hz: float, n_frames: int) -> None:
    whole = take(90)
    less = thinned(whole, rate_hz)
    assert len(less.time_s) == n_frames
    assert np.isin(less.time_s, whole.time_s).all()
    assert np.diff(less.time_s).max() <= 1 / rate_hz + 1 / 30 + 1e-9


def test_far_faces_and_fast_cameras_are_filmed_for_some_people_only(tmp_path: Path) -> None:
    parts = Counter(part for part, _ in jobs_of(range(1, 31), tmp_path))
    assert parts == {"near": 30, "far": 10, "fast": 3, "differ": 2 * len(DIFFER)}


def test_every_take_has_its_own_folder(tmp_path: Path) -> None:
    folders = [job.out for _, job in jobs_of(range(1, 31), tmp_path)]
    assert len(set(folders)) == len(folders)


def test_goals_are_measured_on_faces_of_120_px_or_more(tmp_path: Path) -> None:
    near = [job.scenario for part, job in jobs_of([1], tmp_path) if part == "near"]
    assert [scenario.view.eyes_px[0] for scenario in near] == [120]


def spot(column: int, heights: list[float], threshold: float = 3.0) -> list[Movement]:
    time_s = even_times(len(heights) / 30, 30)
    spotter, found, done = BurstSpotter(threshold), [], 0
    for block in blocks_of(time_s, channels_over(time_s)):
        n = len(block.time_s)
        values = np.zeros((n, len(SIGNALS)), np.float32)
        values[:, column] = heights[done : done + n]
        done += n
        speaking = np.zeros(n, np.bool_)
        valid = np.ones_like(values, dtype=np.bool_)
        signals = Signals(block.time_s, values, valid, speaking)
        found += spotter.push(block, signals, None)
    return [*found, *spotter.finish()]


def test_a_burst_above_the_threshold_is_a_movement_where_it_was_before_the_delay() -> None:
    [found] = spot(BURST, [0.0] * 30 + [4.0, 5.0, 4.0] + [0.0] * 30)
    assert found.onset_s == pytest.approx(1.0 - 0.12)
    assert found.apex_s == pytest.approx(31 / 30 - 0.12)
    assert found.offset_s == pytest.approx(32 / 30 - 0.12)
    assert found.channels == ("au12.left",)
    assert found.strength == pytest.approx(5.0)


def test_a_burst_of_one_frame_below_the_threshold_or_of_the_lids_is_none() -> None:
    assert spot(BURST, [0.0] * 30 + [9.0] + [0.0] * 30) == []
    assert spot(BURST, [2.9] * 60) == []
    assert spot(BLINK, [9.0] * 60) == []
    assert CHANNELS[BLINK // 3].name == "au45.left"


def test_a_real_movement_is_one_that_both_raters_marked_as_brief(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "clip,kind,label,side,onset_s,apex_s,offset_s\n"
    only_once = "a.mp4,brief,corner_up,left,9.0,9.1,9.2\n"
    slow_once = "a.mp4,slow,brow_raise,both,12.0,12.2,12.4\n"
    slow = "a.mp4,slow,corner_up,both,20.0,21.0,23.0\n"
    blink = "a.mp4,brief,blink,both,5.0,5.1,5.2\n"
    (tmp_path / "rater_a.csv").write_text(
        f"{head}a.mp4,brief,brow_raise,both,1.0,1.1,1.3\n{blink}{only_once}{slow_once}{slow}"
        "b.mp4,slow,corner_up,both,1.0,2.0,3.0\n"
    )
    (tmp_path / "rater_b.csv").write_text(
        f"{head}a.mp4,brief,brow_raise,both,1.1,1.2,1.4\n{blink}"
        f"{slow_once.replace('slow', 'brief')}{slow}"
    )
    monkeypatch.setattr(marks, "MARKS", tmp_path)
    # b.mp4 was looked at; nothing brief was seen in it.
    both = real_talk._both_marked()
    assert both["a.mp4"] == [pytest.approx((1.05, 1.35))]
    assert both["b.mp4"] == []
