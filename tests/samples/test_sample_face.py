"""What the face mesh sees of the bundled interviews."""

from __future__ import annotations

import av
import numpy as np
import pytest

from facesign import samples
from facesign.biometrics.face.geometry import align
from facesign.biometrics.face.mesh import BundledMesh
from facesign.biometrics.stream import Frame


@pytest.mark.slow
@pytest.mark.parametrize("name", samples.names())
def test_the_face_is_seen_in_99_of_100_frames(name: str) -> None:
    sample = samples.load(name)
    mesh = BundledMesh()
    found = []
    with av.open(str(sample.media)) as container:
        for picture in container.decode(video=0):
            found.append(mesh.find(Frame(picture.time, picture.to_ndarray(format="rgb24"))))
    mesh.close()
    seen = [face for face in found if face is not None]
    assert len(seen) >= 0.99 * sample.truth.n_frames
    eyes = np.stack(seen)[:, [[33, 133], [263, 362]], :2].mean(axis=2)
    # The demo has the 120 px that are asked for; a screen held up shows a smaller face.
    least_px = 120 if name == "genuine" else 90
    assert np.linalg.norm(eyes[:, 0] - eyes[:, 1], axis=1).min() >= least_px
    assert np.abs(align(np.stack(seen)).yaw_deg).max() < 20
