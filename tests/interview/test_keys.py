from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from facesign.errors import KeyFileError
from facesign.interview.keys import KEY_CLASSES, KeyChain, MasterKey, WrappedKey

ZEROS = MasterKey(bytes(32))
DATA_KEY = bytes(range(32))


def test_the_id_is_derived_from_the_key() -> None:
    # sha256 of "facesign master key id", a zero byte and 32 zero bytes, by coreutils.
    assert ZEROS.key_id == "171de78481381ce0"


def test_a_key_is_shown_by_its_id_and_never_by_its_bytes() -> None:
    key = MasterKey(b"secret bytes that nobody may see")
    assert repr(key) == f"MasterKey(key_id='{key.key_id}')"


def test_generated_keys_differ() -> None:
    assert MasterKey.generate().secret != MasterKey.generate().secret


def test_text_gives_the_key_back() -> None:
    key = MasterKey.generate()
    assert MasterKey.from_text(key.to_text(), "test") == key


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "expected 32 bytes in base64, got 0"),
        (base64.b64encode(bytes(16)), "expected 32 bytes in base64, got 16"),
        (b"not base64!", "expected 32 bytes in base64, got something else"),
        (b"\xff\xfe", "expected 32 bytes in base64, got something else"),
    ],
)
def test_text_that_is_not_a_key_is_one_line(text: bytes, words: str) -> None:
    with pytest.raises(KeyFileError, match=f"^SOURCE: {words}"):
        MasterKey.from_text(text, "SOURCE")


@pytest.mark.parametrize("key_class", KEY_CLASSES)
def test_a_wrapped_key_opens_again(key_class: str) -> None:
    chain = KeyChain(MasterKey.generate())
    assert chain.unwrap(chain.wrap(key_class, DATA_KEY)) == DATA_KEY


def test_there_are_four_key_classes() -> None:
    assert KEY_CLASSES == ("statutory", "templates", "behaviour", "logs")


def test_a_wrapped_key_names_class_master_key_and_suite() -> None:
    wrapped = ZEROS.wrap("logs", DATA_KEY)
    assert (wrapped.key_class, wrapped.key_id, wrapped.suite) == ("logs", ZEROS.key_id, "intl")
    assert len(wrapped.nonce) == 12
    assert len(wrapped.ciphertext) == 32 + 16


def test_wrapping_twice_never_repeats_a_nonce() -> None:
    assert ZEROS.wrap("logs", DATA_KEY).nonce != ZEROS.wrap("logs", DATA_KEY).nonce


def test_json_gives_a_wrapped_key_back() -> None:
    wrapped = ZEROS.wrap("templates", DATA_KEY)
    assert WrappedKey.from_dict(wrapped.to_dict()) == wrapped


@pytest.mark.parametrize(
    "changes",
    [
        {"key_class": "templates"},
        {"nonce": bytes(12)},
        {"nonce": b"short"},
        {"ciphertext": bytes(48)},
        {"ciphertext": b""},
    ],
)
def test_a_changed_wrapped_key_does_not_open(changes: dict[str, object]) -> None:
    wrapped = replace(ZEROS.wrap("logs", DATA_KEY), **changes)
    with pytest.raises(KeyFileError, match="damaged: it does not authenticate"):
        KeyChain(ZEROS).unwrap(wrapped)


def test_another_master_key_is_named_with_the_one_that_is_missing() -> None:
    wrapped = ZEROS.wrap("logs", DATA_KEY)
    other = MasterKey(bytes([1] * 32))
    with pytest.raises(KeyFileError, match=f"{ZEROS.key_id} wraps it, here is {other.key_id}"):
        KeyChain(other).unwrap(wrapped)


def test_a_forged_key_id_does_not_help() -> None:
    other = MasterKey(bytes([1] * 32))
    wrapped = replace(ZEROS.wrap("logs", DATA_KEY), key_id=other.key_id)
    with pytest.raises(KeyFileError, match="damaged"):
        KeyChain(other).unwrap(wrapped)


def test_an_older_master_key_still_opens_what_it_wrapped() -> None:
    chain = KeyChain(MasterKey.generate(), (ZEROS,))
    assert chain.unwrap(ZEROS.wrap("logs", DATA_KEY)) == DATA_KEY
    assert chain.wrap("logs", DATA_KEY).key_id == chain.current.key_id


def test_a_suite_of_a_later_version_is_named() -> None:
    wrapped = replace(ZEROS.wrap("logs", DATA_KEY), suite="gm")
    with pytest.raises(KeyFileError, match="suite is gm, this version reads intl"):
        KeyChain(ZEROS).unwrap(wrapped)


@pytest.mark.parametrize(
    "changes", [{"key_class": "gossip"}, {"nonce": "%"}, {"ciphertext": 5}, {"nonce": None}]
)
def test_damaged_json_is_one_line(changes: dict[str, object]) -> None:
    entry = ZEROS.wrap("logs", DATA_KEY).to_dict() | changes
    with pytest.raises(KeyFileError, match="a field is missing or damaged"):
        WrappedKey.from_dict(entry)


def test_json_without_a_field_is_one_line() -> None:
    with pytest.raises(KeyFileError, match="a field is missing or damaged: 'key_class'"):
        WrappedKey.from_dict({})
