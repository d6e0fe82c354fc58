from __future__ import annotations

import numpy as np

from facesign.biometrics.speakers.clustering import cluster, mean_similarity, smoothed


def test_product_of_means_is_the_mean_of_all_cosines() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((4, 8)), rng.standard_normal((3, 8))
    a /= np.linalg.norm(a, axis=1, keepdims=True)
    b /= np.linalg.norm(b, axis=1, keepdims=True)
    means = np.stack([a.mean(axis=0), b.mean(axis=0)]).astype(np.float32)
    np.testing.assert_allclose(mean_similarity(means)[0, 1], (a @ b.T).mean(), atol=1e-7)


def test_unlike_voices_stay_apart_and_alike_ones_join() -> None:
    embeddings = np.array([[1, 0], [0.96, 0.28], [0, 1], [0.28, 0.96]], np.float32)
    labels = cluster(embeddings, cut=0.8)
    assert labels[0] == labels[1] != labels[2] == labels[3]


def test_one_set_is_one_voice_and_none_is_none() -> None:
    assert cluster(np.ones((1, 2), np.float32), 0.5).tolist() == [0]
    assert cluster(np.zeros((0, 2), np.float32), 0.5).tolist() == []


def test_a_single_doubtful_piece_within_a_run_goes_with_its_neighbours() -> None:
    fit = np.array([[0.9, 0.5], [0.60, 0.65], [0.9, 0.5]], np.float32)
    opens = np.array([True, False, False])
    assert smoothed(fit, opens, stay=0.1).tolist() == [0, 0, 0]


def test_a_change_between_runs_costs_nothing() -> None:
    fit = np.array([[0.9, 0.5], [0.60, 0.65], [0.9, 0.5]], np.float32)
    assert smoothed(fit, np.ones(3, bool), stay=0.1).tolist() == [0, 1, 0]


def test_a_clear_change_within_a_run_is_followed() -> None:
    fit = np.array([[0.9, 0.2], [0.9, 0.2], [0.2, 0.9], [0.2, 0.9]], np.float32)
    opens = np.array([True, False, False, False])
    assert smoothed(fit, opens, stay=0.1).tolist() == [0, 0, 1, 1]
