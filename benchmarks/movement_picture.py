"""Two interviews over time: what was put in above, what was found below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from movement_scores import Judged

__all__ = ["picture"]

WIDTH, LEFT, RIGHT = 1200, 130, 20
LANE, GAP, HEAD = 46, 6, 64
INK, MUTED, TRUE, FOUND, FALSE, QUIET = (
    "#1c2530",
    "#6b7683",
    "#2f6f9f",
    "#2e8b57",
    "#c2573a",
    "#e6eaee",
)
LANES = ("speech, blinks", "put in", "found")


def picture(near: Sequence[Judged]) -> str:
    """Draw the takes of the first two seeds, whatever they show."""
    shown = near[:2]
    block = HEAD + len(LANES) * (LANE + GAP) + 34
    height = block * len(shown) + 44
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="Inter, Helvetica, Arial, sans-serif" font-size="13" fill="{INK}">',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for number, one in enumerate(shown):
        parts += _interview(one, number * block)
    parts.append(
        f'<text x="{LEFT}" y="{height - 16}" fill="{MUTED}">Rendered people. Height: amplitude put '
        "in, probability found. Green: IoU of 0.5 or more with what was put in. Red: not. Grey: "
        "not assessed.</text></svg>"
    )
    return "\n".join(parts) + "\n"


def _interview(one: Judged, top: float) -> Iterator[str]:
    end_s = float(one.filmed.take.time_s[-1])

    def x(time_s: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max(time_s, 0.0), end_s) / end_s

    def bar(start_s: float, end_: float, y: float, high: float, fill: str) -> str:
        wide = max(x(end_) - x(start_s), 2.0)
        return (
            f'<rect x="{x(start_s):.1f}" y="{y + LANE - high:.1f}" width="{wide:.1f}" '
            f'height="{high:.1f}" fill="{fill}"/>'
        )

    person = one.filmed.truth.people[0]
    counts = one.counts()
    title = (
        f"Seed {one.filmed.seed}: tone {person['tone']}, {float(person['age_years']):.0f} years, "
        f"glasses {person['glasses']}"
    )
    told = f"{counts.n_true} that count, {counts.n_found} found, {counts.n_hit} of them rightly"
    yield f'<text x="{LEFT}" y="{top + 30}" font-size="16" font-weight="600">{escape(title)}</text>'
    yield f'<text x="{LEFT}" y="{top + 50}" fill="{MUTED}">{told}</text>'
    rows = [top + HEAD + i * (LANE + GAP) for i in range(len(LANES))]
    for label, y in zip(LANES, rows, strict=True):
        yield f'<text x="{LEFT - 12}" y="{y + 28}" text-anchor="end" fill="{MUTED}">{label}</text>'
        yield bar(0.0, end_s, y, LANE, "#f6f8f9")
        for gap in one.unassessed:
            yield bar(gap.start_s, gap.end_s, y, LANE, QUIET)
    for speech in one.filmed.truth.speech:
        if speech.speaker == "applicant":
            yield bar(speech.start_s, speech.end_s, rows[0], 16, "#b9c6d3")
    for blink in one.filmed.truth.blinks:
        yield bar(blink.onset_s, blink.offset_s, rows[0] - 22, 14, "#8794a3")
    for move in one.filmed.truth.brief_movements:
        fill = TRUE if move in one.true else "#a9c3d6"
        yield bar(move.onset_s, move.offset_s, rows[1], LANE * min(move.amplitude / 0.7, 1), fill)
    for scored in one.scored:
        fill = FALSE if scored.true is None else FOUND
        high = LANE * (scored.found.probability or 0)
        yield bar(scored.found.onset_s, scored.found.offset_s, rows[2], high, fill)
    base = rows[-1] + LANE
    for second in range(0, int(end_s) + 1, 5):
        yield (
            f'<text x="{x(second):.1f}" y="{base + 20}" text-anchor="middle" fill="{MUTED}">'
            f"{second} s</text>"
        )
