"""The report page as a browser shows it: no requests, no overflow, one time axis, print."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from facesign.interview.page.rendering import ReportImage, render_html
from facesign.interview.page.texts import Lang

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
EXAMPLES = ("report_example.json", "report_example_no_face.json")
WIDTHS_PX = (1280, 420)
CONTRAST = """() => {
  const rgba = c => (c.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = rgba(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const low = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = words.nextNode(); n; n = words.nextNode()) {
    if (!n.data.trim() || !n.parentElement.getClientRects().length) continue;
    const [a, b] = [rgba(getComputedStyle(n.parentElement).color), behind(n.parentElement)]
      .map(light).sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push(n.data.trim());
  }
  return low;
}"""


def example(name: str = EXAMPLES[0]) -> dict[str, Any]:
    path = Path(__file__).with_name(name)
    report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return report


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if shutil.which(CHROMIUM) is None:
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    """Open a rendered page; afterwards check that it asked for nothing and ran nothing."""
    asked: list[str] = []
    pages: list[Page] = []

    def open_page(html: str, width_px: int = 1280) -> Page:
        file = tmp_path / "report.html"
        file.write_text(html, encoding="utf-8")
        page = browser.new_page(viewport={"width": width_px, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: asked.append(dialog.message))
        page.goto(file.as_uri())
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert all(url.startswith(("file://", "data:")) for url in asked)
    assert len([url for url in asked if url.startswith("file://")]) == len(pages)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("width_px", WIDTHS_PX)
def test_the_page_never_scrolls_sideways(show: Any, name: str, lang: Lang, width_px: int) -> None:
    page = show(render_html(example(name), lang=lang), width_px)
    assert page.evaluate("document.documentElement.scrollWidth") <= width_px


def test_long_names_do_not_widen_the_page(show: Any) -> None:
    report = example() | {"customer": "C" * 300}
    report["media"]["name"] = "interview-" * 40 + ".mp4"
    page = show(render_html(report, lang="en"), 420)
    assert page.evaluate("document.documentElement.scrollWidth") <= 420


@pytest.mark.parametrize("width_px", WIDTHS_PX)
def test_all_words_have_the_contrast_of_wcag_aa(show: Any, width_px: int) -> None:
    page = show(render_html(example(), lang="en"), width_px)
    assert page.evaluate(CONTRAST) == []


def test_marks_of_all_rows_share_the_axis_of_the_ticks(show: Any) -> None:
    page = show(render_html(example(), lang="en"))
    place = "e => { const r = e.getBoundingClientRect(); return [r.left, r.right]; }"
    plots = page.locator(".row .plot").evaluate_all(
        "all => all.map(e => { const r = e.getBoundingClientRect(); return [r.left, r.right]; })"
    )
    left, right = plots[0]
    assert all(abs(a - left) < 0.6 and abs(b - right) < 0.6 for a, b in plots)
    flag = page.locator(".row-flag .mark").evaluate(place)
    line = page.locator(".grid .line").nth(4).evaluate(place)
    at_px = {time_s: left + (right - left) * time_s / 29.5 for time_s in (20.0, 22.0, 25.5)}
    assert flag == pytest.approx([at_px[22.0], at_px[25.5]], abs=1.5)
    assert line[0] == pytest.approx(at_px[20.0], abs=1.5)


def test_magnifying_widens_the_timeline_inside_its_own_box(show: Any) -> None:
    report = example()
    report["media"]["duration_s"] = report["timeline"]["duration_s"] = 900.0
    page = show(render_html(report, lang="en"))
    width = "document.querySelector('.rows').getBoundingClientRect().width"
    before = page.evaluate(width)
    page.get_by_label("×16").check()
    assert page.evaluate(width) == pytest.approx(16 * before, rel=0.01)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.emulate_media(media="print")
    assert page.evaluate(width) <= 1280


def test_a_flag_on_the_timeline_leads_to_its_card(show: Any) -> None:
    page = show(render_html(example(), lang="en"))
    page.locator(".row-flag a.mark").click()
    assert page.evaluate("document.querySelector(':target').id") == "f1"


def test_injected_markup_is_text(show: Any) -> None:
    report = example() | {"customer": "<img src=x onerror=alert(1)><script>alert(2)</script>"}
    page = show(render_html(report, lang="en"))
    assert page.locator("dd", has_text="<script>alert(2)</script>").count() == 1


def test_pictures_are_decoded_from_the_page_itself(show: Any) -> None:
    import cv2
    import numpy as np

    jpeg = cv2.imencode(".jpg", np.full((90, 160, 3), 128, np.uint8))[1].tobytes()
    image = ReportImage(time_s=22.0, jpeg=jpeg, caption_code="flag")
    page = show(render_html(example(), lang="en", images=[image]))
    assert page.locator(".strip img").evaluate("e => [e.naturalWidth, e.naturalHeight]") == [
        160,
        90,
    ]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_page_prints_on_a_few_a4_sheets(show: Any, name: str) -> None:
    page = show(render_html(example(name), lang="zh"))
    pdf = page.pdf(prefer_css_page_size=True)
    assert 2 <= pdf.count(b"/Type /Page\n") <= 5
    assert b"/MediaBox [0 0 594" in pdf or b"/MediaBox [0 0 595" in pdf


def test_print_leaves_no_card_or_drawing_wider_than_the_sheet(show: Any) -> None:
    page = show(render_html(example(), lang="en"), 700)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 700
