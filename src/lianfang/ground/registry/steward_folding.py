"""Folds who is steward of which households: the latest word stands; who left is steward of none."""

from collections.abc import Sequence

from lianfang.foundation.ledger.terms import Entry, Fold, Projection
from lianfang.ground.access.records import AccountClosed
from lianfang.ground.registry.steward_records import StewardshipSet
from lianfang.ground.registry.terms import Stewardship

_SET = (
    "INSERT INTO registry_stewardship (id, account_id, name, grid_id, starts_on, ends_on, position)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET starts_on = excluded.starts_on,"
    " ends_on = excluded.ends_on, position = excluded.position WHERE excluded.position > registry_stewardship.position"
)
_LEFT = (
    "UPDATE registry_stewardship SET ends_on = CASE WHEN starts_on > %s THEN starts_on ELSE %s END"
    " WHERE account_id = %s AND (ends_on IS NULL OR ends_on > %s) AND position < %s"
)


def _fold_stewards(entries: Sequence[Entry], fold: Fold) -> None:
    for entry in entries:
        match entry.body:
            case StewardshipSet(stewardship=one):
                _set(one, entry.position, fold)
            case AccountClosed(account=account):
                fold.execute(_LEFT, [entry.day, entry.day, account, entry.day, entry.position])


def _set(one: Stewardship, position: int, fold: Fold) -> None:
    row = (one.id, one.account, one.name, one.grid, one.days.starts_on, one.days.ends_on, position)
    if fold.execute(_SET, row).rowcount:
        fold.execute("DELETE FROM registry_stewarded WHERE stewardship_id = %s", [one.id])
        fold.executemany(
            "INSERT INTO registry_stewarded (stewardship_id, household_id) VALUES (%s, %s)",
            [(one.id, household) for household in one.households],
        )


STEWARDS = Projection(
    name="registry.stewards",
    apply=_fold_stewards,
    kinds=frozenset({"registry.stewardship_set.v1", "access.account_closed.v1"}),
    tables=("registry_stewardship", "registry_stewarded"),
)
