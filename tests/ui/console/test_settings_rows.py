"""What the settings page lists of the operating points."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from voices import FixedPoint

from facesign.biometrics.voiceprint.operating import NOT_VALIDATED
from facesign.interview.home import Language
from facesign.ui.console.settings_actions import point_rows
from facesign.ui.console.texts import texts

POINTS = {
    "cautious": FixedPoint("cautious", 2.9, 0.017, validated_for=NOT_VALIDATED),
    "even": FixedPoint("even", 0.0, 0.1, validated_for="branch and telephone"),
}


@pytest.mark.parametrize(
    ("lang", "name", "heading"),
    [("en", "cautious (default)", "Validation"), ("zh", "谨慎（默认）", "验证情况")],
)
def test_the_default_point_is_named_and_what_is_not_validated_is_said_once(
    lang: Language, name: str, heading: str
) -> None:
    desk: Any = SimpleNamespace(prints=SimpleNamespace(points=POINTS))
    first, second = point_rows(desk, texts(lang))
    assert first[0] == name
    assert second[0] == texts(lang).of("points", "even")
    assert texts(lang).columns("settings.point_columns")[-1] == heading
    assert first[-1] == texts(lang)("settings.not_validated")
    assert second[-1] == "branch and telephone"
