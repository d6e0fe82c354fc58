"""Everything that a session's analysers found, gathered in bounded memory."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np

from facesign.biometrics.face.blinks import Blink
from facesign.biometrics.face.movements import Movement, Unassessed
from facesign.biometrics.face.quality import PictureQuality
from facesign.biometrics.face.track import Face
from facesign.biometrics.observation import Observation
from facesign.biometrics.speakers.turns import Turn
from facesign.biometrics.voice.utterances import Utterance
from facesign.interview.consent import ConsentBook
from facesign.interview.pipeline import Event, FaceReading
from facesign.interview.risk.history import VoiceElsewhere
from facesign.interview.risk.steadiness import PICTURE_GAP_S, GapWatcher, LightWatcher
from facesign.interview.spool import SignalSpool
from facesign.interview.timeline import Curves
from facesign.interview.voices import HeardSoFar, VoiceResult

__all__ = ["Findings"]

MOST_SAMPLES = 4096
BEHAVIOUR = ("gaze.away", "head.turned")
FACE = ("face.", "light.")
"""Beginnings of the names of what the face showed."""
Sample = TypeVar("Sample")


class Findings:
    """Take events in any order of kind; hold what the report needs."""

    def __init__(self) -> None:
        self.observations: list[Observation] = []
        self.utterances: list[Utterance] = []
        self.turns: list[Turn] = []
        self.compared: list[VoiceResult] = []
        self.elsewhere: VoiceElsewhere | None = None
        """What a search of the gallery found; None where none was made."""
        self.unsettled: HeardSoFar | None = None
        """What is shown of the voice while the session runs; nothing else rests on it."""
        self.movements: list[Movement] = []
        self.unassessed: list[Unassessed] = []
        self.blinks: list[Blink] = []
        self.pictures = Thinned[PictureQuality]()
        self.steps_s = Thinned[float]()
        self.poses = Thinned[tuple[float, float]]()
        self.curves = Curves()
        self.signals = SignalSpool()
        self.n_frames = 0
        self.n_found = 0
        self.first_found_s: float | None = None
        self.end_s = 0.0
        self.last_frame_s: float | None = None
        """Of the frames that were looked at; the session may go on without."""
        self._gaps = GapWatcher("picture.gap", PICTURE_GAP_S)
        self._light = LightWatcher()

    def add(self, event: Event) -> None:
        """File one event where it belongs."""
        match event:
            case Face():
                self._add_face(event)
            case FaceReading():
                self._add_reading(event)
            case Movement():
                self.movements.append(event)
            case Unassessed():
                self.unassessed.append(event)
            case Blink():
                self.blinks.append(event)
            case Utterance():
                self.utterances.append(event)
            case Turn():
                self.turns.append(event)
            case VoiceResult():
                self.compared.append(event)
            case VoiceElsewhere():
                self.elsewhere = event
            case HeardSoFar():
                self.unsettled = event
            case Observation():
                self.observations.append(event)

    def named(self, name: str) -> tuple[Observation, ...]:
        """Return all observations of a name, in the order they came."""
        return tuple(o for o in self.observations if o.name == name)

    @property
    def compared_so_far(self) -> list[VoiceResult]:
        """Comparisons of the voice, the latest of speech whose speaker is not settled yet."""
        settled_s = max((one.end_s for one in self.compared), default=0.0)
        early = () if self.unsettled is None else self.unsettled.compared
        return [*self.compared, *(one for one in early if one.start_s >= settled_s)]

    def forget_refused(self, consent: ConsentBook, *, behaviour: bool) -> None:
        """Drop what is no longer consented to.

        Args:
            consent: The last word on each purpose.
            behaviour: Whether behaviour is not assessed.
        """
        if behaviour:
            self.forget_behaviour()
        if consent.decision("face") is False:
            self.forget_face()
        if consent.decision("voice") is False:
            self.forget_voice()

    def forget_behaviour(self) -> None:
        """Drop what only behaviour is made of, after consent to it was withdrawn."""
        self.movements.clear()
        self.unassessed.clear()
        self.blinks.clear()
        self.observations = [o for o in self.observations if o.name not in BEHAVIOUR]
        self.curves.forget("gaze.horizontal", "gaze.vertical", "movement")
        if self.signals.n_frames:
            self.signals.close()
            self.signals = SignalSpool()

    def forget_face(self) -> None:
        """Drop what the face showed, after consent to it was withdrawn."""
        self.forget_behaviour()
        self.curves.forget("pose.yaw", "pose.pitch", "pose.roll")
        self.observations = [o for o in self.observations if not o.name.startswith(FACE)]
        self.pictures = Thinned()
        self.poses = Thinned()
        self.n_found = 0
        self.first_found_s = None

    def forget_voice(self) -> None:
        """Drop what was heard, after consent to it was withdrawn."""
        self.utterances.clear()
        self.turns.clear()
        self.compared.clear()
        self.unsettled = None
        self.forget_search()

    def forget_search(self) -> None:
        """Drop what a search found, after consent to it was withdrawn."""
        self.elsewhere = None

    def _add_face(self, face: Face) -> None:
        self.n_frames += 1
        self.end_s = max(self.end_s, face.time_s)
        if self.last_frame_s is not None and face.time_s > self.last_frame_s:
            self.steps_s.add(face.time_s - self.last_frame_s)
        self.last_frame_s = face.time_s
        self.observations.extend(self._gaps.push(face.time_s, face.time_s))
        if face.found:
            self.n_found += 1
            if self.first_found_s is None:
                self.first_found_s = face.time_s
        if face.picture is not None:
            self.pictures.add(face.picture)
            self.observations.extend(self._light.push(face.time_s, face.picture.brightness))

    def _add_reading(self, reading: FaceReading) -> None:
        block, gaze = reading.block, reading.gaze
        if block.found.any():
            yaw, pitch = np.nanmedian(block.yaw_deg), np.nanmedian(block.pitch_deg)
            self.poses.add((float(yaw), float(pitch)))
        self.curves.add("pose.yaw", block.time_s, block.yaw_deg)
        self.curves.add("pose.pitch", block.time_s, block.pitch_deg)
        self.curves.add("pose.roll", block.time_s, block.roll_deg)
        if reading.signals is None:
            return
        self.curves.add("gaze.horizontal", block.time_s, gaze.horizontal_deg)
        self.curves.add("gaze.vertical", block.time_s, gaze.vertical_deg)
        self.signals.add(reading.signals)
        burst = reading.signals.reading("burst")
        known = np.isfinite(burst).any(axis=1)
        if known.any():
            strength = np.nanpercentile(burst[known], 90, axis=1).astype(np.float32)
            self.curves.add("movement", block.time_s[known], strength)


class Thinned(Generic[Sample]):
    """An evenly thinned list: when it is full, every second sample goes."""

    def __init__(self) -> None:
        self._kept: list[Sample] = []
        self._stride = 1
        self._count = 0

    def add(self, sample: Sample) -> None:
        """Take one sample."""
        if self._count % self._stride == 0:
            self._kept.append(sample)
            if len(self._kept) > MOST_SAMPLES:
                self._kept = self._kept[::2]
                self._stride *= 2
        self._count += 1

    @property
    def kept(self) -> tuple[Sample, ...]:
        """The samples that are left, evenly spread over all that came."""
        return tuple(self._kept)
