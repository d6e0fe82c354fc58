"""A home folder in which the voice of an interview's customer is enrolled, for a while."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facesign.interview.fingerprints import Fingerprints
from facesign.interview.home import Home
from facesign.samples.bundle import Sample

__all__ = ["CUSTOMER", "enrolled"]

CUSTOMER = "SAMPLE-1"
"""Customer number of the rendered person whose voice is in `enrollment.flac`."""


@contextmanager
def enrolled(sample: Sample) -> Iterator[Home | None]:
    """Enroll and confirm the customer's voice in a home of its own, deleted afterwards.

    Args:
        sample: An interview; without an enrollment recording there is nothing to enroll.

    Yields:
        The home, whose gallery holds `CUSTOMER`; None where there is no recording.
    """
    if sample.enrollment is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="facesign-sample-") as folder:
        home = Home(Path(folder))
        with Fingerprints.open(home=home, announce=lambda _: None) as prints:
            prints.enroll(
                CUSTOMER,
                [sample.enrollment],
                identity_proof="rendered person",
                record=sample.name,
            )
            prints.confirm(CUSTOMER, by="sample")
        yield home
