from __future__ import annotations

import base64

import pytest

from facesign.errors import TokenError
from facesign.interview.live.tokens import FIRST_USE_S, RECONNECT_S, Tokens


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> Tokens:
    return Tokens(clock)


def test_a_token_has_128_bits_and_no_two_are_alike(tokens: Tokens) -> None:
    made = {tokens.invite(f"s{n}") for n in range(200)}
    assert len(made) == 200
    assert all(len(base64.urlsafe_b64decode(token + "==")) == 16 for token in made)


def test_only_a_hash_of_token_and_device_is_held(tokens: Tokens) -> None:
    token = tokens.invite("s")
    _, device = tokens.bind(token, None)
    held = repr(vars(tokens))
    assert token not in held
    assert device not in held


def test_the_first_device_is_bound_and_comes_in_again(tokens: Tokens) -> None:
    token = tokens.invite("s")
    session_id, device = tokens.bind(token, None)
    assert session_id == "s"
    assert tokens.bind(token, device) == ("s", device)
    assert tokens.check(token, device) == "s"


@pytest.mark.parametrize("device", [None, "", "another"])
def test_another_device_is_refused(tokens: Tokens, device: str | None) -> None:
    token = tokens.invite("s")
    tokens.bind(token, None)
    with pytest.raises(TokenError, match="another device"):
        tokens.bind(token, device)
    with pytest.raises(TokenError, match="another device"):
        tokens.check(token, device)


def test_a_token_that_no_device_used_opens_no_socket(tokens: Tokens) -> None:
    with pytest.raises(TokenError) as refused:
        tokens.check(tokens.invite("s"), None)
    assert refused.value.code == "device"


@pytest.mark.parametrize("wrong", ["", "x", "é" * 30, "\udc80"])
def test_a_wrong_token_is_refused(tokens: Tokens, wrong: str) -> None:
    tokens.invite("s")
    with pytest.raises(TokenError, match="not valid"):
        tokens.peek(wrong)


def test_a_token_is_worth_nothing_after_15_minutes_without_use(
    tokens: Tokens, clock: Clock
) -> None:
    token = tokens.invite("s")
    clock.now_s += FIRST_USE_S
    assert tokens.peek(token) == "s"
    clock.now_s += 1
    with pytest.raises(TokenError, match="15 minutes"):
        tokens.bind(token, None)


def test_a_used_token_lasts_as_long_as_its_device_is_connected(
    tokens: Tokens, clock: Clock
) -> None:
    token = tokens.invite("s")
    _, device = tokens.bind(token, None)
    tokens.present(token)
    clock.now_s += 3 * 3600
    assert tokens.check(token, device) == "s"


def test_a_device_may_come_back_within_10_minutes(tokens: Tokens, clock: Clock) -> None:
    token = tokens.invite("s")
    _, device = tokens.bind(token, None)
    tokens.present(token)
    tokens.away(token)
    clock.now_s += RECONNECT_S
    assert tokens.check(token, device) == "s"
    clock.now_s += 1
    with pytest.raises(TokenError, match="10 minutes"):
        tokens.check(token, device)


def test_the_first_invitation_that_is_used_ends_all_others() -> None:
    tokens = Tokens()
    sent, shown_again, never_used = (tokens.invite("s") for _ in range(3))
    assert {tokens.peek(one) for one in (sent, shown_again, never_used)} == {"s"}
    tokens.bind(sent, None)
    for other in (shown_again, never_used):
        with pytest.raises(TokenError, match="not valid"):
            tokens.peek(other)
    assert tokens.peek(sent) == "s"


def test_a_bound_device_stays_until_a_newer_invitation_is_used() -> None:
    tokens = Tokens()
    first = tokens.invite("s")
    _, device = tokens.bind(first, None)
    second = tokens.invite("s")
    assert tokens.check(first, device) == "s"
    tokens.bind(second, None)
    with pytest.raises(TokenError, match="not valid"):
        tokens.check(first, device)


def test_a_revoked_session_lets_nobody_in(tokens: Tokens) -> None:
    other, token = tokens.invite("other"), tokens.invite("s")
    tokens.revoke("s")
    with pytest.raises(TokenError, match="not valid"):
        tokens.peek(token)
    assert tokens.peek(other) == "other"
