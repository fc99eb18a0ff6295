"""Reads of territory: what is where, what stood above it on a day, who answers for it. No resident in any of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from uuid import UUID

import msgspec
from rapidfuzz import fuzz, process

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.moments import LOCAL, local_day
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger.terms import Loader
from lianfang.ground.territory import duties, link_queries, models, post_queries, rules
from lianfang.ground.territory.atlas import Atlas, Look, atlas
from lianfang.ground.territory.models import Outline, Responsibility
from lianfang.ground.territory.records import AREA
from lianfang.ground.territory.rules import BELOW_A_GRID
from lianfang.ground.territory.terms import (
    Area,
    AreaKind,
    AreaRef,
    EstateGap,
    Marker,
    MarkerKind,
    Organisation,
    OrganisationKind,
    Past,
    Responsible,
    Shape,
    Tree,
)

# Posts and who holds them.
holding = post_queries.holding
holdings = post_queries.holdings
holdings_of = post_queries.holdings_of
holdings_of_account = post_queries.holdings_of_account
post = post_queries.post
post_vacancies = post_queries.post_vacancies
posts = post_queries.posts
posts_of_organisation = post_queries.posts_of_organisation

# Who else has to do with an area.
link = link_queries.link
links = link_queries.links
links_above = link_queries.links_above
links_like = link_queries.links_like
links_of_account = link_queries.links_of_account
contact_doors = link_queries.doors_of
duties_of = duties.duties_of

# Areas below any of the given ones on a day. `areas_under_sql(n)` fills the ancestors' marks in; then the day, twice.
AREAS_UNDER_SQL = (
    "SELECT area_id FROM territory_closure"
    " WHERE ancestor_id IN ({ancestors}) AND depth >= 0 AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)"
)
# Every building and the grid it lies in on a day, which fills two marks.
BUILDINGS_SQL = (
    "SELECT c.area_id AS target_id, c.ancestor_id AS grid_id, c.area_id FROM territory_closure c"
    " JOIN territory_area b ON b.id = c.area_id AND b.kind = 'building'"
    " JOIN territory_area g ON g.id = c.ancestor_id AND g.kind = 'grid'"
    " WHERE c.valid_from <= %s AND (c.valid_to IS NULL OR c.valid_to > %s)"
)
_NOWHERE = AreaId(UUID(int=0))
_FAR_ENOUGH = 60  # of 100: below that two place names have nothing to do with each other


def areas_under_sql(ancestors: int) -> str:
    """AREAS_UNDER_SQL with as many marks as there are ancestors."""
    return AREAS_UNDER_SQL.format(ancestors=", ".join(["%s"] * ancestors))


def lineage(area: AreaId, on: date) -> tuple[AreaId, ...]:
    """The area and all above it as they were on that day, root first. From memory; never empty."""
    return atlas().lineage(area, on)  # type: ignore[return-value]


def area(area_id: AreaId) -> Area:
    """The area as it is after the last change known; `territory.area_not_found` (404) when nobody heard of it."""
    return area_on(area_id, None)


def area_on(area_id: AreaId, on: date | None) -> Area:
    """The area as it was on a day (the nearest it ever was, for a day outside its life)."""
    found = find(area_id, on)
    if found is None:
        raise Problem("territory.area_not_found", status=404)
    return found


def find(area_id: AreaId, on: date | None = None) -> Area | None:
    """The same, or None."""
    tree = atlas()
    look = tree.latest(area_id) if on is None else tree.nearest(area_id, on)
    return tree.area(look, on or date.max) if look else None


def roots(on: date) -> list[Area]:
    """The areas that nothing stood above on that day."""
    return _areas(atlas().children(None, on), on)


def root(on: date) -> AreaId:
    """The first of them: where what belongs to the whole house is filed. Before there is a tree, a lasting nowhere."""
    found = atlas().children(None, on)
    return AreaId(found[0]) if found else _NOWHERE


def children(area: AreaId, on: date) -> list[Area]:
    """What stood directly below on that day, in walking order."""
    return _areas(atlas().children(area, on), on)


def subtree(area: AreaId, on: date) -> list[AreaId]:
    """The area and everything below it on that day, in walking order."""
    return atlas().subtree(area, on)  # type: ignore[return-value]


def areas_below(area: AreaId, on: date, *, kinds: Iterable[AreaKind] = tuple(AreaKind)) -> list[Area]:
    """The same as areas, in walking order, of these kinds only."""
    tree, wanted = atlas(), frozenset(kinds)
    looks = (tree.look(id, on) for id in tree.subtree(area, on))
    return [tree.area(look, on) for look in looks if look and look.node.kind in wanted]


def grids_under(area: AreaId, on: date) -> list[Area]:
    """The grids at and below an area on that day, in walking order."""
    return _areas(atlas().grids(area, on), on)


def grid_ids(areas: Iterable[AreaId], on: date) -> set[AreaId]:
    """The grids at and below any of these areas on that day, without what they are called."""
    return {AreaId(grid) for area in areas for grid in atlas().grids(area, on)}


def grid_of(area: AreaId, on: date) -> AreaId | None:
    """The grid that an area is or lies in, as things stood on that day."""
    return _grid_in(atlas(), lineage(area, on))


def lay_in(area: AreaId, since: date) -> frozenset[AreaId]:
    """All that stood above an area on that day; of one that was not there yet, above what it was made of."""
    return frozenset(AreaId(each) for each in atlas().lay_in(area, since))


def grids_since(areas: Iterable[AreaId], since: date, on: date) -> set[AreaId]:
    """The grids below these areas now, and those that were below them or were made of such: a campaign that runs on
    while boundaries move is still about the same doors.
    """
    tree = atlas()
    then = {grid for area in areas for grid in tree.grids(area, since)}
    return grid_ids(areas, on) | {AreaId(heir) for grid in then for heir in tree.heirs(grid, since, on)}


def past(area: AreaId) -> Past:
    """Every look an area ever had, what it came from and what came of it."""
    tree = atlas()
    looks = tuple(tree.area(look, look.valid_from) for look in tree.looks.get(area, ()))
    if not looks:
        raise Problem("territory.area_not_found", status=404)
    before = tuple((AreaId(each), tree.since[each, area]) for each in tree.before.get(area, ()))
    after = tuple((AreaId(each), tree.since[area, each]) for each in tree.after.get(area, ()))
    return Past(looks, before, after)


def first_day_without(area: AreaId, on: date) -> date:
    """When an area that is ended on a day is gone: what only began then has that one day."""
    return rules.first_day_without(area_on(area, None), on)


def find_by_path(*names: str, on: date) -> Area | None:
    """The one area whose path ends in these names or codes, in this order, gaps allowed; None when none or several do.

    `find_by_path("明镜社区", "第7网格", on=…)`. Exact: what is merely like it `search` suggests and a person decides.
    """
    tree = atlas()
    found = [id for id in _named(tree, names[-1], on) if _path_holds(tree, id, names, on)] if names else []
    return area_on(AreaId(found[0]), on) if len(found) == 1 else None


def search(q: str, on: date, *, within: Iterable[AreaId] = (), limit: int = 20) -> list[Area]:
    """Areas whose name or code holds the words; when none does, those that look most like it (莘滕街道 → 莘塍街道)."""
    tree, words, scope = atlas(), q.split(), frozenset(within)
    there = {id: look.node for id in tree.looks if (look := tree.look(id, on)) and _inside(tree, id, scope, on)}
    hits = [id for id in there if _holds_words(tree, id, words, on)]
    if not hits and q.strip():
        names = {id: node.name for id, node in there.items() if node.kind not in BELOW_A_GRID}
        hits = [id for _, _, id in process.extract(q, names, scorer=fuzz.ratio, limit=5, score_cutoff=_FAR_ENOUGH)]
    return _areas(sorted(hits, key=lambda id: len(tree.lineage(id, on)))[:limit], on)


def organisation(id: UUID, on: date) -> Organisation:
    """An organisation as it was on that day."""
    tree = atlas(Tree.ORGANISATIONS)
    look = tree.nearest(id, on)
    if look is None:
        raise Problem("territory.organisation_not_found", status=404)
    return _organisation(tree, look, on)


def organisations(parent: UUID | None, on: date) -> list[Organisation]:
    """The organisations directly below one (None: those that nothing stands above) on that day."""
    tree = atlas(Tree.ORGANISATIONS)
    looks = [tree.look(id, on) for id in tree.children(parent, on)]
    return [_organisation(tree, look, on) for look in looks if look]


def organisation_named(name: str, on: date) -> UUID | None:
    """The one organisation that is called so on that day, by name or code; None when none or several are."""
    found = _named(atlas(Tree.ORGANISATIONS), name, on)
    return found[0] if len(found) == 1 else None


def organisation_lineage(id: UUID, on: date) -> tuple[UUID, ...]:
    """The organisation and all above it as they were on that day, root first."""
    return atlas(Tree.ORGANISATIONS).lineage(id, on)


def responsible(grid: AreaId, on: date) -> Responsible | None:
    """Who answered for the grid: at an instant, or (given a plain date) at the end of that day."""
    return responsible_for([grid], on).get(grid)


def responsible_for(grids: Sequence[AreaId], on: date) -> Mapping[AreaId, Responsible]:
    """The same for many grids at once; grids without anybody are left out."""
    at = _instant(on)
    rows = Responsibility.objects.filter(grid_id__in=grids, starts_at__lte=at).exclude(ends_at__lte=at)
    return {AreaId(row.grid_id): _responsible(row) for row in rows}


def grids_of(account: AccountId, on: date) -> list[AreaId]:
    """The grids that an account answered for."""
    at = _instant(on)
    rows = Responsibility.objects.filter(account_id=account, starts_at__lte=at).exclude(ends_at__lte=at)
    return [AreaId(id) for id in rows.values_list("grid_id", flat=True)]


def responsibilities(grid: AreaId) -> list[Responsible]:
    """All who ever answered for a grid, latest first."""
    return [_responsible(row) for row in Responsibility.objects.filter(grid_id=grid).order_by("-starts_at")]


def vacancies(area: AreaId, on: date) -> list[Area]:
    """The grids at and below an area that nobody answered for: an alarm, not an error."""
    grids = grids_under(area, local_day(on) if isinstance(on, datetime) else on)
    taken = responsible_for([grid.id for grid in grids], on)
    return [grid for grid in grids if grid.id not in taken]


def outlines(areas: Iterable[AreaId], on: date) -> dict[AreaId, Shape]:
    """How these areas are drawn on a day; those that nobody has drawn are left out."""
    rows = Outline.objects.filter(area_id__in=list(areas), valid_from__lte=on).order_by("valid_from")
    drawn = dict(rows.values_list("area_id", "shape"))
    return {AreaId(id): msgspec.json.decode(shape, type=Shape) for id, shape in drawn.items() if shape}


def markers(areas: Iterable[AreaId]) -> list[Marker]:
    """The gates and sites of these areas."""
    rows = models.Marker.objects.filter(area_id__in=list(areas)).order_by("name", "id")
    return [Marker(r.id, AreaId(r.area_id), MarkerKind(r.kind), r.name, (r.east, r.north)) for r in rows]


def estate_gaps(area: AreaId, on: date) -> list[tuple[Area, list[EstateGap]]]:
    """The estates at and below an area of which something is missing, and what."""
    estates = areas_below(area, on, kinds=[AreaKind.ESTATE])
    drawn = outlines([estate.id for estate in estates], on)
    found = [(estate, rules.estate_gaps(estate, outlined=estate.id in drawn)) for estate in estates]
    return [(estate, gaps) for estate, gaps in found if gaps]


def start_of(on: date) -> datetime:
    """The first instant of a day of the district."""
    return datetime.combine(on, time.min, LOCAL)


def end_of(on: date) -> datetime:
    """Its last."""
    return datetime.combine(on, time.max, LOCAL)


def _instant(on: date) -> datetime:
    return on if isinstance(on, datetime) else end_of(on)


def _responsible(row: Responsibility) -> Responsible:
    return Responsible(
        assignment=row.id,
        grid=AreaId(row.grid_id),
        account=AccountId(row.account_id),
        name=row.name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def _areas(ids: Iterable[UUID], on: date) -> list[Area]:
    return [area_on(AreaId(id), on) for id in ids]


def _organisation(tree: Atlas, look: Look, on: date) -> Organisation:
    node = look.node
    return Organisation(
        id=node.id,
        kind=OrganisationKind(node.kind),
        code=node.code,
        name=node.name,
        parent=node.parent,
        path=tree.path(node.id, on),
        area=AreaId(node.area) if node.area else None,
    )


def _named(tree: Atlas, name: str, on: date) -> list[UUID]:
    looks = (tree.look(id, on) for id in tree.looks)
    return [look.node.id for look in looks if look and name in (look.node.name, look.node.code)]


def _path_holds(tree: Atlas, id: UUID, names: Sequence[str], on: date) -> bool:
    nodes = (look.node for each in tree.lineage(id, on) if (look := tree.nearest(each, on)))
    # `any` moves the one iterator on, so the names must be met in order.
    return all(any(name in (node.name, node.code) for node in nodes) for name in names)


def _holds_words(tree: Atlas, id: UUID, words: Sequence[str], on: date) -> bool:
    """Each word in the area's own name or code or in that of something above it, at least one in its own."""
    look = tree.nearest(id, on)
    own = f"{look.node.name} {look.node.code or ''}" if look else ""
    if not words or not any(word in own for word in words):
        return False
    return all(word in own or any(word in name for name in tree.path(id, on)) for word in words)


def _inside(tree: Atlas, id: UUID, scope: frozenset[AreaId], on: date) -> bool:
    return not scope or not scope.isdisjoint(tree.lineage(id, on))


def _grid_in(tree: Atlas, lineage: Sequence[UUID]) -> AreaId | None:
    return next(
        (AreaId(id) for id in reversed(lineage) if (look := tree.latest(id)) and look.node.kind == AreaKind.GRID), None
    )


def _load_areas(ids: Sequence[UUID]) -> Mapping[UUID, AreaRef]:
    tree = atlas()
    return {id: _ref(tree, look) for id in ids if (look := tree.latest(id))}


def _ref(tree: Atlas, look: Look) -> AreaRef:
    id = AreaId(look.node.id)
    grid = _grid_in(tree, tree.lineage(id, date.max))
    return AreaRef(id, AreaKind(look.node.kind), grid, filed_under=grid or id, ended_on=look.valid_to)


def area_refs(ids: Sequence[UUID]) -> Iterable[AreaRef]:
    """These areas as records know them, also those that ended; what is none is left out."""
    return _load_areas(ids).values()


LOADERS: tuple[Loader, ...] = (Loader(AREA, _load_areas),)
