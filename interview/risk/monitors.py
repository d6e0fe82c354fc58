"""The 128 monitoring points: what each reads, from where on it fires, what it says and asks."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias, get_args

from facesign.errors import MonitorError
from facesign.interview.risk.conditions import Condition
from facesign.interview.risk.patterns import Kind, Pattern
from facesign.interview.script import Words

__all__ = ["FAMILIES", "Family", "Monitor", "Role", "monitor", "monitors", "read_monitors"]

Family: TypeAlias = Literal[
    "identity",
    "voice",
    "genuineness",
    "protocol",
    "history",
    "protection",
    "behaviour",
    "environment",
    "quality",
]
Role: TypeAlias = Literal["carry", "add", "prompt", "protect", "limit"]
"""`carry`: its flag rests on it. `add`: adds to the rank of flags. `prompt`: a question worth
asking. `protect`: the applicant may need protection. `limit`: the capture explains much."""

FAMILIES: tuple[Family, ...] = get_args(Family)
ROLES_OF: Mapping[Family, frozenset[Role]] = {
    "identity": frozenset({"carry", "add"}),
    "voice": frozenset({"carry", "add"}),
    "genuineness": frozenset({"carry", "add"}),
    "protocol": frozenset({"carry", "add"}),
    "history": frozenset({"carry", "add", "protect"}),
    "protection": frozenset({"protect"}),
    "behaviour": frozenset({"prompt"}),
    "environment": frozenset({"limit"}),
    "quality": frozenset({"limit"}),
}
"""What a family may do: behaviour never carries, protection never counts against anyone."""
WAITS_FOR = ("presentation", "synthetic_voice", "lips", "document", "live", "transcript", "gaze")
_CONDITION = frozenset(Condition.__slots__)
_REQUIRED = {"id", "family", "role", "weight", "basis", "explain", "ask"}
_PATTERN = {"pattern", "of", "window_s", "least", "within"}
_OPTIONAL = {"flag", "unless_declared", "whole_session"}


@dataclass(frozen=True, slots=True)
class Monitor:
    """One monitoring point."""

    monitor_id: str
    """Family and name: `voice.parts_do_not_match`."""
    family: Family
    role: Role
    weight: float
    """What it adds to the rank of a flag, in points; below zero where it explains it away."""
    basis: str
    """Where the threshold comes from."""
    explain: Words
    ask: Words
    """The question, or the step, that it suggests."""
    pattern: Pattern | None
    """None where it waits for an analyser."""
    waits_for: str | None = None
    flag: str | None = None
    """Code of the flag that it carries."""
    unless_declared: bool = False
    """Whether others who were declared are no finding."""
    whole_session: bool = False
    """Whether it says something about the session as a whole, so about each of its flags."""

    @property
    def is_alive(self) -> bool:
        """Whether something that is measured feeds it."""
        return self.pattern is not None

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the observations behind it."""
        if self.pattern is None:
            return ()
        within = () if self.pattern.within is None else (self.pattern.within,)
        return tuple(dict.fromkeys((*(one.name for one in self.pattern.of), *within)))

    @property
    def limit(self) -> float:
        """From where on its first condition holds: a value, or a length in seconds.

        Raises:
            MonitorError: its first condition has no such bound.
        """
        if self.pattern is not None:
            first = self.pattern.of[0]
            for bound in (first.at_least, first.at_most, first.lasts_s):
                if bound is not None:
                    return bound
        raise MonitorError(f"{self.monitor_id} has no limit")


@cache
def monitors() -> tuple[Monitor, ...]:
    """Return the monitoring points that ship, in the order of their families."""
    return read_monitors(
        files("facesign.interview.risk").joinpath("monitors.toml").read_text("utf-8")
    )


def monitor(monitor_id: str) -> Monitor:
    """Return one monitoring point.

    Raises:
        MonitorError: there is none of that id.
    """
    found = _by_id().get(monitor_id)
    if found is None:
        raise MonitorError(f"no monitoring point {monitor_id!r}")
    return found


@cache
def _by_id() -> Mapping[str, Monitor]:
    return {one.monitor_id: one for one in monitors()}


