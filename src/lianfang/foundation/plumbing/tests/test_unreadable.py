"""What a decoder says, said so that somebody can act on it."""

from typing import Annotated
from uuid import UUID

import msgspec
import pytest

from lianfang.foundation.plumbing.catalogue import LANGUAGES, sentence, sentences
from lianfang.foundation.plumbing.unreadable import spoken


class Asked(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(min_length=2, max_length=4, pattern="^[a-z]+$")] = "ab"
    area: UUID | None = None
    people: Annotated[int, msgspec.Meta(ge=0, le=9)] = 0
    rows: list[int] = []


def decoders_word(body: bytes) -> str:
    with pytest.raises((msgspec.MsgspecError, ValueError)) as caught:
        msgspec.json.decode(body, type=Asked)
    return str(caught.value)


@pytest.mark.parametrize(
    ("body", "chinese", "english"),
    [
        (b'{"name":"ab"', "内容没有传完整", "it is cut short"),
        (b'{"name":NaN}', "第 8 个字节处不是正确的 JSON", "at byte 8 it is no proper JSON"),
        (b'{"name":1}', "「name」应是文字,收到的是整数", "“name” should be text and is a whole number"),
        (b'{"name":"a"}', "「name」太短,至少 2", "“name” is too short (at least 2)"),
        (b'{"name":"abcde"}', "「name」太长,最多 4", "“name” is too long (at most 4)"),
        (b'{"name":"AB"}', "「name」写法不对", "“name” is not spelt as it must be"),
        (b'{"area":"here"}', "「area」不是编号", "“area” is not an id"),
        (b'{"people":10}', "「people」太大,不能大于 9", "“people” is too big (at most 9)"),
        (b'{"rows":["x"]}', "「rows[0]」应是整数,收到的是文字", "“rows[0]” should be a whole number and is text"),
        (b"[]", "应是一组字段,收到的是列表", "should be a set of fields and is a list"),
    ],
)
def test_the_field_and_what_it_should_be_are_named_in_both_languages(body: bytes, chinese: str, english: str) -> None:
    word = decoders_word(body)
    assert [spoken(word, sentences(language)) for language in LANGUAGES] == [chinese, english]
    assert chinese in sentence("wire.unreadable", "zh-Hans", where=word)


def test_what_is_not_known_stays_as_it_was_said() -> None:
    assert spoken("something new", sentences("zh-Hans")) == "something new"
