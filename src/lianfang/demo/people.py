"""Who lives in the demo district: households as one meets them in Rui'an, every one of them made up.

Nobody can be hit by accident. Identity numbers carry the division code 999999, which GB/T 2260 never issued, with a
correct check digit (GB 11643). Telephone numbers begin with 154: eleven digits like a mobile number, but a prefix
that the numbering plan gives to no operator, so no exchange connects them (prefixes 10, 11 and 12 were ruled out: an
exchange reads 110 or 120 as soon as it hears them and rings the police). Nothing is made up of where people come
from, what they believe, or which people they belong to: the product has no field for it.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from itertools import accumulate
from random import Random
from typing import Literal

import msgspec

from lianfang.demo.district import District, Dwelling, Grid, dwellings

AS_OF = date(2025, 12, 10)  # ages are as of this day
NEVER_ISSUED = "999999"
NO_OPERATOR = "154"

Sex = Literal["male", "female"]
Relation = Literal["head", "spouse", "child", "parent", "grandchild", "child_in_law", "flatmate"]
Residence = Literal["registered", "usual", "migrant"]


class Resident(msgspec.Struct, frozen=True, gc=False):
    """One made-up person."""

    name: str
    sex: Sex
    born_on: date
    relation: Relation
    residence: Residence
    id_number: str | None
    phone: str | None


class Household(msgspec.Struct, frozen=True):
    """Those behind one door."""

    dwelling: Dwelling
    residents: tuple[Resident, ...]


class Numbers:
    """Hands out identity and telephone numbers that no other grid hands out."""

    PER_DAY = 7  # of one sex, born on one day, living in one grid; the 500 odd or even order numbers last for 71 grids
    PHONES = 1_399_999

    def __init__(self, grid: int) -> None:
        self._grid = grid
        self._taken: dict[tuple[date, Sex], int] = {}
        self._phones = 0

    def identity(self, born_on: date, sex: Sex) -> str | None:
        """The next number for a birthday, or none when a grid's share of that day is used up."""
        nth = self._taken.get((born_on, sex), 0)
        if nth == self.PER_DAY:
            return None
        self._taken[born_on, sex] = nth + 1
        order = 2 * (self._grid * self.PER_DAY + nth) + (sex == "male")
        return with_check_digit(f"{NEVER_ISSUED}{born_on:%Y%m%d}{order:03d}")

    def phone(self) -> str:
        """The next number, looking as if drawn by lot."""
        self._phones += 1
        return f"{NO_OPERATOR}{self._grid * self.PHONES + self._phones * 9973 % self.PHONES:08d}"


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check_digit(seventeen: str) -> str:
    """The eighteenth sign of an identity number, ISO 7064 MOD 11-2 as GB 11643 lays down."""
    return seventeen + "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, seventeen, strict=True)) % 11]


Member = tuple[Relation, Sex, int]
Draw = Random

_SEXES: tuple[Sex, Sex] = ("male", "female")


def _other(sex: Sex) -> Sex:
    return "female" if sex == "male" else "male"


def _single(draw: Draw, youngest: int, eldest: int) -> list[Member]:
    return [("head", draw.choice(_SEXES), draw.randint(youngest, eldest))]


def _couple(draw: Draw, youngest: int, eldest: int) -> list[Member]:
    (_, sex, age), *_ = head = _single(draw, youngest, eldest)
    return [*head, ("spouse", _other(sex), max(22, age + draw.randint(-4, 3)))]


def _parents(draw: Draw, children: int) -> list[Member]:
    couple = _couple(draw, 25, 50)
    eldest = min(age for _, _, age in couple) - draw.randint(21, 30)
    return couple + [
        ("child", draw.choice(_SEXES), age) for n in range(children) if (age := eldest - n * draw.randint(1, 4)) >= 0
    ]


def _one_parent(draw: Draw) -> list[Member]:
    parent = _single(draw, 27, 48)
    return [*parent, ("child", draw.choice(_SEXES), max(0, parent[0][2] - draw.randint(22, 30)))]


def _three_generations(draw: Draw) -> list[Member]:
    """Old couple, their son or daughter with wife or husband, one or two small children."""
    old = _couple(draw, 54, 74)
    sex, age = draw.choice(_SEXES), min(age for _, _, age in old) - draw.randint(22, 28)
    young: list[Member] = [("child", sex, age), ("child_in_law", _other(sex), max(22, age + draw.randint(-3, 3)))]
    small: list[Member] = [
        ("grandchild", draw.choice(_SEXES), born)
        for n in range(draw.randint(1, 2))
        if (born := age - 24 - draw.randint(0, 4) - 3 * n) >= 0
    ]
    return old + young + small


