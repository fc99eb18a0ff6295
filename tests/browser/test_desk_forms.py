"""A form from workbook to preview at the desk: what is wrong is named at once, what is right is tried by keyboard."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from lianfang.ground.forms.tests.books import YES_NO, Row, c, q, workbook
from tests.browser.looking import axe_findings
from tests.browser.office import Desk
from tests.chromium import Picture

STAIRS = (
    q("start", "start"),
    q("begin_group", "stairs", "楼道", "Stairs"),
    q("select_one yn", "blocked", "楼道堵了吗?", "Are the stairs blocked?", required="yes"),
    q("integer", "floors", "几层?", "How many floors?", relevant="${blocked} = 'yes'", constraint=". <= 30"),
    q("end_group"),
    q("select_multiple what", "what", "堆了什么?", "What stands there?", relevant="${floors} > 0"),
)
WHAT = [c("what", "bikes", "电动车", "E-bikes"), c("what", "boxes", "纸箱", "Boxes")]
NAMED = ({"form_id": "stairs", "form_title::中文": "楼道检查", "form_title::English": "Stairs"},)


def on_disk(folder: Path, name: str, *survey: Row) -> Path:
    path = folder / name
    path.write_bytes(workbook(*survey, choices=[*YES_NO, *WHAT], settings=NAMED).getvalue())
    return path


def hand_in(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="检查并发布").click()


def test_a_form_is_refused_row_by_row_mended_published_and_tried(
    office: Desk, tmp_path: Path, picture: Picture
) -> None:
    page = office.sign_in("desk").open("/campaigns/forms?show=new-form")
    wrong = (
        q("image", "photo"),
        q("text", "tel", "手机号码多少?", "Phone?"),
        q("text", "x", relevant="${floors} = 'a'"),
    )
    hand_in(page, on_disk(tmp_path, "错.xlsx", *STAIRS, *wrong))
    findings = office.drawer().get_by_role("table")
    for sentence in ("照片、录音、录像和文件这里不收", "底册里已有(resident.phone)", "数字和文字或单选不能相比"):
        expect(findings).to_contain_text(sentence)
    picture(page, "desk-form-refused")

    hand_in(page, on_disk(tmp_path, "对.xlsx", *STAIRS))
    drawer = office.drawer()
    expect(drawer.get_by_text("已发布《楼道检查》第 1 版")).to_be_visible()
    expect(drawer.get_by_text("每条记录本来就带着")).to_be_visible()
    drawer.get_by_role("link", name="打开表单").click()
    expect(drawer.get_by_text("显示条件 ${blocked} = 'yes'")).to_be_visible()
    expect(drawer.get_by_text("走访还不够多")).to_be_visible()
    with page.expect_download() as paper:
        drawer.get_by_role("link", name=re.compile("打印空白表")).click()
    assert paper.value.suggested_filename == "stairs-1.pdf"

    drawer.get_by_role("button", name="试填").press("Enter")
    expect(drawer.get_by_label("几层?")).to_have_count(0)
    drawer.get_by_role("radiogroup", name="楼道堵了吗?").get_by_label("有", exact=True).press("Space")
    drawer.get_by_label("几层?").fill("31")
    expect(drawer.get_by_text("这个回答好像不对。")).to_be_visible()
    drawer.get_by_label("几层?").fill("6")
    drawer.get_by_label("电动车").press("Space")
    expect(drawer.get_by_label("电动车")).to_be_checked()
    picture(page, "desk-form-tried")
    assert axe_findings(page) == []
