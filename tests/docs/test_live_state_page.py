"""docs/live-state.md describes every key of the live state, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from session_factory import SCRIPT

from facesign.interview.live.blank import blank_state
from facesign.interview.live.plan import SessionPlan

PAGE = Path(__file__).parents[2] / "docs" / "live-state.md"


def test_the_page_lists_the_keys_of_the_state() -> None:
    table = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(table) == sorted(blank_state("x" * 8, SessionPlan("C-1", SCRIPT)))


def test_the_page_lists_the_keys_of_the_identity_card() -> None:
    state = blank_state("x" * 8, SessionPlan("C-1", SCRIPT))
    line = next(li for li in PAGE.read_text("utf-8").splitlines() if li.startswith("`identity`:"))
    listed = re.findall(r"\w+", line[line.index("{") + 1 : line.index("}")])
    assert sorted(listed) == sorted(state["identity"])
