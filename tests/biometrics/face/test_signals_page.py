from __future__ import annotations

import json
from pathlib import Path

import pytest

from facesign.biometrics.face.page import RESULTS, main, read_validation, signals_page
from facesign.biometrics.face.signals import CHANNELS, SIGNALS

ROOT = Path(__file__).parents[3]


NOISE = {channel.name: f"{channel.noise:.4f}" for channel in CHANNELS}


def row_of(page: str, channel: str) -> list[str]:
    row = next(line for line in page.splitlines() if line.startswith(f"| `{channel}` "))
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_the_docs_page_is_the_table() -> None:
    page = signals_page(read_validation(ROOT / RESULTS))
    assert (ROOT / "docs" / "signals.md").read_text("utf-8") == page, (
        "run: python -m facesign.biometrics.face.page docs/signals.md"
    )


def test_the_page_is_written_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    main(tmp_path / "signals.md")
    written = (tmp_path / "signals.md").read_text("utf-8")
    assert written == signals_page(read_validation(ROOT / RESULTS))


def test_the_page_names_every_signal() -> None:
    page = signals_page({})
    for signal in SIGNALS:
        assert f"`{signal.name}`" in page


def test_a_row_says_what_is_measured_in_what_and_by_whom() -> None:
    page = signals_page({})
    assert row_of(page, "au45.left")[1:] == [
        *("lid closure as the negative of lid opening over eye width (AU45)", "eye width"),
        *(NOISE["au45.left"], "good", "soukupova2016", "unvalidated"),
    ]
    assert row_of(page, "jaw.sideways")[1:] == [
        *("how far the jaw stands to the subject's left of the nose root",),
        *("inter-ocular distance", NOISE["jaw.sideways"], "fair", "own", "unvalidated"),
    ]


def test_every_channel_says_what_it_measures() -> None:
    page = signals_page({})
    for channel in CHANNELS:
        assert len(row_of(page, channel.name)[1]) > 15, channel.name


def test_a_measured_channel_shows_its_correlation_and_one_without_a_shape_does_not(
    tmp_path: Path,
) -> None:
    rows = [
        {"channel": "au1.left", "status": "measured", "correlation": 0.934},
        {"channel": "au38.left", "status": "unvalidated"},
    ]
    (tmp_path / "found.json").write_text(json.dumps({"channels": rows}))
    page = signals_page(read_validation(tmp_path / "found.json"))
    assert row_of(page, "au1.left")[-1] == "r = 0.93"
    assert row_of(page, "au38.left")[-1] == row_of(page, "au1.right")[-1] == "unvalidated"
