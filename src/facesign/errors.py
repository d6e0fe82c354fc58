"""Every error that facesign raises on purpose. This module imports nothing of facesign."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = [
    "AlreadyEnrolledError",
    "ArchiveBusyError",
    "ArchiveError",
    "CalibrationError",
    "ChecksumError",
    "ConfirmationError",
    "ConsentError",
    "ConsoleError",
    "ContoursBusyError",
    "EnrollmentError",
    "FacesignError",
    "GalleryBusyError",
    "GalleryError",
    "ItemError",
    "KeyFileError",
    "LiveSessionsFullError",
    "MarksError",
    "MediaError",
    "MissingExtraError",
    "MissingLibraryError",
    "ModelFileError",
    "ModelInputError",
    "MonitorError",
    "NotLiveError",
    "OutputError",
    "ProviderError",
    "RecordDamagedError",
    "RecordError",
    "SampleError",
    "ScenarioError",
    "ScriptError",
    "SessionStateError",
    "SettingsError",
    "ShapeError",
    "ShortSpeechError",
    "TemplateDamagedError",
    "TemplateMismatchError",
    "TensorNamesError",
    "TokenError",
    "TrackError",
    "TrialsError",
    "UnknownCustomerError",
    "UnknownModelError",
    "UnknownSessionError",
    "UserError",
    "VerdictError",
    "WatchListError",
    "WorkerError",
]


class FacesignError(Exception):
    """Root of every error the toolkit raises on purpose: one line, ready to be shown."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep the line in another process: built anew, it would be told twice over."""
        return _told_again, (type(self), self.args, dict(self.__dict__))


def _told_again(
    kind: type[FacesignError], told: tuple[Any, ...], held: dict[str, Any]
) -> FacesignError:
    error = kind.__new__(kind)
    error.args = told
    error.__dict__.update(held)
    return error


class ShapeError(FacesignError, ValueError):
    """An array does not have the documented shape."""

    def __init__(self, name: str, expected: str, got: tuple[int, ...]) -> None:
        super().__init__(f"{name} must have shape {expected}, got {got}")


class ItemError(FacesignError, ValueError):
    """A frame or a run of sound does not hold what it must."""

    def __init__(self, name: str, expected: str, got: str) -> None:
        super().__init__(f"{name} must be {expected}, got {got}")


class ShortSpeechError(FacesignError, ValueError):
    """There is too little speech to tell a voice by."""

    def __init__(self, got_s: float, least_s: float) -> None:
        super().__init__(f"{got_s:.1f} s of speech without pauses, at least {least_s:g} s needed")


class TrackError(FacesignError, ValueError):
    """Sound of one track was given to what measures another."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(f"this measures the {expected} track, got sound of the {got} track")


class MediaError(FacesignError, OSError):
    """A recording cannot be opened or holds nothing that can be read."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


class ModelFileError(FacesignError, OSError):
    """A registered weights file is missing or cannot be used."""


class ChecksumError(ModelFileError):
    """The file on disk is not the file that was registered."""

    def __init__(self, path: Path, expected: str, got: str, *, remedy: str) -> None:
        super().__init__(
            f"{path}: sha256 is {got[:12]}..., registry says {expected[:12]}...; {remedy}"
        )


class TensorNamesError(ModelFileError):
    """The inputs or outputs of a weights file are not the registered ones."""

    def __init__(self, model: str, side: str, expected: list[str], got: list[str]) -> None:
        super().__init__(
            f"{model}: {side} tensors are {', '.join(got)}; registry says {', '.join(expected)}"
        )


class ModelInputError(FacesignError, ValueError):
    """A model was given something that it cannot run on."""

    def __init__(self, model: str, reason: str, takes: tuple[str, ...]) -> None:
        super().__init__(f"{model}: {reason}; it takes {'; '.join(takes)}")


class UnknownModelError(FacesignError, KeyError):
    """A model name is not in the registry."""

    def __init__(self, name: str, known: list[str]) -> None:
        self._line = f"no model named {name!r}; the registry has {', '.join(known)}"
        super().__init__(self._line)

    def __str__(self) -> str:
        """Return the line without the quotes that KeyError adds."""
        return self._line


class ProviderError(FacesignError, RuntimeError):
    """CUDA was asked for and cannot start."""

    def __init__(self, offered: list[str]) -> None:
        super().__init__(
            f"provider cuda cannot start here; onnxruntime offers {', '.join(offered)}; run: "
            'pip uninstall -y onnxruntime && pip install "onnxruntime-gpu[cuda,cudnn]"'
        )


class MissingLibraryError(FacesignError, ImportError):
    """A system library is not installed."""

    def __init__(self, libraries: list[str], install: str) -> None:
        super().__init__(f"missing system libraries {', '.join(libraries)}; run: {install}")


class MissingExtraError(FacesignError, ImportError):
    """Python packages of an extra are not installed."""

    def __init__(self, extra: str, packages: list[str]) -> None:
        super().__init__(
            f"missing Python packages {', '.join(packages)}; run: pip install 'facesign[{extra}]'"
        )


class ConsentError(FacesignError, PermissionError):
    """Something was captured or asked for before consent to it was given."""


