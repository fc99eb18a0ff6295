"""Whatever is sent to whatever address, the answer is never "something broke", and it comes soon (P14).

Every address of the router and every raw route is asked, found there and not listed here; every reader of files and of
what phones seal is handed what no office and no phone would send.
"""

import contextlib
import io
import logging
import re
import resource
import signal
import time
import traceback
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger.arrivals import read as read_record
from lianfang.foundation.plumbing import raw, sheet_process, tables
from lianfang.foundation.plumbing.lanes import Lane
from lianfang.foundation.plumbing.sealing import server_public_key
from lianfang.foundation.plumbing.tests.test_sealing import sealed_on_a_phone
from lianfang.foundation.plumbing.together import Together
from lianfang.ground.access import queries as access
from lianfang.ground.registry import roster
from lianfang.ground.registry.tests import files
from lianfang.ground.territory import workbook
from lianfang.screens.field import api as field
from tests.contract.addresses import api_addresses
from tests.contract.conftest import town, world  # noqa: F401 - fixtures
from tests.contract.test_scope_oracle import TABLE
from tests.contract.test_strange_values import described, operations  # noqa: F401 - a fixture
from tests.contract.town_of_the_oracle import AREAS, NOW, Person, World
from tests.crash.databases import on_postgresql  # noqa: F401 - a fixture
from tests.crash.fuzzing import STRANGE, Description, like, spoiled, torn, written

pytestmark = pytest.mark.django_db(databases=["default", "plumbing"])

Size = Callable[[int, int], int]
Say = Callable[..., None]
ON_POSTGRESQL = "desk or raw"  # the readers ask no database
SECONDS_AT_MOST = 20
MEGABYTES_AT_MOST = 128  # that the process grows by, whatever it is sent


class Hung(Exception):
    """It did not answer."""


class Target(NamedTuple):
    """One thing to send to: `send` says what is wrong with the answer, if anything."""

    name: str
    send: Callable[[Random], str | None]


def assert_nothing_breaks(targets: list[Target], inputs: int, proof: Say, what: str) -> None:
    """So many inputs, each target in turn; every complaint is told at the end, with its input."""
    dice, complaints, seconds = Random(what), Counter[str](), list[float]()
    before = _peak()
    with _impatient(), _quiet():
        for n in range(inputs):
            target, began = targets[n % len(targets)], time.perf_counter()
            if wrong := _sent(target, dice):
                complaints[f"{target.name}: {wrong[:600]}"] += 1
            seconds.append(time.perf_counter() - began)
    grown, slow = _peak() - before, sorted(seconds)
    found = {"5xx": sum(complaints.values()), "p99_ms": round(1000 * slow[int(len(slow) * 0.99)])}
    proof("P14", what, size=inputs, **found, slowest_ms=round(1000 * slow[-1]), grown_mb=grown)
    assert not complaints, "\n".join(f"{times} × {complaint}" for complaint, times in complaints.most_common(30))
    assert grown < MEGABYTES_AT_MOST


def _sent(target: Target, dice: Random) -> str | None:
    state = dice.getstate()
    try:
        signal.setitimer(signal.ITIMER_REAL, SECONDS_AT_MOST)
        with undone():
            return target.send(dice)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error!s:.200} at {where.filename}:{where.lineno} (state {hash(state)})"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextlib.contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic(using="plumbing"), transaction.atomic():
        yield
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="plumbing")


@contextlib.contextmanager
def _impatient() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise Hung(f"no answer within {SECONDS_AT_MOST} s")

    before = signal.signal(signal.SIGALRM, ring)
    yield
    signal.signal(signal.SIGALRM, before)


