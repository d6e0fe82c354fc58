"""The shipped classifier against what the network said in the framework that trained it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from facesign.models.runtime import Model, open_model

STORED = Path(__file__).parent / "movements.npz"
"""Written by models/training/movements/parity.py."""


@pytest.fixture(scope="module")
def model() -> Model:
    return open_model("movements-132", provider="cpu")


@pytest.fixture(scope="module")
def stored() -> dict[str, npt.NDArray[np.float32]]:
    with np.load(STORED) as held:
        return dict(held)


@pytest.mark.parametrize("name", ["movement", "apex", "edges_s", "channels", "kinds"])
def test_every_output_is_the_trained_networks(
    model: Model, stored: dict[str, npt.NDArray[np.float32]], name: str
) -> None:
    out = model.run(signals=stored["signals"], valid=stored["valid"])
    np.testing.assert_allclose(out[name], stored[name], atol=2e-5)


def test_the_probability_rises_with_the_movement_score(
    model: Model, stored: dict[str, npt.NDArray[np.float32]]
) -> None:
    out = model.run(signals=stored["signals"], valid=stored["valid"])
    score, probability = out["movement"][0].astype(float), out["probability"][0].astype(float)
    logit = [np.log(v / (1 - v)) for v in (np.clip(score, 1e-6, 1 - 1e-6), probability)]
    slope, offset = np.polyfit(*logit, 1)
    assert slope > 0.2
    np.testing.assert_allclose(logit[1], slope * logit[0] + offset, atol=0.05)


def test_rows_beyond_the_look_ahead_change_nothing(
    model: Model, stored: dict[str, npt.NDArray[np.float32]]
) -> None:
    signals = stored["signals"].copy()
    signals[:, 63:] = 0
    seen = model.run(signals=stored["signals"], valid=stored["valid"])["movement"]
    cut = model.run(signals=signals, valid=stored["valid"])["movement"]
    # 12 rows ahead are 0.4 s: row 50 sees up to row 62.
    np.testing.assert_allclose(cut[:, :51], seen[:, :51], atol=1e-6)
    assert np.abs(cut[:, 51:60] - seen[:, 51:60]).max() > 1e-4


def test_what_is_not_valid_is_not_read(
    model: Model, stored: dict[str, npt.NDArray[np.float32]]
) -> None:
    signals = np.where(stored["valid"] > 0, stored["signals"], np.float32(99))
    out = model.run(signals=signals, valid=stored["valid"])
    np.testing.assert_allclose(out["movement"], stored["movement"], atol=2e-5)
