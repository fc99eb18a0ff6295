"""The office whose list it is counts, not the account; what a second office says otherwise is decided all at once."""

from pathlib import Path
from uuid import UUID

import pytest

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.kernel.people import Viewer
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access.tests.staff import hire, viewer
from lianfang.ground.registry import actions, imports, offer_actions, offers, queries
from lianfang.ground.registry.models import Disagreement, Import, Resident
from lianfang.ground.registry.terms import Field
from lianfang.ground.registry.tests import files
from lianfang.ground.registry.tests.files import a_number, row
from lianfang.ground.registry.tests.homes import fates, hand_in, phone
from lianfang.ground.territory import actions as territory
from lianfang.ground.territory.terms import Node, OrganisationKind
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of

pytestmark = pytest.mark.django_db
ONE, TWO = a_number(), a_number()
COMMITTEE, POLICE = "明镜居委会", "莘塍派出所"


@pytest.fixture
def clerk(in_town: None) -> Viewer:
    return viewer(hire("clerk", Role.COMMUNITY_OFFICER))


@pytest.fixture
def colleague(in_town: None) -> Viewer:
    return viewer(hire("colleague", Role.COMMUNITY_OFFICER))


def checked(folder: Path, who: Viewer, sender: str, *rows: list[object]) -> Import:
    path = files.workbook(folder / f"{len(list(folder.iterdir()))}.xlsx", rows)
    id = actions.begin_import(
        path=path, file_name=path.name, roots=[id_of("S")], by=who.actor, at=NOW, keep_file=False, sender=sender
    )
    actions.read_import(import_id=id, path=path)
    return Import.objects.get(id=id)


def publish(folder: Path, who: Viewer, sender: str, *rows: list[object]) -> UUID:
    row = checked(folder, who, sender, *rows)
    actions.publish_import(import_id=row.id, by=who.actor, at=NOW)
    return UUID(str(row.id))


def zhang(phone: str = "15400000001", **more: str) -> list[object]:
    return row("张三", 证件号码=ONE, 手机号=phone, **more)


def li(phone: str = "15400000002", **more: str) -> list[object]:
    return row("李四", ("1幢", "1单元", "102"), 证件号码=TWO, 手机号=phone, **more)


def phone_of(name: str) -> str:
    return str(Resident.objects.get(name=name).phone_masked)


def decide(id: UUID, who: Viewer, *, take: bool, expected: int, **more: object) -> UUID:
    return offer_actions.settle_offers(import_id=id, take=take, expected=expected, viewer=who, at=NOW, **more)  # type: ignore[arg-type]


class TestWhoseListItIs:
    def test_a_colleague_of_the_same_office_sets_right_what_it_brought(
        self, clerk: Viewer, colleague: Viewer, tmp_path: Path
    ) -> None:
        publish(tmp_path, clerk, COMMITTEE, zhang())
        publish(tmp_path, colleague, " 明镜 居委会", zhang("15400000009"))
        assert (phone_of("张三"), Disagreement.objects.count()) == ("154****0009", 0)

    def test_another_office_s_list_only_offers_though_the_same_account_loads_both(
        self, clerk: Viewer, tmp_path: Path
    ) -> None:
        publish(tmp_path, clerk, COMMITTEE, zhang())
        publish(tmp_path, clerk, POLICE, zhang("15400000009"))
        assert (phone_of("张三"), Disagreement.objects.count()) == ("154****0001", 1)

    def test_an_organisation_stays_the_same_hand_when_it_is_renamed(self, clerk: Viewer, tmp_path: Path) -> None:
        node = Node(id=new_id(), kind=OrganisationKind.DEPARTMENT, name=POLICE, code="PS")
        found = territory.add_organisation(node=node, on=TODAY, by=clerk.actor, at=NOW)
        publish(tmp_path, clerk, POLICE, zhang())
        assert Import.objects.get().office == found
        assert checked(tmp_path, clerk, "PS", zhang("15400000009")).edited == 1

    def test_whoever_publishes_for_them_is_not_the_hand(self, clerk: Viewer, colleague: Viewer, tmp_path: Path) -> None:
        first = checked(tmp_path, clerk, "", zhang())
        actions.publish_import(import_id=first.id, by=colleague.actor, at=NOW)
        assert checked(tmp_path, clerk, "", zhang("15400000009")).edited == 1

    def test_a_list_taken_back_is_the_same_office_s_word_again(self, clerk: Viewer, tmp_path: Path) -> None:
        publish(tmp_path, clerk, COMMITTEE, zhang())
        second = publish(tmp_path, clerk, COMMITTEE, zhang("15400000009"))
        actions.undo_import(import_id=second, by=clerk.actor, at=NOW)
        again = checked(tmp_path, clerk, COMMITTEE, zhang("15400000008"))
        assert (again.edited, again.offered) == (1, 0)

    def test_nobody_in_particular_is_an_office(self, clerk: Viewer, tmp_path: Path) -> None:
        with pytest.raises(Problem, match=r"registry\.layout_sender"):
            checked(tmp_path, clerk, "王某 15400000001", zhang())


