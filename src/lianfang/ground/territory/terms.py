"""The words of territory. Pure."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, RecordId

MAY_CHANGE = "territory.change"  # the same for `registry`, which moves doors and households along
MAY_LOAD = "territory.load"  # and for its lists of areas and organisations
MAY_READ = "territory.read"
MAY_ASSIGN = "territory.assign"  # the permission that `access` asks for, which takes an account for a grid


class Tree(StrEnum):
    """The two trees. One mechanism."""

    AREAS = "areas"  # 区域
    ORGANISATIONS = "organisations"  # 组织


class AreaKind(StrEnum):
    """What an area is. Which may stand under which: rules.MAY_HOLD."""

    DIVISION = "division"  # 行政区划 (GB/T 2260)
    SUBDISTRICT = "subdistrict"  # 街道、镇
    SECTOR = "sector"  # 工作片
    COMMUNITY = "community"  # 社区
    VILLAGE = "village"  # 村
    ESTATE = "estate"  # 小区
    GRID = "grid"  # 网格 (GB/T 34300)
    BUILDING = "building"  # 楼栋
    ENTRANCE = "entrance"  # 单元


class OrganisationKind(StrEnum):
    """What an organisation is."""

    DEPARTMENT = "department"  # 部门
    INSTITUTION = "institution"  # 事业单位: 学校、医院
    COMPANY = "company"  # 企业
    TEAM = "team"  # 队伍
    COMMITTEE = "committee"  # 委员会
    PROPERTY_COMPANY = "property_company"  # 物业
    OWNERS_COMMITTEE = "owners_committee"  # 业委会
    PARTY_ORGANISATION = "party_organisation"  # 党组织


class EstateKind(StrEnum):
    """What an estate is like: it decides how many gates must be held and how (seed 4, 寧德)."""

    MODERN = "modern"  # 现代小区
    OLD = "old"  # 老旧小区
    OPEN_STREET = "open_street"  # 开放式街巷
    SELF_BUILT = "self_built"  # 自建房
    MIXED_USE = "mixed_use"  # 公寓、大厦


class EstateGap(StrEnum):
    """What is missing of an estate before it can be looked after, or closed off."""

    NO_PROPERTY_COMPANY = "no_property_company"  # 无物业 (seed 0, 管理真空)
    KIND_UNKNOWN = "kind_unknown"  # 类型未填
    GATES_UNKNOWN = "gates_unknown"  # 出入口未填
    NO_OUTLINE = "no_outline"  # 边界未画


class Datum(StrEnum):
    """In which coordinates a file was drawn. Kept is WGS-84."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"  # 火星坐标: 高德、腾讯


class MarkerKind(StrEnum):
    """What stands at a point of the map. Never a home, never a person."""

    GATE = "gate"  # 出入口、卡口
    SITE = "site"  # 点位: 采样点、避险点、物资点


Point = tuple[float, float]  # east, north
Ring = tuple[Point, ...]
Shape = tuple[tuple[Ring, ...], ...]  # polygons, each its outer ring and then its holes


def box(shapes: Iterable[Shape]) -> tuple[Point, Point] | None:
    """The south-west and north-east corner of what is drawn."""
    points = [point for shape in shapes for polygon in shape for ring in polygon for point in ring]
    if not points:
        return None
    easts, norths = zip(*points, strict=True)
    return (min(easts), min(norths)), (max(easts), max(norths))


def centre(shape: Shape) -> Point | None:
    """The middle of what is drawn: near enough to walk there."""
    corners = box([shape])
    return ((corners[0][0] + corners[1][0]) / 2, (corners[0][1] + corners[1][1]) / 2) if corners else None


class ShapeFeature(msgspec.Struct, frozen=True):
    """A feature of a file: what it calls itself, and how it is drawn there."""

    called: tuple[str, ...]
    geometry: Any


class Marker(msgspec.Struct, frozen=True):
    """A gate or site on the map."""

    id: UUID
    area: AreaId
    kind: MarkerKind
    name: str
    point: Point


class Because(StrEnum):
    """Why a node looks different from a day on."""

    ADDED = "added"
    RENAMED = "renamed"
    MOVED = "moved"
    DESCRIBED = "described"


class Node(msgspec.Struct, frozen=True, omit_defaults=True):
    """A node of either tree as it is from a day on. `kind` is an AreaKind or an OrganisationKind; it never changes."""

    id: UUID
    kind: str
    name: str
    parent: UUID | None = None
    code: str | None = None
    walk: int | None = None  # walking order among its siblings
    estate_kind: EstateKind | None = None
    gates: int | None = None  # entrances of an estate that must be held when it is closed off
    no_property_company: bool = False  # 无物业: nobody to ask, and a gap to be filled (seed 0, 管理真空)
    area: UUID | None = None  # where an organisation works


class Area(msgspec.Struct, frozen=True):
    """An area as it was on the day asked about."""

    id: AreaId
    kind: AreaKind
    code: str | None
    name: str
    parent: AreaId | None
    path: tuple[str, ...]
    walk: int | None = None
    estate_kind: EstateKind | None = None
    gates: int | None = None
    no_property_company: bool = False
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def path_name(self) -> str:
        """Where it is, in words: 莘塍街道 › 明镜社区 › 第7网格."""
        return " › ".join(self.path)


class Organisation(msgspec.Struct, frozen=True):
    """An organisation as it was on the day asked about."""

    id: UUID
    kind: OrganisationKind
    code: str | None
    name: str
    parent: UUID | None
    path: tuple[str, ...]
    area: AreaId | None = None


class Past(msgspec.Struct, frozen=True):
    """What an area was like before, what it came from and what came of it."""

    looks: tuple[Area, ...]  # oldest first
    before: tuple[tuple[AreaId, date], ...] = ()  # and since when
    after: tuple[tuple[AreaId, date], ...] = ()


