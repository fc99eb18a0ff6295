"""Credentials from the desk to a gate without a line: keys that change, phones that are lost."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import base45
import cbor2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.codes import actions, credential, models, queries
from lianfang.ground.codes.credential_terms import Attested, Carrier, CodeVerdict
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.tests.test_rules import refused as raises
from lianfang.ground.registry.tests import homes
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, id_of

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PHONE = credential.new_key()
POINT = PHONE.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class Desk:
    """A security administrator who keeps the keys, an officer who issues, and a gate."""

    def __init__(self) -> None:
        town.load()
        homes.publish({"name": "张三丰", "id": homes.ZHANG, "id_number": homes.a_number("11010119900307001")})
        self._keeper, self._officer = hire("keeper", Role.SECURITY_ADMIN), hire("officer", Role.COMMUNITY_OFFICER)
        posture.open_incident(
            name="疫情处置",
            area=id_of("S"),
            basis="public_health_emergencies",
            pack="household_sweep",
            issuer="莘塍街道办事处",
            ends_at=NOW + 20 * DAY,
            by=THE_HOUSE,
            at=NOW,
        )

    def rotate(self, hours: int = 0) -> bytes:
        made = actions.rotate_key(viewer=viewer(self._keeper, hours=hours), at=NOW + hours * HOUR)
        return made.id

    def withdraw(self, key: bytes) -> None:
        actions.withdraw_key(key=key, reason="密钥可能外泄", viewer=viewer(self._keeper), at=NOW)

    def issue(self, hours: int = 0, **more: Any) -> str:
        at = NOW + hours * HOUR
        test = Attested("test", int((at - HOUR).timestamp()), int((at + 2 * DAY).timestamp()))
        plain: dict[str, Any] = {"evidence": [test], "carrier": Carrier.OWN_PHONE, "bound_to": POINT}
        return actions.issue_credential(
            resident=homes.ZHANG, viewer=viewer(self._officer, hours=hours), at=at, **(plain | more)
        )

    def revoke(self, text: str) -> None:
        claims = cbor2.loads(cbor2.loads(base45.b45decode(text.removeprefix("LF1:"))).value[2])
        number = UUID(bytes=claims[7])
        actions.revoke_credential(number=number, reason="手机丢了", viewer=viewer(self._officer), at=NOW)

    def gate(self, text: str, hours: int = 0) -> CodeVerdict:
        at = NOW + hours * HOUR
        shown = credential.show(text, bound_to=PHONE, at=at)
        trust = queries.gate_trust(at=at)
        return queries.verify(shown, trusted=trust.keys, revoked=trust.revoked, at=at).verdict


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_from_the_desk_to_the_gate_with_a_masked_name_and_four_digits(desk: Desk) -> None:
    desk.rotate()
    text = desk.issue(carrier=Carrier.PAPER, bound_to=None)
    trust = queries.gate_trust(at=NOW)
    found = queries.verify(text, trusted=trust.keys, revoked=trust.revoked, at=NOW)
    assert (found.verdict, found.holder.shown_name if found.holder else "") == (CodeVerdict.PAPER, "张**")
    assert found.holder and len(found.holder.last_four) == 4
    assert desk.gate(desk.issue()) is CodeVerdict.GENUINE
    assert ledger.rebuild_differs() == []


def test_a_new_key_leaves_yesterday_s_credential_good_and_a_withdrawn_one_does_not(desk: Desk) -> None:
    first = desk.rotate()
    old = desk.issue()
    desk.rotate(hours=1)
    new = desk.issue(hours=2)
    assert [desk.gate(text, hours=3) for text in (old, new)] == [CodeVerdict.GENUINE] * 2
    desk.withdraw(first)
    assert [desk.gate(text, hours=3) for text in (old, new)] == [CodeVerdict.WRONG_KEY, CodeVerdict.GENUINE]
    assert ledger.rebuild_differs() == []


def test_a_lost_phone_s_credential_is_taken_back_and_the_next_one_is_good(desk: Desk) -> None:
    desk.rotate()
    lost, next_one = desk.issue(), desk.issue()
    desk.revoke(lost)
    assert [desk.gate(text) for text in (lost, next_one)] == [CodeVerdict.REVOKED, CodeVerdict.GENUINE]
    assert len(queries.gate_trust(at=NOW).revoked.until) == 1
    assert queries.gate_trust(at=NOW + 3 * DAY).revoked.until == {}


def test_what_a_gate_takes_along_names_nobody(desk: Desk) -> None:
    desk.rotate()
    desk.revoke(desk.issue())
    kept = repr(queries.gate_trust(at=NOW)) + repr(list(models.Credential.objects.values()))
    assert "张" not in kept and str(homes.ZHANG) not in kept and homes.ZHANG.hex not in kept


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"evidence": []}, "codes.evidence_out_of_term"),
        ({"evidence": [Attested("test", int(NOW.timestamp()) + 60, int(NOW.timestamp()) + 99)]}, "codes.evidence_out"),
        ({"evidence": [Attested("test", 0, int((NOW + 31 * DAY).timestamp()))]}, "codes.evidence_out_of_term"),
        ({"bound_to": None}, "codes.phone_key_missing"),
        ({"bound_to": b"\4" + b"x" * 64}, "codes.phone_key_missing"),
        ({"carrier": Carrier.PAPER}, "codes.phone_key_missing"),
    ],
)
def test_nothing_is_signed_without_evidence_in_term_and_the_phone_it_is_for(
    desk: Desk, changes: dict[str, Any], code: str
) -> None:
    desk.rotate()
    with pytest.raises(Exception, match=code):
        desk.issue(**changes)
    assert models.Credential.objects.count() == 0


def test_without_a_key_nothing_is_issued(desk: Desk) -> None:
    with raises("codes.no_key"):
        desk.issue()
