from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

HEAVY = {
    "alembic",
    "av",
    "cv2",
    "jinja2",
    "mediapipe",
    "numpy",
    "onnxruntime",
    "pyarrow",
    "scipy",
    "soxr",
    "sqlalchemy",
    "usearch",
}
IMPORT = "import facesign"
HELP = """
import contextlib, io, sys
from facesign.ui.cli import main
sys.argv = ["facesign", "--help"]
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main()
"""
LOADED = "import json, sys; print(json.dumps([name.split('.')[0] for name in sys.modules]))"
RUNS = 5


def cpu_s(code: str) -> float:
    """Return what a fresh process cost; other work on the machine hardly counts."""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime


@pytest.mark.parametrize("code", [IMPORT, HELP], ids=["import", "help"])
def test_no_heavy_package_is_loaded(code: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code + "\n" + LOADED], capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(json.loads(done.stdout))


def test_import_costs_less_than_its_budget() -> None:
    bare_s = min(cpu_s("pass") for _ in range(RUNS))
    assert min(cpu_s(IMPORT) for _ in range(RUNS)) - bare_s < 0.15


@pytest.mark.slow
def test_help_costs_less_than_its_budget() -> None:
    assert min(cpu_s(HELP) for _ in range(RUNS)) < 0.4
