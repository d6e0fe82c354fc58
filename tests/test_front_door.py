from __future__ import annotations

import importlib
import json
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli_process import environment

import facesign
from facesign import errors

ROOT = Path(__file__).parent.parent
ERRORS = ROOT / "src" / "facesign" / "errors"
NAMES = [name for name in facesign.__all__ if name not in ("__version__", "errors")]


def python(code: str, home: Path, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=home,
        env=environment(home, env),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_a_promised_name_is_the_thing_itself_from_a_module_that_promises_it_too(name: str) -> None:
    thing = getattr(facesign, name)
    assert thing.__name__ == name
    home = importlib.import_module(thing.__module__)
    assert home.__name__.startswith("facesign.")
    assert getattr(home, name) is thing
    assert name in home.__all__


def test_the_door_lists_its_names() -> None:
    assert dir(facesign) == facesign.__all__ == sorted(facesign.__all__)
    assert facesign.errors is errors


def test_a_name_that_is_not_promised_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="module 'facesign' has no attribute 'nonsense'"):
        _ = facesign.nonsense


def test_names_are_resolved_when_they_are_used(tmp_path: Path) -> None:
    code = (
        "import json, sys, facesign; before = 'facesign.interview.session' in sys.modules;"
        "facesign.Session; print(json.dumps([before, 'facesign.interview.session' in sys.modules]))"
    )
    assert json.loads(python(code, tmp_path)) == [False, True]


def test_every_error_has_one_root_and_its_name_says_so() -> None:
    for name in errors.__all__:
        error = getattr(errors, name)
        assert issubclass(error, errors.FacesignError)
        assert name.endswith("Error")
    assert errors.__all__ == sorted(errors.__all__)


@pytest.mark.parametrize(
    "error",
    [
        errors.ShapeError("samples", "(n_samples,)", (2, 3)),
        errors.GalleryError("gallery.db", "it is gone"),
        errors.UnknownCustomerError("C-1"),
        errors.SettingsError("top must be from 1 to 100, got 0"),
        errors.WorkerError("worker", 9),
    ],
)
def test_an_error_says_the_same_in_another_process(error: errors.FacesignError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (type(error), str(error))


def test_errors_load_nothing_else_of_facesign(tmp_path: Path) -> None:
    code = "import sys, facesign.errors; print(*[n for n in sys.modules if n[:8] == 'facesign'])"
    loaded = set(python(code, tmp_path).split())
    parts = {f"facesign.errors.{path.stem}" for path in ERRORS.glob("*.py")}
    assert loaded == {"facesign", "facesign.errors", *parts} - {"facesign.errors.__init__"}


def test_errors_are_taken_from_their_one_public_place() -> None:
    for folder in ("models", "biometrics", "interview", "samples", "ui", "tests", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            taken = re.search(r"^\s*from facesign\.errors\.", path.read_text("utf-8"), re.MULTILINE)
            assert taken is None, path


def test_every_error_of_a_subject_is_public() -> None:
    parts = (importlib.import_module(f"facesign.errors.{one.stem}") for one in ERRORS.glob("*.py"))
    named = {name for part in parts for name in part.__all__}
    assert named == {*errors.__all__}


RUNTIME = "import facesign; import facesign.models.runtime as r; r.require_provider('cpu')"


def test_onnx_runtime_tells_nobody_and_writes_nothing(tmp_path: Path) -> None:
    python(RUNTIME, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_user_who_has_decided_on_telemetry_is_not_overruled(tmp_path: Path) -> None:
    code = "import os, facesign; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    assert python(code, tmp_path) == "1\n"
    assert python(code, tmp_path, ORT_DISABLE_TELEMETRY="0") == "0\n"
