"""A screen that shows other footage: bezel, pixel grid, refresh, reflections."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, TypeAlias

import cv2
import numpy as np
from pydantic import Field

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.camera.attack import Attack, AttackSettings
from facesign.samples.studio.camera.hand import Hold, grasp
from facesign.samples.studio.camera.layers import dimmed, laid
from facesign.samples.studio.camera.picture import Footage, Image, as_image, as_light
from facesign.samples.studio.camera.ranges import Within
from facesign.samples.studio.camera.room import room_light, shaded
from facesign.samples.studio.camera.sheet import FOCAL, Pose, Seen, look_at
from facesign.samples.studio.settings import Span, draw

__all__ = ["ScreenReplay", "ScreenReplaySettings"]

DeviceName: TypeAlias = Literal["phone", "tablet", "monitor"]
_SKIN = as_light(np.array([[[196, 146, 120]]], dtype=np.uint8))[0, 0]
_BODY = np.array([0.012, 0.012, 0.013], dtype=np.float32)
_READOUT_S = 0.022
"""Time from the camera's first row to its last, in which the screen goes on refreshing."""
_WINDOW = (-0.17, -0.12)
"""Where the window's reflection stands: right and down, as mirrored directions."""
_PHASES = np.arange(256, dtype=np.float32) / 256


@dataclass(frozen=True, slots=True)
class _Device:
    width_cm: float
    height_cm: float
    columns: int
    rim_cm: float
    chin_cm: float
    corner_cm: float
    held: bool
    spared_cm: float = 0.0
    """How far the thumbs stay back, not to touch the screen."""

    @property
    def rows(self) -> int:
        return round(self.columns * self.height_cm / self.width_cm)

    def upright(self) -> _Device:
        """Return it turned by a quarter."""
        return replace(self, width_cm=self.height_cm, height_cm=self.width_cm, columns=self.rows)


_DEVICES: dict[DeviceName, _Device] = {
    "phone": _Device(14.6, 6.8, 2400, 0.25, 0.0, 0.8, held=True, spared_cm=1.7),
    "tablet": _Device(24.8, 18.6, 2048, 0.9, 0.0, 1.0, held=True),
    "monitor": _Device(52.7, 29.6, 1920, 1.1, 0.9, 0.15, held=False),
}


class ScreenReplaySettings(AttackSettings):
    """Footage that plays on a screen before the camera."""

    kind: Literal["screen_replay"] = "screen_replay"
    """Which attack it is."""
    device: DeviceName = "tablet"
    """What shows it: phone and tablet are held along the picture, the monitor stands still."""
    fill: Annotated[Span, Within(0.3, 1.5)] = (0.86, 1.04)
    """Width of the footage on the screen beside that of the picture."""
    brightness: Annotated[Span, Within(0.1, 3)] = (0.75, 1.15)
    """White of the screen beside white paper in the room."""
    black: Annotated[Span, Within(0, 0.2)] = (0.006, 0.02)
    """Light of a black pixel beside white."""
    gamma: Annotated[Span, Within(0.5, 2)] = (1.02, 1.18)
    """Bend of the screen's tones: above 1 is more contrast."""
    blue: Annotated[Span, Within(-0.3, 0.5)] = (0.05, 0.16)
    """Share by which blue is too strong and red too weak."""
    moire: Annotated[Span, Within(0, 0.6)] = (0.06, 0.16)
    """Depth of the pixel grid as the sensor samples it."""
    refresh_hz: Annotated[Span, Within(20, 1000)] = (59.6, 60.4)
    """Times a second that the backlight comes and goes."""
    flicker: Annotated[Span, Within(0, 1)] = (0.03, 0.10)
    """Depth of the bands that this leaves, 0 to 1."""
    reflection: Annotated[Span, Within(0, 0.5)] = (0.03, 0.09)
    """Brightness of the room's reflection beside white paper."""
    sway_cm: Annotated[Span, Within(0, 3)] = (0.15, 0.4)
    """Standard deviation of the hands' movement."""
    tilt_deg: Annotated[Span, Within(0, 15)] = (0.6, 1.6)
    """Standard deviation of the tilt."""
    footage_rate_hz: Annotated[float, Field(ge=5, le=120)] = 25.0
    """Pictures a second of the footage."""


