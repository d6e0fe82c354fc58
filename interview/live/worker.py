"""The lead of one live session: writes what comes, then decodes, analyzes and tells.

Three threads: one takes what the server sends and writes it to the record, one decodes, and the
main one analyzes, so that a slow analysis holds back neither the record nor a command.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

from facesign.biometrics.face.tracker_process import TrackerProcess
from facesign.biometrics.stream import Frame, Sound
from facesign.errors import FacesignError, SessionStateError, SettingsError
from facesign.interview.archive.entries import DECISIONS
from facesign.interview.home import require_one_of
from facesign.interview.live.beginning import begin
from facesign.interview.live.conduct import Gap, track_of
from facesign.interview.live.going_on import GoingOn
from facesign.interview.live.history import GivenAgain, History
from facesign.interview.live.intake import Command, Heard, Intake, Placed, Received, SegmentStart
from facesign.interview.live.lines import Side
from facesign.interview.live.logbook import Logbook
from facesign.interview.live.officer_line import OfficerLine
from facesign.interview.live.places import Place, Places
from facesign.interview.live.plan import Start
from facesign.interview.live.recent import Recent
from facesign.interview.live.segments import Segments
from facesign.interview.live.skips import Skips
from facesign.interview.live.view import LiveView

__all__ = ["Worker"]

TELL_EVERY_S = 0.1
OFFICER_LATE_S = 2.0
"""At the end the officer's line is waited for so long; what lies behind the end holds it up."""


