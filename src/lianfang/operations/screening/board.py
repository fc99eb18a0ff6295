"""The board 统计板: what the pack of an incident counts, by grid, with its indices judged by the bands in force, and
how many are left of its roll call. Counts only.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction

from django.db.models import Sum

from lianfang.foundation.kernel.ids import AreaId, IncidentId
from lianfang.foundation.kernel.measures import Catalogue
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.ledger import queries as ledger
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.posture import queries as posture
from lianfang.ground.posture.queries import band_at, bands_of, index_value
from lianfang.ground.posture.terms import Incident, Index, Level, Pack, Policy, Words
from lianfang.ground.registry.terms import TargetKind
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.terms import AreaKind
from lianfang.operations.screening import models
from lianfang.operations.screening.terms import AreaBoard, Board, IndexSaid, IndexValue, Left, MeasureSaid, RollSaid

Counts = Mapping[AreaId, Mapping[str, int]]
_SEVERITY = {None: -1} | {level: rank for rank, level in enumerate(Level)}


def board(*, incident: IncidentId, area: AreaId, at: datetime) -> Board:
    """The numbers since the latest campaign with the pack's form began (else since the incident did)."""
    found, on = posture.incident(id=incident), local_day(at)
    pack, round_ = found.pack, latest_round(found)
    since = round_.starts_on if round_ else local_day(found.starts_at)
    indices = tuple(_index_said(index, found, at) for index in pack.indices)
    grids = [area] if territory.area(area).kind is AreaKind.GRID else [g.id for g in territory.grids_under(area, on)]
    counted = _counted(found, since)
    unmet = campaigns.people_unmet(campaign=round_.id) if round_ and pack.roll else {}
    rows = [_row(grid, pack, indices, counted.get(grid, {}), unmet.get(grid, 0)) for grid in grids]
    whole = _row(area, pack, indices, counted.get(area, {}), sum(unmet.get(grid, 0) for grid in grids))
    return Board(
        as_of=at,
        position=ledger.head(),
        incident=found.id,
        title=pack.title,
        drill=found.drill,
        since=since,
        campaign=round_.id if round_ else None,
        path=territory.area(area).path,
        measures=tuple(_measures_said(pack)),
        indices=indices,
        roll=RollSaid(pack.roll.left, pack.roll.nobody_left) if pack.roll else None,
        total=whole,
        grids=tuple(sorted(rows, key=_worst_first)),
    )


def latest_round(incident: Incident) -> CampaignRef | None:
    """The campaign that the numbers are of: the latest of the incident with its pack's form."""
    codes = [incident.pack.campaign.form] if incident.pack.campaign else [f["code"] for f in incident.pack.forms]
    homes = (c for c in campaigns.campaigns() if c.incident == incident.id and c.of is TargetKind.HOUSEHOLDS)
    ours = (c for c in homes if c.form.form.code in codes)
    return max(ours, key=lambda c: (c.starts_on, c.opened_at), default=None)


def _counted(incident: Incident, since: date) -> Counts:
    rows = models.PackMeasure.objects.filter(incident_id=incident.id, pack=incident.pack.code, day__gte=since)
    found: dict[AreaId, dict[str, int]] = defaultdict(dict)
    for area, measure, total in rows.values_list("area_id", "measure").annotate(total=Sum("value")):
        found[AreaId(area)][measure] = int(total)
    return found


def _measures_said(pack: Pack) -> Iterable[MeasureSaid]:
    for m in pack.measures:
        yield MeasureSaid(m.name, m.unit, Words(m.zh, m.en), Words(m.definition_zh, m.definition_en))


def _index_said(index: Index, incident: Incident, at: datetime) -> IndexSaid:
    policy = _policy(index, incident, at)
    return IndexSaid(
        name=index.name,
        title=Words(index.zh, index.en),
        definition=Words(index.definition_zh, index.definition_en),
        numerator=index.numerator,
        denominator=index.denominator,
        per=index.per,
        fewest=index.fewest,
        bands=bands_of(policy.rows) if policy else (),
        issuer=policy.issuer if policy else None,
        version=policy.version if policy else None,
        since=policy.starts_at if policy else None,
        source=index.source,
        source_on=index.source_on,
    )


def _policy(index: Index, incident: Incident, at: datetime) -> Policy | None:
    """The table in force on the incident's area; of one that is over, as it was in its last moment."""
    last = min(at, incident.over_at) if at < incident.over_at else incident.over_at - _INSTANT
    return posture.in_force(area=incident.area, at=last).policy(index.bands) if index.bands else None


_INSTANT = datetime.resolution


def _row(area: AreaId, pack: Pack, indices: tuple[IndexSaid, ...], counted: Mapping[str, int], unmet: int) -> AreaBoard:
    where, catalogue = territory.area(area), Catalogue(pack.measures)
    counts = {name: catalogue.amount(name, counted).value for name in catalogue.by_name}
    return AreaBoard(
        area=area,
        name=where.name,
        kind=where.kind,
        within=where.path[-2] if len(where.path) > 1 else "",
        counts=counts,
        indices=tuple(_value(said, index, counts) for said, index in zip(indices, pack.indices, strict=True)),
        left=_left(pack, counts, unmet),
    )


def _value(said: IndexSaid, index: Index, counts: Mapping[str, int]) -> IndexValue:
    over, under = counts[said.numerator], counts[said.denominator]
    value = index_value(index, over, under)
    band = band_at(value, said.bands) if value is not None else None
    written = None if value is None else one_decimal(value)
    return IndexValue(
        said.name, over, under, written, band.level if band else None, Words(band.zh, band.en) if band else None
    )


def one_decimal(value: Fraction) -> str:
    """12.5: halves up, as everywhere in the house."""
    tenths = (value * 10 + Fraction(1, 2)).__floor__()
    return f"{tenths // 10}.{tenths % 10}"


def _left(pack: Pack, counts: Mapping[str, int], unmet: int) -> Left | None:
    if pack.roll is None:
        return None
    met = counts[pack.roll.asked] - counts[pack.roll.settled]
    return Left(met, unmet, met + unmet)


def _worst_first(row: AreaBoard) -> tuple[object, ...]:
    """By who is left, then by the highest band and value; walking order breaks ties, as it came."""
    severity = max((_SEVERITY[value.level] for value in row.indices), default=-1)
    highest = max((float(value.value) for value in row.indices[:1] if value.value is not None), default=-1.0)
    return (-(row.left.people if row.left else 0), -severity, -highest)
