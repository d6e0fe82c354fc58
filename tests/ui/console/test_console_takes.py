"""Recordings on the enrollment desk: heard, bounded, gone, never on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from console_home import Console, opened
from voices import claire

from facesign.errors import ItemError
from facesign.ui.console.takes import KEPT_S, LONGEST_S, MOST_EACH, RATE_HZ, Takes


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with opened(tmp_path_factory.mktemp("takes") / "home") as made:
        yield made


def test_a_take_says_what_was_heard_and_belongs_to_one_sign_in(console: Console) -> None:
    client = console.client("anna")
    samples = claire()
    take = client.post("/takes", content=samples.astype("<f4").tobytes()).json()
    assert take["duration_s"] == round(len(samples) / RATE_HZ, 1)
    assert 0.5 * take["duration_s"] < take["net_speech_s"] <= take["duration_s"]
    assert take["channel"] == "wideband"
    assert [one["id"] for one in client.get("/takes").json()] == [take["id"]]
    assert console.client("anna").get("/takes").json() == []
    assert client.delete(f"/takes/{take['id']}").json() == []


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"abc", 422),
        (np.array([np.nan], dtype="<f4").tobytes(), 422),
        (bytes(int(LONGEST_S * RATE_HZ * 4) + 4), 413),
    ],
)
def test_what_is_no_recording_is_refused(console: Console, content: bytes, status: int) -> None:
    answer = console.client("anna").post("/takes", content=content)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_takes_are_bounded_and_forgotten() -> None:
    now = [0.0]
    takes = Takes(lambda: now[0])
    silence = bytes(4 * RATE_HZ)
    for _ in range(MOST_EACH):
        takes.add("one", silence)
    with pytest.raises(ItemError, match=f"at most {MOST_EACH}"):
        takes.add("one", silence)
    assert takes.add("two", silence).heard.net_speech_s == 0
    now[0] = KEPT_S + 1
    assert takes.of("one") == []


def test_a_take_leaves_nothing_in_the_home_folder(console: Console) -> None:
    client = console.client("anna")
    before = {path for path in Path(console.home.root).rglob("*")}
    client.post("/takes", content=claire().astype("<f4").tobytes())
    assert {path for path in Path(console.home.root).rglob("*")} == before
