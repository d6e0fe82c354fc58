"""Write the errors of models/cards/ecapa-embedded.md from benchmarks/results/voiceprint.json.

python benchmarks/voiceprint_card.py
"""

from __future__ import annotations

import json
from typing import Any

from provenance import RESULTS, ROOT
from voiceprint_page import counts, rate, table

CARD = ROOT / "models" / "cards" / "ecapa-embedded.md"
START, END = "<!-- errors -->", "<!-- end of errors -->"
GROUPS = {"corpus": "corpus", "sex": "sex", "age": "age", "first_language": "first language"}


def errors(r: dict[str, Any]) -> str:
    """Return the tables of the card."""
    ours, theirs = r["overall"]["facesign"], r["overall"]["resemblyzer"]
    rows = [["all", counts(ours), rate(ours), rate(theirs)]]
    rows += [
        [f"{label}: {name}", counts(it["facesign"]), rate(it["facesign"]), rate(it["resemblyzer"])]
        for kind, label in GROUPS.items()
        for name, it in r["groups"][kind].items()
    ]
    probes = [
        [name.replace("_", " "), counts(it), rate(it)]
        for part in ("conditions", "durations")
        for name, it in r[part].items()
    ]
    head = ["who", "genuine / impostor / pairs / speakers", "EER % (95 %)", "Resemblyzer EER %"]
    return (
        "Written by `benchmarks/voiceprint_card.py` from `benchmarks/results/voiceprint.json`: "
        "`speech/dev`, speakers that taught nothing; where no rate stands, there are under 5 "
        "speakers or 20 trials of a kind.\n\n"
        f"{table(head, rows)}\n\n"
        f"{table(['probe', head[1], head[2]], probes)}\n\n"
        f"minDCF (0.01) {ours['min_dcf_0.01']:.3f} and min Cllr {ours['min_cllr']:.3f}, "
        f"Resemblyzer {theirs['min_dcf_0.01']:.3f} and {theirs['min_cllr']:.3f}."
    )


def card() -> str:
    """Return the card with the errors that the result file gives."""
    results = json.loads((RESULTS / "voiceprint.json").read_text("utf-8"))
    before, rest = CARD.read_text("utf-8").split(START)
    return f"{before}{START}\n{errors(results)}\n{END}{rest.split(END)[1]}"


def main() -> None:
    CARD.write_text(card(), "utf-8")


if __name__ == "__main__":
    main()
