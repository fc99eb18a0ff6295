"""How long a form takes, from what phones recorded."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.kernel.roles import Role
from lianfang.ground.campaigns.tests.village import a_campaign
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW
from lianfang.screens.desk.form_burden import FEWEST, burden_of


def opened_at(moment: datetime) -> UUID:
    """An id as a phone makes it when the page of a visit opens."""
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (0x7 << 76) | (0x2 << 62))


def visits(*seconds: float) -> list[tuple[UUID, datetime]]:
    return [(opened_at(NOW), NOW + timedelta(seconds=each)) for each in seconds]


def burden(*seconds: float) -> Any:
    return burden_of(UUID(int=1), version=2, visits=visits(*seconds))


def test_the_burden_is_the_median_of_minutes_at_the_door() -> None:
    assert burden(*[60] * 5, *[240] * 6).minutes == 4.0
    assert burden(*[90] * 10).minutes == 1.5


def test_pages_left_open_and_taps_by_mistake_do_not_count() -> None:
    found = burden(*[120] * 10, 1, 2, -5, 4000, 90_000)
    assert (found.visits, found.minutes) == (10, 2.0)


def test_of_few_visits_nothing_is_told() -> None:
    assert burden(*[120] * (FEWEST - 1)).minutes is None


@pytest.mark.django_db
def test_the_desk_reads_it_of_a_form_and_is_told_when_there_is_none() -> None:
    town.load()
    campaign = a_campaign()
    officer = Clerk("officer", Role.SUBDISTRICT_OFFICER)
    assert officer.get(f"forms/{campaign.form.id}/burden")[1] == {
        "form": str(campaign.form.id),
        "version": 1,
        "visits": 0,
        "minutes": None,
    }
    assert officer.get(f"forms/{new_id()}/burden")[0] == 404
