"""What Gradio must find in the environment before it is imported."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["keep_private"]


def keep_private(folder: Path) -> None:
    """Make Gradio keep its files in a folder and send nothing home.

    At each event Gradio asks matplotlib for its back end; left alone, that looks for one and
    writes a list of fonts into the user's cache.
    """
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_RUN_HISTORY"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["MPLBACKEND"] = "agg"
    os.environ["MPLCONFIGDIR"] = str(folder)
