"""Conversations with known speakers, put together from recordings of people who never met."""

from __future__ import annotations

import csv
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import av
import numpy as np
import numpy.typing as npt
import soxr

from facesign.biometrics.observation import Subject
from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray
from facesign.biometrics.voice.levels import levels_db
from facesign.samples.studio.sound.loudspeaker import Loudspeaker
from facesign.samples.studio.sound.room import RoomSettings, draw_room

__all__ = ["CONDITIONS", "Condition", "Conversation", "conversations", "people_of"]

Who: TypeAlias = Literal["applicant", "officer", "other"]
CODES: dict[Who, int] = {"applicant": 1, "officer": 2, "other": 3}
TICK_S = 0.01
SPEECH_DB = -26.0
CHILD_BELOW = 13
SAMPLE_S = 6.0
"""The officer's sample, from utterances that are in no conversation."""
WANTED_S: dict[Who, float] = {"applicant": 40.0, "officer": 20.0, "other": 8.0}

_RATE_48 = 48_000


@dataclass(frozen=True, slots=True)
class Condition:
    """One way to put a conversation together."""

    name: str
    third: Literal["adult", "child"] | None = None
    babble_db: float | None = None
    """Speech over the babble of six other people."""
    room: bool = False
    echo_db: float | None = None
    """Separate tracks: the officer's loudspeaker in the applicant's track, over the applicant."""


