from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from session_factory import seen, some_signals

from facesign.biometrics.face.signals import SIGNALS
from facesign.errors import OutputError
from facesign.interview.spool import SignalSpool
from facesign.interview.tables import (
    OutputFolder,
    check_file_writable,
    check_writable,
    observation_table,
    signal_batches,
    write_signals,
)


def spool(n_frames: int = 3) -> SignalSpool:
    filled = SignalSpool()
    part = some_signals(np.arange(n_frames) / 30)
    part.values[0] = np.nan
    filled.add(part)
    return filled


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_files_get_their_names_when_all_are_written_for_the_owner_alone(tmp_path: Path) -> None:
    with OutputFolder(tmp_path / "a" / "b") as folder:
        folder.write("report.json", "{}")
        folder.write_table("observations.parquet", observation_table([seen("blink", 0, 1)]))
        assert not {"report.json", "observations.parquet"} & set(names(tmp_path / "a" / "b"))
    out = tmp_path / "a" / "b"
    assert names(out) == ["observations.parquet", "report.json"]
    assert {stat.S_IMODE((out / name).stat().st_mode) for name in names(out)} == {0o600}


def test_a_wide_umask_changes_nothing(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with OutputFolder(tmp_path) as folder:
            folder.write("report.json", "{}")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "report.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, OutputError])
def test_an_error_in_the_middle_leaves_the_older_files_whole_and_nothing_else(
    tmp_path: Path, error: type[BaseException]
) -> None:
    with OutputFolder(tmp_path) as folder:
        folder.write("report.json", "old")
    raised = error("here", "why") if error is OutputError else error()
    with pytest.raises(error), OutputFolder(tmp_path) as folder:  # noqa: PT012
        folder.write("report.json", "new")
        folder.write("report.html", "new")
        raise raised
    assert names(tmp_path) == ["report.json"]
    assert (tmp_path / "report.json").read_text() == "old"


def test_an_error_inside_a_table_leaves_nothing(tmp_path: Path) -> None:
    def batches() -> Any:
        yield from signal_batches(spool())
        raise KeyboardInterrupt

    out = tmp_path / "a" / "b"
    with pytest.raises(KeyboardInterrupt), OutputFolder(out) as folder:
        folder.write_batches("signals.parquet", batches())
    assert names(tmp_path) == []


def test_a_folder_that_held_something_else_stays(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(RuntimeError), OutputFolder(tmp_path / "a" / "b") as folder:  # noqa: PT012
        folder.write("report.json", "{}")
        raise RuntimeError
    assert names(tmp_path) == ["a"]
    assert names(tmp_path / "a") == []


def test_a_name_that_a_folder_has_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    with (
        pytest.raises(OutputError, match=r"report\.json: a folder has that name"),
        OutputFolder(tmp_path) as folder,
    ):
        folder.write("report.json", "{}")
    assert names(tmp_path) == ["report.json"]


def test_a_file_that_cannot_get_its_name_leaves_no_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left on device"):  # noqa: PT012
        with OutputFolder(tmp_path / "out") as folder:
            folder.write("report.json", "{}")
            folder.write("report.html", "")
            monkeypatch.setattr(os, "replace", refuse)
    assert names(tmp_path) == []


def test_a_write_that_fails_is_told_with_the_final_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, *_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    out = tmp_path / "out"
    with (
        pytest.raises(OutputError, match=rf"^cannot write {out}/report\.json: No space left"),
        OutputFolder(out) as folder,
    ):
        folder.write("report.json", "{}")
    assert names(tmp_path) == []


def test_words_that_are_not_unicode_are_written_all_the_same(tmp_path: Path) -> None:
    with OutputFolder(tmp_path) as folder:
        folder.write("report.json", "C-\udcff")
    assert (tmp_path / "report.json").read_text(encoding="utf-8") == "C-?"


@pytest.mark.parametrize("missing", ["out", "a/b/c"])
def test_a_folder_that_can_be_made_passes_and_is_not_made(tmp_path: Path, missing: str) -> None:
    check_writable(tmp_path / missing)
    check_writable(tmp_path)
    assert names(tmp_path) == []


def test_a_file_is_no_folder_for_results(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "out"):
        with pytest.raises(OutputError, match=r"cannot write .*file is not a folder"):
            check_writable(path)


def test_a_folder_that_takes_no_files_is_refused() -> None:
    with pytest.raises(OutputError, match=r"cannot write /proc/facesign: "):
        check_writable(Path("/proc/facesign"))


def test_a_results_file_is_checked_before_the_work(tmp_path: Path) -> None:
    check_file_writable(tmp_path / "out.parquet")
    with pytest.raises(OutputError, match="a folder has that name"):
        check_file_writable(tmp_path)
    with pytest.raises(OutputError, match="cannot write /proc"):
        check_file_writable(Path("/proc/out.parquet"))


def test_observations_have_the_columns_of_their_values() -> None:
    rows = [seen("blink", 0.5, 0.75, 0.9), seen("gaze.away", 1.0, 2.0, None)]
    table = observation_table(rows)
    assert table.column_names == [
        *("name", "start_s", "end_s", "value", "unit", "baseline_median", "baseline_mad"),
        *("status", "reason", "quality", "subject", "analyser"),
    ]
    assert table.to_pylist() == [row.to_dict() for row in rows]
    assert observation_table([]).schema == table.schema


def test_signals_have_the_time_and_132_named_columns(tmp_path: Path) -> None:
    write_signals(tmp_path / "out.parquet", spool())
    table = pq.read_table(tmp_path / "out.parquet")
    assert table.column_names == ["time_s", *(signal.name for signal in SIGNALS)]
    assert len(SIGNALS) == 132
    assert table["time_s"].to_pylist() == [0.0, 1 / 30, 2 / 30]
    values = table["au12.left.burst"].to_numpy()
    np.testing.assert_array_equal(values, np.array([np.nan, 1.5, 1.5], dtype=np.float32))
    assert stat.S_IMODE((tmp_path / "out.parquet").stat().st_mode) == 0o600


def test_a_session_without_signals_gives_an_empty_table(tmp_path: Path) -> None:
    write_signals(tmp_path / "out.parquet", SignalSpool())
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 0
