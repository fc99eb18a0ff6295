"""What is looked at before anything is decoded."""

import pytest

from lianfang.foundation.plumbing.wire import holds_nul, promised_size


@pytest.mark.parametrize(
    ("body", "holds"),
    [(rb'"a\u0000"', True), (rb'"\\\u0000"', True), (rb'"\\u0000"', False), (rb'"\u00001"', True), (b'"0000"', False)],
)
def test_a_nul_is_one_and_a_typed_backslash_is_not(body: bytes, holds: bool) -> None:
    assert holds_nul(body) is holds


@pytest.mark.parametrize(("said", "size"), [("12", 12), ("", 0), ("-5", 0), ("1²", 0), ("１２", 0), ("x", 0)])
def test_a_length_is_a_number_or_nothing(said: str, size: int) -> None:
    assert promised_size(said) == size
    assert promised_size("9" * 5000) >= 10**18, "and one that nobody can count is too large"
