"""The network that ships against SpeechBrain's own output for the same weights.

`models/training/voiceprint/parity.py embedding` wrote the stored output with SpeechBrain.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from facesign.models.runtime import open_model

STORED = Path(__file__).parent / "ecapa.npz"


def test_the_shipped_network_says_what_speechbrain_says_to_a_ten_thousandth() -> None:
    """Before it is brought to unit length, where a value is 7 in the mean."""
    with np.load(STORED) as held:
        fbank, wanted = held["fbank"], held["embedding"]
    out = open_model("ecapa-embedded", provider="cpu").run(fbank=fbank)["embedding"]
    assert float(np.sqrt(np.mean(wanted**2))) > 5.0
    np.testing.assert_allclose(out, wanted, rtol=0, atol=1e-4)
