"""Long work of the register: reading a roster, publishing it, taking it back.

Killed, each begins again where it stopped.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from lianfang.foundation.kernel.ids import AccountId, AreaId, RecordId, derived_id
from lianfang.foundation.kernel.people import THE_HOUSE, Actor, Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock, jobs
from lianfang.ground.access import queries as access
from lianfang.ground.registry import actions, choosing, offer_actions
from lianfang.ground.registry.layouts import Layout
from lianfang.ground.registry.models import Import, OffersSettled
from lianfang.ground.registry.numbers import read_numbers
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.terms import About, Field, ImportState


@jobs.task
def read_roster(*, job: str, import_id: str) -> dict[str, str]:
    """Read and check the rows of an uploaded roster."""
    progress = jobs.Progress(job)
    progress.say(done=0, words="registry.import_reading")
    actions.read_import(import_id=UUID(import_id), say=lambda rows: progress.say(done=rows))
    return {"import": import_id}


@jobs.task
def publish_roster(*, job: str, import_id: str, account: str) -> dict[str, str]:
    """Make a checked roster part of the register."""
    if _in(import_id, ImportState.PUBLISHING):
        jobs.Progress(job).say(words="registry.import_publishing")
        try:
            actions.publish_import(import_id=UUID(import_id), by=_actor(account), at=clock.now())
        except BaseException:
            _back(import_id, ImportState.PUBLISHING, ImportState.READY)
            raise
    if Import.objects.filter(id=import_id, state=ImportState.PUBLISHED, about=About.PEOPLE).exists():
        find_duplicates_later(by=_actor(account))
    return {"import": import_id}


@jobs.task
def undo_roster(*, job: str, import_id: str, account: str, reason: str) -> dict[str, str]:
    """Take a published roster back."""
    if _in(import_id, ImportState.UNDOING):
        jobs.Progress(job).say(words="registry.import_undoing")
        try:
            actions.undo_import(import_id=UUID(import_id), by=_actor(account), at=clock.now(), reason=reason)
        except BaseException:
            _back(import_id, ImportState.UNDOING, ImportState.PUBLISHED)
            raise
    return {"import": import_id}


@jobs.task
def settle_many_offers(*, job: str, account: str, **what: Any) -> dict[str, str]:
    """Decide about many differences by one act; again after a kill it finds itself done."""
    jobs.Progress(job).say(words="registry.offers_settling")
    at = clock.now()
    what |= {"import_id": UUID(what["import_id"]), "field": Field(what["field"]) if what["field"] else None}
    record = RecordId(derived_id(UUID(job), "offers"))
    done = offer_actions.settle_offers(**what, viewer=_viewer(account, at), at=at, record=record)
    return {"settled": str(done)}


@jobs.task
def reopen_many_offers(*, job: str, account: str, settled: str, reason: str) -> dict[str, str]:
    """Ask again about all that one act decided."""
    jobs.Progress(job).say(words="registry.offers_settling")
    at, id = clock.now(), UUID(settled)
    if OffersSettled.objects.filter(id=id, undone=None).exists():
        offer_actions.reopen_offers(settled=id, reason=reason, viewer=_viewer(account, at), at=at)
    return {"settled": settled}


@jobs.task
def find_duplicates(*, job: str, account: str) -> dict[str, int]:
    """Look through the register for people listed twice."""
    progress = jobs.Progress(job)
    progress.say(done=0, words="registry.looking_for_duplicates")
    found = actions.look_for_duplicates(
        by=_actor(account), at=clock.now(), say=lambda done, of: progress.say(done=done, total=of)
    )
    return {"found": found}


def find_duplicates_later(*, by: Actor) -> UUID:
    """Have the register looked through; answers the job."""
    return jobs.enqueue(find_duplicates, by=by.account, account=str(by.account or ""))


@jobs.task
def forget_uploads(*, job: str) -> dict[str, int]:
    """Delete files that nobody went on with."""
    return {"forgotten": choosing.drop_forgotten(at=clock.now())}


ON_UPGRADE = (read_numbers,)
SCHEDULE = (jobs.Scheduled(forget_uploads, "20 * * * *"),)


def choose_later(*, import_id: UUID, layout: Layout, sender: str, viewer: Viewer, at: datetime) -> UUID:
    """Confirm what the columns of a roster are, and have it read so; answers the job."""
    sender = sender.strip()
    heading = choosing.check(import_id, layout, sender=sender, viewer=viewer)
    with ledger.turn(by=viewer.actor, at=at):
        choosing.choose(import_id, layout, heading, sender=sender, by=viewer.actor, at=at)
        job = jobs.enqueue(read_roster, by=viewer.account, import_id=str(import_id))
        actions.note_job(import_id=import_id, job=job)
    return job


def read_later(
    *, path: Path, file_name: str, roots: Iterable[AreaId], by: Actor, at: datetime, sender: str = ""
) -> tuple[UUID, UUID]:
    """Take note of an uploaded roster and have it read; answers the import and its job."""
    with ledger.turn(by=by, at=at):
        id = actions.begin_import(path=path, file_name=file_name, roots=roots, by=by, at=at, sender=sender)
        job = jobs.enqueue(read_roster, by=by.account, import_id=str(id))
        actions.note_job(import_id=id, job=job)
    return id, job


def settle_later(
    *,
    import_id: UUID,
    take: bool,
    expected: int,
    field: Field | None,
    only: Collection[UUID],
    reason: str,
    viewer: Viewer,
) -> UUID:
    """Have many differences decided, one column or all; answers the job. What can be refused is refused at once."""
    offer_actions.refuse_moved_on(import_id=import_id, take=take, expected=expected, field=field, viewer=viewer)
    what = {"import_id": str(import_id), "take": take, "expected": expected, "field": field, "reason": reason}
    return jobs.enqueue(settle_many_offers, by=viewer.account, account=str(viewer.account), **what)


def reopen_later(*, settled: UUID, reason: str, viewer: Viewer) -> UUID:
    """Have them asked again; answers the job."""
    viewer.require(Permission.SETTLE)
    account = str(viewer.account)
    return jobs.enqueue(reopen_many_offers, by=viewer.account, account=account, settled=str(settled), reason=reason)


def publish_later(*, import_id: UUID, by: Actor, at: datetime) -> UUID:
    """Have a checked roster published; answers the job."""
    with ledger.turn(by=by, at=at):
        actions.announce(import_id=import_id, step=ImportState.PUBLISHING, by=by, at=at)
        job = jobs.enqueue(publish_roster, by=by.account, import_id=str(import_id), account=str(by.account))
        actions.note_job(import_id=import_id, job=job)
    return job


def undo_later(*, import_id: UUID, by: Actor, at: datetime, reason: str) -> UUID:
    """Have a published roster taken back; answers the job."""
    with ledger.turn(by=by, at=at):
        actions.announce(import_id=import_id, step=ImportState.UNDOING, by=by, at=at)
        account = str(by.account)
        job = jobs.enqueue(undo_roster, by=by.account, import_id=str(import_id), account=account, reason=reason)
        actions.note_job(import_id=import_id, job=job)
    return job


def _actor(account: str) -> Actor:
    """Whose job it is; the house's own have no account."""
    return Actor(account=AccountId(UUID(account))) if account else THE_HOUSE


def _viewer(account: str, at: datetime) -> Viewer:
    """As they may look now: what was taken from them since they asked is taken from their job as well."""
    found = access.viewer_of(AccountId(UUID(account)), at)
    if found is None:
        raise Problem("access.not_found", status=404)
    return found


def _in(import_id: str, state: ImportState) -> bool:
    """A job that runs again after a kill finds its work done, or still to be done."""
    return Import.objects.filter(id=import_id, state=state).exists()


def _back(import_id: str, now: ImportState, before: ImportState) -> None:
    Import.objects.filter(id=import_id, state=now).update(state=before)
