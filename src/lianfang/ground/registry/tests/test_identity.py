"""Identity numbers, telephones and masks: the cases that the phone runs too, and what holds for every number."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.foundation.kernel.masks import mask_id, mask_name, mask_phone
from lianfang.ground.registry import rules
from lianfang.ground.registry.terms import DocumentKind

VECTORS = json.loads((Path(__file__).parents[1] / "vectors.json").read_text(encoding="utf-8"))
TODAY = date(2021, 12, 10)


def named(case: dict[str, Any]) -> str:
    return case["case"]


@pytest.mark.parametrize("case", VECTORS["identity"], ids=named)
def test_a_document_number_is_read_as_the_vectors_say(case: dict[str, Any]) -> None:
    read = rules.read_identity(case["text"], DocumentKind(case["kind"]), on=date.fromisoformat(VECTORS["on"]))
    found = {
        "number": read.number,
        "born_on": read.born_on.isoformat() if read.born_on else None,
        "sex": read.sex,
        "wrong": read.wrong,
        "odd": list(read.odd),
    }
    assert found == case["read"]


@pytest.mark.parametrize("case", VECTORS["phone"], ids=named)
def test_a_telephone_number_is_read_as_the_vectors_say(case: dict[str, Any]) -> None:
    number = rules.usual_phone(case["text"])
    assert (number, rules.phone_is_odd(number)) == (case["number"], case["odd"])


@pytest.mark.parametrize("case", VECTORS["masks"], ids=named)
def test_particulars_are_masked_as_the_vectors_say(case: dict[str, Any]) -> None:
    masks = {"name": mask_name, "phone": mask_phone, "id": mask_id}
    assert masks[case["of"]](case["text"]) == case["mask"]


seventeen = st.text("0123456789", min_size=17, max_size=17)


@given(seventeen)
def test_one_wrong_digit_is_always_found(text: str) -> None:
    number = text + rules.check_sign(text)
    for at in range(17):
        wrong = number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]
        assert (
            rules.read_identity(wrong, DocumentKind.IDENTITY_CARD, on=TODAY).wrong == "registry.id_number_check_digit"
        )


@given(seventeen, st.integers(0, 15))
def test_two_neighbours_changing_places_are_always_found(text: str, at: int) -> None:
    number = text + rules.check_sign(text)
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    read = rules.read_identity(swapped, DocumentKind.IDENTITY_CARD, on=TODAY)
    assert (read.wrong is None) == (swapped == number)


@given(st.text(max_size=40), st.sampled_from(DocumentKind))
def test_nothing_that_people_type_breaks_the_reading(text: str, kind: DocumentKind) -> None:
    read = rules.read_identity(text, kind, on=TODAY)
    assert not any(c.isspace() or c == "-" for c in read.number)
    has_parts = kind in ("identity_card", "residence_permit") or (
        kind == "foreigner_permit" and rules.is_foreigners(read.number)
    )
    assert (read.sex is not None) == (read.wrong is None and has_parts)


@given(st.text(max_size=30))
def test_a_telephone_number_in_its_usual_form_stays_as_it_is(text: str) -> None:
    once = rules.usual_phone(text)
    assert rules.usual_phone(once) == once
