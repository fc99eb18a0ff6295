"""Maps that outgrow memory answer as one that does not."""

from hypothesis import given
from hypothesis import strategies as st

from lianfang.foundation.plumbing.large_map import LargeMap, LargeNumberMap

keys = st.integers(-3, 3) | st.sampled_from([-(2**63), 2**63 - 1, 2**32, 2**24])
acts = st.lists(st.tuples(st.sampled_from(["set", "setdefault", "get"]), keys, st.integers(0, 9)))


@given(acts, st.integers(1, 4))
def test_whatever_was_put_down_it_answers_as_a_plain_map(acts: list[tuple[str, int, int]], most: int) -> None:
    large, plain = LargeNumberMap(most), dict[int, int]()
    for act, key, value in acts:
        if act == "set":
            large[key] = plain[key] = value
        elif act == "setdefault":
            assert large.setdefault(key, value) == plain.setdefault(key, value)
        assert large.get(key) == plain.get(key)
    assert {key: large.get(key) for key in plain} == plain


@given(st.lists(st.tuples(st.integers(0, 6), st.binary(max_size=2))), st.integers(1, 4))
def test_whatever_lies_in_the_file_it_answers_as_a_plain_map(sets: list[tuple[int, bytes]], most: int) -> None:
    large, plain = LargeMap(most), dict[bytes, bytes]()
    for no, value in sets:
        large[b"door %d" % no] = plain[b"door %d" % no] = value
    assert {no: large.get(b"door %d" % no) for no in range(8)} == {no: plain.get(b"door %d" % no) for no in range(8)}
