"""`facesign voice` where sound, gallery, key or model stand in the way: a reason or one line."""

from __future__ import annotations

import json
import sqlite3
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from trial_folder import write_wav
from voices import RATE, FixedMatcher, SpectrumEncoder, claire, said

from facesign.biometrics.gallery.store import Gallery
from facesign.biometrics.stream import FloatArray
from facesign.interview import voice_defaults
from facesign.ui.cli import main

PROOF = ("--identity-proof", "network check 77", "--record", "record-1")
WATCH = ("--evidence", "record-9", "--approver", "Li", "--approver", "Wang")


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FACESIGN_HOME", str(tmp_path / "home"))
    use(monkeypatch, SpectrumEncoder())
    monkeypatch.setattr(voice_defaults, "default_matcher", lambda encoder, home: FixedMatcher())


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    return wav(tmp_path / "voice.wav", claire())


def use(monkeypatch: pytest.MonkeyPatch, encoder: SpectrumEncoder) -> None:
    monkeypatch.setattr(voice_defaults, "default_encoder", lambda home: encoder)


def wav(path: Path, samples: FloatArray) -> Path:
    write_wav(path, samples)
    return path


def two_at_once() -> FloatArray:
    one, other = claire(), said("screen-replay", "applicant")
    n = min(len(one), len(other))
    return np.asarray(0.5 * one[:n] + 0.5 * other[:n] * one[:n].std() / other[:n].std())


class Command:
    """Runs the command as a user does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capfd = monkeypatch, capfd

    def run(self, *arguments: object) -> tuple[int, str, str]:
        self._capfd.readouterr()
        self._monkeypatch.setattr(sys, "argv", ["facesign", "voice", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return (int(ended.value.code or 0), *self._capfd.readouterr())

    def json(self, *arguments: object) -> Any:
        code, out, _ = self.run(*arguments, "--json")
        assert code == 0
        return json.loads(out)

    def refused(self, *arguments: object) -> str:
        """Run what must fail with one line, and return that."""
        code, out, err = self.run(*arguments)
        assert (code, out) == (1, "")
        (line,) = err.splitlines()
        assert line.startswith("facesign: ")
        return line


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capfd)


def test_two_people_at_once_are_said_by_verify_and_identify(
    command: Command, voice: Path, tmp_path: Path
) -> None:
    both = wav(tmp_path / "both.wav", two_at_once())
    command.run("enroll", "C-1", voice, *PROOF)
    command.run("confirm", "C-1", "--by", "Wang")
    result = command.json("verify", "C-1", both)
    assert result["decision"] == "inconclusive"
    assert "two_at_once" in result["reasons"]
    found = command.json("identify", both)
    assert (found["status"], found["reason"]) == ("not_assessed", "two_at_once")
    assert [one["above_threshold"] for one in found["candidates"]] == [None]


def test_a_recording_at_8_khz_is_enrolled_as_narrowband(command: Command, tmp_path: Path) -> None:
    from scipy.io import wavfile

    phone = tmp_path / "phone.wav"
    wavfile.write(phone, RATE // 2, (claire()[::2] * 32767).astype(np.int16))
    made = command.json("enroll", "C-1", phone, *PROOF)
    assert (made["channels"], made["n_templates"]) == (["narrowband"], 1)


def test_a_watch_list_entry_without_a_reason_is_refused(command: Command, voice: Path) -> None:
    command.run("watch-list", "list")
    line = command.refused("watch-list", "add", "CASE-7", voice, "--reason", "  ", *WATCH)
    assert "an entry of the watch list needs a reason" in line
    assert command.json("watch-list", "list") == []


def test_an_entry_ends_on_its_own_date(
    command: Command, voice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = ("--reason", "signed as two people", *WATCH)
    command.run("watch-list", "add", "CASE-7", voice, *why, "--days", "30")
    command.run("watch-list", "add", "CASE-8", voice, *why, "--days", "60")
    real = Gallery.__init__

    def after_30_days(self: Gallery, database: Any, vault: Any, now: Any) -> None:
        real(self, database, vault, lambda: now() + timedelta(days=30))

    monkeypatch.setattr(Gallery, "__init__", after_30_days)
    assert [one["reference"] for one in command.json("watch-list", "list")] == ["CASE-8"]
    found = command.json("identify", voice, "--purpose", "watch_list")
    assert [one["customer"] for one in found["candidates"]] == ["CASE-8"]


def test_a_locked_gallery_is_one_line(
    command: Command, voice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.run("enroll", "C-1", voice, *PROOF)
    monkeypatch.setitem(Gallery.open.__func__.__kwdefaults__, "wait_s", 0.2)  # type: ignore[attr-defined]
    holder = sqlite3.connect(tmp_path / "home" / "gallery.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert "another process has it locked" in command.refused("verify", "C-1", voice)
    holder.execute("ROLLBACK")
    holder.close()
    assert command.json("history", "C-1")["verifications"] == []


def test_a_wrong_key_is_one_line(
    command: Command, voice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.run("enroll", "C-1", voice, *PROOF)
    monkeypatch.setenv("FACESIGN_MASTER_KEY", "B" * 43 + "=")
    assert "master key" in command.refused("verify", "C-1", voice)


def test_a_template_of_another_model_is_one_line_with_what_to_run(
    command: Command, voice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.run("enroll", "C-1", voice, *PROOF)
    use(monkeypatch, SpectrumEncoder(sha256="6" * 64))
    line = command.refused("verify", "C-1", voice)
    assert "template is of spectrum@555555555555, probe of spectrum@666666666666" in line
    assert "facesign voice re-enroll" in line
