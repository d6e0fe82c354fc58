"""What waits between the threads and pages of a live session, and within which bounds."""

from __future__ import annotations

import asyncio
import threading

import numpy as np

from facesign.biometrics.stream import Frame, Sound
from facesign.interview.live.decoding import Shot
from facesign.interview.live.follow import Latest
from facesign.interview.live.intake import MOST_FRAMES, Command, Intake, Received
from facesign.interview.live.relay import Relay

CLUSTER = b"\x1f\x43\xb6\x75"


class Picture(Shot):
    """A shot that counts how often it was made into pixels."""

    made = 0

    def __init__(self, index: int) -> None:
        object.__setattr__(self, "index", index)
        object.__setattr__(self, "time_s", index / 30)

    def frame(self) -> Frame:
        Picture.made += 1
        return Frame(self.time_s, np.zeros((2, 2, 3), dtype=np.uint8))


def sound(time_s: float) -> Sound:
    return Sound(time_s, np.zeros(1600, dtype=np.float32), "applicant")


def test_frames_beyond_the_bound_are_skipped_in_their_place() -> None:
    intake = Intake()
    Picture.made = 0
    for index in range(MOST_FRAMES + 3):
        intake.shot("applicant.1", Picture(index))
    assert Picture.made == MOST_FRAMES
    taken = [intake.take(0) for _ in range(MOST_FRAMES + 3)]
    assert [work.item is None for work in taken if isinstance(work, Received)] == (
        [False] * MOST_FRAMES + [True] * 3
    )
    assert [work.index for work in taken if isinstance(work, Received)] == list(
        range(MOST_FRAMES + 3)
    )
    intake.shot("applicant.1", Picture(99))
    assert isinstance(intake.take(0), Received)
    assert Picture.made == MOST_FRAMES + 1


def test_a_command_goes_before_everything_that_waits() -> None:
    intake = Intake()
    intake.shot("applicant.1", Picture(0))
    intake.sound("applicant.1", sound(0.0))
    intake.command(Command("withdraw", {}))
    first = intake.take(0)
    assert isinstance(first, Command)
    assert isinstance(intake.take(0), Received)


def test_sound_is_never_skipped_and_lets_the_decoder_wait() -> None:
    intake = Intake()

    def give() -> None:
        for index in range(310):
            intake.sound("applicant.1", sound(index / 10))

    giver = threading.Thread(target=give)
    giver.start()
    taken = [intake.take(10.0) for _ in range(310)]
    giver.join(10)
    times_s = [work.time_s for work in taken if isinstance(work, Received)]
    assert times_s == [index / 10 for index in range(310)]
    assert intake.take(0) is None


def test_a_slow_follower_gets_the_latest_and_nothing_queues() -> None:
    async def follow() -> list[int]:
        latest: Latest[int] = Latest(0)
        seen: list[int] = []

        async def watch() -> None:
            async for value in latest.follow():
                seen.append(value)
                await asyncio.sleep(0.02)

        task = asyncio.create_task(watch())
        await asyncio.sleep(0.005)
        writer = threading.Thread(target=lambda: [latest.set(n) for n in range(1, 1001)])
        writer.start()
        await asyncio.to_thread(writer.join)
        latest.close()
        await task
        return seen

    seen = asyncio.run(follow())
    assert (seen[0], seen[-1]) == (0, 1000)
    assert len(seen) < 100


def test_who_follows_a_relay_late_gets_the_head_and_starts_at_a_cluster() -> None:
    async def join_late() -> list[bytes | str]:
        relay = Relay()
        relay.start("video/webm;codecs=vp8,opus")
        relay.push(b"HEAD" + CLUSTER + b"aaaaaaaaaaaa")
        got: list[bytes | str] = []

        async def watch() -> None:
            async for data in relay.follow():
                got.append(data)

        task = asyncio.create_task(watch())
        await asyncio.sleep(0)
        relay.push(b"bbbb")
        # A cluster may begin at the border of two pieces.
        relay.push(b"cccc" + CLUSTER[:2])
        relay.push(CLUSTER[2:] + b"dddd")
        relay.push(b"eeee")
        relay.close()
        await task
        return got

    assert asyncio.run(join_late()) == [
        "video/webm;codecs=vp8,opus",
        b"HEAD",
        CLUSTER + b"dddd",
        b"eeee",
    ]


def test_a_page_that_takes_nothing_is_let_go() -> None:
    async def stand_still() -> int:
        relay = Relay()
        relay.start("video/webm")
        relay.push(b"HEAD" + CLUSTER)
        got = 0

        async def watch() -> None:
            nonlocal got
            async for _ in relay.follow():
                got += 1

        task = asyncio.create_task(watch())
        await asyncio.sleep(0)
        # All in one go: the page has no chance to take any of it.
        for _ in range(500):
            relay.push(CLUSTER + bytes(10))
        await asyncio.wait_for(task, 10)
        return got

    assert asyncio.run(stand_still()) <= 100
