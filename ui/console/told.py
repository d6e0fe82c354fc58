"""facesign's errors as lines for people in front of a browser."""

from __future__ import annotations

from facesign.errors import FacesignError
from facesign.ui.console.texts import Texts

__all__ = ["told"]


def told(error: FacesignError, t: Texts) -> str:
    """Return an error's line, with a lead in the page's language, without commands to type."""
    line = str(error).partition("; facesign ")[0]
    name = f"errors.{type(error).__name__}"
    return t(name, line=line) if name in t.flat else line
