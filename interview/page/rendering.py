"""The report page: one self-contained, printable HTML file from a report's plain values."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.resources import files
from typing import Any

import jinja2

from facesign.interview.page import figures, rank
from facesign.interview.page.lanes import draw_timeline
from facesign.interview.page.texts import Lang, Texts, load_texts

__all__ = ["ReportImage", "render_html"]

MAX_MOVEMENTS = 60
"""Rows of the table of brief movements; the strongest are kept, in order of time."""
_GROUPED = ("flag", "not_checked", "finding")
_TEXT_SECTION = {"flag": "flag", "not_checked": "check", "finding": "check"}
_UNITS_BY_ENDING = {"_s": "s", "_hz": "Hz", "_px": "px", "_deg": "deg", "_db": "dB"}


@dataclass(frozen=True, slots=True)
class ReportImage:
    """One picture of the recording, shown only where pictures were asked for."""

    time_s: float
    """Presentation time in seconds since time zero."""
    jpeg: bytes = field(repr=False)
    """An encoded JPEG file."""
    caption_code: str
    """Why this picture is shown: `prompt`, `flag`, `movement`, `question`, `baseline` ..."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of why the outcome is what it is."""

    text: str
    detail: str = ""
    links: Sequence[tuple[str, str]] = ()
    """Address in the page and time span of each flag behind the reason."""


def render_html(
    report: Mapping[str, Any], *, lang: Lang, images: Sequence[ReportImage] = ()
) -> str:
    """Render a report as one page that asks for nothing outside itself.

    Args:
        report: Plain values as `report.schema.json` describes them.
        lang: Language of the page; it may differ from the report's own.
        images: Pictures for a strip at the end.

    Returns:
        A complete HTML document without scripts; everything that came from outside is escaped.
    """
    texts = load_texts(lang)
    questions = (report["script"] or {"questions": []})["questions"]
    return _page().render(
        report=report,
        t=texts,
        lang="zh-CN" if lang == "zh" else "en",
        css=_source("report.css"),
        reasons=_reasons(report, texts),
        not_checked=_sorted_checks(report, "not_assessed"),
        required=texts.join(texts("check", one) for one in report["settings"]["required_checks"]),
        checked=_sorted_checks(report, "assessed"),
        check_of={check["check"]: check for check in report["checks"]},
        timeline=draw_timeline(report, texts),
        voice_reasons=_voice_reasons(report, texts),
        number_of={question["id"]: n for n, question in enumerate(questions, 1)},
        question_of={question["id"]: question for question in questions},
        movements=_strongest(report["movements"]),
        monitor_of={one["id"]: one for one in report["monitors"]},
        protect=[one for one in report["monitors"] if one["role"] == "protect"],
        weighs=partial(rank.weighs, texts),
        rank_total=partial(rank.total, texts),
        images=[(image, base64.b64encode(image.jpeg).decode()) for image in images],
        amount=partial(figures.amount, texts),
        now=partial(figures.now, texts),
        usual=partial(figures.usual, texts),
        channels=partial(figures.channels, texts),
        seen=partial(_seen, texts),
    )


def _voice_reasons(report: Mapping[str, Any], texts: Texts) -> str:
    voice = report["identity"].get("voice") or {"reasons": ()}
    return texts.join(texts("why", reason) for reason in voice["reasons"])


def _seen(texts: Texts, observation: Mapping[str, Any]) -> str:
    """Say in words what was seen: more or less than this person's usual."""
    name, value, median = (observation[key] for key in ("name", "value", "baseline_median"))
    what = texts("observation", name)
    if value is None or median is None or value == median:
        return what
    direction = "more" if value > median else "less"
    if texts.has(f"seen_{direction}", name):
        return texts(f"seen_{direction}", name)
    return texts("page", direction, what=what)


def _reasons(report: Mapping[str, Any], texts: Texts) -> list[Reason]:
    """Return the reasons in words: plain ones, findings, flags, then all that was not checked."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for reason in report["reasons"]:
        group, colon, _ = reason["code"].partition(":")
        grouped.setdefault(group if colon and group in _GROUPED else "", []).append(reason)
    lines = [
        Reason(texts("reason", one["code"]), _detail(texts, one)) for one in grouped.get("", [])
    ]
    for group in ("finding", "flag"):
        lines += [_reason(report, texts, group, one) for one in grouped.get(group, [])]
    if missing := grouped.get("not_checked", []):
        what = texts.join(texts("check", _target(one)) for one in missing)
        lines.append(Reason(texts("reason", "not_checked", what=what)))
    return lines


def _reason(
    report: Mapping[str, Any], texts: Texts, group: str, reason: Mapping[str, Any]
) -> Reason:
    what = texts(_TEXT_SECTION[group], _target(reason))
    flags = [
        flag for flag in report["flags"] if group == "flag" and flag["code"] == _target(reason)
    ]
    links = [
        (f"#{flag['id']}", figures.clock_span(flag["start_s"], flag["end_s"])) for flag in flags
    ]
    return Reason(texts("reason", group, what=what), _detail(texts, reason), links)


def _target(reason: Mapping[str, Any]) -> str:
    return str(reason["code"].partition(":")[2])


def _detail(texts: Texts, reason: Mapping[str, Any]) -> str:
    """Write the numbers behind a reason; the end of each name gives its unit."""
    parts = []
    for name, value in reason["detail"].items():
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, (int, float)):
            unit = next((u for end, u in _UNITS_BY_ENDING.items() if name.endswith(end)), "1")
            value = (
                str(value) if name.startswith("n_") else figures.amount(texts, value, unit, name)
            )
        known = texts.has("detail", name)
        parts.append(texts("detail", name, value=value) if known else f"{name} {value}")
    return texts.join(parts)


def _sorted_checks(report: Mapping[str, Any], status: str) -> list[Mapping[str, Any]]:
    found = [check for check in report["checks"] if check["status"] == status]
    return sorted(found, key=lambda check: not check["required"])


def _strongest(movements: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    by_strength = sorted(movements, key=lambda movement: -movement["strength"])
    return sorted(by_strength[:MAX_MOVEMENTS], key=lambda movement: movement["onset_s"])


def _source(name: str) -> str:
    return (files("facesign.interview.page") / "templates" / name).read_text(encoding="utf-8")


@cache
def _page() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_source),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "clock": figures.clock,
        "clock_span": figures.clock_span,
        "usual_range": figures.usual_range,
    }
    return environment.get_template("report.html.j2")
