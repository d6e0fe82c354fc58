"""What a live session enters into its record, from the consent to recording on."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from facesign.interview.home import Home
from facesign.interview.keys import KeyClass
from facesign.interview.record.contents import SEARCHED, keep_report, keep_report_again
from facesign.interview.record.writer import Closing, RecordWriter
from facesign.interview.report import Report
from facesign.interview.risk.history import VoiceElsewhere

__all__ = ["Logbook"]


class Logbook:
    """Hold entries in memory until recording is agreed to; then write them as they come.

    Two threads write: pieces as they are received, entries as they are analyzed.

    Args:
        home: Where the record lies.
        session_id: Whose record it is.
        created_at: When the session was created, UTC.
    """

    def __init__(self, home: Home, session_id: str, created_at: datetime) -> None:
        self._home = home
        self._session_id = session_id
        self._created_at = created_at
        self._lock = threading.Lock()
        self._writer: RecordWriter | None = None
        self._held: list[tuple[str, Mapping[str, Any], KeyClass]] | None = []
        """None once the record is open, and after its end."""

    def open(self) -> None:
        """Begin the record with what was held: from here on it may be kept."""
        with self._lock:
            if self._held is None:
                return
            self._writer = RecordWriter.create(
                self._home, session_id=self._session_id, created_at=self._created_at
            )
            held, self._held = self._held, None
            for kind, data, key_class in held:
                self._writer.add(kind, data, key_class=key_class)

    def go_on(self, writer: RecordWriter) -> None:
        """Write on in a record that another worker began."""
        with self._lock:
            self._writer, self._held = writer, None

    def add(self, kind: str, data: Mapping[str, Any], *, key_class: KeyClass = "statutory") -> None:
        """Enter something.

        Raises:
            OutputError: it cannot be written.
        """
        with self._lock:
            if self._held is not None:
                self._held.append((kind, data, key_class))
            elif self._writer is not None:
                self._writer.add(kind, data, key_class=key_class)

    def piece(self, stream: str, data: bytes, *, key_class: KeyClass = "statutory") -> None:
        """Write received bytes, unchanged.

        Raises:
            OutputError: they cannot be written.
        """
        with self._lock:
            if self._writer is not None:
                self._writer.piece(stream, data, key_class=key_class)

    def as_entered(self, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is both entered and applied: consents carry their moment."""
        if name in ("consent", "withdraw"):
            return {**values, "at": datetime.now(UTC).isoformat()}
        return dict(values)

    def command(self, name: str, values: Mapping[str, Any], *, time_s: float, after: int) -> None:
        """Enter what a person did.

        Args:
            name: What.
            values: With which values.
            time_s: Session time.
            after: How many items had been analyzed before it.
        """
        self.add(
            "command", {"name": name, "values": dict(values), "time_s": time_s, "after": after}
        )

    def searched(self, found: VoiceElsewhere) -> None:
        """Enter what a search of the gallery found: who analyzes again does not search again."""
        self.add(SEARCHED, found.to_dict())

    def shown(self, kind: str, values: Mapping[str, Any]) -> None:
        """Enter a prompt or flag that the officer was shown for the first time."""
        self.add(
            f"{kind}_shown", values, key_class="behaviour" if kind == "prompt" else "statutory"
        )

    def report(self, report: Report, *, after: int, instead_of: Report | None = None) -> None:
        """Enter what was found; what is behaviour is kept only as long as behaviour.

        Args:
            report: The report.
            after: How many items had been analyzed.
            instead_of: The report before something was added that was not known at the end.
        """
        if instead_of is None:
            keep_report(self, report, after=after)
        else:
            keep_report_again(self, report, instead_of, after=after)

    def close(self, status: Closing) -> None:
        """End the record, if there is one and it is open.

        Raises:
            OutputError: it cannot be written.
        """
        with self._lock:
            self._held = None
            if self._writer is not None:
                self._writer.close(status)
                self._writer = None

    def drop(self) -> None:
        """Let go of the record without closing it."""
        with self._lock:
            if self._writer is not None:
                self._writer.drop()
                self._writer = None
