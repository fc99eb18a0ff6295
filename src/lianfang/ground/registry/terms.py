"""The words of the register. Pure."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, DwellingId, HouseholdId, ResidentId
from lianfang.ground.territory.terms import Span

DEMO_DIVISION = "999999"  # GB/T 2260 never issued it: identity numbers under it belong to nobody
NEWS_TAKES = timedelta(hours=72)  # as long as a phone without contact keeps names, it may not know of new boundaries
UNEDITED = 0  # the version of a field that nobody has edited since it came in


class Sex(StrEnum):
    """性别, GB/T 2261.1."""

    MALE = "male"  # 男
    FEMALE = "female"  # 女


class Relation(StrEnum):
    """与户主关系, GB/T 4761 as far as a sweep needs it."""

    HEAD = "head"  # 户主
    SPOUSE = "spouse"  # 配偶
    CHILD = "child"  # 子女
    CHILD_IN_LAW = "child_in_law"  # 儿媳、女婿
    GRANDCHILD = "grandchild"  # 孙子女
    PARENT = "parent"  # 父母
    GRANDPARENT = "grandparent"  # 祖父母
    SIBLING = "sibling"  # 兄弟姐妹
    RELATIVE = "relative"  # 其他亲属
    TENANT = "tenant"  # 租户
    FLATMATE = "flatmate"  # 合租
    CARER = "carer"  # 保姆、护理
    OTHER = "other"  # 其他


class DocumentKind(StrEnum):
    """证件类型. Having none is normal: a newborn, somebody who has lost it."""

    IDENTITY_CARD = "identity_card"  # 居民身份证
    RESIDENCE_PERMIT = "residence_permit"  # 港澳台居民居住证
    HK_MACAU_PERMIT = "hk_macau_permit"  # 港澳居民来往内地通行证
    TAIWAN_PERMIT = "taiwan_permit"  # 台湾居民来往大陆通行证
    FOREIGNER_PERMIT = "foreigner_permit"  # 外国人永久居留身份证
    PASSPORT = "passport"  # 护照
    OTHER = "other"  # 其他证件
    NONE = "none"  # 无证件


class ResidenceKind(StrEnum):
    """户籍/居住类别: why somebody lives here, never where they come from."""

    REGISTERED = "registered"  # 户籍人口, living here
    AWAY = "away"  # 户在人不在: registered here, living elsewhere
    USUAL = "usual"  # 常住(人户分离): living here, registered elsewhere
    MIGRANT = "migrant"  # 流动人口
    RETURNEE = "returnee"  # 返乡人员
    VISITOR = "visitor"  # 临时居住


class Lives(StrEnum):
    """By what a list of residents is narrowed: a kind of residence, both sorts of 人户分离, or none was ever said."""

    REGISTERED = "registered"
    AWAY = "away"
    USUAL = "usual"
    MIGRANT = "migrant"
    RETURNEE = "returnee"
    VISITOR = "visitor"
    SEPARATED = "separated"  # 人户分离: registered here and away, or here and registered elsewhere
    UNKNOWN = "unknown"


class DwellingKind(StrEnum):
    """What is behind a door."""

    FLAT = "flat"  # 楼房
    HOUSE = "house"  # 自建房
    OTHER = "other"  # 其他


class Status(StrEnum):
    """Is somebody, or a household, on the list? Struck ones stay, with who said so, and can come back."""

    PRESENT = "present"
    STRUCK = "struck"


class Field(StrEnum):
    """What of a resident can be edited, each with a version of its own."""

    NAME = "name"
    SEX = "sex"
    BORN_ON = "born_on"
    RELATION = "relation"
    DOCUMENT_KIND = "document_kind"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    RESIDENCE_KIND = "residence_kind"
    STATUS = "status"


SEALED_FIELDS = frozenset({Field.ID_NUMBER, Field.PHONE})  # kept as ciphertext, keyed hash and mask


class Change(StrEnum):
    """What a `household_changed` record says."""

    FIELD = "field"
    ADDED = "added"
    STRUCK = "struck"


class StruckWhy(StrEnum):
    """Why somebody is no longer here, in the worker's words. Other words are kept as they came."""

    MOVED_AWAY = "moved_away"
    DIED = "died"
    COUNTED_TWICE = "counted_twice"
    UNKNOWN_HERE = "unknown_here"


class Severity(StrEnum):
    """What a finding about a row means: the row stays out, or comes in with a word of caution."""

    ERROR = "error"
    WARNING = "warning"


class About(StrEnum):
    """What the lines of a file are."""

    PEOPLE = "people"  # 居民
    AREAS = "areas"  # 区域
    ORGANISATIONS = "organisations"  # 组织
    PLACES = "places"  # 场所


