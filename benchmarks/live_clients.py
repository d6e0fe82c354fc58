"""Light clients for benchmarks/live.py: they send what was encoded before, and watch the cards."""

from __future__ import annotations

import csv
import io
import json
import math
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

if TYPE_CHECKING:
    from facesign.interview.live.session import LiveSession

SIZE = (640, 480)
RATE_HZ = 30
SOUND_HZ = 48_000
BITS_PER_S = 1_000_000
PIECE_S = 0.15


def container(path: Path, seconds: float) -> bytes:
    """Encode an interview as a browser would, and repeat it up to a length."""
    once, length_s = _encoded(path)
    buffer = io.BytesIO()
    options = {"live": "1", "cluster_time_limit": "1000"}
    with (
        av.open(buffer, "w", "webm", options=options) as sink,
        av.open(io.BytesIO(once)) as source,
    ):
        streams = [*source.streams.video, *source.streams.audio]
        out = {stream.index: sink.add_stream_from_template(stream) for stream in streams}
        for number in range(math.ceil(seconds / length_s)):
            source.seek(0)
            for packet in source.demux(streams):
                if packet.dts is None or packet.pts is None or packet.time_base is None:
                    continue
                later = round(number * length_s / packet.time_base)
                packet.pts, packet.dts = packet.pts + later, packet.dts + later
                packet.stream = out[packet.stream.index]
                sink.mux(packet)
    return buffer.getvalue()


@cache
def _encoded(path: Path) -> tuple[bytes, float]:
    """Return an interview in VP8 and Opus, and its length in seconds."""
    buffer, n_frames, n_samples = io.BytesIO(), 0, 0
    resampler = av.AudioResampler("s16", "mono", SOUND_HZ, 960)
    with av.open(buffer, "w", "webm") as sink, av.open(path) as source:
        pictures = sink.add_stream("libvpx", rate=RATE_HZ)
        pictures.width, pictures.height = SIZE
        pictures.pix_fmt, pictures.bit_rate = "yuv420p", BITS_PER_S
        pictures.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
        sound = sink.add_stream("libopus", rate=SOUND_HZ)
        sound.layout = "mono"
        for frame in source.decode(source.streams.video[0], source.streams.audio[0]):
            if isinstance(frame, av.VideoFrame):
                small = frame.reformat(*SIZE, format="yuv420p")
                small.pts, small.time_base = n_frames, Fraction(1, RATE_HZ)
                n_frames += 1
                sink.mux(pictures.encode(small))
                continue
            for part in resampler.resample(frame):
                part.pts, part.time_base = n_samples, Fraction(1, SOUND_HZ)
                n_samples += part.samples
                sink.mux(sound.encode(part))
        sink.mux(pictures.encode(None))
        sink.mux(sound.encode(None))
    # The next round starts after the longer of both, so that times only grow.
    return buffer.getvalue(), max(n_frames / RATE_HZ, n_samples / SOUND_HZ) + 0.05


def paced(data: bytes) -> list[tuple[float, bytes]]:
    """Cut a container into pieces of 150 ms of its own time: when each is due, and its bytes."""
    places: list[tuple[float, int]] = []
    with av.open(io.BytesIO(data)) as source:
        stream = source.streams.video[0]
        for packet in source.demux(stream):
            if packet.pts is not None and packet.pos is not None:
                places.append((float(packet.pts * packet.time_base), packet.pos))
    cuts, due_s = [(0.0, 0)], PIECE_S
    for time_s, position in places:
        if time_s >= due_s:
            cuts.append((time_s, position))
            due_s += PIECE_S
    ends = [position for _, position in cuts[1:]] + [len(data)]
    return [(at_s, data[first:end]) for (at_s, first), end in zip(cuts, ends, strict=True)]


def lead(sessions: Sequence[LiveSession], marks: Path, seconds: float) -> None:
    """Ask the questions of the interview at their times, as the officer would."""
    with marks.open(newline="") as file:
        rows = list(csv.DictReader(file))
    while any(session.stage in ("created", "consent") for session in sessions):
        time.sleep(0.05)
    started_s = time.monotonic()
    for at_s, name, question in _actions(rows):
        if at_s > seconds:
            return
        time.sleep(max(0.0, started_s + at_s - time.monotonic()))
        for session in sessions:
            if name == "ask":
                session.ask(question)
            else:
                session.asked()


def _actions(rows: list[dict[str, str]]) -> Iterator[tuple[float, str, str]]:
    for row in rows:
        yield float(row["asked_start_s"]), "ask", row["question_id"]
        yield float(row["asked_end_s"]), "asked", row["question_id"]


