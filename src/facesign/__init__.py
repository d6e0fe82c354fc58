"""facesign (面签): face-to-face KYC for loan signing, explained.

Names are resolved on first use, so `import facesign` stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["__version__"]

if TYPE_CHECKING:
    pass

_HOME_OF: dict[str, str] = {}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import the module that holds a public name when the name is first used."""
        if name not in _HOME_OF:
            raise AttributeError(f"module 'facesign' has no attribute {name!r}")
        value = getattr(import_module(_HOME_OF[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
