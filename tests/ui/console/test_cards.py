"""Every flag there is can be shown as a card, live and in the replay."""

from __future__ import annotations

from typing import get_args

import pytest

from facesign.interview.flags import Flag, FlagCode
from facesign.interview.home import Language
from facesign.interview.page.texts import load_texts
from facesign.ui.console.case import card_of


def flag(code: FlagCode, *, measured: bool) -> Flag:
    return Flag(
        flag_id="flag-1",
        code=code,
        family="identity",
        start_s=3.0,
        end_s=13.0,
        value=-6.6 if measured else None,
        unit="1",
        threshold=-2.0 if measured else None,
        quality=None,
        reliability="medium" if measured else None,
        observations=(),
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("code", get_args(FlagCode))
@pytest.mark.parametrize("measured", [True, False])
def test_every_flag_becomes_a_card(code: FlagCode, lang: Language, measured: bool) -> None:
    t = load_texts(lang)
    card = card_of("flag", flag(code, measured=measured).to_dict(), t, {})
    assert (card["start_s"], card["end_s"]) == (3.0, 13.0)
    assert card["title"] == t("flag", code)
    assert card["reliability"] == (t("reliability", "medium") if measured else None)
    assert (card["value"] is not None) == measured
