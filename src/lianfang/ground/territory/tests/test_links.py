"""挂钩、楼栋长、双报到: who has to do with an area, since when, until when."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from lianfang.foundation.kernel.ids import AccountId, new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.territory import actions, queries
from lianfang.ground.territory.terms import LinkKind, OrganisationKind, Span, Standing
from lianfang.ground.territory.tests.office import a_post, an_organisation
from lianfang.ground.territory.tests.town import NOW, TODAY, id_of, load

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WANG, LI = AccountId(new_id()), AccountId(new_id())


def contact(
    who: AccountId,
    area: str = "B1",
    *,
    since: date = TODAY,
    until: date | None = None,
    instead_of: UUID | None = None,
    standing: Standing = Standing.REGULAR,
) -> UUID:
    return actions.make_contact(
        area=id_of(area),
        account=who,
        name="王" if who == WANG else "李",
        days=Span(since, until),
        instead_of=instead_of,
        standing=standing,
        by=THE_HOUSE,
        at=NOW,
    )


def report(
    who: AccountId = WANG, *, about: str = "夜间值守", consented: bool = True, work: UUID | None = None
) -> list[UUID]:
    return actions.report_in(
        account=who,
        name="王",
        about=about,
        consented_on=TODAY if consented else None,
        community=id_of("C1"),
        organisation=work,
        days=Span(TODAY),
        by=THE_HOUSE,
        at=NOW,
    )


def there(kind: LinkKind, area: str = "S", on: date = TODAY) -> list[str]:
    return [each.about or each.name for each in queries.links(areas=[id_of(area)], kinds=[kind], on=on)]


def test_a_department_looks_after_a_community_and_a_post_after_a_building() -> None:
    load()
    department = an_organisation("规划局", OrganisationKind.DEPARTMENT)
    how = {"days": Span(TODAY, TODAY + 30 * DAY), "by": THE_HOUSE, "at": NOW}
    actions.look_after(area=id_of("C1"), organisation=department, about="帮扶设卡", **how)  # type: ignore[arg-type]
    actions.look_after(area=id_of("B1"), post=a_post(), about="包点", **how)  # type: ignore[arg-type]
    assert sorted(there(LinkKind.LIAISON)) == ["包点", "帮扶设卡"]
    assert there(LinkKind.LIAISON, "C2") == []
    assert there(LinkKind.LIAISON, on=TODAY + 30 * DAY) == []
    with pytest.raises(Problem, match=r"territory\.looks_after_it_already"):
        actions.look_after(area=id_of("C1"), organisation=department, **how)  # type: ignore[arg-type]
    with pytest.raises(Problem, match=r"territory\.looked_after_by_nobody"):
        actions.look_after(area=id_of("C1"), **how)  # type: ignore[arg-type]


def test_a_building_has_one_contact_at_a_time_and_only_doors_have_one() -> None:
    load()
    first = contact(WANG)
    with pytest.raises(Problem, match=r"territory\.has_a_contact"):
        contact(LI, since=TODAY + 5 * DAY)
    contact(LI, since=TODAY + 5 * DAY, instead_of=first)
    contact(WANG, "U1")
    assert there(LinkKind.CONTACT, "U1") == ["王"]
    assert sorted(there(LinkKind.CONTACT, "B1", TODAY + 5 * DAY)) == ["李", "王"]
    with pytest.raises(Problem, match=r"territory\.not_a_building"):
        contact(LI, "G1")


def test_who_is_away_is_stood_in_for_by_one_other_and_stays_the_contact() -> None:
    load()
    contact(WANG)
    away = {"since": TODAY + 2 * DAY, "until": TODAY + 5 * DAY, "standing": Standing.ACTING}
    contact(LI, **away)  # type: ignore[arg-type]
    both = queries.links(areas=[id_of("B1")], kinds=[LinkKind.CONTACT], on=TODAY + 3 * DAY)
    assert [(one.name, one.standing) for one in both] == [("王", Standing.REGULAR), ("李", Standing.ACTING)]
    with pytest.raises(Problem, match=r"territory\.has_a_contact"):
        contact(AccountId(new_id()), **away)  # type: ignore[arg-type]
    with pytest.raises(Problem, match=r"territory\.holds_it_already"):
        contact(WANG, since=TODAY + 9 * DAY, standing=Standing.ACTING)
    assert there(LinkKind.CONTACT, on=TODAY + 5 * DAY) == ["王"]
    assert ledger.rebuild_differs() == []


def test_the_nearest_is_asked_first_and_only_on_its_days() -> None:
    load()
    how = {"organisation": an_organisation("规划局", OrganisationKind.DEPARTMENT), "by": THE_HOUSE, "at": NOW}
    actions.look_after(area=id_of("C1"), days=Span(TODAY, TODAY + DAY), about="帮扶", **how)  # type: ignore[arg-type]
    actions.look_after(area=id_of("S"), days=Span(TODAY + 5 * DAY), about="以后", **how)  # type: ignore[arg-type]
    contact(WANG)
    kinds = (LinkKind.LIAISON, LinkKind.CONTACT)
    assert [one.area for one in queries.links_above(id_of("U1"), kinds, TODAY)] == [id_of("B1"), id_of("C1")]
    assert [one.area for one in queries.links_above(id_of("U1"), kinds, TODAY + DAY)] == [id_of("B1")]


def test_somebody_reports_in_at_home_and_at_work_and_each_ends_by_itself() -> None:
    load()
    home, work = report(work=an_organisation("某某公司", OrganisationKind.COMPANY))
    assert (there(LinkKind.HOME, "C1"), there(LinkKind.WORK)) == (["夜间值守"], ["夜间值守"])
    actions.end_link(link=home, on=TODAY, by=THE_HOUSE, at=NOW)
    assert (there(LinkKind.HOME), there(LinkKind.WORK)) == ([], ["夜间值守"])
    actions.end_link(link=work, on=TODAY + DAY, by=THE_HOUSE, at=NOW)
    assert there(LinkKind.WORK, on=TODAY + DAY) == []


@pytest.mark.parametrize(("consented", "about"), [(False, "值守"), (True, " ")])
def test_nobody_reports_in_without_consent_or_without_a_purpose(consented: bool, about: str) -> None:
    load()
    with pytest.raises(Problem, match=r"territory\.no_consent"):
        report(consented=consented, about=about)


def test_somebody_reports_in_at_one_home_at_a_time() -> None:
    load()
    report()
    with pytest.raises(Problem, match=r"territory\.reported_in_already"):
        report()


def test_what_was_written_down_wrong_is_corrected_and_not_into_somebody_else_s_days() -> None:
    load()
    first = contact(WANG)
    actions.end_link(link=first, on=TODAY + DAY, by=THE_HOUSE, at=NOW)
    contact(LI, since=TODAY + 3 * DAY)
    correct(first, TODAY + 3 * DAY)
    with pytest.raises(Problem, match=r"territory\.has_a_contact"):
        correct(first, TODAY + 4 * DAY)
    assert queries.link(first).days.ends_on == TODAY + 3 * DAY


def correct(link: UUID, until: date) -> None:
    actions.correct_link(link=link, days=Span(TODAY, until), reason="名单写错", by=THE_HOUSE, at=NOW)


def test_with_an_organisation_ends_what_it_looked_after_and_all_of_it_rebuilds() -> None:
    load()
    company = an_organisation("某某公司", OrganisationKind.COMPANY)
    actions.look_after(area=id_of("C1"), organisation=company, days=Span(TODAY), by=THE_HOUSE, at=NOW)
    report(work=company)
    actions.end_organisation(organisation=company, on=TODAY + DAY, by=THE_HOUSE, at=NOW)
    assert there(LinkKind.LIAISON, on=TODAY + DAY) == there(LinkKind.WORK, on=TODAY + DAY) == []
    assert ledger.rebuild_differs() == []
