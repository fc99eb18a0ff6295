"""What can be done with the register at a desk: edit, settle, load a roster, publish it, take it back."""

import hashlib
import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from django.conf import settings

from lianfang.foundation.kernel.ids import AreaId, HouseholdId, RecordId, ResidentId, derived_id, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Actor, Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.registry import queries, staging
from lianfang.ground.registry.models import Disagreement, Import, ImportChunk, Resident, Roster
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.records import (
    ConflictSettled,
    HouseholdChanged,
    RosterPublished,
    RosterUndone,
    readable,
)
from lianfang.ground.registry.redrawing import end_area, follow_buildings, redraw
from lianfang.ground.registry.terms import Change, Field, ImportState, Question
from lianfang.ground.territory import queries as territory

__all__ = [
    "announce",
    "begin_import",
    "change_field",
    "drop_import",
    "end_area",
    "file_digest",
    "follow_buildings",
    "keep_upload",
    "note_job",
    "publish_import",
    "read_import",
    "redraw",
    "settle",
    "undo_import",
    "unfinished_import",
    "uploads_folder",
]

# --- edits -----------------------------------------------------------------------------------------------------------


def change_field(
    *,
    resident: ResidentId,
    field: Field,
    base_version: int,
    value: str | None,
    viewer: Viewer,
    at: datetime,
    reason: str | None = None,
) -> RecordId:
    """Edit one field at a desk. Who edits an older version than the one that stands is told so and may look first."""
    with ledger.turn(by=viewer.actor, at=at) as turn:
        ref = queries.resident_place(resident, viewer=viewer, permission=Permission.CHANGE)
        if not readable(field, value):
            raise Problem("registry.value_unreadable", status=422, field=field.value)
        versions = msgspec.json.decode(Resident.objects.values_list("versions", flat=True).get(id=resident))
        if versions.get(field.value, 0) != base_version:
            raise Problem("registry.edited_meanwhile", status=409, field=field.value)
        body = HouseholdChanged(
            household=ref.household,
            change=Change.FIELD,
            resident=resident,
            field=field,
            base_version=base_version,
            value=value,
            reason=reason,
        )
        return turn.append("registry.household_changed.v1", body).id


def settle(*, disagreement: UUID, kept: UUID, viewer: Viewer, at: datetime, reason: str = "") -> RecordId:
    """Decide between different things written into one field: one of the edits stands, and all that were shown are
    settled.
    """
    viewer.require(Permission.SETTLE)
    with ledger.turn(by=viewer.actor, at=at) as turn:
        row = Disagreement.objects.filter(id=disagreement).first()
        if row is None:
            raise Problem("access.not_found", status=404)
        viewer.require(Permission.SETTLE, lineage=territory.lineage(AreaId(row.grid_id), local_day(at)))
        edits = msgspec.json.decode(row.edits, type=tuple[UUID, ...])
        if kept not in edits:
            raise Problem("registry.disagreement_moved_on", status=409)
        field = Field.STATUS if row.kind == Question.STRUCK_BUT_EDITED else Field(row.field)
        is_resident = row.subject_id != row.household_id
        body = ConflictSettled(
            household=HouseholdId(row.household_id),
            resident=ResidentId(row.subject_id) if is_resident else None,
            field=field,
            kept=kept,
            settles=edits,
            base_version=queries.version_of(row.subject_id, field, is_resident=is_resident),
            reason=reason[:200],
        )
        return turn.append("registry.conflict_settled.v1", body).id


# --- rosters ---------------------------------------------------------------------------------------------------------


def begin_import(
    *, path: Path, file_name: str, roots: Iterable[AreaId], by: Actor, at: datetime, keep_file: bool = True
) -> UUID:
    """Take note of a roster to be read. The file is ours until it is read (`keep_file`), then it is deleted."""
    size = path.stat().st_size
    if size > settings.LIANFANG_LARGEST_UPLOAD:
        most = settings.LIANFANG_LARGEST_UPLOAD >> 20
        raise Problem("tables.too_large", status=413, most_mb=most, has_mb=size >> 20)
    row = Import(
        id=new_id(),
        state=ImportState.READING,
        file_name=Path(file_name).name[:200],
        path=str(path) if keep_file else "",
        digest=file_digest(path),
        size=size,
        by=by.account,
        roots=msgspec.json.encode(sorted(map(str, roots))).decode(),
        created_at=at,
    )
    with ledger.turn(by=by, at=at):
        row.save(force_insert=True)
    return UUID(str(row.id))


def unfinished_import(*, path: Path) -> UUID | None:
    """An import of this very file that was cut off, or that is read and waits to be published."""
    rows = Import.objects.filter(digest=file_digest(path), state__in=[ImportState.READING, ImportState.READY])
    return rows.order_by("-created_at", "-id").values_list("id", flat=True).first()


