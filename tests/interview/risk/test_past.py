from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from risk_factory import found

from facesign.biometrics.observation import Observation
from facesign.errors import SettingsError
from facesign.interview.risk.history import PastSession, VoiceElsewhere, past_observations
from facesign.interview.risk.watch import watched

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def past(days: float, customer: str = "C-1", ref: str | None = None, **more: object) -> PastSession:
    at = NOW - timedelta(days=days)
    return PastSession(f"s{days}{customer}{ref}", customer, ref, at, **more)  # type: ignore[arg-type]


def told(*rows: PastSession, voice: VoiceElsewhere | None = None) -> dict[str, Observation]:
    observations = past_observations(
        rows, customer="C-1", external_ref="APP-7", session_id="this", now=NOW, voice=voice
    )
    return {one.name: one for one in observations}


def test_sessions_are_counted_within_seven_days_and_of_this_customer_alone() -> None:
    rows = [past(1), past(6.9), past(7.1), past(2, "C-2")]
    assert told(*rows)["history.sessions"].value == 2.0


def test_the_session_itself_and_later_ones_do_not_count() -> None:
    this = PastSession("this", "C-1", None, NOW)
    assert told(this, past(-1))["history.sessions"].value == 0.0


def test_decisions_states_and_verdicts_have_their_own_spans() -> None:
    rows = [
        past(20, decision="stop"),
        past(89, decision="protect"),
        past(91, decision="stop"),
        past(10, state="abandoned"),
        past(11, state="interrupted", voice_decision="no_match"),
        past(300, n_confirmed_flags=2),
        past(400, n_confirmed_flags=5),
    ]
    values = {name: one.value for name, one in told(*rows).items()}
    assert values["history.stopped"] == 1.0
    assert values["history.protected"] == 1.0
    assert values["history.broken_off"] == 2.0
    assert values["history.confirmed_flags"] == 2.0
    assert values["history.voice_no_match"] == 1.0


def test_applications_are_told_apart_by_their_number() -> None:
    rows = [past(1, ref="APP-1"), past(2, ref="APP-1"), past(3, ref="APP-2")]
    assert told(*rows)["history.applications"].value == 2.0


def test_other_customers_with_this_application_are_counted_once_each() -> None:
    rows = [past(1, "C-2", "APP-7"), past(2, "C-2", "APP-7"), past(3, "C-3", "APP-8")]
    assert told(*rows)["history.application_of_others"].value == 1.0


def test_a_voice_that_was_not_searched_is_not_assessed() -> None:
    for name in ("history.voice_elsewhere", "history.watch_list"):
        assert told()[name].reason == "not_searched"
    refused = VoiceElsewhere.unknown("consent_refused")
    assert told(voice=refused)["history.watch_list"].reason == "consent_refused"


def test_a_voice_found_under_other_customers_raises_a_flag_of_identity() -> None:
    state = watched(told(voice=VoiceElsewhere(2)).values(), others_declared=False, end_s=60.0)
    (fired,) = found(state, "history.voice_elsewhere")
    assert (fired.value, fired.threshold) == (2.0, 1.0)
    assert found(state, "history.watch_list") == []


def test_without_a_customer_number_there_is_no_history() -> None:
    rows = past_observations([], customer=None, external_ref=None, session_id="this", now=NOW)
    assert {one.name: one.reason for one in rows}["history.sessions"] == "no_customer"


def test_times_without_a_zone_are_refused() -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(SettingsError, match="`now` needs a time zone"):
        list(past_observations([], customer="C", external_ref=None, session_id="s", now=naive))
    row = PastSession("x", "C", None, naive)
    with pytest.raises(SettingsError, match="`started_at` needs a time zone"):
        list(past_observations([row], customer="C", external_ref=None, session_id="s", now=NOW))
