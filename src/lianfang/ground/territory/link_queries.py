"""Reads of who else has to do with an area: liaison, contacts of buildings, report-ins.

A report-in says where somebody lives or works: whoever shows one to somebody discloses it first (`access` does).
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.territory import models
from lianfang.ground.territory.atlas import atlas
from lianfang.ground.territory.terms import AreaKind, Link, LinkKind, Span, Standing


def link(id: UUID) -> Link:
    """One link as the latest word on it has it; `territory.link_not_found` (404) when nobody heard of it."""
    row = models.Link.objects.filter(id=id).first()
    if row is None:
        raise Problem("territory.link_not_found", status=404)
    return _link(row)


def links(*, areas: Collection[AreaId], kinds: Collection[LinkKind], on: date) -> list[Link]:
    """The links of these kinds, on a day or to come, to any of these areas or one below it."""
    within, tree = frozenset(areas), atlas()
    rows = models.Link.objects.filter(kind__in=list(kinds)).exclude(ends_on__lte=on)
    return [each for each in _real(rows) if not within.isdisjoint(tree.lineage(each.area, on))]


def links_above(area: AreaId, kinds: Collection[LinkKind], on: date) -> list[Link]:
    """The links of these kinds, on that day, to an area or to anything above it; nearest first."""
    above = list(reversed(atlas().lineage(area, on)))
    rows = models.Link.objects.filter(kind__in=list(kinds), area_id__in=above, starts_on__lte=on)
    return sorted(_real(rows.exclude(ends_on__lte=on)), key=lambda each: above.index(each.area))


def doors_of(areas: Collection[AreaId], on: date) -> list[AreaId]:
    """The buildings and entrances of these areas, as one walks: where there may be a contact."""
    tree = atlas()
    below = dict.fromkeys(each for area in areas for each in tree.subtree(area, on))
    kinds = (AreaKind.BUILDING, AreaKind.ENTRANCE)
    return [AreaId(id) for id in below if (look := tree.look(id, on)) and look.node.kind in kinds]


def links_of_account(account: AccountId, on: date) -> list[Link]:
    """What an account has to do with areas on a day or is to have later."""
    return _real(models.Link.objects.filter(account_id=account).exclude(ends_on__lte=on))


def links_like(kind: LinkKind, **same: Any) -> list[Link]:
    """All that ever was of a kind between the same two."""
    return _real(models.Link.objects.filter(kind=kind, **same))


def _real(rows: Any) -> list[Link]:
    """Those that are on some day at all, earliest first."""
    found: Iterable[Link] = (_link(row) for row in rows.order_by("starts_on", "id"))
    return [each for each in found if each.days.starts_on != each.days.ends_on]


def _link(row: models.Link) -> Link:
    return Link(
        id=row.id,
        kind=LinkKind(row.kind),
        area=AreaId(row.area_id),
        days=Span(row.starts_on, row.ends_on),
        account=AccountId(row.account_id) if row.account_id else None,
        name=row.name,
        organisation=row.organisation_id,
        post=row.post_id,
        about=row.about,
        consented_on=row.consented_on,
        standing=Standing(row.standing),
    )
