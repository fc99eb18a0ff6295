"""What a file may be about, and how each goes the same way: words for its columns, what must be chosen, a dry run, one
entry that publishes and one that takes back. To let another kind of list in, declare it here.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple, Protocol

from lianfang.foundation.kernel.ids import AreaId, RecordId
from lianfang.foundation.kernel.people import Actor, Viewer
from lianfang.ground.registry import people, premises, staging, tabled, trees, words
from lianfang.ground.registry.layouts import Heading, Layout
from lianfang.ground.registry.models import Import
from lianfang.ground.registry.people import RowShown
from lianfang.ground.registry.permissions import Permission
from lianfang.ground.registry.tabled import Line
from lianfang.ground.registry.terms import About, Target
from lianfang.ground.registry.words import Vocabulary
from lianfang.ground.territory.terms import MAY_LOAD

T = Target


class Need(NamedTuple):
    """One of these columns must be chosen, or this is said."""

    any_of: tuple[Target, ...]
    code: str


class Shown(NamedTuple):
    """The first rows: people masked, lines of other tables as they are."""

    rows: list[RowShown]
    lines: list[Line]


class Subject(Protocol):
    """What lines of one kind need on their way in."""

    @property
    def vocabulary(self) -> Vocabulary:
        """What its columns are called."""

    @property
    def kinds(self) -> Collection[str]:
        """The words for what a line is."""

    @property
    def needs(self) -> tuple[Need, ...]:
        """What must be chosen."""

    @property
    def carried(self) -> tuple[Target, ...]:
        """What may stand on the first of several lines only."""

    @property
    def may_load(self) -> str:
        """The permission to bring such a file."""

    @property
    def may_publish(self) -> str:
        """The permission to make it count."""

    def read(self, row: Import, path: str, say: staging.Say) -> None:
        """The dry run."""

    def first_rows(self, row: Import, layout: Layout, heading: Heading, most: int) -> Shown:
        """As a choice of columns would read them."""

    def refuse_outdated(self, row: Import, area: AreaId) -> None:
        """Before publishing: has what it was compared with changed since?"""

    def publish(self, row: Import, area: AreaId, *, by: Actor, at: datetime) -> RecordId:
        """One entry."""

    def take_back(self, row: Import, *, by: Actor, at: datetime, reason: str) -> tuple[RecordId, int]:
        """One entry; and how much was kept because it changed since."""


class _People:
    vocabulary, kinds = words.PEOPLE, ()
    needs = (
        Need((T.NAME,), "registry.layout_name_missing"),
        Need((T.ADDRESS, T.BUILDING, T.ENTRANCE, T.ROOM), "registry.layout_door_missing"),
    )
    carried = (T.ADDRESS, T.BUILDING, T.ENTRANCE, T.ROOM)
    may_load, may_publish = Permission.IMPORT, Permission.PUBLISH
    publish = staticmethod(people.publish)
    take_back = staticmethod(people.take_back)
    refuse_outdated = staticmethod(people.refuse_outdated)
    read = staticmethod(staging.read_people)

    def first_rows(self, row: Import, layout: Layout, heading: Heading, most: int) -> Shown:
        return Shown(people.first_rows(row, layout, heading, most), [])


class _Tabled:
    """A table that is checked whole."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        kinds: Collection[str],
        needs: tuple[Need, ...],
        writes: tabled.Writes,
        *,
        may: tuple[str, str],
        carried: tuple[Target, ...] = (),
    ) -> None:
        self.vocabulary, self.kinds, self.needs, self.carried = vocabulary, kinds, needs, carried
        self.may_load, self.may_publish = may
        self._writes = writes

    def read(self, row: Import, path: str, say: staging.Say) -> None:
        tabled.read(row, path, say, self._writes.check)

    def first_rows(self, row: Import, layout: Layout, heading: Heading, most: int) -> Shown:
        table, _ = tabled.table_of(row, layout, row.path, most=most)
        found = self._writes.check(table).findings
        said = {line.row.number: [each for each in found if each.row == line.row.number] for line in table.lines}
        return Shown([], [line._replace(findings=[*line.findings, *said[line.row.number]]) for line in table.lines])

    def refuse_outdated(self, row: Import, area: AreaId) -> None:
        """Publishing itself compares again."""

    def publish(self, row: Import, area: AreaId, *, by: Actor, at: datetime) -> RecordId:
        return self._writes.publish(row, area, by=by, at=at)

    def take_back(self, row: Import, *, by: Actor, at: datetime, reason: str) -> tuple[RecordId, int]:
        return self._writes.take_back(row, by=by, at=at, reason=reason)


_LOAD_TREES = (MAY_LOAD, MAY_LOAD)
_CALLED = Need((T.CALLED,), "registry.layout_called_missing")
SUBJECTS: dict[About, Subject] = {
    About.PEOPLE: _People(),
    About.AREAS: _Tabled(
        words.AREAS,
        words.AREA_KINDS,
        (Need((T.CALLED, T.GRID, T.COMMUNITY, T.ESTATE, T.BUILDING, T.SECTOR), "registry.layout_called_missing"),),
        trees.AREAS,
        may=_LOAD_TREES,
        carried=(T.SECTOR, T.COMMUNITY),
    ),
    About.ORGANISATIONS: _Tabled(
        words.ORGANISATIONS, words.ORGANISATION_KINDS, (_CALLED,), trees.ORGANISATIONS, may=_LOAD_TREES
    ),
    About.PLACES: _Tabled(
        words.PLACES,
        words.PLACE_KINDS,
        (_CALLED, Need((T.GRID, T.ADDRESS), "registry.layout_where_missing")),
        premises.PLACES,
        may=(Permission.IMPORT, Permission.PUBLISH),
    ),
}


def require_any(viewer: Viewer, *, publish: bool = False) -> None:
    """Whoever may bring (or publish) one kind of file comes in; which kind it is about decides about the rest."""
    asked = sorted({each.may_publish if publish else each.may_load for each in SUBJECTS.values()})
    if not any(viewer.may(each) for each in asked):
        viewer.require(Permission.PUBLISH if publish else Permission.IMPORT)


def of(row: Import) -> Subject:
    """What a file on its way in is about."""
    return SUBJECTS[About(row.about)]
