"""Times, amounts and usual ranges as the report page writes them."""

from __future__ import annotations

from typing import Any

import pytest

from facesign.interview.page.figures import (
    amount,
    channels,
    clock,
    clock_span,
    now,
    scale_end,
    usual,
    usual_range,
)
from facesign.interview.page.texts import load_texts

EN, ZH = load_texts("en"), load_texts("zh")


def plain(written: str) -> str:
    return written.replace("\N{NO-BREAK SPACE}", " ")


def observed(
    value: float | None, median: float | None, mad: float | None, unit: str, name: str = "x"
) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "baseline_median": median,
        "baseline_mad": mad,
        "unit": unit,
    }


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0.0, "0:00.0"), (9.04, "0:09.0"), (59.96, "1:00.0"), (3725.5, "62:05.5"), (None, "–")],
)
def test_times_are_minutes_and_seconds(seconds: float | None, written: str) -> None:
    assert clock(seconds) == written


def test_times_of_brief_movements_have_hundredths() -> None:
    assert clock(12.346, 2) == "0:12.35"


def test_a_sound_that_starts_before_zero_keeps_its_sign() -> None:
    assert clock(-0.25, 2) == "−0:00.25"


def test_an_instant_is_written_once() -> None:
    assert (clock_span(3.0, 3.01), clock_span(3.0, 4.5)) == ("0:03.0", "0:03.0–0:04.5")


@pytest.mark.parametrize(
    ("value", "unit", "name", "written"),
    [
        (2.349, "s", "", "2.3 s"),
        (0.349, "s", "", "0.35 s"),
        (-24.06, "dB", "", "−24.1 dB"),
        (-10.0, "dB", "voice.snr", "≤ −10.0 dB"),
        (60.0, "dB", "voice.snr", "≥ 60.0 dB"),
        (12.34, "dB", "voice.snr", "12.3 dB"),
        (-0.001, "deg", "", "0.0°"),
        (123.6, "px", "", "124 px"),
        (48_000.0, "Hz", "", "48.0 kHz"),
        (0.284, "1", "gaze.away_share", "28 %"),
        (0.997, "1", "share", "99.7 %"),
        (0.0004, "1", "voice.clipping", "0.0 %"),
        (0.284, "1", "quality.sharpness", "0.28"),
        (3.0, "count", "", "3"),
        (2.5, "furlong", "", "2.50 furlong"),
        (None, "s", "", "–"),
    ],
)
def test_each_unit_has_its_own_digits(
    value: float | None, unit: str, name: str, written: str
) -> None:
    assert plain(amount(EN, value, unit, name)) == written


def test_units_are_written_in_the_language_of_the_page() -> None:
    assert plain(amount(ZH, 22.44, "1/min")) == "22.4 次/分"


def test_ends_of_scales_have_no_needless_digits() -> None:
    assert (scale_end(EN, 15.0, "deg"), scale_end(EN, -1.5, "deg")) == ("15°", "−1.5°")


def test_value_and_baseline_are_written_equally_finely() -> None:
    late = observed(2.35, 0.48, 0.09, "s")
    assert (plain(now(EN, late)), plain(usual(EN, late))) == ("2.35 s", "0.48 ± 0.09 s")


def test_a_number_never_parts_from_its_unit() -> None:
    assert " " not in usual(EN, observed(20.0, 18.0, 2.0, "1/min"))


def test_a_baseline_of_one_answer_has_no_spread() -> None:
    assert usual(EN, observed(3.0, 0.5, 0.0, "count")) == "0.5"


def test_a_missing_baseline_is_a_dash() -> None:
    assert usual(EN, observed(2.0, None, None, "s")) == "–"


def test_the_usual_range_is_two_deviations_to_each_side() -> None:
    place = usual_range(observed(10.0, 0.0, 1.0, "s"))
    # From -2.9652 to 10 with a margin of 8 % on each side: 15.039632 wide.
    assert place is not None
    assert place.usual_left == pytest.approx(100 * 1.037216 / 15.039632, abs=0.01)
    assert place.usual_width == pytest.approx(100 * 5.9304 / 15.039632, abs=0.01)
    assert place.now == pytest.approx(100 - 100 * 1.037216 / 15.039632, abs=0.01)


@pytest.mark.parametrize(
    "without", [(None, 1.0, 1.0), (1.0, None, None), (1.0, 1.0, None), (1.0, 1.0, 0.0)]
)
def test_there_is_no_range_without_a_value_and_a_baseline(
    without: tuple[float | None, float | None, float | None],
) -> None:
    assert usual_range(observed(*without, "s")) is None


def test_left_and_right_of_one_part_become_both_sides() -> None:
    words = channels(EN, ["au1.left", "gaze.vertical.right", "au1.right", "au26", "au99.left"])
    expected = "inner brow up (both sides), gaze up or down (right), jaw dropped, au99 (left)"
    assert words == expected
