"""Who speaks when: pieces of speech, told apart and given a role, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.observation import Subject
from facesign.biometrics.speakers.clustering import Labels, cluster, smoothed
from facesign.biometrics.speakers.continuity import Continuity, is_applicants
from facesign.biometrics.speakers.crosstalk import ECHO_SHARE, LATEST_S, measure_echo
from facesign.biometrics.speakers.lips import LipTrack
from facesign.biometrics.speakers.memory import TrackMemory
from facesign.biometrics.speakers.overlap import OverlapDetector
from facesign.biometrics.speakers.pieces import Piece, VoiceEncoder, windows_over
from facesign.biometrics.speakers.roles import Role, Voice, assign_roles
from facesign.biometrics.speakers.separation import Separation
from facesign.biometrics.speakers.turns import Spoken, turns_of
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, Sound, TimeArray, Track

__all__ = ["HOLD_S", "WhoSpeaks"]

HOLD_S = 60.0
"""Speech that waits until what follows it has been heard, too."""
MOST_GROUPS = 48
PATIENCE_S = 3.0
"""Speech waits so long for the other track to be heard up to its end, then goes on without it: its
line may be lost."""
LEAST_VOICE_S = 3.0
"""Less speech than this is not called a voice of its own."""
GROUP_PIECES = 20
"""Settled pieces are remembered by the mean of so many, no longer one by one."""

_OTHER_TRACK: dict[Track, Track] = {"applicant": "officer", "officer": "applicant"}


class WhoSpeaks:
    """Take runs of speech and the movement of the mouth; yield turns.

    Embeddings live in this object and nowhere else: none is stored, searched or named. The
    last 60 s of speech are held until more is known; older speech keeps its role, and is
    remembered by at most 48 means.

    Without limits for the encoder nothing is embedded: roles then go by track and questions.

    Args:
        encoder: What embeds voices.
        separation: Limits that belong to this encoder; None where there are none.
        officer: The officer's sample, 16 kHz, shape (n_samples,), of 3 s or more; it is
            embedded and let go.
        turn_at: Tells whose turn it was by the questions' times: `session` where unknown.
        overlap: Notices two people at once, whose sound is then no voice alone.
        shared: Whether somebody else may speak on the applicant's track.
    """

    def __init__(
        self,
        encoder: VoiceEncoder,
        separation: Separation | None,
        *,
        officer: FloatArray | None = None,
        turn_at: Callable[[float], Subject] | None = None,
        overlap: OverlapDetector | None = None,
        shared: bool = False,
    ) -> None:
        self._encoder = encoder
        self._separation = separation
        known = officer is not None and separation is not None
        self._officer = encoder.embed(officer) if known and officer is not None else None
        self._turn_at = turn_at or (lambda _: "session")
        self._overlap = overlap
        self._shared = shared
        self._continuity = (
            None if separation is None else Continuity(separation.same_above, by_lips=shared)
        )
        self._mouth = LipTrack()
        self._tracks: dict[Track, TrackMemory] = {}
        self._waiting: deque[_Run] = deque()
        self._unseen: deque[Piece] = deque()
        self._held: list[Piece] = []
        self._groups: list[Voice] = []

    def hear(self, sound: Sound) -> Iterator[Spoken]:
        """Take the sound of a separate track, which the other one is checked against."""
        if sound.track == "mixed":
            return
        self._tracks.setdefault(sound.track, TrackMemory()).push(sound)
        yield from self._take_waiting(to_the_end=False)

    def speech(self, start_s: float, samples: FloatArray, track: Track) -> Iterator[Spoken]:
        """Take one run of speech, after the sound that holds it.

        Args:
            start_s: Time of its first sample.
            samples: 16 kHz, shape (n_samples,), without a pause.
            track: The track it was heard on.
        """
        self._waiting.append(_Run(start_s, samples, track))
        yield from self._take_waiting(to_the_end=False)

    def mouth(self, time_s: TimeArray, opening: FloatArray) -> None:
        """Take the opening of the applicant's mouth, see `LipTrack.push`."""
        self._mouth.push(time_s, opening)
        self._look(self._mouth.until_s)

    def unsettled(self, *, cut_s: float = 0.0) -> Iterator[Spoken]:
        """Yield the turns that are held, with the roles that are likely now: they may change.

        Args:
            cut_s: A time at which turns are cut.
        """
        roles = self._roles(())
        self._compare_with_before(roles)
        late = next((n for n, one in enumerate(self._held) if one.start_s >= cut_s), len(roles))
        for part in (slice(None, late), slice(late, None)):
            yield from turns_of(self._held[part], roles[part])

    def interrupt(self, time_s: float) -> None:
        """Note that nothing was captured up to a time: whose voice goes on is to be shown."""
        if self._continuity is not None:
            self._continuity.interrupt(time_s, self._applicants_voice())

    def is_continued(self, time_s: float) -> bool | None:
        """Tell whether the applicant's voice was the same after an interruption as before.

        Args:
            time_s: What `interrupt` was given.

        Returns:
            None where that cannot be told: too little was heard before, or the encoder has no
            limits.
        """
        return None if self._continuity is None else self._continuity.is_bridged(time_s)

    def finish(self) -> Iterator[Spoken]:
        """Yield the turns that were still held."""
        yield from self._take_waiting(to_the_end=True)
        self._look(np.inf)
        yield from self._settle(len(self._held))

    def _take_waiting(self, *, to_the_end: bool) -> Iterator[Spoken]:
        while self._waiting:
            run = self._waiting[0]
            own = self._tracks.get(run.track)
            other = self._tracks.get(_OTHER_TRACK.get(run.track, run.track))
            wanted_s = run.end_s + LATEST_S
            if (
                other is not None
                and not to_the_end
                and other.until_s < wanted_s
                and (own is None or own.until_s < wanted_s + PATIENCE_S)
            ):
                return
            self._waiting.popleft()
            self._cut(run, other)
            held_s = sum(piece.duration_s for piece in self._held)
            if held_s > HOLD_S:
                yield from self._settle(self._older_half())

    def _older_half(self) -> int:
        """Return how many pieces the older half has, ending where a run of speech ends."""
        half = len(self._held) // 2
        ends = (n for n in range(half, len(self._held)) if self._held[n].opens)
        return next(ends, half)

    def _cut(self, run: _Run, other: TrackMemory | None) -> None:
        """Cut a run into pieces, embed each and measure what comes back of the other track."""
        before = self._held[-1] if self._held else None
        opens = before is None or before.track != run.track or before.end_s != run.start_s
        for window in windows_over(len(run.samples)):
            sound = run.samples[window.start : window.end]
            start_s = run.start_s + window.start / SAMPLE_RATE_HZ
            piece = Piece(
                start_s=run.start_s + window.piece_start / SAMPLE_RATE_HZ,
                end_s=run.start_s + window.piece_end / SAMPLE_RATE_HZ,
                track=run.track,
                samples=run.samples[window.piece_start : window.piece_end].copy(),
                window_start_s=start_s,
                window_end_s=start_s + len(sound) / SAMPLE_RATE_HZ,
                embedding=_NOTHING if self._separation is None else self._encoder.embed(sound),
                echo_share=_echo_share(sound, start_s, other),
                two_at_once=self._overlap is not None
                and run.track != "officer"
                and self._overlap.in_piece(sound),
                opens=opens,
            )
            opens = False
            self._held.append(piece)
            if piece.track != "officer":
                self._unseen.append(piece)

    def _look(self, until_s: float) -> None:
        """Compare pieces with the lips once the lips of their time are known."""
        while self._unseen:
            piece = self._unseen[0]
            if until_s < piece.window_end_s:
                return
            self._unseen.popleft()
            piece.lips = self._mouth.evidence(piece.window_start_s, piece.window_end_s)

    def _settle(self, n_pieces: int) -> Iterator[Spoken]:
        """Decide about the oldest pieces with all that is known by now."""
        if not n_pieces:
            return
        settled = self._held[:n_pieces]
        roles = self._roles(settled)
        self._compare_with_before(roles)
        yield from turns_of(settled, roles[:n_pieces])
        self._held = self._held[n_pieces:]

    def _roles(self, settled: Sequence[Piece]) -> list[Role]:
        """Return the role of each piece that is held; remember the voices of the settled ones."""
        own, items = self._own()
        limits = self._separation
        if limits is None:
            found = [_by_turn(piece, item) for piece, item in zip(own, items, strict=True)]
        else:
            found = self._by_voice(own, items, limits, {id(piece) for piece in settled})
        roles = {id(piece): role for piece, role in zip(own, found, strict=True)}
        return [roles.get(id(piece), _came_back(piece)) for piece in self._held]

    def _own(self) -> tuple[list[Piece], list[Voice]]:
        """Return the held pieces that are no echo, and each as a voice."""
        own = [piece for piece in self._held if piece.echo_share < ECHO_SHARE]
        return own, [Voice.of(p, self._turn_at((p.start_s + p.end_s) / 2)) for p in own]

    def _by_voice(
        self,
        own: Sequence[Piece],
        items: Sequence[Voice],
        limits: Separation,
        settled: Container[int],
    ) -> list[Role]:
        """Return the role of each piece, and remember the voices of those that are settled."""
        voices = self._tell_apart(items, limits)
        by_voice = assign_roles(voices, limits, officer=self._officer)
        labels, fit = self._place(own, items, voices, by_voice, limits)
        kept = [i for i, piece in enumerate(own) if id(piece) in settled]
        self._remember([items[i] for i in kept], labels[kept])
        return [
            by_voice[label] if cosine >= limits.doubtful_below else _NOBODY
            for label, cosine in zip(labels.tolist(), fit.tolist(), strict=True)
        ]

    def _compare_with_before(self, roles: Sequence[Role]) -> None:
        if self._continuity is not None:
            self._continuity.look(self._held, roles)

    def _applicants_voice(self) -> FloatArray | None:
        """Return the direction of the applicant's voice so far; None where little was heard."""
        limits = self._separation
        voices = [] if limits is None else self._tell_apart(self._own()[1], limits)
        if limits is None or not voices:
            return None
        roles = assign_roles(voices, limits, officer=self._officer)
        theirs = [
            voice
            for voice, role in zip(voices, roles, strict=True)
            if is_applicants(role, by_lips=self._shared)
        ]
        found = Voice.merged(theirs) if theirs else None
        return None if found is None or found.seconds < LEAST_VOICE_S else found.direction

    def _tell_apart(self, items: Sequence[Voice], limits: Separation) -> list[Voice]:
        """Return the voices in what is held and what is remembered."""
        parts = [*self._groups, *items]
        if not parts:
            return []
        found: list[Voice] = []
        # Who asks is not who answers: a weak encoder must not join what turns keep apart.
        for turn in ("applicant", "officer", "session"):
            same_turn = [part for part in parts if part.turn == turn]
            found += _clustered(same_turn, limits.cut)
        heard = [voice for voice in found if voice.seconds >= LEAST_VOICE_S]
        return heard or [max(found, key=lambda voice: voice.seconds)]

    def _place(
        self,
        pieces: Sequence[Piece],
        items: Sequence[Voice],
        voices: Sequence[Voice],
        roles: Sequence[Role],
        limits: Separation,
    ) -> tuple[Labels, TimeArray]:
        """Return which voice each piece is, and how well it fits it, as a cosine."""
        if not pieces:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        directions = np.stack([voice.direction for voice in voices])
        fit = np.stack([piece.embedding for piece in pieces]) @ directions.T
        expected = np.array([[item.turn == role.subject for role in roles] for item in items])
        likely = fit + limits.turn_bonus * expected
        opens = np.array([piece.opens for piece in pieces])
        chosen = smoothed(likely, opens, stay=limits.stay)
        return chosen, fit[np.arange(len(chosen)), chosen].astype(np.float64)

    def _remember(self, items: Sequence[Voice], labels: Labels) -> None:
        alike: dict[tuple[int, Subject], list[Voice]] = {}
        for item, label in zip(items, labels.tolist(), strict=True):
            alike.setdefault((label, item.turn), []).append(item)
        for same in alike.values():
            for first in range(0, len(same), GROUP_PIECES):
                self._groups.append(Voice.merged(same[first : first + GROUP_PIECES]))
        while len(self._groups) > MOST_GROUPS:
            self._groups = _closest_merged(self._groups)


