from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from gallery_factory import enroll

from facesign.biometrics.gallery.store import Gallery
from facesign.errors import KeyFileError
from facesign.interview.home import Home
from facesign.interview.keyfiles import KeyNotice, load_keys, read_ring, rotate
from facesign.interview.template_keys import TemplateKeys

NO_ENV: dict[str, str] = {}
GALLERY_KEY = bytes(range(32))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def keys(home: Home) -> TemplateKeys:
    return TemplateKeys(home, lambda notice: None, env=NO_ENV)


def test_what_was_wrapped_is_unwrapped(keys: TemplateKeys) -> None:
    wrapped = keys.wrap(GALLERY_KEY)
    assert keys.unwrap(wrapped) == GALLERY_KEY
    assert keys.is_current(wrapped)
    assert base64.b64encode(GALLERY_KEY).decode() not in wrapped


def test_a_master_key_that_is_made_is_announced_once(home: Home) -> None:
    told: list[KeyNotice] = []
    keys = TemplateKeys(home, told.append, env=NO_ENV)
    keys.wrap(GALLERY_KEY)
    keys.wrap(GALLERY_KEY)
    assert [one.path for one in told] == [home.keys / "master.key"]
    assert len(read_ring(home.keys / "ring.json")) == 1


def test_a_gallery_is_found_again_after_the_master_key_was_rotated(
    home: Home, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    keys = TemplateKeys(home, lambda notice: None, env=NO_ENV)
    enroll(Gallery.open(url, keys), "C-1", 1)
    for _ in range(2):
        rotate(home, env=NO_ENV)
    gallery = Gallery.open(url, keys)
    assert gallery.is_enrolled("C-1")
    gallery.close()
    (home.keys / "ring.json").unlink()
    assert Gallery.open(url, keys).is_enrolled("C-1")


def test_a_key_of_another_class_or_a_damaged_one_is_refused(keys: TemplateKeys) -> None:
    fields = json.loads(keys.wrap(GALLERY_KEY))
    with pytest.raises(KeyFileError, match="of class logs, expected templates"):
        keys.unwrap(json.dumps({**fields, "key_class": "logs"}))
    with pytest.raises(KeyFileError, match="damaged"):
        keys.unwrap("not json")
    with pytest.raises(KeyFileError, match="does not authenticate"):
        keys.unwrap(json.dumps({**fields, "ciphertext": fields["nonce"]}))


def test_a_key_from_the_environment_leaves_no_copy(home: Home) -> None:
    env = {"FACESIGN_MASTER_KEY": base64.b64encode(bytes([3] * 32)).decode()}
    keys = TemplateKeys(home, lambda notice: None, env=env)
    assert keys.unwrap(keys.wrap(GALLERY_KEY)) == GALLERY_KEY
    assert read_ring(home.keys / "ring.json") == []
    assert not load_keys(home, env=env).older
