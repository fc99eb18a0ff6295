"""A made-up town for the labelled set: who lives behind which door, how they are called, which numbers they bear.

Nobody is real and nobody can be hit: division code 999999 and the prefix 154, as in the demo. One division code for
everybody is harder than life: two people born on one day differ by a digit or two of their numbers.

Sources. Surnames: the order of the yearly name report of the Ministry of Public Security, the first five by about
their shares, the others falling as 18 % ÷ rank (our assumption). Given names, sizes of households, who has a telephone,
how many babies have no name yet: our assumptions, chosen so that 张伟 lives several times in one estate. Twins are
several times as frequent as in life, so that a mistake with them shows.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

import msgspec

from lianfang.demo.people import NEVER_ISSUED, NO_OPERATOR, with_check_digit
from lianfang.ground.registry.terms import DocumentKind, Relation, Sex

AS_OF = date(2025, 12, 10)
MOST_AT_A_DOOR = 6
TWINS = 0.12  # of the families with two children: our assumption, see above
FOREIGNERS = 0.004  # of the households: our assumption
UNNAMED = 0.5  # of those younger than a year: our assumption


class Door(NamedTuple):
    """As a list gives it: building, entrance, room."""

    building: str
    entrance: str
    room: str


class Human(msgspec.Struct, frozen=True):
    """One made-up person as they are, not as some list has them."""

    id: int
    name: str
    sex: Sex
    born_on: date
    relation: Relation
    household: int
    document: DocumentKind
    number: str
    phone: str = ""
    old_phone: str = ""
    is_twin: bool = False
    has_no_name_yet: bool = False  # `name` is the one they will get


class Home(msgspec.Struct, frozen=True):
    """The people of one household, the head first, and their door."""

    number: int
    door: Door
    people: tuple[Human, ...]


class _Member(NamedTuple):
    relation: Relation
    sex: Sex
    born_on: date
    is_twin: bool = False


def homes(draw: Random, doors: Sequence[Door]) -> Iterator[Home]:
    """One household behind each of these doors."""
    numbers = _Numbers()
    for number, door in enumerate(doors):
        yield Home(number, door, tuple(_people(draw, numbers, number)))


def _people(draw: Random, numbers: "_Numbers", household: int) -> Iterator[Human]:
    if draw.random() < FOREIGNERS:
        yield _foreigner(draw, numbers, household)
        return
    members = _family(draw)[:MOST_AT_A_DOOR]
    if sum(member.is_twin for member in members) == 1:  # no room for the other
        members.pop()
    for member, name in zip(members, _names(draw, members), strict=True):
        is_reachable = draw.random() < _reachable(AS_OF.year - member.born_on.year)
        no_name = (AS_OF - member.born_on).days < 365 and draw.random() < UNNAMED
        yield Human(
            id=numbers.person(),
            name=name,
            sex=member.sex,
            born_on=member.born_on,
            relation=member.relation,
            household=household,
            document=DocumentKind.NONE if no_name else DocumentKind.IDENTITY_CARD,
            number="" if no_name else numbers.identity(member.born_on, member.sex),
            phone=numbers.phone() if is_reachable else "",
            old_phone=numbers.phone() if is_reachable else "",
            is_twin=member.is_twin,
            has_no_name_yet=no_name,
        )


def _foreigner(draw: Random, numbers: "_Numbers", household: int) -> Human:
    sex = draw.choice(list(Sex))
    return Human(
        id=numbers.person(),
        name=f"{draw.choice(_FOREIGN_GIVEN[sex])}·{draw.choice(_FOREIGN_FAMILY)}",
        sex=sex,
        born_on=_birthday(draw, draw.randint(22, 60)),
        relation=Relation.HEAD,
        household=household,
        document=DocumentKind.PASSPORT,
        number=numbers.passport(),
        phone=numbers.phone(),
        old_phone=numbers.phone(),
    )


def _reachable(age: int) -> float:
    return 0.0 if age < 12 else 0.95 if age < 75 else 0.7


class _Numbers:
    """Every number once. Two who are registered one after the other, as twins are, get numbers next to each other."""

    def __init__(self) -> None:
        self._born: defaultdict[date, int] = defaultdict(int)
        self._people = self._phones = self._passports = 0

    def person(self) -> int:
        self._people += 1
        return self._people

    def identity(self, born_on: date, sex: Sex) -> str:
        order = 2 * self._born[born_on] + (sex is Sex.MALE)
        self._born[born_on] += 1
        return with_check_digit(f"{NEVER_ISSUED}{born_on:%Y%m%d}{order:03d}")

    def phone(self) -> str:
        self._phones += 1
        return f"{NO_OPERATOR}{self._phones * 61_803_399 % 10**8:08d}"

    def passport(self) -> str:
        self._passports += 1
        return f"ZZ{self._passports * 618_033 % 10**7:07d}"


# --- families --------------------------------------------------------------------------------------------------------


def _birthday(draw: Random, age: int) -> date:
    return AS_OF - timedelta(days=int((age + draw.random()) * 365.25))


def other_sex(sex: Sex) -> Sex:
    return Sex.FEMALE if sex is Sex.MALE else Sex.MALE


def _family(draw: Random) -> list[_Member]:
    """Head, wife or husband, children, perhaps their families, perhaps a parent; now and then a shared flat."""
    age, sex = draw.randint(22, 84), draw.choice(list(Sex))
    head = _Member(Relation.HEAD, sex, _birthday(draw, age))
    if draw.random() < 0.06:
        mates = draw.randint(1, 3)
        return [head, *(_Member(Relation.FLATMATE, sex, _birthday(draw, draw.randint(19, 45))) for _ in range(mates))]
    if draw.random() < 0.2:
        return [head]
    spouse = _Member(Relation.SPOUSE, other_sex(sex), _birthday(draw, max(22, age + draw.randint(-4, 4))))
    children = _children(draw, Relation.CHILD, age)
    parent = [_Member(Relation.PARENT, draw.choice(list(Sex)), _birthday(draw, age + draw.randint(22, 32)))]
    return [head, spouse, *children, *_younger(draw, children), *(parent if age < 58 and draw.random() < 0.14 else [])]


def _children(draw: Random, relation: Relation, of_age: int) -> list[_Member]:
    eldest = of_age - draw.randint(22, 31)
    if eldest < 0 or (eldest > 25 and draw.random() < 0.45):  # has left home
        return []
    (how_many,) = draw.choices((0, 1, 2, 3), (16, 42, 38, 4))
    ages = [age for n in range(how_many) if (age := eldest - n * draw.randint(2, 5)) >= 0]
    children = [_Member(relation, draw.choice(list(Sex)), _birthday(draw, age)) for age in ages]
    if len(children) > 1 and draw.random() < TWINS:
        twin = children[0]._replace(is_twin=True)
        children[:2] = [twin, twin._replace(sex=twin.sex if draw.random() < 0.65 else other_sex(twin.sex))]
    return children


def _younger(draw: Random, children: Sequence[_Member]) -> list[_Member]:
    """The eldest child's wife or husband and their children, where three generations live together."""
    if not children or (age := AS_OF.year - children[0].born_on.year) < 25 or draw.random() < 0.4:
        return []
    married = _Member(Relation.CHILD_IN_LAW, other_sex(children[0].sex), _birthday(draw, max(22, age - 2)))
    return [married, *_children(draw, Relation.GRANDCHILD, age)]


