"""The server's own clock is set back and forth while phones hand in: order, sums and what was revoked stay as they are.

Positions are given in commit order, so no clock is asked for it. What a clock does decide, the day of a count, stays
within what it was set to.
"""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from lianfang.demo.phones import LockedOutError, Phone
from tests import postgres
from tests.crash.district import DATABASES, WORKERS, District, On, find_a_home

pytestmark = [pytest.mark.server, pytest.mark.slow]

STEPS = (timedelta(0), timedelta(hours=-1), timedelta(hours=2), timedelta(days=-1), timedelta(seconds=-3), timedelta(0))
FOUNDED = timedelta(days=-3)  # roles begin when they are given: the office is older than what its clock is set to
LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


class Clocked(On):
    """A server whose clock somebody sets while it runs."""

    @property
    def _file(self) -> Path:
        return self.data.parent / "clock"

    @property
    def environment(self) -> dict[str, str]:
        preload = {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
        }
        return {**super().environment, **preload, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def set_clock(self, off: timedelta) -> None:
        """So far from the true time; whole at every instant, since the server may look at any."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{off.total_seconds():+.0f}")
        new.replace(self._file)


@pytest.fixture(params=DATABASES)
def server(request: pytest.FixtureRequest, skipped: Callable[[str, str, str], None]) -> Iterator[Clocked]:
    if not LIBRARIES:
        skipped("P5", "the server's clock set back", "needs faketime")
    private = postgres.start() if request.param == "postgres" else None
    try:
        with tempfile.TemporaryDirectory(prefix="lianfang-clock-") as folder:
            server = Clocked(Path(folder), private.url if private else "")
            server.set_clock(FOUNDED)
            server.run("demo", "--grids", str(len(WORKERS)), "--people", "60")
            server.set_clock(timedelta(0))
            with server:
                yield server
    finally:
        if private:
            private.stop()


def test_a_server_whose_clock_is_set_back_keeps_its_order_its_sums_and_its_revocations(
    server: Clocked, size: Callable[[int, int], int], proof: Callable[..., None]
) -> None:
    before = server.ask("SELECT max(position) FROM ledger_entry")[0][0]
    homes = asyncio.run(_sweep_while_it_is_set(server, homes=size(20, 200)))
    rows = server.ask(f"SELECT received_at, n FROM ledger_entry WHERE position > {before} ORDER BY position")
    came = [_instant(received) for received, n in rows if n]
    back = sum(later < earlier for earlier, later in pairwise(came))
    kind = "PostgreSQL" if server.database else "SQLite"
    proof("P5", f"the server's clock set back and forth; {kind}", size=homes, steps=len(STEPS), backwards=back, lost=0)
    assert back == sum(later < earlier for earlier, later in pairwise(STEPS)), "it did go back between entries"
    assert "链条相符" in server.run("ledger", "verify")
    assert "完全一致" in server.run("ledger", "rebuild")


async def _sweep_while_it_is_set(server: Clocked, *, homes: int) -> int:
    """So many homes after each step; answers how many in all."""
    district = await District(server).open()
    phones = [await district.enrolled(worker, batch=7) for worker in WORKERS]
    lost = await district.enrolled(WORKERS[0])
    await district.office.revoke(lost.device)
    people = 0
    for step in STEPS:
        server.set_clock(step)
        await _reads_nothing(lost)
        for phone in phones:
            for n in range(homes):
                find_a_home(phone, district.sheet(phone), people=n % 4)
                people += n % 4
            await phone.drain()
            await phone.send_again()
    found = homes * len(STEPS) * len(phones)
    shown = await district.counts()
    assert (shown.found, shown.done, shown.people) == (found, found, people)
    for phone in phones:
        await phone.sync()
        assert (phone.server_counts.stored, phone.server_counts.held) == (phone.n, 0)
        phone.hang_up()
    return found


async def _reads_nothing(lost: Phone) -> None:
    with pytest.raises(LockedOutError, match="401"):
        await lost.sync()


def _instant(said: object) -> datetime:
    return said if isinstance(said, datetime) else datetime.fromisoformat(str(said)).replace(tzinfo=UTC)
