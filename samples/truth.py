"""What is true of a rendered interview: `truth.json`, schema 2.

Times are seconds of presentation time, sides the subject's own. Onset and offset are where
a movement passes 10 % of its peak, the apex is its maximum.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeVar

from facesign.errors import MediaError, OutputError

__all__ = [
    "SCHEMA",
    "Attack",
    "Blink",
    "Damage",
    "FrameTimes",
    "GazeEvent",
    "Movement",
    "Participant",
    "PoseEvent",
    "Question",
    "Speech",
    "Truth",
    "read_truth",
    "truth_schema",
    "write_truth",
]

SCHEMA = 2
RIG = "ICT-FaceKit-light, MIT, (c) 2020 USC Institute for Creative Technologies"
_UNITS: Mapping[str, str] = {
    "_s": "seconds of presentation time",
    "_deg": "degrees; yaw to the subject's left, pitch up, roll to the left shoulder",
    "_cm": "centimetres to the subject's left, up, and towards the camera",
    "_px": "pixels of the picture from its upper left corner",
    "amplitude": "1 is a shape's full range",
    "closure": "0 is open, 1 is shut",
}


@dataclass(frozen=True, slots=True)
class Question:
    """When a question was asked and until when it was answered."""

    question_id: str
    asked_start_s: float
    asked_end_s: float
    answer_end_s: float


@dataclass(frozen=True, slots=True)
class Speech:
    """Words without a break."""

    speaker: Literal["officer", "applicant", "other", "interpreter", "child"]
    question_id: str
    start_s: float
    end_s: float
    text: str
    filled_pause: bool = False
    stutter: bool = False


@dataclass(frozen=True, slots=True)
class Blink:
    """Both lids closing once."""

    onset_s: float
    half_closed_s: float
    """Half-way down to its own deepest closure."""
    apex_s: float
    """First moment of the deepest closure: where the lids meet, if they do."""
    half_open_s: float
    offset_s: float
    closure: float
    """Deepest closure: 0 is open, 1 is shut."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A facial movement that was put in."""

    kind: Literal["brief", "slow", "hard_negative", "habit"]
    """A brief or a lasting expression, a look-alike of a brief one, or conversation."""
    name: str
    """Class of an expression (`positive`, `negative`, `surprise`, `other`), else what it is."""
    onset_s: float
    apex_s: float
    offset_s: float
    amplitude: float
    """At the apex, of the strongest channel."""
    side: Literal["left", "right", "both"]
    profile: str
    """Course over time."""
    channels: Mapping[str, float]
    """Such as `au1.left` to its amplitude at the apex."""


@dataclass(frozen=True, slots=True)
class GazeEvent:
    """The eyes on one point of the room."""

    kind: Literal["fixation", "aversion", "wander"]
    start_s: float
    """Where the jump to the point begins."""
    end_s: float
    yaw_deg: float
    """Of the line of sight, from straight at the camera."""
    pitch_deg: float


@dataclass(frozen=True, slots=True)
class PoseEvent:
    """The head passing to another pose, or moving and coming back."""

    kind: Literal["pose", "nod", "jerk"]
    start_s: float
    end_s: float
    yaw_deg: float
    """Of the new pose, or of the movement's farthest point."""
    pitch_deg: float
    roll_deg: float


