"""The engine: fills a campaign with tasks, folds every outcome whatever operation recorded it, and moves the tallies.

A batch is folded task by task, not entry by entry: read where its tasks stand and all that was said of them, put the
new outcomes to it, and write back the standing and the difference in counts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import LOCAL, local_day, tally_day
from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.foundation.plumbing.database import as_instant, as_uuid
from lianfang.foundation.plumbing.walls import Walled
from lianfang.ground.campaigns import records, rules
from lianfang.ground.campaigns.measures import COVERAGE, CURVE
from lianfang.ground.campaigns.memory import CAMPAIGNS
from lianfang.ground.campaigns.terms import Joining, Origin, Outcome, Said, Standing, Stay, TaskState
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.records import GridsRedrawn, HouseholdChanged, HouseholdFound, RedrawnDoor
from lianfang.ground.registry.terms import Change, Field, Status, TargetDefinition
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.records import GridsRehung

TaskKey = tuple[UUID, UUID, str]  # campaign, target, occasion
_FOUND = "registry.household_found.v1"
_CHANGED = "registry.household_changed.v1"
_ROSTER = "registry.roster_published.v1"
_UNDONE = "registry.roster_undone.v1"
_REDRAWN = "registry.grids_redrawn.v1"
_REHUNG = "territory.grids_rehung.v1"
_doors = msgspec.msgpack.Decoder(list[RedrawnDoor])
_FORGOTTEN = "posture.incident_forgotten.v1"
_MOST_IN_A_QUERY = 500


class _Touched(msgspec.Struct):
    """What a batch says about one task, and what is known of it already."""

    grid: AreaId
    joining: Joining | None = None
    stands: Standing = Standing()
    said: list[Said] = []
    joins: Joining | None = None
    visits: list[Said] = []
    strikes: list[Said] = []  # from the register
    stays: tuple[Stay, ...] = ()
    position: int = 0
    heard_on: date = date.min

    @property
    def says(self) -> list[Said]:
        """Everything new that was said of it."""
        return [*self.visits, *self.strikes]

    @property
    def is_task(self) -> bool:
        """A strike from the register makes no task; it waits for one."""
        return bool(self.joining or self.joins or self.visits)


def apply(entries: Sequence[Entry], fold: Fold) -> None:
    """Fold in order; what lies between two acts is folded as one batch."""
    batch: dict[TaskKey, _Touched] = {}
    for entry in entries:
        if act := _ACTS.get(entry.kind):
            _settle(batch, fold)
            act(entry, fold)
        elif entry.body is not None:
            _touch(entry, fold, batch)
    _settle(batch, fold)


# --- acts ------------------------------------------------------------------------------------------------------------

_OPEN = (
    "INSERT INTO campaigns_campaign (id, name, incident_id, area_id, target, form_id, occasion, purpose, starts_on,"
    " ends_on, opened_on, opened_at, opened_by, closed_on, closed_at, forgotten_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, NULL, NULL, NULL) ON CONFLICT (id) DO NOTHING"
)
_CLOSE = "UPDATE campaigns_campaign SET closed_on = %s, closed_at = %s WHERE id = %s AND closed_at IS NULL"
# "WHERE true": without it SQLite takes ON CONFLICT for a join of the SELECT.
_FILL = (
    "INSERT INTO campaigns_task (campaign_id, target_id, occasion, grid_id, origin, joined_on, people_due, state,"
    " people, attempts, disputed, position)"
    " SELECT %s, t.household_id, %s, t.grid_id, %s, %s, t.people, %s, 0, 0, %s, %s FROM ({targets}) t"
    " WHERE true ON CONFLICT (campaign_id, target_id, occasion) DO NOTHING"
)
_GONE = (
    "SELECT target_id, grid_id, origin, joined_on, people_due, stays FROM campaigns_task"
    " WHERE campaign_id = %s AND state = %s"
    f" AND target_id NOT IN (SELECT p.household_id FROM ({registry.places_sql()}) p)"
)
_REMOVE = "DELETE FROM campaigns_task WHERE campaign_id = %s AND target_id = %s AND occasion = %s"
_FILLED = (
    "SELECT grid_id, count(*), sum(people_due) FROM campaigns_task WHERE campaign_id = %s AND position = %s"
    " AND origin = %s GROUP BY grid_id"
)


def _opened(entry: Entry, fold: Fold) -> None:
    body: records.CampaignOpened | None = entry.body
    if body is None:
        return
    target = msgspec.json.encode(body.target).decode()
    row = (body.campaign, body.name, body.incident, body.area, target, body.form, body.occasion, body.purpose)
    fold.execute(_OPEN, (*row, body.starts_on, body.ends_on, entry.day, entry.received_at, entry.actor))
    CAMPAIGNS.changed()
    campaign = _Campaign(body.campaign, body.occasion, body.target, body.ends_on, None, entry.day)
    _fill(campaign, Origin.LISTED, entry, fold)


def _closed(entry: Entry, fold: Fold) -> None:
    fold.execute(_CLOSE, (entry.day, entry.received_at, entry.facts.campaign))
    CAMPAIGNS.changed()


def _roster(entry: Entry, fold: Fold) -> None:
    """Households that a later roster brings join the campaigns that still run, as found: they were not on the list."""
    for campaign in _campaigns(fold):
        if campaign.runs(entry.day):
            _fill(campaign, Origin.FOUND, entry, fold)


def _roster_undone(entry: Entry, fold: Fold) -> None:
    """Households that are taken back with their roster leave the campaigns, unless somebody has been to see them."""
    for campaign in _campaigns(fold):
        gone = fold.execute(_GONE, (campaign.id, TaskState.UNTOUCHED)).fetchall()
        for target, grid, origin, joined_on, people_due, stays in gone:
            fold.execute(_REMOVE, (campaign.id, target, campaign.occasion))
            joining = Joining(Origin(origin), joined_on, people_due)
            place = _Place(campaign.id, AreaId(_uuid(grid)), _stays(stays))
            _tally(place, _counts(place, joining, Standing()), {}, fold)


def _forgotten(entry: Entry, fold: Fold) -> None:
    """Who was to be reached and what was said goes; how many stays in the tallies, put back by `ledger.counted`."""
    incident = entry.facts.incident
    rows = fold.execute("SELECT id FROM campaigns_campaign WHERE incident_id = %s", [incident]).fetchall()
    for id in (_uuid(row[0]) for row in rows):
        fold.execute("DELETE FROM campaigns_task WHERE campaign_id = %s", [id])
        fold.execute("DELETE FROM campaigns_said WHERE campaign_id = %s", [id])
        fold.execute("UPDATE campaigns_campaign SET forgotten_at = %s WHERE id = %s", [entry.received_at, id])
        CAMPAIGNS.changed()


class _Campaign(msgspec.Struct, frozen=True):
    id: UUID
    occasion: str
    target: TargetDefinition
    ends_on: date
    closed_on: date | None
    opened_on: date

    def runs(self, day: date) -> bool:
        """Is it not over on that day?"""
        return rules.takes_found(day=day, ends_on=self.ends_on, closed_on=self.closed_on)


def _fill(campaign: _Campaign, origin: Origin, entry: Entry, fold: Fold) -> None:
    """Make the tasks straight from the register, in the database, and count them grid by grid."""
    targets = registry.targets_sql(campaign.target, on=entry.day, since=campaign.opened_on)
    fixed = (campaign.id, campaign.occasion, origin, entry.day, TaskState.UNTOUCHED, False, entry.position)
    fold.execute(_FILL.format(targets=targets.sql), (*fixed, *targets.params))
    for grid, households, people in fold.execute(_FILLED, (campaign.id, entry.position, origin)).fetchall():
        area = AreaId(_uuid(grid))
        deltas = {origin: int(households), "people_due": int(people or 0)}
        _tally(_Place(campaign.id, area, ()), {}, {(0, entry.day, name): n for name, n in deltas.items()}, fold)


def _campaigns(fold: Fold) -> Iterator[_Campaign]:
    rows = fold.execute(
        "SELECT id, occasion, target, ends_on, closed_on, opened_on FROM campaigns_campaign"
        " WHERE forgotten_at IS NULL ORDER BY id"
    )
    for id, occasion, target, ends_on, closed_on, opened_on in rows.fetchall():
        definition = msgspec.json.decode(target, type=TargetDefinition)
        yield _Campaign(_uuid(id), occasion, definition, ends_on, closed_on, opened_on)


# --- boundaries ------------------------------------------------------------------------------------------------------

_LIE_IN = (
    "SELECT campaign_id, target_id, occasion, grid_id, origin, joined_on, people_due, state, stays FROM campaigns_task"
    " WHERE campaign_id = %s AND {column} IN ({marks})"
)
_MOVE = (
    "UPDATE campaigns_task SET grid_id = %s, stays = %s, position = %s"
    " WHERE campaign_id = %s AND target_id = %s AND occasion = %s"
)
_STAY = "UPDATE campaigns_task SET stays = %s WHERE campaign_id = %s AND target_id = %s AND occasion = %s"
Above = tuple[AreaId, ...]


def _redrawn(entry: Entry, fold: Fold) -> None:
    """Tasks of campaigns that still run follow their households into other grids."""
    body: GridsRedrawn | None = entry.body
    doors = [d for piece in fold.attachments(entry) for d in _doors.decode(piece)] if body else []
    went = {UUID(bytes=home): door for door in doors for home in door.households}
    for campaign in _campaigns(fold) if body and went else ():
        if campaign.runs(entry.day):
            for row in _lying_in(campaign, "target_id", list(went), fold):
                door = went[_uuid(row[1])]
                stays = _moved(row, entry, body.on, body.places[door.was], body.places[door.to], fold)  # type: ignore[union-attr]
                grid = body.places[door.to][-1]  # type: ignore[union-attr]
                fold.execute(_MOVE, (grid, stays, entry.position, *row[:3]))


def _rehung(entry: Entry, fold: Fold) -> None:
    """Their counts go along when a grid comes to lie in another community, or that in another sector."""
    body: GridsRehung | None = entry.body
    hung = {each.grid: each for each in body.grids} if body else {}
    for campaign in _campaigns(fold) if body else ():
        if campaign.runs(entry.day):
            rows = list(_lying_in(campaign, "grid_id", list(hung), fold))
            each = ((row, hung[AreaId(_uuid(row[3]))]) for row in rows)
            stays = [(_moved(row, entry, body.on, h.before, h.after, fold), *row[:3]) for row, h in each]  # type: ignore[union-attr]
            fold.executemany(_STAY, stays)


def _lying_in(campaign: _Campaign, column: str, ids: Sequence[UUID], fold: Fold) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(ids), _MOST_IN_A_QUERY):
        part = ids[start : start + _MOST_IN_A_QUERY]
        sql = _LIE_IN.format(column=column, marks=", ".join(["%s"] * len(part)))
        yield from fold.execute(sql, (campaign.id, *part)).fetchall()


def _moved(row: tuple[Any, ...], entry: Entry, on: date, before: Above, after: Above, fold: Fold) -> str:
    """The task's stays with one more; of an open one the counts are taken along on that day."""
    campaign, _, _, _, origin, joined_on, people_due, state, kept = row
    stays = _stays(kept) or (Stay(0, joined_on, before),)
    if stays[-1].position < entry.position:
        if state in (TaskState.UNTOUCHED, TaskState.ATTEMPTED):
            open_part = {origin: 1, "people_due": people_due}
            if state == TaskState.ATTEMPTED:
                open_part[state] = 1
            from_to = (stays[-1], Stay(entry.position, on, after))
            moved = {(no, on, name): sign * n for name, n in open_part.items() for no, sign in ((0, -1), (1, 1))}
            _tally(_Place(_uuid(campaign), after[-1], from_to), {}, moved, fold)
        stays = (*stays, Stay(entry.position, on, after))
    return msgspec.json.encode(stays).decode()


