"""Which analyser gets what: frames and sound in, events out, one path for file and stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np

from facesign.biometrics.face.attention import AttentionWatcher, Gaze, gaze_of
from facesign.biometrics.face.baseline import BaselineSource
from facesign.biometrics.face.blinks import Blink, BlinkSpotter
from facesign.biometrics.face.block import FaceBlock, read_block
from facesign.biometrics.face.meter import SignalMeter
from facesign.biometrics.face.movements import Movement, Unassessed
from facesign.biometrics.face.presence import PresenceWatcher
from facesign.biometrics.face.sharpen import Sharpener
from facesign.biometrics.face.signals import Signals
from facesign.biometrics.face.spotter import ClassifierSpotter
from facesign.biometrics.face.track import Face
from facesign.biometrics.face.tracker_process import TrackerProcess
from facesign.biometrics.observation import Observation
from facesign.biometrics.speakers.turns import Turn
from facesign.biometrics.stream import (
    SAMPLE_RATE_HZ,
    BlockGrid,
    BoolArray,
    FloatArray,
    Frame,
    Sound,
    TimeArray,
    Track,
)
from facesign.biometrics.voice.quality import VoiceQuality
from facesign.biometrics.voice.utterances import Utterance, Utterances
from facesign.interview.consent import Purpose
from facesign.interview.questions import QuestionLog
from facesign.interview.risk.history import VoiceElsewhere
from facesign.interview.voices import HeardSoFar, SpeakerPath, VoiceResult, Voices

__all__ = ["BehaviourModels", "Event", "FaceReading", "Pipeline"]

LIPS_LEAD_S = 0.2
"""Lips part 0.1 to 0.3 s before they are heard (Chandrasekaran et al. 2009, PLoS Comput Biol
5:e1000436); that is speaking, not a movement of a listening face."""
SOUND_LATE_S = 1.5
"""Frames wait this long for the sound of their time; then they count as without speech."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceReading:
    """One block of the face as it was read."""

    block: FaceBlock
    gaze: Gaze
    signals: Signals | None
    """None where behaviour is not assessed."""


Event: TypeAlias = (
    Observation
    | Face
    | FaceReading
    | Movement
    | Unassessed
    | Blink
    | Utterance
    | Turn
    | VoiceResult
    | VoiceElsewhere
    | HeardSoFar
)
_Listener: TypeAlias = Callable[[TimeArray], BoolArray]


@dataclass(frozen=True, slots=True)
class BehaviourModels:
    """What reads movements of the face."""

    sharpener: Sharpener
    spotter: ClassifierSpotter


