"""What a form costs those who answer it 填写负担: the median of minutes at a door, from visits that were recorded.

A visit's id is made when its page is opened (UUIDv7: the moment stands in it) and the visit is dated when it is saved,
both by the phone's own clock; the time between is what the household was asked for. No record is opened for it.
"""

from collections.abc import Iterable
from datetime import datetime
from statistics import median
from uuid import UUID

import msgspec
from django.urls import path
from dmr import Path

from lianfang.foundation.ledger import queries as ledger
from lianfang.foundation.plumbing.wire import Desk
from lianfang.ground.campaigns import queries as campaigns
from lianfang.ground.forms import queries as forms
from lianfang.ground.forms.terms import PublishedForm
from lianfang.operations.screening.records import HOUSEHOLD_VISITED

LATEST_ENTRIES = 5000  # among which the visits are looked for
FEWEST = 10  # of fewer the time of one person could be told
SHORTEST, LONGEST = 3, 3600  # seconds: less is no conversation, more is a page left open


class Where(msgspec.Struct, frozen=True):
    """One published form."""

    form_id: UUID


class FormBurden(msgspec.Struct, frozen=True):
    """How long a form takes. Without `minutes` too few visits were recorded."""

    form: UUID
    version: int
    visits: int
    minutes: float | None = None


def burden_of(form: UUID, *, version: int, visits: Iterable[tuple[UUID, datetime]]) -> FormBurden:
    """From each visit's id and when it was saved. Pure."""
    took = [saved_at.timestamp() - (id.int >> 80) / 1000 for id, saved_at in visits]
    counted = [seconds for seconds in took if SHORTEST <= seconds <= LONGEST]
    minutes = round(median(counted) / 60, 1) if len(counted) >= FEWEST else None
    return FormBurden(form, version, len(counted), minutes)


def burden(form: PublishedForm) -> FormBurden:
    """Of the last visits under that version of the form."""
    ours = {str(campaign.id) for campaign in campaigns.campaigns() if campaign.form.id == form.id}
    after = max(0, ledger.head() - LATEST_ENTRIES)
    entries, _ = ledger.entries_page(kind=HOUSEHOLD_VISITED.name, after=after, limit=LATEST_ENTRIES)
    visits = [(e.id, e.at) for e in entries if e.facts["campaign"] in ours and e.facts["outcome"] == "done"]
    return burden_of(form.id, version=form.version, visits=visits)


class FormBurdenOf(Desk):
    """How long a form takes at a door."""

    def get(self, parsed_path: Path[Where]) -> FormBurden:
        """The median minutes of the latest recorded visits."""
        return burden(forms.form_seen(id=parsed_path.form_id, viewer=self.viewer))


urlpatterns = [path("forms/<uuid:form_id>/burden", FormBurdenOf.as_view(), name="form-burden")]
