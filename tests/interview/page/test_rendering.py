"""The report page as HTML text: what it says, what it leaves out, and that it is safe."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from facesign.interview.page.rendering import MAX_MOVEMENTS, ReportImage, render_html
from facesign.interview.page.texts import Lang

LANGS: tuple[Lang, ...] = ("en", "zh")
EXAMPLES = ("report_example.json", "report_example_no_face.json")
INJECTION = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"
VOID = {"meta", "link", "input", "img", "br"}


class Page(HTMLParser):
    """Collect the words, tags and addresses of a page, and check that tags are closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID and not (self._open and tag in ("path", "circle", "rect")):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("path", "circle", "rect"):
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def all_of(self, name: str) -> list[str]:
        return [value for _, attrs in self.tags if (value := attrs.get(name)) is not None]


def example(name: str = EXAMPLES[0]) -> dict[str, Any]:
    path = Path(__file__).with_name(name)
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


def page(report: dict[str, Any], lang: Lang = "en") -> Page:
    return Page(render_html(report, lang=lang))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_page_has_closed_tags_unique_ids_and_links_that_lead_somewhere(
    name: str, lang: Lang
) -> None:
    shown = page(example(name), lang)
    ids = shown.all_of("id")
    assert len(ids) == len(set(ids))
    targets = [href for href in shown.all_of("href") if href.startswith("#")]
    named = [one for labels in shown.all_of("aria-labelledby") for one in labels.split()]
    assert {target[1:] for target in targets} | set(named) <= set(ids)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_page_asks_for_nothing_outside_itself(name: str, lang: Lang) -> None:
    html = render_html(example(name), lang=lang)
    shown = Page(html)
    assert not re.search(r"https?://|url\(|@import", html)
    assert "script" not in {tag for tag, _ in shown.tags}
    assert all(address.startswith(("#", "data:")) for address in shown.all_of("href"))
    assert "default-src 'none'" in html


def test_the_outcome_stands_with_its_reasons_and_with_what_was_not_checked() -> None:
    text = page(example()).text
    assert "Review Something was seen that a person has to look at" in text
    assert "Flag: Undeclared person in the picture 0:22.0–0:25.5 3.5 s in total" in text
    assert "Required, but not checked: Consent, Identity check, Genuineness" in text
    assert "3 of 8 checks" in text
    assert "Identity check required no identity evidence was given" in text


def test_a_prompt_shows_what_was_seen_beside_the_usual_and_what_to_ask() -> None:
    text = page(example()).text
    assert "Took longer than usual to start answering now 2.35 s own usual 0.48 ± 0.09 s" in text
    assert "Looked away more than usual now 28 % own usual 6 ± 3 %" in text
    assert "Spoke more slowly than usual" in text
    assert "Ask Could you tell me when the salary for March arrived" in text


def test_the_follow_up_is_in_the_language_of_the_page() -> None:
    assert "追问 三月份的工资是哪天到账的" in page(example(), "zh").text


@pytest.mark.parametrize(
    ("lang", "outcome", "words"),
    [("en", "clear", "Clear"), ("zh", "clear", "未见疑点"), ("zh", "review", "需复核")],
)
def test_the_outcome_is_the_first_thing_said(lang: Lang, outcome: str, words: str) -> None:
    shown = page(example() | {"outcome": outcome}, lang)
    first = next(i for i, (tag, _) in enumerate(shown.tags) if tag == "strong")
    headings = [tag for tag, _ in shown.tags[:first] if tag == "h2"]
    assert words in shown.text
    assert len(headings) == 1


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_page_says_that_people_decide_and_what_it_does_not_show(
    name: str, lang: Lang
) -> None:
    text = page(example(name) | {"limits": []}, lang).text
    said = {
        "en": ("A trained person decides", "does not show whether what was said is true"),
        "zh": ("由经过培训的人员作出决定", "不能说明所述内容是否真实"),
    }
    assert all(words in text for words in said[lang])


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_page_uses_a_forbidden_word_or_a_code_with_an_underscore(name: str, lang: Lang) -> None:
    report = example(name)
    report["models"], report["media"]["name"] = [], "interview.mp4"
    html = re.sub(r"<style>.*?</style>", "", render_html(report, lang=lang), flags=re.DOTALL)
    words = r"\b(lie[sd]?|liar|lying|decept\w*|emotion\w*|stress\w*|suspicio\w*|alert\w*)\b"
    assert not re.search(words + "|通过|谎|情绪|黑名单|风险提示|预警", html, re.IGNORECASE)
    assert "not_assessed" not in html
    assert not re.search(r"\b[a-z]+_[a-z_]+\b", Page(html).text)


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_from_outside_becomes_markup(lang: Lang) -> None:
    report = example()
    report |= {"customer": INJECTION, "external_ref": INJECTION, "provider": INJECTION}
    report["media"]["name"] = INJECTION
    report["media"]["problems"] = [{"code": "truncated", "detail": INJECTION}]
    report["script"]["id"] = INJECTION
    for question in report["script"]["questions"]:
        question["text"] = {"en": INJECTION, "zh": INJECTION}
    report["prompts"][0]["follow_up"] = {"en": INJECTION, "zh": INJECTION}
    report["models"][0] |= {"name": INJECTION, "licence": INJECTION}
    evidence = {"source": INJECTION, "kind": INJECTION, "result": INJECTION}
    report["identity"]["evidence"] = [evidence | {"reference": INJECTION, "time_s": None}]
    report["reasons"][0]["detail"] = {INJECTION: INJECTION}
    for lane in report["timeline"]["lanes"]:
        for span in lane["spans"]:
            span["label"] = INJECTION
    shown = page(report, lang)
    assert not {tag for tag, _ in shown.tags} & {"script", "img"}
    assert not any(name.startswith("on") for _, attrs in shown.tags for name in attrs)
    assert "49" not in "".join(word for word in shown.words if "{{" in word)
    assert INJECTION in " ".join(shown.words)


