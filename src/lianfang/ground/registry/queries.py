"""Reads of the register.

Whoever asks sees their own areas only, masked, and every page of people is noted before it leaves.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from lianfang.foundation.kernel.ids import AreaId, DwellingId, HouseholdId, ResidentId
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.kernel.masks import mask_name
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger.terms import Loader
from lianfang.foundation.plumbing.database import as_instant, as_uuid
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.access import actions as access
from lianfang.ground.access import queries as accounts
from lianfang.ground.access.terms import Looked
from lianfang.ground.registry import rules, staging
from lianfang.ground.registry.models import Import, ImportChunk, Roster
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.records import HOUSEHOLD, RESIDENT, ROSTER
from lianfang.ground.registry.register import search_hash
from lianfang.ground.registry.terms import (
    DisagreementView,
    DocumentPage,
    EditView,
    Field,
    Finding,
    HouseholdDocument,
    HouseholdRef,
    HouseholdRow,
    HouseholdView,
    ImportState,
    ImportView,
    Question,
    ResidentDocument,
    ResidentRef,
    ResidentRow,
    RosterRef,
    Slice,
    Status,
    TargetDefinition,
    Targeted,
    TargetsSql,
)
from lianfang.ground.territory import queries as territory

MOST_ROWS = 200
_ABOVE_ALL = "\U0010ffff"  # comes after every text that begins the same
_MOST_IN_A_QUERY = 5000
_Where = tuple[str, list[Any]]


# --- lists and search ------------------------------------------------------------------------------------------------

_RESIDENT_COLUMNS = (
    "r.id, r.household_id, r.grid_id, h.area_id, h.door, r.name, r.sex, r.born_on, r.relation, r.residence_kind,"
    " r.document_kind, r.id_masked, r.phone_masked, r.status, r.versions"
)
_RESIDENTS = "FROM registry_resident r JOIN registry_household h ON h.id = r.household_id"
_RESIDENT_SORTS = {
    "name": "r.name_key, r.id",
    "-name": "r.name_key DESC, r.id DESC",
    "door": "r.grid_id, h.walk, r.household_id, r.id",
    "-door": "r.grid_id DESC, h.walk DESC, r.household_id DESC, r.id DESC",
    "age": "r.born_on DESC, r.id",
    "-age": "r.born_on, r.id",
}
_HOUSEHOLD_SORTS = {
    "door": "h.grid_id, h.walk, h.id",
    "-door": "h.grid_id DESC, h.walk DESC, h.id DESC",
    "people": "h.people, h.id",
    "-people": "h.people DESC, h.id DESC",
}


def search(
    q: str,
    *,
    viewer: Viewer,
    area: AreaId | None = None,
    sort: str = "",
    page: int = 1,
    page_size: int = 50,
    purpose: Purpose = Purpose.REGISTER_UPKEEP,
) -> Slice:
    """Residents found by name, pinyin, initials, door, or a whole identity or telephone number; all of them without
    `q`.

    A struck person is found too, and shown as struck.
    """
    grids = grids_in(viewer, Permission.READ, area)
    for match in _meanings(q):
        found = _page(match, grids, sort=_RESIDENT_SORTS.get(sort), page=page, page_size=page_size)
        if found.total:
            break
    rows = _resident_rows(found.rows, viewer)
    if rows:
        where = area or _own_area(viewer, Permission.READ)
        subjects = [row.id for row in rows]
        access.disclose(
            viewer=viewer,
            what="registry.residents",
            purpose=purpose,
            area=where,
            subjects=subjects,
            permission=Permission.READ,
        )
    return Slice(rows, found.total)


def households(
    *,
    viewer: Viewer,
    q: str = "",
    area: AreaId | None = None,
    sort: str = "",
    page: int = 1,
    page_size: int = 50,
    purpose: Purpose = Purpose.REGISTER_UPKEEP,
) -> Slice:
    """Households of an area by door, or those in which somebody of that name lives."""
    grids = grids_in(viewer, Permission.READ, area)
    for match in _meanings(q):
        where, params = _within("h", grids, *_living_there(match))
        total = _count(f"SELECT COUNT(*) FROM registry_household h WHERE {where}", params)
        if total:
            break
    order = _HOUSEHOLD_SORTS.get(sort, _HOUSEHOLD_SORTS["door"])
    sql = f"SELECT {_HOUSEHOLD_COLUMNS} FROM registry_household h WHERE {where} ORDER BY {order} LIMIT %s OFFSET %s"
    found = _query(sql, [*params, *_limits(page, page_size)])
    heads = _heads([row[0] for row in found])
    if heads:
        access.disclose(
            viewer=viewer,
            what="registry.households",
            purpose=purpose,
            area=area or _own_area(viewer, Permission.READ),
            subjects=[id for id, _ in heads.values()],
            permission=Permission.READ,
        )
    places = _Places(viewer)
    return Slice([_household_row(row, heads, places) for row in found], total)


def household(id: HouseholdId, *, viewer: Viewer, purpose: Purpose = Purpose.REGISTER_UPKEEP) -> HouseholdView:
    """A household with everybody in it. Outside one's areas it is not there at all (404)."""
    found = _query(f"SELECT {_HOUSEHOLD_COLUMNS} FROM registry_household h WHERE h.id = %s", [id])
    if not found:
        raise Problem("access.not_found", status=404)
    row = _household_row(found[0], _heads([id]), _Places(viewer))
    viewer.require(Permission.READ, lineage=territory.lineage(row.grid, local_day(viewer.at)))
    sql = f"SELECT {_RESIDENT_COLUMNS} {_RESIDENTS} WHERE r.household_id = %s ORDER BY r.id"
    residents = _resident_rows(_query(sql, [id]), viewer)
    access.disclose(
        viewer=viewer,
        what="registry.household",
        purpose=purpose,
        area=row.grid,
        subjects=[each.id for each in residents] or [row.id],
        count=len(residents),
        permission=Permission.READ,
    )
    return HouseholdView(row, residents)


