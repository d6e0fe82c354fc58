"""What is true of a production, put together from its parts, and its `marks.csv`."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from facesign.biometrics.stream import TimeArray
from facesign.errors import OutputError
from facesign.samples.studio.cast_list import Seat
from facesign.samples.studio.production import Production
from facesign.samples.studio.sound.dialogue import Asked, Said
from facesign.samples.truth import (
    Attack,
    Damage,
    FrameTimes,
    Participant,
    Question,
    Speech,
    Truth,
)

__all__ = ["frame_times", "questions_of", "speech_of", "truth_of", "write_marks"]

_MARKS = ("question_id", "asked_start_s", "asked_end_s", "answer_end_s")
_ROLES = {"companion": "other"}
_STEADY = 0.02
"""Most that frame intervals may differ, as a share, to be called a steady rate."""


def truth_of(production: Production) -> Truth:
    """Return what is true of an interview that was filmed."""
    scenario, dialogue = production.scenario, production.dialogue
    applicant = production.seats[0]
    return Truth(
        name=scenario.name,
        scenario=scenario.name,
        script=dialogue.script,
        language=dialogue.language,
        seed=production.seed,
        duration_s=production.duration_s,
        frames=frame_times(production.delivered()),
        questions=questions_of(dialogue.questions),
        speech=speech_of(dialogue.said),
        blinks=_seated(production, "blinks", "apex_s"),
        movements=_seated(production, "movements", "apex_s"),
        gaze=_seated(production, "gaze", "start_s"),
        poses=_seated(production, "poses", "start_s"),
        attacks=tuple(sorted(_attacks(production), key=lambda attack: attack.start_s)),
        damage=tuple(
            Damage(event["kind"], event["start_s"], event["end_s"])
            for event in production.channel_truth().get("events", ())
        ),
        participants=tuple(_participants(production)),
        people=tuple(seat.person.to_dict() for seat in production.seats),
        voices={role: asdict(voice) for role, voice in dialogue.voices.items()},
        families=_families(production, applicant),
        differ=_differ(production, applicant),
        conditions=_conditions(production),
    )


def questions_of(asked: Sequence[Asked]) -> tuple[Question, ...]:
    """Return every question: asked from, asked to, answered to."""
    return tuple(
        Question(
            one.question_id, _ms(one.asked_start_s), _ms(one.asked_end_s), _ms(one.answer_end_s)
        )
        for one in asked
    )


def speech_of(said: Sequence[Said]) -> tuple[Speech, ...]:
    """Return who says what when."""
    return tuple(
        Speech(
            line.speaker,
            line.question_id,
            _ms(line.start_s),
            _ms(line.end_s),
            line.text,
            line.filled_pause,
            line.stutter,
        )
        for line in said
    )


def frame_times(time_s: TimeArray) -> FrameTimes:
    """Sum up the times of the frames, at least two."""
    steps = np.diff(time_s)
    return FrameTimes(
        n_frames=len(time_s),
        first_s=float(time_s[0]),
        last_s=float(time_s[-1]),
        rate_hz=float(1 / steps.mean()),
        longest_step_s=float(steps.max()),
        variable=bool(np.ptp(steps) > _STEADY * steps.mean()),
    )


def write_marks(path: Path, questions: Sequence[Question]) -> None:
    """Write the question times as CSV.

    Raises:
        OutputError: The file cannot be written.
    """
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_MARKS)
            writer.writerows([getattr(one, name) for name in _MARKS] for one in questions)
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from error


def _seated(production: Production, events: str, time: str) -> tuple[Any, ...]:
    """Return the events of whoever sits in the applicant's place at their time."""
    return tuple(
        event
        for seat in production.in_the_chair()
        for event in getattr(seat.act, events)
        if seat.there(getattr(event, time))
    )


def _attacks(production: Production) -> Iterator[Attack]:
    """Yield everything that is not what it seems: picture, sound, lips, people."""
    scenario, dialogue, end_s = production.scenario, production.dialogue, production.duration_s
    for attack in production.attacks:
        drawn = attack.truth()
        kind, start_s, stop_s = (drawn.pop(key) for key in ("kind", "start_s", "end_s"))
        yield Attack(kind, start_s, end_s if stop_s is None else min(stop_s, end_s), drawn)
    for heard in production.tracks.attacks:
        yield Attack(heard.kind, heard.start_s, heard.end_s, dict(heard.parameters))
    impostor = [line for line in dialogue.of("applicant") if line.voice == "impostor"]
    if impostor:
        yield Attack("impostor_voice", impostor[0].start_s, impostor[-1].end_s)
    if scenario.lips == "other_speech":
        yield Attack("lips_other_speech", 0.0, end_s)
    if scenario.encode.sound_offset_s:
        offset = {"sound_offset_s": scenario.encode.sound_offset_s}
        yield Attack("lips_offset", 0.0, end_s, offset)
    if dialogue.of("other"):
        prompts = dialogue.of("other")
        yield Attack("second_voice", prompts[0].start_s, prompts[-1].end_s)
    for number, seat in enumerate(production.in_the_chair()):
        if number:
            yield Attack("applicant_replaced", seat.start_s, seat.end_s)
    for seat in production.seats:
        if not seat.declared and seat not in production.in_the_chair():
            yield Attack("undeclared_person", seat.start_s, seat.end_s)


def _participants(production: Production) -> Iterator[Participant]:
    end_s = production.duration_s
    for seat in production.seats:
        yield Participant(
            _ROLES.get(seat.role, seat.role),  # type: ignore[arg-type]
            seat.person.name,
            seat.start_s,
            seat.end_s,
            seat.declared,
        )
    seen = {seat.role for seat in production.seats}
    for speaker in dict.fromkeys(line.speaker for line in production.dialogue.said):
        if speaker not in seen:
            declared = speaker in ("officer", "interpreter")
            yield Participant(speaker, "", 0.0, end_s, declared)


def _families(production: Production, applicant: Seat) -> dict[str, tuple[str, ...]]:
    return {
        **applicant.act.families,
        "texture": tuple(dict.fromkeys(seat.person.texture for seat in production.seats)),
        "light": (production.light.family,),
        "camera": (production.scenario.camera.family,),
        "backdrop": (production.backdrop.family,),
    }


def _differ(production: Production, applicant: Seat) -> dict[str, Any]:
    stutter = production.scenario.dialogue.stutter.share
    return {**applicant.act.differ, **({"stutter_share": stutter} if stutter else {})}


def _conditions(production: Production) -> dict[str, Any]:
    channel = {k: v for k, v in production.channel_truth().items() if k != "events"}
    read = dict.fromkeys(line.question_id for line in production.dialogue.said if line.read_out)
    return {
        "view": asdict(production.view),
        "camera": production.sensor.truth(),
        "channel": channel,
        "sound": dict(production.tracks.drawn),
        **({"read_out": list(read)} if read else {}),
    }


def _ms(time_s: float) -> float:
    return round(time_s, 3)
