"""Which counts are hidden where a report is shared, what a signature stands for, and who may still change it."""

from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.measures import Measure, Unit
from lianfang.foundation.kernel.moments import utc
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.reports import rules
from lianfang.ground.reports.terms import (
    Audience,
    Basis,
    Counted,
    Language,
    Place,
    Report,
    Signature,
    State,
    Subject,
    Texts,
)

AT = utc(2021, 12, 10, 12)
DAY = date(2021, 12, 10)
STREET, C1, C2, G1, G2, G3 = (AreaId(UUID(int=n)) for n in range(1, 7))
PLACES = (
    Place(STREET, "街道"),
    Place(C1, "明镜社区", STREET),
    Place(G1, "第1网格", C1, is_grid=True),
    Place(G2, "第2网格", C1, is_grid=True),
    Place(C2, "中塘社区", STREET),
    Place(G3, "第3网格", C2, is_grid=True),
)
PEOPLE = Measure("people", Unit.PEOPLE, "人数", "People", "", "")
HOMES = Measure("homes", Unit.HOUSEHOLDS, "户数", "Households", "", "")


def a_basis(**more: object) -> Basis:
    plain = {"audience": Audience.DESK, "language": Language.ZH, "places": PLACES, "subjects": ()}
    return Basis(STREET, ("街道",), DAY, AT, 7, **(plain | more))  # type: ignore[arg-type]


def a_report(**more: object) -> Report:
    drafted = Signature(AccountId(UUID(int=9)), "张**", AT)
    return Report(UUID(int=8), a_basis(), State.DRAFT, Texts(), 2, drafted, **more)  # type: ignore[arg-type]


def counted(grid: AreaId, community: AreaId, *, day: date = DAY, **counts: int) -> Counted:
    return Counted((STREET, community, grid), day, counts)


def test_counts_add_up_at_every_level_until_the_day_and_on_it() -> None:
    subject = Subject("x", UUID(int=1), "", "", (PEOPLE, HOMES), ("people",))
    yesterday, tomorrow = DAY - timedelta(days=1), DAY + timedelta(days=1)
    found = rules.numbers(
        subject,
        [
            counted(G1, C1, people=20, homes=7),
            counted(G2, C1, people=30, day=yesterday),
            counted(G3, C2, people=40),
            counted(G3, C2, people=1000, day=tomorrow),
        ],
        basis=a_basis(),
    )
    assert [found.value("people", p.id) for p in PLACES] == [90, 50, 20, 30, 40, 40]
    assert found.value("people", C1, today=True) == 20 and found.value("homes", STREET) == 7


def test_on_the_responsible_desk_every_count_is_shown() -> None:
    subject = Subject("x", UUID(int=1), "", "", (PEOPLE,), ("people",))
    few = [counted(G1, C1, people=3)]
    assert not rules.numbers(subject, few, basis=a_basis()).is_hidden("people", G1)
    shared = rules.numbers(subject, few, basis=a_basis(audience=Audience.SHARED))
    assert shared.is_hidden("people", G1) and shared.is_hidden("people", STREET)


def test_households_are_no_people_and_are_always_shown() -> None:
    subject = Subject("x", UUID(int=1), "", "", (HOMES,), ("homes",))
    shared = rules.numbers(subject, [counted(G1, C1, homes=3)], basis=a_basis(audience=Audience.SHARED))
    assert not shared.is_hidden("homes", G1)


def test_one_hidden_count_takes_another_with_it_or_subtraction_would_give_it_away() -> None:
    values = {STREET: 95, C1: 55, G1: 4, G2: 51, C2: 40, G3: 40}
    assert rules.hidden_places(values, PLACES) == {G1, G2}


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[st.integers(0, 25)] * 3))
def test_no_hidden_count_of_fewer_than_ten_can_be_worked_out(grids: tuple[int, int, int]) -> None:
    """Whoever knows every number that is shown still finds at least two grids' worth of possibilities."""
    g1, g2, g3 = grids
    values = {STREET: g1 + g2 + g3, C1: g1 + g2, G1: g1, G2: g2, C2: g3, G3: g3}
    hidden = rules.hidden_places(values, PLACES)
    shown = {place: value for place, value in values.items() if place not in hidden}
    few = [place for place, value in values.items() if 0 < value < 10]
    assert set(few) <= hidden
    possible = [
        dict(zip((STREET, C1, G1, G2, C2, G3), (a + b + c, a + b, a, b, c, c), strict=True))
        for a, b, c in product(range(26), repeat=3)
        if all({STREET: a + b + c, C1: a + b, G1: a, G2: b, C2: c, G3: c}[p] == v for p, v in shown.items())
    ]
    for place in few:
        assert len({each[place] for each in possible}) > 1


