"""Interviews of the studio in which somebody may need protection, through a whole session."""

from __future__ import annotations

from pathlib import Path

import pytest
from risk_takes import Take, film

from facesign.interview.risk.watch import watched
from facesign.interview.writeup import observed, write_up
from facesign.samples.studio.rig import Rig, find_rig
from facesign.samples.studio.scenario import load_scenario

pytestmark = [pytest.mark.slow, pytest.mark.data]

SMALL = """
[view]
width_px = 640
height_px = 480
[camera]
rate_hz = 24
[dialogue]
questions = [{ id = "name_and_day" }, { id = "journey" }, { id = "income_source" }]
"""
SEED = 3


def taken(folder: Path, name: str, more: str = "", *, sound_only: bool) -> Take:
    path = folder / "short.toml"
    path.write_text(f'extends = ["{name}"]\n{SMALL}{more}')
    rig = Rig.load(find_rig(None))
    return film(load_scenario(path), SEED, rig, "own", sound_only=sound_only)


def fired(take: Take) -> set[str]:
    end_s = take.facts.findings.end_s
    state = watched(observed(take.facts), others_declared=False, end_s=end_s)
    return {one.monitor.monitor_id for one in state.protect}


def test_an_answer_that_is_read_out_suggests_protection_and_flags_nothing(tmp_path: Path) -> None:
    take = taken(tmp_path, "answers-read-out", sound_only=False)
    assert "protection.read_out" in fired(take)
    assert write_up(take.facts).flags == ()
