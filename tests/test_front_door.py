from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cli_process import environment

import facesign
from facesign import errors
from facesign.biometrics.observation import Observation
from facesign.biometrics.stream import Frame, Sound
from facesign.interview.analysis import analyze
from facesign.interview.consent import Consent, read_consent
from facesign.interview.home import Home, Settings
from facesign.interview.marks import Mark, read_marks
from facesign.interview.report import Report
from facesign.interview.script import Script, load_script
from facesign.interview.session import Session

PROMISED = {
    "Consent": Consent,
    "Mark": Mark,
    "Observation": Observation,
    "Script": Script,
    "load_script": load_script,
    "read_consent": read_consent,
    "read_marks": read_marks,
    "FacesignError": errors.FacesignError,
    "Frame": Frame,
    "Home": Home,
    "Report": Report,
    "Session": Session,
    "Settings": Settings,
    "Sound": Sound,
    "__version__": facesign.__version__,
    "analyze": analyze,
    "errors": errors,
}


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


def test_every_promised_name_is_the_thing_itself() -> None:
    assert sorted(facesign.__all__) == sorted(PROMISED)
    for name, thing in PROMISED.items():
        assert getattr(facesign, name) is thing


def test_the_door_lists_its_names() -> None:
    assert dir(facesign) == sorted(PROMISED)


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


def test_errors_load_nothing_else_of_facesign(tmp_path: Path) -> None:
    code = "import sys, facesign.errors; print(*[n for n in sys.modules if n[:8] == 'facesign'])"
    assert set(python(code, tmp_path).split()) == {"facesign", "facesign.errors"}


RUNTIME = "import facesign; import facesign.models.runtime as r; r.require_provider('cpu')"


def test_onnx_runtime_tells_nobody_and_writes_nothing(tmp_path: Path) -> None:
    python(RUNTIME, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_user_who_has_decided_on_telemetry_is_not_overruled(tmp_path: Path) -> None:
    code = "import os, facesign; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    assert python(code, tmp_path) == "1\n"
    assert python(code, tmp_path, ORT_DISABLE_TELEMETRY="0") == "0\n"
