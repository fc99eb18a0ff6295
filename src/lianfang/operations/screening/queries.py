"""The measures of an incident's pack, counted from answers. No household, no person."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from django.db.models import Sum

from lianfang.foundation.kernel.ids import AreaId, IncidentId
from lianfang.foundation.kernel.keys import KeyName, incident_of
from lianfang.foundation.kernel.measures import Catalogue
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.ledger.terms import Kept
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import Incident, PackMeasure
from lianfang.ground.reports.terms import Counted, Source, Subject
from lianfang.ground.territory import queries as territory
from lianfang.operations.screening import models
from lianfang.operations.screening.findings import to_recheck as to_recheck
from lianfang.operations.screening.measures import ANSWERS


class Measured(msgspec.Struct, frozen=True):
    """A measure with its value up to a day, and that of its denominator."""

    measure: PackMeasure
    value: int
    out_of: int | None


def measured(*, incident: IncidentId, area: AreaId, until: date) -> list[Measured]:
    """Every measure of the incident's pack on an area, from its beginning to the end of a day, in the pack's order."""
    pack = posture.incident(id=incident).pack
    rows = models.PackMeasure.objects.filter(incident_id=incident, pack=pack.code, area_id=area, day__lte=until)
    sums = dict(rows.values_list("measure").annotate(total=Sum("value")))
    amounts = {m.name: Catalogue(pack.measures).amount(m.name, sums).value for m in pack.measures}
    return [Measured(m, amounts[m.name], amounts[m.denominator] if m.denominator else None) for m in pack.measures]


def _under(key: KeyName) -> list[UUID]:
    incident = incident_of(key)
    return [incident] if incident else []


KEPT = (Kept(ANSWERS, "incident_id", _under),)


# --- for reports -----------------------------------------------------------------------------------------------------


def _told_of(area: AreaId, day: date, at: datetime) -> list[Subject]:
    """The incidents that ran on the day and meet the area, as far as their packs count anything."""
    lineage = territory.lineage(area, day)
    return [
        _subject(i)
        for i in reversed(posture.incidents())
        if i.pack.measures
        and i.starts_at <= at
        and local_day(i.starts_at) <= day <= local_day(i.over_at)
        and (i.area in lineage or area in territory.lineage(i.area, day))
    ]


def _told(id: UUID) -> Subject | None:
    found = next((each for each in posture.incidents() if each.id == id), None)
    return _subject(found) if found else None


def _subject(incident: Incident) -> Subject:
    pack = incident.pack
    return Subject(
        source="screening",
        id=incident.id,
        title_zh=f"{incident.name} · {pack.title.zh}",
        title_en=f"{incident.name} · {pack.title.en}",
        measures=pack.measures,
        columns=tuple(measure.name for measure in pack.measures),
        drill=incident.drill,
    )


def _counted_at(incident: UUID, position: int) -> list[Counted]:
    moved = ledger.counted_at(ANSWERS, keys={"incident_id": incident}, position=position, by=("measure",))
    return [Counted(one.lineage, one.day, {one.by[0]: one.counts["value"]}) for one in moved]


SOURCES = (Source("screening", _told_of, _told, _counted_at),)
