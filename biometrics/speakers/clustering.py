"""Which pieces of speech are the same voice, in bounded memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from facesign.biometrics.stream import BoolArray, FloatArray, TimeArray

__all__ = ["cluster", "mean_similarity", "smoothed"]

Labels = npt.NDArray[np.int64]


def mean_similarity(means: FloatArray) -> TimeArray:
    """Return how alike sets of embeddings are: the mean cosine over all pairs of two sets.

    Args:
        means: Mean of the unit embeddings of each set, not brought to unit length, shape
            (n_sets, n_values): the product of two means is the mean of the products.

    Returns:
        Shape (n_sets, n_sets), -1 to 1.
    """
    exact = means.astype(np.float64)
    similar: TimeArray = exact @ exact.T
    return similar


def cluster(means: FloatArray, cut: float) -> Labels:
    """Group sets of embeddings by average linkage until groups are too unlike.

    Args:
        means: As for `mean_similarity`, shape (n_sets, n_values).
        cut: Mean cosine below which two groups stay apart.

    Returns:
        A number per set from 0 on, shape (n_sets,).
    """
    if len(means) < 2:
        return np.zeros(len(means), dtype=np.int64)
    distance = 1.0 - mean_similarity(means)
    np.fill_diagonal(distance, 0.0)
    distance = np.maximum((distance + distance.T) / 2.0, 0.0)
    tree = linkage(squareform(distance, checks=False), method="average")
    labels: Labels = fcluster(tree, 1.0 - cut, criterion="distance").astype(np.int64) - 1
    return labels


def smoothed(fit: FloatArray, opens: BoolArray, *, stay: float) -> Labels:
    """Choose the likeliest run of voices: a voice seldom changes within a run of speech.

    Args:
        fit: How well each piece fits each voice, as a cosine, shape (n_pieces, n_voices).
        opens: Whether a piece starts a run of speech, where a change costs nothing, shape
            (n_pieces,).
        stay: What a change within a run costs, as a cosine.

    Returns:
        A voice per piece, shape (n_pieces,).

    Source: Viterbi 1967.
    """
    n_pieces, n_voices = fit.shape
    best = np.zeros((n_pieces, n_voices))
    came_from = np.zeros((n_pieces, n_voices), dtype=np.int64)
    for index in range(n_pieces):
        if index == 0:
            best[0] = fit[0]
            continue
        cost = 0.0 if opens[index] else stay
        leap = best[index - 1].max() - cost
        came_from[index] = np.where(
            best[index - 1] >= leap, np.arange(n_voices), int(best[index - 1].argmax())
        )
        best[index] = np.maximum(best[index - 1], leap) + fit[index]
    labels = np.zeros(n_pieces, dtype=np.int64)
    if n_pieces:
        labels[-1] = int(best[-1].argmax())
        for index in range(n_pieces - 1, 0, -1):
            labels[index - 1] = came_from[index, labels[index]]
    return labels
