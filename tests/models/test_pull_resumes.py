"""`pull_model` goes on where it broke off, in the file that broke and without those that came."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_fetch import CONTENT, Source

from facesign.errors import ModelFileError
from facesign.models import install
from facesign.models.install import pull_model
from facesign.models.registry import ModelCard


def test_a_pull_that_broke_off_asks_for_the_rest_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: dict[str, bytes] = {}

    def write_from(entry: ModelCard, folder: Path, home: Path, *, trust: bool) -> Path:
        written.update({path.name: path.read_bytes() for path in folder.iterdir()})
        return home / "models" / entry.file

    monkeypatch.setattr(install, "require_extra", lambda: None)
    monkeypatch.setattr(install, "FILES", {"first.ckpt": "", "second.ckpt": ""})
    monkeypatch.setattr(install, "_write_from", write_from)
    source = Source()
    base_url = source.url.rpartition("/")[0]
    parts = tmp_path / "models" / ".ecapa-voxceleb"
    try:
        parts.mkdir(parents=True)
        (parts / "first.ckpt").write_bytes(CONTENT)
        source.breaks_after = 200_000
        with pytest.raises(ModelFileError, match=r"second\.ckpt: cannot be fetched"):
            pull_model("ecapa-voxceleb", home=tmp_path, base_url=base_url)
        source.breaks_after = None
        pull_model("ecapa-voxceleb", home=tmp_path, base_url=base_url)
    finally:
        source.close()
    assert source.asked == [None, "bytes=196608-"]
    assert written == {"first.ckpt": CONTENT, "second.ckpt": CONTENT}
    assert not parts.exists()
