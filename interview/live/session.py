"""A live session as the server holds it: its worker, its pages, its latest state."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer
from dataclasses import replace
from datetime import UTC, datetime
from queue import Full
from typing import Any, TypeAlias

import uuid6

from facesign.errors import FacesignError, SessionStateError, WorkerError
from facesign.interview.home import Home
from facesign.interview.live.blank import blank_state
from facesign.interview.live.follow import Latest
from facesign.interview.live.lines import Ack, Line, Side
from facesign.interview.live.plan import SessionPlan, Start
from facesign.interview.live.processes import WorkerProcess
from facesign.interview.live.relay import Relay
from facesign.interview.live.stages import ENDED

__all__ = ["Ended", "LiveSession", "Side"]

Ended: TypeAlias = Callable[["LiveSession", dict[str, Any]], None]
ANSWER_S = 30.0
"""A worker that was not warm yet answers when it is."""
END_S = 120.0
"""The end waits for what was received to be analyzed, and for the report."""
TELL_EVERY_S = 0.1
RESTART_EVERY_S = 60.0
GOES_ON_IN = ("created", "consent", "baseline", "questions")
"""Stages in which another worker can go on; later the report is written."""

_log = logging.getLogger(__name__)


class LiveSession:
    """One interview that is under way; made by `LiveSessions.create`.

    Actions wait for the worker's answer: call them from a thread, not from an event loop.

    Args:
        plan: What is settled.
        officer: Name of the user who leads it.
        home: Where its record lies.
        take: Gives a process to lead it, and another one if that ends before its time.
        invite: Makes a token for it.
        ended: Called once, when it has ended.
    """

    def __init__(
        self,
        plan: SessionPlan,
        *,
        officer: str,
        home: Home,
        take: Callable[[], WorkerProcess],
        invite: Callable[[str], str],
        ended: Ended,
    ) -> None:
        self.session_id = str(uuid6.uuid7())
        self.created_at = datetime.now(UTC)
        self.plan = plan
        self.officer = officer
        self.relay = Relay()
        self._invite = invite
        self._ended = ended
        self._take = take
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._answers: dict[int, Future[Any]] = {}
        self._here: dict[Side, int] = {"applicant": 0, "officer": 0}
        self._lost_at_s: float | None = None
        self._summary: dict[str, Any] | None = None
        self._state = Latest(blank_state(self.session_id, plan))
        self.lines: Mapping[Side, Line] = {"applicant": Line(), "officer": Line()}
        """The pieces of each page."""
        self._restarted_at_s: float | None = None
        self._is_ending = False
        self._relayed: Ack = (0, -1)
        self._start = Start(self.session_id, self.created_at, plan, home, officer)
        self._worker = take()
        self._worker.lead(self._start, self._told)

    def __repr__(self) -> str:
        """Show the id, never a person's data."""
        return f"LiveSession({self.session_id})"

    @property
    def stage(self) -> str:
        """Where it stands."""
        stage: str = self._state.value["stage"]
        return stage

    @property
    def has_ended(self) -> bool:
        """Whether nothing more happens in it."""
        return self.stage in ENDED

    def invite(self) -> str:
        """Return a new token for `/join/<token>`; one that was made before is worth nothing."""
        return self._invite(self.session_id)

    def consent(self, purpose: str, *, granted: bool, text: str, lang: str) -> None:
        """Enter a decision of the applicant on one purpose.

        Args:
            purpose: `recording`, `face`, `voice`, `behaviour` or `search`.
            granted: Whether they agreed.
            text: Version of the words that were shown.
            lang: Language of those words.
        """
        self._do("consent", purpose=purpose, granted=granted, text=text, lang=lang)

    def withdraw(self, purpose: str) -> None:
        """Take a consent back: its analysis ends at once."""
        self._do("withdraw", purpose=purpose)

    def ask(self, question_id: str) -> None:
        """Start to ask a question; the answer to the one before ends."""
        self._do("ask", question_id=question_id)

    def asked(self) -> None:
        """End the question that is being asked: the answer starts."""
        self._do("asked")

    def skip(self) -> None:
        """Leave the question that stands unanswered, and ask the next."""
        self._do("skip")

    def next(self) -> None:
        """Ask the next question of the script."""
        self._do("next")

    def mark(self, label: str) -> None:
        """Mark this moment."""
        self._do("mark", label=label)

    def note(self, text: str) -> None:
        """Write a note at this moment."""
        self._do("note", text=text, by=self.officer)

    def identity_only(self) -> None:
        """Measure no behaviour from here on."""
        self._do("identity_only")

    def evidence(
        self, *, source: str, kind: str, result: str, reference: str | None = None
    ) -> None:
        """Add what another system of the bank found."""
        self._do("evidence", source=source, kind=kind, result=result, reference=reference)

    def pause(self, by: Side = "officer") -> None:
        """Stop the capture until `resume`."""
        self._do("pause", by=by)

    def resume(self, by: Side = "officer") -> None:
        """Go on; a pause of the applicant ends by the applicant alone."""
        self._do("resume", by=by)

    def abandon(self, *, because: str = "", by: Side = "applicant") -> None:
        """End it: nothing more is captured, and nobody decides.

        Args:
            because: Why; the applicant need not say.
            by: Who wishes it.
        """
        self._do("abandon", because=because, by=by)

    def reschedule(self, *, on: str | None = None, note: str = "") -> None:
        """End it, to be held another time.

        Args:
            on: The day, as `2026-12-03`; None where it is not known yet.
            note: What should be known of it.
        """
        self._do("reschedule", on=on, note=note)

    def end(self) -> None:
        """End the interview: the report is written, and the officer decides."""
        behind_s = float(self._state.value["lag_s"])
        self._do("end", patience_s=END_S + 2 * behind_s)

    def decide(self, decision: str, reason: str) -> None:
        """Decide: `proceed`, `escalate`, `stop` or `pause_and_protect`, with a reason."""
        self._do("decide", decision=decision, reason=reason, by=self.officer)

    def open_segment(self, mime: str, side: Side = "applicant") -> int:
        """Get ready for what a new MediaRecorder writes; return the number of its segment."""
        if side == "officer":
            return int(self._do("officer_segment", mime=mime))
        number: int = self._do("segment", mime=mime)
        self.relay.start(mime)
        return number

    def piece(self, data: bytes, *, segment: int, number: int, side: Side = "applicant") -> None:
        """Take a piece from a page; that it was written is told by its line.

        Raises:
            Full: the worker is far behind: the page must wait for acknowledgements.
        """
        self._worker.send("piece", side, segment, number, data)
        if side == "officer":
            return
        # What a page sends a second time was passed on before.
        if (segment, number) > self._relayed:
            self._relayed = (segment, number)
            self.relay.push(data)

    def arrived(self, side: Side) -> None:
        """Note that a page is connected."""
        with self._lock:
            self._here[side] += 1
            if side != "applicant" or self._lost_at_s is None:
                return
            lost_s, self._lost_at_s = time.monotonic() - self._lost_at_s, None
        try:
            self._worker.send("do", 0, "connection", {"who": side, "lost_s": round(lost_s, 1)})
        except Full:
            return

    def left(self, side: Side) -> None:
        """Note that a page is not connected any more."""
        with self._lock:
            self._here[side] -= 1
            if side == "applicant" and not self._here[side]:
                self._lost_at_s = time.monotonic()

    @property
    def lost_s(self) -> float | None:
        """For how long the applicant's page has been gone; None while it is here."""
        lost_at_s = self._lost_at_s
        return None if lost_at_s is None else time.monotonic() - lost_at_s

    def state(self) -> dict[str, Any]:
        """Return the live state; docs/live-state.md describes every key."""
        return self._filled(self._state.value)

    async def subscribe(self) -> AsyncGenerator[dict[str, Any], None]:
        """Yield the live state now and whenever it changed, at most ten times a second."""
        async for state in self._state.follow(least_s=TELL_EVERY_S):
            yield self._filled(state)

    def interrupt(self) -> None:
        """End it without a decision, and close its record."""
        self._is_ending = True
        self._worker.close()

    @property
    def worker_pid(self) -> int:
        """Id of the process that leads it now."""
        return self._worker.pid

    def kill_worker(self) -> None:
        """End the worker at once, as a crash would."""
        self._worker.kill()

    def _filled(self, state: dict[str, Any]) -> dict[str, Any]:
        lost_s = self.lost_s
        return {
            **state,
            "connected": {side: n > 0 for side, n in self._here.items()},
            "lost_s": None if lost_s is None else round(lost_s, 1),
        }

    def _do(self, name: str, *, patience_s: float = ANSWER_S, **values: Any) -> Any:
        number, answer = next(self._numbers), Future[Any]()
        with self._lock:
            if self._summary is not None:
                raise SessionStateError(f"this session has ended: {self.stage}")
            self._answers[number] = answer
        try:
            self._worker.send("do", number, name, values)
            return answer.result(patience_s)
        except (Full, NoAnswer) as error:
            raise WorkerError("the session's worker", "it does not answer") from error
        finally:
            with self._lock:
                self._answers.pop(number, None)

    def _told(self, message: tuple[Any, ...] | None) -> None:
        """Take a message of the worker, in the thread that listens to it."""
        if message is None:
            self._gone()
            return
        kind, *values = message
        if kind == "state":
            self._state.set(values[0])
        elif kind == "ack":
            side, segment, written = values
            self.lines[side].acks.set((segment, written))
        elif kind == "again":
            side, segment, n_pieces = values
            self.lines[side].again(segment, n_pieces)
        elif kind == "leave":
            side, segment = values
            self.lines[side].left.set(segment)
        elif kind == "answer":
            number, value, error = values
            self._settle(number, value, error)
        elif kind == "ended":
            self._finish(dict(values[0]))
        elif kind == "failed":
            # It closed the record itself: there is nothing to go on with.
            self._is_ending = True
            self._state.set({**self._state.value, "problem": values[0]})

    def _settle(self, number: int, value: Any, error: FacesignError | None) -> None:
        with self._lock:
            answer = self._answers.get(number)
        if answer is None or answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(value)

    def _gone(self) -> None:
        """The worker is gone, at the end of the session or before it."""
        if self._may_go_on():
            self._go_on()
            return
        problem = self._state.value["problem"] or "the session's process ended before its time"
        self._finish({"stage": "interrupted", "problem": problem})

    def _may_go_on(self) -> bool:
        if self._is_ending or self._summary is not None or self.stage not in GOES_ON_IN:
            return False
        # What ends a worker again at once would end the next one, too.
        last_s = self._restarted_at_s
        return last_s is None or time.monotonic() - last_s >= RESTART_EVERY_S

    def _go_on(self) -> None:
        """Let another worker go on from the record."""
        _log.warning("%r: its worker ended before its time, another one goes on", self)
        self._restarted_at_s = time.monotonic()
        self._worker = self._take()
        self._worker.lead(replace(self._start, again=True), self._told)
        if self._is_ending:
            # It was ended meanwhile, with the worker that was gone.
            self._worker.close()
        with self._lock:
            waiting = list(self._answers.values())
        for answer in waiting:
            _refuse(answer, "it was started again; try once more")

    def _finish(self, summary: dict[str, Any]) -> None:
        with self._lock:
            if self._summary is not None:
                return
            self._summary = summary
            waiting = list(self._answers.values())
        # Archive and record first: who sees that it has ended finds both as they stay.
        self._ended(self, summary)
        ended = {"stage": summary["stage"], "recording": False, "problem": summary["problem"]}
        self._state.set({**self._state.value, **ended})
        for answer in waiting:
            _refuse(answer, "it is gone")
        self._state.close()
        for line in self.lines.values():
            line.close()
        self.relay.close()


def _refuse(answer: Future[Any], why: str) -> None:
    if not answer.done():
        answer.set_exception(WorkerError("the session's worker", why))
