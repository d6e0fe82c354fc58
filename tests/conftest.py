from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def data_dir() -> Path:
    """The folder of recordings that FACESIGN_DATA points at."""
    if "FACESIGN_DATA" not in os.environ:
        pytest.skip("FACESIGN_DATA is not set: the recordings are not here")
    return Path(os.environ["FACESIGN_DATA"])