def _stays(kept: str | None) -> tuple[Stay, ...]:
    return msgspec.json.decode(kept, type=tuple[Stay, ...]) if kept else ()


_ACTS: dict[str, Callable[[Entry, Fold], None]] = {
    records.CAMPAIGN_OPENED.name: _opened,
    records.CAMPAIGN_CLOSED.name: _closed,
    _ROSTER: _roster,
    _UNDONE: _roster_undone,
    _FORGOTTEN: _forgotten,
    _REDRAWN: _redrawn,
    _REHUNG: _rehung,
}


# --- what is said about tasks ----------------------------------------------------------------------------------------


def _touch(entry: Entry, fold: Fold, batch: dict[TaskKey, _Touched]) -> None:
    if entry.kind == _FOUND:
        for key, joins in _joining(entry, entry.body, fold):
            _put(batch, key, entry).joins = joins
        return
    if entry.kind == _CHANGED:
        for key in _striking(entry, entry.body, fold):
            _put(batch, key, entry).strikes.append(_struck(entry))
        return
    task: records.TaskOutcome | None = fold.part(entry, records.TaskOutcome)
    if task is not None:
        _put(batch, (task.campaign, task.target, task.occasion), entry).visits.append(_said(entry, task))


def _put(batch: dict[TaskKey, _Touched], key: TaskKey, entry: Entry) -> _Touched:
    touched = batch.setdefault(key, _Touched(grid=entry.area))
    touched.position = max(touched.position, entry.position)
    touched.heard_on = max(touched.heard_on, local_day(entry.received_at))
    return touched


