"""Keys of a gallery: new rotations, a master key that is made or lost."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from customer_prints import enroll, opened, probe
from voices import said

from facesign.errors import KeyFileError
from facesign.interview import voice_defaults
from facesign.interview.fingerprints import Fingerprints


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def prints(home: Path) -> Iterator[Fingerprints]:
    with opened(home) as made:
        yield made


def test_a_new_rotation_changes_no_answer(prints: Fingerprints) -> None:
    enroll(prints, "C-1")
    enroll(prints, "C-2", said("screen-replay", "applicant"))
    before = prints.search(probe())
    assert prints.renew() == 4
    after = prints.search(probe())
    assert [one.customer for one in after.candidates] == ["C-1", "C-2"]
    assert after.candidates[0].score == pytest.approx(before.candidates[0].score, abs=1e-6)


def test_a_master_key_that_is_made_is_announced(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), opened(home):
        pass
    assert "back it up" in caplog.text
    assert (home / "keys" / "master.key").is_file()


def test_a_lost_master_key_is_said_and_no_other_made(home: Path) -> None:
    with opened(home) as prints:
        enroll(prints)
    (home / "keys" / "master.key").unlink()
    with pytest.raises(KeyFileError, match="there is no master key"):
        opened(home)
    assert not (home / "keys" / "master.key").exists()


def test_a_voiceprint_is_revoked_without_its_model(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(home) as prints:
        enroll(prints)
    monkeypatch.setattr(voice_defaults, "default_encoder", lambda home: pytest.fail("opened"))
    with Fingerprints.open(home=home) as prints:
        assert prints.history("C-1").enrollments
        prints.confirm("C-1", by="Wang")
        assert prints.revoke("C-1").n_templates == 2
