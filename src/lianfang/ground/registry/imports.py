"""How rosters on their way in stand, for those who may load them."""

from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.ground.access import actions as access
from lianfang.ground.access import queries as accounts
from lianfang.ground.access.terms import Looked
from lianfang.ground.registry import staging, subjects
from lianfang.ground.registry.models import Import, ImportChunk, Roster
from lianfang.ground.registry.pairing import pairs_of
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.reading import limits
from lianfang.ground.registry.terms import About, Finding, ImportState, ImportView, Slice
from lianfang.ground.territory import queries as territory

MOST_ALONE = 1000  # people that one person's publishing may change


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
        own_layout=bool(row.path and (row.layout or row.state == ImportState.CHOOSING)),
        edited=row.edited,
        about=About(row.about),
        sender=row.sender,
        by=accounts.names_of([row.by]).get(row.by, "") if row.by else "",
        mine=viewer is not None and row.by == viewer.account,
        offered=row.offered,
        offers=row.offers,
        asked=row.asked,
        added=row.added,
        kept=row.kept,
        pairs=pairs_of(roster.record, roster.position) if roster and findings and not roster.undone else None,
    )


def import_header(id: UUID) -> list[str]:
    """The titles of the columns in the uploader's own file."""
    row = import_row(id, viewer=None)
    return msgspec.json.decode(row.header, type=list[str])


def imports(*, viewer: Viewer, page: int = 1, page_size: int = 50) -> Slice:
    """Imports the viewer may see, latest first: their own, and all in areas where they may load."""
    subjects.require_any(viewer)
    rows = [row for row in Import.objects.order_by("-created_at", "-id") if _may_see(row, viewer)]
    size, start = limits(page, page_size)
    return Slice([import_view(row.id, viewer=viewer, findings=0) for row in rows[start : start + size]], len(rows))


def imports_waiting(*, viewer: Viewer) -> list[ImportView]:
    """Checked lists that change so many people that somebody else publishes them, and that the viewer may publish."""
    if not viewer.may(Permission.PUBLISH):
        return []
    ready = Import.objects.filter(state=ImportState.READY, about=About.PEOPLE).order_by("created_at", "id")
    rows = [row for row in ready if row.by != viewer.account and row.residents + row.edited > MOST_ALONE]
    return [import_view(row.id, viewer=viewer, findings=0) for row in rows if _may_see(row, viewer)]


def import_row(id: UUID, *, viewer: Viewer | None) -> Import:
    """The import, if the viewer may see it; else it is not there at all (404)."""
    if viewer is not None:
        subjects.require_any(viewer)
    row = Import.objects.filter(id=id).first()
    if row is None or not _may_see(row, viewer):
        raise Problem("access.not_found", status=404)
    return row


def _may_see(row: Import, viewer: Viewer | None) -> bool:
    if viewer is None:
        return True
    if not viewer.may(subjects.of(row).may_load):
        return False
    if row.by == viewer.account:
        return True
    today = local_day(viewer.at)
    roots = [AreaId(UUID(root)) for root in msgspec.json.decode(row.roots)]
    may_load = subjects.of(row).may_load
    return all(viewer.may(may_load, lineage=territory.lineage(root, today)) for root in roots)


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
    if found and row.about == About.PEOPLE:
        access.disclose(
            viewer=viewer,
            what="registry.import_errors",
            purpose=Purpose.REGISTER_UPKEEP,
            area=min(viewer.roots(Permission.IMPORT)),
            count=len(found),
            how=Looked.EXPORTED,
            permission=Permission.IMPORT,
        )
    return msgspec.json.decode(row.header, type=list[str]), found
