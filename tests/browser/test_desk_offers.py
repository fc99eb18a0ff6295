"""A second office's list at the desk: counted apart beforehand, decided by column, taken back, one by one."""

import time
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from lianfang.demo.people import with_check_digit
from tests.browser.looking import axe_findings, sideways
from tests.browser.office import Desk, District, roster
from tests.chromium import DESK, SMALL, WIDE, Picture

COMMITTEE, POLICE = "测试居委会", "测试派出所"


def checked(district: District, file: Path, sender: str, account: str = "desk") -> str:
    """A list uploaded by somebody without a browser, as far as its preview."""
    client = district.client(account)
    with file.open("rb") as content:
        answer = client.post("/imports", params={"sender": sender}, files={"file": (file.name, content)})
    assert answer.status_code == 201, answer.text
    id = str(answer.json()["id"])
    return wait_for(client, id, "ready")


def published(district: District, id: str) -> str:
    client = district.client("desk")
    assert client.post(f"/imports/{id}/publish", json={}).status_code == 201
    return wait_for(client, id, "published")


def wait_for(client: Any, id: str, state: str) -> str:
    for _ in range(200):
        if client.get(f"/imports/{id}").json()["state"] == state:
            return id
        time.sleep(0.1)
    raise AssertionError(client.get(f"/imports/{id}").text)


def a_place(district: District) -> tuple[str, str]:
    grid = district.client("grid-01").get("/me").json()["grants"][0]["area"]
    community = district.client("desk").get(f"/areas/{grid['id']}").json()["lineage"][-2]["name"]
    return community, grid["name"]


def a_list(district: District, path: Path, phones: list[str], *, more: tuple[str, ...] = ()) -> Path:
    """Three neighbours with these telephones, and perhaps somebody new."""
    community, grid = a_place(district)
    numbers = [with_check_digit(f"99999919700101{n:03}") for n in (801, 803, 805, 807)]
    rows = [
        [community, grid, "测试77幢", "1单元", str(101 + n), "户主", f"{name}差异", "男", "居民身份证", numbers[n], "",
         phone, "户籍人口", ""]
        for n, (name, phone) in enumerate(zip(["令狐", "东方", "西门", *more], phones, strict=True))
    ]  # fmt: skip
    return roster(path, rows)


def test_differences_are_counted_apart_seen_side_by_side_decided_and_taken_back(
    office: Desk, district: District, tmp_path: Path, picture: Picture
) -> None:
    first = a_list(district, tmp_path / "居委会.csv", ["15400000801", "15400000803", "15400000805"])
    published(district, checked(district, first, COMMITTEE))
    theirs = ["15400000811", "15400000813", "15400000805", "15400000807"]
    id = checked(district, a_list(district, tmp_path / "派出所.csv", theirs, more=("南宫",)), POLICE)

    page = office.sign_in("desk").open(f"/residents/imports?show=import:{id}")
    drawer = office.drawer()
    preview = drawer.get_by_role("heading", name="发布后底册会怎样").locator("..")
    for words, n in (("新增人", 1), ("完全一样的人", 1), ("按这张表更新的人", 0), ("只提出不同说法的人", 2)):
        expect(preview.locator("div").filter(has=page.get_by_text(words, exact=True)).locator("dd")).to_have_text(
            str(n)
        )
    expect(preview.get_by_text("底册不动")).to_be_visible()
    picture(page, "desk-import-preview-offers")
    drawer.get_by_role("button", name="发布到底册").click()
    page.get_by_role("dialog", name="发布到底册").get_by_role("button", name="发布").click()
    drawer.get_by_role("link", name="去看这些差异").click(timeout=30_000)

    rows = page.get_by_role("table", name="不一样的地方").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(COMMITTEE)
    expect(rows.first).to_contain_text(POLICE)
    for language in ("zh-Hans", "en"):
        page.evaluate("language => localStorage.setItem('lianfang.language', language)", language)
        page.reload()
        office.settle()
        for size in (SMALL, DESK, WIDE):
            page.set_viewport_size(size)
            page.wait_for_timeout(150)
            picture(page, f"desk-offers-{language}-{size['width']}")
            assert sideways(page) <= 0
        assert axe_findings(page) == []
    page.evaluate("localStorage.removeItem('lianfang.language')")
    page.set_viewport_size(DESK)
    page.reload()

    page.get_by_role("link", name="电话").or_(page.get_by_role("link", name="手机")).first.click()
    page.get_by_role("button", name="2 处都用那张表的").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 处")
    expect(dialog).to_contain_text("可以整个撤回")
    dialog.get_by_role("button", name="都用那张表的", exact=True).click()
    expect(page.get_by_text("没有等着定的了")).to_be_visible()
    assert phone_of(district, "令狐差异") == "154****0811"

    page.get_by_role("button", name="撤回这次决定").click()
    page.get_by_role("dialog", name="撤回这次决定").get_by_role("button", name="撤回", exact=True).click()
    expect(rows).to_have_count(2)
    assert phone_of(district, "令狐差异") == "154****0801"
    rows.first.get_by_role("button", name="不改").click()
    expect(rows).to_have_count(1)
    assert office.complaints == []


def phone_of(district: District, name: str) -> str:
    (row,) = district.client("desk").get("/residents", params={"q": name}).json()["rows"]
    return str(row["phone_masked"])
