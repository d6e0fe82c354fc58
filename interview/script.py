"""Question scripts: what the officer asks, in which order, and what to ask next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import yaml

from facesign.errors import ScriptError

__all__ = [
    "Question",
    "QuestionKind",
    "Script",
    "Words",
    "bundled_scripts",
    "load_script",
    "parse_script",
]

QuestionKind: TypeAlias = Literal[
    "baseline",
    "routine",
    "sensitive",
    "disclosure",
    "confirmation",
    "document",
    "signature",
    "protection",
]
KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a script."""

    question_id: str
    kind: QuestionKind
    text: Words
    follow_ups: tuple[Words, ...]
    """What to ask next where the answer leaves something open."""
    usual_latency_s: float | None = None
    """How long people usually take before answering this one, where the bank knows it."""


@dataclass(frozen=True, slots=True)
class Script:
    """A question script."""

    script_id: str
    version: int
    title: Words
    questions: tuple[Question, ...]

    def question(self, question_id: str) -> Question:
        """Return a question by its id.

        Raises:
            ScriptError: the script has no such question.
        """
        for question in self.questions:
            if question.question_id == question_id:
                return question
        known = ", ".join(question.question_id for question in self.questions)
        raise ScriptError(f"script {self.script_id} has no question {question_id!r}: {known}")


def bundled_scripts() -> tuple[str, ...]:
    """List the ids of the scripts that ship."""
    folder = files("facesign.interview").joinpath("scripts")
    return tuple(
        sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml"))
    )


def load_script(name: str | Path) -> Script:
    """Load a script that ships, by id, or a YAML file, by path.

    Raises:
        ScriptError: there is no such script, or it is malformed; the message says where.
    """
    if str(name) in bundled_scripts():
        resource = files("facesign.interview").joinpath("scripts", f"{name}.yaml")
        return parse_script(str(name), resource.read_text(encoding="utf-8"))
    path = Path(name)
    if not path.is_file():
        known = ", ".join(bundled_scripts())
        raise ScriptError(f"no script {str(name)!r}: neither a file nor one of {known}")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ScriptError(f"{path}: larger than {MOST_BYTES} bytes, not a question script")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(f"{path}: cannot be read as UTF-8 text") from error
    return parse_script(str(path), text)


def parse_script(where: str, text: str) -> Script:
    """Read a question script.

    Args:
        where: What to call it in a message, such as the file's name.
        text: The YAML.

    Raises:
        ScriptError: it is malformed; the message says where.
    """
    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: a date that no calendar has. RecursionError: nested beyond reason.
        mark = getattr(error, "problem_mark", None)
        line = f" at line {mark.line + 1}" if mark else ""
        raise ScriptError(f"{where}: not valid YAML{line}") from error
    _require(isinstance(data, dict), where, "expected id, version, title and questions")
    _require(isinstance(data.get("id"), str) and bool(data["id"]), where, "`id` is missing")
    _require(type(data.get("version")) is int, where, "`version` is not a whole number")
    rows = data.get("questions")
    _require(isinstance(rows, list) and bool(rows), where, "`questions` is empty")
    questions = tuple(_question(f"{where}: question {n}", row) for n, row in enumerate(rows, 1))
    ids = [question.question_id for question in questions]
    _require(len(set(ids)) == len(ids), where, "two questions have the same id")
    return Script(
        data["id"], data["version"], _words(f"{where}: title", data.get("title")), questions
    )


def _question(where: str, row: Any) -> Question:
    _require(isinstance(row, dict), where, "expected id, kind and text")
    unknown = set(row) - {"id", "kind", "text", "follow_ups", "usual_latency_s"}
    _require(not unknown, where, f"unknown key {', '.join(sorted(map(str, unknown)))}")
    _require(isinstance(row.get("id"), str) and bool(row["id"]), where, "`id` is missing")
    kind = row.get("kind")
    _require(kind in KINDS, where, f"kind {kind!r} is none of {', '.join(KINDS)}")
    usual = row.get("usual_latency_s")
    number = type(usual) in (int, float) and 0 <= usual < math.inf
    _require(usual is None or number, where, "`usual_latency_s` is not a number of seconds")
    follow_ups = row.get("follow_ups", [])
    _require(isinstance(follow_ups, list), where, "`follow_ups` is not a list")
    return Question(
        question_id=row["id"],
        kind=kind,
        text=_words(f"{where}: text", row.get("text")),
        follow_ups=tuple(_words(f"{where}: follow-up", words) for words in follow_ups),
        usual_latency_s=None if usual is None else float(usual),
    )


def _words(where: str, data: Any) -> Words:
    good = isinstance(data, dict) and all(
        isinstance(data.get(lang), str) and data[lang].strip() for lang in ("zh", "en")
    )
    _require(good, where, "needs a text in zh and in en")
    return Words(zh=data["zh"].strip(), en=data["en"].strip())


def _require(good: bool, where: str, problem: str) -> None:
    if not good:
        raise ScriptError(f"{where}: {problem}")
