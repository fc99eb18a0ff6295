"""Reads of the register.

Whoever asks sees their own areas only, masked, and every page of people is noted before it leaves.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag

from lianfang.foundation.kernel.ids import AreaId, DwellingId, HouseholdId, ResidentId
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.kernel.masks import mask_name
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger.terms import Loader
from lianfang.foundation.plumbing import database
from lianfang.foundation.plumbing.database import as_instant, as_uuid
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.access import actions as access
from lianfang.ground.access import queries as accounts
from lianfang.ground.access.records import Look, PeopleDisclosed
from lianfang.ground.access.terms import Looked
from lianfang.ground.registry import listing
from lianfang.ground.registry.columns import sealed_place
from lianfang.ground.registry.documents import household_documents
from lianfang.ground.registry.edits import Reading, edits_of, standing_of
from lianfang.ground.registry.imports import (
    import_header,
    import_row,
    import_view,
    imports,
    imports_waiting,
    rows_with_findings,
)
from lianfang.ground.registry.in_hand import InHand, install_in_hand
from lianfang.ground.registry.memory import HOUSEHOLDS
from lianfang.ground.registry.oneness import ever_one_with, ids_of, standing_id
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.place_views import place as place
from lianfang.ground.registry.reading import (
    MOST_ROWS,
    as_id,
    count,
    in_parts,
    limits,
    marks,
    query,
    versions_in,
    year,
)
from lianfang.ground.registry.records import HOUSEHOLD, PREMISES, REDRAWN, RESIDENT, ROSTER
from lianfang.ground.registry.redrawing import grid_on, load_redrawn, rosters_under_way, who_goes
from lianfang.ground.registry.search import Where, meanings, narrowed, these_within, within
from lianfang.ground.registry.sources import NOBODY_SAID, sources_of
from lianfang.ground.registry.spots import (
    areas_of_premises,
    load_premises,
    place_documents,
    places_changed,
    premises_of,
)
from lianfang.ground.registry.targets import places_sql, premises_sql, targets_sql
from lianfang.ground.registry.terms import (
    DisagreementView,
    EditView,
    Field,
    HouseholdRow,
    HouseholdView,
    Lives,
    Question,
    ResidenceKind,
    ResidentRef,
    ResidentRow,
    RosterRef,
    Slice,
    Status,
)
from lianfang.ground.registry.visits import Visits, install_visits
from lianfang.ground.territory import queries as territory

__all__ = [
    "LOADERS",
    "MOST_ROWS",
    "AskedResident",
    "InHand",
    "Visits",
    "areas_of_premises",
    "disagreement_count",
    "disagreements",
    "grid_on",
    "grids_in",
    "history",
    "homes_in",
    "household",
    "household_documents",
    "households",
    "households_in",
    "households_of",
    "ids_of",
    "import_header",
    "import_row",
    "import_view",
    "imports",
    "imports_waiting",
    "install_in_hand",
    "install_visits",
    "people_in",
    "place_documents",
    "places_changed",
    "places_sql",
    "premises_of",
    "premises_sql",
    "resident_place",
    "residents_seen",
    "reveal",
    "rosters_under_way",
    "rows_with_findings",
    "search",
    "targets_sql",
    "version_of",
    "who_goes",
    "whole_households",
]

# --- lists and search ------------------------------------------------------------------------------------------------

_RESIDENT_COLUMNS = (
    "r.id, r.household_id, r.grid_id, h.area_id, h.door, r.name, r.sex, r.born_on, r.relation, r.residence_kind,"
    " r.document_kind, r.id_masked, r.phone_masked, r.status, r.versions"
)
_RESIDENTS = "FROM registry_resident r JOIN registry_household h ON h.id = r.household_id"


def search(
    q: str,
    *,
    viewer: Viewer,
    area: AreaId | None = None,
    sort: str = "",
    page: int = 1,
    page_size: int = 50,
    purpose: Purpose = Purpose.REGISTER_UPKEEP,
    lives: Lives | None = None,
) -> Slice:
    """Residents found by name, pinyin, initials, door, or a whole identity or telephone number; all of them without
    `q`; of one kind of residence only, if asked.

    A struck person is found too, and shown as struck; not so by kind, for those lists are counted elsewhere as well.
    """
    grids = grids_in(viewer, Permission.READ, area)
    meant = (narrowed(meaning, living(lives)) for meaning in meanings(q)) if lives else meanings(q)
    found = listing.residents(meant, listing.Scope(grids), sort=sort, page=page, page_size=page_size)
    rows = _resident_rows(_in_order(found.ids, grids, f"SELECT {_RESIDENT_COLUMNS} {_RESIDENTS}", "r"), viewer)
    if rows:
        where = area or own_area(viewer, Permission.READ)
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


_LIVES_AS: dict[Lives, tuple[ResidenceKind, ...]] = {
    Lives.SEPARATED: (ResidenceKind.AWAY, ResidenceKind.USUAL),
    **{Lives(kind.value): (kind,) for kind in ResidenceKind},
}


def living(lives: Lives) -> Where:
    """Who is on the list and lives here in this way."""
    listed = "r.status = 'present'"
    if lives is Lives.UNKNOWN:
        return Where(f"{listed} AND r.residence_kind IS NULL", [])
    kinds = [kind.value for kind in _LIVES_AS[lives]]
    return Where(f"{listed} AND r.residence_kind IN ({marks(kinds)})", kinds)


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
    page_of = listing.households(meanings(q), listing.Scope(grids), sort=sort, page=page, page_size=page_size)
    found = _in_order(page_of.ids, grids, f"SELECT {_HOUSEHOLD_COLUMNS} FROM registry_household h", "h")
    heads = _heads([row[0] for row in found])
    if heads:
        access.disclose(
            viewer=viewer,
            what="registry.households",
            purpose=purpose,
            area=area or own_area(viewer, Permission.READ),
            subjects=[id for id, _ in heads.values()],
            permission=Permission.READ,
        )
    places = _Places(viewer)
    return Slice([_household_row(row, heads, places) for row in found], page_of.total)


def people_in(grids: Sequence[AreaId]) -> dict[AreaId, int]:
    """How many people are on the list in each of these grids. A number, nobody in particular."""
    sql = "SELECT grid_id, SUM(people) FROM registry_household WHERE grid_id IN ({ids}) GROUP BY grid_id"
    return {AreaId(as_id(grid)): int(people) for grid, people in in_parts(sql, grids)}


def homes_in(grids: Sequence[AreaId]) -> dict[AreaId, tuple[int, int]]:
    """How many households are on the list in each of these grids, and how many people."""
    sql = "SELECT grid_id, COUNT(*), SUM(people) FROM registry_household WHERE grid_id IN ({ids}) GROUP BY grid_id"
    return {AreaId(as_id(grid)): (int(homes), int(people)) for grid, homes, people in in_parts(sql, grids)}


def household(id: HouseholdId, *, viewer: Viewer, purpose: Purpose = Purpose.REGISTER_UPKEEP) -> HouseholdView:
    """A household with everybody in it. Outside one's areas it is not there at all (404)."""
    viewer.require(Permission.READ)
    found = query(f"SELECT {_HOUSEHOLD_COLUMNS} FROM registry_household h WHERE h.id = %s", [id])
    if not found:
        raise Problem("access.not_found", status=404)
    row = _household_row(found[0], _heads([id]), _Places(viewer))
    viewer.require(Permission.READ, lineage=territory.lineage(row.grid, local_day(viewer.at)))
    sql = f"SELECT {_RESIDENT_COLUMNS} {_RESIDENTS} WHERE r.household_id = %s ORDER BY r.id"
    residents = _resident_rows(query(sql, [id]), viewer)
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
    how: Looked = Looked.LISTED,
    reason: str | None = None,
    first: Mapping[AreaId, int] | None = None,
) -> Slice:
    """These households of an area in walking order, for a list that another module keeps (a campaign's remainder).

    `first` ranks buildings and entrances by a way of its own: their doors come before all others, in that order.

    The other module says what the list is called and by which of its permissions it is looked at; and, when it is to
    leave as a file or on paper, how and why.
    """
    grids = grids_in(viewer, permission, area)
    where, params = these_within("h", ids, grids)
    ranked, ranks = _ranked(first or {})
    order = f"ORDER BY {ranked} h.grid_id, h.walk, h.id LIMIT %s OFFSET %s"
    sql = f"SELECT {_HOUSEHOLD_COLUMNS} FROM registry_household h WHERE {where} {order}"
    found = query(sql, [*params, *ranks, *limits(page, page_size)])
    heads = _heads([row[0] for row in found])
    if found:
        access.disclose(
            viewer=viewer,
            what=what,
            purpose=purpose,
            area=area,
            subjects=[id for id, _ in heads.values()],
            permission=permission,
            how=how,
            reason=reason,
        )
    total = count(f"SELECT COUNT(*) FROM registry_household h WHERE {where}", params)
    places = _Places(viewer)
    return Slice([_household_row(row, heads, places) for row in found], total)


