"""Where the demo's people live, from sectors down to doors. Pure, and the same for the same seed.

Sized to what seed 000 prints of 莘塍街道: 35 villages and communities, 69 grids, 135,005 people. Names marked `printed`
stand in that newspaper; all others are invented, and so are all house numbers and outlines.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, count
from random import Random

import msgspec

SEED = "莘塍街道 2021-12"
SUBDISTRICT = "莘塍街道"
PEOPLE = 135_005
GRIDS = 69
MINGJING_PEOPLE = 10_230  # so that its households come out as the 3,700-odd that the page reports

Point = tuple[float, float]


class Community(msgspec.Struct, frozen=True):
    """One of the 35: a community of estates, or a village of houses."""

    name: str
    sector: str
    grids: int
    village: bool = False
    printed: bool = False
    estates: tuple[str, ...] = ()


def _village(name: str, sector: str, grids: int, *, printed: bool = False) -> Community:
    return Community(name=name, sector=sector, grids=grids, village=True, printed=printed)


COMMUNITIES: tuple[Community, ...] = (
    Community("莘湖社区", "莘塍片", 3, printed=True, estates=("时代柏悦", "莘湖雅苑", "湖畔名邸", "莘湖家园")),
    Community("营塍社区", "莘塍片", 2, printed=True, estates=("营塍新村", "镇府小区", "民莘嘉园")),
    Community("民莘社区", "莘塍片", 2, estates=("民莘花苑", "莘阳家园", "和平里")),
    _village("上村村", "莘塍片", 2, printed=True),
    _village("下埠村", "莘塍片", 2),
    _village("莘桥村", "莘塍片", 2),
    Community(
        "明镜社区",
        "明镜片",
        6,
        printed=True,
        estates=("明镜佳园", "瑞宸苑", "锦佳华庭", "星海广场", "锦阳嘉苑", "幸福里", "力天大厦", "星悦公寓"),
    ),
    Community("万松社区", "明镜片", 2, estates=("万松东苑", "锦湖花园", "松涛里")),
    _village("仙甲村", "明镜片", 2, printed=True),
    _village("仙甲季村", "明镜片", 2, printed=True),
    _village("周家桥村", "明镜片", 2, printed=True),
    Community("董田社区", "董田片", 3, printed=True, estates=("董田锦园", "市场路小区", "田园雅居")),
    _village("董一村", "董田片", 1, printed=True),
    _village("董三村", "董田片", 1),
    _village("董五村", "董田片", 1),
    _village("董七村", "董田片", 2, printed=True),
    _village("董八村", "董田片", 1),
    Community("海滨社区", "海滨片", 3, printed=True, estates=("海滨花园", "滨海名都", "观潮府", "碧海家园")),
    Community("新潮社区", "海滨片", 2, estates=("新潮公寓", "潮声苑", "听涛里")),
    _village("东塘村", "海滨片", 1),
    _village("塘头村", "海滨片", 2),
    _village("涂园村", "海滨片", 1),
    _village("沙园村", "海滨片", 2),
    Community("中塘河社区", "中塘片", 2, estates=("中塘水岸", "河滨花苑", "柳岸小区")),
    _village("中塘村", "中塘片", 2),
    _village("河口村", "中塘片", 2),
    _village("南码道村", "中塘片", 2),
    _village("北垟村", "中塘片", 2),
    _village("林家垟村", "中塘片", 1),
    Community("星火社区", "垟心片", 2, estates=("星火新居", "安居苑", "朝阳小区")),
    _village("垟心村", "垟心片", 2),
    _village("前池村", "垟心片", 2),
    _village("后池村", "垟心片", 1),
    _village("薛宅村", "垟心片", 2),
    _village("金桥村", "垟心片", 2),
)
SECTORS: tuple[str, ...] = tuple(dict.fromkeys(c.sector for c in COMMUNITIES))
INVENTED = frozenset(c.name for c in COMMUNITIES if not c.printed)


class Dwelling(msgspec.Struct, frozen=True, gc=False):
    """One door, in walking order. In a village `building` is a lane and the door carries the house number."""

    building: str
    entrance: str | None
    door: str
    walk: int


class Grid(msgspec.Struct, frozen=True):
    """One worker's ground. `number` runs from 1 to 69 over the whole subdistrict."""

    number: int
    name: str
    community: Community
    people: int
    outline: tuple[Point, ...]


