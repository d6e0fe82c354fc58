from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from synthetic_face import COLUMN, EYE_WIDTH, NEUTRAL, mirrored, pictured

from facesign.biometrics.face.geometry import align
from facesign.biometrics.face.sides import place_centres
from facesign.biometrics.face.signals import CHANNELS, SIGNALS, ChannelSpec, channel_values
from facesign.biometrics.stream import FloatArray
from facesign.errors import ShapeError

per_channel = pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)


def restless(n_frames: int = 5) -> FloatArray:
    """A face whose every landmark trembles, canonical frame, shape (n_frames, 478, 3)."""
    shake = np.random.default_rng(0).normal(0, 0.01, (n_frames, 478, 3))
    return (NEUTRAL + shake).astype(np.float32)


def read(channel: ChannelSpec, points: FloatArray) -> FloatArray:
    return channel.extract(place_centres(points))


def test_the_table_holds_44_channels_and_132_signals() -> None:
    assert len(CHANNELS) == len({channel.name for channel in CHANNELS}) == 44
    assert len(SIGNALS) == len({signal.name for signal in SIGNALS}) == 132
    units = {f"au{n}" for n in (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 20, 38, 45)}
    sided = {c.name.rsplit(".", 1)[0] for c in CHANNELS if c.side is not None}
    assert sided == units | {"gaze.horizontal", "gaze.vertical"}
    midline = {c.name for c in CHANNELS if c.side is None}
    assert midline == {
        *(f"au{n}" for n in (17, 18, 22, 23, 24, 25, 26, 28)),
        "jaw.sideways",
        "jaw.thrust",
    }


@per_channel
def test_one_value_a_frame(channel: ChannelSpec) -> None:
    values = read(channel, restless(5))
    assert values.shape == (5,)
    assert values.dtype == np.float32
    assert np.isfinite(values).all()


@per_channel
def test_nan_goes_through_and_neighbours_are_untouched(channel: ChannelSpec) -> None:
    points = restless(5)
    whole = read(channel, points)
    points[2] = np.nan
    holed = read(channel, points)
    assert np.isnan(holed[2])
    np.testing.assert_array_equal(np.delete(holed, 2), np.delete(whole, 2))


@per_channel
def test_the_input_is_not_modified(channel: ChannelSpec) -> None:
    centres = place_centres(restless())
    before = centres.copy()
    centres.flags.writeable = False
    channel.extract(centres)
    np.testing.assert_array_equal(centres, before)


@pytest.mark.parametrize(
    "picture",
    [
        {"inter_ocular_px": 31.0},
        {"inter_ocular_px": 240.0},
        {"centre_px": (1500.0, -40.0)},
        {"pose_deg": (0.0, 0.0, 37.0)},
    ],
    ids=["small", "large", "shifted", "tilted"],
)
def test_distance_place_and_tilt_do_not_matter_to_any_channel(picture: dict[str, Any]) -> None:
    points = restless()
    usual = place_centres(align(np.stack([pictured(face) for face in points])).points)
    other = place_centres(align(np.stack([pictured(face, **picture) for face in points])).points)
    for channel in CHANNELS:
        np.testing.assert_allclose(
            channel.extract(other), channel.extract(usual), atol=5e-5, err_msg=channel.name
        )


@per_channel
def test_a_mirror_swaps_left_and_right(channel: ChannelSpec) -> None:
    points = restless()
    across = channel.name.startswith("gaze.horizontal") or channel.name == "jaw.sideways"
    swapped = {"left": "right", "right": "left"}
    twin = ".".join(swapped.get(word, word) for word in channel.name.split("."))
    seen = read(channel, mirrored(points))
    counterpart = read(CHANNELS[COLUMN[twin]], points)
    np.testing.assert_allclose(seen, -counterpart if across else counterpart, atol=1e-6)


@dataclass(frozen=True)
class Move:
    """Landmarks of the subject's left or of the midline that move, and what must follow."""

    points: tuple[int, ...]
    by: tuple[float, float, float]
    changes: Mapping[str, float]
    """Every channel that changes, and by how much; all others stay."""


