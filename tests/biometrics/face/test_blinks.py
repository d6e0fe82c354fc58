from __future__ import annotations

import numpy as np
import pytest
from synthetic_face import blocks_of, channels_over, even_times

from facesign.biometrics.face.blinks import Blink, BlinkSpotter
from facesign.biometrics.stream import FloatArray, TimeArray

OPEN = 0.3


def closing(time_s: TimeArray, onset_s: float, apex_s: float, offset_s: float) -> FloatArray:
    """Lid closure from 0 to 1 in straight lines."""
    closure = np.interp(time_s, [onset_s, apex_s, offset_s], [0.0, 1.0, 0.0])
    return closure.astype(np.float32)


def spot(time_s: TimeArray, left: FloatArray, right: FloatArray) -> list[Blink]:
    spotter = BlinkSpotter()
    channels = channels_over(time_s, au45_left=-left, au45_right=-right)
    blinks = [b for block in blocks_of(time_s, channels) for b in spotter.push(block)]
    return [*blinks, *spotter.finish()]


@pytest.mark.parametrize("rate_hz", [24, 30, 60, 120])
def test_a_blink_has_its_onset_apex_and_offset_at_any_frame_rate(rate_hz: float) -> None:
    time_s = even_times(6, rate_hz)
    opening = OPEN * (1 - closing(time_s, 3.0, 3.1, 3.3))
    blinks = spot(time_s, opening, opening)
    assert len(blinks) == 1
    # A tenth of the closing is done 0.01 s after the onset, and left 0.02 s before the end.
    step_s = 1 / rate_hz
    assert blinks[0].onset_s == pytest.approx(3.01, abs=step_s)
    assert blinks[0].apex_s == pytest.approx(3.1, abs=step_s)
    assert blinks[0].offset_s == pytest.approx(3.28, abs=step_s + 1e-6)
    assert blinks[0].closure == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize("rate_hz", [15, 24, 30, 60])
def test_the_number_of_blinks_does_not_depend_on_the_frame_rate(rate_hz: float) -> None:
    time_s = even_times(30, rate_hz)
    apexes = np.arange(1.5, 29, 1.7)
    closure = np.max([closing(time_s, a - 0.1, a, a + 0.2) for a in apexes], axis=0)
    opening = OPEN * (1 - closure)
    blinks = spot(time_s, opening, opening)
    np.testing.assert_allclose([b.apex_s for b in blinks], apexes, atol=1 / rate_hz)


def test_one_closed_eye_is_not_a_blink() -> None:
    time_s = even_times(6)
    wink = OPEN * (1 - closing(time_s, 3.0, 3.1, 3.3))
    still = np.full_like(wink, OPEN)
    assert spot(time_s, wink, still) == []
    assert spot(time_s, still, wink) == []


def test_eyes_closed_for_a_second_are_not_a_blink() -> None:
    time_s = even_times(8)
    opening = np.where((time_s > 3) & (time_s < 4), 0.02, OPEN).astype(np.float32)
    assert spot(time_s, opening, opening) == []


def test_half_lowered_lids_are_not_a_blink() -> None:
    time_s = even_times(6)
    opening = OPEN * (1 - 0.3 * closing(time_s, 3.0, 3.1, 3.3))
    assert spot(time_s, opening, opening) == []


@pytest.mark.parametrize("rate_hz", [24, 29, 30.3, 60])
def test_the_usual_opening_follows_eyes_that_narrow_for_good(rate_hz: float) -> None:
    time_s = even_times(20, rate_hz)
    rest = np.where(time_s < 8, OPEN, 0.5 * OPEN)
    opening = (rest * (1 - closing(time_s, 15.0, 15.1, 15.3))).astype(np.float32)
    blinks = spot(time_s, opening, opening)
    assert [round(b.apex_s, 1) for b in blinks] == [15.1]


def test_lids_that_stay_narrower_after_a_blink_end_it_where_they_stop_opening() -> None:
    time_s = even_times(6)
    opening = np.interp(time_s, [3.0, 3.1, 3.3, 6.0], [OPEN, 0.0, 0.22, 0.23]).astype(np.float32)
    blinks = spot(time_s, opening, opening)
    assert len(blinks) == 1
    assert blinks[0].offset_s == pytest.approx(3.3, abs=0.04)


def test_a_glance_down_is_not_a_blink() -> None:
    time_s = even_times(6)
    opening = np.interp(time_s, [3.0, 3.1, 3.3], [OPEN, 0.17, 0.22]).astype(np.float32)
    assert spot(time_s, opening, opening) == []


def test_two_blinks_in_a_row_are_two_and_a_flutter_is_one() -> None:
    time_s = even_times(6, 60)
    course = [OPEN, 0.02, 0.27, 0.02, OPEN]
    at_s = [3.0, 3.1, 3.25, 3.35, 3.5]
    opening = np.interp(time_s, at_s, course).astype(np.float32)
    assert len(spot(time_s, opening, opening)) == 2
    course[2] = 0.2
    opening = np.interp(time_s, at_s, course).astype(np.float32)
    assert len(spot(time_s, opening, opening)) == 1


def test_a_lost_face_in_the_middle_of_a_blink_ends_it() -> None:
    time_s = even_times(6)
    opening = OPEN * (1 - closing(time_s, 3.0, 3.1, 3.3))
    opening[(time_s > 3.08) & (time_s < 3.2)] = np.nan
    assert spot(time_s, opening, opening) == []


def test_a_hole_between_frames_in_the_middle_of_a_blink_ends_it() -> None:
    whole_s = even_times(12)
    opening = OPEN * (1 - closing(whole_s, 3.0, 3.1, 3.3))
    kept = (whole_s < 3.25) | (whole_s > 9)
    assert spot(whole_s[kept], opening[kept], opening[kept]) == []


def test_a_blink_at_the_very_end_is_still_told() -> None:
    time_s = even_times(3.29)
    opening = OPEN * (1 - closing(time_s, 3.0, 3.1, 3.3))
    assert len(spot(time_s, opening, opening)) == 1
