"""`lianfang import` goes the way of the desk."""

from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.management import CommandError, call_command

from lianfang.foundation.plumbing import clock
from lianfang.foundation.plumbing.tables import read_sheet
from lianfang.ground.registry import actions, imports
from lianfang.ground.registry.models import Import, RememberedLayout, Resident
from lianfang.ground.registry.tests.files import csv_file, row, workbook
from lianfang.ground.registry.tests.test_own_layout import TITLES, a_village, as_csv, officer, people
from lianfang.ground.territory.models import Area
from lianfang.ground.territory.tests.town import NOW

pytestmark = [pytest.mark.usefixtures("in_town", "at_now"), pytest.mark.django_db(databases=["default", "plumbing"])]


@pytest.fixture
def at_now() -> Any:
    with clock.stopped_at(NOW):
        yield


@pytest.fixture
def village(tmp_path: Path) -> Path:
    path = tmp_path / "花名册.csv"
    path.write_bytes(a_village())
    return path


def load(path: Path, *options: Any) -> str:
    out = StringIO()
    call_command("import", path, *map(str, options), stdout=out)
    return out.getvalue()


def refused(path: Path, *options: Any) -> str:
    with pytest.raises(CommandError) as caught:
        load(path, *options)
    return str(caught.value)


def uploads() -> set[str]:
    return {path.name for path in actions.uploads_folder().iterdir()}


class TestTheirOwnLayout:
    def test_is_not_read_before_somebody_has_confirmed_it(self, village: Path, capsys: Any) -> None:
        out, before = StringIO(), uploads()
        with pytest.raises(CommandError, match="--columns"):
            call_command("import", village, "--publish", stdout=out)
        assert "B 姓名 → 姓名 name" in out.getvalue()
        assert "E 民族 → 不读 left out" in out.getvalue()
        assert not Resident.objects.exists()
        assert Import.objects.get().state == "dropped" and uploads() == before

    def test_is_suggested_into_a_file_edited_and_read_by_it(self, village: Path, tmp_path: Path) -> None:
        columns = tmp_path / "columns.json"
        assert str(columns) in refused(village, "--columns", columns)
        said = msgspec.json.decode(columns.read_bytes())
        assert [line["title"] for line in said["columns"]] == TITLES
        for line in said["columns"]:
            line["target"] = None if line["title"] == "联系电话" else line["target"]
        columns.write_bytes(msgspec.json.encode(said))
        assert "已发布 published: 2 户 households · 3 人 residents" in load(village, "--columns", columns, "--publish")
        assert set(Resident.objects.values_list("phone_masked", flat=True)) == {""}

    def test_a_column_without_a_purpose_cannot_be_chosen_in_the_file_either(
        self, village: Path, tmp_path: Path
    ) -> None:
        columns = tmp_path / "columns.json"
        refused(village, "--columns", columns)
        columns.write_text(
            columns.read_text().replace('"title": "民族",\n   "target": null', '"target": "residence_kind"')
        )
        assert "没有公开说明过用途" in refused(village, "--columns", columns)

    def test_is_known_again_by_who_sent_it(self, village: Path, tmp_path: Path) -> None:
        columns = tmp_path / "columns.json"
        refused(village, "--columns", columns)
        load(village, "--columns", columns, "--sender", "明镜居委会")
        assert RememberedLayout.objects.get().sender == "明镜居委会"
        again = tmp_path / "again.csv"
        again.write_bytes(as_csv([TITLES, *people()]))
        assert "3 行可用 good" in load(again, "--sender", "明镜居委会")
        assert "--columns" in refused(again, "--sender", "别的居委会")

    @pytest.mark.parametrize(
        "content", [b"[]", b"{", b'{"header": 4, "header_rows": 1, "columns": [{"index": 1, "target": "faith"}]}']
    )
    def test_a_file_of_columns_that_cannot_be_read_is_said(self, village: Path, tmp_path: Path, content: bytes) -> None:
        columns = tmp_path / "columns.json"
        columns.write_bytes(content)
        assert "认列文件读不了" in refused(village, "--columns", columns)


def test_lists_of_areas_go_the_same_way(tmp_path: Path) -> None:
    path, columns = tmp_path / "a.csv", tmp_path / "columns.json"
    path.write_bytes(
        as_csv([["社区", "网格", "网格员"], ["明镜社区", "第77网格", "某某"], ["明镜社区", "第1网格", "某某"]])
    )
    refused(path, "--about", "areas", "--columns", columns)
    said = load(path, "--about", "areas", "--columns", columns, "--publish")
    assert "已发布 published: 1 个新增 added · 0 处更改 edits · 1 没有变化 unchanged" in said
    assert Area.objects.filter(name="第77网格").exists()


class TestPublishing:
    def test_many_people_wait_for_somebody_at_a_desk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(imports, "MOST_ALONE", 1)
        path = csv_file(tmp_path / "a.csv", [row("张三"), row("李四", ("1幢", "1单元", "102"))])
        for _ in range(2):  # asked for again, it is not read again
            said = refused(path, "--publish")
            for words in (
                "2 个人",
                "另一位有发布权限的同事",
                "等您来定",
                "居民 › 导入",
                "a.csv",
                "sign in at the desk",
            ):
                assert words in said
        waiting = Import.objects.get()
        assert (waiting.state, Resident.objects.count()) == ("ready", 0)
        second = officer()
        (item,) = second.get("/api/v1/waiting").json()["items"]
        told = (item["id"], item["waits_for"], item["title"], item["n"], item["by"])
        assert told == (str(waiting.id), "publish", "a.csv", 2, "")
        assert second.post(f"/api/v1/imports/{waiting.id}/publish").status_code == 201
        assert second.get("/api/v1/waiting").json()["items"] == []

    def test_waits_while_another_is_published(self, tmp_path: Path) -> None:
        path = csv_file(tmp_path / "a.csv", [row("张三")])
        load(path)
        Import.objects.update(state="publishing", held_since=NOW)
        assert "正在发布或撤回" in refused(path, "--publish")
        assert not Resident.objects.exists()

    def test_what_was_checked_before_another_was_published_is_checked_anew(self, tmp_path: Path) -> None:
        path = csv_file(tmp_path / "a.csv", [row("张三")])
        load(path)
        with clock.stopped_at(NOW.replace(hour=NOW.hour + 1)):
            load(csv_file(tmp_path / "b.csv", [row("李四")]), "--publish")
            assert "请重新上传核对" in refused(path, "--resume", "--publish")
        assert Resident.objects.count() == 1

    def test_the_same_file_twice_brings_its_people_once(self, tmp_path: Path) -> None:
        path = csv_file(tmp_path / "a.csv", [row("张三")])
        load(path, "--publish")
        assert "没有带来任何新内容" in refused(path, "--publish")
        assert Resident.objects.count() == 1


def test_reasons_are_given_in_the_language_asked_for(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [row("张三", 网格="第1阁")])
    said = load(path, "--errors", tmp_path / "back.xlsx", "--language", "en")
    assert "Row 2" in said
    header, given = read_sheet(tmp_path / "back.xlsx")
    assert header.cells[-1] == "Reasons"
    assert str(given.cells[-1]).startswith("Row 2")
    assert "1 行有错" in load(tmp_path / "back.xlsx")  # the column of reasons disturbs nobody


def test_a_file_that_is_no_table_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "photo.xlsx"
    path.write_bytes(b"PK\x03\x04 no workbook")
    before = uploads()
    assert refused(path)
    assert not Import.objects.exists() and uploads() == before