def _joining(entry: Entry, found: HouseholdFound, fold: Fold) -> Iterator[tuple[TaskKey, Joining]]:
    """The campaigns that a household found at the door belongs to: those on its grid that are not over and take it."""
    for campaign in _campaigns_on(entry, fold):
        if rules.takes_any_household(campaign.target):  # a narrower one takes it when it is visited for it
            joining = Joining(Origin.FOUND, entry.day, len(found.people))
            yield (campaign.id, found.household, campaign.occasion), joining


def _striking(entry: Entry, change: HouseholdChanged, fold: Fold) -> Iterator[TaskKey]:
    """A household struck from the register by itself is struck here too; one struck in a visit, by that visit."""
    said_struck = change.field is Field.STATUS and change.value == Status.STRUCK
    if change.resident is None and change.parent is None and (change.change is Change.STRUCK or said_struck):
        for campaign in _campaigns_on(entry, fold):
            yield campaign.id, change.household, campaign.occasion


def _campaigns_on(entry: Entry, fold: Fold) -> Iterator[_Campaign]:
    """The campaigns on the entry's grid, or on what it was when they began, that were not over on its day."""
    above = set(fold.lineage(entry.area, entry.day))
    for campaign in _campaigns(fold):
        if campaign.runs(entry.day) and not (
            above.isdisjoint(campaign.target.areas)
            and territory.lay_in(entry.area, campaign.opened_on).isdisjoint(campaign.target.areas)
        ):
            yield campaign


