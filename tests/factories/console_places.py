"""Pictures of every place of the console, to be looked at: two languages, two themes, two sizes.

    python tests/factories/console_places.py FOLDER [PLACE ...] [--looks zh-dark ...]

The server, the browser and the camera are those of the browser tests; the cases are a recording
that is analyzed here, and what such a case looks like with long names, many prompts or none.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uuid6
from console_server import CONTOURS_DRAWN, Server, Watched, chromium, console_server, watched
from fake_devices import devices

from facesign import samples
from facesign.interview.archive.entries import ArchivedFlag, ArchivedSession
from facesign.interview.archive.store import Archive
from facesign.interview.archive.users import Users
from facesign.interview.home import Home
from facesign.interview.record.contents import report_of
from facesign.interview.record.reader import Record
from facesign.interview.record.writer import RecordWriter

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SIZES = {"1440": (1440, 900), "1280": (1280, 720)}
PHONE = (390, 844)
LOOKS = ("en-light", "en-dark", "zh-light", "zh-dark")
PASSWORD = "a-long-password"
ROLES = {"anna": "officer", "ben": "analyst", "ruth": "admin"}
LONG = "Aleksandra-Konstantinowna-Wolkonskaja-Bratislawska"
SAMPLE = "hesitant"
PURPOSES = ("recording", "face", "voice", "behaviour", "search")


@dataclass
class Album:
    """Where pictures go, and what is photographed."""

    folder: Path
    browser: Browser
    server: Server
    cases: dict[str, str]

    @contextmanager
    def tab(self, name: str | None, lang: str, theme: str, **options: Any) -> Iterator[Watched]:
        """Open a tab of somebody who is signed in, in a language and a theme."""
        with watched(self.browser, self.server, color_scheme=theme, **options) as tab:
            tab.page.add_init_script(f"localStorage.setItem('facesign-theme', '{theme}')")
            if name is not None:
                tab.sign_in(name, PASSWORD)
            yield tab

    def shoot(self, tab: Watched, place: str, lang: str, theme: str) -> None:
        """Photograph a place in every size."""
        for size, (width, height) in SIZES.items():
            tab.page.set_viewport_size({"width": width, "height": height})
            tab.page.wait_for_timeout(400)
            tab.page.screenshot(path=str(self.folder / f"{place}-{lang}-{theme}-{size}.png"))
        print(f"{place} {lang} {theme}", flush=True)


def doors(album: Album, lang: str, theme: str) -> None:
    with album.tab(None, lang, theme) as tab:
        tab.goto(f"/login?lang={lang}")
        album.shoot(tab, "login", lang, theme)
        tab.goto(f"{album.server.set_up}?lang={lang}")
        album.shoot(tab, "setup", lang, theme)


def replay(album: Album, lang: str, theme: str) -> None:
    with album.tab("ben", lang, theme) as tab:
        page = tab.page
        tab.goto(f"/{lang}/replay/")
        page.wait_for_selector("#cases :text('C-1042') >> visible=true")
        album.shoot(tab, "replay-list", lang, theme)
        for name, session_id in album.cases.items():
            tab.goto(f"/{lang}/replay/?case={session_id}")
            page.wait_for_selector(".fs-case")
            if name == "analyzed":
                page.wait_for_function("document.querySelector('video').readyState > 1")
                page.keyboard.press("n")
                page.wait_for_function("document.querySelector('video').currentTime > 0")
                page.wait_for_function(CONTOURS_DRAWN)
            page.wait_for_timeout(1000)
            album.shoot(tab, f"case-{name}", lang, theme)


def settings(album: Album, lang: str, theme: str) -> None:
    with album.tab("ruth", lang, theme) as tab:
        tab.goto(f"/{lang}/settings/")
        tab.page.wait_for_selector("[role=tab]")
        for n in range(tab.page.locator("[role=tab]").count()):
            tab.page.locator("[role=tab]").nth(n).click()
            tab.page.wait_for_timeout(700)
            album.shoot(tab, f"settings-{n}", lang, theme)


def enrollment(album: Album, lang: str, theme: str) -> None:
    with album.tab("anna", lang, theme) as tab:
        tab.goto(f"/{lang}/enrollment/")
        tab.page.wait_for_selector("[role=tab]")
        tab.page.wait_for_selector("#record-button")
        for n in range(tab.page.locator("[role=tab]").count()):
            tab.page.locator("[role=tab]").nth(n).click()
            tab.page.wait_for_timeout(700)
            album.shoot(tab, f"enrollment-{n}", lang, theme)


def interview(album: Album, lang: str, theme: str) -> None:
    """Photograph one interview at this computer, from its plan to its decision."""
    with album.tab("anna", lang, theme) as tab:
        page = tab.page
        tab.goto(f"/{lang}/interview/")
        page.wait_for_selector("#create")
        page.wait_for_timeout(1500)
        album.shoot(tab, "interview-plan", lang, theme)
        tab.type("plan-customer", "C-1042")
        tab.type("plan-reference", "APP-2026-0077")
        page.check("#plan-where input[value=here]")
        page.click("#create")
        page.wait_for_selector("#consent-recording")
        album.shoot(tab, "interview-consent", lang, theme)
        page.click("#break-off")
        album.shoot(tab, "interview-break-off", lang, theme)
        page.keyboard.press("Escape")
        for purpose in PURPOSES:
            page.check(f"#consent-{purpose}")
        page.click("#consent-go")
        page.wait_for_selector(".fs-sign.fs-on")
        page.wait_for_function("document.querySelector('.fs-live video').videoWidth > 0")
        for _ in range(3):
            page.keyboard.press("n")
            page.wait_for_timeout(3000)
            page.keyboard.press("a")
            page.wait_for_timeout(9000)
        tab.type("note", "工资流水稍后补交" if lang == "zh" else "Salary slips to follow by mail")
        page.press("#note :is(input, textarea)", "Enter")
        page.wait_for_timeout(1500)
        album.shoot(tab, "interview-live", lang, theme)
        page.click(".fs-right details:has(#evidence-source) > summary")
        page.fill("#evidence-source", "联网核查" if lang == "zh" else "National ID network check")
        page.fill("#evidence-reference", "NID-2026-118")
        album.shoot(tab, "interview-evidence", lang, theme)
        page.click("#evidence-add")
        page.wait_for_selector("#evidence-list li")
        tab.end()
        album.shoot(tab, "interview-review", lang, theme)
        page.check("#decision input[value=escalate]")
        tab.type("reason", "待单位回电核实" if lang == "zh" else "Employer to call back")
        page.click("#decide")
        page.wait_for_selector(".fs-outcome a.fs-button")
        album.shoot(tab, "interview-over", lang, theme)


def invitation(album: Album, lang: str, theme: str) -> None:
    """Photograph the invitation, and the applicant's phone from the welcome to the end."""
    phone = {"viewport": {"width": PHONE[0], "height": PHONE[1]}, "is_mobile": True}
    with (
        album.tab("anna", lang, theme) as tab,
        album.tab(None, lang, theme, has_touch=True, device_scale_factor=2, **phone) as guest,
    ):
        tab.goto(f"/{lang}/interview/")
        tab.page.wait_for_selector("#create")
        tab.page.wait_for_timeout(1500)
        tab.type("plan-customer", LONG)
        other = {"zh": "en", "en": "zh"}[lang]
        tab.page.click("#create")
        tab.page.wait_for_selector("#join-link")
        album.shoot(tab, "interview-invite", lang, theme)
        guest.goto(tab.page.inner_text("#join-link"))
        _phone(album, guest, lang, theme, other)
        tab.page.wait_for_timeout(1000)
        album.shoot(tab, "interview-stopped", lang, theme)


