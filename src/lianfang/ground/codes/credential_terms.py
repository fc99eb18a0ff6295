"""The words of the resident's credential: what it holds, who signs it, and what a look at one can come to."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

LONGEST_TERM = timedelta(days=30)  # no piece of evidence is carried for longer than an incident may last


class CodeVerdict(StrEnum):
    """What a look at a text came to. Only the first two are good; all others mean *look by hand*, never red."""

    GENUINE = "genuine"  # signed by us, and shown just now by the phone it is bound to
    PAPER = "paper"  # signed by us, with no moving part: look at the face, or ask for the last four digits
    COPIED = "copied"  # bound to a phone, but shown without its moving part
    REPLAYED = "replayed"  # its moving part has passed: a screenshot, or a clock that is slow
    FROM_THE_FUTURE = "from_the_future"  # issued or shown after now: a clock is wrong
    EXPIRED = "expired"
    REVOKED = "revoked"
    FORGED = "forged"  # a signature does not fit
    WRONG_KEY = "wrong_key"  # signed by a key that we do not trust, or did not at the time
    DAMAGED = "damaged"  # begins like ours, and cannot be read: cut off, misread, or of a later version
    FOREIGN = "foreign"  # another system's code, or no code at all
    TOO_LONG = "too_long"  # no QR code holds so much


class Carrier(StrEnum):
    """On what a credential is carried."""

    OWN_PHONE = "own_phone"
    FAMILY_PHONE = "family_phone"  # of family or a carer
    PAPER = "paper"


class CarriedBy(StrEnum):
    """Who shows it: whom it is about, somebody of their family, or whoever cares for them."""

    SELF = "self"
    FAMILY = "family"
    CARER = "carer"


class CredentialState(StrEnum):
    """How far a credential has come. Computed from its dates, never stored."""

    GOOD = "good"
    ENDED = "ended"  # by itself, with its evidence
    REVOKED = "revoked"


class KeyState(StrEnum):
    """How far a key has come. Computed from its dates, never stored."""

    COMING = "coming"  # gates know it already, so that one without a line believes it when it begins
    SIGNING = "signing"
    BELIEVED = "believed"  # signs no more; what it signed is good for its own term
    PAST = "past"
    WITHDRAWN = "withdrawn"


class Attested(msgspec.Struct, frozen=True, array_like=True):
    """One piece of evidence, with its own term: what (`test`, `vaccination`…), of when, until when it may be looked at.

    A gate decides by its policy; the term is how long this copy of the fact is worth carrying.
    """

    what: str
    at: int
    until: int


class CredentialHolder(msgspec.Struct, frozen=True, array_like=True):
    """Of whom: as much as a gate needs to see that paper and face belong together, and no more."""

    shown_name: str
    last_four: str


class Content(msgspec.Struct, frozen=True, array_like=True):
    """What is signed, beside issuer, number and times: whose, on what, and the evidence. No colour and no status."""

    holder: CredentialHolder
    carrier: Carrier
    evidence: tuple[Attested, ...]


class IssuerKey(msgspec.Struct, frozen=True):
    """A key that credentials are believed by, and for which time of issuing. Rotation adds one and keeps the others:
    what was issued in its time stays good for its own term.
    """

    id: bytes
    x: bytes
    y: bytes
    signs_from: datetime
    signs_until: datetime
    withdrawn: bool = False

    def signed(self, at: datetime) -> bool:
        """May it have signed then?"""
        return not self.withdrawn and self.signs_from <= at < self.signs_until


class Revocations(msgspec.Struct, frozen=True):
    """Credentials taken back, by number, each until it would have ended anyway: small enough for every phone."""

    as_of: datetime
    until: dict[str, datetime] = {}

    def holds(self, number: bytes, at: datetime) -> bool:
        """Was it taken back?"""
        return (end := self.until.get(number.hex())) is not None and at < end

    def pruned(self, at: datetime) -> "Revocations":
        """Without those that have ended by themselves."""
        return Revocations(self.as_of, {number: end for number, end in self.until.items() if at < end})


class GateTrust(msgspec.Struct, frozen=True):
    """What a gate verifies by, handed over whole and small."""

    keys: tuple[IssuerKey, ...]
    revoked: Revocations


class Verified(msgspec.Struct, frozen=True):
    """What a look came to, and what may be read then: nothing at all unless it was signed by us and holds."""

    verdict: CodeVerdict
    holder: CredentialHolder | None = None
    carrier: Carrier | None = None
    evidence: tuple[Attested, ...] = ()
    issued_at: datetime | None = None
    data_as_of: datetime | None = None

    @property
    def look_by_hand(self) -> bool:
        """Is it for a person to look at? Also with paper, where a face or four digits are compared."""
        return self.verdict is not CodeVerdict.GENUINE