def _with_a_parent(draw: Draw) -> list[Member]:
    family = _parents(draw, 1)
    return [*family, ("parent", draw.choice((*_SEXES, "female")), family[0][2] + draw.randint(22, 32))]


def _flat_share(draw: Draw, most: int) -> list[Member]:
    sex = draw.choice(_SEXES)
    return [("flatmate" if n else "head", sex, draw.randint(18, 46)) for n in range(draw.randint(2, most))]


Shape = tuple[int, Callable[[Draw], list[Member]]]

_LOCAL: tuple[Shape, ...] = (
    (10, partial(_single, youngest=24, eldest=58)),
    (9, partial(_single, youngest=64, eldest=92)),
    (12, partial(_couple, youngest=24, eldest=58)),
    (14, partial(_couple, youngest=60, eldest=88)),
    (15, partial(_parents, children=1)),
    (17, partial(_parents, children=2)),
    (2, partial(_parents, children=3)),
    (4, _one_parent),
    (12, _three_generations),
    (5, _with_a_parent),
)
_MIGRANT: tuple[Shape, ...] = (
    (22, partial(_single, youngest=18, eldest=55)),
    (20, partial(_couple, youngest=22, eldest=56)),
    (15, partial(_parents, children=1)),
    (17, partial(_parents, children=2)),
    (4, partial(_parents, children=3)),
    (13, partial(_flat_share, most=4)),
    (2, partial(_flat_share, most=8)),
    (5, _with_a_parent),
    (2, _one_parent),
)


def _marks(shapes: tuple[Shape, ...]) -> list[int]:
    return list(accumulate(weight for weight, _ in shapes))


_LOCAL_MARKS, _MIGRANT_MARKS = _marks(_LOCAL), _marks(_MIGRANT)


def households(grid: Grid, *, seed: str) -> Iterator[Household]:
    """Everybody in the grid, door after door, until there are exactly as many as the plan says."""
    draw, numbers = Random(f"{seed}/{grid.name}/people"), Numbers(grid.number)
    left = grid.people
    for dwelling in dwellings(grid, seed=seed):
        if draw.random() < 0.03:
            continue  # stands empty
        migrant = draw.random() < _migrant_share(grid, dwelling)
        members = _members(draw, migrant=migrant)[:left]
        yield Household(dwelling=dwelling, residents=_residents(draw, numbers, grid, members, migrant=migrant))
        left -= len(members)
        if not left:
            return


def _migrant_share(grid: Grid, dwelling: Dwelling) -> float:
    """In villages the family lives below and lets the floors above; in estates a good third rents."""
    if not grid.community.village:
        return 0.34
    return 0.82 if dwelling.door.endswith("楼") else 0.16


def _members(draw: Draw, *, migrant: bool) -> list[Member]:
    shapes, marks = (_MIGRANT, _MIGRANT_MARKS) if migrant else (_LOCAL, _LOCAL_MARKS)
    ((_, shape),) = draw.choices(shapes, cum_weights=marks)
    return shape(draw)


def _residents(
    draw: Draw, numbers: Numbers, grid: Grid, members: list[Member], *, migrant: bool
) -> tuple[Resident, ...]:
    surname = _surname(draw, grid, migrant=migrant)
    residence: Residence = "migrant" if migrant else "usual" if draw.random() < 0.14 else "registered"
    named: dict[str, Resident] = {}
    for member in members:
        resident = _resident(draw, numbers, member, _surname_of(draw, member, surname), residence)
        while resident.name in named:  # nobody calls two children alike
            resident = msgspec.structs.replace(resident, name=resident.name[:-1] + draw.choice(_ELSE))
        named[resident.name] = resident
    return tuple(named.values())


_ELSE = "晨安宁乐远新可言文明"


def _resident(draw: Draw, numbers: Numbers, member: Member, surname: str, residence: Residence) -> Resident:
    relation, sex, age = member
    born_on = AS_OF - timedelta(days=int((age + draw.random()) * 365.25))
    has_document = draw.random() < (0.7 if age == 0 else 0.997)
    return Resident(
        name=surname + _given_name(draw, sex, born_on.year),
        sex=sex,
        born_on=born_on,
        relation=relation,
        residence=residence,
        id_number=numbers.identity(born_on, sex) if has_document else None,
        phone=numbers.phone() if draw.random() < _reachable(age) else None,
    )


def _reachable(age: int) -> float:
    """How likely somebody has a telephone of their own."""
    return 0.0 if age < 10 else 0.55 if age < 16 else 0.98 if age < 70 else 0.66


