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
from lianfang.ground.codes import actions, credential, credential_views, models, queries
from lianfang.ground.codes.credential_terms import Attested, Carrier, CodeVerdict, KeyState
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
        self.incident = posture.open_incident(
            name="疫情处置",
            area=id_of("S"),
            basis="public_health_emergencies",
            pack="household_sweep",
            issuer="莘塍街道办事处",
            ends_at=NOW + 20 * DAY,
            by=THE_HOUSE,
            at=NOW,
        )

    def rotate(self, hours: int = 0, *, at_once: bool = False) -> bytes:
        eyes, at = viewer(self._keeper, hours=hours), NOW + hours * HOUR
        return actions.rotate_key(viewer=eyes, at=at, at_once=at_once).id

    def only_an_exercise_is_open(self) -> None:
        posture.close_incident(incident=self.incident.id, reason="风险解除", by=THE_HOUSE, at=NOW)
        posture.open_incident(
            name="演练",
            area=id_of("S"),
            basis="public_health_emergencies",
            pack="household_sweep",
            issuer="莘塍街道办事处",
            ends_at=NOW + 5 * DAY,
            drill=True,
            by=THE_HOUSE,
            at=NOW,
        )

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
    desk.rotate(hours=1, at_once=True)
    new = desk.issue(hours=2)
    assert [desk.gate(text, hours=3) for text in (old, new)] == [CodeVerdict.GENUINE] * 2
    desk.withdraw(first)
    assert [desk.gate(text, hours=3) for text in (old, new)] == [CodeVerdict.WRONG_KEY, CodeVerdict.GENUINE]
    assert ledger.rebuild_differs() == []


def test_a_new_key_is_known_to_gates_for_three_days_before_it_signs(desk: Desk) -> None:
    """A gate that has had no line for a day must not call tomorrow's credentials foreign."""
    first = desk.rotate()
    second = desk.rotate(hours=1)
    assert {key.id for key in queries.gate_trust(at=NOW + HOUR).keys} == {first, second}
    with raises("codes.key_waits"):
        desk.rotate(hours=2)
    signed_by = [queries.signing_key(at=NOW + hours * HOUR).id for hours in (2, 72, 73, 74)]
    assert signed_by == [first.hex(), first.hex(), second.hex(), second.hex()]
    heard_on_the_first_day = queries.gate_trust(at=NOW + HOUR)
    later = NOW + 74 * HOUR
    shown = credential.show(desk.issue(hours=74), bound_to=PHONE, at=later)
    found = queries.verify(shown, trusted=heard_on_the_first_day.keys, revoked=heard_on_the_first_day.revoked, at=later)
    assert found.verdict is CodeVerdict.GENUINE
    states = [row.state for row in credential_views.keys(at=later)]
    assert states == [KeyState.SIGNING, KeyState.BELIEVED]


def test_what_an_exercise_signs_would_open_gates_so_it_signs_nothing(desk: Desk) -> None:
    desk.rotate()
    desk.only_an_exercise_is_open()
    with raises("codes.drill_signs_nothing"):
        desk.issue()
    assert models.Credential.objects.count() == 0


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
