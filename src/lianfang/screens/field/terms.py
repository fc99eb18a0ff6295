"""What the phone and the server say to each other beside records and receipts. Pure."""

from datetime import datetime
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import CampaignId, HouseholdId
from lianfang.foundation.ledger.records import DeviceCount
from lianfang.ground.campaigns.terms import CampaignDocument, GivingDocument, TaskDocument
from lianfang.ground.registry.terms import HouseholdDocument, PlaceDocument
from lianfang.operations.checkpoints.terms import GateSlice
from lianfang.operations.screening.terms import FindingDocument


class AskToken(msgspec.Struct, frozen=True):
    """A device asks for a token: by account and password, or by the single-use code of an enrolment QR."""

    device_name: str
    account: str | None = None
    password: str | None = None
    enrolment_code: str | None = None


class ServerKey(msgspec.Struct, frozen=True):
    """The public key (X25519, base64) to which a phone seals each record as it is saved."""

    public_key: str
    key_id: str


class GridScope(msgspec.Struct, frozen=True):
    """A grid this phone works in."""

    id: UUID
    name: str
    path: list[str]
    responsible: bool


class AreaNode(msgspec.Struct, frozen=True):
    """A building or entrance of such a grid."""

    id: UUID
    parent: UUID | None
    kind: str
    name: str
    walk: int | None = None  # where it comes on the way through the grid, if somebody has drawn it


class FieldScope(msgspec.Struct, frozen=True):
    """Where this phone works."""

    grids: list[GridScope]
    areas: list[AreaNode]


class FeedPage(msgspec.Struct, frozen=True):
    """What changed in the phone's scope since `after`. With `reset` the phone drops its slice first and starts over.

    `names_until`: without contact by then, names must vanish from the phone; recording goes on by door number.
    """

    reset: bool
    position: int
    more: bool
    as_of: datetime
    names_until: datetime
    shape: str
    scope: FieldScope
    campaigns: list[CampaignDocument]
    households: list[HouseholdDocument]
    gone: list[HouseholdId]
    tasks: list[TaskDocument]
    device: DeviceCount | None = None
    findings: list[FindingDocument] = []  # all that is open in these grids, every time
    forgotten: list[CampaignId] = []  # whatever the phone still has of these goes
    givings: list[GivingDocument] = []  # all that still holds, every time
    gates: GateSlice | None = None  # where they may stand at a gate that asks: all it decides by, every time
    places: list[PlaceDocument] | None = None  # all that stand in these grids; None: they are as they were
