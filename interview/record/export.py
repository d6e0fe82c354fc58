"""Writing what a record holds into a folder that the user names."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from facesign.errors import OutputError
from facesign.interview.page.rendering import render_html
from facesign.interview.record.contents import SIGNALS, observations_of, report_of
from facesign.interview.record.filing import filed_sources
from facesign.interview.record.pushed import PUSHED
from facesign.interview.record.reader import Record
from facesign.interview.record.view import VIEW
from facesign.interview.tables import OutputFolder, check_writable, observation_table

__all__ = ["export"]

COPY_BYTES = 1 << 20
_OWN_NAMES = {PUSHED: f"{PUSHED}.bin", VIEW: f"{VIEW}.mp4"}


def export(record: Record, out: Path) -> tuple[Path, ...]:
    """Write entries, report, observations, signals and received streams, decrypted.

    `entries.jsonl` has an entry a line; `media/` the received bytes as they came. What a program
    pushed is written as it is stored, see docs/records.md. What was erased is not there.

    Args:
        record: The record.
        out: Folder, which must be new or empty; only the owner may read what is written.

    Returns:
        The files.

    Raises:
        RecordDamagedError: something in it was changed; then nothing is left behind.
        OutputError: the folder is not empty, or cannot be written.
    """
    check_writable(out)
    if out.exists() and any(out.iterdir()):
        raise OutputError(out, "it is not empty; name a new folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        _write_texts(record, fresh)
        _write_streams(record, fresh)
        if out.exists():
            out.rmdir()
        fresh.rename(out)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if isinstance(error, OutputError) or error.errno is None:
            raise
        raise OutputError(out, error.strerror or str(error)) from error
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return tuple(sorted(path for path in out.rglob("*") if path.is_file()))


def _write_texts(record: Record, folder: Path) -> None:
    with OutputFolder(folder) as files:
        files.write("entries.jsonl", "".join(f"{line}\n" for line in _lines(record)))
        report = report_of(record)
        if report is not None:
            files.write("report.json", json.dumps(report, ensure_ascii=False, indent=1))
            files.write("report.html", render_html(report, lang=report["lang"]))
            files.write_table("observations.parquet", observation_table(observations_of(record)))


def _lines(record: Record) -> Iterator[str]:
    for entry in record.entries():
        values: dict[str, Any] = {
            "seq": entry.seq,
            "at": entry.at.isoformat(),
            "kind": entry.kind,
            "key_class": entry.key_class,
            "data": dict(entry.data),
        }
        yield json.dumps(values, ensure_ascii=False)


def _write_streams(record: Record, folder: Path) -> None:
    names = {stream: source.name for stream, source in filed_sources(record).items()}
    for stream in record.streams:
        if stream == SIGNALS:
            if "behaviour" not in record.erased:
                _copy(record, stream, folder / "signals.parquet")
            continue
        name = Path(names.get(stream, f"{stream}.bin")).name
        taken = _OWN_NAMES.get(stream, f"{stream}-{name}")
        (folder / "media").mkdir(mode=0o700, exist_ok=True)
        _copy(record, stream, folder / "media" / taken)


def _copy(record: Record, stream: str, path: Path) -> None:
    with record.media(stream) as source, path.open("xb") as target:
        path.chmod(0o600)
        shutil.copyfileobj(source, target, COPY_BYTES)