class District(msgspec.Struct, frozen=True):
    """The whole of it, or the first few grids of it for a test."""

    seed: str
    grids: tuple[Grid, ...]

    @property
    def people(self) -> int:
        """How many people live here, exactly."""
        return sum(grid.people for grid in self.grids)

    @property
    def communities(self) -> tuple[Community, ...]:
        """Those that have a grid here, in order."""
        return tuple({grid.community.name: grid.community for grid in self.grids}.values())

    @property
    def sectors(self) -> tuple[str, ...]:
        """Those that have a community here, in order."""
        return tuple(dict.fromkeys(c.sector for c in self.communities))


def plan(*, seed: str = SEED, grids: int = GRIDS, people: int | None = None) -> District:
    """The district, or its first `grids` grids with `people` people in them (their usual number when not said)."""
    names = [
        (c, f"{c.name.removesuffix('社区').removesuffix('村')}-{n:02d}")
        for c in COMMUNITIES
        for n in range(1, c.grids + 1)
    ]
    sizes = _sizes(Random(f"{seed}/sizes"))
    if people is not None:
        sizes = share_out(people, sizes[:grids])
    outlines = list(_outlines(Random(f"{seed}/outlines")))
    return District(
        seed=seed,
        grids=tuple(
            Grid(number=number + 1, name=name, community=community, people=sizes[number], outline=outlines[number])
            for number, (community, name) in enumerate(names[:grids])
        ),
    )


def share_out(total: int, weights: Sequence[float]) -> list[int]:
    """Whole shares in proportion to `weights` that add up to `total` exactly."""
    whole = sum(weights)
    marks = [round(total * mark / whole) for mark in accumulate(weights)]
    return [after - before for before, after in zip([0, *marks], marks, strict=False)]


def _sizes(random: Random) -> list[int]:
    """People per grid: 明镜 as printed, the rest of the 135,005 over all others, none the same as the next."""
    weights = [random.uniform(0.78, 1.22) for _ in range(GRIDS)]
    start = sum(c.grids for c in COMMUNITIES[: _index("明镜社区")])
    end = start + COMMUNITIES[_index("明镜社区")].grids
    mingjing = share_out(MINGJING_PEOPLE, weights[start:end])
    others = share_out(PEOPLE - MINGJING_PEOPLE, weights[:start] + weights[end:])
    return others[:start] + mingjing + others[start:]


def _index(community: str) -> int:
    return [c.name for c in COMMUNITIES].index(community)


# Outlines: a lattice of 7 × 5 communities, its corners pushed about, each cut into as many strips as it has grids.
_WEST, _SOUTH, _CELL_WIDTH, _CELL_HEIGHT = 120.640, 27.765, 0.0118, 0.0104
_COLUMNS, _ROWS = 7, 5


def _outlines(random: Random) -> Iterator[tuple[Point, ...]]:
    """Simple closed polygons in WGS-84, one per grid, without gap or overlap. They are no real boundary."""
    corners = {(x, y): _corner(random, x, y) for x in range(_COLUMNS + 1) for y in range(_ROWS + 1)}
    for number, community in enumerate(COMMUNITIES):
        x, up = divmod(number, _ROWS)
        y = up if x % 2 == 0 else _ROWS - 1 - up  # snake through the lattice, so that a sector stays in one piece
        yield from _strips(corners[x, y], corners[x + 1, y], corners[x + 1, y + 1], corners[x, y + 1], community.grids)


def _corner(random: Random, x: int, y: int) -> Point:
    push_x, push_y = random.uniform(-0.22, 0.22), random.uniform(-0.22, 0.22)
    return _WEST + (x + push_x) * _CELL_WIDTH, _SOUTH + (y + push_y) * _CELL_HEIGHT


