"""The examination for whatever says "these two rows are the same person": two lists, and the truth about them.

python -m tests.bench.labelled_people SEED [--existing 20000] [--arriving 5000]     shows the lists and counts the kinds

A register as it stands, and a second office's file of the same town, typed by other hands, partly of other people.
`labelled(seed, …)` makes both, `score(pairs, truth)` marks an answer. There is no usual seed: it is chosen when the
matcher is finished. Whoever writes a matcher does not read this file, whoever edits this file does not read a matcher.

Asked: precision ≥ 0.98 at recall ≥ 0.90.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from random import Random
from typing import NamedTuple

import msgspec
from msgspec.structs import astuple, replace
from pypinyin import lazy_pinyin

from lianfang.ground.registry.terms import DocumentKind, Relation, Sex
from tests.bench.labelled_town import FASHIONS, SURNAMES, Door, Home, Human, all_doors, homes, other_sex

PRECISION_ASKED, RECALL_ASKED = 0.98, 0.90


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """How much of everything. What stands under "asked" was ordered so; the rest is assumed by us."""

    # Asked.
    homophone: float = 0.05  # of the arriving rows: one character of the name typed as another of the same sound
    swapped: float = 0.03  # of the arriving identity numbers: two neighbouring digits changed places
    no_document: float = 0.30  # of the rows of either list, each drawn by itself: half the pairs share no number
    family_phone: float = 0.20  # of the rows, in either list, of people who live with others: one of theirs

    # Asked: 10 % of the arriving rows have another door than in the register. Assumed: they are made up of these.
    household_moved: float = 0.06  # all together
    left_home: float = 0.04  # of the others living with somebody: alone, to a door of their own
    married_out: float = 0.40  # of daughters of 21 to 40 who still live there: into the household of the husband

    # Assumed: how the lists were written.
    fifteen_registered: float = 0.02  # of the numbers of people born before 1999, in the register
    fifteen_arriving: float = 0.06  # the same, in the file
    no_phone: float = 0.10  # of the arriving rows; half as many in the register
    old_phone: float = 0.10  # of the arriving rows of people with a telephone: the number before
    year_only: float = 0.25  # of the hands: only the year of birth
    no_birth_date: float = 0.20  # of the hands: none
    no_birth_date_registered: float = 0.25  # of the rows without a number in the register
    another_birthday: float = 0.03  # of the arriving dates of birth: a date of the old calendar, or two parts mistaken
    another_sex: float = 0.005  # of the arriving rows: mistyped
    full_width: float = 0.12  # of the hands: digits as wide as characters
    spaced: float = 0.12  # of the hands: 张 伟, as wide as a name of three

    # Assumed: who stands in which list.
    unregistered: float = 0.04  # of those living with somebody in the register
    unregistered_twin: float = 0.25  # of twins: the one is in the register, the other is not
    from_known_homes: float = 0.70  # of the arriving rows; the others live where the register knows nobody
    listed: float = 0.92  # of the people of a home that is in the file
    look_alike: float = 0.30  # of grown-up newcomers: name, sex, year of birth of somebody registered elsewhere


ASKED = Shares()


class Row(msgspec.Struct, frozen=True):
    """One line of a list, as it was written there."""

    key: str  # of the row in its list
    name: str
    sex: Sex
    document: DocumentKind
    number: str
    born: str  # 1987-03-02, 1987, or nothing
    phone: str
    door: Door
    household: str  # each list numbers them in its own way
    relation: Relation


class Kind(StrEnum):
    """What is particular about an arriving row. Most have nothing, many have several."""

    PLAIN = "nothing particular"
    HOMOPHONE = "homophone in the name"
    SWAPPED = "two digits of the number swapped"
    NO_DOCUMENT = "no number"
    NO_DOCUMENT_REGISTERED = "no number in the register"
    FIFTEEN = "number of 15 digits"
    FAMILY_PHONE = "telephone of the family"
    OLD_PHONE = "old telephone"
    NO_PHONE = "no telephone"
    YEAR_ONLY = "only the year of birth"
    NO_BIRTH_DATE = "no date of birth"
    NO_BIRTH_DATE_REGISTERED = "no date of birth in the register"
    ANOTHER_BIRTHDAY = "another birthday"
    ANOTHER_SEX = "another sex"
    MOVED = "moved"
    MARRIED_OUT = "in the husband's household"
    FULL_WIDTH = "full-width digits"
    SPACED = "space in the name"
    TWIN = "twin"
    UNNAMED = "未取名 in one list or both"
    FOREIGNER = "name with ·"
    RELATIVE = "nobody: lives with registered people"
    LOOK_ALIKE = "nobody: name and year of somebody else"
    NEWCOMER = "nobody: new in town"


NOBODIES = frozenset({Kind.RELATIVE, Kind.LOOK_ALIKE, Kind.NEWCOMER})


class Truth(msgspec.Struct, frozen=True):
    """Who is who."""

    same: dict[str, str | None]  # key of an arriving row → key of the registered row of the same person, or nobody
    kinds: dict[str, frozenset[Kind]]  # of every arriving row
    who: dict[str, Human]  # behind every row of both lists


class Labelled(msgspec.Struct, frozen=True):
    """What a matcher is given, and what it is not."""

    existing: list[Row]
    arriving: list[Row]
    truth: Truth


class _Written(NamedTuple):
    row: Row
    human: Human
    kinds: frozenset[Kind]


def labelled(seed: int, *, existing: int = 20_000, arriving: int = 5_000, shares: Shares = ASKED) -> Labelled:
    """A register of so many people and a file of so many rows; the same seed gives the same."""
    draw = Random(f"{seed}/{existing}/{arriving}")
    doors = all_doors((existing + arriving) // 2 + 50)
    draw.shuffle(doors)
    town = homes(draw, doors)
    known, registered = _who_is_registered(draw, town, existing, shares)
    clerk, registrar = _Clerk(draw, shares, known, doors), _Registrar(draw, shares)
    register = _in_order("E", [registrar.write(human, home) for home, human in registered])
    seen = _who_is_in_the_file(draw, town, known, registered, arriving, shares)
    file = _in_order("A", [clerk.write(human, home, what) for home, human, what in seen])
    return Labelled([each.row for each in register], [each.row for each in file], _truth(register, file))


def _in_order(letter: str, written: Iterable[_Written]) -> list[_Written]:
    """From door to door, as lists are, and numbered so: a key tells nothing."""
    ordered = sorted(written, key=lambda each: (each.row.door, each.row.household, each.human.born_on))
    return [each._replace(row=replace(each.row, key=f"{letter}{n:06d}")) for n, each in enumerate(ordered, 1)]


def _truth(register: Sequence[_Written], file: Sequence[_Written]) -> Truth:
    here = {each.human.id: each for each in register}
    same, kinds = {}, {}
    for row, human, own in file:
        known = here.get(human.id)
        theirs = known.kinds if known else frozenset()
        same[row.key] = known.row.key if known else None
        kinds[row.key] = own | theirs or frozenset({Kind.PLAIN})
    return Truth(same, kinds, {each.row.key: each.human for each in (*register, *file)})


# --- who stands in which list ----------------------------------------------------------------------------------------

_Lodged = tuple[Home, Human]


def _who_is_registered(
    draw: Random, town: Iterator[Home], most: int, shares: Shares
) -> tuple[list[Home], list[_Lodged]]:
    """Homes one after the other, until there are exactly so many; here and there somebody was forgotten."""
    known: list[Home] = []
    found: list[_Lodged] = []
    while len(found) < most:
        known.append(home := next(town))
        found += [(home, human) for human in home.people if not _is_forgotten(draw, human, home, shares)]
    return known, found[:most]


def _is_forgotten(draw: Random, human: Human, home: Home, shares: Shares) -> bool:
    if human.is_twin and human is next(each for each in home.people if each.is_twin):
        return draw.random() < shares.unregistered_twin
    return human.relation is not Relation.HEAD and draw.random() < shares.unregistered


_Seen = tuple[Home, Human, Kind | None]


def _who_is_in_the_file(
    draw: Random, town: Iterator[Home], known: Sequence[Home], registered: Sequence[_Lodged], rows: int, shares: Shares
) -> list[_Seen]:
    """Homes that the register knows, in any order, then homes that it does not."""
    here = {human.id for _, human in registered}
    namesakes = _Namesakes(registered)
    found: list[_Seen] = []
    for home in draw.sample(known, len(known)):
        if len(found) >= rows * shares.from_known_homes:
            break
        listed = [human for human in home.people if draw.random() < shares.listed]
        found += [(home, human, None if human.id in here else Kind.RELATIVE) for human in listed]
    while len(found) < rows:
        home = next(town)
        found += [(home, *namesakes.perhaps(draw, human, home, shares)) for human in home.people]
    return found[:rows]


class _Namesakes:
    """Gives a newcomer the name of somebody registered in another building, born the same year on another day."""

    _FREE = frozenset({Relation.HEAD, Relation.SPOUSE, Relation.FLATMATE, Relation.CHILD_IN_LAW})

    def __init__(self, registered: Sequence[_Lodged]) -> None:
        self._born: defaultdict[tuple[Sex, int], list[_Lodged]] = defaultdict(list)
        for home, human in registered:
            if human.document is DocumentKind.IDENTITY_CARD:
                self._born[human.sex, human.born_on.year].append((home, human))

    def perhaps(self, draw: Random, human: Human, home: Home, shares: Shares) -> tuple[Human, Kind]:
        others = self._born[human.sex, human.born_on.year]
        is_free = human.relation in self._FREE and human.document is DocumentKind.IDENTITY_CARD
        if not (others and is_free and draw.random() < shares.look_alike):
            return human, Kind.NEWCOMER
        where, other = draw.choice(others)
        if where.door.building == home.door.building or other.born_on == human.born_on:
            return human, Kind.NEWCOMER
        return replace(human, name=other.name), Kind.LOOK_ALIKE


# --- how the lists were written --------------------------------------------------------------------------------------


class _Registrar:
    """Writes the register: carefully, but what nobody said is not there."""

    def __init__(self, draw: Random, shares: Shares) -> None:
        self._draw, self._shares = draw, shares

    def write(self, human: Human, home: Home) -> _Written:
        draw, shares, kinds = self._draw, self._shares, set[Kind]()
        document, number = _document(draw, human, shares.no_document)
        if not number:
            kinds.add(Kind.NO_DOCUMENT_REGISTERED)
        if human.has_no_name_yet:
            kinds.add(Kind.UNNAMED)
        phone = "" if draw.random() < shares.no_phone / 2 else human.phone
        born = human.born_on.isoformat()
        if not number and draw.random() < shares.no_birth_date_registered:
            kinds.add(Kind.NO_BIRTH_DATE_REGISTERED)
            born = ""
        row = Row(
            key="",
            name="未取名" if human.has_no_name_yet else human.name,
            sex=human.sex,
            document=document,
            number=_perhaps_old(draw, human, number, shares.fifteen_registered),
            born=born,
            phone=_of_the_family(draw, human, home, shares) or phone,
            door=home.door,
            household=f"H{home.number:05d}",
            relation=human.relation,
        )
        return _Written(row, human, frozenset(kinds))


class _Hand(NamedTuple):
    """How somebody writes who went through one building."""

    born: Kind | None
    wide: bool
    spaced: bool
    door: tuple[str, str]  # words for building and room


def _a_hand(draw: Random, shares: Shares) -> _Hand:
    habits = (Kind.NO_BIRTH_DATE, Kind.YEAR_ONLY, None)
    often = (shares.no_birth_date, shares.year_only, 1 - shares.no_birth_date - shares.year_only)
    return _Hand(
        born=draw.choices(habits, often)[0],
        wide=draw.random() < shares.full_width,
        spaced=draw.random() < shares.spaced,
        door=draw.choice((("幢", ""), ("号楼", "室"), ("栋", "室"))),
    )


class _Place(NamedTuple):
    door: Door
    household: str
    relation: Relation
    kinds: tuple[Kind, ...] = ()


class _Clerk:
    """Writes the second office's file: another hand in every building, and people as they are by now."""

    def __init__(self, draw: Random, shares: Shares, known: Sequence[Home], doors: Sequence[Door]) -> None:
        self._draw, self._shares, self._known, self._doors = draw, shares, known, doors
        self._hands: dict[str, _Hand] = {}
        self._moved_to: dict[int, Door | None] = {}
        self._alone = 0

    def write(self, human: Human, home: Home, what: Kind | None) -> _Written:
        stays = _Place(home.door, _home(home), human.relation)
        place = self._place(human, home) if what in (None, Kind.RELATIVE) else stays
        hand = self._hand(place.door.building)
        kinds = {*place.kinds, *([what] if what else []), *([Kind.TWIN] if human.is_twin else [])}
        document, number = self._document(human, kinds)
        row = Row(
            key="",
            name=self._name(human, hand, kinds),
            sex=self._sex(human, kinds),
            document=document,
            number=_wide(number, hand),
            born=self._born(human, hand, kinds),
            phone=_wide(self._phone(human, home, kinds), hand),
            door=_door(place.door, hand),
            household=place.household,
            relation=place.relation,
        )
        if hand.wide:
            kinds.add(Kind.FULL_WIDTH)
        return _Written(row, human, frozenset(kinds))

    def _hand(self, building: str) -> _Hand:
        if building not in self._hands:
            self._hands[building] = _a_hand(self._draw, self._shares)
        return self._hands[building]

    def _place(self, human: Human, home: Home) -> _Place:
        """Where somebody lives by now: where the register has them, elsewhere with the others, or gone alone."""
        draw, shares = self._draw, self._shares
        if home.number not in self._moved_to:
            away = draw.random() < shares.household_moved
            self._moved_to[home.number] = self._another_door(home) if away else None
        husbands = draw.choice(self._known)
        if husbands is not home and _may_have_married(human) and draw.random() < shares.married_out:
            return _Place(husbands.door, _home(husbands), Relation.CHILD_IN_LAW, (Kind.MOVED, Kind.MARRIED_OUT))
        if human.relation is not Relation.HEAD and draw.random() < shares.left_home:
            self._alone += 1
            return _Place(self._another_door(home), f"F8{self._alone:05d}", Relation.HEAD, (Kind.MOVED,))
        if door := self._moved_to[home.number]:
            return _Place(door, _home(home), human.relation, (Kind.MOVED,))
        return _Place(home.door, _home(home), human.relation)

    def _another_door(self, home: Home) -> Door:
        """Empty or not: where the register still has others, tenants change."""
        return next(door for door in iter(lambda: self._draw.choice(self._doors), None) if door != home.door)

    def _document(self, human: Human, kinds: set[Kind]) -> tuple[DocumentKind, str]:
        draw, shares = self._draw, self._shares
        document, number = _document(draw, human, shares.no_document)
        if document is not DocumentKind.IDENTITY_CARD:
            kinds.update([Kind.NO_DOCUMENT] if not number else [])
            return document, number
        given, number = number, _perhaps_old(draw, human, number, shares.fifteen_arriving)
        if number != given:
            kinds.add(Kind.FIFTEEN)
        if draw.random() < shares.swapped:
            kinds.add(Kind.SWAPPED)
            number = swapped(draw, number)
        return document, number

    def _name(self, human: Human, hand: _Hand, kinds: set[Kind]) -> str:
        draw = self._draw
        if human.has_no_name_yet:
            kinds.add(Kind.UNNAMED)
            if draw.random() < 0.5:
                return "未取名"
        if "·" in human.name:
            kinds.add(Kind.FOREIGNER)
            return human.name.replace("·", draw.choice("·•．"))
        name = human.name
        if draw.random() < self._shares.homophone:
            name = homophone(draw, name)
            kinds.update([Kind.HOMOPHONE] if name != human.name else [])
        if hand.spaced and len(name) == 2:
            kinds.add(Kind.SPACED)
            name = draw.choice(" \u3000").join(name)
        return name

    def _sex(self, human: Human, kinds: set[Kind]) -> Sex:
        if self._draw.random() >= self._shares.another_sex:
            return human.sex
        kinds.add(Kind.ANOTHER_SEX)
        return other_sex(human.sex)

    def _born(self, human: Human, hand: _Hand, kinds: set[Kind]) -> str:
        if hand.born is not None:
            kinds.add(hand.born)
            return str(human.born_on.year) if hand.born is Kind.YEAR_ONLY else ""
        if self._draw.random() >= self._shares.another_birthday:
            return human.born_on.isoformat()
        kinds.add(Kind.ANOTHER_BIRTHDAY)
        return _another_day(self._draw, human.born_on).isoformat()

    def _phone(self, human: Human, home: Home, kinds: set[Kind]) -> str:
        draw, shares = self._draw, self._shares
        if family := _of_the_family(draw, human, home, shares):
            kinds.add(Kind.FAMILY_PHONE)
            return family
        which = draw.random()
        if not human.phone or which < shares.no_phone:
            kinds.add(Kind.NO_PHONE)
            return ""
        if which < shares.no_phone + shares.old_phone:
            kinds.add(Kind.OLD_PHONE)
            return human.old_phone
        return human.phone


