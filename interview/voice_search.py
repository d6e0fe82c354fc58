"""One search of the gallery with the applicant's voice: when, with which speech, and only once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import numpy as np

from facesign.biometrics.speakers.turns import Spoken
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.interview.risk.history import NOT_SEARCHED, VoiceElsewhere

__all__ = ["LEAST_S", "SEARCH_S", "Search", "Searcher", "Searches"]

SEARCH_S = 30.0
"""Net speech of the applicant with which the gallery is searched; at the end, less will do."""
LEAST_S = 3.0
"""With less nothing is searched."""


class Searcher(Protocol):
    """Looks for a voice among those who may be searched."""

    def search(self, samples: FloatArray, start_s: float, end_s: float) -> VoiceElsewhere:
        """Search with speech of one person, 16 kHz, shape (n_samples,), of a time."""


class Searches:
    """What the searches of a session found, as its record has it.

    The gallery changes: who analyzes a session again takes what was found, and does not look
    a second time.

    Args:
        known: What was found before, in order.
        keep: Enters what is found now.
        again: Whether what is not known may be searched for; a replay only takes what is known.
    """

    def __init__(
        self,
        known: Iterable[VoiceElsewhere] = (),
        *,
        keep: Callable[[VoiceElsewhere], None] = lambda _: None,
        again: bool = True,
    ) -> None:
        self._known = deque(known)
        self._keep = keep
        self._again = again
        self._searcher: Searcher | None = None

    def over(self, searcher: Searcher | None) -> Searches:
        """Return this, with what is to search where nothing is known yet; None for nothing."""
        self._searcher = searcher if self._again else None
        return self

    def search(self, samples: FloatArray, start_s: float, end_s: float) -> VoiceElsewhere:
        """Return what was found; see `Searcher`."""
        if self._known:
            return self._known.popleft()
        if self._searcher is None:
            return NOT_SEARCHED
        found = self._searcher.search(samples, start_s, end_s)
        self._keep(found)
        return found


class Search:
    """Gather the applicant's speech, and search with it as soon as there is enough.

    Args:
        searcher: Where to search.
        from_s: Tells from when on speech may be searched with, by what is consented to now; None
            where it may not. Speech from before is left out, and what was gathered is forgotten
            when consent ends.
    """

    def __init__(self, searcher: Searcher, from_s: Callable[[], float | None]) -> None:
        self._searcher = searcher
        self._may_from_s = from_s
        self._from_s: float | None = None
        self._open: list[Spoken] = []
        self._is_done = False

    def push(self, spoken: Spoken) -> Iterator[VoiceElsewhere]:
        """Take speech that is surely the applicant's; yield what a search found."""
        if not self._may_go_on() or spoken.turn.start_s < (self._from_s or 0.0):
            return
        self._open.append(spoken)
        if self._seconds() >= SEARCH_S:
            yield self._found()

    def finish(self) -> Iterator[VoiceElsewhere]:
        """Yield what a search with less speech found, if none was made."""
        if not self._may_go_on():
            return
        if self._seconds() >= LEAST_S:
            yield self._found()
        else:
            yield VoiceElsewhere.unknown("too_little_speech")

    def stop(self) -> None:
        """Forget what was gathered, where consent has ended."""
        self._may_go_on()

    def _may_go_on(self) -> bool:
        from_s = self._may_from_s()
        if from_s != self._from_s:
            self._from_s, self._is_done = from_s, False
            self._open.clear()
        return from_s is not None and not self._is_done

    def _found(self) -> VoiceElsewhere:
        parts, self._open, self._is_done = self._open, [], True
        return self._searcher.search(
            np.concatenate([part.samples for part in parts]),
            min(part.turn.start_s for part in parts),
            max(part.turn.end_s for part in parts),
        )

    def _seconds(self) -> float:
        return sum(len(part.samples) for part in self._open) / SAMPLE_RATE_HZ