def test_the_preview_tells_new_equal_taken_and_offered_apart(clerk: Viewer, tmp_path: Path) -> None:
    publish(tmp_path, clerk, COMMITTEE, zhang(), li(), row("王五", ("1幢", "1单元", "103"), 手机号="15400000003"))
    their = checked(
        tmp_path,
        clerk,
        POLICE,
        zhang("15400000009", **{"户籍/居住类别": "户籍人口"}),
        li(),
        row("王五", ("1幢", "1单元", "103"), 性别="男"),
        row("赵六", ("1幢", "1单元", "104")),
    )
    told = (their.residents, their.unchanged, their.edited, their.offered, their.offers)
    assert told == (1, 1, 2, 1, 1) and their.asked == 0, (
        "of Zhang and Wang something was not known yet; Zhang's telephone is offered"
    )


def test_what_the_preview_counts_as_offered_is_what_publishing_offers(clerk: Viewer, tmp_path: Path) -> None:
    publish(tmp_path, clerk, COMMITTEE, zhang(性别="男"), li())
    who = Resident.objects.get(name="李四")
    assert fates(hand_in(phone("15400000007", resident=who.id, household=who.household_id))) == ["stored"]
    their = checked(tmp_path, clerk, COMMITTEE, zhang("15400000009", 性别="女"), li("15400000008"))
    assert (their.edited, their.offered, their.offers) == (1, 1, 1), "what a worker heard is asked about"
    actions.publish_import(import_id=their.id, by=clerk.actor, at=NOW)
    assert offers.offers_of(their.id, viewer=clerk).fields == their.offers


