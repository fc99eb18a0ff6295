"""Folds posts, who holds them and who else has to do with an area: in whatever order, the latest word stands."""

from collections.abc import Sequence

from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.ground.territory.post_records import PostHeld, PostSet
from lianfang.ground.territory.terms import Link

_POST = (
    "INSERT INTO territory_post (post_id, valid_from, organisation_id, area_id, name, wanted, position)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (post_id, valid_from) DO UPDATE SET"
    " organisation_id = excluded.organisation_id, area_id = excluded.area_id, name = excluded.name,"
    " wanted = excluded.wanted, position = excluded.position WHERE excluded.position > territory_post.position"
)
_HOLDING = (
    "INSERT INTO territory_holding"
    " (id, post_id, account_id, name, standing, starts_on, ends_on, acting_for, sole, position)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET"
    " starts_on = excluded.starts_on, ends_on = excluded.ends_on, sole = excluded.sole, position = excluded.position"
    " WHERE excluded.position > territory_holding.position"
)


_LINK = (
    "INSERT INTO territory_link (id, kind, area_id, account_id, name, organisation_id, post_id, about, consented_on,"
    " standing, starts_on, ends_on, position) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (id) DO UPDATE SET starts_on = excluded.starts_on, ends_on = excluded.ends_on,"
    " position = excluded.position WHERE excluded.position > territory_link.position"
)


def _fold_links(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        if entry.body is not None:
            one: Link = entry.body.link
            who = (one.account, one.name, one.organisation, one.post, one.about, one.consented_on, one.standing)
            fold.execute(
                _LINK, [one.id, one.kind, one.area, *who, one.days.starts_on, one.days.ends_on, entry.position]
            )


def _fold_posts(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        match entry.body:
            case PostSet() as body:
                row = (body.post, body.on, body.organisation, body.area, body.name, body.wanted)
                fold.execute(_POST, [*row, entry.position])
            case PostHeld(days=days) as body:
                who = (body.holding, body.post, body.account, body.name, body.standing)
                when = (days.starts_on, days.ends_on, body.acting_for, body.sole)
                fold.execute(_HOLDING, [*who, *when, entry.position])


POSTS = Projection(
    name="territory.posts",
    apply=_fold_posts,
    kinds=frozenset({"territory.post_set.v1", "territory.post_held.v1"}),
    tables=("territory_post", "territory_holding"),
)
LINKS = Projection(
    name="territory.links",
    apply=_fold_links,
    kinds=frozenset({"territory.link_set.v1"}),
    tables=("territory_link",),
)
