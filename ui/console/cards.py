"""What was found as cards in words, the same live, at the review and in the replay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from facesign.interview.page import figures, rank
from facesign.interview.page.texts import Texts

__all__ = ["card_of", "cards_of", "further_of"]


def cards_of(
    found: Mapping[str, Any], texts: Texts, questions: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return cards: signs of a need for protection first, then flags, then prompts.

    Args:
        found: A live state or a report: `monitors`, `flags` and `prompts`.
        texts: The words of a language.
        questions: Questions of the script by id.
    """
    monitors = found.get("monitors", ())
    explain = {one["id"]: texts.either(one["explain"]) for one in monitors}
    return [
        *_protection(monitors, texts),
        *(
            {**card_of("flag", one, texts, questions), **_ranked(one, explain, texts)}
            for one in found["flags"]
        ),
        *(card_of("prompt", one, texts, questions) for one in found["prompts"]),
    ]


def card_of(
    kind: str, item: Mapping[str, Any], texts: Texts, questions: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a prompt or a flag as a card: what was seen, how far from usual, what to ask."""
    question = questions.get(item.get("question_id") or "")
    # What a voice or another system tells has nothing to do with the picture.
    level = item.get("reliability")
    card = {
        "kind": kind,
        "id": item["id"],
        "start_s": item["start_s"],
        "end_s": item["end_s"],
        "reliability": texts("reliability", level) if level else None,
        "question": texts.either(question["text"]) if question else None,
        "seen": [_seen(one, item, texts) for one in item["observations"]],
    }
    if kind == "prompt":
        card["ask"] = [texts.either(item["follow_up"])]
        return card
    code = item["code"]
    card["title"] = texts("flag", code)
    card["meaning"] = texts("flag_meaning", code) if texts.has("flag_meaning", code) else None
    card["next"] = texts("flag_next", code) if texts.has("flag_next", code) else None
    card["family"] = texts("family", item["family"])
    card["value"] = card["threshold"] = None
    if item["value"] is not None:
        card["value"] = figures.amount(texts, item["value"], item["unit"], code)
    if item["threshold"] is not None:
        card["threshold"] = figures.amount(texts, item["threshold"], item["unit"], code)
    return card


def further_of(found: Mapping[str, Any], texts: Texts) -> list[dict[str, Any]]:
    """Return the monitoring points that fired and stand on no card, one row a point.

    Args:
        found: A live state or a report, as for `cards_of`.
        texts: The words of a language.
    """
    ranked = {
        (one["monitor"], one["start_s"], one["end_s"])
        for flag in found["flags"]
        for one in (flag.get("rank") or {"contributions": ()})["contributions"]
    }
    prompted = {_what(one) for prompt in found["prompts"] for one in prompt["observations"]}
    rest = [
        one
        for one in found.get("monitors", ())
        if one["role"] != "protect"
        and (one["id"], one["start_s"], one["end_s"]) not in ranked
        and not (one["role"] == "prompt" and _measured(one) <= prompted)
    ]
    return [
        {
            "id": fired[0]["id"],
            "family": texts("monitor_family", fired[0]["family"]),
            "text": texts.either(fired[0]["explain"]),
            "when": _when(fired, texts),
            "ask": texts.either(fired[0]["ask"]),
        }
        for fired in _by_point(rest)
    ]


def _protection(monitors: Iterable[Mapping[str, Any]], texts: Texts) -> list[dict[str, Any]]:
    """Return one card for all signs that the applicant may need protection, if there are any."""
    found = [one for one in monitors if one["role"] == "protect"]
    if not found:
        return []
    points = _by_point(found)
    return [
        {
            "kind": "protect",
            "id": "protect",
            "start_s": min(one["start_s"] for one in found),
            "end_s": max(one["end_s"] for one in found),
            "reliability": None,
            "question": None,
            "title": texts("page", "protect_badge"),
            "meaning": texts("page", "protect_about"),
            "seen": [
                {"what": texts.either(fired[0]["explain"]), "when": _when(fired, texts)}
                for fired in points
            ],
            "ask": list(dict.fromkeys(texts.either(fired[0]["ask"]) for fired in points)),
        }
    ]


def _ranked(flag: Mapping[str, Any], explain: Mapping[str, str], texts: Texts) -> dict[str, Any]:
    """List what a flag rests on and what adds to it, the weightiest first; no probability."""
    found = flag.get("rank")
    if not found:
        return {"ranked": [], "total": None}
    rows = []
    for one in found["contributions"]:
        family = texts("monitor_family", one["family"])
        told = [
            *((texts("page", "carries"),) if one["carries"] else ()),
            family,
            figures.clock_span(one["start_s"], one["end_s"]),
            rank.weighs(texts, one).replace(" ", figures.NO_BREAK),
        ]
        rows.append({"text": explain.get(one["monitor"], family), "told": told})
    total = {
        "points": rank.points(texts, found["points"]),
        "families": rank.counted(texts, found),
        "missing": rank.missing(texts, found),
    }
    return {"ranked": rows, "total": total}


def _seen(observation: Mapping[str, Any], item: Mapping[str, Any], texts: Texts) -> dict[str, Any]:
    name, usual_s = observation["name"], None
    if name == "voice.response_latency":
        usual_s = item.get("question_usual_s")
    moved = item.get("channels") if name == "face.brief_movements" else None
    return {
        "what": texts("observation", name),
        "start_s": observation["start_s"],
        "end_s": observation["end_s"],
        "now": figures.now(texts, observation),
        "usual": None
        if observation["baseline_median"] is None
        else figures.usual(texts, observation),
        "question_usual": None
        if usual_s is None
        else figures.amount(texts, usual_s, observation["unit"], name),
        "parts": figures.channels(texts, moved) if moved else None,
        "why": texts("why", observation["reason"]) if observation["reason"] else None,
    }


def _by_point(fired: Iterable[Mapping[str, Any]]) -> list[Sequence[Mapping[str, Any]]]:
    points: dict[str, list[Mapping[str, Any]]] = {}
    for one in fired:
        points.setdefault(one["id"], []).append(one)
    return list(points.values())


def _when(fired: Sequence[Mapping[str, Any]], texts: Texts) -> str:
    """Write when a point fired; of many times how often, and from when until when."""
    span = figures.clock_span(
        min(one["start_s"] for one in fired), max(one["end_s"] for one in fired)
    )
    return span if len(fired) == 1 else texts("page", "several", n=len(fired), when=span)


def _measured(fired: Mapping[str, Any]) -> set[tuple[str, float, float]]:
    """Return what a point of behaviour read, without the question that it read it within."""
    rows = fired["observations"]
    return {_what(one) for one in rows if not one["name"].startswith("question.")}


def _what(observation: Mapping[str, Any]) -> tuple[str, float, float]:
    return observation["name"], observation["start_s"], observation["end_s"]
