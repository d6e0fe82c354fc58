"""Customer numbers that are offered while one is typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from console_home import Console, opened

from facesign.interview.archive.entries import ArchivedSession
from facesign.interview.fingerprints import Fingerprints
from facesign.ui.console.customers import MOST_OFFERED, KnownCustomers


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with opened(tmp_path_factory.mktemp("customers") / "home") as made:
        for n in range(30):
            made.desk.archive.add(
                ArchivedSession(f"s-{n}", datetime.now(UTC), officer="otto", customer=f"C-{n:03}")
            )
        made.desk.archive.add(ArchivedSession("s-none", datetime.now(UTC), officer="otto"))
        yield made


def test_an_officer_gets_numbers_alone_and_some_at_most(console: Console) -> None:
    client = console.client("anna")
    answer = client.get("/customers", params={"begins": "c-01"})
    assert answer.json() == [f"C-{n:03}" for n in range(10, 20)]
    assert len(client.get("/customers", params={"begins": "C-"}).json()) == MOST_OFFERED


@pytest.mark.parametrize("typed", ["", " C ", "X-1"])
def test_nothing_is_offered_for_too_little_or_for_what_is_not_known(
    console: Console, typed: str
) -> None:
    assert console.client("anna").get("/customers", params={"begins": typed}).json() == []


def test_only_officers_are_offered_numbers(console: Console) -> None:
    for name in ("ben", "ruth"):
        assert console.client(name).get("/customers", params={"begins": "C-"}).status_code == 403
    assert console.client().get("/customers", params={"begins": "C-"}).status_code == 401


def test_numbers_of_the_gallery_are_offered_too(console: Console) -> None:
    console.home.gallery.touch()
    known = KnownCustomers(console.desk)
    with patch.object(Fingerprints, "customers", lambda prints: ["D-7", "C-001"]):
        assert known.beginning("D-") == ["D-7"]
    assert known.beginning("C-001") == ["C-001"]
