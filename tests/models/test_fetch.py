from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from facesign.errors import ModelFileError, OutputError
from facesign.models.fetch import fetch

CONTENT = bytes(range(256)) * 1000


class Source:
    """Serves one file, from where it is asked to if it `resumes`."""

    def __init__(self) -> None:
        self.resumes = True
        self.breaks_after: int | None = None
        self.asked: list[str | None] = []
        source = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                source.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/file.bin"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        asked = handler.headers.get("Range")
        self.asked.append(asked)
        first = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.resumes else 0
        if first >= len(CONTENT):
            handler.send_error(416)
            return
        handler.send_response(206 if first else 200)
        handler.send_header("Content-Length", str(len(CONTENT) - first))
        handler.end_headers()
        handler.wfile.write(CONTENT[first:][: self.breaks_after])

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def source() -> Iterator[Source]:
    served = Source()
    yield served
    served.close()


def silent(done: float, total: float | None) -> None:
    pass


def test_a_file_comes_whole_and_progress_ends_at_its_length(source: Source, tmp_path: Path) -> None:
    steps: list[tuple[float, float | None]] = []
    fetch(source.url, tmp_path / "file.bin", lambda *step: steps.append(step))
    assert (tmp_path / "file.bin").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["file.bin"]
    assert steps[-1] == (256_000, 256_000)


def test_a_download_that_broke_off_goes_on_where_it_was(source: Source, tmp_path: Path) -> None:
    source.breaks_after = 200_000
    with pytest.raises(ModelFileError, match=r"cannot be fetched \(.*\); run the command again"):
        fetch(source.url, tmp_path / "file.bin", silent)
    assert not (tmp_path / "file.bin").exists()
    source.breaks_after = None
    fetch(source.url, tmp_path / "file.bin", silent)
    # Three whole pieces of 65,536 bytes had come.
    assert source.asked == [None, "bytes=196608-"]
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


def test_a_source_that_cannot_resume_is_read_from_the_start(source: Source, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(b"old" * 100)
    source.resumes = False
    fetch(source.url, tmp_path / "file.bin", silent)
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


def test_a_part_that_is_all_there_is_taken_as_it_is(source: Source, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(CONTENT)
    fetch(source.url, tmp_path / "file.bin", silent)
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


def test_a_source_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"cannot be fetched \(ConnectionError\)"):
        fetch("http://127.0.0.1:9/file.bin", tmp_path / "file.bin", silent)


def test_a_folder_that_is_not_there_is_one_line(source: Source, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot write .*file\.bin: No such file"):
        fetch(source.url, tmp_path / "none" / "file.bin", silent)
