"""Two people, a reason, a few hours: how anybody learns who was there, and how whoever was there learns of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.foundation.plumbing import clock
from lianfang.ground.access import queries as access
from lianfang.ground.access.models import Account
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.tests.test_rules import refused as raises
from lianfang.ground.territory.tests.town import NOW, id_of
from lianfang.operations.venues import models, warrants
from lianfang.operations.venues.terms import Warrant
from lianfang.operations.venues.tests.market import DAY, HOUR, NAMES, PEOPLE, Market, a_place, hand_in

pytestmark = pytest.mark.django_db(databases=["default", "plumbing"])
WHY = "12月10日上午市场内有确诊病例,找同时在场的人"
API, JSON = "/api/v1", "application/json"
LATER = NOW + HOUR / 4


@pytest.fixture
def market() -> Market:
    """张 and 李 a few minutes apart, 王 two hours before; 赵 next door at the same time."""
    made = Market()
    other = made.issue(a_place("隔壁饭店"))
    hand_in(
        made.visit(0, at=NOW - HOUR / 2),
        made.visit(1, at=NOW - HOUR / 2 + timedelta(minutes=9)),
        made.visit(2, at=NOW - 5 * HOUR / 2),
        made.visit(3, at=NOW - HOUR / 2, code=other.id),
    )
    return made


def proposed(market: Market, **more: Any) -> Warrant:
    plain = {"place": market.place, "starts_at": NOW - HOUR, "ends_at": NOW, "reason": WHY, "at": LATER}
    return warrants.propose_warrant(viewer=market.sees(market.tracer, LATER), **(plain | more))


def signed(market: Market, **more: Any) -> Warrant:
    waits = proposed(market, **more)
    return warrants.sign_warrant(warrant=waits.id, viewer=market.sees(market.command, LATER), at=LATER)


def read(market: Market, warrant: Warrant, *, at: datetime = LATER) -> Any:
    return warrants.read_warrant(warrant=warrant.id, viewer=market.sees(market.tracer, at), at=at)


def names(reading: Any) -> set[str]:
    return {person.resident for person in reading.people}


def test_a_place_and_an_hour_give_those_who_were_there_then_and_nobody_next_door(market: Market) -> None:
    reading = read(market, signed(market))
    assert names(reading) == {PEOPLE[0], PEOPLE[1]}
    assert (reading.visits, reading.elsewhere, reading.unknown) == (2, 0, 0)
    assert not {person.name for person in reading.people} & set(NAMES)  # masked, as everywhere


def test_a_case_gives_whoever_was_near_and_not_where(market: Market) -> None:
    about = {"place": None, "resident": PEOPLE[0], "starts_at": NOW - 5 * DAY}
    reading = read(market, signed(market, **about))
    assert names(reading) == {PEOPLE[1]}
    assert {field for field in reading.people[0].__struct_fields__ if "place" in field} == set()


def test_sixteen_minutes_apart_is_not_together() -> None:
    market = Market()
    hand_in(market.visit(0, at=NOW - HOUR), market.visit(1, at=NOW - HOUR + timedelta(minutes=16)))
    about = {"place": None, "resident": PEOPLE[0], "starts_at": NOW - DAY}
    assert read(market, signed(market, **about)).people == []


def test_before_two_have_signed_nothing_is_read_and_nobody_is_counted(market: Market) -> None:
    waits = proposed(market)
    with raises("venues.not_signed"):
        read(market, waits)
    (row,) = warrants.warrants(area=id_of("S"), viewer=market.sees(market.tracer, LATER)).rows
    assert (row.state, row.visits) == ("proposed", None)


def test_whoever_proposed_cannot_be_the_second_whatever_roles_they_hold(market: Market) -> None:
    both = hire("both", Role.TRACER, Role.COMMAND)
    waits = warrants.propose_warrant(
        place=market.place, starts_at=NOW - HOUR, ends_at=NOW, reason=WHY, viewer=viewer(both), at=NOW
    )
    with raises("venues.second_person_needed"):
        warrants.sign_warrant(warrant=waits.id, viewer=viewer(both), at=NOW)


def test_raw_sql_cannot_make_one_person_two(market: Market) -> None:
    from django.db import IntegrityError, connection, transaction

    from lianfang.foundation.plumbing import walls

    waits = proposed(market)
    with pytest.raises(IntegrityError), walls.owner_at_work(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE venues_warrant SET signed_by = proposed_by, signed_at = proposed_at")
    with pytest.raises(IntegrityError), walls.owner_at_work(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE venues_warrant SET readings = 1")
    assert waits.signed_by is None


def test_a_third_person_with_every_permission_reads_nothing(market: Market) -> None:
    other = hire("tracer2", Role.TRACER)
    with raises("venues.one_of_the_two"):
        warrants.read_warrant(warrant=signed(market).id, viewer=market.sees(other, LATER), at=LATER)


def test_a_warrant_ends_with_its_day_and_with_its_incident(market: Market) -> None:
    running = signed(market)
    with raises("venues.not_signed"):
        read(market, running, at=LATER + DAY)
    posture.close_incident(incident=market.incident.id, reason="解除", by=THE_HOUSE, at=LATER)
    with raises("venues.not_signed"):
        read(market, running, at=LATER + timedelta(seconds=1))


def test_declined_or_left_for_a_day_it_is_none(market: Market) -> None:
    first, second = proposed(market), proposed(market)
    command = market.sees(market.command, LATER)
    warrants.decline_warrant(warrant=first.id, reason="范围太大", viewer=command, at=LATER)
    with raises("venues.not_waiting"):
        warrants.sign_warrant(warrant=first.id, viewer=command, at=LATER)
    with raises("venues.not_waiting"):
        warrants.sign_warrant(warrant=second.id, viewer=market.sees(market.command, LATER + DAY), at=LATER + DAY)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"reason": "看看"}, "venues.reason_too_short"),
        ({"starts_at": NOW - 25 * HOUR}, "venues.window_too_long"),
        ({"starts_at": NOW, "ends_at": NOW}, "venues.window_too_long"),
        ({"ends_at": LATER + HOUR}, "venues.window_not_kept"),
        ({"starts_at": NOW - 15 * DAY, "ends_at": NOW - 15 * DAY + HOUR}, "venues.window_not_kept"),
        ({"resident": PEOPLE[0]}, "venues.one_question"),
        ({"place": None}, "venues.one_question"),
        ({"place": UUID(int=9)}, "access.not_found"),
    ],
)
def test_no_warrant_asks_for_more_than_it_may(market: Market, more: dict[str, Any], code: str) -> None:
    with raises(code):
        proposed(market, **more)


def test_everybody_read_finds_it_among_the_looks_at_them_with_its_reason_and_nobody_else_does(market: Market) -> None:
    """The data officer reads for a resident who asks; the resident's own page will read the same."""
    officer = viewer(hire("data", Role.DATA_OFFICER))
    read(market, signed(market))
    looks = {
        person: [
            (look.what, look.reason, look.account.name)
            for look in access.who_looked(resident=person, area=id_of("G1"), viewer=officer)
        ]
        for person in PEOPLE
    }
    assert looks[PEOPLE[0]] == looks[PEOPLE[1]] == [("venues.warrant", WHY, "tracer同志")]
    assert looks[PEOPLE[2]] == looks[PEOPLE[3]] == []


