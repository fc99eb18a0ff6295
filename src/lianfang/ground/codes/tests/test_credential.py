"""A resident's credential at a gate that knows nobody and has no line: what passes, and what a person looks at."""

from datetime import datetime, timedelta
from typing import Any

import base45
import cbor2
import msgspec
import pytest
import segno
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lianfang.foundation.kernel.ids import new_id
from lianfang.ground.codes import credential
from lianfang.ground.codes.credential_terms import (
    Attested,
    Carrier,
    CodeVerdict,
    CredentialHolder,
    IssuerKey,
    Revocations,
    Verified,
)
from lianfang.ground.policies.tests.builders import NOW

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
OURS, NEXT, THEIRS, PHONE, OTHER_PHONE = (credential.new_key() for _ in range(5))
NUMBER = new_id().bytes
HOLDER = CredentialHolder("张*", "123X")


def trusted(**more: Any) -> IssuerKey:
    plain: dict[str, Any] = {"signs_from": NOW - 30 * DAY, "signs_until": NOW + 30 * DAY}
    return credential.issuer_key(OURS.public_key(), **(plain | more))


def a_test(*, at: datetime = NOW - HOUR, days: int = 2) -> Attested:
    return Attested("test", int(at.timestamp()), int((at + days * DAY).timestamp()))


def paper(**more: Any) -> str:
    plain: dict[str, Any] = {"number": NUMBER, "issuer": "莘塍街道", "holder": HOLDER, "carrier": Carrier.PAPER}
    return credential.issue(**(plain | {"evidence": [a_test()], "signed_by": OURS, "at": NOW} | more))


def carried(**more: Any) -> str:
    return paper(**({"carrier": Carrier.OWN_PHONE, "bound_to": PHONE.public_key()} | more))


def shown(text: str | None = None, *, at: datetime = NOW, by: Any = PHONE) -> str:
    return credential.show(text or carried(), bound_to=by, at=at)


def verified(text: str, *, at: datetime = NOW, keys: Any = None, revoked: Revocations | None = None) -> Verified:
    known = revoked or Revocations(as_of=NOW - DAY)
    return credential.verify(text, trusted=[trusted()] if keys is None else keys, revoked=known, at=at)


def verdict(text: str, **more: Any) -> CodeVerdict:
    return verified(text, **more).verdict


# --- what is good ----------------------------------------------------------------------------------------------------


def test_shown_just_now_by_its_own_phone_it_is_genuine_and_says_no_colour() -> None:
    found = verified(shown())
    assert (found.verdict, found.look_by_hand, found.carrier) == (CodeVerdict.GENUINE, False, Carrier.OWN_PHONE)
    assert (found.holder, found.evidence) == (HOLDER, (a_test(),))
    assert not {"colour", "status", "color"} & set(Verified.__struct_fields__)


def test_paper_is_said_to_be_paper_and_shows_what_to_compare() -> None:
    found = verified(paper())
    assert (found.verdict, found.look_by_hand) == (CodeVerdict.PAPER, True)
    assert found.holder == CredentialHolder("张*", "123X")


def test_a_family_member_s_phone_carries_it_for_somebody_without_one() -> None:
    found = verified(shown(carried(carrier=Carrier.FAMILY_PHONE)))
    assert (found.verdict, found.carrier) == (CodeVerdict.GENUINE, Carrier.FAMILY_PHONE)


def test_a_day_without_the_centre_changes_nothing() -> None:
    text, later = carried(), NOW + DAY
    assert verdict(shown(text, at=later), at=later) is CodeVerdict.GENUINE


def test_each_piece_of_evidence_keeps_its_own_term() -> None:
    long, short = a_test(days=10), a_test(days=1)
    text = paper(evidence=[long, short])
    assert verified(text, at=NOW + HOUR).evidence == (long, short)
    assert verified(text, at=NOW + DAY).evidence == (long,)
    assert verdict(text, at=NOW + 10 * DAY) is CodeVerdict.EXPIRED


def test_it_fits_a_qr_code_of_capital_letters_that_a_phone_reads() -> None:
    text = shown()
    code = segno.make_qr(text, error="l")
    assert code.mode == "alphanumeric" and int(code.version) <= 20
    assert len(text) < 900


