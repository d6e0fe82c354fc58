from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.signal import correlate

from facesign.samples.studio.sound.link import Link, LinkSettings
from facesign.samples.studio.sound.loudspeaker import Loudspeaker, LoudspeakerFamily
from facesign.samples.studio.sound.noise import Babble, Noise, NoiseFamily
from facesign.samples.studio.sound.room import RoomFamily, RoomSettings, draw_room
from facesign.samples.studio.sound.vocoder import VocoderFamily, pitch_hz, resynthesized
from facesign.samples.studio.sound.voices import RATE_HZ

Samples = npt.NDArray[np.float32]


def band_db(samples: Samples, low_hz: float, high_hz: float) -> float:
    """Power in a band relative to the whole."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)
    return float(10 * np.log10(power[(hz >= low_hz) & (hz < high_hz)].sum() / power.sum()))


def white(seconds: float, level: float = 0.1) -> Samples:
    rng = np.random.default_rng(0)
    return (level * rng.standard_normal(round(seconds * RATE_HZ))).astype(np.float32)


def sent(settings: LinkSettings, samples: Samples, piece: int = RATE_HZ) -> Samples:
    link = Link(settings, np.random.default_rng(0))
    pieces = [link.push(samples[at : at + piece]) for at in range(0, len(samples), piece)]
    return np.concatenate([*pieces, link.finish()])


def lag_samples(heard: Samples, original: Samples) -> int:
    return int(np.argmax(correlate(heard, original, "full", "fft"))) - len(original) + 1


@pytest.mark.parametrize("family", ["booth", "office", "living_room", "tiled", "hall"])
@pytest.mark.parametrize("seed", range(3))
def test_the_reverberation_falls_60_db_in_the_time_drawn(family: RoomFamily, seed: int) -> None:
    room = draw_room(RoomSettings(family=family), np.random.default_rng(seed))
    tail = room.response(0.6)[round(0.02 * RATE_HZ) :].astype(np.float64)
    left_db = 10 * np.log10(np.cumsum(tail[::-1] ** 2)[::-1] / np.sum(tail**2))
    fitted = (left_db < -3) & (left_db > -23)  # Schroeder's integral, T20
    slope = np.polyfit(np.flatnonzero(fitted) / RATE_HZ, left_db[fitted], 1)[0]
    assert -60 / slope == pytest.approx(room.rt60_s, rel=0.2)


def test_the_direct_sound_comes_first_and_weakens_with_distance() -> None:
    room = draw_room(RoomSettings(family="office"), np.random.default_rng(1))
    near, far = room.response(0.5), room.response(2.0)
    assert near[0] == far[0] == 1
    around = [float(np.sum(response[1:] ** 2)) for response in (near, far)]
    # A diffuse field stays while the direct sound falls by 12 dB from 0.5 to 2 m.
    assert 10 * np.log10(around[1] / around[0]) == pytest.approx(12, abs=2)


def test_a_dry_room_changes_nothing() -> None:
    room = draw_room(RoomSettings(family="dry"), np.random.default_rng(1))
    samples = white(0.1)
    assert room.reverberated(samples, 0.5) is samples


@pytest.mark.parametrize("family", ["hush", "pink", "fan", "hum", "street"])
def test_every_noise_has_a_level_of_one_in_the_long_run(family: NoiseFamily) -> None:
    noise = Noise(family, np.random.default_rng(0))
    heard = np.concatenate([noise.take(5 * RATE_HZ) for _ in range(4)])
    assert 20 * np.log10(heard.std()) == pytest.approx(0, abs=0.5)


def test_noises_differ_in_their_spectra() -> None:
    heard = {
        family: Noise(family, np.random.default_rng(0)).take(4 * RATE_HZ)
        for family in ("hush", "pink", "hum", "street")
    }
    assert band_db(heard["hum"], 95, 105) > -6
    assert band_db(heard["street"], 0, 120) > -5
    assert band_db(heard["hush"], 0, 120) < -8
    assert band_db(heard["pink"], 2000, 24000) > band_db(heard["street"], 2000, 24000)


@pytest.mark.slow
def test_babble_has_a_level_of_one_and_never_falls_silent() -> None:
    room = draw_room(RoomSettings(family="office"), np.random.default_rng(0))
    babble = Babble(6, "en", room, np.random.default_rng(0)).take(20 * RATE_HZ)
    assert 20 * np.log10(babble.std()) == pytest.approx(0, abs=0.5)
    assert babble.reshape(-1, RATE_HZ // 2).std(axis=1).min() > 0.25


def test_the_phone_passes_300_to_3400_hz() -> None:
    heard = sent(LinkSettings(kind="phone"), white(4))
    assert band_db(heard, 3600, 24000) < -30
    assert band_db(heard, 0, 150) < -30
    assert band_db(heard, 300, 3400) > -0.2


def test_mu_law_noise_is_where_eight_bits_put_it() -> None:
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    tone = (0.1 * np.sin(2 * np.pi * 1013 * time_s)).astype(np.float32)
    heard = sent(LinkSettings(kind="phone"), tone)[RATE_HZ:]
    clean_db = band_db(heard, 1003, 1023)
    noise_db = 10 * np.log10(1 - 10 ** (clean_db / 10))
    assert -42 < noise_db < -30  # G.711 is specified at 33 to 39 dB


@pytest.mark.parametrize("kbps", [12, 32])
def test_opus_returns_as_many_samples_in_step(kbps: int) -> None:
    samples = white(1.7)
    heard = sent(LinkSettings(kind="opus", opus_kbps=kbps), samples, piece=7777)
    assert len(heard) == len(samples)
    assert abs(lag_samples(heard, samples)) < 48
    again = sent(LinkSettings(kind="opus", opus_kbps=kbps), samples)
    np.testing.assert_array_equal(heard, again)


def test_the_phone_does_not_depend_on_the_pieces() -> None:
    samples = white(1.1)
    np.testing.assert_allclose(
        sent(LinkSettings(kind="phone"), samples, piece=7777),
        sent(LinkSettings(kind="phone"), samples),
        atol=1e-6,
    )


def test_gain_and_clipping_are_in_decibels() -> None:
    samples = np.array([0.1, 0.4, -0.4], dtype=np.float32)
    heard = sent(LinkSettings(gain_db=(6.0206, 6.0206), clip_db=-6.0206), samples)
    np.testing.assert_allclose(heard, [0.2, 0.5, -0.5], atol=1e-5)


@pytest.mark.parametrize(("family", "low_hz"), [("phone", 300), ("laptop", 180), ("portable", 80)])
def test_a_small_loudspeaker_has_no_bass(family: LoudspeakerFamily, low_hz: float) -> None:
    heard = Loudspeaker(family, np.random.default_rng(0)).played(white(2))
    assert band_db(heard, 0, low_hz) < band_db(white(2), 0, low_hz) - 10


def test_a_driven_loudspeaker_adds_harmonics_and_keeps_the_level() -> None:
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    tone = (0.8 * np.sin(2 * np.pi * 1000 * time_s)).astype(np.float32)
    heard = Loudspeaker("phone", np.random.default_rng(0)).played(tone)
    assert band_db(tone, 1900, 5100) < -60
    assert -40 < band_db(heard, 1900, 5100) < -10
    assert heard.std() == pytest.approx(tone.std(), rel=0.01)


def melody() -> Samples:
    """A buzz that glides from 100 to 160 Hz, with two gaps."""
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    pitch = 130 + 30 * np.sin(2 * np.pi * 0.5 * time_s - np.pi / 2)
    turns = np.cumsum(pitch) / RATE_HZ
    buzz = sum(np.sin(2 * np.pi * n * turns) / n for n in range(1, 12))
    buzz[(time_s % 1.0) > 0.8] = 0
    return (0.3 * buzz).astype(np.float32)


def test_the_lpc_vocoder_flattens_the_melody() -> None:
    samples = melody()
    spreads = []
    for flatten in (0.0, 0.9):
        made = resynthesized(samples, "lpc", flatten=flatten, rng=np.random.default_rng(0))
        pitch = pitch_hz(made, RATE_HZ, 480)
        spreads.append(float(np.subtract(*np.nanpercentile(pitch, [85, 15]))))
    assert spreads[0] > 25
    assert spreads[1] < 10


@pytest.mark.parametrize("family", ["lpc", "mel"])
def test_vocoded_speech_keeps_step_and_silences(family: VocoderFamily) -> None:
    samples = melody()
    made = resynthesized(samples, family, flatten=0.5, rng=np.random.default_rng(0))
    assert len(made) == len(samples)
    level = [x.reshape(-1, RATE_HZ // 100).std(axis=1) for x in (made, samples)]
    assert np.corrcoef(*level)[0, 1] > 0.8
    assert level[0][84:98].max() < 0.1 * level[0].max()
    assert band_db(made, 8100, 24000) < -40
