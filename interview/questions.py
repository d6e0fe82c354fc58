"""The questions of a session in time, as marked beforehand or as they are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from facesign.biometrics.observation import Subject
from facesign.biometrics.stream import BoolArray, TimeArray
from facesign.errors import SessionStateError
from facesign.interview.marks import Mark
from facesign.interview.script import Question, Script

__all__ = ["QuestionLog"]


class QuestionLog:
    """Which question stood when. Marks from a file and live calls end in the same log."""

    def __init__(self, script: Script | None, marks: Sequence[Mark] = ()) -> None:
        self._script = script
        self._marks = list(marks)
        self._open = False

    def ask(self, question_id: str, time_s: float) -> None:
        """Start a question; the answer to the one before ends here.

        Raises:
            SessionStateError: the session has no script, or the time is past.
            ScriptError: the script has no such question.
        """
        self.question(question_id)
        past_s = self._marks[-1].asked_end_s if self._marks else 0.0
        if time_s < past_s:
            raise SessionStateError(
                f"{question_id} cannot start at {time_s} s: {past_s} s is past already"
            )
        self.end(time_s)
        self._marks.append(Mark(question_id, time_s, time_s, time_s, end_known=False))
        self._open = True

    def asked(self, time_s: float) -> None:
        """End the question that is being asked; its answer starts here.

        Raises:
            SessionStateError: no question is open, or it starts after that time.
        """
        if not self._open:
            raise SessionStateError("no question is open: call ask() first")
        start_s = self._marks[-1].asked_start_s
        if time_s < start_s:
            raise SessionStateError(
                f"the question cannot end at {time_s} s: it started at {start_s} s"
            )
        self._marks[-1] = replace(
            self._marks[-1], asked_end_s=time_s, answer_end_s=time_s, end_known=True
        )

    def end(self, time_s: float) -> None:
        """End the answer that is open, if one is."""
        if self._open:
            end_s = max(time_s, self._marks[-1].asked_end_s)
            self._marks[-1] = replace(self._marks[-1], answer_end_s=end_s)
            self._open = False

    @property
    def marks(self) -> tuple[Mark, ...]:
        """All questions so far, in time order."""
        return tuple(self._marks)

    def marks_until(self, time_s: float) -> tuple[Mark, ...]:
        """Return all questions so far; an answer that is still being given ends at time_s."""
        if not (self._open and self._marks[-1].end_known):
            return self.marks
        end_s = max(time_s, self._marks[-1].asked_end_s)
        return (*self._marks[:-1], replace(self._marks[-1], answer_end_s=end_s))

    @property
    def is_used(self) -> bool:
        """Whether questions are marked or can be asked."""
        return bool(self._marks) or self._script is not None

    def question(self, question_id: str) -> Question:
        """Return a question of the script.

        Raises:
            SessionStateError: the session has no script.
            ScriptError: the script has no such question.
        """
        if self._script is None:
            raise SessionStateError("this session has no script: give one to Session()")
        return self._script.question(question_id)

    def in_baseline(self, time_s: TimeArray) -> BoolArray:
        """Tell which times lie in a baseline question or its answer."""
        inside = np.zeros(len(time_s), dtype=np.bool_)
        for index, mark in enumerate(self._marks):
            if self.question(mark.question_id).kind != "baseline":
                continue
            still_open = self._open and index == len(self._marks) - 1
            end_s = np.inf if still_open else mark.answer_end_s
            inside |= (time_s >= mark.asked_start_s) & (time_s <= end_s)
        return inside

    def being_asked(self, time_s: TimeArray) -> BoolArray:
        """Tell which times lie in a question whose end is known: the officer's turn."""
        inside = np.zeros(len(time_s), dtype=np.bool_)
        for mark in self._marks:
            if mark.end_known:
                inside |= (time_s >= mark.asked_start_s) & (time_s < mark.asked_end_s)
        return inside

    def turn_at(self, time_s: float) -> Subject:
        """Tell whose turn a time lies in; `session` where it is not known."""
        for mark in self._marks:
            if mark.end_known and mark.asked_start_s <= time_s < mark.asked_end_s:
                return "officer"
            is_open = self._open and mark is self._marks[-1]
            end_s = np.inf if is_open else mark.answer_end_s
            if mark.end_known and mark.asked_end_s <= time_s <= end_s:
                return "applicant"
        return "session"

    def baseline_is_over(self, time_s: float) -> bool:
        """Tell whether a question of another kind was asked by this time."""
        return any(
            mark.asked_start_s <= time_s and self.question(mark.question_id).kind != "baseline"
            for mark in self._marks
        )