# --- what a person looks at ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (-31 * SECOND, CodeVerdict.FROM_THE_FUTURE),
        (-30 * SECOND, CodeVerdict.GENUINE),
        (89 * SECOND, CodeVerdict.GENUINE),
        (90 * SECOND, CodeVerdict.REPLAYED),
        (DAY, CodeVerdict.REPLAYED),
    ],
)
def test_the_moving_part_lives_for_a_minute_and_what_clocks_differ(age: timedelta, expected: CodeVerdict) -> None:
    text = carried(at=NOW - DAY)
    assert verdict(shown(text, at=NOW - age)) is expected


def test_a_screenshot_of_the_code_beneath_is_a_copy() -> None:
    assert verdict(carried()) is CodeVerdict.COPIED


def test_another_phone_cannot_show_it_and_paper_cannot_be_made_to_move() -> None:
    assert verdict(shown(by=OTHER_PHONE)) is CodeVerdict.FORGED
    assert verdict(shown(paper())) is CodeVerdict.FORGED


def test_one_issued_tomorrow_is_from_the_future() -> None:
    assert verdict(paper(at=NOW + DAY, evidence=[a_test(days=9)])) is CodeVerdict.FROM_THE_FUTURE


def test_a_key_that_nobody_trusts_or_that_was_not_in_use_then_or_was_withdrawn_is_the_wrong_key() -> None:
    assert verdict(paper(signed_by=THEIRS)) is CodeVerdict.WRONG_KEY
    assert verdict(paper(), keys=[]) is CodeVerdict.WRONG_KEY
    assert verdict(paper(), keys=[trusted(signs_until=NOW)]) is CodeVerdict.WRONG_KEY
    assert verdict(paper(), keys=[msgspec.structs.replace(trusted(), withdrawn=True)]) is CodeVerdict.WRONG_KEY


def test_a_new_key_leaves_what_the_old_one_signed_good_for_its_own_term() -> None:
    old = trusted(signs_until=NOW + HOUR)
    new = credential.issuer_key(NEXT.public_key(), signs_from=NOW + HOUR, signs_until=NOW + 60 * DAY)
    later = NOW + 2 * HOUR
    assert verdict(paper(), keys=[old, new], at=later) is CodeVerdict.PAPER
    assert verdict(paper(signed_by=NEXT, at=later), keys=[old, new], at=later) is CodeVerdict.PAPER
    assert verdict(paper(at=later), keys=[old, new], at=later) is CodeVerdict.WRONG_KEY


def test_one_taken_back_is_not_good_and_the_list_forgets_it_once_it_has_ended_anyway() -> None:
    revoked = Revocations(NOW, {NUMBER.hex(): NOW + 2 * DAY, new_id().hex: NOW})
    assert verdict(shown(), revoked=revoked) is CodeVerdict.REVOKED
    assert set(revoked.pruned(NOW).until) == {NUMBER.hex()}
    assert msgspec.json.decode(msgspec.json.encode(revoked), type=Revocations) == revoked


def test_a_gate_s_clock_set_back_revives_nothing() -> None:
    text = paper(evidence=[a_test(days=1)])
    synced = Revocations(as_of=NOW + 3 * DAY)
    assert verdict(text, at=NOW, revoked=synced) is CodeVerdict.EXPIRED
    yesterday = shown(carried(evidence=[a_test(days=9)]))
    assert verdict(yesterday, at=NOW, revoked=synced) is CodeVerdict.REPLAYED


def test_what_was_changed_after_signing_is_forged() -> None:
    tag = cbor2.loads(base45.b45decode(paper().removeprefix("LF1:")))
    protected, plain, payload, signature = tag.value
    claims = cbor2.loads(payload)
    claims[4] += 3600
    forged = cbor2.dumps(cbor2.CBORTag(18, [protected, plain, cbor2.dumps(claims), signature]))
    assert verdict("LF1:" + base45.b45encode(forged).decode()) is CodeVerdict.FORGED