def _strips(a: Point, b: Point, c: Point, d: Point, pieces: int) -> Iterator[tuple[Point, ...]]:
    """Cut the quadrilateral a-b-c-d into strips from its left side a-d to its right side b-c."""
    for n in range(pieces):
        left, right = n / pieces, (n + 1) / pieces
        corners = (_between(a, b, left), _between(a, b, right), _between(d, c, right), _between(d, c, left))
        yield tuple((round(x, 6), round(y, 6)) for x, y in (*corners, corners[0]))


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


_NUMBERED = re.compile(r"(.*?)(\d+)幢")


def building_points(grid: Grid, names: Iterable[str], *, seed: str = SEED) -> dict[str, Point]:
    """Where the buildings of a grid stand: each estate in a strip of its own, in rows of five numbered from the left,
    as estates are; the lanes of a village lie about.
    """
    estates: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        found = _NUMBERED.fullmatch(name)
        estates.setdefault(found[1] if found else "", []).append((int(found[2]) if found else 0, name))
    random = Random(f"{seed}/{grid.name}/buildings")
    points: dict[str, Point] = {}
    for strip, (estate, numbered) in enumerate(estates.items()):
        rows = (len(numbered) + 4) // 5
        for place, (_, name) in enumerate(sorted(numbered)):
            row, column = divmod(place, 5)
            across, up = ((column + 0.5) / 5, (strip + (row + 0.5) / rows) / len(estates))
            if not estate:
                across, up = random.uniform(0.05, 0.95), (strip + random.uniform(0.05, 0.95)) / len(estates)
            points[name] = _inside(grid, across, up)
    return points


def _inside(grid: Grid, across: float, up: float) -> Point:
    a, b, c, d = grid.outline[:4]
    return _between(_between(a, b, across), _between(d, c, across), 0.05 + 0.9 * up)


def dwellings(grid: Grid, *, seed: str = SEED) -> Iterator[Dwelling]:
    """Doors of the grid without end, in walking order: one takes as many as there are households."""
    random = Random(f"{seed}/{grid.name}/doors")
    doors = _houses(grid, random) if grid.community.village else _flats(grid, random)
    for walk, (building, entrance, door) in enumerate(doors, start=1):
        yield Dwelling(building=building, entrance=entrance, door=door, walk=walk)


Door = tuple[str, str | None, str]

_LANES = (
    "镇前",
    "桥头",
    "河边",
    "祠堂",
    "新建",
    "振兴",
    "人民",
    "中兴",
    "东岸",
    "西岸",
    "老街",
    "后垟",
    "塘下",
    "水门",
    "大榕树",
)


def _houses(grid: Grid, random: Random) -> Iterator[Door]:
    """A village: lanes with house numbers; the upper floors of a house are let one by one."""
    stem = grid.community.name.removesuffix("村")
    for turn in count():
        lane = f"{stem}{_LANES[(turn * 4 + grid.number) % len(_LANES)]}路" + (
            f"{turn // len(_LANES)}弄" if turn >= len(_LANES) else ""
        )
        for house in range(1, random.randint(28, 60)):
            yield lane, None, f"{house}号"
            for floor in range(2, random.choice((1, 2, 3, 3, 4)) + 1):
                yield lane, None, f"{house}号{floor}楼"


def _flats(grid: Grid, random: Random) -> Iterator[Door]:
    """Estates: buildings 幢, entrances 单元, doors by floor. The grids of a community share out its estates."""
    own = int(grid.name[-2:]) - 1
    *earlier, last = grid.community.estates[own :: grid.community.grids]
    for estate in earlier:
        for number in range(1, random.randint(7, 12)):
            yield from _building(f"{estate}{number}幢", random)
    for number in count(1):
        yield from _building(f"{last}{number}幢", random)


def _building(name: str, random: Random) -> Iterator[Door]:
    floors = random.choice((6, 6, 11, 17))
    for entrance in range(1, random.randint(2, 4)):
        for floor in range(1, floors + 1):
            for side in (1, 2):
                yield name, f"{entrance}单元", f"{floor}{side:02d}"
