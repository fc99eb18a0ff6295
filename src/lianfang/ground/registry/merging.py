"""Folds what people decide about two entries that look like one person: one, two after all, or two again.

Whoever is merged steps aside with all that was written about them. Where the two say different things, the one that was
chosen is written on top of both as an edit of the person who chose, so an edit that comes in later from a phone, naming
either id, meets it as it would meet any edit: it is shown, or a person is asked (rules.standing). Undoing removes those
choices and nothing else: each id then has all that was ever said under it.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from lianfang.foundation.ledger.terms import Entry, Fold
from lianfang.ground.registry.columns import RESIDENT_COLUMNS, count_grid, household_of, touch
from lianfang.ground.registry.edits import (
    EditRow,
    copy_of,
    edit_id,
    edits_of,
    keep_root,
    stand,
    standing_of,
    store_edit,
    value_now,
)
from lianfang.ground.registry.oneness import pair_id
from lianfang.ground.registry.reading import as_id
from lianfang.ground.registry.records import MergeUndone, ResidentsMerged, ResidentsToldApart
from lianfang.ground.registry.terms import Field

_COLUMNS = ", ".join(RESIDENT_COLUMNS)


def merge(entry: Entry, fold: Fold) -> None:
    """Two become one; the other steps aside."""
    body: ResidentsMerged = entry.body
    grid, other_grid = _grid_of(fold, body.kept), _grid_of(fold, body.other)
    if grid is None or other_grid is None:
        return  # one of them went with the roster that brought it
    for field in Field:
        _choose(fold, entry, body, field)
    fold.execute(
        "INSERT INTO registry_merge (id, kept_id, other_id, account, at, reason, position)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING",
        (entry.id, body.kept, body.other, entry.actor, entry.received_at, body.reason, entry.position),
    )
    _move(fold, body.other, "registry_resident", "registry_aside")
    fold.execute("DELETE FROM registry_disagreement WHERE subject_id = %s", (body.other,))
    _settle_down(fold, entry, (body.kept, body.other), (grid, other_grid))


def undo(entry: Entry, fold: Fold) -> None:
    """One becomes two again, each with all that was said of it, before the merge and since."""
    body: MergeUndone = entry.body
    row = fold.execute(
        "SELECT kept_id, other_id FROM registry_merge WHERE id = %s AND undone IS NULL", (body.merge,)
    ).fetchone()
    if row is None:
        return
    kept, other = map(as_id, row)
    fold.execute("UPDATE registry_merge SET undone = %s WHERE id = %s", (entry.id, body.merge))
    fold.execute("DELETE FROM registry_edit WHERE subject_id = %s AND record = %s", (kept, body.merge))
    _move(fold, other, "registry_aside", "registry_resident")
    _settle_down(fold, entry, (kept, other), (_grid_of(fold, kept), _grid_of(fold, other)))


def tell_apart(entry: Entry, fold: Fold) -> None:
    """These are two: nobody is asked about them again."""
    body: ResidentsToldApart = entry.body
    fold.execute(
        "INSERT INTO registry_apart (id, one_id, other_id, position) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (id) DO NOTHING",
        (pair_id(body.one, body.other), body.one, body.other, entry.position),
    )


def _settle_down(fold: Fold, entry: Entry, people: tuple[UUID, UUID], grids: tuple[Any, Any]) -> None:
    for person in people:
        stand(fold, person, entry)
        home = household_of(fold, person)
        if home is not None:
            touch(fold, home, entry)
    for grid in sorted({str(grid) for grid in grids if grid is not None}):
        count_grid(fold, UUID(grid))


def _choose(fold: Fold, entry: Entry, body: ResidentsMerged, field: Field) -> None:
    """Where the two differ, or anybody ever wrote, what was chosen stands on top of all that was seen. Open questions
    stay open.
    """
    homes: dict[UUID, UUID] = {person: as_id(household_of(fold, person)) for person in (body.kept, body.other)}
    if not any(_about(fold, person, field) for person in homes) and _alike(fold, homes, field):
        return
    for person, home in homes.items():
        keep_root(fold, person, home, field)
    mine, theirs = _about(fold, body.kept, field), _about(fold, body.other, field)
    stands, stand_theirs = standing_of(field, mine), standing_of(field, theirs)
    shown = stand_theirs.shown if field in body.take else stands.shown
    chosen = next(row for row in (*mine, *theirs) if row.id == shown.id)
    still_open = {edit.id for edit in (*stands.open, *stand_theirs.open)}
    choice = copy_of(chosen, entry, base=max(stands.version, stand_theirs.version))
    store_edit(
        fold,
        choice._replace(
            id=edit_id(body.kept, field, entry.id),
            subject=body.kept,
            household=homes[body.kept],
            settles=frozenset(row.id for row in (*mine, *theirs)) - still_open,
            reason=body.reason or None,
        ),
    )


def _about(fold: Fold, person: UUID, field: Field) -> list[EditRow]:
    return [row for row in edits_of(fold, person) if row.field == field]


def _alike(fold: Fold, homes: Mapping[UUID, UUID], field: Field) -> bool:
    """Of sealed fields the hash is compared, of others the value."""
    said = [value_now(fold, person, home, field) for person, home in homes.items()]
    return len({hash if hash is not None else value for value, _, hash, *_ in said}) == 1


def _grid_of(fold: Fold, person: UUID) -> UUID | None:
    row = fold.execute("SELECT grid_id FROM registry_resident WHERE id = %s", (person,)).fetchone()
    return as_id(row[0]) if row else None


def _move(fold: Fold, person: UUID, here: str, there: str) -> None:
    fold.execute(
        f"INSERT INTO {there} ({_COLUMNS}) SELECT {_COLUMNS} FROM {here} WHERE id = %s ON CONFLICT (id) DO NOTHING",
        (person,),
    )
    fold.execute(f"DELETE FROM {here} WHERE id = %s", (person,))
