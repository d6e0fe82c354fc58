"""The face rig of the studio, built from the OBJ files of ICT-FaceKit.

MIT, (c) 2020 USC Institute for Creative Technologies. Lengths are centimetres.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from facesign.errors import ModelFileError

__all__ = ["EXPRESSIONS", "NEUTRAL", "N_IDENTITIES", "build", "content_sha256", "shape_files"]

Arrays: TypeAlias = dict[str, npt.NDArray[Any]]

NEUTRAL = "generic_neutral_mesh"
N_IDENTITIES = 100
_PAIRED = (
    "PupilDilate browDown browInnerUp browOuterUp cheekPuff cheekRaiser cheekSquint eyeBlink "
    "eyeLookDown eyeLookIn eyeLookOut eyeLookUp eyeSquint eyeWide"
).split()
_JAW = ("jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose")
_MOUTH = (
    "mouthDimple_L mouthDimple_R mouthFrown_L mouthFrown_R mouthFunnel mouthLeft "
    "mouthLowerDown_L mouthLowerDown_R mouthPress_L mouthPress_R mouthPucker mouthRight "
    "mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper mouthSmile_L mouthSmile_R "
    "mouthStretch_L mouthStretch_R mouthUpperUp_L mouthUpperUp_R noseSneer_L noseSneer_R"
).split()
EXPRESSIONS = (*(f"{name}_{side}" for name in _PAIRED for side in "LR"), *_JAW, *_MOUTH)
"""Names of the facial shapes and of the two of the pupils, as the files are called."""

_EXACT = ("neutral", "faces", "faces_uv", "uv", "material")
_NAMES = ("expression_names", "material_names")
_SHAPES = ("expression", "identity")


def shape_files() -> list[str]:
    """Return the stems of every file that a rig is built from, the neutral mesh first."""
    return [NEUTRAL, *EXPRESSIONS, *(f"identity{i:03}" for i in range(N_IDENTITIES))]


def build(read: Callable[[str], str]) -> Arrays:
    """Build the rig's arrays, as `facesign.samples.studio.rig.Rig` reads them.

    Args:
        read: Gives the text of an OBJ file by its stem.

    Raises:
        ModelFileError: a file is no mesh, or another mesh than the neutral one.
    """
    neutral, arrays = _neutral(read(NEUTRAL))

    def offsets(stem: str) -> npt.NDArray[np.float16]:
        moved = _positions(stem, read(stem))
        if moved.shape != neutral.shape:
            raise ModelFileError(
                f"{stem}.obj has {len(moved)} vertices, the neutral mesh {len(neutral)}"
            )
        return (moved - neutral).astype(np.float16)

    arrays["expression"] = np.stack([offsets(name) for name in EXPRESSIONS])
    arrays["identity"] = np.stack([offsets(f"identity{i:03}") for i in range(N_IDENTITIES)])
    arrays["expression_names"] = np.array(EXPRESSIONS)
    return arrays


def content_sha256(archive: bytes) -> str:
    """Return a hash of what a rig archive holds, whatever it was zipped by.

    The mesh and all names enter to the bit, the offsets by their shape alone: they are
    differences in half precision, whose last bit depends on the order of arithmetic.

    Raises:
        ModelFileError: the bytes are no rig archive.
    """
    digest = hashlib.sha256()
    try:
        with np.load(io.BytesIO(archive)) as held:
            for name in _EXACT:
                values = np.ascontiguousarray(held[name])
                digest.update(f"{name} {values.dtype.str} {values.shape}".encode())
                digest.update(values.tobytes())
            for name in _NAMES:
                digest.update(" ".join(map(str, held[name])).encode())
            for name in _SHAPES:
                digest.update(f"{name} {held[name].shape}".encode())
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise ModelFileError(f"not an archive of the face rig ({error})") from error
    return digest.hexdigest()


def _neutral(text: str) -> tuple[npt.NDArray[np.float64], Arrays]:
    """Read positions, texture coordinates and triangles with their materials."""
    positions = _positions(NEUTRAL, text)
    uv, faces, faces_uv, materials = [], [], [], []
    material = ""
    for line in text.splitlines():
        kind, *fields = line.split() or [""]
        if kind == "vt":
            uv.append([float(field) for field in fields[:2]])
        elif kind == "usemtl":
            material = fields[0]
        elif kind == "f":
            corners = [[int(index) - 1 for index in field.split("/")[:2]] for field in fields]
            for second, third in pairwise(corners[1:]):
                fan = (corners[0], second, third)
                faces.append([corner[0] for corner in fan])
                faces_uv.append([corner[1] for corner in fan])
                materials.append(material)
    if not faces:
        raise ModelFileError(f"{NEUTRAL}.obj has no faces")
    names = sorted(set(materials))
    return positions, {
        "neutral": positions.astype(np.float32),
        "uv": np.array(uv, dtype=np.float32),
        "faces": np.array(faces, dtype=np.int32),
        "faces_uv": np.array(faces_uv, dtype=np.int32),
        "material": np.array([names.index(name) for name in materials], dtype=np.uint8),
        "material_names": np.array(names),
    }


def _positions(stem: str, text: str) -> npt.NDArray[np.float64]:
    rows = [line.split()[1:4] for line in text.splitlines() if line.startswith("v ")]
    try:
        positions = np.array(rows, dtype=np.float64).reshape(-1, 3)
    except ValueError as error:
        raise ModelFileError(f"{stem}.obj is damaged ({error})") from error
    if not len(positions):
        raise ModelFileError(f"{stem}.obj has no vertices")
    return positions
