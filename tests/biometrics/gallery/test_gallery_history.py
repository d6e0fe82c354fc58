from __future__ import annotations

from pathlib import Path

import pytest
from gallery_factory import Clock, enroll, open_gallery

from facesign.biometrics.gallery import history
from facesign.errors import UnknownCustomerError


def fields(score: float, channel: str = "wideband", decision: str = "match") -> dict[str, object]:
    return {"score": score, "channel": channel, "decision": decision}


def test_drift_is_told_by_channel(tmp_path: Path) -> None:
    clock = Clock()
    gallery = open_gallery(tmp_path, clock)
    enroll(gallery, "C-1", 1)
    for i in range(6):
        history.keep(gallery, "C-1", fields(0.80 - 0.02 * i))
        clock.pass_days(365.25 / 2)
    history.keep(gallery, "C-1", fields(0.5, "narrowband"))
    found = history.events(gallery, "C-1")
    assert [event.fields["score"] for event in found[:2]] == [0.80, 0.78]
    (drift,) = history.drift(found)
    assert (drift.channel, drift.n) == ("wideband", 6)
    assert (drift.first_half, drift.second_half) == (0.78, pytest.approx(0.72))
    assert drift.per_year == pytest.approx(-0.04, abs=1e-3)


def test_a_voice_that_does_not_match_is_no_drift_of_the_customers(tmp_path: Path) -> None:
    gallery = open_gallery(tmp_path)
    enroll(gallery, "C-1", 1)
    for score, decision in ((0.8, "match"), (0.1, "no_match"), (0.6, "inconclusive")):
        history.keep(gallery, "C-1", fields(score, decision=decision))
    history.keep(gallery, "C-1", fields(0.2, "narrowband", "no_match"))
    history.keep(gallery, "C-1", fields(0.1, "narrowband", "no_match"))
    (drift,) = history.drift(history.events(gallery, "C-1"))
    assert (drift.channel, drift.n, drift.n_no_match) == ("wideband", 2, 1)
    assert (drift.first_half, drift.second_half) == (0.8, 0.6)


def test_a_slope_needs_five_verifications_over_a_day(tmp_path: Path) -> None:
    gallery = open_gallery(tmp_path)
    enroll(gallery, "C-1", 1)
    for _ in range(6):
        history.keep(gallery, "C-1", fields(0.8))
    (drift,) = history.drift(history.events(gallery, "C-1"))
    assert drift.per_year is None


def test_nothing_is_kept_of_somebody_who_was_revoked_meanwhile(tmp_path: Path) -> None:
    gallery = open_gallery(tmp_path)
    enroll(gallery, "C-1", 1)
    gallery.revoke("C-1", "consent withdrawn")
    with pytest.raises(UnknownCustomerError):
        history.keep(gallery, "C-1", fields(0.8))
    assert history.events(gallery, "C-1") == []
    ((_, because),) = history.revocations(gallery, "C-1")
    assert because == "consent withdrawn"


def test_history_at_rest_tells_nothing(tmp_path: Path) -> None:
    gallery = open_gallery(tmp_path)
    enroll(gallery, "C-1", 1)
    history.keep(gallery, "C-1", fields(0.8))
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"wideband" in held  # channel of the template: no secret
    assert b"decision" not in held
