from __future__ import annotations

from dataclasses import replace

import pytest
from session_factory import GOOD_PICTURE, GOOD_VOICE, calm_face, face, reading
from voice_factory import compared_at, turn

from facesign.biometrics.face.quality import PictureQuality
from facesign.biometrics.voice.quality import VoiceQuality
from facesign.interview.capture import capture_quality
from facesign.interview.checks import Conditions, run_checks, voice_observations
from facesign.interview.consent import ConsentBook
from facesign.interview.findings import Findings
from facesign.interview.flags import ExternalEvidence, flags_from
from facesign.interview.voices import VoiceResult

GOOD = Conditions(
    has_video=True,
    has_audio=True,
    behaviour_off=None,
    face_refused=False,
    voice_refused=False,
    has_baseline=True,
    speakers_known=True,
    voice=GOOD_VOICE,
)
ORDER = [
    *("consent", "quality", "identity", "genuineness"),
    *("face", "voice", "search", "behaviour", "voice_behaviour", "movements"),
]


def findings(
    duration_s: float = 10.0, rate_hz: float = 30.0, picture: PictureQuality = GOOD_PICTURE
) -> Findings:
    found = Findings()
    for n in range(round(duration_s * rate_hz)):
        found.add(face(n / rate_hz, picture=picture))
    found.add(reading([0.0, 0.1]))
    return found


def states(
    conditions: Conditions = GOOD,
    found: Findings | None = None,
    evidence: tuple[ExternalEvidence, ...] = (),
    required: tuple[str, ...] = (),
) -> dict[str, tuple[bool | None, str | None]]:
    found = found or findings()
    quality = [
        *capture_quality(found),
        *voice_observations(conditions.voice if conditions.has_audio else None, 10.0),
    ]
    checks = run_checks(found, quality, (), evidence, ConsentBook(), conditions, required)
    assert [check.check for check in checks] == ORDER
    return {check.check: (check.finding, check.reason) for check in checks}


def heard(*reasons: str) -> Conditions:
    return replace(GOOD, voice=replace(GOOD_VOICE, reasons=reasons))  # type: ignore[arg-type]


def test_a_good_session_lacks_consent_identity_and_genuineness() -> None:
    assert {name: why for name, (made, why) in states().items() if made is None} == {
        "consent": "no_consent_recorded",
        "identity": "no_evidence",
        "genuineness": "no_analyser",
        "voice": "no_voiceprint",
        "search": "not_searched",
    }


def compared_voice(*results: VoiceResult) -> tuple[bool | None, str | None]:
    found = findings()
    for event in results:
        found.add(event)
    return states(replace(GOOD, unverified=None), found)["voice"]


def test_a_compared_voice_is_checked() -> None:
    assert compared_voice(compared_at(0.0, is_whole=True)) == (False, None)


def test_a_voice_flag_is_a_finding_of_the_voice_and_not_of_the_face() -> None:
    found = findings()
    mismatch = compared_at(0.0, "no_match", -2.0, is_whole=True)
    found.add(mismatch)
    flags = flags_from(
        (), (), first_found_s=0.0, others_declared=False, reliability="high", comparisons=[mismatch]
    )
    made = run_checks(
        found, (), flags, (), ConsentBook(), replace(GOOD, unverified=None), ("voice",)
    )
    seen = {check.check: (check.finding, check.required) for check in made}
    assert seen["voice"] == (True, True)
    assert seen["face"] == (False, False)


def test_a_voice_that_cannot_be_decided_on_is_not_assessed() -> None:
    open_ended = compared_at(0.0, "inconclusive", None, is_whole=True, reasons=("provisional",))
    assert compared_voice(open_ended) == (None, "provisional")


def test_a_voice_beside_others_is_not_assessed_unless_lips_tell_whose_it_is() -> None:
    found = findings()
    found.add(replace(turn(0.0, 2.0), basis="own_track"))
    shared = replace(GOOD, unverified=None, others_declared=True)
    assert states(shared, found)["voice"] == (None, "shared_microphone")


def test_a_voice_that_was_never_told_apart_is_not_assessed() -> None:
    assert compared_voice() == (None, "speakers_not_separated")
    found = findings()
    found.add(turn(0.0, 2.0))
    with_turn = states(replace(GOOD, unverified=None), found)["voice"]
    assert with_turn == (None, "too_little_speech")


def test_genuineness_is_always_required_and_the_rest_as_asked() -> None:
    found = findings()
    checks = run_checks(
        found, list(capture_quality(found)), (), (), ConsentBook(), GOOD, ("consent",)
    )
    assert [check.check for check in checks if check.required] == ["consent", "genuineness"]


