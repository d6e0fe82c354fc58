"""Voiceprints, their gallery, and what comparing them rests on."""

from __future__ import annotations

from pathlib import Path

from facesign.errors.root import FacesignError, NotThereError

__all__ = [
    "AlreadyEnrolledError",
    "CalibrationError",
    "ConfirmationError",
    "EnrollmentError",
    "GalleryBusyError",
    "GalleryError",
    "TemplateDamagedError",
    "TemplateMismatchError",
    "TrialsError",
    "UnknownCustomerError",
    "WatchListError",
]


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


class UnknownCustomerError(NotThereError):
    """A customer has no voiceprint in this gallery."""

    def __init__(
        self,
        customer: str,
        reason: str = "has no voiceprint in this gallery",
        *,
        remedy: str | None = None,
    ) -> None:
        remedy = remedy or f"facesign voice enroll {customer} AUDIO"
        super().__init__(f"customer {customer} {reason}; {remedy}")


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