def test_each_reading_is_an_entry_of_its_own_and_a_rebuild_agrees(market: Market) -> None:
    warrant = signed(market)
    head = entries.head()
    read(market, warrant)
    read(market, warrant)
    kinds = [entry.kind for entry in entries.entries_between(head + 1, entries.head())]
    assert kinds == ["access.people_disclosed.v1", "venues.warrant_read.v1"] * 2
    assert models.Warrant.objects.get(id=warrant.id).readings == 2
    assert ledger.rebuild_differs() == []


def test_somebody_of_another_community_is_counted_and_not_shown() -> None:
    market = Market()
    here = hire("near", Role.TRACER, area="C2")
    hand_in(market.visit(0, at=NOW - HOUR / 2))
    with raises("access.not_found"):
        warrants.propose_warrant(
            place=market.place, starts_at=NOW - HOUR, ends_at=NOW, reason=WHY, viewer=viewer(here), at=NOW
        )


# --- over HTTP --------------------------------------------------------------------------------------------------------


@pytest.fixture
def at_later() -> Iterator[None]:
    with clock.stopped_at(LATER):
        yield


def desk(account: Any) -> Client:
    client = Client()
    client.force_login(Account.objects.get(id=account))
    return client


@pytest.mark.usefixtures("at_later")
def test_two_people_over_http(market: Market) -> None:
    tracer, command = desk(market.tracer), desk(market.command)
    asked = {
        "place": str(market.place),
        "starts_at": (NOW - HOUR).isoformat(),
        "ends_at": NOW.isoformat(),
        "reason": WHY,
    }
    made = tracer.post(f"{API}/venue-warrants", asked, JSON)
    assert (made.status_code, made.json()["state"], made.json()["about"]) == (201, "proposed", "香江市场")
    address = f"{API}/venue-warrants/{made.json()['id']}"
    assert tracer.post(f"{address}/signature").status_code == 403  # another role signs
    assert tracer.post(f"{address}/reading").json()["code"] == "venues.not_signed"
    assert command.post(f"{address}/signature").json()["visits"] == 2
    people = tracer.post(f"{address}/reading").json()["people"]
    assert {person["resident"] for person in people} == {str(PEOPLE[0]), str(PEOPLE[1])}
    assert command.get(f"{API}/venue-warrants?area={id_of('S')}").json()["rows"][0]["readings"] == 1


@pytest.mark.usefixtures("at_later")
def test_a_code_over_http_from_the_place_to_the_withdrawal(market: Market) -> None:
    officer = desk(market.officer)
    made = officer.post(f"{API}/venue-codes", {"place": str(market.place), "contact": "5400001"}, JSON).json()
    assert (made["good"], made["name"]) == (True, "香江市场")
    rows = officer.get(f"{API}/venue-codes?area={id_of('C1')}").json()["rows"]
    assert sorted((row["name"], row["good"]) for row in rows) == [
        ("隔壁饭店", True),
        ("香江市场", False),
        ("香江市场", True),
    ]
    window = {"starts_at": (NOW - 3 * HOUR).isoformat(), "ends_at": NOW.isoformat()}
    seen = officer.get(f"{API}/venue-codes/{market.code.id}/visits", window).json()
    assert seen["visits"] == 3 and "token" not in str(seen)
    withdrawn = officer.post(f"{API}/venue-codes/{made['id']}/withdrawal", {"reason": "有人转发"}, JSON)
    assert withdrawn.json()["good"] is False
