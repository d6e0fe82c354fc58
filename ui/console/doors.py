"""Signing in and out, and the first admin: plain pages without Gradio."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from jinja2 import Environment, PackageLoader

from facesign.errors import UserError
from facesign.interview.archive.users import LEAST_PASSWORD, User
from facesign.interview.home import Language
from facesign.ui.console.guard import COOKIE
from facesign.ui.console.security import Reach
from facesign.ui.console.signins import LONGEST_S, SetUp, SignIns
from facesign.ui.console.texts import as_language, texts

__all__ = ["LANG_COOKIE", "doors", "language_of"]

LANG_COOKIE = "facesign_lang"

_templates = Environment(loader=PackageLoader("facesign.ui.console", "templates"), autoescape=True)


def language_of(request: Request, otherwise: Language) -> Language:
    """Choose a language: the address, what was chosen before, the setting."""
    return as_language(
        request.query_params.get("lang") or request.cookies.get(LANG_COOKIE), otherwise
    )


def doors(sign_ins: SignIns, set_up: SetUp, reach: Reach, lang: Language) -> APIRouter:
    """Return the routes that are open to everybody."""
    router = APIRouter()

    def page(template: str, request: Request, status: int = 200, /, **values: Any) -> Response:
        chosen = language_of(request, lang)
        html = _templates.get_template(f"{template}.html.j2").render(
            t=texts(chosen), lang=chosen, base=reach.root_path, least=LEAST_PASSWORD, **values
        )
        response = Response(html, status, media_type="text/html")
        if "lang" in request.query_params:
            response.set_cookie(LANG_COOKIE, chosen, path=reach.root_path or "/", samesite="strict")
        return response

    def admit(secret: str) -> Response:
        response = RedirectResponse(f"{reach.root_path}/", 303)
        response.set_cookie(
            COOKIE,
            secret,
            max_age=int(LONGEST_S),
            path=reach.root_path or "/",
            httponly=True,
            samesite="strict",
            secure=reach.secure,
        )
        return response

    @router.get("/login")
    def show_login(request: Request) -> Response:
        """Show the sign-in form."""
        return page("login", request)

    @router.post("/login")
    def log_in(
        request: Request,
        name: Annotated[str, Form(max_length=64)] = "",
        password: Annotated[str, Form(max_length=1024)] = "",
    ) -> Response:
        """Sign in, or say that name or password is wrong."""
        address = request.client.host if request.client else ""
        wait_s = sign_ins.throttle.wait_s(name, address)
        if wait_s > 0:
            return page("login", request, 429, name=name, wait_s=int(wait_s) + 1)
        secret = sign_ins.sign_in(name, password, address)
        if secret is None:
            return page("login", request, 401, name=name, wrong=True)
        return admit(secret)

    @router.post("/logout")
    def log_out(request: Request) -> Response:
        """Sign out."""
        sign_ins.sign_out(request.cookies.get(COOKIE))
        response = RedirectResponse(f"{reach.root_path}/login", 303)
        response.delete_cookie(COOKIE, path=reach.root_path or "/")
        return response

    @router.get("/setup/{token}")
    def show_set_up(request: Request, token: str) -> Response:
        """Show the form that makes the first admin."""
        is_open = set_up.is_open(token)
        return page("setup", request, 200 if is_open else 404, is_open=is_open)

    @router.post("/setup/{token}")
    def finish_set_up(
        request: Request,
        token: str,
        name: Annotated[str, Form(max_length=64)] = "",
        password: Annotated[str, Form(max_length=1024)] = "",
        again: Annotated[str, Form(max_length=1024)] = "",
    ) -> Response:
        """Make the first admin and sign them in."""
        if password != again:
            return page("setup", request, 400, is_open=True, name=name, problem="door.differ")
        try:
            user: User | None = set_up.finish(token, name, password)
        except UserError:
            problem = "door.short" if len(password) < LEAST_PASSWORD else "door.unusable"
            return page("setup", request, 400, is_open=True, name=name, problem=problem)
        if user is None:
            return page("setup", request, 404, is_open=False)
        return admit(sign_ins.admit(user))

    @router.get("/healthz")
    def is_up() -> dict[str, str]:
        """Say that the server answers."""
        return {"status": "up"}

    return router
