"""Both trees in memory, as they were on any day: 18,000 areas answer in microseconds, without asking the database.

Only this module uses it. A tree changes on few days, so what is worked out for a day holds for the whole stretch
between two changes.
"""

import gc
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db import connection

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.plumbing.copies import Copy
from lianfang.foundation.plumbing.database import as_uuid
from lianfang.ground.territory.terms import Area, AreaKind, EstateKind, Node, Tree

_TABLES = {Tree.AREAS: "territory_area", Tree.ORGANISATIONS: "territory_organisation"}
_MOST_LINEAGES = 400_000
T = TypeVar("T")


class Look(NamedTuple):
    """What a node was like, from a day up to but not including another."""

    node: Node
    valid_from: date
    valid_to: date | None

    def holds(self, on: date) -> bool:
        """Was it so on that day?"""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


class Atlas:
    """One tree with all its history."""

    def __init__(self, looks: Iterable[Look], successions: Iterable[tuple[UUID, UUID, date]] = ()) -> None:
        self.before: dict[UUID, list[UUID]] = defaultdict(list)
        self.after: dict[UUID, list[UUID]] = defaultdict(list)
        self.since: dict[tuple[UUID, UUID], date] = {}
        for one, other, since in successions:
            self.since[one, other] = since
            self.after[one].append(other)
            self.before[other].append(one)
        self.looks: dict[UUID, tuple[Look, ...]] = {}
        by_node: dict[UUID, list[Look]] = defaultdict(list)
        for look in looks:
            by_node[look.node.id].append(look)
        for id, each in by_node.items():
            self.looks[id] = tuple(sorted(each, key=lambda look: look.valid_from) if len(each) > 1 else each)
        days = {d for each in self.looks.values() for look in each for d in (look.valid_from, look.valid_to) if d}
        self._changes = sorted(days)
        self._lineages: dict[tuple[UUID, int], tuple[UUID, ...]] = {}
        self._children: dict[int, dict[UUID | None, list[UUID]]] = {}
        self._areas: dict[tuple[UUID, int], Area] = {}
        self._orders: dict[int, tuple[list[UUID], dict[UUID, tuple[int, int]]]] = {}

    def look(self, id: UUID, on: date) -> Look | None:
        """The node as it was on that day; None when there was no such node then."""
        return next((look for look in self.looks.get(id, ()) if look.holds(on)), None)

    def nearest(self, id: UUID, on: date) -> Look | None:
        """The same; before its first day as it began, after its last as it ended. A late fact needs a place too."""
        looks = self.looks.get(id)
        if not looks:
            return None
        return self.look(id, on) or (looks[0] if on < looks[0].valid_from else looks[-1])

    def latest(self, id: UUID) -> Look | None:
        """The node after the last change known."""
        looks = self.looks.get(id)
        return looks[-1] if looks else None

    def lineage(self, id: UUID, on: date) -> tuple[UUID, ...]:
        """The node and all above it as they were on that day, root first. A node nobody heard of stands alone."""
        key = (id, self._stretch(on))
        found = self._lineages.get(key)
        if found is None:
            if len(self._lineages) >= _MOST_LINEAGES:
                self._lineages.clear()
            found = self._lineages[key] = tuple(reversed(list(self._upward(id, on))))
        return found

    def children(self, id: UUID | None, on: date) -> list[UUID]:
        """What stood directly below on that day (None: the roots), in walking order, then by code and name."""
        stretch = self._stretch(on)
        if stretch not in self._children:
            self._children[stretch] = self._families(on)
        return self._children[stretch].get(id, [])

    def subtree(self, id: UUID, on: date) -> list[UUID]:
        """The node and everything below it on that day, in walking order; nothing when it was not there."""
        order, spans = self._order(on)
        if id in spans:
            return order[slice(*spans[id])]
        return list(self._downward(id, on)) if self.look(id, on) is not None else []

    def grids(self, id: UUID, on: date) -> Iterator[UUID]:
        """The grids at and below a node on that day, in walking order. No grid lies in a grid: none is entered."""
        look = self.look(id, on)
        if look is not None and look.node.kind == AreaKind.GRID:
            yield id
        elif look is not None and look.node.kind not in (AreaKind.BUILDING, AreaKind.ENTRANCE):
            for child in self.children(id, on):
                yield from self.grids(child, on)

    def lay_in(self, id: UUID, since: date) -> frozenset[UUID]:
        """All that stood above a node on that day; of one that was not there yet, above what it came from."""
        found, seen, open = set[UUID](), set[UUID](), [id]
        while open:
            each = open.pop()
            seen.add(each)
            come_from = [] if self.look(each, since) else [one for one in self.before.get(each, ()) if one not in seen]
            open += come_from
            if not come_from:
                found.update(self.lineage(each, since))
        return frozenset(found)

    def heirs(self, id: UUID, since: date, on: date) -> frozenset[UUID]:
        """What of another day was a node on that day: itself, if it is still there, and what was newly made of it."""
        found, open = {id}, [id]
        while open:
            new = [each for each in self.after.get(open.pop(), ()) if each not in found and not self.look(each, since)]
            found.update(new)
            open += new
        return frozenset(each for each in found if self.look(each, on) is not None)

    def area(self, look: Look, on: date) -> Area:
        """The node as others see it, with its path as it was on that day."""
        key = (look.node.id, self._stretch(on))
        found = self._areas.get(key)
        if found is None or (found.valid_from, found.valid_to) != (look.valid_from, look.valid_to):
            found = self._areas[key] = _area(look, self.path(look.node.id, on))
        return found

    def path(self, id: UUID, on: date) -> tuple[str, ...]:
        """Names from the subdistrict down: everybody here knows which city they are in."""
        nodes = [look.node for each in self.lineage(id, on) if (look := self.nearest(each, on))]
        return tuple(n.name for n in nodes if n.kind != AreaKind.DIVISION or n.id == id)

    def _order(self, on: date) -> tuple[list[UUID], dict[UUID, tuple[int, int]]]:
        """The whole tree of a day in walking order, and from where to where in it each node's own tree reaches."""
        stretch = self._stretch(on)
        if stretch not in self._orders:
            order, spans = list[UUID](), dict[UUID, tuple[int, int]]()
            waiting: list[tuple[UUID, bool]] = [(id, False) for id in reversed(self.children(None, on))]
            families = self._children[stretch]
            while waiting:
                id, is_done = waiting.pop()
                if is_done:
                    spans[id] = (spans[id][0], len(order))
                    continue
                spans[id] = (len(order), 0)
                order.append(id)
                below = families.get(id)
                if below is None:
                    spans[id] = (len(order) - 1, len(order))
                    continue
                waiting.append((id, True))
                waiting += [(child, False) for child in reversed(below)]
            self._orders[stretch] = (order, spans)
        return self._orders[stretch]

    def _downward(self, id: UUID, on: date) -> Iterator[UUID]:
        yield id
        for child in self.children(id, on):
            yield from self._downward(child, on)

    def _upward(self, id: UUID, on: date) -> Iterator[UUID]:
        at: UUID | None = id
        while at is not None:
            yield at
            look = self.nearest(at, on)
            at = look.node.parent if look else None

    def _families(self, on: date) -> dict[UUID | None, list[UUID]]:
        there = [look for id in self.looks if (look := self.look(id, on)) is not None]
        families: dict[UUID | None, list[UUID]] = defaultdict(list)
        for look in sorted(there, key=_walking_order):
            families[look.node.parent].append(look.node.id)
        return families

    def _stretch(self, on: date) -> int:
        return bisect_right(self._changes, on)


