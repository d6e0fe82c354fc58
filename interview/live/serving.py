"""The process of one live session, from its start to its end."""

from __future__ import annotations

import os
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import cv2

from facesign.biometrics.face.tracker_process import TrackerProcess
from facesign.errors import FacesignError, WorkerError
from facesign.interview.home import Home
from facesign.interview.live.rehearsal import rehearse
from facesign.interview.live.worker import Worker

__all__ = ["serve"]


def serve(wire_fd: int, home: str) -> None:
    """Get warm, wait for a session, lead it to its end; runs in the child.

    Args:
        wire_fd: Descriptor of the socket to the server.
        home: Home folder that sessions will be led in.
    """
    wire: Connection[Any, Any] = Connection(wire_fd)
    try:
        cv2.setNumThreads(1)
        tracker = TrackerProcess()
        rehearse(Home(Path(home)))
        wire.send(("warm",))
        start = wire.recv()
    except (EOFError, OSError):
        return
    try:
        worker = Worker(wire, start, tracker)
    except FacesignError as error:
        wire.send(("failed", str(error)))
        tracker.close()
        return
    try:
        worker.run()
    except FacesignError as error:
        worker.tell("failed", str(error))
    except Exception as error:
        if os.environ.get("FACESIGN_DEBUG"):
            traceback.print_exc()
        worker.tell("failed", str(WorkerError("the session's worker", type(error).__name__)))
    finally:
        worker.leave()
