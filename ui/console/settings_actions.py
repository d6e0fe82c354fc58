"""What the settings page shows and changes, as plain functions over the SDK."""

from __future__ import annotations

from typing import Any

from facesign.biometrics.voiceprint.operating import NOT_VALIDATED
from facesign.interview.archive.users import Users
from facesign.interview.own_scripts import OwnScripts
from facesign.models.registry import verify
from facesign.ui.console.desk import Desk
from facesign.ui.console.texts import Texts

__all__ = [
    "model_rows",
    "point_rows",
    "provider_line",
    "script_summary",
    "user_rows",
    "validated_for",
]


def model_rows(desk: Desk, t: Texts) -> list[list[str]]:
    """List the registered models: name, what for, licence, start of the hash, whether it holds."""
    return [
        [
            found.card.name,
            t.flat.get(f"model_uses.{found.card.name}", found.card.used_for),
            found.card.licence,
            found.card.sha256[:16],
            t.of("model_status", found.status),
        ]
        for found in verify(home=desk.home.root)
    ]


def provider_line(desk: Desk, t: Texts) -> str:
    """Say where models run, and what ONNX Runtime offers here."""
    import onnxruntime

    offered = ", ".join(
        name.removesuffix("ExecutionProvider") for name in onnxruntime.get_available_providers()
    )
    return t("settings.providers", chosen=desk.home.settings().provider, offered=offered)


def point_rows(desk: Desk, t: Texts) -> list[list[str]]:
    """List the operating points of the voice encoder with where they were measured."""
    points = desk.prints.points
    default = next(iter(points), None)
    return [
        [
            t("settings.default_point", name=name) if point.name == default else name,
            f"{point.threshold:.2f}",
            _rate(point, "fmr"),
            _rate(point, "fnmr"),
            _counts(point),
            t.of("measured_on", point.measured_on),
            validated_for(point, t),
        ]
        for point in points.values()
        for name in (t.of("points", point.name),)
    ]


def validated_for(point: Any, t: Texts) -> str:
    """Say for whom an operating point was measured; the bank's own points say it in its words."""
    said = str(point.validated_for)
    return t("settings.not_validated") if said == NOT_VALIDATED else said


def script_summary(t: Texts, scripts: OwnScripts, text: str, *, save: bool) -> str:
    """Check a script, keep it if asked to, and say what is in it.

    Raises:
        ScriptError: it is malformed; the message says where.
    """
    from facesign.interview.script import parse_script

    script = scripts.save(text) if save else parse_script("script", text)
    kinds: dict[str, int] = {}
    for question in script.questions:
        kinds[question.kind] = kinds.get(question.kind, 0) + 1
    listed = ", ".join(f"{t.of('kinds', kind)} {n}" for kind, n in kinds.items())
    name = "settings.script_saved" if save else "settings.script_good"
    return t(name, id=script.script_id, version=script.version, kinds=listed)


def user_rows(users: Users, t: Texts) -> list[list[str]]:
    """List the users: name, role, state, since when."""
    return [
        [
            user.name,
            t.of("roles", user.role),
            t("settings.disabled" if user.disabled else "settings.active"),
            f"{user.created_at.astimezone():%Y-%m-%d}",
        ]
        for user in users.all()
    ]


def _rate(point: Any, name: str) -> str:
    interval = getattr(point, f"{name}_interval", None)
    text = f"{getattr(point, name):.2%}"
    return text if interval is None else f"{text} ({interval[0]:.2%}–{interval[1]:.2%})"


def _counts(point: Any) -> str:
    genuine, pairs = getattr(point, "n_genuine", None), getattr(point, "n_impostor_pairs", None)
    return "–" if genuine is None else f"{genuine} / {pairs}"
