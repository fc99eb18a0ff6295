"""The one roster template, and how a row of it is read. Pure: a row in, a person behind a door and findings out.

Every finding names row and column. An error keeps the row out; a warning lets it in and asks somebody to look.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import TypeVar

import msgspec

from lianfang.foundation.plumbing.sheet_process import MOST_COLUMNS
from lianfang.foundation.plumbing.tables import Cell, Column, Header, SheetRow, is_header_again, text_of
from lianfang.ground.registry import rules
from lianfang.ground.registry.identity import kind_of
from lianfang.ground.registry.terms import (
    DocumentKind,
    Door,
    Finding,
    Relation,
    ResidenceKind,
    Severity,
    Sex,
)

W = TypeVar("W", bound=StrEnum)


class Name(StrEnum):
    """The columns."""

    COMMUNITY = "community"
    GRID = "grid"
    BUILDING = "building"
    ENTRANCE = "entrance"
    ROOM = "room"
    RELATION = "relation"
    NAME = "name"
    SEX = "sex"
    DOCUMENT_KIND = "document_kind"
    ID_NUMBER = "id_number"
    BORN_ON = "born_on"
    PHONE = "phone"
    RESIDENCE_KIND = "residence_kind"
    REMARK = "remark"


# Titles a column may have; the first is the template's own.
TITLES: Mapping[str, Sequence[str]] = {
    Name.COMMUNITY: ("社区", "社区/村", "村社", "村/社区", "村(社区)"),
    Name.GRID: ("网格", "所属网格"),
    Name.BUILDING: ("幢/楼栋", "楼栋", "幢", "幢号", "楼幢", "楼号", "楼栋/路名"),
    Name.ENTRANCE: ("单元", "单元号"),
    Name.ROOM: ("室/门牌", "室", "门牌", "门牌号", "室号", "房号", "房间号"),
    Name.RELATION: ("户主/与户主关系", "与户主关系"),
    Name.NAME: ("姓名",),
    Name.SEX: ("性别",),
    Name.DOCUMENT_KIND: ("证件类型",),
    Name.ID_NUMBER: ("证件号码", "身份证号", "身份证号码", "证件号"),
    Name.BORN_ON: ("出生日期", "出生年月日"),
    Name.PHONE: ("手机号", "手机", "电话", "联系电话", "手机号码"),
    Name.RESIDENCE_KIND: ("户籍/居住类别", "居住类别", "人员类别"),
    Name.REMARK: ("备注",),
}
REQUIRED = (Name.COMMUNITY, Name.GRID, Name.ROOM, Name.NAME)

SEXES: Mapping[str, Sex] = {
    "男": Sex.MALE, "女": Sex.FEMALE, "男性": Sex.MALE, "女性": Sex.FEMALE, "1": Sex.MALE, "2": Sex.FEMALE,
    "M": Sex.MALE, "F": Sex.FEMALE,
}  # fmt: skip
RELATIONS: Mapping[str, Relation] = {
    "户主": Relation.HEAD, "本人": Relation.HEAD, "配偶": Relation.SPOUSE, "妻": Relation.SPOUSE, "夫": Relation.SPOUSE,
    "妻子": Relation.SPOUSE, "丈夫": Relation.SPOUSE, "子女": Relation.CHILD, "子": Relation.CHILD,
    "女": Relation.CHILD,
    "儿子": Relation.CHILD, "女儿": Relation.CHILD, "长子": Relation.CHILD, "次子": Relation.CHILD,
    "长女": Relation.CHILD, "次女": Relation.CHILD, "儿媳": Relation.CHILD_IN_LAW, "女婿": Relation.CHILD_IN_LAW,
    "儿媳、女婿": Relation.CHILD_IN_LAW, "孙子女": Relation.GRANDCHILD, "孙子": Relation.GRANDCHILD,
    "孙女": Relation.GRANDCHILD, "外孙": Relation.GRANDCHILD, "外孙女": Relation.GRANDCHILD, "父母": Relation.PARENT,
    "父亲": Relation.PARENT, "母亲": Relation.PARENT, "父": Relation.PARENT, "母": Relation.PARENT,
    "岳父": Relation.PARENT, "岳母": Relation.PARENT, "公公": Relation.PARENT, "婆婆": Relation.PARENT,
    "祖父母": Relation.GRANDPARENT, "兄弟姐妹": Relation.SIBLING, "兄": Relation.SIBLING, "弟": Relation.SIBLING,
    "姐": Relation.SIBLING, "妹": Relation.SIBLING, "其他亲属": Relation.RELATIVE, "亲戚": Relation.RELATIVE,
    "租户": Relation.TENANT, "租客": Relation.TENANT, "合租": Relation.FLATMATE, "保姆": Relation.CARER,
    "保姆、护理": Relation.CARER, "护工": Relation.CARER, "其他": Relation.OTHER, "非亲属": Relation.OTHER,
}  # fmt: skip
DOCUMENTS: Mapping[str, DocumentKind] = {
    "居民身份证": DocumentKind.IDENTITY_CARD, "身份证": DocumentKind.IDENTITY_CARD,
    "港澳台居民居住证": DocumentKind.RESIDENCE_PERMIT, "港澳居民来往内地通行证": DocumentKind.HK_MACAU_PERMIT,
    "回乡证": DocumentKind.HK_MACAU_PERMIT, "台湾居民来往大陆通行证": DocumentKind.TAIWAN_PERMIT,
    "台胞证": DocumentKind.TAIWAN_PERMIT, "外国人永久居留身份证": DocumentKind.FOREIGNER_PERMIT,
    "护照": DocumentKind.PASSPORT, "其他证件": DocumentKind.OTHER, "其他": DocumentKind.OTHER,
    "无证件": DocumentKind.NONE, "无": DocumentKind.NONE,
}  # fmt: skip
RESIDENCES: Mapping[str, ResidenceKind] = {
    "户籍人口": ResidenceKind.REGISTERED, "户籍": ResidenceKind.REGISTERED, "常住人口": ResidenceKind.REGISTERED,
    "户在人不在": ResidenceKind.AWAY, "户在人不在(人户分离)": ResidenceKind.AWAY, "空挂户": ResidenceKind.AWAY,
    "人户分离(人不在)": ResidenceKind.AWAY, "人户分离(户在人不在)": ResidenceKind.AWAY, "空挂": ResidenceKind.AWAY,
    "户籍外出": ResidenceKind.AWAY, "外出人口": ResidenceKind.AWAY, "外出": ResidenceKind.AWAY,
    "人在户不在": ResidenceKind.USUAL, "人户分离(人在户不在)": ResidenceKind.USUAL,
    "户籍常住": ResidenceKind.REGISTERED, "人户一致": ResidenceKind.REGISTERED, "寄住": ResidenceKind.VISITOR,
    "常住(人户分离)": ResidenceKind.USUAL, "人户分离": ResidenceKind.USUAL, "常住": ResidenceKind.USUAL,
    "流动人口": ResidenceKind.MIGRANT, "流动": ResidenceKind.MIGRANT, "返乡人员": ResidenceKind.RETURNEE,
    "返乡": ResidenceKind.RETURNEE, "临时居住": ResidenceKind.VISITOR, "临时": ResidenceKind.VISITOR,
}  # fmt: skip


def _choices(words: Mapping[str, StrEnum]) -> tuple[str, ...]:
    """The first word of each meaning: what the drop-down offers."""
    first: dict[StrEnum, str] = {}
    for word, meaning in words.items():
        first.setdefault(meaning, word)
    return tuple(first.values())


COLUMNS: tuple[Column, ...] = (
    Column("社区", 16, required=True, example="明镜社区", note="与区域表里的名称一字不差。"),
    Column("网格", 14, required=True, example="明镜-07", note="与区域表里的网格名称或编号一字不差。"),
    Column("幢/楼栋", 16, text=True, example="3幢", note="楼房写幢号,可带小区名;自建房写路名或自然村。"),
    Column("单元", 8, text=True, example="2单元"),
    Column("室/门牌", 10, text=True, required=True, example="402", note="楼房写室号,自建房写门牌号,如 12号。"),
    Column(
        "户主/与户主关系",
        16,
        choices=_choices(RELATIONS),
        example="户主",
        note="一扇门里有两户时,各写一个户主,每户的人连着写。",
    ),
    Column("姓名", 12, text=True, required=True, example="张三", note="空户留空,只填住址。"),
    Column("性别", 6, choices=_choices(SEXES), example="男"),
    Column(
        "证件类型",
        16,
        choices=_choices(DOCUMENTS),
        example="居民身份证",
        note="没有证件很正常,选「无证件」或留空。",
    ),
    Column(
        "证件号码",
        22,
        text=True,
        example="999999199001010016",
        note="这一列是文本格式,请不要改成数字:Excel 会把第 15 位以后变成 0。",
    ),
    Column("出生日期", 12, text=True, example="1990-01-01", note="留空时按身份证号填。"),
    Column("手机号", 14, text=True, example="15400000000"),
    Column("户籍/居住类别", 16, choices=_choices(RESIDENCES), example="户籍人口"),
    Column("备注", 20, note="只给填表的人自己看,不会导入。"),
)
NOTES = (
    "每人一行,同一户的人连着写。表头一行请不要改动;示例行会自动跳过。",
    "有问题的行会连同原因导出成错误表,其余的行照常导入。",
)


class RowRead(msgspec.Struct, gc=False):
    """A row as read. `door` is None when there is none to be read; `name` empty when nobody lives there."""

    row: int
    community: str
    grid: str
    door: Door | None = None
    name: str = ""
    sex: str | None = None
    born_on: str | None = None
    relation: str | None = None
    document_kind: str | None = None
    id_number: str | None = None
    phone: str | None = None
    residence_kind: str | None = None
    findings: list[Finding] = []

    @property
    def refused(self) -> bool:
        """Does an error keep the row out?"""
        return bool(self.findings) and any(f.severity is Severity.ERROR for f in self.findings)

    def find(self, column: str, code: str, severity: Severity = Severity.ERROR, **details: str | int) -> None:
        """Say something about one cell."""
        self.findings.append(Finding(self.row, column, code, severity, details))

    def warn(self, column: str, code: str, **details: str | int) -> None:
        """The same without keeping the row out."""
        self.find(column, code, Severity.WARNING, **details)


class Reader:
    """Reads rows below one header. What repeats from row to row (doors, words) is read once."""

    def __init__(self, header: Header, *, on: date) -> None:
        self._on = on
        self._header = header
        self._at = [header.columns.get(name) for name in Name]
        standing = [at for at in self._at if at is not None]
        self._all_cells = itemgetter(*standing)
        self._last_at = max(standing) if len(standing) == len(self._at) else MOST_COLUMNS
        self._titles = [
            header.titles[at].strip(" *") if at is not None else TITLES[name][0]
            for name, at in zip(Name, self._at, strict=True)
        ]
        self._title = dict(zip(Name, self._titles, strict=True))
        self._first_at = next(iter(header.columns.values()), 0)
        self._first_title = header.titles[self._first_at] if header.titles else ""
        self._last_door: tuple[tuple[str, str, str], Door | None] = ("", "", ""), None

    @property
    def titles(self) -> Sequence[str]:
        """The user's own header, for giving rows back."""
        return self._header.titles

    def skips(self, row: SheetRow) -> str | None:
        """Why a row is no row of the table. One look is enough for nearly all."""
        if (row.at(self._first_at) or "") != self._first_title:
            return None
        return "registry.header_again" if is_header_again(row, self._header) else None

    def title(self, name: Name) -> str:
        """What the user's own file calls a column."""
        return self._title[name] or TITLES[name][0]

    def read(self, row: SheetRow) -> RowRead:
        """A row, checked."""
        findings: list[Finding] = []
        texts = self._texts(row, findings)
        (
            community,
            grid,
            building,
            entrance,
            room,
            relation,
            name,
            sex,
            document,
            number,
            born_on,
            phone,
            residence,
            _,
        ) = texts
        read = RowRead(row.number, community, grid, findings=findings)
        read.door = self._door(building, entrance, room)
        if read.door is None:
            read.find(self.title(Name.ROOM), "registry.door_missing")
        read.name = rules.clean_name(name)
        if not read.name:
            self._nobody(read, any((sex, number, born_on, phone, relation)))
            return read
        if rules.name_is_odd(read.name):
            read.warn(self.title(Name.NAME), "registry.name_odd")
        if len(read.name) > rules.LONGEST_NAME:
            read.find(self.title(Name.NAME), "registry.name_too_long", most=rules.LONGEST_NAME)
        read.sex = self._word(read, Name.SEX, sex, SEXES)
        read.relation = self._word(read, Name.RELATION, relation, RELATIONS)
        read.residence_kind = self._word(read, Name.RESIDENCE_KIND, residence, RESIDENCES)
        read.born_on = self._birthday(read, born_on)
        self._document(read, document, number)
        self._phone(read, phone)
        return read

    def _texts(self, row: SheetRow, findings: list[Finding]) -> list[str]:
        """The row's texts in the order of the columns; what was read is clean already."""
        cells, width = row.cells, len(row.cells)
        if width > self._last_at:
            texts: Sequence[Cell] = self._all_cells(cells)
        else:
            texts = ["" if at is None or at >= width else cells[at] for at in self._at]
        if row.odd:
            findings += self._odd_cells(row)
            spoilt = {at for at, why in row.odd.items() if why == "digits_lost"}
            texts = ["" if at in spoilt else text for at, text in zip(self._at, texts, strict=True)]
        return [text if text.__class__ is str else text_of(text) if text else "" for text in texts]

    def _odd_cells(self, row: SheetRow) -> list[Finding]:
        """Merged cells and formulas among our columns: what they hold is taken, what is empty is not guessed."""
        found = []
        for no, at in enumerate(self._at):
            why = row.odd.get(at) if at is not None else None
            empty = row.at(at) is None
            if why in ("error", "digits_lost") or (why in ("merged", "formula") and empty):
                code = "registry.digits_lost" if why == "digits_lost" else f"registry.cell_{why}"
                found.append(Finding(row.number, self._titles[no], code, Severity.ERROR))
            elif why == "formula":
                found.append(Finding(row.number, self._titles[no], "registry.cell_formula_taken", Severity.WARNING))
        return found

    def _door(self, *parts: str) -> Door | None:
        """A household's rows follow each other, so the door is mostly that of the row before."""
        if self._last_door[0] != parts:
            self._last_door = parts, rules.read_door(*parts)  # type: ignore[assignment]
        return self._last_door[1]

    def _nobody(self, read: RowRead, somebody: bool) -> None:
        if somebody:
            read.find(self.title(Name.NAME), "registry.name_missing")
        elif read.door is not None:
            read.warn(self.title(Name.NAME), "registry.nobody_here")

    def _word(self, read: RowRead, name: Name, text: str, words: Mapping[str, W]) -> W | None:
        if not text:
            return None
        word = words.get(text) or words.get(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper())
        if word is None:
            read.warn(self.title(name), "registry.word_unknown", choices="、".join(_choices(words)))
        return word

    def _birthday(self, read: RowRead, text: str) -> str | None:
        if not text:
            return None
        born_on = read_day(text)
        if born_on is None or not rules.believable_birthday(born_on, self._on):
            read.warn(self.title(Name.BORN_ON), "registry.day_unreadable")
            return None
        return rules.iso(born_on)

    def _document(self, read: RowRead, kind_text: str, number: str) -> None:
        kind = self._word(read, Name.DOCUMENT_KIND, kind_text, DOCUMENTS)
        if not number:
            read.document_kind = kind
            return
        if kind in (None, DocumentKind.NONE):
            kind = kind_of(number)
        assert kind is not None
        read.document_kind = kind
        identity = rules.read_identity(number, kind, on=self._on)
        column = self.title(Name.ID_NUMBER)
        if identity.wrong:
            read.find(column, identity.wrong)
            return
        read.id_number = (identity.written or identity.number)[:40]
        for code in identity.odd:
            read.warn(column, code)
        self._compare(read, identity)

    def _compare(self, read: RowRead, identity: rules.IdentityRead) -> None:
        """What the number says of its bearer beside what the row says; the row's own word stands."""
        if identity.born_on and "registry.id_number_date" not in identity.odd:
            born_on = rules.iso(identity.born_on)
            if read.born_on is None:
                read.born_on = born_on
            elif read.born_on != born_on:
                read.warn(self.title(Name.BORN_ON), "registry.birthday_differs")
        if identity.sex:
            if read.sex is None:
                read.sex = identity.sex
            elif read.sex is not identity.sex:
                read.warn(self.title(Name.SEX), "registry.sex_differs")

    def _phone(self, read: RowRead, text: str) -> None:
        if not text:
            return
        phone = rules.usual_phone(text)
        if rules.phone_is_odd(phone):
            read.warn(self.title(Name.PHONE), "registry.phone_odd")
        read.phone = phone[:40]


_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ].*)?")
_FIRST_EXCEL_DAY = date(1899, 12, 30)


@lru_cache(maxsize=65_536)
def read_day(text: str) -> date | None:
    """A day as people and Excel write it: 1990-01-02, 1990/1/2, 1990.1.2, 1990年1月2日, 19900102, or Excel's count of
    days.
    """
    try:
        if found := _DAY.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if text.isdecimal() and len(text) == 8:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        if text.isdecimal() and len(text) == 5:
            return _FIRST_EXCEL_DAY + timedelta(days=int(text))
    except ValueError:
        return None
    return None
