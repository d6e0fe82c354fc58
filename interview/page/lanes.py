"""The timeline of the report page: rows of marks and lines on one time axis, in per cent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facesign.interview.page.curves import Curves, draw_curves
from facesign.interview.page.figures import amount, clock, clock_span
from facesign.interview.page.texts import Texts
from facesign.interview.page.timeaxis import Axis, Pile, axes, percent, pile_up

__all__ = ["Band", "Mark", "Row", "Timeline", "draw_timeline"]

MAX_MARKS = 240
"""Marks of one row; more than these are drawn as piles over equal parts of the axis."""
MAX_BANDS = 30
_CHECK_BEHIND = {
    "face": "face",
    "other_face": "face",
    "speech": "voice_behaviour",
    "pause": "voice_behaviour",
    "filled_pause": "voice_behaviour",
    "pose": "behaviour",
    "gaze": "behaviour",
    "gaze_away": "behaviour",
    "blink": "behaviour",
    "motion": "movements",
    "movement": "movements",
    "prompt": "behaviour",
}
_CURVE_ROWS = {
    "pose": ("pose.yaw", "pose.pitch", "pose.roll"),
    "gaze": ("gaze.horizontal", "gaze.vertical"),
    "motion": ("movement",),
}
_ORDER = (
    *("question", "face", "other_face", "speech", "pause", "filled_pause", "pose", "gaze"),
    *("gaze_away", "blink", "motion", "movement", "prompt", "flag"),
)
_EVENT_LANES = ("blink", "movement", "filled_pause")
_NAMED_LANES = ("question", "prompt", "flag")
_SUBJECTS = ("applicant", "co_applicant", "officer", "other", "session")


@dataclass(frozen=True, slots=True)
class Mark:
    """One span of a row; positions in per cent of the time axis."""

    left: float
    width: float
    title: str
    text: str = ""
    href: str = ""
    style: str = ""
    height: float | None = None
    """Height over the row's highest where the mark is a pile of spans; 0 to 1."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: marks, or lines, or the reason why there is neither."""

    style: str
    name: str
    note: str = ""
    marks: Sequence[Mark] = ()
    lines: Curves | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """An interval shaded through all rows."""

    left: float
    width: float
    style: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole drawing."""

    axes: Sequence[Axis]
    rows: Sequence[Row]
    bands: Sequence[Band]

    @property
    def has_piles(self) -> bool:
        """Tell whether any row stands for more spans than it can draw."""
        return any(mark.height is not None for row in self.rows for mark in row.marks)


def draw_timeline(report: Mapping[str, Any], texts: Texts) -> Timeline | None:
    """Lay out a report's timeline; None where the recording has no length."""
    duration_s = report["timeline"]["duration_s"]
    if duration_s <= 0:
        return None
    drawing = _Drawing(report, texts, duration_s)
    return Timeline(
        axes=axes(duration_s),
        rows=[row for name in _ORDER for row in drawing.rows(name)],
        bands=drawing.bands(),
    )


