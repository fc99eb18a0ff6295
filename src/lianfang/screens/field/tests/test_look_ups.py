"""One task, one person: what a phone asks by itself, between two feeds."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from lianfang.foundation.kernel.ids import AccountId, DeviceId, ResidentId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.ledger.models import Batch
from lianfang.foundation.plumbing import clock
from lianfang.ground.access import actions as access
from lianfang.ground.access import contacts
from lianfang.ground.access.models import DisclosedSubject, Disclosure
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.campaigns.tests.village import a_campaign, a_visit, hand_in
from lianfang.ground.registry import actions as register
from lianfang.ground.registry.tests.homes import HOME, LI, ZHANG, publish
from lianfang.ground.territory.tests.town import NOW, id_of
from lianfang.screens.field import api
from lianfang.screens.field.tests.phone import Said, ask, ask_at_once

pytestmark = pytest.mark.usefixtures("town")


@pytest.fixture(autouse=True)
def a_working_morning() -> Iterator[None]:
    with clock.stopped_at(NOW + timedelta(minutes=2)):
        yield


class Phone:
    """A worker's, with its token."""

    def __init__(self, name: str = "grid-01", grid: str = "G1", role: Role = Role.GRID_WORKER) -> None:
        self.account: AccountId = hire(name, role, area=grid)
        code = access.issue_enrolment(account=self.account, by=THE_HOUSE, at=clock.now()).code
        enrolled = access.enrol_device(device_name="红米", code=code, at=clock.now())
        self.token, self.device = enrolled.token, DeviceId(enrolled.device.id)

    def task(self, campaign: CampaignRef, household: UUID = HOME) -> Said:
        return ask("GET", f"/api/v1/campaigns/{campaign.id}/tasks/{household}", token=self.token)

    def resident(self, id: UUID = ZHANG, query: str = "purpose=register_upkeep") -> Said:
        return ask("GET", f"/api/v1/residents/{id}?{query}", token=self.token)

    def lost(self) -> None:
        access.revoke_device(device=self.device, by=THE_HOUSE, at=clock.now())


def a_sweep() -> CampaignRef:
    publish({"id": ZHANG, "name": "张三", "phone": "15400000001"}, {"id": LI, "name": "李四"})
    return a_campaign()


def code(answer: Said) -> tuple[int, Any]:
    return answer.status, answer.json().get("code")


# --- one task ---------------------------------------------------------------------------------------------------------


def test_a_task_is_told_as_it_stands_with_where_the_ledger_stood() -> None:
    campaign, phone = a_sweep(), Phone()
    before = phone.task(campaign).json()
    assert (before["state"], before["as_of"]) == ("untouched", ledger.head())
    assert hand_in([a_visit(campaign, HOME)]).receipts[0].fate == "stored"
    after = phone.task(campaign).json()
    assert (after["state"], after["position"], after["as_of"]) == ("done", ledger.head(), ledger.head())
    assert (after["campaign"], after["target"]) == (str(campaign.id), str(HOME))


def test_nothing_of_anybody_is_in_it_and_nobody_has_looked_at_anybody() -> None:
    campaign, phone = a_sweep(), Phone()
    answer = phone.task(campaign)
    assert set(answer.json()) == {"campaign", "target", "state", "position", "as_of"}
    assert not Disclosure.objects.exists()


def test_outside_one_s_areas_there_is_no_task_and_no_person() -> None:
    campaign, neighbour, volunteer = a_sweep(), Phone("grid-02", "G2"), Phone("vol", "G1", Role.VOLUNTEER)
    for answer in (neighbour.task(campaign), neighbour.resident(), Phone("w3").task(campaign, new_id())):
        assert code(answer) == (404, "access.not_found")
    for answer in (volunteer.task(campaign), volunteer.resident(), volunteer.resident(new_id())):
        assert code(answer) == (403, "access.not_permitted")
    assert not Disclosure.objects.exists()


def test_it_is_served_to_whoever_stands_at_a_gate_before_all_others() -> None:
    lane_of = {route.path: route.lane.name for route in api.ROUTES}
    assert lane_of["/api/v1/campaigns/{campaign_id}/tasks/{household_id}"] == "GATE"
    assert lane_of["/api/v1/residents/{resident_id}"] == "SAVE"


