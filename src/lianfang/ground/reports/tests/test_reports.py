"""A report from its draft to the archive: what it says, what may be changed, what another version does to it."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.ledger import actions as ledger
from lianfang.foundation.ledger import queries as entries
from lianfang.ground.campaigns.terms import CampaignRef, Outcome
from lianfang.ground.campaigns.tests.village import (
    LI,
    NOW,
    TODAY,
    ZHANG,
    a_campaign,
    a_correction,
    a_household,
    a_visit,
    an_incident,
    hand_in,
)
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.terms import Incident
from lianfang.ground.reports import actions, queries
from lianfang.ground.reports.terms import Audience, Format, Language, Report, State, Texts
from lianfang.ground.territory.tests import town

pytestmark = pytest.mark.django_db
EVENING = NOW + timedelta(hours=4)


@pytest.fixture(autouse=True)
def _town() -> None:
    town.load()


@pytest.fixture
def swept() -> tuple[Incident, CampaignRef, list[dict[str, Any]]]:
    """A day's sweep: of five households two are done, one was called at in vain, and one grid was silent."""
    incident = an_incident(drill=False)
    homes = [a_household(grid) for grid in ("G1", "G1", "G2", "G3", "G3")]
    campaign = a_campaign(incident=incident)
    visits = [
        a_visit(campaign, homes[0], people=14, answers={"fever_or_cough": True}),
        a_visit(campaign, homes[2], people=4, answers={"fever_or_cough": False}),
        a_visit(campaign, homes[1], Outcome.NOBODY_HOME),
    ]
    hand_in(visits)
    return incident, campaign, visits


def a_draft(area: str = "S", **more: Any) -> Report:
    plain = {"day": TODAY, "cut_off": EVENING, "by": ZHANG, "at": EVENING}
    return actions.draft_report(area=town.id_of(area), **(plain | more))


def issued(report: Report) -> Report:
    actions.sign_report(report=report.id, seen=report.edits, by=LI, at=EVENING)
    return actions.issue_report(report=report.id, by=LI, at=EVENING)


def sentences(report: Report) -> list[str]:
    return [line for section in queries.read(report).sections for line in section.sentences]


def test_an_exercise_never_stands_in_a_report_of_real_work(swept: Any) -> None:
    home = a_household("G1")
    before = sentences(a_draft())
    drill = a_campaign(incident=an_incident(drill=True))
    hand_in([a_visit(drill, home, people=99, answers={"fever_or_cough": True})])
    after = a_draft()
    assert sentences(after) == before and not queries.read(after).drill


def test_a_report_of_exercises_alone_says_so() -> None:
    drill = a_campaign(incident=an_incident(drill=True))
    hand_in([a_visit(drill, a_household("G1"), people=3, answers={"fever_or_cough": True})])
    assert queries.read(a_draft()).drill


def test_it_reads_like_somebody_wrote_it_and_says_what_is_missing(swept: Any) -> None:
    assert sentences(a_draft())[:6] == [
        "应走访 5 户,已完成 2 户,完成 40.00 %(2/5);当天新完成 2 户,走访到 18 人。",
        "这些户登记有 15 人,已走访到 18 人,占 120.00 %(18/15)。",
        "还有 3 户没走到:1 户去过但没办成,2 户还没去。",
        "剩得最多的是中塘社区 2 户、明镜社区 1 户。",
        "当天没有收到记录、又还没走完的网格有 1 个:中塘社区第3网格。",
        "没有人负责的网格有 3 个:中塘社区第3网格、明镜社区第1网格、明镜社区第2网格。",
    ]


def test_in_english_as_well(swept: Any) -> None:
    said = sentences(a_draft(language=Language.EN))
    assert said[0] == (
        "Due: 5 households. Finished so far: 2 households, that is 40.00 % (2 of 5)."
        " On the day itself: 2 households, and in them 18 people."
    )
    assert "Most is left in 中塘社区 (2 households), 明镜社区 (1 household)." in said
    assert not [line for line in said if "—" in line or "{" in line]


