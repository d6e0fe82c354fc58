"""Pictures, sound and recordings that cannot be measured."""

from __future__ import annotations

from pathlib import Path

from facesign.errors.root import FacesignError

__all__ = [
    "ItemError",
    "MediaError",
    "ShapeError",
    "ShortSpeechError",
    "TrackError",
]


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
