"""Train the network that notices two people speaking at once.

python models/training/overlap/train.py SPEECH_TRAIN --out FILE.onnx [--bank FILE.npz]

A set number of steps on one thread, so that one machine gives the same weights again. Needs torch,
onnx and espeak-ng.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from mixtures import Studio
from network import OverlapNet, export, parity
from people import Person, halves, people_in
from synthetic import FITTED, synthetic_people
from torch.nn.functional import binary_cross_entropy_with_logits

from facesign.biometrics.speakers.pieces import WINDOW_S
from facesign.biometrics.speakers.spectra import harmonic_spectra

N_EXAMPLES = 30_000
N_SYNTHETIC, SYNTHETIC_SHARE = 124, 0.25
SINGLE = ("babble", "clean", "babble", "room", "babble", "noise", "room")
"""One person among others, or in a room, is what is most easily taken for two."""
STEPS, BATCH = 3000, 64
RATE, LAST_RATE, WARM_STEPS = 2e-3, 1e-5, 200
MOST_MASKED = 12
"""Neighbouring bands that are taken away from an example at most."""
JITTER = 0.05


def draw(people: list[Person], file: Path | None) -> tuple[np.ndarray, np.ndarray]:
    """Return spectra and truth of all examples; kept in a file where one is named."""
    if file is not None and file.is_file():
        with np.load(file) as held:
            return held["spectra"], held["both"]
    studio = Studio(people, seed=2, synthetic_share=SYNTHETIC_SHARE)
    spectra: np.ndarray | None = None
    for i, one in enumerate(studio.windows(N_EXAMPLES, WINDOW_S, SINGLE)):
        rows = harmonic_spectra(one.samples)
        if spectra is None:
            spectra = np.empty((N_EXAMPLES, *rows.shape), np.float16)
            both = np.empty((N_EXAMPLES, len(rows)), np.bool_)
        spectra[i], both[i] = rows, one.both
    assert spectra is not None
    if file is not None:
        np.savez(file, spectra=spectra, both=both)
    return spectra, both


def train(spectra: np.ndarray, both: np.ndarray) -> OverlapNet:
    """Train; every example is disturbed anew whenever it is drawn."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    rng, net = np.random.default_rng(0), OverlapNet()
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-2)
    for step in range(STEPS):
        falling = 0.5 + 0.5 * np.cos(np.pi * step / STEPS)
        rate = RATE * min(1, step / WARM_STEPS) * falling + LAST_RATE
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
        if step % 200 == 0:
            print(f"{step} {loss.item():.3f}", flush=True)
    return net.eval()


def _disturbed(spectra: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    for one in spectra:
        first = rng.integers(0, spectra.shape[2] - 10)
        one[:, first : first + rng.integers(0, MOST_MASKED)] = 0.0
    return spectra + rng.normal(0.0, JITTER, spectra.shape).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("speech", type=Path)
    parser.add_argument("--bank", type=Path, help="examples, kept for a later run")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--parity", type=Path, help="what torch says, for the tests")
    args = parser.parse_args()
    fitted, _ = halves(args.speech)
    people = [*people_in(args.speech, fitted), *synthetic_people(FITTED, N_SYNTHETIC, seed=31)]
    net = train(*draw(people, args.bank))
    export(net, args.out)
    if args.parity is not None:
        parity(net, args.parity)


if __name__ == "__main__":
    main()
