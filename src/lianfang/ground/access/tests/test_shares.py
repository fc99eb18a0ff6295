"""Recovery shares: two people show that they still hold theirs, and nothing of the secret is told by it."""

import logging
import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from lianfang.foundation.kernel.ids import AccountId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.plumbing import recovery
from lianfang.foundation.plumbing.catalogue import LANGUAGES, sentence
from lianfang.ground.access import actions, queries, rules
from lianfang.ground.access.terms import ConfirmedShare, Named, ShareSet
from lianfang.ground.access.tests.staff import by, hire
from lianfang.ground.territory.tests.town import NOW

ONE, TWO = AccountId(new_id()), AccountId(new_id())


def first_words(sheet: str) -> str:
    return " ".join(sheet.split()[: recovery.OPENING])


def repeats(said: str, words: str) -> list[str]:
    """Two in a row: one alone may well be a word of ours."""
    said = " ".join(re.findall("[a-z]+", said.lower()))
    return [f"{one} {two}" for one, two in pairwise(words.split()) if f"{one} {two}" in said]


def print_sheets() -> list[str]:
    """What `init` does with them, but for the paper."""
    sheets = recovery.shares_of(bytes(range(32)))
    actions.note_shares(mark=recovery.set_of(sheets), by=THE_HOUSE, at=NOW)
    return sheets


def who_confirmed() -> list[tuple[int, str]]:
    found = queries.share_set()
    return [(one.member, one.account.name) for one in found.confirmed] if found else []


# Rules


def a_set(*confirmed: tuple[int, AccountId]) -> ShareSet:
    rows = [ConfirmedShare(member, Named(account, "?"), NOW) for member, account in confirmed]
    return ShareSet(new_id(), 7, NOW, tuple(rows))


@pytest.mark.parametrize(
    ("current", "mark", "member", "code"),
    [
        (None, 7, 1, "access.no_shares_made"),
        (a_set(), 8, 1, "access.share_of_another_set"),
        (a_set(), 7, 4, "access.share_of_another_set"),
        (a_set((1, ONE)), 7, 2, "access.share_confirmed_by_you"),
        (a_set((1, ONE)), 7, 1, "access.share_confirmed_by_you"),
        (a_set((2, TWO)), 7, 2, "access.share_confirmed_by_another"),
    ],
)
def test_what_does_not_count_is_said(current: ShareSet | None, mark: int, member: int, code: str) -> None:
    with pytest.raises(Problem, match=code.replace(".", r"\.")):
        rules.check_share(current=current, mark=mark, member=member, made=3, by=ONE)
    assert all(sentence(code, language) != code for language in LANGUAGES)


# Actions


@pytest.mark.usefixtures("in_town")
def test_two_people_confirm_theirs_and_new_sheets_start_over() -> None:
    li, wang = hire("li", Role.COMMAND), hire("wang", Role.SUBDISTRICT_OFFICER)
    sheets = print_sheets()
    assert who_confirmed() == []
    actions.confirm_share(words=first_words(sheets[2]), by=by(li), at=NOW)
    with pytest.raises(Problem, match=r"share_confirmed_by_another"):
        actions.confirm_share(words=first_words(sheets[2]), by=by(wang), at=NOW)
    actions.confirm_share(words=first_words(sheets[0]), by=by(wang), at=NOW + timedelta(hours=1))
    assert who_confirmed() == [(3, "li同志"), (1, "wang同志")]
    newer = print_sheets()
    assert who_confirmed() == []
    with pytest.raises(Problem, match=r"share_of_another_set"):
        actions.confirm_share(words=first_words(sheets[0]), by=by(li), at=NOW)
    actions.confirm_share(words=first_words(newer[0]), by=by(li), at=NOW)
    assert who_confirmed() == [(1, "li同志")]


@pytest.mark.usefixtures("in_town")
def test_the_sheet_of_somebody_who_left_waits_for_whoever_has_it_now() -> None:
    li, wang = hire("li", Role.COMMAND), hire("wang", Role.COMMAND)
    sheets = print_sheets()
    actions.confirm_share(words=first_words(sheets[0]), by=by(li), at=NOW)
    actions.close_account(account=li, by=THE_HOUSE, at=NOW)
    assert who_confirmed() == []
    actions.confirm_share(words=first_words(sheets[0]), by=by(wang), at=NOW)
    assert who_confirmed() == [(1, "wang同志")]


