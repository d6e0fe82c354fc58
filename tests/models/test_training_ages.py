"""The card of the voice encoder says of its teachers what the manifest says."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

CARD = Path(__file__).parents[2] / "models" / "cards" / "ecapa-embedded.md"


@pytest.mark.data
def test_the_card_gives_the_ages_of_training_speakers_where_there_are_data(
    data_dir: Path,
) -> None:
    manifest = data_dir / "speech" / "train" / "MANIFEST.csv"
    with manifest.open(encoding="utf-8") as file:
        told = {(row["corpus"], row["speaker"]): row["age"] for row in csv.DictReader(file)}
    ages = sorted(int(age) for age in told.values() if age)
    assert {corpus for (corpus, _), age in told.items() if age} == {"speechocean762"}
    young = sum(age < 30 for age in ages)
    said = f"{ages[0]} to {ages[-1]}: {young} under 30, {len(ages) - young} of 30 to 44"
    assert said in CARD.read_text("utf-8")
