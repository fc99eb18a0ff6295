"""What offices upload without knowing better, each the whole way: over HTTP, as their own layout, by the job, to what
is read on the screen and in the rows that come back.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from lianfang.foundation.plumbing import clock, tables
from lianfang.ground.registry import jobs
from lianfang.ground.registry.models import Import, Resident
from lianfang.ground.registry.tests.files import a_number
from lianfang.ground.territory.tests.town import NOW
from tests.contract import strange_files as strange
from tests.contract.sentences import assert_clear
from tests.contract.test_bad_input import Desk, desk, needs_both, nothing_half_done, town

__all__ = ["desk", "town"]  # fixtures
pytestmark = needs_both

TITLES = ["姓名", "身份证号", "出生日期", "住址", "网格"]


def a_person(
    name: str, *, number: Any = None, born_on: Any = None, room: int = 101, grid: str = "第1网格"
) -> list[Any]:
    return [name, number, born_on, f"1幢1单元{room}", grid]


class Wizard:
    """The steps of the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def upload(self, file: Path) -> str:
        answer = self._desk.upload("imports?layout=own", file)
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])

    def suggested(self, id: str) -> dict[str, Any]:
        return dict(self._get(f"imports/{id}/layout"))

    def preview(self, id: str, layout: dict[str, Any]) -> dict[str, Any]:
        return dict(self._post(f"imports/{id}/preview", layout))

    def read(self, id: str, layout: dict[str, Any] | None = None) -> dict[str, Any]:
        """Confirmed, read by its job, and looked at."""
        begun = self._post(f"imports/{id}/layout", {"layout": layout or self.suggested(id)["layout"]})
        jobs.read_roster.call(job=begun["job"], import_id=id)
        return self._desk.read(id)

    def checked(self, file: Path) -> dict[str, Any]:
        return self.read(self.upload(file))

    def publish(self, id: str) -> dict[str, Any]:
        begun = self._post(f"imports/{id}/publish", {})
        (row,) = Import.objects.filter(id=id)
        jobs.publish_roster.call(job=begun["job"], import_id=id, account=str(row.held_by))
        return self._desk.read(id)

    def _get(self, path: str) -> Any:
        answer = self._desk.ask("GET", path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def _post(self, path: str, body: Any) -> Any:
        answer = self._desk.ask("POST", path, json.dumps(body).encode())
        assert answer.status_code == 201, answer.content
        return answer.json()


@pytest.fixture
def wizard(desk: Desk) -> Wizard:
    return Wizard(desk)


def said(read: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(each["row"], each["column"], each["code"]) for each in read["findings"]]


# --- files that are too much ------------------------------------------------------------------------------------------


def test_a_hundred_thousand_styled_rows_that_hold_nothing_are_no_people(wizard: Wizard, tmp_path: Path) -> None:
    rows = [TITLES, a_person("张三"), a_person("李四", room=102)]
    read = wizard.checked(strange.styled_empty_rows(tmp_path / "a.xlsx", rows, empty=100_000))
    assert (read["state"], read["rows"], read["good"], read["findings"]) == ("ready", 2, 2, [])


TOO_MUCH: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "a million columns, csv": (
        "tables.too_wide",
        lambda path: strange.holding(path, ("姓名,住址" + "," * 1_000_000 + "\n张三,1幢101\n").encode()),
    ),
    "one cell in the last column of the last row": (
        "tables.too_large_to_read",
        lambda path: strange.far_corner(path, [TITLES, a_person("张三")]),
    ),
    "a zip bomb of spaces": (
        "tables.unpacks_too_far",
        lambda path: strange.bomb(path, [TITLES, a_person("张三")], megabytes=1100),
    ),
    "a zip bomb that lies about its size": (
        "tables.not_a_workbook",
        lambda path: strange.lying_bomb(path, [TITLES, a_person("张三")], megabytes=1100),
    ),
    "words of words of words": (
        "tables.not_a_workbook",
        lambda path: strange.entity_bomb(path, [TITLES, a_person("张三")]),
    ),
}


