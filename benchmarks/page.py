"""Write docs/benchmarks.md from the result files.

python benchmarks/page.py
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from provenance import RESULTS, ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Each script writes one JSON file into `benchmarks/results/`, with the commit, the machine, versions,
the hashes of models and data, and the load of the machine while it ran. This page is written from
those files by `python benchmarks/page.py`. Recordings are read from `FACESIGN_DATA`. On a machine
that does other work too, ratios within one run are worth more than seconds.

| question | result | n | script |
| --- | --- | --- | --- |
"""


def _throughput(r: dict[str, Any]) -> tuple[str, str]:
    wall = r["frames_per_s_wall"]
    return (
        f"{r['pipeline_over_mesh_ratio']:.2f} of the bare mesh's frames/s "
        f"({wall['pipeline']:.0f} of {wall['mesh']:.0f}; goal {r['goal']:.2f}); "
        f"{r['pipeline_over_mesh_cpu_ratio']:.2f} a CPU second",
        f"{r['repeats']} x {r['n_frames']} frames",
    )


def _memory(r: dict[str, Any]) -> tuple[str, str]:
    return (
        f"{r['minutes']:.0f} minutes: at most {r['peak_mb']:.0f} MB, "
        f"{r['growth_after_minute_5_mb']:.0f} MB growth after minute 5 (budget "
        f"{r['budget']['peak_mb']} and {r['budget']['growth_after_minute_5_mb']})",
        f"{r['n_frames']} frames",
    )


def _startup(r: dict[str, Any]) -> tuple[str, str]:
    return (
        f"`import facesign` {r['import_s']['median']:.3f} s (budget {r['import_s']['budget']}), "
        f"`facesign --help` {r['help_s']['median']:.2f} s (budget {r['help_s']['budget']}), "
        f"an empty Python {r['empty_python_s']['median']:.2f} s",
        f"{r['repeats']} starts",
    )


def _clips(r: dict[str, Any]) -> tuple[str, str]:
    return "table in [clips.md](clips.md)", f"{len(r['clips'])} clips"


def _rig(r: dict[str, Any]) -> tuple[str, str]:
    known = [c for c in r["channels"] if c.get("correlation") is not None]
    values = sorted(c["correlation"] for c in known)
    return (
        f"median correlation {values[len(values) // 2]:.2f}, lowest {values[0]:.2f}; "
        f"{len(r['channels']) - len(known)} channels without a shape; "
        "each in [signals.md](signals.md)",
        f"{len(known)} channels of {len(r['people'])} rendered people, tones 2, 6 and 10",
    )


def _studio_speed(r: dict[str, Any]) -> tuple[str, str]:
    rates = [
        f"{row['fps']:.1f} frames/s of {row['size_px'][0]}x{row['size_px'][1]} ({row['person']})"
        for row in r["rows"]
    ]
    goal = f"goal {r['goal_fps_640x480']:.0f} at 640x480"
    return f"one core, encoding included: {', '.join(rates)}; {goal}", (
        f"{r['repeats']} x {r['frames']} frames"
    )


def _studio_people(r: dict[str, Any]) -> tuple[str, str]:
    worst = r["worst_group"]
    return (
        f"{r['hit_rate']:.3f} of rendered faces found in place; worst group "
        f"{worst['group']}: {worst['hit_rate']:.3f}; table below",
        f"{r['n_people']} rendered people, {r['n_pictures']} pictures",
    )


def _studio_brows(r: dict[str, Any]) -> tuple[str, str]:
    rows = [row for tone, row in r["by_tone"].items()]
    shown = ", ".join(
        f"{au.upper()} {min(values):.1f} to {max(values):.1f}"
        for au in ("au1", "au2", "au4")
        if (values := [row[au]["0.3"]["d_prime"] for row in rows])
    )
    return f"d' of weight 0.3 against 0: {shown}", f"{len(rows)} rendered people, a tone each"


def people_table() -> str:
    """Write how often the mesh finds rendered faces, by group."""
    result = json.loads((RESULTS / "studio_people.json").read_text("utf-8"))
    head = (
        "\n## Rendered faces that the mesh finds\n\n"
        "A hit puts both eyes within a quarter of their distance of the truth; each picture is "
        f"searched afresh, {result['eyes_px']:.0f} px between the eyes.\n\n"
        "| group | hit rate | pictures |\n| --- | --- | --- |\n"
    )
    return head + "".join(
        f"| {kind} {group} | {row['hit_rate']:.3f} | {row['n']} |\n"
        for kind in ("tone", "eyelid", "glasses", "light", "pose")
        for group, row in result["by"][kind].items()
    )


def _backends(r: dict[str, Any]) -> tuple[str, str]:
    return "amplitude, lag and noise in the file", "rendered pulses and real blinks"


def _voice(_: dict[str, Any]) -> tuple[str, str]:
    return "tables in [voice.md](voice.md)", "see there"


ROWS: tuple[tuple[str, str, Callable[[dict[str, Any]], tuple[str, str]]], ...] = (
    ("face_throughput", "How much of the bare mesh's speed is left?", _throughput),
    ("memory", "Does memory stay bounded over a long interview?", _memory),
    ("startup", "What does starting cost?", _startup),
    ("clips", "What comes out for every clip?", _clips),
    ("signals_vs_rig", "Does `level` follow the shape that is driven?", _rig),
    ("mesh_backends", "Do both meshes keep movements of 0.1 to 0.3 s?", _backends),
    ("studio_speed", "How fast does the studio render?", _studio_speed),
    ("studio_people", "Does the mesh find everybody whom the studio draws?", _studio_people),
    ("studio_brows", "Do landmarks follow rendered brows on every skin?", _studio_brows),
    ("voice", "How good are the voice measurements?", _voice),
)


def main() -> None:
    lines = []
    for name, question, describe in ROWS:
        result, n = describe(json.loads((RESULTS / f"{name}.json").read_text("utf-8")))
        lines.append(f"| {question} | {result} | {n} | `benchmarks/{name}.py` |")
    lines.append(
        "| What do camera and landmarks alone give a channel? | `biometrics/face/noise.toml` "
        "| see its first line | `benchmarks/channel_noise.py` |"
    )
    PAGE.write_text(HEAD + "\n".join(lines) + "\n" + people_table(), "utf-8")


if __name__ == "__main__":
    main()
