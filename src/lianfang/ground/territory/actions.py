"""What can be done to areas, organisations and to who answers for a grid."""

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.ground.territory import drawing, leaving, linking, posting, queries, rules, workbook
from lianfang.ground.territory.atlas import Atlas, Look, atlas, nothing_collected
from lianfang.ground.territory.models import Link, Marker, Organisation, Outline, Post, Responsibility
from lianfang.ground.territory.records import (
    GridsRehung,
    MarkerSet,
    NodeChanged,
    NodeEnded,
    ResponsibilityAssigned,
    ResponsibilityEnded,
    TreeLoadedBody,
    TreeTakenBackBody,
)
from lianfang.ground.territory.terms import (
    AreaKind,
    Because,
    EstateKind,
    MarkerKind,
    Node,
    Part,
    Point,
    Rehung,
    RowProblem,
    Tree,
    TreeLoaded,
    TreePublished,
    TreeRow,
    TreeTakenBack,
)

write_template = workbook.write_template  # for whoever begins a district and has no workbook yet
heading = workbook.heading
draw_outlines = drawing.draw_outlines
appoint = posting.appoint
correct_holding = posting.correct_holding
end_holding = posting.end_holding
set_post = posting.set_post
correct_link = linking.correct_link
end_link = linking.end_link
look_after = linking.look_after
make_contact = linking.make_contact
report_in = linking.report_in
end_posts_and_links_of = leaving.end_posts_and_links_of

_CHUNK = 2000
_MOST_PROBLEMS = 1000
_NOUN = {Tree.AREAS: "area", Tree.ORGANISATIONS: "organisation"}


def load_tree(
    *,
    rows: Iterable[TreeRow],
    on: date,
    by: Actor,
    at: datetime,
    tree: Tree = Tree.AREAS,
    within: Collection[AreaId] | None = None,
    file_name: str = "",
) -> TreeLoaded:
    """Add and change whatever a table says, from a day on, as one entry. What it does not name stays as it is.

    A node is known by its code. Raises `territory.tree_has_errors` with every RowProblem, and then changes nothing.
    `within`: only at and below these areas.
    """
    return _load(rows, on, tree, within, file_name, by=by, at=at).loaded


def try_tree(
    *, rows: Iterable[TreeRow], on: date, tree: Tree, within: Collection[AreaId]
) -> tuple[TreeLoaded, list[RowProblem]]:
    """What loading these would do, or what is wrong with them. Writes nothing."""
    weighed = _weigh(list(rows), on, tree, within)
    return weighed.loaded(None), weighed.problems


def publish_tree(
    *, rows: Iterable[TreeRow], on: date, tree: Tree, within: Collection[AreaId], by: Actor, at: datetime
) -> TreePublished:
    """`load_tree` for whoever may take it back: answers what that takes."""
    return _load(rows, on, tree, within, "", by=by, at=at)


def take_back_tree(
    *,
    published: TreePublished,
    tree: Tree,
    by: Actor,
    at: datetime,
    in_use: Callable[[Collection[UUID]], Collection[UUID]] = lambda ids: (),
    reason: str | None = None,
) -> TreeTakenBack:
    """Undo a loaded tree by one entry: what it added never was, what it changed is again as before, from today on.

    What was changed since stays, and so does what something hangs on; `in_use` says so of what territory cannot know.
    """
    with ledger.turn(by=by, at=at) as turn:
        book, today = atlas(tree), max(local_day(at), published.on)
        filed = entries.areas_with_entries(published.added, after=published.loaded.position or 0)
        going = _may_go(book, published, {*in_use(published.added), *_spoken_of(published.added), *filed})
        restored = [node for node in published.before if _still_as(book, node.id, published)]
        kept = len(published.added) + len(published.before) - len(going) - len(restored)
        area = queries.root(today) if tree is Tree.ORGANISATIONS else published.area
        body = TreeTakenBackBody(tree, area, published.record, today, going, reason)
        before = _standing_above_grids(_moved(restored, book) if tree is Tree.AREAS else [], today)
        chunks = [msgspec.msgpack.encode(restored)] if restored else []
        record = turn.append("territory.tree_taken_back.v1", body, attachments=chunks).id
        _note_rehung(turn, before, today)
        return TreeTakenBack(record, len(going), len(restored), kept)


