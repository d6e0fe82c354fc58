"""Hand-made questions, speech, faces and sessions, for tests that need no media."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from facesign.biometrics.face.attention import Gaze
from facesign.biometrics.face.baseline import Baseline
from facesign.biometrics.face.blinks import Blink
from facesign.biometrics.face.block import FaceBlock
from facesign.biometrics.face.faces import FaceBox
from facesign.biometrics.face.meter import Rebased
from facesign.biometrics.face.movements import Movement
from facesign.biometrics.face.quality import PictureQuality
from facesign.biometrics.face.signals import CHANNELS, SIGNALS, Signals
from facesign.biometrics.face.track import LOST, Face
from facesign.biometrics.observation import Observation
from facesign.biometrics.stream import Frame, Sound, Track
from facesign.biometrics.voice.filled_pauses import FilledPause
from facesign.biometrics.voice.quality import VoiceQuality
from facesign.biometrics.voice.utterances import Utterance
from facesign.interview.consent import Purpose
from facesign.interview.home import Settings
from facesign.interview.marks import Mark
from facesign.interview.pipeline import Event, FaceReading
from facesign.interview.script import Question, QuestionKind, Script, Words
from facesign.interview.session import Session

GOOD_VOICE = VoiceQuality(
    snr_db=40.0, clipped_share=0.0, net_speech_s=20.0, bandwidth_hz=8000.0, reasons=()
)
GOOD_PICTURE = PictureQuality(
    inter_ocular_px=130.0,
    sharpness=0.3,
    brightness=140.0,
    over_exposed=0.0,
    uniformity=0.9,
    eye_whites=160.0,
)


def words(text: str) -> Words:
    return Words(zh=f"{text}（中文）", en=text)


def question(
    question_id: str = "income",
    kind: QuestionKind = "sensitive",
    follow_ups: Sequence[str] = ("Which employer?",),
) -> Question:
    return Question(question_id, kind, words(question_id), tuple(map(words, follow_ups)))


SCRIPT = Script(
    script_id="three",
    version=1,
    title=words("Three questions"),
    questions=(
        question("name", "baseline", ()),
        question("income", "sensitive", ("Which employer?", "Anything else?")),
        question("coached", "protection", ("Another place?",)),
    ),
)


def speech(
    start_s: float,
    end_s: float,
    track: Track = "mixed",
    *,
    pitch_hz: float | None = 120.0,
    loudness_db: float = -20.0,
    syllable_rate_hz: float | None = 4.0,
    filled_at_s: Sequence[float] = (),
) -> Utterance:
    return Utterance(
        start_s=start_s,
        end_s=end_s,
        track=track,
        loudness_db=loudness_db,
        pitch_hz=pitch_hz,
        pitch_range_st=3.0,
        syllable_rate_hz=syllable_rate_hz,
        n_syllables=4,
        filled_pauses=tuple(FilledPause(t, t + 0.3) for t in filled_at_s),
        quality=GOOD_VOICE,
    )


def movement(apex_s: float) -> Movement:
    return Movement(apex_s - 0.1, apex_s, apex_s + 0.1, ("au1.left",), 5.0, "high", 0.8, "surprise")


def blink(apex_s: float) -> Blink:
    return Blink(apex_s - 0.05, apex_s, apex_s + 0.1, 0.9)


def seen(name: str, start_s: float, end_s: float, value: float | None = 1.0) -> Observation:
    return Observation(name, start_s, end_s, value, "1", analyser="test")


def face(
    time_s: float,
    *,
    found: bool = True,
    picture: PictureQuality | None = GOOD_PICTURE,
) -> Face:
    return Face(
        time_s=time_s,
        landmarks=LOST,
        box=FaceBox(320.0, 240.0, 200.0) if found else None,
        jumped=False,
        others=None,
        picture=picture if found else None,
    )


def reading(time_s: Sequence[float], *, yaw_deg: float = 0.0, signals: bool = False) -> FaceReading:
    times = np.array(time_s)
    n_frames = len(times)

    def whole(value: float) -> Any:
        return np.full(n_frames, value, dtype=np.float32)

    block = FaceBlock(
        time_s=times,
        channels=np.zeros((n_frames, len(CHANNELS)), dtype=np.float32),
        yaw_deg=whole(yaw_deg),
        pitch_deg=whole(0.0),
        roll_deg=whole(0.0),
        inter_ocular_px=whole(130.0),
        speaking=np.zeros(n_frames, dtype=np.bool_),
        brightness=140.0,
    )
    return FaceReading(
        block, Gaze(whole(1.0), whole(2.0)), some_signals(times) if signals else None
    )


def some_signals(times: Any, value: float = 1.5) -> Signals:
    values = np.full((len(times), len(SIGNALS)), value, dtype=np.float32)
    return Signals(
        time_s=np.asarray(times, dtype=np.float64),
        values=values,
        valid=np.isfinite(values),
        speaking=np.zeros(len(times), dtype=np.bool_),
    )


def baseline(start_s: float = 0.0, end_s: float = 10.0) -> Baseline:
    per_state = np.zeros((2, len(CHANNELS)))
    return Baseline(
        source="marked_questions",
        start_s=start_s,
        end_s=end_s,
        n_frames=round(30 * (end_s - start_s)),
        listening_s=(end_s - start_s) / 2,
        speaking_s=(end_s - start_s) / 2,
        rate_hz=30.0,
        inter_ocular_px=130.0,
        brightness=140.0,
        yaw_deg=0.0,
        pitch_deg=0.0,
        median=per_state,
        scale=per_state + 1,
        whole_median=per_state[0],
        whole_scale=per_state[0] + 1,
        quick_scale=per_state[0] + 1,
        burst_median=per_state,
        burst_scale=per_state + 1,
        limited=np.zeros(per_state.shape[1], dtype=np.bool_),
    )


def calm_face(duration_s: float, rate_hz: float = 30.0) -> list[Event]:
    """A face that is there throughout, frontal, well lit and large."""
    times = [n / rate_hz for n in range(round(duration_s * rate_hz))]
    events: list[Event] = [face(t) for t in times]
    events += [reading(times[n : n + 8]) for n in range(0, len(times), 8)]
    return events


@dataclass
class Meter:
    baselines: list[Baseline] = field(default_factory=list)
    rebased: list[Rebased] = field(default_factory=list)


class ScriptedPipeline:
    """Stands in for the analysers: gives prepared events at the end of the stream."""

    def __init__(
        self,
        events: Sequence[Event],
        voice: VoiceQuality | None = GOOD_VOICE,
        baselines: Sequence[Baseline] = (),
    ) -> None:
        self.events = events
        self.voice_quality = voice
        self.meter = Meter(list(baselines))
        self.pushed: list[Frame | Sound] = []
        self.stopped: list[str] = []
        self.listened_to = None
        self.movements_under_way: tuple[Movement, ...] = ()
        self.continued: dict[float, bool | None] = {}

    def interrupt(self, time_s: float) -> None:
        self.continued[time_s] = False

    def is_continued(self, time_s: float) -> bool | None:
        return self.continued.get(time_s)

    def stop(self, purpose: Purpose) -> None:
        self.stopped.append(purpose)

    def push(self, item: Frame | Sound) -> Iterator[Event]:
        self.pushed.append(item)
        yield from ()

    def finish(self) -> Iterator[Event]:
        yield from self.events


def frame(time_s: float = 0.0) -> Frame:
    return Frame(time_s, np.full((48, 64, 3), 128, dtype=np.uint8))


def sound(time_s: float = 0.0, seconds: float = 0.1, track: Track = "mixed") -> Sound:
    return Sound(time_s, np.zeros(round(16_000 * seconds), dtype=np.float32), track)


def scripted_session(
    pipeline: ScriptedPipeline,
    *,
    end_s: float = 30.0,
    agreed: Sequence[str] = ("recording", "face", "voice"),
    refused: Sequence[str] = (),
    marks: Sequence[Mark] = (),
    settings: Settings | None = None,
    **options: Any,
) -> Session:
    """A live session whose analysers give the pipeline's events; frames and sound were pushed."""
    session = Session(
        script=SCRIPT, marks=marks, settings=settings or Settings(), recorded=True, **options
    )
    for purpose in agreed:
        session.consent(purpose=purpose, text="en-1", given_by="C-1")
    for purpose in refused:
        session.consent(purpose=purpose, text="en-1", given_by="C-1", granted=False)
    session._analysers.open_voices()
    session._open_pipeline = lambda: pipeline  # type: ignore[assignment,method-assign,return-value]
    session.push(frame(0.0))
    session.push(Sound(0.0, sound(0.0).samples, options.get("tracks", ("mixed",))[0]))
    session.push(frame(end_s))
    return session
