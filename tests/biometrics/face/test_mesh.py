from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from facesign.biometrics.face.faces import FaceFinder, box_of
from facesign.biometrics.face.mesh import BLANK, BundledMesh, TaskMesh, read_landmarks
from facesign.biometrics.stream import FloatArray, Frame
from facesign.errors import ModelFileError

UNEVEN_S = (0.0, 0.040, 0.095, 0.120, 0.410)


def frames_of(path: Path, count: int) -> list[Frame]:
    with av.open(str(path)) as container:
        pictures = container.decode(video=0)
        return [
            Frame(float(picture.time), picture.to_ndarray(format="rgb24"))
            for picture, _ in zip(pictures, range(count), strict=False)
        ]


@pytest.fixture(scope="module")
def bundled() -> Iterator[BundledMesh]:
    mesh = BundledMesh()
    yield mesh
    mesh.close()


@pytest.fixture
def talking(data_dir: Path) -> list[Frame]:
    return frames_of(data_dir / "face" / "video" / "hdtf_aoc.mp4", 12)


@pytest.fixture
def task_file(data_dir: Path) -> Path:
    return data_dir / "models" / "face_landmarker.task"


def test_a_picture_without_a_face_has_no_landmarks(bundled: BundledMesh) -> None:
    assert bundled.find(Frame(0.0, BLANK)) is None


