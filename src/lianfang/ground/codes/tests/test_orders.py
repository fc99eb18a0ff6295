"""Restriction orders from proposal to end, on the ledger; and what cannot make one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import IntegrityError, transaction

from lianfang.foundation.kernel.ids import AccountId, IncidentId, new_id
from lianfang.foundation.kernel.keys import incident_key
from lianfang.foundation.kernel.people import THE_HOUSE, Actor, Viewer
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.access.models import Disclosure
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.codes import actions, models, queries, records, rules
from lianfang.ground.codes.terms import Colour, Order, OrderState, OrderTerms, ToldHow
from lianfang.ground.codes.tests import builders
from lianfang.ground.policies import actions as policies
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.terms import Incident
from lianfang.ground.posture.tests.test_rules import refused as raises
from lianfang.ground.registry.tests import homes
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class Office:
    """A tracer who proposes, a leader who signs, another who hears appeals, and somebody they may restrict."""

    def __init__(self, *, drill: bool = False) -> None:
        town.load()
        homes.publish({"name": "张三", "id": homes.ZHANG}, {"name": "李四", "id": homes.LI})
        self._accounts = {
            "tracer": hire("tracer", Role.TRACER),
            "chief": hire("chief", Role.COMMAND),
            "deputy": hire("deputy", Role.SUBDISTRICT_OFFICER),
            "both": hire("both", Role.TRACER, Role.COMMAND),
            "worker": hire("worker", Role.GRID_WORKER, area="G1"),
            "elsewhere": hire("elsewhere", Role.COMMAND, area="C2"),
        }
        self.incident: Incident = posture.open_incident(
            name="疫情处置",
            area=id_of("S"),
            basis="public_health_emergencies",
            pack="household_sweep",
            issuer="莘塍街道办事处",
            ends_at=NOW + timedelta(days=20),
            drill=drill,
            by=THE_HOUSE,
            at=NOW,
        )

    def eyes(self, who: str, hours: int = 0) -> Viewer:
        return viewer(self._accounts[who], hours=hours)

    def account(self, who: str) -> AccountId:
        return self._accounts[who]

    def terms(self, **more: Any) -> OrderTerms:
        return builders.terms(**({"resident": homes.ZHANG, "incident": self.incident.id} | more))

    def proposed(self, who: str = "tracer", **more: Any) -> Order:
        return actions.propose_order(terms=self.terms(**more), viewer=self.eyes(who), at=NOW)

    def live(self) -> Order:
        signed = actions.sign_order(order=self.proposed().id, viewer=self.eyes("chief"), at=NOW)
        return actions.tell_person(order=signed.id, how=ToldHow.ON_PAPER, viewer=self.eyes("worker"), at=NOW)

    def colour(self, hours: int = 0) -> Colour:
        found = queries.status(resident=homes.ZHANG, viewer=self.eyes("chief", hours), code="gate.travel_code")
        return found.colour


@pytest.fixture
def office() -> Office:
    return Office()


def test_two_people_sign_the_person_is_told_and_it_ends_by_itself(office: Office) -> None:
    order = office.proposed()
    assert office.colour() is Colour.GREEN
    signed = actions.sign_order(order=order.id, viewer=office.eyes("chief"), at=NOW)
    assert (signed.ends_at, office.colour()) == (NOW + timedelta(days=7), Colour.GREEN)
    actions.tell_person(order=order.id, how=ToldHow.IN_PERSON, viewer=office.eyes("worker"), at=NOW)
    assert [office.colour(hours) for hours in (0, 7 * 24 - 1, 7 * 24)] == [Colour.RED, Colour.RED, Colour.GREEN]
    assert ledger.rebuild_differs() == []


def test_one_account_with_both_roles_is_one_person(office: Office) -> None:
    order = office.proposed("both")
    with raises("codes.second_person_needed"):
        actions.sign_order(order=order.id, viewer=office.eyes("both"), at=NOW)
    assert office.colour() is Colour.GREEN


def test_past_every_check_the_ledger_and_the_database_still_refuse_one_person_as_two(office: Office) -> None:
    order = office.proposed("both")
    with ledger.turn(by=Actor(office.account("both")), at=NOW) as turn:
        body = records.OrderSigned(order.id, NOW, NOW + timedelta(days=7), order.proposed_by)
        turn.append(records.ORDER_SIGNED.name, body)
        turn.append(records.PERSON_TOLD.name, records.PersonTold(order.id, ToldHow.ON_PAPER))
    assert office.colour() is Colour.GREEN
    row = models.Order.objects.filter(id=order.id)
    for forged in ({"signed_by": order.proposed_by, "starts_at": NOW, "ends_at": NOW + HOUR}, {"signed_by": new_id()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**forged)


def test_who_proposes_may_not_sign_and_who_signs_may_not_propose(office: Office) -> None:
    with raises("access.not_permitted"):
        office.proposed("chief")
    order = office.proposed()
    with raises("access.not_permitted"):
        actions.sign_order(order=order.id, viewer=office.eyes("tracer"), at=NOW)
    with raises("access.not_found"):
        actions.sign_order(order=order.id, viewer=office.eyes("elsewhere"), at=NOW)


def test_declined_ended_and_upheld_appeals_end_it_and_one_person_suffices(office: Office) -> None:
    declined = office.proposed()
    actions.decline_order(order=declined.id, reason="依据不足", viewer=office.eyes("chief"), at=NOW)
    with raises("codes.not_waiting"):
        actions.sign_order(order=declined.id, viewer=office.eyes("deputy"), at=NOW)
    ended = actions.end_order(order=office.live().id, reason="检测全阴", viewer=office.eyes("tracer", 1), at=NOW + HOUR)
    assert rules.state_of(ended, at=NOW + HOUR) is OrderState.ENDED
    appealed = actions.raise_appeal(order=office.live().id, words="我没去过", viewer=office.eyes("worker"), at=NOW)
    with raises("codes.third_person_needed"):
        actions.decide_appeal(order=appealed.id, stands=True, reason="x", viewer=office.eyes("chief"), at=NOW)
    actions.decide_appeal(
        order=appealed.id, stands=False, reason="认错了人", viewer=office.eyes("deputy", 1), at=NOW + HOUR
    )
    assert office.colour(2) is Colour.GREEN
    assert ledger.rebuild_differs() == []


def test_nobody_is_restricted_under_an_incident_that_is_not_open_where_they_live(office: Office) -> None:
    with raises("codes.no_open_incident"):
        office.proposed(incident=IncidentId(new_id()))
    posture.close_incident(incident=office.incident.id, reason="结束", by=Actor(office.account("chief")), at=NOW)
    with raises("codes.no_open_incident"):
        office.proposed()


def test_an_exercise_restricts_nobody() -> None:
    exercise = Office(drill=True)
    order = exercise.live()
    assert rules.state_of(order, at=NOW) is OrderState.LIVE
    assert exercise.colour() is Colour.GREEN


def test_a_law_that_is_not_in_force_is_no_basis(office: Office) -> None:
    for basis in ("infectious_diseases_2025", "because"):
        with raises("codes.basis_not_in_force"):
            office.proposed(basis=basis)


def test_a_phone_cannot_send_any_word_of_an_order(office: Office) -> None:
    order = office.proposed()
    forged = (
        ("codes.order_proposed.v1", records.OrderProposed(new_id(), office.terms())),
        ("codes.order_signed.v1", records.OrderSigned(order.id, NOW, NOW + HOUR, order.proposed_by)),
        ("codes.person_told.v1", records.PersonTold(order.id, ToldHow.ON_PAPER)),
    )
    sent = [
        {"id": str(new_id()), "kind": kind, "at": NOW.isoformat(), "body": msgspec.to_builtins(body)}
        for kind, body in forged
    ]
    assert "stored" not in homes.fates(homes.hand_in(*sent))
    assert models.Order.objects.count() == 1 and office.colour() is Colour.GREEN


def a_list(office: Office) -> None:
    homes.publish({"name": "张三", "id": homes.ZHANG, "relation": "储户"}, import_id=new_id())


def a_changed_field(office: Office) -> None:
    homes.hand_in(homes.phone("13900000000"))


def a_policy(office: Office) -> None:
    by = Actor(office.account("chief"))
    policies.put_in_force(edition="nantong_2021_08", area=id_of("S"), from_day=TODAY, by=by, at=NOW)


@pytest.mark.parametrize("happens", [a_list, a_changed_field, a_policy])
def test_no_list_no_edit_and_no_policy_turns_anybody_red_or_yellow(
    office: Office, happens: Callable[[Office], None]
) -> None:
    """Zhengzhou, June 2022: a list of depositors and a forwarded place code turned 1,317 people red."""
    before = models.Order.objects.count()
    happens(office)
    assert office.colour() in (Colour.GREEN, Colour.GREY)
    assert models.Order.objects.count() == before


def test_what_is_kept_of_an_order_names_nobody_without_the_incident_s_key(office: Office) -> None:
    order = office.live()
    row = models.Order.objects.get(id=order.id)
    seen = repr([bytes(row.person), bytes(row.terms)]) + repr(models.Order.objects.filter(id=order.id).values().get())
    assert homes.ZHANG.hex not in seen and str(homes.ZHANG) not in seen and "同桌" not in seen
    keyring.destroy(incident_key(office.incident.id), at=NOW)
    assert queries.orders_about(resident=homes.ZHANG) == []


def test_each_look_at_an_order_is_noted(office: Office) -> None:
    order = office.live()
    before = Disclosure.objects.count()
    assert queries.order(id=order.id, viewer=office.eyes("chief")) == order
    assert [each.id for each in queries.orders(area=id_of("C1"), viewer=office.eyes("chief"))] == [order.id]
    assert queries.orders(area=id_of("C2"), viewer=office.eyes("chief")) == []
    assert Disclosure.objects.count() == before + 2
