"""Folds rosters, edits and finds into the register. Whatever order facts came in, the same people stand there with
the same fields.

An edited field is worked out anew from all its edits (rules.standing); a field that nobody edited has none and stands
as it came.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.foundation.plumbing.database import as_uuid
from lianfang.foundation.plumbing.indexes import built_behind
from lianfang.foundation.plumbing.walls import Walled
from lianfang.ground.registry import figures, merging, rules
from lianfang.ground.registry.boundaries import fold_redrawn
from lianfang.ground.registry.columns import (
    COUNT_PEOPLE,
    DWELLING,
    HOUSEHOLD,
    RESIDENT,
    author_of,
    count_grid,
    household_of,
    name_columns,
    number_columns,
    phone_columns,
    sealed_columns,
    touch,
    usual,
)
from lianfang.ground.registry.edits import (
    copy_of,
    edit_id,
    edits_of,
    stand,
    standing_of,
    store_edit,
    strikes_elsewhere,
    write_edit,
)
from lianfang.ground.registry.memory import HOUSEHOLDS
from lianfang.ground.registry.offer_folding import reopen_offers, settle_offers
from lianfang.ground.registry.oneness import kept_for
from lianfang.ground.registry.place_folding import fold_places
from lianfang.ground.registry.reading import as_id
from lianfang.ground.registry.records import (
    ConflictSettled,
    HouseholdChanged,
    HouseholdFound,
    RosterChunk,
    RosterPublished,
    RosterResident,
    RosterUndone,
)
from lianfang.ground.registry.steward_folding import STEWARDS
from lianfang.ground.registry.terms import Change, Field, Person, Status

TABLES = (
    "registry_place",
    "registry_placelook",
    "registry_dwelling",
    "registry_household",
    "registry_resident",
    "registry_aside",
    "registry_merge",
    "registry_apart",
    "registry_edit",
    "registry_disagreement",
    "registry_gridcount",
    "registry_gone",
    "registry_roster",
    "registry_move",
    "registry_redrawn",
    "registry_offerssettled",
    "registry_upkeep",
    "registry_expected",
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
    HOUSEHOLDS.all_changed()
    grids: set[Any] = set()
    with built_behind(_SCATTERED if _doubles(body, fold) else ()):
        for piece in fold.attachments(entry):
            grids |= _publish_chunk(decode(piece), entry, fold)
    for grid in sorted(map(str, grids)):
        count_grid(fold, grid)
    fold.execute(
        "INSERT INTO registry_roster (id, record, area_id, rows, households, residents, edits, position, published_at,"
        " office, sender, offered, kept_households, kept_residents) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
        " (SELECT COUNT(*) FROM registry_edit WHERE record = %s AND offered), 0, 0) ON CONFLICT (id) DO NOTHING",
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
            body.office,
            body.sender,
            entry.id,
        ),
    )


# In these a roster's rows lie all over; in the others they follow each other as they do in the file.
_SCATTERED = tuple(f"registry_resident_{name}" for name in ("name", "born", "pinyin", "initials", "id", "phone"))
_MANY = 500


def _doubles(body: RosterPublished, fold: Fold) -> bool:
    """Does it bring as many people as are there already? Then to build an index anew is less work than to move it."""
    if body.residents < _MANY:
        return False
    (there,) = fold.execute("SELECT COUNT(*) FROM registry_resident").fetchone()
    return bool(there <= body.residents)


def _publish_chunk(chunk: RosterChunk, entry: Entry, fold: Fold) -> set[Any]:
    """Put its rows into the tables; answers the grids in which somebody or something is new."""
    came = (entry.id.hex, author_of(entry), entry.position, "present", "{}")
    day = entry.day.isoformat()
    doors = _doors_of(chunk, fold)
    members = Counter(r.household for r in chunk.residents)
    phones = Counter(r.household for r in chunk.residents if r.phone)
    fold.executemany(
        DWELLING,
        [
            (d.id.hex(), d.area.hex(), d.grid.hex(), d.door, d.key, d.room, d.kind, d.walk, came[0])
            for d in chunk.dwellings
        ],
    )
    fold.executemany(
        HOUSEHOLD,
        [
            (id.hex(), dwelling.hex(), *doors[dwelling], members.pop(id, 0), phones[id], day, False, *came)
            for id, dwelling in ((h.id, h.dwelling) for h in chunk.households)
        ],
    )
    grids = _grids_of(chunk, fold)
    fold.executemany(RESIDENT, [_from_roster(r, grids[r.household], came, fold) for r in chunk.residents])
    for edit in chunk.edits:
        resident = UUID(bytes=edit.resident)
        write_edit(fold, entry, resident, Field(edit.field), base=edit.base, value=edit.value, by_file=True)
    for household in {*members, *(edit.household for edit in chunk.edits)}:  # those that were there before
        touch(fold, UUID(bytes=household), entry)
    return set(grids.values())


def _doors_of(chunk: RosterChunk, fold: Fold) -> dict[bytes, tuple[Any, ...]]:
    """Where each dwelling of these households is: (area, grid, door, key, end of the key, room, walk)."""
    doors: dict[bytes, tuple[Any, ...]] = {
        d.id: (d.area.hex(), d.grid.hex(), d.door, d.key, rules.door_end(d.key), d.room, d.walk)
        for d in chunk.dwellings
    }
    for id in {h.dwelling for h in chunk.households} - doors.keys():
        sql = "SELECT area_id, grid_id, door, door_key, room, walk FROM registry_dwelling WHERE id = %s"
        area, grid, door, key, *rest = fold.execute(sql, (UUID(bytes=id),)).fetchone()
        doors[id] = (area, grid, door, key, rules.door_end(key), *rest)
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
    number = number_columns(fold, id, r.id_number)
    phone = phone_columns(fold, id, r.phone)
    said = (r.sex, r.born_on, r.relation, r.document_kind, r.residence_kind)
    return (id, r.household.hex(), grid, *name_columns(r.name), *said, *number, *phone, *came)


def _undo(entry: Entry, fold: Fold) -> None:
    """Take back what a roster brought, except what was edited since: that stays, and is listed."""
    body: RosterUndone = entry.body
    published = (body.published,)
    HOUSEHOLDS.all_changed()
    (office,) = fold.execute("SELECT office FROM registry_roster WHERE id = %s", (body.import_id,)).fetchone()
    for subject, household in _edited_by(fold, body.published):
        _take_back_edits(fold, entry, subject, body.published, office=as_uuid(office))
        touch(fold, household, entry)
    elsewhere = _joined_households(fold, body.published)
    fold.execute(
        "DELETE FROM registry_resident WHERE origin = %s AND NOT EXISTS (SELECT 1 FROM registry_edit e"
        " WHERE e.subject_id = registry_resident.id AND e.record <> registry_resident.origin) AND NOT EXISTS"
        " (SELECT 1 FROM registry_merge m WHERE m.kept_id = registry_resident.id AND m.undone IS NULL)",
        published,
    )
    emptied = (
        "origin = %s AND NOT EXISTS (SELECT 1 FROM registry_resident r WHERE r.household_id = registry_household.id)"
        " AND NOT EXISTS (SELECT 1 FROM registry_aside a WHERE a.household_id = registry_household.id)"
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
        f"UPDATE registry_household SET {COUNT_PEOPLE}, position = %s WHERE origin = %s", (entry.position, *published)
    )
    for household in elsewhere:
        touch(fold, household, entry)
    for (grid,) in fold.execute("SELECT grid_id FROM registry_gridcount ORDER BY grid_id").fetchall():
        count_grid(fold, grid)
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
    return sorted(as_id(id) for (id,) in rows)


def _edited_by(fold: Fold, record: UUID) -> list[tuple[UUID, UUID]]:
    """Who, of those not brought by the roster itself, was edited by it: (resident, household)."""
    rows = fold.execute(
        "SELECT DISTINCT e.subject_id, e.household_id FROM registry_edit e"
        " JOIN (SELECT id, origin FROM registry_resident UNION ALL SELECT id, origin FROM registry_aside) r"
        " ON r.id = e.subject_id WHERE e.record = %s AND r.origin <> %s",
        (record, record),
    ).fetchall()
    return sorted((as_id(subject), as_id(household)) for subject, household in rows)


def _take_back_edits(fold: Fold, entry: Entry, subject: UUID, record: UUID, *, office: UUID | None) -> None:
    """Write what stood before on top of the roster's edits, where nobody has written anything since. What it only
    offered goes with it; what was the same office's word before is its word again.
    """
    fold.execute("DELETE FROM registry_edit WHERE subject_id = %s AND record = %s AND offered", (subject, record))
    stand(fold, subject, entry)
    rows = edits_of(fold, subject)
    for field in sorted({row.field for row in rows if row.record == record}):
        mine = [row for row in rows if row.field == field]
        now = standing_of(field, mine)
        before = standing_of(field, [row for row in mine if row.record != record])
        if next(row for row in mine if row.id == now.shown.id).record == record:
            copied = next(row for row in mine if row.id == before.shown.id)
            again = copy_of(copied, entry, base=now.version)
            store_edit(fold, again._replace(author=office) if office and copied.author == office else again)
            stand(fold, subject, entry)


# --- facts -----------------------------------------------------------------------------------------------------------


def _change(entry: Entry, fold: Fold) -> None:
    body: HouseholdChanged = entry.body
    subject = body.resident or body.household
    if body.change is Change.ADDED and body.resident and body.person:
        _add(fold, entry, body.resident, body.household, body.person)
        count_grid(fold, entry.area)
    elif body.change is Change.FIELD and body.field:
        write_edit(fold, entry, subject, body.field, base=body.base_version, value=body.value, reason=body.reason)
    else:
        base = body.versions.get(Field.STATUS, body.base_version)
        saw = {field.value: version for field, version in body.versions.items()}
        write_edit(fold, entry, subject, Field.STATUS, base=base, value=Status.STRUCK, saw=saw, reason=body.reason)
    touch(fold, household_of(fold, subject) or body.household, entry)


def _found(entry: Entry, fold: Fold) -> None:
    body: HouseholdFound = entry.body
    HOUSEHOLDS.changed(body.household)
    door = rules.read_door(body.door)
    shown, key, room, kind, walk = (
        (door.shown, door.key, door.room, door.kind, door.walk) if door else (body.door, body.door, "", "other", 0)
    )
    place = (body.area.hex, entry.area.hex, shown, key)
    fold.executemany(DWELLING, [(body.dwelling.hex, *place, room, kind, walk, entry.id.hex)])
    fold.executemany(
        HOUSEHOLD,
        [
            (
                body.household.hex,
                body.dwelling.hex,
                *place,
                rules.door_end(key),
                room,
                walk,
                0,
                0,
                entry.day,
                True,
                entry.id.hex,
                author_of(entry),
                entry.position,
                "present",
                "{}",
            )
        ],
    )
    fold.execute("DELETE FROM registry_gone WHERE household_id = %s", (body.household,))
    for person in body.people:
        _add(fold, entry, person.id, body.household, person)
    touch(fold, body.household, entry)
    count_grid(fold, entry.area)


def _settle(entry: Entry, fold: Fold) -> None:
    body: ConflictSettled = entry.body
    subject = kept_for(fold, body.resident or body.household)
    elsewhere = strikes_elsewhere(fold, subject)
    kept = next((row for row in [*edits_of(fold, subject), *elsewhere] if row.id == body.kept), None)
    if kept is None:
        return
    edit = copy_of(kept, entry, base=body.base_version)
    if kept in elsewhere:  # that hand had not seen this id; who decides now has
        (versions,) = fold.execute("SELECT versions FROM registry_resident WHERE id = %s", (subject,)).fetchone()
        edit = edit._replace(saw=msgspec.json.decode(versions))
    if kept.field != body.field:  # of someone struck, the edit that showed they are here was believed
        edit = edit._replace(field=body.field.value, value=Status.PRESENT.value, sealed=None, hash=None, says=None)
    edit = edit._replace(settles=frozenset(body.settles), kept=kept.id, reason=body.reason or None)
    store_edit(fold, edit._replace(id=edit_id(subject, edit.field, entry.id)))
    stand(fold, subject, entry)
    touch(fold, household_of(fold, subject) or body.household, entry)


def _add(fold: Fold, entry: Entry, resident: UUID, household: UUID, person: Person) -> None:
    """Put somebody on the list. If another record did so already, both say what they say about each field."""
    here = fold.execute(
        "SELECT origin FROM registry_resident WHERE id = %s UNION ALL SELECT origin FROM registry_aside WHERE id = %s",
        (resident, resident),
    ).fetchone()
    if here is not None and as_id(here[0]) != entry.id:
        for field, value in _particulars(person).items():
            write_edit(fold, entry, resident, field, base=rules.ROOT, value=value)
        return
    grid = fold.execute("SELECT grid_id FROM registry_household WHERE id = %s", (household,)).fetchone()[0]
    words = dict(_particulars(person).items())
    fold.executemany(
        RESIDENT,
        [
            (
                resident.hex,
                household.hex,
                grid,
                *name_columns(words.get(Field.NAME) or ""),
                *tuple(
                    words.get(f)
                    for f in (Field.SEX, Field.BORN_ON, Field.RELATION, Field.DOCUMENT_KIND, Field.RESIDENCE_KIND)
                ),
                *number_columns(fold, resident.hex, words.get(Field.ID_NUMBER)),
                *sealed_columns(fold, resident.hex, Field.PHONE, words.get(Field.PHONE)),
                entry.id.hex,
                author_of(entry),
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


_FOLDS: dict[str, Callable[[Entry, Fold], None]] = {
    "registry.roster_published.v1": _publish,
    "registry.roster_undone.v1": _undo,
    "registry.places_published.v1": fold_places,
    "registry.places_taken_back.v1": fold_places,
    "registry.places_changed.v1": fold_places,
    "registry.household_changed.v1": _change,
    "registry.household_found.v1": _found,
    "registry.conflict_settled.v1": _settle,
    "registry.offers_settled.v1": settle_offers,
    "registry.offers_reopened.v1": reopen_offers,
    "registry.residents_merged.v1": merging.merge,
    "registry.merge_undone.v1": merging.undo,
    "registry.residents_told_apart.v1": merging.tell_apart,
    "registry.grids_redrawn.v1": fold_redrawn,
    "registry.upkeep_agreed.v1": figures.agree,
    "registry.homes_expected.v1": figures.expect,
}

WALLED = (
    *(
        Walled(f"registry_{table}", grid="grid_id")
        for table in (
            "dwelling",
            "household",
            "resident",
            "aside",
            "disagreement",
            "gone",
            "suggestion",
            "move",
            "redrawn",
            "stewardship",
            "place",
            "placelook",
        )
    ),
    Walled("registry_edit", household="household_id"),
    Walled("registry_stewarded", household="household_id"),
)
PROJECTIONS: tuple[Projection, ...] = (
    Projection("registry.register", apply, tables=TABLES, kinds=frozenset(_FOLDS)),
    STEWARDS,
)
