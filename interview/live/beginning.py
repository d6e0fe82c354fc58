"""The beginning of a live session: what its record starts with, and its conduct."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from facesign.biometrics.observation import Observation
from facesign.interview.archive.past import past_of
from facesign.interview.home import Settings
from facesign.interview.live.conduct import Conduct
from facesign.interview.live.logbook import Logbook
from facesign.interview.live.plan import SessionPlan, Start
from facesign.interview.voice_search import Searches

__all__ = ["begin", "opening"]


def begin(start: Start, book: Logbook, **options: Any) -> Conduct:
    """Return the conduct of a new session, entered into its record; options as of `Conduct`."""
    past = past_of(
        start.home,
        customer=start.plan.customer,
        external_ref=start.plan.external_ref,
        session_id=start.session_id,
        now=start.created_at,
    )
    book.add("live", opening(start.plan, start.home.settings(), start.officer, past))
    return Conduct(
        session_id=start.session_id,
        created_at=start.created_at,
        plan=start.plan,
        home=start.home,
        past=past,
        searches=Searches(keep=book.searched),
        **options,
    )


def opening(
    plan: SessionPlan, settings: Settings, officer: str, past: Sequence[Observation]
) -> dict[str, Any]:
    """Return the entry that a live session's record starts with: all that a replay needs."""
    return {
        **plan.to_dict(),
        "officer": officer,
        "participants": list(plan.participants),
        "script": asdict(plan.script),
        "past": [observation.to_dict() for observation in past],
        "settings": {
            "profile": settings.profile,
            "required_checks": list(settings.required_checks),
            "provider": settings.provider,
            "encoder": settings.encoder,
        },
    }
