"""What is looked at before anything is decoded."""

from contextlib import closing
from contextvars import Context
from pathlib import Path

import pytest
from pysqlite3 import dbapi2

from lianfang.foundation.plumbing.wire import holds_nul, problem_of, promised_size


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


def test_pages_that_make_no_sense_any_more_are_a_database_that_cannot_be_used(tmp_path: Path) -> None:
    """A disk that goes away under SQLite may hand out anything: that is a 503, and a line in the log."""
    (tmp_path / "torn.sqlite3").write_bytes(b"torn" * 4096)
    with pytest.raises(dbapi2.DatabaseError) as torn, closing(dbapi2.connect(tmp_path / "torn.sqlite3")) as database:
        database.execute("SELECT * FROM sqlite_master")
    told = Context().run(problem_of, torn.value)  # as a request has: whether one has come as far as a commit is its own
    assert (told and told.code, told and told.status) == ("wire.database_away", 503)
    assert problem_of(dbapi2.IntegrityError("twice")) is None
