"""Recordings of one voice that wait to be enrolled or compared: in memory alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import uuid6

from facesign.biometrics.gallery.hearing import Heard, hear, pieces_of
from facesign.biometrics.stream import FloatArray
from facesign.biometrics.voice.quality import snr_bound
from facesign.errors import ItemError

__all__ = ["LONGEST_S", "RATE_HZ", "Take", "Takes"]

RATE_HZ = 16_000
LONGEST_S = 120.0
MOST_EACH = 8
"""Takes that one person may have on the desk."""
KEPT_S = 900.0
"""After that long a forgotten take is dropped."""


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """One recording, and what was heard in it."""

    take_id: str
    samples: FloatArray = field(repr=False)
    """Mono, 16 kHz, float32, shape (n_samples,)."""
    heard: Heard = field(repr=False)
    at_s: float

    def to_dict(self) -> dict[str, object]:
        """Return what the recorder shows of it."""
        quality = self.heard.quality
        return {
            "id": self.take_id,
            "duration_s": round(len(self.samples) / RATE_HZ, 1),
            "net_speech_s": round(self.heard.net_speech_s, 1),
            "snr_db": None if quality.snr_db is None else round(quality.snr_db),
            "snr_bound": "" if quality.snr_db is None else snr_bound(quality.snr_db),
            "channel": self.heard.channel,
            "hints": list(quality.reasons),
        }


class Takes:
    """Takes by whom they belong to; nothing of them touches a disk.

    Args:
        now: Seconds on a clock that only runs forward.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._held: dict[str, list[Take]] = {}
        self._lock = threading.Lock()

    def add(self, owner: str, content: bytes) -> Take:
        """Listen to a recording and keep it.

        Args:
            owner: Key of a sign-in.
            content: Samples, mono, 16 kHz, float32, little endian.

        Raises:
            ItemError: it is no such thing, too long, or there are too many takes.
        """
        samples = _samples(content)
        take = Take(str(uuid6.uuid7()), samples, hear(pieces_of(samples)), self._now())
        with self._lock:
            self._drop_old()
            takes = self._held.setdefault(owner, [])
            if len(takes) >= MOST_EACH:
                raise ItemError("takes", f"at most {MOST_EACH}", f"one more than {MOST_EACH}")
            takes.append(take)
        return take

    def of(self, owner: str) -> list[Take]:
        """List the takes of a sign-in, oldest first."""
        with self._lock:
            self._drop_old()
            return list(self._held.get(owner, ()))

    def drop(self, owner: str, take_id: str | None = None) -> None:
        """Drop one take of a sign-in, or all."""
        with self._lock:
            kept = [one for one in self._held.get(owner, ()) if take_id and one.take_id != take_id]
            self._held[owner] = kept

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._held.clear()

    def _drop_old(self) -> None:
        oldest = self._now() - KEPT_S
        for owner, takes in list(self._held.items()):
            self._held[owner] = [one for one in takes if one.at_s >= oldest]
            if not self._held[owner]:
                del self._held[owner]


def _samples(content: bytes) -> FloatArray:
    if not content or len(content) % 4:
        raise ItemError("recording", "float32 samples", f"{len(content)} bytes")
    if len(content) > LONGEST_S * RATE_HZ * 4:
        raise ItemError("recording", f"at most {LONGEST_S:.0f} s", f"{len(content)} bytes")
    samples = np.frombuffer(content, dtype="<f4").astype(np.float32)
    if not np.isfinite(samples).all():
        raise ItemError("recording", "finite samples", "NaN or infinity")
    return np.clip(samples, -1.0, 1.0)
