"""What forms write into the ledger: a form is published. It names nobody and outlives every incident.

And what a form says of answers that come with the records of others.
"""

from datetime import date
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId, IncidentId
from lianfang.foundation.kernel.keys import REGISTER_KEY
from lianfang.foundation.ledger.terms import Accepted, Heard, Held, HeldWhy, Kind, Known, Reference
from lianfang.ground.forms import logic
from lianfang.ground.forms.filling import Filling
from lianfang.ground.forms.terms import Answers, Form
from lianfang.ground.posture.records import INCIDENT

FORM = "forms.form"


class FormPublished(msgspec.Struct, frozen=True):
    """A form may be used on an area, in that version; under an incident if it asks what only an incident may ask."""

    id: UUID
    version: int
    form: Form
    area: AreaId
    incident: IncidentId | None = None


class FormFacts(msgspec.Struct, frozen=True):
    """What of it stays readable for ever."""

    id: UUID
    code: str
    version: int
    questions: int
    incident: IncidentId | None = None


def _accept(heard: Heard, known: Known) -> Accepted | Held:
    body: FormPublished = heard.body
    incident = known.get(Reference(INCIDENT, body.incident)) if body.incident else None
    if body.form.needs_incident and incident is None:
        return Held(HeldWhy.UNKNOWN_REFERENCE, waits_for=body.incident)
    facts = FormFacts(body.id, body.form.code, body.version, len(body.form.questions), body.incident)
    return Accepted(area=body.area, key=REGISTER_KEY, facts=facts)


FORM_PUBLISHED = Kind(
    "forms.form_published.v1",
    FormPublished,
    FormFacts,
    _accept,
    wants=lambda body: [Reference(INCIDENT, body.incident)] if body.incident else [],
    makes=lambda body: [body.id],
)

KINDS = (FORM_PUBLISHED,)


def breaks_a_constraint(form: Form, answers: Answers, *, on: date) -> bool:
    """Do these say what the form's author holds for odd? They are kept all the same."""
    limited = [question.code for question in form.questions if question.constraint]
    if not limited:
        return False
    filling = Filling(logic.asked_questions(form), logic.asked_sections(form), answers, today=on.isoformat())
    return any(wrong.what == "constraint" for wrong in filling.wrong(limited))
