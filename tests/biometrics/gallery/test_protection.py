from __future__ import annotations

import numpy as np
import pytest
from cryptography.exceptions import InvalidTag
from gallery_factory import embedding, near

from facesign.biometrics.gallery.protection import (
    DIM,
    Vault,
    new_key,
    new_rotation,
    pack,
    seal,
    unpack,
    unseal,
)
from facesign.errors import ItemError

KEY = bytes([7] * 32)


def test_sealed_bytes_open_with_the_key_and_for_what_they_belong_to() -> None:
    sealed = seal(KEY, b"a voice", "template 1")
    assert unseal(KEY, sealed, "template 1") == b"a voice"
    assert b"a voice" not in sealed
    for key, held, bound in (
        (bytes([8] * 32), sealed, "template 1"),
        (KEY, sealed, "template 2"),
        (KEY, sealed[:-1] + bytes([sealed[-1] ^ 1]), "template 1"),
        (KEY, sealed[:5], "template 1"),
    ):
        with pytest.raises(InvalidTag):
            unseal(key, held, bound)


def test_the_same_bytes_are_never_sealed_to_the_same() -> None:
    assert seal(KEY, b"a voice", "x") != seal(KEY, b"a voice", "x")


def test_a_wrapped_key_opens_for_its_subject_only() -> None:
    vault, data_key = Vault(KEY), new_key()
    wrapped = vault.wrap(data_key, "subject 1")
    assert vault.unwrap(wrapped, "subject 1") == data_key
    with pytest.raises(InvalidTag):
        vault.unwrap(wrapped, "subject 2")


def test_a_customer_is_looked_up_by_a_keyed_hash() -> None:
    vault = Vault(KEY)
    assert vault.tag("C-1") == vault.tag("C-1")
    assert vault.tag("C-1") != vault.tag("C-2")
    assert vault.tag("C-1") != Vault(bytes([8] * 32)).tag("C-1")
    assert "7" not in repr(vault)


def test_an_embedding_survives_packing_to_the_bit() -> None:
    np.testing.assert_array_equal(unpack(pack(embedding(1))), embedding(1))
    assert len(pack(embedding(1))) == 4 * DIM


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros(10, dtype=np.float32), "192 finite numbers"),
        (np.full(DIM, np.nan, dtype=np.float32), "192 finite numbers"),
        (np.zeros(DIM, dtype=np.float32), "of unit length, got 0.0000"),
    ],
)
def test_what_is_no_embedding_is_not_packed(values: np.ndarray, message: str) -> None:
    with pytest.raises(ItemError, match=message):
        pack(values)


def test_a_rotation_keeps_every_cosine() -> None:
    rotation = new_rotation()
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(DIM), atol=1e-5)
    one, other = embedding(1), near(1, cosine=0.6)
    assert float((rotation @ one) @ (rotation @ other)) == pytest.approx(0.6, abs=1e-5)


def test_copies_under_two_rotations_have_nothing_to_do_with_each_other() -> None:
    one, other = new_rotation(), new_rotation()
    cosines = [float((one @ embedding(i)) @ (other @ embedding(i))) for i in range(200)]
    # Unrelated directions in 192 dimensions have cosines of mean 0 and deviation 1/sqrt(192).
    assert abs(np.mean(cosines)) < 4 / np.sqrt(200 * DIM)
    assert np.std(cosines) == pytest.approx(1 / np.sqrt(DIM), rel=0.2)
