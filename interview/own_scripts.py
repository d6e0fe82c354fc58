"""The bank's own question scripts: YAML files in `scripts/` of the home folder."""

from __future__ import annotations

import re
from pathlib import Path

from facesign.errors import ScriptError
from facesign.interview.home import Home
from facesign.interview.script import Script, bundled_scripts, load_script, parse_script
from facesign.models.atomic import locked, replace_file

__all__ = ["OwnScripts"]

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_MOST_BYTES = 1_000_000


class OwnScripts:
    """Scripts of one home folder beside those that ship."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._folder = home.root / "scripts"

    def ids(self) -> tuple[str, ...]:
        """List all ids, the bank's own first."""
        own = sorted(path.stem for path in self._folder.glob("*.yaml"))
        return (*own, *(one for one in bundled_scripts() if one not in own))

    def is_own(self, script_id: str) -> bool:
        """Tell whether a script lies in the home folder."""
        return _ID.fullmatch(script_id) is not None and self._path(script_id).is_file()

    def load(self, script_id: str) -> Script:
        """Return a script, the bank's own before one that ships under the same id.

        Raises:
            ScriptError: there is none, or it is malformed. A path is no id: whoever uses the
                console reads no other files of its computer.
        """
        if script_id not in self.ids():
            raise ScriptError(f"no script {script_id!r}; there are {', '.join(self.ids())}")
        return load_script(self._path(script_id) if self.is_own(script_id) else script_id)

    def text(self, script_id: str) -> str:
        """Return the YAML of a script.

        Raises:
            ScriptError: there is none.
        """
        if self.is_own(script_id):
            return self._path(script_id).read_text("utf-8")
        if script_id not in bundled_scripts():
            raise ScriptError(f"no script {script_id!r}; there are {', '.join(self.ids())}")
        from importlib.resources import files

        source = files("facesign.interview").joinpath("scripts", f"{script_id}.yaml")
        return source.read_text("utf-8")

    def save(self, text: str) -> Script:
        """Check a script and keep it under its id; a file is replaced as a whole.

        Raises:
            ScriptError: it is malformed, or its id is no name for a file.
            OutputError: it cannot be written.
        """
        if len(text.encode()) > _MOST_BYTES:
            raise ScriptError(f"larger than {_MOST_BYTES} bytes, not a question script")
        script = parse_script("script", text)
        if not _ID.fullmatch(script.script_id):
            raise ScriptError(
                "script: `id` must be lower-case letters, digits, - and _, at most 64, "
                f"got {script.script_id!r}"
            )
        folder = self._home.make(self._folder)
        with locked(folder):
            replace_file(self._path(script.script_id), text.encode())
        return script

    def _path(self, script_id: str) -> Path:
        return self._folder / f"{script_id}.yaml"
