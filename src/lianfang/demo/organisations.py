"""Who there is beside the people: offices, committees, property companies, party organisations, companies, a school, a
hospital; their posts, some of them vacant; liaison, contacts of buildings, stewards, report-ins; and shops.

The party organisations are organisations and nothing else, in the five levels of seed 2 and the four of seed 1: who
belongs to one is written down nowhere. Names beside those of communities and estates are invented.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from lianfang.demo.district import SUBDISTRICT, Community, District
from lianfang.foundation.kernel.ids import AccountId, AreaId, HouseholdId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access import actions as access
from lianfang.ground.access import queries as accounts
from lianfang.ground.registry import actions as registry
from lianfang.ground.registry import queries as register
from lianfang.ground.registry.terms import PlaceKind
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory import queries as areas
from lianfang.ground.territory.terms import AreaKind, Span, Standing, Tree, TreeRow
from lianfang.ground.territory.terms import OrganisationKind as Kind

OFFICE, PARTY = f"{SUBDISTRICT}办事处", f"{SUBDISTRICT}党工委"
_OFFICES = (
    "党政综合办公室",
    "平安法治办公室",
    "社会事务办公室",
    "经济发展办公室",
    "应急管理站",
    "城市管理中队",
    "市场监管所",
)
_HELPING = (("旅投公司", Kind.COMPANY, "帮助设卡"), ("规划分局", Kind.DEPARTMENT, "派 2 支巡查队"))
_OTHERS = (
    ("莘塍中心小学", Kind.INSTITUTION, None),
    ("莘塍社区卫生服务中心", Kind.INSTITUTION, None),
    ("力天实业有限公司", Kind.COMPANY, None),
    ("潮声鞋业有限公司", Kind.COMPANY, None),
    ("星海机电有限公司", Kind.COMPANY, None),
)
_TEAMS = ("督查一组", "督查二组", "督查三组", "机动组", "宣传组")
_PROPERTY = ("瑞宁物业", "安和物业", "锦程物业")
_BIG = "明镜社区"  # whose party organisations go down to the grid, as in seed 2; the others end at the estate (seed 1)
_STEWARDED = 8
_SHOPS = (
    ("便民超市", PlaceKind.SHOP),
    ("早点铺", PlaceKind.RESTAURANT),
    ("惠民药店", PlaceKind.CLINIC),
    ("农贸市场", PlaceKind.MARKET),
    ("幼儿园", PlaceKind.SCHOOL),
    ("制鞋作坊", PlaceKind.ENTERPRISE),
    ("小旅馆", PlaceKind.LODGING),
    ("文化礼堂", PlaceKind.VENUE),
)


class Staff(NamedTuple):
    """The accounts of the demo by name."""

    accounts: Mapping[str, AccountId]

    def __getitem__(self, name: str) -> AccountId:
        return self.accounts[name]

    def stewards(self) -> list[tuple[str, AccountId]]:
        """Those who are to answer for a few households."""
        return [(name, id) for name, id in self.accounts.items() if name.startswith("steward-")]


def set_up(
    district: District, places: Mapping[str, AreaId], accounts_of: Mapping[str, AccountId], *, by: Actor, at: datetime
) -> int:
    """All of it in one turn; answers how many organisations there are now."""
    staff, rows = Staff(accounts_of), list(_organisations(district))
    codes = {name: areas.area(id).code for name, id in places.items()}
    with ledger.turn(by=by, at=at):
        ids = {row.code: new_id() for row in rows}
        tree = [_placed(row, ids[row.code], codes) for row in rows]
        territory.load_tree(rows=tree, on=local_day(at), tree=Tree.ORGANISATIONS, by=by, at=at)
        of = {row.name: ids[row.code] for row in rows}
        how: dict[str, Any] = {"by": by, "at": at}
        _posts(district, places, of, staff, how)
        _liaison(district, places, of, how)
        _contacts(district, places, staff, how)
        _shops(district, places, how)
        _stewards(district, places, of, staff, by, how)
    return len(rows)


def _placed(row: TreeRow, id: UUID, codes: Mapping[str, str | None]) -> TreeRow:
    return TreeRow(row.code, row.kind, row.name, row.parent, area=codes[row.area or SUBDISTRICT], id=id)


# --- the tree ---------------------------------------------------------------------------------------------------------


def _organisations(district: District) -> Iterator[TreeRow]:
    """Parents first; the code of each is made of its parent's. `area` is a name here."""
    for number, (name, kind, below) in enumerate(_tops(district), start=1):
        yield from _branch(f"Z{number:02d}", None, name, kind, SUBDISTRICT, below)


