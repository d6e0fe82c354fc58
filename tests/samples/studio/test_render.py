"""Interviews rendered whole, small and short."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pyarrow.parquet as pq
import pytest

from facesign import samples
from facesign.biometrics.face.signals import SIGNALS
from facesign.errors import OutputError, ScenarioError
from facesign.samples.studio.production import Production
from facesign.samples.studio.render import Job, render, render_all
from facesign.samples.studio.rig import Rig, find_rig
from facesign.samples.studio.scenario import Scenario, load_scenario
from facesign.samples.truth import Truth, read_truth

pytestmark = [pytest.mark.data, pytest.mark.slow]

SMALL = """
[view]
width_px = 320
height_px = 240
eyes_px = [44, 44]
[camera]
rate_hz = 15
[dialogue]
questions = [{ id = "name_and_day" }]
"""
TWO_QUESTIONS = "[dialogue]\nquestions = [{ id = 'name_and_day' }, { id = 'income_source' }]\n"


@pytest.fixture(scope="module")
def rig() -> Rig:
    return Rig.load(find_rig(None))


def scenario(folder: Path, text: str = "", *, extends: str = "", name: str = "short") -> Scenario:
    """A short, small variant of a scenario."""
    (folder / "small.toml").write_text(SMALL)
    bases = [*([extends] if extends else []), "small.toml"]
    path = folder / f"{name}.toml"
    path.write_text(f"extends = {json.dumps(bases)}\n{text}")
    return load_scenario(path)


def truth_of(folder: Path, rig: Rig, extends: str, text: str = "") -> Truth:
    job = Job(scenario(folder, text, extends=extends), 2, folder / "out", signals_only=False)
    return samples.load(render(job, rig)).truth


@pytest.fixture(scope="module")
def plain(rig: Rig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain")
    return render(Job(scenario(folder), 7, folder / "out"), rig)


def test_the_same_seed_gives_the_same_files(plain: Path, rig: Rig, tmp_path: Path) -> None:
    again = render(Job(scenario(tmp_path), 7, tmp_path / "again"), rig)
    names = sorted(file.name for file in plain.iterdir())
    assert names == sorted(file.name for file in again.iterdir())
    for name in names:
        assert (plain / name).read_bytes() == (again / name).read_bytes(), name


def test_another_seed_gives_another_person_and_other_words(
    plain: Path, rig: Rig, tmp_path: Path
) -> None:
    one = samples.load(plain).truth
    other = samples.load(render(Job(scenario(tmp_path), 8, tmp_path / "o"), rig)).truth
    assert one.people[0] != other.people[0]
    assert [line.text for line in one.speech] != [line.text for line in other.speech]


def test_film_sound_and_truth_are_of_one_length(plain: Path) -> None:
    sample = samples.load(plain)
    with av.open(str(sample.media)) as container:
        times = [frame.time for frame in container.decode(video=0)]
    np.testing.assert_allclose(times, sample.frames().time_s, atol=1e-3)
    assert len(times) == sample.truth.n_frames
    for name in ("applicant.flac", "officer.flac"):
        with av.open(str(plain / name)) as container:
            stream = container.streams.audio[0]
            assert stream.duration * stream.time_base == pytest.approx(
                sample.truth.duration_s, abs=1e-3
            )


def test_everything_says_that_it_is_synthetic(plain: Path) -> None:
    assert json.loads((plain / "truth.json").read_text())["synthetic"] is True
    for name in ("interview.mp4", "applicant.flac", "officer.flac", "enrollment.flac"):
        with av.open(str(plain / name)) as container:
            tags = {key.lower(): value for key, value in container.metadata.items()}
        assert tags["synthetic"] == "true", name
        assert tags["comment"].startswith("Synthetic: rendered by the facesign studio")


def test_the_corner_mark_is_there_but_for_training(rig: Rig, tmp_path: Path) -> None:
    production = Production(scenario(tmp_path), 7, rig)
    production.time_s = production.time_s[:1]
    ((_, marked),) = production.pictures()
    ((_, bare),) = production.pictures(mark=False)
    production.close()
    rows, columns = np.nonzero((marked != bare).any(axis=2))
    assert rows.min() > 0.9 * 240
    assert columns.min() > 0.7 * 320


def test_the_eyes_are_where_the_truth_says(rig: Rig, tmp_path: Path) -> None:
    from facesign.biometrics.face.mesh import BundledMesh
    from facesign.biometrics.stream import Frame

    text = "[view]\nwidth_px = 640\nheight_px = 480\neyes_px = [90, 90]\n"
    production = Production(scenario(tmp_path, text), 3, rig)
    production.time_s = production.time_s[::20][:4]
    mesh = BundledMesh()
    found = [mesh.find(Frame(at_s, image)) for at_s, image in production.pictures(mark=False)]
    expected = production.frame_truth().eyes_px
    production.close()
    mesh.close()
    for landmarks, eyes_px in zip(found, expected, strict=True):
        assert landmarks is not None
        # Iris centres, the subject's left eye first.
        seen = landmarks[[473, 468], :2]
        assert np.linalg.norm(seen - eyes_px, axis=1).max() < 0.1 * 90


def test_signals_alone_have_the_frames_of_the_film(plain: Path, rig: Rig, tmp_path: Path) -> None:
    job = Job(scenario(tmp_path), 7, tmp_path / "signals", signals_only=True)
    folder = render(job, rig)
    table = pq.read_table(folder / "signals.parquet")
    assert table.column_names == ["time_s", *(signal.name for signal in SIGNALS)]
    film = samples.load(plain).frames()
    np.testing.assert_allclose(table["time_s"], film.time_s, atol=1e-6)
    assert not (folder / "interview.mp4").exists()
    same = json.loads((folder / "truth.json").read_text())
    assert same == json.loads((plain / "truth.json").read_text())


def test_many_interviews_are_rendered_by_several_workers(tmp_path: Path) -> None:
    wanted = scenario(tmp_path)
    jobs = [Job(wanted, seed, tmp_path / str(seed), signals_only=True) for seed in (1, 2)]
    steps: list[tuple[float, float | None]] = []
    done = list(
        render_all(jobs, find_rig(None), workers=2, progress=lambda *step: steps.append(step))
    )
    assert sorted(done) == [tmp_path / "1", tmp_path / "2"]
    assert [read_truth(folder / "truth.json").seed for folder in sorted(done)] == [1, 2]
    assert steps == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("impostor-voice", "impostor_voice"),
        ("replayed-voice", "replayed_voice"),
        ("synthetic-voice", "synthetic_voice"),
        ("printed-photo", "printed_photo"),
        ("screen-replay", "screen_replay"),
        ("lips-offset", "lips_offset"),
        ("lips-other-speech", "lips_other_speech"),
        ("undeclared-second-person", "undeclared_person"),
        ("second-voice-prompting", "second_voice"),
        ("applicant-replaced", "applicant_replaced"),
    ],
)
def test_an_attack_stands_in_the_truth(rig: Rig, tmp_path: Path, name: str, kind: str) -> None:
    production = Production(scenario(tmp_path, TWO_QUESTIONS, extends=name), 2, rig)
    production.time_s = production.time_s[:2]
    list(production.pictures())
    from facesign.samples.studio.truth import truth_of as truth

    attacks = truth(production).attacks
    production.close()
    assert kind in [attack.kind for attack in attacks]
    assert all(0 <= attack.start_s < attack.end_s <= production.duration_s for attack in attacks)


def test_a_genuine_interview_has_no_attack(plain: Path) -> None:
    assert samples.load(plain).truth.attacks == ()


def test_what_is_read_out_stands_in_the_truth_and_is_no_attack(rig: Rig, tmp_path: Path) -> None:
    production = Production(scenario(tmp_path, TWO_QUESTIONS, extends="answers-read-out"), 2, rig)
    production.time_s = production.time_s[:2]
    list(production.pictures())
    from facesign.samples.studio.truth import truth_of as truth

    found = truth(production)
    production.close()
    assert found.conditions["read_out"] == ["income_source"]
    assert found.attacks == ()
    lines = [one for one in found.speech if one.question_id == "income_source"]
    start_s = min(one.start_s for one in lines if one.speaker == "applicant")
    end_s = max(one.end_s for one in lines if one.speaker == "applicant")
    looks = [one for one in found.gaze if one.start_s >= start_s and one.end_s < end_s]
    assert len(looks) > 5
    assert {one.kind for one in looks} == {"aversion"}
    assert all(26.0 < one.yaw_deg < 42.0 for one in looks)


def test_a_declared_interpreter_is_a_participant_and_no_attack(rig: Rig, tmp_path: Path) -> None:
    wanted = scenario(tmp_path, extends="declared-interpreter")
    production = Production(wanted, 2, rig)
    production.time_s = production.time_s[:2]
    list(production.pictures())
    from facesign.samples.studio.truth import truth_of as truth

    found = truth(production)
    production.close()
    (interpreter,) = [one for one in found.participants if one.role == "interpreter"]
    assert interpreter.declared
    assert interpreter.person == found.people[1]["name"]
    assert "interpreter" in {line.speaker for line in found.speech}
    assert found.attacks == ()


def test_lost_frames_are_damage_in_the_truth(rig: Rig, tmp_path: Path) -> None:
    text = "[channel]\nlosses_per_minute = 60\nloss_kinds = ['dropped']\n"
    truth = truth_of(tmp_path, rig, "", text)
    assert {damage.kind for damage in truth.damage} == {"dropped"}
    assert truth.frames.longest_step_s > 2 / 15
    assert truth.frames.variable


def test_a_question_that_is_not_asked_cannot_bring_a_replacement(rig: Rig, tmp_path: Path) -> None:
    wanted = scenario(tmp_path, "[replacement]\nfrom_question = 'employer'\n")
    with pytest.raises(ScenarioError, match="'employer' is not asked; there are name_and_day"):
        Production(wanted, 1, rig)


def test_a_folder_that_cannot_be_made_is_one_clear_line(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"cannot write .*file/out: Not a directory"):
        render(Job(scenario(tmp_path), 1, tmp_path / "file" / "out"), rig)


@pytest.fixture(autouse=True)
def _one_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pictures are drawn no faster by several threads."""
    monkeypatch.setenv("LP_NUM_THREADS", "1")
