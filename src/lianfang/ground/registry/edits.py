"""Edits from many hands, folded: each is kept, and what stands is worked out of all of them (rules.standing)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import derived_id
from lianfang.foundation.ledger.terms import Entry, Fold
from lianfang.foundation.plumbing.database import Driver, as_instant, as_uuid
from lianfang.ground.registry import rules
from lianfang.ground.registry.columns import (
    EDIT,
    EDIT_COLUMNS,
    SHORT,
    as_bytes,
    as_json,
    hand_of,
    household_of,
    name_columns,
    sealed_columns,
    touch,
    usual,
)
from lianfang.ground.registry.identity import says
from lianfang.ground.registry.oneness import line_of, others_of
from lianfang.ground.registry.reading import as_id, marks
from lianfang.ground.registry.terms import SEALED_FIELDS, Field, Question, Status


class EditRow(NamedTuple):
    """One row of registry_edit."""

    id: UUID
    subject: UUID
    household: UUID
    field: str
    base: int
    value: str | None
    sealed: bytes | None
    hash: bytes | None
    settles: frozenset[UUID] = frozenset()
    kept: UUID | None = None
    saw: dict[str, int] = {}
    reason: str | None = None
    record: UUID = UUID(int=0)
    author: UUID | None = None
    n: int | None = None
    account: UUID | None = None
    at: datetime | None = None
    position: int = 0
    says: str | None = None
    offered: bool = False

    @property
    def edit(self) -> rules.Edit:
        """As the rules see it."""
        said = self.hash if self.hash is not None else self.value
        return rules.Edit(self.id, self.base, said, self.author, self.settles, self.n, self.offered)

    @property
    def stored(self) -> tuple[Any, ...]:
        """As the table takes it."""
        return self._replace(settles=as_json(sorted(map(str, self.settles))), saw=as_json(self.saw))  # type: ignore[arg-type]


def _read(row: Sequence[Any]) -> EditRow:
    found = EditRow(*row)
    return found._replace(
        id=as_id(found.id),
        subject=as_id(found.subject),
        household=as_id(found.household),
        sealed=as_bytes(found.sealed),
        hash=as_bytes(found.hash),
        settles=frozenset(msgspec.json.decode(str(found.settles), type=list[UUID])),
        kept=as_uuid(found.kept),
        saw=msgspec.json.decode(str(found.saw)),
        record=as_id(found.record),
        author=as_uuid(found.author),
        account=as_uuid(found.account),
        at=as_instant(found.at),
        offered=bool(found.offered),
    )


class Reading:
    """As much of a Fold as it takes to read edits, for who is not folding."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"who only reads has no {name}")

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """The cursor, as a Fold's."""
        return Driver().run(sql, params)


def write_edit(
    fold: Fold,
    entry: Entry,
    subject: UUID,
    field: Field,
    *,
    base: int,
    value: str | None,
    saw: dict[str, int] | None = None,
    reason: str | None = None,
    by_file: bool = False,
) -> None:
    """Keep one edit and work out anew how the field stands. A file takes the place of what its own hand brought and of
    nothing; over another hand's word it only offers its own.
    """
    household = household_of(fold, subject)
    if household is None:
        return  # taken back since with the roster that brought it; the entry keeps what was said
    line = line_of(fold, subject)
    keep_root(fold, subject, household, field)
    for whole in line[1:]:
        home = as_id(household_of(fold, whole))
        keep_root(fold, whole, home, field)
        touch(fold, home, entry)
    value = usual(field, value)
    sealed, hash, shown = (None, None, value)
    if field in SEALED_FIELDS:
        sealed, hash, shown = sealed_columns(fold, subject.hex, field, value)
    row = EditRow(
        id=edit_id(subject, field, entry.id),
        subject=subject,
        household=household,
        field=field.value,
        base=base,
        value=shown or None,
        sealed=sealed,
        hash=hash,
        saw=saw or {},
        reason=reason,
        record=entry.id,
        author=hand_of(entry),
        n=entry.n,
        account=entry.actor,
        at=entry.received_at,
        position=entry.position,
        says=says(value) if field is Field.ID_NUMBER else None,
        offered=by_file and _is_anothers(fold, line[-1], field, author=hand_of(entry)),
    )
    store_edit(fold, row)
    _stand_all(fold, line, entry)


def _is_anothers(fold: Fold, subject: UUID, field: Field, *, author: UUID | None) -> bool:
    """Does somebody else's word stand there?"""
    stands = standing_of(field, [row for row in edits_of(fold, subject) if row.field == field.value]).shown
    return stands.value is not None and stands.author != author


def edit_id(subject: UUID, field: str, record: UUID) -> UUID:
    """Of one record about one field, always the same; in the order of the records, as far as their ids have one."""
    digest = derived_id(subject, field, str(record))
    return UUID(bytes=record.bytes[:8] + digest.bytes[8:])


