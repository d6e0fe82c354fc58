from __future__ import annotations

import hashlib

import numpy as np
import pytest

from facesign.biometrics.stream import FloatArray
from facesign.biometrics.voiceprint.encoder import Encoder
from facesign.biometrics.voiceprint.frontend import fbank
from facesign.errors import ItemError, ShapeError
from facesign.models.ecapa import EcapaShape, ecapa_graph
from facesign.models.receipts import Receipt, write_receipt
from facesign.models.registry import card
from facesign.models.runtime import Model, open_card

SMALL = EcapaShape(80, 8, 12, 4, 4, 4, 192)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A network of drawn weights, small enough to run at once."""
    rng = np.random.default_rng(0)
    drawn = {n: np.abs(rng.normal(0, 0.4, size)) + 0.1 for n, size in SMALL.tensors().items()}
    path = tmp_path_factory.mktemp("model") / "ecapa-voxceleb.onnx"
    path.write_bytes(ecapa_graph(drawn))
    entry = card("ecapa-voxceleb")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    write_receipt(path, Receipt(entry.sha256, digest, False))
    return open_card(entry, file=path, provider="cpu")


@pytest.fixture
def encoder(model: Model) -> Encoder:
    return Encoder(model)


def noise(seconds: float, seed: int = 0) -> FloatArray:
    return np.random.default_rng(seed).normal(0, 0.1, round(seconds * 16_000)).astype(np.float32)


def test_an_embedding_has_unit_length_and_the_models_direction(
    encoder: Encoder, model: Model
) -> None:
    samples = noise(2.0)
    raw = model.run(fbank=fbank(samples)[None])["embedding"][0]
    embedding = encoder.embed(samples)
    np.testing.assert_allclose(embedding, raw / np.linalg.norm(raw), atol=1e-6)
    assert embedding.dtype == np.float32
    assert float(np.linalg.norm(embedding)) == pytest.approx(1.0, abs=1e-5)


def test_long_speech_is_the_mean_of_equal_parts(encoder: Encoder) -> None:
    samples = noise(40.0)
    halves = [encoder.embed(half) for half in np.split(samples, 2)]
    wanted = np.mean(halves, axis=0)
    np.testing.assert_allclose(encoder.embed(samples), wanted / np.linalg.norm(wanted), atol=1e-6)


def test_windows_start_every_step_and_hold_no_other_sound(encoder: Encoder) -> None:
    samples = noise(4.0)
    windows = encoder.embed_windows(samples)
    # 1.5 s every 0.75 s: starts at 0, 0.75, 1.5 and 2.25 s; one at 3 s would end at 4.5 s.
    assert windows.shape == (4, 192)
    for i, window in enumerate(windows):
        first = i * 12_000
        np.testing.assert_allclose(
            window, encoder.embed(samples[first : first + 24_000]), atol=1e-5
        )


def test_many_windows_are_the_same_as_few(encoder: Encoder) -> None:
    samples = noise(30.0)
    many = encoder.embed_windows(samples)
    assert many.shape == (39, 192)
    np.testing.assert_allclose(
        many[20:22], encoder.embed_windows(samples[240_000:276_000]), atol=1e-5
    )


def test_sound_shorter_than_a_window_is_one_window(encoder: Encoder) -> None:
    samples = noise(0.4)
    windows = encoder.embed_windows(samples)
    np.testing.assert_allclose(windows, [encoder.embed(samples)], atol=1e-6)


def test_loudness_changes_nothing(encoder: Encoder) -> None:
    samples = noise(2.0)
    np.testing.assert_allclose(encoder.embed(samples / 4), encoder.embed(samples), atol=1e-4)


def test_the_label_names_model_and_file(encoder: Encoder) -> None:
    entry = card("ecapa-voxceleb")
    assert encoder.label == f"ecapa-voxceleb@{entry.sha256[:12]}"
    assert repr(encoder) == f"Encoder({encoder.label})"


def test_what_cannot_be_embedded_is_refused(encoder: Encoder) -> None:
    with pytest.raises(ShapeError, match=r"\(n_samples,\), at least 1600 of them, got \(1599,\)"):
        encoder.embed(noise(1.0)[:1599])
    with pytest.raises(ShapeError, match=r"got \(2, 8000\)"):
        encoder.embed(noise(1.0).reshape(2, -1))
    with pytest.raises(ItemError, match="samples must be float32, got float64"):
        encoder.embed_windows(noise(1.0).astype(np.float64))  # type: ignore[arg-type]
    broken = noise(1.0)
    broken[7] = np.nan
    with pytest.raises(ItemError, match="samples must be finite, got 1 that are not"):
        encoder.embed(broken)
    with pytest.raises(ItemError, match="steps above 0 s"):
        encoder.embed_windows(noise(1.0), step_s=0.0)
