"""Whose a browser's session is stands in memory, and is as right as the tables."""

from collections.abc import Iterator

import msgspec
import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.models import Outdated
from lianfang.ground.access.models import Account
from lianfang.ground.access.tests.staff import PASSWORD, hire
from lianfang.ground.territory.tests.town import NOW

pytestmark = [
    pytest.mark.usefixtures("in_lasting_town", "at_now"),
    pytest.mark.django_db(databases=["default", "plumbing"], transaction=True),
]
ME = "/api/v1/me"


@pytest.fixture
def at_now() -> Iterator[None]:
    with clock.stopped_at(NOW):
        yield


@pytest.fixture
def officer() -> Client:
    """Somebody signed in, who has been asked for once."""
    client = Client()
    account = hire("li", Role.COMMUNITY_OFFICER, area="C1", password=PASSWORD)
    client.force_login(Account.objects.get(id=account))
    assert client.get(ME).status_code == 200
    return client


def test_a_session_that_ran_out_opens_nothing(officer: Client) -> None:
    Session.objects.update(expire_date=timezone.now())
    assert officer.get(ME).status_code == 401


def test_a_session_that_was_ended_opens_nothing(officer: Client) -> None:
    kept = officer.cookies["sessionid"].value
    officer.delete("/api/v1/session")
    officer.cookies["sessionid"] = kept
    assert officer.get(ME).status_code == 401


def test_what_another_process_did_to_an_account_ends_its_sessions_here(officer: Client) -> None:
    account = Account.objects.get()
    Account.objects.update(changed_at_position=account.changed_at_position + 1)  # behind the back of our memory
    assert officer.get(ME).status_code == 200
    last = Outdated.objects.latest("no").no
    Outdated.objects.create(no=last + 1, what=msgspec.json.encode({"access.accounts": [account.id]}).decode())
    assert officer.get(ME).status_code == 401
