"""A camera of a family: from a drawn picture to the one that the camera delivers."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.camera.exposure import Exposure
from facesign.samples.studio.camera.grain import Grain
from facesign.samples.studio.camera.lens import Lens
from facesign.samples.studio.camera.picture import Image
from facesign.samples.studio.camera.settings import FAMILIES, CameraSettings
from facesign.samples.studio.settings import draw, one_of

__all__ = ["Sensor"]

_GAMMA = 2.2
_GREY = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
_LEAST_FLICKER = 0.002


class Sensor:
    """One camera; pictures must come in order of time.

    Args:
        settings: Family, light and exposure.
        size: Width and height of the pictures in pixels.
        rng: Source of the camera's traits and of its noise.
    """

    def __init__(
        self, settings: CameraSettings, size: tuple[int, int], rng: np.random.Generator
    ) -> None:
        self._family = one_of(rng, settings.family, tuple(FAMILIES))
        family = FAMILIES[self._family]
        self._settings, self._size = settings, size
        self._exposure = Exposure(settings, family, rng)
        traits = {
            "bulge": draw(rng, family.bulge),
            "colour_shift": draw(rng, family.colour_shift),
            "vignette": draw(rng, family.vignette),
        }
        self._lens = Lens(size, **traits)
        self._softness_px = draw(rng, family.softness_px) * size[1] / 480
        self._denoise = draw(rng, family.denoise)
        self._sharpen = draw(rng, family.sharpen)
        self._saturation = draw(rng, family.saturation)
        self._flicker = draw(rng, settings.flicker)
        self._flicker_phase = rng.uniform(0, 2 * np.pi)
        self._row_s = np.linspace(0, family.readout_s, size[1])
        uneven = 1 + family.uneven * settings.noise * rng.standard_normal((size[1], size[0]))
        shade = self._lens.light ** (1 / _GAMMA) * uneven
        self._shade = np.repeat(shade[..., None], 3, axis=2).astype(np.float32)
        reach_px = round(2.2 * size[1] / 480)
        self._rim_px = (2 * reach_px + 1, 2 * reach_px + 1)
        self._grain = Grain(size, self._denoise, rng)
        self._traits = traits
        # Kept from picture to picture: fresh memory costs more than the arithmetic.
        self._signal, self._noise = np.empty((2, size[1], size[0], 3), dtype=np.float32)

    @property
    def shutter_s(self) -> float:
        """Time for which each picture is exposed: what moves in it blurs."""
        return self._exposure.shutter_s

    def truth(self) -> dict[str, Any]:
        """Return what was drawn for this camera, for the interview's truth."""
        drawn = self._traits | {
            "softness_px": self._softness_px,
            "denoise": self._denoise,
            "sharpen": self._sharpen,
            "saturation": self._saturation,
            "flicker": self._flicker,
            "white_balance": self._exposure.white_balance,
            "shutter_s": self.shutter_s,
        }
        return {
            "family": self._family,
            "rate_hz": self._settings.rate_hz,
            "light_ev": self._settings.light_ev,
            "exposure": self._settings.exposure,
            "mains_hz": self._settings.mains_hz,
            **{name: round(float(value), 5) for name, value in drawn.items()},
        }

    def expose(self, image: Image, time_s: float) -> Image:
        """Take a picture.

        Args:
            image: sRGB as drawn, shape (height, width, 3).
            time_s: When, in seconds; not before the last one.

        Returns:
            sRGB as the camera delivers it, shape (height, width, 3).
        """
        self._exposure.regulate(image, time_s)
        value, spread = self._exposure.tables(time_s)
        seen = self._lens.project(image, self._softened_px())
        signal = cv2.LUT(seen, value, dst=self._signal)
        cv2.multiply(signal, self._shading(time_s), dst=signal)
        noise = cv2.LUT(seen, self._noise_left() * spread, dst=self._noise)
        cv2.multiply(noise, self._grain.cut(), dst=noise)
        taken = cv2.add(signal, noise, dtype=cv2.CV_8U)
        return self._finished(np.asarray(taken, dtype=np.uint8))

    def _noise_left(self) -> np.float32:
        """Return the share of the noise that passes the filter, which grows with the gain."""
        return np.float32((1 - 0.6 * self._denoise) * 0.88 ** self._gain_ev())

    def _softened_px(self) -> float:
        """Return the lens's blur and that of the noise filter, which grows with the gain."""
        smear_px = 0.28 * self._denoise * self._gain_ev() * self._size[1] / 480
        return float(np.hypot(self._softness_px, smear_px))

    def _gain_ev(self) -> float:
        return float(np.clip(np.log2(self._exposure.amplified), 0, 5))

    def _shading(self, time_s: float) -> FloatArray:
        """Return the gain of each pixel, with the bands that flickering lamps leave."""
        if self._flicker < _LEAST_FLICKER:
            return self._shade
        turns = 2 * self._settings.mains_hz * (time_s + self._row_s)
        # A long exposure averages over the flicker's periods.
        kept = np.abs(np.sinc(2 * self._settings.mains_hz * self.shutter_s))
        wave = np.cos(2 * np.pi * turns + self._flicker_phase)
        light = np.maximum(1 + self._flicker * kept * wave, 0) ** (1 / _GAMMA)
        bands: FloatArray = self._shade * light[:, None, None].astype(np.float32)
        return bands

    def _finished(self, image: Image) -> Image:
        """Sharpen and colour, as the camera's own processor does."""
        taken: cv2.typing.MatLike = image
        if self._sharpen > 0:
            soft = cv2.GaussianBlur(taken, self._rim_px, 1.1 * self._size[1] / 480)
            taken = cv2.addWeighted(taken, 1 + self._sharpen, soft, -self._sharpen, 0)
        if abs(self._saturation - 1) > 0.02:
            mix = np.eye(3) * self._saturation + (1 - self._saturation) * _GREY
            taken = cv2.transform(taken, mix.astype(np.float32))
        return np.asarray(taken, dtype=np.uint8)
