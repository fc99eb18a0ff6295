"""Folds rosters, edits and finds into the register. Whatever order facts came in, the same people stand there with
the same fields.

An edited field is worked out anew from all its edits (rules.standing); a field that nobody edited has none and stands
as it came.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import derived_id
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.kernel.masks import mask_id, mask_phone
from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.foundation.plumbing.database import as_instant, as_uuid
from lianfang.ground.registry import rules
from lianfang.ground.registry.names import letters
from lianfang.ground.registry.records import (
    ConflictSettled,
    HouseholdChanged,
    HouseholdFound,
    RosterChunk,
    RosterPublished,
    RosterResident,
    RosterUndone,
)
from lianfang.ground.registry.terms import (
    SEALED_FIELDS,
    Change,
    Field,
    Person,
    Question,
    Status,
)

TABLES = (
    "registry_dwelling",
    "registry_household",
    "registry_resident",
    "registry_edit",
    "registry_disagreement",
    "registry_gone",
    "registry_roster",
)


def _insert(table: str, columns: str, *, otherwise: str = "DO NOTHING") -> str:
    marks = ", ".join(["%s"] * len(columns.split(",")))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT (id) {otherwise}"


_DWELLING = _insert("registry_dwelling", "id, area_id, grid_id, door, door_key, room, kind, walk, origin")
_HOUSEHOLD = _insert(
    "registry_household",
    "id, dwelling_id, area_id, grid_id, door, door_key, room, walk, people, found, origin,"
    " origin_author, position, status,"
    " versions",
)
_RESIDENT = _insert(
    "registry_resident",
    "id, household_id, grid_id, name, name_key, pinyin, initials, sex, born_on, relation,"
    " document_kind, residence_kind,"
    " id_sealed, id_hash, id_masked, phone_sealed, phone_hash, phone_masked, origin, origin_author,"
    " position, status, versions",
)
_EDIT = _insert(
    "registry_edit",
    "id, subject_id, household_id, field, base, value, sealed, hash, settles, kept, saw, reason,"
    " record, author, account, at,"
    " position",
)


def apply(entries: Sequence[Entry], fold: Fold) -> None:
    """See Projection."""
    for entry in entries:
        if entry.body is not None:
            _FOLDS[entry.kind](entry, fold)


# --- rosters ---------------------------------------------------------------------------------------------------------


def _publish(entry: Entry, fold: Fold) -> None:
    body: RosterPublished = entry.body
    decode = msgspec.msgpack.Decoder(RosterChunk).decode
    for piece in fold.attachments(entry):
        _publish_chunk(decode(piece), entry, fold)
    fold.execute(
        "INSERT INTO registry_roster (id, record, area_id, rows, households, residents, edits, position, published_at,"
        " kept_households, kept_residents) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 0) ON"
        " CONFLICT (id) DO NOTHING",
        (
            body.import_id,
            entry.id,
            entry.area,
            body.rows,
            body.households,
            body.residents,
            body.edits,
            entry.position,
            entry.received_at,
        ),
    )


def _publish_chunk(chunk: RosterChunk, entry: Entry, fold: Fold) -> None:
    came = (entry.id.hex, _author(entry), entry.position, "present", "{}")
    doors = _doors_of(chunk, fold)
    members = Counter(r.household for r in chunk.residents)
    fold.executemany(
        _DWELLING,
        [
            (d.id.hex(), d.area.hex(), d.grid.hex(), d.door, d.key, d.room, d.kind, d.walk, came[0])
            for d in chunk.dwellings
        ],
    )
    fold.executemany(
        _HOUSEHOLD,
        [
            (h.id.hex(), h.dwelling.hex(), *doors[h.dwelling], members.pop(h.id, 0), False, *came)
            for h in chunk.households
        ],
    )
    grids = _grids_of(chunk, fold)
    fold.executemany(_RESIDENT, [_from_roster(r, grids[r.household], came, fold) for r in chunk.residents])
    for edit in chunk.edits:
        resident = UUID(bytes=edit.resident)
        _edit(fold, entry, resident, Field(edit.field), base=edit.base, value=edit.value)
    for household in {*members, *(edit.household for edit in chunk.edits)}:  # those that were there before
        _touch(fold, UUID(bytes=household), entry)


def _doors_of(chunk: RosterChunk, fold: Fold) -> dict[bytes, tuple[Any, ...]]:
    """Where each dwelling of these households is: (area, grid, door, key, room, walk)."""
    doors: dict[bytes, tuple[Any, ...]] = {
        d.id: (d.area.hex(), d.grid.hex(), d.door, d.key, d.room, d.walk) for d in chunk.dwellings
    }
    columns = "area_id, grid_id, door, door_key, room, walk"
    for id in {h.dwelling for h in chunk.households} - doors.keys():
        sql = f"SELECT {columns} FROM registry_dwelling WHERE id = %s"
        doors[id] = fold.execute(sql, (UUID(bytes=id),)).fetchone()
    return doors


def _grids_of(chunk: RosterChunk, fold: Fold) -> dict[bytes, Any]:
    """The grid of each household in which somebody is put."""
    grids: dict[bytes, Any] = {h.id: h.grid.hex() for h in chunk.households}
    for id in {r.household for r in chunk.residents} - grids.keys():
        sql = "SELECT grid_id FROM registry_household WHERE id = %s"
        (grids[id],) = fold.execute(sql, (UUID(bytes=id),)).fetchone()
    return grids


def _from_roster(r: RosterResident, grid: Any, came: tuple[Any, ...], fold: Fold) -> tuple[Any, ...]:
    id = r.id.hex()
    number = _sealed(fold, id, Field.ID_NUMBER, r.id_number)
    phone = _sealed(fold, id, Field.PHONE, r.phone)
    said = (r.sex, r.born_on, r.relation, r.document_kind, r.residence_kind)
    return (id, r.household.hex(), grid, *_name(r.name), *said, *number, *phone, *came)


def _undo(entry: Entry, fold: Fold) -> None:
    """Take back what a roster brought, except what was edited since: that stays, and is listed."""
    body: RosterUndone = entry.body
    published = (body.published,)
    for subject, household in _edited_by(fold, body.published):
        _take_back_edits(fold, entry, subject, body.published)
        _touch(fold, household, entry)
    elsewhere = _joined_households(fold, body.published)
    fold.execute(
        "DELETE FROM registry_resident WHERE origin = %s AND NOT EXISTS"
        " (SELECT 1 FROM registry_edit e WHERE e.subject_id = registry_resident.id AND e.record <>"
        " registry_resident.origin)",
        published,
    )
    emptied = (
        "origin = %s AND NOT EXISTS (SELECT 1 FROM registry_resident r WHERE r.household_id = registry_household.id)"
        " AND NOT EXISTS (SELECT 1 FROM registry_edit e WHERE e.subject_id = registry_household.id)"
    )
    fold.execute(
        "INSERT INTO registry_gone (household_id, grid_id, position)"
        f" SELECT id, grid_id, CAST(%s AS BIGINT) FROM registry_household WHERE {emptied}"
        " ON CONFLICT (household_id) DO UPDATE SET grid_id = excluded.grid_id, position = excluded.position",
        (entry.position, body.published),
    )
    fold.execute(f"DELETE FROM registry_household WHERE {emptied}", published)
    fold.execute(
        "DELETE FROM registry_dwelling WHERE origin = %s AND NOT EXISTS"
        " (SELECT 1 FROM registry_household h WHERE h.dwelling_id = registry_dwelling.id)",
        published,
    )
    fold.execute(
        f"UPDATE registry_household SET {_COUNT_PEOPLE}, position = %s WHERE origin = %s", (entry.position, *published)
    )
    for household in elsewhere:
        _touch(fold, household, entry)
    fold.execute(
        "UPDATE registry_roster SET undone = %s,"
        " kept_households = (SELECT COUNT(*) FROM registry_household WHERE origin = %s),"
        " kept_residents = (SELECT COUNT(*) FROM registry_resident WHERE origin = %s) WHERE id = %s",
        (entry.id, body.published, body.published, body.import_id),
    )


def _joined_households(fold: Fold, record: UUID) -> list[UUID]:
    """Households that were there before and got somebody more by this roster."""
    rows = fold.execute(
        "SELECT DISTINCT h.id FROM registry_resident r JOIN registry_household h ON h.id = r.household_id"
        " WHERE r.origin = %s AND h.origin <> %s",
        (record, record),
    ).fetchall()
    return sorted(_uuid(id) for (id,) in rows)


def _edited_by(fold: Fold, record: UUID) -> list[tuple[UUID, UUID]]:
    """Who, of those not brought by the roster itself, was edited by it: (resident, household)."""
    rows = fold.execute(
        "SELECT DISTINCT e.subject_id, e.household_id FROM registry_edit e"
        " JOIN registry_resident r ON r.id = e.subject_id WHERE e.record = %s AND r.origin <> %s",
        (record, record),
    ).fetchall()
    return sorted((_uuid(subject), _uuid(household)) for subject, household in rows)


def _take_back_edits(fold: Fold, entry: Entry, subject: UUID, record: UUID) -> None:
    """Write what stood before on top of the roster's edits, where nobody has written anything since."""
    rows = _edits_of(fold, subject)
    for field in sorted({row.field for row in rows if row.record == record}):
        mine = [row for row in rows if row.field == field]
        now = _standing(field, mine)
        before = _standing(field, [row for row in mine if row.record != record])
        if next(row for row in mine if row.id == now.shown.id).record == record:
            copied = next(row for row in mine if row.id == before.shown.id)
            _store_edit(fold, entry, _copy_of(copied, entry, base=now.version))
            _stand(fold, subject, entry)


