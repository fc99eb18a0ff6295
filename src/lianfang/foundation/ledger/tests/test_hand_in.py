"""What becomes of records that reach us."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianfang.foundation.kernel.ids import AccountId, DeviceId, new_id
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions, queries
from lianfang.foundation.ledger.models import Entry, HeldRecord, Refused
from lianfang.foundation.ledger.records import HandInReply
from lianfang.foundation.ledger.terms import Sender
from lianfang.foundation.ledger.tests import town
from lianfang.foundation.ledger.tests.town import GRID, NOW, STREET, WORKER, a_record, as_sent, houses

pytestmark = pytest.mark.usefixtures("in_town")
CLERK = Actor(account=AccountId(new_id()), name="王")


def a_house() -> UUID:
    id = new_id()
    houses[id] = GRID
    return id


def hand_in(*records: dict[str, Any], sender: Sender = WORKER, raw: tuple[bytes, ...] = ()) -> HandInReply:
    return actions.hand_in([*as_sent(records), *raw], sender=sender, received_at=NOW + timedelta(minutes=5))


def fates(reply: HandInReply) -> list[str]:
    return [receipt.fate.value for receipt in reply.receipts]


def codes(reply: HandInReply) -> list[str | None]:
    return [receipt.code for receipt in reply.receipts]


def tallies() -> dict[UUID, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT area_id, sum(knocks), sum(people) FROM town_tally GROUP BY area_id")
        return {UUID(str(area)): (int(knocks), int(people)) for area, knocks, people in cursor.fetchall()}


def test_a_record_is_stored_counted_at_every_level_and_acknowledged() -> None:
    reply = hand_in(a_record(household=str(a_house()), people=3))
    assert fates(reply) == ["stored"]
    assert tallies() == {STREET: (1, 3), GRID: (1, 3)}
    assert reply.position == queries.head() == 1
    assert reply.device and (reply.device.stored, reply.device.highest_n) == (1, 1)


def test_sent_twice_counts_once() -> None:
    record = a_record(household=str(a_house()), people=3)
    assert fates(hand_in(record, record)) == ["stored", "already_held"]
    assert fates(hand_in(record)) == ["already_held"]
    assert tallies()[STREET] == (1, 3)


def test_white_space_and_order_of_keys_make_no_difference() -> None:
    record = a_record(household=str(a_house()), people=3)
    hand_in(record)
    body = f'{{ "people" : 3, "household": "{record["body"]["household"]}" }}'  # type: ignore[index]
    again = f'{{"body": {body}, "n": 1, "id": "{record["id"]}", "kind": "town.knocked.v1", "at": "{record["at"]}"}}'
    assert fates(hand_in(raw=(again.encode(),))) == ["already_held"]


def test_one_bad_record_does_not_spoil_the_batch_and_its_bytes_are_kept() -> None:
    good, bad = a_record(household=str(a_house())), a_record(household="not an id")
    reply = hand_in(bad, good, raw=(b'{"id": 5}', b"null"))
    assert fates(reply) == ["refused", "stored", "refused", "refused"]
    assert reply.receipts[0].id == UUID(str(bad["id"])) and "household" in (reply.receipts[0].message or "")
    assert Refused.objects.count() == 3


def test_the_same_id_saying_something_else_is_kept_for_a_person_and_never_overwrites() -> None:
    record = a_record(household=str(a_house()), people=3)
    other = {**record, "body": {**record["body"], "people": 30}}  # type: ignore[dict-item]
    hand_in(record)
    for _ in range(2):
        assert codes(hand_in(other)) == ["ledger.same_id_other_content"]
    assert HeldRecord.objects.count() == 1, "sent again it is not kept again"
    assert tallies()[STREET] == (1, 3)


def test_a_kind_never_heard_of_is_kept_until_the_server_learns_it() -> None:
    assert codes(hand_in(a_record("town.sang.v7", song="x"))) == ["ledger.newer_kind"]


def test_a_device_cannot_send_what_only_a_desk_may_do() -> None:
    assert codes(hand_in(a_record("town.decreed.v1", household=str(new_id())))) == ["ledger.kind_not_from_devices"]


def test_outside_ones_areas_is_kept_for_a_person_who_may_vouch_for_it() -> None:
    stranger = Sender(AccountId(new_id()), DeviceId(new_id()), frozenset([town.ELSEWHERE]))
    record = a_record(household=str(a_house()), people=2)
    assert codes(hand_in(record, sender=stranger)) == ["ledger.out_of_scope"]
    assert tallies() == {}
    (held,) = queries.held_open()
    actions.settle_held(held.id, accept=True, reason="代班", area=STREET, by=CLERK, at=NOW)
    assert tallies()[STREET] == (1, 2)
    assert queries.held_open() == []
    with pytest.raises(Problem, match="held_settled"):
        actions.settle_held(held.id, accept=True, reason="again", area=STREET, by=CLERK, at=NOW)
    assert fates(hand_in(record, sender=stranger)) == ["already_held"]


def test_a_revoked_phone_loses_no_visit() -> None:
    gone = Sender(WORKER.account, WORKER.device, WORKER.areas, revoked=True)
    assert codes(hand_in(a_record(household=str(a_house())), sender=gone)) == ["ledger.device_revoked"]
    (held,) = queries.held_open()
    assert held.area == GRID
    actions.settle_held(held.id, accept=False, reason="手机被盗", area=STREET, by=CLERK, at=NOW)
    assert tallies() == {} and queries.held_open() == []
    assert queries.device_counts([gone.device])[gone.device].held == 1, "phone and server still agree"


def test_a_child_before_its_parent_waits_and_is_counted_when_the_parent_comes() -> None:
    home = str(a_house())
    parent = a_record(household=home, people=1)
    child = a_record(household=home, people=1, after=parent["id"], n=2)
    assert codes(hand_in(child)) == ["ledger.parent_missing"]
    assert fates(hand_in(parent)) == ["stored"]
    assert tallies()[STREET] == (2, 2)
    assert queries.held_open() == []
    (count,) = queries.device_counts([WORKER.device]).values()
    assert (count.stored, count.held, count.highest_n) == (2, 0, 2)


def test_in_one_batch_order_does_not_matter() -> None:
    new_home = str(new_id())
    visit = a_record(household=new_home, people=4)
    later = a_record(household=new_home, after=visit["id"], n=3)
    assert fates(hand_in(later, visit, a_record("town.found.v1", household=new_home, n=0))) == ["stored"] * 3


def test_a_record_that_breaks_a_projection_is_held_and_the_others_are_counted() -> None:
    good, poison = a_record(household=str(a_house()), people=1), a_record(household=str(a_house()), note="poison")
    assert codes(hand_in(good, poison)) == [None, "ledger.projection_failed"]
    assert tallies()[STREET] == (1, 1)


def test_an_odd_clock_is_a_flag_and_counts_on_the_day_of_receipt() -> None:
    reply = hand_in(a_record(household=str(a_house()), minutes=10 * 365 * 24 * 60))
    assert fates(reply) == ["stored"]
    entry = Entry.objects.get()
    assert (entry.flags, entry.day.isoformat()) == ("clock_odd", "2021-12-10")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_splitting_or_repetition_gives_the_same_counts(data: st.DataObject) -> None:
    with connection.cursor() as cursor:
        for table in (
            "ledger_entry",
            "ledger_batch",
            "ledger_heldrecord",
            "ledger_devicetally",
            "town_door",
            "town_tally",
        ):
            cursor.execute(f"DELETE FROM {table}")
    houses.clear()
    home, found = str(a_house()), str(new_id())
    visit = a_record(household=home, people=3, n=1)
    records = [
        visit,
        a_record(household=home, people=1, after=visit["id"], n=2),
        a_record("town.found.v1", household=found, n=3),
        a_record(household=found, people=2, n=4),
    ]
    sent = data.draw(st.permutations(records * 2))
    while sent:
        size = data.draw(st.integers(1, len(sent)))
        hand_in(*sent[:size])
        sent = sent[size:]
    assert tallies() == {STREET: (3, 6), GRID: (3, 6)}
    assert queries.held_open() == []
    assert Entry.objects.count() == 4
