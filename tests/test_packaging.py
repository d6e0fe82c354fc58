"""What pyproject.toml says is installed, against what is on disk and what the code reads."""

from __future__ import annotations

import tomllib
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = SETTINGS["tool"]["setuptools"]
FOLDERS = ("biometrics", "models", "interview", "ui", "samples")
NOT_INSTALLED = {"samples/README.md"}
"""Read by people in the repository, not by code."""
NOT_CODE = ("training",)


def folder_of(package: str) -> Path:
    """Return the folder that pyproject.toml maps a package to."""
    mapped: dict[str, str] = SETUPTOOLS["package-dir"]
    nearest = max((p for p in mapped if f"{package}.".startswith(f"{p}.")), key=len)
    return ROOT.joinpath(mapped[nearest], *package.removeprefix(nearest).strip(".").split("."))


def packages_on_disk() -> set[str]:
    found = {"facesign", "facesign.errors"}
    for name in FOLDERS:
        for file in (ROOT / name).rglob("__init__.py"):
            found.add(".".join(("facesign", *file.parent.relative_to(ROOT).parts)))
    return found


def data_files() -> list[Path]:
    return [
        path
        for name in (*FOLDERS, "src/facesign")
        for path in sorted((ROOT / name).rglob("*"))
        if path.is_file()
        and path.suffix not in (".py", ".pyc")
        and not set(path.relative_to(ROOT).parts) & {"__pycache__", *NOT_CODE}
        and not any(parent.is_symlink() for parent in path.parents)
    ]


def patterns() -> list[tuple[Path, str]]:
    return [
        (folder_of(package), pattern)
        for package, listed in SETUPTOOLS["package-data"].items()
        for pattern in listed
    ]


def test_the_packages_are_those_on_disk() -> None:
    assert sorted(SETUPTOOLS["packages"]) == sorted(packages_on_disk())


def test_no_module_lies_outside_a_package() -> None:
    folders = {folder_of(package).resolve() for package in SETUPTOOLS["packages"]}
    for name in FOLDERS:
        for file in (ROOT / name).rglob("*.py"):
            if not set(file.relative_to(ROOT).parts) & set(NOT_CODE):
                assert file.parent.resolve() in folders, file


@pytest.mark.parametrize("name", FOLDERS)
def test_the_front_door_links_to_each_folder(name: str) -> None:
    link = ROOT / "src" / "facesign" / name
    assert link.is_symlink()
    assert link.readlink() == Path("../..") / name


@pytest.mark.parametrize("path", data_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_is_not_code_is_installed(path: Path) -> None:
    if str(path.relative_to(ROOT)) in NOT_INSTALLED:
        return
    assert any(
        path.is_relative_to(folder)
        and len(path.relative_to(folder).parts) == len(PurePosixPath(pattern).parts)
        and path.relative_to(folder).match(pattern)
        for folder, pattern in patterns()
    )


@pytest.mark.parametrize("package", SETUPTOOLS["package-data"])
def test_data_belongs_to_a_package_that_is_installed(package: str) -> None:
    assert package in SETUPTOOLS["packages"]


def test_what_is_not_installed_is_there() -> None:
    for name in NOT_INSTALLED:
        assert (ROOT / name).is_file()


def test_the_command_is_the_one_that_is_tested() -> None:
    assert SETTINGS["project"]["scripts"] == {"facesign": "facesign.ui.cli:main"}


def test_licence_and_notice_are_in_the_distribution() -> None:
    for name in SETTINGS["project"]["license-files"]:
        assert (ROOT / name).is_file()


def test_the_version_is_told_once() -> None:
    import facesign

    assert SETTINGS["project"]["version"] == facesign.__version__


def test_the_voice_encoder_that_ships_is_no_larger_than_12_mb() -> None:
    weights = ROOT / "models" / "weights"
    shipped = sum(path.stat().st_size for path in weights.glob("ecapa-embedded*"))
    assert 0 < shipped <= 12_000_000
