"""What a session's record says: its plan, its report, its observations and signals."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Protocol

from facesign.biometrics.observation import Observation
from facesign.errors import RecordError
from facesign.interview.home import Settings
from facesign.interview.keys import KeyClass
from facesign.interview.marks import Mark
from facesign.interview.record.behaviour import is_behaviour, without_behaviour
from facesign.interview.record.pushed import PUSHED
from facesign.interview.record.reader import Record
from facesign.interview.record.view import VIEW
from facesign.interview.script import Question, Script, Words
from facesign.interview.tables import signal_batches, signal_schema

if TYPE_CHECKING:
    import pyarrow as pa

    from facesign.interview.report import Report

__all__ = [
    "OFFICER_STREAM",
    "SEARCHED",
    "SIGNALS",
    "Book",
    "keep_report",
    "keep_report_again",
    "marks_from",
    "observations_of",
    "plan_of",
    "playable_streams",
    "report_of",
    "script_from",
    "settings_from",
    "settings_to_dict",
    "signals_of",
]

SIGNALS = "signals"
"""Name of the stream that holds `signals.parquet`."""
SEARCHED = "searched"
"""The entry that says what a search of the gallery found."""
OFFICER_STREAM = "officer."
"""What the names of streams begin with that hold the officer's own microphone."""
ROWS_AN_ENTRY = 500
_NOT_PLAYED = (PUSHED, SIGNALS, "applicant_audio", "officer_audio")
_FLUSH_BYTES = 1 << 18


class Book(Protocol):
    """What entries and pieces go into: a RecordWriter, or what stands before one."""

    def add(self, kind: str, data: Mapping[str, Any], *, key_class: KeyClass = ...) -> None:
        """Append an entry."""

    def piece(self, stream: str, data: bytes, *, key_class: KeyClass = ...) -> None:
        """Append bytes of a stream."""


def keep_report(writer: Book, report: Report, **outcome: Any) -> None:
    """Enter what a closed session found: observations, signals, flags, prompts, outcome, report.

    Args:
        writer: The record.
        report: The report.
        outcome: What else its entry `outcome` should say.

    Raises:
        OutputError: it cannot be written; what was recorded before is kept.
    """
    _keep_rows(writer, [o for o in report.observations if not is_behaviour(o)], "statutory")
    _keep_rows(writer, [o for o in report.observations if is_behaviour(o)], "behaviour")
    if report.signals.n_frames:
        _keep_signals(writer, report)
    for prompt in report.prompts:
        writer.add("prompt", prompt.to_dict(), key_class="behaviour")
    for flag in without_behaviour(report.to_dict())["flags"]:
        writer.add("flag", flag)
    _keep_whole(writer, report, outcome)


def keep_report_again(writer: Book, report: Report, before: Report, **outcome: Any) -> None:
    """Enter a report that takes the place of one: what is new in it, then outcome and report.

    Args:
        writer: The record.
        report: The report that holds now.
        before: The one that was entered before.
        outcome: What else its entry `outcome` should say.

    Raises:
        OutputError: it cannot be written; what was recorded before is kept.
    """
    known = set(before.observations)
    new = [observation for observation in report.observations if observation not in known]
    _keep_rows(writer, [o for o in new if not is_behaviour(o)], "statutory")
    _keep_rows(writer, [o for o in new if is_behaviour(o)], "behaviour")
    entered = without_behaviour(before.to_dict())["flags"]
    for flag in without_behaviour(report.to_dict())["flags"]:
        if flag not in entered:
            writer.add("flag", flag)
    _keep_whole(writer, report, outcome)


def plan_of(record: Record) -> Mapping[str, Any]:
    """Return what the session was told at its start.

    Raises:
        RecordError: the record has no such entry, or its key was erased.
    """
    for entry in record.entries("session"):
        return entry.data
    raise RecordError(record.folder, "says nothing about its session")


def report_of(record: Record) -> dict[str, Any] | None:
    """Return `report.json` of the session, without behaviour where that was erased.

    None where the session has not come to a report.
    """
    report = record.last("report")
    if report is None:
        return None
    rest = record.last("report_behaviour")
    return {**report.data, **({} if rest is None else rest.data)}


