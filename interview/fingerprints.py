"""The voice credit fingerprint (语音信用指纹, 声纹): who speaks, never whether they repay."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from facesign.biometrics.gallery import history, watch_list
from facesign.biometrics.gallery.customers import customers, is_searched
from facesign.biometrics.gallery.due import due
from facesign.biometrics.gallery.entries import Basis, Due
from facesign.biometrics.gallery.gates import Gates, print_of
from facesign.biometrics.gallery.matching import Matcher, Point, VoiceEncoder
from facesign.biometrics.gallery.purposes import (
    CUSTOMER_PURPOSES,
    SearchPurpose,
    require_search_purpose,
)
from facesign.biometrics.gallery.search import Search
from facesign.biometrics.gallery.store import Gallery, Revoked
from facesign.errors import SettingsError, UnknownCustomerError
from facesign.interview.home import Home
from facesign.interview.keyfiles import KeyNotice
from facesign.interview.template_keys import TemplateKeys
from facesign.interview.voice_decisions import (
    LEAST_SPEECH_S,
    CustomerVerifier,
    candidates,
    comparable,
    expected_false,
    why_not_assessed,
)
from facesign.interview.voice_defaults import VoiceTools
from facesign.interview.voice_enrollment import Enroller
from facesign.interview.voice_recordings import Listened, Recorded, listen
from facesign.interview.voice_results import (
    Candidate,
    Enrollment,
    History,
    SearchResult,
    Verification,
)
from facesign.interview.voice_watch_list import WatchList

__all__ = ["Fingerprints"]

_log = logging.getLogger(__name__)


class Fingerprints:
    """Enroll, verify, search and revoke voiceprints; made by `open`.

    The encoder is opened with the first recording; a ModelFileError then says that its file is
    missing or changed.
    """

    def __init__(self, gallery: Gallery, search: Search, tools: VoiceTools, gates: Gates) -> None:
        self._gallery = gallery
        self._search = search
        self._tools = tools
        self._enroller = Enroller(gallery, tools, gates)

    @classmethod
    def open(
        cls,
        url: str | None = None,
        *,
        home: Home | Path | None = None,
        encoder: VoiceEncoder | None = None,
        matcher: Matcher | None = None,
        gates: Gates | None = None,
        announce: Callable[[KeyNotice], None] | None = None,
    ) -> Fingerprints:
        """Open a gallery of voiceprints, making it where there is none.

        Args:
            url: `sqlite:///FILE` or `postgresql+psycopg://...`; by default the one in the
                settings, else `gallery.db` in the home folder.
            home: Home folder, which holds the master key.
            encoder: Makes the embeddings; the one of the settings by default.
            matcher: Compares them; the shipped calibration of the model by default.
            gates: What recordings for an enrollment must keep.
            announce: Told of a master key that had to be made; by default it is logged as
                a warning.

        Raises:
            GalleryError: the gallery cannot be opened or reached.
            KeyFileError: its key cannot be opened with this master key.
            SettingsError: `config.toml` of the home cannot be read.
        """
        home = home if isinstance(home, Home) else Home.resolve(home)
        url = url or home.settings().gallery
        if url is None:
            url = f"sqlite:///{home.make(home.root) / home.gallery.name}"
        gallery = Gallery.open(url, TemplateKeys(home, announce or _warn))
        gallery.purge()
        search = Search(gallery, snapshots=home.root / "indexes")
        return cls(gallery, search, VoiceTools(home, encoder, matcher), gates or Gates())

    def close(self) -> None:
        """Close the gallery."""
        self._gallery.close()

    def __enter__(self) -> Fingerprints:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def model(self) -> str:
        """The encoder that templates are made with, name and start of its hash."""
        return self._tools.model

    @property
    def watch_list(self) -> WatchList:
        """Voices that a search with the purpose `watch_list` may name."""
        return WatchList(self._gallery, self._search, self._enroller)

    @property
    def encoder(self) -> VoiceEncoder:
        """What makes the embeddings."""
        return self._tools.encoder

    @property
    def points(self) -> Mapping[str, Point]:
        """Operating points by name, the default first."""
        return self._tools.matcher.points

    def enroll(
        self,
        customer: str,
        recordings: Sequence[Recorded],
        *,
        identity_proof: str | None = None,
        record: str | None = None,
        channel: str | None = None,
        purposes: Sequence[str] = CUSTOMER_PURPOSES,
        retain_days: int | None = None,
        add: bool = False,
    ) -> Enrollment:
        """Make a customer's voiceprint; it is provisional until `confirm`.

        Args:
            customer: Customer number.
            recordings: Files, arrays or Sounds in which only this person speaks.
            identity_proof: How it is known who speaks, such as a reference of a check.
            record: The evidence record of the session.
            channel: What they came through; `wideband` or `narrowband` as heard by default.
            purposes: `verify` and `duplicate_search`, or one of them.
            retain_days: Days after which it is deleted; three years by default.
            add: Add to the voiceprint there is, such as for another channel.

        Raises:
            EnrollmentError: the recordings cannot make a template, with all reasons.
            AlreadyEnrolledError: the customer is enrolled and `add` is False.
            MediaError: a file cannot be read.
        """
        return self._enroller.enroll(
            customer,
            recordings,
            Basis(identity_proof, record),
            channel=channel,
            purposes=purposes,
            retain_days=retain_days,
            manner="add" if add else "new",
        )

    def re_enroll(
        self,
        customer: str,
        recordings: Sequence[Recorded],
        *,
        identity_proof: str | None = None,
        record: str | None = None,
        channel: str | None = None,
        purposes: Sequence[str] = CUSTOMER_PURPOSES,
        retain_days: int | None = None,
    ) -> Enrollment:
        """Replace a customer's voiceprint; arguments and errors as `enroll`.

        The new one is provisional. Where the old one is of the same model, the result says
        how alike they are.

        Raises:
            UnknownCustomerError: there is nothing to replace.
        """
        made = self._enroller.enroll(
            customer,
            recordings,
            Basis(identity_proof, record),
            channel=channel,
            purposes=purposes,
            retain_days=retain_days,
            manner="replace",
        )
        self._search.forget()
        return made

    def due(self) -> list[Due]:
        """List the customers to enroll again: another model's templates, or soon deleted."""
        return due(self._gallery, self._tools.model)

    def customers(self) -> list[str]:
        """List the numbers of the customers with a voiceprint."""
        return customers(self._gallery)

    def confirm(
        self,
        customer: str,
        *,
        by: str,
        identity_proof: str | None = None,
        record: str | None = None,
    ) -> int:
        """Confirm that a provisional voiceprint is the customer's; return how many were.

        Raises:
            ConfirmationError: who, identity proof or record are not named, now or before.
            UnknownCustomerError: there is no such customer.
        """
        return self._gallery.confirm(customer, Basis(identity_proof, record, by))

    def verify(
        self,
        customer: str,
        recording: Recorded,
        *,
        point: str | None = None,
        record: str | None = None,
    ) -> Verification:
        """Compare a recording with a customer's voiceprint, and keep the result.

        Args:
            customer: Customer number.
            recording: A file, an array or Sounds in which only the customer speaks.
            point: Name of the operating point; the matcher's default otherwise.
            record: The evidence record of the session.

        Returns:
            `match`, `no_match` or `inconclusive`, with why. A provisional voiceprint never
            gives `match`.

        Raises:
            MediaError: the file cannot be read.
            SettingsError: there is no such operating point.
            TemplateMismatchError: all templates are of other models.
            UnknownCustomerError: there is no such customer.
        """
        verifier = self.verifier(customer, point=point, record=record)
        result = verifier.compared(listen(recording))
        self.keep(result)
        return result

    def verifier(
        self, customer: str, *, point: str | None = None, record: str | None = None
    ) -> CustomerVerifier:
        """Return what compares one customer's voice again and again, such as in an interview.

        Nothing that it finds is kept before `keep` is called; arguments and errors as `verify`.
        """
        references = comparable(self._gallery.references(customer), self._tools.model)
        return CustomerVerifier(
            customer,
            references,
            self._tools.encoder,
            self._tools.matcher,
            self._tools.overlap,
            self._point(point),
            self._gallery.now,
            record,
        )

    def keep(self, result: Verification) -> None:
        """Keep a verification in its customer's history.

        Raises:
            UnknownCustomerError: the customer was revoked meanwhile; nothing is kept.
        """
        fields = {k: v for k, v in result.to_dict().items() if k not in ("customer", "at")}
        history.keep(self._gallery, result.customer, fields)

    def search(
        self,
        recording: Recorded,
        *,
        top: int = 5,
        purpose: str = "duplicate_search",
        point: str | None = None,
        besides: str | None = None,
    ) -> SearchResult:
        """Find who in the gallery sounds most like a recording.

        Args:
            recording: A file, an array or Sounds in which one person speaks.
            top: How many people at most, 1 to 100.
            purpose: `duplicate_search` or `watch_list`; other templates are not read.
            point: Name of the operating point; by default the one with the lowest false
                match rate.
            besides: Customer whose own voiceprint is left out.

        Raises:
            MediaError: the file cannot be read.
            SettingsError: top, purpose or point are not allowed.
        """
        if not 1 <= top <= 100:
            raise SettingsError(f"top must be from 1 to 100, got {top}")
        wanted = require_search_purpose(purpose)
        strictest = min(self.points.values(), key=lambda one: one.fmr, default=None)
        at = self._point(point) if point else strictest
        listened = listen(recording)
        self._gallery.purge()
        own = besides is not None and is_searched(self._gallery, besides, wanted, self.model)
        n_people = self._search.size(wanted, self._tools.model) - own
        expected = expected_false(n_people, at)
        reason = why_not_assessed(listened, expected, self._tools.overlap)
        found = self._candidates(listened, wanted, top + own, None if reason else at)
        return SearchResult(
            status="not_assessed" if reason else "assessed",
            reason=reason,
            purpose=wanted,
            candidates=_others(found, besides if own else None)[:top],
            n_people=n_people,
            expected_false=expected,
            point=at,
            model=self._tools.model,
            net_speech_s=listened.heard.net_speech_s,
            only_the_beginning_used=listened.heard.is_cut,
        )

    def history(self, customer: str) -> History:
        """Tell a customer's enrollments, verifications, drift over time, and revocations.

        Raises:
            UnknownCustomerError: there is none, and there never was.
        """
        revoked = history.revocations(self._gallery, customer)
        try:
            enrollments = self._gallery.enrollments(customer)
        except UnknownCustomerError:
            if not revoked:
                raise
            enrollments = []
        events = history.events(self._gallery, customer)
        return History(customer, enrollments, events, history.drift(events), revoked)

    def revoke(self, customer: str, *, because: str = "consent withdrawn") -> Revoked:
        """Delete a customer's voiceprint for good, with its key and its verifications.

        Raises:
            UnknownCustomerError: there is no such customer.
        """
        revoked = self._gallery.revoke(customer, because)
        self._search.forget()
        return revoked

    def renew(self) -> int:
        """Put all search vectors under a new rotation; return how many there are."""
        n_derived = self._gallery.renew_epoch()
        self._search.forget()
        return n_derived

    def _candidates(
        self, listened: Listened, purpose: SearchPurpose, top: int, point: Point | None
    ) -> tuple[Candidate, ...]:
        if listened.heard.net_speech_s < LEAST_SPEECH_S:
            return ()
        probe = print_of(listened.heard, self._tools.encoder)
        found = self._search.nearest(probe, purpose=purpose, top=top)
        entries = watch_list.entries(self._gallery) if purpose == "watch_list" else []
        return candidates(
            found,
            probe,
            matcher=self._tools.matcher,
            point=point,
            watched={entry.reference: entry for entry in entries},
        )

    def _point(self, name: str | None) -> Point | None:
        if name is None:
            return next(iter(self.points.values()), None)
        if name not in self.points:
            known = ", ".join(self.points) or "none; facesign voice calibrate makes them"
            raise SettingsError(f"no operating point is named {name!r}; there are {known}")
        return self.points[name]


def _others(found: Sequence[Candidate], besides: str | None) -> tuple[Candidate, ...]:
    return tuple(one for one in found if besides is None or one.customer != besides)


def _warn(notice: KeyNotice) -> None:
    _log.warning(notice.message)