def test_from_the_moment_it_is_lost_a_phone_reads_nothing_and_is_told_to_wipe() -> None:
    campaign, phone = a_sweep(), Phone()
    assert (phone.task(campaign).status, phone.resident().status) == (200, 200)
    looks = Disclosure.objects.count()
    phone.lost()
    for answer in (phone.task(campaign), phone.resident()):
        assert (*code(answer), answer.headers["lianfang-wipe"]) == (401, "access.device_revoked", "people")
    assert Disclosure.objects.count() == looks


def test_a_forged_token_reads_nothing() -> None:
    campaign, phone = a_sweep(), Phone()
    for phone.token in ("", "made-up"):
        assert code(phone.task(campaign)) == code(phone.resident()) == (401, "access.token_unknown")


def test_asking_is_being_heard_of() -> None:
    campaign, phone = a_sweep(), Phone()
    phone.task(campaign)
    assert contacts.last([phone.device])[phone.device].at == clock.now()


# --- one person -------------------------------------------------------------------------------------------------------


def test_a_person_is_shown_masked_and_who_looked_what_for_is_on_the_ledger() -> None:
    a_sweep()
    phone = Phone()
    answer = phone.resident(query="purpose=care")
    assert answer.status == 200
    assert answer.json()["name"] == "张**" and answer.json()["grid"] == str(id_of("G1"))
    assert "15400000001" not in answer.body.decode()
    look = Disclosure.objects.get()
    assert (look.account_id, look.device_id, look.what, look.purpose) == (
        *(phone.account, phone.device, "registry.resident", "care"),
    )
    assert (look.area_id, look.count, look.position) == (id_of("G1"), 1, ledger.head())
    assert DisclosedSubject.objects.filter(disclosure_id=look.id).count() == 1


def test_an_id_merged_into_another_shows_whom_it_was_merged_into() -> None:
    a_sweep()
    desk = viewer(hire("officer", Role.COMMUNITY_OFFICER, area="S"))
    register.merge(kept=ResidentId(ZHANG), other=ResidentId(LI), viewer=desk, at=clock.now())
    assert Phone().resident(LI).json()["id"] == str(ZHANG)
    assert Disclosure.objects.count() == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", (400, "wire.unreadable")),
        ("purpose=curiosity", (400, "wire.unreadable")),
        ("purpose=audit", (403, "access.purpose_not_granted")),
    ],
)
def test_without_a_purpose_of_one_s_own_nobody_is_shown_and_nothing_is_noted(query: str, said: tuple[int, str]) -> None:
    a_sweep()
    assert code(Phone().resident(query=query)) == said
    assert not Disclosure.objects.exists()


def test_many_looks_at_once_are_a_look_each_and_share_commits() -> None:
    a_sweep()
    one, other, neighbour = Phone(), Phone("grid-09"), Phone("grid-02", "G2")
    commits = Batch.objects.count()
    wanted = [(phone.token, f"/api/v1/residents/{id}?purpose=care") for phone in (one, other) for id in (ZHANG, LI)] * 8
    answers = ask_at_once([*wanted, (neighbour.token, wanted[0][1]), ("forged", wanted[0][1])])
    assert [answer.status for answer in answers] == [200] * 32 + [404, 401]
    assert Disclosure.objects.count() == 32
    assert {row.account_id for row in Disclosure.objects.all()} == {one.account, other.account}
    assert Batch.objects.count() - commits <= 4


def test_a_phone_lost_while_it_waits_for_its_turn_is_shown_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    a_sweep()
    phone, disclose = Phone(), access.disclose_together

    def lost_meanwhile(looks: Any, **more: Any) -> Any:
        phone.lost()
        return disclose(looks, **more)

    monkeypatch.setattr(access, "disclose_together", lost_meanwhile)
    assert code(phone.resident()) == (401, "access.device_revoked")
    assert not Disclosure.objects.exists()


def test_who_was_shown_nothing_for_want_of_a_commit_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    a_sweep()
    phone = Phone()

    def full(*_: Any, **__: Any) -> Any:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(access, "disclose_together", full)
    answer = phone.resident()
    assert (answer.status, "张" in answer.body.decode()) == (507, False)