# Names. Surnames of Rui'an in their rough order, then those of the whole country; villages have their old families.
_SURNAMES: tuple[str, ...] = tuple(
    "陈林黄王李张金徐叶周吴戴蔡郑项薛潘胡杨孙朱夏虞钟余缪季肖何邵应管姜曾郭谢方赵池阮倪唐许万包卢彭冯董沈"
)
_SURNAME_MARKS = list(accumulate(range(10 + 3 * len(_SURNAMES), 10, -3)))
_COUNTRY_SURNAMES: tuple[str, ...] = (
    *"李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕",
    "欧阳",
    "诸葛",
    "司马",
    "上官",
)
_OLD_FAMILIES = {
    "上村村": "陈",
    "仙甲季村": "季",
    "仙甲村": "项",
    "周家桥村": "周",
    "林家垟村": "林",
    "薛宅村": "薛",
    "董一村": "董",
    "董七村": "董",
}


def _surname(draw: Draw, grid: Grid, *, migrant: bool) -> str:
    if migrant:
        return draw.choice(_COUNTRY_SURNAMES)
    old_family = _OLD_FAMILIES.get(grid.community.name)
    if old_family and draw.random() < 0.35:
        return old_family
    return draw.choices(_SURNAMES, cum_weights=_SURNAME_MARKS)[0]


def _surname_of(draw: Draw, member: Member, surname: str) -> str:
    """Children mostly bear the name of the head; whoever married in or only shares the flat bears their own."""
    if member[0] in ("spouse", "child_in_law", "flatmate") or draw.random() < 0.04:
        return draw.choice(_COUNTRY_SURNAMES if member[0] == "flatmate" else _SURNAMES)
    return surname


class _Given(msgspec.Struct, frozen=True):
    """Signs that parents chose for given names until that year."""

    until: int
    male: tuple[str, str]
    female: tuple[str, str]


_FASHIONS = (
    _Given(
        1960,
        ("阿国建德金银宝福永昌定洪银锡", "法生兴荣明富康福林松祥友来土"),
        ("阿秀桂兰香英玉月爱素凤银彩杏", "花妹英兰香钗娥凤珍莲芬姆桃梅"),
    ),
    _Given(
        1978,
        ("建国志文卫少光永晓海林宝丽庆", "华军平强明东林勇锋荣峰民胜武"),
        ("丽美小爱晓玲素海建秀春雪红彩", "芬丽萍琴燕红霞英芳娟敏珍云琼"),
    ),
    _Given(
        1995,
        ("晓志伟俊建海文振国旭锦一少成", "杰鹏伟斌峰龙威敏磊超毅勇晖挺"),
        ("晓丽海小雪婷莉思佳倩静文梦艳", "婷洁莉敏静娜微燕丹琼蕾雯瑶慧"),
    ),
    _Given(
        2009,
        ("俊子浩嘉宇志家文泽哲晨博一凯", "豪杰凯涛轩宇辉翔泽鑫博楠成乐"),
        ("佳思雨欣梦晓诗嘉若心语雅可静", "怡妍琪雯萱彤瑶颖婷悦蕾涵娜霏"),
    ),
    _Given(
        9999,
        ("子浩宇梓沐一奕泽辰俊亦铭景承", "轩辰睿泽宸涵洋霖熙阳航屹安川"),
        ("梓雨欣一诗语若可依奕沐思艺芷", "涵萱桐妍诺汐彤怡瑶琪悦玥宁昕"),
    ),
)
_UNUSUAL = (
    "·克里斯",
    "·安娜",
    "𬱖",
    "㛃",
    "喆",
    "堃堃",
    "犇",
)  # a middle dot, signs outside the basic plane: names as they are


def _given_name(draw: Draw, sex: Sex, year: int) -> str:
    if draw.random() < 0.0004:
        return draw.choice(_UNUSUAL)
    fashion = next(f for f in _FASHIONS if year <= f.until)
    first, second = fashion.male if sex == "male" else fashion.female
    return draw.choice(second) if draw.random() < 0.13 else draw.choice(first) + draw.choice(second)


def a_name(draw: Draw) -> str:
    """A grown-up's name of the area, for whoever needs one beside the residents."""
    return draw.choices(_SURNAMES, cum_weights=_SURNAME_MARKS)[0] + _given_name(
        draw, draw.choice(_SEXES), draw.randint(1965, 1999)
    )


def everybody(district: District) -> Iterator[tuple[Grid, Household]]:
    """The whole district, grid after grid, one household at a time."""
    for grid in district.grids:
        for household in households(grid, seed=district.seed):
            yield grid, household


def fingerprint(district: District) -> str:
    """A digest over everybody: the same seed gives the same district, down to the last house number."""
    digest = sha256()
    for grid, household in everybody(district):
        digest.update(msgspec.msgpack.encode((grid.name, household)))
    return digest.hexdigest()
