"""Who in the gallery sounds most like a probe."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Double,
    Label,
    String,
    bindparam,
    func,
    select,
    text,
)

from facesign.biometrics.gallery import subjects
from facesign.biometrics.gallery.entries import Owner, Reference
from facesign.biometrics.gallery.epochs import current
from facesign.biometrics.gallery.follower import Follower
from facesign.biometrics.gallery.index import EXACT_UP_TO
from facesign.biometrics.gallery.purposes import SearchPurpose
from facesign.biometrics.gallery.rows import read_references
from facesign.biometrics.gallery.snapshots import Snapshots
from facesign.biometrics.gallery.store import Gallery
from facesign.biometrics.gallery.tables import (
    EnrollmentRow,
    SearchVectorRow,
    SubjectRow,
    TemplateRow,
)
from facesign.biometrics.voiceprint.voiceprint import Voiceprint

__all__ = ["EF_SEARCH", "Found", "Search"]

_VECTORS_PER_SUBJECT = 8
EF_SEARCH = 400
"""What pgvector's graph keeps in view; below 1000, its own limit."""


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody whose search vectors are near, with the templates they come from."""

    owner: Owner
    cosine: float
    """Of the nearest one."""
    references: tuple[Reference, ...]
    """Decrypted, of the purpose searched for."""


class Search:
    """Search one gallery: by an index in memory, or on the server.

    Args:
        gallery: Where to search.
        snapshots: Folder that keeps graphs of large galleries, encrypted; none by default.
        exact_up_to: Vectors above which a graph is searched.
    """

    def __init__(
        self,
        gallery: Gallery,
        *,
        snapshots: Path | None = None,
        exact_up_to: int = EXACT_UP_TO,
    ) -> None:
        self._gallery = gallery
        self._snapshots = Snapshots(snapshots) if snapshots else None
        self._exact_up_to = exact_up_to
        self._followers: dict[tuple[SearchPurpose, str], Follower] = {}

    def size(self, purpose: SearchPurpose, model: str) -> int:
        """Return how many people a search for this purpose reads."""
        query = (
            select(func.count(EnrollmentRow.subject_id.distinct()))
            .join(TemplateRow, TemplateRow.enrollment_id == EnrollmentRow.enrollment_id)
            .join(SearchVectorRow, SearchVectorRow.template_id == TemplateRow.template_id)
            .where(*_of(purpose, model), EnrollmentRow.retain_until > self._gallery.now())
        )
        with self._gallery.database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def nearest(self, probe: Voiceprint, *, purpose: SearchPurpose, top: int) -> list[Found]:
        """Find the people with the nearest templates of the probe's model.

        Args:
            probe: Whom to look for.
            purpose: Only templates with this purpose are read.
            top: How many people at most.

        Returns:
            Nearest first.

        Raises:
            GalleryError: the database cannot be reached.
            TemplateDamagedError: a template that was found does not authenticate.
        """
        k = top * _VECTORS_PER_SUBJECT
        while True:
            near = self._near_vectors(probe, purpose, k)
            found = self._people(near, purpose, top)
            if len(found) == top or len(near) < k:
                return found
            k *= 4

    def forget(self) -> None:
        """Delete saved graphs: they hold what was revoked."""
        if self._snapshots:
            self._snapshots.forget()

    def _near_vectors(self, probe: Voiceprint, purpose: SearchPurpose, k: int) -> dict[int, float]:
        """Return cosines by id of search vector, nearest first."""
        if self._gallery.database.is_server:
            return self._near_on_server(probe, purpose, k)
        follower = self._followers.get((purpose, probe.model))
        if follower is None:
            follower = self._followers[purpose, probe.model] = Follower(
                self._gallery,
                purpose,
                probe.model,
                snapshots=self._snapshots,
                exact_up_to=self._exact_up_to,
            )
        ids, cosines = follower.nearest(probe.embedding, k)
        return dict(zip(ids.tolist(), cosines.tolist(), strict=True))

    def _near_on_server(
        self, probe: Voiceprint, purpose: SearchPurpose, k: int
    ) -> dict[int, float]:
        with self._gallery.database.reading() as connection:
            rotated = current(connection, self._gallery.vault).rotate(probe.embedding)
            counted = (
                select(func.count()).select_from(SearchVectorRow).where(*_of(purpose, probe.model))
            )
            exact = connection.execute(counted).scalar_one() <= self._exact_up_to
            connection.execute(
                text("SET LOCAL enable_indexscan = off")
                if exact
                else text(f"SET LOCAL hnsw.ef_search = {min(max(EF_SEARCH, k), 1000)}")
            )
            product: ColumnElement[float] = SearchVectorRow.vector.op("<#>", return_type=Double())(
                rotated
            )
            distance: Label[float] = product.label("distance")
            query = (
                select(SearchVectorRow.vector_id, distance)
                .where(SearchVectorRow.purpose == _literally(purpose))
                .where(SearchVectorRow.model == probe.model)
                .order_by(distance)
                .limit(k)
            )
            return {row.vector_id: -float(row.distance) for row in connection.execute(query)}

    def _people(self, near: dict[int, float], purpose: SearchPurpose, top: int) -> list[Found]:
        """Tell whose the vectors are; several of one person are one candidate."""
        query = (
            select(
                SearchVectorRow.vector_id,
                EnrollmentRow.enrollment_id,
                EnrollmentRow.status,
                SubjectRow.subject_id,
                SubjectRow.wrapped_key,
            )
            .join(TemplateRow, TemplateRow.template_id == SearchVectorRow.template_id)
            .join(EnrollmentRow, EnrollmentRow.enrollment_id == TemplateRow.enrollment_id)
            .join(SubjectRow, SubjectRow.subject_id == EnrollmentRow.subject_id)
            .where(SearchVectorRow.vector_id.in_(near))
            .where(EnrollmentRow.retain_until > self._gallery.now())
        )
        found: dict[uuid.UUID, Found] = {}
        with self._gallery.database.reading() as connection:
            rows = connection.execute(query).all()
            for row in sorted(rows, key=lambda row: -near[row.vector_id]):
                if row.subject_id in found or row.wrapped_key is None or len(found) == top:
                    continue
                subject = subjects.open_subject(
                    self._gallery.vault, row.subject_id, row.wrapped_key
                )
                owner = Owner(
                    subjects.customer_of(connection, subject),
                    str(row.subject_id),
                    str(row.enrollment_id),
                    row.status,
                )
                references = read_references(connection, subject, purpose, self._gallery.now())
                found[row.subject_id] = Found(owner, near[row.vector_id], tuple(references))
        return list(found.values())


def _literally(purpose: str) -> BindParameter[str]:
    """Put a purpose into the statement: only then are graphs of one purpose considered."""
    return bindparam(None, purpose, String(), literal_execute=True)


def _of(purpose: SearchPurpose, model: str) -> tuple[ColumnElement[bool], ...]:
    return SearchVectorRow.purpose == purpose, SearchVectorRow.model == model
