"""Who somebody is by their papers 证件, and how two papers compare. Pure.

Serves whoever stands behind a door: cards of 18 digits and of 15 (GB 11643-1999, -1989), residence permits of Hong
Kong, Macau and Taiwan (81, 82, 83), permits of foreigners old and new (2023), passports, and those who have none.
"""

from datetime import date
from enum import StrEnum

from lianfang.ground.registry import rules
from lianfang.ground.registry.terms import DocumentKind, Sex

_ISSUED_ONCE = frozenset({DocumentKind.IDENTITY_CARD, DocumentKind.RESIDENCE_PERMIT})  # one number for life
_INITIAL = {Sex.MALE: "M", Sex.FEMALE: "F", None: ""}
_BODY = 17  # signs before the check digit
_ORDER = range(14, 17)  # of them those that tell apart who was born on one day in one place: twins differ here alone


def compared(number: str) -> str:
    """A number as it is compared and looked for: of 15 digits as the 18 its bearer was given later. Both are kept."""
    number = rules.usual_number(number)
    if len(number) == 15 and number.isascii() and number.isdigit():
        number = f"{number[:6]}{rules.century_of(number)}{number[6:]}"
        return number + rules.check_sign(number)
    return number


def kind_of(number: str) -> DocumentKind:
    """The kind of a document of which only the number was written down."""
    number = rules.usual_number(number)
    if rules.is_foreigners(number):
        return DocumentKind.FOREIGNER_PERMIT
    if len(number) == 18 and number[:2] in rules.HK_MACAU_TAIWAN and number[:17].isdigit():
        return DocumentKind.RESIDENCE_PERMIT
    mostly_digits = number.isdigit() or sum(c.isdigit() for c in number) >= 13
    return DocumentKind.IDENTITY_CARD if mostly_digits else DocumentKind.PASSPORT


def holds(number: str) -> bool:
    """Are these 18 signs of which the last fits?"""
    return rules.is_eighteen(number) and rules.check_sign(number[:_BODY]) == number[_BODY]


def says(number: str | None) -> str | None:
    """What a number, taken for a card's, says of its bearer: 1990-01-01F; ?check_digit, ?length or ?date when it says
    nothing. A function of the number alone, whatever kind of document stands beside it: those two may be edited apart.
    """
    if not number:
        return None
    if rules.is_eighteen(number):  # nearly all: what is read below, without what is only warned of
        if rules.check_sign(number[:_BODY]) != number[_BODY]:
            return "?check_digit"
        born_on = rules.iso_of(number[6:14])
        return f"{born_on}{'M' if number[16] in '13579' else 'F'}" if born_on else "?date"
    read = rules.read_identity(number, DocumentKind.IDENTITY_CARD, on=date.max)
    if read.wrong:
        return read.wrong.replace("registry.id_number_", "?")
    return f"{read.born_on.isoformat()}{_INITIAL[read.sex]}" if read.born_on else "?date"


class Papers(StrEnum):
    """How the documents of two people compare."""

    SAME = "same"
    SLIPPED = "slipped"  # one digit wrong or two neighbours exchanged, and the check digit of one of them says so
    NEAR = "near"  # the same, but both check digits fit: a slip with a new check digit, or two born on one day
    OTHER = "other"  # other papers, which a person may hold beside the first
    TWO_LIVES = "two_lives"  # two whole numbers of a kind that nobody has two of
    UNKNOWN = "unknown"  # one of them has none


def compare_numbers(one: str, other: str, kind: DocumentKind, other_kind: DocumentKind) -> Papers:
    """Two numbers in clear, each as `compared`."""
    if not one or not other:
        return Papers.UNKNOWN
    if one == other:
        return Papers.SAME
    if rules.is_eighteen(one) and rules.is_eighteen(other):
        return _compare_cards(one, other, kind, other_kind)
    if len(one) == len(other) >= 7 and one_slip(one, other) is not None:
        return Papers.NEAR
    return Papers.OTHER


def _compare_cards(one: str, other: str, kind: DocumentKind, other_kind: DocumentKind) -> Papers:
    whole = holds(one), holds(other)
    if not all(whole) and one_slip(one, other) is not None:
        return Papers.SLIPPED
    slip = one_slip(one[:_BODY], other[:_BODY])
    if slip is not None and slip not in _ORDER:
        return Papers.NEAR
    both_for_life = kind in _ISSUED_ONCE and other_kind in _ISSUED_ONCE
    return Papers.TWO_LIVES if all(whole) and both_for_life else Papers.OTHER


def one_slip(one: str, other: str) -> int | None:
    """Where one digit was mistyped, or two neighbours (or two digits of one of them) changed places; None if more."""
    if len(one) != len(other):
        return None
    differ = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(differ) == 1:
        return differ[0]
    exchanged = len(differ) == 2 and one[differ[0]] == other[differ[1]] and one[differ[1]] == other[differ[0]]
    return differ[0] if exchanged else None


_NOT_YET = frozenset({
    "未取名", "未命名", "未起名", "没取名", "待取名", "暂未取名", "尚未取名", "暂无", "暂无姓名", "未上户",
    "未报户口", "无名", "无名氏", "不详", "新生儿", "新生婴儿", "婴儿", "婴", "女婴", "男婴", "宝宝", "毛毛",
    "小宝", "大宝", "二宝", "unnamed", "newborn", "baby",
})  # fmt: skip
_SOMEBODYS_CHILD = ("之子", "之女", "的儿子", "的女儿", "之长子", "之次子", "之长女", "之次女", "宝宝", "毛毛")


def is_unnamed(name: str) -> bool:
    """A newborn nobody has named yet, under whatever word the office has for that: 未取名, 张三之女."""
    key = rules.name_key(name)
    return not key or key in _NOT_YET or (len(key) > 2 and key.endswith(_SOMEBODYS_CHILD))
