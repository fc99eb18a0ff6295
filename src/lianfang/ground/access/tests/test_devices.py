"""Phones: enrolled by a code shown once, known by a token, revoked at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from lianfang.foundation.kernel.ids import AccountId, DeviceId
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.ground.access import actions, contacts, queries
from lianfang.ground.access.models import EnrolmentCode, Token
from lianfang.ground.access.terms import Enrolled
from lianfang.ground.access.tests.staff import PASSWORD, area, hire, viewer
from lianfang.ground.territory.tests.town import NOW

pytestmark = pytest.mark.django_db(databases=["default", "plumbing"])
MINUTE = timedelta(minutes=1)


def enrol(account: AccountId, name: str = "走访手机") -> Enrolled:
    code = actions.issue_enrolment(account=account, by=THE_HOUSE, at=NOW).code
    return actions.enrol_device(device_name=name, code=code, at=NOW)


@pytest.mark.usefixtures("in_town")
def test_a_code_enrols_one_phone_once() -> None:
    worker = hire("li", Role.GRID_WORKER, area="G1")
    code = actions.issue_enrolment(account=worker, by=THE_HOUSE, at=NOW).code
    phone = actions.enrol_device(device_name="走访手机", code=code.lower(), at=NOW + 9 * MINUTE)
    assert (phone.account.id, phone.account.name, phone.device.name) == (worker, "li同志", "走访手机")
    with pytest.raises(Problem, match=r"access\.code_unknown"):
        actions.enrol_device(device_name="另一部", code=code, at=NOW + 9 * MINUTE)


@pytest.mark.usefixtures("in_town")
def test_a_code_is_worth_nothing_after_ten_minutes() -> None:
    code = actions.issue_enrolment(account=hire("li"), by=THE_HOUSE, at=NOW).code
    with pytest.raises(Problem, match=r"access\.code_unknown"):
        actions.enrol_device(device_name="手机", code=code, at=NOW + 10 * MINUTE)
    with pytest.raises(Problem, match=r"access\.code_unknown"):
        actions.enrol_device(device_name="手机", code="00000-00000\0", at=NOW)


@pytest.mark.usefixtures("in_town")
def test_neither_code_nor_token_is_kept() -> None:
    worker = hire("li", Role.GRID_WORKER, area="G1")
    code = actions.issue_enrolment(account=worker, by=THE_HOUSE, at=NOW).code
    phone = actions.enrol_device(device_name="手机", code=code, at=NOW)
    kept = [bytes(EnrolmentCode.objects.get().digest), bytes(Token.objects.get().digest)]
    assert [len(k) for k in kept] == [32, 32]
    assert phone.token.encode() not in kept and len(phone.token) >= 43


@pytest.mark.usefixtures("in_town")
def test_a_token_says_who_sends_and_where_they_may_record() -> None:
    worker = hire("li", Role.GRID_WORKER, area="G1")
    phone = enrol(worker)
    sender = queries.sender_of(phone.token, NOW)
    assert sender is not None
    assert (sender.account, sender.device, sender.areas, sender.revoked) == (
        worker,
        phone.device.id,
        {area("G1")},
        False,
    )
    assert queries.sender_of("x" * 43, NOW) is None
    assert queries.sender_of("\ud800", NOW) is None
    assert queries.sender_of(phone.token, phone.expires_at) is None


@pytest.mark.usefixtures("in_town")
def test_a_revoked_phone_opens_nothing_and_may_still_hand_in() -> None:
    phone = enrol(hire("li", Role.GRID_WORKER, area="G1"))
    assert queries.viewer_of_token(phone.token, NOW) is not None
    actions.revoke_device(device=DeviceId(phone.device.id), by=THE_HOUSE, at=NOW, reason="丢失")
    assert queries.viewer_of_token(phone.token, NOW) is None
    sender = queries.sender_of(phone.token, NOW)
    assert sender is not None and sender.revoked
    assert queries.is_revoked(DeviceId(phone.device.id))


@pytest.mark.usefixtures("in_town")
def test_a_lost_phone_is_replaced_without_touching_the_other_one() -> None:
    worker = hire("li", Role.GRID_WORKER, area="G1")
    lost, tablet = enrol(worker, "丢了的"), enrol(worker, "平板")
    actions.revoke_device(device=DeviceId(lost.device.id), by=THE_HOUSE, at=NOW)
    new = enrol(worker, "新手机")
    opens = [queries.viewer_of_token(p.token, NOW) is not None for p in (lost, tablet, new)]
    assert opens == [False, True, True]


@pytest.mark.usefixtures("in_town")
def test_the_list_tells_which_phones_are_alive() -> None:
    officer = hire("officer", Role.COMMUNITY_OFFICER, area="C1")
    worker = hire("li", Role.GRID_WORKER, area="G1")
    phone = enrol(worker)
    enrol(hire("zhao", Role.GRID_WORKER, area="C2"))
    actions.note_contact(phone.device.id, at=NOW, device_clock=NOW - 90 * MINUTE)
    actions.note_contact(phone.device.id, at=NOW + MINUTE)
    for written in (False, True):
        if written:
            contacts.write()
        (view,) = queries.device_views(queries.devices(viewer=viewer(officer)))
        assert (view.name, view.account.name, view.last_contact_at) == ("走访手机", "li同志", NOW + MINUTE)
        assert view.clock_offset_s == -5400
    assert queries.last_contacts([worker]) == {worker: NOW + MINUTE}


@pytest.mark.usefixtures("in_town")
def test_the_count_of_odd_clocks_is_the_length_of_their_list() -> None:
    officer = hire("officer", Role.COMMUNITY_OFFICER, area="C1")
    slow, right, lost = (enrol(hire(name, Role.GRID_WORKER, area="G1")) for name in ("li", "wang", "zhao"))
    for phone, off in ((slow, 90 * MINUTE), (right, MINUTE), (lost, 90 * MINUTE)):
        actions.note_contact(phone.device.id, at=NOW, device_clock=NOW - off)
    actions.revoke_device(device=DeviceId(lost.device.id), by=THE_HOUSE, at=NOW)
    listed = [row.id for row in queries.devices(viewer=viewer(officer), clock_odd=True)]
    assert (listed, queries.odd_clocks()) == ([slow.device.id], 1)


@pytest.mark.usefixtures("in_lasting_town")
def test_a_revoked_token_opens_nothing_from_that_moment_also_under_load() -> None:
    """Readers hammer the copy in memory while the phone is revoked: none sees it open after the act returned."""
    phone = enrol(hire("li", Role.GRID_WORKER, area="G1"))
    revoked, opened_before, opened_after = threading.Event(), threading.Event(), []

    def look() -> None:
        try:
            for _ in range(20_000):
                was_revoked = revoked.is_set()
                if queries.viewer_of_token(phone.token, NOW) is None:
                    return
                opened_before.set()
                if was_revoked:
                    opened_after.append(1)
                    return
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as readers:
        done = [readers.submit(look) for _ in range(8)]
        assert opened_before.wait(10)
        actions.revoke_device(device=DeviceId(phone.device.id), by=THE_HOUSE, at=NOW)
        revoked.set()
        for each in done:
            each.result()
    assert opened_after == []
    assert queries.viewer_of_token(phone.token, NOW) is None


@pytest.mark.usefixtures("in_lasting_town")
def test_of_many_who_hold_one_code_one_gets_in() -> None:
    code = actions.issue_enrolment(account=hire("li"), by=THE_HOUSE, at=NOW).code
    start = threading.Barrier(6)

    def use() -> bool:
        try:
            start.wait()
            actions.enrol_device(device_name="手机", code=code, at=NOW)
            return True
        except Problem:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert sum(each.result() for each in [pool.submit(use) for _ in range(6)]) == 1


@pytest.mark.usefixtures("in_town")
def test_a_phone_joined_by_a_code_works_for_somebody_who_never_signed_in_at_a_desk() -> None:
    worker = hire("li", Role.GRID_WORKER, area="G1", password=PASSWORD, must_change=True)
    code = actions.issue_enrolment(account=worker, by=THE_HOUSE, at=NOW).code
    token = actions.enrol_device(device_name="手机", code=code, at=NOW).token
    found = queries.viewer_of_token(token, NOW)
    assert found is not None and found.account == worker
    actions.reset_password(account=worker, by=THE_HOUSE, at=NOW)
    assert queries.viewer_of_token(token, NOW), "who forgets the desk's password goes on walking from door to door"
