from __future__ import annotations

import numpy as np

from facesign.samples.studio.normals import Normals, vertex_normals

TENT = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [9, 9, 9]], dtype=np.float32)
FLAT = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)


def test_a_flat_square_faces_up_and_a_lonely_vertex_nowhere() -> None:
    np.testing.assert_array_equal(
        vertex_normals(TENT, FLAT), [[0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 0]]
    )


def test_larger_triangles_count_for_more() -> None:
    vertices = np.array([[0, 0, 0], [3, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float32)
    triangles = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)
    expected = np.array([1, 0, 3]) / np.sqrt(10)
    np.testing.assert_allclose(vertex_normals(vertices, triangles)[0], expected, rtol=1e-6)


def test_what_moves_is_measured_anew_beside_what_keeps_still() -> None:
    normals = Normals(TENT, moving=FLAT[:1], still=FLAT[1:])
    lifted = TENT.copy()
    lifted[1, 2] = 1.0
    found = normals.of(lifted)
    moved, still = np.array([-1.0, 1.0, 1.0]), np.array([0.0, 0.0, 1.0])
    np.testing.assert_allclose(found[1], moved / np.sqrt(3), rtol=1e-6)
    np.testing.assert_allclose(found[3], still)
    both = (moved + still) / np.linalg.norm(moved + still)
    np.testing.assert_allclose(found[0], both, rtol=1e-6)
    np.testing.assert_allclose(found[2], both, rtol=1e-6)