def _home(home: Home) -> str:
    """The second office numbers households otherwise."""
    return f"F{home.number * 7919 % 100_003:06d}"


def _may_have_married(human: Human) -> bool:
    return human.relation is Relation.CHILD and human.sex is Sex.FEMALE and 1985 <= human.born_on.year <= 2004


def _document(draw: Random, human: Human, none: float) -> tuple[DocumentKind, str]:
    return (DocumentKind.NONE, "") if draw.random() < none else (human.document, human.number)


def _perhaps_old(draw: Random, human: Human, number: str, share: float) -> str:
    """The number as it was before 1999: without the century and without check digit."""
    if len(number) != 18 or human.born_on.year >= 1999 or draw.random() >= share:
        return number
    return number[:6] + number[8:17]


def swapped(draw: Random, number: str) -> str:
    """Two neighbouring digits, different ones, in each other's place."""
    places = [n for n in range(len(number) - 1) if number[n] != number[n + 1] and number[n : n + 2].isdecimal()]
    at = draw.choice(places)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def _of_the_family(draw: Random, human: Human, home: Home, shares: Shares) -> str:
    """Another one's telephone, now and then."""
    theirs = [other.phone for other in home.people if other.phone and other.id != human.id]
    return draw.choice(theirs) if theirs and draw.random() < shares.family_phone else ""


