"""A roster in somebody's own layout: looked at, its columns suggested, a few rows shown masked, the choice remembered.

What a person has confirmed is read by `staging` like any other roster; until then nothing of the file is kept but the
file itself, for a day at most.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE, Actor, Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing.tables import Peek, SheetRow, find_header, peek
from lianfang.ground.access import actions as access
from lianfang.ground.registry import offices, roster, staging, subjects, suggestions
from lianfang.ground.registry.imports import import_row
from lianfang.ground.registry.layouts import Chosen, Heading, Layout, find_heading, fingerprint, heading_at
from lianfang.ground.registry.models import Import, ImportChunk, RememberedLayout
from lianfang.ground.registry.own_layout import district_of
from lianfang.ground.registry.people import RowShown
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.suggestions import Known, Suggestion, Why
from lianfang.ground.registry.tabled import Line
from lianfang.ground.registry.terms import ImportState, Target

ROWS_SHOWN = 20
KEPT = timedelta(hours=24)  # an upload that nobody publishes or drops
_ROWS_LOOKED_AT = 200


class Sheet(msgspec.Struct, frozen=True):
    """A sheet of the workbook; hidden ones are named, and read only when somebody chooses them."""

    name: str
    hidden: bool


class Looked(msgspec.Struct, frozen=True):
    """What a file seems to be: its sheets, its header, what each column is for, and how it was read last time."""

    sheets: list[Sheet]
    heading: Heading
    columns: list[Suggestion]
    layout: Layout  # what would be chosen
    sender: str  # whose file it was when it was remembered; empty when it was not


class Fit(msgspec.Struct, frozen=True):
    """How many of the cells looked at are like what their column was chosen for."""

    index: int
    title: str
    target: Target
    fit: int
    n: int


class Preview(msgspec.Struct, frozen=True):
    """The first rows as they would be read, and how well each column fits."""

    rows: list[RowShown]
    fits: list[Fit]
    lines: list[Line] = []  # of a table that names no person


# --- looking ----------------------------------------------------------------------------------------------------------


def is_the_template(path: Path) -> bool:
    """Does the fixed template's own header stand on top? Then nothing need be chosen."""
    rows = peek(path).rows
    try:
        find_header(iter(rows), roster.TITLES, required=roster.REQUIRED)
    except Problem as problem:
        if problem.code in _ANOTHER_LAYOUT:
            return False
        raise
    return True


_ANOTHER_LAYOUT = {
    "tables.no_header", "tables.header_in_two_rows", "tables.columns_missing", "tables.column_twice", "tables.empty",
}  # fmt: skip


def look(
    import_id: UUID, *, viewer: Viewer | None, sheet: str = "", header: int | None = None, header_rows: int = 1
) -> Looked:
    """What a file seems to be, in one of its sheets, with the header where it is found or where somebody says.

    `viewer` None: the command line.
    """
    row = _to_choose(import_id, viewer)
    seen = peek(row.path, name=sheet or None, first=_ROWS_LOOKED_AT)
    subject = subjects.of(row)
    found = find_heading(seen.rows, subject.vocabulary)
    heading = found if header is None else heading_at(seen.rows, header, header_rows)
    columns = suggestions.suggest(heading, seen.rows, on=local_day(row.created_at), known=_known(row))
    layout = _likely(seen, heading, columns, subject.carried)
    sheets = [Sheet(name, hidden) for name, hidden in seen.sheets]
    remembered = _remembered(heading, row.about)
    if remembered is None:
        return Looked(sheets, heading, columns, layout, "")
    layout = _as_remembered(layout, msgspec.json.decode(remembered.layout, type=Layout))
    return Looked(sheets, heading, _said_so(columns, layout, remembered.sender), layout, remembered.sender)


def _to_choose(import_id: UUID, viewer: Viewer | None) -> Import:
    """An import whose file is still ours and whose columns may be chosen."""
    row = import_row(import_id, viewer=viewer)
    if row.state not in (ImportState.CHOOSING, ImportState.READY, ImportState.FAILED) or not row.path:
        raise Problem("registry.import_not_now", status=409, state=row.state)
    if not Path(row.path).is_file():
        raise Problem("registry.import_file_gone", status=410)
    return row


