"""`ecapa-voxceleb` from a checkpoint in SpeechBrain's layout, pulled and imported."""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from speechbrain_folder import HYPERPARAMS, make_folder, sha256_of

from facesign.errors import ChecksumError, ModelFileError
from facesign.models import checkpoint, install, registry
from facesign.models.checkpoint import read_checkpoint
from facesign.models.install import ECAPA_URL, import_model, pull_model
from facesign.models.registry import card, verify
from facesign.models.runtime import open_model

pytestmark = [
    pytest.mark.speechbrain,
    pytest.mark.skipif(find_spec("speechbrain") is None, reason="needs the extra speechbrain"),
]

NAME = "ecapa-voxceleb"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("spkrec")
    make_folder(made)
    return made


@pytest.fixture
def registered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the small network in the place of the official one."""
    files = {name: sha256_of(folder / name) for name in checkpoint.FILES}
    monkeypatch.setattr(checkpoint, "FILES", files)
    real = registry.cards()
    entries = tuple(
        replace(e, sha256=files["embedding_model.ckpt"]) if e.name == NAME else e for e in real
    )
    monkeypatch.setattr(registry, "cards", lambda: entries)


@pytest.fixture
def server(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    served = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    thread.join()
    served.server_close()


def speechbrain_says(folder: Path, samples: np.ndarray) -> np.ndarray:
    """Embed with SpeechBrain's own classes, loaded from the folder."""
    from speechbrain.inference.speaker import EncoderClassifier

    said = EncoderClassifier.from_hparams(
        source=str(folder),
        savedir=str(folder / "linked"),
        overrides={"pretrained_path": str(folder)},
    )
    import torch

    return np.asarray(said.encode_batch(torch.from_numpy(samples)[None])[0, 0].numpy())


def test_the_source_is_pinned_to_a_commit() -> None:
    commit = ECAPA_URL.rpartition("/")[2]
    assert len(commit) == 40
    assert commit in card(NAME).source
    assert card(NAME).sha256 == checkpoint.FILES["embedding_model.ckpt"]


@pytest.mark.usefixtures("registered")
def test_a_pulled_network_says_what_speechbrain_says(
    folder: Path, server: str, tmp_path: Path
) -> None:
    from facesign.biometrics.voiceprint.encoder import Encoder

    path = pull_model(NAME, home=tmp_path, base_url=server)
    assert sorted(os.listdir(path.parent)) == ["ecapa-voxceleb.onnx", "ecapa-voxceleb.receipt.json"]
    assert path.stat().st_mode & 0o777 == 0o600
    samples = np.random.default_rng(0).normal(0, 0.1, 32_000).astype(np.float32)
    encoder = Encoder(open_model(NAME, home=tmp_path, provider="cpu"))
    wanted = speechbrain_says(folder, samples)
    np.testing.assert_allclose(encoder.embed(samples), wanted / np.linalg.norm(wanted), atol=1e-4)
    assert encoder.sha256 == sha256_of(folder / "embedding_model.ckpt")
    assert [v.status for v in verify(home=tmp_path) if v.card.name == NAME] == ["ok"]


@pytest.mark.usefixtures("registered")
def test_an_import_needs_no_network(folder: Path, tmp_path: Path) -> None:
    path = import_model(NAME, folder, home=tmp_path)
    assert path == tmp_path / "models" / "ecapa-voxceleb.onnx"
    out = open_model(NAME, home=tmp_path, provider="cpu").run(fbank=np.zeros((1, 50, 80), "f4"))
    assert out["embedding"].shape == (1, 192)


def test_another_checkpoint_needs_trust(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ChecksumError, match=r"registry says .*; if you trust .*give --trust"):
        import_model(NAME, folder, home=tmp_path)
    assert not (tmp_path / "models").exists()
    import_model(NAME, folder, home=tmp_path, trust=True)
    model = open_model(NAME, home=tmp_path, provider="cpu")
    # A template made with it names the checkpoint that it was made with.
    assert model.card.sha256 == sha256_of(folder / "embedding_model.ckpt") != card(NAME).sha256


def test_a_pull_of_another_file_leaves_nothing(server: str, tmp_path: Path) -> None:
    with pytest.raises(ChecksumError, match=r"hyperparams\.yaml"):
        pull_model(NAME, home=tmp_path, base_url=server)
    assert os.listdir(tmp_path / "models") == []


