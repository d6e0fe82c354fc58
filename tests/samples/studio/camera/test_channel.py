from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import cv2
import numpy as np
import pytest
from camera_scenes import count_of, counted
from pydantic import ValidationError

from facesign.samples.studio.camera.channel import ChannelSettings, Transmission, transmit
from facesign.samples.studio.camera.picture import Image, Timed
from facesign.samples.studio.camera.recompress import H264, jpeg


def film(seconds: float, scene: Any = counted) -> Iterator[Timed]:
    for number in range(round(seconds * 30)):
        yield number / 30, scene(number / 30)


@cache
def texture() -> Image:
    noise = np.random.default_rng(5).integers(0, 256, (240, 640, 3), dtype=np.uint8)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2.5)
    return np.asarray(cv2.addWeighted(smooth, 3, smooth, 0, -256), dtype=np.uint8)


def moving(time_s: float) -> Image:
    """A texture that goes to and fro, by up to four pixels a picture."""
    at = int(150 + 150 * np.sin(0.8 * time_s))
    return np.ascontiguousarray(texture()[:, at : at + 320])


def send(seconds: float, scene: Any = counted, seed: int = 1, **keys: Any) -> Transmission:
    settings = ChannelSettings.model_validate(keys)
    return transmit(film(seconds, scene), settings, np.random.default_rng(seed))


def error(one: Image, other: Image) -> float:
    return float(np.abs(one.astype(int) - other).mean())


def test_a_clear_channel_changes_nothing() -> None:
    for (time_s, image), (sent_s, sent) in zip(send(1.0), film(1.0), strict=True):
        assert time_s == sent_s
        np.testing.assert_array_equal(image, sent)


def test_fewer_bits_leave_a_coarser_picture() -> None:
    def off(kbps: float) -> float:
        sent = send(1.0, moving, kbps=(kbps, kbps))
        return float(np.mean([error(image, moving(t)) for t, image in sent]))

    assert off(100) > 1.5 * off(1500)


def test_webcam_compression_gets_coarser_with_lower_quality() -> None:
    image = moving(0.0)
    assert error(jpeg(image, 25), image) > 2 * error(jpeg(image, 90), image)


def test_each_picture_arrives_without_delay() -> None:
    codec = H264((320, 240), kbps=800, rate_hz=30)
    for number in range(30):
        assert count_of(codec.through(counted(number / 30))) == pytest.approx(number, abs=1.5)


def test_frozen_spans_repeat_the_last_picture_and_are_told() -> None:
    sent = send(20.0, losses_per_minute=20, loss_s=(0.3, 0.6), loss_kinds=("frozen",))
    pictures = list(sent)
    events = sent.truth()["events"]
    assert len(pictures) == 600
    assert len(events) >= 3
    for event in events:
        first, last = (round(event[key] * 30) for key in ("start_s", "end_s"))
        assert 0.2 <= event["end_s"] - event["start_s"] <= 0.6
        for number in range(first, last + 1):
            np.testing.assert_array_equal(pictures[number][1], pictures[first - 1][1])
        assert np.any(pictures[last + 1][1] != pictures[last][1])


def test_dropped_pictures_leave_the_gaps_that_are_told() -> None:
    sent = send(20.0, losses_per_minute=20, loss_s=(0.3, 0.6), loss_kinds=("dropped",))
    times = [time_s for time_s, _ in sent]
    missing = {number for number in range(600)} - {round(t * 30) for t in times}
    told = {
        number
        for event in sent.truth()["events"]
        for number in range(round(event["start_s"] * 30), round(event["end_s"] * 30) + 1)
    }
    assert len(told) > 20
    assert missing == told


def test_damage_is_seen_where_it_is_told_and_mended_after() -> None:
    keys: dict[str, Any] = {"kbps": (900, 900), "loss_s": (0.3, 0.5), "loss_kinds": ("damaged",)}
    clean = {t: image for t, image in send(5.0, moving, kbps=(900, 900))}
    sent = send(5.0, moving, losses_per_minute=30, **keys)
    worse = {t: error(image, moving(t)) - error(clean[t], moving(t)) for t, image in sent}
    events = sent.truth()["events"]
    inside = [w for t, w in worse.items() if any(e["start_s"] < t <= e["end_s"] for e in events)]
    outside = [
        w
        for t, w in worse.items()
        if not any(e["start_s"] <= t <= e["end_s"] + 0.5 for e in events)
    ]
    assert len(inside) > 20
    assert np.median(inside) > 3
    assert np.median(np.abs(outside)) < 1


def test_starved_spans_are_coarser_and_told() -> None:
    keys: dict[str, Any] = {"starved_per_minute": 10, "starved_s": (1.0, 2.0), "starved_scale": 4}
    sent = send(12.0, moving, kbps=(900, 900), **keys)
    off = {time_s: error(image, moving(time_s)) for time_s, image in sent}
    events = sent.truth()["events"]
    starved = [e for t, e in off.items() if any(s["start_s"] <= t <= s["end_s"] for s in events)]
    others = [e for t, e in off.items() if not any(s["start_s"] <= t <= s["end_s"] for s in events)]
    assert {event["kind"] for event in events} == {"starved"}
    assert np.median(starved) > 1.5 * np.median(others)


def test_the_same_seed_gives_the_same_pictures() -> None:
    keys: dict[str, Any] = {
        "webcam_jpeg": 70,
        "kbps": (200, 600),
        "losses_per_minute": 30,
        "loss_kinds": ("frozen", "dropped", "damaged"),
        "starved_per_minute": 10,
    }
    first, second = (list(send(4.0, moving, **keys)) for _ in range(2))
    assert [t for t, _ in first] == [t for t, _ in second]
    for (_, one), (_, other) in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("keys", [{"starved_per_minute": 1}, {"loss_kinds": ("damaged",)}])
def test_damage_needs_a_codec(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="need kbps"):
        ChannelSettings.model_validate(keys)