def households_of(
    ids: Sequence[HouseholdId],
    *,
    viewer: Viewer,
    area: AreaId,
    what: str,
    permission: str,
    purpose: Purpose,
    page: int = 1,
    page_size: int = 50,
) -> Slice:
    """These households of an area in walking order, for a list that another module keeps (a campaign's remainder).

    The other module says what the list is called and by which of its permissions it is looked at.
    """
    grids = grids_in(viewer, permission, area)
    where, params = _within("h", grids, f"h.id IN ({_marks(ids)})" if ids else "1 = 0", ids)
    order = f"ORDER BY {_HOUSEHOLD_SORTS['door']} LIMIT %s OFFSET %s"
    sql = f"SELECT {_HOUSEHOLD_COLUMNS} FROM registry_household h WHERE {where} {order}"
    found = _query(sql, [*params, *_limits(page, page_size)])
    heads = _heads([row[0] for row in found])
    if found:
        access.disclose(
            viewer=viewer,
            what=what,
            purpose=purpose,
            area=area,
            subjects=[id for id, _ in heads.values()],
            permission=permission,
        )
    total = _count(f"SELECT COUNT(*) FROM registry_household h WHERE {where}", params)
    places = _Places(viewer)
    return Slice([_household_row(row, heads, places) for row in found], total)


def resident_place(id: ResidentId, *, viewer: Viewer, permission: Permission) -> ResidentRef:
    """Where a resident stands, if the viewer may do this there; else they are not there at all (404)."""
    ref = _load_residents([id]).get(id)
    if ref is None:
        raise Problem("access.not_found", status=404)
    viewer.require(permission, lineage=territory.lineage(ref.grid, local_day(viewer.at)))
    return ref


