"""Lists of people as one of the subjects of a file: shown masked first, published by one entry, taken back by one."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

import msgspec

from lianfang.foundation.kernel.ids import AreaId, RecordId, derived_id
from lianfang.foundation.kernel.masks import mask_id, mask_name, mask_phone
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing.tables import SheetRow
from lianfang.ground.registry import staging
from lianfang.ground.registry.layouts import Heading, Layout
from lianfang.ground.registry.models import Import, ImportChunk, Roster
from lianfang.ground.registry.own_layout import OwnLayoutReader, district_of
from lianfang.ground.registry.records import RosterPublished, RosterUndone
from lianfang.ground.registry.roster import RowRead
from lianfang.ground.registry.suggestions import Why
from lianfang.ground.registry.terms import Finding
from lianfang.ground.territory import queries as territory


class RowShown(msgspec.Struct, frozen=True):
    """A row as it would be read: masked."""

    row: int
    place: str
    door: str
    name: str
    sex: str | None
    born_year: int | None
    relation: str | None
    id_masked: str
    phone_masked: str
    residence_kind: str | None
    why: Why | None
    findings: list[Finding]


def first_rows(row: Import, layout: Layout, heading: Heading, most: int) -> list[RowShown]:
    """As a choice would read them."""
    on = local_day(row.created_at)
    reader = OwnLayoutReader(layout, heading, district_of(staging.roots_of(row), on=on), on=on)
    shown = []
    for each in _people(row, layout, reader):
        shown.append(_masked(reader.read(each), reader))
        if len(shown) == most:
            break
    return shown


def _people(row: Import, layout: Layout, reader: OwnLayoutReader) -> Iterable[SheetRow]:
    rows = staging.rows_of(layout, row.path)
    return (each for each in rows if reader.skips(each) is None)


def _masked(read: RowRead, reader: OwnLayoutReader) -> RowShown:
    why = Why(reader.address.why, dict(reader.address.details)) if reader.address.why else None
    return RowShown(
        row=read.row,
        place=" ".join(part for part in (read.community, read.grid) if part),
        door=read.door.shown if read.door else "",
        name=mask_name(read.name),
        sex=read.sex,
        born_year=int(read.born_on[:4]) if read.born_on else None,
        relation=read.relation,
        id_masked=mask_id(read.id_number),
        phone_masked=mask_phone(read.phone),
        residence_kind=read.residence_kind,
        why=why,
        findings=read.findings,
    )


def refuse_outdated(row: Import, area: AreaId) -> None:
    """Another roster of the same area, published since this one was compared with the register."""
    on = local_day(row.created_at)
    around = set(territory.lineage(area, on))
    for other in Roster.objects.filter(published_at__gt=row.read_at, undone=None).values_list("area_id", flat=True):
        if AreaId(other) in around or area in territory.lineage(AreaId(other), on):
            raise Problem("registry.publish_outdated", status=409)


def publish(row: Import, area: AreaId, *, by: Actor, at: datetime) -> RecordId:
    """Part of the register by one entry. All of it or nothing."""
    with ledger.turn(by=by, at=at) as turn:
        body = RosterPublished(
            import_id=row.id,
            area=area,
            rows=row.good,
            households=row.households,
            residents=row.residents,
            edits=row.edits,
            file_name_hash=hashlib.sha256(row.file_name.encode()).hexdigest()[:16],
            office=row.office or row.by,  # never whoever happens to publish it for them
            sender=row.sender,
        )
        record = RecordId(derived_id(row.id, "published"))
        turn.append("registry.roster_published.v1", body, id=record, attachments=staging.StagedChunks(row.id))
        # The rows now stand with the entry; of the staging only what is handed back to the uploader stays.
        ImportChunk.objects.filter(import_id=row.id).update(rows=None)
    return record


def take_back(row: Import, *, by: Actor, at: datetime, reason: str) -> tuple[RecordId, int]:
    """By one entry. What was edited since stays, and is counted with the roster."""
    with ledger.turn(by=by, at=at) as turn:
        roster = Roster.objects.get(id=row.id)
        body = RosterUndone(import_id=row.id, published=roster.record, reason=reason)
        return turn.append("registry.roster_undone.v1", body).id, 0
