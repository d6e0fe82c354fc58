from __future__ import annotations

import base64
import json
import os
import stat
from pathlib import Path

import pytest

from facesign.errors import KeyFileError, OutputError
from facesign.interview.home import Home
from facesign.interview.keyfiles import (
    KeyNotice,
    ensure_keys,
    init_master_key,
    load_keys,
    read_ring,
    rotate,
    store_key,
)
from facesign.interview.keys import MasterKey

ONES = MasterKey(bytes([1] * 32))
TWOS = MasterKey(bytes([2] * 32))
DATA_KEYS = {"templates": bytes([7] * 32), "logs": bytes([8] * 32)}
NO_ENV: dict[str, str] = {}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def rings(home: Home) -> list[Path]:
    """A home with a master key, and one wrapped key in each of two rings."""
    init_master_key(home, env=NO_ENV)
    rings = [home.keys / "ring.json", home.records / "session-1" / "ring.json"]
    for ring, (key_class, data_key) in zip(rings, DATA_KEYS.items(), strict=True):
        wrapped = load_keys(home, env=NO_ENV).wrap(key_class, data_key)
        store_key(home, ring, wrapped, env=NO_ENV)
    return rings


def opened(home: Home, rings: list[Path]) -> dict[str, bytes]:
    chain = load_keys(home, env=NO_ENV)
    return {key.key_class: chain.unwrap(key) for ring in rings for key in read_ring(ring)}


def names(home: Home) -> list[str]:
    return sorted(path.name for path in home.keys.iterdir())


def fail_to_replace(monkeypatch: pytest.MonkeyPatch, target: Path) -> None:
    """Let the rename onto one file fail, as on a full disk."""
    real = os.replace

    def replace(source: Path, path: Path) -> None:
        if path == target:
            raise OSError(28, "No space left on device")
        real(source, path)

    monkeypatch.setattr(os, "replace", replace)


def test_init_makes_a_key_that_only_the_owner_can_read(home: Home) -> None:
    notice = init_master_key(home, env=NO_ENV)
    assert notice.path == home.keys / "master.key"
    assert stat.S_IMODE(notice.path.stat().st_mode) == 0o600
    assert len(base64.b64decode(notice.path.read_bytes())) == 32
    assert load_keys(home, env=NO_ENV).current.key_id == notice.key_id


def test_the_notice_says_where_and_to_back_it_up(home: Home) -> None:
    notice = init_master_key(home, env=NO_ENV)
    assert str(notice.path) in notice.message
    assert "back it up" in notice.message
    assert "\n" not in notice.message


def test_init_leaves_a_key_that_is_there_alone(home: Home) -> None:
    before = init_master_key(home, env=NO_ENV)
    with pytest.raises(KeyFileError, match="is there already; facesign keys rotate replaces it"):
        init_master_key(home, env=NO_ENV)
    assert load_keys(home, env=NO_ENV).current.key_id == before.key_id


