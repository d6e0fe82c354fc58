"""The live state in words: what was found as cards and rows, its reasons as texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facesign.interview.home import Language
from facesign.interview.page import figures
from facesign.interview.page.texts import load_texts
from facesign.ui.console.cards import cards_of, further_of

__all__ = ["in_words"]

TOLD_AS_CARDS = ("prompts", "flags", "monitors")


def in_words(state: Mapping[str, Any], lang: Language) -> dict[str, Any]:
    """Return a live state with words beside its codes.

    Args:
        state: As docs/live-state.md describes it.
        lang: Language of the officer's page.
    """
    texts = load_texts(lang)
    questions = {one["id"]: one for one in state["questions"]}
    identity, strip = dict(state["identity"]), state["strip"]
    reason = identity["reason"]
    identity["why"] = texts("why", reason) if reason and texts.has("why", reason) else None
    if strip is not None and strip["movements"] is not None:
        moved = [
            {**one, "text": figures.channels(texts, one["channels"])} for one in strip["movements"]
        ]
        strip = {**strip, "movements": moved}
    question = state["question"]
    if question is not None:
        question = {
            **question,
            "shown": texts.either(question["text"]),
            "follow_ups": [texts.either(one) for one in question["follow_ups"]],
        }
    behaviour = dict(state["behaviour"])
    behaviour["why"] = texts("why", behaviour["reason"]) if behaviour["reason"] else None
    outcome = state["outcome"]
    return {
        **{name: value for name, value in state.items() if name not in TOLD_AS_CARDS},
        "identity": identity,
        "strip": strip,
        "question": question,
        "behaviour": behaviour,
        "questions": [
            {"id": one["id"], "state": one["state"], "text": texts.either(one["text"])}
            for one in state["questions"]
        ],
        "cards": cards_of(state, texts, questions),
        "further": further_of(state, texts),
        "checks": [
            {
                "label": texts("check", one["check"]),
                "status": one["status"],
                "finding": one["finding"],
                "why": texts("why", one["reason"]) if one["reason"] else None,
            }
            for one in state["checks"]
        ],
        "outcome": outcome and {**outcome, "word": texts("outcome", outcome["outcome"])},
    }
