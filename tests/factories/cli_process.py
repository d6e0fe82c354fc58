"""Run the command line as a user does: in a process of its own, with its own home."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import facesign

NATIVE = ("W0000", "I0000", "E0000", "INFO:", "WARNING:", "Traceback", "Warning:", "Exception")
"""What native libraries and Python itself would say to a user."""
SOURCE = str(Path(facesign.__file__).parents[1])


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    def fails_with(self, *words: str) -> None:
        """Check that it failed with one line that holds these words, and said nothing else."""
        assert (self.code, self.out) == (1, ""), self
        assert self.err.startswith("facesign: "), self
        assert self.err.count("\n") == 1, self
        for word in words:
            assert word in self.err, self
        self.is_quiet()

    def is_quiet(self) -> None:
        """Check that no native library and no traceback reached the user."""
        for word in NATIVE:
            assert word not in self.err, self


def environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    # Continuous integration and ORT_* keep ONNX Runtime from telling home; a user has neither.
    dropped = ("FACESIGN", "XDG", "ORT_", "CI", "GITHUB_", "BUILD_", "PYTEST")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
    return {**kept, "HOME": str(home), "PYTHONPATH": SOURCE, **(extra or {})}


def command(*args: str | Path, prelude: str = "") -> list[str]:
    code = f"{prelude}\nfrom facesign.ui.cli import main\nmain()"
    return [sys.executable, "-c", code, *map(os.fspath, args)]


def facesign_command(
    *args: str | Path,
    cwd: Path,
    prelude: str = "",
    env: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
    **options: Any,
) -> Done:
    """Run one command in a folder that is also the user's home.

    Args:
        args: The command's arguments.
        cwd: Its working folder and home.
        prelude: Python that runs before the command.
        env: Environment variables to add.
        before: Called in the child before anything runs.
    """
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    done = subprocess.run(
        command(*args, prelude=prelude),
        cwd=cwd,
        env=environment(cwd, env),
        text=True,
        preexec_fn=before,
        timeout=300,
        check=False,
        **streams,
    )
    return Done(done.returncode, done.stdout or "", done.stderr or "")
