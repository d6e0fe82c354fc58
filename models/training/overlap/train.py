"""Train the network that notices two people speaking at once.

python models/training/overlap/train.py SPEECH_TRAIN --cpu-s 240 --out FILE.onnx [--bank FILE.npz]

Runs for so many seconds of CPU on one thread; the rate falls over them. Needs torch and onnx.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from mixtures import Person, Studio, halves, people_in
from network import OverlapNet, export, parity
from torch.nn.functional import binary_cross_entropy_with_logits

from facesign.biometrics.speakers.pieces import WINDOW_S
from facesign.biometrics.speakers.spectra import harmonic_spectra

N_EXAMPLES = 30_000
BATCH = 64
RATE, LAST_RATE, WARM_STEPS = 2e-3, 1e-5, 200
MOST_MASKED = 12
"""Neighbouring bands that are taken away from an example at most."""
JITTER = 0.05


def draw(people: list[Person], file: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """Return spectra and truth of all examples; kept in a file where one is named."""
    if file is not None and file.is_file():
        with np.load(file) as held:
            return held["spectra"], held["both"]
    examples = Studio(people, seed=2).windows(N_EXAMPLES, WINDOW_S)
    rows = [(harmonic_spectra(it.samples).astype(np.float16), it.both) for it in examples]
    spectra, both = (np.stack(column) for column in zip(*rows, strict=True))
    if file is not None:
        np.savez(file, spectra=spectra, both=both)
    return spectra, both


def train(spectra: np.ndarray, both: np.ndarray, cpu_s: float) -> OverlapNet:
    """Train for so long; every example is disturbed anew whenever it is drawn."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    rng, net = np.random.default_rng(0), OverlapNet()
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-2)
    began_s, step = time.process_time(), 0
    while (passed := (time.process_time() - began_s) / cpu_s) < 1:
        rate = RATE * min(1, step / WARM_STEPS) * (0.5 + 0.5 * np.cos(np.pi * passed)) + LAST_RATE
        for group in optimizer.param_groups:
            group["lr"] = rate
        drawn = rng.integers(0, len(spectra), BATCH)
        loss = binary_cross_entropy_with_logits(
            net(torch.from_numpy(_disturbed(spectra[drawn].astype(np.float32), rng))),
            torch.from_numpy(both[drawn].astype(np.float32)),
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
        if step % 200 == 0:
            print(f"{step} {passed:.2f} {loss.item():.3f}", flush=True)
    return net.eval()


def _disturbed(spectra: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    for one in spectra:
        first = rng.integers(0, spectra.shape[2] - 10)
        one[:, first : first + rng.integers(0, MOST_MASKED)] = 0.0
    return spectra + rng.normal(0.0, JITTER, spectra.shape).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("speech", type=Path)
    parser.add_argument("--cpu-s", type=float, default=240.0)
    parser.add_argument("--bank", type=Path, help="examples, kept for a later run")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--parity", type=Path, help="what torch says, for the tests")
    args = parser.parse_args()
    fitted, _ = halves(args.speech)
    spectra, both = draw(people_in(args.speech, fitted), args.bank)
    net = train(spectra, both, args.cpu_s)
    export(net, args.out)
    if args.parity is not None:
        parity(net, args.parity)


if __name__ == "__main__":
    main()
