from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.signal import correlate

from facesign.errors import SettingsError
from facesign.samples.studio.settings import rng_for
from facesign.samples.studio.sound.cast import CastSettings, draw_cast
from facesign.samples.studio.sound.dialogue import Dialogue
from facesign.samples.studio.sound.enrollment import enrollment
from facesign.samples.studio.sound.layers import Layer, added, level_of
from facesign.samples.studio.sound.soundscape import SoundSettings
from facesign.samples.studio.sound.spool import Spool, stored
from facesign.samples.studio.sound.tracks import Tracks, render_tracks
from facesign.samples.studio.sound.voices import RATE_HZ, Speech

DRY = {"family": "dry"}
SILENT = {"family": "none"}
BARE = {"room": DRY, "officer_room": DRY, "noise": SILENT, "officer_noise": SILENT}


def heard(dialogue: Dialogue, **fields: Any) -> Tracks:
    return render_tracks(dialogue, SoundSettings.model_validate(fields), rng_for(1, "sound"))


def level_db(samples: np.ndarray[Any, Any]) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64))))


def test_each_microphone_has_its_speaker_at_the_level_asked_for(two_tones: Dialogue) -> None:
    tracks = heard(two_tones, **BARE, applicant_db=-24, officer_db=-30)
    assert tracks.duration_s == 6.0
    answer, question = tracks.block(2.0, 4.0), tracks.block(0.5, 1.5)
    assert level_db(answer["applicant"]) == pytest.approx(-24, abs=0.1)
    assert level_db(question["officer"]) == pytest.approx(-30, abs=0.1)
    assert not question["applicant"].any()
    assert not answer["officer"].any()
    assert not tracks.block(4.0, 6.0)["mixed"].any()


def test_the_mixed_track_is_the_sum_of_both(two_tones: Dialogue) -> None:
    tracks = heard(two_tones)
    both = tracks.applicant.samples() + tracks.officer.samples()
    np.testing.assert_allclose(tracks.mixed.samples(), both, atol=1e-6)
    np.testing.assert_array_equal(
        tracks.mixed.block(30_000, 40_000), tracks.mixed.samples()[30_000:40_000]
    )
    assert len(tracks.mixed) == 6 * RATE_HZ


def test_the_same_seed_is_the_same_sound(two_tones: Dialogue) -> None:
    first, second = (heard(two_tones, noise={"family": "pink"}) for _ in range(2))
    np.testing.assert_array_equal(first.mixed.samples(), second.mixed.samples())
    assert first.drawn == second.drawn


@pytest.mark.parametrize("snr_db", [10.0, 30.0])
def test_noise_is_as_far_below_the_speech_as_drawn(two_tones: Dialogue, snr_db: float) -> None:
    fields = BARE | {"noise": {"family": "hush", "snr_db": [snr_db, snr_db]}}
    quiet = heard(two_tones, **fields).block(4.0, 6.0)["applicant"]
    assert level_db(quiet) == pytest.approx(-24 - snr_db, abs=0.5)


@pytest.mark.slow
@pytest.mark.parametrize("snr_db", [5.0, 15.0])
def test_babble_is_as_far_below_the_speech_as_drawn(two_tones: Dialogue, snr_db: float) -> None:
    babble = {"family": "none", "babble_db": [snr_db, snr_db]}
    with_babble = heard(two_tones, **(BARE | {"noise": babble}))
    without = heard(two_tones, **BARE)
    only = with_babble.applicant.samples() - without.applicant.samples()
    assert level_db(only) == pytest.approx(-24 - snr_db, abs=0.5)
    assert with_babble.drawn["babble_snr_db"] == snr_db


def test_a_speakerphone_returns_the_officer_late_and_quieter(two_tones: Dialogue) -> None:
    echo = {"delay_s": [0.18, 0.18], "level_db": [-10, -10]}
    tracks = heard(two_tones, **BARE, echo=echo)
    assert tracks.drawn["echo_delay_s"] == 0.18
    returned = tracks.applicant.samples()[: round(1.9 * RATE_HZ)]
    envelope = [
        np.abs(x).reshape(-1, 48).mean(axis=1)
        for x in (returned, tracks.officer.samples()[: len(returned)])
    ]
    lag_ms = int(np.argmax(correlate(*envelope, "full"))) - len(envelope[1]) + 1
    assert lag_ms == pytest.approx(180, abs=5)
    sounding = returned[round(0.8 * RATE_HZ) : round(1.6 * RATE_HZ)]
    assert level_db(sounding) == pytest.approx(-34, abs=0.5)


def test_an_officer_at_the_same_desk_is_heard_at_once(two_tones: Dialogue) -> None:
    tracks = heard(two_tones, **BARE, echo={"source": "same_room", "level_db": [-6, -6]})
    assert level_db(tracks.block(0.5, 1.5)["applicant"]) == pytest.approx(-30, abs=0.1)
    assert not tracks.block(1.6, 1.9)["applicant"].any()


