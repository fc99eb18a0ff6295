"""Accounts, passwords and roles."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose, Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access import actions, queries
from lianfang.ground.access.models import Account, Grant, Password
from lianfang.ground.access.permissions import Permission
from lianfang.ground.access.tests.staff import PASSWORD, area, by, hire, viewer
from lianfang.ground.territory import queries as areas
from lianfang.ground.territory.tests.town import NOW

pytestmark = [pytest.mark.usefixtures("in_town"), pytest.mark.django_db(databases=["default", "plumbing"])]
HOUR = timedelta(hours=1)


def test_a_password_nobody_chose_is_made_and_must_be_changed(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    made = actions.create_account(name="Grid-01", display_name="王芳", area=area("C1"), by=THE_HOUSE, at=NOW)
    assert made.password and len(made.password) >= 12
    assert queries.must_change_password(made.account)
    assert Password.objects.get().encoded.startswith("argon2")
    with pytest.raises(Problem, match=r"access\.password_must_be_changed"):
        actions.enrol_device(device_name="手机", account="grid-01", password=made.password, at=NOW)
    actions.change_password(account=made.account, old=made.password, new=PASSWORD, by=by(made.account), at=NOW)
    assert not queries.must_change_password(made.account)
    assert actions.check_credentials(name=" GRID-01", password=PASSWORD).id == made.account


def test_two_generated_passwords_differ() -> None:
    assert len({actions.new_password() for _ in range(100)}) == 100


@pytest.mark.parametrize("new", ["short", "password123", PASSWORD, "grid-01同志xx"])
def test_a_weak_or_unchanged_password_is_refused(new: str) -> None:
    account = hire("grid-01", password=PASSWORD)
    with pytest.raises(Problem, match=r"access\.password_(too_weak|unchanged)"):
        actions.change_password(account=account, old=PASSWORD, new=new, by=by(account), at=NOW)


def test_a_lost_password_is_replaced_by_one_that_must_be_changed() -> None:
    account = hire("grid-01", password=PASSWORD)
    made = actions.reset_password(account=account, by=THE_HOUSE, at=NOW)
    assert queries.must_change_password(account)
    assert actions.check_credentials(name="grid-01", password=made).id == account
    with pytest.raises(Problem, match=r"access\.wrong_password"):
        actions.check_credentials(name="grid-01", password=PASSWORD)


def test_a_login_name_is_taken_once() -> None:
    hire("grid-01")
    with pytest.raises(Problem, match=r"access\.name_taken"):
        hire("ＧＲＩＤ-01")


def test_a_role_opens_its_area_and_all_below_it_and_nothing_else() -> None:
    worker = hire("li", Role.COMMUNITY_OFFICER, area="C1")
    seen = viewer(worker)
    lineage = {code: areas.lineage(area(code), NOW.date()) for code in ("S", "C1", "G1", "U1", "C2", "G3")}
    may = {code: seen.may(Permission.SEE_ACCOUNTS, lineage=above) for code, above in lineage.items()}
    assert may == {"S": False, "C1": True, "G1": True, "U1": True, "C2": False, "G3": False}


def test_a_role_opens_nothing_before_its_time_and_after_it() -> None:
    worker = hire("li", Role.GRID_WORKER, area="G1", hours=2)
    assert [bool(viewer(worker, hours=h).grants) for h in (-1, 0, 1, 2)] == [False, True, True, False]


def test_a_role_that_ends_takes_the_grid_and_the_permissions_along() -> None:
    worker = hire("li", Role.GRID_WORKER, area="C1")
    actions.assign_grid(grid=area("G1"), account=worker, by=THE_HOUSE, at=NOW)
    actions.end_role(grant=Grant.objects.get().id, by=THE_HOUSE, at=NOW + HOUR)
    assert viewer(worker, hours=1).grants == ()
    assert areas.responsible(area("G1"), NOW + HOUR) is None
    assert areas.responsible(area("G1"), NOW) is not None


def test_nobody_answers_for_a_grid_they_may_not_work_in_nor_longer_than_they_may() -> None:
    worker = hire("li", Role.GRID_WORKER, area="C1", hours=8)
    with pytest.raises(Problem, match=r"access\.not_a_worker_here"):
        actions.assign_grid(grid=area("G3"), account=worker, by=THE_HOUSE, at=NOW)
    actions.assign_grid(grid=area("G1"), account=worker, by=THE_HOUSE, at=NOW)
    assert areas.responsible(area("G1"), NOW + 8 * HOUR) is None
    assert [w.name for w in queries.workers_of(area("G1"), NOW)] == ["li同志"]


def test_a_closed_account_is_nobody() -> None:
    worker = hire("li", Role.GRID_WORKER, area="G1", password=PASSWORD)
    phone = actions.enrol_device(device_name="手机", account="li", password=PASSWORD, at=NOW)
    actions.assign_grid(grid=area("G1"), account=worker, by=THE_HOUSE, at=NOW)
    actions.close_account(account=worker, by=THE_HOUSE, at=NOW + HOUR)
    assert queries.viewer_of(worker, NOW + HOUR) is None
    assert queries.viewer_of_token(phone.token, NOW + HOUR) is None
    assert areas.responsible(area("G1"), NOW + HOUR) is None
    with pytest.raises(Problem, match=r"access\.wrong_password"):
        actions.check_credentials(name="li", password=PASSWORD)


def test_an_administrator_is_made_by_two_people() -> None:
    one, other = hire("sec-1", Role.SECURITY_ADMIN), hire("sec-2", Role.SECURITY_ADMIN)
    new = hire("audit-1")
    grant = actions.grant_role(account=new, role=Role.AUDIT_ADMIN, area=area("S"), by=by(one), at=NOW)
    assert viewer(new).grants == ()
    for wrong in (one, new):
        with pytest.raises(Problem, match=r"access\.needs_another_person"):
            actions.approve_role(grant=grant, by=by(wrong), at=NOW)
    actions.approve_role(grant=grant, by=by(other), at=NOW)
    assert [g.role for g in viewer(new).grants] == [Role.AUDIT_ADMIN]
    with pytest.raises(Problem, match=r"access\.already_decided"):
        actions.approve_role(grant=grant, by=by(other), at=NOW)


def test_a_declined_proposal_opens_nothing() -> None:
    one, other = hire("sec-1", Role.SECURITY_ADMIN), hire("sec-2", Role.SECURITY_ADMIN)
    new = hire("audit-1")
    grant = actions.grant_role(account=new, role=Role.AUDIT_ADMIN, area=area("S"), by=by(one), at=NOW)
    actions.decline_role(grant=grant, by=by(other), at=NOW)
    assert viewer(new).grants == ()
    assert queries.waiting_grants(viewer=viewer(other)) == []


def test_the_database_refuses_an_administrator_made_by_one() -> None:
    one = hire("sec-1", Role.SECURITY_ADMIN)
    alone = Grant(
        id=new_id(),
        account_id=new_id(),
        role=Role.AUDIT_ADMIN,
        area_id=area("S"),
        purposes="",
        starts_at=NOW,
        state="granted",
        proposed_by=one,
        decided_by=one,
    )
    with pytest.raises(IntegrityError, match="access_administrators_are_made_by_two"), transaction.atomic():
        alone.save(force_insert=True)
    alone.proposed_by = None
    with pytest.raises(IntegrityError, match="access_administrators_are_made_by_two"), transaction.atomic():
        alone.save(force_insert=True)


def test_administrators_stay_apart_and_nobody_grants_themselves() -> None:
    one = hire("sec-1", Role.SECURITY_ADMIN)
    with pytest.raises(Problem, match=r"access\.roles_exclude_each_other"):
        hire("all-in-one", Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN)
    with pytest.raises(Problem, match=r"access\.not_to_oneself"):
        actions.grant_role(account=one, role=Role.GRID_WORKER, area=area("G1"), by=by(one), at=NOW)


def test_a_grant_may_say_fewer_purposes_than_its_role_and_never_more() -> None:
    worker = hire("li")
    actions.grant_role(
        account=worker,
        role=Role.GRID_WORKER,
        area=area("G1"),
        purposes=[Purpose.CARE, Purpose.AUDIT],
        by=THE_HOUSE,
        at=NOW,
    )
    assert [g.purposes for g in viewer(worker).grants] == [frozenset({Purpose.CARE})]


def test_an_officer_sees_the_accounts_of_their_own_areas() -> None:
    officer = hire("officer", Role.COMMUNITY_OFFICER, area="C1")
    hire("li", area="G1")
    hire("zhao", area="C2")
    assert {a.name for a in queries.accounts(viewer=viewer(officer))} == {"officer", "li"}
    assert {a.name for a in queries.accounts(viewer=viewer(officer), q="li")} == {"li"}
    (view,) = queries.account_views(Account.objects.filter(name="officer"), at=NOW)
    assert [g.role for g in view.roles if g.in_force] == [Role.COMMUNITY_OFFICER]
    with pytest.raises(Problem, match=r"access\.not_found"):
        queries.accounts(viewer=viewer(officer), area=area("C2"))


def test_a_session_ends_when_password_or_role_changes() -> None:
    worker = hire("li", Role.GRID_WORKER, area="G1", password=PASSWORD)
    stamps = [Account.objects.get(id=worker).get_session_auth_hash()]
    grant = actions.grant_role(account=worker, role=Role.VOLUNTEER, area=area("S"), by=THE_HOUSE, at=NOW)
    stamps.append(Account.objects.get(id=worker).get_session_auth_hash())
    actions.end_role(grant=grant, by=THE_HOUSE, at=NOW + HOUR)
    stamps.append(Account.objects.get(id=worker).get_session_auth_hash())
    actions.reset_password(account=worker, by=THE_HOUSE, at=NOW)
    stamps.append(Account.objects.get(id=worker).get_session_auth_hash())
    assert len(set(stamps)) == 4


def test_five_wrong_passwords_lock_out_strangers_and_not_the_browser_that_was_here_before() -> None:
    account = hire("li", password=PASSWORD)
    for _ in range(5):
        with pytest.raises(Problem, match=r"access\.(wrong_password|locked_out)"):
            actions.check_credentials(name="li", password="guess", address="10.0.0.1")
    with pytest.raises(Problem, match=r"access\.locked_out"):
        actions.check_credentials(name="li", password=PASSWORD, address="10.0.0.2")
    assert actions.check_credentials(name="li", password=PASSWORD, browser="her own", address="10.0.0.1").id == account
    other = hire("wang", password=PASSWORD)
    assert actions.check_credentials(name="wang", password=PASSWORD, address="10.0.0.1").id == other


def test_everything_but_secrets_rebuilds_from_entries() -> None:
    one, other = hire("sec-1", Role.SECURITY_ADMIN), hire("sec-2", Role.SECURITY_ADMIN)
    worker = hire("li", Role.GRID_WORKER, area="G1", password=PASSWORD)
    grant = actions.grant_role(account=hire("audit"), role=Role.AUDIT_ADMIN, area=area("S"), by=by(one), at=NOW)
    actions.approve_role(grant=grant, by=by(other), at=NOW)
    phone = actions.enrol_device(device_name="手机", account="li", password=PASSWORD, at=NOW)
    actions.revoke_device(device=phone.device.id, by=THE_HOUSE, at=NOW + HOUR, reason="丢失")
    actions.disclose(viewer=viewer(worker), what="test", purpose=Purpose.CARE, area=area("G1"), subjects=[new_id()])
    actions.close_account(account=worker, by=THE_HOUSE, at=NOW + HOUR)
    assert ledger.rebuild_differs() == []
    assert Password.objects.filter(account_id=worker).exists()
