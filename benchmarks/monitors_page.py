"""Write docs/monitors.md from the monitoring points and how often they fire.

python benchmarks/monitors_page.py
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from provenance import RESULTS, ROOT

from facesign.interview.risk.conditions import Condition
from facesign.interview.risk.fusion import AROUND_S, BOUNDS, CORRELATED, SHARED
from facesign.interview.risk.monitors import FAMILIES, Family, Monitor, monitors
from facesign.interview.risk.patterns import Pattern

PAGE = ROOT / "docs" / "monitors.md"
TITLES: dict[Family, str] = {
    "identity": "Identity (身份)",
    "voice": "Who speaks (说话人)",
    "genuineness": "Genuineness (真实性)",
    "protocol": "Course of the interview (面谈过程)",
    "history": "Earlier interviews (历史面谈)",
    "protection": "Protecting the applicant (保护申请人)",
    "behaviour": "Behaviour (行为)",
    "environment": "Surroundings (环境)",
    "quality": "Capture quality (采集质量)",
}
HEAD = """# Monitoring points

A monitoring point (监测点) reads [observations](observations.md) and fires where a pattern in time
holds: a threshold, a count within a window, a sequence, an absence, or a combination. It says what
was seen, when, beside which limit, and what to ask or do next. {n} points are listed here; {alive}
are alive, the others wait for an analyser that does not exist yet and never fire. They stand in
`interview/risk/monitors.toml`, which `RiskWatch` reads. This page is written from that file and
`benchmarks/results/monitor_rates.json` by `python benchmarks/monitors_page.py`.

| role | what it means |
| --- | --- |
| carry | A flag (疑点) rests on it. Behaviour, surroundings and quality may never carry. |
| add | It adds to the rank of flags that something else carries. |
| prompt | Behaviour: a question worth asking. It raises no flag and changes no outcome. |
| protect | The applicant may need protection: ask alone, pause if needed. It weighs nothing. |
| limit | The capture explains much: it lowers the rank of flags. |

Points marked `¹` are silent where an interpreter or a companion was declared. What was not assessed
never fires, and it is told apart from what was assessed without finding.

## How flags are ranked

The outcome knows only that there is a flag. The rank orders flags for the person who reviews them;
it is no probability, and it says nothing about the person. Each flag in `report.json` lists its
contributions under `rank`, and every total can be checked by hand:

1. What fired within {around:.0f} s of the flag belongs to it, and what says something of the whole
   session.
2. A contribution counts `weight x factor`. The points that carry the flag come first, then the
   weightiest. The first of a family has factor 1, each further one {correlated:g} of the one
   before: what one family sees twice is mostly one thing. Where the same observation is behind a
   weightier contribution already, the factor is multiplied by {shared:g} once more.
3. A family counts the sum of its contributions within its bounds: behaviour 0 to {behaviour:g},
   surroundings and capture quality {limit:g} to 0 each. A family of which nothing was assessed
   counts nothing and says so.
4. The rank is the sum of the families.

Weights are own choices. What they are worth on rendered interviews stands at the end of this page;
`facesign risk calibrate` measures it on a bank's own labelled sessions, from 200 of them on, and
the console then says so beside the flags of a case.

## How often they fire