def reveal(
    id: ResidentId,
    *,
    field: Field,
    reason: str,
    viewer: Viewer,
    purpose: Purpose = Purpose.REGISTER_UPKEEP,
) -> str | None:
    """One value of one person in clear. It costs a reason and leaves a trace; there are so many a day."""
    ref = resident_place(id, viewer=viewer, permission=Permission.REVEAL)
    access.reveal(
        viewer=viewer,
        subject=id,
        field=f"registry.{field.value}",
        area=ref.grid,
        purpose=purpose,
        permission=Permission.REVEAL,
        reason=reason,
    )
    return _in_clear(id, field)


def history(id: ResidentId, *, viewer: Viewer, purpose: Purpose = Purpose.REGISTER_UPKEEP) -> list[EditView]:
    """Every edit of a resident, oldest first, masked like the rest."""
    ref = resident_place(id, viewer=viewer, permission=Permission.READ)
    rows = _query(f"SELECT {_EDIT_COLUMNS} FROM registry_edit WHERE subject_id = %s ORDER BY position, id", [id])
    access.disclose(
        viewer=viewer,
        what="registry.history",
        purpose=purpose,
        area=ref.grid,
        subjects=[id],
        permission=Permission.READ,
    )
    return _edit_views(rows, shown=set())


def disagreements(*, viewer: Viewer, area: AreaId | None = None, page: int = 1, page_size: int = 50) -> Slice:
    """Questions that wait for a person, in the areas where the viewer may decide them, oldest first."""
    grids = grids_in(viewer, Permission.SETTLE, area)
    where, params = _within("d", grids, "", [])
    total = _count(f"SELECT COUNT(*) FROM registry_disagreement d WHERE {where}", params)
    rows = _query(
        "SELECT d.id, d.kind, d.household_id, d.subject_id, d.grid_id, h.door, r.name, d.field, d.edits"
        " FROM registry_disagreement d JOIN registry_household h ON h.id = d.household_id"
        f" LEFT JOIN registry_resident r ON r.id = d.subject_id WHERE {where} ORDER BY d.position, d.id LIMIT %s OFFSET %s",
        [*params, *_limits(page, page_size)],
    )
    places = _Places(viewer)
    views = [_disagreement(row, places) for row in rows]
    if views:
        access.disclose(
            viewer=viewer,
            what="registry.disagreements",
            purpose=Purpose.REGISTER_UPKEEP,
            area=area or _own_area(viewer, Permission.SETTLE),
            subjects=[view.resident or view.household for view in views],
            permission=Permission.SETTLE,
        )
    return Slice(list(views), total)


def disagreement_count(*, viewer: Viewer) -> int:
    """How many questions wait where the viewer may decide them. Names nobody."""
    where, params = _within("d", grids_in(viewer, Permission.SETTLE, None), "", [])
    return _count(f"SELECT COUNT(*) FROM registry_disagreement d WHERE {where}", params)


def version_of(subject: UUID, field: Field, *, is_resident: bool) -> int:
    """The version at which a field of a resident or household stands."""
    table = "registry_resident" if is_resident else "registry_household"
    rows = _query(f"SELECT versions FROM {table} WHERE id = %s", [subject])
    return _versions(rows[0][0]).get(field.value, 0) if rows else 0


def grids_in(viewer: Viewer, permission: str, area: AreaId | None) -> list[AreaId]:
    """The grids in which the viewer may do this, or those of one area of theirs (404 when it is not theirs)."""
    today = local_day(viewer.at)
    viewer.require(permission, lineage=territory.lineage(area, today) if area else ())
    roots = [area] if area else sorted(viewer.roots(permission))
    return sorted({grid.id for root in roots for grid in territory.grids_under(root, today)})


def _own_area(viewer: Viewer, permission: str) -> AreaId:
    return min(viewer.roots(permission))