@pytest.mark.usefixtures("in_town")
def test_nobody_in_particular_confirms_nothing() -> None:
    sheets = print_sheets()
    with pytest.raises(Problem, match=r"access\.not_signed_in"):
        actions.confirm_share(words=first_words(sheets[0]), by=THE_HOUSE, at=NOW)


@pytest.mark.usefixtures("in_town")
def test_a_rebuild_knows_who_confirmed() -> None:
    sheets = print_sheets()
    actions.confirm_share(words=first_words(sheets[1]), by=by(hire("li", Role.COMMAND)), at=NOW)
    assert ledger.rebuild_differs() == []
    assert who_confirmed() == [(2, "li同志")]


# HTTP


@pytest.mark.django_db(databases=["default", "plumbing"])
@pytest.mark.usefixtures("in_town")
class TestAtTheDesk:
    """As a browser asks."""

    def test_two_leaders_confirm_and_see_each_other(self) -> None:
        from lianfang.ground.posture.tests.office import Clerk

        li, wang = Clerk("li", Role.COMMAND), Clerk("wang", Role.DATA_OFFICER)
        assert li.get("recovery-shares") == (200, {"made_at": None, "needed": 2, "confirmed": []})
        sheets = print_sheets()
        status, seen = li.post("recovery-shares", {"words": first_words(sheets[0])})
        assert status == 201
        assert [(s["member"], s["name"], s["mine"]) for s in seen["confirmed"]] == [(1, "li同志", True)]
        _, seen = wang.post("recovery-shares", {"words": first_words(sheets[1])})
        assert [(s["member"], s["mine"]) for s in seen["confirmed"]] == [(1, False), (2, True)]
        assert li.get("recovery-shares")[1]["made_at"] is not None

    def test_a_worker_neither_sees_nor_confirms(self) -> None:
        from lianfang.ground.posture.tests.office import Clerk

        worker = Clerk("worker", Role.GRID_WORKER, area="G1")
        sheets = print_sheets()
        assert worker.get("recovery-shares")[0] == 403
        assert worker.post("recovery-shares", {"words": first_words(sheets[0])})[0] == 403
        assert who_confirmed() == []

    def test_wrong_words_are_named_by_their_place_and_repeated_nowhere(self, caplog: pytest.LogCaptureFixture) -> None:
        from lianfang.ground.posture.tests.office import Clerk

        li, sheets = Clerk("li", Role.COMMAND), print_sheets()
        caplog.set_level(logging.DEBUG)
        first, second, _, fourth = first_words(sheets[0]).split()
        wrong: list[tuple[str, str, dict[str, Any]]] = [
            (f"{first} {second} qwertyuiop {fourth}", "recovery.unknown_word", {"place": 3}),
            (sheets[0][:200], "recovery.four_words", {"words": 4}),
            (first_words(recovery.shares_of(bytes(32))[0]), "access.share_of_another_set", {}),
        ]
        for words, code, details in wrong:
            status, problem = li.post("recovery-shares", {"words": words})
            assert (status, problem["code"], problem["details"]) == (422, code, details)
            assert not repeats(f"{problem} {caplog.text}", words)
        assert li.post("recovery-shares", {"words": sheets[0] * 3})[0] in (400, 422)

    def test_what_is_kept_of_a_confirmation_is_who_which_and_when(self) -> None:
        from lianfang.ground.posture.tests.office import Clerk

        li, auditor, sheets = Clerk("li", Role.COMMAND), Clerk("audit", Role.AUDIT_ADMIN), print_sheets()
        li.post("recovery-shares", {"words": first_words(sheets[1])})
        _, page = auditor.get("audit?kind=access.share")
        assert {row["kind"] for row in page["rows"]} == {"access.shares_made.v1", "access.share_confirmed.v1"}
        confirmed = next(row for row in page["rows"] if row["kind"] == "access.share_confirmed.v1")
        assert confirmed["actor"]["name"] == "li同志"
        assert not repeats(str(page), first_words(sheets[1]))
