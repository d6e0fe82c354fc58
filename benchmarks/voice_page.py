"""Write the tables of docs/voice.md from benchmarks/results/voice.json.

python benchmarks/voice_page.py
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "voice.md"
START, END = "<!-- tables -->", "<!-- end of tables -->"


def table(head: list[str], rows: Iterable[list[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def edge(found: dict[str, Any], side: str) -> str:
    errors = found[side]
    return f"{errors['median']} ({errors['p5']} to {errors['p95']})"


def boundaries(results: dict[str, Any]) -> str:
    head = ["phrases in", "n", "onset, detector", "onset, refined", "offset, detector"]
    rows = [
        [name.replace("_", " "), r["n"]]
        + [
            edge(r[by], side)
            for side in ("onset_ms", "offset_ms")
            for by in ("detector", "refined")
        ]
        for name, r in results["boundaries"].items()
        if name != "commit"
    ]
    return table([*head, "offset, refined"], rows)


def pitch(results: dict[str, Any]) -> str:
    keys = ("gross_errors_percent", "fine_error_median_st", "voiced_missed_percent")
    keys = (*keys, "cpu_ms_per_10_s")
    head = ["speech", "tracker", "gross errors %", "fine error st", "voiced missed %"]
    rows = [
        [
            noise.replace("_", " "),
            tracker,
            r["gross_errors_percent"],
            r["fine_error_median_st"],
            r["voiced_missed_percent"],
            r["cpu_ms_per_10_s"],
        ]
        for noise, trackers in results["pitch"]["known_pitch"].items()
        for tracker, r in trackers.items()
    ]
    return table([*head, "CPU ms per 10 s"], rows)


def rates(results: dict[str, Any]) -> str:
    head = ["speech", "n", "mean rate Hz", "mean error Hz", "mean absolute error Hz"]
    rows = []
    for name, r in results["syllable_rate"].items():
        if name == "commit":
            continue
        error, size, fit = (
            f"{r[key]['value']} ({r[key]['interval_95'][0]} to {r[key]['interval_95'][1]})"
            for key in ("mean_error_hz", "mean_absolute_error_hz", "correlation_of_rate")
        )
        count = r["correlation_of_count"]
        rows.append([name.replace("_", " "), r["n"], r["true_rate_mean_hz"], error, size, fit])
        rows[-1].append("-" if count is None else count)
    return table([*head, "correlation of rate", "correlation of count"], rows)


def hesitations(results: dict[str, Any]) -> str:
    found = results["filled_pauses"]
    put = table(
        ["filled pauses put into speech", "n", "found", "found elsewhere"],
        [
            [
                kind.replace("_", " "),
                found[kind]["n"],
                found[kind]["found"],
                found[kind]["found_elsewhere"],
            ]
            for kind in ("espeak", "held_real_vowel")
        ],
    )
    keys = ("speech_minutes", "n_found", "per_minute", "n_speakers", "n_speakers_without")
    read = table(
        ["read speech", "minutes", "found", "per minute", "speakers", "speakers without any"],
        [[name, *(r[key] for key in keys)] for name, r in found["read_speech_per_minute"].items()],
    )
    return f"{put}\n\n{read}"


def others(results: dict[str, Any]) -> str:
    measured = results["voices_and_quality"]
    sexes = table(
        ["median pitch of adults", "speakers", "Hz (5 % to 95 %)"],
        [
            [sex, r["n_speakers"], f"{r['median']} ({r['p5']} to {r['p95']})"]
            for sex, r in measured["pitch_by_sex_hz"].items()
        ],
    )
    snr = table(
        ["true SNR", "n", "measured dB (5 % to 95 %)"],
        [
            [
                name.removeprefix("true_").replace("_", " "),
                r["n"],
                f"{r['median']} ({r['p5']} to {r['p95']})",
            ]
            for name, r in measured["snr"].items()
        ],
    )
    narrow = measured["narrowband_called"]
    cost = results["cost"]
    parts = ", ".join(f"{name.replace('_', ' ')} {s} s" for name, s in cost["cpu_s"].items())
    return (
        f"{sexes}\n\n{snr}\n\nOf {narrow['n_tracks']} tracks, {narrow['as_recorded']} were called "
        f"`narrowband` as recorded, {narrow['through_8_khz']} after resampling to 8 kHz and back."
        f"\n\nCPU time for {cost['sound_s']:.0f} s of a book being read "
        f"({cost['speech_s']} s of speech) on two cores with a load of "
        f"{cost['load_average']}: {parts}; "
        f"{100 * cost['share_of_one_core']:.1f} % of one core."
    )


def main() -> None:
    results = json.loads((HERE / "results" / "voice.json").read_text())
    sections = (boundaries, pitch, rates, hesitations, others)
    tables = "\n\n".join(section(results) for section in sections)
    before, rest = PAGE.read_text().split(START)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{START}\n{tables}\n{END}{after}")


if __name__ == "__main__":
    main()
