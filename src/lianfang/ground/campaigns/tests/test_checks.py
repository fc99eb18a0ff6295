"""Visits looked at again: which are drawn, what a second person finds, what the officer makes of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.foundation.kernel.ids import AccountId, DeviceId
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access.models import Disclosure
from lianfang.ground.campaigns import models
from lianfang.ground.campaigns.checking import (
    RUN_LEAST,
    RUN_SECONDS,
    Checkable,
    CheckFound,
    CheckRate,
    Rechecked,
    Why,
    by_a_second_person,
    quota,
    rates,
    runs_alike,
    sample,
    still_to_check,
)
from lianfang.ground.campaigns.terms import CampaignRef
from lianfang.ground.campaigns.tests.village import (
    NOW,
    PHONE,
    a_campaign,
    a_household,
    a_record,
    a_visit,
    fates,
    hand_in,
    tasks,
)
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town

ONE, TWO = AccountId(UUID(int=1)), AccountId(UUID(int=2))


def visit(
    n: int, *, seconds: int = 0, alike: str | None = "a", by: AccountId = ONE, device: int | None = 9
) -> Checkable:
    phone = DeviceId(UUID(int=device)) if device else None
    return Checkable(UUID(int=n), by, phone, NOW + timedelta(seconds=seconds), n, alike, lot=(n * 7919) % 1009)


def a_run(length: int, *, gap: int, first: int = 100, **more: Any) -> list[Checkable]:
    return [visit(first + n, seconds=n * gap, **more) for n in range(length)]


def test_five_in_a_row_under_twenty_seconds_with_the_same_answers_are_a_run() -> None:
    quick = a_run(RUN_LEAST, gap=RUN_SECONDS - 1)
    assert runs_alike(quick) == {each.entry for each in quick}
    assert runs_alike(quick[1:]) == set()
    assert runs_alike(a_run(RUN_LEAST, gap=RUN_SECONDS)) == set()


def test_other_answers_none_at_all_two_phones_or_a_desk_make_no_run() -> None:
    otherwise = [msgspec.structs.replace(each, alike=str(n == 2)) for n, each in enumerate(a_run(5, gap=5))]
    phones = [msgspec.structs.replace(each, device=DeviceId(UUID(int=n % 2))) for n, each in enumerate(a_run(8, gap=5))]
    for visits in (otherwise, a_run(9, gap=5, alike=None), phones, a_run(9, gap=5, device=None)):
        assert runs_alike(visits) == set()


def test_those_in_a_run_come_first_and_the_rest_by_lot() -> None:
    slow, quick = a_run(45, gap=300, first=200), a_run(5, gap=10, first=900)
    moved = [msgspec.structs.replace(each, at=each.at + timedelta(days=1)) for each in quick]
    drawn = {each.entry: each.why for each in sample([*slow, *moved], 20)}
    assert len(drawn) == quota(50, 20) == 10
    assert {entry for entry, why in drawn.items() if why is Why.ALIKE} == {each.entry for each in moved}


def test_every_worker_has_their_own_share_and_none_is_drawn_where_none_is_declared() -> None:
    visits = [*a_run(30, gap=300), *a_run(3, gap=300, first=500, by=TWO)]
    drawn = {each.entry for each in sample(visits, 10)}
    assert [len(drawn & {v.entry for v in visits if v.by == who}) for who in (ONE, TWO)] == [3, 1]
    assert sample(visits, 0) == []


@given(order=st.permutations(range(12)), repeats=st.lists(st.integers(0, 11), max_size=4), percent=st.integers(0, 20))
def test_whatever_order_and_however_often_the_same_are_drawn(
    order: list[int], repeats: list[int], percent: int
) -> None:
    visits = [*a_run(6, gap=10), *a_run(6, gap=300, first=600, by=TWO)]
    assert sample([visits[n] for n in [*order, *repeats]], percent) == sample(visits, percent)


def test_what_one_says_of_ones_own_visit_checks_nothing_and_nobody_there_means_again() -> None:
    visits = a_run(5, gap=300)
    chosen = sample(visits, 20)
    [drawn] = chosen
    own, met_nobody = Rechecked(drawn.entry, CheckFound.SAME, ONE), Rechecked(drawn.entry, CheckFound.NOBODY, TWO)
    assert by_a_second_person([own, met_nobody], visits) == [met_nobody]
    assert still_to_check(chosen, [met_nobody]) == chosen
    differs = Rechecked(drawn.entry, CheckFound.DIFFERS, TWO)
    assert still_to_check(chosen, [met_nobody, differs]) == []
    assert rates(visits, chosen, [met_nobody, differs, differs]) == {ONE: CheckRate(5, 1, 1, 1)}


@pytest.fixture
def _town() -> None:
    town.load()


class Scene:
    """A campaign that looks at a fifth again, five quick visits alike of one phone, and who else is there."""

    def __init__(self) -> None:
        self.homes = [a_household("G1") for _ in range(RUN_LEAST)]
        self.campaign: CampaignRef = a_campaign()
        self.chief = Clerk("chief", Role.COMMAND)
        self.first = Clerk("first", Role.GRID_WORKER, area="G1")
        self.second = Clerk("second", Role.GRID_WORKER, area="G1")
        self.officer = Clerk("officer", Role.COMMUNITY_OFFICER, area="C1")
        self.phone = msgspec.structs.replace(PHONE, account=self.first.account)
        self.path = f"campaigns/{self.campaign.id}"

    def declare(self, percent: int = 20) -> tuple[int, Any]:
        return self.chief.post(f"{self.path}/checks", {"percent": percent, "reason": "心里有数"})

    def visits(self) -> list[dict[str, Any]]:
        made = []
        for n, home in enumerate(self.homes):
            record = a_visit(self.campaign, home, answers={"fever": False})
            made.append(record | {"at": (NOW + timedelta(seconds=10 * n)).isoformat(), "n": n + 1})
        return made

    def finds(self, visit: Any, found: str, *questions: str, by: Clerk | None = None) -> dict[str, Any]:
        body = {
            "campaign": str(self.campaign.id),
            "target": visit["household"],
            "visit": visit["visit"],
            "found": found,
        }
        record = a_record("campaigns.visit_rechecked.v1", body | {"questions": list(questions)}, minutes=60)
        hand_in([record], phone=msgspec.structs.replace(self.phone, account=(by or self.second).account))
        return record


@pytest.fixture
def scene(_town: None) -> Scene:
    return Scene()


@pytest.mark.django_db
def test_a_second_person_is_shown_a_fifth_with_what_was_answered_and_the_first_is_not(scene: Scene) -> None:
    assert scene.declare()[0] in (200, 201)
    assert set(fates(hand_in(scene.visits(), phone=scene.phone))) == {"stored"}
    looks = Disclosure.objects.count()
    status, shown = scene.second.get(f"{scene.path}/to-check")
    assert (status, len(shown), shown[0]["answers"]) == (200, 1, {"fever": False})
    assert Disclosure.objects.count() == looks + 1
    assert "why" not in shown[0]
    assert scene.first.get(f"{scene.path}/to-check")[1] == []
    assert scene.officer.get(f"{scene.path}/to-check")[0] == 403


@pytest.mark.django_db
def test_what_is_found_otherwise_stands_beside_the_first_visit_and_is_kept_or_corrected_once(scene: Scene) -> None:
    scene.declare()
    hand_in(scene.visits(), phone=scene.phone)
    [to_check] = scene.second.get(f"{scene.path}/to-check")[1]
    scene.finds(to_check, "same", by=scene.first)
    assert scene.officer.get(f"{scene.path}/checks")[1]["left"] == 1
    recheck = scene.finds(to_check, "not_visited")
    _, reply = scene.officer.get(f"{scene.path}/checks")
    [finding] = reply["findings"]
    assert (finding["first_by"], finding["second_by"], finding["found"]) == ("first同志", "second同志", "not_visited")
    assert reply["workers"] == [{"name": "first同志", "finished": 5, "chosen": 1, "checked": 1, "differing": 1}]
    way = f"findings/{recheck['id']}/settle"
    assert scene.officer.post(way, {"how": "corrected", "reason": "问过了"})[1]["code"] == "campaigns.say_how_it_was"
    assert scene.second.post(way, {"how": "kept", "reason": "问过了"})[0] in (403, 404)
    corrected = {"how": "corrected", "reason": "问过了,没人去过", "outcome": "nobody_home"}
    assert scene.officer.post(way, corrected)[0] in (200, 201)
    assert scene.officer.post(way, corrected)[1]["code"] == "campaigns.finding_settled_already"
    assert tasks()[UUID(to_check["household"])][3] == "attempted"
    assert models.Recheck.objects.exclude(how=None).count() == 1


@pytest.mark.django_db
def test_nothing_is_kept_for_it_before_it_is_declared_and_not_everybody_may_declare(scene: Scene) -> None:
    visits = scene.visits()
    hand_in(visits[:2], phone=scene.phone)
    assert scene.officer.post(f"{scene.path}/checks", {"percent": 5, "reason": "试试"})[0] == 403
    assert scene.chief.post(f"{scene.path}/checks", {"percent": 21, "reason": "试试"})[0] == 400
    scene.declare(1)
    hand_in(visits, phone=scene.phone)
    assert models.Checkable.objects.count() == 3
    scene.declare(0)
    hand_in([a_visit(scene.campaign, a_household("G1"))], phone=scene.phone)
    assert models.Checkable.objects.count() == 3


@pytest.mark.django_db
def test_a_recheck_that_comes_before_its_visit_waits_for_it(scene: Scene) -> None:
    scene.declare()
    visits = scene.visits()
    early = {"household": visits[0]["body"]["task"]["target"], "visit": visits[0]["id"]}
    scene.finds(early, "differs", "fever")
    assert not models.Recheck.objects.exists()
    hand_in(visits, phone=scene.phone)
    assert models.Recheck.objects.get().questions == '["fever"]'


@pytest.mark.django_db
def test_all_of_it_is_folded_again_from_entries_alone(scene: Scene) -> None:
    scene.declare()
    hand_in(scene.visits(), phone=scene.phone)
    [to_check] = scene.second.get(f"{scene.path}/to-check")[1]
    scene.finds(to_check, "differs", "fever")
    assert models.Checkable.objects.count() == 5 and ledger.rebuild_differs() == []
