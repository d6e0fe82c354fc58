"""Worker processes as the server sees them: started, kept warm, talked to, ended."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.spawn import get_executable
from pathlib import Path
from queue import Full, SimpleQueue
from typing import Any, TypeAlias

from facesign.errors import WorkerError

__all__ = ["Listener", "WarmPool", "WorkerProcess"]

Listener: TypeAlias = Callable[[tuple[Any, ...] | None], None]
"""Called in a thread of the process with each message, and with None at its end."""
MOST_UNSENT = 256
"""Messages that wait to be sent to a worker; half a minute of pieces."""
PATIENCE_S = 20.0
_SERVE = "from facesign.interview.live.serving import serve; serve({}, {!r})"


class WorkerProcess:
    """A worker that was started and gets warm by itself, for sessions of one home folder."""

    def __init__(self, home: Path) -> None:
        self._process, self._wire = _start(home)
        self._unsent: SimpleQueue[tuple[Any, ...] | None] = SimpleQueue()
        self._end = weakref.finalize(self, _kill, self._process)
        self._listener: Listener | None = None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def lead(self, start: object, listener: Listener) -> None:
        """Hand it its session; from here on the listener is told what it says."""
        self._listener = listener
        self._unsent.put((start,))
        threading.Thread(target=self._send, name="to-worker", daemon=True).start()
        threading.Thread(target=self._listen, name="from-worker", daemon=True).start()

    def send(self, *message: Any) -> None:
        """Send something, without waiting for it to be taken.

        Raises:
            Full: the worker is far behind.
        """
        if self._unsent.qsize() >= MOST_UNSENT:
            raise Full
        self._unsent.put(message)

    def close(self) -> None:
        """End it; a session that it still leads is interrupted, and its record closed."""
        self._unsent.put(None)
        if self._listener is None:
            self._wire.close()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._end.detach()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def _send(self) -> None:
        try:
            # The start goes bare: the worker waits for it before it takes messages.
            first = self._unsent.get()
            if first is not None:
                self._wire.send(first[0])
            while (message := self._unsent.get()) is not None:
                self._wire.send(message)
            # Only half: what the worker still has to say is read.
            with socket.socket(fileno=os.dup(self._wire.fileno())) as line:
                line.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def _listen(self) -> None:
        listener = self._listener
        if listener is None:
            raise WorkerError("the session's worker", "nobody listens")
        try:
            while True:
                message = self._wire.recv()
                if message[0] != "warm":
                    listener(message)
        except (EOFError, OSError):
            pass
        self._process.wait()
        self._unsent.put(None)
        self._wire.close()
        listener(None)


class WarmPool:
    """Keep one worker warm, so that a session of one home folder starts at once."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._spare: WorkerProcess | None = None
        self._closed = False

    def warm(self) -> None:
        """Start the spare worker if there is none."""
        with self._lock:
            if not self._closed and (self._spare is None or not self._spare.is_alive):
                self._spare = WorkerProcess(self._home)

    def take(self) -> WorkerProcess:
        """Return the spare worker, or a new one; another gets warm behind it."""
        with self._lock:
            spare, self._spare = self._spare, None
        worker = spare if spare is not None and spare.is_alive else WorkerProcess(self._home)
        self.warm()
        return worker

    def close(self) -> None:
        """End the spare worker."""
        with self._lock:
            self._closed = True
            spare, self._spare = self._spare, None
        if spare is not None:
            spare.close()


def _start(home: Path) -> tuple[subprocess.Popen[bytes], Connection[Any, Any]]:
    """Start a child; not by multiprocessing, which would run the caller's script again."""
    ours, theirs = socket.socketpair()
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    single = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")}
    with theirs:
        process = subprocess.Popen(
            [get_executable(), "-c", _SERVE.format(theirs.fileno(), str(home))],
            env={**os.environ, "PYTHONPATH": path, **single},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("FACESIGN_DEBUG") else subprocess.DEVNULL,
            # Ctrl-C is for the server alone, which then hangs up.
            start_new_session=True,
        )
    return process, Connection(ours.detach())


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
