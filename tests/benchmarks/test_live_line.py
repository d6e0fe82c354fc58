"""The bad line of the live benchmark carries everything, in order, as slowly as it says."""

from __future__ import annotations

import socket
import threading
import time

import live_line
import numpy as np


def sink(listener: socket.socket, got: list[bytes]) -> None:
    connection, _ = listener.accept()
    with connection:
        while data := connection.recv(65_536):
            got.append(data)


def test_what_is_sent_arrives_whole_and_no_faster_than_the_line() -> None:
    sent = np.random.default_rng(0).bytes(60_000)
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        receiving = threading.Thread(target=sink, args=(listener, got))
        receiving.start()
        with live_line.bad_line(listener.getsockname()[1]) as port:
            began_s = time.monotonic()
            with socket.create_connection(("127.0.0.1", port)) as line:
                line.sendall(sent)
                line.shutdown(socket.SHUT_WR)
                receiving.join(30)
            took_s = time.monotonic() - began_s
    assert b"".join(got) == sent
    least_s = 8 * len(sent) / live_line.BITS_PER_S + live_line.ROUND_TRIP_S / 2
    assert took_s >= least_s