def _struck(entry: Entry) -> Said:
    hour = _hour(entry)
    return Said(entry.id, Outcome.MOVED_AWAY, entry.at, entry.day, hour, by=entry.actor, position=entry.position)


def _hour(entry: Entry) -> int:
    _, clock_odd = tally_day(at=entry.at, received_at=entry.received_at)
    return (entry.received_at if clock_odd else entry.at).astimezone(LOCAL).hour


def _said(entry: Entry, task: records.TaskOutcome) -> Said:
    return Said(
        entry=entry.id,
        outcome=task.outcome,
        at=entry.at,
        day=entry.day,
        hour=_hour(entry),
        people=entry.facts.people,
        by=entry.actor,
        appointment=task.appointment,
        corrects=entry.body.entry if isinstance(entry.body, records.TaskCorrected) else None,
        position=entry.position,
    )


def _settle(batch: dict[TaskKey, _Touched], fold: Fold) -> None:
    """Read, judge, write back; then the batch is empty."""
    if not batch:
        return
    _read_tasks(batch, fold)
    _read_said(batch, fold)
    rows = [_judge(key, touched, fold) for key, touched in batch.items() if touched.is_task]
    fold.executemany(_SAY, [_said_row(key, said) for key, touched in batch.items() for said in touched.says])
    fold.executemany(_STAND, rows)
    batch.clear()