def _phone(album: Album, guest: Watched, lang: str, theme: str, other: str) -> None:
    page = guest.page

    def shoot(place: str) -> None:
        page.wait_for_timeout(500)
        for scale in (100, 200):
            size = f"{1.125 * scale}%" if scale != 100 else ""
            page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
            path = album.folder / f"phone-{place}-{lang}-{theme}-{scale}.png"
            page.screenshot(path=str(path), full_page=True)
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
            if wide:
                print(f"phone-{place} {lang} at {scale} % is wider than the screen", flush=True)
        page.evaluate("document.documentElement.style.fontSize = ''")

    page.wait_for_selector("#open:visible")
    if page.evaluate("document.documentElement.lang").startswith(other):
        page.click("#lang")
    shoot("welcome")
    page.click("#open")
    page.wait_for_selector("#agree:visible")
    for purpose in PURPOSES[:4]:
        page.check(f"#purpose-{purpose}")
    shoot("consent")
    page.click("#agree")
    page.wait_for_selector("#begin:enabled")
    shoot("check")
    page.click("#begin")
    page.wait_for_selector("#sign:visible")
    page.wait_for_timeout(4000)
    shoot("live")
    page.click("#withdraw")
    shoot("withdraw")
    page.click("#take-back-close")
    page.click("#stop")
    shoot("stop")
    page.click("#sure-yes")
    page.wait_for_selector("#step-end:visible")
    shoot("end")


PLACES: dict[str, Callable[[Album, str, str], None]] = {
    "doors": doors,
    "replay": replay,
    "settings": settings,
    "enrollment": enrollment,
    "interview": interview,
    "invitation": invitation,
}


def make_cases(server: Server) -> dict[str, str]:
    """Put cases into the archive of a running console; return their ids by what they show."""
    home = Home(server.home)
    with Archive.open(home) as archive:
        users = Users(archive.database)
        for name, role in ROLES.items():
            users.add(name, role=role, password=PASSWORD)
        first = _analyzed(home, archive)
        with Record.open(home, first) as record:
            report = report_of(record)
        assert report is not None
        return {
            "analyzed": first,
            "many": _case(home, archive, _with_prompts(report, 20), officer="anna"),
            "none": _case(home, archive, {**report, "prompts": [], "flags": []}, officer="anna"),
            "long": _case(home, archive, report, customer=f"C-{LONG}-{LONG}", officer=LONG[:40]),
            "interrupted": _case(home, archive, None, status="interrupted", officer="anna"),
            "withdrawn": _case(home, archive, report, officer="anna", withdrawn="face"),
            "rescheduled": _case(home, archive, None, status="rescheduled", officer="anna"),
        }