@dataclass(frozen=True, slots=True)
class Attack:
    """Something that is not a bona fide presentation."""

    kind: str
    start_s: float
    end_s: float
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Damage:
    """Frames that the channel lost or held."""

    kind: Literal["frozen", "dropped", "damaged", "starved"]
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who is there, seen or only heard."""

    role: Literal["applicant", "officer", "other", "interpreter", "child"]
    person: str
    """Name among the people, empty for somebody who is only heard."""
    start_s: float
    end_s: float
    declared: bool = True


@dataclass(frozen=True, slots=True)
class FrameTimes:
    """The frames' times in brief; `truth.npz` has each."""

    n_frames: int
    first_s: float
    last_s: float
    rate_hz: float
    """Mean."""
    longest_step_s: float
    variable: bool = False


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a rendered interview."""

    name: str
    scenario: str
    script: str
    language: str
    seed: int
    duration_s: float
    frames: FrameTimes
    questions: tuple[Question, ...] = ()
    speech: tuple[Speech, ...] = ()
    blinks: tuple[Blink, ...] = ()
    """Of the person in the applicant's place, as are movements, gaze and poses."""
    movements: tuple[Movement, ...] = ()
    gaze: tuple[GazeEvent, ...] = ()
    poses: tuple[PoseEvent, ...] = ()
    attacks: tuple[Attack, ...] = ()
    damage: tuple[Damage, ...] = ()
    participants: tuple[Participant, ...] = ()
    people: tuple[Mapping[str, Any], ...] = ()
    """Everybody who is drawn."""
    voices: Mapping[str, Any] = field(default_factory=dict)
    families: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Part, such as `motion`, to the named generators that it was drawn from."""
    differ: Mapping[str, Any] = field(default_factory=dict)
    """How face, eyes or speech move otherwise than most; empty for most."""
    conditions: Mapping[str, Any] = field(default_factory=dict)
    """What was drawn of light, camera, room and line."""
    rig: str = RIG

    @property
    def n_frames(self) -> int:
        """Frames of the picture."""
        return self.frames.n_frames

    @property
    def frame_rate_hz(self) -> float:
        """Mean rate of the picture."""
        return self.frames.rate_hz

    @property
    def brief_movements(self) -> tuple[Movement, ...]:
        """The brief expressions."""
        return self.moves("brief")

    @property
    def slow_movements(self) -> tuple[Movement, ...]:
        """The lasting expressions."""
        return self.moves("slow")

    def moves(self, kind: str) -> tuple[Movement, ...]:
        """Return the movements of a kind, in time."""
        return tuple(move for move in self.movements if move.kind == kind)

    def to_dict(self) -> dict[str, Any]:
        """Return it as `truth.json` holds it, times to a tenth of a millisecond."""
        head = {"schema": SCHEMA, "synthetic": True}
        plain: dict[str, Any] = _plain(asdict(self))
        return head | plain | {"units": dict(_UNITS)}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Truth:
        """Rebuild it from a document that keeps to the schema."""
        given = {f.name: document[f.name] for f in fields(cls)}
        rows = {name: tuple(_row(kind, r) for r in document[name]) for name, kind in _ROWS.items()}
        families = {part: tuple(names) for part, names in document["families"].items()}
        frames = FrameTimes(**document["frames"])
        people = tuple(document["people"])
        return cls(**{**given, **rows, "frames": frames, "families": families, "people": people})


_Row = TypeVar("_Row")
_ROWS: Mapping[str, type[Any]] = {
    "questions": Question,
    "speech": Speech,
    "blinks": Blink,
    "movements": Movement,
    "gaze": GazeEvent,
    "poses": PoseEvent,
    "attacks": Attack,
    "damage": Damage,
    "participants": Participant,
}


def truth_schema() -> dict[str, Any]:
    """Return the JSON Schema of `truth.json`."""
    text = (files("facesign.samples") / "truth.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def read_truth(path: Path) -> Truth:
    """Read `truth.json` and check it against the schema.

    Raises:
        MediaError: The file cannot be read, is not JSON or does not keep to the schema.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MediaError(path, error.strerror or str(error)) from error
    except ValueError as error:
        raise MediaError(path, f"not JSON ({error})") from error
    wrong = best_match(Draft202012Validator(truth_schema()).iter_errors(document))
    if wrong is not None:
        raise MediaError(
            path, f"not a truth of schema {SCHEMA}: {wrong.json_path}: {wrong.message}"
        )
    return Truth.from_dict(document)


def write_truth(path: Path, truth: Truth) -> None:
    """Write `truth.json`.

    Raises:
        OutputError: The file cannot be written.
    """
    text = json.dumps(truth.to_dict(), indent=1, ensure_ascii=False, allow_nan=False)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from error


def _row(kind: type[_Row], row: Mapping[str, Any]) -> _Row:
    return kind(**row)


def _plain(value: Any) -> Any:
    """Turn tuples into lists and round what was computed."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value