def _judge(key: TaskKey, touched: _Touched, fold: Fold) -> tuple[Any, ...]:
    """Where the task stands now; the tallies move by the difference."""
    joining = touched.joining
    if joining is None or joining.origin is Origin.FOUND:
        for joins in [touched.joins, *(_found_by_visit(said) for said in touched.visits)]:
            joining = rules.joined(joining, joins) if joins else joining
    assert joining is not None  # whatever touched it brought one
    if touched.joining is None:
        touched.stays = _first_stay(touched, joining, fold)
    stands = rules.standing([*touched.said, *touched.says])
    # Where it stood is worked out anew for those few that were moved: the row does not say when its word was heard.
    stood = rules.standing(touched.said) if touched.stays else touched.stands
    place = _Place(key[0], touched.grid, touched.stays)
    before = _counts(place, touched.joining, stood) if touched.joining else {}
    _tally(place, before, _counts(place, joining, stands), fold)
    hours_before = _hours(place, stood) if touched.joining else {}
    _tally_hours(place, hours_before, _hours(place, stands), fold)
    return _task_row(key, touched, joining, stands)


def _first_stay(touched: _Touched, joining: Joining, fold: Fold) -> tuple[Stay, ...]:
    """What is heard of late is counted where its grid lies by now, though on a day when that lay elsewhere."""
    above = fold.lineage(touched.grid, touched.heard_on)
    return () if above == fold.lineage(touched.grid, joining.on) else (Stay(0, joining.on, above),)


class _Place(NamedTuple):
    """In which campaign a task is counted, and where it lies or has lain."""

    campaign: UUID
    grid: AreaId
    stays: tuple[Stay, ...]

    def at(self, stay: int) -> tuple[AreaId, Above]:
        """For a tally: the grid, and what stands above it if the tree cannot tell any more."""
        above = self.stays[stay].above if self.stays else ()
        return above[-1] if above else self.grid, above


def _counts(place: _Place, joining: Joining, stands: Standing) -> Mapping[tuple[Any, ...], int]:
    if place.stays:
        return rules.counted_along(joining, stands, place.stays)
    return {(0, *key): count for key, count in rules.counted(joining, stands).items()}


def _hours(place: _Place, stands: Standing) -> Mapping[tuple[Any, ...], int]:
    stay = rules.last_stay(stands, place.stays) if place.stays else 0
    return {(stay, *key): count for key, count in rules.counted_by_hour(stands).items()}


def _tally(
    place: _Place, before: Mapping[tuple[Any, ...], int], now: Mapping[tuple[Any, ...], int], fold: Fold
) -> None:
    for (stay, day), deltas in _together(rules.difference(before, now)).items():
        area, above = place.at(stay)
        fold.tally(COVERAGE, area=area, day=day, keys=(place.campaign,), above=above, **deltas)


def _tally_hours(
    place: _Place, before: Mapping[tuple[Any, ...], int], now: Mapping[tuple[Any, ...], int], fold: Fold
) -> None:
    for (stay, day, hour), deltas in _together(rules.difference(before, now)).items():
        area, above = place.at(stay)
        fold.tally(CURVE, area=area, day=day, keys=(place.campaign, hour), above=above, **deltas)


def _together(moved: Mapping[tuple[Any, ...], int]) -> dict[tuple[Any, ...], dict[str, int]]:
    """Deltas whose keys end in a measure, as one row of measures for each key."""
    rows: dict[tuple[Any, ...], dict[str, int]] = defaultdict(dict)
    for (*key, measure), delta in moved.items():
        rows[tuple(key)][measure] = delta
    return rows


def _found_by_visit(said: Said) -> Joining:
    """A household that was visited though no list had it joins by that visit."""
    return Joining(Origin.FOUND, said.day, said.people)


# --- reading and writing ---------------------------------------------------------------------------------------------

_TASK_COLUMNS = (
    "campaign_id, target_id, occasion, grid_id, origin, joined_on, people_due, state, outcome, entry_id, said_by, at,"
    " counted_on, counted_hour, people, attempts, appointment, disputed, position, stays"
)
_SAID_COLUMNS = (
    "campaign_id, target_id, occasion, entry_id, outcome, at, day, hour, people, said_by, appointment, corrects,"
    " position"
)
_READ_TASKS = f"SELECT {_TASK_COLUMNS} FROM campaigns_task WHERE campaign_id = %s AND target_id IN ({{marks}})"
_READ_SAID = f"SELECT {_SAID_COLUMNS} FROM campaigns_said WHERE campaign_id = %s AND target_id IN ({{marks}})"
_STAND = (
    f"INSERT INTO campaigns_task ({_TASK_COLUMNS}) VALUES ({', '.join(['%s'] * 20)})"
    " ON CONFLICT (campaign_id, target_id, occasion) DO UPDATE SET "
    + ", ".join(f"{c} = excluded.{c}" for c in _TASK_COLUMNS.split(", ")[4:])
)
_SAY = (
    f"INSERT INTO campaigns_said ({_SAID_COLUMNS}) VALUES ({', '.join(['%s'] * 13)})"
    " ON CONFLICT (campaign_id, target_id, occasion, entry_id) DO NOTHING"
)


