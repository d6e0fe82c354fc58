"""Several processes enroll, search and revoke at once: nothing is lost, nothing half-written."""

from __future__ import annotations

import multiprocessing
import sqlite3
from pathlib import Path

import pytest
from gallery_factory import (
    MODEL,
    PROOF,
    Box,
    Clock,
    embedding,
    enroll,
    open_gallery,
    sample,
    voiceprint,
)
from sqlalchemy import text

from facesign.biometrics.gallery.entries import Basis
from facesign.biometrics.gallery.search import Search
from facesign.biometrics.gallery.store import Gallery
from facesign.errors import AlreadyEnrolledError, GalleryBusyError, GalleryError

N_PROCESSES, N_EACH = 4, 12


def work(url: str, number: int) -> tuple[int, int, str]:
    """Enroll people, contest one customer number with all others, and search meanwhile."""
    try:
        return (*enroll_and_search(url, number), "")
    except GalleryError as error:
        return 0, 0, str(error)


def enroll_and_search(url: str, number: int) -> tuple[int, int]:
    gallery = Gallery.open(url, Box())
    search = Search(gallery)
    found = won = 0
    for i in range(N_EACH):
        seed = number * N_EACH + i
        enroll(gallery, f"C-{seed}", seed)
        probe = voiceprint(embedding(seed))
        (best,) = search.nearest(probe, purpose="duplicate_search", top=1)
        found += best.owner.customer == f"C-{seed}"
    try:
        enroll(gallery, "C-contested", 900 + number)
        won = 1
    except AlreadyEnrolledError:
        pass
    gallery.close()
    return found, won


def run_all(url: str) -> list[tuple[int, int, str]]:
    context = multiprocessing.get_context("spawn")
    with context.Pool(N_PROCESSES) as pool:
        asked = [(url, number) for number in range(N_PROCESSES)]
        return pool.starmap_async(work, asked).get(timeout=100)


@pytest.mark.slow
def test_processes_that_enroll_and_search_at_once_lose_nothing(tmp_path: Path) -> None:
    gallery = open_gallery(tmp_path)
    search = Search(gallery)
    search.nearest(voiceprint(embedding(0)), purpose="duplicate_search", top=1)
    results = run_all(f"sqlite:///{tmp_path / 'gallery.db'}")
    assert [error for *_, error in results] == [""] * N_PROCESSES
    assert [found for found, *_ in results] == [N_EACH] * N_PROCESSES
    assert sum(won for _, won, _ in results) == 1
    n_people = N_PROCESSES * N_EACH + 1
    assert search.size("duplicate_search", MODEL) == n_people
    for seed in range(N_PROCESSES * N_EACH):
        (best,) = search.nearest(voiceprint(embedding(seed)), purpose="duplicate_search", top=1)
        assert best.owner.customer == f"C-{seed}"


def test_an_index_that_was_filled_follows_what_others_change(tmp_path: Path) -> None:
    ours, others = open_gallery(tmp_path), open_gallery(tmp_path)
    search = Search(ours)

    def best(seed: int) -> str | None:
        near = search.nearest(voiceprint(embedding(seed)), purpose="duplicate_search", top=1)
        return near[0].owner.customer if near and near[0].cosine > 0.99 else None

    enroll(others, "C-1", 1)
    assert (best(1), best(2)) == ("C-1", None)
    enroll(others, "C-2", 2)
    assert (best(1), best(2)) == ("C-1", "C-2")
    others.revoke("C-1", "consent withdrawn")
    assert (best(1), best(2)) == (None, "C-2")
    others.renew_epoch()
    assert (best(1), best(2)) == (None, "C-2")
    enroll(others, "C-1", 3)
    assert (best(1), best(3)) == (None, "C-1")


def test_a_locked_database_is_said_in_one_line_and_nothing_is_written(tmp_path: Path) -> None:
    gallery = Gallery.open(f"sqlite:///{tmp_path / 'gallery.db'}", Box(), wait_s=0.2)
    holder = sqlite3.connect(tmp_path / "gallery.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(GalleryBusyError, match=r"another process has it locked.*try again"):
        enroll(gallery, "C-1", 1)
    holder.execute("ROLLBACK")
    assert not gallery.is_enrolled("C-1")
    enroll(gallery, "C-1", 1)


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    gallery = open_gallery(tmp_path)
    broken = sample(2)
    object.__setattr__(broken.voiceprint, "embedding", embedding(2) * 2)
    with pytest.raises(ValueError, match="of unit length"):
        gallery.enroll("C-1", [sample(1), broken], purposes=("verify",), basis=Basis())
    with gallery.database.reading() as connection:
        for table in ("subjects", "identities", "enrollments", "templates", "search_vectors"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


def test_a_file_that_is_no_gallery_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "gallery.db").write_bytes(b"something else entirely" * 100)
    with pytest.raises(GalleryError, match="is not a gallery"):
        open_gallery(tmp_path)


def test_a_gallery_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    open_gallery(tmp_path).close()
    with sqlite3.connect(tmp_path / "gallery.db") as connection:
        connection.execute("UPDATE gallery_version SET version_num = '9999'")
    with pytest.raises(GalleryError, match="tables are of version 9999, this facesign knows"):
        open_gallery(tmp_path)


@pytest.mark.parametrize("url", ["mysql://localhost/x", "gallery.db", "sqlite://"])
def test_an_address_of_something_else_is_refused(url: str) -> None:
    with pytest.raises(GalleryError, match="sqlite:///FILE"):
        Gallery.open(url, Box())


def test_a_confirmation_is_seen_by_other_processes(tmp_path: Path) -> None:
    ours, others = open_gallery(tmp_path), open_gallery(tmp_path, Clock())
    enroll(ours, "C-1", 1)
    others.confirm("C-1", PROOF)
    assert ours.references("C-1")[0].status == "confirmed"
