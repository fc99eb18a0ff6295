"""P1, of rosters and lists of every kind: the server is killed while one is being published. What stands in the
database then is all of it or nothing, never a part; and when the server is back it publishes what was asked for, once.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from lianfang.demo import staff
from lianfang.ground.registry import roster
from tests import postgres
from tests.crash.cluster import Cluster
from tests.crash.lives import Lives

pytestmark = [pytest.mark.server, pytest.mark.slow]

PEOPLE = 600
LINES = 300
LONGEST = 100.0  # seconds; on PostgreSQL a job that may live elsewhere is taken up again after 60 of silence
Read = Callable[[str], list[tuple[Any, ...]]]


def test_killed_while_publishing_a_roster_is_there_wholly_or_not_at_all_and_then_wholly(
    folder: Path, size: Callable[[int, int], int], proof: Callable[..., None]
) -> None:
    with Lives(folder) as server:
        found = _publish_and_kill(server, lambda sql: _rows(server.data, sql), size(12, 200))
        proof("P1", "kill -9 while a roster is published, SQLite", **found)
        assert _faults(found) == [] and found["not_at_all"], "or every kill came too late to prove anything"


def test_and_so_it_is_on_postgresql(folder: Path, size: Callable[[int, int], int], proof: Callable[..., None]) -> None:
    try:
        cluster = Cluster(folder)
    except postgres.NotInstalled as missing:
        pytest.skip(str(missing))
    with cluster, Lives(folder, database_url=cluster.url) as server:
        found = _publish_and_kill(server, cluster.read, size(2, 40))
        proof("P1", "kill -9 while a roster is published, PostgreSQL", **found)
        assert _faults(found) == [] and found["not_at_all"], "or every kill came too late to prove anything"


LISTS = {
    "areas": ("territory_area_version", "社区,网格", "{community},{name}"),
    "organisations": ("territory_organisation_version", "名称,类别", "{name},队伍"),
    "places": ("registry_place", "名称,类别,社区,网格", "{name},超市,{community},{grid}"),
}


@pytest.mark.parametrize("about", LISTS)
def test_and_so_is_a_list_of_every_other_kind(
    about: str, folder: Path, size: Callable[[int, int], int], proof: Callable[..., None]
) -> None:
    table, titles, line = LISTS[about]
    with Lives(folder) as server:
        server.run("demo", "--grids", "2", "--people", "60")
        server.start()
        told = staff.read_logins(server.data / "demo-accounts.txt")["desk"]
        office = Office(server, told.account, told.password)
        community, grid = office.a_grid()

        def there(n: int) -> int:
            [(rows,)] = _rows(server.data, f"SELECT COUNT(*) FROM {table} WHERE name LIKE '{_name(n)}%'")
            return int(rows)

        def a_list(n: int) -> Path:
            named = (line.format(community=community, grid=grid, name=f"{_name(n)}{_name(k)}") for k in range(LINES))
            path = folder / f"{n}.csv"
            path.write_text("\n".join([titles, *named]) + "\n", encoding="utf-8")
            return path

        takes = office.publish_checked(office.check(a_list(0), about))
        counts: list[int] = []
        kills = size(3, 20)
        for n in range(1, kills + 1):
            import_id = office.check(a_list(n), about)
            office.post(f"/imports/{import_id}/publish")
            time.sleep(1.1 * takes * (n - 0.5) / kills)
            server.kill()
            counts.append(there(n))
            server.start()
            office.wait_for(import_id, "published")
        ends = [there(n) for n in range(kills + 1)]
        server.kill()
        whole = "链条相符" in server.run("ledger", "verify") and "完全一致" in server.run("ledger", "rebuild")
    found = {"size": kills, "wholly": counts.count(LINES), "not_at_all": counts.count(0), "whole": whole}
    proof("P1", f"kill -9 while a list of {about} is published, SQLite", **found)
    assert set(counts) <= {0, LINES} and ends == [LINES] * (kills + 1) and whole


def _faults(found: dict[str, Any]) -> list[str]:
    counted = [what for what in ("in_part", "not_in_the_end", "twice") if found[what]]
    return counted if found["whole"] else [*counted, "not whole"]


def _publish_and_kill(server: Lives, read: Read, kills: int) -> dict[str, Any]:
    """Each kill a little later after publishing was asked for than the one before."""
    server.run("demo", "--grids", "2", "--people", "60")
    server.start()
    told = staff.read_logins(server.data / "demo-accounts.txt")["desk"]
    office = Office(server, told.account, told.password)
    before = _published(read)
    takes = office.publish_undisturbed(_roster(office, server.data.parent, 0))
    there: list[int] = []
    for n in range(1, kills + 1):
        import_id = office.read(_roster(office, server.data.parent, n))
        office.post(f"/imports/{import_id}/publish")
        time.sleep(1.1 * takes * (n - 0.5) / kills)
        server.kill()
        there.append(_people(read, n))
        server.start()
        office.wait_for(import_id, "published")
    ends = [_people(read, n) for n in range(kills + 1)]
    entries = _published(read) - before
    server.kill()
    whole = "链条相符" in server.run("ledger", "verify") and "完全一致" in server.run("ledger", "rebuild")
    return {
        "size": kills,
        "wholly": there.count(PEOPLE),
        "not_at_all": there.count(0),
        "in_part": sum(0 < each < PEOPLE for each in there),
        "not_in_the_end": sum(each < PEOPLE for each in ends),
        "twice": sum(each > PEOPLE for each in ends) + entries - (kills + 1),
        "whole": whole,
    }


class Office:
    """Somebody at a desk whose server comes and goes."""

    def __init__(self, server: Lives, account: str, password: str) -> None:
        self._http = httpx.Client(base_url=f"{server.url}/api/v1", timeout=30)
        self._http.headers["X-CSRFToken"] = self._http.get("/session").json()["csrf"]
        told = self.post("/session", account=account, password=password)
        self._http.headers["X-CSRFToken"] = told["csrf"]

    def get(self, path: str) -> Any:
        answer = self._http.get(path)
        assert answer.is_success, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        answer = self._http.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def read(self, file: Path) -> str:
        """Upload it, and wait until it is checked."""
        with file.open("rb") as content:
            answer = self._http.post("/imports", files={"file": (file.name, content)})
        assert answer.is_success, answer.text
        import_id = str(answer.json()["id"])
        assert self.wait_for(import_id, "ready")["good"] == PEOPLE
        return import_id

    def publish_undisturbed(self, file: Path) -> float:
        """How long that takes here, from the question on."""
        return self.publish_checked(self.read(file))

    def publish_checked(self, import_id: str) -> float:
        """The same of what is checked already."""
        began = time.monotonic()
        self.post(f"/imports/{import_id}/publish")
        self.wait_for(import_id, "published")
        return time.monotonic() - began

    def check(self, file: Path, about: str) -> str:
        """Upload a list of that kind, take its columns as suggested, and wait until it is checked."""
        with file.open("rb") as content:
            answer = self._http.post(f"/imports?layout=own&about={about}", files={"file": (file.name, content)})
        assert answer.is_success, answer.text
        import_id = str(answer.json()["id"])
        self.post(f"/imports/{import_id}/layout", layout=self.get(f"/imports/{import_id}/layout")["layout"])
        assert self.wait_for(import_id, "ready")["added"] == LINES
        return import_id

    def wait_for(self, import_id: str, state: str) -> dict[str, Any]:
        deadline = time.monotonic() + LONGEST
        while (now := self.get(f"/imports/{import_id}"))["state"] != state:
            assert time.monotonic() < deadline and now["state"] != "failed", now
            time.sleep(0.02)
        return dict(now)

    def a_grid(self) -> tuple[str, str]:
        """The names of a community and of a grid of it."""
        grid = self.get("/areas?kind=grid&page_size=1")["rows"][0]
        lineage = self.get(f"/areas/{grid['id']}")["lineage"]
        community = [step["name"] for step in lineage if step["kind"] in ("community", "village")][-1]
        return community, grid["name"]


def _roster(office: Office, folder: Path, n: int) -> Path:
    """Three people behind each door, of whom nobody has a number."""
    community, grid = office.a_grid()
    path = folder / f"{n}.csv"
    path.write_text("\n".join(",".join(line) for line in _lines(community, grid, n)) + "\n", encoding="utf-8")
    return path


def _lines(community: str, grid: str, n: int) -> Iterator[list[str]]:
    titles = [column.title for column in roster.COLUMNS]
    yield titles
    for person in range(PEOPLE):
        cells = {
            "社区": community,
            "网格": grid,
            "幢/楼栋": f"{900 + n}幢",
            "单元": "1单元",
            "室/门牌": str(101 + person // 3),
            "户主/与户主关系": "其他" if person % 3 else "户主",
            "姓名": f"{_name(n)}{_name(person)}",
        }
        yield [cells.get(title, "") for title in titles]


def _name(n: int) -> str:
    return chr(0x4E00 + n // 100) + chr(0x5000 + n % 100)


def _people(read: Read, n: int) -> int:
    [(people,)] = read(f"SELECT COUNT(*) FROM registry_resident WHERE name LIKE '{_name(n)}%'")
    return int(people)


def _published(read: Read) -> int:
    [(entries,)] = read("SELECT COUNT(*) FROM ledger_entry WHERE kind = 'registry.roster_published.v1'")
    return int(entries)


def _rows(data: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data / "lianfang.sqlite3")) as database:
        return database.execute(sql).fetchall()
