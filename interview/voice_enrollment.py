"""Making a customer's voiceprint from recordings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from facesign.biometrics.gallery.entries import Basis, Reference, Sample
from facesign.biometrics.gallery.gates import Gates, admit
from facesign.biometrics.gallery.purposes import checked_purposes
from facesign.biometrics.gallery.store import Gallery, Manner
from facesign.errors import (
    AlreadyEnrolledError,
    EnrollmentError,
    SettingsError,
    UnknownCustomerError,
)
from facesign.interview.home import require_customer
from facesign.interview.voice_defaults import VoiceTools
from facesign.interview.voice_recordings import Listened, Recorded, listen
from facesign.interview.voice_results import Enrollment

__all__ = ["Enroller"]


class Enroller:
    """Listen to recordings, admit those that can make a template, and keep them."""

    def __init__(self, gallery: Gallery, tools: VoiceTools, gates: Gates) -> None:
        self._gallery = gallery
        self._tools = tools
        self._gates = gates

    def enroll(
        self,
        customer: str,
        recordings: Sequence[Recorded],
        basis: Basis,
        *,
        channel: str | None,
        purposes: Sequence[str],
        retain_days: int | None,
        manner: Manner,
    ) -> Enrollment:
        """Make or replace a voiceprint; see `Fingerprints.enroll` for arguments and errors."""
        wanted = checked_purposes(purposes)
        require_customer(customer)
        before = self._before(customer, manner)
        heard = _heard(recordings)
        samples = self._admitted(heard, channel)
        until = None
        if retain_days is not None:
            until = self._gallery.now() + timedelta(days=_positive(retain_days))
        enrolled = self._gallery.enroll(
            customer, samples, purposes=wanted, basis=basis, retain_until=until, manner=manner
        )
        return Enrollment(
            customer=customer,
            enrolled=enrolled,
            purposes=wanted,
            model=self._tools.model,
            channels=tuple(sorted({sample.channel for sample in samples})),
            net_speech_s=sum(sample.voiceprint.net_speech_s for sample in samples),
            previous_llr=self._likeness(before, samples),
            only_the_beginning_used=tuple(it.name for it in heard if it.heard.is_cut),
        )

    def _before(self, customer: str, manner: Manner) -> list[Reference]:
        """Return the templates there are of the same model, before listening to anything."""
        try:
            held = self._gallery.references(customer)
        except UnknownCustomerError:
            if manner == "replace" and not self._gallery.is_enrolled(customer):
                raise
            return []
        if manner == "new":
            raise AlreadyEnrolledError(customer)
        return [one for one in held if one.voiceprint.model == self._tools.model]

    def _likeness(self, before: Sequence[Reference], samples: Sequence[Sample]) -> float | None:
        """Return the lowest LLR of new samples against the templates there were."""
        if not before:
            return None
        held = [one.voiceprint for one in before]
        llrs = [self._tools.matcher.compare(held, sample.voiceprint).llr for sample in samples]
        known = [llr for llr in llrs if llr is not None]
        return min(known, default=None)

    def admit(self, recordings: Sequence[Recorded], channel: str | None) -> list[Sample]:
        """Make a sample of each recording.

        Raises:
            EnrollmentError: the recordings cannot make a template, with all reasons.
            MediaError: a file cannot be read.
        """
        return self._admitted(_heard(recordings), channel)

    def _admitted(self, heard: Sequence[Listened], channel: str | None) -> list[Sample]:
        damaged = [f"{it.name}: {it.n_damaged} damaged packets" for it in heard if it.n_damaged]
        if damaged:
            raise EnrollmentError(damaged)
        named = [(it.name, it.heard) for it in heard]
        return admit(
            named,
            self._tools.encoder,
            self._tools.matcher,
            overlap=self._tools.overlap,
            channel=channel,
            gates=self._gates,
        )


def _heard(recordings: Sequence[Recorded]) -> list[Listened]:
    if isinstance(recordings, str | Path):
        raise SettingsError("recordings must be a list, got one path")
    return [listen(one, f"recording {i}") for i, one in enumerate(recordings, start=1)]


def _positive(days: int) -> int:
    if days < 1:
        raise SettingsError(f"retention must be at least 1 day, got {days}")
    return days
