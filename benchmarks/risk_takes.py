"""Interviews of the studio, analyzed as they are filmed, for the benchmarks of monitors and fusion.

Each take is one scenario with one seed: both microphones, marks, declared participants, and the
applicant's voice compared with a voiceprint enrolled from another day. What the session knew when
it closed is kept in a file, without signals and pictures, so that monitors can be evaluated again
without filming again. Files are read back by this script's own kin only: they are pickles.

    python benchmarks/risk_takes.py FOLDER genuine-calm:0 genuine-calm:1 impostor-voice:7
    python benchmarks/risk_takes.py FOLDER --held-out heard    # then: --held-out filmed

The seeds of HELD_OUT were set down before anything was rendered from them, and no limit was chosen
on them. A take that lies in the folder is not made again, so that a run can be taken up.
"""

from __future__ import annotations

import argparse
import pickle
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soxr

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, Frame, Sound, Track
from facesign.errors import EnrollmentError
from facesign.interview.facts import SessionFacts
from facesign.interview.fingerprints import Fingerprints
from facesign.interview.home import Home, Settings
from facesign.interview.marks import Mark, read_marks
from facesign.interview.media.recording import open_media
from facesign.interview.session import Participant, Session
from facesign.interview.spool import SignalSpool
from facesign.interview.voice_session import open_voices
from facesign.interview.voices import Voices
from facesign.samples import load
from facesign.samples.enrolled import CUSTOMER as ENROLLED
from facesign.samples.enrolled import enrolled
from facesign.samples.studio.production import Production
from facesign.samples.studio.rig import Rig, find_rig
from facesign.samples.studio.scenario import Scenario, load_scenario
from facesign.samples.studio.sound.voices import RATE_HZ

__all__ = ["HELD_OUT", "Take", "film", "is_held_out", "read_takes"]

PIECE_S = 0.1
CUSTOMER = "C-1"
FIRST_HELD_OUT = 97_001
_HEARD = {
    "genuine-calm": 40,
    "genuine-calm-zh": 40,
    "genuine-nervous": 40,
    "differ-stutter": 30,
    "declared-interpreter": 30,
    "impostor-voice": 12,
    "applicant-replaced": 12,
    "second-voice-prompting": 12,
    "hesitant": 12,
}
_FILMED = (
    "genuine-calm",
    "genuine-calm-zh",
    "genuine-nervous",
    "differ-stutter",
    "differ-tremor",
    "differ-paralysis",
    "differ-ptosis",
    "declared-interpreter",
    "undeclared-second-person",
    "screen-replay",
)


def _in_turn(wanted: Mapping[str, int], first: int, rest: str) -> tuple[str, ...]:
    """Name takes of each scenario in turn, so that whatever is finished is of all of them.

    Each has a seed of its own, and with it a person.
    """
    names = [
        name for n in range(max(wanted.values())) for name, count in wanted.items() if n < count
    ]
    return tuple(f"{name}:{seed}{rest}" for seed, name in enumerate(names, start=first))


HELD_OUT = {
    "heard": _in_turn(_HEARD, FIRST_HELD_OUT, ":all:sound"),
    "filmed": _in_turn(dict.fromkeys(_FILMED, 4), FIRST_HELD_OUT + 1000, ""),
}
"""Interviews that nobody looked at before they were measured."""


def is_held_out(take: Take) -> bool:
    """Tell whether a take is one of those that were set down before they were rendered."""
    rest = f"{':all' * (take.asked == 'all')}{':sound' * take.sound_only}"
    name = f"{take.scenario}:{take.seed}{rest}"
    return any(name in names for names in HELD_OUT.values())


@dataclass(frozen=True)
class Take:
    """One interview as its session knew it at the end."""

    scenario: str
    seed: int
    asked: str
    """`all` questions of the script, or the scenario's `own`."""
    sound_only: bool
    """Whether nothing was filmed."""
    facts: SessionFacts

    @property
    def minutes(self) -> float:
        """Length of the interview."""
        return self.facts.findings.end_s / 60


def read_takes(folder: Path) -> list[Take]:
    """Read the takes of a folder that this script wrote, in the order of their names."""
    takes = []
    for path in sorted(folder.glob("*.take")):
        values = pickle.loads(path.read_bytes())
        values["facts"]["findings"].signals = SignalSpool()
        takes.append(Take(**{**values, "facts": SessionFacts(**values["facts"])}))
    return takes


def film(scenario: Scenario, seed: int, rig: Rig, asked: str, *, sound_only: bool) -> Take:
    """Film one interview and push it through a session as it is filmed."""
    if asked == "all":
        dialogue = scenario.dialogue.model_copy(update={"questions": "all"})
        scenario = scenario.model_copy(update={"dialogue": dialogue})
    with closing(Production(scenario, seed, rig)) as production, TemporaryDirectory() as folder:
        home = Home(Path(folder))
        try:
            _enroll(home, production)
        except EnrollmentError as error:
            print(f"  no voiceprint: {error}", flush=True)
        voices = open_voices(customer=CUSTOMER, home=home)
        facts = _facts(production, voices, sound_only=sound_only)
        return Take(scenario.name, seed, asked, sound_only, facts)


