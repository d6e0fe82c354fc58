from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from facesign.biometrics.face.contours import CONTOURS, points_of
from facesign.biometrics.face.geometry import N_LANDMARKS
from facesign.biometrics.face.mesh import load_mediapipe


def test_every_line_is_one_of_mediapipes_own() -> None:
    load_mediapipe()
    from mediapipe.python.solutions import face_mesh_connections as drawn

    known = {frozenset(edge) for edge in (*drawn.FACEMESH_CONTOURS, *drawn.FACEMESH_IRISES)}
    for name, line in CONTOURS.items():
        edges = [frozenset(edge) for edge in pairwise((*line, line[0]))]
        if name.startswith("brow"):
            # MediaPipe draws a brow as two lines; here their ends are joined.
            edges = [edge for edge in edges if edge in known]
            assert len(edges) == len(line) - 2
        assert set(edges) <= known, name
        assert len(set(line)) == len(line), name


def test_points_are_shares_of_the_picture_line_after_line() -> None:
    landmarks = np.zeros((N_LANDMARKS, 3), dtype=np.float32)
    landmarks[10] = (320, 90, 5)
    landmarks[472] = (64, 360, 5)
    points = points_of(landmarks, width=640, height=360)
    assert points.shape == (sum(map(len, CONTOURS.values())), 2)
    assert points[0] == pytest.approx([0.5, 0.25])
    assert points[-1] == pytest.approx([0.1, 1.0])
