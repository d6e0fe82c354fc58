from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic_face import NEUTRAL, face_at, pictured

from facesign.biometrics.face.block import FaceBlock, read_block
from facesign.biometrics.face.flow import POINTS, RENEW_S
from facesign.biometrics.face.mirror import MIRROR, MIRROR_SIGN, mirrored_features
from facesign.biometrics.face.sharpen import MODEL, N_FEATURES, Quick, Sharpener, features_of
from facesign.biometrics.face.signals import CHANNELS
from facesign.models.runtime import open_model

NAMES = [channel.name for channel in CHANNELS]


def test_a_step_is_quick_at_first_and_then_lasts() -> None:
    time_s = np.arange(90) / 30
    values = np.where(time_s >= 1.0, 1.0, 0.0)[:, None].astype(np.float32)
    quick = Quick().push(time_s, values, np.zeros(90, np.bool_))[:, 0]
    np.testing.assert_array_equal(quick[:30], 0.0)
    np.testing.assert_allclose(quick[30:], np.exp(-(time_s[30:] - 1.0) / RENEW_S), rtol=1e-5)


@pytest.mark.parametrize("size", [1, 3, 8])
def test_quick_parts_do_not_depend_on_the_pieces(size: int) -> None:
    rng = np.random.default_rng(0)
    time_s = np.cumsum(rng.uniform(0.02, 0.05, 60))
    values, fresh = rng.normal(size=(60, 5)).astype(np.float32), rng.random(60) < 0.05
    whole, pieces = Quick().push(time_s, values, fresh), Quick()
    parts = [
        pieces.push(time_s[i : i + size], values[i : i + size], fresh[i : i + size])
        for i in range(0, 60, size)
    ]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def block(n: int = 8, flow: float = 0.01) -> FaceBlock:
    rng = np.random.default_rng(0)
    faces = []
    for i in range(n):
        shaken = NEUTRAL + rng.normal(0, 0.002, NEUTRAL.shape).astype(np.float32)
        faces.append(
            replace(
                face_at(i / 30, pictured(shaken)),
                flow=rng.normal(0, flow, (len(POINTS), 2)).astype(np.float32) if i else None,
            )
        )
    return read_block(faces, np.zeros(n, np.bool_))


def test_channels_without_flow_are_left_as_they_are() -> None:
    sharpener = Sharpener(open_model(MODEL, provider="cpu"))
    bare = replace(block(), points=None, flow=None)
    assert sharpener.push(bare) is bare
    none = replace(block(), flow=np.full((8, len(POINTS), 2), np.nan, np.float32))
    np.testing.assert_array_equal(sharpener.push(none).channels, none.channels)
    assert sharpener.push(none).quick is None


def test_the_first_frame_keeps_its_channels_and_later_ones_change() -> None:
    one = block()
    sharp = Sharpener(open_model(MODEL, provider="cpu")).push(one)
    np.testing.assert_array_equal(sharp.channels[0], one.channels[0])
    assert (sharp.channels[1:] != one.channels[1:]).any(axis=1).all()
    np.testing.assert_array_equal(sharp.time_s, one.time_s)


def test_what_lasts_and_what_is_quick_add_up_to_the_channel() -> None:
    one = block()
    sharp = Sharpener(open_model(MODEL, provider="cpu")).push(one)
    assert sharp.quick is not None
    np.testing.assert_array_equal(sharp.quick[0], 0.0)
    formulas = Quick().push(one.time_s, one.channels, np.arange(8) == 0)
    np.testing.assert_allclose(sharp.channels - sharp.quick, one.channels - formulas, atol=1e-5)


def test_a_face_that_comes_back_begins_without_a_quick_part() -> None:
    sharpener = Sharpener(open_model(MODEL, provider="cpu"))
    sharpener.push(block())
    again = replace(block(1), time_s=np.array([9.0]))
    np.testing.assert_array_equal(sharpener.push(again).quick, np.zeros((1, len(CHANNELS))))


def test_a_lost_frame_stays_lost() -> None:
    one = block()
    one.channels[4], one.points[4] = np.nan, np.nan  # type: ignore[index]
    one.flow[4] = np.nan  # type: ignore[index]
    sharp = Sharpener(open_model(MODEL, provider="cpu")).push(one)
    assert sharp.quick is not None
    assert np.isnan(sharp.channels[4]).all()
    assert np.isnan(sharp.quick[4]).all()
    assert np.isfinite(np.delete(sharp.channels, 4, axis=0)).all()


def test_the_read_out_of_a_mirrored_face_is_the_mirrored_read_out() -> None:
    model = open_model(MODEL, provider="cpu")
    features = np.random.default_rng(0).normal(0, 0.01, (20, N_FEATURES)).astype(np.float32)
    seen = model.run(features=features)["quick"]
    mirrored = model.run(features=mirrored_features(features).astype(np.float32))["quick"]
    np.testing.assert_allclose(
        mirrored, seen[:, MIRROR] * MIRROR_SIGN, atol=0.02 * np.abs(seen).max()
    )


def test_mirroring_twice_changes_nothing() -> None:
    features = np.random.default_rng(0).normal(size=(3, N_FEATURES))
    np.testing.assert_array_equal(mirrored_features(mirrored_features(features)), features)
    assert [NAMES[i] for i in MIRROR[:2]] == ["au1.right", "au1.left"]


def test_skin_that_flows_up_at_the_brows_raises_the_brow_channels() -> None:
    model = open_model(MODEL, provider="cpu")
    flow = np.zeros((1, len(POINTS), 2), np.float32)
    for point in (107, 55, 66, 65, 105, 52, 336, 285, 296, 295, 334, 282):
        flow[0, POINTS.index(point), 1] = -0.02
    nothing = np.zeros((1, len(POINTS) * 3))
    quick = model.run(features=features_of(nothing, flow, np.zeros((1, len(CHANNELS)))))["quick"][0]
    brows = [quick[NAMES.index(f"au{n}.{side}")] for n in (1, 2) for side in ("left", "right")]
    assert min(brows) > 0.002
    assert abs(quick[NAMES.index("au12.left")]) < min(brows)
