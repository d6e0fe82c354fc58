"""The shipped samples against what their scenario files give today."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from facesign import samples
from facesign.samples.studio.production import Production
from facesign.samples.studio.rig import Rig, find_rig
from facesign.samples.studio.scenario import load_scenario

pytestmark = [pytest.mark.slow, pytest.mark.data]

N_PICTURES = 4
LEAST_PSNR_DB = 33.0
"""Of an H.264 picture to the one that was encoded; another person gives 15 to 20."""


@pytest.fixture(scope="module")
def rig() -> Rig:
    return Rig.load(find_rig(None))


def decoded(path: Path, time_s: npt.NDArray[np.float64]) -> list[npt.NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        wanted = set(np.round(time_s, 3))
        return [
            np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)
            for frame in container.decode(video=0)
            if round(float(frame.time or 0), 3) in wanted
        ]


def psnr_db(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> float:
    error = np.mean((one.astype(np.float64) - other) ** 2)
    return float(10 * np.log10(255**2 / error))


@pytest.mark.parametrize("name", samples.names())
def test_a_sample_is_what_its_scenario_gives(name: str, rig: Rig) -> None:
    sample = samples.load(name)
    production = Production(load_scenario(name), sample.truth.seed, rig)
    assert production.duration_s == pytest.approx(sample.truth.duration_s, abs=0.01)
    assert [line.text for line in production.dialogue.said] == [
        line.text for line in sample.truth.speech
    ]
    for said, line in zip(production.dialogue.said, sample.truth.speech, strict=True):
        assert (said.start_s, said.end_s) == pytest.approx((line.start_s, line.end_s), abs=0.01)
    # The first pictures: attacks and cameras remember what came before.
    production.time_s = production.time_s[:N_PICTURES]
    drawn = [image for _, image in production.pictures()]
    production.close()
    shown = decoded(sample.media, production.time_s)
    for one, other in zip(drawn, shown, strict=True):
        assert psnr_db(one, other) >= LEAST_PSNR_DB
