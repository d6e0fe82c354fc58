from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from line_model import Weights, card_of, save_line

from facesign.errors import (
    ChecksumError,
    ModelFileError,
    ModelInputError,
    ProviderError,
    SettingsError,
    TensorNamesError,
    UnknownModelError,
)
from facesign.models import runtime
from facesign.models.registry import Provider
from facesign.models.runtime import open_card, open_model, require_provider

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"
X = np.array([[0.0, 1.0, -2.5]], np.float32)


@pytest.fixture
def line(tmp_path: Path) -> Weights:
    """The model y = 2x + 1."""
    path = tmp_path / "line.onnx"
    save_line(path, slope=2.0)
    return Weights(path, card_of(path))


@pytest.fixture
def pretend_cuda(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Offer CUDA as a GPU build without a device does: it raises, or is left out."""
    real = onnxruntime.InferenceSession

    def offer(raises: bool) -> None:
        def start(weights: bytes, options: object, *, providers: list, enable_fallback: int):
            if providers != [CPU] and raises:
                raise RuntimeError("CUDA failure 100: no CUDA-capable device is detected")
            return real(weights, options, providers=[CPU], enable_fallback=enable_fallback)

        monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CUDA, CPU])
        monkeypatch.setattr(onnxruntime, "InferenceSession", start)

    return offer


def test_a_model_gives_the_numbers_of_its_formula(line: Weights) -> None:
    y = open_card(line.card, file=line.path, provider="cpu").run(x=X)["y"]
    np.testing.assert_array_equal(y, [[1.0, 3.0, -4.0]])


def test_the_file_in_the_home_folder_is_the_one_that_runs(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    save_line(models / "line.onnx", slope=3.0)
    model = open_card(card_of(models / "line.onnx"), home=tmp_path)
    np.testing.assert_array_equal(model.run(x=X)["y"], [[1.0, 4.0, -6.5]])


def test_a_changed_file_does_not_run(line: Weights) -> None:
    save_line(line.path, slope=3.0)
    with pytest.raises(ChecksumError, match=r"line\.onnx: sha256 is .* registry says"):
        open_card(line.card, file=line.path)


def test_a_missing_file_is_one_line(line: Weights, tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"gone\.onnx: No such file"):
        open_card(line.card, file=tmp_path / "gone.onnx")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownModelError, match="no model named 'nothing'"):
        open_model("nothing")


def test_only_onnx_files_are_run() -> None:
    with pytest.raises(ModelFileError, match="this one is ggml"):
        open_model("silero_vad")


def test_a_registered_file_that_is_not_onnx_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "text.onnx"
    path.write_text("not a model")
    with pytest.raises(ModelFileError, match="line: cannot be loaded: ") as caught:
        open_card(card_of(path), file=path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"input": ("z (1, n) float32",)}, "input tensors are x; registry says z"),
        ({"output": ("y", "w")}, "output tensors are y; registry says y, w"),
    ],
)
def test_other_tensor_names_than_the_cards_are_refused(
    line: Weights, changes: dict[str, tuple[str, ...]], words: str
) -> None:
    with pytest.raises(TensorNamesError, match=words):
        open_card(replace(line.card, **changes), file=line.path)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"z": X}, r"line: got z; it takes x \(1, n\) float32"),
        ({}, "got nothing"),
        ({"x": X.astype(np.float64)}, "double"),
        ({"x": X[0]}, "rank"),
    ],
)
def test_wrong_inputs_are_one_line(
    line: Weights, inputs: dict[str, np.ndarray], words: str
) -> None:
    model = open_card(line.card, file=line.path)
    with pytest.raises(ModelInputError, match=words) as caught:
        model.run(**inputs)
    assert "\n" not in str(caught.value)


def test_cuda_asked_for_and_missing_names_the_install_line(line: Weights) -> None:
    with pytest.raises(ProviderError) as caught:
        open_card(line.card, file=line.path, provider="cuda")
    assert str(caught.value).endswith(
        'run: pip uninstall -y onnxruntime && pip install "onnxruntime-gpu[cuda,cudnn]"'
    )


@pytest.mark.parametrize("raises", [True, False])
def test_cuda_that_is_offered_and_does_not_start_is_an_error_when_asked_for(
    line: Weights, pretend_cuda: Callable[[bool], None], raises: bool
) -> None:
    pretend_cuda(raises)
    with pytest.raises(ProviderError, match="cuda cannot start here"):
        open_card(line.card, file=line.path, provider="cuda")


@pytest.mark.parametrize("raises", [True, False])
def test_auto_falls_back_to_the_cpu_and_says_so(
    line: Weights,
    pretend_cuda: Callable[[bool], None],
    raises: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    pretend_cuda(raises)
    with caplog.at_level(logging.INFO, runtime.__name__):
        model = open_card(line.card, file=line.path, provider="auto")
    assert model.provider == "cpu"
    assert caplog.messages == ["line runs on cpu (asked for auto, 1 threads)"]
    np.testing.assert_array_equal(model.run(x=X)["y"], [[1.0, 3.0, -4.0]])


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts threads through /proc")
@pytest.mark.parametrize("threads", [1, 3])
def test_a_session_starts_as_many_threads_as_it_was_given(line: Weights, threads: int) -> None:
    before = len(os.listdir("/proc/self/task"))
    model = open_card(line.card, file=line.path, threads=threads)
    model.run(x=X)
    assert len(os.listdir("/proc/self/task")) - before == threads - 1


@pytest.mark.parametrize("option", [{"threads": 0}, {"provider": "tpu"}])
def test_settings_that_are_not_allowed_are_refused(
    line: Weights, option: dict[str, object]
) -> None:
    with pytest.raises(SettingsError, match="must be"):
        open_card(line.card, file=line.path, **option)


def test_nothing_but_the_answer_reaches_the_terminal() -> None:
    code = (
        "import numpy as np; from facesign.models.runtime import open_model;"
        "open_model('provider_probe').run(value=np.zeros(3, np.float32))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_the_bundled_probe_doubles_its_input() -> None:
    answer = open_model("provider_probe").run(value=np.array([1.5, -2.0], np.float32))
    np.testing.assert_array_equal(answer["doubled"], [3.0, -4.0])


def test_repr_shows_name_hash_and_provider(line: Weights) -> None:
    model = open_card(line.card, file=line.path, provider="cpu")
    assert repr(model) == f"Model(line, sha256={line.card.sha256[:12]}, cpu)"


@pytest.mark.parametrize("provider", ["auto", "cpu"])
def test_a_machine_without_cuda_runs_on_the_cpu(provider: Provider) -> None:
    assert require_provider(provider) == "cpu"


@pytest.mark.parametrize("raises", [True, False])
def test_cuda_that_is_offered_but_does_not_start_is_told_before_any_work(
    pretend_cuda: Callable[[bool], None], raises: bool
) -> None:
    pretend_cuda(raises)
    assert require_provider("auto") == "cpu"
    with pytest.raises(ProviderError, match=r"provider cuda cannot start here.*pip install"):
        require_provider("cuda")


def test_an_unknown_provider_is_refused_before_any_work() -> None:
    with pytest.raises(SettingsError, match="provider must be one of auto, cpu, cuda"):
        require_provider("rocm")  # type: ignore[arg-type]
