from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from session_factory import some_signals

from facesign.biometrics.face.signals import SIGNALS
from facesign.errors import OutputError
from facesign.interview.spool import CHUNK_FRAMES, SignalSpool


@pytest.fixture
def bytes_on_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The spool's file under a name, so that a test can look into it."""
    path = tmp_path / "spool"
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: path.open("w+b"))
    return path.read_bytes


def test_what_went_in_comes_out_in_order_to_the_bit() -> None:
    spool = SignalSpool()
    rng = np.random.default_rng(0)
    n_frames, blocks = 3 * CHUNK_FRAMES + 100, []
    for start in range(0, n_frames, 8):
        part = some_signals(np.arange(start, min(start + 8, n_frames)) / 30)
        part.values[:] = rng.normal(size=part.values.shape)
        part.values[0, 5] = np.nan
        blocks.append(part)
        spool.add(part)
    times, values = (np.concatenate(parts) for parts in zip(*spool.chunks(), strict=True))
    assert spool.n_frames == n_frames
    assert values.dtype == np.float32
    np.testing.assert_array_equal(times, np.arange(n_frames) / 30)
    np.testing.assert_array_equal(values, np.concatenate([part.values for part in blocks]))


def test_it_can_be_read_twice_and_go_on_in_between() -> None:
    spool = SignalSpool()
    spool.add(some_signals([0.0, 0.1]))
    assert [len(times) for times, _ in spool.chunks()] == [2]
    spool.add(some_signals([0.2]))
    assert [len(times) for times, _ in spool.chunks()] == [2, 1]


def test_an_empty_spool_has_no_chunks() -> None:
    assert list(SignalSpool().chunks()) == []


def test_memory_holds_at_most_one_chunk(bytes_on_disk: Any) -> None:
    spool = SignalSpool()
    for start in range(0, CHUNK_FRAMES, 8):
        spool.add(some_signals(np.arange(start, start + 8) / 30))
    assert len(bytes_on_disk()) >= CHUNK_FRAMES * (len(SIGNALS) + 1) * 8
    assert spool._n_open == 0


def test_the_disk_holds_no_value_in_plain(bytes_on_disk: Any) -> None:
    spool = SignalSpool()
    spool.add(some_signals(np.full(64, 123.456), value=7.25))
    list(spool.chunks())
    written = bytes_on_disk()
    assert len(written) > 64 * len(SIGNALS) * 8
    for plain in (np.float64(7.25), np.float32(7.25), np.float64(123.456)):
        assert plain.tobytes() * 2 not in written
    assert len(set(written)) == 256
    counts = np.bincount(np.frombuffer(written, dtype=np.uint8), minlength=256)
    assert counts.max() < 2 * counts.mean()


def test_two_spools_do_not_share_a_key(bytes_on_disk: Any) -> None:
    written = []
    for _ in range(2):
        spool = SignalSpool()
        spool.add(some_signals([0.0]))
        list(spool.chunks())
        written.append(bytes_on_disk())
        spool.close()
    assert written[0] != written[1]


def test_nothing_lies_in_the_temporary_folder_meanwhile_or_after(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spool = SignalSpool()
    spool.add(some_signals(np.arange(2 * CHUNK_FRAMES) / 30))
    assert os.listdir(tmp_path) == []
    spool.close()
    assert os.listdir(tmp_path) == []


def test_a_spool_that_is_dropped_closes_its_file_without_a_warning() -> None:
    spool = SignalSpool()
    spool.add(some_signals([0.0]))
    del spool
    gc.collect()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: open("/dev/full", "r+b", 0))
    spool = SignalSpool()
    with pytest.raises(OutputError, match="cannot write the temporary folder: No space left"):
        spool.add(some_signals(np.arange(CHUNK_FRAMES) / 30))


def test_no_temporary_folder_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(OutputError, match="cannot write the temporary folder: No such file"):
        SignalSpool()
