"""HTTP for the register as work: what is to be looked at, how complete it is, who lives here, what was agreed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from http import HTTPStatus
from io import BytesIO
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import FileResponse
from django.urls import path
from dmr import Body, Path, Query, validate
from dmr.files import FileResponseSpec

from lianfang.foundation.kernel.ids import AreaId, HouseholdId, RecordId, ResidentId
from lianfang.foundation.kernel.moments import LOCAL
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.plumbing import clock, tables
from lianfang.foundation.plumbing.catalogue import language_of, sentence
from lianfang.foundation.plumbing.wire import Desk, Page
from lianfang.ground.access import actions as access
from lianfang.ground.access.terms import Looked
from lianfang.ground.registry import upkeep, upkeep_actions
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.quality import CONCERNS, OF_PEOPLE, Concern, Figures, Flaw
from lianfang.ground.registry.upkeep import AreaNamed, CompletenessReport, FlawCounts, FlawRow, ResidenceReport

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FLAWS = "registry.flaws"
MOST_IN_A_FILE = 200  # rows about people that leave without a second person
_TEXT = r"^[^\x00]*$"
Who = Annotated[str, msgspec.Meta(max_length=80, pattern=_TEXT)]
Reason = Annotated[str, msgspec.Meta(max_length=200, pattern=_TEXT)]


class BelowArea(msgspec.Struct, frozen=True):
    """Below which area; without one the viewer's own."""

    area: UUID | None = None


class WhichFlaws(msgspec.Struct, frozen=True):
    """Which of them to list: one kind, one sort of kinds, or all."""

    area: UUID | None = None
    flaw: Flaw | None = None
    concern: Concern | None = None
    page: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class FlawsForAFile(msgspec.Struct, frozen=True):
    """Which of them to hand out as a workbook, and what for."""

    reason: Reason
    area: UUID | None = None
    flaw: Flaw | None = None
    concern: Concern | None = None


class ExportAskedFor(msgspec.Struct, frozen=True):
    """Under which id it may be fetched once another has agreed."""

    id: UUID


class WhichAgreed(msgspec.Struct, frozen=True):
    """One list that was asked for."""

    export_id: UUID


class Spoken(msgspec.Struct, frozen=True):
    """In which language it is written, where the browser's own is not the desk's."""

    language: Annotated[str, msgspec.Meta(pattern=r"^(zh-Hans|en)$|^$")] = ""


class FlawWords(msgspec.Struct, frozen=True):
    """What a flaw is, in a sentence, and what a worker can do about it."""

    flaw: Flaw
    concern: Concern
    says: str
    todo: str
    of_people: bool


class FlawSummaryAnswer(msgspec.Struct, frozen=True):
    """What there is to look at below an area, with the words for it."""

    area: AreaNamed
    on: date
    figures: Figures
    total: dict[str, int]
    rows: list[FlawCounts]
    words: list[FlawWords]


class FlawListed(msgspec.Struct, frozen=True):
    """One thing to look at, in words."""

    id: str
    flaw: Flaw
    concern: Concern
    household: HouseholdId
    resident: ResidentId | None
    grid: AreaId
    place: str
    door: str
    name: str
    confirmed_on: date | None
    says: str
    todo: str


class HomesCounted(msgspec.Struct, frozen=True):
    """Somebody's count of the homes of an area."""

    area: UUID
    homes: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]
    source: Who
    counted_on: date


class FiguresAgreed(msgspec.Struct, frozen=True):
    """By what the register of an area is judged from a day on."""

    area: UUID
    from_on: date
    stale_months: Annotated[int, msgspec.Meta(ge=1, le=120)]
    oldest_years: Annotated[int, msgspec.Meta(ge=100, le=150)]
    issuer: Who


class Written(msgspec.Struct, frozen=True):
    """The entry that was written."""

    id: RecordId


class Flaws(Desk):
    """What is to be looked at, counted."""

    def get(self, parsed_query: Query[BelowArea]) -> FlawSummaryAnswer:
        """By area and kind: numbers, nobody in particular."""
        found = upkeep.flaw_summary(viewer=self.viewer, area=_area(parsed_query.area))
        total = {flaw.value: n for flaw, n in found.total.items()}
        return FlawSummaryAnswer(found.area, found.on, found.figures, total, found.rows, list(_words(_language(self))))


class FlawList(Desk):
    """The same, row by row."""

    def get(self, parsed_query: Query[WhichFlaws]) -> Page[FlawListed]:
        """In walking order, masked."""
        asked, words = parsed_query, _by_flaw(_language(self))
        found = upkeep.flaw_rows(
            viewer=self.viewer,
            area=_area(asked.area),
            flaws=_wanted(asked.flaw, asked.concern),
            page=asked.page,
            page_size=asked.page_size,
        )
        rows = [_listed(row, words[row.flaw]) for row in found.rows]
        return Page(rows, found.total, asked.page, asked.page_size, clock.now().isoformat())


