"""The applicant's voice through a session: who speaks, and whether it is the customer's."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np

from facesign.biometrics.face.signals import CHANNELS
from facesign.biometrics.speakers.overlap import OverlapDetector
from facesign.biometrics.speakers.pieces import VoiceEncoder
from facesign.biometrics.speakers.separation import Separation
from facesign.biometrics.speakers.turns import Spoken, Turn
from facesign.biometrics.speakers.who import WhoSpeaks
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, Sound, TimeArray, Track
from facesign.interview.questions import QuestionLog
from facesign.interview.risk.history import VoiceElsewhere
from facesign.interview.voice_search import Search, Searcher

__all__ = [
    "REASON_CODES",
    "Decision",
    "HeardSoFar",
    "Point",
    "SpeakerPath",
    "Told",
    "Verdict",
    "Verifier",
    "VoiceResult",
    "Voices",
    "is_comparable",
]

EVERY_S = 10.0
"""Net speech of the applicant behind each comparison."""
LEAST_S = 3.0
"""Less is not compared."""
LOOK_EVERY_S = 2.0
"""Speech between two looks at what is not settled yet."""
REASON_CODES = {
    "silent_track": "silent_sound",
    "low_snr": "noisy",
    "clipped": "clipped",
    "short_speech": "too_little_speech",
    "narrowband": "narrow_band",
}
"""What the report calls the reasons of the analysers."""
WHOLE_S = 60.0
"""Net speech behind the comparison at the end: the last minute of it."""

Decision: TypeAlias = Literal["match", "no_match", "inconclusive"]
_LIPS_PART = [channel.name for channel in CHANNELS].index("au25")


class Point(Protocol):
    """An operating point."""

    @property
    def name(self) -> str:
        """Name to ask for it by."""

    @property
    def threshold(self) -> float:
        """Least log-likelihood ratio of a match."""

    @property
    def fmr(self) -> float:
        """False match rate, 0 to 1."""

    @property
    def fnmr(self) -> float:
        """False non-match rate, 0 to 1."""

    @property
    def measured_on(self) -> str:
        """Trials behind both."""

    @property
    def validated_for(self) -> Sequence[str] | str:
        """Groups of people and channels in those trials, or what is missing."""


class Verdict(Protocol):
    """What a comparison with the customer's voiceprint gave."""

    @property
    def decision(self) -> Decision:
        """Whether it is the customer's voice."""

    @property
    def llr(self) -> float | None:
        """Calibrated log-likelihood ratio, natural logarithm; None where not measured."""

    @property
    def point(self) -> Point | None:
        """Where the decision was made; None without a calibration."""

    @property
    def reasons(self) -> Sequence[str]:
        """Why it is inconclusive, or what limits it."""


class Verifier(Protocol):
    """Compares speech with one customer's voiceprint."""

    def verify(self, samples: FloatArray) -> Verdict:
        """Compare speech of one person, 16 kHz, shape (n_samples,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Voices:
    """What a session tells voices apart with; held in memory, as long as the session."""

    encoder: VoiceEncoder
    verifier: Verifier | None = field(default=None, repr=False)
    """Compares with the customer's voiceprint; None where nothing is compared."""
    officer_sample: FloatArray | None = field(default=None, repr=False)
    """Speech of the officer alone, 16 kHz, shape (n_samples,)."""
    separation: Separation | None = None
    """Limits of this encoder; without them roles go by track and questions alone."""
    overlap: OverlapDetector | None = field(default=None, repr=False)
    """Notices two people at once, whose speech is not compared."""
    searcher: Searcher | None = field(default=None, repr=False)
    """Looks for the voice in the gallery, where that is consented to; None for nowhere."""
    unverified: str = "no_voiceprint"
    """Reason code where there is no verifier."""
    models: tuple[str, ...] = ()
    """Registered models in it, for the report."""


