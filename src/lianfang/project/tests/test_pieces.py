"""A table moves to PostgreSQL piece by piece, whether SQLite numbers its rows or keeps them by their key alone."""

import sqlite3
from collections.abc import Iterator
from itertools import product

import pytest

from lianfang.project import moving


@pytest.fixture
def file() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


@pytest.mark.parametrize("kept", ["", "WITHOUT ROWID"])
def test_every_row_is_in_one_piece(file: sqlite3.Connection, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "ROWS_AT_ONCE", 4)
    file.execute(f"CREATE TABLE visit (hour INTEGER, place TEXT, PRIMARY KEY (place, hour)) {kept}")
    visits = set(product(range(3), "abc"))
    file.executemany("INSERT INTO visit VALUES (?, ?)", sorted(visits))
    table = moving.Table("visit", file, (("hour", "integer"), ("place", "text")))
    last, pieces = -(2**63), []
    while piece := moving._piece(table, last):
        pieces.append(piece)
        last = piece[-1][0]
    assert [len(piece) for piece in pieces] == [4, 4, 1]
    assert {tuple(values) for piece in pieces for _, *values in piece} == visits