def test_no_other_algorithm_takes_the_place_of_the_one_that_signs() -> None:
    tag = cbor2.loads(base45.b45decode(paper().removeprefix("LF1:")))
    for algorithm in (None, 5, -37, -8, 1):
        header = cbor2.dumps({} if algorithm is None else {1: algorithm})
        forged = cbor2.dumps(cbor2.CBORTag(18, [header, *tag.value[1:]]))
        assert verdict("LF1:" + base45.b45encode(forged).decode()) is CodeVerdict.FORGED


@pytest.mark.parametrize("text", ["", "https://example.com/c/1", "HC1:6BFOXN", "LF9:AB", "lf1:AB", "{}", "\0"])
def test_a_code_of_another_system_is_foreign(text: str) -> None:
    assert verdict(text) is CodeVerdict.FOREIGN


def test_ten_megabytes_of_text_are_too_long_and_are_not_read() -> None:
    assert verdict("LF1:" + "A" * 10_000_000) is CodeVerdict.TOO_LONG


def test_wherever_it_is_cut_off_it_is_damaged_or_foreign() -> None:
    text = shown()
    cut = {verdict(text[:length]) for length in range(len(text))}
    assert cut <= {CodeVerdict.DAMAGED, CodeVerdict.FOREIGN, CodeVerdict.FORGED, CodeVerdict.WRONG_KEY}


# --- whatever comes --------------------------------------------------------------------------------------------------

GOOD = {CodeVerdict.GENUINE, CodeVerdict.PAPER}
alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
SAMPLES = (shown(), paper())


@settings(deadline=None, max_examples=300)
@given(text=st.text(alphabet, max_size=60).map(lambda tail: "LF1:" + tail) | st.text("LF12:码\0A", max_size=30))
def test_whatever_text_comes_the_answer_is_a_verdict_and_never_a_good_one(text: str) -> None:
    assert verdict(text) not in GOOD


cbor_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.binary(max_size=20) | st.just("x"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(-10, 10), inner, max_size=4),
    max_leaves=8,
)


@settings(deadline=None, max_examples=300)
@given(value=cbor_values, tag=st.sampled_from([None, 0, 1, 2, 4, 5, 18, 28, 29, 30, 35, 36, 37, 98, 258, 55799]))
def test_whatever_cbor_comes_the_answer_is_a_verdict_and_never_a_good_one(value: Any, tag: int | None) -> None:
    raw = cbor2.dumps(value if tag is None else cbor2.CBORTag(tag, value))
    for prefix in ("LF1:", "LF2:"):
        assert verdict(prefix + base45.b45encode(raw).decode()) not in GOOD


@settings(deadline=None, max_examples=100)
@given(claims=st.dictionaries(st.sampled_from([1, 4, 6, 7, 8, -70001, -70002]), cbor_values, max_size=7))
def test_whatever_claims_a_trusted_key_signs_nothing_is_raised(claims: dict[int, Any]) -> None:
    signed = credential._signed(claims, OURS)
    for prefix in ("LF1:", "LF2:"):
        assert verdict(prefix + base45.b45encode(signed).decode()) in CodeVerdict


@settings(deadline=None, max_examples=300)
@given(sample=st.sampled_from(SAMPLES), where=st.integers(0, 2000), letter=st.sampled_from(alphabet))
@example(sample=SAMPLES[0], where=4, letter="%")
def test_one_letter_changed_anywhere_makes_it_bad_or_leaves_what_was_signed(
    sample: str, where: int, letter: str
) -> None:
    place = where % len(sample)
    changed = sample[:place] + letter + sample[place + 1 :]
    found = verified(changed)
    if changed != sample:
        assert found.verdict not in GOOD or found == verified(sample)


@pytest.mark.parametrize(
    "raw", [b"\x9b" + b"\xff" * 8, b"\x81" * 2500, b"\xc2\x5a\xff\xff\xff\xff", b"\xd8\x23\x63(((", b"\x5f"]
)
def test_bytes_made_to_break_a_reader_are_damaged(raw: bytes) -> None:
    assert verdict("LF1:" + base45.b45encode(raw).decode()) is CodeVerdict.DAMAGED