class Overheard(logging.Handler):
    """What the server says to itself about what broke."""

    last = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            where = traceback.extract_tb(error.__traceback__)[-1]
            Overheard.last = f"{type(error).__name__}: {error!s:.300} at {where.filename}:{where.lineno}"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Nothing is printed of what is logged."""
    ears, root = Overheard(), logging.getLogger()
    kept, root.handlers = root.handlers, [ears]
    yield
    root.handlers = kept


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


# --- the desk's addresses ---------------------------------------------------------------------------------------------


class Desk:
    """Asks one address what it was never meant to be asked."""

    def __init__(self, world: World, address: str, description: Description, schemas: Description) -> None:  # noqa: F811
        self._world = world
        self._method, self._route = address.split(" ")
        content = description.get("requestBody", {}).get("content", {})
        self._schema = content.get("application/json", {}).get("schema", {})
        self._is_upload = "multipart/form-data" in content
        self._query = [p["name"] for p in description.get("parameters", ()) if p["in"] == "query"]
        self._schemas = schemas
        self._ids = [id for of_kind in world.targets.values() for id in of_kind.values()]
        self._right = next((line for line in TABLE if line.address == address and line.body), None)
        self._may = [p for p in world.people[1:] if any(now for *_, now in p.roles)]

    def send(self, dice: Random) -> str | None:
        client, self._said, Overheard.last = self._world.phone(self._person(dice)), b"", ""
        area = dice.choice(AREAS)
        path = f"/api/v1/{self._world.filled(self._route, area)}"
        if dice.random() < 0.05:
            path = quote(torn(path.encode(), dice), safe="/%")
        headers = self._headers(dice)
        if self._is_upload and dice.random() < 0.7:
            answer = client.post(f"{path}?{self._asked(dice)}", self._form(dice, area), **headers)
        else:
            body = self._said = self._body(dice, area)
            kind = dice.choice(("application/json",) * 9 + ("text/plain", "multipart/form-data; boundary=x", "x", ""))
            answer = client.generic(self._method, f"{path}?{self._asked(dice)}", body, content_type=kind, **headers)
        # (Outside /api stand the pages, which have to be built first.)
        if answer.status_code < 500 or not path.startswith("/api/"):
            return None
        return f"{answer.status_code} {Overheard.last} {path} {self._said!r:.200}"

    def _person(self, dice: Random) -> Person:
        return dice.choice(self._may) if dice.random() < 0.95 else self._world.people[0]

    def _headers(self, dice: Random) -> dict[str, Any]:
        if dice.random() < 0.9:
            return {}
        name = dice.choice(
            ("HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT", "HTTP_COOKIE", "HTTP_HOST", "HTTP_IF_MODIFIED_SINCE")
        )
        said = torn(b"zh-Hans,en;q=0.5", dice).decode("latin-1")
        return {name: said.translate(dict.fromkeys(b"\r\n\0"))}  # no HTTP server hands those on

    def _asked(self, dice: Random) -> str:
        names = [name for name in self._query if dice.random() < 0.5]
        return "&".join(f"{name}={quote(str(self._value(dice)), errors='replace')}" for name in names)

    def _value(self, dice: Random) -> Any:
        return dice.choice((dice.choice(STRANGE), dice.choice(self._ids), dice.randrange(100), "张", "-name", "open"))

    def _body(self, dice: Random, area: str) -> bytes:
        if self._right and self._right.body and dice.random() < 0.4:
            value = self._right.body(self._world, area)
        else:
            value = like(self._schema, self._schemas, self._ids, dice) if self._schema else {}
        return written(spoiled(value, dice) if dice.random() < 0.85 else value, dice)

    def _form(self, dice: Random, area: str) -> dict[str, Any]:
        right = self._right.body(self._world, area) if self._right and self._right.body else {}
        fields = {name: str(spoiled(value, dice) if dice.random() < 0.3 else value) for name, value in right.items()}
        # A csv: workbooks go through a process of their own, and are handed to their readers below.
        return fields | {"file": SimpleUploadedFile(dice.choice(("a.csv", "a.xlsx", "")) or "x", a_csv(dice))}


def test_no_desk_address_breaks(world: World, described: Description, size: Size, proof: Say) -> None:  # noqa: F811
    known, schemas = operations(described), described["components"]["schemas"]
    desks = [(a, Desk(world, a, known.get(a, {}), schemas)) for a in sorted(set(api_addresses()))]
    with sheets_read_here():
        targets = [Target(address, desk.send) for address, desk in desks]
        assert_nothing_breaks(
            targets, size(10_000, 500_000), proof, f"fuzz: {len(targets)} desk addresses; {_database()}"
        )


# --- raw routes and what phones send ----------------------------------------------------------------------------------


class AtOnce:
    """The mailbox, without a loop: what is expected has come before anybody waits for it."""

    def expect(self) -> tuple[Any, Callable[[Any], None]]:
        come: list[Any] = []
        return Come(come), come.append


class Come:
    """What has come."""

    def __init__(self, come: list[Any]) -> None:
        self._come = come

    def __await__(self) -> Iterator[Any]:
        yield from ()
        if isinstance(self._come[0], BaseException):
            raise self._come[0]
        return self._come[0]


@pytest.fixture
def routes(monkeypatch: pytest.MonkeyPatch) -> list[raw.Route]:
    """Every raw route; what would run beside the loop, or in the writer's thread, runs in it."""
    from lianfang.project import wiring

    async def at_once(work: Callable[[], Any]) -> Any:
        return work()

    def queue(sending: ledger.Sending, answer: Callable[[Any], None], lane: Lane) -> None:
        answer(ledger.hand_in_group([sending], at=NOW)[0])

    async def alone(self: Together[Any, Any], question: Any) -> Any:
        (outcome,) = self.outcomes([question])
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    monkeypatch.setattr(ledger.writer, "queue", queue)
    monkeypatch.setattr(Together, "ask", alone)
    for module in {route.handle.__module__ for route in wiring.exported("api", "ROUTES")}:
        monkeypatch.setattr(f"{module}.in_thread", at_once, raising=False)
        monkeypatch.setattr(f"{module}.Mailbox", type("Here", (), {"here": staticmethod(AtOnce)}), raising=False)
    return list(wiring.exported("api", "ROUTES"))


