"""The people of the oracle's town: in every grid households found at the door and loaded from rosters, somebody about
whom two phones say different things, two who look like one and two who were made one, and in every area a roster that
waits to be published and one that is.

Every door says in which grid it is (`G1路3号`): where somebody lives is read off the door, never asked of the register.
"""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AccountId, AreaId, DeviceId, DwellingId, HouseholdId, ResidentId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger.terms import Sender
from lianfang.ground.registry import actions, following, roster, stewards
from lianfang.ground.registry.models import Disagreement, Household, Resident, Suggestion
from lianfang.ground.registry.records import FoundPerson, HouseholdFound, ResidentsMerged
from lianfang.ground.registry.terms import PlaceKind
from lianfang.ground.territory.terms import Span

YESTERDAY = datetime(2021, 12, 9, 8, 0, tzinfo=UTC)


def a_home(grid: AreaId, code: str) -> dict[str, Any]:
    """A household of two that somebody found, and of the first of them two phones say different names."""
    household, resident, other = HouseholdId(new_id()), ResidentId(new_id()), ResidentId(new_id())
    with ledger.turn(by=THE_HOUSE, at=YESTERDAY) as turn:
        people = [FoundPerson(id=resident, name="张三"), FoundPerson(id=other, name="张小三")]
        found = HouseholdFound(household, DwellingId(new_id()), grid, f"{code}路1号", people)
        turn.append("registry.household_found.v1", found)
    for name in ("张三丰", "章三"):
        _say_from_a_phone(grid, household, resident, name)
    question = Disagreement.objects.get(subject_id=resident)
    kept = msgspec.json.decode(question.edits, type=list[UUID])[0]
    home: dict[str, Any] = {"household": household, "task": household, "resident": resident}
    return home | {"disagreement": question.id, "edit": kept} | _two_and_one(grid, resident, other, code)


def a_shop(grid: AreaId, code: str) -> UUID:
    """Somewhere people come, in that grid."""
    what = {"grid": grid, "kind": PlaceKind.SHOP, "name": f"{code}商店", "door": ""}
    return following.set_place(**what, by=THE_HOUSE, at=YESTERDAY)  # type: ignore[arg-type]


def a_steward(grid: AreaId, account: AccountId, household: HouseholdId) -> UUID:
    """Somebody who works in the grid is steward of that household."""
    days = Span(YESTERDAY.date())
    how = {"account": account, "grid": grid, "households": [household], "days": days}
    return stewards.entrust(**how, by=THE_HOUSE, at=YESTERDAY)  # type: ignore[arg-type]


def _two_and_one(grid: AreaId, one: ResidentId, other: ResidentId, code: str) -> dict[str, Any]:
    """These two look like one person, and two others were made one."""
    household, kept, aside = HouseholdId(new_id()), ResidentId(new_id()), ResidentId(new_id())
    duplicate = new_id()
    with ledger.turn(by=THE_HOUSE, at=YESTERDAY) as turn:
        people = [FoundPerson(id=kept, name="王五"), FoundPerson(id=aside, name="王武")]
        found = HouseholdFound(household, DwellingId(new_id()), grid, f"{code}路2号", people)
        turn.append("registry.household_found.v1", found)
        merge = turn.append("registry.residents_merged.v1", ResidentsMerged(kept=kept, other=aside)).id
        pair = {"one_id": one, "other_id": other, "grid_id": grid, "bits": 5.0, "reasons": '["name_sounds_same"]'}
        Suggestion.objects.create(id=duplicate, **pair)
    seen = dict(Resident.objects.filter(id__in=[one, other]).values_list("id", "position"))
    return {"duplicate": duplicate, "merge": merge, "seen_one": seen[one], "seen_other": seen[other]}


def _say_from_a_phone(grid: AreaId, household: HouseholdId, resident: ResidentId, name: str) -> None:
    body = {"household": household, "resident": resident, "change": "field", "field": "name", "base_version": 0}
    record = {"id": new_id(), "kind": "registry.household_changed.v1", "at": YESTERDAY, "body": body | {"value": name}}
    sender = Sender(AccountId(new_id()), DeviceId(new_id()), frozenset([grid]))
    reply = ledger.hand_in([msgspec.json.encode(record)], sender=sender, received_at=YESTERDAY + timedelta(minutes=1))
    assert [receipt.fate for receipt in reply.receipts] == ["stored"]


def rosters(area: AreaId, code: str, grids: Sequence[tuple[str, str]]) -> dict[str, UUID]:
    """A roster of these (community, grid) that was read, one that is published, and one in a layout of its own that
    waits to be read; where no grid is, none can be published.
    """
    found = {"import": _read(area, code, "waiting", grids), "unread": _unread(area, code)}
    if grids:
        found["roster"] = _read(area, code, "published", grids)
        actions.publish_import(import_id=found["roster"], by=THE_HOUSE, at=YESTERDAY)
    return found


def _read(area: AreaId, code: str, state: str, grids: Sequence[tuple[str, str]]) -> UUID:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{code}-{state}.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(_rows(code, state, grids))
        place: dict[str, Any] = {"path": path, "file_name": path.name, "roots": [area], "keep_file": False}
        id = actions.begin_import(**place, by=THE_HOUSE, at=YESTERDAY)
        actions.read_import(import_id=id, path=path)
    return id


def _unread(area: AreaId, code: str) -> UUID:
    path = actions.keep_upload(["姓名,住址\n李四,前街12号\n".encode()], most=1000)
    name = f"{code}-unread.csv"
    return actions.begin_import(path=path, file_name=name, roots=[area], by=THE_HOUSE, at=YESTERDAY, choosing=True)


def _rows(code: str, state: str, grids: Sequence[tuple[str, str]]) -> Iterator[list[str]]:
    """One household in each grid, and a row that must be handed back."""
    titles = [column.title for column in roster.COLUMNS]
    yield titles
    for community, grid in [*grids, ("无此社区", "无此网格")]:
        cells = {"社区": f"{community}区", "网格": f"{grid}区", "幢/楼栋": f"{grid}路", "姓名": "李四"}
        yield [(cells | {"室/门牌": f"{code}-{state}"}).get(title, "") for title in titles]


def everybody() -> dict[str, list[tuple[str, str]]]:
    """Every household and resident there is, each with the grid that its door names."""
    grid_of = {id: door.split("路")[0] for id, door in Household.objects.values_list("id", "door")}
    homes = [(str(id), grid) for id, grid in grid_of.items()]
    residents = Resident.objects.values_list("id", "household_id")
    return {"household": homes, "resident": [(str(id), grid_of[home]) for id, home in residents]}
