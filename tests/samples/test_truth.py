from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from facesign import samples
from facesign.errors import MediaError, OutputError, SampleError, ShapeError
from facesign.samples.frame_truth import FrameTruth
from facesign.samples.truth import (
    Attack,
    Blink,
    Damage,
    FrameTimes,
    GazeEvent,
    Movement,
    Participant,
    PoseEvent,
    Question,
    Speech,
    Truth,
    read_truth,
    truth_schema,
    write_truth,
)

FULL = Truth(
    name="replay-3",
    scenario="screen_replay",
    script="car-loan-zh",
    language="zh",
    seed=3,
    duration_s=12.0,
    frames=FrameTimes(300, 0.0, 11.98, 25.0, 0.08, True),
    questions=(Question("q1", 0.5, 2.0, 6.0),),
    speech=(Speech("applicant", "q1", 3.0, 6.0, "我在快递公司上班", stutter=True),),
    blinks=(Blink(1.0, 1.03, 1.07, 1.15, 1.25, 0.9),),
    movements=(
        Movement("brief", "positive", 2.0, 2.1, 2.3, 0.5, "left", "sine", {"au12.left": 0.5}),
        Movement("hard_negative", "head_jerk", 4.0, 4.1, 4.3, 0.0, "both", "sine", {}),
    ),
    gaze=(GazeEvent("aversion", 2.2, 2.9, 9.0, 4.0),),
    poses=(PoseEvent("nod", 1.0, 1.5, 0.0, -4.0, 0.0),),
    attacks=(Attack("screen_replay", 0.0, 12.0, {"bezel_cm": 1.2}),),
    damage=(Damage("frozen", 5.0, 5.4),),
    participants=(
        Participant("applicant", "p3", 0.0, 12.0),
        Participant("other", "", 4.0, 9.0, declared=False),
    ),
    people=({"name": "p3", "tone": 6, "texture": "porous"},),
    voices={"applicant": {"family": "espeak", "rate": 150}},
    families={"motion": ("calm",), "pulse": ("double", "sine")},
    differ={"ptosis": "left", "ptosis_degree": 0.5},
    conditions={"light": {"kelvin": 4000}},
)


def test_a_truth_is_written_and_read_back_whole(tmp_path: Path) -> None:
    write_truth(tmp_path / "truth.json", FULL)
    assert read_truth(tmp_path / "truth.json") == FULL


def test_what_is_written_keeps_to_the_schema_and_says_synthetic() -> None:
    document = FULL.to_dict()
    schema = truth_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    assert (document["schema"], document["synthetic"]) == (2, True)
    assert "USC Institute for Creative Technologies" in document["rig"]


@pytest.mark.parametrize("name", samples.names())
def test_every_bundled_truth_keeps_to_the_schema(name: str) -> None:
    text = (samples.load(name).path / "truth.json").read_text(encoding="utf-8")
    document = json.loads(text)
    jsonschema.Draft202012Validator(truth_schema()).validate(document)
    assert samples.load(name).truth.to_dict() == document


def _without_units(document: dict[str, Any]) -> None:
    del document["units"]


def _old_schema(document: dict[str, Any]) -> None:
    document["schema"] = 1


def _no_longer_synthetic(document: dict[str, Any]) -> None:
    document["synthetic"] = False


def _unknown_kind(document: dict[str, Any]) -> None:
    document["movements"][0]["kind"] = "twitch"


def _extra_key(document: dict[str, Any]) -> None:
    document["blinks"][0]["lid"] = "left"


def _text_for_time(document: dict[str, Any]) -> None:
    document["speech"][0]["start_s"] = "3"


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (_without_units, "units"),
        (_old_schema, r"\$\.schema"),
        (_no_longer_synthetic, r"\$\.synthetic"),
        (_unknown_kind, r"\$\.movements\[0\]\.kind"),
        (_extra_key, r"\$\.blinks\[0\]"),
        (_text_for_time, r"\$\.speech\[0\]\.start_s"),
    ],
)
def test_a_broken_truth_is_refused_in_one_line_that_says_where(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None], where: str
) -> None:
    document = FULL.to_dict()
    spoil(document)
    path = tmp_path / "truth.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(MediaError, match=f"not a truth of schema 2: .*{where}") as caught:
        read_truth(path)
    assert "\n" not in str(caught.value)


def test_a_truth_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text("{", encoding="utf-8")
    with pytest.raises(MediaError, match=r"truth\.json: not JSON"):
        read_truth(tmp_path / "truth.json")


def test_movements_are_asked_for_by_kind() -> None:
    assert [m.name for m in FULL.brief_movements] == ["positive"]
    assert FULL.slow_movements == ()
    assert [m.name for m in FULL.moves("hard_negative")] == ["head_jerk"]


def frames(n: int) -> FrameTruth:
    rng = np.random.default_rng(0)
    return FrameTruth(
        time_s=np.arange(n) / 30,
        shapes=("jawOpen", "mouthSmile_L"),
        weights=rng.random((n, 2), dtype=np.float32),
        head_deg=rng.random((n, 3), dtype=np.float32),
        head_cm=rng.random((n, 3), dtype=np.float32),
        gaze_deg=rng.random((n, 2), dtype=np.float32),
        eyes_px=rng.random((n, 2, 2), dtype=np.float32),
    )


def test_the_truth_of_frames_is_read_back_whole_and_written_alike(tmp_path: Path) -> None:
    written = frames(50)
    written.write(tmp_path / "a.npz")
    written.write(tmp_path / "b.npz")
    read = FrameTruth.read(tmp_path / "a.npz")
    assert read.shapes == written.shapes
    for name in ("time_s", "weights", "head_deg", "head_cm", "gaze_deg", "eyes_px"):
        np.testing.assert_array_equal(getattr(read, name), getattr(written, name))
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_arrays_of_other_lengths_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"weights must have shape \(50, 3\)"):
        FrameTruth(
            **{
                name: getattr(frames(50), name)
                for name in ("time_s", "weights", "head_deg", "head_cm", "gaze_deg", "eyes_px")
            },
            shapes=("a", "b", "c"),
        )


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "truth.npz").write_bytes(b"PK no")
    with pytest.raises(MediaError, match="not the truth of frames"):
        FrameTruth.read(tmp_path / "truth.npz")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        write_truth(tmp_path / "none" / "truth.json", FULL)
    with pytest.raises(OutputError, match="cannot write"):
        frames(3).write(tmp_path / "none" / "truth.npz")


def _rendered(folder: Path) -> Path:
    folder.mkdir()
    write_truth(folder / "truth.json", FULL)
    frames(3).write(folder / "truth.npz")
    (folder / "interview.mp4").write_bytes(b"")
    (folder / "marks.csv").write_text("", encoding="utf-8")
    return folder


def test_a_folder_that_the_studio_wrote_is_loaded(tmp_path: Path) -> None:
    folder = _rendered(tmp_path / "out")
    for place in (folder, str(folder)):
        sample = samples.load(place)
        assert sample.truth == FULL
        assert (sample.name, sample.script) == ("replay-3", "car-loan-zh")
        assert sample.media == folder / "interview.mp4"
        assert len(sample.frames().time_s) == 3


@pytest.mark.parametrize("file", ["truth.json", "interview.mp4", "marks.csv"])
def test_a_folder_that_lacks_a_file_is_refused(tmp_path: Path, file: str) -> None:
    folder = _rendered(tmp_path / "out")
    (folder / file).unlink()
    with pytest.raises(MediaError, match=file):
        samples.load(folder)


def test_a_folder_that_is_not_there_is_an_unknown_sample(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match="no sample named"):
        samples.load(tmp_path / "nothing")