class Rehung(msgspec.Struct, frozen=True):
    """A grid above which something else stands: all that stood above it before and does after, root first, itself last.

    Written down with the change, so that whoever counts by areas need not ask a tree that has changed since.
    """

    grid: AreaId
    before: tuple[AreaId, ...]
    after: tuple[AreaId, ...]


class Part(msgspec.Struct, frozen=True):
    """A new area that takes over some of the areas directly below one that is split."""

    node: Node
    areas: tuple[AreaId, ...]


class AreaRef(msgspec.Struct, frozen=True):
    """What other modules' kinds learn about an area they point at: `Reference("territory.area", id)`."""

    id: AreaId
    kind: AreaKind
    grid: AreaId | None  # the grid it is or lies in
    filed_under: AreaId  # the grid, or the area itself when it is larger: where an entry about it belongs
    ended_on: date | None = None


class Responsible(msgspec.Struct, frozen=True):
    """Who answers for a grid, since when, until when."""

    assignment: UUID
    grid: AreaId
    account: AccountId
    name: str
    starts_at: datetime
    ends_at: datetime | None = None


class Standing(StrEnum):
    """How somebody holds a post."""

    REGULAR = "regular"  # 任职
    ACTING = "acting"  # 代理


class Span(msgspec.Struct, frozen=True):
    """Days, from the first up to but not including the last."""

    starts_on: date
    ends_on: date | None = None

    def holds(self, on: date) -> bool:
        """Does it take in that day?"""
        return self.starts_on <= on and (self.ends_on is None or on < self.ends_on)

    def meets(self, other: "Span") -> bool:
        """Have they a day in common? One that ends as it starts has none."""
        starts = max(self.starts_on, other.starts_on)
        return all(end is None or starts < end for end in (self.ends_on, other.ends_on))


class Post(msgspec.Struct, frozen=True):
    """A post 岗位 of an organisation, from a day on: what it is called, which area it serves, how many are wanted.

    Nobody wanted: there is no such post any more.
    """

    id: UUID
    organisation: UUID
    area: AreaId
    name: str
    wanted: int
    since: date


class Holding(msgspec.Struct, frozen=True):
    """Who holds a post, on which days. `acting_for`: the holding of the one who is stood in for, if there is one."""

    id: UUID
    post: UUID
    account: AccountId
    name: str
    standing: Standing
    days: Span
    acting_for: UUID | None = None


class Vacancy(msgspec.Struct, frozen=True):
    """A post with fewer than are wanted, from a day up to the day it is full again, if somebody is to come.

    `acting` are those who stand in on the first of these days: they fill no seat.
    """

    post: Post
    seats: int
    from_on: date
    until_on: date | None
    acting: tuple[Holding, ...] = ()


class LinkKind(StrEnum):
    """In what way somebody has to do with an area."""

    LIAISON = "liaison"  # 挂钩、帮包: an organisation or a post looks after it
    CONTACT = "contact"  # 楼栋长、单元长: whom to ask in a building or an entrance
    HOME = "home"  # 双报到: somebody has reported in to the community they live in
    WORK = "work"  # 双报到: and to the unit they work for


REPORT_INS = frozenset({LinkKind.HOME, LinkKind.WORK})  # with consent and for a purpose; these look at a person


class Link(msgspec.Struct, frozen=True, omit_defaults=True):
    """That somebody has to do with an area, on which days. `about`: the duties, or what somebody reported in for.
    `standing`: a contact may be stood in for; everything else is regular.
    """

    id: UUID
    kind: LinkKind
    area: AreaId
    days: Span
    account: AccountId | None = None
    name: str = ""  # of the account
    organisation: UUID | None = None
    post: UUID | None = None
    about: str = ""
    consented_on: date | None = None
    standing: Standing = Standing.REGULAR


class Duties(msgspec.Struct, frozen=True):
    """What one account answers for, or is to; and where its owner has reported in, which is nobody else's to take."""

    grids: tuple[Responsible, ...] = ()
    posts: tuple[Holding, ...] = ()
    contacts: tuple[Link, ...] = ()
    report_ins: tuple[Link, ...] = ()


class TreeRow(msgspec.Struct, frozen=True):
    """One line of a tree to load. The code tells whether we know the node already; it is not its identity for ever."""

    code: str
    kind: str
    name: str
    parent: str | None = None  # the parent's code
    walk: int | None = None
    estate_kind: EstateKind | None = None
    gates: int | None = None
    no_property_company: bool = False
    area: str | None = None  # an organisation's area, by code
    id: UUID | None = None  # a new node's id, for those who must know it before (the demo)
    row: int = 0  # where it stood in the workbook


class RowProblem(msgspec.Struct, frozen=True):
    """What is wrong with one cell of a workbook, by row number as the reader sees it and column heading."""

    row: int
    column: str
    code: str
    details: dict[str, str | int] = {}


class TreeLoaded(msgspec.Struct, frozen=True):
    """What loading a tree did."""

    added: int
    changed: int
    unchanged: int
    position: int | None = None  # of its entry; None when there was nothing to do


class TreePublished(msgspec.Struct, frozen=True):
    """The same with what it takes to take it back: what was added, how everything looks since, and looked before."""

    loaded: TreeLoaded
    on: date
    record: RecordId | None = None
    area: AreaId = AreaId(UUID(int=0))  # where its entry stands
    added: tuple[UUID, ...] = ()  # parents first
    before: tuple[Node, ...] = ()
    after: dict[UUID, Node] = {}


class TreeTakenBack(msgspec.Struct, frozen=True):
    """What taking a loaded tree back did: so many are gone, so many as before, so many were kept."""

    record: RecordId
    gone: int
    restored: int
    kept: int