@dataclass
class Shown:
    """One movement as an officer's page was told of it."""

    onset_s: float
    offset_s: float
    first_told_s: float
    settled: bool


class Client:
    """One page: sends pieces when they are due, and notes when each movement is shown."""

    def __init__(
        self, port: int, media_port: int, session_id: str, parts: list[tuple[float, bytes]]
    ) -> None:
        self._state_url = f"ws://127.0.0.1:{port}/live/{session_id}/state"
        self._media_url = f"ws://127.0.0.1:{media_port}/live/{session_id}/media"
        self._parts = parts
        self.written_s: list[float] = []
        """How long after its last picture each piece was in the record, as the page was told."""
        self._started_s = 0.0
        self.sent_for_s = 0.0
        self.shown: list[Shown] = []
        """Each movement that the officer's page was told of."""
        self._over = threading.Event()

    def run(self, seconds: float) -> None:
        """Send everything, and what comes of the last piece for two more seconds."""
        watcher = threading.Thread(target=self._watch)
        watcher.start()
        with connect(self._media_url, open_timeout=60) as socket:
            socket.send(json.dumps({"kind": "segment", "mime": "video/webm;codecs=vp8,opus"}))
            segment = self._wait_segment(socket)
            self._started_s = time.monotonic()
            acks = threading.Thread(target=self._drain, args=(socket,))
            acks.start()
            for number, (at_s, data) in enumerate(self._parts):
                if at_s > seconds:
                    break
                # A piece is there when its last picture is.
                time.sleep(max(0.0, self._started_s + at_s + PIECE_S - time.monotonic()))
                socket.send(struct.pack(">II", segment, number) + data)
            self.sent_for_s = time.monotonic() - self._started_s
            time.sleep(2.0)
            self._over.set()
        acks.join()
        watcher.join()

    def _wait_segment(self, socket: Any) -> int:
        while True:
            told = json.loads(socket.recv(timeout=60))
            if told["kind"] == "segment":
                return int(told["segment"])
            if told["kind"] == "refused":
                raise SystemExit(told["why"])

    def _drain(self, socket: Any) -> None:
        next_number = 0
        try:
            while True:
                told = json.loads(socket.recv())
                if told["kind"] != "ack":
                    continue
                now_s = time.monotonic() - self._started_s
                for at_s, _ in self._parts[next_number : told["number"] + 1]:
                    self.written_s.append(now_s - at_s - PIECE_S)
                next_number = max(next_number, told["number"] + 1)
        except ConnectionClosed:
            return

    def _watch(self) -> None:
        with connect(self._state_url, open_timeout=60) as socket:
            while not self._over.is_set():
                try:
                    state = json.loads(socket.recv(timeout=1))
                except TimeoutError:
                    continue
                now_s = time.monotonic() - self._started_s
                for movement in (state["strip"] or {}).get("movements") or []:
                    self._show(movement, now_s)

    def _show(self, movement: dict[str, Any], now_s: float) -> None:
        onset_s, offset_s = movement["onset_s"], movement["offset_s"]
        same = (one for one in self.shown if onset_s < one.offset_s and one.onset_s < offset_s)
        shown = next(same, None)
        if shown is None:
            shown = Shown(onset_s, offset_s, now_s, movement["settled"])
            self.shown.append(shown)
        elif movement["settled"]:
            shown.onset_s, shown.offset_s, shown.settled = onset_s, offset_s, True


def send_all(
    port: int, media: Path, seconds: float, session_ids: Sequence[str], *, media_port: int
) -> None:
    """Run one client a session and print what they saw.

    Args:
        port: The server's.
        media: What they send.
        seconds: For how long.
        session_ids: To which sessions.
        media_port: The port that pieces go to, where that is another one.
    """
    parts = paced(media.read_bytes())
    clients = [Client(port, media_port, session_id, parts) for session_id in session_ids]
    threads = [threading.Thread(target=client.run, args=(seconds,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settled = [one for client in clients for one in client.shown if one.settled]
    told = {
        "movement_to_card_s": [round(one.first_told_s - one.offset_s, 3) for one in settled],
        "n_withdrawn": sum(not one.settled for client in clients for one in client.shown),
        "piece_to_record_s": [round(late, 3) for client in clients for late in client.written_s],
        "cpu_s": time.process_time(),
        "ran_s": max(client.sent_for_s for client in clients),
    }
    print(json.dumps(told))
