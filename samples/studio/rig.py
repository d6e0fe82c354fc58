"""The face rig: a neutral head, its expression shapes and its identity modes.

ICT-FaceKit-light, MIT, (c) 2020 USC Institute for Creative Technologies. Lengths are
centimetres; x points to the subject's left, y up, z to the camera.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.linalg import get_blas_funcs

from facesign.biometrics.stream import FloatArray
from facesign.errors import MediaError, SettingsError
from facesign.models.registry import card
from facesign.samples.studio.sculpt import SCULPTED, sculpt

__all__ = ["EYE_CENTRES", "EYE_RADIUS", "IntArray", "Rig", "find_rig"]

IntArray: TypeAlias = npt.NDArray[np.int32]

DRAWN = ("M_Face", "M_BackHead", "M_GumsTongue", "M_Teeth", "M_EyeLashes", "M_EyeOcclusion")
"""Materials that are rendered; the eyeballs are spheres of our own."""
_SOFT = ("M_Face", "M_BackHead", "sockets")
EYE_CENTRES = np.array([[3.16, 3.61, 8.04], [-3.16, 3.61, 8.04]], dtype=np.float32)
"""Centres of the subject's left and right eyeball in the neutral head, cm."""
EYE_RADIUS = 1.43
LID_GAP = 0.04
_NAME = "ict-facekit-light"
_add_times: Any = get_blas_funcs("axpy", dtype=np.float32)
_FIRST_SOCKET_VERTEX = 11_248
"""Where the rig's numbering passes from head and neck to the mouth's and eyes' sockets."""


@dataclass(frozen=True, slots=True, eq=False)
class Rig:
    """The vertices that are drawn, with the shapes that move them."""

    neutral: FloatArray
    """Mean head in cm, shape (n_vertices, 3)."""
    expression: FloatArray
    """Offsets in cm at weight 1, shape (n_expressions, n_vertices, 3)."""
    expression_names: tuple[str, ...]
    identity: FloatArray
    """Offsets in cm for one standard deviation, shape (n_modes, n_vertices, 3)."""
    parts: Mapping[str, IntArray]
    """Triangles of each drawn material, and of the `sockets`, shape (n_triangles, 3)."""
    uv: FloatArray
    """Texture coordinates within the material's tile, shape (n_vertices, 2)."""
    eye_shift: FloatArray
    """Shift of the left and right eyeball for each identity mode, shape (n_modes, 2, 3)."""
    lids: tuple[IntArray, IntArray]
    """Vertices that a blink moves, of the left and of the right eye."""

    @classmethod
    def load(cls, path: Path) -> Rig:
        """Read the archive and keep only what is drawn.

        Raises:
            MediaError: The file cannot be read or is not a face rig.
        """
        try:
            with np.load(path) as archive:
                return _from_arrays({name: archive[name] for name in archive.files})
        except (OSError, ValueError, KeyError) as error:
            raise MediaError(path, f"not a readable face rig ({error})") from error

    def head(self, identity: FloatArray) -> FloatArray:
        """Return the neutral vertices of a person in cm, shape (n_vertices, 3).

        The neck's base stays where the mean head has it, so that one garment fits all.

        Args:
            identity: Standard normal weights of the first modes, shape (n_weights,).
        """
        offset = np.tensordot(identity, self.identity[: len(identity)], axes=1)
        above = np.clip((self.neutral[:, 1:2] + 13.0) / 5.0, 0, 1)
        return (self.neutral + above * offset).astype(np.float32)

    def eye_centres(self, identity: FloatArray) -> FloatArray:
        """Return the eyeball centres of a person in cm, left first, shape (2, 3)."""
        shift = np.tensordot(identity, self.eye_shift[: len(identity)], axes=1)
        return (EYE_CENTRES + shift).astype(np.float32)

    def pose(self, head: FloatArray, eyes: FloatArray, weights: Mapping[str, float]) -> FloatArray:
        """Move a head by expression weights, keeping the lids outside the eyeballs.

        Args:
            head: Neutral vertices of the person in cm, shape (n_vertices, 3).
            eyes: Eyeball centres in cm, shape (2, 3).
            weights: Expression name to weight: 0 for none, 1 for the full shape.

        Returns:
            Vertices in cm, shape (n_vertices, 3).

        Raises:
            SettingsError: A weight names no shape of the rig.
        """
        unknown = sorted(set(weights) - set(self.expression_names))
        if unknown:
            raise SettingsError(f"the rig has no shape named {', '.join(unknown)}")
        posed = head.copy()
        flat = posed.reshape(-1)
        for name, weight in weights.items():
            if weight != 0.0:
                # In place and in one pass: two thirds of posing would be copies otherwise.
                _add_times(self.shape(name).reshape(-1), flat, a=weight)
        for lid, centre in zip(self.lids, eyes, strict=True):
            posed[lid] = _outside(posed[lid], head[lid], centre)
        return posed

    def shape(self, name: str) -> FloatArray:
        """Return one expression's offsets in cm, shape (n_vertices, 3)."""
        offsets: FloatArray = self.expression[self.expression_names.index(name)]
        return offsets