class PlaceKind(StrEnum):
    """What a place is: somewhere people come that is nobody's home."""

    SHOP = "shop"  # 商店
    MARKET = "market"  # 市场
    RESTAURANT = "restaurant"  # 餐饮
    SCHOOL = "school"  # 学校、幼儿园
    CLINIC = "clinic"  # 诊所、药店
    ENTERPRISE = "enterprise"  # 企业、工厂
    SITE = "site"  # 工地
    GATE = "gate"  # 出入口
    LODGING = "lodging"  # 旅馆、宿舍
    VENUE = "venue"  # 文体娱乐场所
    OTHER = "other"


class PlaceWhy(StrEnum):
    """Why a place looks different from a day on."""

    LISTED = "listed"  # a list brought it
    ADDED = "added"  # written down at the desk
    CHANGED = "changed"  # a later list said otherwise
    TAKEN_BACK = "taken_back"  # that list was taken back
    MOVED = "moved"  # a boundary was redrawn, its building stands below another grid
    CORRECTED = "corrected"  # at the desk
    ENDED = "ended"  # at the desk: there is no such place any more


class Target(StrEnum):
    """What a column of a file may be for: these are declared, and nothing else of a file is read."""

    COMMUNITY = "community"  # 社区/村
    GRID = "grid"  # 网格
    ADDRESS = "address"  # 住址, whole
    BUILDING = "building"  # 幢
    ENTRANCE = "entrance"  # 单元
    ROOM = "room"  # 室
    RELATION = "relation"  # 与户主关系
    NAME = "name"  # 姓名
    SEX = "sex"  # 性别
    DOCUMENT_KIND = "document_kind"  # 证件类型
    ID_NUMBER = "id_number"  # 证件号码
    BORN_ON = "born_on"  # 出生日期
    PHONE = "phone"  # 手机号
    RESIDENCE_KIND = "residence_kind"  # 居住类别
    # of areas, organisations and places
    CALLED = "called"  # 名称
    CODE = "code"  # 编码
    PARENT = "parent"  # 上级, by code or name
    KIND = "kind"  # 类别
    SECTOR = "sector"  # 片区
    ESTATE = "estate"  # 小区
    ESTATE_KIND = "estate_kind"  # 小区类型
    GATES = "gates"  # 出入口数
    NO_PROPERTY_COMPANY = "no_property_company"  # 无物业
    WALK = "walk"  # 走访顺序


class ImportState(StrEnum):
    """How far a roster has come."""

    CHOOSING = "choosing"  # a layout of their own: somebody must say what the columns are
    READING = "reading"  # rows are being read and checked, chunk by chunk
    READY = "ready"  # all read: look at the preview, then publish
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"  # the file as a whole cannot be used; `problem` says why
    DROPPED = "dropped"  # thrown away before it was published


class Question(StrEnum):
    """What the register asks a person about."""

    FIELD = "field"  # two hands wrote different things into one field
    STRUCK_BUT_EDITED = "struck_but_edited"  # one hand struck somebody whom another has just met


class HouseholdRef(msgspec.Struct, frozen=True):
    """What a record's kind learns about a household it points at: `Reference("registry.household", id)`."""

    id: HouseholdId
    dwelling: DwellingId
    area: AreaId
    grid: AreaId
    was_in: tuple[tuple[AreaId, datetime], ...] = ()  # grids it lay in before, each until when

    def lately(self, at: datetime) -> tuple[AreaId, ...]:
        """The grids whose workers may not have known, when they recorded this, that it had gone to another."""
        return tuple(grid for grid, until in self.was_in if at <= until + NEWS_TAKES)


class PremisesRef(msgspec.Struct, frozen=True):
    """What a record's kind learns about a place or building it points at: `Reference("registry.premises", id)`."""

    id: UUID
    of: "TargetKind"
    grid: AreaId

    def lately(self, at: datetime) -> tuple[AreaId, ...]:
        """Of premises that went to another grid nobody keeps where they were: a record made before that is looked at
        by a person.
        """
        return ()


