"""Codes at doors, scans that say no more than they are, and fourteen days. The story of Zhengzhou among them."""

import random
from datetime import timedelta
from uuid import UUID

import pytest

from lianfang.foundation.kernel.ids import ResidentId
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.codes import queries as codes
from lianfang.ground.codes.terms import Colour
from lianfang.ground.policies import actions as policies
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.tests.test_rules import refused as raises
from lianfang.ground.registry import following
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of
from lianfang.operations.venues import actions, jobs, models, queries, rules
from lianfang.operations.venues.tests.market import (
    DAY,
    HOUR,
    PEOPLE,
    Market,
    a_place,
    flags_of,
    hand_in,
    open_incident,
    publish,
)

pytestmark = pytest.mark.django_db(databases=["default", "plumbing"])


@pytest.fixture
def market() -> Market:
    return Market()


def counts(market: Market) -> tuple[int, int]:
    rows = models.Day.objects.filter(code_id=market.code.id, area_id=market.code.area)
    return sum(row.visits for row in rows), sum(row.no_visits for row in rows)


# --- codes ------------------------------------------------------------------------------------------------------------


def test_a_place_has_one_code_that_counts_and_a_new_one_ends_it(market: Market) -> None:
    second = market.issue(market.place, at=NOW + HOUR)
    found = queries.codes(area=id_of("C1"), viewer=market.sees(market.officer, NOW + 2 * HOUR))
    assert [(row.id, row.good) for row in found.rows] == [(second.id, True), (market.code.id, False)]
    assert found.rows[0].where.endswith(" 中街8号")


def test_without_an_open_incident_whose_pack_says_so_no_code_is_issued() -> None:
    town.load()
    market = object.__new__(Market)
    market.officer = hire("officer", Role.COMMUNITY_OFFICER, area="C1")
    place = a_place("香江市场")
    with raises("venues.no_incident_asks"):
        market.issue(place)
    open_incident()
    assert market.issue(place).name == "香江市场"


def test_a_code_withdrawn_is_withdrawn_once_and_a_place_that_is_gone_gets_none(market: Market) -> None:
    officer = market.sees(market.officer)
    actions.withdraw_code(code=market.code.id, viewer=officer, at=NOW)
    with raises("venues.withdrawn_already"):
        actions.withdraw_code(code=market.code.id, viewer=officer, at=NOW)
    following.end_place(place=market.place, by=THE_HOUSE, at=NOW, reason="关了")
    with raises("venues.place_gone"):
        market.issue(market.place)


def test_when_the_incident_is_over_a_code_is_good_for_nothing(market: Market) -> None:
    posture.close_incident(incident=market.incident.id, reason="解除", by=THE_HOUSE, at=NOW + HOUR)
    (row,) = queries.codes(area=id_of("C1"), viewer=market.sees(market.officer, NOW + 2 * HOUR)).rows
    assert not row.good
    before, after = market.visit(), market.visit(at=NOW + 90 * HOUR / 60)
    assert hand_in(before, after, at=NOW + 2 * HOUR) == ["stored", "stored"]
    assert (flags_of(before), flags_of(after)) == ((), ("venues.after_the_end",))


# --- what a scan says -------------------------------------------------------------------------------------------------


def test_each_visit_counts_once_in_whatever_order_and_as_often_as_it_comes(market: Market) -> None:
    day = [market.visit(n % 4, at=NOW - n * HOUR / 4) for n in range(12)] + [market.visit(None), market.visit(None)]
    sent = day * 2
    random.Random(8).shuffle(sent)
    hand_in(*sent)
    assert counts(market) == (14, 0)
    assert models.Visit.objects.count() == 12  # nobody's code was looked at: only counted


def test_a_visit_that_came_before_its_code_waits_for_it(market: Market) -> None:
    assert hand_in(market.visit(code=UUID(int=5))) == ["held"]
    assert counts(market) == (0, 0)


def test_what_was_sent_on_or_withdrawn_or_forged_is_kept_and_leaves_no_token(market: Market) -> None:
    sent_on, forged = market.visit(how="sent_on"), market.visit(UUID(int=6))
    actions.withdraw_code(code=market.code.id, viewer=market.sees(market.officer), at=NOW)
    late = market.visit(at=NOW + timedelta(seconds=30))
    before = market.visit(at=NOW - timedelta(seconds=30))
    assert hand_in(sent_on, forged, late, before) == ["stored"] * 4
    assert flags_of(sent_on) == ("venues.not_at_the_door", "venues.code_withdrawn_before")
    assert flags_of(forged) == ("venues.code_withdrawn_before", "venues.credential_unknown")
    assert (flags_of(late), flags_of(before)) == (("venues.code_withdrawn_before",), ())
    assert counts(market) == (1, 3)
    assert models.Visit.objects.count() == 1


def test_another_hour_gives_another_token_and_the_same_hour_the_same(market: Market) -> None:
    hand_in(*(market.visit(at=NOW - minutes * HOUR / 60) for minutes in (10, 20, 90)))
    tokens = [bytes(row.token) for row in models.Visit.objects.order_by("-at")]
    assert tokens[0] == tokens[1] != tokens[2]
    kept = b"".join(tokens)
    assert market.credentials[0].bytes not in kept and PEOPLE[0].bytes not in kept


def test_the_desk_sees_counts_by_the_hour_and_nobody(market: Market) -> None:
    hand_in(*(market.visit(who, at=NOW - minutes * HOUR / 60) for who, minutes in ((0, 5), (1, 5), (0, 15), (0, 70))))
    seen = queries.window(
        id=market.code.id, starts_at=NOW - 3 * HOUR, ends_at=NOW + HOUR, viewer=market.sees(market.officer)
    )
    assert [(row.visits, row.different) for row in seen.hours] == [(1, 1), (3, 2)]
    assert seen.visits == 4


