"""A small district behind a real server, on SQLite or on PostgreSQL, with a desk to ask and phones to enrol."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from lianfang.demo import staff
from lianfang.demo.connection import Connection
from lianfang.demo.counts import Count
from lianfang.demo.desk import Desk
from lianfang.demo.office import DeskOffice
from lianfang.demo.phones import FeedCampaign, Log, Phone
from lianfang.demo.rounds import answers
from lianfang.foundation.kernel.ids import new_id
from tests import postgres
from tests.serving import Server

DATABASES = ("sqlite", "postgres")
WORKERS = ("grid-01", "grid-02")


class On(Server):
    """The real server on the database of that address; none: SQLite in its data folder."""

    def __init__(self, folder: Path, url: str = "") -> None:
        super().__init__(folder, demo=True)
        self.database = url

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, "LIANFANG_DATABASE_URL": self.database}

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """What stands in its database, asked past the server."""
        with closing(self._connect()) as connection:
            return list(connection.execute(sql).fetchall())

    def _connect(self) -> Any:
        if self.database:
            import psycopg

            return psycopg.connect(self.database)
        import sqlite3

        return sqlite3.connect(self.data / "lianfang.sqlite3")


@contextmanager
def running(database: str) -> Iterator[On]:
    """Two grids and a few dozen people, loaded as any district is."""
    private = postgres.start() if database == "postgres" else None
    try:
        with tempfile.TemporaryDirectory(prefix="lianfang-district-") as folder:
            server = On(Path(folder), private.url if private else "")
            server.run("demo", "--grids", str(len(WORKERS)), "--people", "60")
            with server:
                yield server
    finally:
        if private:
            private.stop()


class District:
    """What people do in a running district: sign in, enrol phones, look at the numbers. For one event loop."""

    def __init__(self, server: On) -> None:
        self.server = server
        self.log = Log()
        self._logins = staff.read_logins(server.data / "demo-accounts.txt")

    async def open(self) -> "District":
        """Sign in at both desks, and open a sweep of its own, so that its numbers are nobody else's."""
        self.desk, self.command = await self._desk("desk"), await self._desk("command")
        self.office = DeskOffice(desk=self.desk, command=self.command, today=datetime.now(UTC).date())
        sweeps = (await self.command.get("/api/v1/campaigns?page_size=200"))["rows"]
        self.campaign = await self.office._open_next(sweeps)
        return self

    async def _desk(self, account: str) -> Desk:
        desk = Desk(Connection("127.0.0.1", self.server.port))
        await desk.sign_in(account, self._logins[account].password)
        return desk

    def a_phone(self, worker: str, *, port: int | None = None, **options: Any) -> Phone:
        """One that is not enrolled yet; `port` is where its line goes in."""
        connection = Connection("127.0.0.1", port or self.server.port)
        return Phone(worker=worker, connection=connection, log=self.log, random=Random(worker), **options)

    async def enrolled(self, worker: str, **options: Any) -> Phone:
        """A new phone of this worker's, with its slice."""
        phone = self.a_phone(worker, **options)
        await phone.enrol(await self.office.enrolment_code(worker))
        await phone.sync()
        return phone

    async def counts(self) -> Count:
        """What the server shows of the sweep: of all grids together."""
        root = await self.office._root()
        return (await self.office.coverage(self.campaign, [root]))[root]

    def sheet(self, phone: Phone) -> FeedCampaign:
        """Today's campaign as this phone carries it."""
        return next(each for each in phone.campaigns if each.id == self.campaign)


def find_a_home(phone: Phone, sheet: FeedCampaign, *, people: int, at: datetime | None = None) -> list[str]:
    """A household that nobody had listed, and the visit to it; answers the two records' ids.

    Each is a fact that moves the sums once: found by one, done by one, and people by as many as live there.
    """
    at = at or datetime.now(UTC)
    household, area = str(new_id()), next(iter(phone.households.values())).area
    lot = [{"id": str(new_id()), "name": f"张{n}"} for n in range(people)]
    door = f"9幢{household[-6:]}室"
    found = {"household": household, "dwelling": str(new_id()), "area": area, "door": door, "people": lot}
    task = {"campaign": sheet.id, "target": household, "occasion": sheet.occasion, "outcome": "done"}
    visit = {"task": task, "present": [], "answers": answers(sheet.form.questions), "exceptions": []}
    return [
        phone.write("registry.household_found.v1", found, at=at),
        phone.write("screening.household_visited.v1", visit | {"people": people}, at=at + timedelta(seconds=1)),
    ]


def play(work: Callable[[], Any]) -> Any:
    """Run one scene from beginning to end."""
    return asyncio.run(work())