class FlawsAsFile(Desk):
    """The same to be taken along: with a reason, noted, marked with who took it out."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def post(self, parsed_body: Body[FlawsForAFile]) -> FileResponse:
        """At most so many rows: of more somebody else is asked (`upkeep/flaws/ask`)."""
        asked, area = parsed_body, _area(parsed_body.area)
        flaws = _wanted(asked.flaw, asked.concern)
        rows = upkeep.flaw_count(viewer=self.viewer, area=area, flaws=flaws)
        if rows > MOST_IN_A_FILE:
            raise Problem("registry.too_many_for_a_file", status=422, rows=rows, most=MOST_IN_A_FILE)
        found = upkeep.flaw_rows(
            viewer=self.viewer,
            area=area,
            flaws=flaws,
            page_size=MOST_IN_A_FILE,
            how=Looked.EXPORTED,
            reason=asked.reason,
        )
        return _list_book(found.rows, self.viewer, asked.reason, _language(self))


class FlawsAsked(Desk):
    """A longer list of them, of which a second person is asked."""

    def post(self, parsed_body: Body[FlawsForAFile]) -> ExportAskedFor:
        """Which list, how long it is now, what for; nothing leaves yet."""
        asked, viewer = parsed_body, self.viewer
        where = upkeep.where(viewer=viewer, area=_area(asked.area))
        flaws = _wanted(asked.flaw, asked.concern)
        rows = upkeep.flaw_count(viewer=viewer, area=where, flaws=flaws)
        query = msgspec.json.encode(flaws).decode()
        asked_for = access.ask_export(
            what=FLAWS,
            area=where,
            rows=rows,
            reason=asked.reason,
            query=query,
            permission=Permission.READ,
            viewer=viewer,
        )
        return ExportAskedFor(asked_for)


class FlawsAgreed(Desk):
    """The same once somebody has agreed."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_path: Path[WhichAgreed], parsed_query: Query[Spoken]) -> FileResponse:
        """By who asked, for a day; never more rows than were agreed to. Every row says who agreed."""
        viewer, language = self.viewer, parsed_query.language or _language(self)
        viewer.require(Permission.READ)
        agreed = access.agreed_export(parsed_path.export_id, what=FLAWS, viewer=viewer)
        flaws = msgspec.json.decode(agreed.query, type=tuple[Flaw, ...])
        rows = upkeep.all_flaw_rows(
            viewer=viewer, area=agreed.area, flaws=flaws, most=agreed.rows, reason=agreed.reason
        )
        return _list_book(rows, viewer, agreed.reason, language, agreed_by=agreed.agreed_by)


