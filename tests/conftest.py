from __future__ import annotations

import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name what must run on one worker: what shares a fixture."""
    for item in items:
        if item.get_closest_marker("xdist_group") is not None:
            continue
        if _shares_a_fixture(item):
            item.add_marker(pytest.mark.xdist_group(item.path.name))


def _shares_a_fixture(item: pytest.Item) -> bool:
    """Tell whether a test has a fixture that is made once for its file; those are costly."""
    found = getattr(item, "_fixtureinfo", None)
    if found is None:
        return False
    used = (definition for each in found.name2fixturedefs.values() for definition in each)
    return any(one.scope == "module" for one in used)


@pytest.fixture
def data_dir() -> Path:
    """The folder of recordings that FACESIGN_DATA points at."""
    if "FACESIGN_DATA" not in os.environ:
        reason = "FACESIGN_DATA is not set: the recordings are not here"
        if os.environ.get("FACESIGN_DATA_REQUIRED"):
            pytest.fail(reason)
        pytest.skip(reason)
    return Path(os.environ["FACESIGN_DATA"])
