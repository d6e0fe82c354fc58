"""What a session may analyze: consent, the profile, and the one click that ends behaviour."""

from __future__ import annotations

from dataclasses import dataclass

from facesign.errors import ConsentError
from facesign.interview.consent import ConsentBook, Purpose
from facesign.interview.risk.history import VoiceElsewhere

__all__ = ["Permissions"]


@dataclass(slots=True)
class Permissions:
    """Answers by the consent that was given so far."""

    consent: ConsentBook
    recorded: bool
    """Consent that is not shown is reported instead of refused."""
    behaviour_off: str | None
    """Reason code where behaviour is not assessed by choice."""
    _search_from_s: float | None = None

    def may_use(self, purpose: Purpose) -> bool:
        """Tell whether items of a purpose may be analyzed; refused ones are left alone.

        Raises:
            ConsentError: nobody was asked, or recording was refused.
        """
        decision = self.consent.decision(purpose)
        if decision is None and self.recorded:
            return True
        if purpose == "recording" and decision is False:
            raise ConsentError("consent to recording was refused: nothing may be analyzed")
        if decision is None:
            raise ConsentError(
                f"no consent to {purpose}: call session.consent(purpose={purpose!r}, ...) first"
            )
        return decision

    def decided(self, time_s: float) -> None:
        """Take note that somebody decided on a purpose at a time of the session."""
        if self.why_no_search() is not None:
            self._search_from_s = None
        elif self._search_from_s is None:
            self._search_from_s = time_s

    def search_from_s(self) -> float | None:
        """Return from when on speech may be searched with; None where it may not."""
        return self._search_from_s

    def why_no_search(self) -> str | None:
        """Return why the gallery is not searched, None where it may be: both were agreed to."""
        decisions = [self.consent.decision("voice"), self.consent.decision("search")]
        if False in decisions:
            return "consent_refused"
        return None if all(decisions) else "no_consent_recorded"

    def unsearched(self, has_audio: bool) -> VoiceElsewhere:
        """Return why nothing is known of the voice elsewhere, where no search was made."""
        reason = self.why_no_search() or ("not_searched" if has_audio else "no_sound")
        return VoiceElsewhere.unknown(reason)

    def why_no_behaviour(self) -> str | None:
        """Return why behaviour is not assessed, None where it is."""
        if self.behaviour_off is not None:
            return self.behaviour_off
        decision = self.consent.decision("behaviour")
        if decision is None:
            return None if self.recorded else "no_consent_recorded"
        return None if decision else "consent_refused"