Below = Sequence[tuple[str, str, str, Any]]  # name, kind, area, what is below


def _branch(code: str, parent: str | None, name: str, kind: str, area: str, below: Below) -> Iterator[TreeRow]:
    yield TreeRow(code, kind, name, parent, area=area)
    for number, (inner, of, where, more) in enumerate(below, start=1):
        yield from _branch(f"{code}{number:02d}", code, inner, of, where, more)


def _tops(district: District) -> Iterator[tuple[str, str, Below]]:
    teams = ("督查与机动队伍", Kind.TEAM, SUBDISTRICT, [(name, Kind.TEAM, SUBDISTRICT, []) for name in _TEAMS])
    offices = [(name, Kind.DEPARTMENT, SUBDISTRICT, []) for name in _OFFICES]
    yield OFFICE, Kind.DEPARTMENT, [*offices, teams]
    yield "社区居民委员会", Kind.COMMITTEE, [_committee(c) for c in district.communities if not c.village]
    yield "村民委员会", Kind.COMMITTEE, [_committee(c) for c in district.communities if c.village]
    yield PARTY, Kind.PARTY_ORGANISATION, [_party(district, c) for c in district.communities]
    for name in _PROPERTY:
        yield name, Kind.PROPERTY_COMPANY, list(_service_points(district, name))
    for name, kind, _ in (*_HELPING, *_OTHERS):
        yield name, kind, []


def _committee(community: Community) -> tuple[str, str, str, Below]:
    """An owners' committee for every second estate: in 莘湖 there is none yet, as the page says."""
    named = () if community.name == "莘湖社区" else community.estates[::2]
    owners = [(f"{estate}业委会", Kind.OWNERS_COMMITTEE, community.name, []) for estate in named]
    word = "村民委员会" if community.village else "居民委员会"
    return f"{community.name}{word}", Kind.COMMITTEE, community.name, owners


def _party(district: District, community: Community) -> tuple[str, str, str, Below]:
    if community.village:
        return f"{community.name}党总支", Kind.PARTY_ORGANISATION, community.name, []
    groups = [g.name for g in district.grids if g.community is community] if community.name == _BIG else []
    branches = []
    for number, estate in enumerate(community.estates):
        own = (
            [(f"{grid}网格党小组", Kind.PARTY_ORGANISATION, grid, []) for grid in groups[number::4]]
            if number < 4
            else []
        )
        branches.append((f"{estate}党支部", Kind.PARTY_ORGANISATION, community.name, own))
    return f"{community.name}党委", Kind.PARTY_ORGANISATION, community.name, branches


def _service_points(district: District, company: str) -> Iterator[tuple[str, str, str, Below]]:
    for community in district.communities:
        for number, estate in enumerate(community.estates):
            if community.name != "莘湖社区" and _PROPERTY[number % len(_PROPERTY)] == company:
                yield f"{company}{estate}服务处", Kind.PROPERTY_COMPANY, community.name, []


# --- posts ------------------------------------------------------------------------------------------------------------


def _posts(
    district: District, places: Mapping[str, AreaId], of: Mapping[str, UUID], staff: Staff, how: dict[str, Any]
) -> None:
    """Most are held; in every third community somebody is missing, and one is stood in for."""
    today = Span(local_day(how["at"]))

    def post(organisation: str, area: str, name: str, *holders: str, wanted: int = 0) -> UUID:
        what = {"organisation": of[organisation], "area": places[area], "name": name}
        made: UUID = territory.set_post(**what, wanted=wanted or len(holders) or 1, on=today.starts_on, **how)  # type: ignore[arg-type]
        for each in holders:
            access.appoint(post=made, account=staff[each], days=today, **how)
        return made

    post(_OFFICES[0], SUBDISTRICT, "值班长", "command", wanted=2)
    lead = post(_OFFICES[1], SUBDISTRICT, "网格管理专员", "desk")
    away = Span(today.starts_on, today.starts_on + timedelta(days=10))
    access.appoint(post=lead, account=staff["sector-1"], days=away, standing=Standing.ACTING, **how)
    post(_OFFICES[4], SUBDISTRICT, "应急值守", wanted=1)
    for number, team in enumerate(_TEAMS[:3]):
        sectors = [f"sector-{n}" for n in range(1, len(district.sectors) + 1)]
        post(team, SUBDISTRICT, "督查组长", *sectors[number : number + 1], wanted=1)
    for number, community in enumerate(district.communities, start=1):
        word = "村民委员会" if community.village else "居民委员会"
        own = f"{community.name}{word}"
        post(own, community.name, "主任", f"community-{number:02d}")
        if number % 3 == 0:
            post(own, community.name, "社区工作者", wanted=1)
        for company, estate in _managed(community)[:1]:
            post(f"{company}{estate}服务处", community.name, "项目经理", wanted=1)


