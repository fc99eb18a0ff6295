"""Whatever bytes reach us: a fate for each record, a sentence for each refusal, no exception and no lost neighbour."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.ledger.tests.test_hand_in import a_house, fates, hand_in
from lianfang.foundation.ledger.tests.town import a_record
from lianfang.foundation.plumbing.catalogue import sentence

pytestmark = pytest.mark.usefixtures("in_town")

ID = b'"id":"018d0000-0000-7000-8000-00000000000a"'
KIND = b'"kind":"town.knocked.v1"'
AT = b'"at":"2021-12-10T08:00:00Z"'


def raw(*pairs: bytes) -> bytes:
    return b"{" + b",".join(pairs) + b"}"


NASTY = {
    "not JSON": b"\xff\xfe{",
    "truncated": raw(ID, KIND)[:-6],
    "nothing": b"null",
    "a list": b"[]",
    "a lone surrogate": raw(ID, b'"kind":"\\ud800"', AT, b'"body":{}'),
    "a NUL": raw(ID, KIND, AT, b'"body":{"household":"018d0000-0000-7000-8000-00000000000a","note":"\\u0000"}'),
    "year 0": raw(ID, KIND, b'"at":"0000-12-10T08:00:00Z"', b'"body":{}'),
    "the year 10,000, in a zone that is behind": raw(ID, KIND, b'"at":"9999-12-31T23:59:59-12:00"', b'"body":{}'),
    "a time without a zone": raw(ID, KIND, b'"at":"2021-12-10T08:00:00"', b'"body":{}'),
    "a number past the end": raw(ID, KIND, AT, b'"n":1e308', b'"body":{}'),
    "NaN": raw(ID, KIND, AT, b'"n":NaN', b'"body":{}'),
    "nested without end": raw(ID, KIND, AT, b'"body":' + b"[" * 3000 + b"]" * 3000),
    "a kind without end": raw(ID, b'"kind":"' + b"x" * 500 + b'"', AT, b'"body":{}'),
    "sealed to nobody": raw(ID, b'"sealed":"AAAA"'),
    "sealed in no alphabet": raw(ID, b'"sealed":"\\u4e00"'),
}


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY.keys())
def test_what_cannot_be_read_is_refused_with_a_sentence_and_its_neighbours_are_stored(nasty: bytes) -> None:
    before, after = a_record(household=str(a_house())), a_record(household=str(a_house()), n=2)
    reply = hand_in(before, raw=(nasty, msgspec.json.encode(after)))
    assert fates(reply) == ["stored", "refused", "stored"]
    refused = reply.receipts[1]
    for language in ("zh-Hans", "en"):
        assert sentence(refused.code or "", language, where=refused.message) != refused.code


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.dictionaries(st.sampled_from(["id", "kind", "at", "n", "body", "cause", "sealed"]), json_values),
    body=st.dictionaries(st.sampled_from(["household", "people", "after", "note"]), json_values),
)
def test_a_record_with_anything_in_any_place_gets_a_fate(changes: dict[str, Any], body: dict[str, Any]) -> None:
    strange = {**a_record(**{"household": str(new_id()), **body}), **changes}
    try:
        sent = msgspec.json.encode(strange)
    except (msgspec.MsgspecError, ValueError, OverflowError, UnicodeEncodeError):
        return  # cannot be written as JSON at all
    assert fates(hand_in(raw=(sent,)))[0] in {"stored", "held", "refused", "already_held"}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(anything=st.binary(max_size=200))
def test_any_bytes_get_a_fate(anything: bytes) -> None:
    assert fates(hand_in(raw=(anything,)))[0] in {"held", "refused"}
