"""A second office's file only brings differences: a person decides, field by field; what was known stands meanwhile."""

from itertools import permutations
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lianfang.foundation.kernel.people import Actor, Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.registry import actions, queries
from lianfang.ground.registry.models import Disagreement, Edit, Resident
from lianfang.ground.registry.rules import ROOT, standing
from lianfang.ground.registry.rules import Edit as Said
from lianfang.ground.registry.terms import DisagreementView
from lianfang.ground.registry.tests import files
from lianfang.ground.registry.tests.files import a_number, row
from lianfang.ground.registry.tests.homes import fates, hand_in, phone
from lianfang.ground.territory.tests.town import NOW

NUMBER = a_number()
COMMUNITY, POLICE = UUID(int=0x901), UUID(int=0x902)


def said(id: int, value: str | None, *, base: int = 0, by: UUID | None = COMMUNITY, **more: Any) -> Said:
    return Said(UUID(int=id), base, value, by, **more)


ROOTED = said(1, "138", base=ROOT)
OFFER = said(9, "139", by=POLICE, offered=True)


def test_what_is_offered_is_asked_about_and_never_shown_whatever_order_it_comes_in() -> None:
    for came in permutations([ROOTED, OFFER, said(3, "137"), OFFER]):
        stands = standing(came)
        assert (stands.shown.value, stands.version, [edit.value for edit in stands.open]) == ("137", 1, ["139"])


def test_the_same_offered_by_two_files_is_asked_once_and_after_a_decision_no_more() -> None:
    again = said(10, "139", by=POLICE, offered=True)
    assert [edit.id for edit in standing([ROOTED, OFFER, again]).open] == [OFFER.id]
    decided = said(4, "138", settles=frozenset([ROOTED.id, OFFER.id]))
    assert standing([ROOTED, OFFER, decided, again]).open == ()
    other = said(11, "136", by=POLICE, offered=True)
    assert [edit.value for edit in standing([ROOTED, OFFER, decided, other]).open] == ["136"]


def test_an_offer_of_what_stands_asks_nobody() -> None:
    assert standing([ROOTED, said(9, "138", by=POLICE, offered=True)]).open == ()


@pytest.fixture
def officers(in_town: None) -> tuple[Viewer, Viewer]:
    return viewer(hire("community", Role.COMMUNITY_OFFICER)), viewer(hire("police", Role.COMMUNITY_OFFICER))


def publish(folder: Path, who: Viewer, *rows: dict[str, str]) -> UUID:
    by: Actor = who.actor
    id = files.read(files.workbook(folder / f"{who.name}-{len(list(folder.iterdir()))}.xlsx", list(rows)))
    actions.publish_import(import_id=id, by=by, at=NOW)
    return UUID(str(id))


def zhang() -> Resident:
    return Resident.objects.get(name="张三")


def asked(who: Viewer) -> list[DisagreementView]:
    return queries.disagreements(viewer=who).rows


@pytest.mark.django_db
class TestASecondOffice:
    def test_its_file_overwrites_nothing_and_each_difference_waits_for_a_person(
        self, officers: tuple[Viewer, Viewer], tmp_path: Path
    ) -> None:
        community, police = officers
        publish(tmp_path, community, row("张三", 证件号码=NUMBER, 手机号="15400000001", 性别="男"))
        publish(tmp_path, police, row("张三", 证件号码=NUMBER, 手机号="15400000009", 性别="女"))
        assert (zhang().phone_masked, zhang().sex, zhang().versions) == ("154****0001", "male", "{}")
        assert {view.field for view in asked(community)} == {"phone", "sex"}
        view = next(view for view in asked(community) if view.field == "phone")
        assert {edit.value for edit in view.edits} == {"154****0001", "154****0009"}
        kept = next(edit.id for edit in view.edits if edit.value == "154****0009")
        actions.settle(disagreement=view.id, kept=kept, viewer=community, at=NOW)
        assert (zhang().phone_masked, {view.field for view in asked(community)}) == ("154****0009", {"sex"})
        assert ledger.rebuild_differs() == []

    def test_what_nobody_knew_it_fills_in(self, officers: tuple[Viewer, Viewer], tmp_path: Path) -> None:
        community, police = officers
        publish(tmp_path, community, row("张三", 证件号码=NUMBER))
        publish(tmp_path, police, row("张三", 证件号码=NUMBER, 手机号="15400000009"))
        assert (zhang().phone_masked, asked(community)) == ("154****0009", [])

    def test_the_same_office_sets_right_what_it_brought(self, officers: tuple[Viewer, Viewer], tmp_path: Path) -> None:
        community, _ = officers
        publish(tmp_path, community, row("张三", 证件号码=NUMBER, 手机号="15400000001"))
        publish(tmp_path, community, row("张三", 证件号码=NUMBER, 手机号="15400000002"))
        assert (zhang().phone_masked, asked(community)) == ("154****0002", [])

    def test_but_not_what_a_worker_heard_at_the_door(self, officers: tuple[Viewer, Viewer], tmp_path: Path) -> None:
        community, _ = officers
        publish(tmp_path, community, row("张三", 证件号码=NUMBER, 手机号="15400000001"))
        who = zhang()
        assert fates(hand_in(phone("15400000007", resident=who.id, household=who.household_id))) == ["stored"]
        publish(tmp_path, community, row("张三", 证件号码=NUMBER, 手机号="15400000002"))
        assert zhang().phone_masked == "154****0007"
        assert [view.field for view in asked(community)] == ["phone"]

    def test_the_same_file_again_says_that_it_brings_nothing_once_it_was_taken(
        self, officers: tuple[Viewer, Viewer], tmp_path: Path
    ) -> None:
        community, police = officers
        mine = row("张三", 证件号码=NUMBER, 手机号="15400000001")
        publish(tmp_path, community, mine)
        with pytest.raises(Problem, match=r"registry\.import_brings_nothing"):
            publish(tmp_path, community, mine)
        theirs = row("张三", 证件号码=NUMBER, 手机号="15400000009")
        publish(tmp_path, police, theirs)
        (view,) = asked(community)
        known = next(edit.id for edit in view.edits if edit.value == "154****0001")
        actions.settle(disagreement=view.id, kept=known, viewer=community, at=NOW)
        with pytest.raises(Problem, match=r"registry\.import_brings_nothing"):
            publish(tmp_path, police, theirs)
        assert (zhang().phone_masked, asked(community)) == ("154****0001", []), "who decided is not asked again"

    def test_taken_back_it_takes_its_questions_along(self, officers: tuple[Viewer, Viewer], tmp_path: Path) -> None:
        community, police = officers
        publish(tmp_path, community, row("张三", 证件号码=NUMBER, 手机号="15400000001"))
        id = publish(tmp_path, police, row("张三", 证件号码=NUMBER, 手机号="15400000009"))
        actions.undo_import(import_id=id, by=police.actor, at=NOW)
        assert (zhang().phone_masked, Disagreement.objects.count()) == ("154****0001", 0)
        assert not Edit.objects.filter(offered=True).exists()
        assert ledger.rebuild_differs() == []