class Knock:
    """Sends to one raw route."""

    def __init__(self, world: World, route: raw.Route, description: Description, schemas: Description) -> None:  # noqa: F811
        self._route = route
        self._world = world
        self._records = Records(world, schemas)
        self._schema = next(iter(description.get("requestBody", {}).get("content", {}).values()), {}).get("schema", {})
        self._schemas = schemas
        self._people = [p for p in world.people[1:] if any(now for *_, now in p.roles)]
        self._ids = [id for of_kind in world.targets.values() for id in of_kind.values()]
        self._addresses = raw.Addresses([route])

    def send(self, dice: Random) -> str | None:
        token = self._world.token(dice.choice(self._people))
        headers = {b"authorization": b"Bearer " + token.encode(), b"content-type": b"application/json"}
        if dice.random() < 0.1:
            name = dice.choice((b"authorization", b"accept-language", b"lianfang-clock", b"content-length", b"host"))
            headers[name] = torn(headers.get(name, b"12"), dice)
        status, body = self._asked(dice, headers, self._body(dice))
        if status >= 500 and self._route.path != "/readyz":  # no writer stands behind this one
            return f"{status} {body[:300]!r}"
        return f"folded badly: {body[:300]!r}" if b"projection_failed" in body else None

    def _asked(self, dice: Random, headers: dict[bytes, bytes], body: bytes) -> tuple[int, bytes]:
        query = "&".join(f"{name}={quote(str(self._value(dice)), errors='replace')}" for name in self._route.query)
        scope = {"type": "http", "method": self._route.method, "path": self._path(dice), "headers": [*headers.items()]}
        asked = scope | {"query_string": torn(query.encode(), dice) if dice.random() < 0.3 else query.encode()}
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": dice.choice(("http.request",) * 30 + ("http.disconnect",)), "body": body}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        if self._addresses.find(asked) is None:
            return 404, b""  # it is the desk's
        with contextlib.suppress(StopIteration):
            raw.serve(self._route, asked, receive, send).send(None)
        return sent[0]["status"], sent[1]["body"]

    def _value(self, dice: Random) -> Any:
        return dice.choice(STRANGE) if dice.random() < 0.7 else dice.choice(("care", "register_upkeep", "audit"))

    def _path(self, dice: Random) -> str:
        """With ids of things that lie together, of things that do not, and with none at all."""
        if "{" not in self._route.path:
            return self._route.path
        route, grid = re.sub("{(.*?)}", r"<\1>", self._route.path), dice.choice(("G1", "G2", "G3", "G4"))
        together = self._world.filled(route, grid)
        apart = re.sub("{.*?}", lambda _: dice.choice(self._ids), self._route.path)
        return dice.choice((together, together, apart, torn(apart.encode(), dice).decode("latin-1")))

    def _body(self, dice: Random) -> bytes:
        if self._route.path.endswith("/records"):
            batch = {"records": [self._records.one(dice) for _ in range(dice.choice((0, 1, 1, 2, 5)))]}
            return written(batch, dice) if dice.random() < 0.5 else msgspec.json.encode(batch)
        value = like(self._schema, self._schemas, ["x"], dice) if self._schema else {}
        return written(spoiled(value, dice), dice)


