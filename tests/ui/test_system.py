from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from facesign.errors import MissingLibraryError
from facesign.ui.system import Machine, main, missing_libraries, problem, require_system_libraries

SCRIPT = Path(__file__).parents[2] / "ui" / "system.py"
DEBIAN_12 = Machine(
    python=(3, 11), system="Linux", processor="x86_64", has_venv=True, is_root=False
)


def without(*files: str) -> Callable[[str], object]:
    """Load libraries as a machine would that lacks these."""

    def load(file: str) -> object:
        if file in files:
            raise OSError(f"{file}: cannot open shared object file")
        return object()

    return load


def test_a_machine_with_everything_has_no_problem() -> None:
    assert problem(DEBIAN_12, without()) is None
    assert problem(DEBIAN_12._replace(python=(3, 12)), without()) is None


def test_only_what_is_missing_is_named() -> None:
    assert problem(DEBIAN_12, without("libGL.so.1")) == (
        "missing libGL.so.1; run: sudo apt-get update && sudo apt-get install -y libgl1"
    )


def test_a_package_that_brings_two_libraries_is_named_once() -> None:
    line = problem(DEBIAN_12, without("libglib-2.0.so.0", "libgthread-2.0.so.0"))
    assert line == (
        "missing libglib-2.0.so.0, libgthread-2.0.so.0; "
        "run: sudo apt-get update && sudo apt-get install -y libglib2.0-0"
    )


def test_bare_debian_gets_one_line_with_all_packages() -> None:
    bare = without("libGL.so.1", "libglib-2.0.so.0", "libgthread-2.0.so.0")
    line = str(problem(DEBIAN_12._replace(has_venv=False), bare))
    assert line.endswith("apt-get install -y libgl1 libglib2.0-0 python3.11-venv")
    assert "the venv module of Python 3.11" in line
    assert "\n" not in line


def test_root_needs_no_sudo() -> None:
    line = str(problem(DEBIAN_12._replace(is_root=True), without("libGL.so.1")))
    assert line.endswith("run: apt-get update && apt-get install -y libgl1")
    assert "sudo" not in line


@pytest.mark.parametrize("python", [(3, 10), (3, 13), (2, 7)])
def test_another_python_is_told_which_ones_work(python: tuple[int, int]) -> None:
    line = str(problem(DEBIAN_12._replace(python=python), without()))
    assert line.startswith(f"facesign needs Python 3.11 or 3.12, this is {python[0]}.{python[1]};")


@pytest.mark.parametrize(
    ("system", "processor"), [("Linux", "aarch64"), ("Darwin", "arm64"), ("Windows", "AMD64")]
)
def test_a_machine_without_a_wheel_of_mediapipe_is_told_so(system: str, processor: str) -> None:
    line = str(problem(DEBIAN_12._replace(system=system, processor=processor), without()))
    assert "mediapipe 0.10.21 has no wheel" in line
    assert line.endswith(f"this is {system} on {processor}")


def test_missing_libraries_raise_one_line_with_the_command() -> None:
    with pytest.raises(MissingLibraryError, match=r"libGL\.so\.1; run: .*install -y libgl1$"):
        require_system_libraries(without("libGL.so.1"))


def test_a_complete_machine_passes() -> None:
    require_system_libraries(without())
    assert missing_libraries(without()) == []


def test_the_script_runs_alone_and_is_silent_where_nothing_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_script_says_what_is_wrong_on_stderr_and_exits_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = DEBIAN_12._replace(python=(3, 10))
    monkeypatch.setattr(Machine, "here", classmethod(lambda cls: old))
    assert main() == 1
    heard = capsys.readouterr()
    assert heard.out == ""
    assert heard.err.startswith("facesign needs Python 3.11 or 3.12, this is 3.10;")
    assert heard.err.count("\n") == 1


def test_opencv_and_mediapipe_load_where_nothing_is_missing() -> None:
    assert missing_libraries() == []
    done = subprocess.run([sys.executable, "-c", "import cv2, mediapipe"], check=False)
    assert done.returncode == 0
