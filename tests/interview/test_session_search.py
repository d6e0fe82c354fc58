"""When the gallery is searched with the applicant's voice, and with which speech."""

from __future__ import annotations

import numpy as np
import pytest
from tone_voices import HIGH_HZ, LOW_HZ, MIDDLE_HZ, TONES, ToneEncoder, tone

from facesign.biometrics.stream import FloatArray, Sound
from facesign.interview.questions import QuestionLog
from facesign.interview.risk.history import VoiceElsewhere
from facesign.interview.voice_search import Searches
from facesign.interview.voices import SpeakerPath, Voices


class Spy:
    """Notes what it is asked to search with."""

    def __init__(self) -> None:
        self.asked: list[tuple[FloatArray, float, float]] = []

    def search(self, samples: FloatArray, start_s: float, end_s: float) -> VoiceElsewhere:
        self.asked.append((samples, start_s, end_s))
        return VoiceElsewhere(1, 0, start_s=start_s, end_s=end_s)

    @property
    def asked_s(self) -> list[float]:
        return [len(samples) / 16_000 for samples, _, _ in self.asked]


class Interview:
    """Questions of 3 s and answers of 6 s; consent to a search changes between them."""

    def __init__(self, *, shared: bool = False) -> None:
        self.spy = Spy()
        self.from_s: float | None = 0.0
        self.found: list[VoiceElsewhere] = []
        self._at_s = 0.0
        self._path = SpeakerPath(
            Voices(ToneEncoder(), None, tone(HIGH_HZ, 4.0), TONES, searcher=self.spy),
            QuestionLog(None),
            shared=shared,
            search_from_s=lambda: self.from_s,
        )

    def answers(self, count: int, hz: float = LOW_HZ, answer_s: float = 6.0) -> None:
        for _ in range(count):
            self._hear(0.0, tone(HIGH_HZ, 3.0))
            self._hear(3.5, tone(hz, answer_s))
            self._at_s += 10.0

    def withdraw(self) -> None:
        self.from_s = None
        self._path.stop_search()

    def agree(self) -> None:
        self.from_s = self._at_s

    def end(self) -> list[VoiceElsewhere]:
        self._take(self._path.finish())
        return self.found

    def _hear(self, after_s: float, samples: FloatArray) -> None:
        start_s = self._at_s + after_s
        self._path.heard("mixed", start_s, samples)
        self._take(self._path.push(Sound(start_s, samples)))

    def _take(self, told: object) -> None:
        assert hasattr(told, "__iter__")
        self.found += [one for one in told if isinstance(one, VoiceElsewhere)]


def test_the_gallery_is_searched_once_with_half_a_minute_of_the_applicant_alone() -> None:
    interview = Interview()
    interview.answers(20)
    assert len(interview.found) == 1
    interview.end()
    assert interview.spy.asked_s == [30.0]
    (found,) = interview.found
    assert (found.start_s, found.end_s) == (3.5, 49.5)
    (heard,) = [samples for samples, _, _ in interview.spy.asked]
    np.testing.assert_allclose(ToneEncoder().embed(heard), [1.0, 0.0, 0.0], atol=0.02)


def test_a_short_interview_is_searched_with_at_its_end() -> None:
    interview = Interview()
    interview.answers(2)
    assert interview.found == []
    assert [one.n_other_customers for one in interview.end()] == [1]
    assert interview.spy.asked_s == [12.0]


def test_with_less_than_three_seconds_nothing_is_searched() -> None:
    interview = Interview()
    interview.answers(1, answer_s=2.5)
    assert interview.end() == [VoiceElsewhere.unknown("too_little_speech")]
    assert interview.spy.asked == []


def test_without_consent_nothing_is_gathered_or_searched() -> None:
    interview = Interview()
    interview.from_s = None
    interview.answers(20)
    assert interview.end() == []
    assert interview.spy.asked == []


def test_withdrawn_before_it_was_made_a_search_is_not_made() -> None:
    interview = Interview()
    interview.answers(10)
    interview.withdraw()
    interview.answers(10)
    assert interview.end() == []
    assert interview.spy.asked == []


def test_consent_given_later_covers_what_is_said_from_there_on() -> None:
    interview = Interview()
    interview.from_s = None
    interview.answers(8)
    interview.agree()
    interview.answers(2)
    interview.end()
    assert interview.spy.asked_s == [12.0]
    assert interview.found[0].start_s == 83.5


@pytest.mark.parametrize("hz", [LOW_HZ, MIDDLE_HZ])
def test_beside_somebody_declared_nothing_is_searched_that_lips_do_not_tell(hz: float) -> None:
    interview = Interview(shared=True)
    interview.answers(10, hz)
    assert interview.end() == [VoiceElsewhere.unknown("too_little_speech")]
    assert interview.spy.asked == []


def test_what_is_known_is_not_searched_for_again() -> None:
    spy, kept = Spy(), list[VoiceElsewhere]()
    known = VoiceElsewhere(3, 1, start_s=2.0, end_s=40.0)
    searches = Searches([known], keep=kept.append).over(spy)
    sound = tone(LOW_HZ, 1.0)
    assert searches.search(sound, 5.0, 6.0) == known
    assert (spy.asked, kept) == ([], [])
    found = searches.search(sound, 5.0, 6.0)
    assert (found.n_other_customers, kept) == (1, [found])


def test_a_replay_never_searches() -> None:
    spy = Spy()
    searches = Searches(again=False).over(spy)
    assert searches.search(tone(LOW_HZ, 1.0), 0.0, 1.0).reason == "not_searched"
    assert spy.asked == []
