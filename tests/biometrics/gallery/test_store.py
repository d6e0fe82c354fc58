"""Templates in a gallery: kept, confirmed, replaced, revoked, and gone when their time is over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gallery_factory import (
    MODEL,
    PROOF,
    START,
    Box,
    Clock,
    embedding,
    enroll,
    open_gallery,
    sample,
)
from sqlalchemy import text

from facesign.biometrics.gallery import watch_list
from facesign.biometrics.gallery.customers import customers
from facesign.biometrics.gallery.due import due
from facesign.biometrics.gallery.entries import Basis
from facesign.biometrics.gallery.store import RETENTION, Gallery
from facesign.errors import (
    AlreadyEnrolledError,
    ConfirmationError,
    EnrollmentError,
    KeyFileError,
    TemplateDamagedError,
    UnknownCustomerError,
)
from facesign.interview.keys import KeyChain, MasterKey


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gallery(tmp_path: Path, clock: Clock) -> Gallery:
    return open_gallery(tmp_path, clock)


def run(gallery: Gallery, statement: str) -> None:
    with gallery.database.writing() as connection:
        connection.execute(text(statement))


def count(gallery: Gallery, table: str) -> int:
    with gallery.database.reading() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_what_was_enrolled_is_read_back_newest_first(gallery: Gallery) -> None:
    enroll(gallery, "C-1", 1, 2)
    newest, oldest = gallery.references("C-1")
    np.testing.assert_array_equal(newest.voiceprint.embedding, embedding(2))
    np.testing.assert_array_equal(oldest.voiceprint.embedding, embedding(1))
    assert (oldest.voiceprint.model, oldest.voiceprint.net_speech_s) == (MODEL, 5.0)
    assert (oldest.channel, oldest.status, oldest.enrolled_at) == ("wideband", "provisional", START)


def test_a_second_process_reads_it_with_the_same_key(gallery: Gallery, tmp_path: Path) -> None:
    enroll(gallery, "C-1", 1)
    assert len(open_gallery(tmp_path).references("C-1")) == 1


def test_another_master_key_opens_nothing(gallery: Gallery, tmp_path: Path) -> None:
    enroll(gallery, "C-1", 1)
    other = Box(KeyChain(MasterKey(bytes([2] * 32))))
    with pytest.raises(KeyFileError, match=r"master key \w+ wraps it, here is"):
        open_gallery(tmp_path, box=other)


def test_a_replaced_master_key_is_left_behind_when_the_gallery_is_opened(tmp_path: Path) -> None:
    enroll(open_gallery(tmp_path), "C-1", 1)
    old, new = MasterKey(bytes([1] * 32)), MasterKey(bytes([2] * 32))
    open_gallery(tmp_path, box=Box(KeyChain(new, (old,))))
    assert len(open_gallery(tmp_path, box=Box(KeyChain(new))).references("C-1")) == 1


def test_no_file_of_the_gallery_holds_a_name_or_a_template(
    gallery: Gallery, tmp_path: Path
) -> None:
    enroll(gallery, "C-1042-Zhang", 1)
    gallery.confirm("C-1042-Zhang", PROOF)
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (b"C-1042", b"network check", b"Wang", embedding(1).tobytes()):
        assert secret not in held
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_an_unknown_customer_is_named_with_what_to_do(gallery: Gallery) -> None:
    with pytest.raises(UnknownCustomerError, match=r"customer C-9 .*facesign voice enroll C-9"):
        gallery.references("C-9")
    for call in (lambda: gallery.enrollments("C-9"), lambda: gallery.revoke("C-9", "asked")):
        with pytest.raises(UnknownCustomerError, match="check the number") as caught:
            call()
        assert "enroll C-9" not in str(caught.value)


def test_a_customer_is_not_enrolled_twice_by_accident(gallery: Gallery) -> None:
    enroll(gallery, "C-1", 1)
    with pytest.raises(AlreadyEnrolledError, match="customer C-1 is enrolled already"):
        enroll(gallery, "C-1", 2)
    assert len(gallery.references("C-1")) == 1


def test_templates_are_added_or_replaced_on_request(gallery: Gallery) -> None:
    enroll(gallery, "C-1", 1)
    basis = Basis("passport", "record-2")
    gallery.enroll("C-1", [sample(2)], purposes=("verify",), basis=basis, manner="add")
    assert len(gallery.references("C-1")) == 2
    gallery.enroll("C-1", [sample(3)], purposes=("verify",), basis=basis, manner="replace")
    (only,) = gallery.references("C-1")
    np.testing.assert_array_equal(only.voiceprint.embedding, embedding(3))
    assert count(gallery, "search_vectors") == 0


def test_nothing_is_replaced_where_nothing_is(gallery: Gallery) -> None:
    with pytest.raises(UnknownCustomerError):
        gallery.enroll("C-1", [sample(1)], purposes=("verify",), basis=Basis(), manner="replace")
    assert count(gallery, "subjects") == 0


def test_an_enrollment_without_recordings_is_refused(gallery: Gallery) -> None:
    with pytest.raises(EnrollmentError, match="there is no recording"):
        gallery.enroll("C-1", [], purposes=("verify",), basis=Basis())


def test_an_enrollment_is_provisional_until_somebody_confirms_what_it_rests_on(
    gallery: Gallery,
) -> None:
    gallery.enroll("C-1", [sample(1)], purposes=("verify",), basis=Basis(record="record-1"))
    with pytest.raises(ConfirmationError, match="identity proof not given"):
        gallery.confirm("C-1", Basis(confirmed_by="Wang"))
    assert gallery.references("C-1")[0].status == "provisional"
    assert gallery.confirm("C-1", Basis("network check 77", confirmed_by="Wang")) == 1
    (enrolled,) = gallery.enrollments("C-1")
    assert (enrolled.status, enrolled.basis) == ("confirmed", PROOF)
    assert gallery.references("C-1")[0].status == "confirmed"


def test_a_template_serves_the_purposes_it_was_made_for_and_no_other(gallery: Gallery) -> None:
    gallery.enroll("C-1", [sample(1)], purposes=("duplicate_search",), basis=Basis())
    with pytest.raises(UnknownCustomerError, match="has no template for verify"):
        gallery.references("C-1")
    assert len(gallery.references("C-1", "duplicate_search")) == 1


def test_revocation_leaves_no_template_no_vector_and_no_key(
    gallery: Gallery, tmp_path: Path
) -> None:
    enroll(gallery, "C-1", 1, 2)
    with gallery.database.reading() as connection:
        sealed = connection.execute(text("SELECT sealed FROM templates")).scalars().all()
        vectors = connection.execute(text("SELECT vector FROM search_vectors")).scalars().all()
    revoked = gallery.revoke("C-1", "consent withdrawn")
    assert (revoked.n_templates, revoked.n_verifications) == (2, 0)
    with pytest.raises(UnknownCustomerError):
        gallery.references("C-1")
    for table in ("templates", "search_vectors", "template_purposes", "enrollments"):
        assert count(gallery, table) == 0
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for gone in (*sealed, *vectors):
        assert gone[:64] not in held


def test_a_revoked_customer_can_be_enrolled_again(gallery: Gallery) -> None:
    enroll(gallery, "C-1", 1)
    gallery.revoke("C-1", "consent withdrawn")
    enroll(gallery, "C-1", 2)
    assert len(gallery.references("C-1")) == 1


def test_a_changed_template_does_not_open(gallery: Gallery) -> None:
    enroll(gallery, "C-1", 1)
    run(gallery, "UPDATE templates SET sealed = x'00'")
    with pytest.raises(TemplateDamagedError, match="does not authenticate"):
        gallery.references("C-1")


def test_a_template_moved_to_another_customer_does_not_open(gallery: Gallery) -> None:
    enroll(gallery, "C-1", 1)
    enroll(gallery, "C-2", 2)
    run(
        gallery,
        "UPDATE templates SET sealed = "
        "(SELECT sealed FROM templates t WHERE t.template_id != templates.template_id)",
    )
    with pytest.raises(TemplateDamagedError):
        gallery.references("C-1")


def test_an_enrollment_ends_with_its_retention(gallery: Gallery, clock: Clock) -> None:
    enroll(gallery, "C-1", 1)
    clock.pass_days(RETENTION.days - 1)
    assert gallery.purge() == 0
    clock.pass_days(1)
    with pytest.raises(UnknownCustomerError):
        gallery.references("C-1")
    assert gallery.purge() == 1
    assert count(gallery, "templates") == 0
    assert count(gallery, "subjects WHERE wrapped_key IS NULL") == 1


def test_due_lists_whose_templates_are_of_another_model_or_end_soon(
    gallery: Gallery, clock: Clock
) -> None:
    enroll(gallery, "C-2", 1, model="old@000000000000")
    enroll(gallery, "C-3", 2)
    clock.pass_days(RETENTION.days - 29)
    enroll(gallery, "C-1", 3)
    assert [(one.customer, one.reason) for one in due(gallery, MODEL)] == [
        ("C-2", "other_model"),
        ("C-3", "retention_ends"),
    ]


def test_customers_are_those_with_templates_and_not_the_watch_list(
    gallery: Gallery, clock: Clock
) -> None:
    for number, seed in (("C-2", 1), ("C-1", 2), ("C-3", 3)):
        enroll(gallery, number, seed, seed + 10)
    gallery.revoke("C-3", because="consent withdrawn")
    why = watch_list.WatchReason("signed as two people", "record-9", ("Li", "Wang"))
    watch_list.add(gallery, "CASE-7", [sample(4)], why, expires_at=clock.at + watch_list.LONGEST)
    assert customers(gallery) == ["C-1", "C-2"]