class Pipeline:
    """Push frames and sound; get faces, readings, movements, utterances, observations.

    Args:
        open_tracker: Starts the face tracker when the first frame comes.
        open_behaviour: Opens what reads movements; None where behaviour is not assessed.
        tracks: The sound that will be pushed.
        questions: What is asked when.
        baseline: What the person's own baseline is made of.
        open_voices: Opens what voices are told apart with when the first sound comes, and
            may give None where they are not.
        others_declared: Whether somebody else may speak on the applicant's side.
        early: Tell what is likely of the applicant's voice before it is settled, too.
        search_from_s: From when on speech may be searched with; None where it may not.
    """

    def __init__(
        self,
        *,
        open_tracker: Callable[[], TrackerProcess],
        open_behaviour: Callable[[], BehaviourModels] | None,
        tracks: Sequence[Track],
        questions: QuestionLog,
        baseline: BaselineSource,
        open_voices: Callable[[], Voices | None] = lambda: None,
        others_declared: bool = False,
        early: bool = False,
        search_from_s: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._search_from_s = search_from_s
        self._others_declared = others_declared
        self._open_voices: Callable[[], Voices | None] | None = open_voices
        self._early = early
        self._speakers: SpeakerPath | None = None
        # The officer is heard only to know when they speak; nobody's prosody without behaviour.
        with_prosody = open_behaviour is not None
        self._voices = {
            track: Utterances(
                track,
                with_prosody=with_prosody and track != "officer",
                listener=partial(self._heard, track),
            )
            for track in tracks
        }
        self._questions = questions
        self._listened_to = next((t for t in tracks if t != "officer"), None)
        self._baseline: BaselineSource = baseline
        self._open_behaviour = open_behaviour
        self._open_tracker = open_tracker
        self._face: _FacePath | None = None

    @property
    def listened_to(self) -> Utterances | None:
        """The track the applicant is heard on; None without sound."""
        return self._voices.get(self._listened_to) if self._listened_to is not None else None

    @property
    def movements_under_way(self) -> tuple[Movement, ...]:
        """Brief movements that are seen and not settled yet; nothing rests on them."""
        return () if self._face is None else self._face.movements_under_way

    @property
    def voice_quality(self) -> VoiceQuality | None:
        """Quality of the track the applicant is heard on; None without sound."""
        voice = self.listened_to
        return voice.quality() if voice is not None and voice.analysed_until_s > 0 else None

    @property
    def meter(self) -> SignalMeter | None:
        """The signals' baseline and its history; None where behaviour is not assessed."""
        return None if self._face is None else self._face.meter

    def push(self, item: Frame | Sound) -> Iterator[Event]:
        """Take one frame or run of sound; yield what became known with it."""
        if isinstance(item, Sound):
            if item.track in self._voices:
                self._start_speakers()
                for sound in _short(item):
                    yield from self._voices[item.track].push(sound)
                    if self._speakers is not None:
                        yield from self._speakers.push(sound)
        else:
            if self._face is None:
                self._face = _FacePath(
                    self._open_tracker(),
                    questions=self._questions,
                    baseline=self._baseline,
                    open_behaviour=self._open_behaviour,
                    mouth=self._mouth,
                )
            yield from self._face.push(item)
        if self._face is not None:
            yield from self._face.release(self._heard_until_s(), self._speaking_at)

    def finish(self) -> Iterator[Event]:
        """Yield what was still open at the end of the stream."""
        for voice in self._voices.values():
            yield from voice.finish()
        if self._face is not None:
            yield from self._face.finish(self._speaking_at)
        if self._speakers is not None:
            yield from self._speakers.finish()

    def interrupt(self, time_s: float) -> None:
        """Note that nothing was captured up to a time: the voice is compared with before."""
        if self._speakers is not None:
            self._speakers.interrupt(time_s)

    def is_continued(self, time_s: float) -> bool | None:
        """Tell whether the applicant's voice went on after `interrupt`; None where unknown."""
        return None if self._speakers is None else self._speakers.is_continued(time_s)

    def stop(self, purpose: Purpose) -> None:
        """End an analysis that is no longer consented to; what is held back is dropped."""
        if purpose == "behaviour":
            self._stop_behaviour()
        elif purpose == "face":
            self._stop_face()
        elif purpose == "voice":
            self._stop_voice()
        elif purpose == "search" and self._speakers is not None:
            self._speakers.stop_search()

    def _stop_behaviour(self) -> None:
        for voice in self._voices.values():
            voice.stop_prosody()
        self._open_behaviour = None
        if self._face is not None:
            self._face.stop_behaviour()

    def _stop_face(self) -> None:
        if self._face is not None:
            self._face.close()
            self._face = None

    def _stop_voice(self) -> None:
        self._voices.clear()
        self._listened_to = None
        self._speakers = self._open_voices = None

    def _start_speakers(self) -> None:
        if self._open_voices is not None:
            voices, self._open_voices = self._open_voices(), None
            if voices is not None:
                self._speakers = SpeakerPath(
                    voices,
                    self._questions,
                    shared=self._others_declared,
                    early=self._early,
                    search_from_s=self._search_from_s,
                )

    def _heard(self, track: Track, start_s: float, samples: FloatArray) -> None:
        if self._speakers is not None:
            self._speakers.heard(track, start_s, samples)

    def _mouth(self, time_s: TimeArray, channels: FloatArray) -> None:
        if self._speakers is not None:
            self._speakers.mouth(time_s, channels)

    def _heard_until_s(self) -> float:
        if self._listened_to is None:
            return np.inf
        return self._voices[self._listened_to].analysed_until_s - LIPS_LEAD_S

    def _speaking_at(self, time_s: TimeArray) -> BoolArray:
        if self._listened_to is None:
            return np.zeros(len(time_s), dtype=np.bool_)
        soon_s = time_s + LIPS_LEAD_S
        voice = self._voices[self._listened_to]
        heard, soon = voice.speaking_at(time_s), voice.speaking_at(soon_s)
        if self._listened_to == "mixed":
            # The officer is heard too, while a question is being asked.
            heard &= ~self._questions.being_asked(time_s)
            soon &= ~self._questions.being_asked(soon_s)
        return heard | soon


def _short(sound: Sound) -> Iterator[Sound]:
    """Yield a sound in parts that are short beside what is remembered of a track."""
    for first in range(0, len(sound.samples), SAMPLE_RATE_HZ):
        part = sound.samples[first : first + SAMPLE_RATE_HZ]
        yield Sound(sound.time_s + first / SAMPLE_RATE_HZ, part, sound.track)


class _FacePath:
    """The face's analysers in their order, with blocks held until their sound is heard.

    The tracker, which costs most, works in its own process, a few frames ahead of the rest.
    """

    def __init__(
        self,
        tracker: TrackerProcess,
        *,
        questions: QuestionLog,
        baseline: BaselineSource,
        open_behaviour: Callable[[], BehaviourModels] | None,
        mouth: Callable[[TimeArray, FloatArray], None],
    ) -> None:
        self._tracker = tracker
        self._mouth = mouth
        self._questions = questions
        self._presence = PresenceWatcher()
        self._grid: BlockGrid[Face] = BlockGrid(lambda face: face.time_s)
        self._held: deque[list[Face]] = deque()
        self._now_s = -np.inf
        self._blinks = BlinkSpotter()
        self._attention = AttentionWatcher()
        self._models = None if open_behaviour is None else open_behaviour()
        self._waiting: deque[tuple[FaceBlock, Gaze]] = deque()
        self.meter = None if open_behaviour is None else SignalMeter(baseline)

    @property
    def movements_under_way(self) -> tuple[Movement, ...]:
        return () if self._models is None else self._models.spotter.under_way

    def push(self, frame: Frame) -> Iterator[Event]:
        yield from self._take(self._tracker.push(frame))

    def release(self, heard_until_s: float, speaking_at: _Listener) -> Iterator[Event]:
        while self._held:
            end_s = self._held[0][-1].time_s
            # What is heard until a time does not include the time itself.
            if heard_until_s <= end_s and self._now_s - end_s < SOUND_LATE_S:
                return
            yield from self._read(self._held.popleft(), speaking_at)

    def finish(self, speaking_at: _Listener) -> Iterator[Event]:
        yield from self._take(self._tracker.finish())
        yield from self._presence.finish()
        self._held.extend(self._grid.finish())
        while self._held:
            yield from self._read(self._held.popleft(), speaking_at)
        if self.meter is not None and self._models is not None:
            for signals in self.meter.finish():
                yield from self._spot(self._models.spotter, signals)
            yield from self._blinks.finish()
            yield from self._attention.finish()
            yield from self._models.spotter.finish()

    def stop_behaviour(self) -> None:
        self.meter = self._models = None
        self._waiting.clear()

    def close(self) -> None:
        self._tracker.close()

    def _take(self, faces: Iterable[Face]) -> Iterator[Event]:
        for face in faces:
            self._now_s = face.time_s
            yield face
            yield from self._presence.push(face)
            self._held.extend(self._grid.push(face))

    def _read(self, faces: list[Face], speaking_at: _Listener) -> Iterator[Event]:
        times = np.array([face.time_s for face in faces])
        block = read_block(faces, speaking_at(times))
        gaze = gaze_of(block)
        self._mouth(times, block.channels)
        if self.meter is None or self._models is None:
            yield FaceReading(block, gaze, None)
            return
        yield from self._blinks.push(block)
        # With the whole recording as baseline the signals come at the end, all at once.
        self._waiting.append((block, gaze))
        marked = self._questions.in_baseline(times) if self._questions.is_used else None
        closed = self._questions.baseline_is_over(float(times[0]))
        sharp = self._models.sharpener.push(block)
        for signals in self.meter.push(sharp, marked, closed=closed):
            yield from self._spot(self._models.spotter, signals)

    def _spot(self, spotter: ClassifierSpotter, signals: Signals) -> Iterator[Event]:
        block, gaze = self._waiting.popleft()
        baseline = self.meter.baseline if self.meter is not None else None
        readable = baseline if signals.valid.any() else None
        yield from self._attention.push(block, gaze, readable)
        yield from spotter.push(block, signals, baseline)
        yield FaceReading(block, gaze, signals)
