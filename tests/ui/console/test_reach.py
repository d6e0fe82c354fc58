"""Certificates, links for phones, and what the console refuses to start with."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest
from cryptography import x509

from facesign.errors import ConsoleError
from facesign.interview.home import Home
from facesign.ui.cli_console import console
from facesign.ui.console.certificate import given, self_signed
from facesign.ui.console.join_links import join_link
from facesign.ui.console.security import Reach
from facesign.ui.console.serve import ConsoleOptions


def test_the_own_certificate_is_private_and_kept(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    first = self_signed(home, "127.0.0.1", "sign.bank.example")
    assert stat.S_IMODE(first.key.stat().st_mode) == 0o600
    held = x509.load_pem_x509_certificate(first.chain.read_bytes())
    names = held.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "sign.bank.example" in names.get_values_for_type(x509.DNSName)
    assert "127.0.0.1" in map(str, names.get_values_for_type(x509.IPAddress))
    assert self_signed(home, "127.0.0.1", "sign.bank.example") == first
    assert self_signed(home, "127.0.0.1", "other.example").fingerprint != first.fingerprint


def test_files_that_are_no_certificate_are_one_clear_line(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("not a certificate")
    with pytest.raises(ConsoleError, match="are no certificate and its key"):
        given(wrong, wrong)
    with pytest.raises(ConsoleError, match="No such file"):
        given(tmp_path / "missing.pem", wrong)


@pytest.mark.parametrize(
    ("reach", "host", "url", "problem"),
    [
        (Reach(), "127.0.0.1:7860", "http://127.0.0.1:7860/join/t", "this_computer_only"),
        (Reach(tls=True), "localhost:7860", "https://localhost:7860/join/t", "this_computer_only"),
        (Reach("0.0.0.0"), "10.1.2.3:7860", "http://10.1.2.3:7860/join/t", "no_https"),
        (Reach("0.0.0.0", tls=True), "10.1.2.3:7860", "https://10.1.2.3:7860/join/t", None),
        (
            Reach(public_url="https://sign.bank.example/fs", root_path="/fs"),
            "sign.bank.example",
            "https://sign.bank.example/fs/join/t",
            None,
        ),
    ],
)
def test_a_phone_gets_a_qr_code_only_where_it_can_join(
    reach: Reach, host: str, url: str, problem: str | None
) -> None:
    link = join_link(reach, host, "t")
    assert (link.url, link.problem) == (url, problem)
    assert (link.qr is None) == (problem is not None)
    if link.qr:
        assert link.qr.startswith("data:image/svg+xml;base64,")


@pytest.mark.parametrize(
    ("reach", "host", "may"),
    [
        (Reach(), "127.0.0.1:7860", True),
        (Reach(), "[::1]:7860", True),
        (Reach(), "bank.example", False),
        (Reach("0.0.0.0"), "10.0.0.4:7860", True),
        (Reach("0.0.0.0"), "rebound.example:7860", False),
        (Reach(public_url="https://sign.bank.example"), "sign.bank.example", True),
    ],
)
def test_only_the_own_names_are_answered_to(reach: Reach, host: str, may: bool) -> None:
    assert reach.may_be(host) is may


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"tls_cert": Path("c.pem")}, "go together"),
        ({"tls_cert": Path("c"), "tls_key": Path("k"), "tls": "self-signed"}, "leave out"),
        ({"public_url": "sign.bank.example"}, "must be like https://"),
        ({"root_path": "facesign"}, "must start with /"),
    ],
)
def test_options_that_do_not_fit_are_one_clear_line(
    options: dict[str, object], line: str, tmp_path: Path
) -> None:
    with pytest.raises(ConsoleError, match=line):
        console(home=tmp_path / "home", **options)  # type: ignore[arg-type]


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConsoleError, match=rf"cannot listen on 127\.0\.0\.1:{port}: .*in use"):
            console(home=tmp_path / "home", port=port)
    assert not (tmp_path / "home").exists()


def test_a_console_on_all_addresses_names_those_that_others_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = ["127.0.0.1", "10.1.2.3", "fd00::2", "fe80::1"]
    monkeypatch.setattr("facesign.ui.console.serve.own_addresses", lambda: held)
    assert ConsoleOptions(host="0.0.0.0").urls_for_others == ["http://10.1.2.3:7860"]
    both = ["http://10.1.2.3:7860", "http://[fd00::2]:7860"]
    assert ConsoleOptions(host="::").urls_for_others == both
    assert ConsoleOptions().urls_for_others == []
    assert ConsoleOptions(host="0.0.0.0", public_url="https://a.example").urls_for_others == []


def test_the_address_to_open_is_the_one_that_others_use() -> None:
    assert ConsoleOptions(host="::1", port=80).url == "http://[::1]:80"
    assert ConsoleOptions(host="0.0.0.0").url == "http://127.0.0.1:7860"
    assert ConsoleOptions(public_url="https://a.example/").url == "https://a.example"