def store_edit(fold: Fold, row: EditRow) -> None:
    """Keep it; again is harmless."""
    fold.executemany(EDIT, [row.stored])


def copy_of(row: EditRow, entry: Entry, *, base: int) -> EditRow:
    """The same value said again by another entry."""
    return row._replace(
        id=edit_id(row.subject, row.field, entry.id),
        base=base,
        settles=frozenset(),
        kept=None,
        reason=None,
        record=entry.id,
        author=entry.device or entry.actor,
        n=entry.n,
        account=entry.actor,
        at=entry.received_at,
        position=entry.position,
        offered=False,
    )


def keep_root(fold: Fold, subject: UUID, household: UUID, field: Field) -> None:
    """Before the first edit of a field, write down what it held: from then on it is one voice among others."""
    known = fold.execute(
        "SELECT 1 FROM registry_edit WHERE subject_id = %s AND field = %s LIMIT 1", (subject, field.value)
    ).fetchone()
    if known is not None:
        return
    value, sealed, hash, said, origin, author = value_now(fold, subject, household, field)
    root = EditRow(
        id=edit_id(subject, field, origin),
        subject=subject,
        household=household,
        field=field.value,
        base=rules.ROOT,
        value=value,
        sealed=sealed,
        hash=hash,
        record=origin,
        author=author,
        says=said,
    )
    store_edit(fold, root)


def value_now(
    fold: Fold, subject: UUID, household: UUID, field: Field
) -> tuple[Any, Any, Any, str | None, UUID, UUID | None]:
    """What a field holds: (value or mask, ciphertext, keyed hash, what a number says, record it came in with, whose
    hand that was).
    """
    columns = f"{field.value}, NULL, NULL, NULL"
    if field in SEALED_FIELDS:
        said = "id_says" if field is Field.ID_NUMBER else "NULL"
        columns = "{0}_masked, {0}_sealed, {0}_hash, {1}".format(SHORT[field], said)
    tables = ["registry_resident", "registry_aside"]
    if subject == household:
        tables, columns = ["registry_household"], "status, NULL, NULL, NULL"
    rows = (
        fold.execute(f"SELECT {columns}, origin, origin_author FROM {table} WHERE id = %s", (subject,)).fetchone()
        for table in tables
    )
    value, sealed, hash, said, origin, author = next(row for row in rows if row is not None)
    return str(value) if value else None, as_bytes(sealed), as_bytes(hash), said, as_id(origin), as_uuid(author)


def edits_of(fold: Fold, subject: UUID) -> list[EditRow]:
    """Everything anybody ever wrote about a resident or household, under whichever of their ids.

    Struck is who no longer lives behind that door: of the other ids' doors nothing follows for this one. What a hand
    wrote under another id corrects nothing it wrote under this one: it took them for two.
    """
    others = others_of(fold, subject)
    sql = f"SELECT {EDIT_COLUMNS} FROM registry_edit WHERE subject_id = %s"
    rows = [_read(row) for row in fold.execute(sql, (subject,)).fetchall()]
    if not others:
        return rows
    home = household_of(fold, subject)
    assert home is not None
    sql = f"SELECT {EDIT_COLUMNS} FROM registry_edit WHERE subject_id IN ({marks(others)}) AND field <> %s"
    theirs = [_read(row) for row in fold.execute(sql, (*others, Field.STATUS.value)).fetchall()]
    return [*rows, *(row._replace(subject=subject, household=home, author=_under_another_id(row)) for row in theirs)]


def _under_another_id(row: EditRow) -> UUID | None:
    """A hand, told apart by the id it wrote about."""
    return row.author and derived_id(row.author, "under", str(row.subject))


def strikes_elsewhere(fold: Fold, subject: UUID) -> list[EditRow]:
    """Strikes of the same person behind the doors of their other ids: whoever wrote them did not know of this one."""
    others = others_of(fold, subject)
    if not others:
        return []
    home = household_of(fold, subject)
    assert home is not None
    of_them = f"subject_id IN ({marks(others)}) AND field = %s AND value = %s"
    sql = f"SELECT {EDIT_COLUMNS} FROM registry_edit WHERE {of_them}"
    rows = fold.execute(sql, (*others, Field.STATUS.value, Status.STRUCK.value)).fetchall()
    return [_read(row)._replace(subject=subject, household=home) for row in rows]


def standing_of(field: str, rows: Iterable[EditRow]) -> rules.Standing:
    """How one field stands after these edits of it."""
    prefer = rules.STATUS_PREFERRED if field == Field.STATUS else None
    return rules.standing([row.edit for row in rows], prefer=prefer)


def stand(fold: Fold, subject: UUID, entry: Entry) -> None:
    """Work out every edited field of somebody from all their edits, show it, and ask a person where hands disagree."""
    _stand_all(fold, line_of(fold, subject), entry)