def test_what_the_pack_counts_is_told_with_its_denominator(swept: Any) -> None:
    said = sentences(a_draft())
    assert "发热或咳嗽人数 14 人,占询问人数的 77.78 %(14/18)。" in said
    assert [line for line in said if line.startswith("这几项是零:")]


def test_communities_and_grids_stand_in_walking_order_and_add_up(swept: Any) -> None:
    (table,) = queries.read(a_draft()).sections[0].tables
    assert [(row.name, row.depth) for row in table.rows] == [
        ("中塘社区", 0),
        ("第3网格", 1),
        ("明镜社区", 0),
        ("第1网格", 1),
        ("第2网格", 1),
        ("合计", 0),
    ]
    due = [row.values[0] for row in table.rows]
    assert due == [2, 2, 3, 2, 1, 5]
    assert [c.name for c in table.columns][:4] == ["应走访户数", "已完成户数", "已完成户数占比", "当天已完成户数"]


def test_a_community_and_a_grid_have_reports_of_their_own(swept: Any) -> None:
    assert sentences(a_draft("C1"))[0].startswith("应走访 3 户,已完成 2 户")
    assert sentences(a_draft("G3"))[0].startswith("应走访 2 户,已完成 0 户")


def test_a_day_without_a_campaign_says_so(swept: Any) -> None:
    before = TODAY - timedelta(days=1)
    assert sentences(a_draft(day=before)) == ["当天这里没有进行中的行动,没有可以报的数。"]


def test_a_shared_report_shows_no_count_of_fewer_than_ten_people(swept: Any) -> None:
    shared = a_draft(audience=Audience.SHARED)
    (table, *_) = queries.read(shared).sections[0].tables
    people = {row.name: row.cells[-1] for row in table.rows}
    assert (people["第2网格"], people["第1网格"], people["合计"]) == ("不显示", "不显示", "18")
    assert "不到 10 人" in "".join(queries.read(shared).lines)
    desk = {row.name: row.cells[-1] for row in queries.read(a_draft()).sections[0].tables[0].rows}
    assert desk["第2网格"] == "4"


def test_only_the_free_parts_can_be_written_and_a_signature_falls_with_them() -> None:
    draft = a_draft()
    assert set(Texts.__struct_fields__) == {"opening", "problems", "plan"}
    signed = actions.sign_report(report=draft.id, seen=0, by=LI, at=EVENING)
    assert (signed.state, signed.signed and signed.signed.name) == (State.SIGNED, "李**")
    written = actions.edit_report(report=draft.id, texts=Texts(opening="下雨"), seen=0, by=ZHANG, at=EVENING)
    assert (written.state, written.edits, written.figures) == (State.DRAFT, 1, "")
    with pytest.raises(Problem, match=r"reports\.changed_meanwhile"):
        actions.sign_report(report=draft.id, seen=0, by=LI, at=EVENING)
    with pytest.raises(Problem, match=r"reports\.text_too_long"):
        actions.edit_report(report=draft.id, texts=Texts(plan="字" * 4001), seen=1, by=ZHANG, at=EVENING)
    assert queries.read(written).parts[0].text == "下雨"


def test_nothing_unsigned_goes_out_and_what_went_out_stays(swept: Any) -> None:
    draft = a_draft()
    with pytest.raises(Problem, match=r"reports\.not_signed"):
        actions.issue_report(report=draft.id, by=LI, at=EVENING)
    out = issued(draft)
    assert (out.state, out.issued and out.issued.name) == (State.ISSUED, "李**")
    with pytest.raises(Problem, match=r"reports\.issued_already"):
        actions.edit_report(report=out.id, texts=Texts(opening="改"), seen=0, by=ZHANG, at=EVENING)
    with pytest.raises(Problem, match=r"reports\.issued_already"):
        actions.issue_report(report=out.id, by=LI, at=EVENING)


