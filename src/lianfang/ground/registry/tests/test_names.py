"""Names as they are shown, looked for and spelt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.ground.registry import rules
from lianfang.ground.registry.names import letters


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("单雄信", "shanxiongxin", "sxx"),
        ("仇英", "qiuying", "qy"),
        ("曾国藩", "zengguofan", "zgf"),
        ("解缙", "xiejin", "xj"),
        ("查良镛", "zhaliangyong", "zly"),
        ("区寄", "ouji", "oj"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("万俟卨", "moqixie", "mqx"),
        ("吕布", "lvbu", "lb"),
        ("欧阳修", "ouyangxiu", "oyx"),
        ("陈单", "chendan", "cd"),
        ("阿卜杜拉·买买提", "abudulamaimaiti", "abdlmmt"),
        ("John Smith", "johnsmith", "js"),
        ("", "", ""),
        ("·", "", ""),
    ],
)
def test_a_surname_is_spelt_as_a_surname(name: str, pinyin: str, initials: str) -> None:
    assert letters(name) == (pinyin, initials)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("阿卜杜拉\u200f•买买提\u200e", "阿卜杜拉·买买提"),
        ("阿卜杜拉・ 买买提", "阿卜杜拉·买买提"),
        (" 张 三 ", "张三"),
        ("张\u3000三", "张三"),
        ("John  Smith", "John Smith"),
        ("ＡＬＩ Khan", "ALI Khan"),
        ("\ufeff李四\u200b", "李四"),
    ],
)
def test_what_nobody_sees_is_taken_out_of_a_name(written: str, shown: str) -> None:
    assert rules.clean_name(written) == shown


@pytest.mark.parametrize(
    ("one", "other"),
    [("阿卜杜拉·买买提", "阿卜杜拉买买提"), ("John Smith", "johnsmith"), ("张 三", "张三"), ("ａli", "ALI")],
)
def test_spellings_of_one_name_are_found_by_one_key(one: str, other: str) -> None:
    assert rules.name_key(one) == rules.name_key(other)


@pytest.mark.parametrize("name", ["张三1", "李四?", "王#", "a" * 31])
def test_what_is_hardly_a_name_is_said(name: str) -> None:
    assert rules.name_is_odd(name)
    assert not rules.name_is_odd("阿卜杜拉·买买提")


@given(st.text(max_size=40))
def test_cleaning_a_clean_name_changes_nothing(text: str) -> None:
    once = rules.clean_name(text)
    assert rules.clean_name(once) == once
    assert rules.name_key(once) == rules.name_key(text)


@given(st.text(max_size=60))
def test_every_text_has_letters_that_fit_their_columns(text: str) -> None:
    pinyin, initials = letters(text)
    assert len(pinyin) <= 120 and len(initials) <= 40
