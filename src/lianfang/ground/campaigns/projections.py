"""The engine: fills a campaign with tasks, folds every outcome whatever operation recorded it, and moves the tallies.

A batch is folded task by task, not entry by entry: read where its tasks stand and all that was said of them, put the
new outcomes to it, and write back the standing and the difference in counts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from lianfang.foundation.kernel.ids import AreaId
from lianfang.foundation.kernel.moments import CLOCK_ODD, LOCAL, local_day
from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.foundation.plumbing.database import as_instant, as_uuid, marks
from lianfang.foundation.plumbing.walls import Walled
from lianfang.ground.campaigns import records, rules
from lianfang.ground.campaigns.checking_folding import CHECKS
from lianfang.ground.campaigns.giving_folding import GIVINGS
from lianfang.ground.campaigns.measures import COVERAGE, CURVE
from lianfang.ground.campaigns.memory import CAMPAIGNS
from lianfang.ground.campaigns.need_folding import NEEDS
from lianfang.ground.campaigns.occasion_records import OCCASION_BEGUN, OccasionBegun
from lianfang.ground.campaigns.occasions import OccasionDays, Recurrence, count_key, named, occasion_on
from lianfang.ground.campaigns.terms import AttemptPolicy, Joining, Origin, Outcome, Said, Standing, Stay, TaskState
from lianfang.ground.registry import queries as registry
from lianfang.ground.registry.records import (
    GridsRedrawn,
    HouseholdChanged,
    HouseholdFound,
    PlacesChanged,
    RedrawnDoor,
)
from lianfang.ground.registry.terms import Change, Field, Status, TargetDefinition, TargetKind
from lianfang.ground.territory import queries as territory
from lianfang.ground.territory.records import GridsRehung, NodeEnded

TaskKey = tuple[UUID, UUID, str]  # campaign, target, occasion
_FOUND = "registry.household_found.v1"
_CHANGED = "registry.household_changed.v1"
_ROSTER = "registry.roster_published.v1"
_UNDONE = "registry.roster_undone.v1"
_REDRAWN = "registry.grids_redrawn.v1"
_REHUNG = "territory.grids_rehung.v1"
_OF_PLACES = ("registry.places_published.v1", "registry.places_taken_back.v1", "registry.places_changed.v1")
_OF_BUILDINGS = (
    *("territory.tree_loaded.v1", "territory.tree_taken_back.v1"),
    *("territory.area_changed.v1", "territory.area_ended.v1"),
)
_doors = msgspec.msgpack.Decoder(list[RedrawnDoor])
_FORGOTTEN = "posture.incident_forgotten.v1"
_MOST_IN_A_QUERY = 500


_UNTOUCHED = Standing()
_ORIGINS = {str(origin): origin for origin in Origin}


class _Touched(msgspec.Struct):
    """What a batch says about one task, and what is known of it already."""

    grid: AreaId
    joining: Joining | None = None
    stands: Standing = _UNTOUCHED
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
    " ends_on, opened_on, opened_at, opened_by, closed_on, closed_at, forgotten_at, recurs)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, NULL, NULL, NULL, %s) ON CONFLICT (id) DO NOTHING"
)
_DECLARE = (
    "INSERT INTO campaigns_attempts (campaign_id, position, since, policy, declared_by) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (campaign_id, position) DO NOTHING"
)
_BEGIN = (
    "INSERT INTO campaigns_begun (campaign_id, occasion, position, begun_at) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (campaign_id, occasion) DO NOTHING"
)
_CLOSE = "UPDATE campaigns_campaign SET closed_on = %s, closed_at = %s WHERE id = %s AND closed_at IS NULL"
# "WHERE true": without it SQLite takes ON CONFLICT for a join of the SELECT.
_FILL = (
    "INSERT INTO campaigns_task (campaign_id, target_id, occasion, grid_id, origin, joined_on, people_due, state,"
    " people, attempts, refusals, disputed, position)"
    " SELECT %s, t.target_id, %s, t.grid_id, %s, %s, t.people, %s, 0, 0, 0, %s, %s FROM ({targets}) t"
    " WHERE true ON CONFLICT (campaign_id, target_id, occasion) DO NOTHING"
)
_GONE = (
    "SELECT target_id, occasion, grid_id, origin, joined_on, people_due, stays FROM campaigns_task"
    " WHERE campaign_id = %s AND state = %s AND target_id NOT IN ({there})"
)
_HOMES = f"SELECT p.household_id FROM ({registry.places_sql()}) p"
_REMOVE = "DELETE FROM campaigns_task WHERE campaign_id = %s AND target_id = %s AND occasion = %s"
_FILLED = (
    "SELECT grid_id, count(*), sum(people_due) FROM campaigns_task WHERE campaign_id = %s AND occasion = %s"
    " AND position = %s AND origin = %s GROUP BY grid_id"
)


def _opened(entry: Entry, fold: Fold) -> None:
    body: records.CampaignOpened | None = entry.body
    if body is None:
        return
    target = msgspec.json.encode(body.target).decode()
    row = (body.campaign, body.name, body.incident, body.area, target, body.form, body.occasion, body.purpose)
    recurs = msgspec.json.encode(body.recurs).decode() if body.recurs else None
    fold.execute(_OPEN, (*row, body.starts_on, body.ends_on, entry.day, entry.received_at, entry.actor, recurs))
    if body.attempts is not None:
        _declare(body.campaign, body.attempts, entry, fold)
    CAMPAIGNS.changed()
    if body.recurs is None:  # of one that recurs each occasion is filled when it begins
        days = body.starts_on, body.ends_on
        campaign = _Campaign(body.campaign, body.occasion, body.target, *days, None, entry.day)
        _fill(campaign, body.occasion, Origin.LISTED, entry.day, entry, fold)


def _occasion_begun(entry: Entry, fold: Fold) -> None:
    """The households that meet the definition now are due once more. Those visited before we heard of it were listed
    all the same.
    """
    begun: OccasionBegun = entry.facts
    fold.execute(_BEGIN, (begun.campaign, begun.occasion, entry.position, entry.received_at))
    CAMPAIGNS.changed()
    campaign = next((c for c in _campaigns(fold) if c.id == begun.campaign), None)
    if campaign is not None:
        day = date.fromisoformat(begun.occasion)
        _fill(campaign, begun.occasion, Origin.LISTED, day, entry, fold)
        _list_the_early(campaign, begun.occasion, day, entry, fold)


_EARLY = (
    "SELECT k.target_id, k.grid_id, t.people FROM campaigns_task k JOIN ({targets}) t ON t.target_id = k.target_id"
    " WHERE k.campaign_id = %s AND k.occasion = %s AND k.origin = %s"
)


def _list_the_early(campaign: "_Campaign", occasion: str, day: date, entry: Entry, fold: Fold) -> None:
    targets = registry.targets_sql(campaign.target, on=entry.day, since=campaign.opened_on)
    params = (*targets.params, campaign.id, occasion, Origin.FOUND)
    batch: dict[TaskKey, _Touched] = {}
    for target, grid, people in fold.execute(_EARLY.format(targets=targets.sql), params).fetchall():
        touched = _Touched(grid=AreaId(_uuid(grid)), joins=Joining(Origin.LISTED, day, people))
        touched.position, touched.heard_on = entry.position, local_day(entry.received_at)
        batch[campaign.id, _uuid(target), occasion] = touched
    _settle(batch, fold)


def _attempts_set(entry: Entry, fold: Fold) -> None:
    _declare(entry.facts.campaign, entry.facts.policy, entry, fold)


def _declare(campaign: UUID, policy: AttemptPolicy, entry: Entry, fold: Fold) -> None:
    said = msgspec.json.encode(policy).decode()
    fold.execute(_DECLARE, (campaign, entry.position, entry.received_at, said, entry.actor))
    CAMPAIGNS.changed()


def _closed(entry: Entry, fold: Fold) -> None:
    fold.execute(_CLOSE, (entry.day, entry.received_at, entry.facts.campaign))
    CAMPAIGNS.changed()


def _roster(entry: Entry, fold: Fold) -> None:
    """Households that a later roster brings join the campaigns that still run, as found: they were not on the list."""
    for campaign in _campaigns(fold):
        if campaign.target.of is TargetKind.HOUSEHOLDS and campaign.runs(entry.day):
            for days in campaign.occasions_from(entry.day):
                _fill(campaign, days.occasion, Origin.FOUND, max(entry.day, days.begins_on), entry, fold)


def _roster_undone(entry: Entry, fold: Fold) -> None:
    """Households that are taken back with their roster leave the campaigns, unless somebody has been to see them."""
    for campaign in _campaigns(fold):
        if campaign.target.of is TargetKind.HOUSEHOLDS:
            _let_go(campaign, _HOMES, (), fold)


def _let_go(campaign: "_Campaign", there: str, params: Sequence[Any], fold: Fold) -> None:
    """Tasks of which the target is not among those that are there, unless somebody has been to see it."""
    left = fold.execute(_GONE.format(there=there), (campaign.id, TaskState.UNTOUCHED, *params)).fetchall()
    for target, occasion, grid, origin, joined_on, people_due, stays in left:
        fold.execute(_REMOVE, (campaign.id, target, occasion))
        joining = Joining(Origin(origin), joined_on, people_due)
        place = _Place(campaign.counted_as(occasion), AreaId(_uuid(grid)), _stays(stays))
        gone = _Moved()
        gone.move(place, joining, _UNTOUCHED, -1)
        _tally(place, gone.counts, fold)


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
    starts_on: date
    ends_on: date
    closed_on: date | None
    opened_on: date
    recurs: Recurrence | None = None
    begun: tuple[str, ...] = ()

    def runs(self, day: date) -> bool:
        """Is it not over on that day?"""
        return rules.takes_found(day=day, ends_on=self.ends_on, closed_on=self.closed_on)

    def occasions_from(self, day: date) -> list[OccasionDays]:
        """To which occasions something of that day belongs: the one that ran, and those that have begun since."""
        if self.recurs is None:
            return [OccasionDays(self.occasion, self.starts_on, self.ends_on)]
        days = {"starts_on": self.starts_on, "ends_on": self.ends_on}
        begun = [named(self.recurs, **days, occasion=one) for one in self.begun]
        running = occasion_on(self.recurs, **days, day=day)
        found = {one.occasion: one for one in [running, *begun] if one is not None and one.ends_on >= day}
        return [found[name] for name in sorted(found)]

    def counted_as(self, occasion: str) -> UUID:
        """Under which id that occasion is counted."""
        return count_key(self.id, occasion, self.recurs)


def _fill(
    campaign: _Campaign, occasion: str, origin: Origin, day: date, entry: Entry, fold: Fold, *, on: date | None = None
) -> None:
    """Make the tasks straight from the register (as of a day), in the database, and count them grid by grid."""
    targets = registry.targets_sql(campaign.target, on=on or entry.day, since=campaign.opened_on)
    fixed = (campaign.id, occasion, origin, day, TaskState.UNTOUCHED, False, entry.position)
    fold.execute(_FILL.format(targets=targets.sql), (*fixed, *targets.params))
    counted = (campaign.id, occasion, entry.position, origin)
    for grid, households, people in fold.execute(_FILLED, counted).fetchall():
        area = AreaId(_uuid(grid))
        deltas = {origin: int(households), "people_due": int(people or 0)}
        place = _Place(campaign.counted_as(occasion), area, ())
        _tally(place, {(day, name): n for name, n in deltas.items()}, fold)


def _campaigns(fold: Fold) -> Iterator[_Campaign]:
    rows = fold.execute(
        "SELECT id, occasion, target, starts_on, ends_on, closed_on, opened_on, recurs FROM campaigns_campaign"
        " WHERE forgotten_at IS NULL ORDER BY id"
    )
    for id, occasion, target, starts_on, ends_on, closed_on, opened_on, recurs in rows.fetchall():
        yield _Campaign(
            id=_uuid(id),
            occasion=occasion,
            target=msgspec.json.decode(target, type=TargetDefinition),
            starts_on=starts_on,
            ends_on=ends_on,
            closed_on=closed_on,
            opened_on=opened_on,
            recurs=msgspec.json.decode(recurs, type=Recurrence) if recurs else None,
            begun=_begun(_uuid(id), fold) if recurs else (),
        )


def _begun(campaign: UUID, fold: Fold) -> tuple[str, ...]:
    rows = fold.execute("SELECT occasion FROM campaigns_begun WHERE campaign_id = %s", [campaign]).fetchall()
    return tuple(occasion for (occasion,) in rows)


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
                stays = _moved(campaign, row, entry, body.on, body.places[door.was], body.places[door.to], fold)  # type: ignore[union-attr]
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
            stays = [(_moved(campaign, row, entry, body.on, h.before, h.after, fold), *row[:3]) for row, h in each]  # type: ignore[union-attr]
            fold.executemany(_STAY, stays)


_STRAYED = (
    "SELECT t.target_id, p.grid_id FROM campaigns_task t JOIN ({there}) p ON p.target_id = t.target_id"
    " WHERE t.campaign_id = %s AND p.grid_id <> t.grid_id"
)


def _premises(entry: Entry, fold: Fold) -> None:
    """Places or buildings came, went elsewhere, turned out otherwise or ended: the campaigns about such that still run
    take them, follow them, let them go or strike them, as they do households.
    """
    of, day = _premises_in(entry)
    ended = _ended(entry)
    for campaign in _campaigns(fold):
        if campaign.target.of is of and campaign.runs(day):
            _strike(campaign, ended, entry, fold)
            there = registry.premises_sql(campaign.target, on=day)
            strayed = fold.execute(_STRAYED.format(there=there.sql), (*there.params, campaign.id)).fetchall()
            _follow(campaign, {_uuid(id): AreaId(_uuid(grid)) for id, grid in strayed}, day, entry, fold)
            _let_go(campaign, f"SELECT p.target_id FROM ({there.sql}) p", there.params, fold)
            for days in campaign.occasions_from(day):
                _fill(campaign, days.occasion, Origin.FOUND, max(day, days.begins_on), entry, fold, on=day)


def _premises_in(entry: Entry) -> tuple[TargetKind, date]:
    """Of which kind it tells, and from which day on."""
    if entry.kind in _OF_PLACES:
        return TargetKind.PLACES, entry.day
    return TargetKind.BUILDINGS, max(entry.day, entry.facts.on)


def _ended(entry: Entry) -> tuple[UUID, ...]:
    """Those of which somebody said that they are no more; a list taken back says that they never were."""
    body = entry.body
    if isinstance(body, PlacesChanged):
        return body.gone
    return (body.id,) if isinstance(body, NodeEnded) and not body.into else ()


def _strike(campaign: _Campaign, ended: Sequence[UUID], entry: Entry, fold: Fold) -> None:
    batch: dict[TaskKey, _Touched] = {}
    for id in ended:
        for days in campaign.occasions_from(entry.day):
            _put(batch, (campaign.id, id, days.occasion), entry).strikes.append(_struck(entry))
    _settle(batch, fold)


def _follow(campaign: _Campaign, now: Mapping[UUID, AreaId], day: date, entry: Entry, fold: Fold) -> None:
    for row in list(_lying_in(campaign, "target_id", list(now), fold)):
        before, after = fold.lineage(AreaId(_uuid(row[3])), row[5]), fold.lineage(now[_uuid(row[1])], day)
        stays = _moved(campaign, row, entry, day, before, after, fold)
        fold.execute(_MOVE, (after[-1], stays, entry.position, *row[:3]))


def _lying_in(campaign: _Campaign, column: str, ids: Sequence[UUID], fold: Fold) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(ids), _MOST_IN_A_QUERY):
        part = ids[start : start + _MOST_IN_A_QUERY]
        sql = _LIE_IN.format(column=column, marks=", ".join(["%s"] * len(part)))
        yield from fold.execute(sql, (campaign.id, *part)).fetchall()


def _moved(
    campaign: _Campaign, row: tuple[Any, ...], entry: Entry, on: date, before: Above, after: Above, fold: Fold
) -> str:
    """The task's stays with one more; of an open one the counts are taken along on that day."""
    _, _, occasion, _, origin, joined_on, people_due, state, kept = row
    stays = _stays(kept) or (Stay(0, joined_on, before),)
    if stays[-1].position < entry.position:
        if state in (TaskState.UNTOUCHED, TaskState.ATTEMPTED):
            open_part = {origin: 1, "people_due": people_due}
            if state == TaskState.ATTEMPTED:
                open_part[state] = 1
            from_to = (stays[-1], Stay(entry.position, on, after))
            moved = {(no, on, name): sign * n for name, n in open_part.items() for no, sign in ((0, -1), (1, 1))}
            _tally(_Place(campaign.counted_as(occasion), after[-1], from_to), moved, fold)
        stays = (*stays, Stay(entry.position, on, after))
    return msgspec.json.encode(stays).decode()


