"""What is kept of a session: archive, record, verdicts."""

from __future__ import annotations

from pathlib import Path

from facesign.errors.root import FacesignError, NotThereError

__all__ = [
    "ArchiveBusyError",
    "ArchiveError",
    "RecordDamagedError",
    "RecordError",
    "UnknownSessionError",
    "VerdictError",
]


class ArchiveError(FacesignError, OSError):
    """The archive cannot be opened or written; nothing of the operation was kept."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")


class ArchiveBusyError(ArchiveError):
    """Another process holds the archive for longer than was waited."""

    def __init__(self, where: str, waited_s: float) -> None:
        super().__init__(
            where, f"another process has it locked for more than {waited_s:.0f} s; try again"
        )


class UnknownSessionError(NotThereError):
    """There is no session of that id."""

    def __init__(self, session_id: str) -> None:
        super().__init__(f"no session {session_id!r} in the archive")


class VerdictError(FacesignError, ValueError):
    """A verdict on a prompt or a flag lacks what it needs, or may not be given by this person."""


class RecordError(FacesignError, OSError):
    """An evidence record is missing, in use, cannot be read or cannot be written."""

    def __init__(self, where: Path | str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")


class RecordDamagedError(RecordError):
    """An evidence record was changed or cut: the first place that does not hold is named."""
