"""The machine is gone: a copy and two sheets of paper bring an empty one up, and everybody who was there is there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from lianfang.demo import district, workbooks
from tests import postgres
from tests.serving import BEFORE_IT_HANGS_UP, Server

pytestmark = [pytest.mark.server, pytest.mark.slow]

ADMINISTRATORS = ("admin", "security", "audit")


Machines = tuple[Server, Server, list[Path]]


@pytest.fixture
def machines(chosen_database: str, tmp_path: Path) -> Iterator[Machines]:
    """The machine that will be lost, and an empty one: each with a folder and a database of its own; and where
    PostgreSQL keeps its files.
    """
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    if chosen_database == "sqlite":
        yield Server(here, database=""), Server(there, database=""), []
        return
    server = postgres.start()
    try:
        yield Server(here, database=server.url), Server(there, database=server.empty("there")), [server.folder]
    finally:
        server.stop()


class Desk:
    """Somebody at a browser, without the browser."""

    def __init__(self, server: Server, account: str, password: str) -> None:
        self._http = httpx.Client(base_url=f"{server.url}/api/v1", timeout=30, limits=BEFORE_IT_HANGS_UP)
        self._http.headers["X-CSRFToken"] = self._http.get("/session").json()["csrf"]
        self._http.headers["X-CSRFToken"] = self.post("/session", account=account, password=password)["csrf"]

    def post(self, path: str, **body: Any) -> Any:
        answer = self._http.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def get(self, path: str) -> Any:
        answer = self._http.get(path)
        assert answer.is_success, answer.text
        return answer.json()


def a_district(server: Server, tmp_path: Path) -> dict[str, str]:
    """Begun as a real one, with its roster; answers what was shown once: passwords, and the shares line by line."""
    written = workbooks.write_roster(district.plan(grids=2, people=200), tmp_path / "roster.csv")
    workbooks.write_areas(written.areas, tmp_path / "areas.csv")
    said = server.run("init", "--areas", str(tmp_path / "areas.csv"), "--names", "张三,李四,王五")
    server.run("import", str(tmp_path / "roster.csv"), "--publish")
    shares = "\n".join(re.findall(r"\d/3\s+([a-z ]+)", said))
    return {"shares": shares, **dict(re.findall(rf"^  ({'|'.join(ADMINISTRATORS)})\s+(\S+)", said, re.MULTILINE))}


def first_sign_in(server: Server, account: str, password: str) -> tuple[Desk, str]:
    """With the password that was shown once; answers the one chosen instead."""
    desk, chosen = Desk(server, account, password), f"{account}-{password}"
    desk.post("/me/password", old_password=password, new_password=chosen)
    return Desk(server, account, chosen), chosen


def an_officer(server: Server, passwords: dict[str, str]) -> str:
    """An account that may see residents, made by the three administrators; answers its password."""
    admin, _ = first_sign_in(server, "admin", passwords["admin"])
    area = admin.get("/me")["grants"][0]["area"]["id"]
    made = admin.post("/accounts", name="officer", display_name="测试干部", area=area)
    security, _ = first_sign_in(server, "security", passwords["security"])
    security.post(f"/accounts/{made['id']}/roles", role="subdistrict_officer", area=area)
    return first_sign_in(server, "officer", made["password"])[1]


def somebody(server: Server, password: str) -> str:
    """The first name that the officer reads from the register."""
    desk = Desk(server, "officer", password)
    first = desk.get("/residents?page_size=1")["rows"][0]
    shown = desk.post(f"/residents/{first['id']}/reveal", field="name", reason="看看恢复得对不对")
    return str(shown["value"])


def test_a_copy_and_two_shares_bring_up_an_empty_machine(machines: Machines, tmp_path: Path) -> None:
    here, there, database_files = machines
    passwords = a_district(here, tmp_path)
    shares = passwords["shares"].splitlines()
    with here:
        password = an_officer(here, passwords)
        name = somebody(here, password)
        here.run("backup")  # while it runs
    (copy,) = (tmp_path / "here" / "backups").iterdir()
    assert not is_in(master_key(here), here.data, copy, *database_files)

    with pytest.raises(AssertionError, match=r"sealing\.no_master_key"):
        there.run("restore", str(copy))
    there.run("restore", str(copy), "--shares", stdin=f"{shares[2]}\n{shares[0]}\n")
    with pytest.raises(AssertionError, match=r"backup\.data(base)?_in_the_way"):
        there.run("restore", str(copy))
    assert "链条相符" in there.run("ledger", "verify")
    assert "完全一致" in there.run("ledger", "rebuild")
    with there:
        assert len(name) >= 2 and somebody(there, password) == name


def master_key(server: Server) -> bytes:
    (path,) = server.keys.glob("*.master.key")
    return bytes.fromhex(path.read_text().strip())


def is_in(secret: bytes, *folders: Path) -> bool:
    """As bytes or spelt out, in any file below, also in what is packed."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    contents = [path.read_bytes() for path in files]
    for path in files:
        if path.suffix == ".zip":
            with ZipFile(path) as archive:
                contents += [archive.read(name) for name in archive.namelist()]
    assert contents
    return any(form in content for content in contents for form in (secret, secret.hex().encode()))
