"""The watch list of a gallery, as its users handle it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from facesign.biometrics.gallery import watch_list
from facesign.biometrics.gallery.search import Search
from facesign.biometrics.gallery.store import Gallery
from facesign.biometrics.gallery.watch_list import WatchEntry, WatchReason
from facesign.interview.voice_enrollment import Enroller
from facesign.interview.voice_recordings import Recorded

__all__ = ["WatchList"]


class WatchList:
    """Add, list, clear and remove entries; got from `Fingerprints.watch_list`."""

    def __init__(self, gallery: Gallery, search: Search, enroller: Enroller) -> None:
        self._gallery = gallery
        self._search = search
        self._enroller = enroller

    def add(
        self, reference: str, recordings: Sequence[Recorded], why: WatchReason, *, days: int
    ) -> WatchEntry:
        """Put a voice on the watch list for so many days, at most 365.

        Args:
            reference: Case or customer number; a customer's own voiceprint stays apart.
            recordings: Files, arrays or Sounds in which only this person speaks.
            why: Reason, evidence record and two approvers.
            days: Days until the entry is deleted.

        Raises:
            EnrollmentError: the recordings cannot make a template, with all reasons.
            MediaError: a file cannot be read.
            WatchListError: it would last too long, or is there already.
        """
        samples = self._enroller.admit(recordings, None)
        until = self._gallery.now() + timedelta(days=days)
        return watch_list.add(self._gallery, reference, samples, why, expires_at=until)

    def entries(self) -> list[WatchEntry]:
        """List the entries, oldest first."""
        return watch_list.entries(self._gallery)

    def clear(self, reference: str, *, by: str) -> None:
        """Mark an entry `cleared: related person`; no search reads it then.

        Raises:
            WatchListError: there is no such entry, or nobody clears it.
        """
        watch_list.clear(self._gallery, reference, by=by)
        self._search.forget()

    def remove(self, reference: str, *, because: str) -> None:
        """Delete an entry with its templates and its key.

        Raises:
            WatchListError: there is no such entry.
        """
        watch_list.remove(self._gallery, reference, because)
        self._search.forget()
