"""What a mask lets through, and what it never does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.foundation.kernel.masks import mask_id, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("张春梅", "张**"),
        ("王芳", "王**"),
        ("欧阳娜娜", "欧**"),
        ("阿卜杜拉·买买提", "阿**"),
        ("𠮷田", "𠮷**"),
        ("兰", "**"),
        ("\u200f张春梅", "张**"),
        ("  李四 ", "李**"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_name_shows_its_first_character_only(name: str | None, seen: str) -> None:
    assert mask_name(name) == seen


@pytest.mark.parametrize(
    ("phone", "seen"),
    [
        ("13800001234", "138****1234"),
        ("138-0000-1234", "138****1234"),
        ("+86 138 0000 1234", "138****1234"),
        ("0577-65912345", "****45"),
        ("65912345", "****45"),
        ("120", "****"),
        ("无", "****"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_phone_shows_three_and_four(phone: str | None, seen: str) -> None:
    assert mask_phone(phone) == seen


@pytest.mark.parametrize(
    ("number", "seen"),
    [
        ("99000019800101123x", "****123X"),
        ("E12345678", "****5678"),
        ("1234567", "****"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_identity_number_shows_its_last_four(number: str | None, seen: str) -> None:
    assert mask_id(number) == seen


@given(st.text(alphabet=st.characters(categories=["L"]), min_size=2, max_size=20))
def test_two_names_that_begin_alike_look_alike(name: str) -> None:
    assert mask_name(name) == mask_name(name[0] + "某")


@given(st.text(max_size=40))
def test_no_mask_shows_more_than_it_hides_of_what_is_long(text: str) -> None:
    for mask in (mask_id, mask_phone):
        assert len(mask(text).replace("*", "")) <= max(7, len(text) // 2)
