"""A process that finds contours in records, so that the server decodes nothing and holds no model.

It is started when somebody looks, works on one stretch at a time after everything live, and ends
by itself when nobody looks any more.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from multiprocessing.connection import Connection
from multiprocessing.spawn import get_executable
from typing import Any

from facesign.errors import ContoursBusyError, WorkerError
from facesign.interview.home import Home

__all__ = ["ContourProcess"]

PATIENCE_S = 60.0
"""The first answer waits for the process to start; one that takes longer is ended."""
MOST_WAITING = 3
_SERVE = "from facesign.interview.record.contour_worker import serve; serve({}, {!r})"


class ContourProcess:
    """Ask for contours from any thread; a request waits for those before it.

    Args:
        home: Where the records lie.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_WAITING)
        self._child: tuple[subprocess.Popen[bytes], Connection[Any, Any]] | None = None

    def chunk(self, session_id: str, stream: str, number: int) -> dict[str, Any]:
        """Return the contours of one stretch.

        Args:
            session_id: Whose record.
            stream: Name of a stream of it.
            number: Which stretch, see `ContourReader.chunk`.

        Returns:
            `frames`: `{time_s, points}` each; `why`: None, or `no_consent`.

        Raises:
            ContoursBusyError: others wait already.
            WorkerError: it could not be done.
        """
        if not self._places.acquire(blocking=False):
            raise ContoursBusyError
        try:
            with self._turn:
                return self._ask((session_id, stream, number))
        finally:
            self._places.release()

    def close(self) -> None:
        """End the process."""
        with self._turn:
            self._drop()

    def _ask(self, request: tuple[str, str, int]) -> dict[str, Any]:
        if self._child is not None and self._child[0].poll() is not None:
            self._drop()
        _, wire = self._child = self._child or _start(self._home)
        try:
            wire.send(request)
            if not wire.poll(PATIENCE_S):
                self._drop()
                raise WorkerError("finding contours", "it takes too long")
            answer: dict[str, Any] = wire.recv()
        except (EOFError, OSError) as error:
            self._drop()
            raise WorkerError("finding contours", "its process is gone") from error
        if "problem" in answer:
            raise WorkerError("finding contours", answer["problem"])
        return answer

    def _drop(self) -> None:
        if self._child is not None:
            process, wire = self._child
            wire.close()
            process.kill()
            process.wait()
            self._child = None


def _start(home: Home) -> tuple[subprocess.Popen[bytes], Connection[Any, Any]]:
    """Start the child; not by multiprocessing, which would run the caller's script again."""
    ours, theirs = socket.socketpair()
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    single = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")}
    with theirs:
        process = subprocess.Popen(
            [get_executable(), "-c", _SERVE.format(theirs.fileno(), str(home.root.resolve()))],
            env={**os.environ, "PYTHONPATH": path, **single},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("FACESIGN_DEBUG") else subprocess.DEVNULL,
            # Ctrl-C is for the server alone, which then hangs up.
            start_new_session=True,
        )
    return process, Connection(ours.detach())