class TestDifferences:
    @pytest.fixture
    def list_of_the_police(self, clerk: Viewer, tmp_path: Path) -> UUID:
        publish(tmp_path, clerk, COMMITTEE, zhang(性别="男"), li(性别="女"))
        return publish(tmp_path, clerk, POLICE, zhang("15400000008", 性别="女"), li("15400000009", 性别="女"))

    def test_stand_side_by_side_with_their_sources_and_dates(self, clerk: Viewer, list_of_the_police: UUID) -> None:
        told = offers.offers_of(list_of_the_police, viewer=clerk)
        assert (told.sender, told.offered, told.fields, told.people) == (POLICE, 3, 3, 2)
        assert {each.field: each.fields for each in told.columns} == {Field.PHONE: 2, Field.SEX: 1}
        rows = offers.offer_rows(list_of_the_police, viewer=clerk, field=Field.PHONE).rows
        words = [(each.ours.value, each.ours.source, each.theirs.value, each.theirs.source) for each in rows]
        assert ("154****0001", COMMITTEE, "154****0008", POLICE) in words
        assert {each.ours.at for each in rows} == {each.theirs.at for each in rows} == {NOW}

    def test_one_is_taken_and_the_rest_waits(self, clerk: Viewer, list_of_the_police: UUID) -> None:
        (one, _) = offers.offer_rows(list_of_the_police, viewer=clerk, field=Field.PHONE).rows
        decide(list_of_the_police, clerk, take=True, expected=1, only=[one.id])
        assert Resident.objects.get(id=one.resident).phone_masked == one.theirs.value
        assert offers.offers_of(list_of_the_police, viewer=clerk).fields == 2

    def test_a_column_is_left_as_it_stands_and_nobody_is_asked_again(
        self, clerk: Viewer, list_of_the_police: UUID, tmp_path: Path
    ) -> None:
        decide(list_of_the_police, clerk, take=False, expected=2, field=Field.PHONE)
        assert (phone_of("张三"), phone_of("李四")) == ("154****0001", "154****0002")
        assert {each.field for each in queries.disagreements(viewer=clerk).rows} == {"sex"}
        again = checked(tmp_path, clerk, POLICE, li("15400000009", 性别="女"))
        assert (again.offered, again.edited, again.asked) == (0, 0, 1)

    def test_the_whole_list_is_taken_by_one_entry_and_opened_again_by_one(
        self, clerk: Viewer, list_of_the_police: UUID
    ) -> None:
        settled = decide(list_of_the_police, clerk, take=True, expected=3)
        assert (phone_of("张三"), phone_of("李四"), Disagreement.objects.count()) == ("154****0008", "154****0009", 0)
        assert ledger.rebuild_differs() == []
        offer_actions.reopen_offers(settled=settled, viewer=clerk, at=NOW)
        assert (phone_of("张三"), phone_of("李四")) == ("154****0001", "154****0002")
        told = offers.offers_of(list_of_the_police, viewer=clerk)
        assert (told.fields, told.settled[0].undone, told.settled[0].kept) == (3, True, 0)
        assert ledger.rebuild_differs() == []
        with pytest.raises(Problem, match=r"registry\.offers_open_again"):
            offer_actions.reopen_offers(settled=settled, viewer=clerk, at=NOW)

    def test_opened_again_what_somebody_wrote_since_stays_and_is_counted(
        self, clerk: Viewer, list_of_the_police: UUID
    ) -> None:
        settled = decide(list_of_the_police, clerk, take=True, expected=3)
        who = Resident.objects.get(name="张三")
        assert fates(hand_in(phone("15400000007", base=1, resident=who.id, household=who.household_id))) == ["stored"]
        offer_actions.reopen_offers(settled=settled, viewer=clerk, at=NOW)
        assert (phone_of("张三"), phone_of("李四")) == ("154****0007", "154****0002")
        told = offers.offers_of(list_of_the_police, viewer=clerk)
        assert (told.fields, told.settled[0].kept) == (2, 1)
        assert ledger.rebuild_differs() == []

    def test_who_was_told_of_another_number_looks_again(self, clerk: Viewer, list_of_the_police: UUID) -> None:
        with pytest.raises(Problem, match=r"registry\.offers_moved_on"):
            decide(list_of_the_police, clerk, take=True, expected=2)
        assert offers.offers_of(list_of_the_police, viewer=clerk).fields == 3

    def test_many_people_are_not_taken_over_by_whoever_loaded_the_list(
        self, clerk: Viewer, colleague: Viewer, list_of_the_police: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imports, "MOST_ALONE", 1)
        with pytest.raises(Problem, match=r"registry\.offers_need_another"):
            decide(list_of_the_police, clerk, take=True, expected=3)
        decide(list_of_the_police, colleague, take=True, expected=3)
        assert phone_of("李四") == "154****0009"

    def test_are_decided_where_one_may_decide_and_nowhere_else(self, list_of_the_police: UUID) -> None:
        elsewhere = viewer(hire("elsewhere", Role.COMMUNITY_OFFICER, area="C2"))
        for act in (offers.offers_of, offers.offer_rows):
            with pytest.raises(Problem, match=r"access\.not_found"):
                act(list_of_the_police, viewer=elsewhere)
        with pytest.raises(Problem, match=r"access\.not_found"):
            decide(list_of_the_police, elsewhere, take=True, expected=3)
        settled = decide(list_of_the_police, viewer(hire("lead", Role.GRID_LEAD, area="G1")), take=True, expected=3)
        with pytest.raises(Problem, match=r"access\."):
            offer_actions.reopen_offers(settled=settled, viewer=elsewhere, at=NOW)

    def test_of_a_third_office_it_is_asked_by_itself(
        self, clerk: Viewer, list_of_the_police: UUID, tmp_path: Path
    ) -> None:
        third = publish(tmp_path, clerk, "卫生院", li("15400000005", 性别="女"))
        decide(list_of_the_police, clerk, take=True, expected=2, field=Field.PHONE)
        assert offers.offers_of(third, viewer=clerk).fields == 1
        (view,) = [each for each in queries.disagreements(viewer=clerk).rows if each.field == "phone"]
        assert {edit.value for edit in view.edits} == {"154****0009", "154****0005"}
        assert [edit.value for edit in view.edits if edit.shown] == ["154****0009"]
