"""Is the labelled set what was ordered, and does the mark mark?"""

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from random import Random

import pytest

from lianfang.ground.registry import rules
from lianfang.ground.registry.terms import DocumentKind
from tests.bench.labelled_people import (
    NOBODIES,
    Kind,
    Labelled,
    Row,
    homophone,
    labelled,
    score,
    sound,
    swapped,
)
from tests.bench.labelled_town import AS_OF, Home, all_doors, homes
from tests.serving import ROOT

CARD = DocumentKind.IDENTITY_CARD


@pytest.fixture(scope="module")
def made() -> Labelled:
    return labelled(11, existing=8_000, arriving=4_000)


@pytest.fixture(scope="module")
def town() -> list[Home]:
    return list(homes(Random("a town"), all_doors(3_000)))


def pairs(made: Labelled) -> list[tuple[Row, Row]]:
    """Arriving and registered row of one person."""
    here = {row.key: row for row in made.existing}
    return [(row, here[same]) for row in made.arriving if (same := made.truth.same[row.key])]


def share(made: Labelled, kind: Kind, of: list[Row]) -> float:
    return sum(kind in made.truth.kinds[row.key] for row in of) / len(of)


# --- the shares that were asked for ----------------------------------------------------------------------------------


def test_one_name_in_twenty_is_a_homophone(made: Labelled) -> None:
    assert share(made, Kind.HOMOPHONE, made.arriving) == pytest.approx(0.05, abs=0.012)


def test_three_numbers_in_a_hundred_have_two_digits_swapped(made: Labelled) -> None:
    with_card = [row for row in made.arriving if row.document is CARD]
    assert share(made, Kind.SWAPPED, with_card) == pytest.approx(0.03, abs=0.012)


def test_three_in_ten_have_no_number_in_either_list(made: Labelled) -> None:
    for rows in (made.existing, made.arriving):
        assert sum(not row.number for row in rows) / len(rows) == pytest.approx(0.30, abs=0.03)


def test_one_in_five_of_those_who_live_with_others_gives_the_telephone_of_the_family(made: Labelled) -> None:
    size = Counter(human.household for human in {h.id: h for h in made.truth.who.values()}.values())
    with_others = [row for row in made.arriving if size[made.truth.who[row.key].household] > 1]
    assert share(made, Kind.FAMILY_PHONE, with_others) == pytest.approx(0.20, abs=0.03)


def test_one_in_ten_has_moved(made: Labelled) -> None:
    moved = [_door(row) != _door(known) for row, known in pairs(made)]
    assert sum(moved) / len(moved) == pytest.approx(0.10, abs=0.025)


def test_every_kind_occurs(made: Labelled) -> None:
    assert {kind for kinds in made.truth.kinds.values() for kind in kinds} == set(Kind)


def test_the_lists_are_as_long_as_ordered(made: Labelled) -> None:
    assert (len(made.existing), len(made.arriving)) == (8_000, 4_000)


def _door(row: Row) -> str:
    """The house's reading of a door, so that 3号楼 is 3幢."""
    door = rules.read_door(*row.door)
    assert door is not None
    return door.key


# --- the truth -------------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_and_another_seed_another() -> None:
    one, again, other = (labelled(seed, existing=300, arriving=200) for seed in (1, 1, 2))
    assert one == again
    assert one.arriving != other.arriving


def test_another_process_makes_the_same() -> None:
    """Sets are walked in another order in every process."""
    said = {_printed(hash_seed) for hash_seed in ("1", "2")}
    assert len(said) == 1


_MAKE = "made = labelled(3, existing=400, arriving=300); print(made.existing, made.arriving, made.truth.same)"


def _printed(hash_seed: str) -> str:
    command = [sys.executable, "-c", f"from tests.bench.labelled_people import labelled; {_MAKE}"]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def test_nobody_stands_twice_in_a_list(made: Labelled) -> None:
    for rows in (made.existing, made.arriving):
        people = [made.truth.who[row.key].id for row in rows]
        assert len(set(people)) == len(people) == len({row.key for row in rows})