# --- facts -----------------------------------------------------------------------------------------------------------


def _change(entry: Entry, fold: Fold) -> None:
    body: HouseholdChanged = entry.body
    subject = body.resident or body.household
    if body.change is Change.ADDED and body.resident and body.person:
        _add(fold, entry, body.resident, body.household, body.person)
    elif body.change is Change.FIELD and body.field:
        _edit(fold, entry, subject, body.field, base=body.base_version, value=body.value, reason=body.reason)
    else:
        base = body.versions.get(Field.STATUS, body.base_version)
        saw = {field.value: version for field, version in body.versions.items()}
        _edit(fold, entry, subject, Field.STATUS, base=base, value=Status.STRUCK, saw=saw, reason=body.reason)
    _touch(fold, _household_of(fold, subject) or body.household, entry)


def _found(entry: Entry, fold: Fold) -> None:
    body: HouseholdFound = entry.body
    door = rules.read_door(body.door)
    shown, key, room, kind, walk = (
        (door.shown, door.key, door.room, door.kind, door.walk) if door else (body.door, body.door, "", "other", 0)
    )
    place = (body.area.hex, entry.area.hex, shown, key, room)
    fold.executemany(_DWELLING, [(body.dwelling.hex, *place, kind, walk, entry.id.hex)])
    fold.executemany(
        _HOUSEHOLD,
        [
            (
                body.household.hex,
                body.dwelling.hex,
                *place,
                walk,
                0,
                True,
                entry.id.hex,
                _author(entry),
                entry.position,
                "present",
                "{}",
            )
        ],
    )
    fold.execute("DELETE FROM registry_gone WHERE household_id = %s", (body.household,))
    for person in body.people:
        _add(fold, entry, person.id, body.household, person)
    _touch(fold, body.household, entry)