def _read_tasks(batch: dict[TaskKey, _Touched], fold: Fold) -> None:
    for row in _rows(_READ_TASKS, batch, fold):
        touched = batch.get((_uuid(row[0]), _uuid(row[1]), row[2]))
        if touched is not None:
            touched.grid = AreaId(_uuid(row[3]))
            touched.joining = Joining(Origin(row[4]), row[5], row[6])
            touched.stands = _standing_of(row)
            touched.stays = _stays(row[19])


def _read_said(batch: dict[TaskKey, _Touched], fold: Fold) -> None:
    for row in _rows(_READ_SAID, batch, fold):
        touched = batch.get((_uuid(row[0]), _uuid(row[1]), row[2]))
        if touched is not None:
            touched.said.append(_said_of(row))


def _rows(sql: str, batch: Iterable[TaskKey], fold: Fold) -> Iterator[tuple[Any, ...]]:
    targets: dict[UUID, list[UUID]] = defaultdict(list)
    for campaign, target, _ in batch:
        targets[campaign].append(target)
    for campaign, ids in targets.items():
        for start in range(0, len(ids), _MOST_IN_A_QUERY):
            part = ids[start : start + _MOST_IN_A_QUERY]
            yield from fold.execute(sql.format(marks=", ".join(["%s"] * len(part))), (campaign, *part)).fetchall()


def _standing_of(row: tuple[Any, ...]) -> Standing:
    state, outcome, entry, by, at, day, hour, people, attempts, appointment, disputed = row[7:18]
    return Standing(
        state=TaskState(state),
        outcome=Outcome(outcome) if outcome else None,
        entry=as_uuid(entry),
        by=as_uuid(by),  # type: ignore[arg-type]
        at=as_instant(at),
        day=day,
        hour=hour,
        people=people,
        attempts=attempts,
        appointment=appointment,
        disputed=bool(disputed),
    )


def _said_of(row: tuple[Any, ...]) -> Said:
    entry, outcome, at, day, hour, people, by, appointment, corrects, position = row[3:]
    instant = as_instant(at)
    assert instant is not None
    return Said(
        *(_uuid(entry), Outcome(outcome), instant, day, hour, people, as_uuid(by), appointment),  # type: ignore[arg-type]
        corrects=as_uuid(corrects),
        position=position,
    )


def _task_row(key: TaskKey, touched: _Touched, joining: Joining, s: Standing) -> tuple[Any, ...]:
    joined = (touched.grid, joining.origin, joining.on, joining.people_due)
    stands = (s.state, s.outcome, s.entry, s.by, s.at, s.day, s.hour, s.people, s.attempts, s.appointment, s.disputed)
    stays = msgspec.json.encode(touched.stays).decode() if touched.stays else None
    return (*key, *joined, *stands, touched.position, stays)


def _said_row(key: TaskKey, s: Said) -> tuple[Any, ...]:
    return (*key, s.entry, s.outcome, s.at, s.day, s.hour, s.people, s.by, s.appointment, s.corrects, s.position)


def _uuid(value: Any) -> UUID:
    found = as_uuid(value)
    assert found is not None
    return found


WALLED = (Walled("campaigns_task", grid="grid_id"), Walled("campaigns_said", household="target_id"))
PROJECTIONS = (
    Projection(
        name="campaigns",
        apply=apply,
        tables=("campaigns_campaign", "campaigns_task", "campaigns_said"),
        kinds=frozenset(_ACTS) | {_FOUND, _CHANGED},
        part=records.TaskOutcome,
        tallies=(COVERAGE, CURVE),
    ),
)
