"""The master key of a home folder, as a gallery of voiceprints sees it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from facesign.errors import KeyFileError
from facesign.interview.home import Home
from facesign.interview.keyfiles import (
    KeyNotice,
    ensure_keys,
    is_key_from_env,
    load_keys,
    read_ring,
    store_key,
)
from facesign.interview.keys import KeyChain, KeyClass, WrappedKey

__all__ = ["TemplateKeys"]

_CLASS: KeyClass = "templates"


class TemplateKeys:
    """Wrap and unwrap a gallery's key in class `templates`.

    A gallery keeps its wrapped key with it, wherever it lies. A second copy lies in the
    home's ring, so that `facesign keys rotate` needs to know of no gallery: one that was
    left behind is opened by the copy and wrapped again.

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
        self._ring = home.keys / "ring.json"
        self._announce = announce
        self._env = env

    def wrap(self, data_key: bytes) -> str:
        """Encrypt a gallery's key, making a master key where there is none.

        Raises:
            KeyFileError: the master key cannot be read.
            OutputError: the home folder cannot be written.
        """
        chain = ensure_keys(self._home, self._announce, env=self._env)
        wrapped = chain.wrap(_CLASS, data_key)
        if not is_key_from_env(self._env) and self._copy_of(chain, _id_of(data_key)) is None:
            store_key(self._home, self._ring, wrapped, env=self._env)
        return json.dumps({**wrapped.to_dict(), "data_key_id": _id_of(data_key)})

    def unwrap(self, wrapped: str) -> bytes:
        """Decrypt a gallery's key.

        Raises:
            KeyFileError: there is no master key, it is another, or the wrapped key was
                changed or is of another class.
        """
        fields, held = _read(wrapped)
        chain = load_keys(self._home, env=self._env)
        if held.key_id not in chain.key_ids:
            copy = self._copy_of(chain, str(fields.get("data_key_id")))
            if copy is not None:
                return copy
        return chain.unwrap(held)

    def is_current(self, wrapped: str) -> bool:
        """Tell whether the master key in force wraps it."""
        _, held = _read(wrapped)
        return held.key_id == load_keys(self._home, env=self._env).current.key_id

    def _copy_of(self, chain: KeyChain, data_key_id: str) -> bytes | None:
        """Return the gallery's key from the home's ring, None if it is not there."""
        for held in read_ring(self._ring):
            if held.key_class == _CLASS and held.key_id in chain.key_ids:
                data_key = chain.unwrap(held)
                if _id_of(data_key) == data_key_id:
                    return data_key
        return None


def _read(wrapped: str) -> tuple[dict[str, Any], WrappedKey]:
    try:
        fields = json.loads(wrapped)
        held = WrappedKey.from_dict(fields)
    except ValueError as error:
        raise KeyFileError("gallery", "its wrapped key is damaged") from error
    if held.key_class != _CLASS:
        raise KeyFileError("gallery", f"its key is of class {held.key_class}, expected {_CLASS}")
    return fields, held


def _id_of(data_key: bytes) -> str:
    return hashlib.sha256(b"facesign gallery key id\0" + data_key).hexdigest()[:16]