# --- names -----------------------------------------------------------------------------------------------------------

SURNAMES = (
    *"王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢",
    *"姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤",
    *("欧阳", "上官", "司马", "诸葛", "尉迟"),
)
_SURNAME_MARKS = list(accumulate([7.2, 7.1, 6.8, 5.4, 4.5, *(18 / rank for rank in range(6, len(SURNAMES) + 1))]))


class _Fashion(NamedTuple):
    """What children were called until that year: favourites, then first and second characters to choose from."""

    until: int
    favourites: tuple[str, ...]
    first: str
    second: str


FASHIONS = {
    Sex.MALE: (
        _Fashion(
            until=1965,
            favourites=("建国", "建华", "国华", "志明", "德明", "平", "军"),
            first="国建德金福永庆志文玉长春",
            second="华明生林才祥荣清山兴",
        ),
        _Fashion(
            until=1996,
            favourites=("伟", "强", "磊", "军", "勇", "杰", "涛", "超", "鹏"),
            first="志建晓海文俊国永少明振",
            second="华军平峰波辉斌东锋飞龙",
        ),
        _Fashion(
            until=2100,
            favourites=("浩宇", "子轩", "宇轩", "浩然", "博文", "梓豪"),
            first="子浩宇梓俊一博嘉天泽铭",
            second="轩涵宇豪杰睿辰宸泽航阳",
        ),
    ),
    Sex.FEMALE: (
        _Fashion(
            until=1965,
            favourites=("秀英", "桂英", "秀兰", "玉兰", "桂兰", "玉梅"),
            first="秀桂玉凤淑兰美月金素爱",
            second="英兰珍芳梅华云香琴莲",
        ),
        _Fashion(
            until=1996,
            favourites=("芳", "敏", "静", "丽", "艳", "娟", "霞", "燕"),
            first="晓丽海春小雪红婷秀文佳",
            second="燕红梅玲娜萍霞琴蓉洁敏",
        ),
        _Fashion(
            until=2100,
            favourites=("梓涵", "欣怡", "诗涵", "子涵", "雨桐", "一诺"),
            first="梓欣雨诗子佳思梦语可若",
            second="涵怡妍彤桐萱琪瑶悦诺溪",
        ),
    ),
}
_FAVOURITE, _SINGLE = 0.3, 0.08  # share of favourites, of one-character names beside them

