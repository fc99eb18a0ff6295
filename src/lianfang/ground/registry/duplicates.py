"""Who on two lists is the same person 疑似重复: suggested with reasons and how sure it is, decided by people. Pure.

After Fellegi and Sunter (A Theory for Record Linkage, JASA 64, 1969): each field that agrees or differs adds
log2(m / u), where m is how often it does so for one person written down twice, u for two people. The sum, with the odds
before anything is known (one in all those on the register), says how likely it is the same person; 0 is even odds.
The u of names, birthdays and telephones is counted in the register itself (Winkler 1989: agreeing on a rare name says
more). The m stand below, each with where it is from. In force since 2026-11; a change of them is a change here.

What a family shares says nothing of who is who in it. So a door and a telephone together count for little more than
one of them; and whoever has another name is nobody's double, however much else agrees, unless a document says so:
that is how twins, and a father and son at one door, look.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from math import log2
from typing import Any, NamedTuple

import msgspec

from lianfang.ground.registry import rules
from lianfang.ground.registry.identity import (
    Papers,
    compare_numbers,
    compared,
    is_unnamed,
    kind_of,
)
from lianfang.ground.registry.names import sounds
from lianfang.ground.registry.terms import DocumentKind

# --- the words -------------------------------------------------------------------------------------------------------


class Why(StrEnum):
    """What speaks for or against it. Each is a sentence in the locale files: registry.same.…"""

    NUMBER_SAME = "number_same"
    NUMBER_SLIPPED = "number_slipped"
    NUMBER_NEAR = "number_near"
    NUMBER_OTHER = "number_other"
    NUMBER_TWO_LIVES = "number_two_lives"
    NAME_SAME = "name_same"
    NAME_SOUNDS_SAME = "name_sounds_same"
    NAME_PART = "name_part"
    NAME_CLOSE = "name_close"
    NAME_NOT_YET = "name_not_yet"
    NAME_OTHER = "name_other"
    BORN_SAME = "born_same"
    BORN_SLIPPED = "born_slipped"
    BORN_SAME_YEAR = "born_same_year"
    BORN_WEEKS_APART = "born_weeks_apart"  # one of them perhaps by the old calendar
    BORN_OTHER = "born_other"
    SEX_OTHER = "sex_other"
    PHONE_SAME = "phone_same"
    PHONE_OTHER = "phone_other"
    DOOR_SAME = "door_same"
    DOOR_OTHER = "door_other"
    TWO_FIT = "two_fit"  # two different people fit equally well


class Sure(StrEnum):
    """How sure it is. Nothing is done about any of them before a person has looked."""

    CERTAIN = "certain"  # better than 1,000 to 1
    LIKELY = "likely"  # better than 10 to 1
    PERHAPS = "perhaps"


CERTAIN, LIKELY, PERHAPS = 10.0, 3.3, 0.0


class Reason(NamedTuple):
    """One of them, and how much it says in bits: above 0 for the same person, below against."""

    why: Why
    bits: float


class Likeness(NamedTuple):
    """How alike two people are, the weightiest reason first."""

    score: float
    reasons: tuple[Reason, ...]

    @property
    def sure(self) -> Sure:
        """In a word."""
        return Sure.CERTAIN if self.score >= CERTAIN else Sure.LIKELY if self.score >= LIKELY else Sure.PERHAPS


class Someone(msgspec.Struct, frozen=True, gc=False):
    """One person as lists are compared: numbers as anything that is equal when they are, a keyed hash too."""

    id: Hashable
    name: str
    key: str = ""
    sound: str = ""  # empty: nobody has named them yet
    born_on: str = ""  # 1990-05-01, or as much of it as is known: 1990-05, 1990
    sex: str = ""
    number: str | bytes = ""
    kind: DocumentKind = DocumentKind.NONE
    phone: str | bytes = ""
    home: Hashable = None
    door: Hashable = None


class Pair(NamedTuple):
    """Two who may be one; `one` is of the newcomers."""

    one: Someone
    other: Someone
    likeness: Likeness


Opens = Callable[[Someone], str]  # the number in clear: only of pairs of which everything else already speaks


class Crowd(msgspec.Struct, frozen=True):
    """How many there are, and how often names, sounds, birthdays and telephones occur among them."""

    people: int
    names: Mapping[str, int] = {}
    sounds: Mapping[str, int] = {}
    birthdays: Mapping[str, int] = {}
    phones: Mapping[Any, int] = {}
    numbers: Mapping[Any, int] = {}
    doors: Mapping[Any, int] = {}

    @property
    def odds(self) -> float:
        """Before anything is known: one in five is on the list already, and then he is one of all."""
        return log2(0.2 / max(self.people, FEWEST))

    def rare(self, counts: Mapping[str, int], value: str) -> float:
        """How often two people agree on that by chance: as many as have it beside these two, or too few to tell."""
        others = max(counts.get(value, 2) - 2, 0)
        return max(others / max(self.people, FEWEST // 10), 2 / max(self.people, FEWEST))


FEWEST = 20_000  # a short list is a part of a town, not the town

# --- the weights -----------------------------------------------------------------------------------------------------
# m: how often two entries about one person agree so. Assumed, not measured: of 100 entries 5 have another character of
# the same sound, 3 a wrong digit, 10 an old door, 30 no number, 20 a relative's telephone. What people decide in the
# work list is where better figures will come from.

_M_NAME, _M_SOUND = 0.9, 0.06
_M_BORN = 0.93
_M_PHONE, _M_DOOR = 0.6, 0.8
_PHONE_MOST, _DOOR, _HOME_MOST = 9.0, 8.0, 12.0  # a family shares both, so neither says more than that
_NAMESAKE_DOOR = 12.0  # no family calls two of its own alike
_OWN_PHONE = 2.0  # nobody else has it
_BITS: Mapping[Why, float] = {
    Why.NUMBER_SAME: 27.0,  # the pool of order numbers: two people never have one (GB 11643), a mistype seldom hits one
    Why.NUMBER_SLIPPED: 13.0,
    Why.NUMBER_NEAR: 1.0,
    Why.NUMBER_OTHER: -1.5,  # a passport is renewed, a permit replaced
    Why.NUMBER_TWO_LIVES: -14.0,
    Why.NAME_PART: 6.0,
    Why.NAME_CLOSE: 1.0,  # a generation shares a character, so do twins
    Why.NAME_NOT_YET: 0.0,
    Why.NAME_OTHER: -7.0,
    Why.BORN_SLIPPED: 2.0,
    Why.BORN_SAME_YEAR: 5.5,
    Why.BORN_WEEKS_APART: -2.0,
    Why.BORN_OTHER: -8.0,
    Why.SEX_OTHER: -6.0,
    Why.PHONE_OTHER: -1.3,
    Why.DOOR_OTHER: -2.0,
    Why.DOOR_SAME: _DOOR,
}
_SAME_SEX = 0.9
_NEVER = -20.0  # what no other agreement makes up for
_NO_NUMBER = 3  # what more people than that give as their number (无, 0) is none
_A_DOCUMENT_SAYS_SO = frozenset({Papers.SAME, Papers.SLIPPED})
_NOBODY = Likeness(_NEVER, ())


def compare(one: Someone, other: Someone, crowd: Crowd, opens: Opens | None = None) -> Likeness:
    """How alike two people are, and why."""
    if one.number != other.number and not _worth_a_look(one, other):
        return _NOBODY
    papers = _papers(one, other, crowd, None)
    likeness = _weigh(one, other, papers, crowd)
    could_be_near = papers is Papers.OTHER and opens is not None
    if could_be_near and likeness.score + _BITS[Why.NUMBER_SLIPPED] - _BITS[Why.NUMBER_OTHER] > -_NEVER / 4:
        likeness = _weigh(one, other, _papers(one, other, crowd, opens), crowd)
    return likeness


def _worth_a_look(one: Someone, other: Someone) -> bool:
    """Of the pairs that share a door or a birthday most have other names and no numbers that could be one."""
    if one.sound == other.sound or not one.sound or not other.sound:
        return True
    if one.number and other.number and one.born_on and other.born_on:
        return one.born_on == other.born_on or _near_birthday(one.born_on, other.born_on) is Why.BORN_SLIPPED
    return has_parts(one.name) or has_parts(other.name)


def _papers(one: Someone, other: Someone, crowd: Crowd, opens: Opens | None) -> Papers:
    if not one.number or not other.number or crowd.numbers.get(one.number, 0) > _NO_NUMBER:
        return Papers.UNKNOWN
    if one.number == other.number:
        return Papers.SAME
    if opens is not None:
        return compare_numbers(opens(one), opens(other), one.kind, other.kind)
    if isinstance(one.number, str) and isinstance(other.number, str):
        return compare_numbers(one.number, other.number, one.kind, other.kind)
    return Papers.OTHER


def _weigh(one: Someone, other: Someone, papers: Papers, crowd: Crowd) -> Likeness:
    name = _name(one, other, crowd)
    born = _born(one.born_on, other.born_on, crowd)
    reasons = [name, born, _number(papers, born), _sex(one, other), *_home(one, other, name.why, crowd)]
    score = crowd.odds + sum(reason.bits for reason in reasons if reason)
    score = min(score, _most(name.why, born, papers, one, other))
    said = [reason for reason in reasons if reason and reason.why is not None]
    return Likeness(round(score, 1), tuple(sorted(said, key=lambda reason: -abs(reason.bits))))


def _most(name: Why, born: Reason | None, papers: Papers, one: Someone, other: Someone) -> float:
    """What no sum of small agreements may exceed."""
    alike = name in (Why.NAME_SAME, Why.NAME_SOUNDS_SAME, Why.NAME_PART)
    if papers is Papers.SAME and name is Why.NAME_OTHER:
        return PERHAPS  # one number on two names: a slip of an office, or of a family; a person looks
    if papers in _A_DOCUMENT_SAYS_SO:
        return 99.0
    if name is Why.NAME_NOT_YET:
        return _NEVER if one.sound == other.sound or not _same_home(one, other) else 99.0
    if not alike:
        return _NEVER  # twins, brothers, father and son
    if papers is Papers.TWO_LIVES and name is not Why.NAME_SAME:
        return _NEVER  # twins whose names sound alike
    if papers is Papers.TWO_LIVES and not (_same_home(one, other) and born and born.why is Why.BORN_SAME):
        return PERHAPS
    return 99.0


# --- names -----------------------------------------------------------------------------------------------------------


def _name(one: Someone, other: Someone, crowd: Crowd) -> Reason:
    if not one.sound or not other.sound:
        return Reason(Why.NAME_NOT_YET, 0.0)
    if one.key == other.key:
        return Reason(Why.NAME_SAME, log2(_M_NAME / crowd.rare(crowd.names, one.key)))
    if one.sound == other.sound:
        return Reason(Why.NAME_SOUNDS_SAME, log2(_M_SOUND / crowd.rare(crowd.sounds, one.sound)))
    why = _near_name(one, other)
    return Reason(why, _BITS[why])


def _near_name(one: Someone, other: Someone) -> Why:
    parts, others = _parts(one.name), _parts(other.name)
    if len(parts) + len(others) > 2 and (parts <= others or others <= parts):
        return Why.NAME_PART  # 阿卜杜拉·买买提 and 阿卜杜拉, John Smith and Smith John
    if len(one.key) == len(other.key) >= 3 and sum(a != b for a, b in zip(one.key, other.key, strict=True)) == 1:
        return Why.NAME_CLOSE
    return Why.NAME_OTHER


def has_parts(name: str) -> bool:
    """阿卜杜拉·买买提, John Smith."""
    return "·" in name or " " in name


@lru_cache(maxsize=65_536)
def _parts(name: str) -> frozenset[str]:
    return frozenset(filter(None, map(rules.name_key, name.replace("·", " ").split())))


# --- birthdays, documents, sex ---------------------------------------------------------------------------------------


def _born(one: str, other: str, crowd: Crowd) -> Reason | None:
    if not one or not other:
        return None
    if one == other and len(one) == 10:
        return Reason(Why.BORN_SAME, log2(_M_BORN / max(crowd.rare(crowd.birthdays, one), 1 / 25_000)))
    why = _near_birthday(one, other)
    return Reason(why, _BITS[why])


def _near_birthday(one: str, other: str) -> Why:
    if len(one) < 10 or len(other) < 10:  # only a year, or a month
        return Why.BORN_SAME_YEAR if one.startswith(other) or other.startswith(one) else Why.BORN_OTHER
    if sum(a != b for a, b in zip(one, other, strict=True)) == 1 or (one[:4] == other[:4] and _exchanged(one, other)):
        return Why.BORN_SLIPPED
    return Why.BORN_WEEKS_APART if 18 <= _days_apart(one, other) <= 52 else Why.BORN_OTHER


def _exchanged(one: str, other: str) -> bool:
    """Month and day, or two neighbouring digits?"""
    if (one[5:7], one[8:]) == (other[8:], other[5:7]):
        return True
    return sorted(one) == sorted(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 2


@lru_cache(maxsize=65_536)
def _days_apart(one: str, other: str) -> int:
    try:
        return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)
    except ValueError:
        return 0


def _number(papers: Papers, born: Reason | None) -> Reason | None:
    if papers is Papers.UNKNOWN:
        return None
    why = Why(f"number_{papers.value}")
    bits = _BITS[why]
    if papers is Papers.SAME and born and born.why is Why.BORN_SAME:
        bits -= born.bits  # the birthday stands in the number, and says nothing more
    if papers is Papers.NEAR and born and born.why is Why.BORN_SLIPPED:
        bits += 4  # the digit that slipped is one of the birthday's: no twins
    return Reason(why, bits)


def _sex(one: Someone, other: Someone) -> Reason | None:
    if not one.sex or not other.sex:
        return None
    return Reason(None, _SAME_SEX) if one.sex == other.sex else Reason(Why.SEX_OTHER, _BITS[Why.SEX_OTHER])  # type: ignore[arg-type]


# --- what a family shares --------------------------------------------------------------------------------------------


def _home(one: Someone, other: Someone, name: Why, crowd: Crowd) -> Iterator[Reason]:
    door = _door(one, other, name, crowd)
    if door:
        yield door
    if one.phone and other.phone:
        if one.phone != other.phone:
            yield Reason(Why.PHONE_OTHER, _BITS[Why.PHONE_OTHER])
        else:
            most = _HOME_MOST - _DOOR if door and door.why is Why.DOOR_SAME else _PHONE_MOST
            holders = crowd.phones.get(one.phone, 2)
            own = _OWN_PHONE if holders <= 2 else 0.0
            yield Reason(Why.PHONE_SAME, min(most, log2(_M_PHONE * max(crowd.people, FEWEST) / holders)) + own)


def _door(one: Someone, other: Someone, name: Why, crowd: Crowd) -> Reason | None:
    if _same_home(one, other):
        most = _NAMESAKE_DOOR if name is Why.NAME_SAME else _DOOR
        behind = crowd.doors.get(one.door, 2)  # many, where every estate has a 402 and its name is left out
        return Reason(Why.DOOR_SAME, min(most, log2(_M_DOOR * max(crowd.people, FEWEST) / behind)))
    if one.door is None or other.door is None:
        return None
    return Reason(Why.DOOR_OTHER, _BITS[Why.DOOR_OTHER])


def _same_home(one: Someone, other: Someone) -> bool:
    return bool((one.home and one.home == other.home) or (one.door and one.door == other.door))


# --- which pairs to look at ------------------------------------------------------------------------------------------

Block = tuple[str, Any]
_LARGEST_BLOCK = 400  # 1 January, 王伟 and a hostel's telephone hold more: there two agreements are needed


def blocks_of(one: Someone) -> Iterator[Block]:
    """Under what somebody is looked for; two people who share none of it are never compared."""
    if one.number:
        yield "number", one.number
    if one.phone:
        yield "phone", one.phone
    if one.home:
        yield "home", one.home
    if one.door:
        yield "door", one.door
    if one.sound:
        yield "sound", one.sound
        if one.born_on:
            yield "sound and year", (one.sound, one.born_on[:4])
            yield "sound and day", (one.sound, one.born_on[5:])
    if len(one.born_on) == 10:
        yield "born", (one.born_on, one.name[:1])
    for part in _parts(one.name) if has_parts(one.name) else ():
        yield "part", part


def find(
    newcomers: Sequence[Someone],
    known: Iterable[Someone],
    crowd: Crowd,
    *,
    opens: Opens | None = None,
    least: float = LIKELY,
) -> list[Pair]:
    """Those of the newcomers who are probably among the known, or stand twice among the newcomers, likeliest first."""
    everybody: dict[Hashable, Someone] = {one.id: one for one in known}
    everybody.update((one.id, one) for one in newcomers)
    blocks: dict[Block, list[Someone]] = defaultdict(list)
    wanted = {block for one in newcomers for block in blocks_of(one)}
    for someone in everybody.values():
        for block in blocks_of(someone):
            if block in wanted:
                blocks[block].append(someone)
    place = {one.id: n for n, one in enumerate(newcomers)}
    pairs = []
    for n, one in enumerate(newcomers):
        for other in _candidates(one, blocks):
            if place.get(other.id, n + 1) > n:  # two newcomers are compared once
                likeness = compare(one, other, crowd, opens)
                if likeness.score >= PERHAPS:
                    pairs.append(Pair(one, other, likeness))
    return sorted(
        (pair for pair in _without_rivals(pairs, crowd, opens) if pair.likeness.score >= least),
        key=lambda pair: (-pair.likeness.score, str(pair.one.id), str(pair.other.id)),
    )


def _candidates(one: Someone, blocks: Mapping[Block, Sequence[Someone]]) -> Iterable[Someone]:
    found: dict[Hashable, Someone] = {}
    for block in blocks_of(one):
        there = blocks[block]
        if len(there) <= _LARGEST_BLOCK:
            found.update((other.id, other) for other in there)
    found.pop(one.id, None)
    return found.values()


def _without_rivals(pairs: Sequence[Pair], crowd: Crowd, opens: Opens | None) -> Iterator[Pair]:
    """Who fits two that are surely two is at most one of them; unless one fits much better, a person looks."""
    rivals: dict[Hashable, list[Pair]] = defaultdict(list)
    for pair in pairs:
        rivals[pair.one.id].append(pair)
        rivals[pair.other.id].append(pair)
    for pair in pairs:
        doubtful = any(
            _rival(pair, another, mine, crowd, opens)
            for mine in (pair.one, pair.other)
            for another in rivals[mine.id]
            if another is not pair and another.likeness.score > pair.likeness.score - _MUCH_BETTER
        )
        if doubtful:
            reasons = (Reason(Why.TWO_FIT, 0.0), *pair.likeness.reasons)
            pair = pair._replace(likeness=Likeness(min(PERHAPS, pair.likeness.score), reasons))
        yield pair


_MUCH_BETTER = 5.0
_SURELY_TWO = -3.0


def _rival(pair: Pair, another: Pair, mine: Someone, crowd: Crowd, opens: Opens | None) -> bool:
    theirs = pair.other if pair.one is mine else pair.one
    third = another.other if another.one is mine else another.one
    return compare(theirs, third, crowd, opens).score < _SURELY_TWO


# --- plain rows ------------------------------------------------------------------------------------------------------

_CALLED: Mapping[str, Sequence[str]] = {
    "id": ("id", "row", "key"),
    "name": ("name",),
    "number": ("document", "id_number", "number", "document_number"),
    "kind": ("document_kind", "kind"),
    "born_on": ("born_on", "birth_date", "birth date", "birthdate", "birthday", "born"),
    "sex": ("sex", "gender"),
    "phone": ("phone", "telephone", "mobile"),
    "door": ("door", "address"),
    "home": ("household", "home"),
}
_SEXES = {"男": "male", "女": "female", "m": "male", "f": "female", "1": "male", "2": "female"}


def plain(row: Mapping[str, Any], *, on: date) -> Someone:
    """A row of a file or a test as somebody to compare. What the number says is taken where the row says nothing."""
    said = {
        field: next((text for name in names if (text := _text(row.get(name)))), "") for field, names in _CALLED.items()
    }
    number = compared(said["number"]) if any(c.isdigit() for c in said["number"]) else ""
    kind = DocumentKind(said["kind"]) if said["kind"] in set(DocumentKind) else kind_of(number)
    read = rules.read_identity(number, kind, on=on) if number else None
    born_on = _day(said["born_on"]) or (read.born_on.isoformat() if read and read.born_on else "")
    name = rules.clean_name(said["name"])
    sex = said["sex"].lower()
    return Someone(
        id=row.get("id", said["id"]) or id(row),
        name=name,
        key=rules.name_key(name),
        sound="" if is_unnamed(name) else "".join(sounds(name)),
        born_on=born_on,
        sex=_SEXES.get(sex, sex) or (read.sex.value if read and read.sex else ""),
        number=number,
        kind=kind,
        phone=rules.usual_phone(said["phone"]),
        home=said["home"] or None,
        door=_door_key(said["door"]) or said["home"] or None,
    )


def _text(value: Any) -> str:
    return "" if value is None else rules.plain(str(value))


def _day(text: str) -> str:
    """1990-03-07, also where it was written 19900307, 1990/3/7 or 1990年3月7日."""
    numbers = re.findall(r"\d+", text)
    if len(numbers) == 1 and len(numbers[0]) == 8:
        numbers = [numbers[0][:4], numbers[0][4:6], numbers[0][6:]]
    if len(numbers) >= 3 and len(numbers[0]) == 4:
        return f"{numbers[0]}-{numbers[1]:0>2}-{numbers[2]:0>2}"[:10]
    return text[:10]


def _door_key(text: str) -> str:
    door = rules.read_door(text) if text else None
    return door.key if door else text


def crowd_of(people: Iterable[Someone]) -> Crowd:
    """The counts of a list that is at hand as a whole."""
    counts: tuple[dict[Any, int], ...] = tuple(defaultdict(int) for _ in range(6))
    total = 0
    for one in people:
        total += 1
        said = (one.key, one.sound, one.born_on, one.phone, one.number, one.door)
        for count, value in zip(counts, said, strict=True):
            if value:
                count[value] += 1
    return Crowd(total, *counts)


def suggest(
    rows: Iterable[Mapping[str, Any]],
    among: Iterable[Mapping[str, Any]] = (),
    *,
    on: date,
    least: float = LIKELY,
) -> list[tuple[Any, Any, Likeness]]:
    """Who of these rows is the same person, as (id, id, likeness): among themselves, and among those others."""
    newcomers = [plain(row, on=on) for row in rows]
    known = [plain(row, on=on) for row in among]
    crowd = crowd_of([*newcomers, *known])
    return [(pair.one.id, pair.other.id, pair.likeness) for pair in find(newcomers, known, crowd, least=least)]
