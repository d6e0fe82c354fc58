from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from line_model import card_of, save_line

from facesign.errors import ChecksumError, ModelFileError
from facesign.models.receipts import Receipt, read_receipt, write_receipt
from facesign.models.runtime import open_card

SOURCE, OTHER = "a" * 64, "b" * 64
REMEDY = "pull it again"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "line.onnx"
    save_line(path, slope=2.0)
    return path


def receipt_for(model: Path, source: str, *, is_trusted: bool = False) -> Receipt:
    return Receipt(source, hashlib.sha256(model.read_bytes()).hexdigest(), is_trusted)


def test_a_receipt_comes_back_as_it_was_written(model: Path) -> None:
    written = receipt_for(model, SOURCE)
    write_receipt(model, written)
    assert read_receipt(model, model.read_bytes(), SOURCE, remedy=REMEDY) == written
    assert (model.parent / "line.receipt.json").stat().st_mode & 0o777 == 0o600


def test_a_changed_model_does_not_fit_its_receipt(model: Path) -> None:
    write_receipt(model, receipt_for(model, SOURCE))
    with pytest.raises(ChecksumError, match=r"line\.onnx: sha256 is .*; pull it again"):
        read_receipt(model, b"changed", SOURCE, remedy=REMEDY)


def test_a_model_of_another_source_needs_to_be_trusted(model: Path) -> None:
    write_receipt(model, receipt_for(model, OTHER))
    with pytest.raises(
        ChecksumError, match=r"sha256 is bbbbbbbbbbbb\.\.\., registry says aaaaaaaaaaaa"
    ):
        read_receipt(model, model.read_bytes(), SOURCE, remedy=REMEDY)
    write_receipt(model, receipt_for(model, OTHER, is_trusted=True))
    assert read_receipt(model, model.read_bytes(), SOURCE, remedy=REMEDY).source_sha256 == OTHER


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sha256": "a"}'])
def test_what_is_no_receipt_is_one_line(model: Path, text: str) -> None:
    (model.parent / "line.receipt.json").write_text(text)
    with pytest.raises(ModelFileError, match="no receipt of where the model comes from"):
        read_receipt(model, model.read_bytes(), SOURCE, remedy=REMEDY)


def test_an_opened_model_is_known_by_the_file_that_it_was_written_from(model: Path) -> None:
    card = card_of(model, sha256=SOURCE, made_from="line.ckpt")
    write_receipt(model, receipt_for(model, OTHER, is_trusted=True))
    assert open_card(card, file=model, provider="cpu").card.sha256 == OTHER