def _settle(entry: Entry, fold: Fold) -> None:
    body: ConflictSettled = entry.body
    subject = body.resident or body.household
    kept = next((row for row in _edits_of(fold, subject) if row.id == body.kept), None)
    if kept is None:
        return
    edit = _copy_of(kept, entry, base=body.base_version)
    if kept.field != body.field:  # of someone struck, the edit that showed they are here was believed
        edit = edit._replace(field=body.field.value, value=Status.PRESENT.value, sealed=None, hash=None)
    edit = edit._replace(settles=frozenset(body.settles), kept=kept.id, reason=body.reason or None)
    _store_edit(fold, entry, edit._replace(id=_edit_id(subject, edit.field, entry.id)))
    _stand(fold, subject, entry)
    _touch(fold, body.household, entry)


def _add(fold: Fold, entry: Entry, resident: UUID, household: UUID, person: Person) -> None:
    """Put somebody on the list. If another record did so already, both say what they say about each field."""
    here = fold.execute("SELECT origin FROM registry_resident WHERE id = %s", (resident,)).fetchone()
    if here is not None and _uuid(here[0]) != entry.id:
        for field, value in _particulars(person).items():
            _edit(fold, entry, resident, field, base=rules.ROOT, value=value)
        return
    grid = fold.execute("SELECT grid_id FROM registry_household WHERE id = %s", (household,)).fetchone()[0]
    words = dict(_particulars(person).items())
    fold.executemany(
        _RESIDENT,
        [
            (
                resident.hex,
                household.hex,
                grid,
                *_name(words.get(Field.NAME) or ""),
                *tuple(
                    words.get(f)
                    for f in (Field.SEX, Field.BORN_ON, Field.RELATION, Field.DOCUMENT_KIND, Field.RESIDENCE_KIND)
                ),
                *_sealed(fold, resident.hex, Field.ID_NUMBER, words.get(Field.ID_NUMBER)),
                *_sealed(fold, resident.hex, Field.PHONE, words.get(Field.PHONE)),
                entry.id.hex,
                _author(entry),
                entry.position,
                "present",
                "{}",
            )
        ],
    )


