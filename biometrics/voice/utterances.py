"""What was said on one track, how, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from facesign.biometrics.stream import (
    BoolArray,
    FloatArray,
    Sound,
    TimeArray,
    Track,
)
from facesign.biometrics.voice.activity import Activity, Speech
from facesign.biometrics.voice.continuity import Joiner
from facesign.biometrics.voice.filled_pauses import FilledPause
from facesign.biometrics.voice.prosody import UNMEASURED, measure_prosody
from facesign.biometrics.voice.quality import BLOCK, TrackQuality, VoiceQuality, stretch_quality
from facesign.errors import TrackError

__all__ = ["Utterance", "Utterances"]

_PIECE = 4096


@dataclass(frozen=True, slots=True)
class Utterance:
    """Speech without a pause of 0.25 s or more, on one track."""

    start_s: float
    end_s: float
    track: Track
    loudness_db: float | None
    """Root mean square relative to full scale; None, as all that follows but quality, where
    only turns are wanted."""
    pitch_hz: float | None
    """Median over the voiced parts; None where fewer than 96 ms are voiced."""
    pitch_range_st: float | None
    """From the 10th to the 90th percentile, in semitones; None with `pitch_hz`."""
    syllable_rate_hz: float | None
    """Syllables per second; None without a syllable."""
    n_syllables: int
    filled_pauses: tuple[FilledPause, ...]
    quality: VoiceQuality
    continues: bool = False
    """Cut after 20 s: the next Utterance starts where this one ends, without a pause."""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s


class Utterances:
    """Measure one track of sound, utterance by utterance.

    An utterance is a Speech of `Activity`. One longer than 20 s comes in parts, cut at
    its quietest instant and marked `continues`, so that no more than about 22 s of sound
    are held. Results do not depend on the pieces in which sound comes.

    Args:
        track: Whose microphone; Sounds of another raise TrackError.
        with_prosody: False for who is heard only to know when they speak.
        listener: Called with start and samples of each utterance, before it is yielded.
    """

    def __init__(
        self,
        track: Track = "mixed",
        *,
        with_prosody: bool = True,
        listener: Callable[[float, FloatArray], None] | None = None,
    ) -> None:
        self._track = track
        self._with_prosody = with_prosody
        self._listener = listener
        self._activity = Activity()
        self._joiner = Joiner()
        self._quality = TrackQuality()
        self._kept: FloatArray = np.zeros(0, dtype=np.float32)
        self._first = 0
        self._judged = 0

    @property
    def analysed_until_s(self) -> float:
        """Media time up to which it is certain when somebody spoke; -inf before any sound."""
        return self._activity.analysed_until_s

    def speaking_at(self, times_s: TimeArray) -> BoolArray:
        """Tell at which times somebody spoke; see `Activity.speaking_at`."""
        return self._activity.speaking_at(times_s)

    def quality(self) -> VoiceQuality:
        """Return the quality of the track so far; final after `finish`."""
        return self._quality.quality()

    def stop_prosody(self) -> None:
        """Measure from here on only when somebody speaks."""
        self._with_prosody = False

    def push(self, sound: Sound) -> Iterator[Utterance]:
        """Take the next sound of the track and yield the utterances that ended.

        Raises:
            TrackError: The sound is of another track.
        """
        if sound.track != self._track:
            raise TrackError(self._track, sound.track)
        if self._joiner.is_after_hole(sound):
            yield from self.finish()
        samples = self._joiner.join(sound)
        end = self._joiner.n_samples
        for first in range(0, len(samples), _PIECE):
            piece = samples[first : first + _PIECE]
            self._kept = np.concatenate([self._kept, piece])
            time_s = self._joiner.time_of(end - len(samples) + first)
            yield from self._measured(self._activity.push(Sound(time_s, piece, self._track)))
            self._judge_and_forget()

    def finish(self) -> Iterator[Utterance]:
        """Close the stretch and yield the utterance that was still open."""
        yield from self._measured(self._activity.finish())
        self._judge_and_forget()
        self._joiner = Joiner()
        self._kept = self._kept[:0]
        self._first = self._judged = 0

    def _measured(self, speeches: Iterable[Speech]) -> Iterator[Utterance]:
        for speech in speeches:
            samples = self._between(
                self._joiner.sample_at(speech.start_s), self._joiner.sample_at(speech.end_s)
            )
            if not len(samples):
                continue
            if self._listener is not None:
                self._listener(speech.start_s, samples)
            prosody = measure_prosody(samples) if self._with_prosody else UNMEASURED
            yield Utterance(
                start_s=speech.start_s,
                end_s=speech.end_s,
                track=self._track,
                loudness_db=prosody.loudness_db,
                pitch_hz=prosody.pitch_hz,
                pitch_range_st=prosody.pitch_range_st,
                syllable_rate_hz=prosody.syllable_rate_hz,
                n_syllables=prosody.n_syllables,
                filled_pauses=tuple(
                    FilledPause(speech.start_s + start_s, speech.start_s + end_s)
                    for start_s, end_s in prosody.filled_pauses
                ),
                quality=stretch_quality(samples, speech.noise_db),
                continues=speech.continues,
            )

    def _judge_and_forget(self) -> None:
        """Sum up the quality of what is decided; drop samples that no one needs again."""
        decided = self._joiner.sample_at(self._activity.analysed_until_s)
        n_blocks = max(0, decided - self._judged) // BLOCK
        if n_blocks:
            end = self._judged + n_blocks * BLOCK
            middles = np.arange(self._judged, end, BLOCK) + BLOCK // 2
            times_s = np.array([self._joiner.time_of(int(middle)) for middle in middles])
            samples = self._between(self._judged, end)
            self._quality.add(samples, self._activity.speaking_at(times_s))
            self._judged = end
        wanted = self._joiner.sample_at(self._activity.open_since_s)
        drop = min(wanted, self._judged) - self._first
        if drop > 0:
            self._kept = self._kept[drop:]
            self._first += drop

    def _between(self, first: int, end: int) -> FloatArray:
        return self._kept[max(0, first - self._first) : max(0, end - self._first)]
