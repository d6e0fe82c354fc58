"""Voiceprints in a gallery, with an encoder that stands in for a trained one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from voices import FixedMatcher, SpectrumEncoder, claire

from facesign.biometrics.stream import FloatArray
from facesign.interview.fingerprints import Fingerprints

__all__ = ["PROOF", "enroll", "opened", "probe", "thirds"]

PROOF = {"identity_proof": "network check 77", "record": "record-1"}


def opened(
    home: Path, *, encoder: SpectrumEncoder | None = None, **options: object
) -> Fingerprints:
    return Fingerprints.open(
        home=home,
        encoder=encoder or SpectrumEncoder(),
        matcher=options.pop("matcher", FixedMatcher()),  # type: ignore[arg-type]
        **options,  # type: ignore[arg-type]
    )


def thirds(samples: FloatArray) -> list[FloatArray]:
    return np.array_split(samples, 3)


def enroll(prints: Fingerprints, customer: str = "C-1", voice: FloatArray | None = None) -> None:
    prints.enroll(customer, thirds(claire() if voice is None else voice)[:2], **PROOF)


def probe() -> FloatArray:
    return thirds(claire())[2]
