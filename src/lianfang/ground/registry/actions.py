"""What can be done with the register at a desk: edit, settle, load a roster, publish it, take it back."""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from uuid import UUID

import msgspec
from django.conf import settings

from lianfang.foundation.kernel.ids import AreaId, HouseholdId, RecordId, ResidentId, new_id
from lianfang.foundation.kernel.moments import LOCAL, local_day
from lianfang.foundation.kernel.people import Actor, Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing.collecting import seldom_collected
from lianfang.ground.access import queries as access
from lianfang.ground.registry import imports, offices, pairing, queries, staging, subjects
from lianfang.ground.registry.entrusting import entrust
from lianfang.ground.registry.following import set_place
from lianfang.ground.registry.models import Aside, Disagreement, Import, ImportChunk, Merge, Resident
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.records import (
    ConflictSettled,
    HouseholdChanged,
    MergeUndone,
    ResidentsMerged,
    ResidentsToldApart,
    readable,
)
from lianfang.ground.registry.redrawing import end_area, follow_buildings, redraw
from lianfang.ground.registry.terms import About, Change, Field, ImportState, Question, Status
from lianfang.ground.territory import queries as territory

__all__ = [
    "announce",
    "begin_import",
    "change_field",
    "drop_import",
    "end_area",
    "entrust",
    "file_digest",
    "follow_buildings",
    "keep_upload",
    "look_for_duplicates",
    "merge",
    "needs_another",
    "note_job",
    "publish_import",
    "publish_now",
    "read_import",
    "redraw",
    "set_place",
    "settle",
    "tell_apart",
    "undo_import",
    "undo_merge",
    "unfinished_import",
    "uploads_folder",
    "waits_for_another",
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
    permission: Permission = Permission.CHANGE,
) -> RecordId:
    """Edit one field at a desk. Who edits an older version than the one that stands is told so and may look first."""
    with ledger.turn(by=viewer.actor, at=at) as turn:
        ref = queries.resident_place(resident, viewer=viewer, permission=permission)
        if not readable(field, value):
            raise Problem("registry.value_unreadable", status=422, field=field.value)
        resident = ref.id
        if queries.version_of(resident, field, is_resident=True) != base_version:
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


# --- one person or two -----------------------------------------------------------------------------------------------

_FILLED = tuple(field for field in Field if field not in (Field.STATUS, Field.RELATION))


