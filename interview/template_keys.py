"""The master key of a home folder, as a gallery of voiceprints sees it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping

from facesign.errors import KeyFileError
from facesign.interview.home import Home
from facesign.interview.keyfiles import KeyNotice, ensure_keys, load_keys
from facesign.interview.keys import KeyClass, WrappedKey

__all__ = ["TemplateKeys"]

_CLASS: KeyClass = "templates"


class TemplateKeys:
    """Wrap and unwrap a gallery's key in class `templates`.

    Args:
        home: Where the master key lies.
        announce: Told of a master key that had to be made.
        env: Environment variables.
    """

    def __init__(
        self,
        home: Home,
        announce: Callable[[KeyNotice], None],
        *,
        env: Mapping[str, str] = os.environ,
    ) -> None:
        self._home = home
        self._announce = announce
        self._env = env

    def wrap(self, data_key: bytes) -> str:
        """Encrypt a gallery's key, making a master key where there is none.

        Raises:
            KeyFileError: the master key cannot be read.
            OutputError: the home folder cannot be written.
        """
        chain = ensure_keys(self._home, self._announce, env=self._env)
        return json.dumps(chain.wrap(_CLASS, data_key).to_dict())

    def unwrap(self, wrapped: str) -> bytes:
        """Decrypt a gallery's key.

        Raises:
            KeyFileError: there is no master key, it is another, or the wrapped key was
                changed or is of another class.
        """
        held = _read(wrapped)
        return load_keys(self._home, env=self._env).unwrap(held)

    def is_current(self, wrapped: str) -> bool:
        """Tell whether the master key in force wraps it."""
        chain = load_keys(self._home, env=self._env)
        return _read(wrapped).key_id == chain.current.key_id


def _read(wrapped: str) -> WrappedKey:
    try:
        held = WrappedKey.from_dict(json.loads(wrapped))
    except ValueError as error:
        raise KeyFileError("gallery", "its wrapped key is damaged") from error
    if held.key_class != _CLASS:
        raise KeyFileError("gallery", f"its key is of class {held.key_class}, expected {_CLASS}")
    return held
