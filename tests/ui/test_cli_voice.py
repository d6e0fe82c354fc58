"""`facesign voice` as a user runs it, with an encoder that stands in for a trained one."""

from __future__ import annotations

import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner
from voices import FixedMatcher, SpectrumEncoder, claire, said

from facesign.biometrics.gallery import hearing
from facesign.biometrics.stream import FloatArray
from facesign.interview import voice_defaults
from facesign.ui.cli import app

RATE = 16_000
PROOF = ("--identity-proof", "network check 77", "--record", "record-1")


def write(path: Path, samples: FloatArray, *, rate: int = RATE, channels: int = 1) -> Path:
    pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2")
    if channels == 2:
        pcm = np.stack([pcm, np.zeros_like(pcm)], axis=1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.tobytes())
    return path


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FACESIGN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(voice_defaults, "default_encoder", lambda home: SpectrumEncoder())
    monkeypatch.setattr(voice_defaults, "default_matcher", lambda encoder, home: FixedMatcher())


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    thirds = np.array_split(claire(), 3)
    return [write(tmp_path / f"part{i}.wav", part) for i, part in enumerate(thirds)]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return write(tmp_path / "other.wav", said("screen-replay", "applicant"))


def run(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["voice", *map(str, arguments)])
    if done.exception is not None:
        raise done.exception
    return done.stdout


def run_json(*arguments: object) -> Any:
    return json.loads(run(*arguments, "--json"))


def enroll(parts: list[Path]) -> None:
    run("enroll", "C-1", parts[0], parts[1], *PROOF)


def test_a_customer_goes_through_a_voiceprints_life(parts: list[Path], other: Path) -> None:
    made = run("enroll", "C-1", parts[0], parts[1], *PROOF)
    assert "enrolled C-1: 2 templates" in made
    assert "provisional: it never gives a match until facesign voice confirm C-1" in made
    assert run("verify", "C-1", parts[2]).startswith("inconclusive\n")
    assert run("confirm", "C-1", "--by", "Wang") == "confirmed: 1\n"
    assert run("confirm", "C-1", "--by", "Wang") == "nothing was waiting to be confirmed\n"
    lines = run("verify", "C-1", parts[2], "--record", "record-2").splitlines()
    assert lines[0] == "match"
    assert lines[2].startswith("operating point default (default): llr 0.00, FMR 0.01, FNMR 0.05")
    assert lines[3] == "validation: nobody"
    assert "point strict: llr" in run("verify", "C-1", parts[2], "--point", "strict")
    assert run("verify", "C-1", other).startswith("no_match\n")
    told = run("history", "C-1")
    assert told.count("verified:") == 4
    assert run("revoke", "C-1", "--because", "asked for it") == (
        "revoked: 2 templates, 4 verifications\n"
    )
    assert "revoked: asked for it" in run("history", "C-1")


def test_identify_names_who_and_how_many_false_ones_to_expect(
    parts: list[Path], other: Path
) -> None:
    enroll(parts)
    run("enroll", "C-2", other)
    found = run_json("identify", parts[2], "--top", "1")
    assert [one["customer"] for one in found["candidates"]] == ["C-1"]
    assert (found["status"], found["n_people"]) == ("assessed", 2)
    assert found["expected_false"] == 0.002
    told = run("identify", parts[2])
    assert "1. C-1  score" in told
    assert "candidates are ranked" in told
    assert "llr 2.00 (point strict), which 5% of comparisons of a voice" in told
    assert "facesign voice verify CUSTOMER AUDIO" in told
    (second,) = [line for line in told.splitlines() if line.startswith("2. C-2")]
    assert second.endswith("below it: not ruled out  provisional")


def test_results_for_machines_have_the_same_content(parts: list[Path]) -> None:
    enroll(parts)
    result = run_json("verify", "C-1", parts[2])
    assert (result["decision"], result["reasons"]) == ("inconclusive", ["provisional"])
    assert result["operating_point"]["measured_on"] == "voices of a synthesizer"
    assert run_json("history", "C-1")["verifications"][0]["llr"] == result["llr"]


def test_re_enroll_replaces_or_lists_who_is_due(parts: list[Path]) -> None:
    enroll(parts)
    assert run("re-enroll") == "nobody is due\n"
    assert "likeness to the voiceprint before: llr" in run("re-enroll", "C-1", parts[2])
    run("enroll", "C-2", parts[0], "--retain-days", "10")
    assert run_json("re-enroll")[0]["customer"] == "C-2"
    assert run("re-enroll", "C-1") == "nobody is due\n"


def test_the_watch_list_is_kept_and_searched(parts: list[Path]) -> None:
    why = ("--reason", "signed as two people", "--evidence", "record-9")
    two = ("--approver", "Li", "--approver", "Wang")
    run("watch-list", "add", "CASE-7", parts[0], parts[1], *why, *two, "--days", "30")
    (entry,) = run_json("watch-list", "list")
    assert (entry["reference"], entry["approvers"]) == ("CASE-7", ["Li", "Wang"])
    assert "signed as two people" in run("identify", parts[2], "--purpose", "watch_list")
    run("watch-list", "clear", "CASE-7", "--by", "Zhao")
    assert "cleared: related person" in run("watch-list", "list")
    run("watch-list", "remove", "CASE-7", "--because", "mistaken")
    assert run("watch-list", "list") == "the watch list is empty\n"


def test_channels_that_are_not_ideal_are_heard_and_named(parts: list[Path], tmp_path: Path) -> None:
    enroll(parts)
    half = np.array_split(claire(), 3)[2]
    phone = write(tmp_path / "phone.wav", half[::2], rate=8000)
    assert run_json("verify", "C-1", phone)["channel"] == "narrowband"
    dead = write(tmp_path / "dead.wav", half, channels=2)
    whole = run_json("verify", "C-1", parts[2])
    one_sided = run_json("verify", "C-1", dead)
    assert one_sided["score"] == pytest.approx(whole["score"], abs=0.02)


def test_a_recording_that_goes_on_is_said_to_be_used_in_part(
    parts: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "MOST_SOUND_S", 3.0)
    line = "only the beginning was used, 180 s of speech or 0.05 minutes of sound at most"
    assert f"part0.wav: {line}" in run("enroll", "C-1", parts[0], parts[1], *PROOF)
    assert f"the recording: {line}" in run("identify", parts[2])
    assert run_json("identify", parts[2])["only_the_beginning_used"] is True
    assert "only_the_beginning_used" in run("verify", "C-1", parts[2])
    made = run_json("re-enroll", "C-1", parts[0], parts[1], *PROOF)
    assert made["only_the_beginning_used"] == ["part0.wav", "part1.wav"]


def test_a_recording_that_was_heard_whole_says_nothing_of_it(parts: list[Path]) -> None:
    assert "beginning was" not in run("enroll", "C-1", parts[0], parts[1], *PROOF)
    assert "beginning" not in run("verify", "C-1", parts[2])
    assert run_json("identify", parts[2])["only_the_beginning_used"] is False


def test_a_gallery_elsewhere_is_named(parts: list[Path], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    run("enroll", "C-1", parts[0], parts[1], "--gallery", url)
    assert run_json("identify", parts[2], "--gallery", url)["n_people"] == 1
    assert run_json("identify", parts[2])["n_people"] == 0


def test_search_vectors_are_renewed(parts: list[Path]) -> None:
    enroll(parts)
    assert run("renew") == "search vectors under a new rotation: 2\n"
    assert run_json("identify", parts[2])["candidates"][0]["customer"] == "C-1"