def test_init_on_a_full_disk_leaves_no_key_and_no_rest(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_to_replace(monkeypatch, home.keys / "master.key")
    with pytest.raises(OutputError, match=r"master\.key: No space left on device"):
        init_master_key(home, env=NO_ENV)
    assert names(home) == []


def test_the_variable_goes_before_the_named_file_and_both_before_the_home(
    home: Home, tmp_path: Path
) -> None:
    init_master_key(home, env=NO_ENV)
    (tmp_path / "mounted").write_bytes(TWOS.to_text())
    named = {"FACESIGN_MASTER_KEY_FILE": str(tmp_path / "mounted")}
    both = named | {"FACESIGN_MASTER_KEY": ONES.to_text().decode()}
    assert load_keys(home, env=both).current == ONES
    assert load_keys(home, env=named).current == TWOS


def test_a_mounted_secret_may_be_readable_by_others(home: Home, tmp_path: Path) -> None:
    (tmp_path / "mounted").write_bytes(TWOS.to_text())
    (tmp_path / "mounted").chmod(0o444)
    env = {"FACESIGN_MASTER_KEY_FILE": str(tmp_path / "mounted")}
    assert load_keys(home, env=env).current == TWOS


def test_without_a_key_the_line_says_how_to_make_one(home: Home) -> None:
    with pytest.raises(KeyFileError, match=r"there is no master key; run: facesign keys init"):
        load_keys(home, env=NO_ENV)


def test_a_variable_that_is_not_a_key_is_named_but_not_shown(home: Home) -> None:
    with pytest.raises(KeyFileError, match=r"^FACESIGN_MASTER_KEY: expected 32 bytes") as caught:
        load_keys(home, env={"FACESIGN_MASTER_KEY": "c2VjcmV0"})
    assert "c2VjcmV0" not in str(caught.value)


def test_a_named_file_that_is_missing_is_one_line(home: Home, tmp_path: Path) -> None:
    env = {"FACESIGN_MASTER_KEY_FILE": str(tmp_path / "gone")}
    with pytest.raises(KeyFileError, match=r"^FACESIGN_MASTER_KEY_FILE=.*gone: No such file"):
        load_keys(home, env=env)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_that_others_may_read_is_refused(home: Home, mode: int) -> None:
    path = init_master_key(home, env=NO_ENV).path
    path.chmod(mode)
    with pytest.raises(KeyFileError, match=rf"\(mode {mode:04o}\); run: chmod 600"):
        load_keys(home, env=NO_ENV)


@pytest.mark.parametrize("content", [b"", b"AAAA", b"\xff" * 44])
def test_a_short_or_corrupt_key_is_one_line(home: Home, content: bytes) -> None:
    init_master_key(home, env=NO_ENV).path.write_bytes(content)
    with pytest.raises(KeyFileError, match=r"master\.key: expected 32 bytes in base64"):
        load_keys(home, env=NO_ENV)


def test_a_key_that_is_a_folder_is_one_line(home: Home) -> None:
    home.make(home.keys / "master.key")
    with pytest.raises(KeyFileError, match="Is a directory"):
        load_keys(home, env=NO_ENV)


def test_the_first_need_makes_a_key_and_announces_it_once(home: Home) -> None:
    heard: list[KeyNotice] = []
    first = ensure_keys(home, heard.append, env=NO_ENV)
    second = ensure_keys(home, heard.append, env=NO_ENV)
    assert first == second
    assert [notice.key_id for notice in heard] == [first.current.key_id]


def test_a_key_from_the_environment_makes_none_in_the_home(home: Home) -> None:
    env = {"FACESIGN_MASTER_KEY": ONES.to_text().decode()}
    assert ensure_keys(home, lambda notice: None, env=env).current == ONES
    assert not home.root.exists()


@pytest.mark.parametrize("variable", ["FACESIGN_MASTER_KEY", "FACESIGN_MASTER_KEY_FILE"])
def test_a_key_from_the_environment_is_neither_made_nor_rotated_here(
    home: Home, variable: str
) -> None:
    for command in (init_master_key, rotate):
        with pytest.raises(KeyFileError, match=f"^{variable}: is set and is the master key"):
            command(home, env={variable: "anything"})


def test_a_ring_that_is_not_there_is_empty(home: Home) -> None:
    assert read_ring(home.keys / "ring.json") == []


def test_a_ring_keeps_what_it_held(home: Home, rings: list[Path]) -> None:
    store_key(home, rings[0], load_keys(home, env=NO_ENV).wrap("statutory", b"k" * 32), env=NO_ENV)
    assert [key.key_class for key in read_ring(rings[0])] == ["templates", "statutory"]
    assert stat.S_IMODE(rings[0].stat().st_mode) == 0o600


def test_a_ring_that_rotation_would_miss_is_refused(home: Home, tmp_path: Path) -> None:
    init_master_key(home, env=NO_ENV)
    wrapped = load_keys(home, env=NO_ENV).wrap("logs", b"k" * 32)
    for ring in (tmp_path / "ring.json", home.keys / "other.json", home.records / "ring.json"):
        with pytest.raises(KeyFileError, match=r"is not keys/ring\.json or records"):
            store_key(home, ring, wrapped, env=NO_ENV)


def test_a_key_wrapped_before_a_rotation_is_not_stored_after_it(home: Home) -> None:
    init_master_key(home, env=NO_ENV)
    wrapped = load_keys(home, env=NO_ENV).wrap("logs", b"k" * 32)
    rotate(home, env=NO_ENV)
    with pytest.raises(KeyFileError, match="was replaced; wrap again"):
        store_key(home, home.keys / "ring.json", wrapped, env=NO_ENV)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is not a ring"),
        ("[]", "is not a ring"),
        ('{"schema": 1}', "is not a ring"),
        ('{"schema": 9, "keys": []}', "schema is 9, this version reads 1"),
        ('{"schema": 1, "keys": [{}]}', "a field is missing"),
    ],
)
def test_a_damaged_ring_is_one_line_and_stops_rotation_before_it_starts(
    home: Home, rings: list[Path], content: str, words: str
) -> None:
    before = load_keys(home, env=NO_ENV)
    rings[1].write_text(content)
    with pytest.raises(KeyFileError, match=words):
        rotate(home, env=NO_ENV)
    assert load_keys(home, env=NO_ENV) == before
    assert names(home) == ["master.key", "ring.json"]


