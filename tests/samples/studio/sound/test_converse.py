from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
from pydantic import ValidationError

from facesign.biometrics.stream import SAMPLE_RATE_HZ, Sound
from facesign.biometrics.voice.activity import Activity
from facesign.errors import ScriptError, SettingsError
from facesign.samples.studio.settings import rng_for
from facesign.samples.studio.sound.cast import CastSettings, draw_cast
from facesign.samples.studio.sound.converse import converse, language_of
from facesign.samples.studio.sound.dialogue import Dialogue
from facesign.samples.studio.sound.dub import dubbed
from facesign.samples.studio.sound.plan import DialogueSettings
from facesign.samples.studio.sound.room import RoomSettings
from facesign.samples.studio.sound.soundscape import SoundSettings
from facesign.samples.studio.sound.tracks import render_tracks
from facesign.samples.studio.sound.vocoder import pitch_hz
from facesign.samples.studio.sound.voices import RATE_HZ

pytestmark = pytest.mark.slow

TWO = [{"id": "journey"}, {"id": "income_source"}]


def held(seed: int = 1, **fields: Any) -> Dialogue:
    settings = DialogueSettings.model_validate(fields)
    cast = draw_cast(CastSettings(), language_of(settings), rng_for(seed, "cast"))
    return converse(settings, cast, rng_for(seed, "dialogue"))


@pytest.mark.parametrize("script", ["car-loan-en", "car-loan-zh"])
@pytest.mark.parametrize("seed", range(4))
def test_a_usual_interview_asks_four_questions_in_15_to_30_s(script: str, seed: int) -> None:
    dialogue = held(seed, script=script)
    assert len(dialogue.questions) == 4
    assert 15 <= dialogue.duration_s <= 30.5
    assert dialogue.language == script[-2:]
    for before, after in itertools.pairwise(dialogue.said):
        assert before.end_s < after.start_s
    assert all(0.35 <= question.latency_s <= 0.9 for question in dialogue.questions)
    assert all(line.phones() for line in dialogue.said)


def test_the_same_seed_is_the_same_conversation_to_the_sample() -> None:
    first, second = held(5), held(5)
    for one, other in zip(first.said, second.said, strict=True):
        assert (one.text, one.start_s, one.speaker) == (other.text, other.start_s, other.speaker)
        np.testing.assert_array_equal(one.speech.samples, other.speech.samples)
    assert first.questions == second.questions


def test_hesitating_over_one_question_leaves_the_first_ones_calm() -> None:
    hesitate = {"latency_s": [3.0, 3.4], "filled_pauses": 2, "restarts": 1}
    dialogue = held(questions=[TWO[0], TWO[1] | {"hesitate": hesitate}])
    calm, hesitant = dialogue.questions
    assert calm.latency_s < 0.9
    assert 3.0 <= hesitant.latency_s <= 3.4
    by_question = {
        question: [line for line in dialogue.of("applicant") if line.question_id == question]
        for question in ("journey", "income_source")
    }
    assert [sum(line.filled_pause for line in lines) for lines in by_question.values()] == [0, 2]
    assert [sum(line.restart for line in lines) for lines in by_question.values()] == [0, 1]


@pytest.mark.parametrize("script", ["car-loan-en", "car-loan-zh"])
def test_latencies_are_heard_where_the_truth_says(script: str) -> None:
    dialogue = held(2, script=script, filled_pause_share=0, restart_share=0)
    dry = RoomSettings(family="dry")
    tracks = render_tracks(dialogue, SoundSettings(room=dry, officer_room=dry), rng_for(2, "sound"))
    narrow = soxr.resample(tracks.applicant.samples(), RATE_HZ, SAMPLE_RATE_HZ)
    activity = Activity()
    runs = [*activity.push(Sound(0.0, narrow.astype(np.float32))), *activity.finish()]
    for question in dialogue.questions:
        onsets = [abs(run.start_s - question.answer_start_s) for run in runs]
        offsets = [abs(run.end_s - question.answer_end_s) for run in runs]
        assert min(onsets) < 0.03
        assert min(offsets) < 0.08


def test_a_prompter_whispers_what_the_applicant_then_says() -> None:
    dialogue = held(questions=TWO, prompter={"level_db": [-10, -10]}, filled_pause_share=0)
    (prompt,) = dialogue.of("other")
    answer = [line for line in dialogue.of("applicant") if line.question_id == "income_source"]
    assert prompt.question_id == "income_source"
    assert prompt.text == answer[0].text
    assert prompt.end_s < answer[0].start_s
    assert prompt.level_db == -10
    assert dialogue.questions[1].latency_s > prompt.speech.duration_s


