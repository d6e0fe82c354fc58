from __future__ import annotations

import os
import signal
from pathlib import Path

import av
import numpy as np
import pytest

from facesign.biometrics.face.faces import FaceFinder
from facesign.biometrics.face.mesh import BundledMesh
from facesign.biometrics.face.track import Face, FaceTracker, PictureGauge
from facesign.biometrics.face.tracker_process import TrackerProcess, models_of
from facesign.biometrics.stream import Frame
from facesign.errors import ModelFileError, WorkerError

GREY = np.full((48, 64, 3), 128, dtype=np.uint8)


def grey(n: int) -> list[Frame]:
    return [Frame(i / 30, GREY) for i in range(n)]


def pushed(tracker: TrackerProcess, frames: list[Frame]) -> list[list[Face]]:
    return [list(tracker.push(frame)) for frame in frames]


@pytest.mark.slow
def test_each_face_comes_with_the_third_frame_after_its_own() -> None:
    tracker = TrackerProcess()
    came = [[face.time_s for face in faces] for faces in pushed(tracker, grey(5))]
    rest = [face.time_s for face in tracker.finish()]
    assert came == [[], [], [], [0.0], [1 / 30]]
    assert rest == [2 / 30, 3 / 30, 4 / 30]


@pytest.mark.data
@pytest.mark.slow
def test_it_finds_what_a_tracker_in_this_process_finds(data_dir: Path) -> None:
    with av.open(str(data_dir / "face" / "video" / "hdtf_aoc.mp4")) as container:
        pictures = container.decode(video=0)
        frames = [
            Frame(float(picture.time or 0), picture.to_ndarray(format="rgb24"))
            for picture, _ in zip(pictures, range(20), strict=False)
        ]
    # A picture of another size in between needs more memory than those before.
    frames[10] = Frame(frames[10].time_s, np.repeat(frames[10].image, 2, axis=1))
    here, gauge = FaceTracker(BundledMesh(), FaceFinder()), PictureGauge()
    expected = [gauge.measured(face, frame) for frame in frames for face in here.push(frame)]
    list(here.finish())
    apart = TrackerProcess()
    found = [face for faces in pushed(apart, frames) for face in faces] + list(apart.finish())
    assert len(found) == len(expected) == 20
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.landmarks, other.landmarks)
        assert (one.time_s, one.box, one.others, one.picture) == (
            other.time_s,
            other.box,
            other.others,
            other.picture,
        )


@pytest.mark.slow
def test_a_file_that_is_no_task_is_named_as_in_this_process(tmp_path: Path) -> None:
    task_file = tmp_path / "face.task"
    task_file.write_text("no task")
    tracker = TrackerProcess(task_file)
    with pytest.raises(ModelFileError, match=r"face\.task: not a MediaPipe Face Landmarker"):
        pushed(tracker, grey(4))


@pytest.mark.slow
def test_a_process_that_is_killed_is_one_clear_error_and_leaves_nothing_behind() -> None:
    tracker = TrackerProcess()
    pushed(tracker, grey(4))
    os.kill(tracker._process.pid, signal.SIGKILL)
    with pytest.raises(WorkerError, match="the face tracker ended with status -9"):
        pushed(tracker, grey(8))
    assert tracker._process.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_a_session_that_is_dropped_ends_its_process() -> None:
    tracker = TrackerProcess()
    pushed(tracker, grey(1))
    process = tracker._process
    del tracker
    assert process.returncode == 0


def test_the_weights_are_those_of_mesh_and_detector() -> None:
    assert models_of(None) == (*BundledMesh.models, *FaceFinder.models)
    assert models_of(Path("face.task"))[0] == "face_landmarker"