{summary}
"""


def _summary(rates: dict[str, Any]) -> Iterator[str]:
    prompts, flags = rates["prompts_per_15_minutes"], rates["flags_per_100"]
    scenarios = ", ".join(f"`{name}` {n}" for name, n in rates["scenarios"].items())
    yield (
        f"Measured on {rates['n_interviews']} rendered interviews of honest borrowers "
        f"({rates['minutes']:.0f} minutes; {rates['n_filmed']} with picture, the others with both "
        f"microphones alone): {scenarios}. Their seeds were set down before anything was rendered "
        f"from them, and no limit was chosen on them. What had been mended after earlier "
        f"interviews held on these: light on any skin, answers that an interpreter passes on, "
        f"voices beside an interpreter (flags in 14 of 30 interviews before, with sound alone), "
        f"and how much rates of speech differ (13 of 186 before). Each was pushed through a "
        f"session, with a voiceprint from another day."
    )
    yield ""
    yield (
        f"- Prompts per 15 minutes: {prompts['rate']:.2f} (95 % interval "
        f"{prompts['interval_95'][0]:.2f} to {prompts['interval_95'][1]:.2f}); goal at most 1."
    )
    yield (
        f"- Flags per 100 interviews: {flags['rate']:.1f} ({flags['interval_95'][0]:.1f} to "
        f"{flags['interval_95'][1]:.1f}){_of(rates['flags'])}. Interviews with a flag: "
        f"{sum(rates['flagged'].values())}{_of(rates['flagged'])}."
    )
    yield (
        f"- Interviews with a prompt: {sum(rates['prompted'].values())}{_of(rates['prompted'])}."
    )
    above = ", ".join(f"`{one}`" for one in rates["above"]) or "none"
    yield (
        f"- Points that fire in more than {100 * rates['wanted_at_most']:.0f} % of these "
        f"interviews: {above}."
    )
    yield ""
    yield (
        "With so few interviews a rate of 0 only says that it is likely below 3 / n. Points that "
        "read a picture count only where there was one; points that read what no rendered "
        "interview holds, such as history, have no rate: `-`."
    )


def _of(counts: dict[str, int]) -> str:
    named = ", ".join(f"`{name}` {count}" for name, count in counts.items())
    return f" ({named})" if named else ""


def page() -> str:
    """Return the page."""
    rates = json.loads((RESULTS / "monitor_rates.json").read_text("utf-8"))
    rate_of = {row["id"]: row for row in rates["points"]}
    points = monitors()
    lines = [
        HEAD.format(
            n=len(points),
            alive=sum(one.is_alive for one in points),
            around=AROUND_S,
            correlated=CORRELATED,
            shared=SHARED,
            behaviour=BOUNDS["behaviour"][1],
            limit=BOUNDS["quality"][0],
            summary="\n".join(_summary(rates)),
        )
    ]
    for family in FAMILIES:
        mine = [one for one in points if one.family == family]
        lines += [f"\n## {TITLES[family]}\n"]
        lines += ["| point | fires where | role, weight | basis | says | suggests | fired / n |"]
        lines += ["| --- | --- | --- | --- | --- | --- | --- |"]
        lines += [_row(one, rate_of.get(one.monitor_id)) for one in mine]
    return "\n".join(lines) + "\n" + "\n".join(_fusion())


def _row(point: Monitor, rate: dict[str, Any] | None) -> str:
    name = point.monitor_id.partition(".")[2] + ("¹" if point.unless_declared else "")
    fires = f"planned: {point.basis}" if point.pattern is None else _pattern(point.pattern)
    role = f"{point.role} `{point.flag}`" if point.flag else point.role
    told = f"{point.explain.en}<br>{point.explain.zh}"
    ask = f"{point.ask.en}<br>{point.ask.zh}"
    basis = "" if point.pattern is None else point.basis
    fired = f"{rate['fired']} / {rate['n']}" if rate and rate["n"] else "-"
    return f"| `{name}` | {fires} | {role}, {point.weight:g} | {basis} | {told} | {ask} | {fired} |"


def _pattern(pattern: Pattern) -> str:
    of = [_condition(one) for one in pattern.of]
    inside = f" within `{pattern.within}`" if pattern.within else ""
    if pattern.kind == "threshold":
        return of[0] + inside
    if pattern.kind == "count":
        return f"{pattern.least} times in {pattern.window_s:g} s: {of[0]}{inside}"
    if pattern.kind == "sequence":
        return f" then within {pattern.window_s:g} s ".join(of)
    if pattern.kind == "absence":
        return f"{of[0]}, and not within {pattern.window_s:g} s {of[1]}"
    return " and ".join(of) + (inside or f", at most {pattern.window_s:g} s apart")


def _condition(one: Condition) -> str:
    parts = [f"`{one.name}`"]
    if one.subject is not None:
        parts.append(f"of {one.subject}")
    if one.lasts_s is not None:
        parts.append(f"for {one.lasts_s:g} s or more")
    if one.departs is not None:
        side = {"up": "above", "down": "below", "both": "above or below"}[one.departs]
        parts.append(f"{one.by:g} and {one.spreads:g} robust deviations {side} own usual")
    if one.at_least is not None:
        parts.append(f">= {one.at_least:g}")
    if one.at_most is not None:
        parts.append(f"<= {one.at_most:g}")
    if one.status == "not_assessed":
        parts.append("not assessed")
    return " ".join(parts)


def _fusion() -> Iterator[str]:
    path = RESULTS / "fusion.json"
    if not path.is_file():
        return
    result = json.loads(path.read_text("utf-8"))
    yield "\n## What the rank is worth on rendered interviews\n"
    yield from result["told"]
    yield ""


def main() -> None:
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