@pytest.mark.parametrize("missing", ["recording", "face", "voice"])
def test_consent_takes_recording_face_and_voice(missing: str) -> None:
    book = ConsentBook()
    for purpose in ("recording", "face", "voice"):
        if purpose != missing:
            book.add(purpose, text="en-1", given_by="C-1")
    found = findings()
    quality = list(capture_quality(found))

    def state() -> tuple[bool | None, str | None]:
        check = run_checks(found, quality, (), (), book, GOOD, ())[0]
        return check.finding, check.reason

    assert state() == (None, "no_consent_recorded")
    book.add(missing, text="en-1", given_by="C-1")
    assert state() == (False, None)
    book.add(missing, text="en-1", given_by="C-1", granted=False)
    assert state() == (None, "consent_refused")


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ((), (None, "no_evidence")),
        (("inconclusive",), (None, "evidence_inconclusive")),
        (("inconclusive", "match"), (False, None)),
        (("match", "no_match"), (True, None)),
    ],
)
def test_identity_rests_on_what_other_systems_found(
    results: tuple[str, ...], expected: tuple[bool | None, str | None]
) -> None:
    evidence = tuple(
        ExternalEvidence("bank", "identity", result, None, 0.0)  # type: ignore[arg-type]
        for result in results
    )
    assert states(evidence=evidence)["identity"] == expected


@pytest.mark.parametrize(
    ("conditions", "reason"),
    [
        (replace(GOOD, has_audio=False), "no_sound"),
        (heard("silent_track"), "silent_sound"),
        (heard("low_snr"), "noisy"),
        (heard("short_speech"), "too_little_speech"),
    ],
)
def test_a_voice_that_cannot_be_heard_leaves_quality_open(
    conditions: Conditions, reason: str
) -> None:
    assert states(conditions)["quality"] == (None, reason)


@pytest.mark.parametrize("reason", ["clipped", "narrowband"])
def test_a_voice_that_is_worse_but_heard_does_not(reason: str) -> None:
    assert states(heard(reason))["quality"] == (False, None)


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (replace(GOOD_PICTURE, inter_ocular_px=30.0), "inter_eye_distance"),
        (replace(GOOD_PICTURE, sharpness=0.01), "sharpness"),
        (replace(GOOD_PICTURE, brightness=10.0, eye_whites=20.0), "under_exposure"),
        (replace(GOOD_PICTURE, over_exposed=0.9), "over_exposure"),
    ],
)
def test_a_picture_that_cannot_be_used_leaves_quality_open(
    picture: PictureQuality, reason: str
) -> None:
    assert states(found=findings(picture=picture))["quality"] == (None, reason)


@pytest.mark.parametrize(
    ("conditions", "reason"),
    [
        (replace(GOOD, has_video=False), "no_video"),
        (replace(GOOD, face_refused=True), "consent_refused"),
    ],
)
def test_without_a_picture_neither_face_nor_behaviour_is_assessed(
    conditions: Conditions, reason: str
) -> None:
    made = states(conditions)
    for name in ("face", "behaviour", "movements"):
        assert made[name] == (None, reason)


def test_less_than_three_seconds_of_a_face_are_too_short() -> None:
    assert states(found=findings(2.9))["face"] == (None, "too_short")
    assert states(found=findings(3.1))["face"] == (False, None)


def test_behaviour_needs_a_baseline() -> None:
    made = states(replace(GOOD, has_baseline=False))
    assert made["behaviour"] == made["movements"] == (None, "baseline_short")


def test_brief_movements_need_fifteen_frames_a_second_and_forty_pixels() -> None:
    small = replace(GOOD_PICTURE, inter_ocular_px=39.0)
    assert states(found=findings(rate_hz=12.0))["movements"] == (None, "frame_rate")
    assert states(found=findings(rate_hz=15.0))["movements"] == (False, None)
    assert states(found=findings(picture=small))["movements"] == (None, "inter_eye_distance")


@pytest.mark.parametrize(
    ("conditions", "reason"),
    [
        (replace(GOOD, has_audio=False, voice=None), "no_sound"),
        (replace(GOOD, voice=None), "no_sound"),
        (replace(GOOD, voice_refused=True, voice=None), "consent_refused"),
        (heard("silent_track"), "silent_sound"),
        (replace(GOOD, speakers_known=False), "speakers_not_separated"),
        (replace(GOOD, behaviour_off="behaviour_off"), "behaviour_off"),
    ],
)
def test_voice_behaviour_needs_the_applicant_s_own_voice(
    conditions: Conditions, reason: str
) -> None:
    assert states(conditions)["voice_behaviour"] == (None, reason)


def test_the_quality_of_a_voice_is_graded_by_its_reasons() -> None:
    voice = VoiceQuality(5.0, 0.2, 20.0, 8000.0, ("low_snr", "clipped"))
    rows = {o.name: o for o in voice_observations(voice, 30.0)}
    assert (rows["voice.snr"].value, rows["voice.snr"].quality) == (5.0, 0.0)
    assert rows["voice.clipping"].quality == 0.0
    assert rows["voice.net_speech"].quality == 1.0
    assert {(o.start_s, o.end_s, o.subject) for o in rows.values()} == {(0.0, 30.0, "session")}


def test_a_calm_face_is_as_good_as_the_builder_says() -> None:
    found = Findings()
    for event in calm_face(10.0):
        found.add(event)
    assert {o.quality for o in capture_quality(found)} == {1.0}
