"""`facesign voice enroll` on what is no recording of one voice: one line, exit 1, nothing kept."""

from __future__ import annotations

import subprocess
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile
from voices import RATE, claire, said

from facesign.biometrics.stream import FloatArray
from facesign.samples import load
from facesign.ui.cli import main

Maker = Callable[[Path], object]


def write(path: Path, *channels: FloatArray) -> Path:
    samples = np.stack(channels, axis=1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def overdriven() -> FloatArray:
    return 40 * claire()[: 9 * RATE]


def both_at_once(path: Path) -> None:
    one, other = claire(), said("screen-replay", "applicant")
    n = min(len(one), len(other), 12 * RATE)
    write(path, 0.5 * one[:n] + 0.5 * other[:n] * one[:n].std() / other[:n].std())


def film_without_sound(path: Path) -> None:
    film = load("genuine").media
    command = ["ffmpeg", "-v", "error", "-t", "1", "-i", film, "-an", "-c", "copy", "-f", "mp4"]
    subprocess.run([*command, path], check=True)


CASES: dict[str, tuple[Maker, str]] = {
    "silence": (lambda p: write(p, np.zeros(8 * RATE, np.float32)), "0.0 s of speech"),
    "0.4 s": (lambda p: write(p, claire()[RATE : RATE + 6400]), "expected 1 s or more"),
    "overdriven": (lambda p: write(p, overdriven()), "clipped ("),
    "overdriven, the other channel dead": (
        lambda p: write(p, overdriven(), 0 * overdriven()),
        "clipped (",
    ),
    "overdriven, the other channel not": (
        lambda p: write(p, overdriven(), 0.3 * claire()[: 9 * RATE]),
        "clipped (",
    ),
    "channels of opposite sign": (
        lambda p: write(p, claire(), -claire()),
        "its channels have opposite signs and cancel out; export one of them",
    ),
    "no numbers": (
        lambda p: wavfile.write(p, RATE, np.full(5 * RATE, np.nan, np.float32)),
        "recording.wav: 80000 samples are not finite numbers",
    ),
    "no samples": (lambda p: write(p, np.zeros(0, np.float32)), "no sound can be decoded"),
    "no bytes": (lambda p: p.write_bytes(b""), "is empty (0 bytes)"),
    "text": (lambda p: p.write_text("hello"), "is not a recording"),
    "a folder": (lambda p: p.mkdir(), "is a directory"),
    "nothing there": (lambda p: None, "no such file"),
    "a film without sound": (film_without_sound, "holds no sound"),
    "two people at once": (both_at_once, "more than one person speaks at once"),
}


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["facesign", "voice", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("case", CASES)
def test_what_is_no_recording_of_one_voice_is_refused_in_one_line_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], case: str
) -> None:
    make, message = CASES[case]
    monkeypatch.setenv("FACESIGN_HOME", str(tmp_path / "home"))
    sound = tmp_path / "recording.wav"
    make(sound)
    assert run(monkeypatch, "history", "C-1") == 1  # makes the gallery and its key
    capfd.readouterr()
    assert run(monkeypatch, "enroll", "C-1", sound) == 1
    out, err = capfd.readouterr()
    (line,) = err.splitlines()
    assert line.startswith("facesign: ")
    assert message in line
    assert out == ""
    assert run(monkeypatch, "history", "C-1") == 1
    assert "customer C-1 has no voiceprint" in capfd.readouterr().err
