from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from tone_voices import HIGH_HZ, LOW_HZ, TONES, tone

from facesign.biometrics.speakers.separation import (
    SCHEMA,
    separation_from_dict,
    shipped_separation,
)
from facesign.biometrics.speakers.who import WhoSpeaks
from facesign.biometrics.stream import FloatArray
from facesign.errors import CalibrationError
from facesign.models.registry import card


def written(**changes: Any) -> dict[str, Any]:
    return {"schema": SCHEMA, "model": "m@1", "limits": TONES.to_dict(), **changes}


def test_limits_are_read_as_they_were_written() -> None:
    assert separation_from_dict(json.loads(json.dumps(written()))) == TONES


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema": 0}, "schema 0 is not 1"),
        ({"limits": {"cut": 0.5}}, "'same_above' is missing or no number"),
        ({"limits": {**TONES.to_dict(), "cut": "high"}}, "missing or no number"),
    ],
)
def test_limits_that_cannot_be_read_are_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CalibrationError, match=message):
        separation_from_dict(written(**changes))


def test_the_encoder_that_ships_has_limits_and_says_where_they_come_from() -> None:
    entry = card("ecapa-embedded")
    limits = shipped_separation(f"{entry.name}@{entry.sha256[:12]}")
    assert limits is not None
    assert 0.0 < limits.cut < limits.same_above
    assert 0.0 < limits.doubtful_below < limits.same_above
    assert limits.other_below <= limits.same_above
    text = (files("facesign.biometrics.speakers") / "ecapa-embedded.json").read_text("utf-8")
    assert "speakers of the training corpora" in json.loads(text)["measured_on"]


def test_limits_of_other_weights_are_not_used() -> None:
    assert shipped_separation("ecapa-embedded@000000000000") is None
    assert shipped_separation("nobody@000000000000") is None


class NeverAsked:
    def embed(self, samples: FloatArray) -> FloatArray:
        raise AssertionError("nothing may be embedded without limits")


def test_without_limits_track_and_questions_alone_tell_who_speaks() -> None:
    who = WhoSpeaks(
        NeverAsked(),
        None,
        officer=tone(HIGH_HZ, 4.0),
        turn_at=lambda time_s: (
            "officer" if time_s < 5 else "applicant" if time_s < 12 else "session"
        ),
    )
    for start_s in (0.0, 6.0, 20.0):
        assert list(who.speech(start_s, tone(LOW_HZ, 3.0), "mixed")) == []
    list(who.speech(30.0, tone(LOW_HZ, 3.0), "applicant"))
    turns = [spoken.turn for spoken in who.finish()]
    assert [(one.start_s, one.subject, one.basis) for one in turns] == [
        (0.0, "officer", "questions"),
        (6.0, "applicant", "questions"),
        (20.0, "session", "unknown"),
        (30.0, "applicant", "own_track"),
    ]


def test_the_speech_between_is_whole_without_limits() -> None:
    who = WhoSpeaks(NeverAsked(), None, turn_at=lambda _: "applicant")
    said = tone(LOW_HZ, 4.0)
    list(who.speech(0.0, said, "mixed"))
    (spoken,) = who.finish()
    np.testing.assert_array_equal(spoken.samples, said)
