"""A hazard is data: nothing in the code knows one from another, and whatever a pack refers to is declared in it."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest

import lianfang
from lianfang.foundation.kernel.problems import Problem
from lianfang.ground.posture import rules
from lianfang.ground.posture.terms import Index, Level
from lianfang.ground.posture.tests.files import BASES

PACKS = Path(rules.__file__).parent / "packs"
CODES = {path.stem if path.suffix == ".json" else path.name for path in PACKS.iterdir()}


def test_no_code_knows_a_hazard_by_name() -> None:
    house = Path(lianfang.__file__).parent
    code = [p for p in house.rglob("*.py") if not {"tests", "demo", "migrations"} & set(p.parts)]
    assert len(CODES) >= 4
    assert [(p.name, pack) for p in code for pack in CODES if pack in p.read_text()] == []


def test_the_legal_bases_are_unique_and_dated() -> None:
    assert len({basis.title.zh for basis in BASES.values()}) == len(BASES)


# --- what a pack may not say -----------------------------------------------------------------------------------------

COUNTS = (("jars", "things"), ("houses", "households"), ("people", "people"), ("calls", "person_times"))
ROWS = [{"from": 0, "level": "calm", "zh": "好", "en": "Fine"}, {"from": 5, "level": "act", "zh": "差", "en": "Poor"}]
INDEX = {"name": "i", "numerator": "jars", "denominator": "houses", "bands": "b"}


def a_pack(**more: Any) -> bytes:
    said = {"zh": "甲", "en": "A"}
    measures = [{"name": n, "unit": u, **said, "definition_zh": "甲", "definition_en": "A"} for n, u in COUNTS]
    pack = {"code": "p", "version": 1, "title": said, "measures": measures, "forms": [{"code": "f"}]}
    pack["policies"] = [{"code": "b", "title": said, "rows": ROWS}]
    indices = [said | {"definition_zh": "甲", "definition_en": "A"} | i for i in more.pop("indices", [INDEX])]
    return msgspec.json.encode(pack | {"indices": indices} | more)


def test_an_index_may_be_of_two_units_and_is_judged_by_its_bands() -> None:
    pack = rules.read_pack(a_pack(), name="p.json")
    bands = rules.bands_of(pack.policies[0].rows)
    value = rules.index_value(pack.indices[0], 3, 60)
    assert value == 5
    band = rules.band_at(value, bands)
    assert band is not None and band.level is Level.ACT  # a step begins on its lower bound
    below = rules.band_at(Fraction(499, 100), bands)
    assert below is not None and below.level is Level.CALM


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"indices": [INDEX | {"numerator": "tubs"}]}, "no such measure: tubs"),
        ({"indices": [INDEX | {"bands": "c"}]}, "no bands: c"),
        ({"indices": [INDEX | {"numerator": "people", "denominator": "calls"}]}, "people and person_times"),
        ({"indices": [INDEX | {"per": 0}]}, "per 0"),
        ({"campaign": {"form": "g", "name": {"zh": "甲", "en": "A"}}}, "no such form: g"),
        (
            {
                "roll": {"asked": "people", "settled": "jars"}
                | {w: {"zh": "甲", "en": "A"} for w in ("left", "nobody_left")}
            },
            "no measure of people: jars",
        ),
    ],
)
def test_whatever_a_pack_refers_to_is_declared_in_it(more: dict[str, Any], said: str) -> None:
    with pytest.raises(Problem, match=r"posture\.pack_unreadable") as refused:
        rules.read_pack(a_pack(**more), name="p.json")
    assert said in refused.value.details["where"]


def test_of_too_few_there_is_no_index() -> None:
    index = Index(
        name="i", zh="甲", en="A", definition_zh="", definition_en="", numerator="a", denominator="b", fewest=10
    )
    assert rules.index_value(index, 3, 9) is None
    assert rules.index_value(index, 3, 10) == 30


def test_a_table_that_is_no_scale_gives_no_word() -> None:
    assert rules.bands_of([{"from": "five", "level": "calm"}]) == ()
    assert rules.band_at(Fraction(7), ()) is None
