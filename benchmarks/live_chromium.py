"""The applicant's page in a real Chromium, with an interview as its camera and microphone."""

from __future__ import annotations

import json
import tempfile
import time
import wave
from pathlib import Path
from typing import Any

import av
from live_clients import SIZE, SOUND_HZ
from playwright.sync_api import Browser, sync_playwright

__all__ = ["lead_pages"]

PICTURE_S = 10.0
"""Uncompressed, 14 MB a second; Chromium begins anew at its end."""
PATIENCE_MS = 120_000
PURPOSES = ("recording", "face", "voice", "behaviour", "search")
FLAGS = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--no-sandbox",
)


def lead_pages(port: int, tokens: list[str], seconds: float, interview: Path) -> None:
    """Join each session by its link, stay, and print what that took."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playing:
        picture, sound = _devices(interview, Path(folder))
        browser = playing.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=[
                *FLAGS,
                f"--use-file-for-fake-video-capture={picture}",
                f"--use-file-for-fake-audio-capture={sound}",
            ],
        )
        pages = [_join(browser, f"http://127.0.0.1:{port}/join/{token}") for token in tokens]
        began_s = time.monotonic()
        pages[0].wait_for_timeout(1000 * seconds)
        told = {"ran_s": time.monotonic() - began_s, "version": browser.version}
        browser.close()
    print(json.dumps(told))


def _join(browser: Browser, link: str) -> Any:
    context = browser.new_context(locale="en-US", permissions=["camera", "microphone"])
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(link)
    page.click("#open")
    page.wait_for_selector("#step-consent:visible")
    for purpose in PURPOSES:
        page.check(f"#purpose-{purpose}")
    page.click("#agree")
    page.wait_for_selector("#begin:enabled")
    page.click("#begin")
    page.wait_for_selector("#sign:visible")
    return page


def _devices(interview: Path, folder: Path) -> tuple[Path, Path]:
    """Return the first seconds of an interview as a camera and a microphone."""
    picture, sound = folder / "camera.y4m", folder / "microphone.wav"
    width, height = SIZE
    with av.open(interview) as source, picture.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F30:1 Ip A1:1 C420\n".encode())
        for frame in source.decode(video=0):
            if frame.time is not None and frame.time > PICTURE_S:
                break
            small = frame.reformat(width, height, "yuv420p").to_ndarray()
            file.write(b"FRAME\n" + small.tobytes())
    resampler = av.AudioResampler("s16", "mono", SOUND_HZ)
    with av.open(interview) as source, wave.open(str(sound), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(SOUND_HZ)
        for heard in source.decode(audio=0):
            if heard.time is not None and heard.time > PICTURE_S:
                break
            for part in resampler.resample(heard):
                written.writeframes(part.to_ndarray().tobytes())
    return picture, sound
