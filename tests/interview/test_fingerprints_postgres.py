"""`facesign.Fingerprints` on a real PostgreSQL server with pgvector."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from postgres_server import running_server
from voices import FixedMatcher, SpectrumEncoder, claire, said

from facesign.errors import UnknownCustomerError
from facesign.interview.fingerprints import Fingerprints

pytestmark = pytest.mark.postgres


def test_a_customer_is_enrolled_verified_found_and_revoked_on_a_server(tmp_path: Path) -> None:
    with (
        running_server() as server,
        Fingerprints.open(
            server.new_database(),
            home=tmp_path / "home",
            encoder=SpectrumEncoder(),
            matcher=FixedMatcher(),
        ) as prints,
    ):
        *known, probe = np.array_split(claire(), 3)
        prints.enroll("C-1", known, identity_proof="network check 77", record="record-1")
        prints.enroll("C-2", [said("screen-replay", "applicant")])
        prints.confirm("C-1", by="Wang")
        assert prints.verify("C-1", probe).decision == "match"
        found = prints.search(probe)
        assert [one.customer for one in found.candidates] == ["C-1", "C-2"]
        assert [one.above_threshold for one in found.candidates] == [True, False]
        prints.revoke("C-1")
        with pytest.raises(UnknownCustomerError):
            prints.verify("C-1", probe)
        assert not (tmp_path / "home" / "gallery.db").exists()