def test_the_truth_pairs_a_row_with_the_same_person_or_with_nobody(made: Labelled) -> None:
    truth, here = made.truth, {made.truth.who[row.key].id: row.key for row in made.existing}
    for row in made.arriving:
        assert truth.same[row.key] == here.get(truth.who[row.key].id)
        assert (truth.same[row.key] is None) == bool(NOBODIES & truth.kinds[row.key])


def test_a_plain_row_says_what_the_register_says(made: Labelled) -> None:
    plain = [each for each in pairs(made) if Kind.PLAIN in made.truth.kinds[each[0].key]]
    assert plain
    for row, known in plain:
        assert (row.name, row.sex, row.born, _door(row)) == (known.name, known.sex, known.born, _door(known))
        assert _eighteen(row) == _eighteen(known)


def test_a_homophone_differs_by_one_character_of_the_same_sound(made: Labelled) -> None:
    for row, known in pairs(made):
        if Kind.HOMOPHONE in made.truth.kinds[row.key]:
            true = made.truth.who[known.key].name
            ((one, other),) = [(a, b) for a, b in zip(rules.clean_name(row.name), true, strict=True) if a != b]
            assert sound(one) == sound(other)


def test_a_look_alike_shares_name_sex_and_year_with_somebody_in_another_building(made: Labelled) -> None:
    registered = {(h.name, h.sex, h.born_on.year) for h in map(made.truth.who.get, made.truth.same.values()) if h}
    registered |= {(h.name, h.sex, h.born_on.year) for h in (made.truth.who[row.key] for row in made.existing)}
    alike = [row for row in made.arriving if Kind.LOOK_ALIKE in made.truth.kinds[row.key]]
    assert len(alike) > 50
    for human in (made.truth.who[row.key] for row in alike):
        assert (human.name, human.sex, human.born_on.year) in registered


def test_some_twins_are_registered_without_the_other(made: Labelled) -> None:
    known = {made.truth.who[row.key].id for row in made.existing}
    twins = [h for h in {h.id: h for h in made.truth.who.values()}.values() if h.is_twin]
    assert any(twin.id in known for twin in twins) and any(twin.id not in known for twin in twins)


# --- the numbers -----------------------------------------------------------------------------------------------------


def _eighteen(row: Row) -> str:
    return rules.read_identity(row.number, row.document, on=AS_OF).number if row.document is CARD else row.number


def test_every_number_is_valid_unless_two_digits_were_swapped(made: Labelled) -> None:
    for row in (*made.existing, *made.arriving):
        if row.document is not CARD or Kind.SWAPPED in made.truth.kinds.get(row.key, ()):
            continue
        read, human = rules.read_identity(row.number, CARD, on=AS_OF), made.truth.who[row.key]
        assert read.wrong is None
        assert (read.number, read.born_on, read.sex) == (human.number, human.born_on, human.sex)


def test_numbers_belong_to_nobody_real(town: list[Home]) -> None:
    people = [human for home in town for human in home.people]
    assert all(rules.belongs_to_nobody(human.number) for human in people if human.document is CARD)
    assert all(phone.startswith("154") and len(phone) == 11 for human in people if (phone := human.phone))


def test_no_number_is_given_twice(town: list[Home]) -> None:
    people = [human for home in town for human in home.people]
    for given in ([h.number for h in people], [phone for h in people for phone in (h.phone, h.old_phone)]):
        numbers = [number for number in given if number]
        assert len(set(numbers)) == len(numbers)


def test_a_swap_is_found_by_the_check_digit() -> None:
    draw = Random(1)
    for _ in range(50):
        wrong = swapped(draw, "999999198703020018"[:17] + rules.check_sign("99999919870302001"))
        assert rules.read_identity(wrong, CARD, on=AS_OF).wrong == "registry.id_number_check_digit"


# --- the town --------------------------------------------------------------------------------------------------------


