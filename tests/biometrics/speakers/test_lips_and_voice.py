from __future__ import annotations

import numpy as np
import pytest

from facesign.biometrics.speakers.lips import LipEvidence, LipTrack, pooled
from facesign.biometrics.stream import FloatArray

TIME_S = np.arange(0, 10, 1 / 30)


def mouth(opening: FloatArray) -> LipTrack:
    track = LipTrack()
    track.push(TIME_S, opening)
    return track


def opening(size: float, hz: float = 3.0) -> FloatArray:
    return np.asarray(size * np.sin(2 * np.pi * hz * TIME_S), np.float32)


def test_a_mouth_that_opens_and_closes_moves() -> None:
    track = mouth(opening(0.1))
    assert track.variation_iod(1.0, 2.5) == pytest.approx(0.1 / np.sqrt(2), rel=0.05)
    assert track.evidence(1.0, 2.5) == LipEvidence(1, 1)


def test_a_resting_mouth_and_a_slow_smile_do_not() -> None:
    slowly = np.asarray(0.2 * TIME_S / 10, np.float32)
    assert mouth(opening(0.01)).evidence(1.0, 2.5) == LipEvidence(1, 0)
    assert mouth(slowly).evidence(1.0, 2.5) == LipEvidence(1, 0)


def test_lips_are_looked_at_a_tenth_of_a_second_before_the_sound() -> None:
    talks_until_5 = np.where(TIME_S < 5.0, opening(0.1), 0.0).astype(np.float32)
    track = mouth(talks_until_5)
    assert track.variation_iod(5.2, 6.7) == pytest.approx(0.0, abs=1e-6)
    late = track.variation_iod(5.05, 6.55)
    assert late is not None
    assert late > 0.001


def test_no_face_is_no_evidence() -> None:
    lost = np.full(len(TIME_S), np.nan, np.float32)
    assert mouth(lost).evidence(1.0, 2.5) is None
    assert mouth(opening(0.1)).evidence(20.0, 21.5) is None
    assert mouth(opening(0.1)).evidence(1.0, 1.4) is None


def test_evidence_adds_up() -> None:
    assert pooled([LipEvidence(1, 1), None, LipEvidence(3, 1)]) == LipEvidence(4, 2)
    assert pooled([None]) is None


@pytest.mark.parametrize(
    ("evidence", "follow", "rest"),
    [
        (LipEvidence(10, 7), True, False),
        (LipEvidence(10, 5), False, False),
        (LipEvidence(10, 3), False, True),
        (LipEvidence(2, 2), False, False),
        (LipEvidence(2, 0), False, False),
    ],
)
def test_lips_follow_rest_or_tell_nothing(evidence: LipEvidence, follow: bool, rest: bool) -> None:
    assert (evidence.follow, evidence.rest) == (follow, rest)
