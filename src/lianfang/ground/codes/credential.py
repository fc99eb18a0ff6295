"""The credential that a resident carries: a CWT signed as COSE_Sign1 with ES256, in base45, so that a QR code holds it.

Standards throughout (RFC 8392, 8747, 9052, 9285) and their libraries; of our own are only the claims. `LF1:` is the
credential alone. `LF2:` is the credential inside a second COSE_Sign1, made every 60 seconds by the phone's own key,
which the credential names (`cnf`): no server is asked, and yesterday's picture of it fails. Pure: the moment is handed
in, and whatever text comes, the answer is a verdict.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import base45
import cbor2
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cwt import COSE, COSEKey

from lianfang.ground.codes.credential_terms import (
    Attested,
    Carrier,
    CodeVerdict,
    Content,
    CredentialHolder,
    IssuerKey,
    Revocations,
    Verified,
)

ALONE, SHOWN_NOW = "LF1:", "LF2:"
MOST_CHARACTERS = 4296  # what the largest QR code holds of these letters
MOVES_EVERY = timedelta(seconds=60)
CLOCKS_DIFFER = timedelta(seconds=30)

_ISSUER, _EXPIRES, _ISSUED, _NUMBER, _BOUND_TO = 1, 4, 6, 7, 8  # RFC 8392, RFC 8747
_CONTENT, _INSIDE = -70001, -70002
_SIGN1, _KEY_ID, _COSE_KEY = 18, 4, 1


class _Unsound(Exception):
    """Why a text is not good."""

    def __init__(self, verdict: CodeVerdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key to sign with: an issuer's, or a phone's."""
    return ec.generate_private_key(ec.SECP256R1())


def issuer_key(key: ec.EllipticCurvePublicKey, *, signs_from: datetime, signs_until: datetime) -> IssuerKey:
    """What phones are given of an issuer's key."""
    x, y = _point(key)
    return IssuerKey(_named(x, y), x, y, signs_from, signs_until)


def issue(
    *,
    number: bytes,
    issuer: str,
    holder: CredentialHolder,
    carrier: Carrier,
    evidence: Collection[Attested],
    signed_by: ec.EllipticCurvePrivateKey,
    at: datetime,
    bound_to: ec.EllipticCurvePublicKey | None = None,
) -> str:
    """Sign a credential. It lives as long as the longest of its evidence, and says no colour.

    Paper is bound to no phone; whatever is carried on a phone is bound to that one.
    """
    if (bound_to is None) is not (carrier is Carrier.PAPER):
        raise ValueError("a phone's credential is bound to its key, paper to none")
    claims = {
        _ISSUER: issuer,
        _EXPIRES: max(each.until for each in evidence),
        _ISSUED: int(at.timestamp()),
        _NUMBER: number,
        _CONTENT: msgspec.to_builtins(Content(holder, carrier, tuple(evidence))),
    }
    if bound_to is not None:
        claims[_BOUND_TO] = {_COSE_KEY: _public(*_point(bound_to))}
    return ALONE + _letters(_signed(claims, signed_by))


def show(text: str, *, bound_to: ec.EllipticCurvePrivateKey, at: datetime) -> str:
    """What the phone puts on its screen, anew every 60 seconds."""
    inside = base45.b45decode(text.removeprefix(ALONE))
    return SHOWN_NOW + _letters(_signed({_ISSUED: int(at.timestamp()), _INSIDE: inside}, bound_to))


def verify(text: str, *, trusted: Collection[IssuerKey], revoked: Revocations, at: datetime) -> Verified:
    """What is to be thought of a text that somebody shows. It needs no server and raises nothing.

    A gate whose clock runs behind its own last sync is taken to be at that sync: set back, it revives nothing.
    """
    now = max(at, revoked.as_of)
    try:
        return _verified(text, {key.id: key for key in trusted}, revoked, now)
    except _Unsound as unsound:
        return Verified(unsound.verdict, data_as_of=revoked.as_of)


def _verified(text: str, trusted: Mapping[bytes, IssuerKey], revoked: Revocations, now: datetime) -> Verified:
    outer = _read(text)
    shown = _parsed(_payload(outer)) if text.startswith(SHOWN_NOW) else None
    inner = outer if shown is None else _bytes(shown.get(_INSIDE))
    claims, issued_at = _claims(inner, trusted)
    content = _content(claims)
    if issued_at > now + CLOCKS_DIFFER:
        raise _Unsound(CodeVerdict.FROM_THE_FUTURE)
    if now >= _instant(claims.get(_EXPIRES)):
        raise _Unsound(CodeVerdict.EXPIRED)
    if revoked.holds(_bytes(claims.get(_NUMBER)), now):
        raise _Unsound(CodeVerdict.REVOKED)
    verdict = _moves(outer, shown, claims.get(_BOUND_TO), now)
    alive = tuple(each for each in content.evidence if now.timestamp() < each.until)
    return Verified(verdict, content.holder, content.carrier, alive, issued_at, revoked.as_of)


