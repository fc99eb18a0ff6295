"""What an account answers for, all of it."""

from datetime import datetime

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.ground.territory import link_queries, post_queries
from lianfang.ground.territory.models import Responsibility
from lianfang.ground.territory.terms import Duties, LinkKind, Responsible


def duties_of(account: AccountId, at: datetime) -> Duties:
    """What an account answers for at an instant or is to answer for later: grids, posts, buildings; and its report-ins,
    which are its own.
    """
    on = local_day(at)
    rows = Responsibility.objects.filter(account_id=account).exclude(ends_at__lte=at).order_by("starts_at", "id")
    grids = [
        Responsible(row.id, AreaId(row.grid_id), account, row.name, row.starts_at, row.ends_at)
        for row in rows
        if row.ends_at != row.starts_at
    ]
    links = link_queries.links_of_account(account, on)
    return Duties(
        grids=tuple(grids),
        posts=tuple(post_queries.holdings_of_account(account, on)),
        contacts=tuple(each for each in links if each.kind is LinkKind.CONTACT),
        report_ins=tuple(each for each in links if each.kind is not LinkKind.CONTACT),
    )
