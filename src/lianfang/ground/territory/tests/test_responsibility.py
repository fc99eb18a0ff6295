"""一格一员: at most one accountable worker per grid at any instant, and none is an alarm."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from lianfang.foundation.kernel.ids import AccountId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.territory import actions, queries
from lianfang.ground.territory.models import Responsibility
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of, load

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WANG, LI = AccountId(new_id()), AccountId(new_id())


def assign(
    code: str, account: AccountId = WANG, *, at: int = 0, until: int | None = None, replace: bool = False
) -> None:
    actions.assign_responsible(
        grid=id_of(code),
        account=account,
        name="王芳" if account == WANG else "李强",
        starts_at=NOW + at * HOUR,
        ends_at=None if until is None else NOW + until * HOUR,
        replace=replace,
        by=THE_HOUSE,
        at=NOW,
    )


def who(code: str, *, at: int) -> AccountId | None:
    found = queries.responsible(id_of(code), NOW + at * HOUR)
    return found.account if found else None


def test_a_worker_answers_for_a_grid_from_an_instant_to_an_instant() -> None:
    load()
    assign("G1", at=1, until=3)
    assert [who("G1", at=h) for h in (0, 1, 2, 3)] == [None, WANG, WANG, None]


def test_a_second_worker_is_refused_unless_the_first_hands_over() -> None:
    load()
    assign("G1")
    with pytest.raises(Problem, match=r"territory\.grid_has_a_worker"):
        assign("G1", LI, at=2)
    assign("G1", LI, at=2, replace=True)
    assert [who("G1", at=h) for h in (0, 1, 2, 9)] == [WANG, WANG, LI, LI]


def test_a_plan_that_is_replaced_before_it_began_never_holds_and_stays_to_be_seen() -> None:
    load()
    assign("G1", at=5)
    assign("G1", LI, at=2, replace=True)
    assert [who("G1", at=h) for h in (1, 2, 5, 6)] == [None, LI, LI, LI]
    assert len(queries.responsibilities(id_of("G1"))) == 2


def test_grids_nobody_answers_for_are_listed() -> None:
    load()
    assign("G1")
    assert {a.code for a in queries.vacancies(id_of("S"), NOW)} == {"G2", "G3"}
    assert queries.vacancies(id_of("G1"), TODAY) == []


def test_when_a_worker_leaves_all_their_grids_are_vacant() -> None:
    load()
    assign("G1")
    assign("G2")
    assign("G3", LI)
    assert actions.end_responsibilities_of(account=WANG, by=THE_HOUSE, at=NOW + HOUR) == 2
    assert queries.grids_of(WANG, NOW + HOUR) == []
    assert queries.grids_of(LI, NOW + HOUR) == [id_of("G3")]


def test_a_grid_that_ends_has_nobody_left_to_answer_for_it() -> None:
    load()
    assign("G2")
    actions.end_area(area=id_of("G2"), on=TODAY + timedelta(days=1), by=THE_HOUSE, at=NOW)
    assert Responsibility.objects.get().ends_at is not None


def test_a_grid_that_is_to_end_still_gets_somebody_until_then() -> None:
    """A worker leaves in the week before two grids are put together: the doors are there for the rest of it."""
    load()
    tomorrow = TODAY + timedelta(days=1)
    actions.end_area(area=id_of("G2"), on=tomorrow, by=THE_HOUSE, at=NOW)
    assign("G2")
    assert Responsibility.objects.get().ends_at == queries.start_of(tomorrow)
    with pytest.raises(Problem, match=r"territory\.not_a_grid"):
        assign("G2", LI, at=48)


def test_only_a_grid_has_an_accountable_worker() -> None:
    load()
    with pytest.raises(Problem, match=r"territory\.not_a_grid"):
        assign("C1")


@pytest.mark.parametrize("until", [None, 4])
def test_the_database_itself_refuses_two_at_one_instant(until: int | None) -> None:
    load()
    grid = id_of("G1")
    assign("G1", at=1, until=until)
    with pytest.raises(IntegrityError, match="territory_one_accountable_worker_per_grid"), transaction.atomic():
        Responsibility.objects.create(
            id=new_id(), grid_id=grid, account_id=LI, name="李强", starts_at=NOW, ends_at=NOW + 2 * HOUR
        )
    Responsibility.objects.create(
        id=new_id(), grid_id=grid, account_id=LI, name="李强", starts_at=NOW, ends_at=NOW + HOUR
    )
    with pytest.raises(IntegrityError, match="territory_one_accountable_worker_per_grid"), transaction.atomic():
        Responsibility.objects.filter(account_id=LI).update(ends_at=NOW + 3 * HOUR)


def test_who_answers_for_what_rebuilds_from_entries() -> None:
    load()
    assign("G1")
    assign("G1", LI, at=2, replace=True)
    assign("G2", at=5)
    actions.end_responsibilities_of(account=WANG, by=THE_HOUSE, at=NOW + HOUR)
    assert ledger.rebuild_differs() == []