class Records:
    """Records of every kind there is, nearly right."""

    def __init__(self, world: World, schemas: Description) -> None:  # noqa: F811
        self._ids = [id for of_kind in world.targets.values() for id in of_kind.values()]
        kinds = ledger.installed().kinds.values()
        bodies, self._schemas = msgspec.json.schema_components([kind.body for kind in kinds], ref_template="#/{name}")
        self._kinds = [(kind.name, body) for kind, body in zip(kinds, bodies, strict=True)]
        self._from_devices = [(n, b) for n, b in self._kinds if ledger.installed().kinds[n].from_devices]
        with undone():
            self._server_key = server_public_key(at=NOW)

    def one(self, dice: Random) -> Any:
        kind, schema = dice.choice(self._from_devices if dice.random() < 0.9 else self._kinds)
        body = like(schema, self._schemas, self._ids, dice)
        record: Any = {"id": str(new_id()), "kind": kind, "at": "2021-12-10T07:00:00Z", "n": 1, "body": body}
        luck = dice.random()
        if luck < 0.1:
            return self.sealed(dice, record)
        return spoiled(record, dice) if luck < 0.6 else record | {"body": spoiled(body, dice)}

    def sealed(self, dice: Random, record: Any) -> Any:
        """To nobody, or rightly sealed nonsense."""
        id = new_id()
        if dice.random() < 0.5:
            return {"id": str(id), "sealed": b64encode(dice.randbytes(dice.choice((0, 1, 31, 32, 33, 200)))).decode()}
        inside = written(spoiled({"id": str(id), "record": record} if dice.random() < 0.2 else record, dice), dice)
        return {"id": str(id), "sealed": b64encode(sealed_on_a_phone(self._server_key, id, inside)).decode()}


def test_no_raw_route_breaks(
    world: World,  # noqa: F811
    described: Description,  # noqa: F811
    routes: list[raw.Route],
    size: Size,
    proof: Say,
) -> None:
    schemas, paths = described["components"]["schemas"], described["paths"]
    knocks = [Knock(world, route, paths[route.path][route.method.lower()], schemas) for route in routes]
    records = [knock for knock in knocks if knock._route.path.endswith("/records")]
    targets = [Target(knock._route.path, knock.send) for knock in [*knocks, *records * len(knocks)]]
    assert_nothing_breaks(targets, size(10_000, 500_000), proof, f"fuzz: {len(knocks)} raw routes; {_database()}")


# --- readers ----------------------------------------------------------------------------------------------------------


def test_no_reader_breaks(world: World, size: Size, proof: Say, tmp_path: Path) -> None:  # noqa: F811
    records, house = Records(world, {}), ledger.installed()
    sender = access.sender_of(world.token(world.people[1]), NOW)
    assert sender is not None

    def wire(dice: Random) -> None:
        with contextlib.suppress(ValueError):  # a batch that is none is answered 400
            for each in ledger.split(written({"records": [records.one(dice)]}, dice)):
                read_record(each, sender=sender, received_at=NOW, house=house).receipt()

    def sealed(dice: Random) -> None:
        record = records.sealed(dice, records.one(dice))
        read_record(msgspec.json.encode(record), sender=sender, received_at=NOW, house=house).receipt()

    def tokens(dice: Random) -> str | None:
        token = torn(world.token(dice.choice(world.people[1:])).encode(), dice).decode("latin-1")
        known = {world.token(person) for person in world.people}
        return None if token in known or access.sender_of(token, NOW) is None else f"a forged token opens: {token!r}"

    def clocks(dice: Random) -> None:
        field._moment(str(dice.choice(STRANGE)))

    targets = [Target(f.__name__, f) for f in (wire, wire, wire, sealed, tokens, clocks)]
    assert_nothing_breaks(
        targets, size(50_000, 2_500_000), proof, f"fuzz: records, seals, tokens, clocks; {_database()}"
    )