def _another_day(draw: Random, day: date) -> date:
    """As somebody says it who counts by the moon, or as it looks with a digit mistaken; in the same year."""
    other = day - timedelta(days=draw.choice((19, 29, 30, 41, 48, 1, 2, 10)))
    return other if other.year == day.year else day + timedelta(days=10)


_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def _wide(text: str, hand: _Hand) -> str:
    return text.translate(_WIDE) if hand.wide else text


def _door(door: Door, hand: _Hand) -> Door:
    building, room = hand.door
    return Door(*(_wide(text, hand) for text in (door.building[:-1] + building, door.entrance, door.room + room)))


# --- what sounds alike -----------------------------------------------------------------------------------------------

_IN_NAMES = {
    sign for each in FASHIONS.values() for fashion in each for text in fashion[1:] for word in text for sign in word
}
_SINGLE_SURNAMES = frozenset(name for name in SURNAMES if len(name) == 1)
_LEVEL_ONE = {bytes([row, cell]).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFA)}


@cache
def sound(sign: str) -> str:
    """Without its tone, as one types it."""
    return lazy_pinyin(sign)[0]


@cache
def _by_sound(signs: frozenset[str]) -> dict[str, list[str]]:
    found = defaultdict(list)
    for sign in sorted(signs):
        found[sound(sign)].append(sign)
    return found


