"""How fast ONNX Runtime embeds a voice beside SpeechBrain on torch, with the same weights.

Both sizes of ECAPA-TDNN, with drawn weights that both sides load: what a network costs does
not depend on what it learned. Every round times each way once, one after the other, so that
the machine's load meets all alike. Needs the extra `speechbrain` and ml_dtypes:

    make test-speechbrain && .venv-speechbrain/bin/python -m pip install ml_dtypes
    .venv-speechbrain/bin/python benchmarks/voiceprint_speed.py --data FACESIGN_DATA
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import onnxruntime
import torch
from provenance import add_data_argument, write_result
from speechbrain.lobes.models.ECAPA_TDNN import ECAPA_TDNN

from facesign.biometrics.voiceprint.encoder import STEP_S, WINDOW_S
from facesign.biometrics.voiceprint.frontend import HOP_S, fbank
from facesign.errors import ProviderError
from facesign.models.ecapa import ecapa_graph
from facesign.models.runtime import require_provider

SIZES = {"embedded": 256, "ecapa-1024": 1024}
GOALS = {"embedded": 2.0, "ecapa-1024": 3.0}
SECONDS = (3, 30)
THREADS = (1, 2)
N_CALIBRATION, N_DRIFT = 20, 40
BATCH = 16

Features = npt.NDArray[np.float32]
Way = Callable[[Features], Any]


def network(channels: int) -> ECAPA_TDNN:
    torch.manual_seed(0)
    return ECAPA_TDNN(80, lin_neurons=192, channels=[channels] * 4 + [3 * channels]).eval()


def session_of(content: bytes, threads: int, provider: str = "CPU") -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(
        content, options, providers=[f"{provider}ExecutionProvider"]
    )


def quantized(content: bytes, features: Sequence[Features]) -> bytes:
    """Turn weights and activations of the convolutions into 8 bits, calibrated on features."""
    from onnxruntime.quantization import (
        CalibrationDataReader,
        QuantFormat,
        QuantType,
        quantize_static,
    )

    class Reader(CalibrationDataReader):
        def __init__(self) -> None:
            self._rest = iter(features)

        def get_next(self) -> dict[str, Features] | None:
            one = next(self._rest, None)
            return None if one is None else {"fbank": one}

    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
        whole.write_bytes(content)
        quantize_static(
            whole,
            small,
            Reader(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            weight_type=QuantType.QInt8,
            activation_type=QuantType.QUInt8,
            op_types_to_quantize=["Conv"],
        )
        return small.read_bytes()


def speech(files: Sequence[Path], seconds: float) -> list[Features]:
    """Read features of the first seconds of each file, (1, n_frames, 80)."""
    n_samples = round(seconds * 16_000)
    found = []
    for file in files:
        with av.open(str(file)) as media:
            resampler = av.AudioResampler("fltp", "mono", 16_000)
            frames = [out for frame in media.decode(audio=0) for out in resampler.resample(frame)]
        samples = np.concatenate([frame.to_ndarray()[0] for frame in frames])
        # What is too short starts over: only the cost depends on the length.
        found.append(fbank(np.resize(samples, n_samples).astype(np.float32))[None])
    return found


def timed(ways: dict[str, Way], features: Features, rounds: int) -> dict[str, dict[str, float]]:
    """Time each way once a round, after one to warm up; medians in ms."""
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            cpu_s, wall_s = time.process_time(), time.perf_counter()
            way(features)
            took = (time.process_time() - cpu_s, time.perf_counter() - wall_s)
            if number:
                spent[name].append(took)
    return {
        name: {
            "cpu_ms": round(1000 * statistics.median(cpu for cpu, _ in values), 2),
            "wall_ms": round(1000 * statistics.median(wall for _, wall in values), 2),
        }
        for name, values in spent.items()
    }


def measure(files: Sequence[Path], rounds: int) -> dict[str, Any]:
    calibration, held_out = files[:N_CALIBRATION], files[N_CALIBRATION:]
    rows, drifts = [], {}
    for size, channels in SIZES.items():
        net = network(channels)
        content = ecapa_graph({name: t.numpy() for name, t in net.state_dict().items()})
        small = quantized(content, speech(calibration, 3))
        drifts[size] = drift(net, content, small, speech(held_out, 3))
        for threads in THREADS:
            torch.set_num_threads(threads)
            whole, int8 = session_of(content, threads), session_of(small, threads)
            ways: dict[str, Way] = {
                "torch": lambda x, n=net: embedded(n, x),
                "onnx": lambda x, s=whole: s.run(None, {"fbank": x}),
                "onnx_int8": lambda x, s=int8: s.run(None, {"fbank": x}),
            }
            for seconds in SECONDS:
                took = timed(ways, speech(held_out[:1], seconds)[0], rounds)
                rows.append({"size": size, "seconds": seconds, "threads": threads, **ratios(took)})
            rows.append(windows(size, threads, ways, speech(held_out[:1], 30)[0], rounds))
    return {
        "question": "how much faster than SpeechBrain on torch is a voice embedded?",
        "rounds": rounds,
        "goals": {"times_faster": GOALS, "int8_score_drift": 0.01, "cuda_difference": 1e-3},
        "rows": rows,
        "drift": drifts,
        "cuda": cuda(held_out),
    }


def embedded(net: ECAPA_TDNN, features: Features) -> Features:
    with torch.inference_mode():
        return np.asarray(net(torch.from_numpy(features))[:, 0].numpy())


def ratios(took: dict[str, dict[str, float]]) -> dict[str, Any]:
    """Add how many times less CPU and time each way takes than torch."""
    return {
        name: {
            **values,
            "times_less_cpu": round(took["torch"]["cpu_ms"] / values["cpu_ms"], 2),
            "times_faster": round(took["torch"]["wall_ms"] / values["wall_ms"], 2),
        }
        for name, values in took.items()
    }


def windows(
    size: str, threads: int, ways: dict[str, Way], features: Features, rounds: int
) -> dict[str, Any]:
    """Time the windows of 30 s: torch one by one, ONNX Runtime one by one and in batches."""
    length, step = round(WINDOW_S / HOP_S), round(STEP_S / HOP_S)
    starts = range(0, features.shape[1] - length + 1, step)
    cut = np.concatenate([features[:, s : s + length] for s in starts])

    def by(way: Way, n: int) -> Way:
        return lambda x: [way(x[i : i + n]) for i in range(0, len(x), n)]

    both = {
        "torch": by(ways["torch"], 1),
        "torch_batched": by(ways["torch"], BATCH),
        "onnx": by(ways["onnx"], 1),
        "onnx_batched": by(ways["onnx"], BATCH),
        "onnx_int8_batched": by(ways["onnx_int8"], BATCH),
    }
    took = ratios(timed(both, cut, max(3, rounds // 3)))
    return {"size": size, "windows": len(cut), "window_s": WINDOW_S, "threads": threads, **took}


def drift(
    net: ECAPA_TDNN, content: bytes, small: bytes, features: Sequence[Features]
) -> dict[str, float]:
    """Compare the cosines of all pairs, and the embeddings, with those of torch."""

    def unit(way: Way) -> npt.NDArray[np.float64]:
        told = np.concatenate([np.asarray(way(x)) for x in features]).astype(np.float64)
        return np.asarray(told / np.linalg.norm(told, axis=1, keepdims=True))

    whole, int8 = session_of(content, 1), session_of(small, 1)
    wanted = unit(lambda x: embedded(net, x))
    fused = unit(lambda x: whole.run(None, {"fbank": x})[0])
    eight = unit(lambda x: int8.run(None, {"fbank": x})[0])
    return {
        "n": len(features),
        "onnx_score": float(np.abs(fused @ fused.T - wanted @ wanted.T).max()),
        "int8_score": round(float(np.abs(eight @ eight.T - wanted @ wanted.T).max()), 5),
        "int8_least_cosine": round(float((eight * wanted).sum(axis=1).min()), 5),
    }


def cuda(files: Sequence[Path]) -> dict[str, Any]:
    """Return the largest difference between CPU and CUDA; say so where there is no CUDA."""
    try:
        require_provider("cuda")
    except ProviderError:
        return {"status": "not_assessed", "reason": "no CUDA provider on this machine"}
    weights = {name: t.numpy() for name, t in network(SIZES["ecapa-1024"]).state_dict().items()}
    content, features = ecapa_graph(weights), speech(files[:1], 3)[0]
    told = [session_of(content, 1, p).run(None, {"fbank": features})[0] for p in ("CPU", "CUDA")]
    unit = [value / np.linalg.norm(value) for value in told]
    return {"status": "assessed", "largest_difference": float(np.abs(unit[0] - unit[1]).max())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_argument(parser)
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    folder = args.data / "speech" / "train" / "librispeech"
    files = sorted(folder.glob("*/*"))[: N_CALIBRATION + N_DRIFT]
    write_result("voiceprint_speed", measure(files, args.rounds), files[:1])


if __name__ == "__main__":
    main()
