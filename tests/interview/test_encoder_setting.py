"""The setting `encoder`: another model than the one that ships, from enrollment to calibration."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from trial_folder import listed, pairs, write_people
from voices import claire, said

from facesign.biometrics.voiceprint.encoder import DEFAULT_MODEL
from facesign.errors import ModelFileError, SettingsError, TemplateMismatchError
from facesign.interview.fingerprints import Fingerprints
from facesign.interview.home import ENCODERS, Home, Settings
from facesign.interview.live.rehearsal import rehearse
from facesign.interview.voice_calibration import calibrate_trials
from facesign.interview.voice_session import open_voices
from facesign.interview.voice_trials import score_trials
from facesign.models.ecapa import EcapaShape, ecapa_graph
from facesign.models.receipts import Receipt, write_receipt
from facesign.models.registry import card, cards

OTHER = "ecapa-voxceleb"
PROOF = {"identity_proof": "network check 77", "record": "record-1"}
SMALL = EcapaShape(
    n_mels=80,
    channels=16,
    mfa_channels=24,
    n_parts=4,
    se_channels=4,
    attention_channels=8,
    n_embedding=192,
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.make(home.root)
    return home


def choose(home: Home, encoder: str) -> None:
    home.config.write_text(f'encoder = "{encoder}"\n', "utf-8")


def install_small_network(home: Home) -> None:
    """Lay an ECAPA-TDNN with drawn weights where `models import` puts the official one."""
    rng = np.random.default_rng(0)
    weights = {name: rng.normal(0, 0.2, size) for name, size in SMALL.tensors().items()}
    for name in weights:
        if name.endswith("running_var"):
            weights[name] = np.abs(weights[name]) + 0.5
    graph = ecapa_graph(weights)
    path = home.make(home.models) / f"{OTHER}.onnx"
    path.write_bytes(graph)
    write_receipt(path, Receipt(card(OTHER).sha256, hashlib.sha256(graph).hexdigest(), False))


def test_the_encoders_of_the_settings_are_registered_and_the_default_ships() -> None:
    known = {entry.name: entry for entry in cards()}
    assert set(ENCODERS) <= set(known)
    assert Settings().encoder == DEFAULT_MODEL
    assert not known[DEFAULT_MODEL].optional


def test_another_name_is_one_line(home: Home) -> None:
    choose(home, "resemblyzer")
    with pytest.raises(SettingsError, match=r"encoder must be one of ecapa-embedded, ecapa-vox"):
        home.settings()


def test_a_model_that_is_not_here_is_one_line_with_the_command(home: Home) -> None:
    choose(home, OTHER)
    remedy = (
        r"is not here; run: facesign models pull ecapa-voxceleb \(or import ecapa-voxceleb FOLD"
    )
    with pytest.raises(ModelFileError, match=remedy), Fingerprints.open(home=home) as prints:
        prints.enroll("C-1", [claire()])
    with pytest.raises(ModelFileError, match=remedy):
        open_voices(home=home)
    rehearse(home)


def test_voiceprints_of_two_encoders_live_in_one_gallery_and_are_never_compared(
    home: Home,
) -> None:
    with Fingerprints.open(home=home) as prints:
        prints.enroll("C-1", [claire()], **PROOF)
        assert prints.due() == []
        shipped = prints.model
    install_small_network(home)
    choose(home, OTHER)
    with Fingerprints.open(home=home) as prints:
        assert prints.model.startswith("ecapa-voxceleb@0575cb64845e")
        prints.enroll("C-2", np.array_split(claire(), 2), **PROOF)
        prints.confirm("C-2", by="Wang")
        with pytest.raises(TemplateMismatchError, match=f"{shipped}.*ecapa-voxceleb"):
            prints.verify("C-1", claire())
        assert [(one.customer, one.reason) for one in prints.due()] == [("C-1", "other_model")]
        result = prints.verify("C-2", said("screen-replay", "applicant"))
        assert (result.decision, result.reasons, result.llr) == (
            "inconclusive",
            ("uncalibrated",),
            None,
        )
        assert prints.search(claire()).reason == "uncalibrated"
    opened = open_voices(customer="C-1", home=home)
    assert (opened.unverified, opened.models[0]) == ("voiceprint_of_other_model", OTHER)


def test_a_record_is_replayed_with_the_encoder_it_was_analyzed_with(home: Home) -> None:
    install_small_network(home)
    choose(home, OTHER)
    assert open_voices(home=home, encoder="ecapa-embedded").models[0] == "ecapa-embedded"


@pytest.mark.slow
def test_the_other_encoder_is_calibrated_and_scored_on_the_banks_own_trials(
    home: Home, tmp_path: Path
) -> None:
    people = write_people(tmp_path / "people")
    trials = listed(tmp_path / "t.csv", *pairs())
    install_small_network(home)
    choose(home, OTHER)
    with Fingerprints.open(home=home) as prints:
        assert list(prints.points) == []
    found = calibrate_trials(trials, people, home=home)
    assert found.model == f"{OTHER}@{card(OTHER).sha256[:12]}"
    scored = score_trials(trials, people, tmp_path / "out.csv", home=home)
    assert scored.n_scored == scored.n_trials
    assert ",\n" not in (tmp_path / "out.csv").read_text("utf-8")
    with Fingerprints.open(home=home) as prints:
        assert [name for name in prints.points] == [point.name for point in found.points]
        assert prints.points