def read_monitors(text: str) -> tuple[Monitor, ...]:
    """Read monitoring points from TOML.

    Raises:
        MonitorError: the text is not TOML, or a point in it is malformed; the message says which.
    """
    try:
        rows = tomllib.loads(text).get("monitor", [])
    except tomllib.TOMLDecodeError as error:
        raise MonitorError(f"monitoring points: not TOML: {error}") from error
    _require(isinstance(rows, list) and bool(rows), "monitoring points", "expected [[monitor]]")
    found = tuple(_monitor(f"monitoring point {n}", row) for n, row in enumerate(rows, 1))
    ids = [one.monitor_id for one in found]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    _require(not twice, "monitoring points", f"{', '.join(twice)} occurs twice")
    return tuple(sorted(found, key=lambda one: FAMILIES.index(one.family)))


def _monitor(where: str, row: Any) -> Monitor:
    _require(isinstance(row, dict), where, "expected a table")
    where = f"monitoring point {row['id']}" if isinstance(row.get("id"), str) else where
    planned = "waits_for" in row
    allowed = _REQUIRED | _OPTIONAL | ({"waits_for"} if planned else _PATTERN)
    unknown, missing = set(row) - allowed, _REQUIRED - set(row)
    _require(not unknown, where, f"unknown key {', '.join(sorted(unknown))}")
    _require(not missing, where, f"lacks {', '.join(sorted(missing))}")
    family, role = row["family"], row["role"]
    _require(family in FAMILIES, where, f"family {family!r} is none of {', '.join(FAMILIES)}")
    _require(row["id"].startswith(f"{family}."), where, f"its id must start with {family}.")
    may = ROLES_OF[family]
    _require(role in may, where, f"{family} may only {' or '.join(sorted(may))}, not {role!r}")
    _require((role == "carry") == ("flag" in row), where, "a flag goes with `carry`, and only so")
    weight = row["weight"]
    _require(type(weight) in (int, float), where, "`weight` is not a number")
    _require((weight < 0) == (role == "limit") or weight == 0, where, "only a limit weighs below 0")
    if planned:
        known = ", ".join(WAITS_FOR)
        _require(row["waits_for"] in WAITS_FOR, where, f"`waits_for` is none of {known}")
    return Monitor(
        monitor_id=row["id"],
        family=family,
        role=role,
        weight=float(weight),
        basis=str(row["basis"]),
        explain=_words(where, "explain", row["explain"]),
        ask=_words(where, "ask", row["ask"]),
        pattern=None if planned else _pattern(where, row),
        waits_for=row.get("waits_for"),
        flag=row.get("flag"),
        unless_declared=bool(row.get("unless_declared", False)),
        whole_session=bool(row.get("whole_session", False)),
    )


def _pattern(where: str, row: Mapping[str, Any]) -> Pattern:
    given, of = row.get("pattern"), row.get("of")
    kinds: dict[Any, Kind] = {one: one for one in get_args(Kind)}
    _require(given in kinds, where, f"pattern {given!r} is none of {', '.join(kinds)}")
    kind = kinds[given]
    _require(isinstance(of, list) and bool(of), where, "`of` lists no condition")
    single = kind in ("threshold", "count")
    wanted = 1 if single else 2
    right = len(of or ()) == wanted if kind != "combination" else len(of or ()) >= wanted
    if kind == "sequence":
        right = len(of or ()) >= wanted
    _require(right, where, f"`of` of a {kind} has {wanted} condition{'s' * (not single)}")
    least = row.get("least", 1)
    _require(type(least) is int and least >= 1, where, "`least` is not a whole number above 0")
    _require((least > 1) == (kind == "count"), where, "`least` above 1 goes with a count")
    return Pattern(
        kind=kind,
        of=tuple(_condition(where, one) for one in of or ()),
        window_s=float(row.get("window_s", 0.0)),
        least=least,
        within=row.get("within"),
    )


def _condition(where: str, data: Any) -> Condition:
    good = isinstance(data, dict) and isinstance(data.get("name"), str)
    _require(good, where, "a condition has no name")
    unknown = set(data) - _CONDITION
    _require(not unknown, where, f"a condition has no key {', '.join(sorted(unknown))}")
    return Condition(**data)


def _words(where: str, key: str, data: Any) -> Words:
    good = isinstance(data, dict) and set(data) == {"zh", "en"}
    good = good and all(isinstance(text, str) and text.strip() for text in data.values())
    _require(good, where, f"`{key}` needs a text in zh and in en")
    return Words(zh=data["zh"], en=data["en"])


def _require(good: bool, where: str, problem: str) -> None:
    if not good:
        raise MonitorError(f"{where}: {problem}")
