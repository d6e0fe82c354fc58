from __future__ import annotations

import csv
import itertools
import json
import subprocess
import sys

import av
import pytest

from facesign import samples
from facesign.errors import SampleError

NAMES = samples.names()


def test_the_genuine_interview_is_bundled() -> None:
    assert "genuine" in NAMES


def test_an_unknown_name_lists_those_that_exist() -> None:
    with pytest.raises(SampleError, match=r"no sample named 'nobody'; there are .*genuine"):
        samples.load("nobody")


def test_loading_a_sample_does_not_load_the_renderer() -> None:
    code = (
        "import sys; from facesign import samples; samples.load('genuine');"
        "sys.exit('moderngl' in sys.modules or 'facesign.samples.studio' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", NAMES)
def test_marks_and_truth_tell_the_same_questions(name: str) -> None:
    sample = samples.load(name)
    with sample.marks.open(newline="", encoding="utf-8") as file:
        rows = [(row.pop("question_id"), *map(float, row.values())) for row in csv.DictReader(file)]
    assert rows == [
        (q.question_id, q.asked_start_s, q.asked_end_s, q.answer_end_s)
        for q in sample.truth.questions
    ]


@pytest.mark.parametrize("name", NAMES)
def test_truth_lasts_as_long_as_the_media(name: str) -> None:
    sample = samples.load(name)
    with av.open(str(sample.media)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        lengths = [float(stream.duration * stream.time_base) for stream in (video, audio)]
        frames, size = video.frames, (video.width, video.height)
        metadata = container.metadata
    assert lengths == pytest.approx([sample.truth.duration_s] * 2, abs=0.03)
    assert frames == sample.truth.n_frames
    assert size == (1280, 720)
    assert metadata["synthetic"] == "true"


@pytest.mark.parametrize("name", NAMES)
def test_every_line_lies_within_its_question(name: str) -> None:
    truth = samples.load(name).truth
    spans = {q.question_id: q for q in truth.questions}
    for line in truth.speech:
        question = spans[line.question_id]
        if line.speaker == "officer":
            assert (line.start_s, line.end_s) == (question.asked_start_s, question.asked_end_s)
        else:
            assert question.asked_end_s < line.start_s < line.end_s <= question.answer_end_s


@pytest.mark.parametrize("name", NAMES)
def test_nobody_speaks_while_another_does(name: str) -> None:
    truth = samples.load(name).truth
    for before, after in itertools.pairwise(truth.speech):
        assert before.end_s <= after.start_s
    assert truth.speech[-1].end_s < truth.duration_s


@pytest.mark.parametrize("name", NAMES)
def test_blinks_come_at_a_natural_rate_one_after_another(name: str) -> None:
    truth = samples.load(name).truth
    # 15 to 25 a minute are drawn, and in half a minute one more or less is 2 a minute.
    assert 13 <= len(truth.blinks) * 60 / truth.duration_s <= 27
    for before, after in itertools.pairwise(truth.blinks):
        assert after.onset_s - before.offset_s > 0.5
    for blink in truth.blinks:
        assert 0.15 < blink.offset_s - blink.onset_s < 0.45


@pytest.mark.parametrize("name", NAMES)
def test_brief_movements_are_brief_and_touch_no_blink(name: str) -> None:
    truth = samples.load(name).truth
    for move in truth.brief_movements:
        assert 0.04 <= move.offset_s - move.onset_s <= 0.5
        for blink in truth.blinks:
            assert blink.offset_s < move.onset_s or blink.onset_s > move.offset_s


def test_the_genuine_interview_moves_briefly_only_while_silent() -> None:
    truth = samples.load("genuine").truth
    own = [line for line in truth.speech if line.speaker == "applicant"]
    for move in truth.brief_movements:
        for line in own:
            assert line.end_s < move.onset_s or line.start_s > move.offset_s


@pytest.mark.parametrize("name", NAMES)
def test_truth_says_that_the_sample_is_synthetic_and_credits_the_rig(name: str) -> None:
    document = json.loads((samples.load(name).path / "truth.json").read_text(encoding="utf-8"))
    assert document["synthetic"] is True
    assert "USC Institute for Creative Technologies" in document["rig"]


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_stays_under_three_megabytes(name: str) -> None:
    sample = samples.load(name)
    assert sum(file.stat().st_size for file in sample.path.iterdir()) < 3_000_000


def test_the_income_answer_comes_late_and_holds_a_filled_pause() -> None:
    truth = samples.load("genuine").truth
    latency = {}
    for question in truth.questions:
        answer = [s for s in truth.speech if s.question_id == question.question_id][1:]
        latency[question.question_id] = answer[0].start_s - question.asked_end_s
        assert any(line.filled_pause for line in answer) == (
            question.question_id == "income_source"
        )
    usual = max(v for k, v in latency.items() if k != "income_source")
    assert usual < 0.6
    assert latency["income_source"] > 3.0