def bundled(name: str) -> Take:
    """Analyze a bundled interview, its customer enrolled where there is a recording."""
    sample = load(name)
    with enrolled(sample) as home:
        session = Session(
            script=sample.script,
            marks=read_marks(sample.marks),
            tracks=("mixed",),
            settings=Settings(),
            recorded=True,
            voices=open_voices(customer=ENROLLED if home else None, home=home),
        )
        with open_media(sample.media) as recording:
            for item in recording:
                session.push(item)
    return Take(name, -1, "own", sound_only=False, facts=_closed(session))


def _small(scenario: Scenario) -> Scenario:
    """Film in 640x480, which takes a third of the time; everything else is the scenario's."""
    view = scenario.view.model_copy(update={"width_px": 640, "height_px": 480})
    return scenario.model_copy(update={"view": view})


def _enroll(home: Home, production: Production) -> None:
    """Enroll and confirm the customer's voice from another day."""
    speech = soxr.resample(production.enrollment(), RATE_HZ, SAMPLE_RATE_HZ)
    parts = [np.ascontiguousarray(part, np.float32) for part in np.array_split(speech, 3)]
    with Fingerprints.open(home=home, announce=lambda _: None) as prints:
        prints.enroll(CUSTOMER, parts, identity_proof="rendered person", record="studio")
        prints.confirm(CUSTOMER, by="studio")


def _facts(production: Production, voices: Voices, *, sound_only: bool) -> SessionFacts:
    scenario = production.scenario
    beside = scenario.second_person
    participants: list[Participant] = ["applicant"]
    if beside is not None and beside.declared:
        participants.append("interpreter" if beside.role == "interpreter" else "companion")
    elif scenario.dialogue.interpreter is not None:
        participants.append("interpreter")
    session = Session(
        script=scenario.dialogue.script,
        customer=CUSTOMER,
        marks=[
            Mark(one.question_id, one.asked_start_s, one.asked_end_s, one.answer_end_s)
            for one in production.dialogue.questions
        ],
        tracks=("applicant", "officer"),
        participants=participants,
        settings=Settings(),
        voices=voices,
    )
    for purpose in ("recording", "face", "voice", "behaviour", "search"):
        session.consent(purpose=purpose, text="studio-1", given_by=CUSTOMER)
    sounds = {
        "applicant": _Feed("applicant", production.tracks.applicant),
        "officer": _Feed("officer", production.tracks.officer),
    }
    pictures = () if sound_only else production.pictures()
    for time_s, image in pictures:
        for feed in sounds.values():
            for sound in feed.until(time_s):
                session.push(sound)
        session.push(Frame(time_s, image))
    for now_s in np.arange(0.0, production.duration_s, PIECE_S):
        for feed in sounds.values():
            for sound in feed.until(now_s):
                session.push(sound)
    return _closed(session)


def _closed(session: Session) -> SessionFacts:
    """Close a session and return what it knew, without signals and pictures."""
    kept: list[SessionFacts] = []
    write_up_facts = session._facts

    def keep(*told: Any) -> SessionFacts:
        kept.append(write_up_facts(*told))
        return kept[0]

    session._facts = keep  # type: ignore[assignment,method-assign]
    session.close()
    facts = kept[0]
    facts.findings.signals.close()
    facts.findings.signals = None  # type: ignore[assignment]
    return replace(facts, images=())


class _Feed:
    """One microphone in pieces, resampled as it goes."""

    def __init__(self, track: Track, samples: FloatArray) -> None:
        self._track, self._samples = track, samples
        self._resampler = soxr.ResampleStream(RATE_HZ, SAMPLE_RATE_HZ, 1, dtype="float32")
        self._n_in = self._n_out = 0

    def until(self, time_s: float) -> Iterator[Sound]:
        while self._n_in <= time_s * RATE_HZ and self._n_in < len(self._samples):
            stop = min(self._n_in + round(PIECE_S * RATE_HZ), len(self._samples))
            piece = self._samples.block(self._n_in, stop)  # type: ignore[attr-defined]
            out = self._resampler.resample_chunk(piece, last=stop >= len(self._samples))
            self._n_in = stop
            if len(out):
                yield Sound(self._n_out / SAMPLE_RATE_HZ, out, self._track)
                self._n_out += len(out)


def main() -> None:
    """Film every take that the folder lacks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("takes", nargs="*", help="SCENARIO:SEED[:all][:sound], or NAME:bundled")
    parser.add_argument("--held-out", choices=tuple(HELD_OUT))
    parser.add_argument("--rig", type=Path)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    rig = Rig.load(find_rig(args.rig))
    for wanted in [*args.takes, *HELD_OUT.get(args.held_out, ())]:
        name, seed, *rest = wanted.split(":")
        asked = "all" if "all" in rest else "own"
        path = args.folder / f"{wanted.replace(':', '-')}.take"
        if path.exists():
            continue
        began = time.monotonic()
        if seed == "bundled":
            take = bundled(name)
        else:
            scenario, silent = _small(load_scenario(name)), "sound" in rest
            take = film(scenario, int(seed), rig, asked, sound_only=silent)
        values = {one.name: getattr(take.facts, one.name) for one in fields(take.facts)}
        path.write_bytes(pickle.dumps({**vars(take), "facts": values}))
        print(
            f"{path.name}: {60 * take.minutes:.0f} s in {time.monotonic() - began:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
