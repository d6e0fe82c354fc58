"""What a session refuses before it takes anything."""

from __future__ import annotations

from typing import Any

import pytest

from facesign.errors import ProviderError, ScriptError, SettingsError
from facesign.interview.home import Settings
from facesign.interview.marks import Mark
from facesign.interview.session import Session

MARKS = (Mark("name", 0.0, 1.0, 8.0),)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "income"}, "kind must be one of identity, genuineness, got 'income'"),
        ({"result": "mismatch"}, "result must be one of match, no_match, inconclusive, got 'mis"),
        ({"source": ""}, "evidence needs the name of its source"),
        ({"time_s": -1.0}, "time_s must not be negative, got -1.0"),
    ],
)
def test_evidence_that_says_nothing_known_is_refused(changes: dict[str, Any], message: str) -> None:
    values = {"source": "national-id", "kind": "identity", "result": "match", **changes}
    with pytest.raises(SettingsError, match=message):
        Session(settings=Settings()).add_evidence(**values)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"baseline": "short"}, "baseline must be one of auto, whole, got 'short'"),
        ({"participants": ("friend",)}, "participant must be one of applicant, .*, got 'friend'"),
        ({"tracks": ("left",)}, "track must be one of mixed, applicant, officer, got 'left'"),
        ({"marks": MARKS}, "marks name questions of a script"),
    ],
)
def test_an_unknown_option_is_refused_at_once(options: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        Session(settings=Settings(), **options)


def test_cuda_that_is_not_here_is_told_before_anything_is_taken() -> None:
    with pytest.raises(ProviderError, match=r"onnxruntime-gpu\[cuda,cudnn\]"):
        Session(settings=Settings(provider="cuda"))


def test_marks_of_another_script_are_refused_at_once() -> None:
    with pytest.raises(ScriptError, match="has no question 'name'"):
        Session(settings=Settings(), script="car-loan-en", marks=MARKS)
