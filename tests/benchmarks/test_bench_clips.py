from __future__ import annotations

import importlib
import itertools
import json
from pathlib import Path
from typing import Any

import av
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def benchmark_module(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module


def test_the_page_of_clips_is_written_from_the_results(benchmark_module: Any) -> None:
    rows = json.loads((ROOT / "benchmarks/results/clips.json").read_text("utf-8"))["clips"]
    page = (ROOT / "docs/clips.md").read_text("utf-8")
    assert page == benchmark_module("clips").table(rows)


def test_a_looped_clip_goes_on_without_a_jump(benchmark_module: Any) -> None:
    clip = ROOT / "samples/interviews/genuine/interview.mp4"
    with benchmark_module("looped").looped(clip, 60.0) as path:
        with av.open(str(path)) as container:
            times = [
                float(packet.pts * packet.time_base)
                for packet in container.demux(video=0)
                if packet.pts is not None
            ]
    steps = [after - before for before, after in itertools.pairwise(sorted(times))]
    assert times[-1] >= 60.0 - 0.1
    assert max(steps) < 0.15
    assert not path.exists()
