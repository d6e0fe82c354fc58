"""Sessions: what they are led by, and what they may not do."""

from __future__ import annotations

from facesign.errors.root import FacesignError, NotThereError

__all__ = [
    "ConsentError",
    "ContoursBusyError",
    "LiveSessionsFullError",
    "MarksError",
    "MonitorError",
    "NotLiveError",
    "ScriptError",
    "SessionStateError",
    "TokenError",
    "WorkerError",
]


class ConsentError(FacesignError, PermissionError):
    """Something was captured or asked for before consent to it was given."""


class ScriptError(FacesignError, ValueError):
    """A question script is unknown or malformed."""


class MonitorError(FacesignError, ValueError):
    """A monitoring point is unknown or malformed."""


class MarksError(FacesignError, ValueError):
    """A table of question times is malformed."""


class SessionStateError(FacesignError, RuntimeError):
    """A session was used after it was closed, or out of order."""


class NotLiveError(NotThereError):
    """No live session has that id."""

    def __init__(self, session_id: str) -> None:
        super().__init__(
            f"no live session {session_id}: it has ended, or never was; open its replay"
        )


class LiveSessionsFullError(FacesignError, RuntimeError):
    """There is no room for one more live session."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} sessions are live, as many as allowed; end one first")


class ContoursBusyError(FacesignError, RuntimeError):
    """So many wait for contours of a recording that another one is turned away."""

    def __init__(self) -> None:
        super().__init__("others are looking at recordings; try again in a moment")


_TOKEN_REFUSED = {
    "unknown": "this link is not valid",
    "too_old": "this link was not opened within 15 minutes",
    "away_too_long": "this device was away for more than 10 minutes",
    "device": "this link was opened on another device",
}


class TokenError(FacesignError, PermissionError):
    """An applicant's token cannot be used: unknown, too old, or another device's."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{_TOKEN_REFUSED[code]}; ask the officer for a new one")
        self.code = code


class WorkerError(FacesignError, RuntimeError):
    """A process that works for a session ended before its time."""

    def __init__(self, worker: str, how: int | str | None) -> None:
        ended = f"ended with status {how}" if isinstance(how, int) else f"failed: {how}"
        super().__init__(f"{worker} {ended}; analyze again, FACESIGN_DEBUG=1 shows more")
        self._parts = (worker, how)

    def __reduce__(self) -> tuple[type[WorkerError], tuple[str, int | str | None]]:
        """Keep the parts, so that it can be raised in another process."""
        return type(self), self._parts
