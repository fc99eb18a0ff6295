"""What is worth an alarm on the first page. Pure; how much is too much stands here and nowhere else."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from lianfang.ground.campaigns.terms import Totals
from lianfang.ground.registry.terms import TargetKind
from lianfang.screens.desk.terms import Alarm, Health

OLDEST_BACKUP = timedelta(hours=26)  # one nightly copy, and two hours for a slow night
LEAST_DISK_FREE_PCT = 10
LAST_DAYS = 2


def alarms(
    *, health: Health, totals: Totals, incident_days_left: int | None, of: TargetKind = TargetKind.HOUSEHOLDS
) -> Iterator[Alarm]:
    """In the order in which a person on duty would see to them."""
    if health.disk_free_pct < LEAST_DISK_FREE_PCT:
        yield Alarm("desk.disk_nearly_full", details={"free": health.disk_free_pct})
    if health.backup_age_s is None:
        yield Alarm("desk.no_backup")
    elif health.backup_age_s > OLDEST_BACKUP.total_seconds():
        yield Alarm("desk.backup_is_old", details={"hours": health.backup_age_s // 3600})
    if health.shares and health.shares.confirmed < health.shares.needed:
        yield Alarm("desk.shares_unconfirmed", details=msgspec.structs.asdict(health.shares))
    if health.vacancies:
        yield Alarm("desk.grids_without_a_worker", details={"grids": health.vacancies})
    if health.held:
        yield Alarm("desk.records_are_held", details={"records": health.held})
    if totals.disputed:
        yield Alarm(f"desk.{of}_disputed", details={of.value: totals.disputed})
    if health.clock_odd_devices:
        yield Alarm("desk.clocks_are_odd", details={"devices": health.clock_odd_devices})
    if incident_days_left is not None and incident_days_left <= LAST_DAYS:
        yield Alarm("desk.incident_ends_soon", details={"days": incident_days_left})


def responsible(*, grids: int, taken: int) -> str | None:
    """How many of an area's grids have a worker: 3/3."""
    return f"{taken}/{grids}" if grids else None
