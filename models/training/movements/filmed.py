"""A rendered take with its truth, tracked once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.stream import FloatArray
from facesign.samples.frame_truth import FrameTruth
from facesign.samples.takes import Take, kept_take, sharp_blocks_of
from facesign.samples.truth import Movement, Truth, read_truth


@dataclass(frozen=True, slots=True, eq=False)
class Filmed:
    """A rendered take with its truth and its channels."""

    name: str
    truth: Truth
    frames: FrameTruth
    take: Take
    blocks: tuple[FaceBlock, ...]
    hidden_profile: str = ""
    """Movements of this profile teach nothing and are not put in."""

    @property
    def moves(self) -> tuple[Movement, ...]:
        """The brief movements; one of the hidden profile counts as too weak to teach."""
        return tuple(
            replace(move, amplitude=0.0) if move.profile == self.hidden_profile else move
            for move in self.truth.brief_movements
        )

    @property
    def quick(self) -> FloatArray:
        """What is quick in the channels, shape (n_frames, 44); NaN where the face was lost."""
        return quick_of(self.blocks)


def load_filmed(folder: Path) -> Filmed:
    """Read a rendered folder; its faces are tracked once and kept beside it."""
    take = kept_take(folder)
    return Filmed(
        folder.name,
        read_truth(folder / "truth.json"),
        FrameTruth.read(folder / "truth.npz"),
        take,
        tuple(sharp_blocks_of(take)),
    )


def quick_of(blocks: Iterable[FaceBlock]) -> FloatArray:
    """Return what is quick in the channels, shape (n_frames, 44); NaN where the face was lost."""
    return np.concatenate([quick_part(block) for block in blocks])


def quick_part(block: FaceBlock) -> FloatArray:
    """Return the quick part; a block before the first flow has none."""
    return np.zeros_like(block.channels) if block.quick is None else block.quick
