from __future__ import annotations

import struct

import numpy as np
import pytest

from facesign.errors import ModelFileError
from facesign.models.ggml import read_tensors


def tensor(name: bytes, axes: tuple[int, ...], kind: int, values: bytes) -> bytes:
    head = struct.pack("<3i", len(axes), len(name), kind) + struct.pack(f"<{len(axes)}i", *axes)
    return head + name + values


def file_of(*tensors: bytes, kind: bytes = b"silero-16k", layers: int = 1) -> bytes:
    header = struct.pack("<ii", 0x67676D6C, len(kind)) + kind
    return (
        header
        + struct.pack("<6i", 6, 2, 0, 512, 64, layers)
        + bytes(4 * (3 * layers + 4))
        + (b"".join(tensors))
    )


def test_tensors_come_with_the_outermost_axis_first() -> None:
    half = np.arange(6, dtype="<f2").tobytes()
    single = np.array([1.5, -2.0], dtype="<f4").tobytes()
    held = read_tensors(file_of(tensor(b"a", (3, 2), 1, half), tensor(b"b", (2,), 0, single)))
    assert list(held) == ["a", "b"]
    np.testing.assert_array_equal(held["a"], [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(held["b"], [1.5, -2.0])
    assert held["a"].dtype == np.float32


def test_the_header_grows_with_the_number_of_layers() -> None:
    single = np.array([7.0], dtype="<f4").tobytes()
    assert read_tensors(file_of(tensor(b"a", (1,), 0, single), layers=4))["a"] == [7.0]


@pytest.mark.parametrize("content", [b"", b"text that is no model", file_of(kind=b"whisper-ab")])
def test_another_file_is_refused(content: bytes) -> None:
    with pytest.raises(ModelFileError, match=r"ggml|damaged"):
        read_tensors(content)


def test_a_file_that_ends_early_is_refused() -> None:
    whole = file_of(tensor(b"a", (4,), 0, bytes(16)))
    with pytest.raises(ModelFileError, match="ends early"):
        read_tensors(whole[:-3])
