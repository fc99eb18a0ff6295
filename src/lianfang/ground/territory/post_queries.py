"""Reads of posts: what there is, who holds it on a day, what stands empty. Accounts only, no resident."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.territory import models, rules
from lianfang.ground.territory.atlas import atlas
from lianfang.ground.territory.terms import Holding, Post, Span, Standing, Vacancy


def looks_of(post: UUID) -> list[Post]:
    """All that a post ever looked like and is to look like, earliest first; none: nobody heard of it."""
    return [_post(row) for row in models.Post.objects.filter(post_id=post).order_by("valid_from")]


def post(id: UUID, on: date) -> Post:
    """A post as it is on a day; before its first day as it begins. `territory.post_not_found` (404): never was."""
    looks = looks_of(id)
    if not looks:
        raise Problem("territory.post_not_found", status=404)
    return rules.post_on(looks, on) or looks[0]


def posts(*, areas: Collection[AreaId], on: date) -> list[Post]:
    """The posts that serve any of these areas or one below it on a day, by organisation, then by name."""
    within = frozenset(areas)
    tree = atlas()
    found = _standing(models.Post.objects.filter(valid_from__lte=on), on)
    return [each for each in found if not within.isdisjoint(tree.lineage(each.area, on))]


def posts_of_organisation(organisation: UUID, on: date) -> list[Post]:
    """The posts of one organisation that stand on that day or are still to come."""
    rows = models.Post.objects.filter(organisation_id=organisation)
    found = {each.id: each for each in [*_standing(rows, date.max), *_standing(rows, on)]}
    return sorted(found.values(), key=lambda each: (each.name, each.id))


def holding(id: UUID) -> Holding:
    """One holding as the latest word on it has it."""
    row = models.Holding.objects.filter(id=id).first()
    if row is None:
        raise Problem("territory.holding_not_found", status=404)
    return _holding(row)


def holdings_of(post: UUID) -> list[Holding]:
    """Everybody who ever held a post or is to, earliest first; holdings that never were are left out."""
    return holdings([post]).get(post, [])


def holdings(posts: Collection[UUID]) -> Mapping[UUID, list[Holding]]:
    """The same of many posts at once."""
    return _by_post(models.Holding.objects.filter(post_id__in=list(posts)))


def holdings_of_account(account: AccountId, on: date) -> list[Holding]:
    """What an account holds on a day or is to hold later."""
    rows = models.Holding.objects.filter(account_id=account).exclude(ends_on__lte=on).order_by("starts_on", "id")
    return [held for row in rows if (held := _holding(row)).days.starts_on != held.days.ends_on]


def post_vacancies(posts: Sequence[Post], on: date) -> list[Vacancy]:
    """Those of these posts that have fewer than are wanted, on that day or from a later one on, soonest first."""
    ids = [post.id for post in posts]
    looks: dict[UUID, list[Post]] = defaultdict(list)
    for row in models.Post.objects.filter(post_id__in=ids).order_by("valid_from"):
        looks[row.post_id].append(_post(row))
    held = holdings(ids)
    found = [each for post in posts if (each := _vacancy(post, looks[post.id], held.get(post.id, ()), on))]
    return sorted(found, key=lambda each: each.from_on)


def _vacancy(post: Post, looks: Sequence[Post], held: Iterable[Holding], on: date) -> Vacancy | None:
    held = list(held)
    found = rules.vacancy(looks, [each.days for each in held if each.standing is Standing.REGULAR], on)
    if found is None:
        return None
    first, until, seats = found
    acting = [each for each in held if each.standing is Standing.ACTING and each.days.holds(first)]
    return Vacancy(post, seats, first, until, tuple(acting))


def _standing(rows: Any, on: date) -> list[Post]:
    """Each post by its last look not after that day, if anybody is wanted then."""
    latest = {row.post_id: row for row in rows.filter(valid_from__lte=on).order_by("valid_from")}
    found = [_post(row) for row in latest.values() if row.wanted]
    return sorted(found, key=lambda each: (each.organisation, each.name, each.id))


def _by_post(rows: Any) -> dict[UUID, list[Holding]]:
    found: dict[UUID, list[Holding]] = defaultdict(list)
    for row in rows.order_by("starts_on", "id"):
        if row.starts_on != row.ends_on:
            found[row.post_id].append(_holding(row))
    return found


def _post(row: models.Post) -> Post:
    return Post(row.post_id, row.organisation_id, AreaId(row.area_id), row.name, row.wanted, row.valid_from)


def _holding(row: models.Holding) -> Holding:
    return Holding(
        id=row.id,
        post=row.post_id,
        account=AccountId(row.account_id),
        name=row.name,
        standing=Standing(row.standing),
        days=Span(row.starts_on, row.ends_on),
        acting_for=row.acting_for,
    )