def _ranked(first: Mapping[AreaId, int]) -> tuple[str, list[Any]]:
    if not first:
        return "", []
    cases = " ".join(["WHEN %s THEN %s"] * len(first))
    return f"CASE h.area_id {cases} ELSE %s END,", [*(p for pair in first.items() for p in pair), len(first)]


def whole_households(
    ids: Sequence[HouseholdId], *, viewer: Viewer, area: AreaId, what: str, permission: str, purpose: Purpose
) -> list[HouseholdView]:
    """These households of an area with everybody in them, masked, in walking order: one look at all of them."""
    where, params = these_within("h", ids, grids_in(viewer, permission, area))
    homes = query(f"SELECT {_HOUSEHOLD_COLUMNS} FROM registry_household h WHERE {where} ORDER BY h.walk, h.id", params)
    found = [row[0] for row in homes]
    sql = f"SELECT {_RESIDENT_COLUMNS} {_RESIDENTS} WHERE r.household_id IN ({marks(found)}) ORDER BY r.id"
    residents = _resident_rows(query(sql, found), viewer)
    if found:
        subjects = [each.id for each in residents]
        how = {"what": what, "purpose": purpose, "area": area, "permission": permission}
        access.disclose(viewer=viewer, subjects=subjects, **how)  # type: ignore[arg-type]
    heads, places = _heads(found), _Places(viewer)
    rows = [_household_row(row, heads, places) for row in homes]
    return [HouseholdView(row, [each for each in residents if each.household == row.id]) for row in rows]


