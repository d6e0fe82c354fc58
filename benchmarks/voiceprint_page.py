"""Write the tables of docs/voiceprint.md from benchmarks/results/voiceprint.json.

What they mean is said from speakers.json as well.

python benchmarks/voiceprint_page.py
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from provenance import RESULTS, ROOT
from voiceprint_plain import plainly

PAGE = ROOT / "docs" / "voiceprint.md"
START, END = "<!-- tables -->", "<!-- end of tables -->"
KINDS = {
    "corpus": "corpus",
    "sex": "sex",
    "age": "age",
    "first_language": "first language",
    "feeling": "acted feeling (RAVDESS)",
}


def table(head: list[str], rows: Iterable[list[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"


def rate(found: dict[str, Any], name: str = "eer") -> str:
    """Return a percentage with its interval."""
    if found.get(name) is None:
        return "-"
    interval = found.get(f"{name}_interval_95")
    ends = "" if interval is None else f" ({percent(interval[0])} to {percent(interval[1])})"
    return percent(found[name]) + ends


def counts(found: dict[str, Any]) -> str:
    return (
        f"{found['n_genuine']} / {found['n_impostor']} / "
        f"{found['n_impostor_pairs']} / {found['n_speakers']}"
    )


def overall(r: dict[str, Any]) -> str:
    head = ["encoder", "EER % (95 %)", "minDCF 0.01", "min Cllr", "Cllr (95 %)"]
    rows = []
    for name, it in r["overall"].items():
        ends = it.get("cllr_interval_95")
        spent = "-" if "cllr" not in it else f"{it['cllr']:.3f} ({ends[0]:.3f} to {ends[1]:.3f})"
        label = r["model"] if name == "facesign" else "Resemblyzer 0.1.4, cosine"
        rows.append([label, rate(it), f"{it['min_dcf_0.01']:.3f}", f"{it['min_cllr']:.3f}", spent])
    it = r["overall"]["facesign"]
    curve = ", ".join(f"{percent(p['fnmr'])} at {percent(p['fmr'])}" for p in it["det"])
    acquired = f"{r['failures_to_acquire']} of {r['n_recordings']} recordings"
    return (
        f"{it['n_genuine']} genuine and {it['n_impostor']} impostor trials, "
        f"{it['n_impostor_pairs']} impostor pairs of {it['n_speakers']} speakers; {acquired} hold "
        "under 1 s of speech (failure to acquire; scored nevertheless).\n\n"
        f"{table(head, rows)}\n\nFNMR % at FMR %: {curve}."
    )


def points(r: dict[str, Any]) -> str:
    head = ["operating point", "LLR", "FMR % (95 %)", "FNMR % (95 %)", "genuine told apart %"]
    rows = []
    for it in r["points"]:
        ends = [it[f"{name}_interval"] for name in ("fmr", "fnmr")]
        said = ["" if e is None else f" ({percent(e[0])} to {percent(e[1])})" for e in ends]
        rows.append(
            [
                f"`{it['name']}`",
                f"{it['threshold']:.2f}",
                percent(it["fmr"]) + said[0],
                percent(it["fnmr"]) + said[1],
                percent(it["genuine_no_match"]),
            ]
        )
    validated = r["points"][0]["validated_for"]
    return f"{table(head, rows)}\n\n{validated[0].upper()}{validated[1:]}."


def groups(r: dict[str, Any]) -> str:
    head = ["group", "trials", "EER %", "Resemblyzer EER %"]
    parts = []
    for kind, label in KINDS.items():
        rows = [
            [name, counts(it["facesign"]), rate(it["facesign"]), rate(it["resemblyzer"])]
            for name, it in r["groups"].get(kind, {}).items()
        ]
        parts.append(f"By {label}:\n\n{table(head, rows)}")
    return "\n\n".join(parts)


def sessions(r: dict[str, Any]) -> str:
    head = ["genuine trials", "n", "EER % against all impostors"]
    rows = [
        [name, it["facesign"]["n_genuine"] or "no data", rate(it["facesign"])]
        for name, it in r["sessions"].items()
    ]
    return table(head, rows)


def conditions(r: dict[str, Any]) -> str:
    parts = []
    for key, first in (("conditions", "probe"), ("durations", "length of the probe")):
        head = [first, "trials", "EER %", "failures to acquire"]
        rows = [
            [name.replace("_", " "), counts(it), rate(it), it.get("failures_to_acquire", "-")]
            for name, it in r.get(key, {}).items()
        ]
        parts.append(table(head, rows))
    return "\n\n".join(parts)


def variants(r: dict[str, Any]) -> str:
    cohort = table(
        ["cohort", "members", "EER %", "min Cllr"],
        [
            [name, it["n_members"], rate(it), f"{it['min_cllr']:.3f}"]
            for name, it in r["cohorts"].items()
        ],
    )
    references = table(
        ["four references of one person", "trials", "EER %"],
        [
            [name, counts(it), rate(it)]
            for name, it in r["several_references"].items()
            if name != "llr"
        ],
    )
    spent = r["several_references"]["llr"]
    return (
        f"{cohort}\n\n{references}\n\nLikelihood ratios of the two best, by the calibration of "
        f"single references: Cllr {spent['cllr']:.3f}, at best {spent['min_cllr']:.3f}."
    )


def speed(r: dict[str, Any]) -> str:
    """Write how much faster each way is than torch, and what 8 bits change."""
    ways = ("onnx", "onnx_int8", "torch_batched", "onnx_batched", "onnx_int8_batched")
    rows = []
    for row in r["rows"]:
        what = f"{row['seconds']} s" if "seconds" in row else f"{row['windows']} windows"
        times = [f"{row[way]['times_faster']:.2f}" if way in row else "-" for way in ways]
        torch_ms = f"{row['torch']['wall_ms']:.1f}"
        rows.append([row["size"], what, row["threads"], torch_ms, *times])
    head = ["size", "speech", "threads", "torch ms", *(way.replace("_", " ") for way in ways)]
    drifts = "; ".join(
        f"{size}: ONNX {it['onnx_score']:.1e}, 8 bits {it['int8_score']:.4f}"
        for size, it in r["drift"].items()
    )
    return (
        f"Times faster than torch, medians of {r['rounds']} rounds.\n\n{table(head, rows)}\n\n"
        f"Largest difference of a score from torch's: {drifts}. CUDA: "
        f"{r['cuda'].get('largest_difference', 'not assessed')}."
    )


def page() -> str:
    """Return the page with the tables that the result files give."""
    results = json.loads((RESULTS / "voiceprint.json").read_text("utf-8"))
    sections = {
        "Overall": overall,
        "Operating points": points,
        "Groups": groups,
        "Sessions": sessions,
        "Noise, codecs, length": conditions,
        "Cohort and references": variants,
    }
    speakers = json.loads((RESULTS / "speakers.json").read_text("utf-8"))
    written = f"### In plain words\n\n{plainly(results, speakers)}\n\n"
    written += "\n\n".join(f"### {name}\n\n{make(results)}" for name, make in sections.items())
    timed = RESULTS / "voiceprint_speed.json"
    if timed.is_file():
        written += f"\n\n### Speed\n\n{speed(json.loads(timed.read_text('utf-8')))}"
    before, rest = PAGE.read_text("utf-8").split(START)
    after = rest.split(END)[1]
    return f"{before}{START}\n{written}\n{END}{after}"


def main() -> None:
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
