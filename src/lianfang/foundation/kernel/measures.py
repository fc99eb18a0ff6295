"""A named number with its definition. 人 and 人次 are different measures and are never added."""

from enum import StrEnum

import msgspec


class Unit(StrEnum):
    """What is counted."""

    HOUSEHOLDS = "households"  # 户
    PEOPLE = "people"  # 人
    PERSON_TIMES = "person_times"  # 人次
    RECORDS = "records"  # 条


class Measure(msgspec.Struct, frozen=True):
    """One column of a tally, and the words that stand beside it wherever it is shown."""

    name: str
    unit: Unit
    zh: str
    en: str
    definition_zh: str
    definition_en: str
    denominator: str | None = None