def test_households_have_one_head_and_at_most_six_people(town: list[Home]) -> None:
    assert {len(home.people) for home in town} == set(range(1, 7))
    assert all([human.relation for human in home.people].count("head") == 1 for home in town)


def test_twins_share_birthday_surname_and_a_character_and_have_neighbouring_numbers(town: list[Home]) -> None:
    twins = [[human for human in home.people if human.is_twin] for home in town]
    found = [each for each in twins if each]
    assert len(found) > 10
    for one, other in ((each[0], each[1]) for each in found):
        assert one.born_on == other.born_on and one.name != other.name and one.name[0] == other.name[0]
        if one.number and other.number:
            assert abs(int(one.number[14:17]) - int(other.number[14:17])) <= 3


def test_three_generations_live_together_here_and_there(town: list[Home]) -> None:
    assert sum({"child", "grandchild"} <= {human.relation for human in home.people} for home in town) > 20


def test_one_estate_has_several_people_called_zhang_wei(town: list[Home]) -> None:
    estates = Counter(
        home.door.building.rstrip("幢0123456789") for home in town for h in home.people if h.name == "张伟"
    )
    assert max(estates.values()) >= 3


def test_nobody_is_born_in_the_future(town: list[Home]) -> None:
    assert all(date(1890, 1, 1) < human.born_on <= AS_OF for home in town for human in home.people)


def test_surnames_are_taken_for_surnames_of_the_same_sound() -> None:
    surnames = {homophone(Random(seed), "章伟")[0] for seed in range(20)}
    assert surnames <= {"章", "张"}


# --- the mark --------------------------------------------------------------------------------------------------------


def test_the_truth_itself_gets_full_marks(made: Labelled) -> None:
    said = [(row, other) for row, other in made.truth.same.items() if other]
    mark = score(said, made.truth)
    assert (mark.precision, mark.recall, mark.joined, mark.reached) == (1.0, 1.0, {}, True)
    assert sum(mark.missed.values()) == 0


def test_saying_nothing_misses_everybody(made: Labelled) -> None:
    mark = score([], made.truth)
    assert (mark.precision, mark.recall, mark.reached) == (1.0, 0.0, False)
    assert mark.missed == mark.of_kind


def test_a_pair_said_twice_counts_once(made: Labelled) -> None:
    (row, known), *_ = pairs(made)
    assert score([(row.key, known.key)] * 2, made.truth) == score([(row.key, known.key)], made.truth)


def test_a_wrong_pair_is_told_by_what_the_two_are_to_each_other(made: Labelled) -> None:
    who, registered = made.truth.who, {made.truth.who[row.key].id: row.key for row in made.existing}
    twins = next(
        (row.key, registered[other.id])
        for row in made.arriving
        if who[row.key].is_twin
        for other in who.values()
        if other.is_twin and other.household == who[row.key].household
        if other.id != who[row.key].id and other.id in registered
    )
    mark = score([twins], made.truth)
    assert (mark.precision, mark.joined) == (0.0, {"twins": 1})
    assert "| twins | 1 |" in mark.table()


def test_what_a_spreadsheet_finds_is_not_enough(made: Labelled) -> None:
    """Same number, or same name and birthday: trustworthy, and it leaves a good part unfound. Hard, not hopeless."""
    said = [(row.key, known.key) for row, known in _spreadsheet(made)]
    mark = score(said, made.truth)
    assert mark.precision > 0.9
    assert 0.6 < mark.recall < 0.9
    assert mark.missed[Kind.HOMOPHONE] > 0 and mark.missed[Kind.NO_BIRTH_DATE] > 0


def _spreadsheet(made: Labelled) -> list[tuple[Row, Row]]:
    by = {_eighteen(known): known for known in made.existing if known.number}
    by |= {f"{known.name} {known.born}": known for known in made.existing}
    found = (
        (row, by.get(_eighteen(row)) or by.get(f"{rules.clean_name(row.name)} {row.born}")) for row in made.arriving
    )
    return [(row, known) for row, known in found if known]
