"""The end of all that an account answers for beside its grids."""

from datetime import date, datetime

from lianfang.foundation.kernel.ids import AccountId
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.territory import link_queries, linking, post_queries, posting


def end_posts_and_links_of(account: AccountId, on: date, *, by: Actor, at: datetime, reason: str | None = None) -> None:
    """It holds no post, is nobody's contact and has reported in nowhere from that day on, nor is to later."""
    with ledger.turn(by=by, at=at):
        for held in post_queries.holdings_of_account(account, on):
            posting.end_holding(holding=held.id, on=on, by=by, at=at, reason=reason)
        for link in link_queries.links_of_account(account, on):
            linking.end_link(link=link.id, on=on, by=by, at=at, reason=reason)
