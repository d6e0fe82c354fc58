"""facesign (面签): face-to-face KYC for loan signing, explained.

Names are resolved on first use, so `import facesign` stays cheap.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = [
    "Archive",
    "Consent",
    "FacesignError",
    "Fingerprints",
    "Frame",
    "Home",
    "Mark",
    "Observation",
    "Record",
    "RecordWriter",
    "Report",
    "Script",
    "Session",
    "Settings",
    "Sound",
    "__version__",
    "analyze",
    "errors",
    "load_script",
    "open_voices",
    "read_consent",
    "read_marks",
    "replay",
]

# From 1.29 on, ONNX Runtime keeps a device id in the user's cache and reports to its maker
# unless this is set before it is loaded.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

if TYPE_CHECKING:
    from facesign import errors
    from facesign.biometrics.observation import Observation
    from facesign.biometrics.stream import Frame, Sound
    from facesign.errors import FacesignError
    from facesign.interview.analysis import analyze
    from facesign.interview.archive.store import Archive
    from facesign.interview.consent import Consent, read_consent
    from facesign.interview.fingerprints import Fingerprints
    from facesign.interview.home import Home, Settings
    from facesign.interview.marks import Mark, read_marks
    from facesign.interview.record.reader import Record
    from facesign.interview.record.replay import replay
    from facesign.interview.record.writer import RecordWriter
    from facesign.interview.report import Report
    from facesign.interview.script import Script, load_script
    from facesign.interview.session import Session
    from facesign.interview.voice_session import open_voices

_HOME_OF = {
    "Archive": "facesign.interview.archive.store",
    "Consent": "facesign.interview.consent",
    "Mark": "facesign.interview.marks",
    "Observation": "facesign.biometrics.observation",
    "Script": "facesign.interview.script",
    "load_script": "facesign.interview.script",
    "read_consent": "facesign.interview.consent",
    "read_marks": "facesign.interview.marks",
    "FacesignError": "facesign.errors",
    "Fingerprints": "facesign.interview.fingerprints",
    "Frame": "facesign.biometrics.stream",
    "Home": "facesign.interview.home",
    "Record": "facesign.interview.record.reader",
    "RecordWriter": "facesign.interview.record.writer",
    "Report": "facesign.interview.report",
    "Session": "facesign.interview.session",
    "Settings": "facesign.interview.home",
    "Sound": "facesign.biometrics.stream",
    "analyze": "facesign.interview.analysis",
    "open_voices": "facesign.interview.voice_session",
    "replay": "facesign.interview.record.replay",
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import the module that holds a public name when the name is first used."""
        if name == "errors":
            return import_module("facesign.errors")
        if name not in _HOME_OF:
            raise AttributeError(f"module 'facesign' has no attribute {name!r}")
        value = getattr(import_module(_HOME_OF[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
