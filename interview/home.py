"""The home folder: where facesign keeps its state, and the settings in it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypeAlias

import platformdirs

from facesign.errors import OutputError, SettingsError
from facesign.interview.ice import read_ice_servers
from facesign.models.registry import PROVIDERS, Provider

__all__ = [
    "CHECKS",
    "ENCODERS",
    "LANGUAGES",
    "PROFILES",
    "EncoderName",
    "Home",
    "Language",
    "Profile",
    "Settings",
    "require_one_of",
]

Language: TypeAlias = Literal["zh", "en"]
Profile: TypeAlias = Literal["default", "eu"]
EncoderName: TypeAlias = Literal["ecapa-embedded", "ecapa-voxceleb"]

LANGUAGES: tuple[Language, ...] = ("zh", "en")
PROFILES: tuple[Profile, ...] = ("default", "eu")
ENCODERS: tuple[EncoderName, ...] = ("ecapa-embedded", "ecapa-voxceleb")
"""Models that make voiceprints."""
CHECKS = ("consent", "quality", "identity", "genuineness")
"""The checks that an outcome may require."""
_ALLOWED: dict[str, tuple[str, ...]] = {
    "profile": PROFILES,
    "lang": LANGUAGES,
    "provider": PROVIDERS,
    "encoder": ENCODERS,
}
_OWNER_ONLY = 0o700
_MOST_DAYS = 36_500


def require_one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    """Check that a value is one of those allowed.

    Raises:
        SettingsError: it is not; the message names the setting and lists what is allowed.
    """
    if value not in allowed:
        raise SettingsError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")


def require_customer(customer: str) -> None:
    """Check that a customer number can be one.

    Raises:
        SettingsError: it is empty, too long or cannot be shown.
    """
    if not customer.strip() or not customer.isprintable() or len(customer) > 128:
        raise SettingsError(
            f"a customer number has 1 to 128 printable characters, got {customer!r}"
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """What `config.toml` may set; every field has a default."""

    profile: Profile = "default"
    """`eu` switches the measurement of behaviour off."""
    lang: Language = "en"
    """Language of reports."""
    required_checks: tuple[str, ...] = CHECKS
    """Checks that must be assessed and without finding before an outcome is clear."""
    provider: Provider = "auto"
    """Execution provider of ONNX models."""
    encoder: EncoderName = "ecapa-embedded"
    """The model that makes voiceprints, and that voices are told apart and compared with."""
    gallery: str | None = field(default=None, repr=False)
    """Address of the database of voiceprints, which may hold a password; by default it is
    `gallery.db` in the home."""
    behaviour_days: int = 90
    """How long a record's behaviour can be read, in days."""
    ice_servers: tuple[Mapping[str, str], ...] = field(default=(), repr=False)
    """STUN and TURN servers of the talk in a live interview, which may hold a password."""

    def __post_init__(self) -> None:
        for name, allowed in _ALLOWED.items():
            require_one_of(name, getattr(self, name), allowed)
        if not isinstance(self.gallery, str | None) or self.gallery == "":
            raise SettingsError("gallery must be sqlite:///FILE or postgresql+psycopg://...")
        checks: object = self.required_checks
        if not (isinstance(checks, tuple) and checks and all(it in CHECKS for it in checks)):
            raise SettingsError(
                f"required_checks must be a list from {', '.join(CHECKS)}, got {checks!r}"
            )
        read_ice_servers(self.ice_servers)
        days: object = self.behaviour_days
        if not (type(days) is int and 0 <= days <= _MOST_DAYS):
            raise SettingsError(
                f"behaviour_days must be a whole number from 0 to {_MOST_DAYS}, got {days!r}"
            )


@dataclass(frozen=True, slots=True)
class Home:
    """One folder that holds all state; nothing is made before it is needed."""

    root: Path

    @classmethod
    def resolve(cls, path: Path | None = None, *, env: Mapping[str, str] = os.environ) -> Home:
        """Choose the home folder: the argument, then FACESIGN_HOME, then the user's data folder."""
        if path is None and env.get("FACESIGN_HOME"):
            path = Path(env["FACESIGN_HOME"])
        return cls((path or platformdirs.user_data_path("facesign")).expanduser().absolute())

    @property
    def config(self) -> Path:
        """The settings file."""
        return self.root / "config.toml"

    @property
    def gallery(self) -> Path:
        """The database of voiceprints."""
        return self.root / "gallery.db"

    @property
    def calibrations(self) -> Path:
        """The folder of calibrations made from the bank's own trials."""
        return self.root / "calibrations"

    @property
    def archive(self) -> Path:
        """The database of sessions."""
        return self.root / "archive.db"

    @property
    def records(self) -> Path:
        """The folder that holds one folder a session."""
        return self.root / "records"

    @property
    def models(self) -> Path:
        """The folder of the user's own weights files."""
        return self.root / "models"

    @property
    def keys(self) -> Path:
        """The folder of the master key and the wrapped keys."""
        return self.root / "keys"

    def make(self, folder: Path) -> Path:
        """Make the home and one folder inside it, readable by the owner only.

        Args:
            folder: One of this home's folders, or a folder below one.

        Returns:
            The folder.

        Raises:
            OutputError: it cannot be made, or a file has its name.
        """
        try:
            self.root.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
            steps = folder.relative_to(self.root).parts
            for depth in range(1, len(steps) + 1):
                self.root.joinpath(*steps[:depth]).mkdir(mode=_OWNER_ONLY, exist_ok=True)
        except OSError as error:
            reason = (
                "a file has that name" if isinstance(error, FileExistsError) else error.strerror
            )
            raise OutputError(error.filename or folder, str(reason)) from error
        except ValueError:
            raise OutputError(folder, f"it is outside the home folder {self.root}") from None
        return folder

    def settings(self) -> Settings:
        """Read `config.toml`; without one, every setting has its default.

        Raises:
            SettingsError: the file cannot be read, names an unknown setting, or gives one
                a value that is not allowed.
        """
        try:
            table = tomllib.loads(self.config.read_text("utf-8"))
        except FileNotFoundError:
            return Settings()
        except OSError as error:
            raise SettingsError(f"{self.config}: {error.strerror}") from error
        except ValueError as error:
            raise SettingsError(f"{self.config}: not TOML: {error}") from error
        return self._read(table)

    def _read(self, table: dict[str, Any]) -> Settings:
        known = [field.name for field in fields(Settings)]
        for name in table:
            if name not in known:
                raise SettingsError(
                    f"{self.config}: no setting is named {name}; there are {', '.join(known)}"
                )
        checks = table.get("required_checks")
        if isinstance(checks, list):
            table["required_checks"] = tuple(checks)
        if isinstance(table.get("ice_servers"), list):
            table["ice_servers"] = tuple(table["ice_servers"])
        try:
            return Settings(**table)
        except SettingsError as error:
            raise SettingsError(f"{self.config}: {error}") from None
