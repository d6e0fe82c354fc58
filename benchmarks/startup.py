"""Measure what the first line of a program and the first answer of the command line cost.

python benchmarks/startup.py
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from typing import Any

from provenance import write_result

REPEATS = 15
IMPORT_BUDGET_S = 0.15
HELP_BUDGET_S = 0.4
IMPORT = "import time; t = time.perf_counter(); import facesign; print(time.perf_counter() - t)"
HELP = "from facesign.ui.cli import main; main()"
LOADED = "import sys, json; {}; print(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))"


def import_s() -> float:
    """Time the import inside a fresh process."""
    return float(_run(IMPORT))


def process_s(code: str, *arguments: str) -> tuple[float, float]:
    """Return wall and CPU time of a fresh process from its start to its end."""
    start_s, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    _run(code, *arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return time.perf_counter() - start_s, cpu_s


def measure() -> dict[str, Any]:
    _run(HELP, "--help")
    load_average = os.getloadavg()[0]
    imports, helps, bare = [], [], []
    for _ in range(REPEATS):
        imports.append(import_s())
        helps.append(process_s(HELP, "--help"))
        bare.append(process_s("pass"))
    return {
        "question": "what do `import facesign` and `facesign --help` cost?",
        "repeats": REPEATS,
        "import_s": _spread(imports, IMPORT_BUDGET_S),
        "help_s": _spread([wall_s for wall_s, _ in helps], HELP_BUDGET_S),
        "help_cpu_s": _spread([cpu_s for _, cpu_s in helps]),
        "empty_python_s": _spread([wall_s for wall_s, _ in bare]),
        "packages_after_import": json.loads(_run(LOADED.format("import facesign"))),
        "load_average_at_start": load_average,
    }


def _spread(values: list[float], budget: float | None = None) -> dict[str, float]:
    found = {"median": statistics.median(values), "min": min(values), "max": max(values)}
    rounded = {name: round(value, 4) for name, value in found.items()}
    return rounded if budget is None else {**rounded, "budget": budget}


def _run(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main() -> None:
    result = measure()
    print(write_result("startup", result, []))
    print({key: value for key, value in result.items() if key.endswith("_s")})


if __name__ == "__main__":
    main()