def _stays(kept: str | None) -> tuple[Stay, ...]:
    return msgspec.json.decode(kept, type=tuple[Stay, ...]) if kept else ()


_ACTS: dict[str, Callable[[Entry, Fold], None]] = {
    records.CAMPAIGN_OPENED.name: _opened,
    records.CAMPAIGN_CLOSED.name: _closed,
    records.ATTEMPTS_SET.name: _attempts_set,
    OCCASION_BEGUN.name: _occasion_begun,
    _ROSTER: _roster,
    _UNDONE: _roster_undone,
    _FORGOTTEN: _forgotten,
    _REDRAWN: _redrawn,
    _REHUNG: _rehung,
    **dict.fromkeys((*_OF_PLACES, *_OF_BUILDINGS), _premises),
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
    if task is not None and records.NOT_ITS_TARGET not in entry.flags:
        _put(batch, (task.campaign, task.target, task.occasion), entry).visits.append(_said(entry, task))


def _put(batch: dict[TaskKey, _Touched], key: TaskKey, entry: Entry) -> _Touched:
    touched = batch.get(key)
    if touched is None:
        touched = batch[key] = _Touched(grid=entry.area)
    touched.position = max(touched.position, entry.position)
    touched.heard_on = max(touched.heard_on, local_day(entry.received_at))
    return touched


def _joining(entry: Entry, found: HouseholdFound, fold: Fold) -> Iterator[tuple[TaskKey, Joining]]:
    """The campaigns that a household found at the door belongs to: those on its grid that are not over and take it."""
    for campaign in _campaigns_on(entry, fold):
        if rules.takes_any_household(campaign.target):  # a narrower one takes it when it is visited for it
            for days in campaign.occasions_from(entry.day):
                joining = Joining(Origin.FOUND, max(entry.day, days.begins_on), len(found.people))
                yield (campaign.id, found.household, days.occasion), joining


def _striking(entry: Entry, change: HouseholdChanged, fold: Fold) -> Iterator[TaskKey]:
    """A household struck from the register by itself is struck here too; one struck in a visit, by that visit."""
    said_struck = change.field is Field.STATUS and change.value == Status.STRUCK
    if change.resident is None and change.parent is None and (change.change is Change.STRUCK or said_struck):
        for campaign in _campaigns_on(entry, fold):
            for days in campaign.occasions_from(entry.day):
                yield campaign.id, change.household, days.occasion


def _campaigns_on(entry: Entry, fold: Fold) -> Iterator[_Campaign]:
    """The campaigns on the entry's grid, or on what it was when they began, that were not over on its day."""
    above = set(fold.lineage(entry.area, entry.day))
    for campaign in _campaigns(fold):
        if (
            campaign.target.of is TargetKind.HOUSEHOLDS
            and campaign.runs(entry.day)
            and not (
                above.isdisjoint(campaign.target.areas)
                and territory.lay_in(entry.area, campaign.opened_on).isdisjoint(campaign.target.areas)
            )
        ):
            yield campaign


def _struck(entry: Entry) -> Said:
    hour = _hour(entry)
    return Said(entry.id, Outcome.MOVED_AWAY, entry.at, entry.day, hour, by=entry.actor, position=entry.position)


def _hour(entry: Entry) -> int:
    return (entry.received_at if CLOCK_ODD in entry.flags else entry.at).astimezone(LOCAL).hour


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
    moved: dict[_Place, _Moved] = defaultdict(_Moved)
    counted_as = cache(_counted_as)
    rows = [_judge(key, touched, moved, counted_as, fold) for key, touched in batch.items() if touched.is_task]
    fold.executemany(_SAY, [_said_row(key, said) for key, touched in batch.items() for said in touched.says])
    fold.executemany(_STAND, rows)
    for place, sums in moved.items():
        _tally(place, sums.counts, fold)
        _tally_hours(place, sums.hours, fold)
    batch.clear()


def _judge(
    key: TaskKey,
    touched: _Touched,
    moved: "dict[_Place, _Moved]",
    counted_as: Callable[[UUID, str], UUID],
    fold: Fold,
) -> tuple[Any, ...]:
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
    place = _Place(counted_as(key[0], key[2]), touched.grid, touched.stays)
    sums = moved[place]
    if touched.joining:
        sums.move(place, touched.joining, stood, -1)
    sums.move(place, joining, stands, 1)
    return _task_row(key, touched, joining, stands)


def _first_stay(touched: _Touched, joining: Joining, fold: Fold) -> tuple[Stay, ...]:
    """What is heard of late is counted where its grid lies by now, though on a day when that lay elsewhere."""
    above = fold.lineage(touched.grid, touched.heard_on)
    return () if above == fold.lineage(touched.grid, joining.on) else (Stay(0, joining.on, above),)


def _counted_as(campaign: UUID, occasion: str) -> UUID:
    known = CAMPAIGNS.now().get(campaign)
    return known.count_key(occasion) if known else campaign


class _Place(NamedTuple):
    """Under which id (a campaign's, or one of its occasions') a task is counted, and where it lies or has lain."""

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
    return rules.counted(joining, stands)


def _hours(place: _Place, stands: Standing) -> Mapping[tuple[Any, ...], int]:
    hours = rules.counted_by_hour(stands)
    if not place.stays:
        return hours
    stay = rules.last_stay(stands, place.stays)
    return {(stay, *key): count for key, count in hours.items()}


class _Moved(msgspec.Struct):
    """What a batch adds to the counts of one place, all its tasks together, and to those by the hour. Where there are
    stays, a key begins with the number of one.
    """

    counts: dict[tuple[Any, ...], int] = {}
    hours: dict[tuple[Any, ...], int] = {}

    def move(self, place: _Place, joining: Joining, stands: Standing, sign: int) -> None:
        """Add what a task counts, or take it back."""
        for sums, counts in ((self.counts, _counts(place, joining, stands)), (self.hours, _hours(place, stands))):
            for key, count in counts.items():
                sums[key] = sums.get(key, 0) + sign * count


def _tally(place: _Place, moved: Mapping[tuple[Any, ...], int], fold: Fold) -> None:
    for (stay, day), deltas in _together(place, moved).items():
        area, above = place.at(stay)
        fold.tally(COVERAGE, area=area, day=day, keys=(place.campaign,), above=above, **deltas)


def _tally_hours(place: _Place, moved: Mapping[tuple[Any, ...], int], fold: Fold) -> None:
    for (stay, day, hour), deltas in _together(place, moved).items():
        area, above = place.at(stay)
        fold.tally(CURVE, area=area, day=day, keys=(place.campaign, hour), above=above, **deltas)


def _together(place: _Place, moved: Mapping[tuple[Any, ...], int]) -> dict[tuple[Any, ...], dict[str, int]]:
    """Deltas whose keys end in a measure, as one row of measures for each stay and the rest of the key."""
    rows: dict[tuple[Any, ...], dict[str, int]] = defaultdict(dict)
    for (*key, measure), delta in moved.items():
        if delta:
            rows[tuple(key) if place.stays else (0, *key)][measure] = delta
    return rows


def _found_by_visit(said: Said) -> Joining:
    """A household that was visited though no list had it joins by that visit."""
    return Joining(Origin.FOUND, said.day, said.people)


# --- reading and writing ---------------------------------------------------------------------------------------------

_TASK_COLUMNS = (
    "campaign_id, target_id, occasion, grid_id, origin, joined_on, people_due, state, outcome, entry_id, said_by, at,"
    " counted_on, counted_hour, people, attempts, appointment, disputed, position, stays, refusals"
)
_SAID_COLUMNS = (
    "campaign_id, target_id, occasion, entry_id, outcome, at, day, hour, people, said_by, appointment, corrects,"
    " position"
)
_BESIDE_CAMPAIGN = slice(len("campaign_id, "), None)
_THOSE = "WHERE campaign_id = %s AND target_id IN ({marks})"
_READ_TASKS = f"SELECT {_TASK_COLUMNS[_BESIDE_CAMPAIGN]} FROM campaigns_task {_THOSE}"
_READ_SAID = f"SELECT {_SAID_COLUMNS[_BESIDE_CAMPAIGN]} FROM campaigns_said {_THOSE}"
_STAND = (
    f"INSERT INTO campaigns_task ({_TASK_COLUMNS}) VALUES ({', '.join(['%s'] * 21)})"
    " ON CONFLICT (campaign_id, target_id, occasion) DO UPDATE SET "
    + ", ".join(f"{c} = excluded.{c}" for c in _TASK_COLUMNS.split(", ")[4:])
)
_SAY = (
    f"INSERT INTO campaigns_said ({_SAID_COLUMNS}) VALUES ({', '.join(['%s'] * 13)})"
    " ON CONFLICT (campaign_id, target_id, occasion, entry_id) DO NOTHING"
)


def _read_tasks(batch: dict[TaskKey, _Touched], fold: Fold) -> None:
    for touched, row in _rows(_READ_TASKS, batch, fold):
        touched.grid = AreaId(_uuid(row[2]))
        touched.joining = Joining(_ORIGINS[row[3]], row[4], row[5])
        touched.stands = _standing_of(row)
        touched.stays = _stays(row[18])


def _read_said(batch: dict[TaskKey, _Touched], fold: Fold) -> None:
    for touched, row in _rows(_READ_SAID, batch, fold):
        touched.said.append(_said_of(row))


def _rows(sql: str, batch: Mapping[TaskKey, _Touched], fold: Fold) -> Iterator[tuple[_Touched, tuple[Any, ...]]]:
    """What was touched, and its row without the campaign."""
    targets: dict[UUID, list[UUID]] = defaultdict(list)
    for campaign, target, _ in batch:
        targets[campaign].append(target)
    for campaign, ids in targets.items():
        for start in range(0, len(ids), _MOST_IN_A_QUERY):
            spelt, part = marks(ids[start : start + _MOST_IN_A_QUERY])
            for row in fold.execute(sql.format(marks=spelt), (campaign, *part)).fetchall():
                touched = batch.get((campaign, _uuid(row[0]), row[1]))
                if touched is not None:
                    yield touched, row


def _standing_of(row: tuple[Any, ...]) -> Standing:
    if row[6] == TaskState.UNTOUCHED:
        return _UNTOUCHED
    state, outcome, entry, by, at, day, hour, people, attempts, appointment, disputed = row[6:17]
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
        refusals=row[19],
        appointment=appointment,
        disputed=bool(disputed),
    )