CORNER_OUT = {
    "au12.left": 0.6 * 0.05,
    "au14.left": 0.6 * 0.05,
    "au20.left": 0.9 * 0.05,
    "au18": -0.05,
    "au22": -0.5 * 0.05,
    "au23": -0.5 * 0.05,
}
JAW_DROPS = {
    "au25": 0.05,
    "au22": 0.5 * 0.05,
    "au28": -0.05,
    "au24": -0.05,
    "au17": -0.05,
    "au15.left": -0.5 * 0.05,
    "au15.right": -0.5 * 0.05,
}
MOVES = {
    "inner brow up": Move(
        (336, 285, 296, 295), (0, 0.05, 0), {"au1.left": 0.05, "au4.left": -0.5 * 0.05}
    ),
    "outer brow up": Move((300, 293, 276, 283), (0, 0.05, 0), {"au2.left": 0.05}),
    "middle brow down": Move((334, 282), (0, -0.04, 0), {"au4.left": 0.5 * 0.04}),
    "brow head to the midline": Move((336, 285), (-0.04, 0, 0), {"au4.left": 0.04}),
    "upper lid up": Move(
        (385, 386, 387), (0, 0.02, 0), {"au5.left": 0.02, "au45.left": -0.02 / EYE_WIDTH}
    ),
    "lower lid up": Move(
        (380, 374, 373), (0, 0.02, 0), {"au7.left": 0.02, "au45.left": 0.02 / EYE_WIDTH}
    ),
    "cheek up": Move((280, 330, 347, 346), (0, 0.03, 0), {"au6.left": 0.03}),
    "iris to the left": Move((473,), (0.03, 0, 0), {"gaze.horizontal.left": 0.03 / EYE_WIDTH}),
    "iris up": Move((473,), (0, 0.03, 0), {"gaze.vertical.left": 0.03 / EYE_WIDTH}),
    "nose wing up": Move((358, 331, 279), (0, 0.02, 0), {"au9.left": 0.02}),
    "nostril out": Move((278, 294, 327), (0.02, 0, 0), {"au38.left": 0.02}),
    "upper lip up": Move((267, 269), (0, 0.02, 0), {"au10.left": 0.02}),
    "lower lip down": Move((405, 314), (0, -0.02, 0), {"au16.left": 0.02}),
    "lip corner out": Move((291, 308), (0.05, 0, 0), CORNER_OUT),
    "lip corner up": Move(
        (291, 308),
        (0, 0.05, 0),
        {"au12.left": 0.8 * 0.05, "au15.left": -0.05, "au20.left": -0.4 * 0.05},
    ),
    "lip corner down": Move(
        (291, 308),
        (0, -0.05, 0),
        {"au15.left": 0.05, "au20.left": 0.4 * 0.05, "au12.left": -0.8 * 0.05},
    ),
    "lip corner back": Move((291, 308), (0, 0, -0.05), {"au14.left": 0.8 * 0.05}),
    "lips forward": Move(
        (0, 13, 14, 17), (0, 0, 0.04), {"au18": 0.04, "au22": 0.04, "au28": -0.04}
    ),
    "lower lip drops": Move((14, 17), (0, -0.05, 0), JAW_DROPS),
    "chin down": Move((152, 148, 377), (0, -0.06, 0), {"au26": 0.06, "au17": 0.06}),
    "chin forward": Move((152, 148, 377), (0, 0, 0.04), {"jaw.thrust": 0.04}),
    "chin boss up": Move((199, 200), (0, 0.02, 0), {"au16.left": 0.02, "au16.right": 0.02}),
    "jaw to the left": Move((152, 148, 377, 176, 400), (0.03, 0, 0), {"jaw.sideways": 0.03}),
}


def displaced(move: Move) -> FloatArray:
    points = NEUTRAL[None].copy()
    points[0, list(move.points)] += np.array(move.by, dtype=np.float32)
    return points


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_a_known_movement_changes_its_channels_by_the_known_amount_and_no_other(
    move: Move,
) -> None:
    change = (channel_values(displaced(move)) - channel_values(NEUTRAL[None]))[0]
    expected = [move.changes.get(channel.name, 0.0) for channel in CHANNELS]
    np.testing.assert_allclose(change, expected, atol=2e-6)


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_the_same_movement_on_the_right_changes_the_right_channels(move: Move) -> None:
    change = (channel_values(mirrored(displaced(move))) - channel_values(NEUTRAL[None]))[0]
    for name, amount in move.changes.items():
        across = name.startswith("gaze.horizontal") or name == "jaw.sideways"
        seen = change[COLUMN[name.replace("left", "right")]]
        assert seen == pytest.approx(-amount if across else amount, abs=2e-6), name


def test_lips_drawn_thin_tighten_and_press() -> None:
    points = NEUTRAL[None].copy()
    points[0, 0, 1] -= 0.01
    points[0, 17, 1] += 0.01
    change = (channel_values(points) - channel_values(NEUTRAL[None]))[0]
    moved = {"au23": 0.02, "au24": 0.02, "au28": 0.02, "au22": -0.01, "au17": 0.01}
    expected = [moved.get(channel.name, 0.0) for channel in CHANNELS]
    np.testing.assert_allclose(change, expected, atol=2e-6)


def test_every_channel_is_shown_to_rise_by_some_known_movement() -> None:
    rising = {name for move in MOVES.values() for name, by in move.changes.items() if by > 0}
    rising |= {name.replace("left", "right") for name in rising} | {"au23", "au24", "au28"}
    assert rising == {channel.name for channel in CHANNELS}


def test_the_eye_is_as_open_as_its_lids_stand_apart() -> None:
    # Lids stand 1.0, 1.2 and 1.0 cm apart; the corners 2.59, 0.079 and 0.585 cm.
    width = math.sqrt(2.59**2 + 0.079**2 + 0.585**2)
    closure = channel_values(NEUTRAL[None])[0, COLUMN["au45.left"]]
    assert closure == pytest.approx(-(1.0 + 1.2 + 1.0) / 3 / width, abs=1e-5)


def test_points_of_another_shape_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"points must have shape \(n_frames, 478, 3\)"):
        channel_values(np.zeros((478, 3), dtype=np.float32))