def homophone(draw: Random, name: str) -> str:
    """One character taken for another of the same sound: what an input method offers next.

    Rather one that occurs in names, else any of the 3,755 common ones (GB 2312, level one); surnames stay surnames.
    """
    places = list(range(len(name)))
    draw.shuffle(places)
    for at in places:
        if others := _others(name[at], is_surname=at == 0):
            return name[:at] + draw.choice(others) + name[at + 1 :]
    return name


def _others(sign: str, *, is_surname: bool) -> list[str]:
    pools = [_SINGLE_SURNAMES] if is_surname else [frozenset(_IN_NAMES), frozenset(_LEVEL_ONE)]
    every = ([other for other in _by_sound(pool).get(sound(sign), []) if other != sign] for pool in pools)
    return next((others for others in every if others), [])


# --- the mark --------------------------------------------------------------------------------------------------------


class Score(msgspec.Struct, frozen=True):
    """How good an answer is, and what was difficult."""

    precision: float
    recall: float
    of_kind: dict[str, int]  # pairs there are to find; a pair counts under each of its kinds
    missed: dict[str, int]
    joined: dict[str, int]  # pairs wrongly called the same person, by what the two really are to each other

    @property
    def reached(self) -> bool:
        """Is it as asked?"""
        return self.precision >= PRECISION_ASKED and self.recall >= RECALL_ASKED

    def table(self) -> str:
        """For people to read."""
        lines = [
            f"precision {self.precision:.4f} (asked ≥ {PRECISION_ASKED}), recall {self.recall:.4f} (≥ {RECALL_ASKED})"
        ]
        lines += ["", "| pairs | missed | of | |", "|---|---|---|---|"]
        lines += [
            f"| {kind} | {self.missed.get(kind, 0)} | {count} | {self.missed.get(kind, 0) / count:.1%} |"
            for kind, count in sorted(self.of_kind.items())
        ]
        lines += ["", "| wrongly joined | |", "|---|---|"]
        return "\n".join(lines + [f"| {what} | {count} |" for what, count in sorted(self.joined.items())])