def _particulars(person: Person) -> dict[Field, str]:
    """What was said of a person, field by field, each in its usual form."""
    said = {field: getattr(person, field.value, None) for field in Field}
    return {field: usual(field, str(value)) or "" for field, value in said.items() if value}


def usual(field: Field, value: str | None) -> str | None:
    """A value in the form in which it is kept and compared."""
    if value is None or not value.strip():
        return None
    usual_form = _USUAL.get(field)
    return usual_form(value) if usual_form else value.strip()


_USUAL: dict[Field, Callable[[str], str]] = {
    Field.NAME: rules.clean_name,
    Field.ID_NUMBER: rules.usual_number,
    Field.PHONE: rules.usual_phone,
}


# --- edits -----------------------------------------------------------------------------------------------------------


class _Row(NamedTuple):
    """One row of registry_edit."""

    id: UUID
    subject: UUID
    household: UUID
    field: str
    base: int
    value: str | None
    sealed: bytes | None
    hash: bytes | None
    settles: frozenset[UUID]
    kept: UUID | None
    saw: dict[str, int]
    reason: str | None
    record: UUID
    author: UUID | None
    account: UUID | None
    at: Any
    position: int

    @property
    def edit(self) -> rules.Edit:
        """As the rules see it."""
        said = self.hash if self.hash is not None else self.value
        return rules.Edit(self.id, self.base, said, self.author, self.settles)


def _edit(
    fold: Fold,
    entry: Entry,
    subject: UUID,
    field: Field,
    *,
    base: int,
    value: str | None,
    saw: dict[str, int] | None = None,
    reason: str | None = None,
) -> None:
    """Keep one edit and work out anew how the field stands."""
    household = _household_of(fold, subject)
    if household is None:
        return  # taken back since with the roster that brought it; the entry keeps what was said
    _keep_root(fold, subject, household, field)
    value = usual(field, value)
    sealed, hash, mask = _sealed(fold, subject.hex, field, value) if field in SEALED_FIELDS else (None, None, value)
    row = _Row(
        *(_edit_id(subject, field, entry.id), subject, household, field.value, base, mask or None, sealed, hash),
        *(frozenset(), None, saw or {}, reason, entry.id, entry.device or entry.actor, entry.actor, entry.received_at),
        entry.position,
    )
    _store_edit(fold, entry, row)
    _stand(fold, subject, entry)


def _edit_id(subject: UUID, field: str, record: UUID) -> UUID:
    """Of one record about one field, always the same; in the order of the records, as far as their ids have one."""
    digest = derived_id(subject, field, str(record))
    return UUID(bytes=record.bytes[:8] + digest.bytes[8:])


def _store_edit(fold: Fold, entry: Entry, row: _Row) -> None:
    fold.executemany(
        _EDIT,
        [
            (
                row.id,
                row.subject,
                row.household,
                row.field,
                row.base,
                row.value,
                row.sealed,
                row.hash,
                _json(sorted(map(str, row.settles))),
                row.kept,
                _json(row.saw),
                row.reason,
                row.record,
                row.author,
                row.account,
                row.at,
                row.position,
            )
        ],
    )


def _copy_of(row: _Row, entry: Entry, *, base: int) -> _Row:
    """The same value said again by another entry."""
    return row._replace(
        id=_edit_id(row.subject, row.field, entry.id),
        base=base,
        settles=frozenset(),
        kept=None,
        reason=None,
        record=entry.id,
        author=entry.device or entry.actor,
        account=entry.actor,
        at=entry.received_at,
        position=entry.position,
    )


def _keep_root(fold: Fold, subject: UUID, household: UUID, field: Field) -> None:
    """Before the first edit of a field, write down what it held: from then on it is one voice among others."""
    known = fold.execute(
        "SELECT 1 FROM registry_edit WHERE subject_id = %s AND field = %s LIMIT 1", (subject, field.value)
    ).fetchone()
    if known is not None:
        return
    value, sealed, hash, origin, author = _value_now(fold, subject, household, field)
    fold.executemany(
        _EDIT,
        [
            (
                _edit_id(subject, field, origin),
                subject,
                household,
                field.value,
                rules.ROOT,
                value,
                sealed,
                hash,
                "[]",
                None,
                "{}",
                None,
                origin,
                author,
                None,
                None,
                0,
            )
        ],
    )


