"""What the columns of somebody's roster are for, suggested from their titles and from what stands in them. Pure.

Each suggestion says how sure it is and why, in sentences that count and name nobody. A person confirms.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from lianfang.foundation.plumbing.tables import Cell, LostDigitsError, SheetRow, text_of
from lianfang.ground.registry import identity, roster, rules, words
from lianfang.ground.registry.layouts import Heading, folded
from lianfang.ground.registry.terms import Target

FITS_FROM = 0.7  # of the cells that hold something: then content alone suggests
FITS_HARDLY = 0.3  # below that, content speaks against the title
_FEWEST = 3  # cells, before content alone suggests anything
_EXACT, _PART = 70, 50  # sure of a title, in percent; content adds the rest


class Why(msgspec.Struct, frozen=True):
    """One reason, as a code of the locale files; it names nobody."""

    code: str
    details: dict[str, str | int] = {}


class Suggestion(msgspec.Struct, frozen=True):
    """What a column is likely for. `barred`: no purpose is declared for such a column, and nobody can give it one."""

    index: int
    title: str
    target: Target | None
    sure: int
    why: tuple[Why, ...]
    barred: bool = False


class Known(NamedTuple):
    """What the district itself is called, part by part; and what the columns of such a file are called."""

    communities: Collection[str] = ()
    grids: Collection[str] = ()
    vocabulary: words.Vocabulary = words.PEOPLE
    kinds: Collection[str] = ()  # words for what a line is


NOTHING_KNOWN = Known()


def suggest(heading: Heading, rows: Sequence[SheetRow], *, on: date, known: Known = NOTHING_KNOWN) -> list[Suggestion]:
    """One for each column, the best column for each purpose."""
    below = [row for row in rows if row.number > heading.row]
    width = max(len(heading.titles), max((len(row.cells) for row in below), default=0))
    fits = _tests(on, known)
    found = [_of_column(index, _title(heading, index), below, fits, known.vocabulary) for index in range(width)]
    return _one_each(found)


def share(target: Target, texts: Collection[str], *, on: date, known: Known = NOTHING_KNOWN) -> tuple[int, int]:
    """(how many texts look like what a column is for, how many there are)."""
    test = _tests(on, known)[target]
    return sum(map(test, texts)), len(texts)


def texts_in(rows: Sequence[SheetRow], index: int) -> list[str]:
    """What stands in a column."""
    return _texts(rows, index)[0]


def _title(heading: Heading, index: int) -> str:
    return heading.titles[index] if index < len(heading.titles) else ""


Tests = Mapping[Target, Callable[[str], bool]]


def _of_column(index: int, title: str, rows: Sequence[SheetRow], fits: Tests, named: words.Vocabulary) -> Suggestion:
    whole, own = folded(title), folded(title.rsplit("/", 1)[-1])
    if words.NOT_OURS.search(whole) and whole not in named.titles:
        return Suggestion(index, title, None, 100, (Why("registry.why_no_purpose"),), barred=True)
    if left_out := _left_out(whole, own, named):
        return Suggestion(index, title, None, 90, (Why(left_out),))
    texts, lost = _texts(rows, index)
    by_title = named.titles.get(whole) or named.titles.get(own)
    if by_title:
        return _by_title(index, title, by_title, Why("registry.why_title", {"title": title}), _EXACT, texts, lost, fits)
    for part, targets in named.parts:
        if part in own:
            why = Why("registry.why_title_part", {"part": part})
            return _by_title(index, title, targets, why, _PART, texts, lost, fits)
    return _by_content(index, title, texts, lost, fits, named.targets)


def _left_out(whole: str, own: str, named: words.Vocabulary) -> str | None:
    if whole in named.titles:
        return None
    if words.ELSEWHERE.search(whole):
        return "registry.why_registered_elsewhere"
    if words.SOMEBODY_ELSE.match(whole) and own != "与户主关系":
        return "registry.why_somebody_else"
    if words.NOT_NEEDED.match(own):
        return "registry.why_not_needed"
    return None


def _texts(rows: Sequence[SheetRow], index: int) -> tuple[list[str], int]:
    """What stands in a column, and how many of its numbers have lost their end."""
    texts, lost = [], 0
    for row in rows:
        cell: Cell = row.at(index)
        if cell is None or row.odd.get(index) == "error":
            continue
        try:
            texts.append(text_of(cell))
        except LostDigitsError:
            lost += 1
    return [text for text in texts if text], lost


# Of these the title knows better than content: their words are anybody's guess.
_ANYBODYS_GUESS = frozenset(
    {Target.NAME, Target.COMMUNITY, Target.GRID, Target.KIND, Target.ESTATE_KIND, Target.SECTOR, Target.ESTATE}
)


def _by_title(
    index: int, title: str, targets: Sequence[Target], why: Why, base: int, texts: list[str], lost: int, fits: Tests
) -> Suggestion:
    """The title says what it is; content adds to it, or speaks against it."""
    if lost and Target.ID_NUMBER in targets:
        return Suggestion(index, title, Target.ID_NUMBER, base, (why, Why("registry.why_digits_lost", {"n": lost})))
    if not texts:
        return Suggestion(index, title, targets[0], base - 20, (why, Why("registry.why_empty")))
    counted = [(sum(map(fits[target], texts)), target) for target in targets]
    fit, target = max(counted, key=lambda each: (each[0], -targets.index(each[1])))
    of = fit / len(texts)
    counts: dict[str, str | int] = {"n": len(texts), "fit": fit}
    if of < FITS_HARDLY:
        against = (why, Why("registry.why_content_against", counts))
        return Suggestion(index, title, target if target in _ANYBODYS_GUESS else None, 25, against)
    return Suggestion(index, title, target, base + round(28 * of), (why, Why(f"registry.why_fits_{target}", counts)))


# How sure content alone makes, at best, where the title says nothing.
_BY_CONTENT = {
    Target.ID_NUMBER: 90, Target.PHONE: 85, Target.SEX: 80, Target.GRID: 85, Target.COMMUNITY: 85,
    Target.RELATION: 75, Target.RESIDENCE_KIND: 75, Target.DOCUMENT_KIND: 75, Target.ADDRESS: 70,
    Target.ENTRANCE: 65, Target.BUILDING: 60, Target.BORN_ON: 60, Target.NAME: 55, Target.ROOM: 40,
}  # fmt: skip


def _by_content(
    index: int, title: str, texts: list[str], lost: int, fits: Tests, wanted: Collection[Target]
) -> Suggestion:
    if lost > len(texts) and Target.ID_NUMBER in wanted:
        lost_ends = (Why("registry.why_digits_lost", {"n": lost}),)
        return Suggestion(index, title, Target.ID_NUMBER, 50, lost_ends)
    if len(texts) >= _FEWEST:
        for target, most in sorted(_BY_CONTENT.items(), key=lambda each: -each[1]):
            if target not in wanted:
                continue
            fit = sum(1 for text in texts if fits[target](text) and _speaks_for_itself(target, text))
            if fit >= FITS_FROM * len(texts):
                why = Why(f"registry.why_fits_{target}", {"n": len(texts), "fit": fit})
                return Suggestion(index, title, target, round(most * fit / len(texts)), (why,))
    return Suggestion(index, title, None, 50, (Why("registry.why_unknown" if texts else "registry.why_empty"),))


def _one_each(found: list[Suggestion]) -> list[Suggestion]:
    """Two columns for one purpose: the surer one has it, the first of equals."""
    best: dict[Target, Suggestion] = {}
    for each in sorted(found, key=lambda s: (-s.sure, s.index)):
        if each.target is not None:
            best.setdefault(each.target, each)
    return [each if each.target is None or best[each.target] is each else _stands_back(each) for each in found]


def _stands_back(each: Suggestion) -> Suggestion:
    return Suggestion(each.index, each.title, None, 60, (*each.why, Why("registry.why_another_fits_better")))


# --- what a cell looks like -------------------------------------------------------------------------------------------

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0\d{2,3})?[2-9]\d{6,7}")
_YES_NO = frozenset([*words.YES, *words.NO])
_NUMERAL = "一二三四五六七八九十百零〇两"
_BUILDING = re.compile(rf".*([0-9{_NUMERAL}]+|[A-Za-z])(幢|栋|號?号?楼|座|#)|[A-Za-z]?\d{{1,3}}(号)?")
_ENTRANCE = re.compile(rf"([0-9{_NUMERAL}甲乙丙丁]+|[A-Za-z])(单元|门洞|梯)?")
_ROOM = re.compile(rf"([0-9{_NUMERAL}]{{3,5}}|[0-9]{{1,4}})[A-Za-z]?(室|号|房)?(-\d+)?")
_WHOLE = re.compile(
    rf"(\d+[A-Za-z]?[-–—/])((\d{{1,2}}|[A-Za-z])[-–—/])?\d{{2,4}}室?|.*[0-9{_NUMERAL}]+(幢|栋|号楼|座|#).*[0-9{_NUMERAL}]+.*"
    rf"|.*(路|街|巷|弄|村|里|道|园|苑|小区).*[0-9{_NUMERAL}]+号?.*"
)
_NAME = re.compile(r"[㐀-鿿]{2,4}|[㐀-鿿]+·[㐀-鿿·]+|[A-Za-z][A-Za-z .'-]{2,40}")
_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤欧司上诸单仇项章"
)


def _tests(on: date, known: Known) -> Tests:
    def a_day(text: str) -> bool:
        day = roster.read_day(text)
        return day is not None and rules.believable_birthday(day, on)

    return {
        Target.COMMUNITY: lambda text: _close(text) in known.communities,
        Target.GRID: lambda text: _close(text) in known.grids,
        Target.ADDRESS: lambda text: bool(_WHOLE.fullmatch(_close(text))),
        Target.BUILDING: lambda text: bool(_BUILDING.fullmatch(_close(text))),
        Target.ENTRANCE: lambda text: len(text) < 8 and bool(_ENTRANCE.fullmatch(_close(text))),
        Target.ROOM: lambda text: bool(_ROOM.fullmatch(_close(text))),
        Target.RELATION: lambda text: text in roster.RELATIONS or text in _YES_NO,
        Target.NAME: lambda text: bool(_NAME.fullmatch(rules.clean_name(text))),
        Target.SEX: lambda text: text in roster.SEXES,
        Target.DOCUMENT_KIND: lambda text: text in roster.DOCUMENTS,
        Target.ID_NUMBER: lambda text: _is_identity_number(text, on),
        Target.BORN_ON: a_day,
        Target.PHONE: _is_phone,
        Target.RESIDENCE_KIND: lambda text: text in roster.RESIDENCES or text in _YES_NO,
        Target.CALLED: lambda text: bool(re.search("[^\\W\\d_]", text)),
        Target.CODE: lambda text: bool(re.fullmatch(r"[A-Za-z0-9._/-]{1,60}", text)),
        Target.PARENT: lambda text: len(text) <= 60,
        Target.KIND: lambda text: text in known.kinds,
        Target.SECTOR: lambda text: len(text) <= 40 and not text.isdecimal(),
        Target.ESTATE: lambda text: len(text) <= 40 and not text.isdecimal(),
        Target.ESTATE_KIND: lambda text: text in words.ESTATE_KINDS,
        Target.GATES: lambda text: text.isdecimal() and len(text) <= 3,
        Target.NO_PROPERTY_COMPANY: lambda text: text in _YES_NO,
        Target.WALK: lambda text: text.isdecimal() and len(text) <= 6,
    }


def _speaks_for_itself(target: Target, text: str) -> bool:
    """Without a title, 1 and 2 are no sexes, 12 is no building, and two characters no name unless a surname leads."""
    if target is Target.SEX:
        return text in ("男", "女", "男性", "女性")
    if target in (Target.BUILDING, Target.ENTRANCE):
        return not text.isdecimal() and bool(re.search("幢|栋|楼|座|#|单元|门洞|梯", text))
    if target is Target.NAME:
        return text[0] in _SURNAMES
    if target is Target.ROOM:
        return bool(re.fullmatch(r"[1-9]\d{2,3}室?", text))
    if target in (Target.RESIDENCE_KIND, Target.RELATION):
        return text not in _YES_NO
    return target is not Target.PHONE or bool(_MOBILE.fullmatch(rules.usual_phone(text)))


def _close(text: str) -> str:
    return "".join(rules.plain(text).split())


def _is_identity_number(text: str, on: date) -> bool:
    number = rules.usual_number(text)
    if not (len(number) in (15, 18) and number[:-1].isdecimal()):
        return False
    read = rules.read_identity(number, identity.kind_of(number), on=on)
    return not read.wrong and read.born_on is not None


def _is_phone(text: str) -> bool:
    number = rules.usual_phone(text)
    digits = re.sub(r"\D", "", number)
    return bool(_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits)) and not re.search(r"[^\d\s+()-]", number)