class ScreenReplay(Attack[ScreenReplaySettings]):
    """A screen before the live picture.

    Args:
        settings: Device, its picture, and times.
        size: Width and height of the pictures in pixels.
        footage: What the screen shows; asked at the footage's own rate.
        rng: Source of pose, movement and the screen's traits.
    """

    def __init__(
        self,
        settings: ScreenReplaySettings,
        size: tuple[int, int],
        footage: Footage,
        rng: np.random.Generator,
    ) -> None:
        super().__init__(settings, rng)
        self._size, self._footage = size, footage
        device = _DEVICES[settings.device]
        self._device = device.upright() if device.held and size[1] > size[0] else device
        spans = {
            "fill": settings.fill,
            "brightness": settings.brightness,
            "black": settings.black,
            "gamma": settings.gamma,
            "blue": settings.blue,
            "moire": settings.moire,
            "refresh_hz": settings.refresh_hz,
            "flicker": settings.flicker,
            "reflection": settings.reflection,
        }
        self._traits = {name: draw(rng, span) for name, span in spans.items()}
        self._hold = self._held()
        self._tone = self._toned()
        self._grids = [self._grid(shift) for shift in (0, 1 / 3, 2 / 3)]
        self._shown: tuple[float, FloatArray] | None = None
        self._room: float | None = None

    def _changed(self, image: Image, time_s: float) -> Image:
        if self._room is None:
            self._room = room_light(image)
        device = self._device
        seen = look_at(self._hold.at(time_s), self._size)
        glass = seen.inside(device.width_cm, device.height_cm)
        body = self._body(seen)
        shine = np.float32(self._traits["brightness"] * self._room) * self._lit(time_s, seen)
        shown = seen.texture(self._frame(time_s), device.width_cm, device.height_cm)
        shown = dimmed(np.multiply(shown, self._pixels(seen), out=shown), shine)
        front = laid(np.full_like(shown, _BODY * np.float32(self._room)), shown, glass)
        front += cv2.merge([self._reflected(seen)] * 3)
        light = laid(shaded(as_light(image), body), front, body)
        if device.held:
            grasp(
                light,
                seen,
                body,
                half_width_cm=device.width_cm / 2 + device.rim_cm + device.spared_cm,
                grip_cm=0.26 * device.height_cm,
                skin=_SKIN * np.float32(self._room),
            )
        return as_image(light)

    def _held(self) -> Hold:
        device, rng = self._device, self._rng
        width, height = self._size
        loose = 1.0 if device.held else 0.0
        shown_cm = min(device.width_cm, device.height_cm * width / height)
        away_cm = FOCAL * height * shown_cm / (self._traits["fill"] * width)
        pose = Pose(
            right_cm=rng.normal(0, 0.012) * shown_cm,
            down_cm=rng.normal(0, 0.012) * shown_cm,
            away_cm=away_cm,
            yaw_deg=rng.normal(0, 4),
            pitch_deg=rng.normal(-2, 3),
            roll_deg=rng.normal(0, 0.5 + loose),
        )
        self._columns = round(FOCAL * height / away_cm * device.width_cm)
        return Hold(
            pose,
            # Near things are held to the same share of the picture.
            sway_cm=loose * shown_cm / 24.8 * draw(rng, self._settings.sway_cm),
            tilt_deg=loose * draw(rng, self._settings.tilt_deg),
            start_s=self._settings.start_s,
            end_s=self._end_s,
            rng=rng,
        )

    def _toned(self) -> FloatArray:
        """Return the screen's light for each value of red, green and blue, (256, 1, 3)."""
        values = np.arange(256, dtype=np.float32)[:, None] / 255
        blue, black = self._traits["blue"], self._traits["black"]
        cast = np.array([1 - blue, 1 - 0.2 * blue, 1 + blue])
        light = black + (1 - black) * values ** (2.2 * self._traits["gamma"])
        return np.asarray((light * cast)[:, None, :], dtype=np.float32)

    def _grid(self, shift: float) -> FloatArray:
        """Return what one colour's stripe lets through, for 256 places across a pixel."""
        # The second harmonic stands for the dark gap between the stripes.
        wave = np.cos(2 * np.pi * (_PHASES - shift)) + 0.4 * np.cos(4 * np.pi * (_PHASES - shift))
        return np.asarray(1 + self._traits["moire"] * wave, dtype=np.float32)

    def _frame(self, time_s: float) -> FloatArray:
        """Return the light of the screen's pixels, shape (rows, columns, 3)."""
        rate_hz = self._settings.footage_rate_hz
        asked_s = float(np.floor(time_s * rate_hz + 1e-6) / rate_hz)
        if self._shown is None or self._shown[0] != asked_s:
            light = cv2.LUT(self._fitted(self._footage(asked_s)), self._tone)
            self._shown = asked_s, np.asarray(light, dtype=np.float32)
        return self._shown[1]

    def _fitted(self, image: Image) -> Image:
        """Put the footage on the screen with black bars, about as fine as the camera sees it."""
        device = self._device
        columns = self._columns
        rows = round(columns * device.height_cm / device.width_cm)
        scale = min(columns / image.shape[1], rows / image.shape[0])
        within = (round(image.shape[1] * scale), round(image.shape[0] * scale))
        shape = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        screen = np.zeros((rows, columns, 3), dtype=np.uint8)
        left, top = (columns - within[0]) // 2, (rows - within[1]) // 2
        screen[top : top + within[1], left : left + within[0]] = cv2.resize(
            image, within, interpolation=shape
        )
        return screen

    def _pixels(self, seen: Seen) -> FloatArray:
        """Return the grid's pattern at each camera pixel, sampled as a sensor samples it."""
        device = self._device
        column = seen.across_cm * np.float32(256 * device.columns / device.width_cm)
        row = seen.down_cm * np.float32(256 * device.rows / device.height_cm)
        place = column.astype(np.int32).astype(np.uint8)
        stripes = cv2.LUT(cv2.merge([place] * 3), np.stack(self._grids, axis=-1)[:, None, :])
        gaps = 0.5 + 0.5 * self._grids[0]
        lines = cv2.LUT(row.astype(np.int32).astype(np.uint8), gaps[:, None])
        return dimmed(np.asarray(stripes), np.asarray(lines))

    def _lit(self, time_s: float, seen: Seen) -> FloatArray:
        """Return the backlight: bands by refresh, weaker at a slant."""
        row_s = time_s + np.linspace(0, _READOUT_S, self._size[1])
        depth = self._traits["flicker"]
        bands = 1 - depth * (0.5 + 0.5 * np.cos(2 * np.pi * self._traits["refresh_hz"] * row_s))
        slant = 0.35 + 0.65 * np.clip(seen.facing, 0, 1) ** 2
        return np.asarray(slant * bands[:, None], dtype=np.float32)

    def _body(self, seen: Seen) -> FloatArray:
        """Return how much of each pixel the device covers."""
        device = self._device
        lower = Seen(
            seen.across_cm,
            seen.down_cm - np.float32(device.chin_cm / 2),
            seen.px_per_cm,
            seen.facing,
            seen.mirrored_right,
            seen.mirrored_down,
        )
        return lower.inside(
            device.width_cm + 2 * device.rim_cm,
            device.height_cm + 2 * device.rim_cm + device.chin_cm,
            device.corner_cm,
        )

    def _reflected(self, seen: Seen) -> FloatArray:
        """Return the room in the glass: a window with bars, and the holder's dark shape."""
        right = seen.mirrored_right - np.float32(_WINDOW[0])
        down = seen.mirrored_down - np.float32(_WINDOW[1])
        pane = _soft_box(right, 0.10, 0.02) * _soft_box(down, 0.13, 0.02)
        bars = 1 - 0.7 * np.maximum(_soft_box(right, 0.006, 0.006), _soft_box(down, 0.006, 0.006))
        head = np.exp(-((seen.mirrored_right / 0.12) ** 2) - (seen.mirrored_down / 0.2) ** 2)
        room = 0.30 * (1 - 0.6 * head) + pane * bars
        strength = self._traits["reflection"] * float(self._room or 0)
        return np.asarray(strength * room, dtype=np.float32)

    def _drawn(self) -> dict[str, Any]:
        rounded = {name: round(value, 4) for name, value in self._traits.items()}
        return {"device": self._settings.device, **rounded}


def _soft_box(place: FloatArray, half: float, soft: float) -> FloatArray:
    """Return 1 within half of 0 and 0 outside, over a soft edge."""
    return np.asarray(np.clip((half - np.abs(place)) / soft + 0.5, 0, 1), dtype=np.float32)
