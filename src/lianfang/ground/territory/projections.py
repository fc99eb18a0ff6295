"""Folds changes of the trees and of who answers for a grid. Folding an entry twice is folding it once."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.foundation.plumbing.database import as_uuid
from lianfang.foundation.plumbing.walls import Walled
from lianfang.ground.territory.atlas import ATLASES, as_date
from lianfang.ground.territory.post_folding import LINKS, POSTS
from lianfang.ground.territory.records import (
    MarkerSet,
    NodeChanged,
    NodeEnded,
    OutlineDrawn,
    ResponsibilityAssigned,
    ResponsibilityEnded,
    TreeTakenBackBody,
)
from lianfang.ground.territory.terms import Node, Tree

_LOOK = ("parent_id", "name", "code", "walk", "estate_kind", "gates", "no_property_company", "works_in_id")
_nodes = msgspec.msgpack.Decoder(list[Node])
_ROWS_AT_ONCE = 100


class _Tables(msgspec.Struct, frozen=True):
    """Where a tree is kept."""

    tree: Tree
    latest: str
    closure: str
    node: str  # the closure's column for the lower end

    @property
    def versions(self) -> str:
        return f"{self.latest}_version"


_AREAS = _Tables(Tree.AREAS, "territory_area", "territory_closure", "area_id")
_ORGANISATIONS = _Tables(
    Tree.ORGANISATIONS, "territory_organisation", "territory_organisation_closure", "organisation_id"
)
_TABLES = {t.tree: t for t in (_AREAS, _ORGANISATIONS)}


def _fold_trees(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        tables = _tables_of(entry)
        if entry.body is None:
            continue
        match entry.body:
            case NodeChanged(node=node, on=on, split_from=before):
                _change_many(_Tree(fold, tables, entry.position), [node], on)
                _succeed(fold, [(each, node.id, on) for each in before])
            case NodeEnded() as ended:
                _end(_Tree(fold, tables, entry.position), ended)
            case TreeTakenBackBody() as taken:
                tree = _Tree(fold, tables, entry.position)
                _forget(tree, taken.never_were)
                for chunk in fold.attachments(entry):
                    _change_many(tree, _nodes.decode(chunk), taken.on)
            case _:
                tree = _Tree(fold, tables, entry.position)
                for chunk in fold.attachments(entry):
                    _change_many(tree, _nodes.decode(chunk), entry.body.on)
        ATLASES[tables.tree].changed()
        fold.areas_changed()


def _tables_of(entry: Entry) -> _Tables:
    if entry.kind in ("territory.tree_loaded.v1", "territory.tree_taken_back.v1"):
        return _TABLES[entry.facts.tree]
    return _ORGANISATIONS if entry.kind.startswith("territory.organisation") else _AREAS


# What stands above a node, itself first: (hex of the ancestor, depth, from, to), days as written in the tables.
_Chain = list[tuple[str, int, str, str | None]]


class _Tree(msgspec.Struct, frozen=True):
    """A tree being changed by one entry. What a long list of new nodes hangs on is remembered from node to node."""

    fold: Fold
    at: _Tables
    position: int
    hung: dict[UUID, UUID | None] = {}  # the nodes that this entry has added, each with its parent
    chains: dict[UUID, _Chain] = {}  # of those that something was hung on


def _change_many(tree: _Tree, nodes: Sequence[Node], on: date) -> None:
    """Runs of new nodes go in together; one that is known already is changed by itself, in its turn."""
    known = _folded_up_to(tree, [node.id for node in nodes])
    run: list[Node] = []
    for node in nodes:
        if node.id not in known:
            run.append(node)
        elif known[node.id] < tree.position:  # else this entry was folded before
            _add_many(tree, run, on)
            run = []
            _change(tree, node, on)
    _add_many(tree, run, on)


def _folded_up_to(tree: _Tree, ids: Sequence[UUID]) -> dict[UUID, int]:
    """The nodes we know, each with the position of its last change."""
    found: dict[UUID, int] = {}
    for some in _slices(ids, 500):
        marks = ", ".join(["%s"] * len(some))
        rows = tree.fold.execute(f"SELECT id, position FROM {tree.at.latest} WHERE id IN ({marks})", some).fetchall()
        found.update((_id(id), position) for id, position in rows)
    return found


def _change(tree: _Tree, node: Node, on: date) -> None:
    """From `on` the node looks like this: its look before ends; if it hangs elsewhere, all below goes along."""
    tree.hung.clear()  # it may stand above what comes next
    tree.chains.clear()
    parent = tree.fold.execute(f"SELECT parent_id FROM {tree.at.latest} WHERE id = %s", [node.id]).fetchone()[0]
    tree.fold.execute(
        f"UPDATE {tree.at.versions} SET valid_to = %s WHERE node_id = %s AND valid_from < %s AND valid_to IS NULL",
        [on, node.id, on],
    )
    _write_looks(tree, [node], on)
    if as_uuid(parent) != node.parent:
        _rehang(tree, node, on)


def _add_many(tree: _Tree, nodes: Sequence[Node], on: date) -> None:
    """New nodes, parents before children: their looks, and all that stands above each."""
    if not nodes:
        return
    _write_looks(tree, nodes, on)
    tree.hung.update((node.id, node.parent) for node in nodes)
    _read_chains(tree, {node.parent for node in nodes if node.parent}, on)
    _insert(tree.fold, _closure_sql(tree.at), list(_hung_rows(tree, nodes, on.isoformat())))


def _hung_rows(tree: _Tree, nodes: Sequence[Node], since: str) -> Iterator[tuple[str, str, int, str, str | None]]:
    """The rows of the closure as they are written: what is said of a parent is not worked out again for each child."""
    for node in nodes:
        own = node.id.hex
        yield own, own, 0, since, None
        for ancestor, depth, start, end in _chain(tree, node.parent, since) if node.parent else ():
            yield ancestor, own, depth + 1, start, end


def _chain(tree: _Tree, id: UUID, since: str) -> _Chain:
    found = tree.chains.get(id)
    if found is None:
        parent = tree.hung[id]
        above = _chain(tree, parent, since) if parent else []
        higher = [(ancestor, depth + 1, start, end) for ancestor, depth, start, end in above]
        found = tree.chains[id] = [(id.hex, 0, since, None), *higher]
    return found


def _read_chains(tree: _Tree, parents: set[UUID], on: date) -> None:
    """Of those that stood there before this entry. (`parents - hung.keys()` would walk over all that was ever hung.)"""
    unknown = [id for id in parents if id not in tree.hung and id not in tree.chains]
    for id, above in _standing_above_all(tree, unknown, on).items():
        tree.chains[id] = [
            (a.hex, d, start.isoformat(), end.isoformat() if end else None) for a, d, start, end in above
        ]


_Above = tuple[UUID, int, date, date | None]


def _standing_above(tree: _Tree, node: UUID, on: date) -> list[_Above]:
    """What stands above a node, and the node itself, from a day on, each for its time."""
    rows = tree.fold.execute(
        f"SELECT ancestor_id, depth, valid_from, valid_to FROM {tree.at.closure}"
        f" WHERE {tree.at.node} = %s AND (valid_to IS NULL OR valid_to > %s)",
        [node, on],
    ).fetchall()
    return [(_id(a), depth, max(_day(start), on), as_date(end)) for a, depth, start, end in rows]


def _standing_above_all(tree: _Tree, nodes: Iterable[UUID], on: date) -> dict[UUID, list[_Above]]:
    """The same for many nodes, some hundred with each question."""
    found: dict[UUID, list[_Above]] = {node: [] for node in nodes}
    for some in _slices(sorted(found), 500):
        rows = tree.fold.execute(
            f"SELECT {tree.at.node}, ancestor_id, depth, valid_from, valid_to FROM {tree.at.closure}"
            f" WHERE {tree.at.node} IN ({', '.join(['%s'] * len(some))}) AND (valid_to IS NULL OR valid_to > %s)",
            [*some, on],
        ).fetchall()
        for node, ancestor, depth, start, end in rows:
            found[_id(node)].append((_id(ancestor), depth, max(_day(start), on), as_date(end)))
    return found


def _standing_below(tree: _Tree, node: UUID, on: date) -> list[_Above]:
    """What stands below a node, and the node itself, from a day on, each for its time."""
    rows = tree.fold.execute(
        f"SELECT {tree.at.node}, depth, valid_from, valid_to FROM {tree.at.closure}"
        " WHERE ancestor_id = %s AND (valid_to IS NULL OR valid_to > %s)",
        [node, on],
    ).fetchall()
    return [(_id(a), depth, max(_day(start), on), as_date(end)) for a, depth, start, end in rows]


def _rehang(tree: _Tree, node: Node, on: date) -> None:
    """Cut the node and all below it from what stood above, and join them to what stands above its new parent."""
    below = _standing_below(tree, node.id, on)
    old = {a for a, depth, _, _ in _standing_above(tree, node.id, on) if depth > 0}
    cut = [(each, ancestor) for each in {d for d, *_ in below} for ancestor in old]
    tree.fold.executemany(
        f"DELETE FROM {tree.at.closure} WHERE {tree.at.node} = %s AND ancestor_id = %s AND valid_from >= %s",
        [(*pair, on) for pair in cut],
    )
    tree.fold.executemany(
        f"UPDATE {tree.at.closure} SET valid_to = %s WHERE {tree.at.node} = %s AND ancestor_id = %s"
        " AND (valid_to IS NULL OR valid_to > %s)",
        [(on, *pair, on) for pair in cut],
    )
    above = _standing_above(tree, node.parent, on) if node.parent else []
    tree.fold.executemany(_insert_closure(tree.at), list(_joined(above, below)))


def _joined(above: Sequence[_Above], below: Sequence[_Above]) -> Iterator[tuple[UUID, UUID, int, date, date | None]]:
    """Each of what stands above with each of what stands below, for the time both are there."""
    for ancestor, up, f1, t1 in above:
        for node, down, f2, t2 in below:
            start, end = max(f1, f2), min((t for t in (t1, t2) if t), default=None)
            if end is None or start < end:
                yield ancestor, node, up + 1 + down, start, end


def _insert_closure(at: _Tables) -> str:
    return _closure_sql(at).format("(%s, %s, %s, %s, %s)")


def _closure_sql(at: _Tables) -> str:
    return (
        f"INSERT INTO {at.closure} (ancestor_id, {at.node}, depth, valid_from, valid_to) VALUES {{}}"
        f" ON CONFLICT ({at.node}, ancestor_id, valid_from) DO UPDATE SET"
        " depth = excluded.depth, valid_to = excluded.valid_to"
    )


def _write_looks(tree: _Tree, nodes: Sequence[Node], on: date) -> None:
    columns = ", ".join(_LOOK)
    again = ", ".join(f"{c} = excluded.{c}" for c in _LOOK)
    looks, since = [(node.id.hex, _look(node)) for node in nodes], on.isoformat()
    _insert(
        tree.fold,
        f"INSERT INTO {tree.at.versions} (node_id, valid_from, valid_to, {columns}) VALUES {{}}"
        f" ON CONFLICT (node_id, valid_from) DO UPDATE SET {again}",
        [(id, since, None, *look) for id, look in looks],
    )
    _insert(
        tree.fold,
        f"INSERT INTO {tree.at.latest} (id, kind, valid_from, valid_to, position, {columns}) VALUES {{}}"
        f" ON CONFLICT (id) DO UPDATE SET {again}, position = excluded.position",
        [(id, node.kind, since, None, tree.position, *look) for node, (id, look) in zip(nodes, looks, strict=True)],
    )


def _insert(fold: Fold, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """A hundred rows with each statement: half of what a row costs is its statement. No row may stand there twice."""
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[start : start + _ROWS_AT_ONCE]
        marks = f"({', '.join(['%s'] * len(some[0]))})"
        fold.execute(sql.format(", ".join([marks] * len(some))), [value for row in some for value in row])


def _look(node: Node) -> tuple[Any, ...]:
    return (
        *(node.parent.hex if node.parent else None, node.name, node.code, node.walk),
        *(node.estate_kind, node.gates, node.no_property_company, node.area.hex if node.area else None),
    )


def _end(tree: _Tree, ended: NodeEnded) -> None:
    """No such node from that day on."""
    for table, column in ((tree.at.versions, "node_id"), (tree.at.closure, tree.at.node)):
        tree.fold.execute(
            f"UPDATE {table} SET valid_to = %s WHERE {column} = %s AND (valid_to IS NULL OR valid_to > %s)",
            [ended.on, ended.id, ended.on],
        )
    tree.fold.execute(
        f"UPDATE {tree.at.latest} SET valid_to = %s, position = %s WHERE id = %s", [ended.on, tree.position, ended.id]
    )
    _succeed(tree.fold, [(ended.id, after, ended.on) for after in ended.into])


def _forget(tree: _Tree, ids: Sequence[UUID]) -> None:
    """There never were such nodes; the entry that brought them stays on the ledger."""
    for table, column in ((tree.at.versions, "node_id"), (tree.at.closure, tree.at.node), (tree.at.latest, "id")):
        tree.fold.executemany(f"DELETE FROM {table} WHERE {column} = %s", [(id,) for id in ids])


def _succeed(fold: Fold, rows: Sequence[tuple[UUID, UUID, date]]) -> None:
    """What came of what, and since when."""
    fold.executemany(
        "INSERT INTO territory_succession (before_id, after_id, since) VALUES (%s, %s, %s)"
        " ON CONFLICT (before_id, after_id) DO UPDATE SET since = excluded.since",
        rows,
    )


def _fold_responsibility(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        match entry.body:
            case ResponsibilityAssigned() as body:
                fold.execute(
                    "INSERT INTO territory_responsibility (id, grid_id, account_id, name, starts_at, ends_at)"
                    " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
                    [body.assignment, body.grid, body.account, body.name, body.starts_at, body.ends_at],
                )
            case ResponsibilityEnded() as body:
                _end_responsibility(fold, body)


def _end_responsibility(fold: Fold, body: ResponsibilityEnded) -> None:
    """One that was to end before it began never holds, but stays to be seen."""
    fold.execute(
        "UPDATE territory_responsibility SET ends_at = CASE WHEN starts_at > %s THEN starts_at ELSE %s END"
        " WHERE id = %s",
        [body.ends_at, body.ends_at, body.assignment],
    )


_DRAW = (
    "INSERT INTO territory_outline (area_id, valid_from, shape, datum, position) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (area_id, valid_from) DO UPDATE SET shape = excluded.shape, datum = excluded.datum,"
    " position = excluded.position WHERE excluded.position > territory_outline.position"
)
_MARK = (
    "INSERT INTO territory_marker (id, area_id, kind, name, east, north, position) VALUES (%s, %s, %s, %s, %s, %s, %s)"
    " ON CONFLICT (id) DO UPDATE SET area_id = excluded.area_id, kind = excluded.kind, name = excluded.name,"
    " east = excluded.east, north = excluded.north, position = excluded.position"
)


def _fold_map(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        match entry.body:
            case OutlineDrawn() as body:
                shape = msgspec.json.encode(body.shape).decode() if body.shape else None
                fold.execute(_DRAW, [body.area, body.on, shape, body.datum, entry.position])
            case MarkerSet(point=None) as body:
                fold.execute("DELETE FROM territory_marker WHERE id = %s", [body.marker])
            case MarkerSet(point=(east, north)) as body:
                fold.execute(_MARK, [body.marker, body.area, body.kind, body.name, east, north, entry.position])


def _slices(items: Sequence[UUID], size: int) -> Iterable[Sequence[UUID]]:
    return (items[i : i + size] for i in range(0, len(items), size))


def _id(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


WALLED = (Walled("territory_link", grid="area_id"),)  # where somebody lives, and what for they reported in
PROJECTIONS: tuple[Projection, ...] = (
    Projection(
        name="territory.trees",
        apply=_fold_trees,
        kinds=frozenset(
            f"territory.{kind}.v1"
            for kind in (
                *("tree_loaded", "tree_taken_back", "area_changed", "area_ended"),
                *("organisation_changed", "organisation_ended"),
            )
        ),
        tables=(
            *("territory_area", "territory_area_version", "territory_closure"),
            *("territory_organisation", "territory_organisation_version", "territory_organisation_closure"),
            "territory_succession",
        ),
    ),
    Projection(
        name="territory.map",
        apply=_fold_map,
        kinds=frozenset({"territory.outline_drawn.v1", "territory.marker_set.v1"}),
        tables=("territory_outline", "territory_marker"),
    ),
    Projection(
        name="territory.responsibility",
        apply=_fold_responsibility,
        kinds=frozenset({"territory.responsibility_assigned.v1", "territory.responsibility_ended.v1"}),
        tables=("territory_responsibility",),
    ),
    POSTS,
    LINKS,
)
