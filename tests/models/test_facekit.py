from __future__ import annotations

import io

import numpy as np
import pytest

from facesign.errors import ModelFileError
from facesign.models import facekit

NEUTRAL = """\
# a square and a triangle
mtllib some.mtl
v 0 0 0
v 1 0 0
v 1 1 0.5
v 0 1 0
vt 0 0
vt 1 0
vt 1 1
vt 0 1
usemtl M_Face
f 1/1 2/2 3/3 4/4
usemtl M_Back
f 1/1 3/3 4/4
"""


def text_of(stem: str) -> str:
    """Return the neutral mesh for every shape but two."""
    if stem == "jawOpen":
        return NEUTRAL.replace("v 0 0 0\n", "v 0 -2.5 0\n")
    if stem == "identity007":
        return NEUTRAL.replace("v 1 1 0.5\n", "v 1 1 0.75\n")
    return NEUTRAL


def archive(**changed: object) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **(facekit.build(text_of) | changed))
    return buffer.getvalue()


def test_quads_become_two_triangles_and_keep_their_material() -> None:
    rig = facekit.build(text_of)
    np.testing.assert_array_equal(rig["faces"], [[0, 1, 2], [0, 2, 3], [0, 2, 3]])
    np.testing.assert_array_equal(rig["faces_uv"], rig["faces"])
    assert list(rig["material_names"]) == ["M_Back", "M_Face"]
    np.testing.assert_array_equal(rig["material"], [1, 1, 0])
    np.testing.assert_array_equal(rig["uv"], [[0, 0], [1, 0], [1, 1], [0, 1]])


def test_a_shape_is_its_offset_from_the_neutral_mesh() -> None:
    rig = facekit.build(text_of)
    jaw = rig["expression"][facekit.EXPRESSIONS.index("jawOpen")]
    np.testing.assert_array_equal(jaw, [[0, -2.5, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]])
    np.testing.assert_array_equal(rig["identity"][7, 2], [0, 0, 0.25])
    assert np.count_nonzero(rig["expression"]) == np.count_nonzero(rig["identity"]) == 1
    assert rig["expression"].shape == (57, 4, 3)
    assert rig["identity"].shape == (100, 4, 3)


def test_a_shape_with_other_vertices_is_refused() -> None:
    def read(stem: str) -> str:
        return "v 0 0 0\n" if stem == "mouthSmile_L" else NEUTRAL

    with pytest.raises(ModelFileError, match=r"mouthSmile_L\.obj has 1 vertices.*4"):
        facekit.build(read)


@pytest.mark.parametrize("text", ["", "<html>404</html>", "v 0 zero 0\n", "v 0 0 0\n"])
def test_a_file_that_is_no_mesh_is_refused(text: str) -> None:
    with pytest.raises(ModelFileError, match=r"generic_neutral_mesh\.obj"):
        facekit.build(lambda stem: text)


def test_the_hash_is_of_the_content_not_of_the_zip() -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **facekit.build(text_of))
    assert facekit.content_sha256(buffer.getvalue()) == facekit.content_sha256(archive())


def test_the_hash_notices_another_mesh_and_other_names() -> None:
    moved = np.zeros((4, 3), dtype=np.float32)
    renamed = np.array([name.lower() for name in facekit.EXPRESSIONS])
    plain = facekit.content_sha256(archive())
    assert facekit.content_sha256(archive(neutral=moved)) != plain
    assert facekit.content_sha256(archive(expression_names=renamed)) != plain


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_bytes_that_are_no_archive_have_no_hash(content: bytes) -> None:
    with pytest.raises(ModelFileError, match="not an archive of the face rig"):
        facekit.content_sha256(content)
