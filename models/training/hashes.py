"""Write the sha256 of shipped weights into models/registry.toml.

python models/training/hashes.py NAME ...
"""

from __future__ import annotations

import argparse
import hashlib
import re
from pathlib import Path

from facesign.models.registry import card

MODELS = Path(__file__).parents[1]
REGISTRY = MODELS / "registry.toml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+")
    for name in parser.parse_args().names:
        digest = hashlib.sha256((MODELS / "weights" / card(name).file).read_bytes()).hexdigest()
        text = REGISTRY.read_text("utf-8")
        entry = re.compile(rf'(\[{re.escape(name)}\][^\[]*?sha256 = ")[0-9a-f]+', re.DOTALL)
        REGISTRY.write_text(entry.sub(rf"\g<1>{digest}", text, count=1), "utf-8")


if __name__ == "__main__":
    main()