def _value_now(fold: Fold, subject: UUID, household: UUID, field: Field) -> tuple[Any, Any, Any, UUID, UUID | None]:
    if subject == household:
        table, columns = "registry_household", "status, NULL, NULL"
    elif field in SEALED_FIELDS:
        short = _SHORT[field]
        table, columns = "registry_resident", f"{short}_masked, {short}_sealed, {short}_hash"
    else:
        table, columns = "registry_resident", f"{field.value}, NULL, NULL"
    value, sealed, hash, origin, author = fold.execute(
        f"SELECT {columns}, origin, origin_author FROM {table} WHERE id = %s", (subject,)
    ).fetchone()
    return str(value) if value else None, _bytes(sealed), _bytes(hash), _uuid(origin), as_uuid(author)


def _edits_of(fold: Fold, subject: UUID) -> list[_Row]:
    rows = fold.execute(
        "SELECT id, subject_id, household_id, field, base, value, sealed, hash, settles, kept, saw,"
        " reason, record, author,"
        " account, at, position FROM registry_edit WHERE subject_id = %s",
        (subject,),
    ).fetchall()
    return [_row(row) for row in rows]


def _row(row: Sequence[Any]) -> _Row:
    (
        id,
        subject,
        household,
        field,
        base,
        value,
        sealed,
        hash,
        settles,
        kept,
        saw,
        reason,
        record,
        author,
        account,
        *rest,
    ) = row
    return _Row(
        *(_uuid(id), _uuid(subject), _uuid(household), field, base, value, _bytes(sealed), _bytes(hash)),
        *(frozenset(msgspec.json.decode(settles, type=list[UUID])), as_uuid(kept), msgspec.json.decode(saw)),
        *(reason, _uuid(record), as_uuid(author), as_uuid(account), *rest),
    )


def _standing(field: str, rows: Iterable[_Row]) -> rules.Standing:
    prefer = rules.STATUS_PREFERRED if field == Field.STATUS else None
    return rules.standing([row.edit for row in rows], prefer=prefer)


def _stand(fold: Fold, subject: UUID, entry: Entry) -> None:
    """Work out every edited field of somebody from all their edits, show it, and ask a person where hands disagree."""
    rows = _edits_of(fold, subject)
    by_field: dict[str, list[_Row]] = {}
    for row in rows:
        by_field.setdefault(row.field, []).append(row)
    versions: dict[str, int] = {}
    for field in sorted(by_field):
        mine = by_field[field]
        stands = _standing(field, mine)
        shown = next(row for row in mine if row.id == stands.shown.id)
        if stands.version:
            versions[field] = stands.version
        asked = [edit.id for edit in stands.open]
        kind = Question.FIELD
        if field == Field.STATUS and not asked and shown.value == Status.STRUCK:
            asked = _unseen(shown, mine, rows)
            kind = Question.STRUCK_BUT_EDITED
        _show(fold, shown, doubted=kind is Question.STRUCK_BUT_EDITED and bool(asked))
        _ask(fold, shown, kind, asked, entry)
    table = "registry_household" if rows and rows[0].subject == rows[0].household else "registry_resident"
    fold.execute(
        f"UPDATE {table} SET versions = %s, position = %s WHERE id = %s", (_json(versions), entry.position, subject)
    )


def _unseen(shown: _Row, statuses: Sequence[_Row], rows: Sequence[_Row]) -> list[UUID]:
    """Edits that whoever struck this person had not seen, and nobody has decided about."""
    first = next((row for row in statuses if row.id == shown.kept), shown)
    settled = {id for row in statuses for id in row.settles}
    others: dict[str, list[rules.Edit]] = {}
    for row in rows:
        if row.field != Field.STATUS:
            others.setdefault(row.field, []).append(row.edit)
    strike = rules.Strike(first.id, first.author, first.saw)
    return [edit.id for edit in rules.unseen_by(strike, others, settled=settled)]


