"""Where keys lie in the home folder: making, loading and rotating them."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from facesign.errors import KeyFileError, OutputError
from facesign.interview.home import Home
from facesign.interview.keys import KeyChain, KeyClass, MasterKey, WrappedKey
from facesign.models.atomic import locked, replace_file

__all__ = [
    "KeyNotice",
    "Rotation",
    "ensure_keys",
    "init_master_key",
    "is_key_from_env",
    "load_keys",
    "read_ring",
    "remove_keys",
    "rotate",
    "store_key",
]

_KEY = "FACESIGN_MASTER_KEY"
_KEY_FILE = "FACESIGN_MASTER_KEY_FILE"
_MASTER = "master.key"
_OLD = "master.key.old-"
_RING = "ring.json"
_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class KeyNotice:
    """A master key was made; whoever asked for it should be told."""

    path: Path
    key_id: str

    @property
    def message(self) -> str:
        """One line for the user."""
        return (
            f"made master key {self.key_id} in {self.path}: back it up, "
            "without it nothing that facesign encrypts can be read"
        )


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did."""

    notice: KeyNotice
    replaced: str
    """Id of the master key before."""
    n_rewrapped: int
    """Wrapped keys that moved to the new master key."""


def load_keys(home: Home, *, env: Mapping[str, str] = os.environ) -> KeyChain:
    """Load the master key: FACESIGN_MASTER_KEY, FACESIGN_MASTER_KEY_FILE, `keys/master.key`.

    Raises:
        KeyFileError: there is none, it is not a key, or others may read `keys/master.key`.
    """
    older = tuple(_read_own(path) for path in sorted(home.keys.glob(f"{_OLD}*")))
    if env.get(_KEY):
        return KeyChain(MasterKey.from_text(env[_KEY].encode(), _KEY), older)
    if env.get(_KEY_FILE):
        path, where = Path(env[_KEY_FILE]), f"{_KEY_FILE}={env[_KEY_FILE]}"
        return KeyChain(MasterKey.from_text(_read(path, where), where), older)
    if not os.path.lexists(_master(home)):
        raise KeyFileError(_master(home), "there is no master key; run: facesign keys init")
    return KeyChain(_read_own(_master(home)), older)


