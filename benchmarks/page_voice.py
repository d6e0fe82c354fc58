"""The rows of docs/benchmarks.md about voices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["VOICE_ROWS"]


def _voice(_: dict[str, Any]) -> tuple[str, str]:
    return "tables in [voice.md](voice.md)", "see there"


def _voiceprint(r: dict[str, Any]) -> tuple[str, str]:
    ours, other = r["overall"]["facesign"], r["overall"]["resemblyzer"]
    return (
        f"EER {100 * ours['eer']:.1f} %, Resemblyzer {100 * other['eer']:.1f} % on the same "
        "trials; groups and conditions in [voiceprint.md](voiceprint.md)",
        f"{ours['n_genuine']} genuine and {ours['n_impostor']} impostor trials of "
        f"{ours['n_speakers']} people",
    )


def _speakers(r: dict[str, Any]) -> tuple[str, str]:
    rows = r["conversations"]
    shown = {
        "one track": "two_voices",
        "babble at 5 dB": "babble_5_db",
        "a child beside": "third_child",
        "separate tracks with echo": "tracks_echo_minus_12_db",
    }
    wrong = [
        f"{label} {100 * next(iter(rows[name].values()))['confusion']['value']:.1f} %"
        for label, name in shown.items()
        if name in rows
    ]
    n = sum(next(iter(it.values()))["n_conversations"] for it in rows.values())
    return (
        f"speech given to a wrong person: {', '.join(wrong)}; all conditions in "
        "[speakers.md](speakers.md)",
        f"{n} put-together conversations",
    )


def _gates(r: dict[str, Any]) -> tuple[str, str]:
    dev = r["dev"]
    shown = ", ".join(
        f"{kind} {100 * dev[kind]['refused']:.0f} %"
        for kind in ("one person", "half another", "a quarter another", "two at once")
    )
    return f"refused: {shown}; limit {r['limit_in_force']}", f"{dev['one person']['n']} of each"


def _search(r: dict[str, Any]) -> tuple[str, str]:
    largest, server = r["sizes"][-1], r.get("postgres")
    kind = "graph" if "graph" in largest else "exact"
    found, goal = largest[kind], r["goal"]
    on_server = ""
    if server:
        waited = server["graph"]["wall_ms"]["p99"]
        on_server = f"; pgvector at {server['n_templates']:,}: p99 {waited:.1f} ms"
    return (
        f"{largest['n_templates']:,} templates, {kind}: p99 {found['cpu_ms']['p99']:.1f} ms of "
        f"CPU, {found['wall_ms']['p99']:.1f} ms waited, recall@1 {found['recall_at_1']:.4f} (goal "
        f"{goal['p99_ms']:.0f} ms and {goal['recall_at_1']} at 1,000,000){on_server}; FPIR and "
        "FNIR by size in the file",
        f"{largest['n_probes']} probes",
    )


def _protection(r: dict[str, Any]) -> tuple[str, str]:
    rates, links = r["eer"], r["linkability"]
    pairs = next((it for it in r["known_pairs"] if it["median_cosine"] > 0.99), None)
    broken = "none of those tried" if pairs is None else f"{pairs['known_pairs']}"
    return (
        f"EER {100 * rates['plain']:.2f} %, rotated {100 * rates['rotated']:.2f} %; linkability "
        f"{links['one_key']:.2f} under one key, {links['two_keys']['mean']:.3f} under two "
        f"({links['two_keys_shuffled']['mean']:.3f} with shuffled labels); known pairs that reveal "
        f"a rotation: {broken}",
        f"{links['n_mated']} mated and {links['n_non_mated']} other pairs",
    )


def _speed(r: dict[str, Any]) -> tuple[str, str]:
    shown = ", ".join(
        f"{row['size']} {row['onnx']['times_faster']:.1f} times ({row['seconds']} s of speech, "
        f"{row['threads']} thread{'s' * (row['threads'] > 1)})"
        for row in r["rows"]
        if "seconds" in row
    )
    return f"{shown}; table in [voiceprint.md](voiceprint.md)", f"{r['rounds']} rounds"


def _overlap(r: dict[str, Any]) -> tuple[str, str]:
    found = r["recordings"]["15 s"]["all"]
    single, mixed = found["single"], found["mixed"]
    return (
        f"recordings of 15 s: {100 * mixed['above']:.0f} % of two noticed, "
        f"{100 * single['above']:.1f} % of single people taken for two; tables in "
        "[overlap.md](overlap.md)",
        f"{single['n']} single, {mixed['n']} of two",
    )


def _cost(r: dict[str, Any]) -> tuple[str, str]:
    cpu = r["cpu_s_a_minute"]
    return (
        f"{r['cpu_ratio']:.2f} times the CPU of an analysis without ({cpu['with']:.1f} against "
        f"{cpu['without']:.1f} s a minute), {r['wall_ratio']:.2f} times the time",
        f"{r['repeats']} pairs of {r['seconds']:.0f} s",
    )


def _settings(r: dict[str, Any]) -> tuple[str, str]:
    shown = ", ".join(
        f"{row['dtype']} {row['connectivity']}/{row['expansion_add']}/{row['expansion_search']}: "
        f"{row['build_cpu_s']:.0f} s, {row['recall_at_1']:.4f}, {row['cpu_ms']['p99']:.1f} ms"
        for row in r["rows"]
    )
    return (
        "CPU to build, recall@1 and p99 of CPU by type, connectivity and expansions: " + shown,
        f"{r['n_templates']:,} templates, {r['n_probes']} probes",
    )


VOICE_ROWS: tuple[tuple[str, str, Callable[[dict[str, Any]], tuple[str, str]]], ...] = (
    ("voice", "How good are the voice measurements?", _voice),
    ("voiceprint", "How often are voices taken for each other?", _voiceprint),
    ("voiceprint_speed", "How much faster than torch is a voice embedded?", _speed),
    ("speakers", "Who is taken for whom in a conversation?", _speakers),
    ("speakers_cost", "What does telling voices apart cost?", _cost),
    ("voice_gates", "Is an enrollment with a second voice refused?", _gates),
    ("overlap", "Are two people who speak at once noticed?", _overlap),
    ("voice_search", "How fast and complete is a search of the gallery?", _search),
    ("voice_search_settings", "What does the graph cost, by its settings?", _settings),
    ("template_protection", "What does rotating search vectors give?", _protection),
)
