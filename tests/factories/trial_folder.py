"""A folder of recordings and a list of trials over it: one voice played at twelve speeds."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import soxr
from voices import RATE, claire

from facesign.biometrics.stream import FloatArray

N_PEOPLE, N_EACH, LENGTH_S = 12, 2, 3


def write_people(root: Path) -> Path:
    """Write two recordings each of one synthesized voice, played at twelve speeds."""
    voice = claire()
    for person in range(N_PEOPLE):
        played = soxr.resample(voice, RATE, RATE * (0.7 + 0.06 * person)).astype(np.float32)
        for part in range(N_EACH):
            first = part * LENGTH_S * RATE
            write_wav(root / f"p{person}" / f"{part}.wav", played[first : first + LENGTH_S * RATE])
    write_wav(root / "silent.wav", np.zeros(2 * RATE, dtype=np.float32))
    (root / "broken.wav").write_bytes(b"RIFF no sound")
    return root


def write_wav(path: Path, samples: FloatArray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes())


def listed(path: Path, *lines: str, head: str = "label,path_a,path_b") -> Path:
    path.write_text("\n".join([head, *lines]) + "\n", "utf-8")
    return path


def pairs() -> Iterator[str]:
    """Yield a genuine trial a person, and two impostor trials a pair of people."""
    for person in range(N_PEOPLE):
        yield f"1,p{person}/0.wav,p{person}/1.wav"
    for a, b in combinations(range(N_PEOPLE), 2):
        yield f"0,p{a}/0.wav,p{b}/0.wav"
        yield f"0,p{a}/0.wav,p{b}/1.wav"