def test_answers_to_key_questions_are_read_out_in_a_flat_voice_and_the_others_told() -> None:
    dialogue = held(questions=TWO, read_out={"pitch_range": [4, 4]}, filled_pause_share=0)
    told = held(questions=TWO, filled_pause_share=0)
    read = {line.question_id for line in dialogue.of("applicant") if line.read_out}
    assert read == {"income_source"}
    assert not any(line.read_out for line in (*dialogue.of("officer"), *told.said))

    def range_st(of: Dialogue) -> float:
        (line,) = (one for one in of.of("applicant") if one.question_id == "income_source")
        hz = pitch_hz(line.speech.samples, RATE_HZ, RATE_HZ // 100)
        low, high = np.nanpercentile(12 * np.log2(hz), [10, 90])
        return float(high - low)

    assert range_st(dialogue) < 1.0 < 2.0 < range_st(told)


def test_a_question_that_is_not_asked_cannot_be_read_out() -> None:
    with pytest.raises(SettingsError, match="question 'income_source' is not asked"):
        held(questions=TWO[:1], read_out={"questions": ["income_source"]})


def test_an_interpreter_says_question_and_answer_in_the_other_language() -> None:
    dialogue = held(questions=TWO[:1], interpreter={})
    speakers = [line.speaker for line in dialogue.said]
    assert speakers == ["officer", "interpreter", "applicant", "interpreter"]
    asked, to_applicant, answer, to_officer = (line.text for line in dialogue.said)
    assert asked.isascii()
    assert to_officer.isascii()
    assert not to_applicant.isascii()
    assert not answer.isascii()
    assert dialogue.questions[0].asked_end_s == pytest.approx(dialogue.said[1].end_s)


def test_a_child_talks_across_the_interview_without_moving_it() -> None:
    alone, with_child = held(questions=TWO), held(questions=TWO, child={"per_minute": 10})
    assert len(with_child.of("child")) >= 2
    assert with_child.questions == alone.questions
    assert all(line.end_s <= with_child.duration_s for line in with_child.of("child"))


def test_the_impostor_answers_from_the_question_named() -> None:
    dialogue = held(questions=TWO, replaced_from="income_source", filled_pause_share=0)
    assert [line.voice for line in dialogue.of("applicant")] == ["applicant", "impostor"]
    assert dialogue.voices["impostor"] != dialogue.voices["applicant"]
    throughout = held(questions=TWO, speaks="impostor", filled_pause_share=0)
    assert {line.voice for line in throughout.of("applicant")} == {"impostor"}
    assert {line.speaker for line in throughout.said} == {"officer", "applicant"}


def test_stutters_are_in_the_truth_and_only_the_applicant_has_them() -> None:
    dialogue = held(questions=TWO, stutter={"share": 0.5})
    assert any(line.stutter for line in dialogue.of("applicant"))
    assert not any(line.stutter for line in dialogue.of("officer"))
    for line in dialogue.of("applicant"):
        for stutter in line.stuttered():
            assert line.start_s <= stutter.start_s < stutter.end_s <= line.end_s + 1e-6


def test_a_dub_keeps_time_and_voice_and_says_something_else() -> None:
    dialogue = held(questions=TWO)
    heard = dubbed(dialogue, rng_for(1, "dub"))
    assert heard.questions == dialogue.questions
    for line, other in zip(dialogue.said, heard.said, strict=True):
        assert (line.start_s, line.end_s, line.voice) == (other.start_s, other.end_s, other.voice)
        if line.speaker == "officer":
            assert other is line
        else:
            assert other.text != line.text
            assert other.speech.phones[-1].end_s <= other.speech.duration_s + 1e-6
            samples = line.speech.samples, other.speech.samples
            assert abs(np.corrcoef(*samples)[0, 1]) < 0.3
            assert 0.3 < samples[1].std() / samples[0].std() < 3


def test_every_question_of_the_script_can_be_asked() -> None:
    dialogue = held(questions="all", sentences=3)
    assert len(dialogue.questions) == 13
    assert dialogue.duration_s > 90


def test_recordings_stand_in_for_a_voice_and_for_one_answer(tmp_path: Path) -> None:
    path = tmp_path / "given.wav"
    write_bursts(path, [(0.5, 1.2), (2.0, 2.8)])
    settings = CastSettings.model_validate({"applicant": {"recording": str(path)}})
    cast = draw_cast(settings, "en", rng_for(1, "cast"))
    asked = DialogueSettings.model_validate({"questions": TWO, "recorded_answer_s": [1, 1]})
    dialogue = converse(asked, cast, rng_for(1, "dialogue"))
    first, second = (
        [line for line in dialogue.of("applicant") if line.question_id == question.question_id]
        for question in dialogue.questions
    )
    assert [round(line.speech.duration_s, 1) for line in first] == [0.7, 0.8]
    assert first[1].start_s - first[0].end_s == pytest.approx(0.8, abs=0.03)
    assert second[0].text == ""
    one = held(questions=[{"id": "journey", "recording": str(path), "answer": "By bus."}])
    assert [line.text for line in one.of("applicant")] == ["By bus.", "By bus."]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"questions": [{"id": "journey"}] * 2}, "once each"),
        ({"replaced_from": "employer"}, "'employer' is not asked"),
        ({"persona": "pirate"}, "no persona 'pirate'"),
        (
            {"interpreter": {}, "questions": [{"id": "journey", "answer": "By bus."}]},
            "needs a translation",
        ),
    ],
)
def test_impossible_conversations_are_one_clear_line(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        held(**fields)
    assert "\n" not in str(caught.value)


def test_a_question_that_the_script_does_not_have_is_one_clear_line() -> None:
    with pytest.raises(ScriptError, match="no question 'shoe_size'"):
        held(questions=[{"id": "shoe_size"}])


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        DialogueSettings.model_validate({"questions": [{"id": "journey", "hestitate": {}}]})


def write_bursts(path: Path, spans_s: list[tuple[float, float]]) -> None:
    import wave

    time_s = np.arange(round(3.2 * 16_000)) / 16_000
    sounding = np.zeros_like(time_s, dtype=bool)
    for start_s, end_s in spans_s:
        sounding |= (time_s >= start_s) & (time_s < end_s)
    samples = np.where(sounding, 0.5 * np.sin(2 * np.pi * 440 * time_s), 0)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((samples * 32767).astype(np.int16).tobytes())
