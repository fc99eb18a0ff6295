"""A look at a person leaves a trace before it happens."""

from datetime import date

import pytest

from lianfang.foundation.kernel.ids import AccountId, new_id
from lianfang.foundation.kernel.problems import Problem
from lianfang.foundation.kernel.roles import Purpose, Role
from lianfang.foundation.ledger import queries as ledger
from lianfang.ground.access import actions, queries, rules
from lianfang.ground.access.models import DisclosedSubject, Disclosure
from lianfang.ground.access.terms import Looked
from lianfang.ground.access.tests.staff import area, hire, viewer

pytestmark = [pytest.mark.usefixtures("in_town"), pytest.mark.django_db]
ZHANG, LI = new_id(), new_id()


def test_who_looked_at_my_record_is_answered_from_lists_slices_and_reveals() -> None:
    worker = viewer(hire("li", Role.GRID_WORKER, Role.COMMUNITY_OFFICER, area="C1"))
    officer = viewer(hire("data", Role.DATA_OFFICER))
    look = {"viewer": worker, "purpose": Purpose.REGISTER_UPKEEP}
    actions.disclose(**look, what="registry.list", area=area("C1"), subjects=[ZHANG, LI])
    actions.disclose(**look, what="registry.list", area=area("C1"), subjects=[LI])
    actions.disclose(**look, what="field.slice", area=area("G1"), count=40, whole=True, how=Looked.DOWNLOADED)
    actions.disclose(**look, what="field.slice", area=area("G2"), count=40, whole=True, how=Looked.DOWNLOADED)
    actions.reveal(
        viewer=worker,
        subject=ZHANG,
        field="phone",
        area=area("G1"),
        purpose=Purpose.CARE,
        permission="access.see_accounts",
        reason="电话约定上门时间",
    )
    seen = queries.who_looked(resident=ZHANG, area=area("G1"), viewer=officer)
    assert [(s.how, s.count, s.purpose) for s in seen] == [
        (Looked.REVEALED, 1, Purpose.CARE),
        (Looked.DOWNLOADED, 40, Purpose.REGISTER_UPKEEP),
        (Looked.LISTED, 2, Purpose.REGISTER_UPKEEP),
    ]
    assert {s.account.name for s in seen} == {"li同志"}


def test_the_log_names_no_resident() -> None:
    worker = viewer(hire("li", Role.GRID_WORKER, area="G1"))
    actions.disclose(viewer=worker, what="x", purpose=Purpose.CARE, area=area("G1"), subjects=[ZHANG])
    assert ZHANG.bytes not in bytes(DisclosedSubject.objects.get().subject)
    (entry,) = ledger.entries_after(0, kinds=frozenset({"access.people_disclosed.v1"}))
    assert str(ZHANG) not in repr(entry.facts)


def test_a_purpose_that_was_not_granted_is_refused() -> None:
    sampler = viewer(hire("sampler", Role.SAMPLER, area="G1"))
    with pytest.raises(Problem, match=r"access\.purpose_not_granted"):
        actions.disclose(viewer=sampler, what="x", purpose=Purpose.CARE, area=area("G1"), count=1)
    with pytest.raises(Problem, match=r"access\.purpose_not_granted"):
        actions.disclose(viewer=sampler, what="x", purpose=Purpose.INCIDENT_RESPONSE, area=area("G2"), count=1)


def reveal(account: AccountId, *, hours: int = 0, reason: str = "电话约定上门时间") -> None:
    actions.reveal(
        viewer=viewer(account, hours=hours),
        subject=ZHANG,
        field="phone",
        area=area("G1"),
        purpose=Purpose.CARE,
        permission="access.record",
        reason=reason,
    )


def test_values_are_revealed_one_by_one_and_so_many_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "REVEALS_A_DAY", ((date(2020, 1, 1), 2),))
    worker = hire("li", Role.GRID_WORKER, area="G1")
    reveal(worker)
    reveal(worker)
    with pytest.raises(Problem, match=r"access\.reveals_used_up"):
        reveal(worker, hours=1)
    assert Disclosure.objects.count() == 2
    reveal(worker, hours=24)
    assert queries.reveals_left(viewer=viewer(worker, hours=24)) == 1


def test_a_reveal_needs_a_reason_and_its_permission_there() -> None:
    worker = hire("li", Role.GRID_WORKER, area="G1")
    with pytest.raises(Problem, match=r"access\.reason_missing"):
        reveal(worker, reason="  ")
    with pytest.raises(Problem, match=r"access\.not_found"):
        reveal(hire("zhao", Role.GRID_WORKER, area="G2"))
    assert not Disclosure.objects.exists()


def test_audit_administrators_see_the_looks_of_their_areas() -> None:
    worker = viewer(hire("li", Role.GRID_WORKER, area="S"))
    for code in ("G1", "G3"):
        actions.disclose(viewer=worker, what="x", purpose=Purpose.CARE, area=area(code), count=3)
    auditor = viewer(hire("audit", Role.AUDIT_ADMIN, area="C1"), hours=1)
    views = queries.disclosure_views(queries.disclosures(viewer=auditor))
    assert [(v.area.name, v.count) for v in views if v.area] == [("第1网格", 3)]
    with pytest.raises(Problem, match=r"access\.not_permitted"):
        queries.disclosures(viewer=worker)
