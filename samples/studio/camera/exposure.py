"""How bright and in which colours the camera shows what it sees, from moment to moment."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import FloatArray
from facesign.samples.studio.camera.picture import Image, to_light, to_srgb
from facesign.samples.studio.camera.settings import CameraSettings, Family
from facesign.samples.studio.settings import draw

__all__ = ["Exposure"]

_LEVELS = to_light(np.arange(256, dtype=np.float32) / 255)
_TARGET = 0.30
"""Mean light that the automatic exposure aims at."""
_EFFORT = 0.6
"""Share of the error, in stops, that it takes back: a dark room stays darker than a bright one."""
_REGULATED_IN_S = 0.45
_HUNT_EV = 0.05
_HUNT_PERIODS_S = (3.1, 7.3, 11.9)
_HUNT_BALANCE = 0.12
_STEP = 1 / 512


class Exposure:
    """Brightness, noise and colour of one camera in one room."""

    def __init__(self, settings: CameraSettings, family: Family, rng: np.random.Generator) -> None:
        self._auto = settings.exposure == "auto"
        self._bias_ev = draw(rng, settings.exposure_ev)
        self._contrast = draw(rng, family.contrast)
        usual_s = draw(rng, family.shutter_s)
        wanted_s = usual_s * 2.0**-settings.light_ev
        self.shutter_s = float(min(wanted_s, 1 / settings.rate_hz))
        """Exposure time: as long as light asks for and the rate allows."""
        self._caught = 2.0**settings.light_ev * self.shutter_s / usual_s
        self._well = draw(rng, family.well) * self._caught
        self._read_noise = draw(rng, family.read_noise)
        self._noise = settings.noise
        self._most_gain = family.most_gain
        self.white_balance = draw(rng, settings.white_balance)
        """Share by which red is too strong and blue too weak."""
        self._phases = rng.uniform(0, 2 * np.pi, (2, len(_HUNT_PERIODS_S)))
        self._gain_ev: float | None = None
        self._time_s = 0.0

    @property
    def amplified(self) -> float:
        """Amplification between what was caught and what is shown; 1 in a well-lit room."""
        return float(2.0 ** (self._gain_ev or 0.0) / self._caught)

    def regulate(self, image: Image, time_s: float) -> None:
        """Measure a picture and follow it."""
        aim_ev = self._bias_ev
        if self._auto:
            aim_ev += self._metered_ev(image) + self._hunt_ev(0, time_s)
        if self._gain_ev is None:
            self._gain_ev = aim_ev
        else:
            share = 1 - np.exp(-max(time_s - self._time_s, 0) / _REGULATED_IN_S)
            self._gain_ev += float(share) * (aim_ev - self._gain_ev)
        self._gain_ev = min(self._gain_ev, float(np.log2(self._most_gain * self._caught)))
        self._time_s = time_s

    def tables(self, time_s: float) -> tuple[FloatArray, FloatArray]:
        """Return what each drawn value becomes, and the noise on it.

        Returns:
            Value and standard deviation, 0 to 255, each shape (256, 1, 3).
        """
        gain = 2.0 ** (self._gain_ev or 0.0)
        balance = self.white_balance
        if self._auto:
            balance += _HUNT_BALANCE * self._hunt_ev(1, time_s)
        tint = np.array([1 + balance, 1, 1 - balance], dtype=np.float32)
        light = _LEVELS[:, None] * tint * np.float32(gain)
        below, above = np.maximum(light - _STEP, 0), light + _STEP
        slope = (self._toned(above) - self._toned(below)) / (above - below)
        electrons = _LEVELS[:, None] * tint * self._well
        noise = gain * np.sqrt(electrons + self._read_noise**2) / self._well
        value = 255 * self._toned(light)
        spread = 255 * self._noise * slope * noise
        return (
            value[:, None, :].astype(np.float32),
            spread[:, None, :].astype(np.float32),
        )

    def _toned(self, light: FloatArray) -> FloatArray:
        shown = to_srgb(np.minimum(light, 1))
        bent = shown + self._contrast * 2 * shown * (1 - shown) * (shown - 0.5)
        return np.asarray(bent, dtype=np.float32)

    def _metered_ev(self, image: Image) -> float:
        """Return the stops that the middle of the picture lacks to the aim."""
        height, width = image.shape[:2]
        # Every eighth pixel, at least, of the middle two thirds.
        down, across = (slice(n // 6, -(n // 6), max(1, n // 60)) for n in (height, width))
        mean = float(_LEVELS[image[down, across]].mean())
        return float(np.clip(_EFFORT * np.log2(_TARGET / max(mean, 1e-3)), -2.5, 2.5))

    def _hunt_ev(self, which: int, time_s: float) -> float:
        """Return a slow wander in stops: no regulation is perfectly still."""
        turns = 2 * np.pi * time_s / np.array(_HUNT_PERIODS_S) + self._phases[which]
        return float(_HUNT_EV * np.sin(turns).sum() / 1.5)
