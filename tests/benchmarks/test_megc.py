from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import megc
import megc_folders
import numpy as np
import provenance
import pytest
from megc_layouts import Clip, Labelled
from megc_reading import Reading
from megc_tuning import sequence_of

from facesign.biometrics.face.evengrid import GridRows

CLIP = Clip("made up", "a", "a/1", 30.0, (), None, (), 0)


def refuse() -> Any:
    pytest.fail("a model was opened")


class ChannelsOnly:
    """A model that is as sure of every channel."""

    def run(self, *, signals: Any, valid: Any) -> dict[str, Any]:
        return {"channels": np.full((1, signals.shape[1], 44), 0.25, np.float32)}


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_the_command_ends_with_one_line_and_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    code = megc.main(["spot", "--samm-long", str(tmp_path / folder)], lambda: None)  # type: ignore[arg-type,return-value]
    assert code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("SAMM Long Videos: ")


def test_a_dataset_of_the_other_protocol_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    megc_folders.casme2(tmp_path)
    assert megc.main(["spot", "--casme2", str(tmp_path)], lambda: None) == 1  # type: ignore[arg-type,return-value]
    assert capsys.readouterr().err == "spot: --casme2 is for `recognize`\n"


def test_a_protocol_without_a_folder_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        megc.main(["recognize"], refuse)
    assert "recognize needs a folder: --casme2, --samm" in capsys.readouterr().err


def test_each_run_is_added_beside_earlier_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(megc, "RESULTS", tmp_path)
    monkeypatch.setattr(provenance, "RESULTS", tmp_path)
    monkeypatch.setattr(megc, "measure", lambda *_, train: {"trained": train})
    for extra in ([], ["--train"]):
        arguments = ["recognize", "--casme2", "a", "--samm", "b", *extra]
        assert megc.main(arguments, lambda: None) == 0  # type: ignore[arg-type,return-value]
    runs = json.loads((tmp_path / "megc.json").read_text("utf-8"))["runs"]
    assert {name: run["trained"] for name, run in runs.items()} == {
        "recognize casme2 samm": False,
        "recognize casme2 samm --train": True,
    }


@pytest.mark.parametrize("n_subjects", [2, 3, 5, 9])
def test_no_subject_teaches_or_chooses_for_itself(n_subjects: int) -> None:
    readings = [Reading(replace(CLIP, subject=f"s{i % n_subjects}"), ()) for i in range(20)]
    for left_out in {reading.clip.subject for reading in readings}:
        teach, choose = megc.split(readings, left_out)
        teaching = {reading.clip.subject for reading in teach}
        choosing = {reading.clip.subject for reading in choose}
        assert teaching
        assert choosing
        assert left_out not in teaching | choosing
        assert len(teaching | choosing) == n_subjects - 1
        # From four others on nobody does both.
        assert n_subjects < 5 or not teaching & choosing


def test_a_label_teaches_where_the_movement_is_and_its_class() -> None:
    label = Labelled(31, 34, 39, "micro", "surprise")
    slow = Labelled(61, 70, 100, "macro", "positive")
    clip = replace(CLIP, labels=(label, slow))
    time_s = np.arange(120) / 30
    rows = GridRows(time_s, np.zeros((120, 132), np.float32), np.ones((120, 132), np.bool_))
    taught = sequence_of(clip, rows, ChannelsOnly()).labels  # type: ignore[arg-type]
    # Frames 31 to 39 are rows 30 to 38, and the end of the last one is row 39.
    np.testing.assert_array_equal(np.flatnonzero(taught.inside), np.arange(30, 40))
    assert taught.kind[30] == 2
    assert taught.kind[70] == -1
    np.testing.assert_allclose(taught.edges_s[33], [3 / 30, 6 / 30], atol=1e-6)
    assert np.argmax(taught.apex) == 33
    np.testing.assert_allclose(taught.channels[33], 0.25)
