"""What phones download: the households of their grids, page by page in the order of positions."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from lianfang.foundation.kernel.ids import AreaId, DwellingId, HouseholdId, ResidentId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.roles import Purpose
from lianfang.ground.access import actions as access
from lianfang.ground.access.terms import Looked
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.reading import as_id, marks, parts, query, versions_in, year
from lianfang.ground.registry.terms import DocumentPage, HouseholdDocument, ResidentDocument, Status
from lianfang.ground.territory import queries as territory


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
    documents = [_document(row, residents.get(as_id(row[0]), [])) for row in rows]
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
    where = f"grid_id IN ({marks(grids)}) AND position > %s"
    homes = f"SELECT position FROM registry_household WHERE {where}"
    tables = ("registry_gone", "registry_move")
    changes = " UNION ALL ".join([homes, *(f"SELECT position FROM {table} WHERE {where}" for table in tables)])
    params = [*grids, after] * 3
    found = query(f"SELECT position FROM ({changes}) c ORDER BY position LIMIT %s", [*params, max(1, limit)])
    if not found:
        return after, False
    until = int(found[-1][0])
    ((last,),) = query(f"SELECT MAX(position) FROM ({changes}) c", params)
    return until, int(last) > until


def _changed_households(grids: Sequence[AreaId], after: int, until: int) -> list[tuple[Any, ...]]:
    if not grids:
        return []
    return query(
        "SELECT id, dwelling_id, area_id, grid_id, door, walk, status, position FROM registry_household"
        f" WHERE grid_id IN ({marks(grids)}) AND position > %s AND position <= %s"
        " ORDER BY position, grid_id, walk, id",
        [*grids, after, until],
    )


def _residents_of(households: Sequence[Any]) -> dict[UUID, list[ResidentDocument]]:
    found: dict[UUID, list[ResidentDocument]] = {}
    for part in parts(households):
        rows = query(
            "SELECT household_id, id, name, sex, born_on, relation, residence_kind, phone_masked, id_masked, status,"
            f" versions FROM registry_resident WHERE household_id IN ({marks(part)}) ORDER BY id",
            part,
        )
        for home, id, name, sex, born_on, relation, residence, phone, id_masked, status, versions in rows:
            document = ResidentDocument(
                ResidentId(as_id(id)),
                name,
                sex,
                year(born_on),
                relation,
                residence,
                phone,
                id_masked,
                Status(status),
                versions_in(versions),
            )
            found.setdefault(as_id(home), []).append(document)
    return found


def _document(row: Sequence[Any], residents: list[ResidentDocument]) -> HouseholdDocument:
    id, dwelling, area, grid, door, walk, status, position = row
    return HouseholdDocument(
        HouseholdId(as_id(id)),
        DwellingId(as_id(dwelling)),
        AreaId(as_id(area)),
        AreaId(as_id(grid)),
        door,
        walk,
        Status(status),
        position,
        residents,
    )


def _gone(grids: Sequence[AreaId], after: int, until: int) -> list[HouseholdId]:
    if not grids or not after:
        return []  # a phone that has nothing yet has nothing to drop
    rows = query(
        f"SELECT household_id FROM registry_gone WHERE grid_id IN ({marks(grids)}) AND position > %s"
        " AND position <= %s"
        # What has come to lie in another grid; unless that is one of these as well, or it has come back since.
        " UNION SELECT m.household_id FROM registry_move m LEFT JOIN registry_household h ON h.id = m.household_id"
        f" AND h.grid_id IN ({marks(grids)}) WHERE m.grid_id IN ({marks(grids)}) AND m.position > %s"
        " AND m.position <= %s AND h.id IS NULL ORDER BY 1",
        [*grids, after, until, *grids, *grids, after, until],
    )
    return [HouseholdId(as_id(id)) for (id,) in rows]
