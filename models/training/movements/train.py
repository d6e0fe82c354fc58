"""Train the movement classifier on rendered takes and write movements-132.onnx.

    python models/training/movements/train.py TAKES --pulses PULSES --work FOLDER
        [--out FILE.onnx] [--without KIND=NAME] [--steps N]

all.sh beside this file makes the films of TAKES and PULSES. Needs torch beside facesign's `dev`
extra. Every eighth take is kept out to choose the calibration. Checkpoints lie in the work
folder; the same command goes on from the last one.
`--without` leaves one generator family out, such as `camera=phone` or `pulse=double`, for the
test on an unseen generator.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from calibrate import calibrated, print_operating_points
from export import Calibration, export
from families import without_family
from filmed import Filmed, load_filmed
from material import Sequence_, variants
from network import LONGEST_S, MovementNet
from responses import Responses
from torch import Tensor
from torch.nn import functional

SEED = 20261125
KEPT_OUT = 8
N_VARIANTS = 20
CROP = 300
BATCH = 24
STEPS = 2600
RATE = 2.5e-3
SAVE_EVERY = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """Crops of sequences, ready for the network."""

    signals: Tensor
    valid: Tensor
    inside: Tensor
    weight: Tensor
    apex: Tensor
    edges: Tensor
    channels: Tensor
    kind: Tensor


def draw_batch(sequences: Sequence[Sequence_], rng: np.random.Generator) -> Batch:
    """Crop at random; some channels of some crops are hidden."""
    parts: list[list[np.ndarray]] = [[] for _ in range(8)]
    for _ in range(BATCH):
        one = sequences[int(rng.integers(len(sequences)))]
        begin = int(rng.integers(max(1, len(one.rows.time_s) - CROP)))
        rows, labels = slice(begin, begin + CROP), one.labels
        valid = one.rows.valid[rows].astype(np.float32)
        if rng.random() < 0.3:
            hidden = rng.random(44) < rng.uniform(0.03, 0.3)
            valid[:, np.repeat(hidden, 3)] = 0
        signals = one.rows.values[rows] * np.float32(np.exp(0.12 * rng.standard_normal()))
        whole = (
            signals * valid,
            valid,
            labels.inside[rows],
            labels.weight[rows] * valid.any(axis=1),
            labels.apex[rows],
            labels.edges_s[rows],
            labels.channels[rows],
            labels.kind[rows],
        )
        for part, values in zip(parts, whole, strict=True):
            short = CROP - len(values)
            part.append(np.pad(values, [(0, short)] + [(0, 0)] * (values.ndim - 1)))
    return Batch(*(torch.from_numpy(np.stack(part)) for part in parts))


def loss_of(net: MovementNet, batch: Batch) -> Tensor:
    """Return the sum of the five tasks' losses."""
    out = net(batch.signals, batch.valid)
    n = batch.weight.sum().clamp(min=1)
    inside = batch.inside * batch.weight
    n_inside = inside.sum().clamp(min=1)
    # Rows of movements are some 7 % of all: they count for more.
    rows = functional.binary_cross_entropy_with_logits(
        out["movement"], batch.inside, reduction="none"
    )
    movement = (rows * batch.weight * (1 + 2 * batch.inside)).sum() / n
    rows = functional.binary_cross_entropy_with_logits(out["apex"], batch.apex, reduction="none")
    apex = (rows * batch.weight * (1 + 4 * batch.apex)).sum() / n
    share = torch.sigmoid(out["edges"])
    away = (share - torch.nan_to_num(batch.edges) / LONGEST_S).abs().sum(dim=-1)
    edges = (away * inside).sum() / n_inside
    rows = functional.binary_cross_entropy_with_logits(
        out["channels"], batch.channels, reduction="none"
    ).mean(dim=-1)
    channels = (rows * inside).sum() / n_inside
    rows = functional.cross_entropy(
        out["kinds"].flatten(0, 1), batch.kind.clamp(min=0).flatten(), reduction="none"
    ).view_as(inside)
    kinds = (rows * inside).sum() / n_inside
    return movement + apex + 4 * edges + 2 * channels + 0.5 * kinds


def fit(net: MovementNet, sequences: Sequence[Sequence_], work: Path, steps: int) -> None:
    """Train to the last step, from the last checkpoint on if there is one."""
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, steps, pct_start=0.15)
    saved, done = work / "checkpoint.pt", 0
    if saved.is_file():
        state = torch.load(saved, weights_only=True)
        net.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        done = state["done"]
    net.train()
    lost, began_s = 0.0, time.perf_counter()
    for step in range(done, steps):
        loss = loss_of(net, draw_batch(sequences, np.random.default_rng((SEED, step))))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        lost += loss.item()
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == steps:
            state = {
                "net": net.state_dict(),
                "optimizer": optimizer.state_dict(),
                "schedule": schedule.state_dict(),
                "done": step + 1,
            }
            torch.save(state, saved)
            spent_s = time.perf_counter() - began_s
            print(f"step {step + 1} loss {lost / SAVE_EVERY:.3f} {spent_s:.0f} s", flush=True)
            lost = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("takes", type=Path)
    parser.add_argument("--pulses", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--without", default="")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(SEED)
    args.work.mkdir(parents=True, exist_ok=True)
    folders = sorted(f for f in args.takes.iterdir() if (f / "truth.json").is_file())
    kept_out = folders[KEPT_OUT - 1 :: KEPT_OUT]
    taught = [load_filmed(f) for f in folders if f not in kept_out]
    taught = without_family(taught, args.without)
    responses = Responses(taught, sorted(args.pulses.iterdir()))
    sequences = sequences_of(taught, responses)
    print(f"{len(taught)} takes, {len(sequences)} sequences", flush=True)
    net = MovementNet()
    print(sum(p.numel() for p in net.parameters()), "parameters", flush=True)
    fit(net, sequences, args.work, args.steps)
    net.eval()
    out = args.out or args.work / "movements-132.onnx"
    export(net, out, Calibration())
    unseen = [load_filmed(f) for f in kept_out]
    export(net, out, calibrated(out, unseen))
    print_operating_points(out, unseen)


def sequences_of(films: Sequence[Filmed], responses: Responses) -> list[Sequence_]:
    """Return every take as filmed and in variants."""
    out = []
    for number, film in enumerate(films):
        rng = np.random.default_rng((SEED, number))
        out += list(variants(film, responses, rng, N_VARIANTS))
    return out


if __name__ == "__main__":
    main()
