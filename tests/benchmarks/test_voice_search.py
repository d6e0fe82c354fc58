"""The benchmark of searches goes on where it was stopped."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import voice_search
from voice_people import People
from voice_search import DRAW, GRAPH, Gallery, Setting, known_graph, known_result, searched


def unit(rng: np.random.Generator, n: int) -> np.ndarray:
    drawn = rng.standard_normal((n, 192)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.fixture
def held() -> Setting:
    rng = np.random.default_rng(0)
    people = People(
        embeddings=unit(rng, 40),
        speaker=np.repeat(np.arange(10), 4),
        names=tuple("abcdefghij"),
        corpora=("c",) * 10,
        paths=tuple(map(str, range(40))),
    )
    enrolled, mated, others = people.embeddings[:5], people.embeddings[5:10], unit(rng, 6)
    return Setting("m@1", people, enrolled, mated, [0] * 5, others)


def test_a_gallery_of_one_size_is_the_same_whenever_it_is_drawn(held: Setting) -> None:
    one, again, other = (Gallery.drawn(held, n) for n in (300, 300, 301))
    np.testing.assert_array_equal(one.vectors, again.vectors)
    assert not np.array_equal(one.vectors[20], other.vectors[20])
    best = np.argmax(one.probes @ one.vectors.T, axis=1)
    np.testing.assert_array_equal(one.best, best)


def test_a_graph_that_was_built_is_read_with_what_it_cost(
    held: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice_search, "WORK", tmp_path)
    gallery = Gallery.drawn(held, 300)
    built, took = known_graph("m@1", gallery.vectors)
    monkeypatch.setattr(voice_search, "built", lambda *_: pytest.fail("built again"))
    read, told = known_graph("m@1", gallery.vectors)
    assert told == took
    assert len(read) == len(built) == 300
    assert searched(read.search, gallery)["recall_at_1"] >= 0.98


@pytest.mark.parametrize("changed", ["encoder", "graph", "draw"])
def test_sizes_measured_with_something_else_are_not_kept(
    held: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    monkeypatch.setattr(voice_search, "RESULTS", tmp_path)
    kept = {"encoder": "m@1", "graph": GRAPH, "draw": DRAW, "sizes": [{"n_templates": 1000}]}
    file = tmp_path / "voice_search.json"
    file.write_text(json.dumps(kept))
    assert known_result(held) == kept
    file.write_text(json.dumps({**kept, changed: "another"}))
    assert known_result(held) == {}