def _area(look: Look, path: tuple[str, ...]) -> Area:
    node = look.node
    return Area(
        id=AreaId(node.id),
        kind=AreaKind(node.kind),
        code=node.code,
        name=node.name,
        parent=AreaId(node.parent) if node.parent else None,
        path=path,
        walk=node.walk,
        estate_kind=node.estate_kind,
        gates=node.gates,
        no_property_company=node.no_property_company,
        valid_from=look.valid_from,
        valid_to=look.valid_to,
    )


def _walking_order(look: Look) -> tuple[bool, int, str, str]:
    node = look.node
    return (node.walk is None, node.walk or 0, node.code or "", node.name)


def _load(tree: Tree) -> Atlas:
    table = _TABLES[tree]
    sql = (
        "SELECT v.node_id, a.kind, v.name, v.parent_id, v.code, v.walk, v.estate_kind, v.gates, v.no_property_company,"
        f" v.works_in_id, v.valid_from, v.valid_to FROM {table}_version v JOIN {table} a ON a.id = v.node_id"
    )
    with connection.cursor() as cursor, nothing_collected():
        cursor.execute(sql)
        known: dict[str | UUID, UUID] = {}
        looks = [_look(row, known) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT before_id, after_id, since FROM territory_succession ORDER BY since, before_id, after_id"
        )
        return Atlas(looks, [_succession(row) for row in cursor.fetchall()])


def _succession(row: tuple) -> tuple[UUID, UUID, date]:  # type: ignore[type-arg]
    before, after, since = row
    return _known(as_uuid(before)), _known(as_uuid(after)), _known(as_date(since))


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Python looks through everything again and again while hundreds of thousands of things come to be that stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _look(row: tuple, known: dict[str | UUID, UUID]) -> Look:  # type: ignore[type-arg]
    id, kind, name, parent, code, walk, estate_kind, gates, unmanaged, works_in, valid_from, valid_to = row
    node = Node(
        id=_once(id, known),
        kind=kind,
        name=name,
        parent=_once(parent, known) if parent else None,
        code=code,
        walk=walk,
        estate_kind=EstateKind(estate_kind) if estate_kind else None,
        gates=gates,
        no_property_company=bool(unmanaged),
        area=as_uuid(works_in),
    )
    return Look(node, _day(valid_from), _day(valid_to) if valid_to else None)


def _once(id: str | UUID, known: dict[str | UUID, UUID]) -> UUID:
    """One object for a node and for all who name it as their parent."""
    found = known.get(id)
    if found is None:
        found = known[id] = _known(as_uuid(id))
    return found


@lru_cache(maxsize=4096)
def _day(value: date | str) -> date:
    return _known(as_date(value))


def _known(value: T | None) -> T:
    assert value is not None
    return value


def as_date(value: date | str | None) -> date | None:
    """A date column as read by raw SQL, on either database."""
    return date.fromisoformat(value) if isinstance(value, str) else value


ATLASES: dict[Tree, Copy[Atlas]] = {tree: Copy(f"territory.atlas.{tree}", partial(_load, tree)) for tree in Tree}


def atlas(tree: Tree = Tree.AREAS) -> Atlas:
    """The tree as committed, or as this thread's open transaction has it."""
    return ATLASES[tree].now()