def doors_of(ids: Collection[HouseholdId]) -> dict[HouseholdId, tuple[str, int]]:
    """The door of each of these households, and how many people the register expects there. It names nobody."""
    sql = "SELECT id, door, people FROM registry_household WHERE id IN ({marks})"
    rows = query(sql.format(marks=marks(list(ids))), list(ids)) if ids else []
    return {HouseholdId(as_id(id)): (door, people) for id, door, people in rows}


def areas_of(ids: Collection[HouseholdId]) -> dict[HouseholdId, AreaId]:
    """The entrance or building each of these households belongs to, or its grid where nobody has drawn those."""
    rows = in_parts("SELECT id, area_id FROM registry_household WHERE id IN ({ids})", list(ids))
    return {HouseholdId(as_id(id)): AreaId(as_id(area)) for id, area in rows}


def households_in(grids: Sequence[AreaId]) -> dict[AreaId, int]:
    """How many households are on the list in each of these grids."""
    listed = "FROM registry_household WHERE status = 'present'"
    sql = f"SELECT grid_id, COUNT(*) {listed} AND grid_id IN ({{ids}}) GROUP BY grid_id"
    return {AreaId(as_id(grid)): int(number) for grid, number in in_parts(sql, grids)}


class AskedResident(msgspec.Struct, frozen=True):
    """Somebody wants to look at somebody, and says what for."""

    id: ResidentId
    purpose: Purpose
    viewer: Viewer


def residents_seen(asked: Sequence[AskedResident]) -> list[ResidentRow | Problem]:
    """Somebody for each of several viewers, masked, with one statement and all looks noted in one commit before any of
    them returns. Outside a viewer's areas, as if there were nobody: `access.not_found` (404).
    """
    found = _residents_for(asked)
    shown = [(n, row) for n, row in enumerate(found) if isinstance(row, ResidentRow)]
    if shown:
        looks = [_look(asked[n], row) for n, row in shown]
        for (n, row), noted in zip(shown, access.disclose_together(looks, at=asked[0].viewer.at), strict=True):
            found[n] = noted if isinstance(noted, Problem) else row
    return [answer or Problem("access.not_found", status=404) for answer in found]