def a_csv(dice: Random) -> bytes:
    """Rows of a roster or of areas, and what is wrong with them."""
    rows = [files.HEADER, *(files.row() for _ in range(dice.choice((0, 1, 3))))]
    if dice.random() < 0.5:
        rows = [[c.title for c in workbook.COLUMNS.values()], ["A1", "S", "网格", "第1网格", 3, "", "", "是"]]
    kept = [spoiled(row, dice) if dice.random() < 0.5 else row for row in rows]
    cells = [["" if cell is None else cell for cell in row] if isinstance(row, list) else [row] for row in kept]
    text = "\r\n".join(dice.choice((",", ",", ",", "\t", ";")).join(map(str, row)) for row in cells)
    encoding = dice.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16"))
    content = text.encode(encoding, "replace")
    return torn(content, dice) if dice.random() < 0.4 else content


def an_xlsx(dice: Random, whole: bytes) -> bytes:
    """A workbook with a part of it wrong: the archive, or what is in it."""
    import zipfile

    if dice.random() < 0.3:
        return torn(whole, dice)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as book, zipfile.ZipFile(made, "w") as other:
        spoil = dice.choice(book.namelist())
        for name in book.namelist():
            other.writestr(name, torn(book.read(name), dice) if name == spoil else book.read(name))
    return made.getvalue()


@contextlib.contextmanager
def sheets_read_here() -> Iterator[None]:
    """Sheets are read in this process, and what would kill the other one is said as when that has died."""

    def rows(path: Any, sheet: int) -> Iterator[tables.SheetRow]:
        try:
            for number, cells, odd in sheet_process._rows(str(path), sheet_process.Wish(sheet)):
                yield tables.SheetRow(number, tuple(cells), odd or {})
        except sheet_process._Refused as refused:
            raise Problem(refused.code, status=422, **refused.details) from None
        except Hung:
            raise
        except Exception:
            raise Problem("tables.too_large_to_read", status=422) from None

    kept, tables._rows = tables._rows, rows  # type: ignore[assignment]
    yield
    tables._rows = kept


def test_no_file_breaks_its_reader(world: World, size: Size, proof: Say, tmp_path: Path) -> None:  # noqa: F811
    whole = files.workbook(tmp_path / "whole.xlsx", [files.row(), files.row("李四")]).read_bytes()
    path = tmp_path / "sent"

    def rosters(dice: Random) -> None:
        path.write_bytes(a_csv(dice) if dice.random() < 0.7 else an_xlsx(dice, whole))
        with contextlib.suppress(Problem):
            rows = iter(tables.read_sheet(path))
            reader = roster.Reader(tables.find_header(rows, roster.TITLES, required=roster.REQUIRED), on=NOW.date())
            for row in rows:
                reader.read(row)

    def areas(dice: Random) -> None:
        path.write_bytes(a_csv(dice) if dice.random() < 0.7 else an_xlsx(dice, whole))
        with contextlib.suppress(Problem):
            workbook.read(path)

    targets = [Target("roster", rosters), Target("areas", areas)]
    with sheets_read_here():
        assert_nothing_breaks(targets, size(10_000, 500_000), proof, f"fuzz: rosters and area workbooks; {_database()}")
    # And a few as they really come, through the process that reads them.
    assert_nothing_breaks(targets, size(60, 1000), proof, f"fuzz: the same in a process of its own; {_database()}")


def test_on_postgresql_it_is_the_same(on_postgresql: Callable[[], int]) -> None:  # noqa: F811
    assert on_postgresql() == 0


def _database() -> str:
    from django.db import connection

    return "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
