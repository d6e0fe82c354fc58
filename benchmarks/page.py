"""Write docs/benchmarks.md from the result files.

python benchmarks/page.py
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from page_voice import VOICE_ROWS
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


def _face_light(r: dict[str, Any]) -> tuple[str, str]:
    lit = r["lights"]["well_lit"]
    by_skin, told = (
        sum(g[k] for g in lit.values()) for k in ("in_the_dark_by_skin", "in_the_dark")
    )
    people = sum(group["n"] for group in lit.values())
    return (
        f"well lit faces graded as in the dark: {told} of {people}; by the skin alone {by_skin}, "
        f"{lit['9-10']['in_the_dark_by_skin']} of the {lit['9-10']['n']} darkest",
        f"{people} rendered people of all tones in each of {len(r['lights'])} lights",
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


def _quality(r: dict[str, Any]) -> tuple[str, str]:
    known = [row for row in r["channels"] if row["n_people"]]
    good = sum(row["grade"] == "good" for row in known)
    missed = sorted(
        {name.removesuffix(".left").removesuffix(".right") for name in r["goal_missed"]}
    )
    return (
        f"{good} of {len(known)} channels reach d' {r['goal']:.0f}; of those asked for, missed by "
        f"{', '.join(missed) or 'none'}; {r['dimensions']['components_of_95_percent']} components "
        "hold 95 % of the 132; table below",
        f"{r['n_people']} rendered people",
    )


def _pulses(r: dict[str, Any]) -> tuple[str, str]:
    reached, n = r["n_channels_at_goal"], len(r["channels"])
    pulses = sum(row["n_pulses"] for row in r["channels"])
    return (
        f"{reached['quick']} of {n} channels reach d' 3, {reached['formula']} by the formula alone "
        f"and {reached['sum']} with its lasting part left in; table below",
        f"{len(r['people'])} rendered people, {pulses} pulses",
    )


def _movements(r: dict[str, Any]) -> tuple[str, str]:
    near, rule = r["spotters"]["classifier"]["near"], r["spotters"]["rule"]["near"]
    return (
        f"rendered people: F1 {r['spotting_f1']} at IoU 0.5, {near['false_per_minute']} false a "
        f"minute (the rule before: F1 {rule['f1']}); more on "
        "[the card](../models/cards/movements-132.md)",
        f"{near['n_people']} rendered people, {near['n_true']} movements",
    )


def _movements_speed(r: dict[str, Any]) -> tuple[str, str]:
    return (
        f"{r['share_without_flow']:.2f} of the mesh's CPU a frame without flow (goal 0.20), "
        f"{r['share_with_flow']:.2f} with it (goal 0.60); a push p95 {r['push_ms']['p95']:.1f} ms "
        "(goal 10)",
        f"{r['runs']} x {r['n_frames']} frames",
    )


def _movements_early(r: dict[str, Any]) -> tuple[str, str]:
    rendered, talk = r["rendered"], r["real_talk"]

    def row(part: dict[str, Any]) -> dict[str, Any]:
        shipped: dict[str, Any] = next(
            one for one in part["rows"] if one["waited_for_s"] == r["ships_s"]
        )
        return shipped

    first, seen, real = rendered["rows"][0], row(rendered), row(talk)
    return (
        f"rendered: first seen {seen['late_s_p50']:.2f} s after its offset, p95 "
        f"{seen['late_s_p95']:.2f} ({first['late_s_p50']:.2f} and {first['late_s_p95']:.2f} where "
        f"{first['waited_for_s']:.1f} s of the future are waited for), "
        f"{seen['n_taken_back']} taken back; real talk: {real['n_taken_back']} taken back",
        f"{seen['n_settled']} movements in {rendered['minutes']:.0f} minutes; "
        f"{real['n_settled']} in {talk['minutes']:.0f}",
    )


def _marks(r: dict[str, Any]) -> tuple[str, str]:
    return "tables in [marks.md](marks.md)", f"{r['marked_s'] / 60:.1f} minutes of real people"


def quality_table() -> str:
    """Write how far 0.3 of full range stands above the noise in every channel."""
    result = json.loads((RESULTS / "signal_quality.json").read_text("utf-8"))
    again = result["repeatability"]
    head = (
        "\n## What the channels see of 0.3 of full range\n\n"
        f"{result['n_people']} rendered people that taught nothing, 120 px and more between the "
        "eyes. d' is the answer to 0.3 over the channel's own noise in silence, by the formula "
        "alone and with the skin's flow; speed and burst are correlations with the weight put "
        "through the same formulas; the last two are correlations of burst between one take and "
        f"the same again ({result['n_takes_recorded_again']} takes), at a fifth of the bits and at "
        "two thirds of the size.\n\n"
        "| channel | people | d' formula | d' | speed | burst | fewer bits | smaller |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    )
    rows = ""
    for row in result["channels"]:
        name = row["channel"]
        cells = [
            row.get(k, "") for k in ("n_people", "d_prime_formula", "d_prime", "speed_r", "burst_r")
        ]
        cells += [again[way][name] for way in ("a_fifth_of_the_bits", "two_thirds_of_the_size")]
        rows += f"| {name} | {' | '.join(map(str, cells))} |\n"
    return head + rows


def pulses_table() -> str:
    """Write how one brief movement at a time stands, read in every way."""
    result = json.loads((RESULTS / "signal_pulses.json").read_text("utf-8"))
    ways = ("formula", "calm_pose", "sum", "quick", "points", "flow", "both")
    head = (
        "\n## One brief movement at a time\n\n"
        f"{len(result['people'])} rendered people that taught nothing, {result['eyes_px']:.0f} px "
        "between the eyes, 300 ms at 0.3 of full range. d' against the calm start, median of the "
        "people, in every way; `quick` is what `speed` and `burst` are read from (lowest of the "
        "people in brackets), `points`, `flow` and `both` were fitted on the others' pulses "
        "only. Among others: d' against all other movements. Confused with: the movement it "
        "answers to most, and how much of its own answer that is.\n\n"
        "| channel | formula | calm pose | sum | quick | points | flow | both | among others, "
        "formula | quick | confused with |\n" + "| --- " * 11 + "|\n"
    )
    rows = ""
    for row in result["channels"]:
        quick = row["quick"]
        cells = [str(row[way]["d_prime"]) for way in ways]
        cells[ways.index("quick")] += f" ({quick['d_prime_least']})"
        cells += [str(row[way]["among_others"]) for way in ("formula", "quick")]
        cells.append(f"{quick['confused_with']} {quick['share_of_own_answer']}")
        rows += f"| {row['channel']} | {' | '.join(cells)} |\n"
    return head + rows


def _record_kills(r: dict[str, Any]) -> tuple[str, str]:
    whole, cut = r["n_recovered_and_verified"], r["n_cut_within_an_entry"]
    lost = f"{r['n_told_pieces_lost']} of {r['n_pieces_told']} pieces lost"
    return f"{whole} recovered and verified, {cut} cut within an entry; {lost}", (
        f"{r['n_kills']} kills"
    )


def _record_cost(r: dict[str, Any]) -> tuple[str, str]:
    hour, pushed = r["hour"], r["pushed"]
    width, height = pushed["size_px"]
    costs = (
        f"a piece of {r['piece_bytes'] / 1e3:.0f} kB {hour['piece_cpu_ms']:.2f} ms of CPU",
        f"verifying an hour {hour['verify_cpu_s']:.1f} s",
        f"a player's jump {hour['jump_64_kib_ms_median']:.1f} ms",
        f"a pushed frame of {width}x{height} {pushed['store_cpu_ms_a_frame']:.0f} ms "
        f"and {pushed['kb_a_frame']:.0f} kB",
    )
    return "; ".join(costs), (
        f"{r['n_pieces']} pieces, {r['n_jumps']} jumps, {pushed['n_frames']} frames"
    )


def _monitors_speed(r: dict[str, Any]) -> tuple[str, str]:
    return (
        f"{r['per_s']['median']} observations/s (goal {r['goal_per_s']}), the slowest took "
        f"{r['slowest_push_ms']:.1f} ms; {r['memory_mb']:.0f} MB",
        f"{r['repeats']} x {r['n_observations']} observations, {r['n_points_alive']} points",
    )


def _monitor_rates(r: dict[str, Any]) -> tuple[str, str]:
    prompts, flags = r["prompts_per_15_minutes"], r["flags_per_100"]
    return (
        f"{prompts['rate']:.2f} prompts per 15 minutes (95 % interval "
        f"{prompts['interval_95'][0]:.2f} to {prompts['interval_95'][1]:.2f}), {flags['rate']:.1f} "
        f"flags per 100 interviews ({flags['interval_95'][0]:.1f} to "
        f"{flags['interval_95'][1]:.1f}); each point in [monitors.md](monitors.md)",
        f"{r['n_interviews']} rendered interviews, {r['n_filmed']} with picture",
    )


def _fusion(r: dict[str, Any]) -> tuple[str, str]:
    m = r["measured_on"]
    return (
        f"area under the ROC {m['area_under_roc_own_weights']:.2f} on scenario files that nothing "
        f"was fitted on; behaviour switched off changed {r['changed_by_behaviour']} of "
        f"{r['n_takes']}; see [monitors.md](monitors.md)",
        f"{m['n_genuine']} honest, {m['n_fraud']} fraud interviews",
    )


def _live(r: dict[str, Any]) -> tuple[str, str]:
    runs = sorted(r.get("sessions", {}).items(), key=lambda one: int(one[0]))
    told = [
        f"{count}: {100 * run['skipped_share']:.1f} % of frames skipped, "
        f"{run['cores_per_session']:.2f} cores each"
        for count, run in runs
    ]
    return f"{'; '.join(told)}; see [live.md](live.md)", f"{len(runs)} runs"


ROWS: tuple[tuple[str, str, Callable[[dict[str, Any]], tuple[str, str]]], ...] = (
    ("face_throughput", "How much of the bare mesh's speed is left?", _throughput),
    ("memory", "Does memory stay bounded over a long interview?", _memory),
    ("startup", "What does starting cost?", _startup),
    ("clips", "What comes out for every clip?", _clips),
    ("signals_vs_rig", "Does `level` follow the shape that is driven?", _rig),
    ("signal_quality", "How far above its noise does a movement stand?", _quality),
    ("signal_pulses", "And where one thing moves at a time?", _pulses),
    ("movements", "How often are brief movements found, and falsely?", _movements),
    ("movements_speed", "What do signals and classifier cost?", _movements_speed),
    ("movements_early", "How early is a movement seen, and taken back?", _movements_early),
    ("mesh_backends", "Do both meshes keep movements of 0.1 to 0.3 s?", _backends),
    ("studio_speed", "How fast does the studio render?", _studio_speed),
    ("studio_people", "Does the mesh find everybody whom the studio draws?", _studio_people),
    ("face_light", "Is light told apart from the tone of the skin?", _face_light),
    ("studio_brows", "Do landmarks follow rendered brows on every skin?", _studio_brows),
    ("monitors_speed", "What do all monitoring points cost?", _monitors_speed),
    ("monitor_rates", "How often do they fire on honest borrowers?", _monitor_rates),
    ("fusion", "What is fused evidence worth?", _fusion),
    *VOICE_ROWS,
    ("record_kills", "What does a record hold after its process was killed?", _record_kills),
    ("record_cost", "What does a record cost?", _record_cost),
    ("live", "How many live interviews does one machine carry?", _live),
)


def page() -> str:
    """Return the page as the result files have it."""
    lines = []
    for name, question, describe in ROWS:
        if not (RESULTS / f"{name}.json").is_file():
            continue  # no number without a file
        result, n = describe(json.loads((RESULTS / f"{name}.json").read_text("utf-8")))
        lines.append(f"| {question} | {result} | {n} | `benchmarks/{name}.py` |")
    found = json.loads((RESULTS / "real_movements.json").read_text("utf-8"))
    result, n = _marks(found)
    lines.append(
        f"| What is found of what was marked by eye? | {result} | {n} | `benchmarks/marks.py` |"
    )
    lines.append(
        "| What do camera and landmarks alone give a channel? | `biometrics/face/noise.toml` "
        "| see its first line | `benchmarks/channel_noise.py` |"
    )
    tables = people_table() + quality_table() + pulses_table()
    return HEAD + "\n".join(lines) + "\n" + tables


def main() -> None:
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
