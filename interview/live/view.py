"""The live state: what an interview that is under way shows to its officer."""

from __future__ import annotations

import time
from typing import Any

from facesign.interview.facts import SessionFacts
from facesign.interview.heard import mismatches
from facesign.interview.live.blank import blank_state, words
from facesign.interview.live.conduct import Conduct
from facesign.interview.live.recent import Recent
from facesign.interview.live.strip import LiveSpeech, strip_of
from facesign.interview.report import Report
from facesign.interview.voices import EVERY_S
from facesign.interview.writeup import SoFar, so_far

__all__ = ["LiveView"]

LOOK_EVERY_S = 0.5
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
        self._found: SoFar | None = None
        self._look_at_s = 0.0
        self._compared: dict[str, Any] | None = None
        self._first_s: dict[str, float] = {}
        self.new: list[tuple[str, dict[str, Any]]] = []
        """Prompts and flags that were not shown before, to be entered into the record."""

    def state(self, *, time_s: float, recording: bool, problem: str | None) -> dict[str, Any]:
        """Return the state now, with a value for every key.

        Args:
            time_s: Session time up to which something was received.
            recording: Whether pieces are being received.
            problem: What went wrong, in one line.
        """
        conduct = self._conduct
        facts = self._facts()
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
            "lag_s": round(max(0.0, time_s - self._analyzed_s()), 3) if facts else 0.0,
            "recording": recording,
            "paused": conduct.stages.paused_by,
            "question": self._question(),
            "quality": [hint.to_dict() for hint in self._recent.hints(facts.voice)]
            if facts
            else [],
            "identity": {**state["identity"], **self._last_identity(facts)},
            "strip": None if facts is None else strip_of(facts, self._speech, time_s),
            "overlay": self._recent.overlay() if facts else None,
            "prompts": self._prompts(facts),
            "flags": self._flags(),
            "monitors": self._monitors(),
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
        if self._shown is None or (facts is not None and facts.behaviour_off is not None):
            return []
        return [
            {**prompt.to_dict(), "first_s": self._first_s.get(f"prompt:{prompt.question_id}")}
            for prompt in self._shown.prompts
        ]

    def _flags(self) -> list[dict[str, Any]]:
        if self._shown is None:
            return []
        return [
            {**flag.to_dict(), "first_s": self._first_s.get(f"flag:{flag.code}:{flag.start_s:.2f}")}
            for flag in self._shown.flags
        ]

    def _monitors(self) -> list[dict[str, Any]]:
        shown = self._shown
        if shown is None:
            return []
        fired = shown.monitors if isinstance(shown, Report) else shown.state.fired
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

    def _look(self, facts: SessionFacts, time_s: float) -> None:
        started_s = time.monotonic()
        if started_s < self._look_at_s:
            return
        self._found = so_far(facts)
        took_s = time.monotonic() - started_s
        self._look_at_s = started_s + max(LOOK_EVERY_S, took_s / LOOK_SHARE)
        shown = [("prompt", f"prompt:{p.question_id}", p.to_dict()) for p in self._found.prompts]
        shown += [
            ("flag", f"flag:{f.code}:{f.start_s:.2f}", f.to_dict()) for f in self._found.flags
        ]
        for kind, key, values in shown:
            if key not in self._first_s:
                self._first_s[key] = round(time_s, 2)
                self.new.append((kind, {**values, "first_s": round(time_s, 2)}))

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
        card["net_speech_s"] = round(
            sum(t.duration_s for t in found.turns if t.subject == "applicant" and t.same_voice), 1
        )
        voices = self._conduct.session.voices if self._conduct.session else None
        if voices is not None and voices.verifier is None:
            return {**card, "reason": voices.unverified or "no_voiceprint"}
        if not found.compared:
            return {**card, "status": "listening", "reason": None}
        last = found.compared[-1]
        told = {
            **card,
            "llr": None if last.llr is None else round(last.llr, 3),
            "point": last.point,
            "fmr": last.fmr,
            "reason": next(iter(last.reasons), None),
        }
        if last.decision == "no_match" and not list(mismatches(found.compared)):
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
