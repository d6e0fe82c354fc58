"""Who gets in: doors, roles, routes, foreign pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from console_home import CHEAP, HOST, PASSWORDS, Console, opened
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import Mount
from starlette.websockets import WebSocketDisconnect

from facesign.interview.archive.users import Users
from facesign.ui.console.guard import COOKIE, OPEN, Allow, Guarded
from facesign.ui.console.pages import PAGES
from facesign.ui.console.security import Reach
from facesign.ui.console.signins import Throttle


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with opened(tmp_path_factory.mktemp("console") / "home") as made:
        yield made


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Console]:
    with opened(tmp_path / "home", with_users=False) as made:
        yield made


def routes(console: Console) -> list[object]:
    found: list[object] = []

    def gather(listed: object) -> None:
        for route in listed:  # type: ignore[attr-defined]
            inner = getattr(route, "original_router", None)
            if inner is not None and not hasattr(route, "path"):
                gather(inner.routes)
            else:
                found.append(route)

    gather(console.app.routes)
    return found


def is_guarded(route: object) -> bool:
    if isinstance(route, Mount):
        return isinstance(route.app, Guarded)
    dependant = getattr(route, "dependant", None)
    return dependant is not None and any(
        isinstance(it.call, Allow) for it in dependant.dependencies
    )


def test_every_route_is_guarded_or_listed_as_open(console: Console) -> None:
    found = routes(console)
    paths = {getattr(route, "path", "") for route in found}
    assert {"/cases/{session_id}", "/takes", "/live/{session_id}/state", "/me"} <= paths
    assert {f"/{lang}/{spec.name}" for lang in ("zh", "en") for spec in PAGES} <= paths
    unguarded = {getattr(route, "path", repr(route)) for route in found if not is_guarded(route)}
    assert unguarded <= set(OPEN), unguarded - set(OPEN)


def test_no_route_takes_who_asks_from_the_address(console: Console) -> None:
    for route in routes(console):
        if isinstance(route, APIRoute | APIWebSocketRoute):
            names = {param.name for param in route.dependant.query_params}
            assert not names & {"who", "user", "name"}, route.path


@pytest.mark.parametrize("path", ["/", "/en/interview/", "/zh/replay/", "/en/settings/config"])
def test_a_page_sends_whoever_is_not_signed_in_to_the_door(console: Console, path: str) -> None:
    answer = console.client().get(path, headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


@pytest.mark.parametrize(
    ("path", "roles"),
    [
        ("/takes", {"officer"}),
        ("/cases/none?lang=en", {"officer", "analyst"}),
        ("/en/replay/assets/none.js", {"officer", "analyst"}),
        ("/en/enrollment/assets/none.js", {"officer"}),
        ("/en/interview/gradio_api/info", {"officer"}),
        ("/me", {"officer", "analyst", "admin"}),
    ],
)
def test_a_route_is_refused_to_every_other_role(
    console: Console, path: str, roles: set[str]
) -> None:
    assert console.client().get(path).status_code == 401
    for name, role in (("anna", "officer"), ("ben", "analyst"), ("ruth", "admin")):
        if role not in roles:
            assert console.client(name).get(path).status_code == 403


@pytest.mark.parametrize(
    "path", ["/interviews/x/state", "/live/x/relay", "/live/x/media", "/live/x/voice"]
)
def test_sockets_are_closed_to_who_may_not_use_them(console: Console, path: str) -> None:
    for client, code in ((console.client(), 4401), (console.client("ben"), 4403)):
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        socket = client.websocket_connect(path, headers={"host": HOST, "cookie": cookie})
        with pytest.raises(WebSocketDisconnect) as closed, socket:
            pass
        assert closed.value.code == code


def test_everybody_lands_where_their_role_works(console: Console) -> None:
    for name, page in (("anna", "interview"), ("ben", "replay"), ("ruth", "settings")):
        assert console.client(name).get("/").headers["location"] == f"/en/{page}/"


def test_the_cookie_is_kept_from_scripts_and_other_sites(console: Console) -> None:
    form = {"name": "anna", "password": PASSWORDS["anna"]}
    cookie = console.client().post("/login", data=form).headers["set-cookie"]
    assert COOKIE in cookie
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "secure" not in cookie.lower()


def test_under_tls_the_cookie_is_secure_and_https_is_kept_to(tmp_path: Path) -> None:
    with opened(tmp_path / "home", reach=Reach(tls=True)) as console:
        client = console.client()
        answer = client.post("/login", data={"name": "anna", "password": PASSWORDS["anna"]})
        assert "; Secure" in answer.headers["set-cookie"]
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_a_wrong_password_and_an_unknown_name_look_alike(console: Console) -> None:
    client = console.client()
    wrong = client.post("/login", data={"name": "anna", "password": "x" * 12})
    unknown = client.post("/login", data={"name": "anne", "password": "x" * 12})
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.text.replace("anna", "") == unknown.text.replace("anne", "")


def test_guessing_has_to_wait_after_five_tries() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    for _ in range(5):
        assert throttle.wait_s("anna", "1.2.3.4") == 0
        throttle.tried("anna", "1.2.3.4", well=False)
    assert throttle.wait_s("anna", "5.6.7.8") == 30.0
    now[0] = 29.0
    assert throttle.wait_s("anna", "1.2.3.4") == 1.0
    now[0] = 30.0
    assert throttle.wait_s("anna", "1.2.3.4") == 0
    throttle.tried("anna", "1.2.3.4", well=True)
    throttle.tried("anna", "1.2.3.4", well=False)
    assert throttle.wait_s("anna", "1.2.3.4") == 0


def test_the_door_says_how_long_to_wait(fresh: Console) -> None:
    client = fresh.client()
    for _ in range(5):
        client.post("/login", data={"name": "nobody", "password": "x" * 12})
    answer = client.post("/login", data={"name": "nobody", "password": "x" * 12})
    assert answer.status_code == 429
    assert "Try again in" in answer.text


def test_a_changed_password_or_a_disabled_user_ends_every_sign_in(fresh: Console) -> None:
    users = fresh.desk.users
    users.add("anna", role="officer", password=PASSWORDS["anna"])
    users.add("ruth", role="admin", password=PASSWORDS["ruth"])
    client = fresh.client("anna")
    assert client.get("/me").status_code == 200
    users.set_role("anna", "analyst")
    assert client.get("/me").status_code == 401
    client = fresh.client("anna")
    users.disable("anna")
    assert client.get("/me").status_code == 401


def test_signing_out_ends_the_sign_in(console: Console) -> None:
    client = console.client("anna")
    secret = client.cookies[COOKIE]
    client.post("/logout")
    client.cookies.set(COOKIE, secret)
    assert client.get("/me").status_code == 401


def test_the_set_up_link_makes_one_admin_and_no_second(fresh: Console) -> None:
    token = fresh.app.state.set_up.begin()
    client = fresh.client()
    form = {"name": "ruth", "password": "admin-password", "again": "admin-password"}
    assert client.post("/setup/wrong", data=form).status_code == 404
    assert client.post(f"/setup/{token}", data={**form, "again": "other"}).status_code == 400
    short = {"name": "ruth", "password": "short", "again": "short"}
    assert "12 characters" in client.post(f"/setup/{token}", data=short).text
    answer = client.post(f"/setup/{token}", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/me").json()["role"] == "admin"
    assert client.post(f"/setup/{token}", data={**form, "name": "eve"}).status_code == 404
    assert fresh.app.state.set_up.begin() is None
    assert [user.name for user in fresh.desk.users.all()] == ["ruth"]


def test_the_set_up_link_opens_where_there_are_users_but_no_admin(fresh: Console) -> None:
    Users(fresh.desk.archive.database, CHEAP).add("bo", role="officer", password="officer-password")
    token = fresh.app.state.set_up.begin()
    client = fresh.client()
    form = {"name": "Bo", "password": "admin-password", "again": "admin-password"}
    assert "must not be taken" in client.post(f"/setup/{token}", data=form).text
    assert client.post(f"/setup/{token}", data={**form, "name": "ruth"}).status_code == 303
    assert fresh.app.state.set_up.begin() is None


def test_a_name_is_shown_as_text_and_never_as_markup(console: Console) -> None:
    name = '"><script>alert(1)</script>'
    answer = console.client().post("/login", data={"name": name, "password": "x" * 12})
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.5"])
def test_a_request_that_names_another_host_is_refused(console: Console, host: str) -> None:
    assert console.client().get("/login", headers={"host": host}).status_code == 421


def test_what_another_page_sends_is_refused(console: Console) -> None:
    client = console.client("anna")
    for origin in ("https://evil.example", "null", f"http://{HOST}.evil.example"):
        assert client.post("/logout", headers={"origin": origin}).status_code == 403
        headers = {"origin": origin, "host": HOST}
        socket = client.websocket_connect("/interviews/x/state", headers=headers)
        with pytest.raises(WebSocketDisconnect) as closed, socket:
            pass
        assert closed.value.code == 1008
    assert client.get("/me").status_code == 200
    assert client.post("/logout", headers={"origin": f"http://{HOST}"}).status_code == 303


def test_answers_carry_a_strict_policy(console: Console) -> None:
    door = console.client().get("/login")
    policy = door.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert door.headers["cache-control"] == "no-store"
    assert door.headers["x-content-type-options"] == "nosniff"


def test_a_language_chosen_at_the_door_holds_inside(console: Console) -> None:
    client = console.client()
    client.get("/login?lang=en")
    client.post("/login", data={"name": "anna", "password": PASSWORDS["anna"]})
    assert client.get("/").headers["location"] == "/en/interview/"
    client.get("/login?lang=zh")
    assert client.get("/").headers["location"] == "/zh/interview/"
