"""The console's words: both languages, the bank's own, and none that must not be said."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from facesign.biometrics.voice.quality import Reason
from facesign.interview.archive.entries import DECISIONS, STATUSES
from facesign.interview.archive.users import ROLES
from facesign.interview.consent import PURPOSES
from facesign.interview.home import LANGUAGES, PROFILES, Language
from facesign.interview.live.plan import Role
from facesign.interview.live.stages import STAGES
from facesign.interview.page.texts import load_texts
from facesign.interview.script import KINDS
from facesign.interview.voice_results import VerifyReason
from facesign.models.registry import cards
from facesign.ui.console.texts import as_language, texts

ROOT = Path(__file__).resolve().parents[3] / "ui"
FORBIDDEN = ("通过", "说谎", "测谎", "情绪识别", "黑名单", "风险提示", "预警")
FORBIDDEN_EN = ("lie", "lying", "liar", "deception", "deceptive", "suspicious", "blacklist")
# `t.of(group, ...)` and `t(`...${}`)` name texts by a code.
CODES: dict[str, tuple[str, ...]] = {
    "roles": ROLES,
    "profiles": PROFILES,
    "languages": LANGUAGES,
    "decisions": DECISIONS,
    "statuses": STATUSES,
    "kinds": KINDS,
    "participants": tuple(role for role in get_args(Role) if role != "applicant"),
    "hints": (*get_args(Reason), *get_args(VerifyReason)),
    "outcomes": ("clear", "review", "inconclusive"),
    "verdicts": ("confirmed", "rejected", "cannot_tell"),
    "live": tuple(f"stage_{s}" for s in STAGES if s not in ("baseline", "questions")),
    "consent_purposes": PURPOSES,
    "consent": ("granted", "refused", "withdrawn"),
    "evidence_kinds": ("identity", "genuineness"),
    "evidence_results": tuple(
        f"{kind}_{result}"
        for kind in ("identity", "genuineness")
        for result in ("match", "no_match", "inconclusive")
    ),
    "breaking_off": ("reschedule", "abandon"),
    "channels": ("wideband", "narrowband"),
    "points": ("cautious", "even"),
}


def places(text: str) -> set[str]:
    return {place for _, place, _, _ in Formatter().parse(text) if place}


def test_both_languages_have_the_same_texts_with_the_same_places() -> None:
    zh, en = texts("zh").flat, texts("en").flat
    assert zh.keys() == en.keys()
    for name, text in en.items():
        places = [
            {place for _, place, _, _ in Formatter().parse(it) if place} for it in (text, zh[name])
        ]
        assert places[0] == places[1], name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_forbidden_is_said(lang: Language) -> None:
    for name, text in texts(lang).flat.items():
        assert not [word for word in FORBIDDEN if word in text], name
        assert not set(re.findall(r"[a-z]+", text.lower())) & set(FORBIDDEN_EN), name


def test_what_each_model_is_for_is_said_in_both_languages() -> None:
    uses = {card.name: card.used_for for card in cards()}
    listed = {name: text for name, text in texts("en").flat.items() if "model_uses." in name}
    assert {f"model_uses.{name}": used_for for name, used_for in uses.items()} == listed


@pytest.mark.parametrize("lang", LANGUAGES)
def test_operating_points_and_what_they_were_measured_on_are_said(lang: Language) -> None:
    shipped = files("facesign.biometrics.voiceprint") / "ecapa-embedded.json"
    points = json.loads(shipped.read_text("utf-8"))["points"]
    for one in points:
        said = {f"points.{one['name']}", f"measured_on.{one['measured_on']}"}
        assert said <= texts(lang).flat.keys()
        reported = {("operating_point", one["name"]), ("measured_on", one["measured_on"])}
        assert reported <= load_texts(lang).keys()


def test_every_code_has_a_word() -> None:
    for group, codes in CODES.items():
        for code in codes:
            assert f"{group}.{code}" in texts("en").flat, f"{group}.{code}"


def test_every_text_that_code_asks_for_is_there() -> None:
    named = re.compile(r"""\bt(?:\.columns)?\(\s*(?:"([a-z_]+\.[a-z_]+)"|'([a-z_]+\.[a-z_]+)')""")
    files = [
        *ROOT.glob("console/*.py"),
        *ROOT.glob("console/templates/*"),
        *ROOT.glob("static/console/*.js"),
    ]
    asked = {a or b for file in files for a, b in named.findall(file.read_text("utf-8"))}
    assert len(asked) > 150
    assert asked - texts("en").flat.keys() == set()


@pytest.mark.parametrize(
    ("text", "lang"), [("zh-CN", "zh"), ("EN", "en"), ("fr", "en"), (None, "en"), ("", "en")]
)
def test_an_unknown_language_becomes_the_other_one(text: str | None, lang: str) -> None:
    assert as_language(text, "en") == lang
