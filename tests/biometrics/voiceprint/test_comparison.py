from __future__ import annotations

import io

import numpy as np
import pytest
from voiceprints import MODEL, direction, voiceprint

from facesign.biometrics.voiceprint.cohort import N_NEAREST, Cohort, read_cohort
from facesign.biometrics.voiceprint.comparison import as_norm, compare, of_one_channel, pooled
from facesign.errors import ItemError, ModelFileError, ShapeError, TemplateMismatchError

RIGHT, UP, BETWEEN = voiceprint(1.0, 0.0), voiceprint(0.0, 1.0), voiceprint(1.0, 1.0)


def cohort_of(*rows: tuple[float, ...]) -> Cohort:
    return Cohort(np.stack([direction(*row) for row in rows]), MODEL)


def stored(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def test_a_voice_is_like_itself_and_unlike_what_stands_across() -> None:
    assert compare(RIGHT, RIGHT) == pytest.approx(1.0)
    assert compare(RIGHT, UP) == 0.0
    assert compare(RIGHT, BETWEEN) == pytest.approx(np.sqrt(0.5))


def test_voiceprints_of_two_models_are_not_compared() -> None:
    with pytest.raises(TemplateMismatchError, match="template is of other@1, probe of round@"):
        compare(voiceprint(1.0, 0.0, model="other@1"), RIGHT)


def test_normalisation_counts_deviations_over_the_cohort_of_each_side() -> None:
    """RIGHT scores 0.6 and 0 with the cohort (mean 0.3, deviation 0.3), UP 0.8 and 1 (0.9, 0.1).

    Their cosine of 0 lies 1 below the first and 9 below the second: -5 on average.
    """
    cohort = cohort_of((0.6, 0.8), (0.0, 1.0))
    assert as_norm(RIGHT, UP, cohort) == pytest.approx(-5.0, abs=1e-5)


def test_normalisation_does_not_depend_on_the_order() -> None:
    cohort = cohort_of((0.6, 0.8), (0.0, 1.0), (0.8, -0.6))
    assert as_norm(RIGHT, BETWEEN, cohort) == pytest.approx(as_norm(BETWEEN, RIGHT, cohort))


def test_only_the_nearest_members_count() -> None:
    near, far = [(0.8, 0.6), (0.6, 0.8)] * (N_NEAREST // 2), [(-1.0, 0.0)] * 50
    cohort = cohort_of(*near, *far)
    mean, deviation = cohort.levels(RIGHT.embedding)
    assert mean == pytest.approx(0.7)
    assert deviation == pytest.approx(0.1)


def test_a_cohort_of_another_model_is_refused() -> None:
    other = Cohort(cohort_of((1.0, 0.0), (0.0, 1.0)).embeddings, "other@1")
    with pytest.raises(TemplateMismatchError, match="template is of other@1"):
        as_norm(RIGHT, UP, other)


def test_one_voice_is_no_cohort() -> None:
    with pytest.raises(ShapeError, match=r"embeddings must have shape \(2 or more, n_values\)"):
        Cohort(direction(1.0)[None], MODEL)


def test_a_stored_cohort_comes_back_at_unit_length() -> None:
    content = stored(embeddings=np.array([[3.0, 4.0], [0.0, 2.0]], np.float16), model=MODEL)
    cohort = read_cohort(content, "round-cohort")
    assert cohort.model == MODEL
    np.testing.assert_allclose(cohort.embeddings, [[0.6, 0.8], [0.0, 1.0]], atol=1e-3)


def test_a_cohort_shows_none_of_its_numbers() -> None:
    assert repr(cohort_of((0.6, 0.8), (0.0, 1.0))) == f"Cohort({MODEL}, n_members=2)"


@pytest.mark.parametrize(
    "content",
    [b"", b"PK no archive", stored(model=MODEL), stored(embeddings=np.array([{}]), model=MODEL)],
    ids=["empty", "cut", "without embeddings", "pickled"],
)
def test_what_is_no_cohort_is_refused(content: bytes) -> None:
    with pytest.raises(ModelFileError, match="round-cohort: not a cohort"):
        read_cohort(content, "round-cohort")


def test_the_two_best_references_are_averaged() -> None:
    assert pooled([0.1, 0.9, -0.5, 0.7]) == pytest.approx(0.8)
    assert pooled([0.4]) == 0.4


def test_no_reference_has_no_score() -> None:
    with pytest.raises(ItemError, match="scores must be one or more, got none"):
        pooled([])


def test_a_telephone_probe_is_compared_with_telephone_references() -> None:
    wide, narrow = voiceprint(1.0, 0.0), voiceprint(0.0, 1.0, bandwidth_hz=3400.0)
    unknown = voiceprint(1.0, 1.0, bandwidth_hz=None)
    references = [wide, narrow, unknown]
    assert of_one_channel(references, narrow) == [narrow]
    assert of_one_channel(references, wide) == [wide, unknown]
    assert of_one_channel([wide, unknown], narrow) == [wide, unknown]
