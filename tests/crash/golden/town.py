"""The town of a golden set: made when the set is recorded, and made again from its own acts when it is replayed."""

from base64 import b64decode, b64encode
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.foundation.ledger.terms import Entry
from lianfang.foundation.plumbing.models import DataKey
from lianfang.foundation.plumbing.sealing import keyring
from lianfang.ground.campaigns.models import Tally

FOLDER = Path(__file__).parent
SERVER_KEY = "records"


class Act(msgspec.Struct, frozen=True):
    """One entry of that day, as it was said."""

    id: UUID
    kind: str
    at: datetime
    received_at: datetime
    actor: UUID | None
    body: msgspec.Raw
    attachments: list[bytes] = []


class World(msgspec.Struct, frozen=True):
    """See README.md."""

    now: datetime
    worker: UUID
    street: UUID
    campaign: UUID
    server_secret: str
    acts: list[Act]
    feed: msgspec.Raw
    server_key: msgspec.Raw


class Sent(msgspec.Struct, frozen=True):
    """One request of a client: what it said, exactly."""

    path: str
    headers: dict[str, str]
    text: str


class Expected(msgspec.Struct, frozen=True):
    """What came of it on the day it was recorded."""

    fates: list[list[str]]
    sums: dict[str, int]


def acts() -> list[Act]:
    """Everything in the ledger, as acts that can be done again."""
    told = entries.entries_after(0, limit=10_000)
    return [_act(entry) for entry in told]


def _act(entry: Entry) -> Act:
    body, pieces = msgspec.Raw(msgspec.json.encode(entry.body)), list(entries.attachments_of(entry))
    return Act(entry.id, entry.kind, entry.at, entry.received_at, entry.actor, body, pieces)


def make_again(world: World) -> None:
    """Do every act again, with its id and at its time. Their bodies are read as any old entry's are."""
    set_server_key(world.server_secret, at=world.now)
    for act in world.acts:
        body = ledger.installed().body_decoders[act.kind].decode(bytes(act.body))
        actor = Actor(account=AccountId(act.actor) if act.actor else None, name="")
        with ledger.turn(by=actor, at=act.received_at) as turn:
            turn.append(act.kind, body, id=act.id, at=act.at, attachments=act.attachments)


def set_server_key(secret: str, *, at: datetime) -> None:
    """The key to which these phones seal."""
    wrapped = keyring._wrap(SERVER_KEY, b64decode(secret))  # type: ignore[arg-type]
    DataKey.objects.create(name=SERVER_KEY, wrapped=wrapped, created_at=at)


def a_secret(seed: bytes) -> str:
    """A key for one golden set and nothing else."""
    return b64encode(seed.ljust(32, b".")[:32]).decode()


def sums(world: World) -> dict[str, int]:
    """What the sweep came to in the whole street, over all days."""
    rows = Tally.objects.filter(campaign_id=world.campaign, area_id=world.street).values()
    names = ("listed", "found", "struck", "done", "attempted", "people")
    return {name: sum(row[name] for row in rows) for name in names}


def read(folder: Path, name: str, type: Any) -> Any:
    """One file of a set."""
    return msgspec.json.decode((folder / name).read_bytes(), type=type)


def write(folder: Path, name: str, content: Any) -> None:
    """Lines that a person can read and a diff can show."""
    text = msgspec.json.format(msgspec.json.encode(content), indent=1)
    (folder / name).write_bytes(text + b"\n")
