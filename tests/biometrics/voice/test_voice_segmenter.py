from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from facesign.biometrics.voice.edges import NoiseFloor, first_loud, last_loud
from facesign.biometrics.voice.segmenter import Run, Segmenter

SPEECH_DB, NOISE_DB = -20.0, -60.0


def feed(segmenter: Segmenter, *stretches: tuple[int, float, float]) -> list[Run]:
    """Push stretches of (chunks, probability, level)."""
    return [
        run
        for n_chunks, probability, level_db in stretches
        for _ in range(n_chunks)
        for run in segmenter.push(probability, np.full(4, level_db))
    ]


def both(segmenter: Segmenter, *stretches: tuple[int, float, float]) -> list[tuple[int, int]]:
    runs = feed(segmenter, *stretches) + list(segmenter.finish())
    return [(run.start, run.end) for run in runs]


@pytest.fixture
def segmenter() -> Segmenter:
    return Segmenter(min_pause=32, max_run=2500)


def test_an_onset_lies_where_the_energy_rises_not_where_the_detector_opens(
    segmenter: Segmenter,
) -> None:
    quiet, late, open_ = (10, 0.0, NOISE_DB), (2, 0.3, SPEECH_DB), (10, 0.9, SPEECH_DB)
    assert both(segmenter, quiet, late, open_, (20, 0.0, NOISE_DB)) == [(40, 88)]


def test_an_offset_lies_where_the_energy_falls_not_where_the_detector_closes(
    segmenter: Segmenter,
) -> None:
    lagging = (3, 0.7, NOISE_DB)
    assert both(
        segmenter, (10, 0.0, NOISE_DB), (10, 0.9, SPEECH_DB), lagging, (20, 0.0, NOISE_DB)
    ) == [(40, 80)]


def test_a_short_gap_is_bridged_and_a_pause_is_not(segmenter: Segmenter) -> None:
    speech, gap, pause = (10, 0.9, SPEECH_DB), (7, 0.0, NOISE_DB), (8, 0.0, NOISE_DB)
    runs = both(segmenter, (10, 0.0, NOISE_DB), speech, gap, speech, pause, speech)
    assert runs == [(40, 148), (180, 220)]


def test_a_click_is_no_speech(segmenter: Segmenter) -> None:
    assert both(segmenter, (10, 0.0, NOISE_DB), (2, 0.9, SPEECH_DB), (20, 0.0, NOISE_DB)) == []


def test_between_the_thresholds_an_open_run_stays_open(segmenter: Segmenter) -> None:
    assert both(segmenter, (10, 0.9, SPEECH_DB), (10, 0.4, SPEECH_DB)) == [(0, 80)]
    assert both(Segmenter(32, 2500), (10, 0.4, SPEECH_DB)) == []


def test_a_long_run_is_cut_where_it_is_quietest_and_continues() -> None:
    segmenter = Segmenter(min_pause=32, max_run=400)
    speech = (60, 0.9, SPEECH_DB)
    runs = feed(segmenter, speech, (2, 0.9, -50.0), (38, 0.9, SPEECH_DB), (10, 0.0, NOISE_DB))
    runs += segmenter.finish()
    assert [run.continues for run in runs] == [True, False]
    assert runs[0].end == runs[1].start
    assert runs[0].end == pytest.approx(244, abs=60)


def test_the_quietest_instant_within_reach_takes_the_cut() -> None:
    segmenter = Segmenter(min_pause=32, max_run=400)
    runs = feed(segmenter, (80, 0.9, SPEECH_DB), (2, 0.9, -50.0), (18, 0.9, SPEECH_DB))
    assert len(runs) == 1
    assert 320 <= runs[0].end < 328


def test_a_run_knows_the_level_of_the_silence_around_it(segmenter: Segmenter) -> None:
    runs = feed(segmenter, (30, 0.0, NOISE_DB), (10, 0.9, SPEECH_DB), (30, 0.0, NOISE_DB))
    assert runs == [Run(120, 160, NOISE_DB)]
    assert both(Segmenter(32, 2500), (10, 0.9, SPEECH_DB)) == [(0, 40)]


def test_what_is_decided_never_changes() -> None:
    rng = np.random.default_rng(0)
    segmenter = Segmenter(min_pause=32, max_run=300)
    runs: list[Run] = []
    told: dict[int, bool] = {}
    for _ in range(300):
        speaking = rng.random() < 0.5
        for _ in range(int(rng.integers(1, 12))):
            probability = float(rng.uniform(0.3, 1.0) if speaking else rng.uniform(0.0, 0.6))
            levels = rng.normal(SPEECH_DB if speaking else NOISE_DB, 8.0, 4)
            runs += segmenter.push(probability, levels)
            start, end = segmenter.run_start, segmenter.run_end
            for frame in range(max(told, default=-1) + 1, segmenter.decided):
                open_ = start is not None and start <= frame and (end is None or frame < end)
                told[frame] = open_ or any(run.start <= frame < run.end for run in runs[-3:])
    runs += segmenter.finish()
    spoken = np.zeros(len(told), dtype=bool)
    for run in runs:
        spoken[run.start : run.end] = True
    np.testing.assert_array_equal(spoken, [told[frame] for frame in range(len(told))])
    assert all(a.end <= b.start for a, b in pairwise(runs))


def test_edges_stand_above_the_noise() -> None:
    levels = np.array([-60.0, -55.0, -53.0, -30.0, -30.0, -30.0, -53.0, -55.0])
    assert first_loud(levels, ceiling_db=-54.0) == 2
    assert last_loud(levels, ceiling_db=-54.0) == 6


def test_edges_in_silence_reach_35_db_below_the_speech() -> None:
    levels = np.array([-120.0, -66.0, -64.0, -30.0, -30.0, -30.0])
    assert first_loud(levels, ceiling_db=None) == 2
    assert first_loud(levels, ceiling_db=-117.0) == 2


def test_speech_that_hardly_stands_out_of_the_noise_has_no_edge_in_energy() -> None:
    levels = np.array([-34.0, -33.0, -30.0, -30.0, -30.0])
    assert first_loud(levels, ceiling_db=-35.0) is None
    assert last_loud(levels, ceiling_db=-37.0) == 4


def test_in_loud_noise_the_detector_is_believed_less_its_usual_lag(segmenter: Segmenter) -> None:
    loud_noise = -23.0
    runs = both(segmenter, (10, 0.0, loud_noise), (10, 0.9, SPEECH_DB), (20, 0.0, loud_noise))
    assert runs == [(40, 73)]


def test_noise_that_scatters_has_a_higher_ceiling() -> None:
    steady, scattering = NoiseFloor(), NoiseFloor()
    steady.push([-60.0] * 200)
    scattering.push(np.linspace(-70.0, -50.0, 200).tolist())
    assert steady.level_db == scattering.level_db == -60.0
    assert steady.ceiling_db == -57.0
    assert scattering.ceiling_db == pytest.approx(-48.0, abs=0.01)


def test_noise_floor_is_unknown_before_silence_and_forgets_the_old() -> None:
    floor = NoiseFloor()
    assert floor.level_db is None
    assert floor.ceiling_db is None
    floor.push([-40.0] * 300)
    floor.push([-70.0] * 150)
    assert floor.level_db == -70.0
