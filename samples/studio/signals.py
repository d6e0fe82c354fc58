"""Measure a production without filming it: the 132 signals of every picture."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import soxr

from facesign.biometrics.stream import SAMPLE_RATE_HZ, Frame, Sound
from facesign.interview.home import Settings
from facesign.interview.marks import Mark
from facesign.interview.session import Session
from facesign.interview.tables import write_signals
from facesign.samples.studio.camera.picture import Timed
from facesign.samples.studio.production import Production
from facesign.samples.studio.sound.voices import RATE_HZ

__all__ = ["measure"]

_PIECE_S = 0.1


def measure(production: Production, pictures: Iterable[Timed], path: Path) -> None:
    """Push pictures and sound through the analysis and write its signals.

    It is the path of `facesign analyze`, marks and the applicant's own track included, so
    that what is learned from such signals holds for films; only the codec is missing.

    Args:
        production: Gives sound and questions.
        pictures: Times and pictures, as `Production.pictures` yields them.
        path: The Parquet file to write.

    Raises:
        OutputError: The file cannot be written.
    """
    marks = [
        Mark(asked.question_id, asked.asked_start_s, asked.asked_end_s, asked.answer_end_s)
        for asked in production.dialogue.questions
    ]
    session = Session(
        script=production.scenario.dialogue.script,
        marks=marks,
        tracks=("applicant",),
        settings=Settings(),
        recorded=True,
    )
    track, heard_s = production.tracks.applicant, 0.0
    resampler = soxr.ResampleStream(RATE_HZ, SAMPLE_RATE_HZ, 1, dtype="float32")
    n_out = 0
    for time_s, image in pictures:
        while heard_s <= time_s:
            start, stop = round(heard_s * RATE_HZ), round((heard_s + _PIECE_S) * RATE_HZ)
            piece = track.block(start, min(stop, len(track)))
            heard_s += _PIECE_S
            samples = resampler.resample_chunk(piece, last=stop >= len(track))
            if len(samples):
                session.push(Sound(n_out / SAMPLE_RATE_HZ, samples, "applicant"))
                n_out += len(samples)
        session.push(Frame(time_s, image))
    write_signals(path, session.close().signals)
