"""An incident is forgotten by two people at the server, and a copy from before does not bring its people back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lianfang.ground.posture import packs
from tests.journeys.test_bring_back import Desk, Machines, a_district, an_officer, first_sign_in, machines

pytestmark = [pytest.mark.server, pytest.mark.slow]
__all__ = ["machines"]

CANARY = "金丝雀甲"


def a_pack_that_keeps_nothing_long(data: Path) -> None:
    """The sweep's own pack, with no day of retention: nobody waits a month for a test."""
    pack = msgspec.json.decode((Path(packs.__path__[0]) / "household_sweep.json").read_bytes())
    (data / "packs").mkdir(parents=True)
    (data / "packs" / "brief.json").write_bytes(msgspec.json.encode(pack | {"code": "brief", "retention_days": 0}))


def an_incident(desk: Desk, second: Desk) -> dict[str, Any]:
    """Opened by two, and closed by them again."""
    area = desk.get("/me")["grants"][0]["area"]["id"]
    until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    asked = {"name": "测试应急", "area": area, "basis": "public_health_emergencies", "pack": "brief", "issuer": "街道"}
    opening = f"/incidents/openings/{desk.post('/incidents', **asked, ends_at=until)['id']}"
    seen = second.get(opening)["now"]["mark"]
    incident = f"/incidents/{second.post(f'{opening}/confirm', seen=seen)['incident']}"
    closing = desk.post(f"{incident}/close", reason="测试结束")["closing"]["id"]
    seen = second.get(f"{incident}/difference?step=closing")["now"]["mark"]
    return dict(second.post(f"{incident}/close", proposal=closing, seen=seen))


def test_two_people_forget_it_and_an_older_copy_does_not_bring_it_back(machines: Machines, tmp_path: Path) -> None:
    here, there, _ = machines
    passwords = a_district(here, tmp_path)
    a_pack_that_keeps_nothing_long(here.data)
    with here:
        one = an_officer(here, passwords)
        two = another_officer(here, passwords)
        incident = an_incident(Desk(here, "officer", one), Desk(here, "second", two))
        here.run("backup")
    (copy,) = (tmp_path / "here" / "backups").iterdir()
    drawer = copy.rename(tmp_path / "drawer")  # out of reach when the key is destroyed

    forget = ("ledger", "forget", incident["id"])
    assert "等另一个人" in here.run(*forget, "--by", "officer", "--reason", "保存期已满", stdin=f"{one}\n")
    assert "等另一个人" in here.run(*forget, "--by", "officer", stdin=f"{one}\n")
    with pytest.raises(AssertionError, match=r"access\.wrong_password"):
        here.run(*forget, "--by", "second", stdin="a guess\n")
    with pytest.raises(AssertionError, match="没有确认"):
        here.run(*forget, "--by", "second", stdin=f"{two}\n算了\n")
    said = here.run(*forget, "--by", "second", stdin=f"{two}\n测试应急\n")
    assert "✓ 已遗忘" in said and "测试干部 + 第二干部" in said
    assert "链条相符" in here.run("ledger", "verify")
    assert "完全一致" in here.run("ledger", "rebuild")

    key = next(here.keys.glob("*.master.key"))
    there.keys.mkdir()
    (there.keys / "data.master.key").write_bytes(key.read_bytes())
    beside = tmp_path / "here" / "backups" / "forgotten" / f"{incident['id']}.json"
    restored = there.run("restore", str(drawer), "--forgotten", str(beside))
    assert "再次遗忘" in restored
    assert "链条相符" in there.run("ledger", "verify")
    assert "完全一致" in there.run("ledger", "rebuild")
    with there:
        desk = Desk(there, "officer", one)
        assert desk.get(f"/incidents/{incident['id']}")["state"] == "forgotten"
        assert desk.get(f"/incidents/{incident['id']}/certificate")["again_at"] is not None


def another_officer(server: Any, passwords: dict[str, str]) -> str:
    admin, security = (Desk(server, name, f"{name}-{passwords[name]}") for name in ("admin", "security"))
    area = admin.get("/me")["grants"][0]["area"]["id"]
    made = admin.post("/accounts", name="second", display_name="第二干部", area=area)
    security.post(f"/accounts/{made['id']}/roles", role="subdistrict_officer", area=area)
    return first_sign_in(server, "second", made["password"])[1]
