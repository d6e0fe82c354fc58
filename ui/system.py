"""What facesign needs of the machine, checked before anything is installed.

Uses the standard library alone and no syntax newer than Python 3.7: `python3.11 ui/system.py`
prints one line for what is wrong, with the command that mends it, and exits 1.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

__all__ = [
    "Library",
    "Machine",
    "main",
    "missing_libraries",
    "problem",
    "require_system_libraries",
]


class Library(NamedTuple):
    """A shared library, and the Debian package that brings it."""

    file: str
    package: str


class Machine(NamedTuple):
    """What is checked besides libraries."""

    python: tuple[int, int]
    system: str
    processor: str
    has_venv: bool
    is_root: bool

    @classmethod
    def here(cls) -> Machine:
        """Look at the machine this runs on."""
        return cls(
            python=sys.version_info[:2],
            system=platform.system(),
            processor=platform.machine(),
            # Debian ships venv without ensurepip, and then venv fails.
            has_venv=importlib.util.find_spec("ensurepip") is not None,
            is_root=os.geteuid() == 0,
        )


# What the OpenCV wheel loads and does not carry; MediaPipe needs nothing beyond it.
_LIBRARIES = (
    Library("libGL.so.1", "libgl1"),
    Library("libglib-2.0.so.0", "libglib2.0-0"),
    Library("libgthread-2.0.so.0", "libglib2.0-0"),
)


def missing_libraries(load: Callable[[str], object] = ctypes.CDLL) -> list[Library]:
    """Return the shared libraries that cannot be loaded.

    Args:
        load: Loads a library by file name, raising OSError where it is missing.
    """
    return [library for library in _LIBRARIES if not _loads(library.file, load)]


def require_system_libraries(load: Callable[[str], object] = ctypes.CDLL) -> None:
    """Stop, before a wheel fails to load, where a system library is missing.

    Raises:
        MissingLibraryError: one is; the message has the command that brings it.
    """
    from facesign.errors import MissingLibraryError

    missing = missing_libraries(load)
    if missing:
        packages = [library.package for library in missing]
        raise MissingLibraryError(
            [library.file for library in missing], _apt(packages, is_root=os.geteuid() == 0)
        )


def problem(machine: Machine, load: Callable[[str], object] = ctypes.CDLL) -> str | None:
    """Say in one line what keeps facesign from being installed here; None if nothing does."""
    version = ".".join(map(str, machine.python))
    if machine.python not in ((3, 11), (3, 12)):
        return f"facesign needs Python 3.11 or 3.12, this is {version}; run: make PYTHON=python3.11"
    if (machine.system, machine.processor) != ("Linux", "x86_64"):
        return (
            "facesign needs Linux on x86_64, because mediapipe 0.10.21 has no wheel for others; "
            f"this is {machine.system} on {machine.processor}"
        )
    missing = missing_libraries(load)
    names = [library.file for library in missing]
    packages = [library.package for library in missing]
    if not machine.has_venv:
        names.append(f"the venv module of Python {version}")
        packages.append(f"python{version}-venv")
    if not names:
        return None
    return f"missing {', '.join(names)}; run: {_apt(packages, is_root=machine.is_root)}"


def main() -> int:
    """Check this machine; return 0 if all is there, else 1 after one line on stderr."""
    line = problem(Machine.here())
    if line is None:
        return 0
    sys.stderr.write(f"{line}\n")
    return 1


def _loads(file: str, load: Callable[[str], object]) -> bool:
    try:
        load(file)
    except OSError:
        return False
    return True


def _apt(packages: Sequence[str], *, is_root: bool) -> str:
    sudo = "" if is_root else "sudo "
    names = " ".join(dict.fromkeys(packages))
    return f"{sudo}apt-get update && {sudo}apt-get install -y {names}"


if __name__ == "__main__":
    sys.exit(main())