class _Drawing:
    """What all rows of one drawing share."""

    def __init__(self, report: Mapping[str, Any], texts: Texts, duration_s: float) -> None:
        self._report = report
        self._texts = texts
        self._duration_s = duration_s
        self._lanes = {lane["name"]: lane["spans"] for lane in report["timeline"]["lanes"]}
        self._series = {one["name"]: one for one in report["timeline"]["series"]}
        self._why = {check["check"]: check["reason"] for check in report["checks"]}
        self._numbers = {
            question["id"]: number
            for number, question in enumerate(
                (report["script"] or {"questions": []})["questions"], 1
            )
        }

    def rows(self, name: str) -> Iterator[Row]:
        """Yield the rows of one lane: speech has one for each speaker."""
        label = self._texts("lane", name)
        if name in _CURVE_ROWS:
            yield self._lines(name, label)
        elif name == "question" and not self._numbers:
            return
        elif name not in self._lanes:
            yield Row(name, label, missing=self._missing(name))
        elif name == "speech" and self._lanes[name]:
            yield from self._speech(self._lanes[name])
        else:
            spans = self._lanes[name]
            yield Row(name, label, self._note(name, spans), self._marks(name, spans))

    def bands(self) -> list[Band]:
        """Shade the baseline, and the moments of prompts and flags while they are few."""
        moments = [("prompt", one) for one in self._report["prompts"]]
        moments += [("flag", one) for one in self._report["flags"]]
        shaded = moments if len(moments) <= MAX_BANDS else []
        baseline = self._report["baseline"]
        if baseline["status"] == "assessed" and baseline["start_s"] is not None:
            shaded = [("baseline", baseline), *shaded]
        return [Band(*self._place(one["start_s"], one["end_s"]), style) for style, one in shaded]

    def _lines(self, name: str, label: str) -> Row:
        found = [self._series[one] for one in _CURVE_ROWS[name] if one in self._series]
        if not any(value is not None for one in found for value in one["values"]):
            return Row(name, label, missing=self._missing(name))
        bin_s = self._report["timeline"]["bin_s"]
        lines = draw_curves(found, self._texts, bin_s=bin_s, duration_s=self._duration_s)
        return Row(name, label, lines=lines)

    def _speech(self, spans: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
        for subject in _SUBJECTS:
            own = [span for span in spans if span.get("subject", "session") == subject]
            if own:
                label = self._texts("lane", "speech_by", who=self._texts("subject", subject))
                marks = self._marks("speech", own)
                yield Row(f"speech {subject}", label, self._note("speech", own), marks)

    def _marks(self, name: str, spans: Sequence[Mapping[str, Any]]) -> list[Mark]:
        if name in _NAMED_LANES:
            return [self._named(name, span) for span in spans]
        if len(spans) > MAX_MARKS:
            return [self._pile(pile) for pile in self._piles(name, spans)]
        return [
            Mark(
                *self._place(span["start_s"], span["end_s"]),
                clock_span(span["start_s"], span["end_s"]),
            )
            for span in spans
        ]

    def _piles(self, name: str, spans: Sequence[Mapping[str, Any]]) -> list[Pile]:
        return pile_up(spans, self._duration_s, by_time=name not in _EVENT_LANES)

    def _pile(self, pile: Pile) -> Mark:
        when = clock_span(pile.start_s, pile.end_s)
        title = self._texts("page", "several", n=pile.n_spans, when=when)
        return Mark(*self._place(pile.start_s, pile.end_s), title, height=pile.height)

    def _named(self, name: str, span: Mapping[str, Any]) -> Mark:
        ref = span.get("ref", "")
        place = self._place(span["start_s"], span["end_s"])
        when = clock_span(span["start_s"], span["end_s"])
        title = f"{span['label']}, {when}" if span.get("label") else when
        if name != "question":
            return Mark(*place, title, ref.upper(), f"#{ref}" if ref else "")
        number = self._numbers.get(ref)
        if number is None:
            return Mark(*place, title)
        question = self._report["script"]["questions"][number - 1]
        title = f"{number}. {self._texts.either(question['text'])}, {when}"
        return Mark(*place, title, str(number), f"#q{number}", question["kind"])

    def _note(self, name: str, spans: Sequence[Mapping[str, Any]]) -> str:
        if not spans:
            return self._texts("page", "lane_none")
        total_s = sum(span["end_s"] - span["start_s"] for span in spans)
        if name == "face":
            return amount(self._texts, min(1.0, total_s / self._duration_s), "1", "share")
        if name in ("other_face", "speech", "gaze_away"):
            return amount(self._texts, total_s, "s") if total_s < 60 else clock(total_s)
        return str(len(spans))

    def _missing(self, name: str) -> str:
        why = self._why.get(_CHECK_BEHIND.get(name, ""))
        if why is None:
            return self._texts("page", "not_assessed")
        return self._texts("page", "not_assessed_because", reason=self._texts("why", why))

    def _place(self, start_s: float, end_s: float) -> tuple[float, float]:
        left = percent(start_s, self._duration_s)
        return left, round(percent(end_s, self._duration_s) - left, 3)