def _residents_for(asked: Sequence[AskedResident]) -> list[ResidentRow | Problem | None]:
    found: list[ResidentRow | Problem | None] = [_refused(each) for each in asked]
    may = [n for n, refused in enumerate(found) if refused is None]

    def look(group: list[int]) -> None:
        rows = _residents_by_id({asked[may[g]].id for g in group}, asked[may[group[0]]].viewer)
        for n in (may[g] for g in group):
            if row := rows.get(asked[n].id):
                found[n] = _refused(asked[n], row.grid) or row

    accounts.behind_their_walls([asked[n].viewer for n in may], look)
    return found


def _residents_by_id(ids: Collection[ResidentId], viewer: Viewer) -> dict[ResidentId, ResidentRow]:
    """Under the id asked for; who was merged into somebody is that one."""
    rows = _residents_standing(ids, viewer)
    merged = {id: ResidentId(standing_id(id)) for id in ids if id not in rows}
    kept = _residents_standing({to for id, to in merged.items() if to != id}, viewer)
    return rows | {id: kept[to] for id, to in merged.items() if to in kept}


def _residents_standing(ids: Collection[ResidentId], viewer: Viewer) -> dict[ResidentId, ResidentRow]:
    if not ids:
        return {}
    spelt, values = database.marks(list(ids))
    sql = f"SELECT {_RESIDENT_COLUMNS} {_RESIDENTS} WHERE r.id IN ({spelt})"
    return {row.id: row for row in _resident_rows(database.query(sql, values), viewer)}


def _refused(asked: AskedResident, grid: AreaId | None = None) -> Problem | None:
    lineage = territory.lineage(grid, local_day(asked.viewer.at)) if grid else ()
    return asked.viewer.refused(Permission.READ, lineage=lineage)


def _look(asked: AskedResident, row: ResidentRow) -> Look:
    body = PeopleDisclosed(
        what="registry.resident",
        how=Looked.LISTED,
        purpose=asked.purpose,
        area=row.grid,
        count=1,
        permission=Permission.READ,
        subjects=(row.id,),
    )
    return Look(asked.viewer, body)


def resident_place(id: ResidentId, *, viewer: Viewer, permission: str) -> ResidentRef:
    """Where a resident stands, if the viewer may do this there; else they are not there at all (404).

    Who was merged into somebody answers as that one, by their id.
    """
    viewer.require(permission)
    id = ResidentId(standing_id(id))
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
        subject=ref.id,
        field=f"registry.{field.value}",
        area=ref.grid,
        purpose=purpose,
        permission=Permission.REVEAL,
        reason=reason,
    )
    return _in_clear(ref.id, field)


def history(id: ResidentId, *, viewer: Viewer, purpose: Purpose = Purpose.REGISTER_UPKEEP) -> list[EditView]:
    """Every edit of a resident, oldest first, masked like the rest."""
    ref = resident_place(id, viewer=viewer, permission=Permission.READ)
    ids = ids_of(ref.id)
    where = f"subject_id IN ({marks(ids)})"
    rows = query(f"SELECT {_EDIT_COLUMNS} FROM registry_edit WHERE {where} ORDER BY position, id", ids)
    access.disclose(
        viewer=viewer,
        what="registry.history",
        purpose=purpose,
        area=ref.grid,
        subjects=[ref.id],
        permission=Permission.READ,
    )
    return _edit_views(rows, shown=set())


def disagreements(*, viewer: Viewer, area: AreaId | None = None, page: int = 1, page_size: int = 50) -> Slice:
    """Questions that wait for a person, in the areas where the viewer may decide them, oldest first."""
    grids = grids_in(viewer, Permission.SETTLE, area)
    where, params = within("d", grids, "", [])
    total = count(f"SELECT COUNT(*) FROM registry_disagreement d WHERE {where}", params)
    rows = query(
        "SELECT d.id, d.kind, d.household_id, d.subject_id, d.grid_id, h.door, r.name, d.field, d.edits"
        " FROM registry_disagreement d JOIN registry_household h ON h.id = d.household_id"
        f" LEFT JOIN registry_resident r ON r.id = d.subject_id WHERE {where}"
        " ORDER BY d.position, d.id LIMIT %s OFFSET %s",
        [*params, *limits(page, page_size)],
    )
    places = _Places(viewer)
    views = [_disagreement(row, places) for row in rows]
    if views:
        access.disclose(
            viewer=viewer,
            what="registry.disagreements",
            purpose=Purpose.REGISTER_UPKEEP,
            area=area or own_area(viewer, Permission.SETTLE),
            subjects=[view.resident or view.household for view in views],
            permission=Permission.SETTLE,
        )
    return Slice(list(views), total)


