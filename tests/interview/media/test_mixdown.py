"""Several channels to one: what a mean would hide is measured before it is taken."""

from __future__ import annotations

import av
import numpy as np
import numpy.typing as npt
import pytest

from facesign.interview.media.mixdown import MixDown

RATE = 16_000
WAVE = np.asarray(8000 * np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE), np.int16)
SILENCE = np.zeros(RATE, np.int16)


def packet(*channels: npt.NDArray[np.int16]) -> av.AudioFrame:
    layout = {1: "mono", 2: "stereo"}[len(channels)]
    frame = av.AudioFrame.from_ndarray(np.stack(channels, axis=1).reshape(1, -1), "s16", layout)
    frame.sample_rate = RATE
    return frame


def test_channels_that_carry_sound_are_mixed_by_their_mean() -> None:
    half = (WAVE // 2).astype(np.int16)
    mixed = MixDown().push(packet(WAVE, half))
    np.testing.assert_allclose(mixed, (WAVE / 2 + half / 2) / 32_768, atol=1e-6)


@pytest.mark.parametrize("channels", [(WAVE, SILENCE), (SILENCE, WAVE)])
def test_a_dead_channel_does_not_halve_the_level(
    channels: tuple[npt.NDArray[np.int16], ...],
) -> None:
    np.testing.assert_array_equal(MixDown().push(packet(*channels)), MixDown().push(packet(WAVE)))


def test_a_channel_that_carried_sound_counts_in_its_pauses_too() -> None:
    mix = MixDown()
    mix.push(packet(WAVE, WAVE))
    np.testing.assert_allclose(mix.push(packet(WAVE, SILENCE)), WAVE / 65_536, atol=1e-6)


def test_a_channel_at_full_scale_is_noticed_beside_one_that_is_not() -> None:
    overdriven = np.clip(WAVE.astype(np.int32) * 40, -32_768, 32_767).astype(np.int16)
    mix = MixDown()
    assert np.abs(mix.push(packet(overdriven, WAVE))).max() < 0.7
    assert mix.clipped_s == pytest.approx(0.93, abs=0.02)
    calm = MixDown()
    calm.push(packet(WAVE, SILENCE))
    assert calm.clipped_s == 0.0


def test_channels_of_opposite_sign_are_said_to_cancel_out() -> None:
    opposite = MixDown()
    opposite.push(packet(WAVE, (-WAVE).astype(np.int16)))
    assert opposite.is_cancelled
    for channels in ((WAVE, WAVE), (WAVE, SILENCE), (WAVE, np.roll(WAVE, 20)), (SILENCE, SILENCE)):
        alike = MixDown()
        alike.push(packet(*channels))
        assert not alike.is_cancelled
