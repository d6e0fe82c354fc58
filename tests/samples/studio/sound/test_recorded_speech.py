from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from facesign.errors import MediaError
from facesign.samples.studio.sound.recording import phrases_of, read_recording
from facesign.samples.studio.sound.voices import RATE_HZ

SPANS_S = ((0.4, 1.1), (1.2, 1.9), (2.6, 3.3))
"""The gap of 0.1 s is no pause, that of 0.7 s is."""


def write(path: Path, codec: str, rate_hz: int, *, silent: bool = False) -> Path:
    time_s = np.arange(4 * rate_hz) / rate_hz
    rng = np.random.default_rng(0)
    samples = 1e-4 * rng.standard_normal(len(time_s))
    for start_s, end_s in SPANS_S:
        inside = (time_s >= start_s) & (time_s < end_s)
        samples[inside] += 0.4 * np.sin(2 * np.pi * 300 * time_s[inside])
    left = np.zeros_like(samples) if silent else samples
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate_hz, layout="stereo")
        both = np.stack((left, left)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(both, format="fltp", layout="stereo")
        frame.sample_rate = rate_hz
        to_codec = av.AudioResampler(
            stream.format, "stereo", rate_hz, stream.codec_context.frame_size or None
        )
        for piece in (*to_codec.resample(frame), *to_codec.resample(None)):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz"),
    [("a.wav", "pcm_s16le", 16_000), ("a.flac", "flac", 44_100), ("a.mp3", "libmp3lame", 44_100)],
)
def test_recordings_come_as_mono_at_48_khz_with_a_peak_of_09(
    tmp_path: Path, name: str, codec: str, rate_hz: int
) -> None:
    samples = read_recording(write(tmp_path / name, codec, rate_hz))
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(4 * RATE_HZ, abs=0.1 * RATE_HZ)
    assert np.abs(samples).max() == pytest.approx(0.9, abs=1e-3)


def test_a_recording_is_cut_at_its_pauses(tmp_path: Path) -> None:
    phrases = phrases_of(write(tmp_path / "a.wav", "pcm_s16le", 16_000))
    found = [(start_s, start_s + speech.duration_s) for start_s, speech in phrases]
    np.testing.assert_allclose(found, [(0.4, 1.9), (2.6, 3.3)], atol=0.02)
    assert all(speech.phones == () for _, speech in phrases)


def test_silence_and_other_files_are_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no sound that can be heard"):
        read_recording(write(tmp_path / "a.wav", "pcm_s16le", 16_000, silent=True))
    text = tmp_path / "a.txt"
    text.write_text("not a recording")
    for path in (text, tmp_path / "absent.wav"):
        with pytest.raises(MediaError, match="not a readable recording") as caught:
            read_recording(path)
        assert "\n" not in str(caught.value)
