"""Writing a folder of results: whole files or none, for the owner alone."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from facesign.biometrics.face.signals import SIGNALS
from facesign.biometrics.observation import Observation
from facesign.errors import OutputError
from facesign.interview.spool import SignalSpool

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "OutputFolder",
    "check_file_writable",
    "check_writable",
    "observation_table",
    "signal_batches",
    "signal_schema",
    "write_signals",
]


class OutputFolder:
    """Write files under temporary names and give them their own when all are done."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._made: list[Path] = []
        self._done: list[tuple[Path, Path]] = []

    def __enter__(self) -> OutputFolder:
        try:
            self._made = [p for p in (self._path, *self._path.parents) if not p.exists()]
            self._path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(self._path, error.strerror or str(error)) from error
        return self

    def write(self, name: str, text: str) -> None:
        """Write a text file."""
        fresh = self._fresh(name)
        try:
            # A file name or customer number may hold bytes that are no text.
            fresh.write_text(text, encoding="utf-8", errors="replace")
        except OSError as error:
            raise OutputError(self._path / name, error.strerror or str(error)) from error

    def write_table(self, name: str, table: pa.Table) -> None:
        """Write a Parquet file from one table."""
        self.write_batches(name, iter(table.to_batches()), table.schema)

    def write_batches(
        self, name: str, batches: Iterator[pa.RecordBatch], schema: pa.Schema | None = None
    ) -> None:
        """Write a Parquet file batch by batch."""
        import pyarrow.parquet as pq

        fresh = self._fresh(name)
        try:
            # pyarrow ships no types.
            with pq.ParquetWriter(  # type: ignore[no-untyped-call]
                fresh, schema or signal_schema(), compression="zstd"
            ) as writer:
                for batch in batches:
                    writer.write_batch(batch)
        except OSError as error:
            raise OutputError(self._path / name, error.strerror or str(error)) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                for fresh, final in self._done:
                    os.replace(fresh, final)
                self._made = []
        except OSError as failed:
            raise OutputError(self._path, failed.strerror or str(failed)) from failed
        finally:
            self._tidy()

    def _tidy(self) -> None:
        """Remove what did not get its name, and the folders that were made for it."""
        for fresh, _ in self._done:
            fresh.unlink(missing_ok=True)
        for folder in self._made:
            with suppress(OSError):
                folder.rmdir()

    def _fresh(self, name: str) -> Path:
        """Make an empty private file beside the final one."""
        _refuse_folder(self._path / name)
        try:
            handle, fresh = tempfile.mkstemp(prefix=f".{name}.", dir=self._path)
        except OSError as error:
            raise OutputError(self._path / name, error.strerror or str(error)) from error
        os.close(handle)
        self._done.append((Path(fresh), self._path / name))
        return Path(fresh)


def check_writable(path: Path) -> None:
    """Find out before the work whether a folder of results can be written.

    Raises:
        OutputError: it cannot.
    """
    try:
        nearest = next((p for p in (path, *path.parents) if p.exists()), Path("."))
        if not nearest.is_dir():
            raise OutputError(path, f"{nearest} is not a folder")
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from error


def check_file_writable(path: Path) -> None:
    """Find out before the work whether one file of results can be written.

    Raises:
        OutputError: it cannot.
    """
    check_writable(path.parent)
    _refuse_folder(path)


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise OutputError(path, "a folder has that name")


def observation_table(observations: Sequence[Observation]) -> pa.Table:
    """Return the table of `observations.parquet`."""
    import pyarrow as pa

    text, number = pa.string(), pa.float64()
    schema = pa.schema(
        [
            ("name", text),
            ("start_s", number),
            ("end_s", number),
            ("value", number),
            ("unit", text),
            ("baseline_median", number),
            ("baseline_mad", number),
            ("status", text),
            ("reason", text),
            ("quality", number),
            ("subject", text),
            ("analyser", text),
        ]
    )
    return pa.Table.from_pylist([o.to_dict() for o in observations], schema=schema)


def signal_schema() -> pa.Schema:
    """Return time_s and the 132 named columns of `signals.parquet`."""
    import pyarrow as pa

    columns = [pa.field(signal.name, pa.float32()) for signal in SIGNALS]
    return pa.schema([pa.field("time_s", pa.float64()), *columns])


def signal_batches(signals: SignalSpool) -> Iterator[pa.RecordBatch]:
    """Yield the rows of `signals.parquet`."""
    import pyarrow as pa

    for time_s, values in signals.chunks():
        columns = [pa.array(column) for column in values.T]
        yield pa.record_batch([pa.array(time_s), *columns], schema=signal_schema())


def write_signals(path: Path, signals: SignalSpool) -> None:
    """Write the signals alone to one Parquet file.

    Raises:
        OutputError: it cannot be written.
    """
    with OutputFolder(path.parent) as folder:
        folder.write_batches(path.name, signal_batches(signals))
