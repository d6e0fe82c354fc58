"""What a session is given to tell voices apart and compare them, and what it keeps of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from tone_voices import LOW_HZ, tone
from voices import FixedMatcher, SpectrumEncoder, claire, said

import facesign
from facesign.biometrics.stream import FloatArray, Sound
from facesign.errors import (
    GalleryError,
    KeyFileError,
    MediaError,
    SettingsError,
    ShortSpeechError,
)
from facesign.interview import voice_defaults
from facesign.interview.consent import PURPOSES
from facesign.interview.fingerprints import Fingerprints
from facesign.interview.home import Home, Settings
from facesign.interview.live.conduct import Conduct
from facesign.interview.live.plan import SessionPlan
from facesign.interview.report import Report
from facesign.interview.script import load_script
from facesign.interview.session import Session
from facesign.interview.voice_session import keep_comparison, open_voices
from facesign.interview.voices import Voices

PROOF = {"identity_proof": "network check 77", "record": "record-1"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(voice_defaults, "default_encoder", lambda home: SpectrumEncoder())
    monkeypatch.setattr(voice_defaults, "default_matcher", lambda encoder, home: FixedMatcher())
    return Home(tmp_path / "home")


def parts(samples: FloatArray) -> list[FloatArray]:
    return np.array_split(samples, 3)


def enroll(home: Home, url: str | None = None, *, confirm: bool = True) -> None:
    with Fingerprints.open(url, home=home) as prints:
        prints.enroll("C-1", parts(claire())[:2], **PROOF)  # type: ignore[arg-type]
        if confirm:
            prints.confirm("C-1", by="Wang")


def test_the_front_door_has_it() -> None:
    assert facesign.open_voices is open_voices


def test_without_a_customer_voices_are_only_told_apart(home: Home) -> None:
    enroll(home)
    opened = open_voices(home=home)
    assert (opened.verifier, opened.unverified) == (None, "no_voiceprint")
    assert opened.models == ("spectrum", "overlapped-speech")


def test_a_gallery_that_is_not_there_is_not_made(home: Home) -> None:
    opened = open_voices(customer="C-1", home=home)
    assert (opened.verifier, opened.unverified) == (None, "no_voiceprint")
    assert not home.root.exists()


def test_a_gallery_that_is_named_must_be_there(home: Home, tmp_path: Path) -> None:
    with pytest.raises(GalleryError, match="is not there; facesign voice enroll makes"):
        open_voices(customer="C-1", gallery=f"sqlite:///{tmp_path}/no.db", home=home)
    with pytest.raises(GalleryError, match="expected sqlite:///FILE"):
        open_voices(customer="C-1", gallery="mysql://bank", home=home)
    assert list(tmp_path.iterdir()) == []


def test_the_gallery_of_the_settings_is_used_by_all(home: Home, tmp_path: Path) -> None:
    home.make(home.root)
    home.config.write_text(f'gallery = "sqlite:///{tmp_path}/bank.db"\n', "utf-8")
    enroll(home)
    assert (tmp_path / "bank.db").is_file()
    assert not home.gallery.exists()
    assert open_voices(customer="C-1", home=home).verifier is not None


def test_a_setting_that_is_no_address_is_refused(home: Home) -> None:
    home.make(home.root)
    home.config.write_text("gallery = 5\n", "utf-8")
    with pytest.raises(SettingsError, match="gallery must be sqlite:///FILE"):
        home.settings()
    assert "bank" not in repr(Settings(gallery="postgresql+psycopg://u:secret@bank/g"))


def test_a_customer_without_a_voiceprint_is_not_compared(home: Home) -> None:
    enroll(home)
    opened = open_voices(customer="C-2", home=home)
    assert (opened.verifier, opened.unverified) == (None, "no_voiceprint")


def test_a_revoked_voiceprint_is_not_compared(home: Home) -> None:
    enroll(home)
    with Fingerprints.open(home=home) as prints:
        prints.revoke("C-1")
    assert open_voices(customer="C-1", home=home).unverified == "no_voiceprint"


def test_a_voiceprint_of_another_model_is_named_as_such(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    enroll(home)
    other = SpectrumEncoder(sha256="6" * 64)
    monkeypatch.setattr(voice_defaults, "default_encoder", lambda home: other)
    opened = open_voices(customer="C-1", home=home)
    assert (opened.verifier, opened.unverified) == (None, "voiceprint_of_other_model")


def test_another_master_key_opens_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    enroll(home)
    monkeypatch.setenv("FACESIGN_MASTER_KEY", "B" * 43 + "=")
    with pytest.raises(KeyFileError):
        open_voices(customer="C-1", home=home)


def test_a_provisional_voiceprint_never_matches_in_a_session(home: Home) -> None:
    enroll(home, confirm=False)
    verifier = open_voices(customer="C-1", home=home).verifier
    assert verifier is not None
    verdict = verifier.verify(parts(claire())[2])
    assert (verdict.decision, tuple(verdict.reasons)) == ("inconclusive", ("provisional",))
    assert verifier.verify(said("screen-replay", "applicant")).decision == "no_match"


def test_the_gallery_is_not_held_open_during_a_session(home: Home) -> None:
    enroll(home)
    verifier = open_voices(customer="C-1", home=home).verifier
    assert verifier is not None
    with Fingerprints.open(home=home) as prints:
        prints.revoke("C-1")
    assert verifier.verify(parts(claire())[2]).decision == "match"


def test_the_last_comparison_is_kept_under_the_sessions_name(home: Home) -> None:
    enroll(home)
    opened = open_voices(customer="C-1", home=home)
    assert keep_comparison(opened, record="session-7") is False
    assert opened.verifier is not None
    opened.verifier.verify(said("screen-replay", "applicant"))
    opened.verifier.verify(parts(claire())[2])
    assert keep_comparison(opened, record="session-7") is True
    with Fingerprints.open(home=home) as prints:
        (event,) = prints.history("C-1").events
    assert (event.fields["decision"], event.fields["record"]) == ("match", "session-7")


def test_the_officers_sample_is_held_in_memory_alone(home: Home, tmp_path: Path) -> None:
    opened = open_voices(home=home, officer_sample=claire())
    assert opened.officer_sample is not None
    assert len(opened.officer_sample) / 16_000 == pytest.approx(10.3, abs=0.2)
    assert list(tmp_path.iterdir()) == []
    assert "array" not in repr(opened)


def test_an_officers_sample_that_says_too_little_is_refused(home: Home, tmp_path: Path) -> None:
    with pytest.raises(ShortSpeechError, match="at least 3 s needed"):
        open_voices(home=home, officer_sample=tone(LOW_HZ, 10.0))
    with pytest.raises(MediaError, match="no such file"):
        open_voices(home=home, officer_sample=tmp_path / "no.wav")


class Opening:
    """Counts how often voices are opened."""

    def __init__(self) -> None:
        self.n = 0

    def __call__(self) -> Voices:
        self.n += 1
        return Voices(SpectrumEncoder())


def session(opening: Opening, *granted: str, refused: Sequence[str] = ()) -> Session:
    made = Session(settings=Settings(), voices=opening)
    for purpose in granted:
        made.consent(purpose=purpose, text="en-1", given_by="C-1")
    for purpose in refused:
        made.consent(purpose=purpose, text="en-1", given_by="C-1", granted=False)
    return made


def test_voices_are_opened_once_and_with_the_first_sound_that_may_be_analyzed() -> None:
    opening = Opening()
    open_session = session(opening, "recording", "voice")
    assert (opening.n, open_session.voices) == (0, None)
    for second in range(3):
        open_session.push(Sound(float(second), np.zeros(16_000, np.float32)))
    assert opening.n == 1
    assert open_session.voices is not None
    open_session.close()


def test_nothing_is_opened_where_voice_was_refused() -> None:
    opening = Opening()
    closed = session(opening, "recording", refused=("voice",))
    closed.push(Sound(0.0, np.zeros(16_000, np.float32)))
    closed.close()
    assert opening.n == 0


@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_live_comparison_is_kept_unless_consent_to_voice_was_withdrawn(
    home: Home, withdrawn: bool
) -> None:
    enroll(home)
    conduct = Conduct(
        session_id="01a22c12-acbc-73b5-a315-fe17bf3ec691",
        created_at=datetime.now(UTC),
        plan=SessionPlan("C-1", load_script("car-loan-en"), lang="en"),
        home=home,
    )
    for purpose in PURPOSES:
        given = {"purpose": purpose, "granted": True, "text": "en-2026-11", "lang": "en"}
        conduct.apply("consent", given, time_s=0.0)
    conduct.open()
    conduct.push(Sound(0.0, claire()[:16_000], "applicant"))
    assert conduct.session is not None
    assert conduct.session.voices is not None
    assert conduct.session.voices.verifier is not None
    conduct.session.voices.verifier.verify(parts(claire())[2])
    conduct.report = cast(Report, SimpleNamespace(identity={"voice": "compared"}))
    if withdrawn:
        conduct.apply("withdraw", {"purpose": "voice"}, time_s=1.0)
    conduct.keep_comparison()
    with Fingerprints.open(home=home) as prints:
        assert len(prints.history("C-1").events) == (0 if withdrawn else 1)