def disagreement_count(*, viewer: Viewer) -> int:
    """How many questions wait where the viewer may decide them. Names nobody."""
    where, params = within("d", grids_in(viewer, Permission.SETTLE, None), "", [])
    return count(f"SELECT COUNT(*) FROM registry_disagreement d WHERE {where}", params)


def version_of(subject: UUID, field: Field, *, is_resident: bool) -> int:
    """The version at which a field of a resident or household stands."""
    table = "registry_resident" if is_resident else "registry_household"
    rows = query(f"SELECT versions FROM {table} WHERE id = %s", [subject])
    return versions_in(rows[0][0]).get(field.value, 0) if rows else 0


def grids_in(viewer: Viewer, permission: str, area: AreaId | None) -> list[AreaId]:
    """The grids in which the viewer may do this, or those of one area of theirs (404 when it is not theirs)."""
    today = local_day(viewer.at)
    viewer.require(permission, lineage=territory.lineage(area, today) if area else ())
    roots = [area] if area else sorted(viewer.roots(permission))
    return sorted(territory.grid_ids(roots, today))


def own_area(viewer: Viewer, permission: str) -> AreaId:
    return min(viewer.roots(permission))


def _in_order(ids: Sequence[Any], grids: Sequence[AreaId], sql: str, table: str) -> list[tuple[Any, ...]]:
    """The rows of a page as it was found; once more none outside these grids, whatever the page says."""
    where, params = these_within(table, ids, grids)
    place = {id: n for n, id in enumerate(ids)}
    return sorted(query(f"{sql} WHERE {where}", params), key=lambda row: place[row[0]])


def residents_by_id(ids: Sequence[UUID], *, viewer: Viewer) -> dict[UUID, ResidentRow]:
    """People as lists show them, also those who stepped aside. Who asks has seen to scope, and discloses."""
    tables = ("registry_resident", "registry_aside")
    sql = f"SELECT {_RESIDENT_COLUMNS} {_RESIDENTS} WHERE r.id IN ({marks(ids)})"
    rows = [row for table in tables for row in query(sql.replace("registry_resident", table), ids)] if ids else []
    return {UUID(str(row.id)): row for row in _resident_rows(rows, viewer)}


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
    where = AreaId(as_id(grid))
    return ResidentRow(
        ResidentId(as_id(id)),
        HouseholdId(as_id(home)),
        where,
        AreaId(as_id(area)),
        places[where],
        door,
        mask_name(name),
        sex,
        year(born_on),
        relation,
        residence,
        document,
        id_masked,
        phone,
        Status(status),
        versions_in(versions),
    )


_HOUSEHOLD_COLUMNS = "h.id, h.dwelling_id, h.grid_id, h.area_id, h.door, h.people, h.status, h.found"


def _household_row(
    row: Sequence[Any], heads: Mapping[UUID, tuple[UUID, str]], places: Mapping[UUID, str]
) -> HouseholdRow:
    id, dwelling, grid, area, door, people, status, found = row
    return HouseholdRow(
        HouseholdId(as_id(id)),
        DwellingId(as_id(dwelling)),
        AreaId(as_id(grid)),
        AreaId(as_id(area)),
        places[as_id(grid)],
        door,
        people,
        mask_name(heads[as_id(id)][1]) if as_id(id) in heads else "",
        Status(status),
        bool(found),
    )


def _heads(households: Sequence[Any]) -> dict[UUID, tuple[UUID, str]]:
    """Who stands first in each household: its head, else the one who came first."""
    if not households:
        return {}
    rows = query(
        f"SELECT household_id, id, name FROM registry_resident WHERE household_id IN ({marks(households)})"
        " AND status = 'present' ORDER BY CASE WHEN relation = 'head' THEN 1 ELSE 0 END, id DESC",
        households,
    )
    return {as_id(home): (as_id(id), name) for home, id, name in rows}


