"""Published forms, by id and by area. They name nobody."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, IncidentId
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.terms import Loader
from lianfang.ground.forms import models
from lianfang.ground.forms.records import FORM
from lianfang.ground.forms.terms import Form, PublishedForm


def form(*, id: UUID) -> PublishedForm:
    """One published form; `access.not_found` (404) when there is none."""
    found = forms_by_id(ids=[id]).get(id)
    if found is None:
        raise Problem("access.not_found", status=404)
    return found


def forms_by_id(*, ids: Collection[UUID]) -> Mapping[UUID, PublishedForm]:
    """These published forms; unknown ids are left out."""
    return {row.id: _published(row) for row in models.Form.objects.filter(id__in=ids)}


def published(*, areas: Collection[AreaId]) -> list[PublishedForm]:
    """What was published for these areas, latest first."""
    rows = models.Form.objects.filter(area_id__in=areas).order_by("-published_at", "code", "-version")
    return [_published(row) for row in rows]


def latest_version(*, code: str) -> int:
    """The highest version of a form of that code; 0 when there is none."""
    return models.Form.objects.filter(code=code).order_by("-version").values_list("version", flat=True).first() or 0


def _load(ids: Sequence[UUID]) -> Mapping[UUID, PublishedForm]:
    return forms_by_id(ids=ids)


LOADERS = (Loader(FORM, _load),)


def _published(row: models.Form) -> PublishedForm:
    incident = IncidentId(row.incident_id) if row.incident_id else None
    return PublishedForm(row.id, row.version, _decoded(row.form), AreaId(row.area_id), incident, row.published_at)


@lru_cache(maxsize=256)
def _decoded(raw: str) -> Form:
    """A version never changes, so its text is as good as its id."""
    return msgspec.json.decode(raw, type=Form)
