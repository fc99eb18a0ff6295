"""Whose doors they are, as it was written down: for the rule, and for phones."""

from collections.abc import Collection, Mapping
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, CampaignId, HouseholdId
from lianfang.foundation.kernel.people import Viewer
from lianfang.ground.access import queries as accounts
from lianfang.ground.campaigns import models
from lianfang.ground.campaigns.giving import Giving, that_matter
from lianfang.ground.campaigns.terms import GivingDocument


def as_giving(row: models.Giving) -> Giving:
    """The same as the rule takes it."""
    return Giving(
        id=row.id,
        campaign=CampaignId(row.campaign_id),
        grid=AreaId(row.grid_id),
        to=msgspec.json.decode(row.hands, type=tuple[AccountId, ...]),
        since=row.since,
        reason=row.reason,
        position=row.position,
        areas=msgspec.json.decode(row.areas, type=tuple[AreaId, ...]),
        households=msgspec.json.decode(row.households, type=tuple[HouseholdId, ...]),
        team=row.team,
    )


def giving_documents(
    *, grids: Collection[AreaId], campaigns: Collection[CampaignId], viewer: Viewer
) -> list[GivingDocument]:
    """What still matters of whose doors they are, for a phone that carries these grids: all of it, every time."""
    said = that_matter(said_of(campaigns, grids), at=viewer.at)
    names = accounts.names_of({hand for each in said for hand in each.to})
    return [_document(each, viewer.account, names) for each in said]


def _document(each: Giving, account: AccountId | None, names: Mapping[UUID, str]) -> GivingDocument:
    mine = account in each.to
    return GivingDocument(
        id=each.id,
        campaign=each.campaign,
        grid=each.grid,
        areas=each.areas,
        households=each.households,
        since=each.since,
        position=each.position,
        mine=mine,
        hands=tuple(names.get(hand, "") for hand in each.to),
        team=each.team,
        reason=each.reason if mine else None,
    )


def said_of(campaigns: Collection[CampaignId], grids: Collection[AreaId] | None = None) -> list[Giving]:
    """Everything that was said of whose doors they are in these campaigns, on these grids or on all."""
    rows = models.Giving.objects.filter(campaign_id__in=list(campaigns)).order_by("position")
    return [as_giving(row) for row in (rows if grids is None else rows.filter(grid_id__in=list(grids)))]
