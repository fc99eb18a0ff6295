"""Opening an incident is enough: the forms of its pack stand ready for a campaign."""

from datetime import timedelta

import pytest

from lianfang.foundation.ledger import journeys
from lianfang.foundation.ledger.models import Cursor, Entry
from lianfang.foundation.plumbing import clock
from lianfang.ground.campaigns.tests.village import ZHANG, an_incident
from lianfang.ground.forms import actions as forms
from lianfang.ground.forms import queries
from lianfang.ground.posture import actions as posture
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, id_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


def forms_there() -> list[tuple[str, int]]:
    return [(f.form.code, f.version) for f in queries.published(areas=[id_of("S")])]


def go_round(*, hours: int = 0) -> None:
    with clock.stopped_at(NOW + timedelta(hours=hours)):
        journeys.run_due()


def test_the_forms_of_the_pack_are_published_under_the_incident_that_caused_it() -> None:
    incident = an_incident()
    go_round()
    (form,) = queries.published(areas=[id_of("S")])
    assert (form.incident, form.version) == (incident.id, 1)
    opened = Entry.objects.get(kind="posture.incident_opened.v1")
    assert Entry.objects.get(kind="forms.form_published.v1").cause == opened.record_id


def test_forms_that_stand_there_already_are_not_published_again() -> None:
    incident = an_incident()
    forms.publish_pack_forms(incident=incident.id, by=ZHANG, at=NOW)
    before = forms_there()
    go_round()
    Cursor.objects.update(position=0)  # as after a copy was put back that is a little older than its cursor
    go_round()
    assert forms_there() == before


def test_an_incident_that_is_over_brings_nothing() -> None:
    incident = an_incident()
    posture.close_incident(incident=incident.id, reason="虚惊一场", by=ZHANG, at=NOW + timedelta(minutes=1))
    go_round(hours=1)
    assert forms_there() == []
