from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from test_encoder import encoder, model, noise

from facesign.biometrics.stream import FloatArray
from facesign.biometrics.voiceprint.encoder import Encoder
from facesign.biometrics.voiceprint.voiceprint import Voiceprint, make_voiceprint
from facesign.errors import ItemError, ShapeError, ShortSpeechError

__all__ = ["encoder", "model"]


def unit() -> FloatArray:
    return np.full(192, 192**-0.5, np.float32)


def test_a_voiceprint_shows_no_number_of_its_embedding() -> None:
    shown = repr(Voiceprint(unit(), "ecapa-embedded@0123456789ab", 7.25))
    assert shown == "Voiceprint(ecapa-embedded@0123456789ab, net_speech_s=7.2)"


def test_an_embedding_has_192_numbers_and_unit_length() -> None:
    with pytest.raises(ShapeError, match=r"embedding must have shape \(192,\), got \(3,\)"):
        Voiceprint(unit()[:3], "m@0", 3.0)
    with pytest.raises(ItemError, match=r"of unit length, got 2\.0000"):
        Voiceprint(2 * unit(), "m@0", 3.0)
    with pytest.raises(ItemError, match="of unit length, got nan"):
        Voiceprint(unit() * np.float32(np.nan), "m@0", 3.0)


@pytest.mark.parametrize(
    "samples", [np.zeros(48_000, np.float32), noise(3.0)], ids=["silence", "noise"]
)
def test_without_speech_there_is_no_voiceprint(encoder: Encoder, samples: FloatArray) -> None:
    with pytest.raises(ShortSpeechError, match=r"0\.0 s of speech without pauses, at least 1 s"):
        make_voiceprint(samples, encoder)


def test_a_value_that_is_no_number_is_refused(encoder: Encoder) -> None:
    with pytest.raises(ItemError, match="finite, got 48000 that are not"):
        make_voiceprint(np.full(48_000, np.nan, np.float32), encoder)


@pytest.mark.data
def test_pauses_are_no_part_of_a_voiceprint(encoder: Encoder, data_dir: Path) -> None:
    path = data_dir / "speech" / "train" / "librispeech"
    file = sorted(path.glob("*/*.opus"))[0]
    with av.open(str(file)) as media:
        resampler = av.AudioResampler("fltp", "mono", 16_000)
        frames = [out for frame in media.decode(audio=0) for out in resampler.resample(frame)]
    speech = np.concatenate([frame.to_ndarray()[0] for frame in frames])[: 6 * 16_000]
    pause = np.zeros(3 * 16_000, np.float32)
    alone = make_voiceprint(speech, encoder)
    apart = make_voiceprint(np.concatenate([pause, speech, pause]), encoder)
    assert apart.net_speech_s == pytest.approx(alone.net_speech_s, abs=0.3)
    assert 3.0 < alone.net_speech_s <= 6.0
    assert float(apart.embedding @ alone.embedding) > 0.99
    assert alone.model == encoder.label
    assert alone.bandwidth_hz is not None