@pytest.mark.parametrize(("code", "made"), TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_what_is_too_much_is_refused_before_anybody_is_asked_about_its_columns(
    desk: Desk, tmp_path: Path, code: str, made: Callable[[Path], Path]
) -> None:
    file = made(tmp_path / "名册.xlsx")
    chinese, english = (desk.upload("imports?layout=own", file, language) for language in ("zh", "en"))
    assert (chinese.status_code, chinese.json()["code"]) == (422, code)
    assert_clear(chinese.json()["message"], english.json()["message"])
    assert not Import.objects.exists()
    nothing_half_done()


# --- cells ------------------------------------------------------------------------------------------------------------


INJECTIONS = ['=HYPERLINK("mailto:x","张三")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "=1"]


def test_what_would_be_a_formula_goes_out_as_the_text_it_came_in(desk: Desk, wizard: Wizard, tmp_path: Path) -> None:
    rows = [a_person(text, room=101 + n, grid="没有的网格") for n, text in enumerate(INJECTIONS)]
    read = wizard.checked(strange.xlsx(tmp_path / "a.xlsx", [TITLES, *rows], change=as_text(rows)))
    back = desk.rows_given_back(read["id"], tmp_path)
    assert [row.cells[0] for row in back[1:]] == INJECTIONS
    assert formulas_in(tmp_path / "errors.xlsx") == 0


def test_nor_does_an_area_called_like_a_formula_go_out_as_one(desk: Desk, tmp_path: Path) -> None:
    head = ["编码", "上级编码", "类别", "名称"]
    rows = [[f"N{n}", "C1", "网格", text] for n, text in enumerate(INJECTIONS)]
    loaded = desk.upload("areas/workbook", strange.xlsx(tmp_path / "a.xlsx", [head, *rows], change=as_text(rows)))
    assert loaded.status_code == 201, loaded.content
    answer = desk.ask("GET", "areas/export.xlsx")
    (tmp_path / "out.xlsx").write_bytes(b"".join(answer))
    names = {row.cells[3] for row in tables.read_sheet(tmp_path / "out.xlsx")}
    assert set(INJECTIONS) <= names
    assert formulas_in(tmp_path / "out.xlsx") == 0


def as_text(rows: Sequence[Sequence[Any]]) -> Callable[[Any, Any], None]:
    """Whoever types an apostrophe first."""

    def write(sheet: Any, book: Any) -> None:
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)

    return write


def formulas_in(path: Path) -> int:
    return strange.parts(path)[strange.SHEET].count(b"<f>") + strange.parts(path)[strange.SHEET].count(b"<hyperlink")


def test_a_birthday_is_the_same_in_however_it_is_written(wizard: Wizard, tmp_path: Path) -> None:
    written = [
        "1990-01-02",
        "1990/1/2",
        "1990.1.2",
        "1990年1月2日",
        "19900102",
        32875,
        "1990-01-02 00:00:00",
        "19900102 ",
    ]

    def a_day(sheet: Any, book: Any) -> None:
        sheet.write_datetime(len(written) + 1, 2, date(1990, 1, 2), book.add_format({"num_format": "yyyy/m/d"}))

    rows = [a_person(f"张{chr(0x4E00 + n)}", born_on=day, room=101 + n) for n, day in enumerate(written)]
    rows.append(a_person("李四", room=201))
    read = wizard.checked(strange.xlsx(tmp_path / "a.xlsx", [TITLES, *rows], change=a_day))
    assert (read["good"], read["findings"]) == (len(written) + 1, [])
    assert wizard.publish(read["id"])["state"] == "published"
    assert {str(day) for day in Resident.objects.values_list("born_on", flat=True)} == {"1990-01-02"}


@pytest.mark.parametrize("day", ["02/01/1990", "90-1-2", "1990-13-01", "1990-02-30", "2190-01-01", "不详"])
def test_a_birthday_that_could_be_two_days_or_none_is_not_guessed(wizard: Wizard, tmp_path: Path, day: str) -> None:
    read = wizard.checked(strange.csv(tmp_path / "a.csv", [TITLES, a_person("张三", born_on="1990-01-02"),
                                                           a_person("李四", born_on=day, room=102)]))  # fmt: skip
    assert said(read) == [(3, "出生日期", "registry.day_unreadable")]
    wizard.publish(read["id"])
    assert Resident.objects.get(name="李四").born_on is None


@pytest.mark.parametrize("number", ["1.1E+17", "1.10101E+17", "1.10101199003071e17", 110101199003071234])
def test_a_number_that_lost_its_end_is_sent_back_and_never_completed(
    desk: Desk, wizard: Wizard, tmp_path: Path, number: Any
) -> None:
    rows = [TITLES, a_person("张三", number=number), a_person("李四", number=a_number(), room=102)]
    made = strange.xlsx if isinstance(number, int) else strange.csv
    read = wizard.checked(made(tmp_path / "a.xlsx", rows))
    assert said(read) == [(2, "身份证号", "registry.digits_lost")]
    assert "第 15 位以后已经丢失" in read["findings"][0]["message"]
    assert [row.cells[0] for row in desk.rows_given_back(read["id"], tmp_path)[1:]] == ["张三"]
    wizard.publish(read["id"])
    assert list(Resident.objects.values_list("name", flat=True)) == ["李四"]


def test_an_unknown_grid_is_named_with_the_one_it_may_mean_and_not_taken_for_it(wizard: Wizard, tmp_path: Path) -> None:
    rows = [TITLES, a_person("张三", grid="第1阁格"), a_person("李四", grid="西湖片区", room=102)]
    read = wizard.checked(strange.csv(tmp_path / "a.csv", rows))
    assert said(read) == [(2, "网格", "registry.grid_unknown_like"), (3, "网格", "registry.grid_unknown")]
    assert all(re.match(r"第 \d 行「网格」", each["message"]) for each in read["findings"])
    assert "第1网格" in read["findings"][0]["message"] and read["good"] == 0


def test_of_two_names_for_one_number_the_second_is_sent_back_with_the_row_of_the_first(
    wizard: Wizard, tmp_path: Path
) -> None:
    twice = a_number()
    rows = [TITLES, a_person("张三", number=twice), a_person("李四", number=twice, room=102)]
    read = wizard.checked(strange.csv(tmp_path / "a.csv", rows))
    assert said(read) == [(3, "身份证号", "registry.id_twice")]
    assert "第 2 行" in read["findings"][0]["message"]
    wizard.publish(read["id"])
    assert list(Resident.objects.values_list("name", flat=True)) == ["张三"]


# --- people at a desk -------------------------------------------------------------------------------------------------


def test_a_column_taken_for_another_shows_in_the_first_rows(wizard: Wizard, tmp_path: Path) -> None:
    rows = [TITLES, *(a_person(f"张{chr(0x4E00 + n)}", number=a_number(), room=101 + n) for n in range(5))]
    id = wizard.upload(strange.csv(tmp_path / "a.csv", rows))
    right = wizard.suggested(id)["layout"]
    assert all(fit["fit"] == fit["n"] for fit in wizard.preview(id, right)["fits"])
    swapped = {"name": "id_number", "id_number": "name"}
    wrong = right | {"columns": [c | {"target": swapped.get(c["target"], c["target"])} for c in right["columns"]]}
    shown = wizard.preview(id, wrong)
    fits = {fit["title"]: (fit["target"], fit["fit"], fit["n"]) for fit in shown["fits"]}
    assert fits["姓名"] == ("id_number", 0, 5) and fits["身份证号"] == ("name", 0, 5)
    assert all(row["findings"] for row in shown["rows"])


def test_the_same_import_asked_for_twice_is_published_once(desk: Desk, wizard: Wizard, tmp_path: Path) -> None:
    read = wizard.checked(strange.csv(tmp_path / "a.csv", [TITLES, a_person("张三")]))
    assert desk.ask("POST", f"imports/{read['id']}/publish", b"{}").status_code == 201
    assert desk.refused("POST", f"imports/{read['id']}/publish", b"{}") == (409, "registry.import_not_now")
    for _ in range(2):  # and a job that is done again finds its work done
        row = Import.objects.get()
        jobs.publish_roster.call(job=str(row.job), import_id=str(row.id), account=str(row.held_by))
    assert Resident.objects.count() == 1


def test_the_same_file_uploaded_twice_at_once_brings_its_people_once(
    desk: Desk, wizard: Wizard, tmp_path: Path
) -> None:
    file = strange.csv(tmp_path / "a.csv", [TITLES, a_person("张三"), a_person("李四", room=102)])
    one, two = wizard.checked(file), wizard.checked(file)
    with clock.stopped_at(NOW + timedelta(minutes=5)):
        assert wizard.publish(one["id"])["state"] == "published"
        assert desk.refused("POST", f"imports/{two['id']}/publish", b"{}") == (409, "registry.publish_outdated")
        assert wizard.read(two["id"])["unchanged"] == 2
    assert desk.refused("POST", f"imports/{two['id']}/publish", b"{}") == (409, "registry.import_brings_nothing")
    assert Resident.objects.count() == 2