def _managed(community: Community) -> list[tuple[str, str]]:
    if community.name == "莘湖社区":
        return []
    return [(_PROPERTY[number % len(_PROPERTY)], estate) for number, estate in enumerate(community.estates)]


# --- who looks after what ---------------------------------------------------------------------------------------------


def _liaison(district: District, places: Mapping[str, AreaId], of: Mapping[str, UUID], how: dict[str, Any]) -> None:
    today = local_day(how["at"])
    pairs = zip(district.communities, _HELPING, strict=False)
    for community, (name, _, about) in pairs:
        days = Span(today, today + timedelta(days=30))
        territory.look_after(area=places[community.name], organisation=of[name], about=about, days=days, **how)
    for office, sector in zip(_OFFICES, district.sectors, strict=False):
        about = "挂钩联系工作片,收集难题,每周到片"
        territory.look_after(area=places[sector], organisation=of[office], about=about, days=Span(today), **how)


def _contacts(district: District, places: Mapping[str, AreaId], staff: Staff, how: dict[str, Any]) -> None:
    """The first two buildings of every grid have one, and its first entrance; one of them is away for a while."""
    today = local_day(how["at"])
    helpers = [id for _, id in staff.stewards()]
    for number, grid in enumerate(district.grids):
        worker = staff[f"grid-{number + 1:02d}"]
        who = [worker, helpers[number] if number < len(helpers) else worker]
        buildings = [a for a in areas.children(places[grid.name], today) if a.kind is AreaKind.BUILDING]
        for building, account in zip(buildings, who, strict=False):
            access.make_contact(area=building.id, account=account, days=Span(today), **how)
        if number == 0 and buildings and helpers:
            away = Span(today, today + timedelta(days=7))
            access.make_contact(area=buildings[0].id, account=helpers[0], days=away, standing=Standing.ACTING, **how)


def _stewards(
    district: District,
    places: Mapping[str, AreaId],
    of: Mapping[str, UUID],
    staff: Staff,
    by: Actor,
    how: dict[str, Any],
) -> None:
    """One in each of the first grids, for the first doors one comes to; some of them have reported in."""
    today, reader = local_day(how["at"]), accounts.viewer_of(by.account, how["at"]) if by.account else None
    for number, (_, account) in enumerate(staff.stewards()):
        grid = district.grids[number]
        if reader is not None:
            homes = register.households(viewer=reader, area=places[grid.name], page_size=_STEWARDED).rows
            ids = [HouseholdId(home.id) for home in homes]
            registry.entrust(account=account, grid=places[grid.name], households=ids, days=Span(today), **how)
        if number % 2 == 0:
            work = of[_OTHERS[number // 2 % len(_OTHERS)][0]]
            said = {"about": ("夜间值守", "上门送药", "卡口值守")[number % 3], "consented_on": today}
            home = places[grid.community.name]
            access.report_in(account=account, community=home, organisation=work, days=Span(today), **said, **how)


def _shops(district: District, places: Mapping[str, AreaId], how: dict[str, Any]) -> None:
    """Three or four in every grid, on the ground floor of its buildings."""
    draw = Random(f"{district.seed}/shops")
    for community, grids in groupby(district.grids, key=lambda grid: grid.community):
        stem = community.name.removesuffix("社区").removesuffix("村")
        for grid in grids:
            on = local_day(how["at"])
            buildings = [a for a in areas.children(places[grid.name], on) if a.kind is AreaKind.BUILDING]
            for name, kind in draw.sample(_SHOPS, draw.randint(2, 4)):
                door = f"{draw.choice(buildings).name}{draw.randint(101, 104)}" if buildings else ""
                what = {"grid": places[grid.name], "kind": kind, "name": f"{stem}{grid.name[-2:]}{name}", "door": door}
                registry.set_place(**what, **how)
