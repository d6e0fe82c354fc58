from __future__ import annotations

import numpy as np
import pytest
from session_factory import blink, face, movement, reading, seen, speech

from facesign.interview.capture import capture_quality, frame_rate_hz, inter_ocular_px
from facesign.interview.findings import MOST_SAMPLES, Findings, Thinned


def test_events_are_filed_by_their_kind() -> None:
    findings = Findings()
    events = [seen("gaze.away", 1.0, 2.0), blink(1.0), movement(2.0), speech(3.0, 4.0)]
    for event in events:
        findings.add(event)
    filed = (findings.observations, findings.blinks, findings.movements, findings.utterances)
    assert filed == tuple([event] for event in events)
    assert findings.named("gaze.away") == (events[0],)
    assert findings.named("face.other") == ()


def test_faces_are_counted_and_the_first_sight_is_kept() -> None:
    findings = Findings()
    for time_s, found in ((0.0, False), (0.1, True), (0.2, False), (0.3, True)):
        findings.add(face(time_s, found=found))
    assert (findings.n_frames, findings.n_found) == (4, 2)
    assert (findings.first_found_s, findings.end_s) == (0.1, 0.3)
    assert frame_rate_hz(findings) == pytest.approx(10.0)
    assert inter_ocular_px(findings) == 130.0


def test_a_list_stays_bounded_and_evenly_spread() -> None:
    thinned = Thinned[int]()
    for number in range(100_000):
        thinned.add(number)
    kept = np.array(thinned.kept)
    assert MOST_SAMPLES / 2 <= len(kept) <= MOST_SAMPLES
    assert kept[0] == 0
    assert kept[-1] > 99_000
    assert len(set(np.diff(kept))) == 1


def test_readings_become_curves_and_spooled_signals() -> None:
    findings = Findings()
    findings.add(reading([0.0, 0.1], yaw_deg=12.0, signals=True))
    findings.add(reading([0.3, 0.4], yaw_deg=-4.0))
    series = {s["name"]: s["values"] for s in findings.curves.to_dict(0.5)["series"]}
    assert series["pose.yaw"] == [12.0, -4.0]
    assert series["gaze.horizontal"] == [1.0, None]
    assert series["movement"] == [1.5, None]
    assert findings.signals.n_frames == 2
    assert findings.poses.kept == ((12.0, 0.0), (-4.0, 0.0))


def test_two_frames_have_no_rate() -> None:
    findings = Findings()
    findings.add(face(0.0))
    findings.add(face(0.1))
    assert frame_rate_hz(findings) is None


def test_a_repeated_time_is_no_step() -> None:
    findings = Findings()
    for time_s in (0.0, 0.0, 0.1, 0.2, 0.2, 0.3):
        findings.add(face(time_s))
    assert findings.steps_s.kept == pytest.approx((0.1, 0.1, 0.1))


def test_capture_quality_is_the_median_over_the_session() -> None:
    findings = Findings()
    for n in range(30):
        findings.add(face(n / 30, found=n >= 3))
    findings.add(reading([0.9, 1.0], yaw_deg=30.0))
    quality = {o.name: o for o in capture_quality(findings)}
    assert quality["quality.size"].value == 130.0
    assert quality["quality.rate"].value == pytest.approx(30.0)
    assert quality["quality.pose"].value == pytest.approx(30.0)
    assert quality["quality.face_seen_share"].value == pytest.approx(0.9)
    assert quality["quality.size"].quality == 1.0
    assert 0.0 < (quality["quality.pose"].quality or 0.0) < 1.0


def test_without_a_face_its_picture_is_not_assessed() -> None:
    findings = Findings()
    for n in range(30):
        findings.add(face(n / 30, found=False))
    quality = {o.name: o for o in capture_quality(findings)}
    assert {quality[f"quality.{n}"].reason for n in ("size", "sharpness", "light", "pose")} == {
        "no_face"
    }
    assert quality["quality.rate"].status == "assessed"
    assert quality["quality.face_seen_share"].value == 0.0


def test_without_frames_nothing_of_the_picture_is_assessed() -> None:
    quality = {o.name: o for o in capture_quality(Findings())}
    assert {o.status for o in quality.values()} == {"not_assessed"}
    assert quality["quality.rate"].reason == "no_video"
    assert quality["quality.face_seen_share"].reason == "no_video"
