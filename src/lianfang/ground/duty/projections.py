"""Folds stations and shifts into the tables they are read from."""

from collections.abc import Sequence

from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.ground.duty import records

_OPEN = "INSERT INTO duty_station (id, area_id, name) VALUES (%s, %s, %s) ON CONFLICT (id) DO NOTHING"
_PLAN = (
    "INSERT INTO duty_shift (id, station_id, area_id, account_id, crew, starts_at, ends_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING"
)
_DROP = "UPDATE duty_shift SET dropped_at = %s WHERE id = %s AND dropped_at IS NULL AND on_at IS NULL"
_ON = "UPDATE duty_shift SET on_at = %s WHERE id = %s AND on_at IS NULL AND dropped_at IS NULL"
_OFF = "UPDATE duty_shift SET off_at = %s WHERE id = %s AND off_at IS NULL AND on_at IS NOT NULL"


def apply(entries: Sequence[Entry], fold: Fold) -> None:
    """Each word counts once, the first."""
    for entry in entries:
        match entry.body:
            case records.StationOpened(station, area, name):
                fold.execute(_OPEN, (station, area, name))
            case records.ShiftPlanned(shift, station, account, crew, starts_at, ends_at):
                fold.execute(_PLAN, (shift, station, entry.area, account, crew, starts_at, ends_at))
            case records.ShiftDropped(shift):
                fold.execute(_DROP, (entry.received_at, shift))
            case records.SignedOn(shift):
                fold.execute(_ON, (entry.received_at, shift))
            case records.SignedOff(shift):
                fold.execute(_OFF, (entry.received_at, shift))


PROJECTIONS = (
    Projection(
        name="duty",
        apply=apply,
        tables=("duty_station", "duty_shift"),
        kinds=frozenset(kind.name for kind in records.KINDS),
    ),
)
