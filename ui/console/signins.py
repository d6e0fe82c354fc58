"""Signing in and out: sessions held in memory, and a brake on guessing."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from facesign.interview.archive.users import User, Users
from facesign.ui.console.guard import SignedIn

__all__ = ["SetUp", "SignIns", "Throttle"]

LONGEST_S = 12 * 3600.0
"""From sign-in on; a working day."""
MOST_SIGN_INS = 10_000


@dataclass(slots=True)
class _Held:
    name: str = field(repr=False)
    version: int
    until: float


class SignIns:
    """Who is signed in. A restart of the console signs everybody out.

    Args:
        users: Who there is.
        now: Seconds on a clock that only runs forward.
    """

    def __init__(self, users: Users, *, now: Callable[[], float] = time.monotonic) -> None:
        self._users = users
        self._now = now
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._lock = threading.Lock()
        self.throttle = Throttle(now)

    def sign_in(self, name: str, password: str, address: str) -> str | None:
        """Return the secret of a new sign-in, None where name or password is wrong.

        The caller asks `throttle.wait_s` first.
        """
        user = self._users.check(name, password)
        self.throttle.tried(name, address, well=user is not None)
        return None if user is None else self.admit(user)

    def admit(self, user: User) -> str:
        """Return the secret of a new sign-in of a user who proved who they are."""
        secret = secrets.token_urlsafe(32)
        held = _Held(user.name, user.session_version, self._now() + LONGEST_S)
        with self._lock:
            self._held[_key(secret)] = held
            while len(self._held) > MOST_SIGN_INS:
                self._held.popitem(last=False)
        return secret

    def who(self, secret: str | None) -> SignedIn | None:
        """Return who holds a secret, None where nobody does any more."""
        if not secret:
            return None
        key = _key(secret)
        held = self._held.get(key)
        if held is None:
            return None
        user = self._users.find(held.name)
        gone = user is None or user.disabled or user.session_version != held.version
        if user is None or gone or self._now() >= held.until:
            self._forget(key)
            return None
        return SignedIn(user.name, user.role, key)

    def sign_out(self, secret: str | None) -> None:
        """End a sign-in, if it is one."""
        if secret:
            self._forget(_key(secret))

    def _forget(self, key: str) -> None:
        with self._lock:
            self._held.pop(key, None)


class Throttle:
    """Makes guessing slow: after five wrong passwords in a row, one try in 30 seconds.

    Args:
        now: Seconds on a clock that only runs forward.
    """

    FREE_FOR_NAME, FREE_FOR_ADDRESS = 5, 20
    WAIT_S = 30.0
    MOST = 10_000

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failures: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, name: str, address: str) -> float:
        """Return how long a try has to wait; 0 where it may be made now."""
        waits = [
            self._wait(("name", name), self.FREE_FOR_NAME),
            self._wait(("address", address), self.FREE_FOR_ADDRESS),
        ]
        return max(waits)

    def tried(self, name: str, address: str, *, well: bool) -> None:
        """Count a try; one that went well clears the name and the address."""
        with self._lock:
            for key in (("name", name), ("address", address)):
                count, _ = self._failures.pop(key, (0, 0.0))
                if not well:
                    self._failures[key] = (count + 1, self._now())
            while len(self._failures) > self.MOST:
                self._failures.popitem(last=False)

    def _wait(self, key: tuple[str, str], free: int) -> float:
        count, last = self._failures.get(key, (0, 0.0))
        return 0.0 if count < free else max(0.0, last + self.WAIT_S - self._now())


class SetUp:
    """The one-time link that makes an admin where there is none; only its hash is kept.

    Args:
        users: Who there is: with an admin who may sign in the link opens nothing.
    """

    def __init__(self, users: Users) -> None:
        self._users = users
        self._lock = threading.Lock()
        self._hash: str | None = None

    def begin(self) -> str | None:
        """Return the token of a new link, None where there is an admin already."""
        if self._users.has_admin():
            return None
        token = secrets.token_urlsafe(16)
        self._hash = _key(token)
        return token

    def is_open(self, token: str) -> bool:
        """Tell whether a link may still be used."""
        right = self._hash is not None and secrets.compare_digest(_key(token), self._hash)
        return right and not self._users.has_admin()

    def finish(self, token: str, name: str, password: str) -> User | None:
        """Make the admin; None where the link was used or is another.

        Raises:
            UserError: name or password cannot be used; the link stays open.
        """
        with self._lock:
            if not self.is_open(token):
                return None
            user = self._users.add(name, role="admin", password=password)
            self._hash = None
            return user


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
