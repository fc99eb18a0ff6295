"""Folds many decisions about what a roster offered, and their being opened again."""

from uuid import UUID

import msgspec

from lianfang.foundation.ledger.terms import Entry, Fold
from lianfang.ground.registry.columns import touch
from lianfang.ground.registry.edits import copy_of, edit_id, edits_of, stand, store_edit
from lianfang.ground.registry.oneness import kept_for
from lianfang.ground.registry.reading import as_id
from lianfang.ground.registry.records import OfferSettled, OffersReopened, OffersSettled


def settle_offers(entry: Entry, fold: Fold) -> None:
    """Each as if it had been decided by itself; known as one act by the record of its edits."""
    body: OffersSettled = entry.body
    decode = msgspec.msgpack.Decoder(list[OfferSettled]).decode
    for piece in fold.attachments(entry):
        for decided in decode(piece):
            _settle(fold, entry, decided, body.reason)
    fold.execute(
        "INSERT INTO registry_offerssettled (id, import_id, field, take, fields, people, account, at, reason, position,"
        " undone, kept) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, NULL, 0) ON CONFLICT (id) DO NOTHING",
        (
            *(entry.id, body.import_id, body.field or "", body.take, body.fields, body.people),
            *(entry.actor, entry.received_at, body.reason, entry.position),
        ),
    )


def _settle(fold: Fold, entry: Entry, decided: OfferSettled, reason: str) -> None:
    subject = kept_for(fold, decided.resident)
    kept = next((row for row in edits_of(fold, subject) if row.id == decided.kept), None)
    if kept is None:
        return
    settles = frozenset(decided.settles)
    edit = copy_of(kept, entry, base=decided.base)._replace(settles=settles, kept=kept.id, reason=reason or None)
    store_edit(fold, edit._replace(id=edit_id(subject, edit.field, entry.id)))
    stand(fold, subject, entry)
    touch(fold, edit.household, entry)


def reopen_offers(entry: Entry, fold: Fold) -> None:
    """What was decided is forgotten, so the same is asked again; where somebody has written since, it stays decided."""
    body: OffersReopened = entry.body
    kept = 0
    for id, subject, household, since in _decided_by(fold, body.settled):
        if since:
            kept += 1
            continue
        fold.execute("DELETE FROM registry_edit WHERE id = %s", (id,))
        stand(fold, subject, entry)
        touch(fold, household, entry)
    sql = "UPDATE registry_offerssettled SET undone = %s, kept = %s WHERE id = %s"
    fold.execute(sql, (entry.id, kept, body.settled))


def _decided_by(fold: Fold, record: UUID) -> list[tuple[UUID, UUID, UUID, bool]]:
    """(edit, whose, where they live, has anybody written the same field since?)"""
    rows = fold.execute(
        "SELECT e.id, e.subject_id, e.household_id, EXISTS (SELECT 1 FROM registry_edit l WHERE l.subject_id ="
        " e.subject_id AND l.field = e.field AND l.position > e.position AND NOT l.offered)"
        " FROM registry_edit e WHERE e.record = %s ORDER BY e.id",
        (record,),
    ).fetchall()
    return [(as_id(id), as_id(subject), as_id(home), bool(since)) for id, subject, home, since in rows]