@pytest.mark.parametrize("lang", LANGS)
def test_unknown_codes_are_shown_as_they_are(lang: Lang) -> None:
    report = example()
    report["reasons"].append({"code": "solar_eclipse", "detail": {"umbra_s": 3.5, "n_moons": 1}})
    report["limits"].append("dark_side")
    report["checks"].append(
        {"check": "aura", "required": False, "status": "not_assessed", "finding": None}
        | {"reason": "too_bright"}
    )
    flag = report["flags"][0]
    report["flags"].append(flag | {"id": "f2", "code": "second_moon", "family": "sky"})
    report["prompts"][0]["observations"][0] |= {"name": "moon.phase", "unit": "rad"}
    report["media"]["problems"].append({"code": "stardust", "detail": ""})
    report["baseline"]["source"] = "last_year"
    text = page(report, lang).text
    codes = ("solar_eclipse", "umbra_s 3.5", "dark_side", "aura", "too_bright", "second_moon")
    assert all(code in text for code in (*codes, "moon.phase", "stardust", "last_year"))


def test_a_flag_lists_its_evidence_weightiest_first_with_a_total_that_adds_up() -> None:
    report = example()
    text = Page(render_html(report, lang="en")).text
    (flag,) = report["flags"]
    says = {one["id"]: one["explain"]["en"] for one in report["monitors"]}
    places = [text.index(says[one["monitor"]]) for one in flag["rank"]["contributions"]]
    assert places == sorted(places)
    assert "the flag rests on it" in text
    assert "4 × 1 = 4 points" in text.replace("\N{NO-BREAK SPACE}", " ")
    counted = sum(one["points"] or 0.0 for one in flag["rank"]["families"])
    assert counted == pytest.approx(flag["rank"]["points"])
    assert "Not assessed: Who speaks, Genuineness, Course of the interview." in text


def test_signs_that_the_applicant_needs_protection_come_before_prompts_and_flags() -> None:
    page = Page(render_html(example(), lang="zh"))
    order = [page.text.index(words) for words in ("单独询问", "值得追问", "疑点所依据")]
    assert order == sorted(order)
    assert "绝不作为对申请人不利的依据" in page.text
    without = example() | {"monitors": [], "flags": []}
    assert "单独询问" not in Page(render_html(without, lang="zh")).text


def test_without_prompts_the_page_says_why() -> None:
    report = example() | {"prompts": []}
    assert "No prompts Nothing that was assessed stood out" in page(report).text
    report["settings"]["behaviour"] = False
    assert "Behaviour is switched off for this interview" in page(report).text
    nothing = page(example(EXAMPLES[1])).text
    assert "Prompts could not be formed Behaviour was not assessed: no face was seen." in nothing


def test_pictures_are_embedded_with_words_for_them_and_only_when_given() -> None:
    image = ReportImage(time_s=16.25, jpeg=b"\xff\xd8\xff\xd9", caption_code="prompt")
    shown = Page(render_html(example(), lang="en", images=[image]))
    (picture,) = (attrs for tag, attrs in shown.tags if tag == "img")
    assert picture == {"src": "data:image/jpeg;base64,/9j/2Q==", "alt": "Prompt at 0:16.2"}
    assert "img" not in {tag for tag, _ in page(example()).tags}


def test_a_picture_never_prints_itself_in_a_log() -> None:
    assert "ff" not in repr(ReportImage(time_s=1.0, jpeg=b"\xff", caption_code="prompt"))


def test_only_the_strongest_movements_are_listed_and_the_page_says_so() -> None:
    report = example()
    one = report["movements"][0]
    count = MAX_MOVEMENTS + 40
    report["movements"] = [one | {"onset_s": i / 10, "strength": float(i)} for i in range(count)]
    text = page(report).text
    assert f"The {MAX_MOVEMENTS} strongest of {count} are listed here" in text
    assert "0:03.90" not in text
    assert "0:04.00" in text


def hour() -> dict[str, Any]:
    report = example()
    question, prompt, timeline = (
        report["script"]["questions"][2],
        report["prompts"][0],
        report["timeline"],
    )
    report["media"]["duration_s"] = timeline["duration_s"] = 3600.0
    report["script"]["questions"] = [
        question | {"id": f"q-{i}", "asked_start_s": 60.0 * i} for i in range(60)
    ]
    report["prompts"] = [
        prompt
        | {"id": f"p{i}", "question_id": f"q-{i}", "start_s": 60.0 * i, "end_s": 60.0 * i + 5}
        for i in range(20)
    ]
    for lane in timeline["lanes"]:
        if lane["name"] in ("speech", "pause", "filled_pause", "blink", "gaze_away", "movement"):
            lane["spans"] = [
                {"start_s": 1.2 * i, "end_s": 1.2 * i + 0.4, "subject": "applicant"}
                for i in range(3000)
            ]
    for series in timeline["series"]:
        series["values"] = [float(i % 17) for i in range(14_400)]
    report["movements"] = report["movements"] * 600
    return report


def test_an_hour_with_thousands_of_events_stays_a_small_page() -> None:
    assert len(render_html(hour(), lang="zh").encode()) < 500_000


@pytest.mark.parametrize("duration_s", [0.0, 0.04, 1.0])
def test_a_clip_of_a_moment_has_a_page(duration_s: float) -> None:
    report = example(EXAMPLES[1])
    report["media"]["duration_s"] = report["timeline"]["duration_s"] = duration_s
    assert "Inconclusive" in page(report).text