def _show(fold: Fold, shown: _Row, *, doubted: bool) -> None:
    """Put what stands into the columns that lists and phones read."""
    field = Field(shown.field)
    if field is Field.STATUS:
        status = Status.PRESENT if doubted else Status(shown.value or Status.PRESENT)
        struck = status is Status.STRUCK
        table = "registry_household" if shown.subject == shown.household else "registry_resident"
        fold.execute(
            f"UPDATE {table} SET status = %s, said_by = %s, said_at = %s WHERE id = %s",
            (status.value, shown.account if struck else None, as_instant(shown.at) if struck else None, shown.subject),
        )
        return
    if field in SEALED_FIELDS:
        short = _SHORT[field]
        columns: tuple[str, ...] = (f"{short}_sealed", f"{short}_hash", f"{short}_masked")
        values: tuple[Any, ...] = (shown.sealed, shown.hash, shown.value or "")
    elif field is Field.NAME:
        columns, values = ("name", "name_key", "pinyin", "initials"), _name(shown.value or "")
    else:
        columns, values = (field.value,), (shown.value,)
    sets = ", ".join(f"{column} = %s" for column in columns)
    fold.execute(f"UPDATE registry_resident SET {sets} WHERE id = %s", (*values, shown.subject))


def _ask(fold: Fold, shown: _Row, kind: Question, asked: Sequence[UUID], entry: Entry) -> None:
    """Keep the question open, or take it away once nobody disagrees any more."""
    id = derived_id(shown.subject, "question", shown.field)
    if not asked:
        fold.execute("DELETE FROM registry_disagreement WHERE id = %s", (id,))
        return
    edits = _json([str(each) for each in sorted({shown.id, *asked})])
    fold.execute(
        "INSERT INTO registry_disagreement (id, kind, subject_id, household_id, grid_id, field, edits, position)"
        " SELECT %s, %s, %s, h.id, h.grid_id, %s, %s, CAST(%s AS BIGINT) FROM registry_household h WHERE h.id = %s"
        " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, edits = excluded.edits, position = excluded.position",
        (id, kind.value, shown.subject, shown.field, edits, entry.position, shown.household),
    )


# --- small things ----------------------------------------------------------------------------------------------------

_SHORT = {Field.ID_NUMBER: "id", Field.PHONE: "phone"}
_MASKS = {Field.ID_NUMBER: mask_id, Field.PHONE: mask_phone}
_COUNT_PEOPLE = (
    "people = (SELECT COUNT(*) FROM registry_resident r"
    " WHERE r.household_id = registry_household.id AND r.status = 'present')"
)


def _touch(fold: Fold, household: UUID, entry: Entry) -> None:
    """Count who lives there, and let phones hear of it."""
    fold.execute(
        f"UPDATE registry_household SET {_COUNT_PEOPLE}, position = %s WHERE id = %s", (entry.position, household)
    )


def _household_of(fold: Fold, subject: UUID) -> UUID | None:
    """The household of a resident, or a household itself; None when neither is there."""
    row = fold.execute(
        "SELECT household_id FROM registry_resident WHERE id = %s UNION ALL SELECT id FROM"
        " registry_household WHERE id = %s",
        (subject, subject),
    ).fetchone()
    return as_uuid(row[0]) if row else None


def _name(name: str) -> tuple[str, str, str, str]:
    return (name, rules.name_key(name), *letters(name))


def sealed_place(resident_hex: str, field: Field) -> str:
    """What binds a sealed value to its column and row."""
    return f"registry_resident/{_SHORT[field]}/{resident_hex}"


def _sealed(fold: Fold, resident_hex: str, field: Field, value: str | None) -> tuple[bytes | None, bytes | None, str]:
    """(ciphertext, keyed hash, mask) of a value."""
    if not value:
        return None, None, ""
    return (
        fold.seal(REGISTER_KEY, value.encode(), about=sealed_place(resident_hex, field)),
        fold.search_hash(REGISTER_KEY, value, field=field.value),
        _MASKS[field](value),
    )


def _author(entry: Entry) -> str | None:
    author = entry.device or entry.actor
    return author.hex if author else None


def _uuid(value: Any) -> UUID:
    found = as_uuid(value)
    assert found is not None
    return found


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


def _json(value: Any) -> str:
    return msgspec.json.encode(value, order="sorted").decode()


_FOLDS: dict[str, Callable[[Entry, Fold], None]] = {
    "registry.roster_published.v1": _publish,
    "registry.roster_undone.v1": _undo,
    "registry.household_changed.v1": _change,
    "registry.household_found.v1": _found,
    "registry.conflict_settled.v1": _settle,
}

PROJECTIONS: tuple[Projection, ...] = (Projection("registry.register", apply, tables=TABLES, kinds=frozenset(_FOLDS)),)