@dataclass(frozen=True, slots=True)
class VoiceResult:
    """The applicant's speech of some time, compared with the customer's voiceprint."""

    start_s: float
    end_s: float
    net_speech_s: float
    decision: Decision
    llr: float | None
    threshold: float | None
    point: str | None
    fmr: float | None
    fnmr: float | None
    measured_on: str | None
    validated_for: str | None
    """Groups of people and channels in those trials, or what is missing."""
    reasons: tuple[str, ...]
    """Why it is inconclusive, or what limits it, as the report calls it."""
    is_whole: bool = False
    """The comparison at the end, over the last minute of speech."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for `report.json`."""
        return {
            "decision": self.decision,
            "llr": self.llr,
            "threshold": self.threshold,
            "operating_point": self.point,
            "fmr": self.fmr,
            "fnmr": self.fnmr,
            "measured_on": self.measured_on,
            "validated_for": self.validated_for,
            "net_speech_s": self.net_speech_s,
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class HeardSoFar:
    """What is likely of the applicant's voice before it is settled, for who watches live.

    Who spoke is settled up to a minute of speech later; the report rests on that alone.
    """

    turns: tuple[Turn, ...]
    """Those of the applicant's voice that are not settled yet."""
    compared: tuple[VoiceResult, ...]
    """All comparisons of this kind so far."""


Told: TypeAlias = Turn | VoiceResult | VoiceElsewhere
"""What is settled."""


def is_comparable(turn: Turn, *, shared: bool) -> bool:
    """Tell whether a turn is the applicant's surely enough to be compared with their voiceprint.

    Args:
        turn: Who spoke.
        shared: Whether somebody else was declared who may speak on the applicant's side. Track
            and questions then say only that it was one of them.
    """
    is_known = turn.basis == "lips" or not shared
    return turn.subject == "applicant" and turn.same_voice and is_known


class SpeakerPath:
    """Give what is heard and seen to who-speaks, and the applicant's speech to the verifier.

    Args:
        voices: Encoder, verifier and sample.
        questions: Tells whose turn it is.
        shared: Whether somebody else was declared who may speak on the applicant's side: their
            voice is then compared only where the lips tell that it is theirs.
        early: Tell what is likely before it is settled, too.
        search_from_s: From when on speech may be searched with; None where it may not.
    """

    def __init__(
        self,
        voices: Voices,
        questions: QuestionLog,
        *,
        shared: bool = False,
        early: bool = False,
        search_from_s: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._shared = shared
        self._who = WhoSpeaks(
            voices.encoder,
            voices.separation,
            officer=voices.officer_sample,
            turn_at=questions.turn_at,
            overlap=voices.overlap,
            shared=shared,
        )
        self._runs: deque[tuple[float, FloatArray, Track]] = deque()
        self._comparing = None
        if voices.verifier is not None:
            self._comparing = _Comparing(voices.verifier)
        self._search = None
        if voices.searcher is not None:
            self._search = Search(voices.searcher, search_from_s)
        self._early = _Early(self._who, voices.verifier, shared=shared) if early else None

    def heard(self, track: Track, start_s: float, samples: FloatArray) -> None:
        """Take one utterance; what follows from it comes with the next `push`."""
        self._runs.append((start_s, samples, track))

    def stop_search(self) -> None:
        """Search no more; what was gathered for it is forgotten."""
        if self._search is not None:
            self._search.stop()

    def push(self, sound: Sound) -> Iterator[Told | HeardSoFar]:
        """Take sound whose utterances were heard; yield turns and comparisons."""
        heard_s = sum(len(samples) for _, samples, _ in self._runs) / SAMPLE_RATE_HZ
        settled = list(self._told(self._who.hear(sound)))
        settled += self._catch_up()
        yield from settled
        if self._early is not None:
            yield from self._early.look(heard_s, is_settled=bool(settled))

    def mouth(self, time_s: TimeArray, channels: FloatArray) -> None:
        """Take the face's channels, shape (n_frames, 44), at their times."""
        self._who.mouth(time_s, channels[:, _LIPS_PART])

    def interrupt(self, time_s: float) -> None:
        """Note that nothing was captured up to a time."""
        self._who.interrupt(time_s)

    def is_continued(self, time_s: float) -> bool | None:
        """Tell whether the same voice went on after `interrupt`; None where that is unknown."""
        return self._who.is_continued(time_s)

    def finish(self) -> Iterator[Told]:
        """Yield what was still held, and the comparison of the whole."""
        yield from self._catch_up()
        yield from self._told(self._who.finish())
        if self._comparing is not None:
            yield from self._comparing.finish()
        if self._search is not None:
            yield from self._search.finish()

    def _catch_up(self) -> Iterator[Told]:
        while self._runs:
            yield from self._told(self._who.speech(*self._runs.popleft()))

    def _told(self, spoken: Iterator[Spoken]) -> Iterator[Told]:
        for one in spoken:
            yield one.turn
            if not is_comparable(one.turn, shared=self._shared) or not len(one.samples):
                continue
            if self._comparing is not None:
                yield from self._comparing.push(one)
            if self._search is not None:
                yield from self._search.push(one)


class _Comparing:
    """Compare the applicant's speech every 10 s, and its last minute at the end."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._open: list[Spoken] = []
        self._kept: deque[Spoken] = deque()

    def push(self, spoken: Spoken) -> Iterator[VoiceResult]:
        self._open.append(spoken)
        self._kept.append(spoken)
        while _seconds(self._kept) - _seconds([self._kept[0]]) >= WHOLE_S:
            self._kept.popleft()
        if _seconds(self._open) >= EVERY_S:
            yield _compared(self._verifier, self._open)
            self._open = []

    def finish(self) -> Iterator[VoiceResult]:
        if _seconds(self._open) >= LEAST_S:
            yield _compared(self._verifier, self._open)
        if _seconds(self._kept) >= LEAST_S:
            yield _compared(self._verifier, self._kept, is_whole=True)


class _Early:
    """Look at the applicant's speech as soon as there is enough, before roles are settled."""

    def __init__(self, who: WhoSpeaks, verifier: Verifier | None, *, shared: bool) -> None:
        self._who = who
        self._verifier = verifier
        self._shared = shared
        self._compared: list[VoiceResult] = []
        self._compared_until_s = 0.0
        self._unseen_s = 0.0

    def look(self, heard_s: float, *, is_settled: bool) -> Iterator[HeardSoFar]:
        """Look once more, if enough was heard since or something was settled.

        Args:
            heard_s: Speech since the last call.
            is_settled: Whether turns were settled since.
        """
        self._unseen_s += heard_s
        if self._unseen_s < LOOK_EVERY_S and not is_settled:
            return
        self._unseen_s = 0.0
        until_s = self._compared_until_s
        spoken = [
            one
            for one in self._who.unsettled(cut_s=until_s)
            if is_comparable(one.turn, shared=False)
        ]
        fresh = [
            one
            for one in spoken
            if is_comparable(one.turn, shared=self._shared)
            and one.turn.start_s >= until_s
            and len(one.samples)
        ]
        if self._verifier is not None and _seconds(fresh) >= EVERY_S:
            self._compared.append(_compared(self._verifier, fresh))
            self._compared_until_s = self._compared[-1].end_s
        yield HeardSoFar(tuple(one.turn for one in spoken), tuple(self._compared))


def _compared(
    verifier: Verifier, parts: Sequence[Spoken] | deque[Spoken], *, is_whole: bool = False
) -> VoiceResult:
    samples = np.concatenate([part.samples for part in parts])
    verdict = verifier.verify(samples)
    point = verdict.point
    return VoiceResult(
        start_s=min(part.turn.start_s for part in parts),
        end_s=max(part.turn.end_s for part in parts),
        net_speech_s=len(samples) / SAMPLE_RATE_HZ,
        decision=verdict.decision,
        llr=verdict.llr,
        threshold=None if point is None else point.threshold,
        point=None if point is None else point.name,
        fmr=None if point is None else point.fmr,
        fnmr=None if point is None else point.fnmr,
        measured_on=None if point is None else point.measured_on,
        validated_for=None if point is None else _as_text(point.validated_for),
        reasons=tuple(REASON_CODES.get(reason, reason) for reason in verdict.reasons),
        is_whole=is_whole,
    )


def _as_text(validated_for: Sequence[str] | str) -> str:
    return validated_for if isinstance(validated_for, str) else ", ".join(validated_for)


def _seconds(parts: Sequence[Spoken] | deque[Spoken]) -> float:
    return sum(len(part.samples) for part in parts) / SAMPLE_RATE_HZ
