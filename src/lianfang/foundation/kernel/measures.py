"""A named number with its definition. 人 and 人次 are different measures: they are never added, nor set in proportion.

A measure is a count, or a sum of other counts (`plus`, `minus`). What has a `denominator` may be shown as a share of
it; a share is made of two counted numbers and of nothing else, so there is no percentage without its denominator.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256

import msgspec


class Unit(StrEnum):
    """What is counted."""

    HOUSEHOLDS = "households"  # 户
    PEOPLE = "people"  # 人
    PERSON_TIMES = "person_times"  # 人次
    RECORDS = "records"  # 条
    PLACES = "places"  # 处: shops, schools, sites
    BUILDINGS = "buildings"  # 栋
    THINGS = "things"  # 个/处: containers, sandbags, shelters


class CutOff(StrEnum):
    """Which of what happened a number of a day holds. Whatever the rule, only what had been received by then counts."""

    DAY_RECORDED = "day_recorded"  # by the day on the device that recorded it (kernel.moments.tally_day)


class Measure(msgspec.Struct, frozen=True):
    """One number, and the words that stand beside it wherever it is shown.

    The numerator of its share is the measure itself. `plus` and `minus` name other measures of the same catalogue;
    without them it is counted by itself, as a column of a tally.
    """

    name: str
    unit: Unit
    zh: str
    en: str
    definition_zh: str
    definition_en: str
    denominator: str | None = None
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    cut_off: CutOff = CutOff.DAY_RECORDED

    @property
    def is_counted(self) -> bool:
        """Is it counted by itself, and no sum of others?"""
        return not self.plus

    @property
    def version(self) -> str:
        """Changes whenever anything in the declaration does: what a report was made by can be compared later."""
        return sha256(msgspec.json.encode(self, order="sorted")).hexdigest()[:12]


class UnitsDiffer(TypeError):
    """Two numbers of different units were put together."""

    def __init__(self, one: Unit, other: Unit) -> None:
        super().__init__(
            f"{_SPOKEN[one]}和{_SPOKEN[other]}不是一回事,不能相加,也不能相除"
            f" / {one} and {other} are different things: neither added nor divided"
        )


_SPOKEN = {
    Unit.HOUSEHOLDS: "户",
    Unit.PEOPLE: "人",
    Unit.PERSON_TIMES: "人次",
    Unit.RECORDS: "条",
    Unit.PLACES: "处",
    Unit.BUILDINGS: "栋",
    Unit.THINGS: "个",
}


class Amount(msgspec.Struct, frozen=True):
    """So many of something."""

    value: int
    unit: Unit

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.value + self._alike(other).value, self.unit)

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.value - self._alike(other).value, self.unit)

    def out_of(self, whole: "Amount") -> "Share | None":
        """The share of a whole; of nothing there is none."""
        return Share(self.value, self._alike(whole).value, self.unit) if whole.value else None

    def _alike(self, other: "Amount") -> "Amount":
        if self.unit is not other.unit:
            raise UnitsDiffer(self.unit, other.unit)
        return other


class Share(msgspec.Struct, frozen=True):
    """So many of so many, exact. Rounded only where it is written down."""

    part: int
    whole: int
    unit: Unit

    @property
    def percent(self) -> str:
        """2.25 %: two decimals, halves up (as on any calculator and in Excel's ROUND: adr/0027).

        What is not all never reads 100 %, and what is not nothing never 0 %.
        """
        exact = Fraction(self.part * 10_000, self.whole)
        hundredths = (exact + Fraction(1, 2)).__floor__()
        if 0 < self.part < self.whole:
            hundredths = min(max(hundredths, 1), 9_999)
        sign, size = ("−" if hundredths < 0 else ""), abs(hundredths)
        return f"{sign}{size // 100}.{size % 100:02} %"


class Catalogue:
    """Measures that belong together, by name, and how they follow from what is counted."""

    def __init__(self, measures: Iterable[Measure]) -> None:
        self.by_name = {measure.name: measure for measure in measures}
        for measure in self.by_name.values():
            for name in filter(None, (*measure.plus, *measure.minus, measure.denominator)):
                self._check(measure, name)
        for name in self.by_name:
            self._refuse_circles(name, ())

    def amount(self, name: str, counted: Mapping[str, int]) -> Amount:
        """How many, from the counted numbers; what was never counted is none."""
        measure = self.by_name[name]
        if measure.is_counted:
            return Amount(int(counted.get(name, 0)), measure.unit)
        total = Amount(0, measure.unit)
        for added in measure.plus:
            total += self.amount(added, counted)
        for taken in measure.minus:
            total -= self.amount(taken, counted)
        return total

    def share(self, name: str, counted: Mapping[str, int]) -> Share | None:
        """The measure as a share of its denominator; None when it declares none, or when that is nought."""
        whole = self.by_name[name].denominator
        return self.amount(name, counted).out_of(self.amount(whole, counted)) if whole else None

    def versions(self) -> dict[str, str]:
        """By which declarations numbers were made."""
        return {name: measure.version for name, measure in sorted(self.by_name.items())}

    def _check(self, measure: Measure, name: str) -> None:
        other = self.by_name.get(name)
        if other is None:
            raise ValueError(f"{measure.name}: no such measure: {name}")
        if other.unit is not measure.unit:
            raise UnitsDiffer(measure.unit, other.unit)

    def _refuse_circles(self, name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(f"{name} is declared by itself")
        for part in (*self.by_name[name].plus, *self.by_name[name].minus):
            self._refuse_circles(part, (*above, name))
