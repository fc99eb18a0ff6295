"""From an empty folder to a district of one's own, and back from its copy with two sheets of paper."""

import re
from pathlib import Path

import pytest

from lianfang.demo import district, workbooks
from tests.journeys.test_bring_back import Desk, first_sign_in
from tests.serving import Server

pytestmark = [pytest.mark.server, pytest.mark.slow]

NAMES = "张三,李四,王五"


@pytest.fixture
def areas(tmp_path: Path) -> Path:
    """An area table as somebody fills it in."""
    written = workbooks.write_roster(district.plan(grids=2, people=200), tmp_path / "roster.csv")
    workbooks.write_areas(written.areas, tmp_path / "areas.csv")
    return tmp_path / "areas.csv"


def shares_in(said: str) -> list[str]:
    return [share for _, share in sorted(re.findall(r"(\d)/3\s+([a-z ]+)", said))]


def test_a_district_begins_with_its_areas_three_administrators_and_three_shares(tmp_path: Path, areas: Path) -> None:
    server = Server(tmp_path)
    said = server.run("init", "--areas", str(areas), "--names", NAMES)
    assert len(shares_in(said)) == 3
    passwords = dict(re.findall(r"^  (admin|security|audit)\s+(\S+)", said, re.MULTILINE))
    assert len(set(passwords.values())) == 3
    assert not any(password in server.said for password in passwords.values())
    with pytest.raises(AssertionError, match=r"project\.district_is_there"):
        server.run("init", "--areas", str(areas), "--names", NAMES)
    with server:
        pass
    assert "链条相符" in server.run("ledger", "verify")


def first_words(sheet: str) -> str:
    return " ".join(sheet.split()[:4])


def leaders(server: Server, said: str, *names: str) -> dict[str, str]:
    """Accounts of the office's leaders, made by its administrators; with the passwords they chose."""
    shown = dict(re.findall(r"^  (admin|security)\s+(\S+)", said, re.MULTILINE))
    admin, security = (first_sign_in(server, name, shown[name])[0] for name in ("admin", "security"))
    area = admin.get("/me")["grants"][0]["area"]["id"]
    chosen = {}
    for name in names:
        made = admin.post("/accounts", name=name, display_name=name, area=area)
        security.post(f"/accounts/{made['id']}/roles", role="subdistrict_officer", area=area)
        chosen[name] = first_sign_in(server, name, made["password"])[1]
    return chosen


def reminded(desk: Desk) -> bool:
    return "desk.shares_unconfirmed" in {alarm["code"] for alarm in desk.get("/overview")["alarms"]}


def test_the_desk_reminds_until_two_people_have_confirmed_their_sheets(tmp_path: Path, areas: Path) -> None:
    server = Server(tmp_path)
    said = server.run("init", "--areas", str(areas), "--names", NAMES)
    one, two, _ = shares_in(said)
    with server:
        passwords = leaders(server, said, "li", "wang")
        li, wang = (Desk(server, name, password) for name, password in passwords.items())
        assert reminded(li)
        li.post("/recovery-shares", words=first_words(one))
        assert reminded(wang)
        with pytest.raises(AssertionError, match=r"access\.share_confirmed_by_another"):
            wang.post("/recovery-shares", words=first_words(one))
        typed = f"{passwords['wang']}\n{first_words(two)}\n"
        assert "2/2" in server.run("shares", "confirm", "--by", "wang", stdin=typed)
        assert not reminded(li)
        assert len(shares_in(server.run("shares", "renew"))) == 3
        assert reminded(li)


def test_a_mistake_in_the_workbook_is_named_by_row_and_leaves_no_district(tmp_path: Path, areas: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(areas.read_text(encoding="utf-8-sig").replace("网格", "格子"), encoding="utf-8-sig")
    server = Server(tmp_path)
    with pytest.raises(AssertionError, match=r"row \d+"):
        server.run("init", "--areas", str(wrong), "--names", NAMES)
    server.run("init", "--areas", str(areas), "--names", NAMES)


def test_the_template_is_written_for_whoever_has_no_workbook_yet_and_never_over_one(tmp_path: Path) -> None:
    server, template = Server(tmp_path), tmp_path / "template.xlsx"
    server.run("init", "--template", str(template))
    assert template.read_bytes().startswith(b"PK")
    template.write_bytes(b"filled in")
    with pytest.raises(AssertionError, match="left alone"):
        server.run("init", "--template", str(template))
    assert template.read_bytes() == b"filled in"


def test_a_template_that_nobody_filled_in_begins_no_district(tmp_path: Path, areas: Path) -> None:
    server = Server(tmp_path)
    server.run("init", "--template", str(tmp_path / "template.xlsx"))
    with pytest.raises(AssertionError, match=r"project\.no_areas"):
        server.run("init", "--areas", str(tmp_path / "template.xlsx"), "--names", NAMES)
    server.run("init", "--areas", str(areas), "--names", NAMES)


@pytest.mark.sqlite_only("copies of a PostgreSQL are made by its own tools")
def test_two_shares_and_a_copy_bring_a_district_back_when_the_machine_is_gone(tmp_path: Path, areas: Path) -> None:
    server = Server(tmp_path)
    _, two, three = shares_in(server.run("init", "--areas", str(areas), "--names", NAMES))
    server.run("backup")
    (copy,) = (tmp_path / "backups").iterdir()
    there = Server(tmp_path / "elsewhere")
    with pytest.raises(AssertionError, match=r"sealing\.no_master_key"):
        there.run("restore", str(copy))
    there.run("restore", str(copy), "--shares", stdin=f"{three}\n{two}\n")
    assert "链条相符" in there.run("ledger", "verify")
    with there:
        pass


def test_a_forgotten_password_is_made_anew_on_the_server(tmp_path: Path, areas: Path) -> None:
    server = Server(tmp_path)
    server.run("init", "--areas", str(areas), "--names", NAMES)
    assert "✓ admin" in server.run("reset_password", "admin")
    with pytest.raises(AssertionError, match=r"project\.no_such_account"):
        server.run("reset_password", "nobody")
