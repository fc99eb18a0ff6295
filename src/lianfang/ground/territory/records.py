"""What enters the ledger about areas, organisations and who answers for a grid.

An entry about an area is filed under the area above it (it may be the first we hear of the area itself), and never
under a building or an entrance. Nothing here names a resident; the accountable worker's name is sealed with the body.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.territory import post_records
from lianfang.ground.territory.terms import AreaRef, Because, Datum, MarkerKind, Node, Point, Rehung, Shape, Tree

AREA = "territory.area"


class TreeLoadedBody(msgspec.Struct, frozen=True):
    """A workbook was loaded. Its nodes stand in the attachments (chunks, msgpack lists of Node), parents first."""

    tree: Tree
    filed_under: AreaId
    on: date
    nodes: int
    file_name: str = ""


class TreeTakenBackBody(msgspec.Struct, frozen=True):
    """A loaded table was taken back: what it added never was, what it changed is as before from a day on.

    How that looked stands in the attachments (msgpack lists of Node).
    """

    tree: Tree
    filed_under: AreaId
    loaded: UUID | None  # the entry that is taken back
    on: date
    never_were: tuple[UUID, ...]  # children first
    reason: str | None = None


class NodeChanged(msgspec.Struct, frozen=True):
    """From that day on a node looks like this. Adding, renaming, moving and describing are one thing."""

    node: Node
    on: date
    why: Because
    split_from: tuple[UUID, ...] = ()
    reason: str | None = None
    filed_under: AreaId | None = None  # where the entry belongs when the tree cannot tell (organisations)


class NodeEnded(msgspec.Struct, frozen=True):
    """From that day on there is no such node. `into` names what took its place (a merger or a split)."""

    id: UUID
    on: date
    into: tuple[UUID, ...] = ()
    reason: str | None = None
    filed_under: AreaId | None = None


class ResponsibilityAssigned(msgspec.Struct, frozen=True):
    """From an instant on this account answers for the grid (seed 2: 一格一员)."""

    assignment: UUID
    grid: AreaId
    account: AccountId
    name: str
    starts_at: datetime
    ends_at: datetime | None = None


class ResponsibilityEnded(msgspec.Struct, frozen=True):
    """It ends, perhaps before it was to."""

    assignment: UUID
    grid: AreaId
    ends_at: datetime
    reason: str | None = None


class GridsRehung(msgspec.Struct, frozen=True):
    """Something else stands above these grids from a day on: a move, or a merger of what is larger than a grid."""

    on: date
    grids: tuple[Rehung, ...]
    filed_under: AreaId


class OutlineDrawn(msgspec.Struct, frozen=True):
    """From that day on an area is drawn like this, in WGS-84; None: not any more. `datum` is how it came."""

    area: AreaId
    shape: Shape | None
    datum: Datum
    on: date


class MarkerSet(msgspec.Struct, frozen=True):
    """A gate or site stands here; without a point it stands nowhere any more."""

    marker: UUID
    area: AreaId
    kind: MarkerKind
    name: str
    point: Point | None


class MapFacts(msgspec.Struct, frozen=True):
    """What may be known of a map for ever: that something was drawn."""

    id: UUID
    drawn: bool


class NodeFacts(msgspec.Struct, frozen=True):
    """What may be known of a change of the tree for ever."""

    id: UUID
    on: date
    why: str


class TreeFacts(msgspec.Struct, frozen=True):
    """The same of a loaded workbook."""

    tree: Tree
    on: date
    nodes: int


class GridFacts(msgspec.Struct, frozen=True):
    """The same of who answers for a grid: that it changed, not who."""

    grid: AreaId
    at: datetime


class RehungFacts(msgspec.Struct, frozen=True):
    """How many grids hang elsewhere."""

    on: date
    grids: int


def _accept_tree(heard: Heard, known: Known) -> Accepted:
    body: TreeLoadedBody = heard.body
    return Accepted(body.filed_under, REGISTER_KEY, TreeFacts(body.tree, body.on, body.nodes))


def _accept_taken_back(heard: Heard, known: Known) -> Accepted:
    body: TreeTakenBackBody = heard.body
    return Accepted(body.filed_under, REGISTER_KEY, TreeFacts(body.tree, body.on, len(body.never_were)))


def _accept_area(heard: Heard, known: Known) -> Accepted | Held:
    body: NodeChanged = heard.body
    facts = NodeFacts(body.node.id, body.on, body.why)
    if body.node.parent is None:
        return Accepted(AreaId(body.node.id), REGISTER_KEY, facts)
    return _filed(body.node.parent, known, facts)


def _accept_area_ended(heard: Heard, known: Known) -> Accepted | Held:
    body: NodeEnded = heard.body
    return _filed(body.id, known, NodeFacts(body.id, body.on, "ended"))


def _accept_organisation(heard: Heard, known: Known) -> Accepted | Held:
    body: NodeChanged | NodeEnded = heard.body
    if body.filed_under is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE)
    why = body.why if isinstance(body, NodeChanged) else "ended"
    id = body.node.id if isinstance(body, NodeChanged) else body.id
    return _filed(body.filed_under, known, NodeFacts(id, body.on, why))


def _accept_assigned(heard: Heard, known: Known) -> Accepted | Held:
    body: ResponsibilityAssigned = heard.body
    return _filed(body.grid, known, GridFacts(body.grid, body.starts_at))


def _accept_unassigned(heard: Heard, known: Known) -> Accepted | Held:
    body: ResponsibilityEnded = heard.body
    return _filed(body.grid, known, GridFacts(body.grid, body.ends_at))


def _accept_rehung(heard: Heard, known: Known) -> Accepted:
    body: GridsRehung = heard.body
    return Accepted(body.filed_under, REGISTER_KEY, RehungFacts(body.on, len(body.grids)))


def _accept_outline(heard: Heard, known: Known) -> Accepted | Held:
    body: OutlineDrawn = heard.body
    return _filed(body.area, known, MapFacts(body.area, body.shape is not None))


def _accept_marker(heard: Heard, known: Known) -> Accepted | Held:
    body: MarkerSet = heard.body
    return _filed(body.area, known, MapFacts(body.marker, body.point is not None))


def _area(body: Any) -> Iterable[Reference]:
    return [Reference(AREA, body.area)]


def _filed(area: UUID, known: Known, facts: msgspec.Struct) -> Accepted | Held:
    found: AreaRef | None = known.get(Reference(AREA, area))
    if found is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=area)
    return Accepted(found.filed_under, REGISTER_KEY, facts)


def _area_of_change(body: NodeChanged) -> Iterable[Reference]:
    return [Reference(AREA, id) for id in (body.node.parent, body.filed_under) if id]


def _area_of_end(body: NodeEnded) -> Iterable[Reference]:
    return [Reference(AREA, body.filed_under or body.id)]


def _grid(body: Any) -> Iterable[Reference]:
    return [Reference(AREA, body.grid)]


def _made(body: NodeChanged) -> Iterable[UUID]:
    return [body.node.id]


KINDS: tuple[Kind, ...] = (
    Kind("territory.tree_loaded.v1", TreeLoadedBody, TreeFacts, _accept_tree),
    Kind("territory.tree_taken_back.v1", TreeTakenBackBody, TreeFacts, _accept_taken_back),
    Kind("territory.area_changed.v1", NodeChanged, NodeFacts, _accept_area, wants=_area_of_change, makes=_made),
    Kind("territory.area_ended.v1", NodeEnded, NodeFacts, _accept_area_ended, wants=_area_of_end),
    Kind("territory.grids_rehung.v1", GridsRehung, RehungFacts, _accept_rehung),
    Kind("territory.outline_drawn.v1", OutlineDrawn, MapFacts, _accept_outline, wants=_area),
    Kind("territory.marker_set.v1", MarkerSet, MapFacts, _accept_marker, wants=_area),
    Kind("territory.organisation_changed.v1", NodeChanged, NodeFacts, _accept_organisation, wants=_area_of_change),
    Kind("territory.organisation_ended.v1", NodeEnded, NodeFacts, _accept_organisation, wants=_area_of_end),
    Kind("territory.responsibility_assigned.v1", ResponsibilityAssigned, GridFacts, _accept_assigned, wants=_grid),
    Kind("territory.responsibility_ended.v1", ResponsibilityEnded, GridFacts, _accept_unassigned, wants=_grid),
    *post_records.KINDS,
)