def test_cross_talk_puts_the_applicant_on_the_officers_track(two_tones: Dialogue) -> None:
    tracks = heard(two_tones, **BARE, officer_db=-26, cross_talk_db=[-20, -20])
    assert level_db(tracks.block(2.0, 4.0)["officer"]) == pytest.approx(-46, abs=0.1)


@pytest.mark.parametrize(
    ("attack", "kind", "parameters"),
    [
        ({"kind": "loudspeaker"}, "replayed_voice", {"family": "phone"}),
        ({"kind": "vocoder"}, "synthetic_voice", {"family": "lpc", "flatten": 0.7}),
        ({"kind": "vocoder", "vocoder": "mel"}, "synthetic_voice", {"family": "mel"}),
    ],
)
def test_attacks_change_the_applicants_voice_only_and_are_in_the_truth(
    two_tones: Dialogue, attack: dict[str, str], kind: str, parameters: dict[str, object]
) -> None:
    plain, attacked = heard(two_tones, **BARE), heard(two_tones, **BARE, attack=attack)
    (truth,) = attacked.attacks
    assert (truth.kind, truth.start_s, truth.end_s) == (kind, 0.5, 6.0)
    assert truth.parameters == parameters
    np.testing.assert_array_equal(plain.officer.samples(), attacked.officer.samples())
    one, other = (t.block(2.0, 4.0)["applicant"] for t in (plain, attacked))
    assert np.abs(one - other).max() > 0.01
    assert level_db(other) == pytest.approx(-24, abs=0.6)


def test_an_attack_from_a_question_that_is_not_asked_is_one_clear_line(
    two_tones: Dialogue,
) -> None:
    with pytest.raises(SettingsError, match="from question 'employer', but asked are journey"):
        heard(two_tones, attack={"kind": "vocoder", "from_question": "employer"})


def test_a_phone_call_is_narrow_on_both_tracks(two_tones: Dialogue) -> None:
    phone = {"kind": "phone"}
    tracks = heard(
        two_tones, link=phone, officer_link=phone, noise={"family": "pink", "snr_db": [10, 10]}
    )
    power = np.abs(np.fft.rfft(tracks.mixed.samples())) ** 2
    hz = np.fft.rfftfreq(len(tracks.mixed), 1 / RATE_HZ)
    assert 10 * np.log10(power[hz > 3600].sum() / power.sum()) < -30


def test_unknown_keys_and_impossible_values_are_refused() -> None:
    for fields, said in (
        ({"romm": {}}, "Extra inputs"),
        ({"room": {"family": "cave"}}, "Input should be 'dry'"),
        ({"noise": {"babble_db": [15, 5]}}, "must not be above"),
        ({"link": {"kind": "opus", "opus_kbps": 500}}, "less than or equal to 128"),
    ):
        with pytest.raises(ValidationError, match=said):
            SoundSettings.model_validate(fields)


def test_layers_add_up_where_they_overlap() -> None:
    ones = np.ones(4, dtype=np.float32)
    layers = [Layer(-2, ones, 1.0), Layer(1, ones, 0.5), Layer(9, ones, 3.0)]
    np.testing.assert_array_equal(added(layers, 0, 6), [1, 1.5, 0.5, 0.5, 0.5, 0])


def test_pauses_inside_a_line_do_not_lower_its_level(tone: Callable[..., Speech]) -> None:
    sound = tone(1.0, amplitude=0.5).samples
    with_pause = np.concatenate([sound, np.zeros(RATE_HZ, dtype=np.float32), sound])
    assert level_of([with_pause]) == pytest.approx(0.5 / np.sqrt(2), rel=1e-3)


def test_spooled_sound_is_read_back_from_anywhere() -> None:
    spool = Spool()
    spool.append(np.array([0.5, -0.5, 2.0], dtype=np.float32))
    spool.append(np.array([0.25], dtype=np.float32))
    np.testing.assert_allclose(spool.read(-1, 6), [0, 0.5, -0.5, 1, 0.25, 0, 0], atol=2e-5)
    empty, kept = stored([np.zeros(0, dtype=np.float32), np.array([0.1, 0.2], dtype=np.float32)])
    assert len(empty) == 0
    np.testing.assert_allclose(kept, [0.1, 0.2])
    assert not kept.flags.writeable


@pytest.mark.slow
def test_enrollment_is_ten_to_fifteen_seconds_and_anew_for_another_seed() -> None:
    part = draw_cast(CastSettings(), "zh", rng_for(1, "cast")).applicant
    first, again, second = (enrollment(part, rng_for(seed, "enrollment")) for seed in (1, 1, 2))
    assert 10 <= len(first) / RATE_HZ <= 15
    np.testing.assert_array_equal(first, again)
    assert len(first) != len(second) or np.abs(first - second).max() > 0.01
    assert level_db(first) == pytest.approx(-24.5, abs=1.5)
