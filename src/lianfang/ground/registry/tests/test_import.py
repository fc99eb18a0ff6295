"""A roster on its way in: what is taken, what is said about each row, and that a kill loses nothing."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger.models import Entry
from lianfang.ground.registry import actions, projections, queries, staging
from lianfang.ground.registry.models import Dwelling, Edit, Gone, Household, Import, ImportChunk, Resident, Roster
from lianfang.ground.registry.terms import ImportState, ImportView
from lianfang.ground.registry.tests import files
from lianfang.ground.registry.tests.files import a_number, row
from lianfang.ground.registry.tests.homes import changed, hand_in, phone
from lianfang.ground.territory.tests.town import NOW, id_of

pytestmark = [pytest.mark.usefixtures("in_town"), pytest.mark.django_db]


def view(id: UUID) -> ImportView:
    return queries.import_view(id, viewer=None)


def said(id: UUID) -> list[tuple[int, str, str]]:
    return [(f.row, f.column, f.code) for f in view(id).findings]


def problem(id: UUID) -> tuple[str | None, dict[str, Any]]:
    return view(id).problem, view(id).problem_details


class TestWhatIsTaken:
    def test_a_roster_becomes_the_register_by_one_entry(self, tmp_path: Path) -> None:
        number = a_number("19900307")
        rows = [
            row("张三", 证件号码=number, 手机号="154 0000 0001", 性别="男"),
            row("李四", **{"户主/与户主关系": "配偶", "出生日期": "1991/2/3"}),
            row("王五", ("2幢", "", "301"), 网格="G2"),
        ]
        before = Entry.objects.count()
        id = files.publish(files.workbook(tmp_path / "a.xlsx", rows))
        assert Entry.objects.count() == before + 1
        assert (Dwelling.objects.count(), Household.objects.count(), Resident.objects.count()) == (2, 2, 3)
        zhang = Resident.objects.get(name="张三")
        assert (zhang.id_masked, zhang.phone_masked, zhang.relation) == (f"****{number[-4:]}", "154****0001", "head")
        assert (str(zhang.born_on), zhang.sex, zhang.document_kind) == ("1990-03-07", "male", "identity_card")
        assert view(id).state is ImportState.PUBLISHED
        assert {h.door: h.people for h in Household.objects.all()} == {"1幢1单元101": 2, "2幢301": 1}

    def test_a_door_lies_in_the_entrance_or_building_the_tree_knows_else_in_the_grid(self, tmp_path: Path) -> None:
        doors = [("一号楼", "1", "101"), ("1幢", "9单元", "101"), ("7幢", "1单元", "101")]
        files.publish(files.workbook(tmp_path / "a.xlsx", [row(f"张{n}", door) for n, door in enumerate(doors)]))
        areas = list(Household.objects.order_by("walk").values_list("area_id", flat=True))
        assert areas == [id_of("U1"), id_of("B1"), id_of("G1")]

    def test_a_second_head_behind_one_door_opens_a_second_household(self, tmp_path: Path) -> None:
        rows = [
            row("张三"),
            row("张小", **{"户主/与户主关系": "子女"}),
            row("李四"),
            row("李小", **{"户主/与户主关系": "子女"}),
        ]
        files.publish(files.workbook(tmp_path / "a.xlsx", rows))
        homes = Household.objects.order_by("id").values_list("id", flat=True)
        together = [set(Resident.objects.filter(household_id=id).values_list("name", flat=True)) for id in homes]
        assert (Dwelling.objects.count(), together) == (1, [{"张三", "张小"}, {"李四", "李小"}])

    def test_a_door_behind_which_nobody_lives_is_a_household_to_call_at(self, tmp_path: Path) -> None:
        id = files.publish(
            files.workbook(tmp_path / "a.xlsx", [row("", **{"户主/与户主关系": None}), row("张三", ("1", "1", "102"))])
        )
        assert sorted(Household.objects.values_list("people", flat=True)) == [0, 1]
        assert said(id) == [(2, "姓名", "registry.nobody_here")]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_a_csv_does_as_well(self, tmp_path: Path, encoding: str) -> None:
        files.publish(files.csv_file(tmp_path / "a.csv", [row("单雄信", 证件号码=a_number())], encoding=encoding))
        assert Resident.objects.get().pinyin == "shanxiongxin"

    def test_the_template_filled_in_beside_its_example_is_taken(self, tmp_path: Path) -> None:
        from lianfang.foundation.plumbing.tables import read_sheet, write_template
        from lianfang.ground.registry import roster

        write_template(tmp_path / "t.xlsx", title="底册", columns=roster.COLUMNS, notes=roster.NOTES)
        header, example = (list(r.cells) for r in read_sheet(tmp_path / "t.xlsx"))
        id = files.publish(files.workbook(tmp_path / "a.xlsx", [example, row("张三")], header=header))
        assert (Resident.objects.count(), view(id).rows, said(id)) == (1, 1, [])
        read = roster.Reader(_header(header), on=NOW.date()).read(_sheet_row(example))
        assert read.findings == []

    def test_names_with_a_dot_or_a_right_to_left_mark_and_a_lower_case_x(self, tmp_path: Path) -> None:
        number = next(n for n in (a_number() for _ in range(200)) if n.endswith("X"))
        files.publish(files.workbook(tmp_path / "a.xlsx", [row("阿卜杜拉\u200f•买买提", 证件号码=number.lower())]))
        found = Resident.objects.get()
        assert (found.name, found.name_key, found.id_masked) == (
            "阿卜杜拉·买买提",
            "阿卜杜拉买买提",
            f"****{number[-4:]}",
        )


def _header(titles: list[str]) -> Any:
    from lianfang.foundation.plumbing.tables import SheetRow, find_header
    from lianfang.ground.registry import roster

    return find_header(iter([SheetRow(1, tuple(titles))]), roster.TITLES, required=roster.REQUIRED)


def _sheet_row(cells: list[Any]) -> Any:
    from lianfang.foundation.plumbing.tables import SheetRow

    return SheetRow(2, tuple(cells))


class TestWhatIsSaid:
    @pytest.mark.parametrize(
        ("cells", "column", "code"),
        [
            ({"证件号码": "999999199003071010"}, "证件号码", "registry.id_number_check_digit"),
            ({"证件号码": "9999991990030710"}, "证件号码", "registry.id_number_length"),
            ({"证件号码": 999999199003071011}, "证件号码", "registry.digits_lost"),
            ({"证件号码": "9.99999199003071E+17"}, "证件号码", "registry.digits_lost"),
            ({"社区": "明镜"}, "社区", "registry.community_unknown_like"),
            ({"社区": "丝绢路社区"}, "社区", "registry.community_unknown"),
            ({"社区": None}, "社区", "registry.cell_missing"),
            ({"网格": "第3网格"}, "网格", "registry.grid_unknown_like"),
            ({"网格": "甲"}, "网格", "registry.grid_unknown"),
            ({"姓名": None}, "姓名", "registry.name_missing"),
            ({"幢/楼栋": None, "单元": None, "室/门牌": None}, "室/门牌", "registry.door_missing"),
            ({"姓名": "张" * 90}, "姓名", "registry.name_too_long"),
        ],
    )
    def test_an_error_names_row_and_column_and_keeps_only_its_row_out(
        self, tmp_path: Path, cells: dict[str, Any], column: str, code: str
    ) -> None:
        id = files.publish(files.workbook(tmp_path / "a.xlsx", [row("李四", ("9", "1", "1")), row("张三", **cells)]))
        assert (3, column, code) in said(id)
        assert (view(id).good, view(id).bad) == (1, 1)
        assert Resident.objects.get().name == "李四"

    @pytest.mark.parametrize(
        ("cells", "column", "code"),
        [
            ({"手机号": "1540000"}, "手机号", "registry.phone_odd"),
            ({"性别": "未知"}, "性别", "registry.word_unknown"),
            ({"出生日期": "1990-02-30"}, "出生日期", "registry.day_unreadable"),
            ({"姓名": "张三1"}, "姓名", "registry.name_odd"),
            ({"证件类型": "护照", "证件号码": "ABC"}, "证件号码", "registry.document_number_odd"),
            ({"证件号码": "990000199003071016"}, "证件号码", "registry.id_number_place"),
            ({"证件号码": "999999900307101"}, "证件号码", "registry.id_number_15"),
            ({"证件号码": "999999199003071015", "性别": "女"}, "性别", "registry.sex_differs"),
            ({"证件号码": "999999199003071015", "出生日期": "1990-03-08"}, "出生日期", "registry.birthday_differs"),
        ],
    )
    def test_a_warning_lets_the_row_in(self, tmp_path: Path, cells: dict[str, Any], column: str, code: str) -> None:
        id = files.publish(files.workbook(tmp_path / "a.xlsx", [row("张三", **cells)]))
        assert said(id) == [(2, column, code)]
        assert (view(id).good, view(id).warned, Resident.objects.count()) == (1, 1, 1)

    def test_having_no_document_is_normal(self, tmp_path: Path) -> None:
        rows = [
            row("张三", 证件类型="无证件"),
            row("李四", ("1", "1", "102")),
            row("王五", ("1", "1", "103"), 证件类型="护照", 证件号码="e1234567"),
        ]
        id = files.publish(files.workbook(tmp_path / "a.xlsx", rows))
        assert said(id) == []
        assert sorted(Resident.objects.values_list("document_kind", flat=True), key=str) == [None, "none", "passport"]

    def test_one_number_twice_names_the_first_row(self, tmp_path: Path) -> None:
        number = a_number()
        rows = [row("张三", 证件号码=number), row("李四", ("2", "1", "1"), 证件号码=number.lower())]
        id = files.publish(files.workbook(tmp_path / "a.xlsx", rows))
        assert said(id) == [(3, "证件号码", "registry.id_twice")]
        assert view(id).findings[0].details == {"first": 2}

    def test_one_person_twice_in_one_household(self, tmp_path: Path) -> None:
        rows = [
            row("张三"),
            row("张 三", **{"户主/与户主关系": "子女"}),
            row("张三", **{"户主/与户主关系": "子女", "证件号码": a_number()}),
        ]
        id = files.publish(files.workbook(tmp_path / "a.xlsx", rows))
        assert said(id) == [(3, "姓名", "registry.person_twice"), (4, "姓名", "registry.same_name_here")]

    def test_merged_cells_and_formulas(self, tmp_path: Path) -> None:
        import xlsxwriter

        book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
        sheet = book.add_worksheet()
        sheet.write_row("A1", files.HEADER)
        sheet.write_row("A2", row("张三"))
        sheet.write_row("A3", row("李四", **{"幢/楼栋": None}))
        sheet.write_row("A4", row("王五", ("8", "1", "1")))
        sheet.merge_range("C2:C3", "1幢")
        sheet.write_formula("L4", '="154"&"00000001"', None, "15400000001")
        sheet.write_formula("J4", "=1/0", None, "#DIV/0!")
        book.close()
        id = files.read(tmp_path / "a.xlsx")
        assert said(id) == [
            (3, "幢/楼栋", "registry.cell_merged"),
            (4, "证件号码", "registry.cell_error"),
            (4, "手机号", "registry.cell_formula_taken"),
        ]

    def test_a_header_glued_in_again_is_passed_over(self, tmp_path: Path) -> None:
        id = files.publish(
            files.workbook(tmp_path / "a.xlsx", [row("张三"), files.HEADER, row("李四", ("2", "1", "1"))])
        )
        assert (said(id), Resident.objects.count(), view(id).rows) == ([(3, "", "registry.header_again")], 2, 2)

    def test_somebody_may_load_into_their_own_areas_only(self, tmp_path: Path) -> None:
        rows = [row("张三"), row("李四", ("2", "1", "1"), 社区="中塘社区", 网格="第3网格")]
        id = files.publish(files.workbook(tmp_path / "a.xlsx", rows), "C1")
        assert [code for _, _, code in said(id)] == ["registry.community_unknown"] or said(id)[0][0] == 3
        assert Resident.objects.get().name == "张三"

    def test_a_suggestion_is_made_and_never_taken(self, tmp_path: Path) -> None:
        id = files.read(files.workbook(tmp_path / "a.xlsx", [row("张三", 社区="明境社区")]))
        assert view(id).findings[0].details == {"like": "明镜社区"}
        assert (view(id).good, view(id).bad) == (0, 1)

    def test_findings_name_nobody(self, tmp_path: Path) -> None:
        number = a_number()
        rows = [
            row("赵钱孙", 证件号码=number[:17] + "Y", 手机号="12"),
            row("李周吴", 证件号码=number),
            row("郑王", 证件号码=number),
        ]
        id = files.read(files.workbook(tmp_path / "a.xlsx", rows))
        texts = " ".join(ImportChunk.objects.filter(import_id=id).values_list("findings", flat=True))
        assert not any(secret in texts for secret in ("赵钱孙", "李周吴", number[:17]))


class TestTheWholeFile:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "tables.empty"),
            (b"PK\x03\x04 not really", "tables.cut_short"),
            (b"\x89PNG\r\n\x1a\n\0", "tables.not_text"),
            ("社区,网格\n明镜社区,第1网格\n".encode(), "tables.columns_missing"),
            (b"a,b\n1,2\n", "tables.no_header"),
            ((",".join(files.HEADER) + "\n").encode(), "registry.no_rows"),
        ],
    )
    def test_a_file_that_cannot_be_used_says_why_and_leaves_nothing(
        self, tmp_path: Path, content: bytes, code: str
    ) -> None:
        (tmp_path / "a.xlsx").write_bytes(content)
        id = files.read(tmp_path / "a.xlsx")
        assert (view(id).state, problem(id)[0]) == (ImportState.FAILED, code)
        assert not ImportChunk.objects.exists()
        with pytest.raises(Problem, match=r"registry\.import_not_now"):
            actions.publish_import(import_id=id, by=THE_HOUSE, at=NOW)

    def test_a_csv_that_breaks_in_its_middle_is_refused_whole(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(staging, "ROWS_IN_A_CHUNK", 2)
        path = files.csv_file(tmp_path / "a.csv", [row(f"张{n}", ("1", "1", str(n))) for n in range(101, 106)])
        path.write_text(path.read_text() + '"明镜社区,第1网格\n')
        id = files.read(path)
        assert problem(id) == ("tables.csv_broken", {"row": 7})
        assert not ImportChunk.objects.exists()

    def test_the_demo_takes_nobody_who_could_exist(self, tmp_path: Path, settings: Any) -> None:
        settings.LIANFANG_DEMO = True
        good = files.read(files.workbook(tmp_path / "a.xlsx", [row("张三", 证件号码=a_number())]))
        assert view(good).state is ImportState.READY
        seventeen = "11010119900307101"
        from lianfang.ground.registry import rules

        rows = [row("张三"), row("李四", ("2", "1", "1"), 证件号码=seventeen + rules.check_sign(seventeen))]
        real = files.read(files.workbook(tmp_path / "b.xlsx", rows))
        assert problem(real) == ("registry.demo_no_real_people", {"row": 3})
        assert not ImportChunk.objects.filter(import_id=real).exists()


class TestALargeRoster:
    """Some indexes of the register are built behind its rows."""

    def publish(self, tmp_path: Path, *names: str) -> UUID:
        rows = [row(name, ("3幢", "1单元", str(100 + no)), 证件号码=a_number()) for no, name in enumerate(names)]
        id: UUID = files.publish(files.workbook(tmp_path / f"{names[0]}.xlsx", rows))
        return id

    def indexes(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            return dict(connection.introspection.get_constraints(cursor, Resident._meta.db_table))

    def test_leaves_the_register_as_many_small_ones_would(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(projections, "_MANY", 2)
        before = self.indexes()
        assert set(projections._SCATTERED) < set(before)
        said: list[str] = []
        with connection.execute_wrapper(lambda run, sql, *rest: (said.append(sql), run(sql, *rest))[1]):
            first = self.publish(tmp_path, "张三", "李四", "王五")
            aside = [sql for sql in said if sql.startswith("DROP INDEX")]
            self.publish(tmp_path, "赵六", "钱七")  # fewer than there are
        assert len(aside) == (len(projections._SCATTERED) if connection.vendor == "sqlite" else 0)
        assert [sql for sql in said if sql.startswith("DROP INDEX")] == aside
        assert self.indexes() == before
        found = Resident.objects.filter(pinyin__gte="l").order_by("pinyin").values_list("name", flat=True)
        assert list(found) == ["李四", "钱七", "王五", "张三", "赵六"]
        assert ledger.rebuild_differs() == [] and self.indexes() == before
        actions.undo_import(import_id=first, by=THE_HOUSE, at=NOW)
        assert sorted(Resident.objects.values_list("name", flat=True)) == ["赵六", "钱七"]


class TestAKilledImport:
    @pytest.fixture
    def path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(staging, "ROWS_IN_A_CHUNK", 3)
        twice = a_number()
        rows = [
            row(
                "张" + chr(0x4E00 + n), ("1", "1", str(n // 2)), **{"户主/与户主关系": "户主" if n % 2 == 0 else "配偶"}
            )
            for n in range(200, 210)
        ]
        rows[1][HEADER_ID] = twice
        rows[8][HEADER_ID] = twice
        return files.workbook(tmp_path / "a.xlsx", rows)

    def killed_after(self, chunks: int, path: Path) -> UUID:
        id: UUID = files.begin(path)
        seen: list[int] = []

        def say(rows: int) -> None:
            seen.append(rows)
            if len(seen) == chunks:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            actions.read_import(import_id=id, path=path, say=say)
        return id

    @pytest.mark.parametrize("chunks", [1, 2, 3])
    def test_goes_on_behind_its_last_chunk(self, path: Path, chunks: int) -> None:
        straight = view(files.read(path))
        id = self.killed_after(chunks, path)
        assert actions.unfinished_import(path=path) == id
        said_rows: list[int] = []
        actions.read_import(import_id=id, path=path, say=said_rows.append)
        assert said_rows[0] == min(3 * (chunks + 1), 10)
        resumed = view(id)
        assert [(f.row, f.code) for f in resumed.findings] == [(f.row, f.code) for f in straight.findings]
        assert resumed.findings[-1].details == {"first": 3}
        for count in ("rows", "good", "bad", "households", "residents"):
            assert getattr(resumed, count) == getattr(straight, count)
        actions.publish_import(import_id=id, by=THE_HOUSE, at=NOW)
        assert (Household.objects.count(), Resident.objects.count()) == (5, 9)
        assert sorted(Household.objects.values_list("people", flat=True)) == [1, 2, 2, 2, 2]

    def test_what_is_put_aside_is_sealed(self, path: Path) -> None:
        files.read(path)
        for chunk in ImportChunk.objects.all():
            assert "张".encode() not in bytes(chunk.rows) + bytes(chunk.shown)

    def test_publishing_happens_once_and_takes_the_rows_out_of_staging(self, path: Path) -> None:
        id = files.publish(path)
        assert not ImportChunk.objects.exclude(rows=None).exists()
        with pytest.raises(Problem, match=r"registry\.import_not_now"):
            actions.publish_import(import_id=id, by=THE_HOUSE, at=NOW)

    def test_a_dropped_import_leaves_nothing(self, path: Path) -> None:
        id = files.read(path)
        actions.drop_import(import_id=id, by=THE_HOUSE, at=NOW)
        assert not ImportChunk.objects.exists() and not Household.objects.exists()


HEADER_ID = files.HEADER.index("证件号码")


class TestAnotherRoster:
    def first(self, tmp_path: Path) -> str:
        number = a_number()
        rows = [row("张三", 证件号码=number, 手机号="15400000001"), row("李四", **{"户主/与户主关系": "配偶"})]
        files.publish(files.workbook(tmp_path / "first.xlsx", rows))
        return number

    def test_the_same_again_changes_nothing(self, tmp_path: Path) -> None:
        number = self.first(tmp_path)
        rows = [row("张三", 证件号码=number, 手机号="15400000001"), row("李四", **{"户主/与户主关系": "配偶"})]
        id = files.read(files.workbook(tmp_path / "b.xlsx", rows))
        assert (view(id).unchanged, view(id).residents, view(id).edits, view(id).households) == (2, 0, 0, 0)
        with pytest.raises(Problem, match=r"registry\.import_brings_nothing"):
            actions.publish_import(import_id=id, by=THE_HOUSE, at=NOW)

    def test_what_is_otherwise_becomes_an_edit_and_an_empty_cell_says_nothing(self, tmp_path: Path) -> None:
        number = self.first(tmp_path)
        rows = [row("张三", 证件号码=number, 手机号="15400000009"), row("王五", **{"户主/与户主关系": "子女"})]
        id = files.publish(files.workbook(tmp_path / "b.xlsx", rows))
        zhang = Resident.objects.get(name="张三")
        assert (zhang.phone_masked, zhang.versions, view(id).edits) == ("154****0009", '{"phone":1}', 1)
        assert Household.objects.get().people == 3

    def test_whoever_is_listed_behind_another_door_is_left_to_a_person(self, tmp_path: Path) -> None:
        number = self.first(tmp_path)
        id = files.read(files.workbook(tmp_path / "b.xlsx", [row("张三", ("7", "1", "1"), 证件号码=number)]))
        assert said(id) == [(2, "证件号码", "registry.id_elsewhere")]

    def test_an_edit_made_while_the_roster_waited_is_not_written_over(self, tmp_path: Path) -> None:
        number = self.first(tmp_path)
        zhang = Resident.objects.get(name="张三")
        id = files.read(files.workbook(tmp_path / "b.xlsx", [row("张三", 证件号码=number, 手机号="15400000009")]))
        hand_in(phone("15400000007", resident=zhang.id, household=zhang.household_id))
        actions.publish_import(import_id=id, by=THE_HOUSE, at=NOW)
        from lianfang.ground.registry.models import Disagreement

        assert Disagreement.objects.get().field == "phone"

    def test_the_register_can_be_built_again(self, tmp_path: Path) -> None:
        self.test_what_is_otherwise_becomes_an_edit_and_an_empty_cell_says_nothing(tmp_path)
        assert ledger.rebuild_differs() == []


class TestUndo:
    def undo(self, id: UUID) -> Roster:
        actions.undo_import(import_id=id, by=THE_HOUSE, at=NOW, reason="错发")
        return Roster.objects.get(id=id)

    def test_a_published_roster_is_taken_back_whole_and_phones_hear_of_it(self, tmp_path: Path) -> None:
        id = files.publish(files.workbook(tmp_path / "a.xlsx", [row("张三"), row("李四", ("2", "1", "1"))]))
        roster = self.undo(id)
        assert (Dwelling.objects.count(), Household.objects.count(), Resident.objects.count()) == (0, 0, 0)
        assert (roster.kept_households, roster.kept_residents, Gone.objects.count()) == (0, 0, 2)
        assert ledger.rebuild_differs() == []
        with pytest.raises(Problem, match=r"registry\.import_not_now"):
            self.undo(id)

    def test_what_was_edited_since_is_kept_and_counted(self, tmp_path: Path) -> None:
        rows = [row("张三"), row("李四", **{"户主/与户主关系": "配偶"}), row("王五", ("2", "1", "1"))]
        id = files.publish(files.workbook(tmp_path / "a.xlsx", rows))
        li = Resident.objects.get(name="李四")
        hand_in(phone("15400000007", resident=li.id, household=li.household_id))
        roster = self.undo(id)
        assert list(Resident.objects.values_list("name", flat=True)) == ["李四"]
        assert (roster.kept_households, roster.kept_residents, Gone.objects.count()) == (1, 1, 1)
        assert Household.objects.get().people == 1
        assert (view(id).kept_residents, view(id).state) == (1, ImportState.UNDONE)
        assert ledger.rebuild_differs() == []

    def test_a_household_in_which_somebody_was_added_since_is_kept(self, tmp_path: Path) -> None:
        id = files.publish(files.workbook(tmp_path / "a.xlsx", [row("张三")]))
        home = Household.objects.get()
        hand_in(changed(household=home.id, change="added", resident=new_id(), person={"name": "赵六"}))
        self.undo(id)
        assert [r.name for r in Resident.objects.all()] == ["赵六"]
        assert Household.objects.get().people == 1

    def test_a_second_roster_taken_back_gives_back_what_stood_before_unless_edited_since(self, tmp_path: Path) -> None:
        one, two = a_number(), a_number()
        old = [
            row("张三", 证件号码=one, 手机号="15400000001"),
            row("李四", 证件号码=two, 手机号="15400000002", **{"户主/与户主关系": "配偶"}),
        ]
        files.publish(files.workbook(tmp_path / "a.xlsx", old))
        new = [
            row("张三", 证件号码=one, 手机号="15400000008"),
            row("李四", 证件号码=two, 手机号="15400000009", **{"户主/与户主关系": "配偶"}),
        ]
        id = files.publish(files.workbook(tmp_path / "b.xlsx", [*new, row("王五", **{"户主/与户主关系": "子女"})]))
        li = Resident.objects.get(name="李四")
        hand_in(phone("15400000007", base=1, resident=li.id, household=li.household_id))
        self.undo(id)
        phones = dict(Resident.objects.values_list("name", "phone_masked"))
        assert phones == {"张三": "154****0001", "李四": "154****0007"}
        assert Edit.objects.filter(field="phone").count() == 6
        assert (Household.objects.get().people, Import.objects.get(id=id).state) == (2, "undone")
        assert ledger.rebuild_differs() == []

    def test_a_phone_that_recorded_at_a_household_taken_back_loses_nothing(self, tmp_path: Path) -> None:
        id = files.publish(files.workbook(tmp_path / "a.xlsx", [row("张三")]))
        zhang = Resident.objects.get()
        self.undo(id)
        reply = hand_in(phone("15400000007", resident=zhang.id, household=zhang.household_id))
        assert [(r.fate, r.code) for r in reply.receipts] == [("held", "ledger.unknown_reference")]
