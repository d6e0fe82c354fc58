from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gallery_factory import Box, embedding, enroll, near, open_gallery, voiceprint

from facesign.biometrics.gallery.epochs import current
from facesign.biometrics.gallery.index import ExactIndex, GraphIndex, VectorIndex
from facesign.biometrics.gallery.search import Search
from facesign.biometrics.gallery.snapshots import Snapshot, Snapshots
from facesign.biometrics.gallery.store import Gallery

KINDS = [ExactIndex, GraphIndex]


def filled(kind: type[ExactIndex] | type[GraphIndex], n: int = 50) -> VectorIndex:
    index = kind()
    index.add(np.arange(n), np.stack([embedding(i) for i in range(n)]))
    return index


@pytest.mark.parametrize("kind", KINDS)
def test_the_nearest_come_first_with_their_cosines(
    kind: type[ExactIndex] | type[GraphIndex],
) -> None:
    index = filled(kind)
    index.add(np.array([77]), near(7, cosine=0.9)[None])
    ids, cosines = index.search(embedding(7), 3)
    assert ids[:2].tolist() == [7, 77]
    assert len(ids) == 3
    # The graph holds half precision.
    np.testing.assert_allclose(cosines[:2], [1.0, 0.9], atol=2e-3)
    assert len(index.search(embedding(7), 500)[0]) == 51


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_removed_is_not_found_and_the_rest_is(
    kind: type[ExactIndex] | type[GraphIndex],
) -> None:
    index = filled(kind)
    index.remove([3, 49, 3, 999])
    assert len(index) == 48
    for i in range(50):
        ids, _ = index.search(embedding(i), 1)
        assert ids[0] not in (3, 49)
        assert i in (3, 49) or ids[0] == i
    index.add(np.array([3]), embedding(3)[None])
    assert index.search(embedding(3), 1)[0].tolist() == [3]


def test_removal_erases_the_numbers() -> None:
    exact, graph = ExactIndex(), GraphIndex()
    for index in (exact, graph):
        index.add(np.arange(50), np.stack([embedding(i) for i in range(50)]))
    assert embedding(3).astype("<f2").tobytes() in graph.save()
    for index in (exact, graph):
        index.remove([3])
    assert embedding(3).astype("<f2").tobytes() not in graph.save()
    held = [value for value in vars(exact).values() if isinstance(value, np.ndarray)]
    assert all(embedding(3).tobytes() not in value.tobytes() for value in held)


def test_a_graph_finds_what_an_exact_search_finds() -> None:
    exact, graph = filled(ExactIndex, 2000), filled(GraphIndex, 2000)
    probes = [near(i, cosine=0.5, way=i) for i in range(0, 2000, 20)]
    same = [exact.search(p, 1)[0][0] == graph.search(p, 1)[0][0] for p in probes]
    assert np.mean(same) >= 0.99


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    made = open_gallery(tmp_path)
    for seed in range(30):
        enroll(made, f"C-{seed}", seed)
    return made


def test_a_saved_graph_is_encrypted_and_opens_in_its_epoch_only(
    gallery: Gallery, tmp_path: Path
) -> None:
    with gallery.database.reading() as connection:
        epoch = current(connection, gallery.vault)
    graph = GraphIndex()
    graph.add(np.array([5]), embedding(5)[None])
    snapshots = Snapshots(tmp_path / "indexes")
    snapshots.save(Snapshot(graph, 12), epoch, "duplicate_search")
    (path,) = (tmp_path / "indexes").iterdir()
    assert embedding(5).astype("<f2").tobytes() not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    loaded = snapshots.load(epoch, "duplicate_search")
    assert loaded is not None
    assert (loaded.revision, loaded.index.search(embedding(5), 1)[0].tolist()) == (12, [5])
    path.rename(path.with_name("watch_list.index"))
    assert snapshots.load(epoch, "watch_list") is None
    gallery.renew_epoch()
    with gallery.database.reading() as connection:
        renewed = current(connection, gallery.vault)
    snapshots.save(Snapshot(graph, 12), epoch, "duplicate_search")
    assert snapshots.load(renewed, "duplicate_search") is None


def test_a_large_gallery_is_searched_by_a_graph_that_outlives_the_process(
    gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facesign.biometrics.gallery.follower._SAVE_AFTER", 10)
    folder = tmp_path / "indexes"

    def best(search: Search, seed: int) -> str:
        probe = voiceprint(embedding(seed))
        return search.nearest(probe, purpose="duplicate_search", top=1)[0].owner.customer

    assert best(Search(gallery, snapshots=folder, exact_up_to=20), 7) == "C-7"
    assert len(list(folder.iterdir())) == 1
    enroll(gallery, "C-new", 400)
    again = Search(open_gallery(tmp_path, box=Box()), snapshots=folder, exact_up_to=20)
    monkeypatch.setattr(
        "facesign.biometrics.gallery.follower.GraphIndex", lambda: pytest.fail("built again")
    )
    assert (best(again, 400), best(again, 7)) == ("C-new", "C-7")
    gallery.revoke("C-7", "consent withdrawn")
    again.forget()
    assert not list(folder.iterdir())
    assert best(again, 7) != "C-7"


def test_a_gallery_that_grows_past_the_limit_is_searched_by_a_graph(gallery: Gallery) -> None:
    search = Search(gallery, exact_up_to=31)
    probe = voiceprint(embedding(32))
    search.nearest(probe, purpose="duplicate_search", top=1)
    for seed in (31, 32):
        enroll(gallery, f"C-{seed}", seed)
    (best,) = search.nearest(probe, purpose="duplicate_search", top=1)
    assert best.owner.customer == "C-32"
    assert best.cosine == pytest.approx(1.0, abs=2e-3)
