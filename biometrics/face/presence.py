"""Who is in the picture: the applicant's face present, absent, elsewhere, and others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from facesign.biometrics.face.faces import FaceBox
from facesign.biometrics.face.quality import grade_picture
from facesign.biometrics.face.track import Face
from facesign.biometrics.intervals import Interval, IntervalBuilder
from facesign.biometrics.observation import Observation, Subject

__all__ = ["PresenceWatcher"]

Name = Literal["face.present", "face.absent", "face.other"]

ABSENT_LEAST_S = 0.5
OTHER_LEAST_S = 0.4
"""Other faces are looked for at 2 Hz: two sightings in a row make an interval."""
OTHER_BRIDGE_S = 1.1
OTHER_LEAST_SIZE = 0.25
"""A face under a quarter of the applicant's is a picture on the wall or a passer-by."""


class PresenceWatcher:
    """Turn faces into observations: how long seen or not, how large another, how far a jump."""

    def __init__(self) -> None:
        self._present = IntervalBuilder(bridge_s=0.2)
        self._absent = IntervalBuilder(least_s=ABSENT_LEAST_S)
        self._other = IntervalBuilder(least_s=OTHER_LEAST_S, bridge_s=OTHER_BRIDGE_S)
        self._last_box: FaceBox | None = None
        self._last_s = 0.0
        self._grades = _Mean()

    def push(self, face: Face) -> Iterator[Observation]:
        """Take one frame's face; yield what ended with it."""
        self._last_s = face.time_s
        if face.jumped and face.box is not None and self._last_box is not None:
            yield _jump(face.time_s, self._last_box, face.box)
        if face.box is not None:
            self._last_box = face.box
        for part in self._present.push(face.time_s, face.found):
            yield _observation("face.present", part, "applicant", self._grades.take())
        if face.picture is not None:
            self._grades.add(grade_picture(face.picture))
        ended = list(self._absent.push(face.time_s, not face.found))
        for part in ended:
            yield _observation("face.absent", part, "applicant")
        if face.others is not None:
            size = self._largest(face.others)
            for part in self._other.push(face.time_s, size >= OTHER_LEAST_SIZE, size):
                yield _observation("face.other", part, "other")

    def finish(self) -> Iterator[Observation]:
        """Yield what held until the end of the stream."""
        for part in self._present.finish():
            yield _observation("face.present", part, "applicant", self._grades.take())
        for part in self._absent.finish(self._last_s):
            yield _observation("face.absent", part, "applicant")
        for part in self._other.finish():
            yield _observation("face.other", part, "other")

    def _largest(self, others: tuple[FaceBox, ...]) -> float:
        """Return the size of the largest other face, in sizes of the applicant's."""
        if not others:
            return 0.0
        largest = max(face.size_px for face in others)
        return largest / self._last_box.size_px if self._last_box is not None else 1.0


class _Mean:
    """The mean of what was added since it was last taken."""

    def __init__(self) -> None:
        self._total, self._count = 0.0, 0

    def add(self, value: float) -> None:
        self._total += value
        self._count += 1

    def take(self) -> float | None:
        mean = self._total / self._count if self._count else None
        self._total, self._count = 0.0, 0
        return mean


def _observation(
    name: Name, part: Interval, subject: Subject, quality: float | None = None
) -> Observation:
    value = part.peak if name == "face.other" else part.end_s - part.start_s
    return Observation(
        name=name,
        start_s=part.start_s,
        end_s=part.end_s,
        value=value,
        unit="1" if name == "face.other" else "s",
        quality=quality,
        subject=subject,
        analyser="face.presence",
    )


def _jump(time_s: float, before: FaceBox, after: FaceBox) -> Observation:
    resized = after.resized_from(before)
    return Observation(
        name="face.size_jump" if resized else "face.place_jump",
        start_s=time_s,
        end_s=time_s,
        value=after.size_ratio_to(before) if resized else before.distance_to(after),
        unit="1",
        analyser="face.presence",
    )
