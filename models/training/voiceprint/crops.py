"""Batches of crops drawn from the bank, disturbed as they are drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from material import Bank, Halves
from torch import Tensor

from facesign.biometrics.voiceprint.frontend import N_MELS, normalized

Rng = np.random.Generator
Energies = npt.NDArray[np.float32]

_PER_CLASS = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """Crops, two of each class next to each other."""

    fbank: Tensor
    """(n_crops, n_frames, 80)."""
    target: Tensor
    """What the teacher says, centred, unit length, (n_crops, 256)."""
    classes: Tensor


class Drawer:
    """Draw batches from what the bank holds now."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._noises = bank.noises()
        self.refresh()

    def refresh(self) -> None:
        """Take in what the bank got since, and the teacher's mean and centres with it."""
        if not self._bank.refresh() and hasattr(self, "_rows"):
            return
        rows: dict[int, list[int]] = defaultdict(list)
        for row, number in enumerate(self._bank.classes):
            rows[number].append(row)
        self._rows = dict(rows)
        self._classes = np.array(sorted(rows))
        utterances = [len({self._bank.utterances[r] for r in rows[c]}) for c in self._classes]
        weight = np.sqrt(utterances)
        self._weight = weight / weight.sum()
        said = np.stack(self._bank.teacher)
        centres = {c: said[r].mean(axis=0) for c, r in rows.items()}
        centre = np.mean(list(centres.values()), axis=0)
        mixed = 0.5 * said + 0.5 * np.stack([centres[c] for c in self._bank.classes])
        away = mixed - centre
        self._target = (away / np.linalg.norm(away, axis=1, keepdims=True)).astype(np.float32)

    def __len__(self) -> int:
        return len(self._bank.classes)

    def draw(self, n_crops: int, n_frames: int, rng: Rng) -> Batch:
        """Draw crops of one length, two of a class and of two utterances where there are."""
        n_classes = n_crops // _PER_CLASS
        chosen = rng.choice(self._classes, n_classes, replace=False, p=self._weight)
        rows = [row for c in chosen for row in self._two(int(c), rng)]
        crops = np.stack([self._disturbed(row, n_frames, rng) for row in rows])
        classes = torch.tensor([self._bank.classes[row] for row in rows])
        return Batch(torch.from_numpy(crops), torch.from_numpy(self._target[rows]), classes)

    def _two(self, number: int, rng: Rng) -> list[int]:
        rows = self._rows[number]
        first = int(rng.choice(rows))
        others = [
            r for r in rows if self._bank.utterances[r] != self._bank.utterances[first]
        ] or rows
        return [first, int(rng.choice(others))]

    def _disturbed(self, row: int, n_frames: int, rng: Rng) -> Energies:
        energies = crop(self._bank.energies[row], n_frames, rng)
        if rng.random() < 0.35:
            noise = crop(self._noises[int(rng.integers(len(self._noises)))], n_frames, rng)
            energies = _mixed(energies, noise, rng.uniform(3, 25))
        if rng.random() < 0.25:
            babble = self._babble(row, n_frames, rng)
            energies = _mixed(energies, babble, rng.uniform(6, 25))
        return _masked(normalized(energies), rng)

    def _babble(self, row: int, n_frames: int, rng: Rng) -> Energies:
        total = np.zeros((n_frames, N_MELS), np.float32)
        for other in rng.integers(len(self), size=int(rng.integers(1, 6))).tolist():
            if self._bank.classes[other] != self._bank.classes[row]:
                total += _power(crop(self._bank.energies[other], n_frames, rng))
        return 10 * np.log10(np.maximum(total, 1e-10))


def crop(energies: Halves, n_frames: int, rng: Rng) -> Energies:
    """Cut at random; what is too short starts over."""
    begin = int(rng.integers(max(1, len(energies) - n_frames + 1)))
    part = energies[begin : begin + n_frames].astype(np.float32)
    if len(part) < n_frames:
        part = part[np.arange(n_frames) % len(part)]
    return part


def _mixed(energies: Energies, other: Energies, snr_db: float) -> Energies:
    voice, noise = _power(energies), _power(other)
    ratio = voice.mean() / max(float(noise.mean()), 1e-12) * 10 ** (-snr_db / 10)
    return np.asarray(10 * np.log10(np.maximum(voice + ratio * noise, 1e-10)), np.float32)


def _power(energies: Energies) -> Energies:
    return np.asarray(10 ** (energies / 10), np.float32)


def _masked(fbank: Energies, rng: Rng) -> Energies:
    """Hide bands and instants (SpecAugment).

    Source: Park 2019.
    """
    for axis, widest in ((0, 16), (1, 9)):
        for _ in range(int(rng.integers(0, 3))):
            width = int(rng.integers(1, widest))
            begin = int(rng.integers(fbank.shape[axis] - width))
            hidden: Sequence[slice] = [slice(None), slice(None)]
            where = list(hidden)
            where[axis] = slice(begin, begin + width)
            fbank[tuple(where)] = 0
    return fbank