def _analyzed(home: Home, archive: Archive) -> str:
    with tempfile.TemporaryDirectory() as folder:
        consent = Path(folder) / "consent.json"
        given = {"text": "zh-2026-11", "given_by": "C-1042", "at": "2026-11-20T09:30:00Z"}
        purposes = dict.fromkeys(PURPOSES, True)
        consent.write_text(json.dumps({**given, "purposes": purposes}), "utf-8")
        sample = samples.load(SAMPLE)
        marks = sorted(sample.path.glob("marks*.csv"))
        subprocess.run(
            [
                *(sys.executable, "-c", "from facesign.ui.cli import main; main()"),
                *("analyze", str(sample.media), "--record", "--home", str(home.root)),
                *("--customer", "C-1042", "--consent", str(consent)),
                *("--script", "car-loan-zh"),
                *(("--marks", str(marks[0])) if marks else ()),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return archive.sessions(customer="C-1042")[0].session_id


def _with_prompts(report: dict[str, Any], n: int) -> dict[str, Any]:
    """Return a report with so many prompts, spread over the recording."""
    made, end_s = report["prompts"], report["timeline"]["duration_s"]
    prompts = []
    for index in range(n if made else 0):
        start_s = index * end_s / n
        prompts.append(
            {**made[index % len(made)], "id": f"p{index + 1}", "start_s": start_s}
            | {"end_s": start_s + 2.0}
        )
    lanes = [
        {
            **lane,
            "spans": [
                {"start_s": p["start_s"], "end_s": p["end_s"], "ref": p["id"]} for p in prompts
            ],
        }
        if lane["name"] == "prompt"
        else lane
        for lane in report["timeline"]["lanes"]
    ]
    return {**report, "prompts": prompts, "timeline": {**report["timeline"], "lanes": lanes}}


def _case(
    home: Home,
    archive: Archive,
    report: dict[str, Any] | None,
    *,
    officer: str,
    customer: str = "C-2077",
    status: str = "closed",
    withdrawn: str | None = None,
) -> str:
    session_id, now = str(uuid6.uuid7()), datetime.now(UTC) - timedelta(days=1)
    if status != "rescheduled":
        writer = RecordWriter.create(home, session_id=session_id, created_at=now)
        for purpose in PURPOSES:
            writer.add("consent", {"purpose": purpose, "granted": True})
        writer.piece("media", samples.load(SAMPLE).media.read_bytes())
        note = {"text": "客户称工资卡已更换, 需核对新卡流水 / new salary card, check statements"}
        writer.add("command", {"name": "note", "values": note, "time_s": 9.5, "after": 0})
        if withdrawn is not None:
            writer.add("consent", {"purpose": withdrawn, "granted": False})
        if report is not None:
            writer.add("report", report)
        writer.close("closed" if status == "closed" else "interrupted")
    flags = () if report is None else report["flags"]
    archive.add(
        ArchivedSession(
            session_id,
            now,
            status,  # type: ignore[arg-type]
            now + timedelta(minutes=9),
            officer=officer,
            customer=customer,
            outcome=None if report is None else report["outcome"],
            decision=None if report is None else "escalate",
            flags=tuple(ArchivedFlag(f["id"], f["code"], f["family"]) for f in flags),
            n_prompts=0 if report is None else len(report["prompts"]),
            duration_s=None if report is None else report["timeline"]["duration_s"],
            because="ID card forgotten, 忘带身份证" if status == "rescheduled" else None,
            next_on="2026-12-03" if status == "rescheduled" else None,
        )
    )
    return session_id


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("places", nargs="*", default=list(PLACES), metavar="PLACE")
    parser.add_argument("--looks", nargs="+", choices=LOOKS, default=list(LOOKS))
    given = parser.parse_args()
    folder, wanted = given.folder, given.places
    looks = [look.split("-") for look in given.looks]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        media = devices(Path(work), SAMPLE)
        with console_server(Path(work)) as server, chromium(*media) as browser:
            if "doors" in wanted:
                # Before there are users the door to the first one is open.
                album = Album(folder, browser, server, {})
                for lang, theme in looks:
                    doors(album, lang, theme)
            album = Album(folder, browser, server, make_cases(server))
            for place in wanted:
                for lang, theme in looks:
                    if place != "doors":
                        _try(album, place, lang, theme)


def _try(album: Album, place: str, lang: str, theme: str) -> None:
    started_s = time.monotonic()
    try:
        PLACES[place](album, lang, theme)
    except Exception as error:
        # What could be photographed is there; the next place may go well.
        print(f"{place} {lang} {theme}: {type(error).__name__}: {error}", file=sys.stderr)
    print(f"{place} {lang} {theme}: {time.monotonic() - started_s:.0f} s", flush=True)


if __name__ == "__main__":
    main()