def _in_clear(id: ResidentId, field: Field) -> str | None:
    if field in _SEALED:
        ((sealed,),) = query(f"SELECT {_SEALED[field]} FROM registry_resident WHERE id = %s", [id])
        if sealed is None:
            return None
        return _opened(bytes(sealed), id, field)
    ((value,),) = query(f"SELECT {field.value} FROM registry_resident WHERE id = %s", [id])
    return None if value is None else str(value)


def _opened(sealed: bytes, id: ResidentId, field: Field) -> str:
    """A value may have come from another id of the same person, and is bound to that one."""
    key = keyring.need(REGISTER_KEY)
    for each in ever_one_with(id):
        with suppress(InvalidTag):
            return key.open(sealed, about=sealed_place(each.hex, field).encode()).decode()
    raise InvalidTag


_SEALED = {Field.ID_NUMBER: "id_sealed", Field.PHONE: "phone_sealed"}

# --- edits and questions ---------------------------------------------------------------------------------------------

_EDIT_COLUMNS = "id, field, value, account, at, reason, record"


def _edit_views(rows: Sequence[Sequence[Any]], *, shown: set[UUID]) -> list[EditView]:
    names = accounts.names_of({found for row in rows if (found := as_uuid(row[3]))})
    sources = sources_of({as_id(row[6]) for row in rows})
    return [
        EditView(
            as_id(id),
            field,
            mask_name(value) if field == Field.NAME else value,
            names.get(as_uuid(account) or UUID(int=0), ""),
            as_instant(at) or sources.get(as_id(record), NOBODY_SAID).at,
            reason,
            as_id(id) in shown,
            sources.get(as_id(record), NOBODY_SAID).office,
        )
        for id, field, value, account, at, reason, record in rows
    ]


def _disagreement(row: Sequence[Any], places: Mapping[UUID, str]) -> DisagreementView:
    id, kind, home, subject, grid, door, name, field, edits = row
    ids = msgspec.json.decode(edits, type=list[UUID])
    rows = query(f"SELECT {_EDIT_COLUMNS} FROM registry_edit WHERE id IN ({marks(ids)}) ORDER BY position, id", ids)
    is_resident = as_id(subject) != as_id(home)
    return DisagreementView(
        as_id(id),
        Question(kind),
        HouseholdId(as_id(home)),
        ResidentId(as_id(subject)) if is_resident else None,
        AreaId(as_id(grid)),
        places[as_id(grid)],
        door,
        mask_name(name),
        field,
        _edit_views(rows, shown=_shown(as_id(subject), field) if kind == Question.FIELD else set()),
    )


def _shown(subject: UUID, field: str) -> set[UUID]:
    """The edit that stands meanwhile."""
    rows = [row for row in edits_of(Reading(), subject) if row.field == field]
    return {standing_of(field, rows).shown.id} if rows else set()


# --- look-ups for records --------------------------------------------------------------------------------------------


def _load_residents(ids: Sequence[UUID]) -> Mapping[UUID, ResidentRef]:
    sql = "SELECT id, household_id, grid_id FROM {table} WHERE id IN ({ids})"
    found = list(in_parts(sql.replace("{table}", "registry_resident"), ids))
    if len(found) < len(set(ids)):  # who stepped aside answers for the place where their phone knew them
        found += in_parts(sql.replace("{table}", "registry_aside"), ids)
    return {
        id: ResidentRef(ResidentId(id), HouseholdId(home), AreaId(grid))
        for id, home, grid in (map(as_id, row) for row in found)
    }


def _load_rosters(ids: Sequence[UUID]) -> Mapping[UUID, RosterRef]:
    rows = in_parts("SELECT id, area_id, undone FROM registry_roster WHERE id IN ({ids})", ids)
    return {as_id(id): RosterRef(as_id(id), AreaId(as_id(area)), undone is not None) for id, area, undone in rows}


LOADERS: tuple[Loader, ...] = (
    Loader(HOUSEHOLD, HOUSEHOLDS.many),
    Loader(RESIDENT, _load_residents),
    Loader(ROSTER, _load_rosters),
    Loader(PREMISES, load_premises),
    Loader(REDRAWN, load_redrawn),
)
