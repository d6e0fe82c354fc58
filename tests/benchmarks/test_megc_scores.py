from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from megc_layouts import Clip, Labelled
from megc_scores import (
    Sample,
    Spotted,
    best_threshold,
    logistic,
    others,
    recognition,
    recognized,
    spotting,
)

from facesign.biometrics.face.movements import Movement
from facesign.biometrics.face.spotter import LEAST_PROBABILITY

# At 100 frames/s a micro-expression over 1.00-1.20 s and a macro-expression over 3-4 s.
CLIP = Clip(
    dataset="made up",
    subject="a",
    name="a/1",
    rate_hz=100.0,
    frames=(),
    video=None,
    labels=(
        Labelled(101, 110, 120, "micro", "negative"),
        Labelled(301, 350, 400, "macro", None),
    ),
    n_unusable=0,
)


def move(onset_s: float, offset_s: float, sure: float = 0.9, name: str = "negative") -> Movement:
    return Movement(onset_s, onset_s, offset_s, ("au4.left",), 5.0, "high", sure, name)


def sample(subject: str, true: str, kinds: list[float] | None) -> Sample:
    array = None if kinds is None else np.array(kinds)
    return Sample("made up", subject, true, array, array)


def test_a_subject_never_teaches_itself() -> None:
    subjects = ["a", "b", "a", "c"]
    for left_out in set(subjects):
        taught = others(subjects, left_out)
        assert left_out not in {s for s, t in zip(subjects, taught, strict=True) if t}
        assert taught.sum() == len(subjects) - subjects.count(left_out)


def test_a_head_learns_what_the_features_say() -> None:
    rng = np.random.default_rng(0)
    index = rng.integers(3, size=90)
    features = np.eye(3)[index] * 2 + rng.normal(0, 0.3, (90, 3))
    weights = logistic(features, index)
    given = np.argmax(np.hstack([features, np.ones((90, 1))]) @ weights, axis=1)
    assert (given == index).mean() > 0.95


def test_left_out_subjects_are_recognized_from_the_others() -> None:
    rng = np.random.default_rng(1)
    names = ("positive", "negative", "surprise")
    samples = [
        Sample(
            "made up",
            f"s{i % 6}",
            names[i % 3],
            np.eye(3)[i % 3] + rng.normal(0, 0.1, 3),
            np.array([1.0, 0, 0, 0]),
        )
        for i in range(36)
    ]
    assert recognized(samples, train=True) == [s.true for s in samples]
    assert recognized(samples, train=False) == ["positive"] * 36


def test_a_subject_whose_own_labels_are_wrong_is_judged_by_the_others() -> None:
    names = ("positive", "negative", "surprise")
    right = [sample(f"s{i % 3}", names[i % 3], list(np.eye(4)[i % 3])) for i in range(30)]
    right += [sample(f"t{i % 3}", names[i % 3], list(np.eye(4)[i % 3])) for i in range(30)]
    wrong = [sample("odd", "positive", list(np.eye(4)[1])) for _ in range(20)]
    given = recognized([*right, *wrong], train=True)
    assert given[60:] == ["negative"] * 20


def test_uf1_and_uar_over_all_samples_are_those_of_the_challenge() -> None:
    positive, negative = [0.9, 0.1, 0, 0], [0.1, 0.9, 0, 0]
    samples = [
        sample("a", "positive", positive),
        sample("a", "positive", negative),
        sample("b", "negative", negative),
        sample("b", "negative", None),
    ]
    result = recognition(samples, train=False)
    # Positive: 1 hit, 1 missed, F1 2/3. Negative: 1 hit, 1 false, 1 without a face, F1 1/2.
    assert result["uf1"] == pytest.approx((2 / 3 + 1 / 2) / 2, abs=1e-4)
    assert result["uar"] == 0.5
    assert (result["n_samples"], result["n_subjects"], result["n_unread"]) == (4, 2, 1)
    assert result["n_of_class"] == {"positive": 2, "negative": 2, "surprise": 0}
    assert result["by_dataset"]["made up"]["uf1"] == result["uf1"]


@pytest.mark.parametrize("train", [False, True])
def test_without_any_face_everything_is_missed(train: bool) -> None:
    assert recognized([sample("a", "positive", None)], train=train) == [None]


def test_spotting_counts_micro_and_macro_apart() -> None:
    found = (move(1.0, 1.19), move(3.0, 4.0), move(3.5, 3.7))
    result = spotting([Spotted(CLIP, found)])
    assert result["micro"] == {
        "n_true": 1,
        "n_found": 2,
        "n_hit": 1,
        "precision": 0.5,
        "recall": 1.0,
        "f1": 0.6667,
    }
    assert result["macro"]["f1"] == 1.0
    # Both together: 2 hits of 2 true and 3 found.
    assert result["all"]["f1"] == 0.8


def test_strs_is_spotting_times_analysis_of_micro_expressions() -> None:
    other = replace(CLIP, subject="b", labels=(replace(CLIP.labels[0], megc_class="positive"),))
    clips = [
        Spotted(CLIP, (move(1.0, 1.2), move(2.0, 2.2))),
        Spotted(other, (move(1.0, 1.2, name="negative"),)),
    ]
    result = spotting(clips)
    # Spotting: 2 hits of 2 true and 3 found, F1 0.8. Analysis: negative has a hit and a false
    # one, F1 2/3; positive is missed, F1 0; the mean is 1/3.
    assert result["micro"]["f1"] == 0.8
    assert result["analysis"] == {"n": 2, "uf1": 0.3333, "uar": 0.5}
    assert result["strs"] == pytest.approx(0.8 / 3, abs=1e-4)


def test_strs_is_zero_without_a_hit_and_null_without_classes() -> None:
    assert spotting([Spotted(CLIP, (move(2.0, 2.2),))])["strs"] == 0.0
    unnamed = replace(CLIP, labels=(replace(CLIP.labels[0], megc_class=None),))
    assert spotting([Spotted(unnamed, (move(1.0, 1.2),))])["strs"] is None


def test_overlap_counts_whole_frames_with_the_last_one_within() -> None:
    # Labelled frames 101-120 are 20 frames; 1.00-1.09 s are frames 101-110, ten of them.
    assert len(Spotted(CLIP, (move(1.0, 1.09),)).pairs("micro")) == 1
    assert len(Spotted(CLIP, (move(1.0, 1.08),)).pairs("micro")) == 0


def test_movements_of_a_video_without_labels_are_false() -> None:
    empty = replace(CLIP, subject="b", labels=())
    result = spotting([Spotted(CLIP, (move(1.0, 1.2),)), Spotted(empty, (move(1.0, 1.2),))])
    assert (result["micro"]["n_found"], result["micro"]["n_hit"]) == (2, 1)


def test_what_is_less_certain_than_asked_does_not_count() -> None:
    one = Spotted(CLIP, (move(1.0, 1.2, 0.45),))
    assert one.counts("micro").n_found == 0
    assert replace(one, least=0.4).counts("micro").n_found == 1


def test_the_threshold_is_the_one_with_the_best_f1() -> None:
    found = (move(1.0, 1.2, 0.65), move(2.0, 2.2, 0.5), move(5.0, 5.2, 0.3))
    assert best_threshold([(CLIP, found)]) == 0.6
    assert best_threshold([]) == LEAST_PROBABILITY
