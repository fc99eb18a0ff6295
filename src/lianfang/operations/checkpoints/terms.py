"""The words of checkpoints: gates, what is looked at, what follows, and what a phone takes along. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, IncidentId
from lianfang.ground.codes.terms import GateTrust
from lianfang.ground.policies.terms import InForce
from lianfang.ground.posture.terms import Words

REPEAT_WITHIN = timedelta(minutes=10)  # the same person at the same gate, in the same direction: noted once
KEYS_AHEAD = 8  # days for which a phone can make tokens without hearing from us
MOST_PEOPLE_IN_A_VEHICLE = 99
OWN_LANE = 0  # the lane of those without phone or document


class GateKind(StrEnum):
    """Where a gate stands."""

    COMPOUND = "compound"  # 小区
    VILLAGE = "village"  # 村口
    EXPRESSWAY = "expressway"  # 高速出口
    MARKET = "market"  # 市场
    FACTORY = "factory"  # 厂区
    EVENT = "event"  # 活动现场


class Direction(StrEnum):
    """Which way somebody goes."""

    IN = "in"
    OUT = "out"


class HowChecked(StrEnum):
    """What was looked at."""

    CREDENTIAL = "credential"  # our own, on a phone
    PAPER = "paper"  # our own, on paper
    FOREIGN_CODE = "foreign_code"  # another system's, as it was shown
    WITHOUT_PHONE = "without_phone"  # 没有手机或证件: a lane of their own
    BY_HAND = "by_hand"  # nothing that can be scanned


class GateVerdict(StrEnum):
    """What follows at a gate. None of these is a status, and none restricts anybody by itself."""

    PASS = "pass"  # 放行
    BY_HAND = "by_hand"  # 人工查看
    TEST_FIRST = "test_first"  # 先检测
    TURNED_BACK = "turned_back"  # 劝返
    QUARANTINE_PATH = "quarantine_path"  # 请稍等: somebody comes; quarantine itself takes an order of two people


class GateReason(StrEnum):
    """Why, beside the sentence of the policy. The sentences stand in the locale files under the same codes."""

    POLICY = "checkpoints.by_policy"
    NOTHING_ASKED = "checkpoints.nothing_asked"
    NO_POLICY = "checkpoints.no_policy"
    OPEN_QUESTION = "checkpoints.open_question"  # the policy's row asks a person
    SHOW_LIVE = "checkpoints.show_live"  # a copy or an old picture: ask for the live code
    COMPARE = "checkpoints.compare"  # paper: look at the face, or ask for the last four digits
    CLOCK = "checkpoints.clock"
    EXPIRED = "checkpoints.expired"
    REVOKED = "checkpoints.revoked"
    FORGED = "checkpoints.forged"
    WRONG_KEY = "checkpoints.wrong_key"
    DAMAGED = "checkpoints.damaged"
    FOREIGN = "checkpoints.foreign"
    TOO_LONG = "checkpoints.too_long"


class GateDecision(msgspec.Struct, frozen=True):
    """What follows, and why."""

    verdict: GateVerdict
    reason: GateReason


class Gate(msgspec.Struct, frozen=True):
    """A gate 卡口. It asks for something only while its incident runs."""

    id: UUID
    area: AreaId
    incident: IncidentId
    kind: GateKind
    name: str
    lanes: int
    directions: tuple[Direction, ...]
    closed_at: datetime | None = None


class Supervisor(msgspec.Struct, frozen=True):
    """A colleague who may decide otherwise than the policy says, with a reason."""

    id: AccountId
    name: str


class GateDocument(msgspec.Struct, frozen=True):
    """A gate as a phone takes it along: by which code's tables it decides, and until when at the latest."""

    id: UUID
    name: str
    kind: GateKind
    lanes: int
    directions: tuple[Direction, ...]
    place: str
    lineage: tuple[AreaId, ...]
    code: str
    ends_at: datetime
    drill: bool
    incident: IncidentId
    supervisors: tuple[Supervisor, ...] = ()


class TokenKey(msgspec.Struct, frozen=True):
    """By what tokens of one incident are made on one day; 64 hexadecimal digits."""

    incident: IncidentId
    day: str
    key: str


class GateSlice(msgspec.Struct, frozen=True):
    """All that a phone needs to decide at its gates for days without hearing from us. It names no resident."""

    gates: tuple[GateDocument, ...]
    policies: tuple[InForce, ...]
    verify_by: GateTrust
    token_keys: tuple[TokenKey, ...]


class PassageRef(msgspec.Struct, frozen=True):
    """A passage, as far as a later word on it needs to know."""

    id: UUID
    gate: UUID


class GateRow(msgspec.Struct, frozen=True):
    """A gate at the desk, and whether it asks for anything now."""

    gate: Gate
    area_name: str
    incident_name: str
    ends_at: datetime
    drill: bool
    asks: bool
    table: Words | None
    version: int | None
    passages_today: int


class Gates(msgspec.Struct, frozen=True):
    """The gates of an area and all below it. `can_open`: an open incident's pack lets gates ask there."""

    rows: list[GateRow]
    can_open: bool
    as_of: datetime


class HourRow(msgspec.Struct, frozen=True):
    """What was counted at a gate in one hour of a day."""

    hour: int
    counts: dict[str, int]


class GateDay(msgspec.Struct, frozen=True):
    """A gate's day by the hour; `at_two_gates`: tokens seen at this gate and, in the same hour, the same way, at
    another.
    """

    gate: Gate
    hours: list[HourRow]
    total: dict[str, int]
    at_two_gates: int
    as_of: datetime