def is_key_from_env(env: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the environment brings the master key, which facesign then cannot rotate."""
    return bool(env.get(_KEY) or env.get(_KEY_FILE))


def init_master_key(home: Home, *, env: Mapping[str, str] = os.environ) -> KeyNotice:
    """Make `keys/master.key`, readable by the owner only.

    Raises:
        KeyFileError: there is a master key already.
        OutputError: the home folder or the file cannot be written.
    """
    _require_file_key(env)
    notice = _make_missing(home)
    if notice is None:
        raise KeyFileError(_master(home), "is there already; facesign keys rotate replaces it")
    return notice


def ensure_keys(
    home: Home, announce: Callable[[KeyNotice], None], *, env: Mapping[str, str] = os.environ
) -> KeyChain:
    """Load the master key, making one at the first write that needs it.

    Args:
        home: The home folder.
        announce: Told of a key that was made.
        env: Environment variables.

    Raises:
        KeyFileError: as `load_keys`.
        OutputError: the home folder or the file cannot be written.
    """
    notice = None if is_key_from_env(env) else _make_missing(home)
    if notice is not None:
        announce(notice)
    return load_keys(home, env=env)


def rotate(home: Home, *, env: Mapping[str, str] = os.environ) -> Rotation:
    """Make a new master key and rewrap every wrapped key of the home with it.

    Whatever stops it, every wrapped key still opens: the replaced master key stays as
    `master.key.old-<id>` until all rings are rewritten, and running it again finishes.

    Raises:
        KeyFileError: the key comes from the environment, or a ring is damaged.
        OutputError: a file cannot be written.
    """
    _require_file_key(env)
    with locked(home.make(home.keys)):
        chain, new = load_keys(home, env=env), MasterKey.generate()
        rings = {
            ring: [new.wrap(key.key_class, chain.unwrap(key)) for key in read_ring(ring)]
            for ring in _rings(home)
        }
        replace_file(home.keys / f"{_OLD}{chain.current.key_id}", chain.current.to_text())
        replace_file(_master(home), new.to_text())
        for ring, keys in rings.items():
            _write_ring(ring, keys)
        for path in home.keys.glob(f"{_OLD}*"):
            _remove(path)
    n_rewrapped = sum(len(keys) for keys in rings.values())
    return Rotation(KeyNotice(_master(home), new.key_id), chain.current.key_id, n_rewrapped)


def read_ring(path: Path) -> list[WrappedKey]:
    """Read the wrapped keys of one ring file; none if there is no file.

    Raises:
        KeyFileError: the file cannot be read or is not a ring.
    """
    if not os.path.lexists(path):
        return []
    try:
        ring = json.loads(_read(path))
        if ring["schema"] != _SCHEMA:
            raise KeyFileError(path, f"schema is {ring['schema']}, this version reads {_SCHEMA}")
        return [WrappedKey.from_dict(entry) for entry in ring["keys"]]
    except (ValueError, KeyError, TypeError) as error:
        raise KeyFileError(path, "is not a ring of wrapped keys") from error


def store_key(
    home: Home, ring: Path, wrapped: WrappedKey, *, env: Mapping[str, str] = os.environ
) -> None:
    """Append a wrapped key to a ring that `rotate` knows.

    Args:
        home: The home folder.
        ring: `keys/ring.json`, or `ring.json` in the folder of one record.
        wrapped: A key wrapped under a master key of this home.
        env: Environment variables.

    Raises:
        KeyFileError: `rotate` would not find the ring, or the master key was replaced since.
        OutputError: the ring cannot be written.
    """
    if ring.name != _RING or (ring.parent != home.keys and ring.parent.parent != home.records):
        raise KeyFileError(ring, f"is not keys/{_RING} or records/<session>/{_RING} of {home.root}")
    with locked(home.make(home.keys)):
        if wrapped.key_id not in load_keys(home, env=env).key_ids:
            raise KeyFileError(ring, f"master key {wrapped.key_id} was replaced; wrap again")
        home.make(ring.parent)
        _write_ring(ring, [*read_ring(ring), wrapped])


def remove_keys(home: Home, ring: Path, key_class: KeyClass) -> int:
    """Take the keys of a class out of a ring, after which nothing opens what they encrypted.

    Returns:
        How many there were.

    Raises:
        KeyFileError: the ring is damaged.
        OutputError: the ring cannot be written.
    """
    with locked(home.make(home.keys)):
        held = read_ring(ring)
        kept = [key for key in held if key.key_class != key_class]
        if len(kept) < len(held):
            _write_ring(ring, kept)
    return len(held) - len(kept)


def _master(home: Home) -> Path:
    return home.keys / _MASTER


def _make_missing(home: Home) -> KeyNotice | None:
    with locked(home.make(home.keys)):
        if os.path.lexists(_master(home)):
            return None
        key = MasterKey.generate()
        replace_file(_master(home), key.to_text())
    return KeyNotice(_master(home), key.key_id)


def _rings(home: Home) -> list[Path]:
    rings = [home.keys / _RING, *sorted(home.records.glob(f"*/{_RING}"))]
    return [ring for ring in rings if os.path.lexists(ring)]


def _require_file_key(env: Mapping[str, str]) -> None:
    for name in (_KEY, _KEY_FILE):
        if env.get(name):
            raise KeyFileError(
                name, "is set and is the master key; unset it to use keys/master.key"
            )


def _read(path: Path, where: str | None = None) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFileError(where or path, str(error.strerror)) from error


def _read_own(path: Path) -> MasterKey:
    """Read a key file of the home, which nobody but its owner may be able to read."""
    text = _read(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError(
            path, f"others have rights to it (mode {mode:04o}); run: chmod 600 {path}"
        )
    return MasterKey.from_text(text, str(path))


def _write_ring(path: Path, keys: Sequence[WrappedKey]) -> None:
    ring = {"schema": _SCHEMA, "keys": [key.to_dict() for key in keys]}
    replace_file(path, json.dumps(ring, indent=1).encode())


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise OutputError(path, f"it cannot be removed: {error.strerror}") from error
