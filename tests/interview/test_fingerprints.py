"""`facesign.Fingerprints`, with an encoder that stands in for a trained one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from customer_prints import PROOF, enroll, opened, probe, thirds
from voices import FixedMatcher, FixedPoint, SpectrumEncoder, claire, said

import facesign
from facesign.biometrics.gallery.gates import Gates
from facesign.biometrics.gallery.matching import Decision, Point
from facesign.biometrics.gallery.watch_list import WatchReason
from facesign.biometrics.stream import FloatArray, Sound
from facesign.biometrics.voiceprint.operating import decide
from facesign.biometrics.voiceprint.voiceprint import Voiceprint
from facesign.errors import (
    AlreadyEnrolledError,
    EnrollmentError,
    ItemError,
    MediaError,
    SettingsError,
    ShapeError,
    TemplateMismatchError,
    UnknownCustomerError,
    WatchListError,
)
from facesign.interview.fingerprints import Fingerprints

RATE = 16_000
WHY = WatchReason("signed as two people", "record-9", ("Li", "Wang"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def prints(home: Path) -> Iterator[Fingerprints]:
    with opened(home) as made:
        yield made


def test_the_front_door_has_it() -> None:
    assert facesign.Fingerprints is Fingerprints


def test_an_enrollment_says_what_was_made(prints: Fingerprints) -> None:
    made = prints.enroll("C-1", thirds(claire())[:2], **PROOF)
    assert made.enrolled.n_templates == 2
    assert made.net_speech_s == pytest.approx(6.92, abs=0.1)
    assert (made.purposes, made.channels) == (("verify", "duplicate_search"), ("wideband",))
    assert made.model == prints.model == "spectrum@555555555555"
    assert made.to_dict()["status"] == "provisional"
    assert "C-1" not in repr(made)


def test_a_provisional_voiceprint_never_matches(prints: Fingerprints) -> None:
    enroll(prints)
    result = prints.verify("C-1", probe())
    assert result.llr is not None
    assert result.llr > 0
    assert (result.decision, result.reasons) == ("inconclusive", ("provisional",))
    other = prints.verify("C-1", said("screen-replay", "applicant"))
    assert other.decision == "no_match"


def test_a_confirmed_voiceprint_matches_its_voice_and_no_other(prints: Fingerprints) -> None:
    enroll(prints)
    assert prints.confirm("C-1", by="Wang") == 1
    same = prints.verify("C-1", probe(), record="record-2")
    assert (same.decision, same.n_references, same.status) == ("match", 2, "confirmed")
    assert same.point is not None
    assert same.to_dict()["operating_point"] == {
        "name": "default",
        "threshold": 0.0,
        "fmr": 0.01,
        "fnmr": 0.05,
        "measured_on": "voices of a synthesizer",
        "validated_for": "nobody",
    }
    other = prints.verify("C-1", said("screen-replay", "applicant"))
    assert (other.decision, other.score is None) == ("no_match", False)


class UnsureMatcher(FixedMatcher):
    def decide(self, llr: float, point: Point, probe: Voiceprint) -> Decision:
        return decide(0.5, FixedPoint("far", 1.0, 0.01), probe)


def test_a_ratio_between_the_thresholds_is_the_reason(home: Path) -> None:
    with opened(home, matcher=UnsureMatcher()) as prints:
        enroll(prints)
        provisional = prints.verify("C-1", probe())
        assert provisional.reasons == ("between_thresholds", "provisional")
        prints.confirm("C-1", by="Wang")
        result = prints.verify("C-1", probe())
    assert (result.decision, result.reasons) == ("inconclusive", ("between_thresholds",))


def test_added_recordings_stay_provisional_beside_confirmed_ones(prints: Fingerprints) -> None:
    enroll(prints)
    prints.confirm("C-1", by="Wang")
    prints.enroll("C-1", [said("screen-replay", "applicant")], add=True, channel="branch")
    assert prints.verify("C-1", probe()).n_references == 2
    assert prints.verify("C-1", said("screen-replay", "applicant")).decision == "no_match"


def test_every_verification_is_in_the_history(prints: Fingerprints) -> None:
    enroll(prints)
    first = prints.verify("C-1", probe(), record="record-2")
    prints.verify("C-1", said("screen-replay", "applicant"))
    found = prints.history("C-1").to_dict()
    assert [one["decision"] for one in found["verifications"]] == ["inconclusive", "no_match"]
    assert found["verifications"][0]["llr"] == round(first.llr or 0, 4)
    assert found["verifications"][0]["record"] == "record-2"
    assert found["enrollments"][0]["identity_proof"] == "network check 77"


def test_a_verifier_compares_again_and_again_and_keeps_what_it_is_told_to(
    prints: Fingerprints,
) -> None:
    enroll(prints)
    prints.confirm("C-1", by="Wang")
    verifier = prints.verifier("C-1", record="record-2")
    decisions = [verifier.verify(part).decision for part in thirds(claire())]
    assert decisions == ["match", "match", "match"]
    assert verifier.verify(said("screen-replay", "applicant")).decision == "no_match"
    assert prints.history("C-1").events == []
    prints.keep(verifier.verify(probe()))
    (event,) = prints.history("C-1").events
    assert (event.fields["decision"], event.fields["record"]) == ("match", "record-2")


def test_a_search_finds_who_sounds_most_like_it(prints: Fingerprints) -> None:
    enroll(prints, "C-1")
    enroll(prints, "C-2", said("screen-replay", "applicant"))
    for customer in ("C-1", "C-2"):
        prints.confirm(customer, by="Wang")
    found = prints.search(probe(), top=5)
    assert [one.customer for one in found.candidates] == ["C-1", "C-2"]
    assert [one.above_threshold for one in found.candidates] == [True, False]
    assert (found.status, found.n_people) == ("assessed", 2)
    assert found.expected_false == pytest.approx(2 * 0.001)
    assert found.point is not None
    assert found.point.name == "strict"
    assert len(prints.search(probe(), top=1).candidates) == 1


def test_a_provisional_voiceprint_is_never_above_the_threshold_of_a_search(
    prints: Fingerprints,
) -> None:
    enroll(prints)
    (found,) = prints.search(probe()).candidates
    assert (found.status, found.above_threshold) == ("provisional", None)
    assert found.llr is not None
    assert found.llr > 2.0


def test_an_unconfirmed_addition_lifts_no_confirmed_candidate(prints: Fingerprints) -> None:
    enroll(prints, voice=said("screen-replay", "applicant"))
    prints.confirm("C-1", by="Wang")
    (before,) = prints.search(probe()).candidates
    prints.enroll("C-1", thirds(claire())[:1], add=True, **PROOF)
    (after,) = prints.search(probe()).candidates
    assert (after.status, after.above_threshold) == ("confirmed", False)
    assert after.score == before.score
    prints.confirm("C-1", by="Wang")
    (confirmed,) = prints.search(probe()).candidates
    assert (confirmed.status, confirmed.above_threshold) == ("confirmed", True)


def test_a_search_with_more_than_one_false_candidate_to_expect_is_not_assessed(home: Path) -> None:
    loose = FixedMatcher(FixedPoint("loose", 0.0, 0.6))
    with opened(home, matcher=loose) as prints:
        enroll(prints, "C-1")
        assert prints.search(probe()).status == "assessed"
        enroll(prints, "C-2", said("screen-replay", "applicant"))
        found = prints.search(probe())
    assert (found.status, found.reason) == ("not_assessed", "too_many_false_candidates")
    assert found.expected_false == pytest.approx(1.2)
    assert [one.above_threshold for one in found.candidates] == [None, None]


def test_a_search_reads_templates_of_its_purpose_only(prints: Fingerprints) -> None:
    prints.enroll("C-1", thirds(claire())[:2], purposes=["verify"])
    assert prints.search(probe()).candidates == ()
    assert prints.search(probe()).n_people == 0
    prints.watch_list.add("CASE-7", thirds(claire())[:2], WHY, days=30)
    assert prints.search(probe()).candidates == ()
    (found,) = prints.search(probe(), purpose="watch_list").candidates
    assert found.watch is not None
    assert (found.customer, found.watch.why.evidence_record) == ("CASE-7", "record-9")


def test_a_cleared_entry_stays_listed_and_is_not_found(prints: Fingerprints) -> None:
    prints.watch_list.add("CASE-7", thirds(claire())[:2], WHY, days=30)
    prints.watch_list.clear("CASE-7", by="Zhao")
    (entry,) = prints.watch_list.entries()
    assert (entry.status, entry.cleared_by) == ("cleared: related person", "Zhao")
    assert prints.search(probe(), purpose="watch_list").candidates == ()


def test_the_watch_list_has_an_end_and_two_approvers(prints: Fingerprints) -> None:
    with pytest.raises(WatchListError, match="within 12 months"):
        prints.watch_list.add("CASE-7", thirds(claire())[:2], WHY, days=366)
    with pytest.raises(WatchListError, match="two different approvers, got Li, li"):
        WatchReason("signed as two people", "record-9", ("Li", "li"))
    with pytest.raises(WatchListError, match="needs a evidence record"):
        WatchReason("signed as two people", " ", ("Li", "Wang"))


def test_a_revoked_customer_is_gone_from_verification_and_search(prints: Fingerprints) -> None:
    enroll(prints)
    prints.search(probe())
    prints.verify("C-1", probe())
    gone = prints.revoke("C-1", because="consent withdrawn")
    assert (gone.n_templates, gone.n_verifications) == (2, 1)
    assert prints.search(probe()).candidates == ()
    with pytest.raises(UnknownCustomerError):
        prints.verify("C-1", probe())
    ((_, because),) = prints.history("C-1").revocations
    assert because == "consent withdrawn"


def test_a_new_voiceprint_replaces_the_old_one_and_says_how_alike_they_are(
    prints: Fingerprints,
) -> None:
    enroll(prints)
    prints.confirm("C-1", by="Wang")
    same = prints.re_enroll("C-1", [probe()], **PROOF)
    assert same.previous_llr is not None
    assert same.previous_llr > 0
    other = prints.re_enroll("C-1", [said("screen-replay", "applicant")])
    assert other.previous_llr is not None
    assert other.previous_llr < 0
    assert prints.verify("C-1", probe()).status == "provisional"


def test_a_template_of_another_model_is_not_compared_but_listed_as_due(home: Path) -> None:
    with opened(home) as prints:
        enroll(prints)
    with opened(home, encoder=SpectrumEncoder(sha256="6" * 64)) as newer:
        with pytest.raises(TemplateMismatchError, match=r"spectrum@5555.* spectrum@6666"):
            newer.verify("C-1", probe())
        assert newer.search(probe()).n_people == 0
        ((customer, reason),) = [(one.customer, one.reason) for one in newer.due()]
        assert (customer, reason) == ("C-1", "other_model")
        newer.re_enroll("C-1", thirds(claire())[:2])
        assert newer.due() == []


def test_a_customer_is_enrolled_once(prints: Fingerprints) -> None:
    enroll(prints)
    with pytest.raises(AlreadyEnrolledError):
        enroll(prints)


def test_too_little_speech_is_refused_with_all_reasons(prints: Fingerprints) -> None:
    with pytest.raises(EnrollmentError) as refused:
        prints.enroll("C-1", [claire()[: int(0.4 * RATE)], claire()[: 3 * RATE]])
    assert "recording 1: 0." in str(refused.value)
    assert "s of speech in all, expected 3 s or more" in str(refused.value)
    with pytest.raises(UnknownCustomerError):
        prints.history("C-1")


def test_clipped_and_noisy_recordings_are_refused(prints: Fingerprints) -> None:
    loud = np.clip(claire() * 30, -1, 1)
    noise = np.random.default_rng(0).normal(0, 0.03, len(claire())).astype(np.float32)
    with pytest.raises(EnrollmentError, match=r"recording 1: clipped \(\d+"):
        prints.enroll("C-1", [loud])
    with pytest.raises(EnrollmentError, match=r"recording 1: noisy \(\d+ dB"):
        prints.enroll("C-1", [np.clip(claire() + noise, -1, 1)])


def test_recordings_of_two_people_are_refused(home: Path) -> None:
    with opened(home, gates=Gates(least_split_cosine=0.9)) as prints:
        both = np.concatenate([claire()[: 12 * RATE], said("screen-replay", "applicant")])
        with pytest.raises(EnrollmentError, match="recording 1: more than one voice"):
            prints.enroll("C-1", [both])
        with pytest.raises(EnrollmentError, match="another voice than the other recordings"):
            prints.enroll("C-1", [probe(), said("screen-replay", "applicant")])


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(5 * RATE, dtype=np.float32),
        (0.3 * np.sin(np.arange(5 * RATE) * 440 * 2 * np.pi / RATE)).astype(np.float32),
        np.zeros(0, dtype=np.float32),
    ],
    ids=["silence", "a tone", "nothing"],
)
def test_what_is_no_speech_is_refused_and_decides_nothing(
    prints: Fingerprints, sound: FloatArray
) -> None:
    with pytest.raises(EnrollmentError, match=r"0\.0 s of speech"):
        prints.enroll("C-1", [sound])
    enroll(prints)
    result = prints.verify("C-1", sound)
    assert (result.decision, result.score, result.llr) == ("inconclusive", None, None)
    assert "short_speech" in result.reasons
    found = prints.search(sound)
    assert (found.status, found.reason, found.candidates) == ("not_assessed", "short_speech", ())


def test_what_is_no_sound_is_an_error(prints: Fingerprints, tmp_path: Path) -> None:
    text = tmp_path / "voice.flac"
    text.write_bytes(b"fLaC but not really")
    enroll(prints)
    with pytest.raises(ItemError, match="samples must be finite, got 2 that are not"):
        prints.verify("C-1", np.array([0.0, np.nan, np.inf], dtype=np.float32))
    with pytest.raises(ItemError, match="float32"):
        prints.verify("C-1", np.zeros(100))  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="mono at 16 kHz"):
        prints.verify("C-1", np.zeros((100, 2), dtype=np.float32))
    with pytest.raises(MediaError, match=r"voice\.flac"):
        prints.verify("C-1", text)
    with pytest.raises(MediaError, match="no such file"):
        prints.enroll("C-2", [tmp_path / "none.wav"])
    assert prints.history("C-1").events == []


def test_a_sound_can_come_in_pieces(prints: Fingerprints) -> None:
    enroll(prints)
    whole = prints.verify("C-1", probe())
    pieces = [Sound(i / RATE, probe()[i : i + 3200]) for i in range(0, len(probe()), 3200)]
    assert prints.verify("C-1", pieces).score == pytest.approx(whole.score, abs=1e-5)


def test_options_that_are_not_allowed_are_named(prints: Fingerprints) -> None:
    enroll(prints)
    with pytest.raises(SettingsError, match="no operating point is named 'lax'; there are default"):
        prints.verify("C-1", probe(), point="lax")
    with pytest.raises(SettingsError, match="a search is for duplicate_search or watch_list"):
        prints.search(probe(), purpose="verify")
    with pytest.raises(SettingsError, match="top must be from 1 to 100"):
        prints.search(probe(), top=0)
    with pytest.raises(SettingsError, match="purposes must be from"):
        prints.enroll("C-2", [probe()], purposes=["watch_list"])
    with pytest.raises(SettingsError, match="at least 1 day"):
        prints.enroll("C-2", [probe()], retain_days=0)
    with pytest.raises(SettingsError, match="1 to 128 printable"):
        prints.enroll(" ", [probe()])
