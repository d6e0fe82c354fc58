from __future__ import annotations

import numpy as np
import pytest

from facesign.errors import SettingsError
from facesign.samples.studio.acting.pulses import PROFILES, Profile, Pulse


def test_a_sine_is_a_tenth_at_its_edges_and_half_half_way() -> None:
    # Half cosines pass 10 % after arccos(0.8) / pi = 0.2048 of their way: with 0.1 s from
    # onset to apex the whole way takes 0.1 / 0.7952 = 0.12576 s, and half of it 0.06288 s.
    pulse = Pulse(1.0, 1.1, 1.2)
    time_s = np.array([0.9, 1.0, 1.1 - 0.06288, 1.1, 1.1 + 0.06288, 1.2, 1.3])
    np.testing.assert_allclose(pulse.at(time_s), [0, 0.1, 0.5, 1, 0.5, 0.1, 0], atol=1e-4)
    assert pulse.start_s == pytest.approx(1.1 - 0.12576, abs=1e-5)
    assert pulse.end_s == pytest.approx(1.1 + 0.12576, abs=1e-5)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_passes_a_tenth_at_onset_and_offset_and_peaks_at_its_apex(
    profile: Profile,
) -> None:
    pulse = Pulse.drawn(np.random.default_rng(0), 2.0, 0.3, profile)
    time_s = np.arange(1.5, 3.0, 0.0001)
    share = pulse.at(time_s)
    above = time_s[share >= 0.1]
    assert above[0] == pytest.approx(pulse.onset_s, abs=2e-4)
    assert above[-1] == pytest.approx(pulse.offset_s, abs=2e-4)
    assert time_s[share.argmax()] == pytest.approx(pulse.apex_s, abs=2e-4)
    assert share.max() == pytest.approx(1.0, abs=1e-6)
    assert pulse.offset_s - pulse.onset_s == pytest.approx(0.3)


def test_profiles_have_their_own_courses() -> None:
    rng = np.random.default_rng(1)
    half_s, bumps, apex = {}, {}, {}
    for profile in PROFILES:
        pulse = Pulse.drawn(rng, 0.0, 1.0, profile)
        share = pulse.at(np.arange(-0.5, 2.0, 0.001))
        half_s[profile] = (share >= 0.5).sum() / 1000
        inner = share[1:-1]
        bumps[profile] = int(((inner > share[:-2]) & (inner > share[2:])).sum())
        apex[profile] = pulse.apex_s
    assert half_s["plateau"] > 1.15 * half_s["sine"]
    assert half_s["lingering"] < 0.75 * half_s["sine"]
    assert bumps["double"] == 2
    assert apex["asymmetric"] < 0.4 < apex["sine"]


def test_a_pulse_out_of_order_is_refused() -> None:
    with pytest.raises(SettingsError, match="onset < apex < offset"):
        Pulse(1.0, 0.9, 1.3)