class FlawCountsAsFile(Desk):
    """The counts as a workbook. They name nobody and go out freely."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_query: Query[BelowArea]) -> FileResponse:
        """One row per area, one column per kind."""
        found, language = upkeep.flaw_summary(viewer=self.viewer, area=_area(parsed_query.area)), _language(self)
        words = list(_words(language))
        titles = [sentence(f"registry.col_{name}", language) for name in ("area", "homes", "people")]
        rows = (
            [row.area.name, row.homes, row.people, *(row.flaws.get(each.flaw, 0) for each in words)]
            for row in found.rows
        )
        return _book([*titles, *(each.says for each in words)], rows, f"底册待核 {found.on.isoformat()}")


class CompletenessOfRegister(Desk):
    """Expected, reached, remainder."""

    def get(self, parsed_query: Query[BelowArea]) -> CompletenessReport:
        """For an area and those below it."""
        return upkeep.completeness(viewer=self.viewer, area=_area(parsed_query.area))


class CompletenessAsFile(Desk):
    """The same as a workbook."""

    @validate(FileResponseSpec(as_attachment=True), validate_responses=False, validate_negotiation=False)
    def get(self, parsed_query: Query[BelowArea]) -> FileResponse:
        """With whose count it is, and of which day."""
        found = upkeep.completeness(viewer=self.viewer, area=_area(parsed_query.area))
        names = ("area", "due", "source", "counted_on", "homes", "reached", "named", "unlisted", "people")
        titles = [sentence(f"registry.col_{name}", _language(self)) for name in names]
        return _book(titles, map(_completeness_cells, [*found.rows, found.total]), f"底册完整性 {found.on.isoformat()}")


class ResidenceOfPeople(Desk):
    """Who lives here in which way."""

    def get(self, parsed_query: Query[BelowArea]) -> ResidenceReport:
        """Counts for an area and those below it."""
        return upkeep.residence(viewer=self.viewer, area=_area(parsed_query.area))


class ExpectedHomes(Desk):
    """How many homes there should be."""

    def post(self, parsed_body: Body[HomesCounted]) -> Written:
        """Hand in a count, with whose it is and of which day."""
        asked = msgspec.structs.asdict(parsed_body) | {"area": AreaId(parsed_body.area)}
        return Written(upkeep_actions.expect_homes(**asked, viewer=self.viewer, at=clock.now()))


class FiguresOfUpkeep(Desk):
    """By what the register is judged."""

    def post(self, parsed_body: Body[FiguresAgreed]) -> Written:
        """From a day on, for an area and all below it."""
        asked = msgspec.structs.asdict(parsed_body) | {"area": AreaId(parsed_body.area)}
        return Written(upkeep_actions.agree_upkeep(**asked, viewer=self.viewer, at=clock.now()))


def _language(desk: Desk) -> str:
    return language_of(desk.request.headers.get("Accept-Language", ""))


def _area(id: UUID | None) -> AreaId | None:
    return AreaId(id) if id else None


def _wanted(flaw: Flaw | None, concern: Concern | None) -> tuple[Flaw, ...]:
    if flaw is not None:
        return (flaw,)
    return tuple(each for each, sort in CONCERNS.items() if sort is concern) if concern else ()


def _words(language: str) -> Iterator[FlawWords]:
    for flaw in Flaw:
        says, todo = (sentence(f"registry.flaw_{flaw.value}{end}", language) for end in ("", "_do"))
        yield FlawWords(flaw, CONCERNS[flaw], says, todo, flaw in OF_PEOPLE)


def _by_flaw(language: str) -> dict[Flaw, FlawWords]:
    return {words.flaw: words for words in _words(language)}


def _listed(row: FlawRow, words: FlawWords) -> FlawListed:
    return FlawListed(**msgspec.structs.asdict(row), says=words.says, todo=words.todo)


def _list_book(
    rows: Sequence[FlawRow], viewer: Viewer, reason: str, language: str, *, agreed_by: str = ""
) -> FileResponse:
    """Every row says who took it out, when and why: a sheet that is found says whose it was."""
    words, code = _by_flaw(language), "registry.file_mark_two" if agreed_by else "registry.file_mark"
    said = {"who": viewer.name, "at": f"{clock.now().astimezone(LOCAL):%Y-%m-%d %H:%M}", "reason": reason}
    mark = sentence(code, language, **said, **({"agreed_by": agreed_by} if agreed_by else {}))
    titles = [sentence(f"registry.col_{name}", language) for name in ("grid", "door", "name", "flaw", "todo", "mark")]
    cells = ([row.place, row.door, row.name, words[row.flaw].says, words[row.flaw].todo, mark] for row in rows)
    return _book(titles, cells, "底册待核名单")


def _completeness_cells(row: upkeep.Completeness) -> list[Any]:
    told = row.expected
    whose = (told.source, told.counted_on.isoformat()) if told else ("", "")
    return [row.area.name, row.due, *whose, row.homes, row.reached, row.named, row.unlisted, row.people]


def _book(titles: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> FileResponse:
    book = BytesIO()
    columns = [tables.Column(title, 18) for title in titles]
    tables.write_book(book, title=name[:28], columns=columns, rows=rows)
    book.seek(0)
    return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx", content_type=EXCEL, status=HTTPStatus.OK)


urlpatterns = [
    path("upkeep", Flaws.as_view(), name="upkeep"),
    path("upkeep/counts.xlsx", FlawCountsAsFile.as_view(), name="upkeep-counts-file"),
    path("upkeep/flaws", FlawList.as_view(), name="upkeep-flaws"),
    path("upkeep/flaws.xlsx", FlawsAsFile.as_view(), name="upkeep-flaws-file"),
    path("upkeep/flaws/ask", FlawsAsked.as_view(), name="upkeep-flaws-ask"),
    path("upkeep/flaws/<uuid:export_id>.xlsx", FlawsAgreed.as_view(), name="upkeep-flaws-agreed"),
    path("upkeep/completeness", CompletenessOfRegister.as_view(), name="upkeep-completeness"),
    path("upkeep/completeness.xlsx", CompletenessAsFile.as_view(), name="upkeep-completeness-file"),
    path("upkeep/residence", ResidenceOfPeople.as_view(), name="upkeep-residence"),
    path("upkeep/expected", ExpectedHomes.as_view(), name="upkeep-expected"),
    path("upkeep/figures", FiguresOfUpkeep.as_view(), name="upkeep-figures"),
]
