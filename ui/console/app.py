"""The console as one application: doors, guarded routes, Gradio pages."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from facesign.errors import FacesignError
from facesign.interview.archive.store import Archive
from facesign.interview.archive.users import Users
from facesign.interview.home import LANGUAGES, Home, Language
from facesign.interview.live.sessions import LiveSessions
from facesign.ui.console.capture import capture_router
from facesign.ui.console.case_routes import case_routes
from facesign.ui.console.contour_routes import contour_routes
from facesign.ui.console.customers import customer_routes
from facesign.ui.console.desk import Desk
from facesign.ui.console.doors import LANG_COOKIE, doors, language_of
from facesign.ui.console.guard import Allow, Guarded, NotAllowed, SignedIn
from facesign.ui.console.live_routes import live_routes
from facesign.ui.console.pages import FIRST_PAGE, PAGES, PageSpec
from facesign.ui.console.security import Reach, Security
from facesign.ui.console.shelf import LazyPage, warm
from facesign.ui.console.signins import SetUp, SignIns
from facesign.ui.console.take_routes import take_routes
from facesign.ui.console.texts import texts

if TYPE_CHECKING:
    from gradio.routes import App

__all__ = ["build"]


def build(home: Home, *, reach: Reach | None = None, lang: Language | None = None) -> FastAPI:
    """Build the console of a home folder; Gradio is imported once it runs.

    Its `state` holds the `desk`, the `sign_ins` and the `set_up`.

    Args:
        home: The home folder, made where there is none.
        reach: Where the console is reached; on this machine alone by default.
        lang: Language before somebody chooses one; the setting by default.

    Raises:
        ArchiveError: the archive cannot be opened.
        SettingsError: `config.toml` cannot be read.
    """
    reach = reach or Reach()
    chosen = lang or home.settings().lang
    archive = Archive.open(home)
    users = Users(archive.database)
    live = LiveSessions(home, archive=archive)
    desk = Desk(home, archive, users, live, reach)
    sign_ins, set_up = SignIns(users), SetUp(users)
    in_order: tuple[Language, ...] = (chosen, *(it for it in LANGUAGES if it != chosen))
    pages = {
        (language, spec.name): LazyPage(partial(_page, desk, spec, language))
        for language in in_order
        for spec in PAGES
    }

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        first = [page for (language, _), page in pages.items() if language == chosen]
        warming = asyncio.create_task(warm(first))
        yield
        warming.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await warming
        for page in pages.values():
            await page.close()
        await asyncio.to_thread(desk.close)

    app = FastAPI(lifespan=lifespan, openapi_url=None, root_path=reach.root_path)
    app.state.desk, app.state.sign_ins, app.state.set_up = desk, sign_ins, set_up
    app.add_middleware(Security, reach=reach, sign_ins=sign_ins)
    app.add_exception_handler(NotAllowed, partial(_turned_away, reach))
    app.add_exception_handler(FacesignError, _said)
    app.include_router(doors(sign_ins, set_up, reach, chosen))
    _add_basics(app, reach, chosen)
    app.include_router(take_routes(desk))
    app.include_router(case_routes(desk))
    app.include_router(contour_routes(desk))
    app.include_router(customer_routes(desk))
    app.include_router(live_routes(desk))
    app.include_router(capture_router(live, Allow("officer"), root_path=reach.root_path))
    app.mount("/static", StaticFiles(packages=[("facesign.ui", "static")]))
    for (language, name), page in pages.items():
        allow = next(spec.allow for spec in PAGES if spec.name == name)
        app.mount(f"/{language}/{name}", Guarded(page, allow))
    return app


def _page(desk: Desk, spec: PageSpec, lang: Language) -> App:
    from facesign.ui.console.shell import to_app

    return to_app(
        spec.name, texts(lang), desk.reach.root_path, spec.allow, partial(spec.fill, desk)
    )


def _add_basics(app: FastAPI, reach: Reach, chosen: Language) -> None:
    @app.get("/")
    def go_to_first_page(
        request: Request, who: Annotated[SignedIn, Depends(Allow())]
    ) -> RedirectResponse:
        """Send everybody to the page that their role works with."""
        lang = language_of(request, chosen)
        return RedirectResponse(f"{reach.root_path}/{lang}/{FIRST_PAGE[who.role]}/", 303)

    @app.get("/me")
    def tell_who(who: Annotated[SignedIn, Depends(Allow())]) -> dict[str, Any]:
        """Tell the page who is signed in, and where they may go."""
        pages = [spec.name for spec in PAGES if who.role in spec.allow.roles]
        return {"name": who.name, "role": who.role, "pages": pages}

    @app.get("/texts/{lang}", dependencies=[Depends(Allow())])
    def give_texts(lang: Language) -> Response:
        """Give the scripts their texts."""
        response = JSONResponse(texts(lang).flat)
        response.set_cookie(LANG_COOKIE, lang, path=reach.root_path or "/", samesite="strict")
        return response


def _turned_away(reach: Reach, request: Request, error: Exception) -> Response:
    who = error.who if isinstance(error, NotAllowed) else None
    wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if wants_page:
        target = "/" if who else "/login"
        return RedirectResponse(f"{reach.root_path}{target}", 303)
    return JSONResponse({"error": "not_allowed" if who else "not_signed_in"}, 403 if who else 401)


def _said(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 422)
