"""Every real clip against the manifest that lies beside it."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from facesign.biometrics.stream import FloatArray, Frame
from facesign.interview.media.recording import MediaProblem, open_media

CLIPS = 34


@pytest.mark.data
@pytest.mark.slow
def test_every_clip_is_read_as_the_manifest_describes_it(data_dir: Path) -> None:
    with (data_dir / "face" / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["path"].startswith("video/")]

    wrong = {row["path"]: faults for row in rows if (faults := _faults(data_dir / "face", row))}

    assert len(rows) == CLIPS
    assert wrong == {}


@pytest.mark.data
def test_pictures_and_late_sound_of_a_phone_video_lie_on_one_clock(data_dir: Path) -> None:
    clip = _summary(data_dir / "face" / "video" / "pyfeat_face_noface.mov")

    assert clip.frame_s[0] == 0.0
    assert clip.sound_s[0] == pytest.approx(107_164 / 44_100)
    assert set(clip.problems) == {"sound_starts_late", "variable_rate"}


@dataclass
class _Summary:
    frame_s: list[float] = field(default_factory=list)
    shapes: set[tuple[int, ...]] = field(default_factory=set)
    sound_s: list[float] = field(default_factory=list)
    end_s: float = 0.0
    samples: list[FloatArray] = field(default_factory=list)
    problems: dict[str, MediaProblem] = field(default_factory=dict)

    @property
    def level_db(self) -> float:
        power = np.mean(np.concatenate(self.samples).astype(np.float64) ** 2)
        return float(10 * np.log10(power + 1e-12))


def _summary(path: Path) -> _Summary:
    clip = _Summary()
    with open_media(path) as recording:
        for item in recording:
            if isinstance(item, Frame):
                clip.frame_s.append(item.time_s)
                clip.shapes.add(item.image.shape)
            else:
                clip.sound_s.append(item.time_s)
                clip.samples.append(item.samples)
                clip.end_s = item.end_s
    clip.problems = {problem.code: problem for problem in recording.problems}
    return clip


def _faults(folder: Path, row: dict[str, str]) -> list[str]:
    clip = _summary(folder / row["path"])
    seconds, rate_hz = float(row["seconds"]), float(row["fps"])
    shown_s = seconds - clip.frame_s[0]
    end_s = max(clip.frame_s[-1] + 1 / rate_hz, clip.end_s)
    faults = {"truncated", "damaged_packets", "timestamps_repaired", "sound_gaps", "picture_gaps"}
    checks = {
        "size": clip.shapes == {(int(row["height"]), int(row["width"]), 3)},
        "duration": abs(end_s - seconds) < 0.1,
        "frame count": abs(len(clip.frame_s) - shown_s * rate_hz) <= 3,
        "start": min(clip.frame_s[0], *clip.sound_s[:1], 1.0) == 0.0,
        "frames increase": bool(np.all(np.diff(clip.frame_s) > 0)),
        "sound increases": bool(np.all(np.diff(clip.sound_s) > 0)),
        "has sound": bool(clip.sound_s) is (row["has_audio"] != "no"),
        "silence": not clip.sound_s
        or (clip.level_db < -55) is (row["has_audio"] == "silent track"),
        "whole": not faults & set(clip.problems),
    }
    return [name for name, holds in checks.items() if not holds]
