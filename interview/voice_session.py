"""What a session tells voices apart, compares and searches with, opened for one customer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from facesign.biometrics.gallery.database import is_there
from facesign.biometrics.gallery.matching import VoiceEncoder
from facesign.biometrics.speakers.overlap import MODEL as OVERLAP
from facesign.biometrics.speakers.separation import shipped_separation
from facesign.biometrics.stream import FloatArray
from facesign.errors import (
    FacesignError,
    GalleryError,
    ShortSpeechError,
    TemplateMismatchError,
    UnknownCustomerError,
)
from facesign.interview.fingerprints import Fingerprints
from facesign.interview.home import Home
from facesign.interview.risk.history import VoiceElsewhere
from facesign.interview.voice_decisions import CustomerVerifier
from facesign.interview.voice_defaults import VoiceTools, named_encoder
from facesign.interview.voice_recordings import Recorded, listen
from facesign.interview.voice_results import SearchResult, Verification
from facesign.interview.voices import REASON_CODES, Voices

__all__ = [
    "LEAST_SAMPLE_S",
    "SessionSearcher",
    "SessionVerifier",
    "keep_comparison",
    "open_voices",
]

_log = logging.getLogger(__name__)

LEAST_SAMPLE_S = 3.0
"""Net speech of the officer that their voice is known by."""
MOST_FOUND = 20
"""People who are compared one by one; at most one of them is expected to be found wrongly."""


@dataclass(slots=True, eq=False)
class SessionVerifier:
    """Compares with one customer's voiceprint, and remembers what the last comparison gave.

    Templates were decrypted when it was made; the gallery is not held open meanwhile.
    """

    inner: CustomerVerifier = field(repr=False)
    reopen: Callable[[], Fingerprints | None] = field(repr=False)
    """Opens the gallery; None where there is none."""
    last: Verification | None = field(default=None, repr=False)

    def verify(self, samples: FloatArray) -> Verification:
        """Compare speech of one person, 16 kHz, shape (n_samples,); nothing is kept of it."""
        self.last = self.inner.verify(samples)
        return self.last


@dataclass(frozen=True, slots=True, eq=False)
class SessionSearcher:
    """Searches the gallery for a voice, at the operating point with the fewest false matches.

    The gallery is opened for the search alone; nothing is kept of what was searched with.
    """

    customer: str | None = field(repr=False)
    """Whose session it is: their own voiceprint is left out."""
    reopen: Callable[[], Fingerprints | None] = field(repr=False)
    """Opens the gallery; None where there is none."""

    def search(self, samples: FloatArray, start_s: float, end_s: float) -> VoiceElsewhere:
        """Search among other customers and in the watch-list.

        A gallery that cannot be read is not a voice that was not found: it is not assessed.
        """
        try:
            prints = self.reopen()
            if prints is None:
                return VoiceElsewhere.unknown("nothing_to_search")
            with prints:
                others, reason = self._others(prints, samples)
                listed, why_not_listed = _listed(prints, samples)
        except FacesignError as error:
            _log.warning("the gallery was not searched: %s", type(error).__name__)
            return VoiceElsewhere.unknown("search_failed")
        return VoiceElsewhere(others, listed, reason, why_not_listed, start_s, end_s)

    def _others(self, prints: Fingerprints, samples: FloatArray) -> tuple[int | None, str | None]:
        if self.customer is None:
            return None, "no_customer"
        return _counted(prints.search(samples, top=MOST_FOUND, besides=self.customer))


def open_voices(
    *,
    customer: str | None = None,
    gallery: str | None = None,
    home: Home | Path | None = None,
    officer_sample: Recorded | None = None,
    encoder: str | None = None,
) -> Voices:
    """Open what voices are told apart and compared with in one session.

    A gallery that is not there is not made.

    Args:
        customer: Customer number whose voiceprint the applicant is compared with; without
            one, voices are only told apart.
        gallery: The gallery, as for `Fingerprints.open`; by default the one in the settings,
            else `gallery.db` in the home folder if there is one.
        home: Home folder, which holds the master key.
        officer_sample: A file, an array or Sounds in which the officer alone speaks for 3 s
            or more; held in memory as long as the result.
        encoder: Name of the model, such as the one that a record was analyzed with; by
            default the one in the settings.

    Returns:
        Voices for `Session(voices=...)`; `unverified` says why no voiceprint is compared.

    Raises:
        GalleryError: the gallery cannot be opened or reached, or one that was named is not
            there.
        KeyFileError: its key cannot be opened with this master key.
        MediaError: the officer's sample cannot be read.
        ModelFileError: the encoder's file is missing or changed.
        ShortSpeechError: the officer's sample holds too little speech.
    """
    home = home if isinstance(home, Home) else Home.resolve(home)
    sample = None if officer_sample is None else _speech_of(officer_sample)
    tools = VoiceTools(home, named_encoder(encoder, home) if encoder else None, None)
    reopen = _opening(gallery, home, tools.encoder)
    verifier, unverified = _verifier(customer, reopen)
    return Voices(
        encoder=tools.encoder,
        verifier=verifier,
        searcher=SessionSearcher(customer, reopen),
        officer_sample=sample,
        separation=shipped_separation(tools.model),
        overlap=tools.overlap,
        unverified=unverified,
        models=(tools.encoder.name, OVERLAP),
    )


def keep_comparison(voices: Voices, *, record: str) -> bool:
    """Keep the comparison of the whole in the customer's history, after the session's end.

    Args:
        voices: What the session was opened with.
        record: The session, as the history names it.

    Returns:
        Whether there was one to keep.

    Raises:
        GalleryError: the gallery cannot be written.
        UnknownCustomerError: the voiceprint was revoked meanwhile; nothing is kept.
    """
    verifier = voices.verifier
    if not isinstance(verifier, SessionVerifier) or verifier.last is None:
        return False
    prints = verifier.reopen()
    if prints is None:
        return False
    with prints:
        prints.keep(replace(verifier.last, record=record))
    return True


def _opening(
    gallery: str | None, home: Home, encoder: VoiceEncoder
) -> Callable[[], Fingerprints | None]:
    """Return what opens the gallery; it gives None where there is none, and makes none."""
    url = gallery or home.settings().gallery

    def reopen() -> Fingerprints | None:
        if url is None and not home.gallery.is_file():
            return None
        if url is not None and not is_there(url):
            raise GalleryError(url, "is not there; facesign voice enroll makes a gallery")
        return Fingerprints.open(url, home=home, encoder=encoder)

    return reopen


def _verifier(
    customer: str | None, reopen: Callable[[], Fingerprints | None]
) -> tuple[SessionVerifier | None, str]:
    """Return the verifier of a customer, or the reason code why there is none."""
    prints = None if customer is None else reopen()
    if customer is None or prints is None:
        return None, "no_voiceprint"
    try:
        with prints:
            return SessionVerifier(prints.verifier(customer), reopen), ""
    except UnknownCustomerError:
        return None, "no_voiceprint"
    except TemplateMismatchError:
        return None, "voiceprint_of_other_model"


def _listed(prints: Fingerprints, samples: FloatArray) -> tuple[int | None, str | None]:
    # Most galleries have no entry: speech is not measured once more for nothing.
    if not prints.watch_list.entries():
        return None, "nothing_to_search"
    return _counted(prints.search(samples, top=MOST_FOUND, purpose="watch_list"))


def _counted(result: SearchResult) -> tuple[int | None, str | None]:
    """Return how many were found, or None and the reason code why that is not known."""
    if not result.n_people:
        return None, "nothing_to_search"
    if result.status == "not_assessed":
        reason = result.reason or "search_failed"
        return None, REASON_CODES.get(reason, reason)
    return sum(one.above_threshold is True for one in result.candidates), None


def _speech_of(sample: Recorded) -> FloatArray:
    heard = listen(sample, "officer sample").heard
    if heard.net_speech_s < LEAST_SAMPLE_S:
        raise ShortSpeechError(heard.net_speech_s, LEAST_SAMPLE_S)
    return heard.speech