def _read(text: str) -> bytes:
    """From the letters to the bytes, as cheaply as what is not ours deserves."""
    if len(text) > MOST_CHARACTERS:
        raise _Unsound(CodeVerdict.TOO_LONG)
    if not text.startswith((ALONE, SHOWN_NOW)):
        raise _Unsound(CodeVerdict.FOREIGN)
    try:
        return bytes(base45.b45decode(text[len(ALONE) :]))
    except ValueError:
        raise _Unsound(CodeVerdict.DAMAGED) from None


def _letters(raw: bytes) -> str:
    return str(base45.b45encode(raw).decode())


def _claims(signed: bytes, trusted: Mapping[bytes, IssuerKey]) -> tuple[dict[Any, Any], datetime]:
    """The claims of a credential, once the signature of a key we trust was found to fit."""
    key_id = _parts(signed)[1].get(_KEY_ID)
    key = trusted.get(key_id) if isinstance(key_id, bytes) else None
    if key is None:
        raise _Unsound(CodeVerdict.WRONG_KEY)
    _check_signature(signed, _public(key.x, key.y))
    claims = _parsed(_payload(signed))
    issued_at = _instant(claims.get(_ISSUED))
    if not key.signed(issued_at):
        raise _Unsound(CodeVerdict.WRONG_KEY)
    return claims, issued_at


def _moves(outer: bytes, shown: dict[Any, Any] | None, bound_to: Any, now: datetime) -> CodeVerdict:
    """Is it the phone itself that shows this, and just now?"""
    if bound_to is None:
        if shown is not None:
            raise _Unsound(CodeVerdict.FORGED)  # paper does not move
        return CodeVerdict.PAPER
    if shown is None:
        raise _Unsound(CodeVerdict.COPIED)
    _check_signature(outer, bound_to.get(_COSE_KEY) if isinstance(bound_to, dict) else None)
    shown_at = _instant(shown.get(_ISSUED))
    if shown_at > now + CLOCKS_DIFFER:
        raise _Unsound(CodeVerdict.FROM_THE_FUTURE)
    if shown_at <= now - MOVES_EVERY - CLOCKS_DIFFER:
        raise _Unsound(CodeVerdict.REPLAYED)
    return CodeVerdict.GENUINE


def _content(claims: dict[Any, Any]) -> Content:
    try:
        return msgspec.convert(claims.get(_CONTENT), type=Content)
    except msgspec.ValidationError:
        raise _Unsound(CodeVerdict.DAMAGED) from None


def _parts(signed: bytes) -> tuple[bytes, dict[Any, Any], bytes]:
    """Protected header, plain header and payload of a COSE_Sign1."""
    tagged = _loaded(signed)
    match tagged.value if isinstance(tagged, cbor2.CBORTag) and tagged.tag == _SIGN1 else None:
        case [bytes() as protected, dict() as plain, bytes() as payload, bytes()]:
            return protected, plain, payload
    raise _Unsound(CodeVerdict.DAMAGED)


def _payload(signed: bytes) -> bytes:
    return _parts(signed)[2]


def _parsed(payload: bytes) -> dict[Any, Any]:
    found = _loaded(payload)
    if not isinstance(found, dict):
        raise _Unsound(CodeVerdict.DAMAGED)
    return found


def _loaded(raw: bytes) -> Any:
    """What the reader of CBOR makes of bytes from anywhere: it raises whatever it likes, and all of it means damaged.

    Bytes after the end are damage too: the signature would not cover them.
    """
    try:
        stream = BytesIO(raw)
        found = cbor2.CBORDecoder(stream).decode()
        whole = stream.read(1) == b""
    except Exception:
        raise _Unsound(CodeVerdict.DAMAGED) from None
    if not whole:
        raise _Unsound(CodeVerdict.DAMAGED)
    return found


def _check_signature(signed: bytes, public: Any) -> None:
    try:
        COSE.new().decode(signed, [COSEKey.new(public)])
    except Exception:  # VerifyError, and whatever its readers of header and key make of bytes from anywhere
        raise _Unsound(CodeVerdict.FORGED) from None


def _bytes(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise _Unsound(CodeVerdict.DAMAGED)
    return value


def _instant(value: Any) -> datetime:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 35:
        raise _Unsound(CodeVerdict.DAMAGED)
    return datetime.fromtimestamp(value, UTC)


def _signed(claims: dict[int, Any], key: ec.EllipticCurvePrivateKey) -> bytes:
    x, y = _point(key.public_key())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signer = COSEKey.from_pem(pem, kid=_named(x, y), alg="ES256")
    sealed = COSE.new(alg_auto_inclusion=True, kid_auto_inclusion=True).encode(cbor2.dumps(claims), signer)
    return bytes(sealed)


def _public(x: bytes, y: bytes) -> dict[int, Any]:
    """A public key as COSE writes it: P-256, for ES256 and for nothing else."""
    return {1: 2, 2: _named(x, y), 3: -7, -1: 1, -2: x, -3: y}


def _named(x: bytes, y: bytes) -> bytes:
    """How a key is called in headers."""
    return sha256(x + y).digest()[:8]


def _point(key: ec.EllipticCurvePublicKey) -> tuple[bytes, bytes]:
    numbers = key.public_numbers()
    return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