def _known(row: Import) -> Known:
    """What the district is called, and what such a file calls its columns."""
    district, subject = district_of(staging.roots_of(row), on=local_day(row.created_at)), subjects.of(row)
    grids = {grid for grids in district.communities.values() for grid in grids}
    return Known(set(district.communities), grids, subject.vocabulary, subject.kinds)


def _likely(seen: Peek, heading: Heading, columns: Sequence[Suggestion], carried: Sequence[Target]) -> Layout:
    chosen = tuple(Chosen(each.index, each.target) for each in columns if each.target is not None)
    at = {each.target: each.index for each in chosen}
    carry = _leaves_out(seen.rows, heading, at, carried)
    return Layout(heading.row, heading.rows, chosen, sheet=seen.sheet, carry=carry)


def _leaves_out(rows: Sequence[SheetRow], heading: Heading, at: dict[Target, int], carried: Sequence[Target]) -> bool:
    """Is the door written on the first line of a household only, or the community on that of its grids?"""
    own = [index for target, index in at.items() if target not in carried]
    below = [row for row in rows if row.number > heading.row and any(row.at(index) is not None for index in own)]
    doors = [any(row.at(at[t]) is not None for t in carried if t in at) for row in below]
    merged = any(why in ("merged", "filled") for row in below for why in row.odd.values())
    return bool(doors) and doors[0] and not all(doors) and not merged


def _remembered(heading: Heading, about: str) -> RememberedLayout | None:
    if not heading.rows:
        return None
    found = RememberedLayout.objects.filter(fingerprint=fingerprint(heading.titles, about))
    return found.order_by("-used_at", "-id").first()


def _as_remembered(layout: Layout, before: Layout) -> Layout:
    """The columns as they were chosen; where header and sheet stand, this file says."""
    changes = {"columns": before.columns, "community": before.community, "grid": before.grid, "carry": before.carry}
    return msgspec.structs.replace(layout, **changes)


def _said_so(columns: Sequence[Suggestion], layout: Layout, sender: str) -> list[Suggestion]:
    chosen = {each.index: each.target for each in layout.columns}
    why = Why("registry.why_remembered", {"sender": sender})
    return [
        each if each.barred else
        Suggestion(each.index, each.title, chosen.get(each.index), 99, (why, *each.why)) if each.index in chosen else
        Suggestion(each.index, each.title, None, each.sure, each.why)
        for each in columns
    ]  # fmt: skip


# --- trying -----------------------------------------------------------------------------------------------------------


def preview(import_id: UUID, layout: Layout, *, viewer: Viewer) -> Preview:
    """The first rows as this choice would read them, masked; noted like a page of a list."""
    row = _to_choose(import_id, viewer)
    seen, heading = _checked(row, layout)
    shown = subjects.of(row).first_rows(row, layout, heading, ROWS_SHOWN)
    _note(viewer, len(shown.rows))
    return Preview(shown.rows, _fits(row, seen, heading, layout), shown.lines)


def _checked(row: Import, layout: Layout) -> tuple[Peek, Heading]:
    """The choice, if it can be read by; else a sentence that says what is missing."""
    seen = peek(row.path, name=layout.sheet or None, first=_ROWS_LOOKED_AT)
    heading = heading_at(seen.rows, layout.header, layout.header_rows)
    width = max(len(heading.titles), max((len(each.cells) for each in seen.rows), default=0))
    at = layout.at
    if len(at) < len(layout.columns) or len({each.index for each in layout.columns}) < len(layout.columns):
        raise Problem("registry.layout_twice", status=422)
    subject = subjects.of(row)
    known = Known(vocabulary=subject.vocabulary)
    for column in suggestions.suggest(heading, (), on=local_day(row.created_at), known=known):
        if column.barred and column.index in at.values():
            raise Problem("registry.layout_column_barred", status=422, title=column.title)
    if beyond := [index for index in at.values() if index >= width]:
        raise Problem("registry.layout_column_missing", status=422, column=beyond[0] + 1)
    if strange := set(at) - set(subject.vocabulary.targets):
        raise Problem("registry.layout_not_of_this", status=422, target=min(strange))
    for need in subject.needs:
        if not any(target in at for target in need.any_of):
            raise Problem(need.code, status=422)
    return seen, heading