def test_the_frames_own_times_reach_the_bundled_graph(
    bundled: BundledMesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundled.forget()
    seen_us: list[int] = []
    solution: Any = bundled._solution

    class Graph:
        def add_packet_to_input_stream(self, stream: str, packet: Any) -> None:
            seen_us.append(packet.timestamp.value)
            graph.add_packet_to_input_stream(stream, packet)

        def __getattr__(self, name: str) -> Any:
            return getattr(graph, name)

    graph = solution._graph
    monkeypatch.setattr(solution, "_graph", Graph())
    for time_s in UNEVEN_S:
        bundled.find(Frame(10 + time_s, BLANK))
    assert seen_us == [round((10 + time_s) * 1e6) for time_s in UNEVEN_S]


@pytest.mark.data
@pytest.mark.slow
def test_the_frames_own_times_reach_the_task(
    task_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mesh = TaskMesh(task_file)
    seen_us: list[int] = []
    process = mesh._landmarker._process_video_data

    def noting(inputs: dict[str, Any]) -> Any:
        seen_us.extend({packet.timestamp.value for packet in inputs.values()})
        return process(inputs)

    monkeypatch.setattr(mesh._landmarker, "_process_video_data", noting)
    for time_s in UNEVEN_S:
        assert mesh.find(Frame(time_s, BLANK)) is None
    mesh.close()
    assert seen_us == [round(time_s * 1e6) for time_s in UNEVEN_S]


def messages(bundled: BundledMesh, frames: list[Frame]) -> list[Any]:
    solution: Any = bundled._solution
    return [solution.process(frame.image).multi_face_landmarks[0] for frame in frames]


@pytest.mark.data
@pytest.mark.slow
def test_landmarks_are_read_without_a_loop_over_points(
    bundled: BundledMesh, talking: list[Frame]
) -> None:
    bundled.forget()
    for message in messages(bundled, talking):
        by_loop = np.array([(p.x, p.y, p.z) for p in message.landmark], dtype=np.float32)
        np.testing.assert_array_equal(read_landmarks(message.SerializeToString()), by_loop)


@pytest.mark.data
@pytest.mark.slow
def test_landmarks_are_read_in_a_tenth_of_a_millisecond(
    bundled: BundledMesh, talking: list[Frame]
) -> None:
    bundled.forget()
    message = messages(bundled, talking[:1])[0].SerializeToString()
    taken_s = []
    for _ in range(200):
        start_s = time.perf_counter()
        read_landmarks(message)
        taken_s.append(time.perf_counter() - start_s)
    assert np.median(taken_s) < 1e-4


@pytest.mark.data
@pytest.mark.slow
def test_landmarks_of_another_form_are_read_all_the_same(
    bundled: BundledMesh, talking: list[Frame]
) -> None:
    bundled.forget()
    message = messages(bundled, talking[:1])[0]
    expected = read_landmarks(message.SerializeToString())
    for point in message.landmark:
        point.visibility = 0.5
    np.testing.assert_array_equal(read_landmarks(message.SerializeToString()), expected)


@pytest.mark.data
@pytest.mark.slow
def test_the_two_meshes_agree_within_a_few_pixels(
    bundled: BundledMesh, talking: list[Frame], task_file: Path
) -> None:
    bundled.forget()
    task = TaskMesh(task_file)
    apart_px = []
    for frame in talking:
        one, other = bundled.find(frame), task.find(frame)
        assert one is not None
        assert other is not None
        assert one.shape == other.shape == (478, 3)
        apart_px.append(np.linalg.norm(one[:, :2] - other[:, :2], axis=1))
    task.close()
    # Of 119 px between the eyes: the two models were trained apart.
    assert np.median(apart_px) < 4.0
    assert np.percentile(apart_px, 95) < 8.0


def _beside_itself(frame: Frame) -> Frame:
    """Put the same head twice into one picture, the second one to the right."""
    return Frame(frame.time_s, np.concatenate([frame.image, frame.image], axis=1))


def _covered(frame: Frame, side: str) -> Frame:
    image = frame.image.copy()
    middle = image.shape[1] // 2
    image[:, slice(0, middle) if side == "left" else slice(middle, None)] = 0
    return Frame(frame.time_s, image)


def _x_px(landmarks: FloatArray | None) -> float:
    assert landmarks is not None
    return box_of(landmarks).x_px


@pytest.mark.data
@pytest.mark.slow
def test_the_bundled_mesh_keeps_its_face_until_it_is_told_to_forget(
    bundled: BundledMesh, talking: list[Frame]
) -> None:
    bundled.forget()
    width = talking[0].image.shape[1]
    both = [_beside_itself(frame) for frame in talking]
    assert _x_px(bundled.find(_covered(both[0], "right"))) < width
    assert _x_px(bundled.find(both[1])) < width
    # Its own face gone, the other one in sight is not searched in this frame.
    assert bundled.find(_covered(both[2], "left")) is None
    assert _x_px(bundled.find(_covered(both[3], "left"))) > width
    bundled.forget()
    assert _x_px(bundled.find(_covered(both[4], "right"))) < width


@pytest.mark.data
@pytest.mark.slow
def test_the_task_mesh_searches_afresh_after_it_forgot(
    talking: list[Frame], task_file: Path
) -> None:
    mesh = TaskMesh(task_file)
    width = talking[0].image.shape[1]
    both = [_beside_itself(frame) for frame in talking]
    assert _x_px(mesh.find(_covered(both[0], "right"))) < width
    before = mesh._landmarker
    mesh.forget()
    assert mesh._landmarker is not before
    assert _x_px(mesh.find(_covered(both[1], "left"))) > width
    mesh.close()


@pytest.mark.data
@pytest.mark.slow
def test_the_finder_sees_both_faces(talking: list[Frame]) -> None:
    finder = FaceFinder()
    width = talking[0].image.shape[1]
    places = sorted(face.x_px for face in finder.find(_beside_itself(talking[0])))
    finder.close()
    assert len(places) == 2
    assert places[1] - places[0] == pytest.approx(width, abs=0.1 * width)


def test_a_missing_task_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"away\.task: no such face landmarker file"):
        TaskMesh(tmp_path / "away.task")


def test_a_broken_task_file_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.task"
    broken.write_bytes(b"not a model" * 100)
    with pytest.raises(ModelFileError, match=r"broken\.task: not a MediaPipe Face Landmarker"):
        TaskMesh(broken)


def test_native_chatter_does_not_reach_the_user(
    bundled: BundledMesh, capfd: pytest.CaptureFixture[str]
) -> None:
    bundled.forget()
    BundledMesh().close()
    bundled.find(Frame(0.0, BLANK))
    assert capfd.readouterr() == ("", "")