class Worker:
    """Lead one session; `_receive` and `_piece` run in a thread of their own.

    Args:
        wire: To the server.
        start: The session.
        tracker: The face tracker, started beforehand.
    """

    def __init__(self, wire: Connection[Any, Any], start: Start, tracker: TrackerProcess) -> None:
        self._wire = wire
        self._sending = threading.Lock()
        self._start = start
        self._recent = Recent()
        held = GoingOn.open(start.home, start.session_id) if start.again else None
        self._book = Logbook(start.home, start.session_id, start.created_at)
        self._intake = Intake()
        self._segments = Segments(self._intake, track_of(start.plan))
        self._officer = OfficerLine(self._intake)
        if held is None:
            self._conduct = begin(start, self._book, tracker=tracker, watch=self._recent.event)
        else:
            self._conduct = held.conduct(
                start.home, self._book, tracker=tracker, watch=self._recent.event
            )
            held.take_up(self._book, self._segments, self._officer)
        self._history = None if held is None else held.history
        self._tracker = tracker
        self._view = LiveView(self._conduct, self._recent)
        self._why_gap = "connection"
        self._before: dict[str, tuple[str, float]] = {}
        """Why and for how long nothing came before a segment."""
        self._skips = Skips({})
        self._places = Places()
        self._given_again = GivenAgain(())
        if self._history is not None:
            self._remember(self._history)
        self._problem: str | None = None
        self._over = False
        self._tell_at_s = 0.0

    def _remember(self, history: History) -> None:
        """Know what another worker entered, so that nothing is entered twice."""
        self._before = {one.stream: (one.reason, one.lost_s) for one in history.segments}
        self._skips = Skips(history.skipped)
        self._given_again = history.given_again
        self._view.remember(history.shown)
        lost = history.is_open and self._segments.current is None
        self._why_gap = "worker" if lost else history.why_gap

    def run(self) -> None:
        """Take what comes until the session has ended."""
        threading.Thread(target=self._receive, name="receive", daemon=True).start()
        self._tell_state()
        if self._start.again:
            current = self._segments.current
            # Pages send again what is not in the record; the officer's begins a new segment.
            n_pieces = current.n_pieces if current else 0
            self.tell("again", "applicant", self._segments.n_segments, n_pieces)
            self.tell("again", "officer", 0, 0)
        while not self._over:
            work = self._intake.take(max(0.0, self._tell_at_s - time.monotonic()))
            if isinstance(work, Command):
                self._obey(work)
            elif work is not None:
                self._take(work)
            if self._conduct.stages.has_ended and not self._over:
                self._end_early()
            if self._view.is_out_of_date or time.monotonic() >= self._tell_at_s:
                self._tell_state()
        self._tell_state()
        self.tell("ended", self._conduct.summary(self._problem, self._segments.time_s))

    def leave(self) -> None:
        """Let go of everything; a record that is still open is closed as interrupted."""
        self._segments.abort()
        self._officer.abort()
        self._intake.close()
        self._tracker.close()
        try:
            self._book.close("interrupted")
        except FacesignError:
            # The disk may be full: recovery will say that the record was not closed.
            self._book.drop()
        self._wire.close()

    def tell(self, kind: str, *values: Any) -> None:
        """Send something to the server; one that is gone is not told."""
        with self._sending, suppress(OSError):
            self._wire.send((kind, *values))

    # What the server sends, in a thread of its own.

    def _receive(self) -> None:
        try:
            while True:
                kind, *values = self._wire.recv()
                if kind == "piece":
                    self._piece(*values)
                else:  # "do"
                    number, name, given = values
                    time_s = self._segments.time_s
                    self._intake.command(Command(name, given, number, time_s))
        except (EOFError, OSError):
            self._intake.command(Command("server_gone", {}))
        except FacesignError as error:
            # Nothing may go on that cannot be written.
            self._intake.command(Command("cannot_write", {"problem": str(error)}))

    def _piece(self, side: Side, segment: int, number: int, data: bytes) -> None:
        line = self._segments if side == "applicant" else self._officer
        current, captures = line.current, self._conduct.stages.captures
        if current is None and captures:
            # The page missed what ended its segment, as a short pause while its line was cut.
            self.tell("leave", side, segment)
            return
        if current is None or current.number != segment or not captures:
            self.tell("ack", side, segment, number)
            return
        if number > current.n_pieces:
            # One before it is missing: the page sends both again.
            return
        if number == current.n_pieces:
            self._book.piece(current.stream, data)
            line.feed(data)
        self.tell("ack", side, segment, number)

    def _obey(self, command: Command) -> None:
        try:
            answer = self._do(command)
        except FacesignError as error:
            self._answer(command, error=error)
            return
        # The state first: who is answered sees what came of it.
        self._tell_state()
        self._answer(command, value=answer)

    def _answer(
        self, command: Command, *, value: Any = None, error: FacesignError | None = None
    ) -> None:
        if command.number:
            self.tell("answer", command.number, value, error)

    def _do(self, command: Command) -> Any:
        actions: Mapping[str, Callable[..., Any]] = {
            "segment": self._open_segment,
            "officer_segment": self._open_officer_segment,
            "end": self._end,
            "decide": self._decide,
            "server_gone": self._server_gone,
            "cannot_write": self._cannot_write,
            "connection": self._connection,
        }
        if command.name in actions:
            return actions[command.name](**command.values)
        values = self._book.as_entered(command.name, command.values)
        self._given_again.decided_anew(command.name, values)
        before, report = self._conduct.n_items, self._conduct.report
        answer = self._conduct.apply(command.name, values, time_s=command.time_s)
        if self._conduct.may_keep:
            self._book.open()
        # Whoever counts the items up to here leaves out the same frames.
        self._list()
        self._book.command(command.name, values, time_s=command.time_s, after=before)
        if command.name == "pause":
            self._why_gap = "paused"
            self._segments.end()
            self._officer.end()
        if command.name in ("consent", "withdraw") and values.get("purpose") == "face":
            self._recent.forget_face()
        if report is not None and self._conduct.report is not report:
            self._book.report(self._conduct.report or report, after=before, instead_of=report)
        return answer

    def _list(self) -> None:
        """Enter which frames were skipped, and in which order the officer was heard."""
        self._skips.list_in(self._book)
        self._places.list_in(self._book)

    def _break_officer(self) -> None:
        """End what is received of the officer's: their page begins a new segment."""
        current = self._officer.current
        if current is not None and self._officer.end():
            self.tell("leave", "officer", current.number)

    def _open_segment(self, mime: str, lost: bool = False) -> int:
        """Start to take what a new MediaRecorder writes; return the segment's number."""
        self._conduct.open()
        if not self._conduct.stages.captures:
            raise SessionStateError(f"nothing is captured now: {self._conduct.stages}")
        segment, lost_s = self._segments.open()
        # It was placed by the clock of the segment before.
        self._break_officer()
        why, self._why_gap = self._why_gap, "connection"
        self._before[segment.stream] = why, lost_s or 0.0
        self._book.add(
            "segment",
            {"stream": segment.stream, "mime": mime, "lost_s": lost_s, "reason": why},
        )
        return segment.number

    def _open_officer_segment(self, mime: str) -> int:
        """Start to take what a new MediaRecorder writes of the officer's own microphone."""
        beside = self._segments.current
        if self._start.plan.applicant_here:
            raise SessionStateError("one microphone hears both at this computer")
        if beside is None or not self._conduct.stages.captures:
            raise SessionStateError("nothing of the applicant is being received")
        segment, lost_s = self._officer.open(beside)
        self._book.add(
            "officer_segment",
            {"stream": segment.stream, "mime": mime, "lost_s": lost_s, "beside": beside.stream},
        )
        return segment.number

    def _started(self, start: SegmentStart) -> None:
        history = self._history
        if history is None or start.stream not in history.offsets:
            self._book.add("segment_starts", {"stream": start.stream, "offset_s": start.offset_s})
        if start.from_s <= 0:
            return
        gap = None if history is None else history.gaps.get(start.offset_s)
        if gap is None:
            why, lost_s = self._before[start.stream]
            gap = Gap(start.from_s, start.offset_s, lost_s, why)
            self._book.add("gap", {**asdict(gap), "after": self._conduct.n_items})
        self._conduct.gap(gap)

    def _take(self, work: SegmentStart | Placed | Heard | Received) -> None:
        """Analyze something that was received, or enter where it begins."""
        if isinstance(work, SegmentStart):
            self._started(work)
        elif isinstance(work, Placed):
            self._book.add("officer_starts", {**asdict(work), "by": "arrival"})
        elif isinstance(work, Heard):
            if not self._conduct.stages.has_ended:
                self._places.add(Place(work.stream, work.number, self._conduct.n_items))
                self._push(work.sound)
        else:
            self._analyze(work)

    def _analyze(self, received: Received) -> None:
        if received.index is not None:
            frame = received.item if isinstance(received.item, Frame) else None
            self._recent.frame(received.time_s, frame)
            if frame is None:
                self._skips.add(received.stream, received.index, received.time_s)
        elif isinstance(received.item, Sound):
            self._recent.sound(received.item)
        if received.item is not None and not self._conduct.stages.has_ended:
            self._push(received.item)

    def _push(self, item: Frame | Sound) -> None:
        self._given_again.hold(self._conduct, self._conduct.n_items)
        self._conduct.push(item)

    def _drain(self) -> None:
        """Analyze everything that was received before."""
        self._segments.end()
        self._officer.end()
        patient_until_s = time.monotonic() + OFFICER_LATE_S
        while True:
            decodes = self._segments.is_decoding or (
                self._officer.is_decoding and time.monotonic() < patient_until_s
            )
            work = self._intake.take(0.05 if decodes else 0.0)
            if isinstance(work, Command):
                self._answer(work, error=SessionStateError("the interview is being ended"))
            elif work is not None:
                self._take(work)
            elif not decodes:
                self._officer.abort()
                return
            if time.monotonic() >= self._tell_at_s:
                self._tell_state()

    def _end(self) -> None:
        if self._conduct.stages.stage not in ("baseline", "questions"):
            raise SessionStateError(f"there is nothing to end: {self._conduct.stages}")
        self._drain()
        self._conduct.stages.move("review")
        self._finish()

    def _finish(self) -> None:
        self._list()
        after = self._conduct.n_items
        self._given_again.hold(self._conduct)
        report = self._conduct.finish()
        if report is not None:
            self._book.report(report, after=after)
            self._conduct.keep_comparison()

    def _decide(self, decision: str, reason: str, by: str) -> None:
        require_one_of("decision", decision, DECISIONS)
        if not reason.strip():
            raise SettingsError("a decision needs a reason")
        if self._conduct.stages.stage != "review":
            raise SessionStateError(f"there is nothing to decide yet: {self._conduct.stages}")
        at = datetime.now(UTC).isoformat(timespec="seconds")
        decided = {"decision": decision, "reason": reason.strip(), "by": by, "at": at}
        self._book.add("decision", decided)
        self._conduct.decision = decided
        self._conduct.stages.move("closed")
        self._book.close("closed")
        self._over = True

    def _end_early(self) -> None:
        """Close a session that was abandoned, rescheduled or interrupted."""
        self._segments.abort()
        self._officer.abort()
        self._intake.close()
        self._segments.join()
        stage = self._conduct.stages.stage
        # Who stops is not written up; the record shows what was received.
        if stage == "interrupted":
            self._finish()
        if stage in ("interrupted", "abandoned", "rescheduled"):
            self._book.close(stage)
        self._over = True

    def _server_gone(self) -> None:
        if not self._conduct.stages.has_ended:
            self._conduct.stages.move("interrupted")

    def _cannot_write(self, problem: str) -> None:
        self._problem = problem
        self._conduct.stages.move("interrupted")

    def _connection(self, who: str, lost_s: float) -> None:
        self._book.add("connection", {"who": who, "lost_s": lost_s})

    def _tell_state(self) -> None:
        now_s = time.monotonic()
        if now_s % 1.0 < TELL_EVERY_S:
            self._list()
        if self._officer.is_misplaced:
            self._break_officer()
        state = self._view.state(
            time_s=self._segments.time_s,
            recording=self._segments.current is not None and self._conduct.stages.captures,
            officer_recorded=self._officer.is_heard and self._conduct.stages.captures,
            behind=self._segments.is_behind,
            problem=self._problem,
        )
        for kind, values in self._view.new:
            self._book.shown(kind, values)
        self._view.new.clear()
        self.tell("state", state)
        self._tell_at_s = time.monotonic() + TELL_EVERY_S
