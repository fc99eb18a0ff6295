"""What another process changed is forgotten here before anybody is asked who they are."""

from collections.abc import Collection, Iterator
from uuid import UUID

import msgspec
import pytest
from django.db import connection, transaction

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.plumbing import copies

pytestmark = pytest.mark.django_db
asked: list[UUID] = []


def _load(ids: Collection[UUID]) -> dict[UUID, str]:
    asked.extend(ids)
    return dict.fromkeys(ids, "as in the table")


@pytest.fixture
def kept() -> Iterator[copies.Lookups[UUID, str]]:
    """A copy of this test's own, with two things in memory."""
    asked.clear()
    lookups = copies.Lookups("tests.things", _load)
    copies.forget_all()
    copies.catch_up()
    yield lookups
    del copies._all["tests.things"]


def another_process_says(what: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO plumbing_outdated (no, what) SELECT coalesce(max(no), 0) + 1, %s FROM plumbing_outdated",
            [msgspec.json.encode(what).decode()],
        )


def lines() -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT what FROM plumbing_outdated ORDER BY no")
        return [msgspec.json.decode(what) for (what,) in cursor.fetchall()]


def test_what_another_process_changed_is_looked_up_again_and_nothing_else(kept: copies.Lookups[UUID, str]) -> None:
    one, two = new_id(), new_id()
    kept.many([one, two])
    another_process_says({"tests.things": [one], "nobody.here": None})
    assert kept.kept(one) is not None  # nobody has asked yet
    copies.catch_up()
    assert kept.kept(one) is None and kept.kept(two) is not None
    kept.many([one, two])
    copies.catch_up()
    assert asked == [one, two, one]


def test_a_line_can_say_all_of_them(kept: copies.Lookups[UUID, str]) -> None:
    one = new_id()
    kept.get(one)
    another_process_says({"tests.things": None})
    copies.catch_up()
    assert kept.kept(one) is None


def test_who_slept_past_lines_that_were_thrown_away_forgets_everything(kept: copies.Lookups[UUID, str]) -> None:
    one = new_id()
    another_process_says({"somebody.else": None})
    copies.catch_up()
    kept.get(one)
    for _ in range(3):
        another_process_says({"somebody.else": None})
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM plumbing_outdated WHERE no < (SELECT max(no) FROM plumbing_outdated)")
    copies.catch_up()
    assert kept.kept(one) is None


def test_what_was_loaded_before_a_line_and_comes_in_after_it_is_not_kept() -> None:
    one = new_id()

    def slow(ids: Collection[UUID]) -> dict[UUID, str]:
        found = dict.fromkeys(ids, "as in the table")
        another_process_says({"tests.slow": [one]})
        copies.catch_up()
        return found

    copies.forget_all()
    copies.catch_up()
    lookups = copies.Lookups("tests.slow", slow)
    lookups.get(one)
    assert lookups.kept(one) is None
    del copies._all["tests.slow"]


def test_a_commit_tells_others_what_it_changed_and_a_rollback_tells_nobody(kept: copies.Lookups[UUID, str]) -> None:
    before, one = len(lines()), new_id()
    with pytest.raises(RuntimeError), transaction.atomic():
        copies.begin()
        kept.changed(new_id())
        raise RuntimeError("power cut")
    with transaction.atomic():
        copies.begin()
        kept.changed(one)
        copies.tell()
    assert lines()[before:] == [{"tests.things": [str(one)]}]


def test_whoever_changes_more_than_can_be_named_says_all(kept: copies.Lookups[UUID, str]) -> None:
    with transaction.atomic():
        copies.begin()
        for _ in range(600):
            kept.changed(new_id())
        copies.tell()
    assert lines()[-1] == {"tests.things": None}
