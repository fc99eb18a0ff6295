"""From an empty folder to a district of one's own, and back from its copy with two sheets of paper."""

import re
from pathlib import Path

import pytest

from lianfang.demo import district, workbooks
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
