"""What can be done over OpenRosa: give a phone its login, take in a filled form."""

import secrets
from datetime import datetime
from uuid import UUID

import msgspec
from django.contrib.auth.hashers import make_password

from lianfang.foundation.kernel.ids import AccountId
from lianfang.foundation.kernel.people import Actor, Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger.records import Receipt
from lianfang.foundation.ledger.terms import Sender
from lianfang.ground.access import actions as access
from lianfang.ground.campaigns.terms import CampaignDocument, Outcome
from lianfang.interop.openrosa import models, queries, xform
from lianfang.interop.openrosa.terms import Instance, NewLogin

PATH = "/api/v1/openrosa"
_VISITED = "screening.household_visited.v1"


def give_login(*, account: AccountId, device_name: str, by: Actor, at: datetime) -> NewLogin:
    """A device of this account with a user name and a password of its own, answered once; withdrawn like any phone.

    The device's token is told to nobody: this one comes in by its password alone.
    """
    code = access.issue_enrolment(account=account, by=by, at=at).code
    enrolled = access.enrol_device(device_name=device_name, at=at, code=code)
    name, password = f"odk-{secrets.token_hex(4)}", access.new_password() + "-" + access.new_password()
    models.Login.objects.create(
        device_id=enrolled.device.id, name=name, encoded=make_password(password), account_id=account, made_at=at
    )
    return NewLogin(PATH, name, password)


def take_in(xml: bytes, *, viewer: Viewer, sender: Sender, at: datetime) -> Receipt:
    """A filled form becomes the record that our own phone would have sent, under the instance's own id: so a form that
    comes twice counts once.
    """
    instance = xform.read(xml)
    offered = next((each for each in queries.offered(viewer) if each.id == instance.form), None)
    if offered is None:
        raise Problem("openrosa.no_such_form", status=404)
    if instance.version != str(offered.campaign.form.version):
        raise Problem(
            "openrosa.other_version", status=409, sent=instance.version[:20], ours=offered.campaign.form.version
        )
    record = _record(instance, offered.campaign)
    return ledger.hand_in([record], sender=sender, received_at=at).receipts[0]


def _record(instance: Instance, campaign: CampaignDocument) -> bytes:
    fields = instance.fields
    try:
        target, outcome = UUID(str(fields.get(xform.DOOR))), Outcome(str(fields.get(xform.OUTCOME)))
    except ValueError:
        raise Problem("openrosa.no_door", status=400) from None
    body = {
        "task": {"campaign": campaign.id, "target": target, "occasion": campaign.occasion, "outcome": outcome},
        "people": _people(fields.get(xform.PEOPLE)) if outcome is Outcome.DONE else 0,
        "answers": xform.answers(instance, campaign.form) if outcome is Outcome.DONE else {},
    }
    return msgspec.json.encode({"id": instance.id, "kind": _VISITED, "at": _moment(instance.at), "body": body})


def _people(said: object) -> int:
    text = str(said or "")
    return min(int(text), 10_000) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _moment(said: str) -> str:
    """When it was finished by the phone's clock. Without one it must not change from sending to sending: none is said
    twice, so the moment of receipt cannot stand in for it.
    """
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise Problem("openrosa.no_time", status=400) from None
    if moment.tzinfo is None:
        raise Problem("openrosa.no_time", status=400)
    return moment.isoformat()
