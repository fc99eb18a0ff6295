"""Published forms, by id and by area. They name nobody."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, IncidentId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.terms import Loader
from lianfang.ground.forms import logic, models
from lianfang.ground.forms.packaged import read_packaged as read_packaged
from lianfang.ground.forms.permissions import Permission
from lianfang.ground.forms.records import FORM
from lianfang.ground.forms.terms import Form, FormDocument, PublishedForm
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import Change, DifferenceLine, Part
from lianfang.ground.territory import queries as territory


def form(*, id: UUID) -> PublishedForm:
    """One published form; `access.not_found` (404) when there is none."""
    found = forms_by_id(ids=[id]).get(id)
    if found is None:
        raise Problem("access.not_found", status=404)
    return found


def form_seen(*, id: UUID, viewer: Viewer) -> PublishedForm:
    """One published form that this viewer may read; for others there is none."""
    areas = areas_in_sight(viewer=viewer)
    found = form(id=id)
    if found.area not in areas:
        raise Problem("access.not_found", status=404)
    return found


def areas_in_sight(*, viewer: Viewer, area: UUID | None = None) -> set[AreaId]:
    """The viewer's areas (or the one asked for), and all above them: a form of the street may be used in its grids."""
    viewer.require(Permission.SEE)
    on = local_day(viewer.at)
    if area is not None:
        viewer.require(Permission.SEE, lineage=territory.lineage(AreaId(area), on))
        return set(territory.lineage(AreaId(area), on))
    roots = viewer.roots(Permission.SEE)
    above = {up for root in roots for up in territory.lineage(root, on)}
    return above.union(*(territory.subtree(root, on) for root in roots))


def forms_by_id(*, ids: Collection[UUID]) -> Mapping[UUID, PublishedForm]:
    """These published forms; unknown ids are left out."""
    return {row.id: _published(row) for row in models.Form.objects.filter(id__in=ids)}


def published(*, areas: Collection[AreaId]) -> list[PublishedForm]:
    """What was published for these areas, latest first."""
    rows = models.Form.objects.filter(area_id__in=areas).order_by("-published_at", "code", "-version")
    return [_published(row) for row in rows]


def running(*, area: AreaId, at: datetime, besides: str) -> list[PublishedForm]:
    """The other forms that people of this area may be asked now: the last version of each, while its incident runs."""
    on = local_day(at)
    here = {*territory.lineage(area, on), *territory.subtree(area, on)}
    latest: dict[str, PublishedForm] = {}
    for row in models.Form.objects.exclude(code=besides).order_by("version"):
        if row.area_id in here:
            latest[row.code] = _published(row)
    return [found for found in latest.values() if _runs(found, at)]


def _runs(found: PublishedForm, at: datetime) -> bool:
    return found.incident is None or posture.incident(id=found.incident).is_open(at)


def latest_version(*, code: str) -> int:
    """The highest version of a form of that code; 0 when there is none."""
    return models.Form.objects.filter(code=code).order_by("-version").values_list("version", flat=True).first() or 0


def document(found: PublishedForm) -> FormDocument:
    """What a phone gets of it."""
    form = found.form
    shown = tuple(q.fact for q in form.questions if q.fact is not None)
    asked, sections = logic.asked_questions(form), logic.asked_sections(form)
    return FormDocument(found.id, found.version, form.title, asked, shown, sections)


def _load(ids: Sequence[UUID]) -> Mapping[UUID, PublishedForm]:
    return forms_by_id(ids=ids)


def _running_under(incident: IncidentId) -> list[DifferenceLine]:
    """The forms that may be asked as long as it runs, each in its last version."""
    rows = models.Form.objects.filter(incident_id=incident).order_by("version")
    latest = {row.code: _published(row).form for row in rows}
    days = posture.incident(id=incident).kept_days
    return [
        DifferenceLine(
            Part.COLLECTED,
            code,
            Change.GOES_ON,
            form.title,
            about=tuple(dict.fromkeys(str(q.category) for q in form.questions if q.is_asked)),
            questions=sum(q.is_asked for q in form.questions),
            days=days,
        )
        for code, form in sorted(latest.items())
    ]


RUNNING = (_running_under,)
LOADERS = (Loader(FORM, _load),)


def _published(row: models.Form) -> PublishedForm:
    incident = IncidentId(row.incident_id) if row.incident_id else None
    return PublishedForm(row.id, row.version, _decoded(row.form), AreaId(row.area_id), incident, row.published_at)


@lru_cache(maxsize=256)
def _decoded(raw: str) -> Form:
    """A version never changes, so its text is as good as its id."""
    return msgspec.json.decode(raw, type=Form)
