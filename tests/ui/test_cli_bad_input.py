"""Bad input on the real command line: one clear line or a report that says why, no traceback."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cli_media import INTERVIEW, copied, cut, first_seconds, grey_clip, sound_alone
from cli_process import Done, command, environment, facesign_command

pytestmark = pytest.mark.slow

AS_NOBODY = """
import os
import facesign.interview.analysis as module
real = module.{name}
def call(*args, **options):
    if os.geteuid() == 0:
        os.seteuid(65534)
    try:
        return real(*args, **options)
    finally:
        os.seteuid(os.getuid())
module.{name} = call
"""
"""Root may read and write everything: make one call as somebody else."""
INTERRUPT = """
import os, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
import facesign.interview.{module} as module
real, calls = module.{name}, []
def interrupt(*args, **options):
    calls.append(None)
    if len(calls) == {call}:
        os.kill(os.getpid(), signal.SIGINT)
    return real(*args, **options)
module.{name} = interrupt
"""


def run(tmp_path: Path, *args: str | Path, **options: Any) -> Done:
    return facesign_command(*args, cwd=tmp_path, **options)


def report_of(done: Done) -> dict[str, Any]:
    assert done.code == 0, done
    assert done.err == "", done
    values: dict[str, Any] = json.loads(done.out)
    return values


def reasons(values: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in values["reasons"]]


def why(values: dict[str, Any]) -> dict[str, str | None]:
    return {check["check"]: check["reason"] for check in values["checks"]}


def test_a_missing_file(tmp_path: Path) -> None:
    run(tmp_path, "analyze", "none.mp4").fails_with("none.mp4: no such file; check the path")


def test_a_directory(tmp_path: Path) -> None:
    run(tmp_path, "analyze", tmp_path).fails_with("is a directory")


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    run(tmp_path, "analyze", "a.mp4").fails_with("a.mp4: is empty (0 bytes)")


def test_a_text_file_that_calls_itself_a_video(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("Dear Sir or Madam")
    run(tmp_path, "analyze", "a.mp4").fails_with("is not a recording", "got plain text")


def test_a_file_without_rights(tmp_path: Path) -> None:
    path = grey_clip(tmp_path / "a.mp4", 1.0)
    path.chmod(0)
    done = run(tmp_path, "analyze", path, prelude=AS_NOBODY.format(name="open_media"))
    done.fails_with("a.mp4: no permission to read it")


def test_a_recording_that_lost_its_index(tmp_path: Path) -> None:
    path = cut(copied(tmp_path / "a.mp4", index_in_front=False), 0.5)
    run(tmp_path, "analyze", path).fails_with("without a complete index", "cut off")


def test_a_recording_that_lost_its_second_half_is_analyzed_as_far_as_it_goes(
    tmp_path: Path,
) -> None:
    path = cut(copied(tmp_path / "a.mp4", index_in_front=True), 0.3)
    values = report_of(run(tmp_path, "analyze", path, "--json"))
    assert values["outcome"] != "clear"
    assert "media_damaged" in reasons(values)
    assert "truncated" in [problem["code"] for problem in values["media"]["problems"]]
    assert 3.0 < values["media"]["duration_s"] < 20.0


def test_sound_alone(tmp_path: Path) -> None:
    values = report_of(run(tmp_path, "analyze", sound_alone(tmp_path / "a.m4a"), "--json"))
    assert values["outcome"] == "inconclusive"
    assert "no_video" in reasons(values)
    assert why(values)["face"] == why(values)["behaviour"] == "no_video"


@pytest.mark.parametrize("what", [("events",), ("signals", "-o", "out.parquet")])
def test_a_face_is_not_looked_for_where_there_is_no_picture(
    tmp_path: Path, what: tuple[str, ...]
) -> None:
    sound_alone(tmp_path / "a.m4a")
    done = run(tmp_path, "face", what[0], "a.m4a", *what[1:])
    done.fails_with("a.m4a", "has no picture", "expected a recording with a face")
    assert not (tmp_path / "out.parquet").exists()


def test_a_picture_without_a_face(tmp_path: Path) -> None:
    values = report_of(run(tmp_path, "analyze", grey_clip(tmp_path / "a.mp4", 3.0), "--json"))
    assert values["outcome"] == "inconclusive"
    assert "no_face" in reasons(values)
    assert why(values)["face"] == "no_face"


@pytest.mark.data
def test_a_cartoon(tmp_path: Path, data_dir: Path) -> None:
    path = data_dir / "face" / "video" / "pyfeat_no_face.mp4"
    values = report_of(run(tmp_path, "analyze", path, "--json"))
    assert values["outcome"] == "inconclusive"
    assert "no_face" in reasons(values)


@pytest.mark.data
def test_two_people(tmp_path: Path, data_dir: Path) -> None:
    path = data_dir / "face" / "video" / "fr_hamilton.mp4"
    values = report_of(run(tmp_path, "analyze", path, "--json"))
    assert values["outcome"] == "review"
    assert any(code.startswith("flag:") for code in reasons(values))


def test_three_frames(tmp_path: Path) -> None:
    path = first_seconds(tmp_path / "a.mp4", 0.1, sound=False)
    values = report_of(run(tmp_path, "analyze", path, "--json"))
    assert values["media"]["video"]["n_frames"] == 3
    assert values["outcome"] == "inconclusive"
    assert why(values)["face"] == "too_short"
    assert why(values)["behaviour"] == "baseline_short"


def test_sound_over_the_phone(tmp_path: Path) -> None:
    path = first_seconds(tmp_path / "a.mov", 7.0, phone=True)
    values = report_of(run(tmp_path, "analyze", path, "--json"))
    assert values["outcome"] != "clear"
    assert (values["media"]["audio"]["rate_hz"], values["media"]["audio"]["channels"]) == (8000, 1)
    bandwidth = next(o for o in values["quality"] if o["name"] == "voice.bandwidth")
    assert bandwidth["value"] < 4200
    assert bandwidth["quality"] == 0.0


def test_a_name_that_is_not_unicode(tmp_path: Path) -> None:
    path = grey_clip(tmp_path / "a.mp4", 1.0).rename(tmp_path / "caf\udce9.mp4")
    done = run(tmp_path, "analyze", path, "--out", "out", errors="surrogateescape")
    assert (done.code, done.err) == (0, ""), done
    values = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert values["media"]["name"] == "caf?.mp4"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--script", "nobody"], ["no script 'nobody'", "car-loan-en, car-loan-zh"]),
        (["--script", "broken.yaml"], ["broken.yaml: question 1: kind 'trick' is none of"]),
        (["--script", "car-loan-en", "--marks", "none.csv"], ["none.csv: No such file"]),
        (
            ["--script", "car-loan-en", "--marks", "broken.csv"],
            ["broken.csv, line 2: asked_end_s is not a number: 'soon'"],
        ),
        (["--marks", "good.csv"], ["give the script as well"]),
        (["--consent", "broken.csv"], ["broken.csv: not a readable consent file"]),
        (["--consent", "refused.json"], ["consent to recording was refused"]),
        (["--applicant-audio", "broken.csv"], ["broken.csv: is not a recording"]),
        (["--task-file", "broken.csv"], ["broken.csv: sha256 is", "registry says"]),
        (["--task-file", "none.task"], ["none.task"]),
        (["--participant", "friend"], ["participant must be one of", "got 'friend'"]),
        (["--home", "broken.csv"], ["broken.csv/config.toml"]),
        (["--home", "home"], ["config.toml: no setting is named colour"]),
        (["--provider", "cuda"], ["provider cuda cannot start here", 'pip install "onnxruntime-']),
        (["--out", "broken.csv"], ["cannot write broken.csv: broken.csv is not a folder"]),
        (["--out", "broken.csv/out"], ["cannot write broken.csv/out: "]),
        (["--out", "/proc/facesign"], ["cannot write /proc/facesign: "]),
    ],
    ids=lambda value: " ".join(value)[:40],
)
def test_an_option_that_cannot_be_used(tmp_path: Path, args: list[str], words: list[str]) -> None:
    grey_clip(tmp_path / "a.mp4", 1.0)
    head = "question_id,asked_start_s,asked_end_s,answer_end_s\n"
    (tmp_path / "broken.csv").write_text(f"{head}journey,0,soon,2\n")
    (tmp_path / "good.csv").write_text(f"{head}journey,0,1,2\n")
    (tmp_path / "broken.yaml").write_text(
        "id: a\nversion: 1\ntitle: {zh: 一, en: A}\nquestions: [{id: b, kind: trick}]\n"
    )
    form = {"text": "1", "given_by": "C", "at": "2026-11-20T09:30:00Z"}
    (tmp_path / "refused.json").write_text(json.dumps({**form, "purposes": {"recording": False}}))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "config.toml").write_text("colour = 'red'\n")
    before = sorted(os.listdir(tmp_path))
    run(tmp_path, "analyze", "a.mp4", *args).fails_with(*words)
    assert sorted(os.listdir(tmp_path)) == before


def test_an_unwritable_folder_is_told_before_the_recording_is_read(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    prelude = AS_NOBODY.format(name="check_writable")
    done = run(tmp_path, "analyze", "none.mp4", "--out", closed / "out", prelude=prelude)
    done.fails_with(f"cannot write {closed}/out: Permission denied")


@pytest.mark.parametrize(
    "args",
    [
        ["nonsense"],
        ["analyze"],
        ["analyze", "a.mp4", "--no-such-option"],
        ["analyze", "a.mp4", "--baseline", "half"],
        ["analyze", "a.mp4", "--provider", "rocm"],
        ["analyze", "a.mp4", "--lang", "fr"],
        ["face", "signals", "a.mp4"],
        ["models", "pull"],
    ],
    ids=" ".join,
)
def test_wrong_usage(tmp_path: Path, args: list[str]) -> None:
    done = run(tmp_path, *args)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Usage: facesign")
    assert "Error: " in done.err
    done.is_quiet()


def test_a_long_recording_as_its_own_baseline(tmp_path: Path) -> None:
    grey_clip(tmp_path / "a.mp4", 310.0, rate_hz=2, sound=False)
    done = run(tmp_path, "analyze", "a.mp4", "--baseline", "whole", "--out", "out")
    done.fails_with("a whole recording can be its own baseline up to 300 s", "auto")
    assert sorted(os.listdir(tmp_path)) == ["a.mp4"]


def test_a_full_disk(tmp_path: Path) -> None:
    grey_clip(tmp_path / "a.mp4", 1.0)

    def limit() -> None:
        # Above a frame's memory, which the limit counts too, and below the page.
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = run(tmp_path, "analyze", "a.mp4", "--out", "out", before=limit)
    done.fails_with("cannot write ", "File too large")
    assert sorted(os.listdir(tmp_path)) == ["a.mp4"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_stdout(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = run(tmp_path, "models", "list", stdout=full)
    assert done == Done(1, "", "facesign: No space left on device\n")


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = run(tmp_path, "models", "list", stdout=writer)
    os.close(writer)
    assert done.err == ""


@pytest.mark.parametrize(
    ("module", "name", "call"),
    [
        ("session", "PictureKeeper", 1),
        ("pipeline", "read_block", 3),
        ("session", "write_up", 1),
        ("report", "render_html", 1),
    ],
    ids=["at the start", "in the middle", "before the report", "in the report"],
)
def test_an_interrupt_at_any_moment_leaves_nothing(
    tmp_path: Path, module: str, name: str, call: int
) -> None:
    grey_clip(tmp_path / "a.mp4", 2.0)
    prelude = INTERRUPT.format(module=module, name=name, call=call)
    done = run(tmp_path, "analyze", "a.mp4", "--out", "new/out", prelude=prelude)
    assert done == Done(130, "", "facesign: interrupted\n")
    assert sorted(os.listdir(tmp_path)) == ["a.mp4"]


def test_an_interrupt_leaves_the_older_report_whole(tmp_path: Path) -> None:
    grey_clip(tmp_path / "a.mp4", 1.0)
    assert run(tmp_path, "analyze", "a.mp4", "--out", "out").code == 0
    before = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    prelude = INTERRUPT.format(module="report", name="render_html", call=1)
    assert run(tmp_path, "analyze", "a.mp4", "--out", "out", prelude=prelude).code == 130
    assert {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()} == before


def test_a_bar_on_the_terminal_until_control_c(tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command("analyze", INTERVIEW, "--out", "out"),
        cwd=tmp_path,
        env=environment(tmp_path, {"TERM": "xterm", "COLUMNS": "80"}),
        stdout=subprocess.PIPE,
        stderr=theirs,
        # Whoever runs the tests in the background ignores Ctrl-C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    os.close(theirs)
    shown = b""
    while b"interview.mp4" not in shown:
        shown += os.read(ours, 4096)
    process.send_signal(signal.SIGINT)
    while True:
        try:
            shown += os.read(ours, 4096)
        except OSError:
            break
    os.close(ours)
    assert process.communicate(timeout=60) == (b"", None)
    assert process.returncode == 130
    assert b"facesign: interrupted" in shown
    assert b"Traceback" not in shown
    assert os.listdir(tmp_path) == []
