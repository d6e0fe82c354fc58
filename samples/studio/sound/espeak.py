"""espeak-ng in a process of its own, so that the same words always sound the same.

espeak-ng lets its flutter run on from one text to the next: a second call in one process
differs from the first. Every list of texts is therefore said by a fresh process.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from facesign.errors import MediaError, MissingLibraryError, SettingsError

__all__ = ["Text", "Wave", "main", "received", "synthesize"]

_LIBRARY = "libespeak-ng.so.1"
_RETRIEVE = 1
_WITH_IPA_PHONES = 0x0003
_UTF8 = 1
_RATE, _PITCH, _PITCH_RANGE = 1, 3, 4
_EVENT_END, _EVENT_WORD, _EVENT_PHONE = 0, 1, 7
_NO_LIBRARY, _NO_VOICE = "library", "voice"


@dataclass(frozen=True, slots=True)
class Text:
    """Words and how espeak-ng is to say them, in its own units."""

    text: str
    voice: str
    """Voice and variant, such as `en-us+m3`."""
    words_per_minute: int
    pitch: int
    """0 to 99; 50 is the variant's own."""
    pitch_range: int
    """0 to 99."""


@dataclass(frozen=True, slots=True, eq=False)
class Wave:
    """What espeak-ng gave for one text."""

    samples: bytes
    """Signed 16-bit mono, this machine's byte order."""
    rate_hz: int
    phones: tuple[tuple[str, float], ...]
    """IPA symbol and start in seconds."""
    words: tuple[tuple[int, int, float], ...]
    """First character, number of characters, start in seconds."""


class _Event(ctypes.Structure):
    class _Id(ctypes.Union):
        _fields_ = [
            ("number", ctypes.c_int),
            ("name", ctypes.c_char_p),
            ("phone", ctypes.c_char * 8),
        ]

    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


def synthesize(texts: Sequence[Text]) -> Iterator[Wave]:
    """Say texts, in order, in a fresh process; the first wave comes before the last is made.

    Raises:
        MissingLibraryError: espeak-ng is not installed.
        SettingsError: espeak-ng has no such voice or variant.
    """
    if not texts:
        return
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        [sys.executable, "-m", "facesign.samples.studio.sound.espeak"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        # Ctrl-C is for the caller, who ends the child below.
        start_new_session=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(json.dumps([asdict(text) for text in texts]).encode())
            child.stdin.close()
        try:
            for text in texts:
                yield received(child.stdout, text)
        finally:
            child.kill()


def main() -> int:
    """Say the texts on standard input; headers and samples go to standard output."""
    texts = [Text(**fields) for fields in json.load(sys.stdin)]
    out = sys.stdout.buffer
    try:
        library = ctypes.CDLL(_LIBRARY)
    except OSError:
        _send(out, {"missing": _NO_LIBRARY})
        return 1
    rate_hz = library.espeak_Initialize(_RETRIEVE, 400, None, _WITH_IPA_PHONES)
    if rate_hz <= 0:
        _send(out, {"missing": _NO_LIBRARY})
        return 1
    for text in texts:
        if not _has_voice(library, text.voice):
            _send(out, {"missing": _NO_VOICE})
            return 1
        samples, phones, words = _said(library, text)
        header = {"n_bytes": len(samples), "rate_hz": rate_hz, "phones": phones, "words": words}
        _send(out, header, samples)
    return 0


def received(stream: IO[bytes], text: Text) -> Wave:
    """Read one wave from the child.

    Raises:
        MissingLibraryError: The child found no espeak-ng.
        SettingsError: espeak-ng has no such voice.
        MediaError: The child ended before it had said the text.
    """
    line = stream.readline()
    if not line:
        raise MediaError("espeak-ng", f"ended before it had said {text.text!r}")
    header: dict[str, Any] = json.loads(line)
    match header.get("missing"):
        case "library":
            raise MissingLibraryError(["libespeak-ng1"], "sudo apt install espeak-ng")
        case "voice":
            raise SettingsError(
                f"espeak-ng has no voice {text.voice!r}; "
                "see espeak-ng --voices and espeak-ng --voices=variant"
            )
    return Wave(
        samples=stream.read(header["n_bytes"]),
        rate_hz=header["rate_hz"],
        phones=tuple((symbol, start_s) for symbol, start_s in header["phones"]),
        words=tuple((first, length, start_s) for first, length, start_s in header["words"]),
    )


def _send(out: IO[bytes], header: dict[str, Any], samples: bytes = b"") -> None:
    out.write(json.dumps(header).encode() + b"\n" + samples)
    out.flush()


def _has_voice(library: ctypes.CDLL, voice: str) -> bool:
    """Select a voice; espeak-ng itself passes over a variant that it does not have."""
    name, _, variant = voice.partition("+")
    data = ctypes.c_char_p()
    library.espeak_Info.restype = ctypes.c_char_p
    library.espeak_Info(ctypes.byref(data))
    variants = Path((data.value or b"").decode()) / "voices" / "!v"
    if variant and not (variants / variant).is_file():
        return False
    # The library finds a voice by its file; that of British English is called `en`.
    known = "+".join(filter(None, ("en" if name == "en-gb" else name, variant)))
    return bool(name) and library.espeak_SetVoiceByName(known.encode()) == 0


def _said(
    library: ctypes.CDLL, text: Text
) -> tuple[bytes, list[tuple[str, float]], list[tuple[int, int, float]]]:
    pieces: list[bytes] = []
    phones: list[tuple[str, float]] = []
    words: list[tuple[int, int, float]] = []

    def collect(wave: Any, n_samples: int, events: Any) -> int:
        if wave and n_samples:
            pieces.append(ctypes.string_at(wave, 2 * n_samples))
        index = 0
        while events[index].type != _EVENT_END:
            event = events[index]
            start_s = event.audio_position_ms / 1000
            if event.type == _EVENT_PHONE:
                symbol = bytes(event.id.phone).split(b"\0")[0].decode("utf-8", "ignore")
                phones.append((symbol, start_s))
            elif event.type == _EVENT_WORD:
                words.append((event.text_position - 1, event.length, start_s))
            index += 1
        return 0

    callback = _Callback(collect)
    library.espeak_SetSynthCallback(callback)
    for parameter, value in (
        (_RATE, text.words_per_minute),
        (_PITCH, text.pitch),
        (_PITCH_RANGE, text.pitch_range),
    ):
        library.espeak_SetParameter(parameter, value, 0)
    encoded = text.text.encode()
    library.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    return b"".join(pieces), phones, words


if __name__ == "__main__":
    sys.exit(main())
