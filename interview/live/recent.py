"""What the last seconds of a session were like: rate, light, sound, and where the face is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from facesign.biometrics.face.quality import FaceReason, PictureQuality, grade
from facesign.biometrics.face.track import Face
from facesign.biometrics.stream import Frame, Sound
from facesign.biometrics.voice.quality import LOW_SNR_DB, VoiceQuality
from facesign.interview.pipeline import Event, FaceReading

__all__ = ["Hint", "Recent"]

OVER_S = 5.0
GOOD_ENOUGH = 0.5
"""A grade below this, half way from good to unusable, is worth a hint."""
DEAD_DB = -70.0
"""A microphone that gives less than this at its loudest is off or covered."""
MOST_SKIPPED = 0.05
LEAST_SEEN = 0.5
_OUTLINE = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
    *(33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380),
    *(70, 105, 107, 336, 334, 300),
    *(1, 61, 0, 291, 17, 13, 14),
)
"""Face, eyes, brows, nose and lips, in MediaPipe's numbering."""
_PICTURE: tuple[tuple[str, FaceReason, str, Callable[[PictureQuality], float]], ...] = (
    ("light", "under_exposure", "luma", lambda p: p.light),
    ("over_exposed", "over_exposure", "1", lambda p: p.over_exposed),
    ("light_evenness", "illumination_uniformity", "1", lambda p: p.uniformity),
    ("sharpness", "sharpness", "1", lambda p: p.sharpness),
    ("face_size", "inter_eye_distance", "px", lambda p: p.inter_ocular_px),
)


@dataclass(frozen=True, slots=True)
class Hint:
    """One property of the capture over the last seconds."""

    code: str
    ok: bool | None
    """None where it was not measured."""
    value: float | None
    unit: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for the live state."""
        value = None if self.value is None else round(self.value, 3)
        return {"code": self.code, "ok": self.ok, "value": value, "unit": self.unit}


class Recent:
    """Keep what came in the last five seconds."""

    def __init__(self) -> None:
        self._frames: deque[tuple[float, bool]] = deque()
        self._found: deque[tuple[float, bool]] = deque()
        self._pictures: deque[tuple[float, PictureQuality]] = deque()
        self._poses: deque[tuple[float, float]] = deque()
        self._levels: deque[tuple[float, float]] = deque()
        self._size = (0, 0)
        self._face: Face | None = None
        self.n_frames = 0
        self.n_skipped = 0

    def frame(self, time_s: float, frame: Frame | None) -> None:
        """Take a frame that came; None for one that was skipped."""
        self.n_frames += 1
        self.n_skipped += frame is None
        _add(self._frames, time_s, frame is None)
        if frame is not None:
            self._size = (frame.image.shape[1], frame.image.shape[0])

    def sound(self, sound: Sound) -> None:
        """Take a run of sound."""
        power = float(np.mean(np.square(sound.samples))) if len(sound.samples) else 0.0
        _add(self._levels, sound.time_s, 10 * float(np.log10(power + 1e-12)))

    def event(self, event: Event) -> None:
        """Take something that the analysers found."""
        if isinstance(event, Face):
            self._face = event
            _add(self._found, event.time_s, event.found)
            if event.picture is not None:
                _add(self._pictures, event.time_s, event.picture)
        elif isinstance(event, FaceReading):
            turned = np.hypot(event.block.yaw_deg, event.block.pitch_deg)
            if np.isfinite(turned).any():
                _add(self._poses, float(event.block.time_s[-1]), float(np.nanmedian(turned)))

    def forget_face(self) -> None:
        """Drop what the face showed."""
        self._face = None
        for held in (self._found, self._pictures, self._poses):
            held.clear()

    @property
    def rate_hz(self) -> float | None:
        """Frames a second that arrive."""
        if len(self._frames) < 3:
            return None
        span_s = self._frames[-1][0] - self._frames[0][0]
        return None if span_s <= 0 else (len(self._frames) - 1) / span_s

    def overlay(self) -> dict[str, Any] | None:
        """Return where the face is; None without one."""
        face, (width, height) = self._face, self._size
        if face is None or not face.found or not width:
            return None
        points = face.landmarks[list(_OUTLINE), :2] / (width, height)
        return {
            "time_s": round(face.time_s, 3),
            "points": [[round(float(x), 4), round(float(y), 4)] for x, y in points],
            "width": width,
            "height": height,
        }

    def hints(self, voice: VoiceQuality | None) -> list[Hint]:
        """Return what the capture is like now.

        Args:
            voice: Quality of the applicant's track so far.
        """
        made = [
            _graded(code, reason, _median(read(picture) for _, picture in self._pictures), unit)
            for code, reason, unit, read in _PICTURE
        ]
        pose = _median(value for _, value in self._poses)
        made.append(_graded("pose", "head_pose", pose, "deg"))
        made.append(_graded("rate", "frame_rate", self.rate_hz, "Hz"))
        seen = _share(self._found)
        made.append(Hint("face_seen", None if seen is None else seen >= LEAST_SEEN, seen, "1"))
        loudest = max((level for _, level in self._levels), default=None)
        made.append(
            Hint("sound_level", None if loudest is None else loudest > DEAD_DB, loudest, "dB")
        )
        made += _heard(voice)
        skipped = _share(self._frames)
        made.append(
            Hint(
                "frames_skipped", None if skipped is None else skipped <= MOST_SKIPPED, skipped, "1"
            )
        )
        return made


def _heard(voice: VoiceQuality | None) -> list[Hint]:
    snr_db = None if voice is None else voice.snr_db
    clipped = None if voice is None or snr_db is None else voice.clipped_share
    return [
        Hint("noise", None if snr_db is None else snr_db >= LOW_SNR_DB, snr_db, "dB"),
        Hint(
            "clipping",
            None if clipped is None or voice is None else "clipped" not in voice.reasons,
            clipped,
            "1",
        ),
    ]


def _graded(code: str, reason: FaceReason, value: float | None, unit: str) -> Hint:
    ok = None if value is None else grade(reason, value) >= GOOD_ENOUGH
    return Hint(code, ok, value, unit)


def _add(held: deque[tuple[float, Any]], time_s: float, value: Any) -> None:
    held.append((time_s, value))
    while held and held[0][0] < time_s - OVER_S:
        held.popleft()


def _median(values: Iterable[float]) -> float | None:
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if known else None


def _share(held: deque[tuple[float, bool]]) -> float | None:
    return sum(value for _, value in held) / len(held) if held else None
