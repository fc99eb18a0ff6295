"""Areas and organisations out of somebody's own list: 社区 and 网格 side by side, or a name and what stands above it.

A line that names 明镜社区, 第7网格 and 3幢 means the building; what stands above it is found in the tree, or comes with
the file. A node is known again by its code, else by its name below what stands above it; whatever the file does not say
of it stays as it is.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, RecordId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.registry import staging, tabled, words
from lianfang.ground.registry.models import Dwelling, Import, Place
from lianfang.ground.registry.tabled import Line, Outcome, Table, Writes
from lianfang.ground.registry.terms import Finding, Severity, Target
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory import queries
from lianfang.ground.territory.terms import (
    AreaKind,
    EstateKind,
    RowProblem,
    Tree,
    TreePublished,
    TreeRow,
)

# The columns that together lead to an area, from the top.
_PATH: Mapping[Target, AreaKind] = {
    Target.SECTOR: AreaKind.SECTOR,
    Target.COMMUNITY: AreaKind.COMMUNITY,
    Target.ESTATE: AreaKind.ESTATE,
    Target.GRID: AreaKind.GRID,
    Target.BUILDING: AreaKind.BUILDING,
    Target.ENTRANCE: AreaKind.ENTRANCE,
}
_COLUMN = {"code": Target.CODE, "parent": Target.PARENT, "kind": Target.KIND, "name": Target.CALLED}
_UNIQUE_IN_A_DISTRICT = frozenset({AreaKind.SECTOR, AreaKind.COMMUNITY, AreaKind.VILLAGE})
_LONGEST_CODE = 60


def check_areas(table: Table) -> Outcome:
    """What a list of areas would add and change."""
    known = (_row_of_area(area) for root in table.roots for area in queries.areas_below(root, table.on))
    return _check(table, Tree.AREAS, _Areas(table, _Book(known)))


def check_organisations(table: Table) -> Outcome:
    """The same of organisations."""
    return _check(table, Tree.ORGANISATIONS, _Organisations(table, _Book(_rows_of_organisations(None, table.on))))


def _publish(tree: Tree, row: Import, area: AreaId, *, by: Actor, at: datetime) -> RecordId:
    """Load what was checked, by one entry; refused when it would no longer do what was shown."""
    rows = msgspec.msgpack.decode(tabled.staged(row.id), type=list[TreeRow])
    how: dict[str, Any] = {"on": local_day(at), "tree": tree, "within": staging.roots_of(row)}
    loaded, problems = territory.try_tree(rows=rows, **how)
    if problems or (loaded.added, loaded.changed, loaded.unchanged) != (row.added, row.edits, row.unchanged):
        raise Problem("registry.publish_outdated", status=409)
    published = territory.publish_tree(rows=rows, by=by, at=at, **how)
    assert published.record is not None  # what brings nothing is not published
    tabled.keep(row.id, published)
    return published.record


def _take_back(tree: Tree, row: Import, *, by: Actor, at: datetime, reason: str) -> tuple[RecordId, int]:
    """Undo it, by one entry; what somebody lives in, or anything hangs on, stays."""
    published = msgspec.msgpack.decode(tabled.staged(row.id), type=TreePublished)
    back = territory.take_back_tree(published=published, tree=tree, by=by, at=at, in_use=_lived_in, reason=reason)
    return back.record, back.kept


def _lived_in(ids: Collection[UUID]) -> set[UUID]:
    """Of these areas those with a door, or a place."""
    found: set[UUID] = set()
    for some in (list(ids)[start : start + 500] for start in range(0, len(ids), 500)):
        for column in ("area_id", "grid_id"):
            found |= set(Dwelling.objects.filter(**{f"{column}__in": some}).values_list(column, flat=True))
        found |= set(Place.objects.filter(grid_id__in=some, gone=False).values_list("grid_id", flat=True))
    return found


AREAS = Writes(check_areas, partial(_publish, Tree.AREAS), partial(_take_back, Tree.AREAS))
ORGANISATIONS = Writes(
    check_organisations, partial(_publish, Tree.ORGANISATIONS), partial(_take_back, Tree.ORGANISATIONS)
)


# --- the tree as far as it is known, and as the file goes on ----------------------------------------------------------


class _Book:
    """Nodes by code, by their name below another, and by their name alone."""

    def __init__(self, known: Iterable[TreeRow]) -> None:
        self.known: dict[str, TreeRow] = {}
        self.rows: dict[str, TreeRow] = {}
        self._below: dict[tuple[str | None, str], list[str]] = {}
        self._named: dict[str, list[str]] = {}
        for row in known:
            if row.code:  # one without a code cannot be spoken of in a file; a person gives it one first
                self.known[row.code] = row
                self._learn(row)

    def __getitem__(self, code: str) -> TreeRow:
        return self.rows.get(code) or self.known[code]

    def __contains__(self, code: str) -> bool:
        return code in self.rows or code in self.known

    def take(self, row: TreeRow) -> None:
        """Said by the file."""
        new = row.code not in self
        self.rows[row.code] = row
        if new:
            self._learn(row)

    def below(self, parent: str | None, name: str, kinds: Collection[str]) -> str | None:
        """The one of this name and kind below another."""
        return next((code for code in self._below.get((parent, _key(name)), ()) if self[code].kind in kinds), None)

    def named(self, name: str, kinds: Collection[str] = ()) -> list[str]:
        """All of this name."""
        return [code for code in self._named.get(_key(name), ()) if not kinds or self[code].kind in kinds]

    def _learn(self, row: TreeRow) -> None:
        self._below.setdefault((row.parent, _key(row.name)), []).append(row.code)
        self._named.setdefault(_key(row.name), []).append(row.code)


def _key(name: str) -> str:
    return "".join(name.split())


def _row_of_area(area: Any) -> TreeRow:
    parent = queries.find(area.parent) if area.parent else None
    return TreeRow(
        code=area.code or "",
        kind=area.kind,
        name=area.name,
        parent=parent.code if parent else None,
        walk=area.walk,
        estate_kind=area.estate_kind,
        gates=area.gates,
        no_property_company=area.no_property_company,
    )


def _rows_of_organisations(parent: Any, on: date) -> Iterator[TreeRow]:
    """All below one; None: all."""
    for each in queries.organisations(parent.id if parent else None, on):
        area = queries.find(each.area) if each.area else None
        above = parent.code if parent else None
        yield TreeRow(
            code=each.code or "", kind=each.kind, name=each.name, parent=above, area=area.code if area else None
        )
        yield from _rows_of_organisations(each, on)


# --- from lines to rows of a tree -------------------------------------------------------------------------------------


class _Refused(Exception):
    def __init__(self, target: Target, code: str, **details: str | int) -> None:
        super().__init__(code)
        self.target, self.code, self.details = target, code, details


class _Lines:
    """Makes rows of a tree out of lines. A line that names what stands above it may stand before that."""

    kinds: Mapping[str, str]

    def __init__(self, table: Table, book: _Book) -> None:
        self.table, self.book = table, book
        self.findings: list[Finding] = []
        self._first: dict[str, int] = {}  # code → the line that spoke of it first
        self._spoke_of: dict[int, str] = {}  # and the other way round

    def read(self) -> None:
        """All of them; what is wrong is found, and the others are rows."""
        named = [line for line in self.table.lines if line.text(Target.CALLED) and not line.findings]
        for line in named:
            self._tried(line, self._take_named)
        for line in named:
            self._tried(line, self._hang)
        for line in self.table.lines:
            if not line.text(Target.CALLED) and not line.findings:
                self._tried(line, self.take_path)

    def take_path(self, line: Line) -> None:
        """A line without a name of its own."""
        raise _Refused(Target.CALLED, "territory.name_missing")

    def above(self, line: Line) -> str | None:
        """What stands above a line that does not say so itself."""
        return None

    def hint(self, line: Line) -> str:
        """What stands above it, as far as the line says."""
        return line.text(Target.PARENT)

    def described(self, row: TreeRow, line: Line) -> TreeRow:
        """With whatever else the line says of it."""
        return row

    def said_once(self, code: str, line: Line) -> bool:
        """Is this the first line about it? If not, it says so."""
        first = self._first.setdefault(code, line.row.number)
        if first != line.row.number:
            warning = Finding(line.row.number, "", "registry.line_twice", Severity.WARNING, {"first": first})
            self.findings.append(warning)
        else:
            self._spoke_of[first] = code
        return first == line.row.number

    def _tried(self, line: Line, how: Callable[[Line], None]) -> None:
        try:
            how(line)
        except _Refused as refused:
            finding = self.table.finding(line.row.number, refused.target, refused.code, **refused.details)
            self.findings.append(finding)

    def _take_named(self, line: Line) -> None:
        name, parent = line.text(Target.CALLED), self.hint(line)
        kind = self._kind(line)
        same = self.book.named(name, [kind] if kind else ())
        code = line.text(Target.CODE) or (same[0] if len(same) == 1 and not parent else "")
        code = code or next((each for each in same if self._called(self.book[each].parent, parent)), "")
        code = code or "/".join(part for part in (parent, name) if part)[:_LONGEST_CODE]
        if not self.said_once(code, line):
            return
        before = self.book.known.get(code)
        kind = kind or (before.kind if before else self.guessed(name))
        if not kind:
            raise _Refused(Target.KIND, "territory.kind_missing")
        row = before or TreeRow(code=code, kind=kind, name=name)
        row = msgspec.structs.replace(row, kind=kind, name=name, row=line.row.number)
        self.book.take(self.described(row, line))

    def _hang(self, line: Line) -> None:
        """Below what it says, now that all are known."""
        row = self.book.rows.get(self._spoke_of.get(line.row.number, ""))
        if row is None:
            return
        text = line.text(Target.PARENT)
        if text or row.code not in self.book.known:
            parent = self._parent(text, row) if text else self.above(line)
            self.book.rows[row.code] = msgspec.structs.replace(row, parent=parent)

    def _parent(self, text: str, row: TreeRow) -> str:
        if text in self.book:
            return text
        found = [code for code in self.book.named(text) if code != row.code]
        if len(found) != 1:
            code = "registry.parent_several" if found else "territory.parent_unknown"
            self.book.rows.pop(row.code)
            raise _Refused(Target.PARENT, code, value=text)
        return found[0]

    def _called(self, code: str | None, text: str) -> bool:
        """Is this the parent that a line means?"""
        return bool(text and code) and (code == text or _key(self.book[code or ""].name) == _key(text))

    def _kind(self, line: Line) -> str:
        text = line.text(Target.KIND)
        if text and text not in self.kinds:
            allowed = "、".join(dict.fromkeys(words.kind_word(self.kinds, kind) for kind in self.kinds.values()))
            raise _Refused(Target.KIND, "territory.kind_unknown", value=text, allowed=allowed)
        return self.kinds.get(text, "")

    def guessed(self, name: str) -> str:
        """What the name itself says: 瑞安市环卫公司."""
        return next((self.kinds[word] for word in sorted(self.kinds, key=len, reverse=True) if name.endswith(word)), "")


class _Areas(_Lines):
    kinds = words.AREA_KINDS

    def __init__(self, table: Table, book: _Book) -> None:
        super().__init__(table, book)
        self._levels = [target for target in _PATH if target in table.titles]
        self._carried: dict[Target, str] = {}
        self._roots = [area.code for root in table.roots if (area := queries.find(root)) and area.code]

    def take_path(self, line: Line) -> None:
        path = self._path(line)
        if not path:
            raise _Refused(self._levels[-1] if self._levels else Target.CALLED, "territory.name_missing")
        code = self._led(line, path)
        row = self.book[code]
        if self.said_once(code, line):
            self.book.take(self.described(msgspec.structs.replace(row, row=line.row.number), line))

    def hint(self, line: Line) -> str:
        return line.text(Target.PARENT) or next((line.text(t) for t in reversed(self._levels) if line.text(t)), "")

    def above(self, line: Line) -> str | None:
        path = self._path(line)
        return self._led(line, path) if path else self._root()

    def described(self, row: TreeRow, line: Line) -> TreeRow:
        says: dict[str, Any] = {
            "walk": self._number(line, Target.WALK),
            "gates": self._number(line, Target.GATES),
            "estate_kind": self._estate_kind(line),
            "no_property_company": self._yes(line, Target.NO_PROPERTY_COMPANY),
        }
        return msgspec.structs.replace(row, **{field: said for field, said in says.items() if said is not None})

    def _path(self, line: Line) -> list[tuple[Target, str]]:
        """What leads to it. Where cells are left empty below a first line, what stood there goes on."""
        texts = {target: line.text(target) for target in self._levels}
        if self.table.carry:
            lowest = max((n for n, target in enumerate(self._levels) if texts[target]), default=-1)
            for target in self._levels[:lowest]:
                texts[target] = texts[target] or self._carried.get(target, "")
            self._carried = texts
        return [(target, texts[target]) for target in self._levels if texts[target]]

    def _led(self, line: Line, path: list[tuple[Target, str]]) -> str:
        """Down the path from the top, making what is not there yet; answers the code of its end."""
        at: str | None = None
        for no, (target, name) in enumerate(path):
            kinds = _kinds_at(target)
            own = line.text(Target.CODE) if no == len(path) - 1 and not line.text(Target.CALLED) else ""
            code = own if own in self.book else None
            if code is None and not own:
                code = self.book.below(at or self._root(), name, kinds) or self._anywhere(
                    target, name, kinds, top=no == 0
                )
            at = code or self._made(line, at or self._root(), target, name, own)
        assert at is not None
        return at

    def _anywhere(self, target: Target, name: str, kinds: Collection[str], *, top: bool) -> str | None:
        """Further down below the root; but a community that stands below something else is not moved by a list."""
        found = self.book.named(name, kinds)
        if top:
            return found[0] if len(found) == 1 else None
        if found and _UNIQUE_IN_A_DISTRICT.intersection(kinds):
            above = self.book[found[0]].parent
            raise _Refused(target, "registry.area_elsewhere", name=name, parent=self.book[above].name if above else "")
        return None

    def _made(self, line: Line, parent: str | None, target: Target, name: str, own: str) -> str:
        kind = _PATH[target]
        if kind is AreaKind.COMMUNITY and name.endswith("村"):
            kind = AreaKind.VILLAGE
        code = own or f"{parent or ''}/{name}"[:_LONGEST_CODE]
        self.book.take(TreeRow(code=code, kind=kind, name=name, parent=parent, row=line.row.number))
        return code

    def _root(self) -> str | None:
        return self._roots[0] if self._roots else None

    def _number(self, line: Line, target: Target) -> int | None:
        text = line.text(target)
        if text and not (text.isascii() and text.isdecimal() and len(text) <= 6):
            raise _Refused(target, "territory.not_a_number", value=text)
        return int(text) if text else None

    def _estate_kind(self, line: Line) -> EstateKind | None:
        text = line.text(Target.ESTATE_KIND)
        if text and text not in words.ESTATE_KINDS:
            allowed = "、".join(words.kind_word(words.ESTATE_KINDS, kind) for kind in EstateKind)
            raise _Refused(Target.ESTATE_KIND, "territory.estate_kind_unknown", value=text, allowed=allowed)
        return EstateKind(words.ESTATE_KINDS[text]) if text else None

    def _yes(self, line: Line, target: Target) -> bool | None:
        text = line.text(target)
        if text and text not in (*words.YES, *words.NO):
            raise _Refused(target, "territory.not_yes_or_no", value=text)
        return text in words.YES if text else None


def _kinds_at(target: Target) -> Collection[str]:
    kind = _PATH[target]
    return (AreaKind.COMMUNITY, AreaKind.VILLAGE) if kind is AreaKind.COMMUNITY else (kind,)


class _Organisations(_Lines):
    kinds = words.ORGANISATION_KINDS

    def __init__(self, table: Table, book: _Book) -> None:
        super().__init__(table, book)
        areas = [area for root in table.roots for area in queries.areas_below(root, table.on)]
        self._areas: dict[str, list[str]] = {}
        for area in areas:
            if area.code:
                self._areas.setdefault(_key(area.name), []).append(area.code)

    def described(self, row: TreeRow, line: Line) -> TreeRow:
        """Where it works."""
        for target in (Target.GRID, Target.COMMUNITY):
            if text := line.text(target):
                found = self._areas.get(_key(text), [])
                if len(found) != 1:
                    raise _Refused(target, "registry.area_several" if found else "territory.area_unknown", value=text)
                return msgspec.structs.replace(row, area=found[0])
        return row


# --- beside the tree --------------------------------------------------------------------------------------------------


def _check(table: Table, tree: Tree, lines: _Lines) -> Outcome:
    """What the good lines would do; a line that the tree refuses is found, and those that hang on it."""
    lines.read()
    bad = {each.row for each in lines.findings if each.severity is Severity.ERROR}
    rows = [row for row in lines.book.rows.values() if row.row and row.row not in bad]
    findings = list(lines.findings)
    loaded, problems = territory.try_tree(rows=rows, on=table.on, tree=tree, within=table.roots)
    while problems:
        findings += [_finding(table, each) for each in problems]
        refused = {each.row for each in problems}
        rows = [row for row in rows if row.row not in refused]
        loaded, problems = territory.try_tree(rows=rows, on=table.on, tree=tree, within=table.roots)
    area = table.roots[0] if table.roots else None
    return Outcome(rows, area, loaded.added, loaded.changed, loaded.unchanged, findings)


def _finding(table: Table, problem: RowProblem) -> Finding:
    target = _COLUMN.get(problem.column, Target.CALLED)
    if target not in table.titles:  # in a list of places side by side the last of them is the name
        target = next((each for each in reversed(list(_PATH)) if each in table.titles), Target.CALLED)
    details = {key: words.AREA_WORDS.get(str(value), value) for key, value in problem.details.items()}
    return table.finding(problem.row, target, problem.code, **details)