def _fits(row: Import, seen: Peek, heading: Heading, layout: Layout) -> list[Fit]:
    found, known, on = [], _known(row), local_day(row.created_at)
    for chosen in layout.columns:
        texts = suggestions.texts_in([each for each in seen.rows if each.number > layout.header], chosen.index)
        fit, n = suggestions.share(chosen.target, texts, on=on, known=known)
        title = heading.titles[chosen.index] if chosen.index < len(heading.titles) else ""
        found.append(Fit(chosen.index, title, chosen.target, fit, n))
    return found


def _note(viewer: Viewer, count: int) -> None:
    if count:
        access.disclose(
            viewer=viewer,
            what="registry.import_preview",
            purpose=Purpose.REGISTER_UPKEEP,
            area=min(viewer.roots(Permission.IMPORT)),
            count=count,
            permission=Permission.IMPORT,
        )


# --- choosing ---------------------------------------------------------------------------------------------------------


def check(import_id: UUID, layout: Layout, *, sender: str, viewer: Viewer | None) -> Heading:
    """Can the file be read so? It is looked at before anybody's turn begins: others need not wait for that."""
    _, heading = _checked(_to_choose(import_id, viewer), layout)
    offices.refuse_a_person(sender)
    return heading


def choose(import_id: UUID, layout: Layout, heading: Heading, *, sender: str, by: Actor, at: datetime) -> None:
    """Confirm how a file is read, in the caller's turn: what was read otherwise is thrown away, the choice remembered.

    Remembered are numbers of columns under a digest of the titles: no word of the file.
    """
    row = _to_choose(import_id, None)
    ImportChunk.objects.filter(import_id=import_id).delete()
    zero: dict[str, Any] = dict.fromkeys(_COUNTS, 0)
    if sender:
        zero |= {"sender": sender, "office": offices.office_of(sender, on=local_day(row.created_at))}
    Import.objects.filter(id=import_id).update(
        state=ImportState.READING, layout=msgspec.json.encode(layout).decode(), problem="", problem_details="{}", **zero
    )
    if sender and heading.rows:
        _remember(heading, layout, row.about, sender=sender, by=by, at=at)


_COUNTS = (
    "last_row", "rows", "good", "bad", "warned", "dwellings", "households", "residents", "edits", "edited", "unchanged",
    "added", "offered", "offers", "asked",
)  # fmt: skip


def _remember(heading: Heading, layout: Layout, about: str, *, sender: str, by: Actor, at: datetime) -> None:
    content = msgspec.json.encode(msgspec.structs.replace(layout, sheet="")).decode()
    RememberedLayout.objects.update_or_create(
        fingerprint=fingerprint(heading.titles, about),
        sender=sender,
        defaults={"layout": content, "by": by.account, "used_at": at},
        create_defaults={"id": new_id(), "layout": content, "by": by.account, "used_at": at},
    )


def drop_forgotten(*, at: datetime) -> int:
    """Uploads in their own layout that nobody went on with for a day: the file goes, and what was read of it."""
    states = [ImportState.CHOOSING, ImportState.READY, ImportState.FAILED]
    old = Import.objects.filter(created_at__lt=at - KEPT, state__in=states)
    forgotten = list(old.exclude(path=""))
    for row in forgotten:
        with ledger.turn(by=THE_HOUSE, at=at):
            Import.objects.filter(id=row.id).update(path="", state=_without_file(row))
        Path(row.path).unlink(missing_ok=True)
    return len(forgotten)


def _without_file(row: Import) -> str:
    """What was read stays and can be published; what was never read is dropped."""
    return ImportState.DROPPED if row.state == ImportState.CHOOSING else row.state
