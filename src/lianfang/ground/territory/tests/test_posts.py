"""岗位: who holds which post on which day, who stands in, what stands empty; planned ahead and corrected afterwards."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianfang.foundation.kernel.ids import AccountId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.territory import actions, queries
from lianfang.ground.territory.models import Holding
from lianfang.ground.territory.terms import OrganisationKind, Span, Standing
from lianfang.ground.territory.tests.office import a_post, an_organisation, appoint
from lianfang.ground.territory.tests.town import FIRST_DAY, NOW, TODAY, id_of, load

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WANG, LI, ZHAO = AccountId(new_id()), AccountId(new_id()), AccountId(new_id())


def holders(post: UUID, on: date) -> set[tuple[AccountId, str]]:
    return {(each.account, each.standing) for each in queries.holdings_of(post) if each.days.holds(on)}


def empty_seats(post: UUID, on: date) -> tuple[date, date | None, int] | None:
    found = queries.post_vacancies([queries.post(post, on)], on)
    return (found[0].from_on, found[0].until_on, found[0].seats) if found else None


def test_somebody_holds_a_post_from_a_day_up_to_another() -> None:
    load()
    post = a_post()
    appoint(post, WANG, since=TODAY, until=TODAY + 3 * DAY)
    assert [bool(holders(post, TODAY + n * DAY)) for n in (-1, 0, 2, 3)] == [False, True, True, False]


def test_a_post_with_one_seat_refuses_a_second_holder_unless_somebody_is_replaced() -> None:
    load()
    post = a_post()
    first = appoint(post, WANG)
    with pytest.raises(Problem, match=r"territory\.post_is_full"):
        appoint(post, LI, since=TODAY + 5 * DAY)
    appoint(post, LI, since=TODAY + 5 * DAY, instead_of=first)
    assert holders(post, TODAY + 4 * DAY) == {(WANG, "regular")}
    assert holders(post, TODAY + 5 * DAY) == {(LI, "regular")}


def test_a_post_for_two_takes_two_and_no_third() -> None:
    load()
    post = a_post(wanted=2)
    appoint(post, WANG)
    appoint(post, LI)
    with pytest.raises(Problem, match=r"territory\.post_is_full"):
        appoint(post, ZHAO)
    with pytest.raises(Problem, match=r"territory\.holds_it_already"):
        appoint(a_post(wanted=3), WANG) and appoint(post, WANG, since=TODAY + DAY)


def test_who_stands_in_is_told_apart_and_fills_no_seat() -> None:
    load()
    post = a_post()
    of = appoint(post, WANG, until=TODAY + 10 * DAY)
    appoint(post, LI, since=TODAY + DAY, until=TODAY + 4 * DAY, acting=True, acting_for=of)
    assert holders(post, TODAY + DAY) == {(WANG, "regular"), (LI, "acting")}
    with pytest.raises(Problem, match=r"territory\.post_is_full"):
        appoint(post, ZHAO, since=TODAY + 2 * DAY, until=TODAY + 3 * DAY, acting=True)
    with pytest.raises(Problem, match=r"territory\.stands_in_for_nobody"):
        appoint(post, WANG, since=TODAY + 5 * DAY, acting=True, acting_for=of)
    assert empty_seats(post, TODAY) == (TODAY + 10 * DAY, None, 1)


def test_a_vacancy_says_from_when_until_when_and_who_stands_in() -> None:
    load()
    post = a_post(wanted=2)
    appoint(post, WANG, until=TODAY + 2 * DAY)
    appoint(post, LI)
    appoint(post, ZHAO, since=TODAY + 6 * DAY)
    (vacancy,) = queries.post_vacancies(queries.posts(areas=[id_of("S")], on=TODAY), TODAY)
    assert (vacancy.from_on, vacancy.until_on, vacancy.seats) == (TODAY + 2 * DAY, TODAY + 6 * DAY, 1)
    assert queries.post_vacancies(queries.posts(areas=[id_of("C2")], on=TODAY), TODAY) == []


def test_what_was_written_down_wrong_is_corrected_afterwards() -> None:
    load()
    post = a_post()
    first = appoint(post, WANG, since=TODAY)
    correct(first, TODAY - 4 * DAY, TODAY + 2 * DAY)
    assert [bool(holders(post, TODAY + n * DAY)) for n in (-5, -4, 1, 2)] == [False, True, True, False]
    appoint(post, LI, since=TODAY + 2 * DAY)
    with pytest.raises(Problem, match=r"territory\.post_is_full"):
        correct(first, TODAY, TODAY + 3 * DAY)


def correct(holding: UUID, since: date, until: date | None) -> None:
    actions.correct_holding(holding=holding, days=Span(since, until), reason="任命文件写错", by=THE_HOUSE, at=NOW)


def test_one_that_is_ended_before_it_began_never_holds() -> None:
    load()
    post = a_post()
    planned = appoint(post, WANG, since=TODAY + 5 * DAY)
    actions.end_holding(holding=planned, on=TODAY, by=THE_HOUSE, at=NOW)
    assert queries.holdings_of(post) == []
    appoint(post, LI, since=TODAY + 5 * DAY)


def test_a_post_changes_on_a_day_to_come_and_is_not_emptied_by_wanting_fewer() -> None:
    load()
    organisation = an_organisation()
    post = a_post(organisation=organisation, wanted=2)
    appoint(post, WANG)
    appoint(post, LI, until=TODAY + 5 * DAY)
    with pytest.raises(Problem, match=r"territory\.post_still_held"):
        want(post, organisation, 1, on=TODAY + 4 * DAY)
    want(post, organisation, 1, on=TODAY + 5 * DAY)
    assert [queries.post(post, TODAY + n * DAY).wanted for n in (0, 4, 5)] == [2, 2, 1]
    with pytest.raises(Problem, match=r"territory\.later_change_exists"):
        want(post, organisation, 3, on=TODAY)


def want(post: UUID, organisation: UUID, wanted: int, *, on: date) -> None:
    actions.set_post(
        post=post,
        organisation=organisation,
        area=id_of("C1"),
        name="值班长",
        wanted=wanted,
        on=on,
        by=THE_HOUSE,
        at=NOW,
    )


def test_organisations_of_any_depth_have_posts_and_do_not_end_before_them() -> None:
    load()
    above = None
    for name in ("街道党工委", "社区党委", "小区党支部", "网格党小组"):
        above = an_organisation(name, OrganisationKind.PARTY_ORGANISATION, under=above)
    assert above is not None
    post = a_post("中心户联络", organisation=above, area="G1")
    with pytest.raises(Problem, match=r"territory\.organisation_has_posts"):
        end(above)
    want_nobody = {"post": post, "organisation": above, "area": id_of("G1"), "name": "中心户联络"}
    actions.set_post(**want_nobody, wanted=0, on=TODAY, by=THE_HOUSE, at=NOW)  # type: ignore[arg-type]
    end(above)
    assert queries.posts(areas=[id_of("S")], on=TODAY) == []


def end(organisation: UUID) -> None:
    actions.end_organisation(organisation=organisation, on=TODAY, by=THE_HOUSE, at=NOW)


@pytest.mark.parametrize("code", ["post", "holding"])
def test_what_nobody_heard_of_is_not_there(code: str) -> None:
    load()
    with pytest.raises(Problem, match=rf"territory\.{code}_not_found"):
        appoint(new_id(), WANG) if code == "post" else correct(new_id(), TODAY, None)


def test_the_database_itself_refuses_two_in_one_seat() -> None:
    load()
    post = a_post()
    appoint(post, WANG, until=TODAY + 4 * DAY)
    row: dict[str, Any] = {"post_id": post, "account_id": LI, "name": "李强", "sole": True, "position": 1}
    with pytest.raises(IntegrityError, match="territory_one_holder_per_seat"), transaction.atomic():
        Holding.objects.create(id=new_id(), starts_on=TODAY + DAY, standing="regular", **row)
    Holding.objects.create(id=new_id(), starts_on=TODAY + DAY, standing="acting", **row)
    Holding.objects.create(id=new_id(), starts_on=TODAY + 4 * DAY, standing="regular", **row)


# --- whatever is asked, in whatever order -----------------------------------------------------------------------------

HORIZON = 12
days = st.integers(0, HORIZON)
one_step = st.one_of(
    st.tuples(st.just("appoint"), st.integers(0, 2), days, st.none() | days, st.booleans()),
    st.tuples(st.just("replace"), st.integers(0, 2), st.integers(0, 9), days),
    st.tuples(st.just("end"), st.integers(0, 9), days),
    st.tuples(st.just("correct"), st.integers(0, 9), days, st.none() | days),
    st.tuples(st.just("want"), st.integers(0, 2), days),
)
Held = tuple[int, str, int, int]  # who, standing, first day, first day without


class Naive:
    """The same by brute force: each day by itself, no intervals."""

    def __init__(self, wanted: int) -> None:
        self.held: dict[UUID, Held] = {}
        self.wanted = [(0, wanted)]

    def seats(self, day: int) -> int:
        return [n for since, n in self.wanted if since <= day][-1]

    def is_fine(self) -> bool:
        """On every day: nobody twice, and of each standing no more than are wanted."""
        return all(self._is_fine_on(day) for day in range(HORIZON + 2))

    def _is_fine_on(self, day: int) -> bool:
        there = [(who, standing) for who, standing, start, stop in self.held.values() if start <= day < stop]
        full = any(sum(1 for _, s in there if s == standing) > self.seats(day) for standing in Standing)
        return not full and len({who for who, _ in there}) == len(there)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([1, 1, 2]), st.lists(one_step, min_size=1, max_size=9))
def test_on_no_day_does_a_post_have_more_holders_than_seats(wanted: int, steps: list[Any]) -> None:
    with transaction.atomic():
        load()
        organisation = an_organisation()
        post, naive, ids = a_post(organisation=organisation, wanted=wanted), Naive(wanted), list[UUID]()
        for step in steps:
            act, after = _step(step, post, organisation, naive, ids)
            _agrees(act, after, naive, ids)
            for day in range(HORIZON + 2):
                there = [(w, s) for w, s, start, stop in naive.held.values() if start <= day < stop]
                assert holders(post, _day(day)) == {(PEOPLE[w], s) for w, s in there}
            _empty_seats_agree(post, naive)
        assert ledger.rebuild_differs() == []
        transaction.set_rollback(True)
    keyring.forget_opened()


PEOPLE = (WANG, LI, ZHAO)
NEW = UUID(int=0)
Change = Callable[[Naive], None]


def _day(n: int) -> date:
    return FIRST_DAY + n * DAY


def _last(n: int | None) -> int:
    return 99 if n is None else n


def _step(
    step: Any, post: UUID, organisation: UUID, naive: Naive, ids: list[UUID]
) -> tuple[Callable[[], Any], Change | None]:
    """What is asked of the house, and what it should come to; None: nothing, it makes no sense."""
    match step:
        case ("appoint", who, start, stop, acting):
            until = None if stop is None else _day(stop)
            standing = Standing.ACTING if acting else Standing.REGULAR
            held = (who, standing, start, _last(stop))
            put_in = None if _last(stop) <= start else lambda n: n.held.__setitem__(NEW, held)
            return lambda: appoint(post, PEOPLE[who], since=_day(start), until=until, acting=acting), put_in
        case ("replace", who, which, start) if ids:
            old = ids[which % len(ids)]

            def replaced(n: Naive) -> None:
                was = n.held[old]
                n.held[old] = (*was[:3], min(was[3], max(start, was[2])))
                n.held[NEW] = (who, Standing.REGULAR, start, 99)

            return lambda: appoint(post, PEOPLE[who], since=_day(start), instead_of=old), replaced
        case ("end", which, on) if ids:
            old = ids[which % len(ids)]
            was = naive.held[old]
            ended = (*was[:3], min(was[3], max(on, was[2])))
            return (
                lambda: actions.end_holding(holding=old, on=_day(on), by=THE_HOUSE, at=NOW),
                lambda n: n.held.__setitem__(old, ended),
            )
        case ("correct", which, start, stop) if ids:
            old = ids[which % len(ids)]
            put = (*naive.held[old][:2], start, _last(stop))
            until = None if stop is None else _day(stop)
            put_on = None if _last(stop) <= start else lambda n: n.held.__setitem__(old, put)
            return lambda: correct(old, _day(start), until), put_on
        case ("want", seats, on):
            later = [one for one in naive.wanted if one[0] < on] + [(on, seats)]
            is_late = on < naive.wanted[-1][0]
            wanted = None if is_late else lambda n: setattr(n, "wanted", later)
            return lambda: want(post, organisation, seats, on=_day(on)), wanted
    return lambda: None, lambda n: None


def _agrees(act: Callable[[], Any], after: Change | None, naive: Naive, ids: list[UUID]) -> None:
    """The house does what the naive one finds fine, and refuses the rest."""
    then = Naive(0)
    then.held, then.wanted = dict(naive.held), list(naive.wanted)
    if after is not None:
        after(then)
    fine = after is not None and then.is_fine()
    try:
        made = act()
    except Problem as problem:
        assert not fine, (problem.code, then.held, then.wanted)
        return
    assert fine, (then.held, then.wanted)
    new = then.held.pop(NEW, None)
    if new is not None:
        then.held[made] = new
        ids.append(made)
    naive.held, naive.wanted = then.held, then.wanted


def _empty_seats_agree(post: UUID, naive: Naive) -> None:
    """The vacancy is the first day with fewer regular holders than seats."""

    def missing(day: int) -> int:
        there = sum(1 for _, s, start, stop in naive.held.values() if s == Standing.REGULAR and start <= day < stop)
        return naive.seats(day) - there

    first = next((day for day in range(HORIZON + 2) if missing(day) > 0), None)
    found = empty_seats(post, _day(0))
    assert (found and (found[0], found[2])) == (None if first is None else (_day(first), missing(first)))
