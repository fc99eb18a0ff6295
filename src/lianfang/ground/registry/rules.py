"""What is decided about the register: identity numbers, telephones, names, doors, and how edits from many hands come
together.

Pure: the same inputs give the same answer here and on a phone (`vectors.json` holds the cases both run).
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from operator import mul
from uuid import UUID

import msgspec

from lianfang.ground.registry.terms import DEMO_DIVISION, DocumentKind, Door, DwellingKind, Sex, Status

# Marks nobody sees but every comparison does: zero-width, right-to-left, byte order, soft hyphen, and control signs, of
# which one (NUL) no PostgreSQL text may hold.
_UNSEEN: dict[int, str | None] = {
    **dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, 0x00AD]),
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)]),
    **dict.fromkeys(map(ord, "\t\n\r\x0b\x0c\x85"), " "),
}
_MIDDLE_DOTS = dict.fromkeys(map(ord, "•・‧∙⋅･●．᛫"), "·")


def plain(text: str) -> str:
    """Half-width, without unseen marks, without spaces around."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return unicodedata.normalize("NFKC", text.translate(_UNSEEN)).strip()


# --- identity numbers (GB 11643-1999, ISO 7064 MOD 11-2) -------------------------------------------------------------

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_TOO_MUCH = 48 * sum(_WEIGHTS)
_CHECK_SIGNS = "10X98765432"
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_SPACES_AND_DASHES = re.compile(r"[\s\-]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
        "91",
    ]
)
HK_MACAU_TAIWAN = frozenset({"81", "82", "83"})  # of residence permits, never of a card
_CENTENARIANS = frozenset({"996", "997", "998", "999"})  # the order numbers of 15 digits meant those born before 1900
_WITH_CHECK_DIGIT = frozenset({DocumentKind.IDENTITY_CARD, DocumentKind.RESIDENCE_PERMIT})
_PATTERNS = {
    DocumentKind.HK_MACAU_PERMIT: re.compile(r"[HM]\d{8}(\d{2})?"),
    DocumentKind.TAIWAN_PERMIT: re.compile(r"\d{8}|\d{10}[A-Z]?"),
    DocumentKind.FOREIGNER_PERMIT: re.compile(r"[A-Z]{3}\d{12}|9\d{16}[\dX]"),
    DocumentKind.PASSPORT: re.compile(r"(?=.*\d)[A-Z0-9]{5,17}"),
}


class IdentityRead(msgspec.Struct, frozen=True):
    """A document number as read: in its usual form, what it says of its bearer, and what is odd about it."""

    number: str
    born_on: date | None = None
    sex: Sex | None = None
    wrong: str | None = None  # code of what makes it unusable
    odd: tuple[str, ...] = ()  # codes of what one should look at again
    written: str = ""  # as on the card, where that is not the number itself: 15 digits


def usual_number(text: str) -> str:
    """A document number as it is kept and compared: half-width capitals without spaces and dashes; x is X."""
    if _EIGHTEEN.fullmatch(text):
        return text  # nearly every number, and nothing to do
    return _SPACES_AND_DASHES.sub("", plain(text)).upper()


def check_sign(seventeen: str) -> str:
    """The eighteenth sign of an identity number."""
    # A digit's byte is 48 more than the digit, so every sum is too great by the same 48 times all weights.
    return _CHECK_SIGNS[(sum(map(mul, _WEIGHTS, seventeen.encode())) - _TOO_MUCH) % 11]


def read_identity(text: str, kind: DocumentKind, *, on: date) -> IdentityRead:
    """Read a document number. The check digit decides (GB 11643); place and date only warn, because real cards have
    both odd.

    15-digit numbers of before 1999 are still about and carry no check digit: they are brought to 18 with a word of
    caution. Permits of foreigners have 18 signs since 2023, with a check digit that only warns.
    """
    number = usual_number(text)
    if kind is DocumentKind.FOREIGNER_PERMIT and is_foreigners(number):
        odd = () if check_sign(number[:17]) == number[17] else ("registry.document_number_odd",)
        return _read_eighteen(number, on, odd=odd)
    if kind not in _WITH_CHECK_DIGIT:
        pattern = _PATTERNS.get(kind)
        odd = ("registry.document_number_odd",) if pattern and not pattern.fullmatch(number) else ()
        return IdentityRead(number, odd=odd)
    if _EIGHTEEN.fullmatch(number):
        if check_sign(number[:17]) != number[17]:
            return IdentityRead(number, wrong="registry.id_number_check_digit")
        return _read_eighteen(number, on, odd=_kind_odd(number, kind))
    if _FIFTEEN.fullmatch(number):
        long = number[:6] + century_of(number) + number[6:]
        return _read_eighteen(long + check_sign(long), on, odd=("registry.id_number_15",), written=number)
    return IdentityRead(number, wrong="registry.id_number_length")


