"""An address in one cell, read against the district's own buildings 住址. Pure.

Taken is only what stands in exactly one grid; of several, or of none, the reader is told, and a person decides.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz, process

from lianfang.ground.registry import rules
from lianfang.ground.registry.terms import Door

_LIKE_ENOUGH = 60  # of 100


class Stand(NamedTuple):
    """A building, and where it stands."""

    building: str  # as its doors call it
    grid: str
    community: str


class District:
    """What the district calls its parts, and where its buildings stand, by each name they may go by."""

    def __init__(self, communities: Mapping[str, Collection[str]], stands: Mapping[str, Sequence[Stand]]) -> None:
        """`communities`: name → names of its grids; `stands`: key of a building, with and without its estate → where.

        Longer names come first: 中塘河 before 中塘.
        """
        longest = sorted(communities, key=len, reverse=True)
        self.communities = {name: sorted(communities[name], key=len, reverse=True) for name in longest}
        self.stands = stands
        self._keys = sorted(stands)
        self._like: dict[str, str | None] = {}

    def like(self, key: str) -> str | None:
        """A building of the same number whose estate is nearly called so; asked often of the same few."""
        if key not in self._like:
            found = process.extractOne(key, self._keys, scorer=fuzz.ratio, score_cutoff=_LIKE_ENOUGH)
            numbered = rules.estate_and_number(found[0])[1] if found else None
            self._like[key] = found[0] if found and numbered == rules.estate_and_number(key)[1] else None
        return self._like[key]

    def community_of(self, grid: str) -> str:
        """The community of a grid whose name occurs once in the district."""
        found = [community for community, grids in self.communities.items() if grid in grids]
        return found[0] if len(found) == 1 else ""


class AddressRead(NamedTuple):
    """An address taken apart, with a reason for whatever did not stand in it. `problem`: why no grid was found."""

    community: str = ""
    grid: str = ""
    building: str = ""
    entrance: str = ""
    room: str = ""
    why: str = ""
    problem: str = ""
    details: Mapping[str, str | int] = {}


def district(stands: Iterable[tuple[Stand, str]], communities: Mapping[str, Collection[str]]) -> District:
    """Out of (a building, the name of its estate or nothing)."""
    by_key: dict[str, list[Stand]] = {}
    for stand, estate in stands:
        for key in _keys(stand.building, estate):
            known = by_key.setdefault(key, [])
            if not any((each.grid, each.community) == (stand.grid, stand.community) for each in known):
                known.append(stand)
    return District(communities, by_key)


def building_key(building: str) -> str:
    """By which spellings of one building are the same: 三幢, 3号楼 and 3# are 3."""
    door = rules.read_door(building, "", "")
    return door.key.split("-", 1)[0] if door else ""


def _keys(building: str, estate: str) -> set[str]:
    key = building_key(building)
    short = re.sub("(住宅)?(小区|花苑|家园|公寓)$", "", estate)
    own, number = rules.estate_and_number(key)
    numbered = {key} if own else {f"{name}{number}".lower() for name in (estate, short) if name} | {key}
    return {each for each in numbered if each}


# 省, 市, 区, 县, 街道 before the address; 社区 and 小区 belong to it.
_ABOVE = re.compile(
    r"^(?:[^\d]{2,8}?(?:省|自治区))?(?:[^\d]{1,8}?市)?(?:[^\d]{1,8}?(?:(?<![社小])区|县|市))?(?:[^\d]{1,8}?(?:街道|镇|乡))?"
)


_HASH_BEFORE_MORE = re.compile(r"(?<=\d)[#﹟](?=.)")  # 5#402 is building 5; 前街12# is house 12


def read_address(text: str, known: District, *, community: str = "", grid: str = "") -> AddressRead:
    """浙江省瑞安市莘塍街道明镜社区锦绣园三幢二单元五零一室: which community, grid and door that is."""
    rest = "".join(rules.plain(text).split())
    rest = rest[_end_of(_ABOVE, rest) :]
    community, rest = _leading(rest, community, known.communities)
    grid, rest = _leading(rest, grid, known.communities.get(community, ()))
    door = rules.read_door(_HASH_BEFORE_MORE.sub("幢", rest))
    if door is None or not (door.room or door.entrance):
        return AddressRead(community, grid)
    read = AddressRead(community, grid, door.building, door.entrance, door.room)
    return read if grid or not door.building else _placed(read, door, known)


def _end_of(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def _leading(text: str, name: str, names: Iterable[str]) -> tuple[str, str]:
    """The name that the text begins with, unless one is given already; and what follows."""
    for each in names:
        if each and text.startswith(each) and (not name or name == each):
            return each, text[len(each) :]
    return name, text


def _placed(read: AddressRead, door: Door, known: District) -> AddressRead:
    """In which grid the building stands."""
    key = building_key(door.building)
    found = [s for s in known.stands.get(key, ()) if read.community in ("", s.community)]
    shown: dict[str, str | int] = {"building": door.building}
    if len(found) == 1:
        stand = found[0]
        own = door.building if building_key(stand.building) == key else stand.building
        shown |= {"grid": stand.grid, "community": stand.community}
        where = read._replace(community=stand.community, grid=stand.grid, building=own)
        return where._replace(why="registry.address_by_building", details=shown)
    if found:
        grids = "、".join(sorted(f"{s.community}{s.grid}" for s in found)[:5])
        return read._replace(problem="registry.address_ambiguous", details=shown | {"grids": grids})
    if like := known.like(key):
        return read._replace(problem="registry.address_unknown_like", details=shown | {"like": like})
    return read._replace(problem="registry.address_unknown", details=shown)