def find_rig(path: Path | None, *, home: Path | None = None) -> Path:
    """Return the rig's file: the one given, that of the home folder, that of FACESIGN_DATA.

    Args:
        path: The caller's own file; looked at alone if given.
        home: Home folder, where `models pull` and `models import` put it.

    Raises:
        MediaError: There is no such file.
    """
    if path is not None:
        if not path.is_file():
            raise MediaError(path, "no such face rig")
        return path
    places = [home / "models" / Path(card(_NAME).file).name] if home is not None else []
    if root := os.environ.get("FACESIGN_DATA"):
        places.append(Path(root) / "rig" / "ict_facekit_light.npz")
    for place in places:
        if place.is_file():
            return place
    raise MediaError("face rig", f"not here; pass --rig FILE or {card(_NAME).remedy}")


def _from_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> Rig:
    faces, material = arrays["faces"].astype(np.int32), arrays["material"]
    materials = [str(name) for name in arrays["material_names"]]
    names = tuple(str(name) for name in arrays["expression_names"])
    drawn = {name: faces[material == materials.index(name)] for name in DRAWN}
    inner = (drawn["M_BackHead"] >= _FIRST_SOCKET_VERTEX).any(axis=1)
    drawn["sockets"] = drawn["M_BackHead"][inner]
    drawn["M_BackHead"] = drawn["M_BackHead"][~inner]
    used = np.unique(np.concatenate(list(drawn.values())))
    new_number = np.zeros(len(arrays["neutral"]), dtype=np.int32)
    new_number[used] = np.arange(len(used))
    identity = arrays["identity"].astype(np.float32)
    # Choosing vertices leaves the axes in another order, and posing ten times slower.
    expression = np.ascontiguousarray(arrays["expression"].astype(np.float32)[:, used])
    soft = np.isin(used, np.unique(np.concatenate([drawn[name] for name in _SOFT])))
    neutral = arrays["neutral"].astype(np.float32)[used]
    irises = [
        np.unique(faces[material == materials.index(f"M_Iris{s}")]) for s in ("Left", "Right")
    ]
    return Rig(
        neutral=neutral,
        expression=np.concatenate([expression, sculpt(neutral, soft)]),
        expression_names=(*names, *SCULPTED),
        identity=identity[:, used],
        parts={name: new_number[triangles] for name, triangles in drawn.items()},
        uv=_vertex_uv(arrays)[used],
        eye_shift=np.stack([identity[:, iris].mean(axis=1) for iris in irises], axis=1),
        lids=(
            _moved_by(expression[names.index("eyeBlink_L")]),
            _moved_by(expression[names.index("eyeBlink_R")]),
        ),
    )


def _vertex_uv(arrays: Mapping[str, npt.NDArray[Any]]) -> FloatArray:
    """Give each vertex one texture coordinate; only seamless materials use it."""
    uv = np.zeros((len(arrays["neutral"]), 2), dtype=np.float32)
    uv[arrays["faces"].ravel()] = arrays["uv"][arrays["faces_uv"].ravel()] % 1.0
    return uv


def _moved_by(offsets: FloatArray) -> IntArray:
    return np.flatnonzero(np.linalg.norm(offsets, axis=1) > 0.02).astype(np.int32)


def _outside(points: FloatArray, neutral: FloatArray, centre: FloatArray) -> FloatArray:
    """Push points out to the eyeball's surface: straight blends cut through it."""
    ray = points - centre
    distance = np.linalg.norm(ray, axis=1, keepdims=True)
    rest = np.linalg.norm(neutral - centre, axis=1, keepdims=True)
    least = np.minimum(rest, EYE_RADIUS + LID_GAP)
    return np.asarray(centre + ray * np.maximum(least / distance, 1), dtype=np.float32)
