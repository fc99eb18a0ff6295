"""Files that are checked whole: of areas, organisations or places there are thousands, not a million.

Read line by line into what its columns say; what the lines mean, and what is wrong with them, the subject says.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, RecordId, new_id
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import THE_HOUSE, Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.foundation.plumbing.sheet_process import WHOLE_ROW
from lianfang.foundation.plumbing.tables import LostDigitsError, SheetRow, peek, text_of
from lianfang.ground.registry import staging
from lianfang.ground.registry.layouts import HeaderAgain, Heading, Layout, heading_at
from lianfang.ground.registry.models import Import, ImportChunk
from lianfang.ground.registry.terms import Finding, ImportState, Severity, Target

MOST_ROWS = 100_000


class Line(NamedTuple):
    """One line: what each chosen column says in it, and what is wrong with its cells."""

    row: SheetRow
    texts: Mapping[Target, str]
    findings: list[Finding]

    def text(self, target: Target) -> str:
        return self.texts.get(target, "")


class Table(NamedTuple):
    """The lines of a file, and where it is loaded."""

    lines: Sequence[Line]
    titles: Mapping[Target, str]
    roots: Sequence[AreaId]
    on: date
    carry: bool = False  # a cell left empty means what stands above it

    def finding(self, row: int, target: Target, code: str, **details: str | int) -> Finding:
        """What is wrong with one cell, under the title it has in the user's own file."""
        return Finding(row, self.titles.get(target, ""), code, Severity.ERROR, details)


class Outcome(NamedTuple):
    """What publishing would do, and what is wrong. `content` is kept, sealed, until then."""

    content: object
    area: AreaId | None
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    findings: Sequence[Finding] = ()


class Writes(NamedTuple):
    """What the lines of one kind of table come to."""

    check: Callable[[Table], Outcome]
    publish: "Publish"
    take_back: "TakeBack"


class Publish(Protocol):
    """By one entry."""

    def __call__(self, row: Import, area: AreaId, *, by: Actor, at: datetime) -> RecordId: ...


class TakeBack(Protocol):
    """By one entry; answers how much was kept because it changed since."""

    def __call__(self, row: Import, *, by: Actor, at: datetime, reason: str) -> tuple[RecordId, int]: ...


def read(row: Import, path: str, say: staging.Say, check: Callable[[Table], Outcome]) -> None:
    """The dry run of a whole file. Killed, it begins again: nothing was put aside before the end."""
    table, passed_over = table_of(row, layout_of(row), path)
    if not table.lines:
        raise Problem("registry.no_lines", status=422)
    outcome = check(table)
    findings = sorted(
        [*passed_over, *(found for line in table.lines for found in line.findings), *outcome.findings],
        key=lambda each: each.row,
    )
    say(len(table.lines))
    _put_aside(row, table, outcome, findings)


def layout_of(row: Import) -> Layout:
    """How somebody said that the file is to be read."""
    return msgspec.json.decode(row.layout, type=Layout)


def table_of(row: Import, layout: Layout, path: str, *, most: int | None = None) -> tuple[Table, list[Finding]]:
    """The lines below the header (the first `most`), and what was passed over."""
    heading = heading_at(peek(path, name=layout.sheet or None).rows, layout.header, layout.header_rows)
    titles = {target: _title(heading, at) for target, at in layout.at.items()}
    again, reader = HeaderAgain(heading, list(layout.at.values())), _Reader(layout, titles)
    lines: list[Line] = []
    passed_over: list[Finding] = []
    for each in staging.rows_of(layout, path):
        if each.odd.get(WHOLE_ROW) == "total":
            passed_over.append(Finding(each.number, "", "registry.total_passed_over", Severity.WARNING))
        elif again(each):
            passed_over.append(Finding(each.number, "", "registry.header_again", Severity.WARNING))
        else:
            lines.append(reader.read(each))
        if len(lines) == most:
            break
        if len(lines) > MOST_ROWS:
            raise Problem("territory.too_many_rows", status=413, most=MOST_ROWS)
    return Table(lines, titles, staging.roots_of(row), local_day(row.created_at), layout.carry), passed_over


def _title(heading: Heading, at: int) -> str:
    return heading.titles[at] if at < len(heading.titles) else ""


class _Reader:
    def __init__(self, layout: Layout, titles: Mapping[Target, str]) -> None:
        self._at, self._titles = layout.at, titles

    def read(self, row: SheetRow) -> Line:
        findings: list[Finding] = []
        return Line(row, {target: self._text(row, target, at, findings) for target, at in self._at.items()}, findings)

    def _text(self, row: SheetRow, target: Target, at: int, findings: list[Finding]) -> str:
        odd = row.odd.get(at)
        try:
            text = text_of(row.at(at))
        except LostDigitsError:
            odd = "digits_lost"
        if odd in ("error", "digits_lost") or (odd == "formula" and not text):
            code = "registry.digits_lost" if odd == "digits_lost" else f"registry.cell_{odd}"
            findings.append(Finding(row.number, self._titles[target], code, Severity.ERROR))
            return ""
        return " ".join(text.split())


def _put_aside(row: Import, table: Table, outcome: Outcome, findings: list[Finding]) -> None:
    bad = {each.row for each in findings if each.severity is Severity.ERROR}
    said = {each.row for each in findings}
    shown = [staging.ShownRow(line.row.number, list(line.row.cells)) for line in table.lines if line.row.number in said]
    at, last = clock.now(), table.lines[-1].row.number
    with ledger.turn(by=THE_HOUSE, at=at):
        key = keyring.ensure(REGISTER_KEY, at=at)
        ImportChunk.objects.filter(import_id=row.id).delete()
        ImportChunk.objects.create(
            id=new_id(),
            import_id=row.id,
            no=0,
            last_row=last,
            rows=key.seal(msgspec.msgpack.encode(outcome.content), about=staging.chunk_place(row.id, 0, "rows")),
            findings=msgspec.json.encode(findings).decode(),
            shown=key.seal(msgspec.msgpack.encode(shown), about=staging.chunk_place(row.id, 0, "shown")),
        )
        Import.objects.filter(id=row.id).update(
            header=msgspec.json.encode(_header(row, table)).decode(),
            state=ImportState.READY,
            read_at=at,
            area_id=outcome.area,
            last_row=last,
            rows=len(table.lines),
            good=len(table.lines) - len(bad),
            bad=len(bad),
            added=outcome.added,
            edits=outcome.changed,
            unchanged=outcome.unchanged,
        )


def _header(row: Import, table: Table) -> list[str]:
    """The user's own header, as wide as their rows."""
    layout = layout_of(row)
    width = max((len(line.row.cells) for line in table.lines), default=0)
    named = {at: table.titles[target] for target, at in layout.at.items()}
    return [named.get(index, "") for index in range(width)]


def staged(import_id: UUID) -> bytes:
    """What was put aside to be published."""
    return staging.StagedChunks(import_id)[0]


def keep(import_id: UUID, content: object) -> None:
    """In its place, once published: what it takes to take it back. In a turn."""
    key = keyring.need(REGISTER_KEY)
    sealed = key.seal(msgspec.msgpack.encode(content), about=staging.chunk_place(import_id, 0, "rows"))
    ImportChunk.objects.filter(import_id=import_id).update(rows=sealed)
