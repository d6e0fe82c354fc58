"""A growing container gives the same items however it arrives, picture and sound together."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable

import numpy as np
import pytest
from live_media import clap, pieces

from facesign.biometrics.stream import Frame, Sound
from facesign.interview.live.decoding import SegmentDecoder, Shot
from facesign.interview.live.growing import MOST_WAITING_BYTES, GrowingFile


@pytest.fixture(scope="module")
def clapped() -> bytes:
    return clap()


def decoded(parts: Iterable[bytes], *, offset_s: float = 0.0) -> list[Frame | Sound]:
    file = GrowingFile()

    def feed() -> None:
        for part in parts:
            file.feed(part)
        file.end()

    thread = threading.Thread(target=feed)
    thread.start()
    items: list[Frame | Sound] = []
    for item in SegmentDecoder(file, track="applicant", offset_s=offset_s):
        made = item.frame() if isinstance(item, Shot) else item
        assert made is not None
        items.append(made)
    thread.join()
    return items


def test_flash_and_click_lie_within_40_ms(clapped: bytes) -> None:
    items = decoded([clapped])
    flashes = [i.time_s for i in items if isinstance(i, Frame) and i.image.mean() > 128]
    sounds = [i for i in items if isinstance(i, Sound)]
    loud = [
        sound.time_s + int(np.argmax(np.abs(sound.samples) > 0.2)) / 16_000
        for sound in sounds
        if np.abs(sound.samples).max() > 0.2
    ]
    for at_s in (0.5, 1.5):
        flash_s = min(flashes, key=lambda time_s: abs(time_s - at_s))
        click_s = min(loud, key=lambda time_s: abs(time_s - at_s))
        assert abs(flash_s - click_s) <= 0.040


@pytest.mark.parametrize("n", [2, 17, 400])
def test_the_sizes_of_pieces_change_nothing(clapped: bytes, n: int) -> None:
    whole, cut = decoded([clapped]), decoded(pieces(clapped, n))
    assert [(type(i), i.time_s) for i in whole] == [(type(i), i.time_s) for i in cut]
    for one, other in zip(whole, cut, strict=True):
        if isinstance(one, Frame) and isinstance(other, Frame):
            np.testing.assert_array_equal(one.image, other.image)
        elif isinstance(one, Sound) and isinstance(other, Sound):
            np.testing.assert_array_equal(one.samples, other.samples)


def test_a_segment_lies_where_the_clock_goes_on(clapped: bytes) -> None:
    first = decoded([clapped])[0].time_s
    assert decoded([clapped], offset_s=7.5)[0].time_s == pytest.approx(first + 7.5)


@pytest.mark.parametrize(
    "junk", [b"", b"no container at all" * 100, b"\x1a\x45\xdf\xa3" + bytes(99)]
)
def test_what_is_no_container_gives_nothing(junk: bytes) -> None:
    decoder = SegmentDecoder(io.BytesIO(junk), track="applicant", offset_s=0.0)
    assert list(decoder) == []
    assert decoder.damaged == 1


def test_a_cut_container_gives_what_came(clapped: bytes) -> None:
    items = decoded([clapped[: len(clapped) // 2]])
    assert 10 < sum(isinstance(i, Frame) for i in items) < 60


def test_damage_in_the_middle_is_counted_and_the_rest_decoded(clapped: bytes) -> None:
    broken = bytearray(clapped)
    middle = len(broken) // 2
    broken[middle : middle + 200] = b"\xff" * 200
    items = decoded([bytes(broken)])
    assert max(i.time_s for i in items) > 1.5


def test_a_file_that_nobody_reads_does_not_grow_without_bound() -> None:
    file, most = GrowingFile(), MOST_WAITING_BYTES >> 20
    fed = []

    def feed() -> None:
        for _ in range(2 * most):
            file.feed(bytes(1 << 20))
            fed.append(1)

    thread = threading.Thread(target=feed)
    thread.start()
    thread.join(0.5)
    assert len(fed) <= most + 1
    file.abort()
    thread.join(10)
    assert not thread.is_alive()