def look_for_duplicates(*, by: Actor, at: datetime, say: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Look for people listed twice among all who came or were changed since the last look; answers how many pairs.

    Killed, it goes on behind what it has looked at.
    """
    todo, found = pairing.waiting(), 0
    for start in range(0, len(todo), pairing.AT_A_TIME):
        part = todo[start : start + pairing.AT_A_TIME]
        pairs = pairing.suggest(part)
        with ledger.turn(by=by, at=at):
            found += pairing.keep(part, pairs, at=at)
        say(start + len(part), len(todo))
    return found


def merge(
    *,
    kept: ResidentId,
    other: ResidentId,
    viewer: Viewer,
    at: datetime,
    take: Iterable[Field] = (),
    seen: Mapping[ResidentId, int] | None = None,
    reason: str = "",
) -> RecordId:
    """Say that two entries are one person: one stays on the list, and answers for both.

    `take` are the fields of which the other's value stands; what only the other one has stands anyway. Whoever has
    changed since they were `seen` must be looked at again.
    """
    with ledger.turn(by=viewer.actor, at=at) as turn:
        one, two = _two_people(kept, other, viewer)
        if seen is not None and {one.id: one.position, two.id: two.position} != dict(seen):
            raise Problem("registry.pair_moved_on", status=409)
        if one.status == Status.STRUCK and two.status == Status.PRESENT:
            raise Problem("registry.kept_is_struck", status=409)
        missing = {field for field in _FILLED if not _has(one, field) and _has(two, field)}
        chosen = tuple(sorted({*take, *missing} - {Field.STATUS}))
        body = ResidentsMerged(kept=kept, other=other, take=chosen, reason=reason[:200])
        return turn.append("registry.residents_merged.v1", body).id


def tell_apart(*, one: ResidentId, other: ResidentId, viewer: Viewer, at: datetime, reason: str = "") -> RecordId:
    """Say that two who look like one person are two: nobody is asked about them again."""
    with ledger.turn(by=viewer.actor, at=at) as turn:
        _two_people(one, other, viewer)
        body = ResidentsToldApart(one=one, other=other, reason=reason[:200])
        return turn.append("registry.residents_told_apart.v1", body).id


def undo_merge(*, merge: UUID, viewer: Viewer, at: datetime, reason: str = "") -> RecordId:
    """Make two again of what was merged, each with all that was said of it, also since."""
    viewer.require(Permission.SETTLE)
    with ledger.turn(by=viewer.actor, at=at) as turn:
        row = Merge.objects.filter(id=merge).first()
        grids = _grids_of(row.kept_id, row.other_id) if row else []
        if row is None or not grids:
            raise Problem("access.not_found", status=404)
        for grid in grids:
            viewer.require(Permission.SETTLE, lineage=territory.lineage(AreaId(grid), local_day(at)))
        if row.undone is not None:
            raise Problem("registry.merge_undone_already", status=409)
        if not Resident.objects.filter(id=row.kept_id).exists():
            raise Problem("registry.merged_further", status=409)
        body = MergeUndone(
            merge=merge, kept=ResidentId(row.kept_id), other=ResidentId(row.other_id), reason=reason[:200]
        )
        return turn.append("registry.merge_undone.v1", body).id


def _grids_of(*people: UUID) -> list[UUID]:
    """Where these live, or lived before they stepped aside."""
    listed, aside = (Resident.objects.filter(id__in=people), Aside.objects.filter(id__in=people))
    return [*listed.values_list("grid_id", flat=True), *aside.values_list("grid_id", flat=True)]


def _two_people(one: ResidentId, other: ResidentId, viewer: Viewer) -> tuple[Resident, Resident]:
    """Both of them, if the viewer may decide about both, and they still are two."""
    refs = [queries.resident_place(each, viewer=viewer, permission=Permission.SETTLE) for each in (one, other)]
    if refs[0].id != one or refs[1].id != other or one == other:
        raise Problem("registry.one_already", status=409)
    return Resident.objects.get(id=one), Resident.objects.get(id=other)


def _has(resident: Resident, field: Field) -> bool:
    column = {Field.ID_NUMBER: "id_hash", Field.PHONE: "phone_hash"}.get(field, field.value)
    return bool(getattr(resident, column))


# --- rosters ---------------------------------------------------------------------------------------------------------


def begin_import(
    *,
    path: Path,
    file_name: str,
    roots: Iterable[AreaId],
    by: Actor,
    at: datetime,
    keep_file: bool = True,
    choosing: bool = False,
    about: About = About.PEOPLE,
    sender: str = "",
) -> UUID:
    """Take note of a roster to be read. The file is ours until it is read (`keep_file`), then it is deleted.
    `sender` is the office whose list it is.

    `choosing`: somebody must say first what its columns are; then it is ours until it is published.
    """
    size = path.stat().st_size
    if size > settings.LIANFANG_LARGEST_UPLOAD:
        most = settings.LIANFANG_LARGEST_UPLOAD >> 20
        raise Problem("tables.too_large", status=413, most_mb=most, has_mb=size >> 20)
    offices.refuse_a_person(sender.strip())
    row = Import(
        id=new_id(),
        state=ImportState.CHOOSING if choosing else ImportState.READING,
        file_name=Path(file_name).name[:200],
        path=str(path) if keep_file else "",
        digest=file_digest(path),
        size=size,
        by=by.account,
        roots=msgspec.json.encode(sorted(map(str, roots))).decode(),
        created_at=at,
        about=about,
        sender=sender.strip(),
        office=offices.office_of(sender, on=local_day(at)),
    )
    with ledger.turn(by=by, at=at):
        row.save(force_insert=True)
    return UUID(str(row.id))


def unfinished_import(*, path: Path) -> UUID | None:
    """An import of this very file by the house itself that was cut off, or that is read and waits to be published."""
    states = [ImportState.CHOOSING, ImportState.READING, ImportState.READY]
    rows = Import.objects.filter(digest=file_digest(path), by=None, state__in=states)
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
    try:
        with seldom_collected():
            subjects.of(row).read(row, str(source), say)
    except Problem as problem:  # a file that cannot be used at all makes the import fail, and says why
        staging.fail(import_id, problem)
    if not row.layout:  # of their own layout it may be chosen otherwise, until it is published
        _give_up_file(row)


def _give_up_file(row: Import) -> None:
    if row.path:
        Path(row.path).unlink(missing_ok=True)
        Import.objects.filter(id=row.id).update(path="")


def announce(*, import_id: UUID, step: ImportState, by: Actor, at: datetime) -> None:
    """Note, in the caller's turn, that a job is about to publish or take back a roster: nobody asks for it twice, and
    there is one at a time. Many people are changed by two: who loads them, and who publishes.
    """
    before = ImportState.READY if step is ImportState.PUBLISHING else ImportState.PUBLISHED
    row = _import_in(import_id, before)
    _refuse_while_held()
    if step is ImportState.PUBLISHING:
        subjects.of(row).refuse_outdated(row, _area_of(row))
        if by.account == row.by and row.residents + row.edited > imports.MOST_ALONE:
            raise needs_another(row)
    Import.objects.filter(id=import_id).update(state=step, held_by=by.account, held_since=at)


def needs_another(row: Import) -> Problem:
    """What to do next and where, for who may not publish it alone."""
    details = {"people": row.residents + row.edited, "most": imports.MOST_ALONE, "file": row.file_name}
    return Problem("registry.publish_needs_another", status=409, **details)


def waits_for_another(*, path: Path) -> Import | None:
    """This very file, checked by the house itself before, of which somebody at a desk has to publish the rest."""
    rows = Import.objects.filter(digest=file_digest(path), by=None, state=ImportState.READY, about=About.PEOPLE)
    return next((row for row in rows.order_by("-created_at") if row.residents + row.edited > imports.MOST_ALONE), None)


def publish_now(*, import_id: UUID, by: Actor, at: datetime) -> RecordId:
    """Publish without a job, in one turn: checked as at a desk, and killed it has not begun."""
    with ledger.turn(by=by, at=at):
        announce(import_id=import_id, step=ImportState.PUBLISHING, by=by, at=at)
        return publish_import(import_id=import_id, by=by, at=at)


def _refuse_while_held() -> None:
    held = Import.objects.filter(state__in=[ImportState.PUBLISHING, ImportState.UNDOING]).first()
    if held is not None:
        who = access.names_of([held.held_by]).get(held.held_by, "") if held.held_by else ""
        since = held.held_since.astimezone(LOCAL).strftime("%H:%M") if held.held_since else "?"
        raise Problem("registry.publish_held", status=409, who=who or "lianfang", since=since)


def note_job(*, import_id: UUID, job: UUID) -> None:
    """Which job works on an import."""
    Import.objects.filter(id=import_id).update(job=job)


def _area_of(row: Import) -> AreaId:
    """Where a file belongs; raises when there is nothing in it to belong anywhere."""
    if row.area_id is None or not (row.households or row.residents or row.edits or row.added):
        raise Problem("registry.import_brings_nothing", status=409)
    return AreaId(row.area_id)


def publish_import(*, import_id: UUID, by: Actor, at: datetime) -> RecordId:
    """Make a checked file count by one entry. All of it or nothing."""
    with seldom_collected(), ledger.turn(by=by, at=at):
        row = _import_in(import_id, ImportState.READY, ImportState.PUBLISHING)
        record = subjects.of(row).publish(row, _area_of(row), by=by, at=at)
        Import.objects.filter(id=import_id).update(state=ImportState.PUBLISHED, published=record)
    _give_up_file(row)
    return record


def undo_import(*, import_id: UUID, by: Actor, at: datetime, reason: str = "") -> RecordId:
    """Take a published file back by one entry. What was changed since stays, and is counted."""
    with ledger.turn(by=by, at=at):
        row = _import_in(import_id, ImportState.PUBLISHED, ImportState.UNDOING)
        record, kept = subjects.of(row).take_back(row, by=by, at=at, reason=reason[:200])
        Import.objects.filter(id=import_id).update(state=ImportState.UNDONE, kept=kept)
    return record


def drop_import(*, import_id: UUID, by: Actor, at: datetime) -> None:
    """Throw away a roster that was not published, and everything that was put aside of it."""
    with ledger.turn(by=by, at=at):
        row = _import_in(import_id, ImportState.CHOOSING, ImportState.READING, ImportState.READY, ImportState.FAILED)
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
