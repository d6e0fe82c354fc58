"""What the report says of a comparison with the voiceprint: both error rates, and their limits."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from voice_factory import compared_at

from facesign.biometrics.voiceprint.operating import NOT_VALIDATED
from facesign.biometrics.voiceprint.scoring_file import shipped_matcher
from facesign.interview.page.rendering import render_html
from facesign.interview.page.texts import Lang, load_texts
from facesign.interview.report import report_schema
from facesign.interview.voices import VoiceResult
from facesign.models.registry import card

COMPARED = VoiceResult(
    start_s=0.0,
    end_s=60.0,
    net_speech_s=52.0,
    decision="match",
    llr=4.0,
    threshold=2.94,
    point="cautious",
    fmr=0.017,
    fnmr=0.451,
    measured_on="trials.csv",
    validated_for=NOT_VALIDATED,
    reasons=(),
)


def shown(voice: VoiceResult, lang: Lang) -> str:
    example = Path(__file__).with_name("report_example.json")
    report = json.loads(example.read_text("utf-8"))
    report["identity"]["voice"] = voice.to_dict()
    return " ".join(render_html(report, lang=lang).split())


def test_the_page_names_both_error_rates_and_what_they_do_not_hold_for() -> None:
    page = shown(COMPARED, "en")
    rates = "Operating point cautious: false matches 1.7 %, false non-matches 45.1 %, measured on"
    assert rates in page.replace("\u202f", " ").replace("\u00a0", " ")
    assert f"Validation: {NOT_VALIDATED}." in page
    assert "未在普通话、方言、电话录音及 60 岁以上人群中验证" in shown(COMPARED, "zh")


def test_a_bank_reads_its_own_words() -> None:
    own = compared_at(0.0)
    assert "Validation: tones." in shown(own, "en")
    assert "验证情况：tones。" in shown(own, "zh")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_shipped_points_are_valid_for_is_said_in_both_languages(lang: Lang) -> None:
    entry = card("ecapa-embedded")
    matcher = shipped_matcher(f"{entry.name}@{entry.sha256[:12]}")
    assert matcher is not None
    for point in matcher.points.values():
        assert load_texts(lang).has("validated_for", str(point.validated_for))


def test_a_comparison_in_the_report_fits_its_schema() -> None:
    schema = report_schema()
    one = {**schema["$defs"]["voice_comparison"], "$defs": schema["$defs"]}
    jsonschema.Draft202012Validator(one).validate(COMPARED.to_dict())
    jsonschema.Draft202012Validator(one).validate(compared_at(0.0).to_dict())
