"""What a person is drawn from: meshes with their material, before any graphics device.

Lengths are centimetres in the space of the rig's neutral head: x to the subject's left,
y up, z to the camera.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from facesign.biometrics.stream import FloatArray
from facesign.errors import SettingsError
from facesign.samples.studio.normals import vertex_normals
from facesign.samples.studio.people.person import Rgb
from facesign.samples.studio.rig import IntArray

__all__ = ["Image", "Mesh", "Part", "linear", "neck_share"]

Image = npt.NDArray[np.uint8]
"""Shape (height, width, channels), first row at the bottom."""


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Vertices of a part's own, such as of glasses or of clothes."""

    vertices: FloatArray
    """Positions in cm, shape (n_vertices, 3)."""
    share: FloatArray | float
    """How far a vertex turns with the head: 1 like glasses, 0 like clothes; shape (n_vertices,)
    where it differs, as on a headscarf."""
    normals: FloatArray | None = None
    """Unit normals, shape (n_vertices, 3); none to have them made from the triangles."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One mesh in one material."""

    name: str
    material: str
    """Name of the shaders that draw it."""
    triangles: IntArray
    """Vertex numbers, counter-clockwise seen from outside, shape (n_triangles, 3)."""
    mesh: Mesh | None = None
    """None for the vertices of the head, which move with the face."""
    arrays: Mapping[str, FloatArray] = field(default_factory=dict)
    """More to know at each vertex, by the shader's name, shape (n_vertices, n_numbers)."""
    uniforms: Mapping[str, npt.ArrayLike] = field(default_factory=dict)
    """What is the same for the whole part, by the shader's name."""
    textures: Mapping[str, Image] = field(default_factory=dict)
    """Pictures, by the shader's name."""
    blended: bool = False
    """Lets light through; drawn after all that is solid, in the order of the parts."""
    n_layers: int = 1
    """Shells from the skin outwards, for hair."""
    two_sided: bool = False
    """Seen from the back of its triangles too."""
    shadow_cm: FloatArray | float | None = 0.0
    """Height above the head's vertices at which it casts and takes shadow, shape (n_vertices,)
    or one number; None casts no shadow."""
    eye: int | None = None
    """Turns with the gaze of the left (0) or right (1) eye, about that eyeball's centre."""

    def __post_init__(self) -> None:
        count = None if self.mesh is None else len(self.mesh.vertices)
        for name, array in self.arrays.items():
            if array.ndim != 2 or count not in (None, len(array)):
                raise SettingsError(f"part {self.name}: {name} has shape {array.shape}")

    def own_normals(self) -> FloatArray:
        """Return the normals of a mesh of its own, shape (n_vertices, 3).

        Raises:
            SettingsError: The part follows the head, whose normals change with the face.
        """
        if self.mesh is None:
            raise SettingsError(f"part {self.name} has no mesh of its own")
        if self.mesh.normals is not None:
            return self.mesh.normals
        return vertex_normals(self.mesh.vertices, self.triangles)


def linear(colour: Rgb) -> FloatArray:
    """Return an sRGB colour, 0 to 255, as the linear one that shaders work with, shape (3,)."""
    return np.asarray((np.array(colour) / 255) ** 2.2, dtype=np.float32)


def neck_share(rest: FloatArray) -> FloatArray:
    """Return how far places turn with the head: 1 on the head, 0 at the neck's base.

    Args:
        rest: Neutral positions in cm, shape (n_vertices, 3).
    """
    along = np.clip((rest[:, 1] + 0.4 * rest[:, 2] + 15.0) / 9.0, 0, 1)
    return np.asarray(along * along * (3 - 2 * along), dtype=np.float32)
