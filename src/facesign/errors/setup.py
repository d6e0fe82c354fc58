"""Settings, keys, users, and what is read from or written to files."""

from __future__ import annotations

from pathlib import Path

from facesign.errors.root import FacesignError, NotThereError

__all__ = [
    "ConsoleError",
    "KeyFileError",
    "OutputError",
    "SampleError",
    "ScenarioError",
    "SettingsError",
    "UserError",
]


class SettingsError(FacesignError, ValueError):
    """A setting or option has a value that is not allowed."""


class OutputError(FacesignError, OSError):
    """Results cannot be written where they were asked for."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(f"cannot write {path}: {reason}")


class KeyFileError(FacesignError, OSError):
    """A master key or a wrapped key is missing, unreadable or not a key."""

    def __init__(self, where: Path | str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")


class UserError(FacesignError, ValueError):
    """A user of the console cannot be made or changed as asked."""


class ConsoleError(FacesignError, OSError):
    """The console cannot start as asked."""


class SampleError(NotThereError):
    """A bundled sample is unknown."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"no sample named {name!r}; there are {', '.join(known)}")


class ScenarioError(FacesignError, ValueError):
    """A scenario of the studio is unknown or malformed."""