def _read_eighteen(number: str, on: date, odd: tuple[str, ...] = (), written: str = "") -> IdentityRead:
    born_on = _day(number[6:14])
    if number[:2] not in _PROVINCES and number[:6] != DEMO_DIVISION and not is_foreigners(number):
        odd = (*odd, "registry.id_number_place")
    if born_on is None or not believable_birthday(born_on, on):
        odd = (*odd, "registry.id_number_date")
    sex = Sex.MALE if number[16] in "13579" else Sex.FEMALE
    return IdentityRead(number, born_on, sex, odd=odd, written=written)


def _kind_odd(number: str, kind: DocumentKind) -> tuple[str, ...]:
    """81, 82 and 83 stand on residence permits and on nothing else; the demo's division may stand anywhere."""
    is_permit = kind is DocumentKind.RESIDENCE_PERMIT
    if number.startswith(DEMO_DIVISION) or (number[:2] in HK_MACAU_TAIWAN) == is_permit:
        return ()
    return ("registry.document_kind_differs",)


def is_eighteen(number: str) -> bool:
    """18 signs, as cards and permits have since 1999?"""
    return bool(_EIGHTEEN.fullmatch(number))


def is_foreigners(number: str) -> bool:
    """A permit of a foreigner as issued since 2023: 9, two digits of the province, three of the nationality, then as a
    card.
    """
    return number[:1] == "9" and number[1:3] in _PROVINCES and is_eighteen(number)


def century_of(fifteen: str) -> str:
    """Which century a number of 15 digits leaves out."""
    return "18" if fifteen[12:] in _CENTENARIANS else "19"


@lru_cache(maxsize=65_536)
def _day(eight: str) -> date | None:
    try:
        return date(int(eight[:4]), int(eight[4:6]), int(eight[6:]))
    except ValueError:
        return None


@lru_cache(maxsize=65_536)
def iso_of(eight: str) -> str | None:
    """The day inside a number as it is kept; None when there is no such day."""
    day = _day(eight)
    return day.isoformat() if day else None


def believable_birthday(born_on: date, on: date) -> bool:
    """Neither to come nor longer ago than anybody lives."""
    return born_on <= on and on.year - born_on.year <= 130


@lru_cache(maxsize=65_536)
def iso(day: date) -> str:
    """A day as it is kept: there are some ten thousand birthdays and many more people."""
    return day.isoformat()


def belongs_to_nobody(number: str) -> bool:
    """Is it an identity number under the division code that was never issued? Only such people may live in a demo."""
    return number.startswith(DEMO_DIVISION)


# --- telephones ------------------------------------------------------------------------------------------------------

_MOBILE = re.compile(r"1[0-9]{10}")
_PHONE_SIGNS = re.compile(r"[\s\-()–—.]")
_LANDLINE = re.compile(r"0[0-9]{2,3}[0-9]{7,8}|[2-9][0-9]{6,7}")


def usual_phone(text: str) -> str:
    """A telephone number as it is kept, compared and dialled: digits only, without +86."""
    if _MOBILE.fullmatch(text):
        return text  # nearly every number, and nothing to do
    text = plain(text)
    digits = _PHONE_SIGNS.sub("", text)
    for prefix in ("+86", "0086"):
        digits = digits.removeprefix(prefix)
    return digits if digits.removeprefix("+").isdecimal() else text


def phone_is_odd(number: str) -> bool:
    """Neither a mobile number nor a landline, with or without its area code. It is kept all the same."""
    return not (_MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number))


# --- names -----------------------------------------------------------------------------------------------------------

LONGEST_NAME = 80
_NO_NAME_SIGNS = re.compile(r"[\d_?*#/\\<>|=+]")
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[\W_]")
_HAN_ONLY = re.compile(r"[\u4e00-\u9fff]+")
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff·])\s+|\s+(?=[\u3400-\u9fff\U00020000-\U0003ffff·])")