def score(pairs: Iterable[tuple[str, str]], truth: Truth) -> Score:
    """Mark an answer: (key of an arriving row, key of a registered row) for every pair said to be the same person."""
    said = set(pairs)
    true = {(row, other) for row, other in truth.same.items() if other}
    found, wrong = said & true, said - true
    return Score(
        precision=len(found) / len(said) if said else 1.0,
        recall=len(found) / len(true) if true else 1.0,
        of_kind=_count(true, truth),
        missed=_count(true - said, truth),
        joined=Counter(_relation(truth.who[row], truth.who[other]) for row, other in wrong),
    )


def _count(pairs: Iterable[tuple[str, str]], truth: Truth) -> Counter[str]:
    return Counter(str(kind) for row, _ in pairs for kind in truth.kinds[row])


def _relation(one: Human, other: Human) -> str:
    if one.household == other.household:
        return "twins" if one.born_on == other.born_on else "one household"
    if one.name == other.name:
        return "one name, one year of birth" if one.born_on.year == other.born_on.year else "one name"
    return "one sound" if [*map(sound, one.name)] == [*map(sound, other.name)] else "strangers"


def main() -> None:
    """Show it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", type=int)
    parser.add_argument("--existing", type=int, default=20_000)
    parser.add_argument("--arriving", type=int, default=5_000)
    options = parser.parse_args()
    made = labelled(options.seed, existing=options.existing, arriving=options.arriving)
    for row in (*made.existing[:12], *made.arriving[:12]):
        print(*(" ".join(value) if isinstance(value, tuple) else value or "—" for value in astuple(row)), sep=" | ")
    kinds = Counter(kind for each in made.truth.kinds.values() for kind in each)
    print(f"\n{sum(map(bool, made.truth.same.values()))} of {options.arriving} arriving rows are registered")
    for kind in Kind:
        print(f"{kinds[kind]:7} {kinds[kind] / options.arriving:6.1%}  {kind}")


if __name__ == "__main__":
    main()
