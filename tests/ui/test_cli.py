"""The command line on good input: what it prints, what it writes, and what it does not."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import jsonschema
import pyarrow.parquet as pq
import pytest
from cli_media import first_seconds, grey_clip
from cli_process import Done, facesign_command
from typer.testing import CliRunner

from facesign import __version__
from facesign.interview.report import report_schema
from facesign.ui.cli import app


def everything(folder: Path) -> dict[str, float]:
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*")}


def run(tmp_path: Path, *args: str | Path) -> Done:
    done = facesign_command(*args, cwd=tmp_path)
    assert (done.code, done.err) == (0, ""), done
    return done


def test_the_version_is_printed() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"{__version__}\n")


@pytest.mark.slow
def test_a_summary_is_printed_and_nothing_written(tmp_path: Path) -> None:
    grey_clip(tmp_path / "a.mp4", 1.0)
    before = everything(tmp_path)
    done = run(tmp_path, "analyze", "a.mp4")
    lines = done.out.splitlines()
    assert lines[0] == "outcome: inconclusive"
    assert "reason: no_face" in lines
    assert "not assessed: genuineness (required): no_analyser" in lines
    assert everything(tmp_path) == before


@pytest.mark.slow
def test_json_is_one_document_on_stdout_alone(tmp_path: Path) -> None:
    first_seconds(tmp_path / "a.mp4", 3.0)
    before = everything(tmp_path)
    done = run(tmp_path, "analyze", "a.mp4", "--json")
    assert done.out.count("\n") == 1
    values = json.loads(done.out)
    jsonschema.Draft202012Validator(report_schema()).validate(values)
    assert values["media"]["name"] == "a.mp4"
    assert everything(tmp_path) == before


@pytest.mark.slow
def test_marks_of_another_recording_are_said_on_stderr(tmp_path: Path) -> None:
    grey_clip(tmp_path / "a.mp4", 1.0)
    head = "question_id,asked_start_s,asked_end_s,answer_end_s"
    (tmp_path / "marks.csv").write_text(f"{head}\njourney,60,62,69\n")
    with_marks = ("--script", "car-loan-en", "--marks", "marks.csv")
    done = facesign_command("analyze", "a.mp4", *with_marks, cwd=tmp_path)
    assert done.code == 0
    assert done.err == "marks.csv: every mark is later than the end of a.mp4\n"


@pytest.mark.slow
def test_out_writes_four_private_files_and_says_where(tmp_path: Path) -> None:
    grey_clip(tmp_path / "a.mp4", 1.0)
    done = run(tmp_path, "analyze", "a.mp4", "--out", "out", "--lang", "zh", "--customer", "C-1")
    out = tmp_path / "out"
    assert done.out.splitlines()[-1] == f"report: {out.resolve()}/report.html"
    assert sorted(os.listdir(out)) == [
        "observations.parquet",
        "report.html",
        "report.json",
        "signals.parquet",
    ]
    assert {stat.S_IMODE(file.stat().st_mode) for file in out.iterdir()} == {0o600}
    values = json.loads((out / "report.json").read_text("utf-8"))
    assert (values["lang"], values["customer"]) == ("zh", "C-1")
    assert 'lang="zh' in (out / "report.html").read_text("utf-8")
    assert sorted(os.listdir(tmp_path)) == ["a.mp4", "out"]


@pytest.mark.slow
def test_signals_of_a_short_recording_against_itself(tmp_path: Path) -> None:
    first_seconds(tmp_path / "a.mp4", 2.0)
    run(tmp_path, "face", "signals", "a.mp4", "-o", "sub/out.parquet", "--baseline", "whole")
    table = pq.read_table(tmp_path / "sub" / "out.parquet")
    assert (table.num_rows, table.num_columns) == (60, 133)
    assert table["au1.left.level"].null_count == 0
    assert stat.S_IMODE((tmp_path / "sub" / "out.parquet").stat().st_mode) == 0o600


@pytest.mark.slow
def test_events_come_with_what_was_not_assessed_and_why(tmp_path: Path) -> None:
    grey_clip(tmp_path / "a.mp4", 1.0)
    found = json.loads(run(tmp_path, "face", "events", "a.mp4", "--json").out)
    assert found["movements"] == []
    assert [span["reason"] for span in found["not_assessed"]] == ["face_lost"]
    assert run(tmp_path, "face", "events", "a.mp4").out.endswith("not assessed: face_lost\n")


@pytest.mark.slow
def test_the_demo_says_where_its_report_is(tmp_path: Path) -> None:
    done = run(tmp_path, "demo")
    lines = done.out.splitlines()
    assert lines[0] == "outcome: inconclusive"
    assert [line for line in lines if line.startswith("prompt p1: ") and "income_source" in line]
    assert lines[-1] == f"report: {(tmp_path / 'facesign-demo').resolve()}/report.html"
    assert "data:image/jpeg" in (tmp_path / "facesign-demo" / "report.html").read_text("utf-8")
    assert os.listdir(tmp_path) == ["facesign-demo"]