def clean_name(text: str) -> str:
    """A name as it is shown: unseen marks away, one kind of middle dot, no spaces inside a Chinese name, one inside
    others.
    """
    if _HAN_ONLY.fullmatch(text):
        return text  # nearly every name, and nothing to do
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = unicodedata.normalize("NFC", text.translate(_UNSEEN).translate(_MIDDLE_DOTS))
    text = "".join(unicodedata.normalize("NFKC", c) if 0xFF00 <= ord(c) <= 0xFFEF or c == "\u3000" else c for c in text)
    return _BETWEEN_HAN.sub("", " ".join(text.split()))


@lru_cache(maxsize=16_384)
def name_key(name: str) -> str:
    """A name as it is looked for: letters and digits only, in one case, full-width as half-width."""
    if _HAN_ONLY.fullmatch(name):
        return name
    return _NEITHER_LETTER_NOR_DIGIT.sub("", unicodedata.normalize("NFKC", clean_name(name)).lower())


def name_is_odd(name: str) -> bool:
    """Digits or signs in it, or longer than any name: somebody should look again."""
    return len(name) > 30 or (not name.isalpha() and bool(_NO_NAME_SIGNS.search(name)))


# --- doors -----------------------------------------------------------------------------------------------------------

_DIGITS = {
    c: n
    for n, chars in enumerate(("〇零", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for c in chars
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100}
_COUNTS = {"廿": "二十", "卅": "三十"}
_NUMERAL = "〇零一壹二贰两三叁四肆五伍六陆七柒八捌九玖十拾百佰廿卅"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_SPACE = re.compile(r"\s")
_NUMBER = re.compile(r"\d+")
_LAST_NUMBER = re.compile(r"(\d+|[A-Z](?=幢))\D*$")
_HASH_SIGNS = str.maketrans("#﹟", "号号")

_COUNT = rf"[0-9]+|[{_NUMERAL}]+"
# 12号2楼 is the second floor of a house, 2楼 by itself a building.
_BUILDING_SIGN = "(?:号楼|号幢|[幢栋棟座]|(?<!号.)(?<!号..)[楼樓])"
_BUILDING = re.compile(rf"^(?P<before>.*?)第?(?P<no>{_COUNT}|[A-Za-z][0-9]*){_BUILDING_SIGN}")
_ENTRANCE = re.compile(rf"^(?P<no>{_COUNT}|[A-Za-z]|[{_STEMS}])(?:单元|單元|门洞|梯)")
_ROOM = re.compile(rf"^(?P<no>[0-9A-Za-z]+|[{_NUMERAL}]+)(?P<sign>号室|室|号房|房|户)?(?P<after>.*)$")
_HOUSE = re.compile(
    rf"^(?P<before>.*?)(?P<no>{_COUNT})(?:[-之](?P<sub>{_COUNT}))?号(?:之(?P<sub_after>{_COUNT}))?(?P<after>.*)$"
)
_JUST_A_NUMBER = re.compile(rf"({_COUNT})号")
_FLOOR = re.compile(rf"({_COUNT})[楼层](.*)")
_BARE = re.compile(rf"({_COUNT}|[A-Za-z][0-9]*)")
_DASHED = re.compile(r"^(?P<b>\d+[A-Za-z]?)[-–—/](?:(?P<e>\d{1,2}|[A-Za-z])[-–—/])?(?P<r>\d{2,4}[A-Za-z]?)室?$")


def number_of(text: str) -> str:
    """A Chinese numeral as digits: 三 → 3, 二十一 → 21, 一百零二 → 102, 五零一 → 501, 廿三 → 23.

    Anything else stays.
    """
    if not text or any(c not in _NUMERAL for c in text):
        return text.upper().lstrip("0") or text
    for sign, long in _COUNTS.items():
        text = text.replace(sign, long)
    if not any(c in _UNITS for c in text):
        return "".join(str(_DIGITS[c]) for c in text).lstrip("0") or "0"
    total, digit = 0, 0
    for c in text:
        if c in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[c], 0
        else:
            digit = _DIGITS[c]
    return str(total + digit)


def read_door(building: str, entrance: str = "", room: str = "") -> Door | None:
    """Read a door from its three columns, or from one text holding all of it (3幢2单元402, 三幢二单元五零一, 3-2-402,
    前街12号).

    None when there is no door in it. Spellings of one door get one key: 3号楼二单元402室 and 3幢2单元402 are the
    same.
    """
    building, entrance, room = _door_text(building), _door_text(entrance), _door_text(room)
    if not entrance and not room:
        building, entrance, room = _split(building)
    elif not building and not entrance:
        building, entrance, room = _split(room)
    parts = _building(building), _entrance(entrance), _room(room)
    if not any(part.shown for part in parts):
        return None
    return _door(*parts)


_DOOR_SIGNS = re.compile(rf"[幢栋棟]|单元|[{_NUMERAL}0-9](?:号|室|弄)|[0-9]")


def reads_like_a_door(text: str) -> bool:
    """Does somebody look for a door rather than a name?

    单 and 路 are surnames, so a sign of a door needs its number.
    """
    return bool(_DOOR_SIGNS.search(text))


@lru_cache(maxsize=8192)
def _door_text(text: str) -> str:
    return _SPACE.sub("", plain(text)).translate(_HASH_SIGNS) if text else ""


def _split(text: str) -> tuple[str, str, str]:
    """One text into building, entrance and room, each as if it had stood in a column of its own."""
    if dashed := _DASHED.match(text):
        return dashed["b"], dashed["e"] or "", dashed["r"]
    building = ""
    if found := _BUILDING.match(text):
        building, text = text[: found.end()], text[found.end() :]
    entrance = ""
    if found := _ENTRANCE.match(text):
        entrance, text = text[: found.end()], text[found.end() :]
    if building or entrance or (text and _BARE.fullmatch(text)):
        return building, entrance, text
    if house := _HOUSE.match(text):
        return house["before"], "", text[len(house["before"]) :]
    return text, "", ""


_AT_THE_END = re.compile(r"(?<![0-9a-z])(?:\d+[a-z]?|[a-z]\d*)$")


def door_end(key: str) -> str:
    """A door's key without the name of its estate: 锦绣园1-1-302 ends in 1-1-302. Nobody types the name in full."""
    building, *rest = key.split("-", 2)
    return "-".join([estate_and_number(building)[1], *rest])


def estate_and_number(building: str) -> tuple[str, str]:
    """The key of a building taken apart: 锦绣园1 is (锦绣园, 1), a is (, a), 前街 is (前街, )."""
    found = _AT_THE_END.search(building)
    return (building[: found.start()], found[0]) if found else (building, "")


class Sought(msgspec.Struct, frozen=True):
    """What somebody typed of a door, in the forms in which doors are kept; what they left out is empty."""

    named: str = ""  # estate, road or lane, as much of its name as they typed
    number: str = ""  # of the building
    entrance: str = ""
    room: str = ""


_NAME_BEFORE_NUMBER = re.compile(r"^(?P<named>\D*?)[-–—/]?(?P<rest>[A-Za-z]?\d.*)$")


def sought_doors(text: str) -> list[Sought]:
    """What somebody may mean who types 1幢1单元302, 锦绣园1-302, 锦绣 1 幢, 3-2-402, 前街12 or 402; likeliest first."""
    text = _door_text(text)
    found = _NAME_BEFORE_NUMBER.match(text)
    signs = _BUILDING.match(text) or _ENTRANCE.match(text)
    if found and not signs and (found["rest"].isdigit() or _DASHED.match(found["rest"])):
        named, rest = found["named"].lower(), found["rest"]
        if not rest.isdigit():
            return [_sought(named, *_split(rest))]
        as_room, as_building = Sought(named, room=number_of(rest)), Sought(named, number_of(rest))
        return [as_building, as_room] if named and len(rest) < 3 else [as_room, as_building]
    return [sought] if (sought := _sought("", *_split(text))) != Sought() else []


def _sought(named: str, building: str, entrance: str, room: str) -> Sought:
    estate, number = estate_and_number(_building(building).key)
    return Sought(named + estate, number, _entrance(entrance).key, _room(room).shown)


class _Part(msgspec.Struct, frozen=True):
    """One part of a door: as it is shown, as it is compared, where it comes in walking order."""

    shown: str
    key: str
    walk: int


@lru_cache(maxsize=8192)
def _building(text: str) -> _Part:
    """3幢, 三号楼, 3# and 3 are 3幢; A座 is A幢; 时代柏悦3幢 keeps its estate; a lane stays a lane."""
    shown = text
    if found := _BUILDING.fullmatch(text):
        shown = f"{found['before']}{number_of(found['no'])}幢"
    elif found := _JUST_A_NUMBER.fullmatch(text):
        shown = f"{number_of(found[1])}幢"
    elif _BARE.fullmatch(text):
        shown = f"{number_of(text)}幢"
    return _Part(shown, shown.lower().removesuffix("幢"), _walk_to(shown))


@lru_cache(maxsize=1024)
def _entrance(text: str) -> _Part:
    shown = text
    if found := _ENTRANCE.fullmatch(text):
        shown = f"{_stem(found['no'])}单元"
    elif text and (text in _STEMS or _BARE.fullmatch(text)):
        shown = f"{_stem(text)}单元"
    return _Part(shown, shown.lower().removesuffix("单元"), _small(shown, 99))


def _stem(text: str) -> str:
    return str(_STEMS.index(text) + 1) if text in _STEMS and text else number_of(text)


@lru_cache(maxsize=8192)
def _room(text: str) -> _Part:
    shown = text
    flat = _ROOM.match(text)
    if not (flat and flat["sign"]) and (house := _HOUSE.match(text)):
        found = house["sub"] or house["sub_after"]
        sub = f"-{number_of(found)}" if found else ""
        shown = f"{house['before']}{number_of(house['no'])}{sub}号{_floor(house['after'])}"
    elif flat:
        shown = number_of(flat["no"]) + flat["after"]
    return _Part(shown, shown.lower().removesuffix("号"), _inside(shown))


def _floor(text: str) -> str:
    found = _FLOOR.fullmatch(text)
    return f"{number_of(found[1])}楼{found[2]}" if found else text


def _door(building: _Part, entrance: _Part, room: _Part) -> Door:
    """Walking order goes by building, entrance and room; below 2^53, for a browser must hold it."""
    kind = DwellingKind.OTHER
    if building.shown.endswith("幢"):
        kind = DwellingKind.FLAT
    elif "号" in room.shown:
        kind = DwellingKind.HOUSE
    return Door(
        building.shown,
        entrance.shown,
        room.shown,
        building.shown + entrance.shown + room.shown,
        f"{building.key}-{entrance.key}-{room.key}",
        (building.walk * 100 + entrance.walk) * 1_000_000 + room.walk,
        kind,
    )


def _walk_to(building: str) -> int:
    number = _LAST_NUMBER.search(building)
    named = building[: number.start()] if number else building
    # Estates and lanes are kept together by a digest of their name; those without a name come first.
    group = int.from_bytes(hashlib.blake2b(named.encode(), digest_size=2).digest()) % 9000 + 1 if named else 0
    return group * 1000 + _small(number[1] if number else "", 999)


def _inside(room: str) -> int:
    numbers = _NUMBER.findall(room)
    if len(numbers) > 1:
        return min(int(numbers[0]), 9999) * 100 + min(int(numbers[1]), 99)
    return min(int(numbers[0]), 9999) * 100 if numbers else 0


def _small(text: str, most: int) -> int:
    found = _NUMBER.search(text)
    if found:
        return min(int(found[0]), most)
    return min(ord(text[0].lower()) - 96, most) if text and text[0].isascii() and text[0].isalpha() else 0


# --- edits from many hands (knowledge: per-field registers with base version; no edit disappears) --------------------

ROOT = -1  # the base of what came in first: nothing was there to be based on


class Edit(msgspec.Struct, frozen=True):
    """One field as one hand wrote it.

    `base` is the version that hand saw; `settles` what a person decided it takes the place of.
    """

    id: UUID
    base: int
    value: str | bytes | None  # equal values say the same
    author: UUID | None = None  # the device, or the account at a desk
    settles: frozenset[UUID] = frozenset()
    n: int | None = None  # the device's own counter
    offered: bool = False  # by a file, over another hand's word: nobody's word until a person takes it


class Standing(msgspec.Struct, frozen=True):
    """How a field stands: whose edit is shown, its version, and whose edits still ask for a person."""

    shown: Edit
    version: int
    open: tuple[Edit, ...] = ()


def standing(edits: Collection[Edit], *, prefer: str | None = None) -> Standing:
    """What a field holds after all these edits, in whatever order and however often they came.

    An edit based on the version another one made takes its place. Edits of the same version that say the same merge;
    those that say different things are all kept and a person is asked. Meanwhile `prefer` is shown if anybody said it
    (the protective reading), else the latest made. One hand correcting itself is no disagreement: what a phone writes
    twice without hearing from anybody carries the same version twice, and the later (by its own counter) follows.
    What a file offers is asked about and never shown, and makes no version.
    """
    chain = in_chain([edit for edit in edits if not edit.offered] or edits)
    settled = {id for link in chain for id in link.edit.settles}
    live = [link for link in chain if link.edit.id not in settled] or chain
    top = max(link.reach for link in live)
    shown = max((link.edit for link in live if link.reach == top), key=lambda edit: (_is(edit, prefer), edit.id))
    contested = _contested(chain)
    asked = [
        link.edit for link in live if link.touches(contested) and not link.corrected and link.edit.value != shown.value
    ]
    version = max(link.reach for link in chain) + 1
    asked += _offers(edits, shown, settled)
    return Standing(shown, version, tuple(sorted(asked, key=lambda edit: edit.id)))


def _offers(edits: Iterable[Edit], shown: Edit, settled: Collection[UUID]) -> list[Edit]:
    """What files say otherwise, each saying once; what a person decided about is not asked again by the next file."""
    offered = sorted((edit for edit in edits if edit.offered), key=lambda edit: edit.id, reverse=True)
    decided = {edit.value for edit in offered if edit.id in settled}
    first = {edit.value: edit for edit in offered if edit.value != shown.value and edit.value not in decided}
    return [edit for edit in first.values() if edit.id != shown.id]


class Link(msgspec.Struct):
    """An edit in its place: it stands against all that was based on the versions from its own base up to `reach`."""

    edit: Edit
    reach: int
    corrected: bool = False  # by its own hand

    def touches(self, bases: Collection[int]) -> bool:
        """Does it stand against anything based on these?"""
        return any(base in bases for base in range(self.edit.base, self.reach + 1))


def in_chain(edits: Iterable[Edit]) -> list[Link]:
    """Each edit once. What one hand wrote before it heard of its own last edit reaches one version further than that
    one.

    Without this, somebody who built on the first of the two would silently win over the second, which they never saw.
    """
    once = {edit.id: edit for edit in edits}
    last: dict[UUID, Link] = {}
    chain = []
    for edit in sorted(once.values(), key=lambda e: (e.n or 0, e.base, e.id)):
        link = Link(edit, edit.base)
        if edit.author is not None:
            if own := last.get(edit.author):
                own.corrected = True
                link.reach = max(edit.base, own.reach + 1)
            last[edit.author] = link
        chain.append(link)
    return chain


def _is(edit: Edit, prefer: str | None) -> bool:
    return prefer is not None and edit.value == prefer


def _contested(chain: Iterable[Link]) -> set[int]:
    """The versions on which hands based different things. Of what one hand said on a version its last word counts."""
    said: dict[int, dict[UUID, object]] = {}
    for link in chain:
        for base in range(link.edit.base, link.reach + 1):
            said.setdefault(base, {})[link.edit.author or link.edit.id] = link.edit.value
    return {base for base, words in said.items() if len(set(words.values())) > 1}


class Strike(msgspec.Struct, frozen=True):
    """Somebody was taken off the list by a hand that had seen these versions of their fields."""

    id: UUID
    author: UUID | None
    saw: Mapping[str, int]


def unseen_by(
    strike: Strike, edits: Mapping[str, Collection[Edit]], *, settled: Collection[UUID] = ()
) -> tuple[Edit, ...]:
    """Edits of a struck person's fields that the striking hand had not seen: nobody is struck before a person looked.

    Who has just written down a new telephone number has met them; striking must not win over that by arriving later.
    """
    return tuple(
        link.edit
        for field in sorted(edits)
        for link in in_chain(edits[field])
        if link.edit.base > ROOT
        and link.reach >= strike.saw.get(field, 0)
        and (link.edit.author is None or link.edit.author != strike.author)
        and link.edit.id not in settled
    )


STATUS_PREFERRED = Status.PRESENT.value  # protective: nobody drops off a list while two people disagree about it
