"""The measures of an incident's pack, counted from answers. No household, no person."""

from datetime import date
from uuid import UUID

import msgspec
from django.db.models import Sum

from lianfang.foundation.kernel.ids import AreaId, IncidentId
from lianfang.foundation.kernel.keys import KeyName, incident_of
from lianfang.foundation.ledger.terms import Kept
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.terms import PackMeasure
from lianfang.operations.screening import models
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
    return [
        Measured(m, sums.get(m.name, 0), sums.get(m.denominator, 0) if m.denominator else None) for m in pack.measures
    ]


def _under(key: KeyName) -> list[UUID]:
    incident = incident_of(key)
    return [incident] if incident else []


KEPT = (Kept(ANSWERS, "incident_id", _under),)
