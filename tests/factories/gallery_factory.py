"""Galleries for tests of storage: keys, and voiceprints that no encoder made."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from facesign.biometrics.gallery.entries import Basis, Sample
from facesign.biometrics.gallery.purposes import CUSTOMER_PURPOSES
from facesign.biometrics.gallery.store import Gallery
from facesign.biometrics.stream import FloatArray
from facesign.biometrics.voiceprint.voiceprint import Voiceprint
from facesign.interview.keys import KeyChain, MasterKey, WrappedKey

MODEL = "stand-in@000000000000"
START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PROOF = Basis(identity_proof="network check 77", record="record-1", confirmed_by="Wang")


@dataclass
class Clock:
    """A time that passes when told to."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def pass_days(self, days: float) -> None:
        self.at += timedelta(days=days)


@dataclass
class Box:
    """A master key as the gallery sees it."""

    chain: KeyChain = field(default_factory=lambda: KeyChain(MasterKey(bytes([1] * 32))))

    def wrap(self, data_key: bytes) -> str:
        return json.dumps(self.chain.wrap("templates", data_key).to_dict())

    def unwrap(self, wrapped: str) -> bytes:
        return self.chain.unwrap(WrappedKey.from_dict(json.loads(wrapped)))

    def is_current(self, wrapped: str) -> bool:
        return bool(json.loads(wrapped)["key_id"] == self.chain.current.key_id)


def embedding(seed: int) -> FloatArray:
    """Return a direction that depends on the seed alone, unit length, shape (192,)."""
    drawn = np.random.default_rng(seed).standard_normal(192)
    return (drawn / np.linalg.norm(drawn)).astype(np.float32)


def near(seed: int, *, cosine: float, way: int = 0) -> FloatArray:
    """Return a direction at a known cosine from that of a seed."""
    towards = embedding(seed)
    other = embedding(10_000 + way)
    other -= (other @ towards) * towards
    other /= np.linalg.norm(other)
    return (cosine * towards + np.sqrt(1 - cosine**2) * other).astype(np.float32)


def voiceprint(values: FloatArray, model: str = MODEL) -> Voiceprint:
    return Voiceprint(values, model, 5.0, 25.0, 8000.0)


def sample(seed: int, model: str = MODEL) -> Sample:
    return Sample(voiceprint(embedding(seed), model), "wideband")


def open_gallery(folder: Path, clock: Clock | None = None, box: Box | None = None) -> Gallery:
    return Gallery.open(f"sqlite:///{folder / 'gallery.db'}", box or Box(), now=clock or Clock())


def enroll(gallery: Gallery, customer: str, *seeds: int, model: str = MODEL) -> None:
    gallery.enroll(
        customer,
        [sample(seed, model) for seed in seeds],
        purposes=CUSTOMER_PURPOSES,
        basis=Basis("network check 77", "record-1"),
    )
