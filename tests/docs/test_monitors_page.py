from __future__ import annotations

import json

import monitors_page
from provenance import RESULTS

from facesign.interview.risk.monitors import monitors


def test_the_page_is_what_the_points_and_their_rates_give() -> None:
    assert monitors_page.PAGE.read_text("utf-8") == monitors_page.page()


def test_every_point_that_is_alive_has_its_rate_or_says_that_none_was_measured() -> None:
    rates = json.loads((RESULTS / "monitor_rates.json").read_text("utf-8"))
    rows = {row["id"]: row for row in rates["points"]}
    assert set(rows) == {one.monitor_id for one in monitors() if one.is_alive}
    for row in rows.values():
        assert (row["rate"] is None) == (row["n"] == 0)


def test_points_above_five_per_cent_on_genuine_interviews_are_named() -> None:
    rates = json.loads((RESULTS / "monitor_rates.json").read_text("utf-8"))
    above = [one["id"] for one in rates["points"] if one["n"] and one["rate"] > 0.05]
    assert above == rates["above"]
