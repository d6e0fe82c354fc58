"""Over every bundled interview: behaviour changes neither outcome nor flags."""

from __future__ import annotations

from dataclasses import replace

import pytest

from facesign import samples
from facesign.interview import session as session_module
from facesign.interview.analysis import analyze
from facesign.interview.facts import SessionFacts
from facesign.interview.flags import Flag
from facesign.interview.home import Settings
from facesign.interview.report import Report
from facesign.interview.writeup import write_up


def counted(flag: Flag) -> tuple[object, ...]:
    assert flag.fusion is not None
    families = [(f.family, f.points) for f in flag.fusion.families if f.family != "behaviour"]
    return {**flag.to_dict(), "rank": None}, families


def rank(flag: Flag) -> float:
    assert flag.fusion is not None
    return flag.fusion.points


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(samples.names()))
def test_behaviour_switched_off_changes_nothing_but_prompts(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[SessionFacts] = []

    def keep(facts: SessionFacts) -> Report:
        kept.append(facts)
        return write_up(facts)

    monkeypatch.setattr(session_module, "write_up", keep)
    sample = samples.load(name)
    with_it = analyze(
        sample.media, script=sample.script, marks=sample.marks, settings=Settings(lang="en")
    )
    (facts,) = kept
    facts.findings.forget_behaviour()
    without = write_up(replace(facts, behaviour_off="behaviour_off", baselines=()))
    assert without.prompts == ()
    assert (without.outcome, without.reasons) == (with_it.outcome, with_it.reasons)
    assert list(map(counted, without.flags)) == list(map(counted, with_it.flags))
    assert all(
        0.0 <= rank(one) - rank(other) <= 0.5
        for one, other in zip(with_it.flags, without.flags, strict=True)
    )
