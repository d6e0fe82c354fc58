"""Root of every error that facesign raises on purpose."""

from __future__ import annotations

from typing import Any

__all__ = [
    "FacesignError",
    "NotThereError",
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


class NotThereError(FacesignError, KeyError):
    """Something was asked for by a name or number that nothing has."""

    def __str__(self) -> str:
        """Return the line without the quotes that KeyError adds."""
        return str(self.args[0])
