"""The people of a small town's office, for the tests of access and of whatever stands on it."""

from datetime import timedelta

from lianfang.foundation.kernel.ids import AccountId, AreaId
from lianfang.foundation.kernel.people import THE_HOUSE, Actor, Viewer
from lianfang.foundation.kernel.roles import Role
from lianfang.ground.access import actions, queries
from lianfang.ground.territory.tests.town import NOW, id_of

PASSWORD = "not-a-word-9"


def hire(
    name: str,
    *roles: Role,
    area: str = "S",
    password: str | None = None,
    must_change: bool = False,
    hours: int | None = None,
) -> AccountId:
    """An account with roles on one area, granted by the house itself. Without a password unless one is given."""
    made = actions.create_account(
        name=name,
        display_name=f"{name}同志",
        area=id_of(area),
        by=THE_HOUSE,
        at=NOW,
        password=password,
        with_password=password is not None,
        must_change=must_change,
    )
    for role in roles:
        ends_at = NOW + timedelta(hours=hours) if hours else None
        actions.grant_role(account=made.account, role=role, area=id_of(area), by=THE_HOUSE, at=NOW, ends_at=ends_at)
    return made.account


def by(account: AccountId) -> Actor:
    """The account as the one who acts."""
    return Actor(account=account)


def viewer(account: AccountId, *, hours: int = 0) -> Viewer:
    """The account as it may look, so many hours from now."""
    found = queries.viewer_of(account, NOW + timedelta(hours=hours))
    assert found is not None
    return found


def area(code: str) -> AreaId:
    """An area by its code."""
    return id_of(code)