_FOREIGN_GIVEN = {
    Sex.MALE: ("迈克尔", "约翰", "大卫", "卡洛斯", "彼得"),
    Sex.FEMALE: ("安娜", "玛丽亚", "索菲", "艾玛", "露西"),
}
_FOREIGN_FAMILY = ("施密特", "布朗", "席尔瓦", "史密斯", "马丁", "加西亚", "杜邦")


def _surname(draw: Random) -> str:
    return draw.choices(SURNAMES, cum_weights=_SURNAME_MARKS)[0]


def _given(draw: Random, sex: Sex, year: int) -> str:
    fashion = next(fashion for fashion in FASHIONS[sex] if year <= fashion.until)
    kind = draw.random()
    if kind < _FAVOURITE:
        return draw.choices(fashion.favourites, range(len(fashion.favourites) + 2, 2, -1))[0]
    second = draw.choice(fashion.second)
    return second if kind < _FAVOURITE + _SINGLE else draw.choice(fashion.first) + second


def _names(draw: Random, members: Sequence[_Member]) -> list[str]:
    """Children bear their father's surname; nobody calls two of one household alike; twins share a character."""
    surnames: list[tuple[Relation, Sex, str]] = []
    names: list[str] = []
    for member, before in zip(members, [None, *members], strict=False):
        surname = _inherited(member, surnames) or _surname(draw)
        surnames.append((member.relation, member.sex, surname))
        shared = names[-1] if before and before.is_twin and member.is_twin else ""
        names.append(_new_name(draw, member, surname, shared, taken=names))
    return names


_PARENTS_OF = {
    Relation.CHILD: (Relation.HEAD, Relation.SPOUSE),
    Relation.GRANDCHILD: (Relation.CHILD, Relation.CHILD_IN_LAW),
}


def _inherited(member: _Member, surnames: Sequence[tuple[Relation, Sex, str]]) -> str:
    if member.relation is Relation.PARENT:
        return surnames[0][2] if member.sex is Sex.MALE else ""
    parents = _PARENTS_OF.get(member.relation, ())
    return next((name for relation, sex, name in surnames if relation in parents and sex is Sex.MALE), "")


def _new_name(draw: Random, member: _Member, surname: str, twin: str, *, taken: Sequence[str]) -> str:
    while True:
        given = _given(draw, member.sex, member.born_on.year)
        if len(twin) - len(surname) == 2:
            given = twin[len(surname)] + given[-1]
        if surname + given not in taken:
            return surname + given


# --- doors -----------------------------------------------------------------------------------------------------------

_ESTATE = ("锦绣", "和平", "滨河", "翠湖", "阳光", "金桂", "怡景", "东湖", "明珠", "康乐", "春晓", "新城")
_ENDING = ("苑", "花园", "家园", "新村", "公寓", "雅居")
_BUILDINGS, _ENTRANCES, _FLOORS, _FLATS = 24, 3, 11, 2  # 1,584 doors, some 4,000 people


def all_doors(at_least: int) -> list[Door]:
    """Whole estates, until there are enough doors."""
    found: list[Door] = []
    for name in (first + ending for ending in _ENDING for first in _ESTATE):
        if len(found) >= at_least:
            break
        found += _estate(name)
    return found


def _estate(name: str) -> Iterator[Door]:
    for building in range(1, _BUILDINGS + 1):
        for entrance in range(1, _ENTRANCES + 1):
            for floor in range(1, _FLOORS + 1):
                for flat in range(1, _FLATS + 1):
                    yield Door(f"{name}{building}幢", f"{entrance}单元", f"{floor}{flat:02d}")
