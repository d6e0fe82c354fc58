"""Train ecapa-embedded: SpeechBrain's ECAPA-TDNN, taught by Resemblyzer and by who speaks.

    python models/training/voiceprint/material.py SPEECH_TRAIN BANK
    python models/training/voiceprint/train.py BANK --work FOLDER              # until stopped
    python models/training/voiceprint/train.py BANK --work FOLDER --finish 500

Needs torch, torchaudio, speechbrain, resemblyzer and pyworld. Without `--finish` the rate
stays where it is and the training goes on from its last checkpoint until somebody stops it;
with it, the rate falls to nothing over so many steps, crops get longer and the margin larger.
"""

from __future__ import annotations

import argparse
import copy
import math
import time
from pathlib import Path

import numpy as np
import torch
from crops import Batch, Drawer
from material import N_VOICES, Bank
from network import EMBEDDED, embedding_model
from speechbrain.lobes.models.ECAPA_TDNN import Classifier
from speechbrain.nnet.losses import AdditiveAngularMargin
from torch import Tensor, nn
from torch.nn import functional

SEED = 20261125
N_SPEAKERS = 375
N_CROPS = 32
RATE = 1.5e-3
WARM_STEPS = 100
SAVE_EVERY = 50
LENGTHS, LENGTH_SHARES = (150, 200, 250), (0.5, 0.35, 0.15)
FINISH_LENGTHS, FINISH_SHARES = (200, 250, 300), (0.4, 0.4, 0.2)
SAME_SPEAKER = 0.85
"""Cosine that crops of one class should have at least, where the teacher says less."""


class Student(nn.Module):
    """The network with what only training needs."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = embedding_model(EMBEDDED)
        self.towards_teacher = nn.Linear(192, 256)
        self.classify = Classifier(192, out_neurons=N_SPEAKERS * N_VOICES)


def loss_of(student: Student, batch: Batch, margin: float) -> tuple[Tensor, list[float]]:
    """Add up cosine to the teacher, distance of the similarity matrices, and AAM-softmax."""
    with torch.autocast(batch.fbank.device.type, torch.bfloat16, enabled=_halves_pay(batch.fbank)):
        embedding = student.encoder(batch.fbank).squeeze(1)
    embedding = embedding.float()
    towards = functional.normalize(student.towards_teacher(embedding))
    cosine = 1 - (towards * batch.target).sum(dim=1).mean()
    unit = functional.normalize(embedding)
    wanted = batch.target @ batch.target.T
    same = batch.classes[:, None] == batch.classes[None, :]
    wanted = torch.where(same, wanted.clamp(min=SAME_SPEAKER), wanted)
    matrix = (unit @ unit.T - wanted).square()
    # Pairs of one class are few among the pairs of a batch, and matter as much.
    pairs = matrix[~same].mean() + 0.15 * matrix[same].mean()
    logits = student.classify(embedding.unsqueeze(1)).squeeze(1)
    angular = AdditiveAngularMargin(margin=margin, scale=30)
    one_hot = functional.one_hot(batch.classes, logits.shape[1]).float()
    classes = functional.cross_entropy(angular(logits, one_hot), batch.classes)
    total = cosine + 6 * pairs + 0.15 * classes
    return total, [cosine.item(), pairs.item(), classes.item()]


def _halves_pay(fbank: Tensor) -> bool:
    """Tell whether half precision is quicker; without AVX-512 it takes ten times as long."""
    return fbank.is_cuda or torch.backends.cpu.get_cpu_capability().startswith("AVX512")


class Run:
    """One training with its averaged weights, kept in a folder."""

    def __init__(self, work: Path, device: torch.device) -> None:
        self.student = Student().to(device)
        self.averaged = copy.deepcopy(self.student).eval()
        self.optimizer = torch.optim.AdamW(self.student.parameters(), lr=RATE, weight_decay=0.02)
        self.done = 0
        self._saved = work / "checkpoint.pt"
        if self._saved.is_file():
            state = torch.load(self._saved, weights_only=True, map_location=device)
            self.student.load_state_dict(state["student"])
            self.averaged.load_state_dict(state["averaged"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.done = state["done"]

    def step(self, batch: Batch, rate: float, margin: float) -> list[float]:
        """Learn from one batch; return the parts of its loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.student.train()
        loss, parts = loss_of(self.student, batch, margin)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.student.parameters(), 3.0)
        self.optimizer.step()
        self.done += 1
        self._average()
        return parts

    def save(self) -> None:
        """Write the checkpoint as a whole."""
        fresh = self._saved.with_suffix(".new")
        state = {
            "student": self.student.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "done": self.done,
        }
        torch.save(state, fresh)
        fresh.rename(self._saved)

    def _average(self) -> None:
        keep = min(0.995, (1 + self.done) / (20 + self.done))
        held = self.averaged.state_dict()
        for name, value in self.student.state_dict().items():
            if value.is_floating_point():
                held[name].lerp_(value, 1 - keep)
            else:
                held[name].copy_(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bank", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--finish", type=int, default=0)
    parser.add_argument("--steps", type=int, default=10**9)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(SEED)
    args.work.mkdir(parents=True, exist_ok=True)
    run = Run(args.work, torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    drawer = Drawer(Bank(args.bank))
    began, last = run.done, run.done + (args.finish or args.steps)
    lost, clock_s = np.zeros(3), time.monotonic()
    while run.done < last:
        rng = np.random.default_rng((SEED, run.done))
        share = (run.done - began) / args.finish if args.finish else 0.0
        lengths = (FINISH_LENGTHS, FINISH_SHARES) if args.finish else (LENGTHS, LENGTH_SHARES)
        batch = drawer.draw(N_CROPS, int(rng.choice(lengths[0], p=lengths[1])), rng)
        device = run.student.classify.weight.device
        batch = Batch(batch.fbank.to(device), batch.target.to(device), batch.classes.to(device))
        rate = RATE * min(1.0, run.done / WARM_STEPS) * 0.5 * (1 + math.cos(math.pi * share))
        lost += run.step(batch, rate, margin=0.2 + 0.2 * share)
        if run.done % SAVE_EVERY == 0 or run.done == last:
            run.save()
            drawer.refresh()
            said = " ".join(f"{v:.3f}" for v in lost / SAVE_EVERY)
            spent_s = time.monotonic() - clock_s
            print(f"step {run.done} of {len(drawer)}: {said}  {spent_s:.0f} s", flush=True)
            lost[:] = 0


if __name__ == "__main__":
    main()