_SPEAKS = (
    *((Responsibility, "grid_id"), (Outline, "area_id"), (Marker, "area_id"), (Organisation, "works_in_id")),
    *((Post, "area_id"), (Post, "organisation_id"), (Link, "area_id"), (Link, "organisation_id")),
)


def _spoken_of(ids: Collection[UUID]) -> set[UUID]:
    """What somebody answers for, serves or looks after, what is drawn, marked or worked in, and who has posts."""
    parts = [list(ids)[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]
    return {
        id
        for some in parts
        for model, field in _SPEAKS
        for id in model.objects.filter(**{f"{field}__in": some}).values_list(field, flat=True)
    }


def _may_go(book: Atlas, published: TreePublished, in_use: Collection[UUID]) -> tuple[UUID, ...]:
    """Of what was added that on which nothing hangs: children before their parents."""
    below: dict[UUID, set[UUID]] = {}
    for id, looks in book.looks.items():
        for parent in {look.node.parent for look in looks if look.node.parent is not None}:
            below.setdefault(parent, set()).add(id)
    going: dict[UUID, None] = {}
    for id in reversed(published.added):
        if below.get(id, set()) <= going.keys() and id not in in_use and _still_as(book, id, published):
            going[id] = None
    return tuple(going)


def _still_as(book: Atlas, id: UUID, published: TreePublished) -> bool:
    last = book.latest(id)
    return last is not None and last.valid_to is None and published.after.get(id) == last.node


class _Weighed(NamedTuple):
    """A table beside the tree: what is wrong with it, or which nodes it comes to and which of them differ."""

    problems: list[RowProblem]
    nodes: list[Node]
    changed: list[Node]
    known: dict[str, rules.Standing]

    def loaded(self, position: int | None) -> TreeLoaded:
        added = sum(1 for node in self.changed if node.code not in self.known)
        return TreeLoaded(added, len(self.changed) - added, len(self.nodes) - len(self.changed), position)


def _weigh(rows: list[TreeRow], on: date, tree: Tree, within: Collection[AreaId] | None) -> _Weighed:
    known = _by_code(atlas(tree))
    areas = {code: s.node.id for code, s in _by_code(atlas()).items()} if tree is Tree.ORGANISATIONS else {}
    if problems := rules.check_rows(rows, tree=tree, known=known, areas=areas):
        return _Weighed(problems, [], [], known)
    nodes = _nodes(rows, known, areas)
    changed = [node for node in nodes if _differs(node, known)]
    problems = _too_early(rows, changed, atlas(tree), on, tree)
    if not problems and within is not None and atlas().looks:
        problems = _outside(rows, changed, atlas(tree), on, frozenset(within), tree)
    return _Weighed(problems, nodes, changed, known)


def _load(
    rows: Iterable[TreeRow],
    on: date,
    tree: Tree,
    within: Collection[AreaId] | None,
    file_name: str,
    *,
    by: Actor,
    at: datetime,
) -> TreePublished:
    with nothing_collected(), ledger.turn(by=by, at=at) as turn:
        weighed = _weigh(list(rows), on, tree, within)
        _refuse_problems(weighed.problems)
        changed, known = weighed.changed, weighed.known
        if not changed:
            return TreePublished(weighed.loaded(None), on)
        area = _where(changed, on, tree)
        body = TreeLoadedBody(tree, area, on, len(changed), file_name)
        chunks = [msgspec.msgpack.encode(changed[i : i + _CHUNK]) for i in range(0, len(changed), _CHUNK)]
        moved = _moved(changed, atlas(tree)) if tree is Tree.AREAS else []
        before = _standing_above_grids(moved, on)
        entry = turn.append("territory.tree_loaded.v1", body, attachments=chunks)
        _note_rehung(turn, before, on)
        return TreePublished(
            loaded=weighed.loaded(entry.position),
            on=on,
            record=entry.id,
            area=area,
            added=tuple(node.id for node in changed if node.code not in known),
            before=tuple(known[node.code].node for node in changed if node.code in known),
            after={node.id: node for node in changed},
        )


def load_workbook(
    *,
    path: str | os.PathLike[str],
    on: date,
    by: Actor,
    at: datetime,
    within: Collection[AreaId] | None = None,
    file_name: str = "",
) -> TreeLoaded:
    """The same from a workbook or csv: all of it, or nothing and every problem named by row and column."""
    rows, problems = workbook.read(path)
    if problems:
        known = _by_code(atlas())
        _refuse_problems([*problems, *rules.check_rows(rows, tree=Tree.AREAS, known=known, partial=True)])
    return load_tree(rows=rows, on=on, by=by, at=at, within=within, file_name=file_name)


def add_area(*, node: Node, on: date, by: Actor, at: datetime, split_from: Sequence[AreaId] = ()) -> AreaId:
    """A new area from a day on."""
    _add(Tree.AREAS, node, on, by=by, at=at, split_from=split_from)
    return AreaId(node.id)


def add_organisation(*, node: Node, on: date, by: Actor, at: datetime) -> UUID:
    """A new organisation from a day on."""
    _add(Tree.ORGANISATIONS, node, on, by=by, at=at)
    return node.id


def change_area(*, area: AreaId, on: date, by: Actor, at: datetime, reason: str | None = None, **to: Any) -> None:
    """Rename, recode, move (`parent=`) or describe an area from a day on. What it was before stays to be asked for."""
    _change(Tree.AREAS, area, on, by=by, at=at, reason=reason, to=to)


def move_areas(
    *, moves: Sequence[tuple[AreaId, AreaId]], on: date, by: Actor, at: datetime, reason: str | None = None
) -> None:
    """Many areas at once, each below another parent: what would be refused of one is refused of all."""
    with ledger.turn(by=by, at=at) as turn:
        book, nodes = atlas(), list[Node]()
        for id, parent in moves:
            last = _standing(Tree.AREAS, book, id, on)
            if last.node.parent != parent:
                nodes.append(msgspec.structs.replace(last.node, parent=parent))
                _refuse_bad_place(Tree.AREAS, book, nodes[-1], on)
                _refuse_later_changes_below(book, id, on)
        before = _standing_above_grids([node.id for node in nodes], on)
        for node in nodes:
            turn.append("territory.area_changed.v1", NodeChanged(node, on, Because.MOVED, reason=reason))
        _note_rehung(turn, before, on)


def change_organisation(*, organisation: UUID, on: date, by: Actor, at: datetime, **to: Any) -> None:
    """The same for an organisation."""
    _change(Tree.ORGANISATIONS, organisation, on, by=by, at=at, reason=None, to=to)


def end_area(
    *, area: AreaId, on: date, by: Actor, at: datetime, into: Sequence[AreaId] = (), reason: str | None = None
) -> None:
    """No such area from a day on; `into` says what took its place. Whoever answered for it does so no longer."""
    with ledger.turn(by=by, at=at):
        for each in Responsibility.objects.filter(grid_id=area).exclude(ends_at__lte=_start_of(on)):
            end_responsible(assignment=each.id, ends_at=_start_of(on), by=by, at=at, reason=reason)
        _end(Tree.AREAS, area, on, by=by, at=at, into=into, reason=reason)


def set_marker(
    *,
    area: AreaId,
    kind: MarkerKind,
    name: str,
    point: Point | None,
    by: Actor,
    at: datetime,
    marker: UUID | None = None,
) -> UUID:
    """Put a gate or site on the map, move it, or (without a point) take it off. `point` in WGS-84."""
    with ledger.turn(by=by, at=at) as turn:
        known = Marker.objects.filter(id=marker).first() if marker else None
        if marker and (known is None or known.area_id != area):
            raise Problem("territory.marker_not_found", status=404)
        body = MarkerSet(marker or new_id(), area, kind, name.strip(), point)
        turn.append("territory.marker_set.v1", body)
        return body.marker


def split_area(*, area: AreaId, parts: Sequence[Part], on: date, by: Actor, at: datetime, reason: str | None) -> None:
    """Give some of what lies directly below an area to new areas beside it. The area goes on with the rest.

    For what is larger than a grid; a grid's households go along only by `registry.actions.redraw`.
    """
    with ledger.turn(by=by, at=at):
        _refuse_kind(area, rules.LARGER_THAN_A_GRID)
        below = {child.id for child in queries.children(area, on)}
        for part in parts:
            if not part.areas or not below.issuperset(part.areas):
                raise Problem("territory.not_directly_below", status=422, name=part.node.name)
            add_area(node=part.node, on=on, by=by, at=at, split_from=[area])
            to = AreaId(part.node.id)
            move_areas(moves=[(each, to) for each in part.areas], on=on, by=by, at=at, reason=reason)


def merge_areas(
    *, areas: Sequence[AreaId], into: AreaId, on: date, by: Actor, at: datetime, reason: str | None
) -> None:
    """Everything directly below these areas comes to stand below another of their kind, and they end."""
    with ledger.turn(by=by, at=at):
        kind = _refuse_kind(into, rules.LARGER_THAN_A_GRID)
        for area in areas:
            if area == into or _refuse_kind(area, rules.LARGER_THAN_A_GRID) is not kind:
                raise Problem("territory.not_alike", status=422, name=queries.area(area).name)
            moves = [(child.id, into) for child in queries.children(area, on)]
            move_areas(moves=moves, on=on, by=by, at=at, reason=reason)
            gone = queries.first_day_without(area, on)
            end_area(area=area, on=gone, by=by, at=at, into=[into], reason=reason)


def _refuse_kind(area: AreaId, kinds: Collection[AreaKind]) -> AreaKind:
    found = queries.find(area)
    if found is None or found.valid_to is not None:
        raise Problem("territory.area_not_found", status=404)
    if found.kind not in kinds:
        raise Problem("territory.not_divisible", status=422, name=found.name)
    return found.kind


def end_organisation(
    *, organisation: UUID, on: date, by: Actor, at: datetime, into: Sequence[UUID] = (), reason: str | None = None
) -> None:
    """No such organisation from a day on. One that still has posts does not end."""
    with ledger.turn(by=by, at=at):
        posting.refuse_posts_of(organisation, on)
        linking.end_links_of(organisation, on, by=by, at=at)
        _end(Tree.ORGANISATIONS, organisation, on, by=by, at=at, into=into, reason=reason)


def assign_responsible(
    *,
    grid: AreaId,
    account: AccountId,
    name: str,
    by: Actor,
    at: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    replace: bool = False,
) -> UUID:
    """This account answers for the grid from an instant on (seed 2: 一格一员).

    Whoever does so already hands over at that instant if `replace` is said; else `territory.grid_has_a_worker` (409).
    That the account exists and may work there is for `access` to see to, which calls this.
    """
    starts_at = starts_at or at
    if ends_at is not None and ends_at <= starts_at:
        raise Problem("territory.ends_before_it_starts", status=422)
    with ledger.turn(by=by, at=at) as turn:
        over = _end_of_grid(grid, starts_at)
        ends_at = min((end for end in (ends_at, over) if end), default=None)
        for other in _overlapping(grid, starts_at, ends_at):
            if not replace:
                raise Problem("territory.grid_has_a_worker", status=409, grid=str(grid))
            end_responsible(assignment=other.id, ends_at=starts_at, by=by, at=at)
        body = ResponsibilityAssigned(new_id(), grid, account, name, starts_at, ends_at)
        turn.append("territory.responsibility_assigned.v1", body)
        return body.assignment


def end_responsible(*, assignment: UUID, ends_at: datetime, by: Actor, at: datetime, reason: str | None = None) -> None:
    """It ends at an instant; one that was to begin later never begins."""
    with ledger.turn(by=by, at=at) as turn:
        row = Responsibility.objects.filter(id=assignment).first()
        if row is None:
            raise Problem("territory.responsibility_not_found", status=404)
        body = ResponsibilityEnded(assignment, AreaId(row.grid_id), max(ends_at, row.starts_at), reason)
        turn.append("territory.responsibility_ended.v1", body)


def end_responsibilities_of(*, account: AccountId, by: Actor, at: datetime, reason: str | None = None) -> int:
    """Whatever an account answers for, now or later, it does so no longer (it was closed, or lost its role)."""
    with ledger.turn(by=by, at=at):
        rows = list(Responsibility.objects.filter(account_id=account).exclude(ends_at__lte=at))
        for row in rows:
            end_responsible(assignment=row.id, ends_at=at, by=by, at=at, reason=reason)
        return len(rows)


def _add(tree: Tree, node: Node, on: date, *, by: Actor, at: datetime, split_from: Sequence[UUID] = ()) -> None:
    with ledger.turn(by=by, at=at) as turn:
        book = atlas(tree)
        _refuse_taken_code(book, node)
        _refuse_bad_place(tree, book, node, on)
        filed = None if tree is Tree.AREAS else queries.root(on)
        body = NodeChanged(node, on, Because.ADDED, tuple(split_from), filed_under=filed)
        turn.append(f"territory.{_NOUN[tree]}_changed.v1", body)


def _change(tree: Tree, id: UUID, on: date, *, by: Actor, at: datetime, reason: str | None, to: dict[str, Any]) -> None:
    with ledger.turn(by=by, at=at) as turn:
        book = atlas(tree)
        last = _standing(tree, book, id, on)
        node = msgspec.structs.replace(last.node, **to)
        if node == last.node:
            return
        _refuse_taken_code(book, node)
        if node.parent != last.node.parent:
            _refuse_bad_place(tree, book, node, on)
            _refuse_later_changes_below(book, id, on)
        filed = None if tree is Tree.AREAS else queries.root(on)
        moves = tree is Tree.AREAS and node.parent != last.node.parent
        before = _standing_above_grids([id] if moves else [], on)
        body = NodeChanged(node, on, _why(last.node, node), reason=reason, filed_under=filed)
        turn.append(f"territory.{_NOUN[tree]}_changed.v1", body)
        _note_rehung(turn, before, on)


def _end(tree: Tree, id: UUID, on: date, *, by: Actor, at: datetime, into: Sequence[UUID], reason: str | None) -> None:
    with ledger.turn(by=by, at=at) as turn:
        book = atlas(tree)
        last = _standing(tree, book, id, on)
        if on <= last.valid_from:
            raise Problem("territory.later_change_exists", status=409, on=last.valid_from.isoformat())
        if _ever_below(book, id, on):
            raise Problem("territory.has_areas_below", status=409, name=last.node.name)
        if any(each not in book.looks for each in into):
            raise Problem("territory.area_not_found", status=404)
        filed = None if tree is Tree.AREAS else queries.root(on)
        body = NodeEnded(id, on, tuple(into), reason, filed_under=filed)
        turn.append(f"territory.{_NOUN[tree]}_ended.v1", body)


def _standing(tree: Tree, book: Atlas, id: UUID, on: date) -> Look:
    """The node's last look, which must still hold and be no later than the change."""
    last = book.latest(id)
    if last is None or last.valid_to is not None:
        raise Problem(f"territory.{_NOUN[tree]}_not_found", status=404)
    if last.valid_from > on:
        raise Problem("territory.later_change_exists", status=409, on=last.valid_from.isoformat())
    return last


def _moved(nodes: Iterable[Node], book: Atlas) -> list[UUID]:
    """Those that we know and that come to hang elsewhere."""
    return [node.id for node in nodes if (last := book.latest(node.id)) and last.node.parent != node.parent]


def _standing_above_grids(moved: Sequence[UUID], on: date) -> dict[UUID, tuple[UUID, ...]]:
    """What stands above each grid at and below these, before they are moved."""
    book = atlas()
    return {grid: book.lineage(grid, on) for id in moved for grid in book.grids(id, on)}


def _note_rehung(turn: ledger.Turn, before: dict[UUID, tuple[UUID, ...]], on: date) -> None:
    """Write down what stands above them now, where it is something else."""
    if not before:
        return
    book = atlas()
    after = {grid: book.lineage(grid, on) for grid in before}
    grids = [Rehung(grid, before[grid], after[grid]) for grid in before if before[grid] != after[grid]]  # type: ignore[arg-type]
    if grids:
        body = GridsRehung(on, tuple(grids), filed_under=grids[0].after[0])
        turn.append("territory.grids_rehung.v1", body)


def _why(before: Node, after: Node) -> Because:
    if before.parent != after.parent:
        return Because.MOVED
    return Because.RENAMED if before.name != after.name else Because.DESCRIBED


def _refuse_bad_place(tree: Tree, book: Atlas, node: Node, on: date) -> None:
    """Its parent must be there from that day on, be of a kind that may hold it, and not stand below it."""
    above = book.look(node.parent, on) if node.parent else None
    if node.parent is None:
        if tree is Tree.AREAS and node.kind not in ("division", "subdistrict"):
            raise Problem("territory.parent_missing", status=422, value=node.name)
        return
    if above is None or _last_day(book, node.parent) is not None:
        raise Problem("territory.parent_unknown", status=422, value=str(node.parent))
    if not rules.may_hold(tree, above.node.kind, node.kind):
        raise Problem("territory.may_not_hold", status=422, parent=above.node.kind, kind=node.kind)
    if node.id in book.lineage(node.parent, on):
        raise Problem("territory.above_itself", status=422, value=node.name)
    if tree is Tree.AREAS:
        _refuse_grids(book, node, on)


def _refuse_grids(book: Atlas, node: Node, on: date) -> None:
    """Every building in a grid, and no grid in a grid; nor may anything that moves bring one there."""
    above = {look.node.kind for each in book.lineage(node.parent, on) if (look := book.nearest(each, on))}  # type: ignore[arg-type]
    if node.kind in rules.BELOW_A_GRID and "grid" not in above:
        raise Problem("territory.no_grid_above", status=422, value=node.name)
    below = list(book.grids(node.id, on)) if node.id in book.looks else []
    if "grid" in above and (node.kind == "grid" or below):
        raise Problem("territory.grid_in_grid", status=422, value=node.name)
    if node.kind == "estate" and "grid" not in above and _has_loose_buildings(book, node.id, on):
        raise Problem("territory.no_grid_above", status=422, value=node.name)


def _has_loose_buildings(book: Atlas, id: UUID, on: date) -> bool:
    looks = (book.look(child, on) for child in book.children(id, on))
    return any(look.node.kind in rules.BELOW_A_GRID for look in looks if look)


def _refuse_taken_code(book: Atlas, node: Node) -> None:
    holder = _by_code(book).get(node.code or "")
    if holder is not None and holder.ended_on is None and holder.node.id != node.id:
        raise Problem("territory.code_twice", status=409, value=node.code, first=holder.node.name)


def _refuse_later_changes_below(book: Atlas, id: UUID, on: date) -> None:
    """A move may not be dated before something that is already to change below it: which of both was meant?"""
    for each, looks in book.looks.items():
        last = looks[-1]
        later = max(last.valid_from, last.valid_to or last.valid_from)
        if later > on and each != id and id in (*book.lineage(each, on), *book.lineage(each, last.valid_from)):
            raise Problem("territory.later_change_exists", status=409, on=later.isoformat())


def _ever_below(book: Atlas, id: UUID, on: date) -> bool:
    """Does anything stand directly below, on that day or later?"""
    return any(
        look.node.parent == id and (look.valid_to is None or look.valid_to > on)
        for looks in book.looks.values()
        for look in looks
    )


def _last_day(book: Atlas, id: UUID) -> date | None:
    last = book.latest(id)
    return last.valid_to if last else None


def _by_code(book: Atlas) -> dict[str, rules.Standing]:
    """Every code in use, and those of ended nodes that nobody took over."""
    found: dict[str, rules.Standing] = {}
    for looks in book.looks.values():
        last = looks[-1]
        if last.node.code and (last.valid_to is None or last.node.code not in found):
            above = book.latest(last.node.parent) if last.node.parent else None
            found[last.node.code] = rules.Standing(last.node, above.node.code if above else None, last.valid_to)
    return found


def _nodes(rows: Sequence[TreeRow], known: dict[str, rules.Standing], areas: dict[str, UUID]) -> list[Node]:
    """The rows as nodes, parents first, ids given."""
    ids = {code: s.node.id for code, s in known.items()}
    nodes = []
    for row in rules.parents_first(rows):
        id = ids.setdefault(row.code, row.id or new_id())
        node = Node(
            id=id,
            kind=row.kind,
            name=row.name,
            parent=ids[row.parent] if row.parent else None,
            code=row.code,
            walk=row.walk,
            estate_kind=EstateKind(row.estate_kind) if row.estate_kind else None,
            gates=row.gates,
            no_property_company=row.no_property_company,
            area=areas[row.area] if row.area else None,
        )
        nodes.append(node)
    return nodes


def _differs(node: Node, known: dict[str, rules.Standing]) -> bool:
    standing = known.get(node.code or "")
    return standing is None or standing.node != node


def _too_early(rows: Sequence[TreeRow], changed: Sequence[Node], book: Atlas, on: date, tree: Tree) -> list[RowProblem]:
    """Rows that would change a node before its last change, or before its parent is there."""
    at_row = {row.code: row.row for row in rows}
    new = {node.id for node in changed}
    problems = []
    for node in changed:
        last = book.latest(node.id)
        above = book.latest(node.parent) if node.parent and node.parent not in new else None
        late = max((look.valid_from for look in (last, above) if look and look.valid_from > on), default=None)
        if late is not None:
            details: dict[str, str | int] = {"on": late.isoformat()}
            problems.append(RowProblem(at_row[node.code or ""], "code", "territory.later_change_exists", details))
        elif last is not None and last.node.parent != node.parent:
            _refuse_later_changes_below(book, node.id, on)
            if node.parent in book.looks and tree is Tree.AREAS:
                _refuse_grids(book, node, on)
    return problems


def _outside(
    rows: Sequence[TreeRow], changed: Sequence[Node], book: Atlas, on: date, within: frozenset[UUID], tree: Tree
) -> list[RowProblem]:
    """Rows that would change, or come to hang, where the one who loads them has no say."""
    if tree is Tree.ORGANISATIONS:  # they hang in no area; who may load them may load them all
        return []
    at_row = {row.code: row.row for row in rows}
    allowed: set[UUID] = set()
    problems = []
    for node in changed:
        was_inside = node.id not in book.looks or within.intersection(book.lineage(node.id, on))
        will_be = node.id in within or node.parent in allowed
        if not will_be and node.parent is not None:
            will_be = bool(within.intersection(book.lineage(node.parent, on)))
        if was_inside and will_be:
            allowed.add(node.id)
        else:
            problems.append(RowProblem(at_row[node.code or ""], "code", "territory.outside_your_areas"))
    return problems


def _refuse_problems(problems: Sequence[RowProblem]) -> None:
    if problems:
        found = sorted(problems, key=lambda problem: problem.row)
        shown = [msgspec.to_builtins(problem) for problem in found[:_MOST_PROBLEMS]]
        raise Problem("territory.tree_has_errors", status=422, count=len(problems), errors=shown)


def _where(nodes: Sequence[Node], on: date, tree: Tree) -> AreaId:
    """Where the entry of a loaded tree belongs: at the top of what was loaded."""
    if tree is Tree.ORGANISATIONS:
        return queries.root(on)
    top = nodes[0]
    return queries.lineage(AreaId(top.parent), on)[0] if top.parent else AreaId(top.id)


def _end_of_grid(grid: AreaId, starts_at: datetime) -> datetime | None:
    """When a grid that is there at an instant will be no more, if that is known: until then somebody answers for it."""
    found = queries.find(grid)
    over = _start_of(found.valid_to) if found and found.valid_to else None
    if found is None or found.kind != "grid" or (over and over <= starts_at):
        raise Problem("territory.not_a_grid", status=422)
    return over


def _overlapping(grid: AreaId, starts_at: datetime, ends_at: datetime | None) -> list[Responsibility]:
    rows = Responsibility.objects.filter(grid_id=grid)
    window = (starts_at, ends_at)
    return [
        row
        for row in rows
        if row.ends_at != row.starts_at and rules.windows_overlap((row.starts_at, row.ends_at), window)
    ]


def _start_of(on: date) -> datetime:
    return queries.start_of(on)
