from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def data_dir() -> Path:
    """The folder of recordings that FACESIGN_DATA points at."""
    if "FACESIGN_DATA" not in os.environ:
        reason = "FACESIGN_DATA is not set: the recordings are not here"
        if os.environ.get("FACESIGN_DATA_REQUIRED"):
            pytest.fail(reason)
        pytest.skip(reason)
    return Path(os.environ["FACESIGN_DATA"])
