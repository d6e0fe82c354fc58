"""The report of one session: values for programs, a page for people, tables for analysts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from facesign.biometrics.face.movements import Movement, Unassessed
from facesign.biometrics.observation import Observation
from facesign.interview.flags import Flag
from facesign.interview.home import Language
from facesign.interview.outcome import Check, Outcome, Reason
from facesign.interview.page.rendering import ReportImage, render_html
from facesign.interview.prompts import Prompt
from facesign.interview.risk.watch import Fired
from facesign.interview.spool import SignalSpool
from facesign.interview.tables import OutputFolder, observation_table, signal_batches

__all__ = ["SCHEMA", "Report", "report_schema"]

SCHEMA = 2


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What one session showed. People decide; this shows where to look."""

    session_id: str
    created_at: datetime
    """UTC, aware."""
    outcome: Outcome
    reasons: tuple[Reason, ...]
    checks: tuple[Check, ...]
    prompts: tuple[Prompt, ...]
    flags: tuple[Flag, ...]
    identity: Mapping[str, Any]
    """Status and the evidence of other systems."""
    quality: tuple[Observation, ...]
    """Capture quality, one observation a kind."""
    observations: tuple[Observation, ...]
    """Everything observed, in time order: the rows of `observations.parquet`."""
    movements: tuple[Movement, ...]
    """Brief movements of the applicant's face, in time order."""
    monitors: tuple[Fired, ...]
    """Monitoring points that found what they look for, in time order."""
    unassessed: tuple[Unassessed, ...]
    """Where no movement would have been told, and why."""
    details: Mapping[str, Any] = field(repr=False)
    """The rest of `report.json`: media, script, baseline, timeline, models, settings ..."""
    signals: SignalSpool = field(repr=False)
    images: tuple[ReportImage, ...] = field(default=(), repr=False)

    def __repr__(self) -> str:
        """Show ids and counts, never a person's data."""
        return (
            f"Report(session_id={self.session_id!r}, outcome={self.outcome!r}, "
            f"prompts={len(self.prompts)}, flags={len(self.flags)})"
        )

    @property
    def not_checked(self) -> tuple[Check, ...]:
        """The checks that were not made, each with its reason."""
        return tuple(check for check in self.checks if not check.assessed)

    def to_dict(self) -> dict[str, Any]:
        """Return the content of `report.json`, valid against `report_schema()`."""
        return {
            "schema": SCHEMA,
            "session_id": self.session_id,
            "created_at": self.created_at.isoformat(),
            "outcome": self.outcome,
            "reasons": [reason.to_dict() for reason in self.reasons],
            "checks": [check.to_dict() for check in self.checks],
            "prompts": [prompt.to_dict() for prompt in self.prompts],
            "flags": [flag.to_dict() for flag in self.flags],
            "monitors": [fired.to_dict() for fired in self.monitors],
            "identity": dict(self.identity),
            "quality": [observation.to_dict() for observation in self.quality],
            **self.details,
        }

    def face_events(self, *, classes: bool = False) -> dict[str, Any]:
        """Return the brief movements, and where none would have been told.

        Args:
            classes: Whether to add the class after the MEGC: research output, which no
                report, console or interface shows.

        Returns:
            `movements` and `not_assessed`, times in seconds.
        """
        names = ["onset_s", "apex_s", "offset_s", "probability", "reliability", "channels"]
        names += ["megc_class"] if classes else []
        return {
            "movements": [{name: getattr(one, name) for name in names} for one in self.movements],
            "not_assessed": [asdict(span) for span in self.unassessed],
        }

    def to_html(self, *, lang: Language | None = None, images: bool = False) -> str:
        """Return the report page.

        Args:
            lang: `zh` or `en`; the session's language by default.
            images: Whether to add the strip of face pictures.
        """
        values = self.to_dict()
        return render_html(
            values, lang=lang or values["lang"], images=self.images if images else ()
        )

    def save(self, out: Path | str, *, images: bool = False, lang: Language | None = None) -> Path:
        """Write report.html, report.json, observations.parquet and signals.parquet.

        Each file appears whole or not at all, readable by the owner only.

        Args:
            out: Folder; made if it is missing.
            images: Whether the page shows pictures of the face.
            lang: Language of the page; the session's by default.

        Returns:
            The path of report.html.

        Raises:
            OutputError: the folder or a file cannot be written.
        """
        with OutputFolder(Path(out)) as folder:
            folder.write("report.json", json.dumps(self.to_dict(), ensure_ascii=False, indent=1))
            folder.write_table("observations.parquet", observation_table(self.observations))
            folder.write_batches("signals.parquet", signal_batches(self.signals))
            folder.write("report.html", self.to_html(lang=lang, images=images))
        return Path(out) / "report.html"

    def lines(self) -> Iterator[str]:
        """Yield the summary that the command line prints."""
        yield f"outcome: {self.outcome}"
        for reason in self.reasons:
            if not reason.code.startswith("not_checked:"):
                yield f"reason: {reason.code}"
        for check in self.not_checked:
            need = "required" if check.required else "optional"
            yield f"not assessed: {check.check} ({need}): {check.reason}"
        for flag in self.flags:
            yield f"flag {flag.flag_id}: {flag.code} {flag.start_s:.1f}-{flag.end_s:.1f} s"
        for prompt in self.prompts:
            yield (
                f"prompt {prompt.prompt_id}: {prompt.start_s:.1f}-{prompt.end_s:.1f} s, "
                f"{prompt.question_id}: {getattr(prompt.follow_up, self.details['lang'])}"
            )


@cache
def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of `report.json`."""
    text = files("facesign.interview").joinpath("report.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
