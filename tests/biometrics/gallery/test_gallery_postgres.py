"""The gallery on a real PostgreSQL server with pgvector."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from gallery_factory import (
    MODEL,
    PROOF,
    Box,
    Clock,
    embedding,
    enroll,
    near,
    sample,
    voiceprint,
)
from postgres_server import Server, running_server
from sqlalchemy import text
from test_gallery_processes import N_EACH, N_PROCESSES, run_all

from facesign.biometrics.gallery import watch_list
from facesign.biometrics.gallery.entries import Basis
from facesign.biometrics.gallery.search import Search
from facesign.biometrics.gallery.store import RETENTION, Gallery
from facesign.errors import GalleryBusyError, GalleryError, UnknownCustomerError

pytestmark = pytest.mark.postgres
WHY = watch_list.WatchReason("signed as two people", "record-9", ("Li", "Wang"))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running_server() as started:
        yield started


@pytest.fixture
def url(server: Server) -> str:
    return server.new_database()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gallery(url: str, clock: Clock) -> Iterator[Gallery]:
    opened = Gallery.open(url, Box(), now=clock)
    yield opened
    opened.close()


def count(gallery: Gallery, table: str) -> int:
    with gallery.database.reading() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def best(search: Search, seed: int) -> str | None:
    found = search.nearest(voiceprint(embedding(seed)), purpose="duplicate_search", top=1)
    return found[0].owner.customer if found and found[0].cosine > 0.99 else None


def test_a_template_goes_through_its_life(gallery: Gallery, clock: Clock) -> None:
    enroll(gallery, "C-1", 1, 2)
    np.testing.assert_array_equal(gallery.references("C-1")[1].voiceprint.embedding, embedding(1))
    assert gallery.confirm("C-1", PROOF) == 1
    assert gallery.enrollments("C-1")[0].basis == PROOF
    assert gallery.references("C-1")[0].enrolled_at == clock.at
    gallery.enroll("C-1", [sample(3)], purposes=("verify",), basis=Basis(), manner="replace")
    assert len(gallery.references("C-1")) == 1
    assert count(gallery, "search_vectors") == 0
    assert gallery.revoke("C-1", "consent withdrawn").n_templates == 1
    with pytest.raises(UnknownCustomerError):
        gallery.references("C-1")


def test_the_server_searches_exactly_and_by_its_graph(gallery: Gallery) -> None:
    for seed in range(30):
        enroll(gallery, f"C-{seed}", seed)
    probe = voiceprint(near(7, cosine=0.8))
    for search in (Search(gallery), Search(gallery, exact_up_to=10)):
        found = search.nearest(probe, purpose="duplicate_search", top=3)
        assert found[0].owner.customer == "C-7"
        assert found[0].cosine == pytest.approx(0.8, abs=1e-4)
        assert len(found) == 3
        assert search.size("duplicate_search", MODEL) == 30


def test_a_large_gallery_is_searched_by_the_graph(gallery: Gallery) -> None:
    with gallery.database.writing() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = connection.execute(
            text(
                "EXPLAIN SELECT vector_id FROM search_vectors WHERE purpose = 'watch_list' "
                f"ORDER BY vector <#> '{[0.1] * 192}' LIMIT 5"
            )
        )
        assert "ix_search_vectors_watch_list" in "\n".join(plan.scalars())


def test_purposes_epochs_and_retention_hold_on_a_server(gallery: Gallery, clock: Clock) -> None:
    search = Search(gallery)
    enroll(gallery, "C-1", 1)
    watch_list.add(gallery, "CASE-7", [sample(2)], WHY, expires_at=clock.at + watch_list.LONGEST)
    assert (best(search, 1), best(search, 2)) == ("C-1", None)
    gallery.renew_epoch()
    assert (best(search, 1), best(search, 2)) == ("C-1", None)
    watch_list.clear(gallery, "CASE-7", by="Zhao")
    assert watch_list.entries(gallery)[0].status == "cleared: related person"
    clock.pass_days(RETENTION.days)
    assert best(search, 1) is None
    assert gallery.purge() == 2
    assert (count(gallery, "templates"), count(gallery, "watch_entries")) == (0, 0)


def test_a_revoked_vector_is_gone_and_not_filtered(gallery: Gallery) -> None:
    enroll(gallery, "C-1", 1)
    gallery.revoke("C-1", "consent withdrawn")
    assert count(gallery, "search_vectors") == 0
    with gallery.database.reading() as connection:
        dead = "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'search_vectors'"
        assert connection.execute(text(dead)).scalar() == 0


def test_processes_that_enroll_and_search_at_once_lose_nothing(url: str) -> None:
    results = run_all(url)
    assert [error for *_, error in results] == [""] * N_PROCESSES
    assert [found for found, *_ in results] == [N_EACH] * N_PROCESSES
    assert sum(won for _, won, _ in results) == 1
    gallery = Gallery.open(url, Box())
    assert Search(gallery).size("duplicate_search", MODEL) == N_PROCESSES * N_EACH + 1
    gallery.close()


def test_a_server_that_goes_away_in_the_middle_leaves_nothing_half_written(
    gallery: Gallery, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = gallery.vault.__class__.wrap, []

    def cut_off(self: object, data_key: bytes, bound_to: str) -> bytes:
        if bound_to.startswith("subject") and not calls:
            calls.append(bound_to)
            server.end_connections()
        return real(gallery.vault, data_key, bound_to)

    monkeypatch.setattr(gallery.vault.__class__, "wrap", cut_off)
    with pytest.raises(GalleryError) as gone:
        enroll(gallery, "C-1", 1)
    assert "\n" not in str(gone.value)
    assert not gallery.is_enrolled("C-1")
    assert count(gallery, "subjects") == 0
    enroll(gallery, "C-1", 1)
    assert gallery.is_enrolled("C-1")


def test_a_lock_that_another_holds_is_waited_for_and_then_said(url: str) -> None:
    holder = Gallery.open(url, Box())
    waiting = Gallery.open(url, Box(), wait_s=1.0)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with holder.database.writing() as connection:
            connection.execute(text("UPDATE gallery SET revision = revision + 1"))
            held.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    with pytest.raises(GalleryBusyError, match="try again"):
        enroll(waiting, "C-1", 1)
    done.set()
    thread.join()
    assert not waiting.is_enrolled("C-1")
    holder.close()
    waiting.close()


def test_a_server_that_is_not_there_is_said_without_the_password() -> None:
    url = "postgresql+psycopg://clerk:s3cret@127.0.0.1:1/gallery"
    with pytest.raises(GalleryError) as gone:
        Gallery.open(url, Box(), wait_s=2)
    assert "s3cret" not in str(gone.value)
    assert "127.0.0.1" in str(gone.value)
    assert "\n" not in str(gone.value)
