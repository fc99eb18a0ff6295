"""What of the register is to be looked at: a household is judged by a rule, a whole district by the same in SQL."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from lianfang.foundation.kernel.ids import HouseholdId, ResidentId, new_id
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as acting
from lianfang.ground.access.models import Disclosure
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.registry import upkeep, upkeep_actions
from lianfang.ground.registry.identity import says
from lianfang.ground.registry.models import Dwelling, Household, Resident
from lianfang.ground.registry.quality import (
    Figures,
    Flaw,
    HomeFacts,
    PersonFacts,
    judge,
    months_before,
)
from lianfang.ground.registry.tests.homes import (
    HOME,
    LI,
    ZHANG,
    a_number,
    changed,
    hand_in,
    household,
    phone,
    publish,
    publish_many,
    resident,
)
from lianfang.ground.registry.visits import NO_VISITS, Visits, install_visits
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of

FIGURES = Figures(stale_months=12, oldest_years=120, issuer="街道", from_on=date(2021, 1, 1))
ON = date(2021, 12, 10)
WHO = UUID(int=7)
NUMBER = a_number("99999919900307101")  # of a man born on 7 March 1990


def person(**facts: Any) -> PersonFacts:
    return PersonFacts(WHO, **{"born_on": date(1990, 3, 7), "sex": "male", "phone": True} | facts)


def home(*people: PersonFacts, **facts: Any) -> HomeFacts:
    return HomeFacts(people, **{"confirmed_on": ON} | facts)


def flaws(judged: HomeFacts, figures: Figures = FIGURES, on: date = ON) -> list[Flaw]:
    return [found.flaw for found in judge(judged, figures, on=on)]


class TestOneHousehold:
    def test_there_is_nothing_to_say_about_an_ordinary_home(self) -> None:
        card = person(id_says=says(NUMBER), document_kind="identity_card")
        assert flaws(home(card)) == []

    @pytest.mark.parametrize(
        ("facts", "flaw"),
        [
            ({"named": False}, Flaw.NAME_MISSING),
            ({"born_on": None}, Flaw.BIRTHDAY_MISSING),
            ({"phone": False}, Flaw.PHONE_MISSING),
            ({"born_on": date(2021, 12, 11)}, Flaw.BORN_IN_FUTURE),
            ({"born_on": date(1881, 12, 10)}, Flaw.TOO_OLD),
            ({"elsewhere": True}, Flaw.ID_TWICE),
            ({"id_says": "?check_digit", "document_kind": "identity_card"}, Flaw.ID_WRONG),
            ({"id_says": "1991-03-07M", "document_kind": "identity_card"}, Flaw.BIRTHDAY_DIFFERS),
            ({"id_says": "1990-03-07F", "document_kind": "residence_permit"}, Flaw.SEX_DIFFERS),
        ],
    )
    def test_one_thing_about_somebody(self, facts: dict[str, Any], flaw: Flaw) -> None:
        assert flaws(home(person(**facts))) == [flaw]

    def test_a_day_decides_what_is_impossible(self) -> None:
        born = home(person(born_on=date(2021, 12, 10)))
        assert flaws(born) == [] and flaws(born, on=date(2021, 12, 9)) == [Flaw.BORN_IN_FUTURE]
        old = home(person(born_on=date(1901, 12, 11)))
        assert flaws(old) == [] and flaws(old, on=date(2021, 12, 11)) == [Flaw.TOO_OLD]

    def test_a_passport_says_nothing_of_its_bearer(self) -> None:
        assert flaws(home(person(id_says=says("E12345678"), document_kind="passport"))) == []

    def test_one_telephone_in_a_home_is_enough(self) -> None:
        assert flaws(home(person(phone=False), person(phone=True))) == []

    def test_who_was_met_is_confirmed_without_a_word_in_the_register(self) -> None:
        late = date(2020, 12, 9)
        assert flaws(home(person(), confirmed_on=late)) == [Flaw.NOT_CONFIRMED]
        assert flaws(home(person(), confirmed_on=late, met_on=date(2021, 5, 1))) == []
        assert flaws(home(person(), confirmed_on=late, met_on=late)) == [Flaw.NOT_CONFIRMED]
        assert flaws(home(person(), confirmed_on=date(2020, 12, 10))) == []

    def test_the_months_are_what_was_agreed(self) -> None:
        half = msgspec.structs.replace(FIGURES, stale_months=6)
        judged = home(person(), confirmed_on=date(2021, 6, 9))
        assert (flaws(judged), flaws(judged, half)) == ([], [Flaw.NOT_CONFIRMED])

    def test_a_home_of_which_nobody_is_known_is_missing_unless_a_visit_found_it_empty(self) -> None:
        assert flaws(home()) == [Flaw.NOBODY_KNOWN]
        assert flaws(home(said_empty=True)) == []
        assert flaws(home(person(), said_empty=True)) == [Flaw.SAID_EMPTY]

    def test_a_struck_home_is_asked_nothing_but_who_is_still_listed_in_it(self) -> None:
        assert flaws(home(struck=True)) == []
        assert flaws(home(person(), struck=True, confirmed_on=date(2000, 1, 1))) == [Flaw.STRUCK_WITH_PEOPLE]

    def test_orphans(self) -> None:
        assert flaws(home(person(), has_dwelling=False, grid_stands=False)) == [Flaw.NO_DWELLING, Flaw.GRID_ENDED]

    @pytest.mark.parametrize(
        ("on", "months", "day"),
        [
            (date(2021, 3, 31), 1, date(2021, 2, 28)),
            (date(2020, 2, 29), 12, date(2019, 2, 28)),
            (date(2021, 1, 15), 12, date(2020, 1, 15)),
            (date(2021, 12, 10), 1440, date(1901, 12, 10)),
        ],
    )
    def test_months_before(self, on: date, months: int, day: date) -> None:
        assert months_before(on, months) == day


class TestNumbers:
    @pytest.mark.parametrize(
        ("number", "said"),
        [
            (NUMBER, "1990-03-07M"),
            (a_number("99999920150229102"), "?date"),
            (NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2"), "?check_digit"),
            ("12345", "?length"),
            ("", None),
            (None, None),
            ("999999900307101", "1990-03-07M"),
        ],
    )
    def test_what_a_number_says(self, number: str | None, said: str | None) -> None:
        assert says(number) == said


@pytest.fixture
def visits() -> Iterator[dict[str, list[UUID]]]:
    """Doors as visits found them, without a campaign."""
    from lianfang.project import wiring

    heard: dict[str, list[UUID]] = {"met": [], "empty": []}

    def since(day: date) -> Visits:
        return Visits(*(_among(heard[what]) for what in ("met", "empty")))

    install_visits(since)
    yield heard
    wiring.wire()


def _among(ids: list[UUID]) -> tuple[str, list[Any]]:
    return (f"h.id IN ({', '.join(['%s'] * len(ids))})", list(ids)) if ids else NO_VISITS.met


def officer(area: str = "S", *roles: Role) -> Viewer:
    return viewer(hire(f"officer {area} {new_id()}", *(roles or (Role.COMMUNITY_OFFICER,)), area=area))


def listed(who: Viewer | None = None, **more: Any) -> Counter[tuple[str, UUID]]:
    """Everything there is to look at: (flaw, whose)."""
    boss, rows = who or officer(), list[upkeep.FlawRow]()
    while len(found := upkeep.flaw_rows(viewer=boss, page=len(rows) // 200 + 1, page_size=200, **more).rows) == 200:
        rows += found
    rows += found
    return Counter((row.flaw.value, UUID(row.id.partition(":")[2])) for row in rows)


@pytest.mark.usefixtures("in_town")
@pytest.mark.django_db
class TestADistrict:
    @pytest.mark.parametrize("seed", range(6))
    def test_is_judged_in_sql_just_as_each_household_by_the_rule(
        self, seed: int, visits: dict[str, list[UUID]]
    ) -> None:
        dice = random.Random(seed)
        facts = dict(_a_register(dice, visits))
        said = Counter[tuple[str, UUID]]()
        for id, judged in facts.items():
            said.update((found.flaw.value, found.person or id) for found in judge(judged, FIGURES, on=TODAY))
        assert listed() == said
        assert sum(said.values()) > 40 and len({flaw for flaw, _ in said}) >= 12, "this seed tries too little"

    def test_counts_are_those_of_the_rows_in_each_area_and_each_kind(self, visits: dict[str, list[UUID]]) -> None:
        _ = dict(_a_register(random.Random(1), visits))
        boss = officer()
        summary = upkeep.flaw_summary(viewer=boss)
        assert summary.total == dict(Counter(Flaw(flaw) for flaw, _ in listed(boss).elements()))
        assert sum(sum(row.flaws.values()) for row in summary.rows) == sum(summary.total.values())
        for row in summary.rows:
            for flaw, n in row.flaws.items():
                assert upkeep.flaw_rows(viewer=boss, area=row.area.id, flaws=[flaw]).total == n

    def test_pages_follow_each_other_without_a_gap(self, visits: dict[str, list[UUID]]) -> None:
        _ = dict(_a_register(random.Random(2), visits))
        boss = officer()
        whole = [row.id for row in upkeep.flaw_rows(viewer=boss, area=id_of("G1"), page_size=200).rows]
        pages = [upkeep.flaw_rows(viewer=boss, area=id_of("G1"), page=n, page_size=7).rows for n in range(1, 30)]
        assert [row.id for page in pages for row in page] == whole and 40 < len(whole) < 200

    def test_what_is_put_right_goes_by_itself(self) -> None:
        publish({"id": ZHANG, "name": "张三", "born_on": "1990-03-07"})
        assert listed() == Counter({("phone_missing", HOME): 1})
        hand_in(phone("15400000001"))
        assert listed() == Counter()

    def test_an_id_typed_wrong_on_a_phone_is_pointed_out_and_a_merge_takes_the_word_along(self) -> None:
        card = {"born_on": "1990-03-07", "sex": "male", "document_kind": "identity_card", "phone": "15400000001"}
        publish({"id": ZHANG, "name": "张三", **card})
        hand_in(_edit("id_number", "999999199003071010" if NUMBER != "999999199003071010" else "1"))
        assert resident().id_says == "?check_digit" and listed() == Counter({("id_wrong", ZHANG): 1})
        hand_in(_edit("id_number", NUMBER, base=1))
        assert resident().id_says == "1990-03-07M" and listed() == Counter()
        hand_in(_edit("sex", "female"))
        assert listed() == Counter({("sex_differs", ZHANG): 1})

    def test_a_rebuild_says_the_same(self) -> None:
        publish({"id": ZHANG, "name": "张三", "id_number": NUMBER, "phone": "15400000001"}, {"id": LI, "name": "李四"})
        hand_in(phone("15400000002"), _edit("id_number", "12345"))
        boss = officer("S", Role.SUBDISTRICT_OFFICER)
        upkeep_actions.expect_homes(area=id_of("C1"), homes=3, source="派出所", counted_on=TODAY, viewer=boss, at=NOW)
        assert acting.rebuild_differs() == []
        assert (household().phones, household().confirmed_on, resident().id_says) == (1, TODAY, "?length")

    def test_nobody_sees_what_is_not_theirs_and_every_page_is_noted(self) -> None:
        publish_many([
            ("1幢1单元101", "G1", HOME, [{"id": ZHANG, "name": "张三"}]),
            ("2幢1单元101", "G3", HouseholdId(UUID(int=0x12)), [{"id": LI, "name": "李四"}]),
        ])  # fmt: skip
        mine = officer("C1")
        assert {id for _, id in listed(mine)} == {HOME, ZHANG}
        noted = Disclosure.objects.filter(what="registry.flaws")
        assert noted.count() == 1
        assert "张三" not in str(upkeep.flaw_rows(viewer=mine).rows)
        with pytest.raises(Problem, match=r"access\.not_found"):
            upkeep.flaw_rows(viewer=mine, area=id_of("C2"))
        with pytest.raises(Problem, match=r"access\.not_permitted"):
            upkeep.flaw_summary(viewer=officer("S", Role.SYSTEM_ADMIN))

    def test_a_number_in_two_homes_is_pointed_out_to_who_may_look_into_both(self) -> None:
        other = HouseholdId(UUID(int=0x12))
        publish_many([
            ("1幢1单元101", "G1", HOME, [{"id": ZHANG, "name": "张三", "id_number": NUMBER}]),
            ("2幢1单元101", "G3", other, [{"id": LI, "name": "李四", "id_number": NUMBER}]),
        ])  # fmt: skip
        twice = {(flaw, id) for flaw, id in listed(officer("S")) if flaw == "id_twice"}
        assert twice == {("id_twice", ZHANG), ("id_twice", LI)}
        assert not [flaw for flaw, _ in listed(officer("C1")) if flaw == "id_twice"]


@pytest.mark.usefixtures("in_town")
@pytest.mark.django_db
class TestWhatAnOfficeAgrees:
    def test_months_hold_from_their_day_on_for_an_area_and_all_below(self) -> None:
        publish({"id": ZHANG, "name": "张三", "born_on": "1990-03-07", "phone": "15400000001"})
        boss = officer("S", Role.SUBDISTRICT_OFFICER)
        Household.objects.update(confirmed_on=date(2021, 8, 1))
        assert listed(boss) == Counter()
        agreed = {"stale_months": 3, "oldest_years": 120, "issuer": "街道办", "viewer": boss, "at": NOW}
        upkeep_actions.agree_upkeep(area=id_of("S"), from_on=TODAY, **agreed)
        assert listed(boss) == Counter({("not_confirmed", HOME): 1})
        assert upkeep.flaw_summary(viewer=boss).figures.issuer == "街道办"
        upkeep_actions.agree_upkeep(area=id_of("C1"), from_on=TODAY, **agreed | {"stale_months": 6})
        assert listed(boss, area=id_of("C1")) == Counter()
        with pytest.raises(Problem, match=r"registry\.agreed_for_the_past"):
            upkeep_actions.agree_upkeep(area=id_of("S"), from_on=TODAY - timedelta(days=1), **agreed)

    def test_expected_less_known_is_a_remainder_with_doors_and_one_without(self) -> None:
        second, third = HouseholdId(UUID(int=0x12)), HouseholdId(UUID(int=0x13))
        publish_many([
            ("1幢1单元101", "G1", HOME, [{"id": ZHANG, "name": "张三"}]),
            ("1幢1单元102", "G1", second, []),
            ("2幢1单元101", "G3", third, [{"id": LI, "name": "李四"}]),
        ])  # fmt: skip
        boss = officer("S", Role.SUBDISTRICT_OFFICER)
        counted = {"source": "派出所", "counted_on": TODAY - timedelta(days=9), "viewer": boss, "at": NOW}
        upkeep_actions.expect_homes(area=id_of("C1"), homes=9, **counted)
        upkeep_actions.expect_homes(area=id_of("C1"), homes=5, **counted | {"counted_on": TODAY})
        found = {row.area.name: row for row in upkeep.completeness(viewer=boss, area=id_of("S")).rows}
        east, other = found["东片"], found["中塘社区"]
        assert (east.due, east.reached, east.named, east.unlisted) == (2, 1, 1, 0), "nobody counted the sector"
        c1 = upkeep.completeness(viewer=boss, area=id_of("C1")).total
        assert (c1.due, c1.homes, c1.reached, c1.named, c1.unlisted) == (5, 2, 1, 1, 3)
        assert c1.expected is not None and c1.expected.source == "派出所"
        assert c1.due == c1.reached + c1.named + c1.unlisted
        assert (other.due, other.reached, other.named) == (1, 1, 0)
        alone = upkeep.completeness(viewer=boss, area=id_of("P1")).rows
        assert [row.area.name for row in alone] == ["第1网格", "第2网格"], "a level of one area says nothing new"
        rows = upkeep.flaw_rows(viewer=boss, area=id_of("C1"), flaws=[Flaw.NOBODY_KNOWN])
        assert [row.household for row in rows.rows] == [second], "the remainder opens to its doors"

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"source": "  "}, "registry.source_missing"),
            ({"counted_on": TODAY + timedelta(days=1)}, "registry.counted_in_the_future"),
        ],
    )
    def test_a_count_says_whose_it_is_and_of_which_past_day(self, more: dict[str, Any], code: str) -> None:
        asked = {"area": id_of("C1"), "homes": 3, "source": "派出所", "counted_on": TODAY} | more
        with pytest.raises(Problem, match=code):
            upkeep_actions.expect_homes(**asked, viewer=officer(), at=NOW)

    def test_a_grid_worker_sets_no_figures(self) -> None:
        asked = {"area": id_of("G1"), "homes": 3, "source": "我", "counted_on": TODAY}
        with pytest.raises(Problem, match=r"access\.not_permitted"):
            upkeep_actions.expect_homes(**asked, viewer=officer("G1", Role.GRID_WORKER), at=NOW)

    def test_who_lives_here_in_which_way(self) -> None:
        kinds = ["registered", "away", "usual", "migrant", None, "usual"]
        publish(*({"name": f"人{n}", "residence_kind": kind} for n, kind in enumerate(kinds)))
        total = upkeep.residence(viewer=officer(), area=id_of("S")).total
        assert total.people == 6
        assert {kind: n for kind, n in total.kinds.items() if n} == {
            "registered": 1, "away": 1, "usual": 2, "migrant": 1, "unknown": 1,
        }  # fmt: skip


def _edit(field: str, value: str, base: int = 0) -> dict[str, Any]:
    return changed(change="field", resident=ZHANG, field=field, base_version=base, value=value)


def _a_register(dice: random.Random, visits: dict[str, list[UUID]]) -> Iterator[tuple[UUID, HomeFacts]]:
    """A town of odd homes, as tables and as facts."""
    numbers = [a_number(f"9999991990030{n}10{n}") for n in range(1, 8)]
    made: dict[UUID, dict[str, Any]] = {}
    homes = []
    for n in range(60):
        id = HouseholdId(new_id())
        people = [_somebody(dice, numbers) for _ in range(dice.choice([0, 1, 1, 2, 3]))]
        homes.append((f"{n % 7 + 1}幢1单元{100 + n}", dice.choice(["G1", "G2", "G3"]), id, people))
        made[id] = {"people": people}
    publish_many(homes)
    for id, home in made.items():
        home["struck"] = dice.random() < 0.1
        home["confirmed_on"] = TODAY - timedelta(days=dice.choice([0, 10, 364, 365, 366, 800]))
        home["met_on"] = TODAY if dice.random() < 0.2 else None
        home["said_empty"] = dice.random() < 0.15
        home["has_dwelling"] = dice.random() > 0.05
        row = Household.objects.filter(id=id)
        row.update(status="struck" if home["struck"] else "present", confirmed_on=home["confirmed_on"])
        if home["met_on"]:
            visits["met"].append(id)
        if home["said_empty"]:
            visits["empty"].append(id)
        if not home["has_dwelling"]:
            Dwelling.objects.filter(id=row.get().dwelling_id).delete()
    where = {id: {each.get("id_number") for each in home["people"]} for id, home in made.items()}
    for id, home in made.items():
        Resident.objects.filter(id__in=[each["id"] for each in home["people"] if not each["name"]]).update(name="")
        people = tuple(
            PersonFacts(
                each["id"],
                bool(each["name"]),
                each["sex"],
                each["born_on"] and date.fromisoformat(each["born_on"]),
                each["document_kind"],
                says(each["id_number"]),
                bool(each["phone"]),
                any(each["id_number"] in held for other, held in where.items() if other != id and each["id_number"]),
            )
            for each in home["people"]
        )
        yield id, HomeFacts(people, **{key: value for key, value in home.items() if key != "people"})


def _somebody(dice: random.Random, numbers: list[str]) -> dict[str, Any]:
    number = dice.choice([None, None, *numbers, f"{dice.choice(numbers)[:-1]}{dice.choice('0123456789X')}", "E1234567"])
    return {
        "id": ResidentId(new_id()),
        "name": dice.choice(["张三", "李四", ""]),
        "sex": dice.choice([None, "male", "female"]),
        "born_on": dice.choice([None, "1990-03-01", "1990-03-02", "1900-01-01", "1901-12-10", "2021-12-11"]),
        "document_kind": dice.choice([None, "identity_card", "identity_card", "passport"]),
        "id_number": number,
        "phone": dice.choice([None, "15400000001"]),
    }