def _said_of(row: tuple[Any, ...]) -> Said:
    entry, outcome, at, day, hour, people, by, appointment, corrects, position = row[2:]
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
    return (*key, *joined, *stands, touched.position, stays, s.refusals)


def _said_row(key: TaskKey, s: Said) -> tuple[Any, ...]:
    return (*key, s.entry, s.outcome, s.at, s.day, s.hour, s.people, s.by, s.appointment, s.corrects, s.position)


def _uuid(value: Any) -> UUID:
    found = as_uuid(value)
    assert found is not None
    return found


WALLED = (
    Walled("campaigns_task", grid="grid_id"),
    Walled("campaigns_said", target="target_id"),
    Walled("campaigns_need", household="household_id"),
    Walled("campaigns_giving", grid="grid_id"),
    Walled("campaigns_checkable", grid="grid_id"),
    Walled("campaigns_recheck", grid="grid_id"),
)
PROJECTIONS = (
    Projection(
        name="campaigns",
        apply=apply,
        tables=("campaigns_campaign", "campaigns_begun", "campaigns_attempts", "campaigns_task", "campaigns_said"),
        kinds=frozenset(_ACTS) | {_FOUND, _CHANGED},
        part=records.TaskOutcome,
        tallies=(COVERAGE, CURVE),
    ),
    NEEDS,
    GIVINGS,
    CHECKS,
)