def _stand_all(fold: Fold, line: Sequence[UUID], entry: Entry) -> None:
    """Who stepped aside is kept as they would stand alone; only of the one on the list is anybody asked."""
    for subject in line[:-1]:
        _stand(fold, subject, entry, table="registry_aside")
    _stand(fold, line[-1], entry)


def _stand(fold: Fold, subject: UUID, entry: Entry, *, table: str = "registry_resident") -> None:
    rows = edits_of(fold, subject)
    by_field: dict[str, list[EditRow]] = {}
    for row in rows:
        by_field.setdefault(row.field, []).append(row)
    versions: dict[str, int] = {}
    for field in sorted(by_field):
        mine = by_field[field]
        stands = standing_of(field, mine)
        shown = next(row for row in mine if row.id == stands.shown.id)
        if stands.version:
            versions[field] = stands.version
        asked = [edit.id for edit in stands.open]
        kind = Question.FIELD
        if field == Field.STATUS and not asked and shown.value == Status.STRUCK:
            asked = _unseen(shown, mine, rows)
            kind = Question.STRUCK_BUT_EDITED
        elif field == Field.STATUS and not asked and (asked := _struck_elsewhere(fold, subject, mine)):
            kind = Question.STRUCK_BUT_EDITED
        _show(fold, shown, table, doubted=kind is Question.STRUCK_BUT_EDITED and bool(asked))
        if table != "registry_aside":
            _ask(fold, shown, kind, asked, entry)
    if rows and rows[0].subject == rows[0].household:
        table = "registry_household"
    fold.execute(
        f"UPDATE {table} SET versions = %s, position = %s WHERE id = %s", (as_json(versions), entry.position, subject)
    )


def _unseen(shown: EditRow, statuses: Sequence[EditRow], rows: Sequence[EditRow]) -> list[UUID]:
    """Edits that whoever struck this person had not seen, and nobody has decided about."""
    first = next((row for row in statuses if row.id == shown.kept), shown)
    settled = {id for row in statuses for id in row.settles}
    others: dict[str, list[rules.Edit]] = {}
    for row in rows:
        if row.field != Field.STATUS and not row.offered:  # a file has met nobody
            others.setdefault(row.field, []).append(row.edit)
    strike = rules.Strike(first.id, first.author, first.saw)
    return [edit.id for edit in rules.unseen_by(strike, others, settled=settled)]


def _struck_elsewhere(fold: Fold, subject: UUID, statuses: Sequence[EditRow]) -> list[UUID]:
    """Strikes under their other ids since these became one: perhaps they died, perhaps only moved. A person asks."""
    settled = {id for row in statuses for id in row.settles}
    return [row.id for row in strikes_elsewhere(fold, subject) if row.id not in settled]


def _show(fold: Fold, shown: EditRow, table: str, *, doubted: bool) -> None:
    """Put what stands into the columns that lists and phones read."""
    field = Field(shown.field)
    if field is Field.STATUS:
        status = Status.PRESENT if doubted else Status(shown.value or Status.PRESENT)
        struck = status is Status.STRUCK
        table = "registry_household" if shown.subject == shown.household else table
        fold.execute(
            f"UPDATE {table} SET status = %s, said_by = %s, said_at = %s WHERE id = %s",
            (status.value, shown.account if struck else None, shown.at if struck else None, shown.subject),
        )
        return
    columns: tuple[str, ...] = (field.value,)
    values: tuple[Any, ...] = (shown.value,)
    if field in SEALED_FIELDS:
        short = SHORT[field]
        columns = (f"{short}_sealed", f"{short}_hash", f"{short}_masked")
        values = (shown.sealed, shown.hash, shown.value or "")
        if field is Field.ID_NUMBER:
            columns, values = (*columns, "id_says"), (*values, shown.says)
    elif field is Field.NAME:
        columns, values = ("name", "name_key", "pinyin", "initials"), name_columns(shown.value or "")
    sets = ", ".join(f"{column} = %s" for column in columns)
    fold.execute(f"UPDATE {table} SET {sets} WHERE id = %s", (*values, shown.subject))


def _ask(fold: Fold, shown: EditRow, kind: Question, asked: Sequence[UUID], entry: Entry) -> None:
    """Keep the question open, or take it away once nobody disagrees any more."""
    id = derived_id(shown.subject, "question", shown.field)
    if not asked:
        fold.execute("DELETE FROM registry_disagreement WHERE id = %s", (id,))
        return
    edits = as_json([str(each) for each in sorted({shown.id, *asked})])
    fold.execute(
        "INSERT INTO registry_disagreement (id, kind, subject_id, household_id, grid_id, field, edits, position)"
        " SELECT %s, %s, %s, h.id, h.grid_id, %s, %s, CAST(%s AS BIGINT) FROM registry_household h WHERE h.id = %s"
        " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, edits = excluded.edits, position = excluded.position",
        (id, kind.value, shown.subject, shown.field, edits, entry.position, shown.household),
    )
