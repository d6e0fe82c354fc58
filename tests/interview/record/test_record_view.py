"""The film that a browser plays of what was pushed."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from record_factory import NINE, SESSION, begin, closed_record, new_home
from session_factory import ScriptedPipeline, calm_face, scripted_session

from facesign.biometrics.stream import Frame, Sound
from facesign.interview.home import Home
from facesign.interview.record.contents import playable_streams
from facesign.interview.record.reader import Record
from facesign.interview.record.view import Mixer, ViewWriter
from facesign.interview.record.writer import RecordWriter


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def flat(time_s: float, grey: int, size: tuple[int, int] = (90, 120)) -> Frame:
    return Frame(time_s, np.full((*size, 3), grey, dtype=np.uint8))


def click_at(time_s: float, track: str = "mixed") -> Sound:
    samples = np.zeros(1600, dtype=np.float32)
    samples[:80] = 0.9
    return Sound(time_s, samples, track)  # type: ignore[arg-type]


def test_flash_and_click_stay_together_and_at_their_times(home: Home) -> None:
    writer = begin(home)
    view = ViewWriter(writer, with_sound=True)
    for n in range(90):
        view.push(flat(n / 30, 250 if n == 45 else 20))
        if n % 3 == 0:
            at_s = n / 30
            view.push(click_at(at_s) if n == 45 else Sound(at_s, np.zeros(1600, np.float32)))
    view.finish()
    writer.close()
    with (
        Record.open(home, SESSION) as record,
        av.open(io.BufferedReader(record.media("view"))) as f,
    ):
        assert playable_streams(record) == ("view",)
        assert (f.streams.video[0].width, f.streams.video[0].height) == (120, 90)
        flashes = [p.time for p in f.decode(video=0) if p.to_ndarray(format="gray").mean() > 200]
        f.seek(0)
        loudest = max(f.decode(audio=0), key=lambda run: float(np.abs(run.to_ndarray()).max()))
    assert flashes == [pytest.approx(1.5, abs=0.001)]
    peak = int(np.abs(loudest.to_ndarray()).argmax())
    assert loudest.time + peak / 16_000 == pytest.approx(1.5, abs=0.02)


def test_two_tracks_are_heard_together_whichever_comes_first() -> None:
    mixer = Mixer()
    mixer.add(Sound(0.0, np.full(32_000, 0.25, np.float32), "applicant"))
    mixer.add(Sound(0.5, np.full(8_000, 0.5, np.float32), "officer"))
    start, first = mixer.ready()
    assert (start, len(first)) == (0, 15 * 1024)
    start, rest = mixer.rest()
    heard = np.concatenate([first, rest])
    assert (start, len(heard)) == (15 * 1024, 32_000)
    np.testing.assert_allclose(
        heard[[0, 7_999, 8_000, 15_999, 16_000]], [0.25, 0.25, 0.75, 0.75, 0.25]
    )


def test_a_gap_is_silent_and_an_endless_one_is_not_filled() -> None:
    mixer = Mixer()
    mixer.add(Sound(0.0, np.ones(160, np.float32)))
    mixer.add(Sound(1.0, np.ones(160, np.float32)))
    _, heard = mixer.rest()
    assert (len(heard), heard.sum()) == (16_160, 320)
    mixer.add(Sound(4000.0, np.ones(160, np.float32)))
    assert mixer.rest()[0] == 4000 * 16_000


def test_frames_of_another_size_or_out_of_order_do_not_break_it(home: Home) -> None:
    writer = begin(home)
    view = ViewWriter(writer, with_sound=False)
    for frame in (flat(0.0, 20, (1001, 1999)), flat(0.1, 30, (64, 48)), flat(0.05, 9)):
        view.push(frame)
    view.finish()
    writer.close()
    with (
        Record.open(home, SESSION) as record,
        av.open(io.BufferedReader(record.media("view"))) as f,
    ):
        pictures = list(f.decode(video=0))
    assert [(p.width, p.height) for p in pictures] == [(960, 480)] * 2


def test_sound_alone_makes_no_film(home: Home) -> None:
    writer = RecordWriter.create(home, session_id=SESSION, created_at=NINE)
    view = ViewWriter(writer, with_sound=True)
    view.push(click_at(0.0))
    view.finish()
    writer.close()
    with Record.open(home, SESSION) as record:
        assert playable_streams(record) == ()


def test_a_pushed_session_has_a_film_and_a_received_file_is_its_own(home: Home) -> None:
    closed_record(home, "received")
    session = scripted_session(ScriptedPipeline(calm_face(1.0)), record=home)
    session.close()
    with Record.open(home, session.session_id) as record:
        assert set(record.streams) == {"pushed", "view"}
        assert playable_streams(record) == ("view",)
    with Record.open(home, "received") as record:
        assert playable_streams(record) == ("media",)
