"""Write what SpeechBrain's own code says, for the tests to compare with.

python models/training/voiceprint/parity.py fbank tests/biometrics/voiceprint/fbank.npz
python models/training/voiceprint/parity.py embedding CHECKPOINT tests/models/ecapa.npz
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from network import EMBEDDED, embedding_model
from speechbrain.lobes.features import Fbank
from speechbrain.processing.features import InputNormalization

from facesign.biometrics.voiceprint.frontend import fbank

RATE_HZ = 16_000


def made_voice(seconds: float, seed: int) -> npt.NDArray[np.float32]:
    """Make harmonics that glide and swell in noise: 16 bit, in [-1, 1]."""
    rng = np.random.default_rng(seed)
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    pitch_hz = 140 + 40 * np.sin(2 * np.pi * 0.7 * times_s)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    strength = rng.uniform(0.2, 1, 30) / np.arange(1, 31) ** 0.6
    voice = sum(s * np.sin(k * phase) for k, s in enumerate(strength, 1))
    swell = 0.55 + 0.45 * np.sin(2 * np.pi * 3.1 * times_s)
    wave = 0.08 * voice * swell + 0.03 * rng.standard_normal(len(times_s))
    return (np.round(np.clip(wave, -1, 1) * 32767) / 32768).astype(np.float32)


def fbank_of(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    energies = Fbank(n_mels=80)(torch.from_numpy(samples)[None])
    normalize = InputNormalization(norm_type="sentence", std_norm=False)
    return np.asarray(normalize(energies)[0].numpy())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["fbank", "embedding"])
    parser.add_argument("files", type=Path, nargs="+")
    args = parser.parse_args()
    out = args.files[-1]
    if args.what == "fbank":
        samples = made_voice(1.2345, 0)
        np.savez_compressed(
            out, samples=np.round(samples * 32768).astype(np.int16), fbank=fbank_of(samples)
        )
        return
    student = torch.load(args.files[0], weights_only=True)["averaged"]
    net = embedding_model(EMBEDDED).eval()
    ours = {n.removeprefix("encoder."): w for n, w in student.items() if n.startswith("encoder.")}
    net.load_state_dict(ours)
    features = np.stack([fbank(made_voice(2.0, seed)) for seed in (1, 2)])
    with torch.no_grad():
        told = net(torch.from_numpy(features))[:, 0].numpy()
    np.savez_compressed(out, fbank=features, embedding=told)


if __name__ == "__main__":
    main()
