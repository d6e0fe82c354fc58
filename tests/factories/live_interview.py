"""A live interview as its worker leads it, without processes and pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import soxr
from live_media import voice
from session_factory import SCRIPT

from facesign.biometrics.stream import FloatArray, Sound
from facesign.interview.consent import PURPOSES
from facesign.interview.home import Home
from facesign.interview.live.beginning import begin
from facesign.interview.live.conduct import track_of
from facesign.interview.live.decoding import Readable, SegmentDecoder
from facesign.interview.live.going_on import GoingOn
from facesign.interview.live.growing import GrowingFile
from facesign.interview.live.history import GONE_ON
from facesign.interview.live.logbook import Logbook
from facesign.interview.live.plan import SessionPlan, Start
from facesign.interview.report import Report

__all__ = ["SESSION", "LiveInterview"]

SESSION = "01a22c12-acbc-73b5-a315-fe17bf3ec691"


class LiveInterview:
    """One that begins with every consent asked for."""

    def __init__(self, home: Home, *, refused: Sequence[str] = ()) -> None:
        self._home = home
        now = datetime.now(UTC)
        self._start = Start(SESSION, now, SessionPlan("C-1", SCRIPT, lang="en"), home, "ann")
        self.book = Logbook(home, SESSION, now)
        self.conduct = begin(self._start, self.book)
        for purpose in PURPOSES:
            granted = purpose not in refused
            given = {"purpose": purpose, "granted": granted, "text": "en-1", "lang": "en"}
            self.do("consent", given)
        self.book.open()
        self.conduct.open()

    def do(self, name: str, values: Mapping[str, Any]) -> None:
        values = self.book.as_entered(name, values)
        after = self.conduct.n_items
        self.conduct.apply(name, values, time_s=0.0)
        self.book.command(name, values, time_s=0.0, after=after)

    def receive(self, samples: FloatArray) -> None:
        """Take all that the applicant's page sends."""
        segment = {"stream": "applicant.1", "mime": "video/webm", "lost_s": None}
        self.book.add("segment", {**segment, "reason": "connection"})
        media = voice(soxr.resample(samples, 16_000, 48_000))
        self.book.piece("applicant.1", media)
        received = GrowingFile()
        received.feed(media)
        received.end()
        self._analyze(received)

    def die(self) -> None:
        """End as a worker does that is killed; another one takes over and analyzes anew."""
        self.book.drop()
        held = GoingOn.open(self._home, SESSION)
        assert held is not None
        self.book = Logbook(self._home, SESSION, self._start.created_at)
        self.conduct = held.conduct(self._home, self.book)
        self.book.go_on(held.writer)
        self.book.add(GONE_ON, {"at_s": 1.0, "silent_s": 0.0, "segment_goes_on": True})
        self._analyze(held.record.media("applicant.1"))

    def end(self) -> Report:
        report = self.conduct.finish()
        assert report is not None
        self.book.report(report, after=self.conduct.n_items)
        self.book.close("closed")
        return report

    def _analyze(self, media: Readable) -> None:
        for item in SegmentDecoder(media, track=track_of(self._start.plan), offset_s=0.0):
            assert isinstance(item, Sound)
            self.conduct.push(item)