def test_the_digest_is_of_the_numbers_and_of_nothing_else() -> None:
    subject = Subject("x", UUID(int=1), "", "", (PEOPLE, HOMES), ("people",))
    one, other = counted(G1, C1, people=2), counted(G2, C1, homes=1)
    digests = {
        rules.digest(rules.figures({subject.id: rules.numbers(subject, order, basis=a_basis())}, PLACES))
        for order in ([one, other], [other, one])
    }
    assert len(digests) == 1
    changed = rules.numbers(subject, [one, counted(G2, C1, homes=2)], basis=a_basis())
    assert rules.digest(rules.figures({subject.id: changed}, PLACES)) not in digests


def test_who_is_behind_is_told_by_what_is_left_and_only_the_first_few() -> None:
    subject = Subject("x", UUID(int=1), "", "", (HOMES,), ("homes",), left="homes", work=("homes",))
    found = rules.numbers(subject, [counted(G1, C1, homes=4), counted(G3, C2, homes=9)], basis=a_basis())
    assert [(place.name, n) for place, n in rules.furthest_behind(found, "homes", PLACES)] == [
        ("中塘社区", 9),
        ("明镜社区", 4),
    ]


def test_a_grid_with_something_left_and_nothing_heard_of_it_that_day_is_silent() -> None:
    done = Measure("done", Unit.HOUSEHOLDS, "", "", "", "")
    left = Measure("left", Unit.HOUSEHOLDS, "", "", "", "", plus=("homes",), minus=("done",))
    subject = Subject("x", UUID(int=1), "", "", (HOMES, done, left), ("homes",), left="left", work=("done",))
    before = DAY - timedelta(days=1)
    found = rules.numbers(
        subject,
        [
            counted(G1, C1, homes=2, day=before),
            counted(G1, C1, done=1),
            counted(G2, C1, homes=1, done=1, day=before),
            counted(G3, C2, homes=1, day=before),
        ],
        basis=a_basis(),
    )
    assert [place.name for place in rules.silent(found, subject, PLACES)] == ["第3网格"]


def test_an_issued_report_does_not_change_and_nobody_overwrites_what_they_have_not_read() -> None:
    rules.check_editing(a_report(), seen=2)
    with pytest.raises(Problem, match=r"reports\.changed_meanwhile"):
        rules.check_editing(a_report(), seen=1)
    issued = Report(**{**{f: getattr(a_report(), f) for f in Report.__struct_fields__}, "state": State.ISSUED})
    with pytest.raises(Problem, match=r"reports\.issued_already"):
        rules.check_editing(issued, seen=2)


def test_only_what_somebody_signed_goes_out_and_only_in_the_place_of_the_latest() -> None:
    with pytest.raises(Problem, match=r"reports\.not_signed"):
        rules.check_issuing(a_report(), latest=None)
    signed = a_report(signed=Signature(AccountId(UUID(int=9)), "张**", AT))
    rules.check_issuing(signed, latest=None)
    with pytest.raises(Problem, match=r"reports\.other_issued_meanwhile"):
        rules.check_issuing(signed, latest=UUID(int=5))


def test_nothing_is_reported_before_it_happened() -> None:
    rules.check_drafting(day=DAY, cut_off=AT, at=AT)
    with pytest.raises(Problem, match=r"reports\.cut_off_in_future"):
        rules.check_drafting(day=DAY, cut_off=AT + timedelta(seconds=1), at=AT)
    with pytest.raises(Problem, match=r"reports\.day_after_cut_off"):
        rules.check_drafting(day=DAY + timedelta(days=1), cut_off=AT, at=AT)
