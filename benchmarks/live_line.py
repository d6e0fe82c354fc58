"""A bad line for benchmarks/live.py: slow, far, and losing packets, as TCP shows it to a page."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue

import numpy as np

__all__ = ["bad_line"]

BITS_PER_S = 1_000_000
ROUND_TRIP_S = 0.150
LOST_SHARE = 0.03
PACKET_BYTES = 1400
MOST_AHEAD_S = 0.25
"""What a sender may have under way: more of it waits in the sender, as with a full window."""


@contextmanager
def bad_line(port: int) -> Iterator[int]:
    """Open a port of this machine that leads to another one over a bad line.

    TCP delivers in order: a lost packet comes one round trip later, and so does all behind it.
    How TCP slows down after a loss is not modelled; what is left is a line of the full rate.
    """
    opened: SimpleQueue[tuple[int, Callable[[], object]]] = SimpleQueue()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(port, opened)), daemon=True)
    thread.start()
    near_port, close = opened.get()
    try:
        yield near_port
    finally:
        close()
        thread.join()


async def _serve(port: int, opened: SimpleQueue[tuple[int, Callable[[], object]]]) -> None:
    carrying: set[asyncio.Task[None]] = set()

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        for one, other, seed in ((reader, far_writer, 1), (far_reader, writer, 2)):
            task = asyncio.create_task(_pump(one, other, seed=seed))
            carrying.add(task)
            task.add_done_callback(carrying.discard)

    closing = asyncio.Event()
    loop = asyncio.get_running_loop()
    server = await asyncio.start_server(join, "127.0.0.1", 0)
    async with server:
        near_port = server.sockets[0].getsockname()[1]
        opened.put((near_port, lambda: loop.call_soon_threadsafe(closing.set)))
        await closing.wait()
        for task in carrying.copy():
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, seed: int) -> None:
    """Carry one direction."""
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    arriving = asyncio.create_task(_arrive(under_way, writer))
    rng = np.random.default_rng(seed)
    loop = asyncio.get_running_loop()
    free_s = arrived_s = loop.time()
    try:
        # A page that leaves without a word ends the line as well.
        while data := await _read(reader):
            free_s = max(loop.time(), free_s) + 8 * len(data) / BITS_PER_S
            late_s = ROUND_TRIP_S if rng.random() < LOST_SHARE else 0.0
            arrived_s = max(arrived_s, free_s + ROUND_TRIP_S / 2 + late_s)
            under_way.put_nowait((arrived_s, data))
            await asyncio.sleep(max(0.0, free_s - loop.time() - MOST_AHEAD_S))
        under_way.put_nowait((arrived_s, b""))
        await arriving
    finally:
        arriving.cancel()
        writer.close()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(PACKET_BYTES)
    except ConnectionError:
        return b""


async def _arrive(
    under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
) -> None:
    loop = asyncio.get_running_loop()
    while True:
        at_s, data = await under_way.get()
        await asyncio.sleep(max(0.0, at_s - loop.time()))
        if not data:
            return
        writer.write(data)
        with suppress(ConnectionError):
            await writer.drain()