def _page(match: _Where, grids: Sequence[AreaId], *, sort: str | None, page: int, page_size: int) -> Slice:
    condition, params = match
    where, params = _within("r", grids, condition, params)
    if "h." in condition:
        total = _count(f"SELECT COUNT(*) {_RESIDENTS} WHERE {where}", params)
    else:
        total = _count(f"SELECT COUNT(*) FROM registry_resident r WHERE {where}", params)
    order = sort or (_RESIDENT_SORTS["door"] if "h." in condition else _RESIDENT_SORTS["name"])
    sql = f"SELECT {_RESIDENT_COLUMNS} {_RESIDENTS} WHERE {where} ORDER BY {order} LIMIT %s OFFSET %s"
    return Slice(_query(sql, [*params, *_limits(page, page_size)]), total)


def _limits(page: int, page_size: int) -> tuple[int, int]:
    size = max(1, min(page_size, MOST_ROWS))
    return size, (max(1, page) - 1) * size


def _within(table: str, grids: Sequence[AreaId], condition: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    if not grids:
        return "1 = 0", []
    inside = f"{table}.grid_id IN ({_marks(grids)})"
    return (f"{condition} AND {inside}" if condition else inside), [*params, *grids]


def _meanings(q: str) -> Iterator[_Where]:
    """What the words can mean, likeliest first: a number, letters, a door, the beginning of a name, any part of one."""
    text = rules.plain(q)
    if not text:
        yield "", []
        return
    number, key = rules.usual_number(text), rules.name_key(text)
    if number.isascii() and sum(c.isdigit() for c in number) >= 6:
        yield _by_number(number, text)
    elif key.isascii() and key.isalpha():
        yield f"({_starts('r.pinyin')} OR {_starts('r.initials')})", [*_from(key), *_from(key)]
    elif rules.reads_like_a_door(text):
        yield _by_door(text)
    else:
        yield _starts("r.name_key"), _from(key)
        yield "r.name_key LIKE %s", [f"%{key}%"]
    yield _by_door(text)


def _by_number(number: str, text: str) -> _Where:
    """Only a whole number finds anybody: parts of it are nowhere to be looked for."""
    identity = search_hash(Field.ID_NUMBER, number)
    phone = search_hash(Field.PHONE, rules.usual_phone(text))
    return "(r.id_hash = %s OR r.phone_hash = %s)", [identity, phone]


def _by_door(text: str) -> _Where:
    door = rules.read_door(text)
    if door is None:
        return "1 = 0", []
    if not door.building and not door.entrance:
        return "(h.room = %s OR h.door_key = %s)", [door.room, door.key]
    key = door.key.rstrip("-")
    if door.room:
        return "h.door_key = %s", [door.key]
    return f"(h.door_key = %s OR {_starts('h.door_key')})", [door.key, *_from(f"{key}-")]


def _living_there(match: _Where) -> _Where:
    """The households in which somebody is meant, or which are meant themselves."""
    condition, params = match
    if "r." not in condition:
        return match
    return f"h.id IN (SELECT r.household_id FROM registry_resident r WHERE {condition})", params


def _starts(column: str) -> str:
    return f"({column} >= %s AND {column} < %s)"


def _from(key: str) -> list[str]:
    return [key, key + _ABOVE_ALL]


class _Places(dict[UUID, str]):
    """Names of grids with their community, each worked out once per page."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__()
        self._on = local_day(viewer.at)

    def __missing__(self, grid: UUID) -> str:
        found = territory.find(AreaId(grid), self._on)
        self[grid] = " › ".join(found.path[-2:]) if found else ""
        return self[grid]


def _resident_rows(rows: Iterable[Sequence[Any]], viewer: Viewer) -> list[ResidentRow]:
    places = _Places(viewer)
    return [_resident_row(row, places) for row in rows]


def _resident_row(row: Sequence[Any], places: Mapping[UUID, str]) -> ResidentRow:
    (
        id,
        home,
        grid,
        area,
        door,
        name,
        sex,
        born_on,
        relation,
        residence,
        document,
        id_masked,
        phone,
        status,
        versions,
    ) = row
    return ResidentRow(
        ResidentId(_uuid(id)),
        HouseholdId(_uuid(home)),
        AreaId(_uuid(grid)),
        AreaId(_uuid(area)),
        places[_uuid(grid)],
        door,
        mask_name(name),
        sex,
        _year(born_on),
        relation,
        residence,
        document,
        id_masked,
        phone,
        Status(status),
        _versions(versions),
    )


_HOUSEHOLD_COLUMNS = "h.id, h.dwelling_id, h.grid_id, h.area_id, h.door, h.people, h.status, h.found"


def _household_row(
    row: Sequence[Any], heads: Mapping[UUID, tuple[UUID, str]], places: Mapping[UUID, str]
) -> HouseholdRow:
    id, dwelling, grid, area, door, people, status, found = row
    return HouseholdRow(
        HouseholdId(_uuid(id)),
        DwellingId(_uuid(dwelling)),
        AreaId(_uuid(grid)),
        AreaId(_uuid(area)),
        places[_uuid(grid)],
        door,
        people,
        mask_name(heads[_uuid(id)][1]) if _uuid(id) in heads else "",
        Status(status),
        bool(found),
    )


def _heads(households: Sequence[Any]) -> dict[UUID, tuple[UUID, str]]:
    """Who stands first in each household: its head, else the one who came first."""
    if not households:
        return {}
    rows = _query(
        f"SELECT household_id, id, name FROM registry_resident WHERE household_id IN ({_marks(households)})"
        " AND status = 'present' ORDER BY CASE WHEN relation = 'head' THEN 1 ELSE 0 END, id DESC",
        households,
    )
    return {_uuid(home): (_uuid(id), name) for home, id, name in rows}


def _in_clear(id: ResidentId, field: Field) -> str | None:
    if field in _SEALED:
        from lianfang.ground.registry.projections import sealed_place

        ((sealed,),) = _query(f"SELECT {_SEALED[field]} FROM registry_resident WHERE id = %s", [id])
        if sealed is None:
            return None
        place = sealed_place(id.hex, field).encode()
        return keyring.need(REGISTER_KEY).open(bytes(sealed), about=place).decode()
    ((value,),) = _query(f"SELECT {field.value} FROM registry_resident WHERE id = %s", [id])
    return None if value is None else str(value)


_SEALED = {Field.ID_NUMBER: "id_sealed", Field.PHONE: "phone_sealed"}

# --- edits and questions ---------------------------------------------------------------------------------------------

_EDIT_COLUMNS = "id, field, value, account, at, reason"


def _edit_views(rows: Sequence[Sequence[Any]], *, shown: set[UUID]) -> list[EditView]:
    names = accounts.names_of({found for row in rows if (found := as_uuid(row[3]))})
    return [
        EditView(
            _uuid(id),
            field,
            mask_name(value) if field == Field.NAME else value,
            names.get(as_uuid(account) or UUID(int=0), ""),
            as_instant(at),
            reason,
            _uuid(id) in shown,
        )
        for id, field, value, account, at, reason in rows
    ]


def _disagreement(row: Sequence[Any], places: Mapping[UUID, str]) -> DisagreementView:
    id, kind, home, subject, grid, door, name, field, edits = row
    ids = msgspec.json.decode(edits, type=list[UUID])
    rows = _query(f"SELECT {_EDIT_COLUMNS} FROM registry_edit WHERE id IN ({_marks(ids)}) ORDER BY position, id", ids)
    is_resident = _uuid(subject) != _uuid(home)
    return DisagreementView(
        _uuid(id),
        Question(kind),
        HouseholdId(_uuid(home)),
        ResidentId(_uuid(subject)) if is_resident else None,
        AreaId(_uuid(grid)),
        places[_uuid(grid)],
        door,
        mask_name(name),
        field,
        _edit_views(rows, shown=set()),
    )


# --- what phones download --------------------------------------------------------------------------------------------


def household_documents(
    grids: Sequence[AreaId],
    after: int,
    limit: int,
    viewer: Viewer,
    *,
    purpose: Purpose = Purpose.REGISTER_UPKEEP,
) -> DocumentPage:
    """What changed in these grids after a position, in the order of positions, about `limit` households at a time.

    A published roster gives a whole grid one position, and a page never ends inside a position: a phone asks on by
    position alone, and must not lose those that share it.
    """
    today = local_day(viewer.at)
    for grid in grids:
        viewer.require(Permission.DOWNLOAD, lineage=territory.lineage(grid, today))
    until, more = _page_end(grids, after, limit)
    rows = _changed_households(grids, after, until)
    residents = _residents_of([row[0] for row in rows])
    documents = [_document(row, residents.get(_uuid(row[0]), [])) for row in rows]
    gone = _gone(grids, after, until)
    people = Counter(dict.fromkeys(grids, 0))
    for document in documents:
        people[document.grid] += len(document.residents)
    for grid, count in people.items():
        if count:
            access.disclose(
                viewer=viewer,
                what="registry.download",
                purpose=purpose,
                area=grid,
                count=count,
                how=Looked.DOWNLOADED,
                permission=Permission.DOWNLOAD,
                whole=True,
            )
    return DocumentPage(documents, gone, until, more)


def _page_end(grids: Sequence[AreaId], after: int, limit: int) -> tuple[int, bool]:
    """The last position that this page holds whole, and whether there is more behind it."""
    if not grids:
        return after, False
    where = f"grid_id IN ({_marks(grids)}) AND position > %s"
    changes = f"SELECT position FROM registry_household WHERE {where} UNION ALL SELECT position FROM registry_gone WHERE {where}"
    params = [*grids, after]
    found = _query(f"SELECT position FROM ({changes}) c ORDER BY position LIMIT %s", [*params, *params, max(1, limit)])
    if not found:
        return after, False
    until = int(found[-1][0])
    ((last,),) = _query(f"SELECT MAX(position) FROM ({changes}) c", [*params, *params])
    return until, int(last) > until


def _changed_households(grids: Sequence[AreaId], after: int, until: int) -> list[tuple[Any, ...]]:
    if not grids:
        return []
    return _query(
        "SELECT id, dwelling_id, area_id, grid_id, door, walk, status, position FROM registry_household"
        f" WHERE grid_id IN ({_marks(grids)}) AND position > %s AND position <= %s ORDER BY position, grid_id, walk, id",
        [*grids, after, until],
    )


def _residents_of(households: Sequence[Any]) -> dict[UUID, list[ResidentDocument]]:
    found: dict[UUID, list[ResidentDocument]] = {}
    for part in _parts(households):
        rows = _query(
            "SELECT household_id, id, name, sex, born_on, relation, residence_kind, phone_masked, id_masked, status, versions"
            f" FROM registry_resident WHERE household_id IN ({_marks(part)}) ORDER BY id",
            part,
        )
        for home, id, name, sex, born_on, relation, residence, phone, id_masked, status, versions in rows:
            document = ResidentDocument(
                ResidentId(_uuid(id)),
                name,
                sex,
                _year(born_on),
                relation,
                residence,
                phone,
                id_masked,
                Status(status),
                _versions(versions),
            )
            found.setdefault(_uuid(home), []).append(document)
    return found


def _document(row: Sequence[Any], residents: list[ResidentDocument]) -> HouseholdDocument:
    id, dwelling, area, grid, door, walk, status, position = row
    return HouseholdDocument(
        HouseholdId(_uuid(id)),
        DwellingId(_uuid(dwelling)),
        AreaId(_uuid(area)),
        AreaId(_uuid(grid)),
        door,
        walk,
        Status(status),
        position,
        residents,
    )


def _gone(grids: Sequence[AreaId], after: int, until: int) -> list[HouseholdId]:
    if not grids or not after:
        return []  # a phone that has nothing yet has nothing to drop
    rows = _query(
        f"SELECT household_id FROM registry_gone WHERE grid_id IN ({_marks(grids)}) AND position > %s AND position <= %s"
        " ORDER BY household_id",
        [*grids, after, until],
    )
    return [HouseholdId(_uuid(id)) for (id,) in rows]


# --- what campaigns are about ----------------------------------------------------------------------------------------


def targets_sql(definition: TargetDefinition, *, on: date) -> TargetsSql:
    """The households a definition means on that day: those on the list, whoever has been struck left out."""
    grids = sorted({grid.id for area in definition.areas for grid in territory.grids_under(area, on)})
    if not grids:
        return TargetsSql(f"{_TARGETS} WHERE 1 = 0", ())
    where, params = f"h.grid_id IN ({_marks(grids)}) AND h.status = 'present'", list[Any](grids)
    if definition.dwelling is not None:
        where += " AND h.dwelling_id IN (SELECT d.id FROM registry_dwelling d WHERE d.kind = %s)"
        params.append(definition.dwelling.value)
    if definition.households is not Targeted.ALL:
        compare, day = _born(definition, on)
        where += (
            " AND EXISTS (SELECT 1 FROM registry_resident r WHERE r.household_id = h.id AND r.status = 'present'"
            f" AND r.born_on {compare} %s)"
        )
        params.append(day)
    return TargetsSql(f"{_TARGETS} WHERE {where}", tuple(params))


_TARGETS = "SELECT h.id AS household_id, h.grid_id, h.area_id, h.walk, h.people FROM registry_household h"


def _born(definition: TargetDefinition, on: date) -> tuple[str, date]:
    """Whoever is at least 60 was born on this day 60 years ago or before; at most 6: after this day 7 years ago."""
    years = definition.years
    if years is None or not 0 <= years <= 130:
        raise Problem("registry.target_years", status=422)
    if definition.households is Targeted.WITH_AGE_FROM:
        return "<=", _years_before(on, years)
    return ">", _years_before(on, years + 1)


def _years_before(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February
        return on.replace(year=on.year - years, day=28)


# --- imports ---------------------------------------------------------------------------------------------------------


def import_view(id: UUID, *, viewer: Viewer | None, findings: int = 200) -> ImportView:
    """How an import stands, with its first findings. None of it names a resident. `viewer` None: the command line."""
    row = import_row(id, viewer=viewer)
    roster = Roster.objects.filter(id=id).first()
    return ImportView(
        id=row.id,
        state=ImportState(row.state),
        file_name=row.file_name,
        created_at=row.created_at,
        rows=row.rows,
        good=row.good,
        bad=row.bad,
        warned=row.warned,
        households=row.households,
        residents=row.residents,
        edits=row.edits,
        unchanged=row.unchanged,
        job=row.job,
        problem=row.problem or None,
        problem_details=msgspec.json.decode(row.problem_details),
        findings=findings_of(id, most=findings),
        kept_households=roster.kept_households if roster else 0,
        kept_residents=roster.kept_residents if roster else 0,
    )


def import_header(id: UUID) -> list[str]:
    """The titles of the columns in the uploader's own file."""
    row = import_row(id, viewer=None)
    return msgspec.json.decode(row.header, type=list[str])


def imports(*, viewer: Viewer, page: int = 1, page_size: int = 50) -> Slice:
    """Imports the viewer may see, latest first: their own, and all in areas where they may load."""
    viewer.require(Permission.IMPORT)
    rows = [row for row in Import.objects.order_by("-created_at", "-id") if _may_see(row, viewer)]
    size, start = _limits(page, page_size)
    return Slice([import_view(row.id, viewer=viewer, findings=0) for row in rows[start : start + size]], len(rows))


def import_row(id: UUID, *, viewer: Viewer | None) -> Import:
    """The import, if the viewer may see it; else it is not there at all (404)."""
    if viewer is not None:
        viewer.require(Permission.IMPORT)
    row = Import.objects.filter(id=id).first()
    if row is None or not _may_see(row, viewer):
        raise Problem("access.not_found", status=404)
    return row


def _may_see(row: Import, viewer: Viewer | None) -> bool:
    if viewer is None or row.by == viewer.account:
        return True
    today = local_day(viewer.at)
    roots = [AreaId(UUID(root)) for root in msgspec.json.decode(row.roots)]
    return all(viewer.may(Permission.IMPORT, lineage=territory.lineage(root, today)) for root in roots)


def findings_of(id: UUID, *, most: int) -> list[Finding]:
    """What was found in the rows, in their order, errors and warnings alike."""
    found: list[Finding] = []
    if not most:
        return found
    for (text,) in ImportChunk.objects.filter(import_id=id).order_by("no").values_list("findings").iterator(8):
        found += msgspec.json.decode(text, type=list[Finding])
        if len(found) >= most:
            break
    return found[:most]


def rows_with_findings(id: UUID, *, viewer: Viewer) -> tuple[list[str], list[tuple[list[Any], list[Finding]]]]:
    """The uploader's own rows that have findings, with their header; noted as an export before they leave."""
    row = import_row(id, viewer=viewer)
    found = list(staging.shown_rows(id))
    if found:
        access.disclose(
            viewer=viewer,
            what="registry.import_errors",
            purpose=Purpose.REGISTER_UPKEEP,
            area=_own_area(viewer, Permission.IMPORT),
            count=len(found),
            how=Looked.EXPORTED,
            permission=Permission.IMPORT,
        )
    return msgspec.json.decode(row.header, type=list[str]), found


# --- look-ups for records --------------------------------------------------------------------------------------------


def _load_households(ids: Sequence[UUID]) -> Mapping[UUID, HouseholdRef]:
    rows = _in_parts("SELECT id, dwelling_id, area_id, grid_id FROM registry_household WHERE id IN ({ids})", ids)
    return {
        id: HouseholdRef(HouseholdId(id), DwellingId(dwelling), AreaId(area), AreaId(grid))
        for id, dwelling, area, grid in (map(_uuid, row) for row in rows)
    }


def _load_residents(ids: Sequence[UUID]) -> Mapping[UUID, ResidentRef]:
    rows = _in_parts("SELECT id, household_id, grid_id FROM registry_resident WHERE id IN ({ids})", ids)
    return {
        id: ResidentRef(ResidentId(id), HouseholdId(home), AreaId(grid))
        for id, home, grid in (map(_uuid, row) for row in rows)
    }


def _load_rosters(ids: Sequence[UUID]) -> Mapping[UUID, RosterRef]:
    rows = _in_parts("SELECT id, area_id, undone FROM registry_roster WHERE id IN ({ids})", ids)
    return {_uuid(id): RosterRef(_uuid(id), AreaId(_uuid(area)), undone is not None) for id, area, undone in rows}


LOADERS: tuple[Loader, ...] = (
    Loader(HOUSEHOLD, _load_households),
    Loader(RESIDENT, _load_residents),
    Loader(ROSTER, _load_rosters),
)


# --- small things ----------------------------------------------------------------------------------------------------


def _query(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _count(sql: str, params: Sequence[Any]) -> int:
    return int(_query(sql, params)[0][0])


def _in_parts(sql: str, ids: Sequence[Any]) -> Iterable[tuple[Any, ...]]:
    for part in _parts(ids):
        yield from _query(sql.format(ids=_marks(part)), part)


def _parts(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (items[start : start + _MOST_IN_A_QUERY] for start in range(0, len(items), _MOST_IN_A_QUERY))


def _marks(items: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(items))


def _uuid(value: Any) -> UUID:
    found = as_uuid(value)
    assert found is not None
    return found


def _year(born_on: Any) -> int | None:
    return int(str(born_on)[:4]) if born_on else None


def _versions(text: str) -> dict[str, int]:
    return msgspec.json.decode(text, type=dict[str, int]) if text != "{}" else {}
