"""An office that opened an incident finds its forms there."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from lianfang.foundation.kernel.ids import HouseholdId, new_id
from lianfang.foundation.kernel.moments import local_day
from lianfang.foundation.ledger import journeys, queries
from lianfang.foundation.plumbing import clock
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.campaigns.occasions import Every, Recurrence
from lianfang.ground.campaigns.tests.village import NOW, ZHANG, a_household, a_roster, an_incident, tasks
from lianfang.ground.forms import actions as forms
from lianfang.ground.forms import queries as published
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture import queries as incidents
from lianfang.ground.posture.terms import CampaignDraft, Rhythm, Words
from lianfang.ground.territory.tests import town
from lianfang.journeys.incident_brings_its_forms import _recurs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _an_hour_later(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    town.load()
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1))
    yield


def codes() -> list[tuple[str, int]]:
    return sorted((form.form.code, form.version) for form in published.published(areas=[town.id_of("S")]))


def test_the_pack_s_forms_are_published_once_and_say_why() -> None:
    incident = an_incident()
    journeys.run_due()
    journeys.run_due()
    assert codes() == sorted((str(form["code"]), 1) for form in incident.pack.forms)
    (opened,) = queries.entries_after(0, kinds=frozenset({"posture.incident_opened.v1"}))
    assert {entry.cause for entry in queries.entries_after(0, kinds=frozenset({"forms.form_published.v1"}))} == {
        opened.id
    }


def test_the_pack_s_campaign_begins_for_those_it_is_about() -> None:
    a_household("G1")
    a_roster(HouseholdId(new_id()), HouseholdId(new_id()))  # the old of a roster are 71, and nobody there lives alone
    incident = an_incident(pack="heatwave_check", days=2)
    journeys.run_due()
    journeys.run_due()
    (campaign,) = campaigns.campaigns()
    assert (campaign.incident, campaign.form.form.code) == (incident.id, "heat_check")
    assert campaign.ends_on <= local_day(incident.ends_at)
    assert tasks() == {}


def test_everybody_is_on_the_list_of_a_pack_that_means_everybody() -> None:
    homes = {a_household("G1"), a_household("G2")}
    an_incident(pack="typhoon_evacuation")
    journeys.run_due()
    assert set(tasks()) == homes


def test_a_pack_s_campaign_begins_anew_as_often_as_the_pack_says(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = incidents.packs()["typhoon_evacuation"]
    assert pack.campaign is not None
    daily = msgspec.structs.replace(pack.campaign, recurs=Rhythm("daily"))
    packs = {pack.code: msgspec.structs.replace(pack, campaign=daily)}
    monkeypatch.setattr(incidents, "packs", lambda: packs)
    an_incident(pack=pack.code)
    journeys.run_due()
    (campaign,) = campaigns.campaigns()
    assert campaign.recurs is not None and campaign.recurs.every == "daily"
    assert (campaign.ends_on - campaign.starts_on).days == 2


def test_a_weekly_round_needs_a_week() -> None:
    draft = CampaignDraft("f", Words("周周查", "Weekly"), days=14, recurs=Rhythm("weekly", 5))
    assert _recurs(draft, 6) is None
    assert _recurs(draft, 7) == Recurrence(Every.WEEKLY, 5)


def test_a_pack_without_a_campaign_opens_none() -> None:
    an_incident()
    journeys.run_due()
    assert campaigns.campaigns() == []


def test_what_somebody_published_in_the_meantime_is_left_as_it_is() -> None:
    incident = an_incident()
    forms.publish_pack_forms(incident=incident.id, by=ZHANG, at=NOW)
    journeys.run_due()
    assert {version for _, version in codes()} == {1}


def test_an_incident_that_is_over_brings_nothing_and_stops_nobody() -> None:
    over, running = an_incident(), an_incident(area="C1")
    posture.close_incident(incident=over.id, reason="演练结束", by=ZHANG, at=NOW)
    journeys.run_due()
    assert codes() == []
    assert [form.incident for form in published.published(areas=[town.id_of("C1")])] == [running.id]
