from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import facesign
from facesign.interview.home import Settings

TABLE = tomllib.loads(Path(__file__).with_name("expected_clips.toml").read_text("utf-8"))
CLIPS: dict[str, Any] = TABLE["clips"]

pytestmark = pytest.mark.data


def test_every_clip_is_in_the_table(data_dir: Path) -> None:
    assert {clip.name for clip in (data_dir / "face" / "video").iterdir()} == set(CLIPS)


@pytest.mark.slow
@pytest.mark.parametrize("name", CLIPS)
def test_analyze_says_what_a_person_sees_in_the_clip(name: str, data_dir: Path) -> None:
    expected = CLIPS[name]

    report = facesign.analyze(data_dir / "face" / "video" / name, settings=Settings())

    flags = {flag.code for flag in report.flags}
    assert report.outcome == expected["outcome"]
    assert flags - set(expected.get("may_flag", ())) == set(expected.get("flags", ()))
    reasons = [*(f"flag:{code}" for code in flags), *expected["reasons"], *TABLE["for_all"]]
    assert sorted(reason.code for reason in report.reasons) == sorted(reasons)