def test_a_rebuild_gives_the_same_tables(market: Market) -> None:
    hand_in(market.visit(), market.visit(1, how="sent_on"), market.visit(2, at=NOW - 2 * HOUR))
    market.issue(market.place)
    assert ledger.rebuild_differs() == []


# --- Zhengzhou, June 2022 ---------------------------------------------------------------------------------------------


def test_871_people_scan_a_forwarded_code_and_nobody_is_anything_for_it(market: Market) -> None:
    crowd = [ResidentId(UUID(int=0x8000 + n)) for n in range(871)]
    publish(((id, f"储户{n}") for n, id in enumerate(crowd)), household=0x6001)
    numbers = [market.credential(person) for person in crowd]
    policies.put_in_force(edition="nantong_2021_08", area=id_of("S"), from_day=TODAY, by=THE_HOUSE, at=NOW - 6 * HOUR)
    before = _statuses(market, crowd[::50])
    head = entries.head()
    # half of them say honestly that it came by message; the other half are made to look as if they stood at the door
    scans = [
        market.visit(number, at=NOW - HOUR / 2, how="sent_on" if n % 2 else "at_the_door")
        for n, number in enumerate(numbers)
    ]
    assert set(hand_in(*scans)) == {"stored"}
    assert {entry.kind for entry in entries.entries_between(head + 1, entries.head())} == {"venues.visit_noted.v1"}
    assert sum(counts(market)) == 871
    assert _statuses(market, crowd[::50]) == before
    assert {colour for colour, _, _ in before} <= {Colour.GREEN, Colour.GREY}
    assert not any(codes.orders_about(resident=person) for person in crowd[::50])


def _statuses(market: Market, people: list[ResidentId]) -> list[tuple[Colour, object, object]]:
    """By the rule in force, with nothing shown and nothing handed in."""
    viewer = market.sees(market.tracer)
    found = [codes.status(resident=person, viewer=viewer, code="gate.travel_code") for person in people]
    return [(each.colour, each.orders, each.evidence) for each in found]


def test_there_is_no_path_from_a_scan_to_a_status() -> None:
    """Nothing listens to what venues write; and what venues may call can neither propose nor hand in evidence."""
    ours = {kind for kind in ledger.installed().kinds if kind.startswith("venues.")}
    assert ours
    listening = [each.name for each in ledger.installed().reactions if ours & each.kinds]
    folding = {each.name for kind in ours for each in ledger.installed().folded_by[kind]}
    assert (listening, folding) == ([], {"venues"})
    called = _imports_of("lianfang.operations.venues")
    assert {name for name in called if name.startswith("lianfang.ground.codes")} == {
        "lianfang.ground.codes.queries",
        "lianfang.ground.codes.records",
    }
    assert "lianfang.ground.policies" not in " ".join(called)


def _imports_of(package: str) -> set[str]:
    import ast
    from importlib import import_module
    from pathlib import Path

    folder = Path(str(import_module(package).__file__)).parent
    found = set()
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names if each.name.islower())}
    return {name for name in found if len(name.split(".")) == 4 or name.startswith("lianfang.ground.policies")}


# --- fourteen days ----------------------------------------------------------------------------------------------------


def test_a_day_is_kept_for_fourteen_days_and_gone_in_the_night_after(market: Market) -> None:
    hand_in(market.visit(), market.visit(1))
    night = (NOW + 15 * DAY).replace(hour=0)
    assert actions.forget_visits(at=night - DAY) == 0
    assert models.Visit.objects.count() == 2
    assert actions.forget_visits(at=night) == 1
    assert models.Visit.objects.count() == 0
    assert counts(market) == (2, 0)
    assert keyring.is_destroyed(rules.visit_key(market.incident.id, TODAY))
    assert actions.forget_visits(at=night) == 0


def test_what_is_forgotten_cannot_be_read_in_the_ledger_either_and_a_rebuild_agrees(market: Market) -> None:
    old, new = market.visit(), market.visit(at=NOW + 3 * DAY)
    hand_in(old)
    hand_in(new, at=NOW + 3 * DAY + HOUR)
    actions.forget_visits(at=NOW + 15 * DAY)
    bodies = [entry.body for entry in entries.entries_of([UUID(str(each["id"])) for each in (old, new)])]
    assert bodies[0] is None and bodies[1] is not None
    assert models.Visit.objects.count() == 1
    assert ledger.rebuild_differs() == []
    assert entries.verify() == []


def test_what_has_been_kept_for_too_long_is_not_looked_at_even_before_the_night(market: Market) -> None:
    hand_in(market.visit())
    when = {"starts_at": NOW - DAY, "ends_at": NOW + DAY}
    assert len(queries.visits_of([market.code.no], **when, at=NOW + 14 * DAY)) == 1
    assert queries.visits_of([market.code.no], **when, at=NOW + 15 * DAY) == []


@pytest.mark.django_db(transaction=True, databases=["default", "plumbing"])
def test_the_job_goes_by_the_clock_of_the_house() -> None:
    market = Market()
    hand_in(market.visit())
    with clock.stopped_at(NOW + 15 * DAY):
        assert jobs.forget_visits.call(job="00000000-0000-0000-0000-000000000000") == 1
    assert [each.cron for each in jobs.SCHEDULE] == ["20 0 * * *"]