def _clustered(parts: Sequence[Voice], cut: float) -> Iterator[Voice]:
    if not parts:
        return
    labels = cluster(np.stack([part.mean for part in parts]), cut)
    for label in range(int(labels.max()) + 1):
        yield Voice.merged(part for part, own in zip(parts, labels, strict=True) if own == label)


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    start_s: float
    samples: FloatArray
    track: Track

    @property
    def end_s(self) -> float:
        return self.start_s + len(self.samples) / SAMPLE_RATE_HZ


_NOBODY = Role("session", "unknown")
_NOTHING: FloatArray = np.zeros(0, dtype=np.float32)


def _by_turn(piece: Piece, item: Voice) -> Role:
    """Return the role of a piece by its track, else by whose turn it was."""
    if piece.track != "mixed":
        return Role(piece.track, "own_track")
    return _NOBODY if item.turn == "session" else Role(item.turn, "questions")


def _came_back(piece: Piece) -> Role:
    """Return the role of a piece that is the other track coming back."""
    return Role("officer" if piece.track == "applicant" else "applicant", "echo")


def _echo_share(samples: FloatArray, start_s: float, other: TrackMemory | None) -> float:
    if other is None:
        return 0.0
    n_samples = len(samples) + 2 * round(LATEST_S * SAMPLE_RATE_HZ)
    echo = measure_echo(samples, other.read(start_s - LATEST_S, n_samples))
    return echo.share if echo.lag_s > 0 else 0.0


def _closest_merged(groups: Iterable[Voice]) -> list[Voice]:
    kept = list(groups)
    directions = np.stack([group.direction for group in kept])
    # Turns stay apart: two of one turn are merged, as long as there are such.
    turns = np.array([group.turn for group in kept])
    alike = directions @ directions.T + 2.0 * (turns[:, None] == turns)
    np.fill_diagonal(alike, -np.inf)
    first, second = sorted(int(i) for i in np.unravel_index(alike.argmax(), alike.shape))
    last = kept.pop(second)
    kept[first] = Voice.merged((kept[first], last))
    return kept