def observations_of(record: Record) -> tuple[Observation, ...]:
    """Return the observations in time order, those of behaviour as long as its key is there."""
    rows = [row for entry in record.entries("observations") for row in entry.data["rows"]]
    found = [Observation(**row) for row in rows]
    return tuple(sorted(found, key=lambda o: (o.start_s, o.end_s, o.name)))


def signals_of(record: Record) -> pa.Table | None:
    """Return `time_s` and the 132 signals, None where there are none or they were erased."""
    import pyarrow.parquet as pq

    if SIGNALS not in record.streams or "behaviour" in record.erased:
        return None
    # pyarrow ships no types.
    return pq.read_table(io.BufferedReader(record.media(SIGNALS)))  # type: ignore[no-untyped-call]


def playable_streams(record: Record) -> tuple[str, ...]:
    """Return the streams that a browser can play, in the order they began.

    The officer's own microphone is not among them: it is heard beside them.
    """
    if VIEW in record.streams:
        return (VIEW,)
    return tuple(
        name
        for name in record.streams
        if name not in _NOT_PLAYED and not name.startswith(OFFICER_STREAM)
    )


def script_from(values: Mapping[str, Any] | None) -> Script | None:
    """Return the script of a plan."""
    if values is None:
        return None
    questions = tuple(
        Question(
            question_id=row["question_id"],
            kind=row["kind"],
            text=Words(**row["text"]),
            follow_ups=tuple(Words(**words) for words in row["follow_ups"]),
            usual_latency_s=row["usual_latency_s"],
        )
        for row in values["questions"]
    )
    return Script(values["script_id"], values["version"], Words(**values["title"]), questions)


def marks_from(rows: list[Mapping[str, Any]]) -> tuple[Mark, ...]:
    """Return the marks of a plan."""
    return tuple(Mark(**row) for row in rows)


def settings_to_dict(settings: Settings) -> dict[str, Any]:
    """Return the settings of a plan; not the gallery, whose address may hold a password."""
    return {name: value for name, value in asdict(settings).items() if name != "gallery"}


def settings_from(values: Mapping[str, Any]) -> Settings:
    """Return the settings of a plan; what this version has no setting for is left out."""
    known = {field.name for field in fields(Settings)}
    read = {name: value for name, value in values.items() if name in known}
    if "required_checks" in read:
        read["required_checks"] = tuple(read["required_checks"])
    return Settings(**read)


def _keep_whole(writer: Book, report: Report, outcome: dict[str, Any]) -> None:
    whole = report.to_dict()
    kept = without_behaviour(whole)
    writer.add("outcome", {name: kept[name] for name in ("outcome", "reasons")} | outcome)
    writer.add("report", kept)
    rest = {name: value for name, value in whole.items() if value != kept.get(name)}
    if rest:
        writer.add("report_behaviour", rest, key_class="behaviour")


def _keep_rows(writer: Book, found: list[Observation], key_class: KeyClass) -> None:
    for first in range(0, len(found), ROWS_AN_ENTRY):
        rows = [observation.to_dict() for observation in found[first : first + ROWS_AN_ENTRY]]
        writer.add("observations", {"rows": rows}, key_class=key_class)


def _keep_signals(writer: Book, report: Report) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = _PieceSink(lambda data: writer.piece(SIGNALS, data, key_class="behaviour"))
    # pyarrow ships no types.
    with pq.ParquetWriter(  # type: ignore[no-untyped-call]
        pa.PythonFile(sink, mode="w"), signal_schema(), compression="zstd"
    ) as table:
        for batch in signal_batches(report.signals):
            table.write_batch(batch)
    sink.close()


class _PieceSink(io.RawIOBase):
    """A file that only grows, whose bytes go on as pieces."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        super().__init__()
        self._take = take
        self._open = bytearray()
        self._size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._open += part
        self._size += len(part)
        if len(self._open) >= _FLUSH_BYTES:
            self._pass_on()
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._pass_on()
        super().close()

    def _pass_on(self) -> None:
        if self._open:
            self._take(bytes(self._open))
            self._open.clear()
