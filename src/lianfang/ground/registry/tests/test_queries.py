"""What is found by which words, who sees it, and what phones are given."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from lianfang.foundation.kernel.ids import HouseholdId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE, Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as acting
from lianfang.foundation.ledger import queries as ledger
from lianfang.ground.access.models import Disclosure
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.registry import actions, queries
from lianfang.ground.registry.models import Disagreement, GridCount, Household, Resident, Roster
from lianfang.ground.registry.records import RosterUndone
from lianfang.ground.registry.terms import DwellingKind, Field, Lives, TargetDefinition, Targeted
from lianfang.ground.registry.tests.homes import (
    HOME,
    LI,
    ZHANG,
    a_number,
    changed,
    hand_in,
    household,
    phone,
    publish_many,
    resident,
)
from lianfang.ground.territory.tests.town import NOW, id_of

pytestmark = [pytest.mark.usefixtures("in_town"), pytest.mark.django_db]
NUMBER = a_number("99999919900307101")
SECOND, THIRD = HouseholdId(UUID(int=0x12)), HouseholdId(UUID(int=0x13))


def people() -> UUID:
    import_id = new_id()
    zhang = {"id": ZHANG, "name": "张三", "phone": "15400000001", "relation": "head", "id_number": NUMBER}
    publish_many(
        [
            ("3幢2单元402", "G1", HOME, [zhang | {"born_on": "1950-01-01"}, {"id": LI, "name": "李四"}]),
            ("3幢2单元501", "G1", SECOND, [{"name": "单雄信", "born_on": "1990-05-05"}]),
            ("前街12号", "G3", THIRD, [{"name": "张小三", "born_on": "2016-05-05", "phone": "057765810000"}]),
        ],
        import_id=import_id,
    )
    return import_id


def take_back(import_id: UUID) -> None:
    with acting.turn(by=THE_HOUSE, at=NOW) as turn:
        published = Roster.objects.get(id=import_id).record
        turn.append("registry.roster_undone.v1", RosterUndone(import_id, published))


def officer(area: str = "S", *roles: Role) -> Viewer:
    return viewer(hire(f"officer {area}", *(roles or (Role.COMMUNITY_OFFICER,)), area=area))


def found(q: str, who: Viewer | None = None, **more: Any) -> list[str]:
    rows = queries.search(q, viewer=who or officer(), **more).rows
    return sorted(resident(row.id).name for row in rows)


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("张", ["张三", "张小三"]),
        ("张三", ["张三"]),
        ("小三", ["张小三"]),
        ("zhang", ["张三", "张小三"]),
        ("Zhang San", ["张三"]),
        ("shanxx", []),
        ("shanxiong", ["单雄信"]),
        ("sxx", ["单雄信"]),
        ("zs", ["张三"]),
        ("3幢2单元402", ["张三", "李四"]),
        ("三号楼二单元402室", ["张三", "李四"]),
        ("3-2-501", ["单雄信"]),
        ("3幢", ["单雄信", "张三", "李四"]),
        ("3幢2单元", ["单雄信", "张三", "李四"]),
        ("402", ["张三", "李四"]),
        ("前街12号", ["张小三"]),
        ("前街", ["张小三"]),
        (NUMBER, ["张三"]),
        (NUMBER.lower(), ["张三"]),
        (NUMBER[:17], []),
        (NUMBER[-4:], []),
        ("154 0000 0001", ["张三"]),
        ("0577-65810000", ["张小三"]),
        ("15400000", []),
        ("王", []),
        ("%", []),
        ("'; DROP TABLE registry_resident --", []),
        ("", ["单雄信", "张三", "张小三", "李四"]),
        ("\u200f张三 ", ["张三"]),
    ],
)
def test_people_are_found_by_name_letters_door_or_a_whole_number(q: str, names: list[str]) -> None:
    people()
    assert found(q) == names


def test_lists_are_masked_and_say_where() -> None:
    people()
    (row,) = queries.search("张三", viewer=officer()).rows
    assert (row.name, row.id_masked, row.phone_masked) == ("张**", f"****{NUMBER[-4:]}", "154****0001")
    assert (row.door, row.place, row.born_year) == ("3幢2单元402", "明镜社区 › 第1网格", 1950)


def test_nobody_outside_ones_areas_is_found_and_another_area_is_not_there() -> None:
    people()
    mine = officer("C1")
    assert found("张", mine) == ["张三"]
    assert found(NUMBER, officer("C2")) == []
    for area in ("C2", "S"):
        with pytest.raises(Problem, match=r"access\.not_found"):
            queries.search("", viewer=mine, area=id_of(area))
    with pytest.raises(Problem, match=r"access\.not_found"):
        queries.household(THIRD, viewer=mine)
    with pytest.raises(Problem, match=r"access\.not_permitted"):
        queries.search("", viewer=officer("S", Role.SYSTEM_ADMIN))


def test_pages_and_sorts() -> None:
    people()
    who = officer()
    page = queries.search("", viewer=who, sort="name", page=2, page_size=3)
    assert (len(page.rows), page.total) == (1, 4)
    eldest = queries.search("", viewer=who, sort="-age", page_size=1).rows[0]
    doors = [row.door for row in queries.search("", viewer=who, sort="door").rows]
    assert eldest.born_year in (1950, None) and doors[-1] == "前街12号"
    assert queries.search("", viewer=who, page=900).rows == []


def many() -> None:
    """Sixty people in three grids, of some of whom nobody knows the birthday."""
    homes = []
    for n in range(20):
        grid = ("G1", "G2", "G3")[n % 3]
        names = ("张三", "李四", "章五")[: 1 + n % 3]
        born = {"born_on": f"19{50 + n}-01-01"} if n % 4 else {}
        homes.append(
            (f"锦绣园{1 + n // 6}幢{1 + n % 2}单元{n + 1}02", grid, new_id(), [{"name": x} | born for x in names])
        )
    publish_many(homes)  # type: ignore[arg-type]


BY = {
    "name": lambda r: (r.name_key, r.id),
    "age": lambda r: (r.born_on, r.id),  # the youngest were born last
    "door": lambda r: (r.grid_id, household(r.household_id).walk, r.household_id, r.id),
}


@pytest.mark.parametrize("area", ["S", "C1", "G3"])
@pytest.mark.parametrize("q", ["", "z", "zs", "zha", "张", "锦绣", "1幢"])
@pytest.mark.parametrize("sort", ["name", "-name", "age", "-age", "door", "-door"])
def test_the_pages_of_a_list_are_the_list(area: str, q: str, sort: str) -> None:
    """However it is paged and whatever part of the register one may see: everybody once, in order, and counted."""
    many()
    who = officer(area)
    pages = [queries.search(q, viewer=who, sort=sort, page=n, page_size=7) for n in range(1, 8)]
    ids = [row.id for page in pages for row in page.rows]
    grids = set(queries.grids_in(who, "registry.read", None))
    meant = [r for r in Resident.objects.all() if r.grid_id in grids and _means(q, r)]
    assert {page.total for page in pages} == {len(meant)} and len(ids) == len(set(ids)) == len(meant)
    found, by = [resident(id) for id in ids], BY[sort.removeprefix("-")]
    known = [r for r in found if r.born_on] if sort.endswith("age") else found
    assert [by(r) for r in known] == sorted(map(by, known), reverse=sort in ("-name", "age", "-door"))
    assert found[: len(known)] == known, "whose birthday nobody knows comes last"


def _means(q: str, r: Resident) -> bool:
    if q in ("锦绣", "1幢"):
        return household(r.household_id).door.startswith("锦绣园1幢" if q == "1幢" else q)
    return r.pinyin.startswith(q) or r.initials.startswith(q) or r.name_key.startswith(q)


@pytest.mark.parametrize("sort", ["door", "-door", "people", "-people"])
@pytest.mark.parametrize(("area", "homes"), [("S", 20), ("C1", 14)])
def test_the_pages_of_households_are_the_list(area: str, homes: int, sort: str) -> None:
    many()
    who = officer(area)
    pages = [queries.households(viewer=who, sort=sort, page=n, page_size=6) for n in range(1, 5)]
    rows = [row for page in pages for row in page.rows]
    assert {page.total for page in pages} == {homes} and len({row.id for row in rows}) == homes
    if sort.endswith("people"):
        assert [r.people for r in rows] == sorted((r.people for r in rows), reverse=sort == "-people")


@pytest.mark.parametrize(
    ("lives", "q", "sort", "names"),
    [
        ("migrant", "", "", ["外来三", "外来二"]),
        ("migrant", "", "door", ["外来二", "外来三"]),
        ("migrant", "外来二", "", ["外来二"]),
        ("migrant", "wl", "", ["外来二", "外来三"]),
        ("migrant", "前街", "", ["外来三"]),
        ("visitor", "外来", "", []),
        ("separated", "", "", ["户在", "人在"]),
        ("unknown", "", "age", ["没说"]),
    ],
)
def test_a_list_is_narrowed_to_a_kind_of_residence(lives: str, q: str, sort: str, names: list[str]) -> None:
    publish_many([
        ("3幢2单元402", "G1", HOME, [
            {"name": "户在", "residence_kind": "away"}, {"name": "人在", "residence_kind": "usual"},
            {"name": "没说"}, {"name": "外来二", "residence_kind": "migrant"},
        ]),
        ("前街12号", "G3", THIRD, [{"name": "外来三", "residence_kind": "migrant"}]),
    ])  # fmt: skip
    page = queries.search(q, viewer=officer(), lives=Lives(lives), sort=sort)
    got = [resident(row.id).name for row in page.rows]
    assert (sorted(got), page.total) == (sorted(names), len(names))
    assert not sort or got == names


def test_who_is_struck_lives_here_in_no_way() -> None:
    publish_many([("3幢2单元402", "G1", HOME, [{"id": LI, "name": "李四", "residence_kind": "migrant"}])])
    who = officer()
    hand_in(changed(change="struck", resident=LI, reason="moved_away", versions={}))
    assert queries.search("", viewer=who, lives=Lives.MIGRANT).total == 0
    assert queries.search("", viewer=who).total == 1


def test_whole_grids_stay_counted_whoever_comes_or_goes() -> None:
    import_id = people()
    found = {"household": str(new_id()), "dwelling": str(new_id()), "area": str(id_of("G2")), "door": "前街1号"}
    hand_in(
        changed(change="added", resident=new_id(), person={"name": "王五"}),
        changed() | {"kind": "registry.household_found.v1", "body": found | {"people": [{"id": str(new_id())}]}},
    )
    assert counted() == listed() == {"G1": (2, 4), "G2": (1, 1), "G3": (1, 1)}
    take_back(import_id)
    assert counted() == listed() | {"G3": (0, 0)}


def counted() -> dict[str, tuple[int, int]]:
    codes = {id_of(code): code for code in ("G1", "G2", "G3")}
    return {codes[row.grid_id]: (row.households, row.residents) for row in GridCount.objects.all()}


def listed() -> dict[str, tuple[int, int]]:
    """The same, counted by hand."""
    found = {}
    for code in ("G1", "G2", "G3"):
        homes, residents = (each.objects.filter(grid_id=id_of(code)).count() for each in (Household, Resident))
        found |= {code: (homes, residents)} if homes else {}
    return found


@pytest.mark.parametrize(
    ("q", "doors"),
    [
        ("1幢1单元302", ["锦绣园1幢1单元302"]),
        ("1-1-302", ["锦绣园1幢1单元302"]),
        ("锦绣园1-1-302", ["锦绣园1幢1单元302"]),
        ("锦绣 1号楼 1单元 302室", ["锦绣园1幢1单元302"]),
        ("锦绣1幢302", ["锦绣园1幢1单元302"]),
        ("锦绣园302", ["锦绣园1幢1单元302", "锦绣园11幢1单元302"]),
        ("1单元302", ["锦绣园1幢1单元302", "锦绣园11幢1单元302"]),
        ("11幢", ["锦绣园11幢1单元302"]),
        ("锦绣", ["锦绣园1幢1单元302", "锦绣园11幢1单元302"]),
        ("绣园", ["锦绣园1幢1单元302", "锦绣园11幢1单元302"]),
        ("a座1203", ["A幢1203"]),
        ("前街12", ["前街12号", "前街12号2楼"]),
        ("前街12号", ["前街12号", "前街12号2楼"]),
        ("12号", ["前街12号", "前街12号2楼"]),
        ("街2", []),
        ("2幢1单元302", []),
        ("%", []),
    ],
)
def test_a_door_is_found_by_what_people_type_of_it(q: str, doors: list[str]) -> None:
    there = ["锦绣园1幢1单元302", "锦绣园11幢1单元302", "A幢1203", "前街12号", "前街12号2楼"]
    publish_many([(door, "G1", HouseholdId(new_id()), [{"name": "张三"}]) for door in there])
    who = officer()
    assert sorted(row.door for row in queries.search(q, viewer=who).rows) == sorted(doors)
    assert sorted(row.door for row in queries.households(q=q, viewer=who).rows) == sorted(doors)


def test_each_page_of_people_is_noted_before_it_leaves_and_an_empty_one_is_not() -> None:
    people()
    who = officer()
    queries.search("王", viewer=who)
    assert Disclosure.objects.count() == 0
    queries.search("张", viewer=who)
    queries.household(HOME, viewer=who)
    queries.history(ZHANG, viewer=who)
    queries.households(viewer=who)
    assert list(Disclosure.objects.order_by("position").values_list("what", "count")) == [
        ("registry.residents", 2),
        ("registry.household", 2),
        ("registry.history", 1),
        ("registry.households", 3),
    ]


def test_households_are_found_by_door_and_by_who_lives_there() -> None:
    people()
    who = officer()
    assert [row.door for row in queries.households(viewer=who, q="李四").rows] == ["3幢2单元402"]
    assert [row.door for row in queries.households(viewer=who, q="3幢").rows] == ["3幢2单元402", "3幢2单元501"]
    (row,) = queries.households(viewer=who, q="3-2-402").rows
    assert (row.people, row.head, row.status) == (2, "张**", "present")
    assert queries.households(viewer=who, area=id_of("G3")).total == 1


def test_one_value_in_clear_costs_a_reason() -> None:
    people()
    who = officer()
    with pytest.raises(Problem, match=r"access\.reason_missing"):
        queries.reveal(ZHANG, field=Field.PHONE, reason=" ", viewer=who)
    assert queries.reveal(ZHANG, field=Field.PHONE, reason="电话约定上门时间", viewer=who) == "15400000001"
    assert queries.reveal(ZHANG, field=Field.ID_NUMBER, reason="核对证件", viewer=who) == NUMBER
    assert queries.reveal(LI, field=Field.PHONE, reason="电话约定上门时间", viewer=who) is None
    assert queries.reveal(ZHANG, field=Field.NAME, reason="核对姓名", viewer=who) == "张三"
    assert Disclosure.objects.filter(how="revealed").count() == 4
    with pytest.raises(Problem, match=r"access\.not_found"):
        queries.reveal(ZHANG, field=Field.PHONE, reason="电话约定上门时间", viewer=officer("C2"))


def test_history_shows_every_edit_masked() -> None:
    people()
    hand_in(phone("15400000009"), changed(change="field", resident=ZHANG, field="name", value="张三丰"))
    edits = [(e.field, e.value) for e in queries.history(ZHANG, viewer=officer())]
    assert sorted(edits) == [
        ("name", "张**"),
        ("name", "张**"),
        ("phone", "154****0001"),
        ("phone", "154****0009"),
    ]


def test_a_desk_edits_the_version_it_saw_and_is_told_when_that_is_old() -> None:
    people()
    who = officer()
    edit = {"resident": ZHANG, "field": Field.PHONE, "viewer": who, "at": NOW}
    actions.change_field(**edit, base_version=0, value="15400000005")
    assert resident().phone_masked == "154****0005"
    with pytest.raises(Problem, match=r"registry\.edited_meanwhile"):
        actions.change_field(**edit, base_version=0, value="15400000006")
    with pytest.raises(Problem, match=r"registry\.value_unreadable"):
        actions.change_field(**edit | {"field": Field.BORN_ON}, base_version=0, value="gestern")
    with pytest.raises(Problem, match=r"access\.not_found"):
        actions.change_field(**edit | {"viewer": officer("C2")}, base_version=1, value="15400000006")


def test_a_question_is_listed_where_it_can_be_decided_and_decided_once() -> None:
    people()
    hand_in(phone("15400000008", 8), by=1)
    hand_in(phone("15400000009", 9), by=2)
    who = officer()
    elsewhere = officer("C2")
    assert queries.disagreements(viewer=elsewhere).total == 0
    (asked,) = queries.disagreements(viewer=who).rows
    assert (asked.name, asked.door, asked.field, asked.kind) == ("张**", "3幢2单元402", "phone", "field")
    assert [e.value for e in asked.edits] == ["154****0008", "154****0009"]
    with pytest.raises(Problem, match=r"access\.not_found"):
        actions.settle(disagreement=asked.id, kept=asked.edits[0].id, viewer=elsewhere, at=NOW)
    with pytest.raises(Problem, match=r"registry\.disagreement_moved_on"):
        actions.settle(disagreement=asked.id, kept=new_id(), viewer=who, at=NOW)
    assert queries.disagreement_count(viewer=who) == 1
    actions.settle(disagreement=asked.id, kept=asked.edits[0].id, viewer=who, at=NOW, reason="电话核实")
    assert (resident().phone_masked, Disagreement.objects.count()) == ("154****0008", 0)


def test_a_question_without_edits_is_listed_all_the_same() -> None:
    people()
    place = {"household_id": HOME, "grid_id": id_of("G1"), "subject_id": ZHANG}
    Disagreement.objects.create(id=new_id(), kind="field", field="name", edits="[]", position=1, **place)
    (asked,) = queries.disagreements(viewer=officer()).rows
    assert (asked.name, asked.edits) == ("张**", [])


class TestPhones:
    def worker(self, area: str = "G1") -> Viewer:
        return viewer(hire(f"worker {area}", Role.GRID_WORKER, area=area))

    def test_a_slice_holds_names_in_clear_and_numbers_masked(self) -> None:
        people()
        page = queries.household_documents([id_of("G1")], 0, 500, self.worker())
        assert [home.door for home in page.households] == ["3幢2单元402", "3幢2单元501"]
        (zhang, _) = page.households[0].residents
        assert (zhang.name, zhang.phone_masked, zhang.id_masked) == ("张三", "154****0001", f"****{NUMBER[-4:]}")
        assert (page.more, page.gone, page.position) == (False, [], page.households[0].position)
        (looked,) = Disclosure.objects.all()
        assert (looked.how, looked.count, looked.area_id) == ("downloaded", 3, id_of("G1"))

    def test_afterwards_only_what_changed_comes(self) -> None:
        people()
        who = self.worker()
        first = queries.household_documents([id_of("G1")], 0, 500, who)
        assert queries.household_documents([id_of("G1")], first.position, 500, who).households == []
        hand_in(phone("15400000009"))
        (home,) = queries.household_documents([id_of("G1")], first.position, 500, who).households
        assert (home.id, home.residents[0].versions) == (HOME, {"phone": 1})

    def test_a_page_never_ends_inside_a_position(self) -> None:
        people()
        hand_in(phone("15400000009"))
        who = self.worker()
        first = queries.household_documents([id_of("G1")], 0, 1, who)
        assert (len(first.households), first.more) == (1, True)
        second = queries.household_documents([id_of("G1")], first.position, 1, who)
        assert {h.id for h in (*first.households, *second.households)} == {HOME, SECOND}
        assert second.more is False

    def test_a_household_taken_back_is_named_as_gone(self) -> None:
        import_id = people()
        who = self.worker()
        first = queries.household_documents([id_of("G1")], 0, 500, who)
        take_back(import_id)
        later = queries.household_documents([id_of("G1")], first.position, 500, who)
        assert (set(later.gone), later.households) == ({HOME, SECOND}, [])
        assert queries.household_documents([id_of("G1")], 0, 500, who).gone == []

    def test_a_grid_that_is_not_ones_own_is_not_there(self) -> None:
        people()
        with pytest.raises(Problem, match=r"access\.not_found"):
            queries.household_documents([id_of("G1"), id_of("G3")], 0, 500, self.worker())
        assert ledger.head() > 0


class TestTargets:
    def meant(self, **definition: Any) -> set[UUID]:
        asked = TargetDefinition(**{"areas": (id_of("S"),)} | definition)
        sql = queries.targets_sql(asked, on=date(2021, 12, 10))
        with connection.cursor() as cursor:
            cursor.execute(sql.sql, list(sql.params))
            return {UUID(str(row[0])) for row in cursor.fetchall()}

    def test_everybody_or_only_some_areas(self) -> None:
        people()
        assert self.meant() == {HOME, SECOND, THIRD}
        assert self.meant(areas=(id_of("C1"),)) == {HOME, SECOND}
        assert self.meant(areas=()) == set()

    @pytest.mark.parametrize(("years", "homes"), [(71, {HOME}), (72, set()), (31, {HOME, SECOND})])
    def test_households_with_somebody_of_at_least_so_many_years(self, years: int, homes: set[UUID]) -> None:
        people()
        assert self.meant(households=Targeted.WITH_AGE_FROM, years=years) == homes

    @pytest.mark.parametrize(("alone", "homes"), [(31, {HOME, SECOND}), (32, {HOME}), (None, {HOME})])
    def test_the_very_old_and_who_is_old_and_lives_alone(self, alone: int | None, homes: set[UUID]) -> None:
        people()
        assert self.meant(households=Targeted.WITH_AGE_FROM, years=71, alone_from=alone) == homes

    @pytest.mark.parametrize(("years", "homes"), [(5, {THIRD}), (4, set())])
    def test_households_with_somebody_of_at_most_so_many_years(self, years: int, homes: set[UUID]) -> None:
        people()
        assert self.meant(households=Targeted.WITH_AGE_UNTIL, years=years) == homes

    def test_one_kind_of_dwelling(self) -> None:
        people()
        assert self.meant(dwelling=DwellingKind.HOUSE) == {THIRD}

    def test_whoever_is_struck_is_not_meant(self) -> None:
        people()
        hand_in(changed(change="struck"))
        assert Household.objects.get(id=HOME).status == "struck"
        assert self.meant() == {SECOND, THIRD}

    def test_an_impossible_age_is_refused(self) -> None:
        with pytest.raises(Problem, match=r"registry\.target_years"):
            self.meant(households=Targeted.WITH_AGE_FROM)
