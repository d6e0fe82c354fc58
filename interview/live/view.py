"""The live state: what an interview that is under way shows to its officer."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from facesign.biometrics.face.movements import Movement
from facesign.interview.facts import SessionFacts
from facesign.interview.flags import Flag
from facesign.interview.heard import mismatches
from facesign.interview.live.blank import blank_state, words
from facesign.interview.live.conduct import Conduct
from facesign.interview.live.recent import Recent
from facesign.interview.live.strip import LiveSpeech, strip_of
from facesign.interview.prompts import Prompt
from facesign.interview.record.behaviour import is_behaviour
from facesign.interview.report import Report
from facesign.interview.risk.watch import GrowingWatch
from facesign.interview.voices import EVERY_S, is_comparable
from facesign.interview.writeup import SoFar, so_far

__all__ = ["LiveView"]

LOOK_EVERY_S = 0.5
RESTORED_LAG_S = 2.0
"""A new worker has caught up when it is no further behind."""
LOOK_SHARE = 0.05
"""Saying what the session shows takes longer the longer it runs; at most this share of time."""


class LiveView:
    """Build the live state of one interview.

    Args:
        conduct: The interview.
        recent: What its last seconds were like.
    """

    def __init__(self, conduct: Conduct, recent: Recent) -> None:
        self._conduct = conduct
        self._recent = recent
        self._speech = LiveSpeech()
        self._under_way: tuple[Movement, ...] = ()
        self._found: SoFar | None = None
        self._watch: GrowingWatch | None = None
        self._look_at_s = 0.0
        self._compared: dict[str, Any] | None = None
        self._restoring = False
        self._first_s: dict[str, float] = {}
        self._seen: dict[str, Mapping[str, Any]] = {}
        """Cards of another worker, as long as what they rest on was not analyzed again."""
        self.new: list[tuple[str, dict[str, Any]]] = []
        """Prompts and flags that were not shown before, to be entered into the record."""

    def remember(self, shown: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Take over what another worker has shown: it stays while it is being found again."""
        self._restoring = True
        for kind, card in shown:
            key = _key_of(kind, card)
            self._first_s[key] = card["first_s"]
            self._seen[key] = card

    @property
    def is_out_of_date(self) -> bool:
        """Whether a movement is seen that the last state does not have."""
        return any(one not in self._under_way for one in self._movements_under_way())

    def state(
        self,
        *,
        time_s: float,
        recording: bool,
        officer_recorded: bool = False,
        behind: bool = False,
        problem: str | None,
    ) -> dict[str, Any]:
        """Return the state now, with a value for every key.

        Args:
            time_s: Session time up to which something was received.
            recording: Whether pieces are being received.
            officer_recorded: Whether those of the officer's own microphone are, too.
            behind: Whether what another worker received is still being decoded.
            problem: What went wrong, in one line.
        """
        conduct = self._conduct
        facts = self._facts()
        self._under_way = self._movements_under_way()
        lag_s = max(0.0, time_s - self._analyzed_s()) if facts else 0.0
        self._restoring &= behind or lag_s > RESTORED_LAG_S
        if not self._restoring:
            self._seen.clear()
        if facts is not None:
            self._look(facts, time_s)
        shown = self._shown
        state = blank_state(conduct.session_id, conduct.plan)
        for question in state["questions"]:
            question["state"] = conduct.question_states[question["id"]]
        rate_hz = self._recent.rate_hz
        return {
            **state,
            "stage": conduct.stages.stage,
            "time_s": round(time_s, 3),
            "lag_s": round(lag_s, 3),
            "recording": recording,
            "officer_recorded": officer_recorded,
            "restoring": self._restoring,
            "paused": conduct.stages.paused_by,
            "question": self._question(),
            "quality": [hint.to_dict() for hint in self._recent.hints(facts.voice)]
            if facts
            else [],
            "identity": {**state["identity"], **self._last_identity(facts)},
            "strip": self._strip(facts, time_s),
            "overlay": self._recent.overlay() if facts else None,
            "prompts": self._prompts(facts),
            "flags": self._flags(),
            "monitors": self._monitors(facts),
            "checks": [check.to_dict() for check in shown.checks] if shown else [],
            "outcome": self._outcome(),
            "decision": conduct.decision,
            "behaviour": self._behaviour(facts),
            "consents": {
                purpose: {
                    "granted": consent.granted,
                    "text": consent.text,
                    "lang": lang,
                    "at": consent.at.isoformat(timespec="seconds"),
                }
                for purpose, (consent, lang) in conduct.consents.items()
            },
            "gaps": [
                {
                    "from_s": round(gap.from_s, 2),
                    "to_s": round(gap.to_s, 2),
                    "lost_s": round(gap.lost_s, 1),
                    "reason": gap.reason,
                    "continued": conduct.is_continued(gap),
                }
                for gap in conduct.gaps
            ],
            "skipped": {
                "n": self._recent.n_skipped,
                "of": self._recent.n_frames,
                "share": round(self._recent.n_skipped / max(1, self._recent.n_frames), 4),
            },
            "rate_hz": None if rate_hz is None else round(rate_hz, 1),
            "notes": list(conduct.written.notes),
            "marks": list(conduct.written.marks),
            "evidence": [one.to_dict() for one in conduct.written.evidence],
            "broken_off": conduct.written.broken_off(),
            "problem": problem,
        }

    @property
    def _shown(self) -> SoFar | Report | None:
        """What is shown: the report as soon as there is one."""
        return self._conduct.report or self._found

    def _prompts(self, facts: SessionFacts | None) -> list[dict[str, Any]]:
        # Withdrawn consent takes the prompts away at once, not at the next look.
        if facts is not None and facts.behaviour_off is not None:
            return []
        return self._cards("prompt", self._shown.prompts if self._shown else ())

    def _flags(self) -> list[dict[str, Any]]:
        return self._cards("flag", self._shown.flags if self._shown else ())

    def _cards(self, kind: str, found: Sequence[Prompt | Flag]) -> list[dict[str, Any]]:
        cards = {_key_of(kind, card): card for card in (one.to_dict() for one in found)}
        known = {key: dict(card) for key, card in self._seen.items() if key.startswith(kind)}
        return [
            {**card, "first_s": self._first_s.get(key)} for key, card in (known | cards).items()
        ]

    def _monitors(self, facts: SessionFacts | None) -> list[dict[str, Any]]:
        shown = self._shown
        if shown is None:
            return []
        fired = shown.monitors if isinstance(shown, Report) else shown.state.fired
        if facts is not None and facts.behaviour_off is not None:
            # As with prompts: what rests on behaviour goes at once.
            fired = tuple(one for one in fired if not any(map(is_behaviour, one.evidence)))
        return [one.to_dict() for one in fired]

    def _outcome(self) -> dict[str, Any] | None:
        report = self._conduct.report
        if report is None:
            return None
        return {
            "outcome": report.outcome,
            "reasons": [reason.to_dict() for reason in report.reasons],
        }

    def _facts(self) -> SessionFacts | None:
        session = self._conduct.session
        if session is None or self._conduct.report is not None:
            return None
        if session.pipeline is not None:
            self._speech.update(session.pipeline)
        return session.so_far()

    def _strip(self, facts: SessionFacts | None, time_s: float) -> dict[str, Any] | None:
        session = self._conduct.session
        if facts is None or session is None:
            return None
        return strip_of(facts, self._speech, time_s, under_way=self._under_way)

    def _movements_under_way(self) -> tuple[Movement, ...]:
        session = self._conduct.session
        pipeline = None if session is None else session.pipeline
        return () if pipeline is None else pipeline.movements_under_way

    def _look(self, facts: SessionFacts, time_s: float) -> None:
        started_s = time.monotonic()
        if started_s < self._look_at_s:
            return
        self._watch = self._watch or GrowingWatch(others_declared=facts.others_declared)
        self._found = so_far(facts, self._watch)
        took_s = time.monotonic() - started_s
        self._look_at_s = started_s + max(LOOK_EVERY_S, took_s / LOOK_SHARE)
        shown = [("prompt", one.to_dict()) for one in self._found.prompts]
        shown += [("flag", one.to_dict()) for one in self._found.flags]
        for kind, card in shown:
            key = _key_of(kind, card)
            if key not in self._first_s:
                self._first_s[key] = round(time_s, 2)
                self.new.append((kind, {**card, "first_s": round(time_s, 2)}))

    def _analyzed_s(self) -> float:
        session = self._conduct.session
        return 0.0 if session is None else session.time_s

    def _question(self) -> dict[str, Any] | None:
        asked = self._conduct.asked_now
        if asked is None:
            return None
        questions = self._conduct.plan.script.questions
        return {
            "id": asked.question.question_id,
            "kind": asked.question.kind,
            "text": words(asked.question.text),
            "follow_ups": [words(text) for text in asked.question.follow_ups],
            "index": questions.index(asked.question),
            "n": len(questions),
            "phase": asked.phase,
            "since_s": round(asked.since_s, 2),
        }

    def _behaviour(self, facts: SessionFacts | None) -> dict[str, Any]:
        if facts is None:
            off = "behaviour_off" if self._conduct.identity_only else None
        else:
            off = facts.behaviour_off
        return {"on": off is None, "reason": off}

    def _last_identity(self, facts: SessionFacts | None) -> dict[str, Any]:
        """Return the comparison of voices; after the end, the last one."""
        if facts is not None or self._compared is None:
            self._compared = self._identity(facts)
        return self._compared

    def _identity(self, facts: SessionFacts | None) -> dict[str, Any]:
        card: dict[str, Any] = {"needed_s": EVERY_S, "continuity": self._continuity()}
        if facts is None:
            return card
        found = facts.findings
        if facts.consent.decision("voice") is False:
            return {**card, "reason": "consent_refused"}
        session = self._conduct.session
        turns = () if session is None else session.turns
        heard_s, usable_s = (
            sum(turn.duration_s for turn in turns if is_comparable(turn, shared=shared))
            for shared in (False, facts.others_declared)
        )
        card["net_speech_s"] = round(usable_s, 1)
        voices = session.voices if session else None
        if voices is not None and voices.verifier is None:
            return {**card, "reason": voices.unverified or "no_voiceprint"}
        compared = found.compared_so_far
        if not compared:
            # There would be enough of it, were nobody beside the applicant.
            shared = heard_s >= EVERY_S > usable_s
            return {
                **card,
                "status": "listening",
                "reason": "shared_microphone" if shared else None,
            }
        last = compared[-1]
        told = {
            **card,
            "llr": None if last.llr is None else round(last.llr, 3),
            "point": last.point,
            "fmr": last.fmr,
            "reason": next(iter(last.reasons), None),
        }
        if last.decision == "no_match" and not list(mismatches(compared)):
            # One short comparison errs too often to be shown as a mismatch.
            return {**told, "status": "inconclusive", "reason": "one_comparison"}
        return {**told, "status": last.decision}

    def _continuity(self) -> str:
        if not self._conduct.gaps:
            return "whole"
        continued = [self._conduct.is_continued(gap) for gap in self._conduct.gaps]
        if None in continued:
            return "not_assessed"
        return "continued" if all(continued) else "waiting"


def _key_of(kind: str, card: Mapping[str, Any]) -> str:
    """Return what makes a card the same card at the next look."""
    if kind == "prompt":
        return f"prompt:{card['question_id']}"
    return f"flag:{card['code']}:{card['start_s']:.2f}"
