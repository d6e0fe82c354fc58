"""Contours of the face in a recorded stream."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest
from live_media import remuxed

from facesign import samples
from facesign.biometrics.face.mesh import BundledMesh
from facesign.errors import RecordError, WorkerError
from facesign.interview.home import Home
from facesign.interview.keyfiles import init_master_key
from facesign.interview.record.contour_process import ContourProcess
from facesign.interview.record.contours import CHUNK_S, ContourReader
from facesign.interview.record.reader import Record
from facesign.interview.record.writer import RecordWriter

SESSION = "01a22c18-cd5b-7238-a529-193fd1953ef4"
INTERVIEW = Path(samples.__file__).parent / "interviews" / "hesitant" / "interview.mp4"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("contours") / "home")
    init_master_key(home, env={})
    return home


@pytest.fixture(scope="module")
def record(home: Home) -> Iterator[Record]:
    """The same pictures as a browser streams them, without an index, and as a file."""
    writer = RecordWriter.create(home, session_id=SESSION, created_at=datetime.now(UTC))
    writer.add("consent", {"purpose": "face", "granted": True})
    streamed = remuxed(INTERVIEW, until_s=9.0)
    for first in range(0, len(streamed), 40_000):
        writer.piece("applicant.1", streamed[first : first + 40_000])
    writer.piece("media", INTERVIEW.read_bytes())
    writer.piece("sound", b"RIFF")
    writer.close("closed")
    with Record.open(home, SESSION) as record:
        yield record


@pytest.fixture(scope="module")
def mesh() -> Iterator[BundledMesh]:
    made = BundledMesh()
    yield made
    made.close()


def times_of(path: Path, from_s: float) -> list[float]:
    with av.open(path) as source:
        times = [float(f.pts * f.time_base) for f in source.decode(video=0) if f.pts is not None]
    return [time for time in times if from_s <= time < from_s + CHUNK_S]


@pytest.mark.parametrize("stream", ["applicant.1", "media"])
def test_a_stretch_has_every_frame_and_depends_on_itself_alone(
    record: Record, mesh: BundledMesh, stream: str
) -> None:
    reader = ContourReader(record, stream, mesh)
    on = [reader.chunk(number) for number in (3, 4, 5)]
    back = reader.chunk(4)
    reader.close()
    assert back == on[1]
    assert [one.time_s for one in back] == pytest.approx(times_of(INTERVIEW, 4.0), abs=2e-3)
    points = np.array([one.points for one in back], dtype=float).reshape(len(back), -1, 2) / 10_000
    assert np.all((points > 0) & (points < 1))
    oval = points[:, :36]
    assert np.all(np.ptp(oval, axis=1) > 0.1)


def test_beyond_the_end_there_is_nothing(record: Record, mesh: BundledMesh) -> None:
    reader = ContourReader(record, "applicant.1", mesh)
    assert reader.chunk(500) == []
    assert reader.chunk(0) != []
    reader.close()


def test_a_stream_without_pictures_is_one_clear_line(record: Record, mesh: BundledMesh) -> None:
    with pytest.raises(RecordError, match="cannot be decoded"):
        ContourReader(record, "sound", mesh)
    with pytest.raises(RecordError, match="has no stream 'other'"):
        ContourReader(record, "other", mesh)


@pytest.mark.slow
def test_another_process_finds_the_same_and_comes_back_after_a_crash(
    home: Home, record: Record, mesh: BundledMesh
) -> None:
    reader = ContourReader(record, "media", mesh)
    own = reader.chunk(2)
    reader.close()
    process = ContourProcess(home)
    try:
        found = process.chunk(SESSION, "media", 2)
        assert found["why"] is None
        assert found["frames"] == [{"time_s": one.time_s, "points": one.points} for one in own]
        assert process._child is not None
        process._child[0].kill()
        process._child[0].wait()
        assert process.chunk(SESSION, "media", 2) == found
        with pytest.raises(WorkerError, match="RecordError"):
            process.chunk(SESSION, "other", 0)
    finally:
        process.close()