CONDITIONS = (
    Condition("two_voices"),
    Condition("office_room", room=True),
    Condition("babble_15_db", babble_db=15.0),
    Condition("babble_10_db", babble_db=10.0),
    Condition("babble_5_db", babble_db=5.0),
    Condition("third_adult", third="adult"),
    Condition("third_child", third="child"),
    Condition("tracks_no_echo", echo_db=-90.0),
    Condition("tracks_echo_minus_12_db", echo_db=-12.0),
    Condition("tracks_echo_minus_3_db", echo_db=-3.0),
    Condition("tracks_echo_third_adult", echo_db=-12.0, third="adult"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Who can be cast."""

    speaker: str
    corpus: str
    gender: str
    is_child: bool
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Conversation:
    """Sound whose speakers are known."""

    condition: str
    people: dict[Who, str]
    tracks: dict[str, FloatArray]
    """`mixed`, or `applicant` and `officer`; 16 kHz, shape (n_samples,) each."""
    truth: npt.NDArray[np.bool_]
    """Who speaks every 10 ms, shape (n_ticks, 4): nobody, applicant, officer, other."""
    officer_sample: FloatArray
    turns: tuple[tuple[float, float, Subject], ...]
    """Whose turn an officer would mark, to 0.3 s."""

    def turn_at(self, time_s: float) -> Subject:
        """Tell whose turn was marked."""
        return next((who for start, end, who in self.turns if start <= time_s < end), "session")


def people_of(folder: Path) -> list[Person]:
    """Return the speakers of speech/dev with recordings enough for a conversation."""
    rows: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    with (folder / "MANIFEST.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows[row["corpus"], row["speaker"]].append(row)
    people = []
    for (corpus, speaker), own in sorted(rows.items()):
        if corpus != "mandarin":
            age = own[0]["age"]
            is_child = bool(age) and int(age) < CHILD_BELOW
            paths = tuple(folder / row["path"] for row in own)
            people.append(Person(speaker, corpus, own[0]["gender"], is_child, paths))
    return people


def conversations(
    people: Sequence[Person], condition: Condition, n: int, seed: int = 0
) -> Iterator[Conversation]:
    """Yield conversations with so many different adults as applicants, evenly over the corpora.

    Officer and third adult are of the applicant's corpus and sex where there is one, so that
    neither microphone nor pitch tells them apart for free.
    """
    adults = [person for person in people if not person.is_child]
    children = [person for person in people if person.is_child]
    with_child = condition.third == "child"
    allowed = [it for it in adults if not with_child or it.corpus == "speechocean762"]
    for index in np.linspace(0, len(allowed) - 1, min(n, len(allowed))).round().astype(int):
        applicant = allowed[index]
        rng = np.random.default_rng([seed, int(index)])
        cast: dict[Who, Person] = {"applicant": applicant}
        cast["officer"] = _alike(applicant, adults, [applicant], rng)
        if condition.third is not None:
            pool = children if condition.third == "child" else adults
            cast["other"] = _alike(applicant, pool, list(cast.values()), rng)
        yield _put_together(cast, adults, condition, rng)


def _alike(
    person: Person, pool: Sequence[Person], taken: Sequence[Person], rng: np.random.Generator
) -> Person:
    free = [other for other in pool if other not in taken]
    same = [other for other in free if other.corpus == person.corpus] or free
    same = [other for other in same if other.gender == person.gender] or same
    return same[int(rng.integers(len(same)))]


def _put_together(
    cast: dict[Who, Person],
    adults: Sequence[Person],
    condition: Condition,
    rng: np.random.Generator,
) -> Conversation:
    spoken = {who: _utterances(person, rng) for who, person in cast.items()}
    sample, spoken["officer"] = _held_out(spoken["officer"])
    parts = {who: _up_to(pieces, WANTED_S[who]) for who, pieces in spoken.items()}
    placed, turns = _in_turns(parts, rng)
    n_samples = round((max(end for *_, end in placed) + 1.0) * SAMPLE_RATE_HZ)
    alone = {who: np.zeros(n_samples, np.float32) for who in cast}
    truth = np.zeros((n_samples // 160 + 1, 4), dtype=np.bool_)
    for who, samples, start_s, _ in placed:
        first = round(start_s * SAMPLE_RATE_HZ)
        alone[who][first : first + len(samples)] += samples
        speaking = _speaking(samples)
        truth[first // 160 : first // 160 + len(speaking), CODES[who]] |= speaking
    if condition.room:
        alone = {who: _in_office(samples, who, rng) for who, samples in alone.items()}
    noise = 10 ** (-70 / 20) * rng.standard_normal(n_samples).astype(np.float32)
    if condition.babble_db is not None:
        away = [person for person in adults if person not in cast.values()]
        noise += _babble(away, n_samples, SPEECH_DB - condition.babble_db, rng)
    return Conversation(
        condition=condition.name,
        people={who: person.speaker for who, person in cast.items()},
        tracks=_tracks(alone, noise, condition, rng),
        truth=truth,
        officer_sample=sample,
        turns=turns,
    )


def _tracks(
    alone: dict[Who, FloatArray],
    noise: FloatArray,
    condition: Condition,
    rng: np.random.Generator,
) -> dict[str, FloatArray]:
    if condition.echo_db is None:
        return {"mixed": np.clip(sum(alone.values(), start=noise), -1, 1)}
    echo = _echo(alone["officer"], condition.echo_db, rng)
    here = alone["applicant"] + noise + echo
    if "other" in alone:
        here = here + alone["other"]
    far = alone["officer"] + 10 ** (-70 / 20) * rng.standard_normal(len(noise))
    return {"applicant": np.clip(here, -1, 1), "officer": far.clip(-1, 1).astype(np.float32)}


def _echo(samples: FloatArray, level_db: float, rng: np.random.Generator) -> FloatArray:
    """Play the officer by a phone or laptop into the applicant's room, late by the call."""
    if level_db < -80:
        return np.zeros_like(samples)
    fine = soxr.resample(samples, SAMPLE_RATE_HZ, _RATE_48).astype(np.float32)
    peak = max(float(np.abs(fine).max()), 1e-9)
    family = ("phone", "laptop")[int(rng.integers(2))]
    played = Loudspeaker(family, rng).played(0.9 * fine / peak) * peak / 0.9
    room = draw_room(RoomSettings(family="office"), rng)
    heard = soxr.resample(room.reverberated(played, rng.uniform(0.3, 0.8)), _RATE_48, 16_000)
    late = round(rng.uniform(0.08, 0.4) * SAMPLE_RATE_HZ)
    out = np.zeros_like(samples)
    out[late:] = heard[: len(samples) - late]
    loud = np.abs(samples) > 1e-4
    level = np.sqrt(np.mean(np.square(out[loud]))) + 1e-9
    return np.asarray(out * 10 ** ((SPEECH_DB + level_db) / 20) / level, np.float32)


def _in_office(samples: FloatArray, who: Who, rng: np.random.Generator) -> FloatArray:
    room = draw_room(RoomSettings(family="office"), np.random.default_rng(int(rng.integers(2**31))))
    distance_m = room.distance_m if who == "applicant" else room.others_m
    fine = soxr.resample(samples, SAMPLE_RATE_HZ, _RATE_48).astype(np.float32)
    heard = soxr.resample(room.reverberated(fine, distance_m), _RATE_48, SAMPLE_RATE_HZ)
    heard = heard[: len(samples)]
    # Direct sound falls with the distance; the response has it at 1.
    nearer = room.distance_m / distance_m
    return np.asarray(heard * nearer, np.float32)


def _babble(
    away: Sequence[Person], n_samples: int, level_db: float, rng: np.random.Generator
) -> FloatArray:
    chosen = [away[int(i)] for i in rng.permutation(len(away))[:6]]
    out = np.zeros(n_samples, np.float32)
    for person in chosen:
        voice = np.concatenate(_utterances(person, rng)[:12])
        voice = np.roll(voice, int(rng.integers(len(voice))))
        out += np.resize(voice, n_samples)
    rms = float(np.sqrt(np.mean(np.square(out))))
    return np.asarray(out * 10 ** (level_db / 20) / rms, np.float32)


def _in_turns(
    parts: dict[Who, list[FloatArray]], rng: np.random.Generator
) -> tuple[list[tuple[Who, FloatArray, float, float]], tuple[tuple[float, float, Subject], ...]]:
    """Deal out utterances: a question, an answer of some, now and then a third voice in it."""
    left = {who: list(pieces) for who, pieces in parts.items()}
    n_turns = max(1, len(left["officer"]))
    share = max(1, round(len(left["applicant"]) / n_turns))
    others = left.get("other", [])
    placed: list[tuple[Who, FloatArray, float, float]] = []
    turns: list[tuple[float, float, Subject]] = []
    now_s = 0.8

    def say(who: Who, samples: FloatArray, gap_s: float) -> None:
        nonlocal now_s
        start_s = now_s + gap_s
        now_s = start_s + len(samples) / SAMPLE_RATE_HZ
        placed.append((who, samples, start_s, now_s))

    for turn in range(n_turns):
        begin_s = now_s
        say("officer", left["officer"][turn], rng.uniform(0.3, 0.9))
        asked_s = now_s + rng.normal(0.0, 0.1)
        turns.append((begin_s, asked_s, "officer"))
        mine = left["applicant"][turn * share : (turn + 1) * share]
        if turn == n_turns - 1:
            mine = left["applicant"][turn * share :]
        for samples in mine:
            say("applicant", samples, rng.uniform(0.15, 0.9))
        if others and turn % 2:
            say("other", others.pop(), rng.uniform(0.1, 0.6))
        turns.append((asked_s, now_s + rng.normal(0.0, 0.1), "applicant"))
    for samples in others:
        say("other", samples, rng.uniform(0.1, 0.6))
    return placed, tuple(turns)


def _utterances(person: Person, rng: np.random.Generator) -> list[FloatArray]:
    order = rng.permutation(len(person.paths))
    return [_trimmed(_decode(person.paths[int(i)])) for i in order]


def _held_out(pieces: list[FloatArray]) -> tuple[FloatArray, list[FloatArray]]:
    n, length = 0, 0
    while n < len(pieces) - 1 and length < SAMPLE_S * SAMPLE_RATE_HZ:
        length += len(pieces[n])
        n += 1
    return np.concatenate(pieces[:n]), pieces[n:]


def _up_to(pieces: list[FloatArray], wanted_s: float) -> list[FloatArray]:
    kept: list[FloatArray] = []
    for piece in pieces:
        kept.append(piece)
        if sum(map(len, kept)) >= wanted_s * SAMPLE_RATE_HZ:
            break
    return kept


_KEPT: dict[Path, FloatArray] = {}


def _decode(path: Path) -> FloatArray:
    if path not in _KEPT:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE_HZ)
        with av.open(str(path)) as container:
            frames = [f for frame in container.decode(audio=0) for f in resampler.resample(frame)]
        frames += resampler.resample(None)
        _KEPT[path] = np.concatenate([f.to_ndarray().reshape(-1) for f in frames])
    return _KEPT[path]


def _trimmed(samples: FloatArray) -> FloatArray:
    """Cut silence at both ends and bring speech to -26 dB."""
    loud = np.flatnonzero(levels_db(samples, 160) > levels_db(samples, 160).max() - 35)
    inside = samples[max(0, loud[0] - 5) * 160 : (loud[-1] + 6) * 160]
    levels = levels_db(inside, 160)
    level_db = 10 * np.log10(np.mean(10 ** (levels[levels > levels.max() - 35] / 10)))
    return np.asarray(inside * 10 ** ((SPEECH_DB - level_db) / 20), np.float32)


def _speaking(samples: FloatArray) -> npt.NDArray[np.bool_]:
    """Tell every 10 ms whether somebody speaks: pauses of 0.25 s or more do not count."""
    levels = levels_db(samples, 160)
    loud = levels > SPEECH_DB - 30
    at = np.flatnonzero(loud)
    speaking = loud.copy()
    for before, after in itertools.pairwise(at):
        if after - before < 25:
            speaking[before:after] = True
    return speaking
