"""Join the Sounds of one track into stretches without holes."""

from __future__ import annotations

import numpy as np

from facesign.biometrics.stream import SAMPLE_RATE_HZ, FloatArray, Sound

__all__ = ["Joiner"]

# Containers round presentation times to a millisecond and codecs deliver pieces of 20 ms:
# a step of less than one piece is rounding, a longer one is missing sound.
TOLERANCE_S = 0.02


class Joiner:
    """Count samples from the start of each stretch, so that time does not depend on pieces.

    Sound that starts up to 20 ms early or late continues the stretch; later than that it
    opens a new one; earlier, the part that was heard already is left out.
    """

    def __init__(self) -> None:
        self._origin_s = 0.0
        self._n_samples: int | None = None

    @property
    def n_samples(self) -> int:
        """Samples of the stretch so far."""
        return self._n_samples or 0

    @property
    def end_s(self) -> float:
        """End of the stretch so far; 0 before the first sound."""
        return self.time_of(self.n_samples)

    def time_of(self, sample: int) -> float:
        """Return the presentation time of a sample, counted from the stretch's start."""
        return self._origin_s + sample / SAMPLE_RATE_HZ

    def sample_at(self, time_s: float) -> int:
        """Return the sample nearest to a presentation time, 0 for times before the stretch."""
        if time_s <= self._origin_s:
            return 0
        return round((time_s - self._origin_s) * SAMPLE_RATE_HZ)

    def is_after_hole(self, sound: Sound) -> bool:
        """Tell whether sound is missing between the stretch so far and this Sound."""
        return self._n_samples is not None and sound.time_s - self.end_s > TOLERANCE_S

    def join(self, sound: Sound) -> FloatArray:
        """Return the samples that this Sound adds to the stretch.

        Args:
            sound: The next Sound of the track.

        Returns:
            New samples, shape (n_samples,), finite and within [-1, 1]: a value that is not
            a number is taken for silence. Empty where all of it was heard before.
        """
        samples = sound.samples
        if self._n_samples is None or self.is_after_hole(sound):
            self._origin_s, self._n_samples = sound.time_s, 0
        elif self.end_s - sound.time_s > TOLERANCE_S:
            samples = samples[round((self.end_s - sound.time_s) * SAMPLE_RATE_HZ) :]
        self._n_samples += len(samples)
        finite = np.where(np.isfinite(samples), samples, np.float32(0.0))
        return np.clip(finite, -1.0, 1.0).astype(np.float32, copy=False)
