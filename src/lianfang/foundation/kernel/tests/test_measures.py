"""Numbers with a definition: exact shares, one rule of rounding, and what is never put together."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.foundation.kernel.measures import Amount, Catalogue, Measure, Share, Unit, UnitsDiffer


def people(n: int) -> Amount:
    return Amount(n, Unit.PEOPLE)


def person_times(n: int) -> Amount:
    return Amount(n, Unit.PERSON_TIMES)


def a_measure(name: str, unit: Unit = Unit.PEOPLE, **more: object) -> Measure:
    return Measure(name, unit, name, name, name, name, **more)  # type: ignore[arg-type]


def percent(part: int, whole: int) -> str:
    share = people(part).out_of(people(whole))
    assert share is not None
    return share.percent


def test_the_sweep_of_the_third_and_fourth_of_august_2021() -> None:
    """2,640 of 117,146 employees had come from elsewhere, and the paper wrote 2.25 %."""
    assert percent(2640, 117_146) == "2.25 %"


def test_of_7491_only_7481_give_99_87_percent() -> None:
    assert [part for part in range(7492) if percent(part, 7491) == "99.87 %"] == [7481]


@pytest.mark.parametrize(
    "part, whole, written",
    [
        (1, 800, "0.13 %"),
        (3, 800, "0.38 %"),
        (5, 800, "0.63 %"),
        (1, 2, "50.00 %"),
        (1, 3, "33.33 %"),
        (2, 3, "66.67 %"),
    ],
)
def test_halves_are_rounded_up_as_on_a_calculator(part: int, whole: int, written: str) -> None:
    assert percent(part, whole) == written


def test_what_is_not_all_never_reads_as_all_and_what_is_not_nothing_never_as_nothing() -> None:
    assert (percent(134_999, 135_000), percent(135_000, 135_000)) == ("99.99 %", "100.00 %")
    assert (percent(1, 135_000), percent(0, 135_000)) == ("0.01 %", "0.00 %")


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_a_share_is_never_off_by_more_than_its_last_digit_shows(part: int, whole: int) -> None:
    exact = Decimal(part) * 100 / Decimal(whole)
    written = Decimal(percent(part, whole).removesuffix(" %"))
    if not (0 < part < whole) or Decimal("0.01") <= exact <= Decimal("99.99"):
        assert written == exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    else:
        assert abs(written - exact) < Decimal("0.01")


def test_people_and_person_times_are_neither_added_nor_set_in_proportion() -> None:
    for attempt in (
        lambda: people(135_005) + person_times(9),
        lambda: people(135_005) - person_times(9),
        lambda: people(5).out_of(person_times(10)),
    ):
        with pytest.raises(UnitsDiffer, match="人和人次不是一回事"):
            attempt()
    assert issubclass(UnitsDiffer, TypeError)
    assert people(2) + people(3) == people(5)


def test_there_is_no_percentage_without_its_denominator() -> None:
    assert people(5).out_of(people(0)) is None
    assert set(Share.__struct_fields__) == {"part", "whole", "unit"}
    with pytest.raises(TypeError):
        Share(5)  # type: ignore[call-arg]


def test_sums_and_shares_follow_from_what_is_counted() -> None:
    found = Catalogue(
        [
            *(a_measure(name, Unit.HOUSEHOLDS) for name in ("listed", "found", "struck")),
            a_measure("due", Unit.HOUSEHOLDS, plus=("listed", "found"), minus=("struck",)),
            a_measure("done", Unit.HOUSEHOLDS, denominator="due"),
            a_measure("remaining", Unit.HOUSEHOLDS, plus=("due",), minus=("done",)),
        ]
    )
    counted = {"listed": 9, "found": 2, "struck": 1, "done": 7}
    assert found.amount("remaining", counted) == Amount(3, Unit.HOUSEHOLDS)
    assert found.share("done", counted) == Share(7, 10, Unit.HOUSEHOLDS)
    assert found.share("listed", counted) is None and found.amount("done", {}).value == 0


def test_a_catalogue_that_mixes_units_names_nobody_knows_or_goes_in_circles_is_refused() -> None:
    doses = a_measure("doses", Unit.PERSON_TIMES)
    with pytest.raises(UnitsDiffer):
        Catalogue([doses, a_measure("vaccinated", denominator="doses")])
    with pytest.raises(UnitsDiffer):
        Catalogue([doses, a_measure("asked"), a_measure("both", plus=("asked", "doses"))])
    with pytest.raises(ValueError, match="no such measure: due"):
        Catalogue([a_measure("done", denominator="due")])
    with pytest.raises(ValueError, match="declared by itself"):
        Catalogue([a_measure("a", plus=("b",)), a_measure("b", plus=("c",)), a_measure("c", plus=("b",))])


def test_a_declaration_that_changes_in_anything_has_another_version() -> None:
    one = a_measure("done")
    assert one.version == a_measure("done").version
    assert one.version != a_measure("done", denominator="due").version
    assert Catalogue([one]).versions() == {"done": one.version}