class UserError(FacesignError, ValueError):
    """A user of the console cannot be made or changed as asked."""


class ConsoleError(FacesignError, OSError):
    """The console cannot start as asked."""


class ScenarioError(FacesignError, ValueError):
    """A scenario of the studio is unknown or malformed."""


class ScriptError(FacesignError, ValueError):
    """A question script is unknown or malformed."""


class MonitorError(FacesignError, ValueError):
    """A monitoring point is unknown or malformed."""


class MarksError(FacesignError, ValueError):
    """A table of question times is malformed."""


class SessionStateError(FacesignError, RuntimeError):
    """A session was used after it was closed, or out of order."""


class NotLiveError(FacesignError, KeyError):
    """No live session has that id."""

    def __init__(self, session_id: str) -> None:
        self._line = f"no live session {session_id}: it has ended, or never was; open its replay"
        super().__init__(self._line)

    def __str__(self) -> str:
        """Return the line without the quotes that KeyError adds."""
        return self._line


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


class SampleError(FacesignError, KeyError):
    """A bundled sample is unknown."""

    def __init__(self, name: str, known: list[str]) -> None:
        self._line = f"no sample named {name!r}; there are {', '.join(known)}"
        super().__init__(self._line)

    def __str__(self) -> str:
        """Return the line without the quotes that KeyError adds."""
        return self._line


class WorkerError(FacesignError, RuntimeError):
    """A process that works for a session ended before its time."""

    def __init__(self, worker: str, how: int | str | None) -> None:
        ended = f"ended with status {how}" if isinstance(how, int) else f"failed: {how}"
        super().__init__(f"{worker} {ended}; analyze again, FACESIGN_DEBUG=1 shows more")
        self._parts = (worker, how)

    def __reduce__(self) -> tuple[type[WorkerError], tuple[str, int | str | None]]:
        """Keep the parts, so that it can be raised in another process."""
        return type(self), self._parts


class EnrollmentError(FacesignError, ValueError):
    """Failure to enroll: the recordings cannot make a template."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(f"not enrolled: {'; '.join(reasons)}; record again and enroll once more")


class AlreadyEnrolledError(FacesignError, ValueError):
    """A customer who has a voiceprint was to be enrolled as if there were none."""

    def __init__(self, customer: str) -> None:
        super().__init__(
            f"customer {customer} is enrolled already; facesign voice re-enroll {customer} AUDIO "
            "replaces the voiceprint, enroll --add adds to it"
        )


class ConfirmationError(FacesignError, ValueError):
    """An enrollment cannot be confirmed: something that it rests on is not named."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"not confirmed: {', '.join(missing)} not given; facesign voice confirm ID "
            "--identity-proof REFERENCE --record RECORD --by NAME"
        )


class UnknownCustomerError(FacesignError, KeyError):
    """A customer has no voiceprint in this gallery."""

    def __init__(self, customer: str, reason: str = "has no voiceprint in this gallery") -> None:
        self._line = f"customer {customer} {reason}; facesign voice enroll {customer} AUDIO"
        super().__init__(self._line)

    def __str__(self) -> str:
        """Return the line without the quotes that KeyError adds."""
        return self._line


class TemplateMismatchError(FacesignError, ValueError):
    """Voiceprints of two models were to be compared."""

    def __init__(self, template: str, probe: str) -> None:
        super().__init__(
            f"template is of {template}, probe of {probe}: they cannot be compared; "
            "facesign voice re-enroll lists who is due"
        )


class TemplateDamagedError(FacesignError, ValueError):
    """A stored template does not authenticate under its subject's key."""

    def __init__(self, template_id: str) -> None:
        super().__init__(
            f"template {template_id} was changed or its key was: it does not authenticate; "
            "restore the gallery from a backup or enroll again"
        )


class GalleryError(FacesignError, OSError):
    """The gallery cannot be opened, reached or written; nothing of the operation was kept."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")


class GalleryBusyError(GalleryError):
    """Another process holds the gallery for longer than was waited."""

    def __init__(self, where: str, waited_s: float) -> None:
        super().__init__(
            where, f"another process has it locked for more than {waited_s:.0f} s; try again"
        )


class WatchListError(FacesignError, ValueError):
    """An entry of the watch list lacks what it needs, or is not there."""


class CalibrationError(FacesignError, ValueError):
    """Scores cannot be calibrated, or a calibration cannot be used."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"calibration: {reason}")


class TrialsError(FacesignError, ValueError):
    """A list of trials cannot be read or used."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


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


class UnknownSessionError(FacesignError, KeyError):
    """There is no session of that id."""

    def __init__(self, session_id: str) -> None:
        self._line = f"no session {session_id!r} in the archive"
        super().__init__(self._line)

    def __str__(self) -> str:
        """Return the line without the quotes that KeyError adds."""
        return self._line


class VerdictError(FacesignError, ValueError):
    """A verdict on a prompt or a flag lacks what it needs, or may not be given by this person."""


class RecordError(FacesignError, OSError):
    """An evidence record is missing, in use, cannot be read or cannot be written."""

    def __init__(self, where: Path | str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")


class RecordDamagedError(RecordError):
    """An evidence record was changed or cut: the first place that does not hold is named."""