def read_import(*, import_id: UUID, path: Path | None = None, say: Callable[[int], None] = lambda rows: None) -> None:
    """Read and check what has not been read of it yet.

    Killed, it goes on behind the last chunk; finished, it does nothing.
    """
    row = Import.objects.filter(id=import_id).first()
    if row is None or row.state != ImportState.READING:
        return
    source = Path(path or row.path)
    if not source.is_file():
        staging.fail(import_id, Problem("registry.import_file_gone", status=410))
        return
    staging.stage(import_id, str(source), say=say)
    if row.path:
        Path(row.path).unlink(missing_ok=True)
        Import.objects.filter(id=import_id).update(path="")


def announce(*, import_id: UUID, step: ImportState) -> None:
    """Note, in the caller's turn, that a job is about to publish or take back a roster: nobody asks for it twice."""
    before = ImportState.READY if step is ImportState.PUBLISHING else ImportState.PUBLISHED
    row = _import_in(import_id, before)
    if step is ImportState.PUBLISHING:
        _area_of(row)
    Import.objects.filter(id=import_id).update(state=step)


def note_job(*, import_id: UUID, job: UUID) -> None:
    """Which job works on an import."""
    Import.objects.filter(id=import_id).update(job=job)


def _area_of(row: Import) -> AreaId:
    """Where a roster belongs; raises when there is nothing in it to belong anywhere."""
    if row.area_id is None or not (row.households or row.residents or row.edits):
        raise Problem("registry.import_brings_nothing", status=409)
    return AreaId(row.area_id)


def publish_import(*, import_id: UUID, by: Actor, at: datetime) -> RecordId:
    """Make a checked roster part of the register by one entry. All of it or nothing."""
    with ledger.turn(by=by, at=at) as turn:
        row = _import_in(import_id, ImportState.READY, ImportState.PUBLISHING)
        body = RosterPublished(
            import_id=import_id,
            area=_area_of(row),
            rows=row.good,
            households=row.households,
            residents=row.residents,
            edits=row.edits,
            file_name_hash=hashlib.sha256(row.file_name.encode()).hexdigest()[:16],
        )
        record = RecordId(derived_id(import_id, "published"))
        turn.append("registry.roster_published.v1", body, id=record, attachments=staging.StagedChunks(import_id))
        # The rows now stand with the entry; of the staging only what is handed back to the uploader stays.
        ImportChunk.objects.filter(import_id=import_id).update(rows=None)
        Import.objects.filter(id=import_id).update(state=ImportState.PUBLISHED, published=record)
    return record


def undo_import(*, import_id: UUID, by: Actor, at: datetime, reason: str = "") -> RecordId:
    """Take a published roster back by one entry. What was edited since stays, and is listed."""
    with ledger.turn(by=by, at=at) as turn:
        _import_in(import_id, ImportState.PUBLISHED, ImportState.UNDOING)
        roster = Roster.objects.get(id=import_id)
        body = RosterUndone(import_id=import_id, published=roster.record, reason=reason[:200])
        record = turn.append("registry.roster_undone.v1", body).id
        Import.objects.filter(id=import_id).update(state=ImportState.UNDONE)
    return record


def drop_import(*, import_id: UUID, by: Actor, at: datetime) -> None:
    """Throw away a roster that was not published, and everything that was put aside of it."""
    with ledger.turn(by=by, at=at):
        row = _import_in(import_id, ImportState.READING, ImportState.READY, ImportState.FAILED)
        ImportChunk.objects.filter(import_id=import_id).delete()
        Import.objects.filter(id=import_id).update(state=ImportState.DROPPED, path="")
    if row.path:
        Path(row.path).unlink(missing_ok=True)


def _import_in(import_id: UUID, *states: ImportState) -> Import:
    row = Import.objects.filter(id=import_id).first()
    if row is None:
        raise Problem("access.not_found", status=404)
    if row.state not in states:
        raise Problem("registry.import_not_now", status=409, state=row.state)
    return row


def uploads_folder() -> Path:
    """Where uploaded rosters lie until they are read; nobody but the server may look in."""
    folder = Path(settings.LIANFANG_DATA) / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def keep_upload(chunks: Iterable[bytes], *, most: int) -> Path:
    """Write an upload to a file of ours as it comes in; stop as soon as it is too large."""
    path = uploads_folder() / new_id().hex
    size = 0
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise Problem("tables.too_large", status=413, most_mb=most >> 20, has_mb=size >> 20)
                file.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def file_digest(path: Path) -> bytes:
    """By which a file is known again."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