def test_the_archive_gives_back_the_very_bytes_with_position_and_head_on_them(swept: Any) -> None:
    out = issued(a_draft())
    for file in out.files:
        data = queries.archived(out, file.format)
        assert (sha256(data).hexdigest(), len(data)) == (file.sha256, file.size)
    assert {file.format for file in out.files} == set(Format)
    feet = "\n".join(queries.read(out).feet)
    head = bytes.fromhex(entries.chain_at(out.basis.position))
    assert f"{out.basis.position}:{head.hex()}" in feet and entries.verify(heads={out.basis.position: head}) == []
    (facts,) = [e.facts for e in entries.entries_after(0, kinds=frozenset({"reports.issued.v1"}))]
    assert facts.files == tuple(file.sha256 for file in out.files)


@pytest.mark.django_db(transaction=True, databases=["default", "plumbing"])
def test_an_issued_report_comes_out_the_same_after_everything_that_may_happen(swept: Any) -> None:
    incident, campaign, visits = swept
    out = issued(a_draft())
    before = queries.read(out)
    home = UUID(visits[0]["body"]["task"]["target"])
    hand_in([a_correction(campaign, home, Outcome.VACANT, entry=visits[0]["id"])])  # type: ignore[arg-type]
    later = NOW + timedelta(days=60)
    proposal = posture.propose_forgetting(incident=incident.id, reason="保存期已满", by=ZHANG, at=later)
    posture.forget_incident(proposal=proposal.id, by=LI, at=later)
    assert ledger.rebuild_differs() == []
    again = queries.report(id=out.id)
    assert (queries.read(again), queries.recount(again).same) == (before, True)
    assert queries.archived(again, Format.PDF).startswith(b"%PDF")
    assert queries.recount(again).changed == ()


def test_a_second_version_needs_a_reason_takes_the_place_of_the_first_and_says_so(swept: Any) -> None:
    first = issued(a_draft())
    with pytest.raises(Problem, match=r"reports\.reason_missing"):
        a_draft()
    second = a_draft(reason="漏报第3网格")
    assert (second.basis.number, second.basis.supersedes) == (2, first.id)
    assert "这是第 2 版,取代第 1 版。原因:漏报第3网格" in queries.read(second).lines
    assert queries.report(id=first.id).state is State.ISSUED
    issued(second)
    old = queries.report(id=first.id)
    assert (old.state, old.superseded_by) == (State.SUPERSEDED, second.id)
    assert queries.in_force(area=old.basis.area, day=TODAY, audience=Audience.DESK, language=Language.ZH) == (
        queries.report(id=second.id)
    )


def test_of_two_drafts_of_one_day_only_one_becomes_the_version(swept: Any) -> None:
    one, other = a_draft(), a_draft()
    issued(one)
    actions.sign_report(report=other.id, seen=0, by=LI, at=EVENING)
    with pytest.raises(Problem, match=r"reports\.other_issued_meanwhile"):
        actions.issue_report(report=other.id, by=LI, at=EVENING)


def test_nobody_without_a_name_drafts_or_signs() -> None:
    with pytest.raises(Problem, match=r"reports\.nobody_signs"):
        a_draft(by=THE_HOUSE)
    draft = a_draft()
    with pytest.raises(Problem, match=r"reports\.nobody_signs"):
        actions.sign_report(report=draft.id, seen=0, by=THE_HOUSE, at=EVENING)


def test_what_comes_after_the_cut_off_belongs_to_the_next_version(swept: Any) -> None:
    early = a_draft(cut_off=NOW + timedelta(hours=1), at=EVENING)
    assert sentences(early)[0].startswith("应走访 5 户,已完成 0 户")
    assert early.basis.position < entries.head()


def test_a_rebuild_gives_the_same_reports(swept: Any) -> None:
    out = issued(a_draft())
    a_draft(reason="再来")
    assert ledger.rebuild_differs() == []
    assert queries.report(id=out.id) == out
