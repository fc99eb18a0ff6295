"""Who may be what, and how often one may look. No database."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import Window
from lianfang.foundation.kernel.roles import SEPARATED_ROLES, Purpose, Role
from lianfang.ground.access import rules
from lianfang.ground.access.terms import HeldGrant

AREA = AreaId(UUID(int=1))
JAN, FEB, MAR = (datetime(2022, month, 1, tzinfo=UTC) for month in (1, 2, 3))


def held(role: Role, start: datetime = JAN, end: datetime | None = None) -> HeldGrant:
    return HeldGrant(UUID(int=2), role, AREA, frozenset({Purpose.CARE}), start, end)


@pytest.mark.parametrize("one", sorted(SEPARATED_ROLES))
@pytest.mark.parametrize("other", sorted(set(Role) - {Role.RESIDENT}))
def test_three_administrators_are_three_people_who_do_nothing_else(one: Role, other: Role) -> None:
    assert rules.exclude_each_other(one, other) == rules.exclude_each_other(other, one) == (one != other)


def test_a_grid_worker_may_also_be_a_volunteer() -> None:
    assert not rules.exclude_each_other(Role.GRID_WORKER, Role.VOLUNTEER)


def test_roles_exclude_each_other_only_while_both_hold() -> None:
    worked = [held(Role.GRID_WORKER, JAN, FEB)]
    assert rules.excluded_by(Role.AUDIT_ADMIN, Window(JAN, None), worked) is Role.GRID_WORKER
    assert rules.excluded_by(Role.AUDIT_ADMIN, Window(FEB, None), worked) is None


def test_a_grant_carries_permissions_only_while_it_holds() -> None:
    permissions = {"grid_worker": frozenset({"access.record"})}
    grants = [held(Role.GRID_WORKER, FEB, MAR)]
    assert [bool(rules.as_grants(grants, permissions, at=at)) for at in (JAN, FEB, MAR)] == [False, True, False]


def test_the_quota_of_reveals_is_the_one_in_force_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rules.reveals_a_day(date(2021, 12, 10)) == 50
    monkeypatch.setattr(rules, "REVEALS_A_DAY", ((date(2020, 1, 1), 50), (date(2022, 1, 1), 20)))
    assert [rules.reveals_a_day(date(y, 6, 1)) for y in (2021, 2022)] == [50, 20]


@pytest.mark.parametrize(
    ("typed", "enough"),
    [
        ("电话核实老人住址", True),
        ("check address", True),
        ("", False),
        (None, False),
        ("....", False),
        ("aaaaaa", False),
        ("无", False),
    ],
)
def test_a_reason_must_say_something(typed: str | None, enough: bool) -> None:
    assert rules.says_why(typed) is enough


@pytest.mark.parametrize("typed", ["AB1C0-23456", "ab1c0 23456", "AbIcO23456", "ＡＢ1Ｃ０-23456"])
def test_a_code_read_aloud_is_the_same_code(typed: str) -> None:
    assert rules.enrolment_code(typed) == "AB1C023456"


@pytest.mark.parametrize("typed", ["Grid-01", " grid-01 ", "ＧＲＩＤ-01"])
def test_a_login_name_is_the_same_however_it_is_typed(typed: str) -> None:
    assert rules.account_name(typed) == "grid-01"


def test_administrators_look_at_nobody() -> None:
    people = {Purpose.REGISTER_UPKEEP, Purpose.INCIDENT_RESPONSE, Purpose.CARE}
    assert [role for role in SEPARATED_ROLES if rules.purposes_of(role) & people] == []
