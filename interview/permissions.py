"""What a session may analyze: consent, the profile, and the one click that ends behaviour."""

from __future__ import annotations

from dataclasses import dataclass

from facesign.errors import ConsentError
from facesign.interview.consent import ConsentBook, Purpose

__all__ = ["Permissions"]


@dataclass(slots=True)
class Permissions:
    """Answers by the consent that was given so far."""

    consent: ConsentBook
    recorded: bool
    """Consent that is not shown is reported instead of refused."""
    behaviour_off: str | None
    """Reason code where behaviour is not assessed by choice."""

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

    def why_no_behaviour(self) -> str | None:
        """Return why behaviour is not assessed, None where it is."""
        if self.behaviour_off is not None:
            return self.behaviour_off
        decision = self.consent.decision("behaviour")
        if decision is None:
            return None if self.recorded else "no_consent_recorded"
        return None if decision else "consent_refused"