@pytest.mark.usefixtures("registered")
def test_a_pull_that_broke_off_goes_on(folder: Path, server: str, tmp_path: Path) -> None:
    parts = tmp_path / "models" / ".ecapa-voxceleb"
    parts.mkdir(parents=True)
    whole = (folder / "embedding_model.ckpt").read_bytes()
    (parts / "embedding_model.ckpt.part").write_bytes(whole[:1000])
    pull_model(NAME, home=tmp_path, base_url=server)
    assert open_model(NAME, home=tmp_path).card.name == NAME


@pytest.mark.usefixtures("registered")
def test_a_written_model_that_was_changed_does_not_open(folder: Path, tmp_path: Path) -> None:
    path = import_model(NAME, folder, home=tmp_path)
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ChecksumError, match="run: facesign models pull ecapa-voxceleb"):
        open_model(NAME, home=tmp_path)


def malicious(folder: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Copy the folder with files that run a command when they are opened carelessly."""
    bad, touched = tmp_path / "bad", tmp_path / "touched"
    bad.mkdir()

    class Runs:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {touched}",)

    (bad / "embedding_model.ckpt").write_bytes(pickle.dumps({"weight": Runs()}))
    (bad / "hyperparams.yaml").write_text(
        HYPERPARAMS + f"hook: !apply:os.system ['touch {touched}']\n"
        f"other: !!python/object/apply:os.system ['touch {touched}']\n"
    )
    return bad, touched


def test_a_malicious_checkpoint_runs_nothing_even_when_trusted(
    folder: Path, tmp_path: Path
) -> None:
    bad, touched = malicious(folder, tmp_path)
    with pytest.raises(ModelFileError, match="not a file of tensors alone"):
        read_checkpoint(bad, trust=True)
    (bad / "embedding_model.ckpt").write_bytes((folder / "embedding_model.ckpt").read_bytes())
    with pytest.raises(ModelFileError, match=r"hyperparams\.yaml: no plain YAML"):
        read_checkpoint(bad, trust=True)
    text = HYPERPARAMS + f"hook: !apply:os.system ['touch {touched}']\n"
    (bad / "hyperparams.yaml").write_text(text)
    read_checkpoint(bad, trust=True)
    assert not touched.exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("n_mels: 80", "n_mels: 60", "compute_features.n_mels is 60, facesign runs 80"),
        ("norm_type: sentence", "norm_type: global", "mean_var_norm.norm_type is global"),
        ("[1, 2, 3, 4, 1]", "[1, 1, 1, 1, 1]", "embedding_model.dilations is"),
        ("[32, 32", "[64, 32", "embedding_model.channels is"),
        ("n_mels: !ref <n_mels>\n", "n_mels: 80\n    f_min: 20\n", "compute_features sets f_min"),
    ],
)
def test_settings_that_the_graph_is_not_written_for_are_refused(
    folder: Path, tmp_path: Path, old: str, new: str, message: str
) -> None:
    ckpt = (folder / "embedding_model.ckpt").read_bytes()
    (tmp_path / "embedding_model.ckpt").write_bytes(ckpt)
    (tmp_path / "hyperparams.yaml").write_text(HYPERPARAMS.replace(old, new, 1))
    with pytest.raises(ModelFileError, match=message):
        read_checkpoint(tmp_path, trust=True)


def test_tensors_of_another_network_are_refused(folder: Path, tmp_path: Path) -> None:
    import torch

    held = torch.load(folder / "embedding_model.ckpt", weights_only=True)
    held["mfa.conv.conv.bias"] = torch.zeros(7)
    torch.save(held, tmp_path / "embedding_model.ckpt")
    (tmp_path / "hyperparams.yaml").write_text(HYPERPARAMS)
    with pytest.raises(ModelFileError, match=r"mfa\.conv\.conv\.bias has shape \(7,\), expected"):
        read_checkpoint(tmp_path, trust=True)
    torch.save({"weight": torch.zeros(3)}, tmp_path / "embedding_model.ckpt")
    with pytest.raises(ModelFileError, match="not the tensors of an ECAPA-TDNN"):
        read_checkpoint(tmp_path, trust=True)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"hyperparams\.yaml: No such file"):
        import_model(NAME, tmp_path, home=tmp_path)
    assert install.FILES.keys() == checkpoint.FILES.keys()
