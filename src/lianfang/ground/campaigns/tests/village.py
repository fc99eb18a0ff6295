"""A small town with an incident, a form and households: what a campaign needs, and a hand that records visits."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, DeviceId, DwellingId, HouseholdId, ResidentId, new_id
from lianfang.foundation.kernel.people import Actor
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger.records import HandInReply
from lianfang.foundation.ledger.terms import Sender
from lianfang.ground.campaigns import actions
from lianfang.ground.campaigns.models import Hour, Tally, Task
from lianfang.ground.campaigns.records import TaskOutcome
from lianfang.ground.campaigns.terms import CampaignRef, Outcome
from lianfang.ground.forms import actions as forms
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.terms import Incident
from lianfang.ground.registry.records import FoundPerson, HouseholdFound, RosterUndone
from lianfang.ground.registry.tests import homes as register
from lianfang.ground.territory.tests import town

NOW = town.NOW
TODAY = town.TODAY
ZHANG = Actor(account=AccountId(UUID(int=101)), name="张**")
LI = Actor(account=AccountId(UUID(int=102)), name="李**")
PHONE, OTHER_PHONE = (
    Sender(actor.account, DeviceId(new_id()), frozenset())  # type: ignore[arg-type]
    for actor in (ZHANG, LI)
)


def an_incident(*, area: str = "S", drill: bool = True, pack: str = "household_sweep", days: int = 7) -> Incident:
    """An incident on an area of the town, a drill unless said otherwise."""
    return posture.open_incident(
        name="入户排查演练",
        area=town.id_of(area),
        basis="public_health_emergencies",
        pack=pack,
        issuer="莘塍街道办事处",
        ends_at=NOW + timedelta(days=days),
        drill=drill,
        by=ZHANG,
        at=NOW,
    )


def a_household(grid: str = "G1", *, people: int = 3, id: UUID | None = None, at: datetime = NOW) -> HouseholdId:
    """A household that the register learns of at this moment."""
    household = HouseholdId(id or new_id())
    with ledger.turn(by=ZHANG, at=at) as turn:
        turn.append("registry.household_found.v1", found(household, grid, people=people))
    return household


def found(household: UUID, grid: str = "G1", *, people: int = 3) -> HouseholdFound:
    """A household as it is found at the door."""
    lot = [FoundPerson(id=ResidentId(new_id()), name=f"张{n}") for n in range(people)]
    door = f"1幢1单元{household.int % 1000}"
    return HouseholdFound(HouseholdId(household), DwellingId(new_id()), town.id_of(grid), door, lot)


def a_roster(*homes: HouseholdId, grid: str = "G1") -> tuple[UUID, UUID]:
    """Households of two, one of them old, by a roster of their own; answers its import and its record."""
    import_id = new_id()
    people = [{"name": "张三", "born_on": "1950-01-01"}, {"name": "李四", "born_on": "1990-01-01"}]
    doors = [(f"2幢1单元{n + 101}", grid, home, people) for n, home in enumerate(homes)]
    return import_id, register.publish_many(doors, import_id=import_id)


def undo(roster: tuple[UUID, UUID]) -> None:
    """Take a roster back."""
    with ledger.turn(by=ZHANG, at=NOW) as turn:
        turn.append("registry.roster_undone.v1", RosterUndone(*roster))


def a_campaign(*, area: str = "S", incident: Incident | None = None, ends_on: date = TODAY, **more: Any) -> CampaignRef:
    """A sweep with the first form of its incident's pack, over whatever households are on the register."""
    incident = incident or an_incident(area=area)
    form = forms.publish_pack_forms(incident=incident.id, by=ZHANG, at=NOW)[0]
    return actions.open_campaign(
        name="入户排查",
        area=town.id_of(area),
        form=form.id,
        incident=incident.id,
        **({"starts_on": TODAY, "ends_on": ends_on, "by": ZHANG, "at": NOW} | more),
    )


def a_visit(
    campaign: CampaignRef,
    household: HouseholdId,
    outcome: Outcome = Outcome.DONE,
    *,
    minutes: int = 0,
    people: int | None = None,
    appointment: str | None = None,
    **body: Any,
) -> dict[str, Any]:
    """A visit as a phone would send it."""
    task = TaskOutcome(campaign.id, household, campaign.occasion, outcome, appointment=appointment)
    people = people if people is not None else 3 * (outcome is Outcome.DONE)
    return a_record("screening.household_visited.v1", {"task": task, "people": people, **body}, minutes=minutes)


def a_correction(
    campaign: CampaignRef, household: HouseholdId, outcome: Outcome, *, entry: Any, minutes: int = 0, people: int = 0
) -> dict[str, Any]:
    """A correction as a phone would send it."""
    task = TaskOutcome(campaign.id, household, campaign.occasion, outcome)
    body = {"entry": entry, "task": task, "reason": "看错门牌", "people": people}
    return a_record("campaigns.task_corrected.v1", body, minutes=minutes)


def a_record(kind: str, body: Any, *, minutes: int = 0) -> dict[str, Any]:
    """A record with a fresh id."""
    at = (NOW + timedelta(minutes=minutes)).isoformat()
    return {"id": str(new_id()), "kind": kind, "at": at, "n": 1, "body": msgspec.to_builtins(body)}


def hand_in(records: Iterable[dict[str, Any]], *, phone: Sender = PHONE, at: datetime | None = None) -> HandInReply:
    """What a phone that may record in the whole town hands in."""
    raws = [msgspec.json.encode(record) for record in records]
    sender = msgspec.structs.replace(phone, areas=frozenset([town.id_of("S")]))
    return ledger.hand_in(raws, sender=sender, received_at=at or NOW + timedelta(hours=3))


def fates(reply: HandInReply) -> list[str]:
    """What became of the records."""
    return [receipt.fate for receipt in reply.receipts]


def tasks() -> dict[UUID, tuple[Any, ...]]:
    """Where every task stands, without the positions that depend on who was faster."""
    columns = ("origin", "joined_on", "people_due", "state", "outcome", "at", "counted_on", "counted_hour", "people")
    rows = Task.objects.values_list("target_id", *columns, "attempts", "appointment", "disputed")
    return {target: tuple(rest) for target, *rest in rows}


def tallies() -> dict[tuple[Any, ...], int]:
    """Every count that is not nought, at every level."""
    found: dict[tuple[Any, ...], int] = {}
    for table, keys in ((Tally, ("area_id", "day")), (Hour, ("area_id", "day", "hour"))):
        for row in table.objects.values():
            key = tuple(row[k] for k in keys)
            rest = {k: v for k, v in row.items() if k not in (*keys, "campaign_id") and v}
            found |= {(table.__name__, *key, measure): value for measure, value in rest.items()}
    return found


def tallies_by_count() -> dict[tuple[Any, ...], int]:
    """The same, each occasion by itself."""
    measures = ("listed", "found", "struck", "done", "attempted", "people", "people_due", "disputed")
    rows = Tally.objects.values("campaign_id", "area_id", "day", *measures)
    every = {(r["campaign_id"], r["area_id"], r["day"], m): r[m] for r in rows for m in measures}
    return {key: n for key, n in every.items() if n}
