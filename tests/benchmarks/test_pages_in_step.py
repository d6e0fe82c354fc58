"""Pages that are written from result files say what the files say."""

from __future__ import annotations

import live_page
import overlap_page
import page
import speakers_page
import voiceprint_card
import voiceprint_page
from provenance import RESULTS


def test_the_page_of_benchmarks_is_what_the_results_give() -> None:
    assert page.PAGE.read_text("utf-8") == page.page()


def test_the_page_of_live_interviews_is_what_the_results_give() -> None:
    assert live_page.PAGE.read_text("utf-8") == live_page.page()


def test_the_page_of_two_people_at_once_is_what_the_results_give() -> None:
    assert overlap_page.PAGE.read_text("utf-8") == overlap_page.page()


def test_the_page_of_comparisons_is_what_the_results_give() -> None:
    assert voiceprint_page.PAGE.read_text("utf-8") == voiceprint_page.page()


def test_the_card_of_the_voice_encoder_is_what_the_results_give() -> None:
    assert voiceprint_card.CARD.read_text("utf-8") == voiceprint_card.card()


def test_the_page_says_plainly_where_the_encoder_is_no_better() -> None:
    said = voiceprint_page.PAGE.read_text("utf-8").partition("### Overall")[0]
    for words in (
        "overlap, so neither is shown to be the better one",
        "minDCF (0.942) is worse than Resemblyzer's (0.585)",
        "The encoder's own cosine has 15.2 % EER",
        "taken for the applicant 61.9 % of the time",
        "85.3 % is the applicant's",
    ):
        assert words in said


def test_the_page_of_speakers_is_what_the_results_give_or_says_that_there_are_none() -> None:
    written = speakers_page.PAGE.read_text("utf-8")
    if (RESULTS / "speakers.json").is_file():
        assert written == speakers_page.page()
    else:
        assert "Not measured yet with the encoder that ships." in written