def test_rotation_replaces_the_master_key_and_rewraps_every_ring(
    home: Home, rings: list[Path]
) -> None:
    before = load_keys(home, env=NO_ENV).current.key_id
    done = rotate(home, env=NO_ENV)
    assert (done.replaced, done.n_rewrapped) == (before, 2)
    assert load_keys(home, env=NO_ENV).key_ids == {done.notice.key_id}
    assert {key.key_id for ring in rings for key in read_ring(ring)} == {done.notice.key_id}
    assert opened(home, rings) == DATA_KEYS
    assert names(home) == ["master.key", "ring.json"]


def test_rotation_without_a_master_key_is_one_line(home: Home) -> None:
    with pytest.raises(KeyFileError, match="run: facesign keys init"):
        rotate(home, env=NO_ENV)


@pytest.mark.parametrize("stopped_at", ["old", "master", "first ring", "second ring"])
def test_a_rotation_that_is_stopped_loses_nothing_and_can_be_run_again(
    home: Home, rings: list[Path], monkeypatch: pytest.MonkeyPatch, stopped_at: str
) -> None:
    before = load_keys(home, env=NO_ENV).current.key_id
    target = {
        "old": home.keys / f"master.key.old-{before}",
        "master": home.keys / "master.key",
        "first ring": rings[0],
        "second ring": rings[1],
    }[stopped_at]
    with monkeypatch.context() as disk:
        fail_to_replace(disk, target)
        with pytest.raises(OutputError, match="No space left on device"):
            rotate(home, env=NO_ENV)
    assert opened(home, rings) == DATA_KEYS

    done = rotate(home, env=NO_ENV)
    assert opened(home, rings) == DATA_KEYS
    assert load_keys(home, env=NO_ENV).key_ids == {done.notice.key_id}
    assert names(home) == ["master.key", "ring.json"]


def test_a_rotation_killed_between_two_rings_still_opens_both(
    home: Home, rings: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace

    def die(source: Path, path: Path) -> None:
        if path == rings[1]:
            raise KeyboardInterrupt
        real(source, path)

    with monkeypatch.context() as process:
        process.setattr(os, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            rotate(home, env=NO_ENV)
    assert len({key.key_id for ring in rings for key in read_ring(ring)}) == 2
    assert not list(home.root.rglob("*.new"))
    assert opened(home, rings) == DATA_KEYS


def test_the_ring_file_holds_no_data_key(home: Home, rings: list[Path]) -> None:
    ring = json.loads(rings[0].read_text())
    assert ring["schema"] == 1
    assert sorted(ring["keys"][0]) == ["ciphertext", "key_class", "key_id", "nonce", "suite"]
    assert base64.b64encode(DATA_KEYS["templates"]).decode() not in rings[0].read_text()