class DoorSpan(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a list of doors, as read. What it leaves out may be anything."""

    name: str = ""  # estate, road or lane
    buildings: tuple[str, str] | None = None  # from, to
    entrance: str = ""
    rooms: tuple[str, str] | None = None


class RedrawnRef(msgspec.Struct, frozen=True):
    """What a record's kind learns about a grid whose doors went to other grids: `Reference("registry.redrawn", id)`."""

    lists: tuple[tuple[AreaId, tuple[DoorSpan, ...]], ...]
    rest: AreaId
    at: datetime


class GridPart(msgspec.Struct, frozen=True):
    """Doors that go to another grid: areas of the tree (buildings, entrances), lines of a list, or all the rest.

    `grid` is one that is there; without it a new one is made, called `name`.
    """

    grid: AreaId | None = None
    name: str = ""
    code: str | None = None
    areas: tuple[AreaId, ...] = ()
    doors: tuple[str, ...] = ()
    rest: bool = False


class PartCount(msgspec.Struct, frozen=True):
    """What a part comes to. The first of them is what stays."""

    grid: AreaId | None
    name: str
    dwellings: int = 0
    households: int = 0
    people: int = 0
    places: int = 0


class RedrawPlan(msgspec.Struct, frozen=True):
    """What redrawing a grid's boundary would do, or did. `unclear`: doors that two parts claim, as they are shown."""

    source: AreaId
    parts: tuple[PartCount, ...]
    unclear: tuple[str, ...] = ()
    done: bool = False
    seen: str = ""  # handed in with the act, it is done only if the same doors still go the same ways


class DoorGroup(msgspec.Struct, frozen=True):
    """Doors that are chosen together: a building or an entrance, as an area of the tree or as a line of a list.

    With neither, no line says exactly these doors. `depth` 1: part of the group before it.
    """

    name: str
    area: AreaId | None
    line: str
    depth: int = 0
    dwellings: int = 0
    households: int = 0
    people: int = 0


class ResidentRef(msgspec.Struct, frozen=True):
    """The same of a resident: `Reference("registry.resident", id)`."""

    id: ResidentId
    household: HouseholdId
    grid: AreaId


class RosterRef(msgspec.Struct, frozen=True):
    """The same of a published roster: `Reference("registry.roster", import_id)`."""

    id: UUID
    area: AreaId
    undone: bool


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """Particulars of one person as somebody says them.

    Nothing is required: who opens the door says what they want to say.
    """

    name: str = ""
    sex: Sex | None = None
    born_on: date | None = None
    relation: Relation | None = None
    document_kind: DocumentKind | None = None
    id_number: str | None = None
    phone: str | None = None
    residence_kind: ResidenceKind | None = None


class Door(msgspec.Struct, frozen=True):
    """A door as read: its parts, how it is shown, and the key by which different spellings of it are the same."""

    building: str
    entrance: str
    room: str
    shown: str
    key: str
    walk: int
    kind: DwellingKind


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be said about one row. Details hold no personal data."""

    row: int
    column: str
    code: str
    severity: Severity
    details: dict[str, str | int] = {}


class Slice(msgspec.Struct, frozen=True):
    """One page of a list, and how long the whole list is."""

    rows: list[Any]
    total: int


class ResidentRow(msgspec.Struct, frozen=True):
    """Somebody as lists show them: masked."""

    id: ResidentId
    household: HouseholdId
    grid: AreaId
    area: AreaId
    place: str  # community and grid in words
    door: str
    name: str
    sex: str | None
    born_year: int | None
    relation: str | None
    residence_kind: str | None
    document_kind: str | None
    id_masked: str
    phone_masked: str
    status: Status
    versions: dict[str, int]


class HouseholdRow(msgspec.Struct, frozen=True):
    """A household as lists show it; `head` is the masked name of whoever stands first."""

    id: HouseholdId
    dwelling: DwellingId
    grid: AreaId
    area: AreaId
    place: str
    door: str
    people: int
    head: str
    status: Status
    found: bool


class Stewardship(msgspec.Struct, frozen=True):
    """An account that answers for some named households of a grid (中心户), on some days."""

    id: UUID
    account: AccountId
    name: str
    grid: AreaId
    households: tuple[HouseholdId, ...]
    days: Span


class HouseholdView(msgspec.Struct, frozen=True):
    """A household with everybody in it, masked."""

    household: HouseholdRow
    residents: list[ResidentRow]


class ResidentDocument(msgspec.Struct, frozen=True):
    """Somebody as a phone of their grid keeps them: the name in clear (it is read out at the door), numbers masked."""

    id: ResidentId
    name: str
    sex: str | None
    born_year: int | None
    relation: str | None
    residence_kind: str | None
    phone_masked: str
    id_masked: str
    status: Status
    versions: dict[str, int]


class HouseholdDocument(msgspec.Struct, frozen=True):
    """A household as a phone of its grid keeps it."""

    id: HouseholdId
    dwelling: DwellingId
    area: AreaId
    grid: AreaId
    door: str
    walk: int
    status: Status
    position: int
    residents: list[ResidentDocument]


class DocumentPage(msgspec.Struct, frozen=True):
    """What changed in some grids after a position, as far as `position`; `gone` are households to drop."""

    households: list[HouseholdDocument]
    gone: list[HouseholdId]
    position: int
    more: bool


class EditView(msgspec.Struct, frozen=True):
    """One edit of a field, masked: what was said, by whom, when."""

    id: UUID
    field: str
    value: str | None
    by: str
    at: datetime | None
    reason: str | None
    shown: bool
    source: str = ""  # the office whose list it stood in


class DisagreementView(msgspec.Struct, frozen=True):
    """A question to a person, with all that was said."""

    id: UUID
    kind: Question
    household: HouseholdId
    resident: ResidentId | None
    grid: AreaId
    place: str
    door: str
    name: str
    field: str
    edits: list[EditView]


class DuplicateView(msgspec.Struct, frozen=True):
    """Two who may be one person, side by side and masked, with what speaks for it and against it."""

    id: UUID
    sure: str
    reasons: list[str]
    one: ResidentRow
    other: ResidentRow
    seen_one: int  # as they stood when they were shown: who decides says so
    seen_other: int


class MergeView(msgspec.Struct, frozen=True):
    """Two entries that somebody made one, and may make two again."""

    id: UUID
    kept: ResidentRow
    other: ResidentRow  # as it stood before
    by: str
    at: datetime
    reason: str


class TargetKind(StrEnum):
    """What a campaign goes to, and so what is counted in it."""

    HOUSEHOLDS = "households"  # 户
    PLACES = "places"  # 处
    BUILDINGS = "buildings"  # 栋


class Targeted(StrEnum):
    """Which households a campaign is about."""

    ALL = "all"
    WITH_AGE_FROM = "with_age_from"  # somebody of at least `years` lives there
    WITH_AGE_UNTIL = "with_age_until"  # somebody of at most `years` lives there


class TargetDefinition(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whom a campaign is about, by purposes the house knows: everybody, the old, the very young, one kind of
    dwelling; or it goes to places (of these kinds; none named: of every kind) or to buildings, whoever is there.
    """

    areas: tuple[AreaId, ...]
    households: Targeted = Targeted.ALL
    years: int | None = None
    dwelling: DwellingKind | None = None
    alone_from: int | None = None  # besides `with_age_from`: whoever of at least these years lives alone
    of: TargetKind = TargetKind.HOUSEHOLDS
    places: tuple[PlaceKind, ...] = ()


class TargetsSql(msgspec.Struct, frozen=True):
    """A SELECT of (target_id, grid_id, area_id, walk, people), for `INSERT … SELECT`."""

    sql: str
    params: tuple[Any, ...]


class PlaceRow(msgspec.Struct, frozen=True):
    """A place in a list."""

    id: UUID
    kind: PlaceKind
    name: str
    door: str
    grid: UUID
    where: str


class PremisesRow(msgspec.Struct, frozen=True):
    """A place or building somebody is to go to. `name` is its own; of a building it is all there is."""

    id: UUID
    grid: AreaId
    area: AreaId
    name: str
    door: str = ""
    kind: PlaceKind | None = None


class PlaceDocument(msgspec.Struct, frozen=True):
    """A place as a phone gets it."""

    id: UUID
    grid: AreaId
    area: AreaId
    kind: PlaceKind
    name: str
    door: str


class PlaceLook(msgspec.Struct, frozen=True):
    """How a place was from a day on, and why. `where`: in words, as it was called that day."""

    on: date
    why: PlaceWhy
    kind: PlaceKind
    name: str
    door: str
    where: str
    by: str = ""


class Place(msgspec.Struct, frozen=True):
    """A place with where it stands and all it was. `area`: its building or entrance where the tree knows it."""

    id: UUID
    kind: PlaceKind
    name: str
    door: str
    grid: AreaId
    area: AreaId
    where: str
    gone: bool
    looks: list[PlaceLook]


class ImportView(msgspec.Struct, frozen=True):
    """How an import stands."""

    id: UUID
    state: ImportState
    file_name: str
    created_at: datetime
    rows: int
    good: int
    bad: int
    warned: int
    households: int
    residents: int
    edits: int
    unchanged: int
    job: UUID | None
    problem: str | None
    problem_details: dict[str, Any]
    findings: list[Finding]
    kept_households: int = 0
    kept_residents: int = 0
    own_layout: bool = False
    edited: int = 0
    about: About = About.PEOPLE
    added: int = 0  # areas, organisations or places
    kept: int = 0  # of them changed or in use since, and so not taken back
    sender: str = ""  # the office whose list it is
    by: str = ""  # who brought it; empty: the command line
    mine: bool = False
    offered: int = 0  # people of whom it says something over another hand's word
    offers: int = 0  # in how many fields
    asked: int = 0  # people of whom it only says what was offered before
    pairs: int | None = None  # of its people with others who may be the same, waiting; None: not looked for yet
